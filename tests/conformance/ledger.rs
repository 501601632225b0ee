//! What the fairness ledger promises: every day that is over stands in it once, nobody owes what they could not serve, and the next sheet knows.

use super::house::{self, SPA, Spa, at, day, instant, staff, stamp};
use zamu::booking::{Outcome, Request, book};
use zamu::clock::{Clock, SetClock};
use zamu::domain::{AssignmentStatus, BookingState, Span};
use zamu::operations::ledger::{Account, close_due, correct, show};
use zamu::operations::{RunOptions, optimize};
use zamu::sheet::write::sha256;
use zamu::store::{Cas, DayView, Decision, NewBlock, NewBooking, ResourceRow, Store, StoreErrorKind};

const FRIDAY: &str = "2026-11-20";
const SATURDAY: &str = "2026-11-21";
const SUNDAY: &str = "2026-11-22";

/// Saturday night at three, the usual hour: Friday and all before it are over.
fn three_at_night(date: &str) -> SetClock {
    SetClock::at(instant(date, "03:00"))
}

async fn confirmed(spa: &Spa, id: &str, service: &str, start: (&str, &str), who: &[&str], status: AssignmentStatus) {
    let new = NewBooking { id: Some(id.into()), ..NewBooking::new(SPA, service, at(start.0, start.1)) };
    let resources: Vec<String> = who.iter().map(|&id| id.to_owned()).collect();
    let decide = move |_: &zamu::store::Day, _: &zamu::store::BookingRow| Decision::Hold {
        resources: resources.clone(),
        status,
        gender_waived: false,
        moves: vec![],
        messages: vec![],
    };
    spa.store.take_booking(&new, &decide, &stamp()).await.unwrap().unwrap();
}

async fn accounts(spa: &Spa, date: &str) -> Vec<Account> {
    show(&spa.store, SPA, day(date)).await.unwrap().people
}

/// Target, actual, requested and balance in minutes.
fn of(accounts: &[Account], who: &str) -> (f64, i64, i64, f64) {
    let one = accounts.iter().find(|one| one.id == who).unwrap();
    (one.target_minutes, one.actual_minutes, one.requested_minutes, one.balance_minutes)
}

async fn carried(spa: &Spa, date: &str, who: &str) -> f64 {
    let sheet = spa.store.day(SPA, day(date), DayView::Live).await.unwrap().sheet;
    sheet.resources.iter().find(|r| r.id == who).unwrap().carried_minutes
}

#[tokio::test]
async fn a_day_that_is_over_is_closed_once_and_the_next_sheet_carries_it() {
    house::here!();
    let spa = Spa::open().await;
    use AssignmentStatus::Provisional;
    confirmed(&spa, "b1", "swedish", (FRIDAY, "09:00"), &["grace"], Provisional).await;
    confirmed(&spa, "b2", "swedish", (FRIDAY, "11:00"), &["grace"], Provisional).await;
    confirmed(&spa, "b3", "swedish", (FRIDAY, "13:00"), &["grace"], Provisional).await;
    confirmed(&spa, "b4", "swedish", (SATURDAY, "10:00"), &["grace"], Provisional).await;
    let (before, slots) = (spa.saturday().await, spa.store.slots_version(SPA, day(SATURDAY)).await.unwrap());
    assert_eq!(carried(&spa, SATURDAY, "grace").await, 0.0);

    let clock = three_at_night(SATURDAY);
    assert_eq!(close_due(&spa.store, &clock, SPA).await.unwrap(), [day(FRIDAY)], "today is not over");
    assert_eq!(close_due(&spa.store, &clock, SPA).await.unwrap(), [], "once");
    let people = accounts(&spa, SATURDAY).await;
    assert_eq!(of(&people, "grace"), (60.0, 180, 0, 120.0), "three hours, of which one is hers");
    assert_eq!(of(&people, "joy"), (60.0, 0, 0, -60.0));
    assert_eq!((carried(&spa, SATURDAY, "grace").await, carried(&spa, SATURDAY, "brian").await), (120.0, -60.0));

    let after = spa.saturday().await;
    assert!(after.version > before.version, "who decided on the old sheet has to look again");
    assert_ne!(sha256(&after.sheet), sha256(&before.sheet), "a run is recorded with what it knew");
    assert_eq!(spa.store.slots_version(SPA, day(SATURDAY)).await.unwrap(), slots, "what can be offered is as it was");
    let report = optimize(&spa.store, &clock, SPA, day(SATURDAY), &RunOptions::night("night")).await.unwrap();
    assert!(matches!(report.plan.assignments[0].resources[0].as_str(), "joy" | "brian"), "grace had more than her share on Friday");
}

