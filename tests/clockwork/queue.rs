//! What waits for a person: why, what would mend it, what a person can do, and that it is tried again by itself when anything changes.

use std::sync::Arc;

use zamu::alloc::Limits;
use zamu::alloc::explain::repairs::Change;
use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, BookingState, Rule, RuleKind, Span, Weekdays};
use zamu::operations::assign::Override;
use zamu::operations::attention::act;
use zamu::operations::attention::{Case, case};
use zamu::operations::{RunOptions, Told, optimize};
use zamu::store::{AttentionRow, BookingRow, NewBlock, NewBooking, OutboxClass, OutboxRow, ResourceRow, Store, StoreErrorKind, UNPLACED};

use super::house::{self, SPA, Spa, held_by, instant, sat, saturday, staff, stamp};
use super::turns::worker;

const REASON: &str = "she asked";

async fn take(spa: &Spa, id: &str, service: &str, clock: &str, who: &[&str], customer: &str) -> BookingRow {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, service, sat(clock)) };
    spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap()
}

async fn away(spa: &Spa, who: &str, from: &str, to: &str) -> String {
    let block = NewBlock { location_id: SPA.into(), resource_id: who.into(), span: Span::new(sat(from), sat(to)), reason: "sick".into() };
    spa.store.add_block(&block, &stamp()).await.unwrap().id
}

async fn waiting(spa: &Spa) -> Vec<AttentionRow> {
    spa.store.open_attention(SPA, Some(saturday())).await.unwrap()
}

async fn messages(spa: &Spa, topic: &str) -> Vec<OutboxRow> {
    spa.store.outbox(OutboxClass::Message, 0, 1000).await.unwrap().into_iter().filter(|row| row.topic == topic).collect()
}

fn morning() -> SetClock {
    SetClock::at(instant("2026-11-20", "09:00"))
}

/// A deep-tissue massage at two that only Grace could give, who is away in the afternoon; Joy and Brian have work of their own.
async fn crowded() -> (Spa, String) {
    let spa = Spa::open().await;
    take(&spa, "deep", "deep", "14:00", &["grace"], "amina").await;
    take(&spa, "b1", "swedish", "14:00", &["joy"], "ben").await;
    take(&spa, "b2", "swedish", "10:00", &["brian"], "chloe").await;
    away(&spa, "grace", "13:30", "17:00").await;
    optimize(&spa.store, &morning(), SPA, saturday(), &RunOptions::repair("test", Told::Keep)).await.unwrap();
    let rows = waiting(&spa).await;
    assert_eq!(rows.iter().map(|row| row.booking_id.as_str()).collect::<Vec<_>>(), ["deep"]);
    (spa, rows[0].id.clone())
}

async fn looked_at(spa: &Spa, row: &str) -> Case {
    case(&spa.store, &morning(), row, &Limits::default(), 30.0).await.unwrap()
}

#[tokio::test]
async fn a_row_says_why_who_might_and_what_would_place_it() {
    house::here!();
    let (spa, row) = crowded().await;
    let case = looked_at(&spa, &row).await;
    assert!(case.row.reason.contains("Grace") && case.row.witness.is_some(), "{:?}", case.row);
    assert_eq!((case.line.as_str(), case.has_room), ("14:00 Deep tissue, Amina", false));
    let who: Vec<(&str, bool, Vec<&str>, usize)> = case
        .candidates
        .iter()
        .map(|one| (one.resource_id.as_str(), one.can_be_overridden(), one.rules.iter().map(|rule| rule.as_str()).collect(), one.busy_with.len()))
        .collect();
    assert_eq!(
        who,
        [("brian", true, vec!["qualification"], 0), ("grace", false, vec!["block"], 0), ("joy", false, vec!["qualification"], 1)],
        "nobody may; Brian could be given it all the same"
    );
    let repairs = case.repairs.unwrap();
    assert!(repairs.complete && !repairs.repairs.is_empty());
    assert!(repairs.repairs.iter().any(|one| matches!(one.change, Change::Temp { .. })), "{repairs:?}");
}

