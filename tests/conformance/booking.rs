//! What taking a booking promises.

use std::sync::Arc;

use super::house::{self, SPA, Spa, at, day, instant, sat, saturday, staff};
use zamu::booking::free::{GenderAnswer, has_gender, times};
use zamu::booking::{Outcome, Person, Request, book, cancel, reschedule};
use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, BookingState, Span};
use zamu::store::{
    AssignmentChange, BookingRow, Decision, HistoryKind, NewBlock, NewBooking, OutboxClass, ResourceRow, ServiceRow, Store, StoreErrorKind, TenantRow,
};

fn clock() -> SetClock {
    SetClock::at(instant("2026-11-19", "12:00"))
}

fn ask(service: &str, clock: &str) -> Request {
    Request::new(NewBooking::new(SPA, service, sat(clock)), "web")
}

async fn taken(spa: &Spa, request: &Request) -> BookingRow {
    match book(&spa.store, &clock(), request).await.unwrap() {
        Outcome::Taken(booking) => *booking,
        other => panic!("expected it to be taken: {other:?}"),
    }
}

async fn choice_allowed(spa: &Spa) {
    let tenant = TenantRow { staff_preference_enabled: true, ..spa.store.tenant("serenity").await.unwrap() };
    spa.store.upsert_tenant(&tenant).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forty_people_who_want_the_last_slot_leave_one_winner() {
    house::here!();
    let spa = Spa::empty().await;
    spa.store.upsert_resource(&staff("grace", "female", &["swedish"])).await.unwrap();
    let another_program = spa.again().await;
    let clock = Arc::new(clock());
    let mut tasks = Vec::new();
    for k in 0..40 {
        let (store, clock) = (if k % 2 == 0 { spa.store.clone() } else { another_program.clone() }, Arc::clone(&clock));
        tasks.push(tokio::spawn(async move { book(&store, clock.as_ref(), &ask("swedish", "10:00")).await.unwrap() }));
    }
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Outcome::Taken(_) => won += 1,
            Outcome::NoRoom(no) => assert!(!no.nearby.is_empty(), "the losers hear when there is room"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(spa.saturday().await.bookings.len(), 1);
}

#[tokio::test]
async fn the_least_busy_free_person_holds_it_provisionally() {
    house::here!();
    let spa = Spa::open().await;
    let first = taken(&spa, &ask("swedish", "10:00")).await;
    assert_eq!(
        (first.resources.as_slice(), first.status, first.state),
        (["brian".to_owned()].as_slice(), AssignmentStatus::Provisional, BookingState::Confirmed),
        "all idle: by id"
    );
    assert_eq!(taken(&spa, &ask("swedish", "14:00")).await.resources, ["grace"], "brian has an hour already");
    assert_eq!(taken(&spa, &ask("deep", "10:00")).await.resources, ["grace"], "the only one who can");
    assert_eq!(taken(&spa, &ask("swedish", "10:00")).await.resources, ["joy"]);
    let Outcome::NoRoom(no) = book(&spa.store, &clock(), &ask("swedish", "10:00")).await.unwrap() else { panic!("nobody is left") };
    assert_eq!(no.nearby.iter().map(|m| m.to_clock(house::TIMEZONE)).collect::<Vec<_>>(), ["11:15", "11:30", "11:45", "12:00", "12:15"]);
    assert_eq!(taken(&spa, &ask("swedish", "11:15")).await.resources, ["brian"], "and the nearest of them can be had");
}

#[tokio::test]
async fn a_couple_takes_two_people_and_a_table_party_a_table() {
    house::here!();
    let spa = Spa::open().await;
    let couple = taken(&spa, &ask("couples", "10:00")).await;
    assert_eq!(couple.resources, ["brian", "grace"]);
    assert!(matches!(book(&spa.store, &clock(), &ask("couples", "10:00")).await.unwrap(), Outcome::NoRoom(_)), "only joy is free");
    for (id, seats) in [("t2", 2), ("t4", 4)] {
        spa.store.upsert_resource(&ResourceRow::table(SPA, id, id, seats, 1)).await.unwrap();
    }
    let dinner = ServiceRow { staff_count: 0, needs_table: true, ..ServiceRow::new(SPA, "dinner", "Dinner", 90, &[]) };
    spa.store.upsert_service(&dinner).await.unwrap();
    let party = Request::new(NewBooking { party_size: 3, ..NewBooking::new(SPA, "dinner", sat("12:00")) }, "web");
    assert_eq!(taken(&spa, &party).await.resources, ["t4"]);
    assert!(matches!(book(&spa.store, &clock(), &party).await.unwrap(), Outcome::NoRoom(_)));
}

#[tokio::test]
async fn a_wish_for_a_gender_is_a_rule_and_is_waived_only_when_nobody_of_it_works_here() {
    house::here!();
    let spa = Spa::open().await;
    let wish =
        |gender: &str, clock: &str| Request::new(NewBooking { gender: Some(gender.into()), ..NewBooking::new(SPA, "swedish", sat(clock)) }, "web");
    assert_eq!(taken(&spa, &wish("female", "10:00")).await.resources, ["grace"], "brian is as idle and comes first by id, but is no woman");
    let male = taken(&spa, &wish("male", "10:00")).await;
    assert_eq!((male.resources.as_slice(), male.gender_waived), (["brian".to_owned()].as_slice(), false));
    assert!(matches!(book(&spa.store, &clock(), &wish("male", "10:00")).await.unwrap(), Outcome::NoRoom(_)), "joy is free, but brian is on file");
    let other = taken(&spa, &wish("diverse", "10:00")).await;
    assert_eq!((other.resources.as_slice(), other.gender_waived), (["joy".to_owned()].as_slice(), true));
    assert_eq!(has_gender(&spa.store, SPA, saturday(), "female").await.unwrap(), GenderAnswer::OnDuty);
    assert_eq!(has_gender(&spa.store, SPA, saturday(), "diverse").await.unwrap(), GenderAnswer::Nobody);
}

#[tokio::test]
async fn a_named_person_is_bound_where_the_tenant_allows_it() {
    house::here!();
    let spa = Spa::open().await;
    let joy = Request { person: Person::named("joy"), ..ask("swedish", "10:00") };
    assert_eq!(book(&spa.store, &clock(), &joy).await.unwrap(), Outcome::ChoiceNotOffered);
    choice_allowed(&spa).await;
    let bound = taken(&spa, &joy).await;
    assert_eq!((bound.resources.as_slice(), bound.status), (["joy".to_owned()].as_slice(), AssignmentStatus::Bound));
    let Outcome::NoRoom(no) = book(&spa.store, &clock(), &joy).await.unwrap() else { panic!("joy is taken") };
    assert_eq!(no.nearby[0], sat("11:15"), "when joy is free, not anybody");
    let typo = Request { person: Person::named("Grase"), ..ask("swedish", "10:00") };
    let Outcome::UnknownPerson { near, .. } = book(&spa.store, &clock(), &typo).await.unwrap() else { panic!("nobody is called so") };
    assert_eq!(near, ["Grace"]);
    let both = Request { person: Person::Named(vec!["Grace".into(), "Brian".into()]), ..ask("couples", "14:00") };
    assert_eq!(taken(&spa, &both).await.resources, ["brian", "grace"]);
}

#[tokio::test]
async fn the_confirmation_names_nobody() {
    house::here!();
    let spa = Spa::open().await;
    let request = Request::new(NewBooking { customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) }, "web");
    taken(&spa, &request).await;
    let sent = spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap();
    let text = zamu::notify::render(&sent[0]).unwrap();
    assert_eq!((sent.len(), sent[0].recipient.as_str()), (1, "amina@example.org"));
    assert!(text.body.contains("Swedish massage") && text.body.contains("10:00") && text.body.contains("before your visit"), "{}", text.body);
    assert!(!["Grace", "Joy", "Brian"].iter().any(|name| text.body.contains(name)));
}

#[tokio::test]
async fn after_the_days_cutoff_a_new_booking_is_final_and_told_at_once() {
    house::here!();
    let spa = Spa::open().await;
    let late = SetClock::at(instant("2026-11-20", "18:00"));
    let request = Request::new(NewBooking { customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) }, "web");
    let Outcome::Taken(booking) = book(&spa.store, &late, &request).await.unwrap() else { panic!("there is room") };
    assert_eq!(booking.status, AssignmentStatus::Finalized);
    let topics: Vec<String> = spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().into_iter().map(|m| m.topic).collect();
    assert_eq!(topics, ["booking.confirmed", "assignment.finalized"]);
}

