//! What looking at an absence promises: it happens as it was looked at or not at all, once, within ten minutes, and it can be taken back.

use super::house::meddling::Meddling;
use super::house::{self, SPA, Spa, at, day, held_by, instant, sat, saturday, staff, stamp};
use zamu::booking::{Outcome, Request, book, cancel};
use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, BookingState, Minute, Span};
use zamu::operations::absence::{Absence, Confirmation, Refusal, UndoReport, absence, confirm, planned_days, preview, said, undo};
use zamu::operations::{RunOptions, Told, finalize};
use zamu::store::{AbsenceRow, AbsenceState, Decision, LocationRow, NewBooking, OutboxClass, RunStatus, Store, StoreErrorKind};

fn friday(clock: &str) -> SetClock {
    SetClock::at(instant("2026-11-20", clock))
}

fn manager() -> RunOptions {
    RunOptions::repair("manager", Told::Keep)
}

async fn take(spa: &Spa, id: &str, service: &str, start: Minute, who: &str, status: AssignmentStatus, customer: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, service, start) };
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
    Absence { location_id: SPA.into(), resource_id: "grace".into(), span: Span::new(sat("00:00"), sat("24:00")), reason: "sick".into() }
}

/// Grace has a swedish massage, a deep-tissue one that only she can do, and one whose customer chose her.
async fn full_day() -> Spa {
    use AssignmentStatus::{Bound, Provisional};
    let spa = Spa::open().await;
    take(&spa, "easy", "swedish", sat("10:00"), "grace", Provisional, "amina").await;
    take(&spa, "hard", "deep", sat("12:00"), "grace", Provisional, "ben").await;
    take(&spa, "chosen", "swedish", sat("14:00"), "grace", Bound, "chloe").await;
    take(&spa, "other", "swedish", sat("10:00"), "joy", Provisional, "dan").await;
    spa
}

async fn messages(spa: &Spa) -> Vec<String> {
    spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap().iter().map(|m| zamu::notify::render(m).unwrap().body).collect()
}

/// Who holds what, how firmly, where it stands, over everything there is.
async fn standing(spa: &Spa) -> Vec<(String, Vec<String>, AssignmentStatus, BookingState)> {
    let all = spa.store.bookings_between(SPA, Span::new(at("2026-11-01", "00:00"), at("2026-12-31", "00:00"))).await.unwrap();
    all.into_iter().map(|b| (b.id, b.resources, b.status, b.state)).collect()
}

async fn waiting(spa: &Spa) -> Vec<String> {
    let mut open: Vec<String> = spa.store.open_attention(SPA, None).await.unwrap().into_iter().map(|row| row.booking_id).collect();
    open.sort();
    open
}

#[track_caller]
fn done(answer: Confirmation) -> AbsenceRow {
    match answer {
        Confirmation::Confirmed(row) => *row,
        Confirmation::Refused { why, .. } => panic!("refused: {}", why.as_str()),
    }
}