#[tokio::test]
async fn every_repair_that_is_shown_can_be_accepted_and_places_the_booking() {
    house::here!();
    let (spa, row) = crowded().await;
    let mut shown = looked_at(&spa, &row).await.repairs.unwrap().repairs;
    drop(spa);
    let mut kinds = std::collections::BTreeSet::new();
    shown.retain(|one| kinds.insert(serde_json::to_value(&one.change).unwrap()["kind"].as_str().unwrap().to_owned()));
    for repair in shown {
        let (spa, row) = crowded().await;
        let version = spa.saturday().await.version;
        let settled = act::accept(&spa.store, &morning(), &row, &repair.change, Some(version), Some("Zawadi"), &act::by("ann")).await.unwrap();
        assert!(settled.settled && !settled.booking.resources.is_empty(), "{}: {settled:?}", repair.sentence);
        assert!(waiting(&spa).await.is_empty() && spa.store.audit().await.unwrap().is_clean());
        if matches!(repair.change, Change::Temp { .. }) {
            let people = spa.store.resources(SPA).await.unwrap();
            let temp = people.iter().find(|person| person.is_temporary).unwrap();
            assert_eq!((temp.name.as_str(), temp.active_from, temp.active_to), ("Zawadi", Some(saturday()), Some(saturday())));
            assert_eq!(settled.booking.resources, std::slice::from_ref(&temp.id));
        }
        assert!(act::accept(&spa.store, &morning(), &row, &repair.change, None, None, &act::by("ann")).await.is_err(), "it is settled");
    }
}

#[tokio::test]
async fn what_is_shown_is_what_can_be_done_also_when_everybody_else_was_told_a_name() {
    house::here!();
    let told = async || {
        let spa = Spa::open().await;
        // Only Grace can give deep tissue; at two she has somebody who was told her name and whom Joy could serve as well.
        take(&spa, "b1", "swedish", "14:00", &["grace"], "ben").await;
        let evening = SetClock::at(instant("2026-11-20", "18:00"));
        zamu::operations::finalize(&spa.store, &evening, SPA, saturday(), "cutoff").await.unwrap();
        take(&spa, "deep", "deep", "14:00", &[], "amina").await;
        optimize(&spa.store, &evening, SPA, saturday(), &act::by("test")).await.unwrap();
        let row = waiting(&spa).await.remove(0).id;
        (spa, row)
    };
    let (spa, row) = told().await;
    let case = looked_at(&spa, &row).await;
    assert!(!case.has_room, "Ben keeps whom he was told");
    for repair in case.repairs.unwrap().repairs {
        let (spa, row) = told().await;
        let settled = act::accept(&spa.store, &morning(), &row, &repair.change, None, None, &act::by("ann")).await;
        assert!(settled.as_ref().is_ok_and(|done| done.settled), "{}: {settled:?}", repair.sentence);
    }
}

#[tokio::test]
async fn somebody_stays_longer_when_that_is_the_repair_and_only_on_that_day() {
    house::here!();
    let spa = Spa::open().await;
    spa.store
        .upsert_rule(SPA, &Rule::weekly("late", None, Weekdays::ALL, 540, 1080).within(RuleKind::DateRange, saturday(), saturday()))
        .await
        .unwrap();
    for (k, who) in ["grace", "joy", "brian"].iter().enumerate() {
        spa.store.upsert_rule(SPA, &Rule::weekly(&format!("own-{k}"), Some(who), Weekdays::ALL, 540, 1020)).await.unwrap();
    }
    // An hour and a quarter from four: a quarter of an hour too long for everybody.
    take(&spa, "late", "swedish", "16:00", &[], "amina").await;
    optimize(&spa.store, &morning(), SPA, saturday(), &RunOptions::repair("test", Told::Keep)).await.unwrap();
    let row = waiting(&spa).await.remove(0).id;
    let repairs = looked_at(&spa, &row).await.repairs.unwrap().repairs;
    let longer = repairs.iter().find(|one| matches!(one.change, Change::ExtendShift { .. })).unwrap();
    assert!(longer.sentence.contains("15 minutes longer"), "{}", longer.sentence);
    let settled = act::accept(&spa.store, &morning(), &row, &longer.change, None, None, &act::by("ann")).await.unwrap();
    assert!(settled.settled, "{settled:?}");
    let who = &settled.booking.resources[0];
    let ends =
        |day: &zamu::store::Day| day.sheet.resources.iter().find(|r| r.id == *who).unwrap().shifts.last().unwrap().end.to_clock(house::TIMEZONE);
    let sunday = spa.store.day(SPA, house::day("2026-11-22"), zamu::store::DayView::Live).await.unwrap();
    assert_eq!((ends(&spa.saturday().await).as_str(), ends(&sunday).as_str()), ("17:15", "17:00"));
}