#[tokio::test]
async fn a_temp_and_an_absence_change_what_can_be_had_at_once() {
    house::here!();
    let spa = Spa::empty().await;
    spa.store.upsert_resource(&staff("grace", "female", &["swedish"])).await.unwrap();
    taken(&spa, &ask("swedish", "10:00")).await;
    assert!(matches!(book(&spa.store, &clock(), &ask("swedish", "10:00")).await.unwrap(), Outcome::NoRoom(_)));
    spa.store.upsert_resource(&staff("temp", "female", &["swedish"]).temporary(saturday(), saturday())).await.unwrap();
    assert_eq!(taken(&spa, &ask("swedish", "10:00")).await.resources, ["temp"]);
    let block = NewBlock { location_id: SPA.into(), resource_id: "grace".into(), span: Span::new(sat("13:00"), sat("17:00")), reason: "sick".into() };
    spa.store.add_block(&block, &house::stamp()).await.unwrap();
    assert_eq!(taken(&spa, &ask("swedish", "14:00")).await.resources, ["temp"]);
    assert!(matches!(book(&spa.store, &clock(), &ask("swedish", "14:00")).await.unwrap(), Outcome::NoRoom(_)));
    let free = times(&spa.store, &clock(), SPA, "swedish", day("2026-11-22"), None).await.unwrap();
    assert_eq!(
        (free.first(), free.last()),
        (Some(&at("2026-11-22", "09:00")), Some(&at("2026-11-22", "15:45"))),
        "the last one ends with its buffer at 17:00"
    );
}