#[tokio::test]
async fn an_unchanged_day_becomes_exactly_what_was_looked_at() {
    house::here!();
    let spa = full_day().await;
    let before = (spa.saturday().await.version, standing(&spa).await);
    let look = preview(&spa.store, &friday("10:00"), &grace_is_sick(), None, &manager()).await.unwrap();
    assert_eq!((spa.saturday().await.version, standing(&spa).await), before, "a look changes nothing");
    assert!(spa.store.blocks(SPA, grace_is_sick().span).await.unwrap().is_empty() && spa.store.runs(SPA, None, None, 100).await.unwrap().is_empty());
    assert!(messages(&spa).await.is_empty() && waiting(&spa).await.is_empty());

    let planned = planned_days(&spa.store.absence(&look.row.id).await.unwrap()).unwrap();
    let groups = &planned[0].groups;
    assert_eq!((groups.moved_silently.as_slice(), groups.kept.as_slice()), (["easy".to_owned()].as_slice(), ["other".to_owned()].as_slice()));
    assert_eq!((groups.unplaced.as_slice(), groups.to_be_told.len()), (["hard".to_owned(), "chosen".to_owned()].as_slice(), 0));
    let helped: Vec<&str> = look.days[0].repairs.iter().filter(|one| !one.repairs.is_empty()).map(|one| one.booking.as_str()).collect();
    assert_eq!(helped, ["hard", "chosen"], "each comes with what would place it");

    let row = done(confirm(&spa.store, &friday("10:09"), &look.row.id, &manager()).await.unwrap());
    assert_eq!((row.state, row.confirmed_by.as_deref()), (AbsenceState::Confirmed, Some("manager")));
    for step in &planned[0].moves {
        let booking = spa.store.booking(&step.booking_id).await.unwrap();
        assert_eq!((&booking.resources, booking.status, booking.state), (&step.after.resources, step.after.status, step.after.state));
    }
    assert_eq!((spa.holders("easy").await, spa.holders("hard").await), (vec!["brian".to_owned()], vec![]));
    assert_eq!((spa.holders("chosen").await, spa.holders("other").await), (vec!["grace".to_owned()], vec!["joy".to_owned()]));
    assert_eq!(waiting(&spa).await, ["chosen", "hard"]);
    assert!(messages(&spa).await.is_empty(), "who is moved silently hears nothing, and who waits does not either");
    let blocks = spa.store.blocks(SPA, grace_is_sick().span).await.unwrap();
    assert_eq!((blocks.len(), Some(&blocks[0].id), blocks[0].span), (1, row.block_id.as_ref(), grace_is_sick().span));
    let runs = spa.store.runs(SPA, None, None, 100).await.unwrap();
    assert_eq!((runs.len(), runs[0].status, runs[0].actor.as_str()), (1, RunStatus::Applied, "manager"));
    let by: Vec<String> = spa.store.history("easy").await.unwrap().into_iter().map(|line| line.actor).collect();
    assert_eq!(by.last().map(String::as_str), Some("manager"), "it stands in the history like any other change");
}