#[tokio::test]
async fn a_repair_is_not_carried_out_on_another_day_than_it_was_shown_for_nor_one_that_was_never_shown() {
    house::here!();
    let (spa, row) = crowded().await;
    let case = looked_at(&spa, &row).await;
    let change = case.repairs.unwrap().repairs.remove(0).change;
    take(&spa, "b9", "swedish", "09:00", &["joy"], "dan").await;
    let by = act::by("ann");
    let refused = act::accept(&spa.store, &morning(), &row, &change, Some(case.day_version), None, &by).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Conflict, "{refused}");
    let invented = serde_json::json!({"kind": "temp", "count": 1000, "qualifications": ["deep-tissue"],
        "shift": {"start": "2026-11-21T14:00:00+03:00", "end": "2026-11-21T16:00:00+03:00"}});
    let refused = act::accept(&spa.store, &morning(), &row, &serde_json::from_value(invented).unwrap(), None, None, &by).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Invalid, "{refused}");
    assert!(spa.store.resources(SPA).await.unwrap().iter().all(|person| !person.is_temporary), "bad input changes nothing");
}

#[tokio::test]
async fn a_manager_may_give_it_to_somebody_the_rules_keep_from_it_and_the_history_says_why() {
    house::here!();
    let (spa, row) = crowded().await;
    let (by, clock) = (act::by("ann"), morning());
    let refused = act::give(&spa.store, &clock, &row, &["brian"], None, REASON, &by).await.unwrap_err();
    assert!(refused.to_string().contains("qualification"), "{refused}");
    let overriding = Some(Override { why: "he learned it last week" });
    for nobody in ["grace", "joy"] {
        act::give(&spa.store, &clock, &row, &[nobody], overriding, REASON, &by).await.unwrap_err();
    }
    let settled = act::give(&spa.store, &clock, &row, &["brian"], overriding, REASON, &by).await.unwrap();
    assert_eq!((settled.settled, settled.booking.resources.as_slice()), (true, ["brian".to_owned()].as_slice()));
    let last = spa.store.history("deep").await.unwrap().into_iter().rfind(|line| line.to.contains("brian")).unwrap();
    assert!(last.actor == "ann" && last.reason.contains("he learned it last week") && last.reason.contains("qualification"), "{last:?}");
    // And it stays: no run thinks of it as broken.
    optimize(&spa.store, &clock, SPA, saturday(), &RunOptions::repair("test", Told::Keep)).await.unwrap();
    assert_eq!(spa.holders("deep").await, ["brian"]);
    assert!(waiting(&spa).await.is_empty());
}

#[tokio::test]
async fn a_temp_makes_room_and_the_queue_the_manager_and_the_customer_hear_of_it() {
    house::here!();
    let (spa, row) = crowded().await;
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "18:00")));
    let one = worker(&spa, &clock, "one");
    one.turn().await.unwrap();
    let still = spa.store.attention(&row).await.unwrap();
    assert!(still.resolved_at.is_none() && still.attempts >= 1, "{still:?}");
    assert!(messages(&spa, "assignment.finalized").await.iter().all(|row| row.booking_id.as_deref() != Some("deep")));
    clock.set(instant("2026-11-20", "18:01"));
    one.turn().await.unwrap();
    let tried = spa.store.attention(&row).await.unwrap().attempts;
    for minute in 2..5 {
        clock.set(instant("2026-11-20", &format!("18:{minute:02}")));
        one.turn().await.unwrap();
    }
    assert_eq!(spa.store.attention(&row).await.unwrap().attempts, tried, "nothing has changed: nothing is tried");

    let zawadi = ResourceRow { location_id: SPA.into(), ..staff("zawadi", "female", &["deep-tissue"]).temporary(saturday(), saturday()) };
    spa.store.hire(&zawadi, &[Rule::weekly("z", Some("zawadi"), Weekdays::ALL, 780, 1020)]).await.unwrap();
    clock.set(instant("2026-11-20", "18:10"));
    one.turn().await.unwrap();
    let settled = spa.store.attention(&row).await.unwrap();
    assert!(settled.resolution.as_ref().is_some_and(|how| how.contains("zawadi")), "{settled:?}");
    let deep = spa.store.booking("deep").await.unwrap();
    assert_eq!((deep.state, deep.status, deep.resources), (BookingState::Confirmed, AssignmentStatus::Finalized, vec!["zawadi".to_owned()]));
    let noted = messages(&spa, "attention.resolved").await;
    assert_eq!(noted.len(), 1);
    assert!(zamu::notify::render(&noted[0]).unwrap().body.contains("Zawadi"), "{:?}", noted[0].payload);
    let told: Vec<_> = messages(&spa, "assignment.finalized").await.into_iter().filter(|row| row.booking_id.as_deref() == Some("deep")).collect();
    assert_eq!(told.len(), 1, "placed after the cutoff, told at once, and once");
}

