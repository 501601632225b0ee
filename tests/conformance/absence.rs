//! What an absence promises: stored as a truth, moved silently where possible, nobody told before the manager acts.

use super::house::{self, SPA, Spa, at, day, held_by, instant, sat, saturday, staff, stamp};
use zamu::booking::{Outcome, Request, book};
use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, Span};
use zamu::notify::{ConsoleSender, deliver};
use zamu::operations::absence::search;
use zamu::operations::{Absence, RunOptions, Told, absence, finalize};
use zamu::store::{Decision, NewBooking, OutboxClass, RunKind, RunStatus, Store, StoreErrorKind};

fn morning() -> SetClock {
    SetClock::at(instant("2026-11-20", "10:00"))
}

fn evening() -> SetClock {
    SetClock::at(instant("2026-11-20", "20:00"))
}

async fn take(spa: &Spa, id: &str, service: &str, clock: &str, who: &str, status: AssignmentStatus, customer: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, service, sat(clock)) };
    let decide = |_: &zamu::store::Day, _: &zamu::store::BookingRow| Decision::Hold {
        resources: vec![who.to_owned()],
        status,
        gender_waived: false,
        moves: vec![],
        messages: vec![],
    };
    spa.store.take_booking(&new, &decide, &stamp()).await.unwrap().unwrap();
}

fn grace_is_sick() -> Absence {
    Absence { location_id: SPA.into(), resource_id: "grace".into(), span: Span::new(sat("00:00"), sat("23:59")), reason: "sick".into() }
}

async fn messages(spa: &Spa) -> Vec<String> {
    spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap().iter().map(|m| zamu::notify::render(m).unwrap().body).collect()
}

/// Sends everything that is written.
async fn send(spa: &Spa) {
    deliver(&spa.store, &evening(), OutboxClass::Message, &ConsoleSender::to(Box::new(std::io::sink()))).await.unwrap();
}

/// Grace has a swedish massage, a deep-tissue one that only she can do, and one whose customer chose her.
async fn full_day() -> Spa {
    use AssignmentStatus::{Bound, Provisional};
    let spa = Spa::open().await;
    take(&spa, "easy", "swedish", "10:00", "grace", Provisional, "amina").await;
    take(&spa, "hard", "deep", "12:00", "grace", Provisional, "ben").await;
    take(&spa, "chosen", "swedish", "14:00", "grace", Bound, "chloe").await;
    take(&spa, "other", "swedish", "10:00", "joy", Provisional, "dan").await;
    spa
}

#[tokio::test]
async fn what_fits_is_moved_silently_and_the_rest_waits_for_the_manager() {
    house::here!();
    let spa = full_day().await;
    let report = absence(&spa.store, &morning(), &grace_is_sick(), &RunOptions::repair("manager", Told::Keep)).await.unwrap();
    let saturday_of_it = &report.days[0];
    assert_eq!(saturday_of_it.affected.provisional, ["easy", "hard"]);
    assert_eq!((saturday_of_it.affected.bound.as_slice(), saturday_of_it.affected.finalized.len()), (["chosen".to_owned()].as_slice(), 0));
    let run = saturday_of_it.run.as_ref().unwrap();
    assert_eq!((run.run.status, run.run.kind, run.run.profile.as_str()), (RunStatus::Applied, RunKind::Repair, "repair"));
    assert_eq!((run.groups.moved_silently.as_slice(), run.groups.kept.as_slice()), (["easy".to_owned()].as_slice(), ["other".to_owned()].as_slice()));
    assert_eq!(run.groups.unplaced, ["hard", "chosen"]);
    assert_eq!((spa.holders("easy").await, spa.holders("chosen").await), (vec!["brian".to_owned()], vec!["grace".to_owned()]));
    let mut open: Vec<String> = spa.store.open_attention(SPA, Some(saturday())).await.unwrap().into_iter().map(|row| row.booking_id).collect();
    open.sort();
    assert_eq!(open, ["chosen", "hard"]);
    assert!(messages(&spa).await.is_empty(), "no customer hears anything before the manager acts");
    assert_eq!(spa.saturday().await.bookings.len(), 4, "nothing was deleted");
}