#[tokio::test]
async fn confirmed_twice_it_is_done_once() {
    house::here!();
    let spa = full_day().await;
    let look = preview(&spa.store, &friday("10:00"), &grace_is_sick(), None, &manager()).await.unwrap();
    let first = done(confirm(&spa.store, &friday("10:01"), &look.row.id, &manager()).await.unwrap());
    let after = (spa.saturday().await.version, standing(&spa).await);
    // Long after, too.
    let second = done(confirm(&spa.store, &friday("12:00"), &look.row.id, &manager()).await.unwrap());
    assert_eq!((second, (spa.saturday().await.version, standing(&spa).await)), (first, after));
    assert_eq!(spa.store.blocks(SPA, grace_is_sick().span).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_booking_that_came_in_between_makes_it_a_new_look() {
    house::here!();
    let spa = full_day().await;
    let look = preview(&spa.store, &friday("10:00"), &grace_is_sick(), None, &manager()).await.unwrap();
    let new = Request::new(NewBooking { id: Some("late".into()), ..NewBooking::new(SPA, "deep", sat("15:30")) }, "web");
    assert!(matches!(book(&spa.store, &friday("10:02"), &new).await.unwrap(), Outcome::Taken(_)));
    let before = (spa.saturday().await.version, standing(&spa).await);
    let Confirmation::Refused { why, fresh } = confirm(&spa.store, &friday("10:03"), &look.row.id, &manager()).await.unwrap() else {
        panic!("it was not what was looked at")
    };
    assert_eq!(why, Refusal::Outdated);
    assert_eq!((spa.saturday().await.version, standing(&spa).await), before, "nothing was written");
    assert!(spa.store.blocks(SPA, grace_is_sick().span).await.unwrap().is_empty());
    let old = spa.store.absence(&look.row.id).await.unwrap();
    assert_eq!((old.state, old.replaced_by.as_deref()), (AbsenceState::Outdated, Some(fresh.row.id.as_str())));
    let groups = planned_days(&fresh.row).unwrap().remove(0).groups;
    assert!(groups.unplaced.contains(&"late".to_owned()), "the new look has seen it: {groups:?}");
    done(confirm(&spa.store, &friday("10:04"), &fresh.row.id, &manager()).await.unwrap());
    assert_eq!(waiting(&spa).await, ["chosen", "hard", "late"]);
    let again = confirm(&spa.store, &friday("10:05"), &look.row.id, &manager()).await.unwrap();
    assert!(matches!(again, Confirmation::Refused { why: Refusal::Outdated, .. }), "the old look stays what it is");
}

#[tokio::test]
async fn a_booking_on_a_day_that_was_free_makes_it_a_new_look_only_if_it_is_theirs() {
    house::here!();
    let spa = full_day().await;
    let location = spa.store.location(SPA).await.unwrap();
    let holiday = Absence::days(&location, "grace", saturday(), day("2026-11-24"), "holiday");
    let look = preview(&spa.store, &friday("10:00"), &holiday, None, &manager()).await.unwrap();
    take(&spa, "of-joy", "swedish", at("2026-11-23", "10:00"), "joy", AssignmentStatus::Provisional, "amina").await;
    done(confirm(&spa.store, &friday("10:01"), &look.row.id, &manager()).await.unwrap());

    let brian = Absence { resource_id: "brian".into(), ..holiday };
    let look = preview(&spa.store, &friday("10:02"), &brian, None, &manager()).await.unwrap();
    take(&spa, "of-brian", "swedish", at("2026-11-24", "10:00"), "brian", AssignmentStatus::Provisional, "ben").await;
    let Confirmation::Refused { why: Refusal::Outdated, fresh } = confirm(&spa.store, &friday("10:03"), &look.row.id, &manager()).await.unwrap()
    else {
        panic!("brian would have been away from a booking nobody looked at")
    };
    assert!(planned_days(&fresh.row).unwrap().iter().any(|planned| planned.affected.provisional == ["of-brian"]));
}

#[tokio::test]
async fn after_ten_minutes_it_is_looked_at_again() {
    house::here!();
    let spa = full_day().await;
    let look = preview(&spa.store, &friday("10:00"), &grace_is_sick(), None, &manager()).await.unwrap();
    let Confirmation::Refused { why, fresh } = confirm(&spa.store, &friday("10:11"), &look.row.id, &manager()).await.unwrap() else {
        panic!("that was too long ago")
    };
    assert_eq!((why, spa.store.absence(&look.row.id).await.unwrap().state), (Refusal::Expired, AbsenceState::Expired));
    assert_eq!(planned_days(&fresh.row).unwrap()[0].groups, planned_days(&look.row).unwrap()[0].groups);
    done(confirm(&spa.store, &friday("10:21"), &fresh.row.id, &manager()).await.unwrap());
}

#[tokio::test]
async fn a_booking_that_has_begun_since_is_not_moved() {
    house::here!();
    let spa = full_day().await;
    let morning = |clock: &str| SetClock::at(instant("2026-11-21", clock));
    let look = preview(&spa.store, &morning("09:55"), &grace_is_sick(), None, &manager()).await.unwrap();
    assert_eq!(planned_days(&look.row).unwrap()[0].groups.moved_silently, ["easy"]);
    let answer = confirm(&spa.store, &morning("10:01"), &look.row.id, &manager()).await.unwrap();
    let Confirmation::Refused { why: Refusal::Outdated, fresh } = answer else { panic!("it had begun with her") };
    assert!(planned_days(&fresh.row).unwrap()[0].groups.moved_silently.is_empty());
}

#[tokio::test]
async fn undone_everybody_holds_what_they_held() {
    house::here!();
    let spa = full_day().await;
    let before = standing(&spa).await;
    let look = preview(&spa.store, &friday("10:00"), &grace_is_sick(), None, &manager()).await.unwrap();
    let early = undo(&spa.store, &friday("10:01"), &look.row.id, "manager").await.unwrap_err();
    assert_eq!(early.kind(), StoreErrorKind::IllegalTransition, "{early}");
    let row = done(confirm(&spa.store, &friday("10:01"), &look.row.id, &manager()).await.unwrap());
    assert_ne!(standing(&spa).await, before);
    let undone = undo(&spa.store, &friday("11:00"), row.block_id.as_deref().unwrap(), "ann").await.unwrap();
    assert_eq!((undone.state, undone.undone_by.as_deref()), (AbsenceState::Undone, Some("ann")));
    assert_eq!(standing(&spa).await, before);
    let report: UndoReport = serde_json::from_value(undone.undo.clone().unwrap()).unwrap();
    assert_eq!((report.restored.as_slice(), report.left.len()), (["easy".to_owned(), "hard".to_owned()].as_slice(), 0));
    assert!(waiting(&spa).await.is_empty(), "nothing waits any more");
    assert!(spa.store.blocks(SPA, grace_is_sick().span).await.unwrap().is_empty() && messages(&spa).await.is_empty());
    assert_eq!(undo(&spa.store, &friday("12:00"), &row.id, "ann").await.unwrap(), undone, "twice is once");
    let refused = confirm(&spa.store, &friday("12:00"), &row.id, &manager()).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::IllegalTransition);
}

#[tokio::test]
async fn undone_what_was_changed_since_or_is_taken_stays_and_is_told_of() {
    house::here!();
    let spa = full_day().await;
    let look = preview(&spa.store, &friday("10:00"), &grace_is_sick(), None, &manager()).await.unwrap();
    let row = done(confirm(&spa.store, &friday("10:01"), &look.row.id, &manager()).await.unwrap());
    // The one booking is called off; another absence of hers covers the other one's time.
    cancel(&spa.store, &friday("10:30"), "hard", None, "frontdesk", "asked for").await.unwrap();
    let more = Absence { span: Span::new(sat("09:00"), sat("12:00")), reason: "training".into(), ..grace_is_sick() };
    let look = preview(&spa.store, &friday("10:31"), &more, None, &manager()).await.unwrap();
    done(confirm(&spa.store, &friday("10:32"), &look.row.id, &manager()).await.unwrap());
    let undone = undo(&spa.store, &friday("11:00"), &row.id, "ann").await.unwrap();
    let report: UndoReport = serde_json::from_value(undone.undo.unwrap()).unwrap();
    let left: Vec<(&str, &str)> = report.left.iter().map(|left| (left.booking_id.as_str(), left.why.as_str())).collect();
    assert_eq!(left, [("hard", "it is over or was called off, or moved to another day"), ("easy", "Grace cannot serve it then any more")]);
    assert_eq!((report.restored.len(), spa.holders("easy").await), (0, vec!["brian".to_owned()]));
    assert_eq!(waiting(&spa).await, Vec::<String>::new(), "the one who chose her can have her again at 14:00");
}

/// Everything that was written goes out: what has not is taken back when it stops being true.
async fn deliver_all(spa: &Spa, clock: &str) {
    let nowhere = zamu::notify::ConsoleSender::to(Box::new(std::io::sink()));
    zamu::notify::deliver(&spa.store, &friday(clock), OutboxClass::Message, &nowhere).await.unwrap();
}

#[tokio::test]
async fn told_customers_are_told_when_it_is_confirmed_and_again_when_it_is_undone() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", sat("10:00"), "grace", AssignmentStatus::Provisional, "amina").await;
    take(&spa, "b2", "swedish", sat("10:00"), "joy", AssignmentStatus::Provisional, "ben").await;
    finalize(&spa.store, &friday("20:00"), SPA, saturday(), "cutoff").await.unwrap();
    deliver_all(&spa, "20:00").await;
    let told = messages(&spa).await.len();
    let options = RunOptions::repair("manager", Told::MayMove);
    let look = preview(&spa.store, &friday("20:01"), &grace_is_sick(), None, &options).await.unwrap();
    let groups = planned_days(&look.row).unwrap().remove(0).groups;
    assert_eq!((groups.to_be_told.as_slice(), groups.kept.as_slice()), (["b1".to_owned()].as_slice(), ["b2".to_owned()].as_slice()));
    assert_eq!(messages(&spa).await.len(), told, "a look tells nobody anything");
    assert!(!look.row.days.to_string().contains("example.org"), "no address stands in a look");
    done(confirm(&spa.store, &friday("20:02"), &look.row.id, &options).await.unwrap());
    let texts = messages(&spa).await;
    assert_eq!(texts.len(), told + 1);
    assert!(texts[told].contains("Amina") && texts[told].contains("Brian will serve you instead"), "{texts:?}");
    deliver_all(&spa, "20:04").await;
    undo(&spa.store, &friday("20:05"), &look.row.id, "manager").await.unwrap();
    let texts = messages(&spa).await;
    assert_eq!((texts.len(), spa.holders("b1").await), (told + 2, vec!["grace".to_owned()]));
    assert!(texts[told + 1].contains("Amina") && texts[told + 1].contains("Grace"), "{texts:?}");
}

