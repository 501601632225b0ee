//! The list of jobs: what is due is done once, and what was missed is caught up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use zamu::clock::{Clock, SetClock};
use zamu::domain::{AssignmentStatus, BookingState, local};
use zamu::operations::Clockwork;
use zamu::operations::clockwork::Turn;
use zamu::operations::clockwork::calendar::{CUTOFF, HOLDS, NIGHT, SLOTS, TEMPS};
use zamu::store::{JobKey, LocationRow, NewBooking, OutboxClass, ResourceRow, Store, TenantRow};

use super::house::{self, SPA, Spa, at, day, held_by, instant, sat, saturday, staff, stamp};

pub fn worker(spa: &Spa, clock: &Arc<SetClock>, name: &str) -> Clockwork {
    Clockwork::new(Arc::new(spa.store.clone()), clock.clone(), name, 2)
}

pub async fn take(spa: &Spa, id: &str, clock: &str, who: &str, customer: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, "swedish", sat(clock)) };
    spa.store.take_booking(&new, &held_by(&[who]), &stamp()).await.unwrap().unwrap();
}

/// How often each job of these kinds was done in some turns.
fn counted(turns: &[Turn], kinds: &[&str]) -> BTreeMap<JobKey, usize> {
    let mut counted = BTreeMap::new();
    for (key, _) in turns.iter().flat_map(|turn| &turn.done).filter(|(key, _)| kinds.contains(&key.kind.as_str())) {
        *counted.entry(key.clone()).or_default() += 1;
    }
    counted
}

async fn told(spa: &Spa) -> Vec<String> {
    spa.store.outbox(OutboxClass::Message, 0, 1000).await.unwrap().into_iter().map(|row| row.recipient).collect()
}

#[tokio::test]
async fn the_night_and_the_cutoff_come_by_themselves_and_each_customer_is_told_once() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    take(&spa, "b2", "10:00", "joy", "ben").await;
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "15:59")));
    let (one, other) = (worker(&spa, &clock, "one"), worker(&spa, &clock, "other"));
    let early = one.turn().await.unwrap();
    assert!(counted(std::slice::from_ref(&early), &[NIGHT, CUTOFF]).keys().all(|key| key.subject == "2026-11-20"), "{early:?}");

    clock.set(instant("2026-11-20", "16:00"));
    let night = other.turn().await.unwrap();
    assert!(night.done.iter().any(|(key, _)| key == &JobKey::new(NIGHT, SPA, "2026-11-21")), "{night:?}");
    assert_eq!(spa.store.runs(SPA, Some(saturday()), None, 100).await.unwrap().len(), 1);
    assert!(told(&spa).await.is_empty(), "no name before the cutoff");

    clock.set(instant("2026-11-20", "18:00"));
    let turns = [one.turn().await.unwrap(), other.turn().await.unwrap(), one.turn().await.unwrap()];
    assert_eq!(counted(&turns, &[CUTOFF])[&JobKey::new(CUTOFF, SPA, "2026-11-21")], 1);
    assert_eq!(told(&spa).await.len(), 2);
    assert!(spa.saturday().await.bookings.iter().all(|b| b.status == AssignmentStatus::Finalized));
}

#[tokio::test]
async fn what_was_due_while_nobody_worked_is_caught_up_the_night_before_its_cutoff() {
    house::here!();
    let spa = Spa::open().await;
    // A sheet that the night can better: one has everything.
    take(&spa, "b1", "10:00", "grace", "amina").await;
    take(&spa, "b2", "12:00", "grace", "ben").await;
    take(&spa, "b3", "14:00", "grace", "chloe").await;
    let clock = Arc::new(SetClock::at(instant("2026-11-21", "07:00")));
    let turn = worker(&spa, &clock, "late").turn().await.unwrap();
    let of_the_day: Vec<&str> = turn.done.iter().filter(|(key, _)| key.subject == "2026-11-21").map(|(key, _)| key.kind.as_str()).collect();
    assert_eq!(of_the_day, [NIGHT, CUTOFF], "{turn:?}");
    assert!(turn.failed.is_empty(), "{turn:?}");
    let holders: BTreeSet<String> = spa.saturday().await.bookings.iter().flat_map(|b| b.resources.clone()).collect();
    assert_eq!(holders.len(), 3, "the night shared the work out before anybody was told a name");
    assert_eq!(told(&spa).await.len(), 3);
    assert!(worker(&spa, &clock, "later").turn().await.unwrap().done.is_empty());
}