#[tokio::test]
async fn an_absence_lowers_what_can_be_booked_at_once_and_taking_it_back_restores_it() {
    house::here!();
    let spa = Spa::open().await;
    let report = absence(&spa.store, &morning(), &grace_is_sick(), &RunOptions::repair("manager", Told::Keep)).await.unwrap();
    assert!(report.days.is_empty(), "nothing was booked, so nothing is repaired");
    let deep = Request::new(NewBooking::new(SPA, "deep", sat("10:00")), "web");
    assert!(matches!(book(&spa.store, &morning(), &deep).await.unwrap(), Outcome::NoRoom(_)));
    spa.store.remove_block(report.absence.block_id.as_deref().unwrap()).await.unwrap();
    assert!(matches!(book(&spa.store, &morning(), &deep).await.unwrap(), Outcome::Taken(_)));
}

#[tokio::test]
async fn a_preview_says_the_same_in_groups_and_changes_nothing() {
    house::here!();
    let spa = full_day().await;
    let before = spa.saturday().await.version;
    let days = search(&spa.store, &morning(), &grace_is_sick(), &RunOptions::repair("manager", Told::Keep)).await.unwrap();
    let groups = &days[0].run.as_ref().unwrap().groups;
    assert_eq!(
        (groups.moved_silently.as_slice(), groups.unplaced.as_slice()),
        (["easy".to_owned()].as_slice(), ["hard".to_owned(), "chosen".to_owned()].as_slice())
    );
    assert_eq!(spa.saturday().await.version, before);
    assert!(spa.store.runs(SPA, None, None, 100).await.unwrap().is_empty());
}

#[tokio::test]
async fn told_customers_wait_until_the_manager_decides_and_then_only_those_who_change_are_told_again() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", "grace", AssignmentStatus::Provisional, "amina").await;
    take(&spa, "b2", "swedish", "10:00", "joy", AssignmentStatus::Provisional, "ben").await;
    finalize(&spa.store, &evening(), SPA, saturday(), "cutoff").await.unwrap();
    send(&spa).await;
    let told = messages(&spa).await.len();
    let first = absence(&spa.store, &evening(), &grace_is_sick(), &RunOptions::repair("manager", Told::Keep)).await.unwrap();
    assert_eq!(first.days[0].affected.finalized, ["b1"]);
    assert_eq!((spa.holders("b1").await, messages(&spa).await.len()), (vec!["grace".to_owned()], told));
    let waiting = spa.store.open_attention(SPA, None).await.unwrap();
    assert_eq!(waiting.len(), 1);
    let why = &waiting[0].reason;
    assert!(why.contains("the booking is finalized with Grace") && why.contains("Grace: sick all day"), "{why}");
    assert_eq!(why.matches("finalized with Grace").count(), 1, "what rules out several people is said once: {why}");

    let options = RunOptions::repair("manager", Told::MayMove);
    let report = zamu::operations::optimize(&spa.store, &evening(), SPA, saturday(), &options).await.unwrap();
    assert_eq!((report.groups.to_be_told.as_slice(), report.groups.kept.as_slice()), (["b1".to_owned()].as_slice(), ["b2".to_owned()].as_slice()));
    assert_eq!(spa.holders("b1").await, ["brian"], "joy is promised to ben, and a promise that can be kept is kept");
    let texts = messages(&spa).await;
    assert_eq!(texts.len(), told + 1);
    assert!(texts[told].contains("Amina") && texts[told].contains("Brian will serve you instead"), "{texts:?}");
    assert!(spa.store.open_attention(SPA, None).await.unwrap().is_empty());
    zamu::operations::optimize(&spa.store, &evening(), SPA, saturday(), &options).await.unwrap();
    assert_eq!(messages(&spa).await.len(), told + 1, "a second run tells nobody anything");
}