#[tokio::test]
async fn a_holiday_is_one_absence_with_a_look_per_day_written_at_once() {
    house::here!();
    let spa = Spa::open().await;
    for date in ["2026-11-21", "2026-11-22", "2026-11-25", "2026-12-04", "2026-12-06"] {
        let new = NewBooking { id: Some(date.into()), ..NewBooking::new(SPA, "swedish", at(date, "10:00")) };
        spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    }
    let holiday = said(&spa.store, &friday("10:00"), SPA, "Grace is on holiday from tomorrow for two weeks").await.unwrap().unwrap();
    let before = standing(&spa).await;
    let look = preview(&spa.store, &friday("10:00"), &holiday, Some("as said"), &manager()).await.unwrap();
    let dates: Vec<String> = planned_days(&look.row).unwrap().iter().map(|planned| planned.date.to_string()).collect();
    assert_eq!(
        (dates, look.row.words.as_deref()),
        (["2026-11-21", "2026-11-22", "2026-11-25", "2026-12-04"].map(str::to_owned).to_vec(), Some("as said"))
    );
    let row = done(confirm(&spa.store, &friday("10:01"), &look.row.id, &manager()).await.unwrap());
    assert_eq!(spa.store.runs(SPA, None, None, 100).await.unwrap().len(), 4);
    assert_eq!(spa.store.blocks(SPA, holiday.span).await.unwrap().len(), 1, "one absence, one block");
    for (id, who, ..) in standing(&spa).await {
        assert_eq!(who, [if id == "2026-12-06" { "grace" } else { "brian" }], "{id}");
    }
    undo(&spa.store, &friday("10:05"), &row.id, "manager").await.unwrap();
    assert_eq!(standing(&spa).await, before);
}