#[tokio::test]
async fn cancelling_gives_the_time_back_and_moving_takes_the_new_one() {
    house::here!();
    let spa = Spa::empty().await;
    spa.store.upsert_resource(&staff("grace", "female", &["swedish"])).await.unwrap();
    let first = taken(&spa, &ask("swedish", "10:00")).await;
    let second = taken(&spa, &ask("swedish", "14:00")).await;
    let Outcome::NoRoom(_) = reschedule(&spa.store, &clock(), &first.id, sat("14:30"), None, "frontdesk").await.unwrap() else {
        panic!("taken by the second")
    };
    assert_eq!(spa.store.booking(&first.id).await.unwrap(), first, "and it stayed where it was");
    let Outcome::Taken(moved) = reschedule(&spa.store, &clock(), &first.id, sat("10:30"), None, "frontdesk").await.unwrap() else {
        panic!("its own time is free for it")
    };
    assert_eq!((moved.span.start, moved.resources.as_slice()), (sat("10:30"), ["grace".to_owned()].as_slice()));
    let stale = cancel(&spa.store, &clock(), &first.id, Some(first.state_version), "frontdesk", "asked").await.unwrap_err();
    assert_eq!(stale.kind(), StoreErrorKind::Conflict);
    let gone = cancel(&spa.store, &clock(), &second.id, None, "frontdesk", "asked").await.unwrap();
    assert_eq!((gone.state, gone.resources.len()), (BookingState::Cancelled, 0));
    taken(&spa, &ask("swedish", "14:30")).await;
    assert_eq!(cancel(&spa.store, &clock(), &second.id, None, "frontdesk", "again").await.unwrap_err().kind(), StoreErrorKind::IllegalTransition);
    assert_eq!(reschedule(&spa.store, &clock(), &second.id, sat("16:00"), None, "x").await.unwrap_err().kind(), StoreErrorKind::IllegalTransition);
}

#[tokio::test]
async fn a_second_service_stays_with_the_same_person() {
    house::here!();
    let spa = Spa::open().await;
    let deep = taken(&spa, &ask("deep", "10:00")).await;
    let next = Request::new(NewBooking { same_resource_as: Some(deep.id.clone()), ..NewBooking::new(SPA, "swedish", sat("11:15")) }, "web");
    assert_eq!(taken(&spa, &next).await.resources, ["grace"], "not brian, who is less busy");
}

#[tokio::test]
async fn the_past_cannot_be_booked() {
    house::here!();
    let spa = Spa::open().await;
    let late = SetClock::at(instant("2026-11-21", "10:30"));
    let error = book(&spa.store, &late, &ask("swedish", "10:00")).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Invalid);
    assert!(error.to_string().contains("2026-11-21T10:00:00+03:00"), "{error}");
}