#[tokio::test]
async fn two_who_close_at_once_close_it_once_and_a_change_of_the_day_read_before_loses() {
    house::here!();
    let spa = Spa::open().await;
    confirmed(&spa, "b1", "swedish", (FRIDAY, "09:00"), &["grace"], AssignmentStatus::Provisional).await;
    let read_before = spa.saturday().await;
    let (other, clock) = (spa.again().await, three_at_night(SATURDAY));
    let (one, two) = tokio::join!(close_due(&spa.store, &clock, SPA), close_due(&other, &clock, SPA));
    assert_eq!([one.unwrap(), two.unwrap()].concat(), [day(FRIDAY)]);
    let people = accounts(&spa, SATURDAY).await;
    assert_eq!((of(&people, "grace").1, people.iter().map(|p| p.days).max()), (60, Some(1)));
    let late = zamu::store::DayChange {
        location_id: SPA.into(),
        date: day(SATURDAY),
        expected_version: read_before.version,
        stamp: stamp(),
        assignments: vec![],
        eased: Vec::new(),
        attention: vec![],
        settled: vec![],
        messages: vec![],
        run: None,
    };
    assert_eq!(spa.store.change_day(&late).await.unwrap(), Cas::LostRace);
}

#[tokio::test]
async fn whoever_was_not_there_or_cannot_do_the_work_owes_none_of_it() {
    house::here!();
    let spa = Spa::open().await;
    use AssignmentStatus::Provisional;
    let newcomer = ResourceRow { active_from: Some(day(SATURDAY)), ..staff("nia", "female", &["swedish"]) };
    spa.store.upsert_resource(&newcomer).await.unwrap();
    spa.store.upsert_resource(&staff("tess", "female", &["swedish"]).temporary(day(FRIDAY), day(FRIDAY))).await.unwrap();
    let leave = NewBlock {
        location_id: SPA.into(),
        resource_id: "brian".into(),
        span: Span::new(at(FRIDAY, "00:00"), at(SATURDAY, "00:00")),
        reason: "leave".into(),
    };
    spa.store.add_block(&leave, &stamp()).await.unwrap();
    confirmed(&spa, "b1", "swedish", (FRIDAY, "09:00"), &["grace"], Provisional).await;
    confirmed(&spa, "b2", "deep", (FRIDAY, "11:00"), &["grace"], Provisional).await;
    confirmed(&spa, "b3", "swedish", (FRIDAY, "11:00"), &["tess"], Provisional).await;
    close_due(&spa.store, &three_at_night(SATURDAY), SPA).await.unwrap();
    let people = accounts(&spa, SATURDAY).await;
    assert_eq!(of(&people, "grace"), (60.0, 120, 0, 60.0), "the massage that only she could serve; the other could have been joy's");
    assert_eq!(of(&people, "joy"), (60.0, 0, 0, -60.0));
    assert_eq!((of(&people, "brian"), of(&people, "nia")), ((0.0, 0, 0, 0.0), (0.0, 0, 0, 0.0)), "on leave, and not here yet");
    assert!(people.iter().all(|one| one.id != "tess"), "a temp has no account");
    assert_eq!((carried(&spa, SATURDAY, "nia").await, carried(&spa, SATURDAY, "brian").await), (0.0, 0.0));
}

#[tokio::test]
async fn what_a_customer_chose_them_for_counts_apart() {
    house::here!();
    let spa = Spa::open().await;
    confirmed(&spa, "chosen", "swedish", (FRIDAY, "09:00"), &["grace"], AssignmentStatus::Bound).await;
    confirmed(&spa, "after-all", "swedish", (FRIDAY, "11:00"), &["grace"], AssignmentStatus::Bound).await;
    confirmed(&spa, "any", "swedish", (FRIDAY, "09:00"), &["joy"], AssignmentStatus::Provisional).await;
    spa.store.record_served_by("after-all", &["brian".to_owned()]).await.unwrap();
    close_due(&spa.store, &three_at_night(SATURDAY), SPA).await.unwrap();
    let people = accounts(&spa, SATURDAY).await;
    let grace = of(&people, "grace");
    assert_eq!((grace.1, grace.2), (0, 60), "one she was chosen for, and one that somebody else served after all");
    assert!((35.0..36.0).contains(&grace.0), "a share of two hours, for the time that was left to her: {grace:?}");
    assert_eq!((of(&people, "joy").1, of(&people, "brian").1), (60, 60));
    assert!(people.iter().map(|one| one.balance_minutes).sum::<f64>().abs() < 1e-6, "what one has above the share the others have below it");
}