#[tokio::test]
async fn one_day_that_changed_keeps_the_others_from_being_written() {
    house::here!();
    let spa = Spa::open().await;
    for date in ["2026-11-21", "2026-11-22"] {
        let new = NewBooking { id: Some(date.into()), ..NewBooking::new(SPA, "swedish", at(date, "10:00")) };
        spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    }
    let location = spa.store.location(SPA).await.unwrap();
    let holiday = Absence::days(&location, "grace", saturday(), day("2026-11-22"), "holiday");
    let look = preview(&spa.store, &friday("10:00"), &holiday, None, &manager()).await.unwrap();
    cancel(&spa.store, &friday("10:01"), "2026-11-22", None, "frontdesk", "asked for").await.unwrap();
    let answer = confirm(&spa.store, &friday("10:02"), &look.row.id, &manager()).await.unwrap();
    assert!(matches!(answer, Confirmation::Refused { why: Refusal::Outdated, .. }));
    assert_eq!(spa.holders("2026-11-21").await, ["grace"], "the day that did not change is as it was, too");
}

#[tokio::test]
async fn a_booking_that_is_moved_over_midnight_is_in_the_way_on_the_next_day() {
    house::here!();
    use AssignmentStatus::Provisional;
    let spa = Spa::open().await;
    spa.store.upsert_rule(SPA, &zamu::domain::Rule::weekly("night", None, zamu::domain::Weekdays::ALL, 1200, 1680)).await.unwrap();
    spa.store.upsert_resource(&staff("brian", "male", &["swedish", "deep-tissue"])).await.unwrap();
    // Only Joy can take the late one, and then she cannot take Brian's, so that he cannot take the deep one.
    take(&spa, "late", "swedish", sat("23:30"), "grace", Provisional, "amina").await;
    take(&spa, "of-brian", "swedish", at("2026-11-22", "00:00"), "brian", Provisional, "ben").await;
    take(&spa, "deep", "deep", at("2026-11-22", "01:00"), "grace", Provisional, "chloe").await;
    let sick = Absence { span: Span::new(sat("20:00"), at("2026-11-22", "04:00")), ..grace_is_sick() };
    let look = preview(&spa.store, &friday("10:00"), &sick, None, &manager()).await.unwrap();
    done(confirm(&spa.store, &friday("10:01"), &look.row.id, &manager()).await.unwrap());
    assert_eq!((spa.holders("late").await, spa.holders("of-brian").await), (vec!["joy".to_owned()], vec!["brian".to_owned()]));
    assert_eq!(waiting(&spa).await, ["deep"]);
}

