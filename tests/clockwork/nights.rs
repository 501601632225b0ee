//! What a night is beside the run that counts: a shadow, and the parts of the day after it.

use std::sync::Arc;

use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, BookingState, Span};
use zamu::store::{NewBlock, RunKind, RunStatus, Store, TenantRow};

use super::house::{self, SPA, Spa, instant, sat, saturday, stamp};
use super::turns::{take, worker};

#[tokio::test]
async fn a_shadow_is_recorded_beside_the_live_run_and_changes_nothing() {
    house::here!();
    let spa = Spa::open().await;
    let tenant = spa.store.tenant("serenity").await.unwrap();
    spa.store.upsert_tenant(&TenantRow { shadow_profile: Some("min-staff".into()), ..tenant }).await.unwrap();
    for (id, clock) in [("b1", "10:00"), ("b2", "12:00"), ("b3", "14:00")] {
        take(&spa, id, clock, "grace", "amina").await;
    }
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "16:00")));
    worker(&spa, &clock, "one").turn().await.unwrap();
    let runs = spa.store.runs(SPA, Some(saturday()), None, 100).await.unwrap();
    let (shadow, live): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.status == RunStatus::Shadow);
    assert_eq!((shadow.len(), live.len()), (1, 1), "{runs:?}");
    assert_eq!((shadow[0].profile.as_str(), live[0].profile.as_str(), live[0].status), ("min-staff", "nightly", RunStatus::Applied));
    assert_eq!(shadow[0].input_sha256, live[0].input_sha256, "both saw the same sheet");
    assert_eq!(shadow[0].actor, format!("shadow of {}", live[0].id));
    assert!(!shadow[0].rationale.is_empty() && shadow[0].tiers != live[0].tiers);
    let day = spa.saturday().await;
    let holders: std::collections::BTreeSet<_> = day.bookings.iter().map(|b| b.resources.clone()).collect();
    assert_eq!(holders.len(), 3, "the live profile shares the work out; fewest people would not have");
    assert!(day.bookings.iter().all(|b| b.status == AssignmentStatus::Provisional));
}

#[tokio::test]
async fn before_a_part_of_the_day_what_is_open_is_tried_again_and_what_was_told_stays() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "14:00", "grace", "amina").await;
    take(&spa, "b2", "14:00", "joy", "ben").await;
    take(&spa, "b3", "14:00", "brian", "chloe").await;
    let sick =
        |who: &str| NewBlock { location_id: SPA.into(), resource_id: who.into(), span: Span::new(sat("09:00"), sat("17:00")), reason: "sick".into() };
    let block = spa.store.add_block(&sick("brian"), &stamp()).await.unwrap();
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "18:00")));
    let one = worker(&spa, &clock, "one");
    one.turn().await.unwrap();
    let waiting = async || spa.store.booking("b3").await.unwrap();
    assert_eq!(waiting().await.state, BookingState::ManualReview, "three at two o'clock, and two people");
    let day = spa.saturday().await;
    let told: Vec<_> = day.bookings.into_iter().filter(|b| b.status == AssignmentStatus::Finalized).map(|b| (b.id, b.resources)).collect();

    // Brian is well again; nobody says so to the allocator.
    spa.store.remove_block(&block.id).await.unwrap();
    clock.set(instant("2026-11-21", "11:30"));
    let turn = one.turn().await.unwrap();
    assert!(turn.done.iter().any(|(key, _)| key.subject == "2026-11-21/afternoon"), "{turn:?}");
    let placed = waiting().await;
    assert_eq!((placed.state, placed.resources.as_slice()), (BookingState::Confirmed, ["brian".to_owned()].as_slice()));
    assert!(spa.store.open_attention(SPA, None).await.unwrap().is_empty());
    let runs = spa.store.runs(SPA, Some(saturday()), None, 100).await.unwrap();
    assert!(runs.iter().any(|run| (run.kind, run.status, run.profile.as_str()) == (RunKind::Daypart, RunStatus::Applied, "repair")), "{runs:?}");
    for (id, resources) in told {
        assert_eq!(spa.store.booking(&id).await.unwrap().resources, resources);
    }
}