#[tokio::test]
async fn a_missed_visit_was_served_and_one_called_off_was_not() {
    house::here!();
    let spa = Spa::open().await;
    use AssignmentStatus::Provisional;
    confirmed(&spa, "missed", "swedish", (FRIDAY, "09:00"), &["grace"], Provisional).await;
    confirmed(&spa, "off", "swedish", (FRIDAY, "09:00"), &["joy"], Provisional).await;
    spa.store.transition("missed", BookingState::NoShow, None, &stamp()).await.unwrap();
    spa.store.transition("off", BookingState::Cancelled, None, &stamp()).await.unwrap();
    close_due(&spa.store, &three_at_night(SATURDAY), SPA).await.unwrap();
    let people = accounts(&spa, SATURDAY).await;
    assert_eq!((of(&people, "grace").1, of(&people, "joy").1), (60, 0));
    assert_eq!(of(&people, "joy").0, 20.0);
}

#[tokio::test]
async fn days_left_behind_are_closed_as_far_back_as_they_are_carried_and_leave_the_window_again() {
    house::here!();
    let spa = Spa::open().await;
    for (id, date) in [("old", "2026-08-21"), ("first", "2026-08-22"), ("last", FRIDAY)] {
        confirmed(&spa, id, "swedish", (date, "09:00"), &["grace"], AssignmentStatus::Provisional).await;
    }
    let clock = three_at_night(SATURDAY);
    assert_eq!(close_due(&spa.store, &clock, SPA).await.unwrap(), [day("2026-08-22"), day(FRIDAY)], "91 days");
    assert_eq!((carried(&spa, SATURDAY, "grace").await, carried(&spa, SUNDAY, "grace").await), (80.0, 40.0), "a quarter later it is forgotten");
    assert_eq!(of(&accounts(&spa, SUNDAY).await, "grace").3, 40.0, "the ledger shows what the sheet carries");
}

#[tokio::test]
async fn a_correction_shows_in_the_next_sheet_and_is_kept_with_who_made_it_and_why() {
    house::here!();
    let spa = Spa::open().await;
    let clock = three_at_night(SATURDAY);
    let version = spa.saturday().await.version;
    let written = correct(&spa.store, &clock, SPA, "grace", -60, "manager", "counted the stock").await.unwrap();
    assert_eq!((carried(&spa, SATURDAY, "grace").await, carried(&spa, SUNDAY, "grace").await), (-60.0, -60.0));
    assert!(spa.saturday().await.version > version);
    let ledger = show(&spa.store, SPA, day(SATURDAY)).await.unwrap();
    assert_eq!(ledger.corrections, std::slice::from_ref(&written));
    assert_eq!((written.actor.as_str(), written.reason.as_str(), written.at), ("manager", "counted the stock", clock.now()));
    assert_eq!(of(&ledger.people, "grace").3, -60.0);

    spa.store.upsert_resource(&staff("tess", "female", &["swedish"]).temporary(day(FRIDAY), day(SATURDAY))).await.unwrap();
    for (who, minutes, kind) in [("nobody", 60, StoreErrorKind::NotFound), ("tess", 60, StoreErrorKind::Invalid), ("joy", 0, StoreErrorKind::Invalid)]
    {
        let refused = correct(&spa.store, &clock, SPA, who, minutes, "manager", "why").await.unwrap_err();
        assert_eq!(refused.kind(), kind, "{who} {minutes}: {refused}");
    }
    let mut shell = spa.shell().await;
    for sql in ["UPDATE ledger_corrections SET minutes = 5", "DELETE FROM ledger_corrections"] {
        let refused = sqlx::query(sql).execute(&mut shell).await.unwrap_err();
        assert!(refused.to_string().contains("history-is-kept"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn the_ledger_takes_no_capacity_away() {
    house::here!();
    let spa = Spa::open().await;
    let clock = three_at_night(FRIDAY);
    correct(&spa.store, &clock, SPA, "grace", 9_000, "manager", "far above her share").await.unwrap();
    let ask = |id: &str| Request::new(NewBooking { id: Some(id.to_owned()), ..NewBooking::new(SPA, "deep", at(SATURDAY, "10:00")) }, "web");
    assert!(matches!(book(&spa.store, &clock, &ask("d1")).await.unwrap(), Outcome::Taken(_)), "only she can, so it is hers");
    let report = optimize(&spa.store, &clock, SPA, day(SATURDAY), &RunOptions::night("night")).await.unwrap();
    assert_eq!(report.plan.assignments[0].resources, ["grace"]);
}