/// At 10:00 nobody is free for a thai massage, which only grace can give: she holds a swedish one, which joy could have too; and with `chain` joy
/// holds a deep-tissue one, which brian could have.
async fn crowded(chain: bool) -> (Spa, Vec<BookingRow>) {
    let spa = Spa::empty().await;
    let skills: [(&str, &[&str]); 3] = [("grace", &["swedish", "thai"]), ("joy", &["swedish", "deep-tissue"]), ("brian", &["deep-tissue"])];
    for (id, skills) in skills {
        spa.store.upsert_resource(&staff(id, "female", skills)).await.unwrap();
    }
    let massage = spa.store.services(SPA).await.unwrap().into_iter().find(|s| s.id == "swedish").unwrap();
    let thai = ServiceRow { id: "thai".into(), name: "Thai".into(), qualifications: ["thai".to_owned()].into(), ..massage };
    spa.store.upsert_service(&thai).await.unwrap();
    let mut held = Vec::new();
    for (service, who, customer) in [("swedish", "grace", "amina"), ("deep", "joy", "ben")].into_iter().take(if chain { 2 } else { 1 }) {
        let new = NewBooking { customer_id: Some(customer.into()), ..NewBooking::new(SPA, service, sat("10:00")) };
        held.push(spa.store.take_booking(&new, &house::held_by(&[who]), &house::stamp()).await.unwrap().unwrap());
    }
    (spa, held)
}

#[tokio::test]
async fn a_time_at_which_nobody_is_free_is_taken_when_others_can_move() {
    house::here!();
    for chain in [false, true] {
        let (spa, held) = crowded(chain).await;
        let offered = times(&spa.store, &clock(), SPA, "thai", saturday(), None).await.unwrap();
        assert!(offered.contains(&sat("10:00")), "it is offered");
        let request = Request::new(NewBooking { customer_id: Some("chloe".into()), ..NewBooking::new(SPA, "thai", sat("10:00")) }, "web");
        assert_eq!(taken(&spa, &request).await.resources, ["grace"], "the only one who can");
        let now: Vec<Vec<String>> = holders(&spa, &held).await;
        let expected: &[&str] = if chain { &["joy", "brian"] } else { &["joy"] };
        assert_eq!(now.concat(), expected, "who had to make room did");
        for (before, to) in held.iter().zip(expected) {
            let history = spa.store.history(&before.id).await.unwrap();
            let last = history.last().unwrap();
            assert_eq!((last.kind, last.from.as_str()), (HistoryKind::Assignment, format!("provisional {}", before.resources[0]).as_str()));
            assert_eq!(last.to, format!("provisional {to}"));
            assert!(last.reason.contains("made room") && last.actor == "web", "{last:?}");
            assert_eq!(last.state_version, before.state_version + 1);
        }
        let events = spa.store.outbox(OutboxClass::Event, 0, 100).await.unwrap();
        assert_eq!(events.iter().filter(|e| e.topic == "booking.assignment_changed").count(), held.len());
        let told: Vec<String> = spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap().into_iter().map(|m| m.recipient).collect();
        assert_eq!(told, ["chloe@example.org"], "who was moved hears nothing");
        assert!(!times(&spa.store, &clock(), SPA, "thai", saturday(), None).await.unwrap().contains(&sat("10:00")), "and now it is full");
        assert!(matches!(book(&spa.store, &clock(), &request).await.unwrap(), Outcome::NoRoom(_)));
    }
}

async fn holders(spa: &Spa, held: &[BookingRow]) -> Vec<Vec<String>> {
    let mut now = Vec::new();
    for booking in held {
        now.push(spa.holders(&booking.id).await);
    }
    now
}