#[tokio::test]
async fn two_workers_at_once_do_every_job_once() {
    house::here!();
    let spa = Spa::open().await;
    for k in 0..12 {
        let place = LocationRow { id: format!("spa-{k}"), tenant_id: "serenity".into(), name: format!("Spa {k}"), timezone: house::TIMEZONE };
        spa.store.upsert_location(&place).await.unwrap();
    }
    for (k, who) in [(9, "grace"), (11, "joy"), (13, "brian")] {
        take(&spa, &format!("b{k}"), &format!("{k:02}:30"), who, "amina").await;
    }
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "18:05")));
    let workers: Vec<Clockwork> = ["one", "two", "three"].iter().map(|name| worker(&spa, &clock, name)).collect();
    let turns = futures_util::future::join_all(workers.iter().map(Clockwork::turn)).await;
    let turns: Vec<Turn> = turns.into_iter().map(|turn| turn.unwrap()).collect();
    let counted = counted(&turns, &[NIGHT, CUTOFF, SLOTS, TEMPS, HOLDS]);
    assert!(counted.values().all(|&times| times == 1), "{counted:?}");
    assert_eq!(counted.keys().filter(|key| key.kind == CUTOFF && key.subject == "2026-11-21").count(), 13);
    assert_eq!(told(&spa).await.len(), 3);
    assert!(turns.iter().all(|turn| turn.failed.is_empty()), "{turns:?}");
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_over_and_who_comes_back_late_is_told_so() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "18:00")));
    let living = worker(&spa, &clock, "living");
    living.plan().await.unwrap();
    let now = clock.now();
    let dead = spa.store.lease_jobs("dead", now, now + TimeDelta::seconds(60), 100).await.unwrap();
    assert!(dead.iter().any(|job| job.key.kind == NIGHT));
    assert!(living.turn().await.unwrap().done.is_empty(), "they are another's");
    assert!(told(&spa).await.is_empty());

    clock.set(now + TimeDelta::seconds(60));
    let turn = living.turn().await.unwrap();
    assert!(turn.done.iter().any(|(key, _)| key == &JobKey::new(CUTOFF, SPA, "2026-11-21")), "{turn:?}");
    for job in &dead {
        let late = clock.now() + TimeDelta::seconds(60);
        assert!(!spa.store.extend_lease(job, late).await.unwrap(), "{job:?}");
        assert!(!spa.store.finish_job(job, clock.now(), "late", None).await.unwrap(), "{job:?}");
        assert!(!spa.store.fail_job(job, "late", late).await.unwrap(), "{job:?}");
    }
    assert_eq!(told(&spa).await.len(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_back_and_on_again_does_nothing_twice() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "18:00")));
    let one = worker(&spa, &clock, "one");
    let mut turns = vec![one.turn().await.unwrap()];
    for (date, time) in [("2026-11-20", "15:00"), ("2026-11-20", "16:30"), ("2026-11-20", "18:00"), ("2026-11-19", "18:00"), ("2026-11-20", "18:01")]
    {
        clock.set(instant(date, time));
        turns.push(one.turn().await.unwrap());
        turns.push(worker(&spa, &clock, "new").turn().await.unwrap());
    }
    let counted = counted(&turns, &[NIGHT, CUTOFF]);
    assert!(counted.values().all(|&times| times == 1), "{counted:?}");
    assert_eq!(told(&spa).await.len(), 1);
}

/// Goes through a night in steps of ten minutes and says when each day's cutoff was done, by the clock on the wall.
async fn through_the_night(spa: &Spa, zone: chrono_tz::Tz, from: &str, to: &str) -> Vec<(String, String)> {
    let (mut now, end): (DateTime<Utc>, DateTime<Utc>) = (from.parse().unwrap(), to.parse().unwrap());
    let clock = Arc::new(SetClock::at(now));
    let mut done = Vec::new();
    // What was due before is none of this night's.
    worker(spa, &clock, "before").turn().await.unwrap();
    while now < end {
        now += TimeDelta::minutes(10);
        clock.set(now);
        // A new one each time: nobody remembers anything.
        let turn = worker(spa, &clock, "night").turn().await.unwrap();
        assert!(turn.failed.is_empty(), "{turn:?}");
        let cutoffs = turn.done.into_iter().filter(|(key, _)| key.kind == CUTOFF && key.location_id == "mitte");
        done.extend(cutoffs.map(|(key, _)| (key.subject, now.with_timezone(&zone).format("%H:%M%:z").to_string())));
    }
    done
}

