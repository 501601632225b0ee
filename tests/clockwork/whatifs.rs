//! What-ifs as jobs: taken by any worker, begun again where one died or was told to end, one at a time, forgotten after a month.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::sync::watch;
use zamu::clock::{Clock, SetClock};
use zamu::domain::id;
use zamu::operations::housekeeping;
use zamu::store::{NewWhatIf, Store, StoreErrorKind, WhatIfRow, WhatIfState};

use super::house::{self, SPA, Spa, instant, saturday};
use super::turns::{take, worker};

async fn asked(spa: &Spa, clock: &SetClock, scenario: Value) -> WhatIfRow {
    let new = NewWhatIf {
        id: id::new_id(clock.now()),
        tenant_id: "serenity".into(),
        location_id: SPA.into(),
        from: saturday(),
        to: saturday(),
        scenario,
        actor: "manager:ruth".into(),
        at: clock.now(),
    };
    spa.store.ask_whatif(&new, 5).await.unwrap().unwrap()
}

fn short() -> Value {
    json!({"change": [{"kind": "temp", "qualifications": ["swedish"], "from": "10:00", "to": "16:00"}]})
}

/// So many days that nobody is done with them before somebody has looked.
fn long() -> Value {
    json!({"seeds": (1..1000).collect::<Vec<u64>>(), "change": [{"kind": "demand", "grow": 4.0}]})
}

async fn state(spa: &Spa, row: &WhatIfRow) -> WhatIfState {
    spa.store.whatif(&row.id).await.unwrap().state
}

async fn with_bookings() -> (Spa, Arc<SetClock>) {
    let spa = Spa::open().await;
    for (id, clock, who) in [("b1", "09:30", "grace"), ("b2", "11:00", "grace"), ("b3", "13:00", "joy")] {
        take(&spa, id, clock, who, "amina").await;
    }
    (spa, Arc::new(SetClock::at(instant("2026-11-19", "12:00"))))
}

#[tokio::test]
async fn a_what_if_whose_worker_died_is_begun_again_by_another() {
    house::here!();
    let (spa, clock) = with_bookings().await;
    let row = asked(&spa, &clock, short()).await;
    let now = clock.now();
    let dead = spa.store.lease_jobs("dead", now, now + TimeDelta::seconds(60), 100).await.unwrap();
    assert!(dead.iter().any(|job| job.key.subject == row.id));
    spa.store.start_whatif(&row.id, now).await.unwrap().unwrap();
    assert!(spa.store.note_whatif(&row.id, 1, 2).await.unwrap());
    let living = worker(&spa, &clock, "living");
    living.turn().await.unwrap();
    assert_eq!(state(&spa, &row).await, WhatIfState::Running, "it is another's");

    clock.set(now + TimeDelta::seconds(60));
    living.turn().await.unwrap();
    assert_eq!(state(&spa, &row).await, WhatIfState::Done);
    assert!(spa.store.whatif_study(&row.id).await.unwrap().is_some());
    // The dead one comes back: nothing of what it says counts.
    assert!(!spa.store.note_whatif(&row.id, 1, 2).await.unwrap());
    assert!(!spa.store.finish_whatif(&row.id, &zamu::store::WhatIfEnd::Cancelled, clock.now()).await.unwrap());
    assert_eq!(state(&spa, &row).await, WhatIfState::Done);
}

#[tokio::test]
async fn a_what_if_that_nobody_survives_is_given_up() {
    house::here!();
    let (spa, clock) = with_bookings().await;
    let row = asked(&spa, &clock, short()).await;
    for _ in 0..3 {
        let now = clock.now();
        assert!(spa.store.lease_jobs("dead", now, now + TimeDelta::seconds(60), 100).await.unwrap().iter().any(|job| job.key.subject == row.id));
        clock.set(now + TimeDelta::seconds(60));
    }
    worker(&spa, &clock, "living").turn().await.unwrap();
    let ended = spa.store.whatif(&row.id).await.unwrap();
    assert_eq!(ended.state, WhatIfState::Failed);
    assert!(ended.error.unwrap().contains("3 times"));
}

#[tokio::test]
async fn a_worker_that_is_told_to_end_puts_its_what_if_back_for_the_next() {
    house::here!();
    let (spa, clock) = with_bookings().await;
    let row = asked(&spa, &clock, long()).await;
    let (end, ending) = watch::channel(false);
    let working = tokio::spawn(Arc::new(worker(&spa, &clock, "first")).run(ending));
    while spa.store.whatif(&row.id).await.unwrap().days_done == 0 {
        assert!(!state(&spa, &row).await.is_ended());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    end.send_replace(true);
    tokio::time::timeout(Duration::from_secs(30), working).await.unwrap().unwrap();
    assert_eq!(state(&spa, &row).await, WhatIfState::Running, "nobody has given it up");
    let job = spa.store.jobs(None, 100).await.unwrap().into_iter().find(|job| job.key.subject == row.id).unwrap();
    assert!(!job.done && job.leased_until.is_none(), "{job:?}");

    spa.store.cancel_whatif(&row.id, clock.now()).await.unwrap();
    worker(&spa, &clock, "second").turn().await.unwrap();
    assert_eq!(state(&spa, &row).await, WhatIfState::Cancelled, "who takes it up hears that nobody wants it any more");
}

#[tokio::test]
async fn one_is_worked_out_at_a_time_and_the_cutoff_does_not_wait_for_any() {
    house::here!();
    let (spa, clock) = with_bookings().await;
    clock.set(instant("2026-11-20", "18:00"));
    let rows = [asked(&spa, &clock, short()).await, asked(&spa, &clock, short()).await, asked(&spa, &clock, short()).await];
    let one = worker(&spa, &clock, "one");
    let turn = one.turn().await.unwrap();
    assert!(turn.done.iter().any(|(key, _)| key.kind == "cutoff" && key.subject == "2026-11-21"), "{turn:?}");
    let done = async || {
        let mut count = 0;
        for row in &rows {
            count += usize::from(state(&spa, row).await == WhatIfState::Done);
        }
        count
    };
    assert_eq!(done().await, 1, "the others wait");
    for _ in 0..4 {
        clock.set(clock.now() + TimeDelta::seconds(5));
        one.turn().await.unwrap();
    }
    assert_eq!(done().await, 3);
}

#[tokio::test]
async fn what_ended_is_forgotten_after_a_month_and_what_is_open_is_not() {
    house::here!();
    let (spa, clock) = with_bookings().await;
    let (ended, open) = (asked(&spa, &clock, short()).await, asked(&spa, &clock, short()).await);
    spa.store.cancel_whatif(&ended.id, clock.now()).await.unwrap();
    clock.set(clock.now() + TimeDelta::days(30));
    housekeeping::forget(&spa.store, clock.as_ref()).await.unwrap();
    assert_eq!(state(&spa, &ended).await, WhatIfState::Cancelled);
    clock.set(clock.now() + TimeDelta::seconds(1));
    housekeeping::forget(&spa.store, clock.as_ref()).await.unwrap();
    assert_eq!(spa.store.whatif(&ended.id).await.unwrap_err().kind(), StoreErrorKind::NotFound);
    assert_eq!(state(&spa, &open).await, WhatIfState::Queued);
}