#[tokio::test]
async fn days_of_23_and_25_hours_are_whole_days() {
    house::here!();
    let spa = Spa::open().await;
    let berlin = LocationRow { id: "mitte".into(), tenant_id: "serenity".into(), name: "Mitte".into(), timezone: chrono_tz::Europe::Berlin };
    spa.store.upsert_location(&berlin).await.unwrap();
    for id in ["grace", "joy"] {
        let person = zamu::store::ResourceRow { location_id: "mitte".into(), ..staff(id, "female", &["swedish"]) };
        spa.store.upsert_resource(&person).await.unwrap();
    }
    spa.store.upsert_rule("mitte", &zamu::domain::Rule::weekly("hours", None, zamu::domain::Weekdays::ALL, 0, 1440)).await.unwrap();
    let service = zamu::store::ServiceRow::new("mitte", "swedish", "Swedish massage", 60, &["swedish"]);
    spa.store.upsert_service(&service).await.unwrap();
    for (date, hours) in [("2027-03-28", 23), ("2027-10-31", 25)] {
        let last = zamu::domain::local::instant(berlin.timezone, day(date), 23 * 60);
        for (id, start) in [("inside", last), ("after", last.plus(60))] {
            let new = NewBooking { id: Some(format!("{id} {date}")), ..NewBooking::new("mitte", "swedish", start) };
            spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
        }
        let words = format!("Grace is on leave on {date}");
        let away = said(&spa.store, &friday("10:00"), "mitte", &words).await.unwrap().unwrap();
        assert_eq!(away.span.minutes(), hours * 60);
        let look = preview(&spa.store, &friday("10:00"), &away, Some(&words), &manager()).await.unwrap();
        done(confirm(&spa.store, &friday("10:01"), &look.row.id, &manager()).await.unwrap());
        assert_eq!(spa.holders(&format!("inside {date}")).await, ["joy"], "the last hour of the day is part of it");
        assert_eq!(spa.holders(&format!("after {date}")).await, ["grace"], "the hour after midnight is not");
    }
}

#[tokio::test]
async fn an_absence_that_is_over_is_not_looked_at_and_unknown_ones_are_not_found() {
    house::here!();
    let spa = full_day().await;
    let late = SetClock::at(instant("2026-11-22", "00:00"));
    let over = preview(&spa.store, &late, &grace_is_sick(), None, &manager()).await.unwrap_err();
    assert_eq!(over.kind(), StoreErrorKind::Invalid, "{over}");
    assert_eq!(confirm(&spa.store, &late, "none-such", &manager()).await.unwrap_err().kind(), StoreErrorKind::NotFound);
    assert_eq!(undo(&spa.store, &late, "none-such", "manager").await.unwrap_err().kind(), StoreErrorKind::NotFound);
    assert!(spa.store.absences(SPA, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_change_in_the_very_moment_of_confirming_is_seen() {
    house::here!();
    let spa = full_day().await;
    let look = preview(&spa.store, &friday("10:00"), &grace_is_sick(), None, &manager()).await.unwrap();
    let before = standing(&spa).await;
    let answer = confirm(&Meddling::new(&spa, 1), &friday("10:01"), &look.row.id, &manager()).await.unwrap();
    assert!(matches!(answer, Confirmation::Refused { why: Refusal::Outdated, .. }));
    assert!(standing(&spa).await == before && spa.store.blocks(SPA, grace_is_sick().span).await.unwrap().is_empty());
    // Looking and doing at once goes on until nobody is in between.
    let done = absence(&Meddling::new(&spa, 3), &friday("10:02"), &grace_is_sick(), &manager()).await.unwrap();
    assert_eq!((done.absence.state, waiting(&spa).await), (AbsenceState::Confirmed, vec!["chosen".to_owned(), "hard".to_owned()]));
    let undone = undo(&Meddling::new(&spa, 2), &friday("10:03"), &done.absence.id, "ann").await.unwrap();
    assert_eq!((undone.state, standing(&spa).await), (AbsenceState::Undone, before));
}

#[tokio::test]
async fn of_two_who_confirm_at_once_one_writes() {
    house::here!();
    let spa = full_day().await;
    let look = preview(&spa.store, &friday("10:00"), &grace_is_sick(), None, &manager()).await.unwrap();
    let at_once = (0..6).map(|_| {
        let (store, id) = (spa.store.clone(), look.row.id.clone());
        tokio::spawn(
            async move { confirm(&store, &friday("10:01"), &id, &manager()).await.map(|answer| matches!(answer, Confirmation::Confirmed(_))) },
        )
    });
    let answers = futures_util::future::join_all(at_once).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap().unwrap()), "the others find it done");
    assert_eq!(spa.store.blocks(SPA, grace_is_sick().span).await.unwrap().len(), 1);
    assert_eq!(spa.store.runs(SPA, None, None, 100).await.unwrap().len(), 1);
}