#[tokio::test]
async fn a_cutoff_at_an_hour_that_happens_twice_or_not_at_all_is_done_once_that_night() {
    house::here!();
    let berlin = chrono_tz::Europe::Berlin;
    let spa = Spa::open().await;
    spa.store.upsert_tenant(&TenantRow { cutoff_minute: 150, night_minutes: 30, ..TenantRow::new("owls", "Owls") }).await.unwrap();
    let place = LocationRow { id: "mitte".into(), tenant_id: "owls".into(), name: "Mitte".into(), timezone: berlin };
    spa.store.upsert_location(&place).await.unwrap();
    let twice = through_the_night(&spa, berlin, "2026-10-24T22:10:00Z", "2026-10-25T05:00:00Z").await;
    assert_eq!(twice, [("2026-10-26".to_owned(), "02:30+02:00".to_owned())], "the first 02:30 of two");
    let never = through_the_night(&spa, berlin, "2027-03-27T23:10:00Z", "2027-03-28T05:00:00Z").await;
    assert_eq!(never, [("2027-03-29".to_owned(), "03:00+02:00".to_owned())], "02:30 does not happen");
    assert_eq!(local::instant(berlin, day("2027-03-28"), 150).to_rfc3339(berlin), "2027-03-28T03:00:00+02:00");
}

#[tokio::test]
async fn holds_run_out_temps_leave_at_three_and_slots_stand_for_a_fortnight() {
    house::here!();
    let spa = Spa::open().await;
    let temp = ResourceRow { location_id: SPA.into(), ..staff("zawadi", "female", &["swedish"]).temporary(day("2026-11-18"), day("2026-11-19")) };
    spa.store.upsert_resource(&temp).await.unwrap();
    let hold = NewBooking { id: Some("h".into()), hold_until: Some(instant("2026-11-19", "12:10")), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
    spa.store.take_booking(&hold, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();

    let clock = Arc::new(SetClock::at(instant("2026-11-19", "12:10")));
    let one = worker(&spa, &clock, "one");
    one.turn().await.unwrap();
    assert_eq!(spa.store.booking("h").await.unwrap().state, BookingState::Expired);
    for (date, expected) in [("2026-11-19", true), ("2026-12-03", true), ("2026-12-04", false)] {
        let slots = spa.store.slots(SPA, day(date), day(date), None).await.unwrap();
        assert_eq!(!slots.is_empty(), expected, "{date}");
    }
    let active = async || spa.store.resources(SPA).await.unwrap().into_iter().find(|r| r.id == "zawadi").unwrap().active;
    clock.set(instant("2026-11-20", "02:59"));
    one.turn().await.unwrap();
    assert!(active().await);
    clock.set(instant("2026-11-20", "03:00"));
    one.turn().await.unwrap();
    assert!(!active().await);
    assert!(!spa.store.slots(SPA, day("2026-12-04"), day("2026-12-04"), None).await.unwrap().is_empty(), "the horizon moves on");
    assert!(at("2026-12-04", "09:00").to_utc() > clock.now());
}

#[tokio::test]
async fn a_cutoff_that_is_moved_is_done_at_the_new_time() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "17:30")));
    let one = worker(&spa, &clock, "one");
    one.turn().await.unwrap();
    let tenant = spa.store.tenant("serenity").await.unwrap();
    spa.store.upsert_tenant(&TenantRow { cutoff_minute: 19 * 60, ..tenant }).await.unwrap();
    one.turn().await.unwrap();
    clock.set(instant("2026-11-20", "18:30"));
    one.turn().await.unwrap();
    assert!(told(&spa).await.is_empty());
    clock.set(instant("2026-11-20", "19:00"));
    one.turn().await.unwrap();
    assert_eq!(told(&spa).await.len(), 1);
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_and_keeps_no_other_back() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", "grace", "amina").await;
    let tenant = spa.store.tenant("serenity").await.unwrap();
    spa.store.upsert_tenant(&TenantRow { profile: "no-such".into(), ..tenant.clone() }).await.unwrap();
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "17:59")));
    let one = worker(&spa, &clock, "one");
    let turn = one.turn().await.unwrap();
    assert_eq!(turn.failed.len(), 1, "{turn:?}");
    assert!(turn.failed[0].0.kind == NIGHT && turn.failed[0].1.contains("no-such"), "{turn:?}");
    let listed = spa.store.jobs(Some(SPA), 100).await.unwrap();
    assert!(listed.iter().any(|job| job.key.kind == NIGHT && !job.done && job.last_error.as_ref().is_some_and(|e| e.contains("no-such"))));
    // A night that does not come about does not keep names from being told.
    for minute in [0, 1, 2, 3, 5] {
        clock.set(instant("2026-11-20", &format!("18:{minute:02}")));
        one.turn().await.unwrap();
    }
    assert_eq!(told(&spa).await.len(), 1);
    spa.store.upsert_tenant(&tenant).await.unwrap();
    clock.set(instant("2026-11-20", "18:30"));
    let turn = one.turn().await.unwrap();
    assert!(turn.done.iter().any(|(key, _)| key.kind == NIGHT), "{turn:?}");
}