#[tokio::test]
async fn nobody_moves_who_was_promised_somebody_has_begun_or_stands_on_a_day_that_was_told() {
    house::here!();
    let thai = ask("thai", "10:00");
    // Bound: the customer chose grace.
    let (spa, held) = crowded(true).await;
    cancel(&spa.store, &clock(), &held[0].id, None, "web", "asked").await.unwrap();
    choice_allowed(&spa).await;
    taken(&spa, &Request { person: Person::named("grace"), ..ask("swedish", "10:00") }).await;
    assert!(matches!(book(&spa.store, &clock(), &thai).await.unwrap(), Outcome::NoRoom(_)));
    // After the cutoff, whether the names are out already or about to be.
    let (spa, held) = crowded(true).await;
    let evening = SetClock::at(instant("2026-11-20", "18:00"));
    assert!(matches!(book(&spa.store, &evening, &thai).await.unwrap(), Outcome::NoRoom(_)));
    assert!(!times(&spa.store, &evening, SPA, "thai", saturday(), None).await.unwrap().contains(&sat("10:00")));
    assert_eq!(holders(&spa, &held).await.concat(), ["grace", "joy"]);
    // And a decision that moves what was promised is refused by the store itself.
    let (spa, held) = crowded(false).await;
    zamu::operations::finalize(&spa.store, &evening, SPA, saturday(), "cutoff").await.unwrap();
    let wrong = |_: &zamu::store::Day, _: &BookingRow| Decision::Hold {
        resources: vec!["grace".into()],
        status: AssignmentStatus::Provisional,
        gender_waived: false,
        moves: vec![AssignmentChange {
            booking_id: held[0].id.clone(),
            resources: vec!["joy".into()],
            status: AssignmentStatus::Finalized,
            state: None,
            reason: "no".into(),
        }],
        messages: vec![],
    };
    let error = spa.store.take_booking(&thai.new, &wrong, &house::stamp()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::IllegalTransition);
    assert_eq!(spa.saturday().await.bookings.len(), 1, "and nothing was written");
}

#[tokio::test]
async fn a_chosen_person_and_a_moved_booking_make_room_too() {
    house::here!();
    let (spa, held) = crowded(true).await;
    choice_allowed(&spa).await;
    let grace = Request { person: Person::named("grace"), ..ask("swedish", "10:00") };
    let bound = taken(&spa, &grace).await;
    assert_eq!((bound.resources.as_slice(), bound.status), (["grace".to_owned()].as_slice(), AssignmentStatus::Bound));
    assert_eq!(holders(&spa, &held).await.concat(), ["joy", "brian"]);
    let (spa, held) = crowded(true).await;
    let later = taken(&spa, &ask("thai", "14:00")).await;
    let Outcome::Taken(moved) = reschedule(&spa.store, &clock(), &later.id, sat("10:00"), None, "frontdesk").await.unwrap() else {
        panic!("there is room once the others have moved")
    };
    assert_eq!(
        (moved.resources.as_slice(), holders(&spa, &held).await.concat()),
        (["grace".to_owned()].as_slice(), vec!["joy".to_owned(), "brian".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forty_people_who_want_a_time_that_others_have_to_make_room_for_leave_one_winner() {
    house::here!();
    let (spa, held) = crowded(true).await;
    let another_program = spa.again().await;
    let clock = Arc::new(clock());
    let mut tasks = Vec::new();
    for k in 0..40 {
        let (store, clock) = (if k % 2 == 0 { spa.store.clone() } else { another_program.clone() }, Arc::clone(&clock));
        tasks.push(tokio::spawn(async move { book(&store, clock.as_ref(), &ask("thai", "10:00")).await.unwrap() }));
    }
    let mut won = 0;
    for task in tasks {
        won += usize::from(matches!(task.await.unwrap(), Outcome::Taken(_)));
    }
    assert_eq!((won, spa.saturday().await.bookings.len()), (1, 3));
    assert_eq!(holders(&spa, &held).await.concat(), ["joy", "brian"]);
}

#[tokio::test]
async fn a_time_is_offered_exactly_if_it_can_be_taken() {
    house::here!();
    let (spa, _) = crowded(true).await;
    for (service, clock) in [("swedish", "11:15"), ("deep", "11:00"), ("swedish", "13:00"), ("thai", "12:30"), ("deep", "14:15"), ("deep", "15:30")] {
        book(&spa.store, &self::clock(), &ask(service, clock)).await.unwrap();
    }
    for service in ["swedish", "deep", "thai", "couples"] {
        let offered = times(&spa.store, &clock(), SPA, service, saturday(), None).await.unwrap();
        for quarter in 0..32 {
            let start = sat("09:00").plus(15 * quarter);
            let outcome = book(&spa.store, &clock(), &Request::new(NewBooking::new(SPA, service, start), "web")).await.unwrap();
            let Outcome::Taken(booking) = outcome else {
                assert!(!offered.contains(&start), "{service} {start:?} was offered and refused");
                continue;
            };
            assert!(offered.contains(&start), "{service} {start:?} was not offered and taken");
            cancel(&spa.store, &clock(), &booking.id, None, "web", "only asked").await.unwrap();
        }
    }
}