#[tokio::test]
async fn a_cancellation_makes_room() {
    house::here!();
    let spa = Spa::open().await;
    for (id, who, customer) in [("b1", "grace", "amina"), ("b2", "joy", "ben"), ("b3", "brian", "chloe")] {
        take(&spa, id, "swedish", "14:00", &[who], customer).await;
    }
    take(&spa, "b4", "swedish", "14:30", &[], "dan").await;
    let clock = Arc::new(SetClock::at(instant("2026-11-19", "14:00")));
    let one = worker(&spa, &clock, "one");
    optimize(&spa.store, clock.as_ref(), SPA, saturday(), &RunOptions::night("test")).await.unwrap();
    let row = waiting(&spa).await.remove(0);
    one.turn().await.unwrap();
    let gone = if row.booking_id == "b2" { "b1" } else { "b2" };
    zamu::booking::cancel_own(&spa.store, clock.as_ref(), gone, None, "ben", "ill").await.unwrap();
    clock.set(instant("2026-11-19", "14:01"));
    one.turn().await.unwrap();
    assert!(spa.store.attention(&row.id).await.unwrap().resolution.is_some());
    assert_eq!(spa.holders(&row.booking_id).await.len(), 1);
    assert!(messages(&spa, "assignment.finalized").await.is_empty(), "before the cutoff nobody is told a name");
}

#[tokio::test]
async fn a_chosen_person_who_is_well_again_settles_what_waited_for_them() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "deep", "deep", "14:00", &["grace"], "amina").await;
    let clock = Arc::new(SetClock::at(instant("2026-11-20", "18:00")));
    let one = worker(&spa, &clock, "one");
    one.turn().await.unwrap();
    let block = away(&spa, "grace", "09:00", "17:00").await;
    optimize(&spa.store, clock.as_ref(), SPA, saturday(), &RunOptions::repair("test", Told::Keep)).await.unwrap();
    assert_eq!(waiting(&spa).await.len(), 1, "she was told Grace, who is away");
    spa.store.remove_block(&block).await.unwrap();
    clock.set(instant("2026-11-20", "18:05"));
    one.turn().await.unwrap();
    assert!(waiting(&spa).await.is_empty());
    assert_eq!(messages(&spa, "assignment.finalized").await.len(), 1, "she knows already");
    assert!(messages(&spa, "assignment.changed").await.is_empty());
}

#[tokio::test]
async fn the_customer_is_asked_once_with_the_nearest_free_times_and_the_row_waits_for_the_answer() {
    house::here!();
    let (spa, row) = crowded().await;
    let by = act::by("ann");
    for _ in 0..2 {
        let asked = act::ask(&spa.store, &morning(), &row, &by).await.unwrap();
        assert!(!asked.settled);
    }
    let sent = messages(&spa, "attention.asked").await;
    assert_eq!((sent.len(), sent[0].recipient.as_str()), (1, "amina@example.org"));
    let text = zamu::notify::render(&sent[0]).unwrap().body;
    assert!(text.contains("12:15"), "the last time at which Grace is there: {text}");
    assert!(spa.store.attention(&row).await.unwrap().asked_at.is_some());
    let waiting = waiting(&spa).await;
    assert_eq!((waiting.len(), waiting[0].code.as_str()), (1, UNPLACED));
}

#[tokio::test]
async fn calling_off_trying_again_and_letting_it_stand_do_what_they_say() {
    house::here!();
    let by = act::by("ann");
    let (spa, row) = crowded().await;
    let again = act::requeue(&spa.store, &morning(), &row, &by).await.unwrap();
    assert!(!again.settled && spa.store.attention(&row).await.unwrap().attempts == 1);
    let stands = act::confirm(&spa.store, &morning(), &row, "we will see to it", &by).await.unwrap();
    assert_eq!((stands.settled, stands.booking.state), (false, BookingState::Confirmed));
    let off = act::cancel(&spa.store, &morning(), &row, "nobody can", &by).await.unwrap();
    assert_eq!((off.settled, off.booking.state), (true, BookingState::Cancelled));
    assert_eq!(messages(&spa, "booking.cancelled").await.len(), 1);
    let refused = act::requeue(&spa.store, &morning(), &row, &by).await.unwrap_err();
    assert!(refused.to_string().contains("settled"), "{refused}");
}