#[tokio::test]
async fn a_told_customer_for_whom_nobody_is_left_is_not_told_by_the_machine() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "deep", "10:00", "grace", AssignmentStatus::Provisional, "amina").await;
    finalize(&spa.store, &evening(), SPA, saturday(), "cutoff").await.unwrap();
    send(&spa).await;
    let report = absence(&spa.store, &evening(), &grace_is_sick(), &RunOptions::repair("manager", Told::MayMove)).await.unwrap();
    assert_eq!(report.days[0].run.as_ref().unwrap().groups.unplaced, ["b1"]);
    assert_eq!((messages(&spa).await.len(), spa.store.open_attention(SPA, None).await.unwrap().len()), (1, 1));
    spa.store.upsert_resource(&staff("temp", "female", &["deep-tissue"]).temporary(saturday(), saturday())).await.unwrap();
    zamu::operations::optimize(&spa.store, &evening(), SPA, saturday(), &RunOptions::repair("manager", Told::MayMove)).await.unwrap();
    assert_eq!(spa.holders("b1").await, ["temp"]);
    assert!(messages(&spa).await[1].contains("Temp will serve you instead"), "whom they were told is not who comes");
}

#[tokio::test]
async fn a_holiday_of_several_days_repairs_each_of_them() {
    house::here!();
    let spa = Spa::open().await;
    for (id, date) in [("sat", "2026-11-21"), ("sun", "2026-11-22"), ("tue", "2026-11-24")] {
        let new = NewBooking { id: Some(id.into()), ..NewBooking::new(SPA, "swedish", at(date, "10:00")) };
        spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    }
    let location = spa.store.location(SPA).await.unwrap();
    let holiday = Absence::days(&location, "grace", saturday(), day("2026-11-23"), "holiday");
    let report = absence(&spa.store, &morning(), &holiday, &RunOptions::repair("manager", Told::Keep)).await.unwrap();
    assert_eq!(report.days.iter().map(|d| d.date.to_string()).collect::<Vec<_>>(), ["2026-11-21", "2026-11-22"]);
    assert_eq!(
        (spa.holders("sat").await, spa.holders("sun").await, spa.holders("tue").await),
        (vec!["brian".to_owned()], vec!["brian".to_owned()], vec!["grace".to_owned()])
    );
}

#[tokio::test]
async fn somebody_who_leaves_at_noon_keeps_the_morning() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "before", "swedish", "10:00", "grace", AssignmentStatus::Provisional, "amina").await;
    take(&spa, "after", "swedish", "14:00", "grace", AssignmentStatus::Provisional, "ben").await;
    let noon = SetClock::at(instant("2026-11-21", "12:00"));
    let leaves = Absence { span: Span::new(sat("12:00"), sat("17:00")), ..grace_is_sick() };
    let report = absence(&spa.store, &noon, &leaves, &RunOptions::repair("manager", Told::Keep)).await.unwrap();
    assert_eq!(report.days[0].affected.provisional, ["after"]);
    assert_eq!((spa.holders("before").await, spa.holders("after").await), (vec!["grace".to_owned()], vec!["brian".to_owned()]));
}

#[tokio::test]
async fn an_absence_of_nobody_or_of_no_time_is_refused_and_writes_nothing() {
    house::here!();
    let spa = full_day().await;
    let before = spa.saturday().await.version;
    let options = RunOptions::repair("manager", Told::Keep);
    let nobody = Absence { resource_id: "gracie".into(), ..grace_is_sick() };
    assert_eq!(absence(&spa.store, &morning(), &nobody, &options).await.unwrap_err().kind(), StoreErrorKind::NotFound);
    let backwards = Absence { span: Span::new(sat("17:00"), sat("09:00")), ..grace_is_sick() };
    assert_eq!(absence(&spa.store, &morning(), &backwards, &options).await.unwrap_err().kind(), StoreErrorKind::Invalid);
    assert_eq!(spa.saturday().await.version, before);
}
