//! What always holds, looked for after every step.

use std::collections::BTreeSet;

use chrono::{Days, TimeDelta};
use zamu::booking::cutoff_of;
use zamu::domain::{AssignmentStatus, BookingState, local};
use zamu::store::{Day, DayView, OutboxClass, OutboxRow, Store, UNPLACED};

use super::world::{HOUSES, World};

/// Code of the rows for customers whom nobody can write to.
const NO_CONTACT: &str = "no-contact";
const NAMING: [&str; 2] = ["assignment.finalized", "assignment.changed"];

/// Always, also while somebody lies dead in the middle of something.
pub async fn always(world: &World) {
    let store = &world.spa.store;
    let audit = store.audit().await.unwrap();
    assert!(audit.is_clean(), "{audit:?}");
    for (house, zone, ..) in HOUSES {
        let today = local::local_date(zone, world.now());
        let waits: BTreeSet<String> =
            store.open_attention(house, None).await.unwrap().into_iter().filter(|row| row.code == UNPLACED).map(|row| row.booking_id).collect();
        for ahead in 0..4 {
            let day = store.day(house, today.checked_add_days(Days::new(ahead)).unwrap(), DayView::Live).await.unwrap();
            of_day(&day, &waits);
        }
        for id in &waits {
            assert!(store.booking(id).await.unwrap().state.is_active(), "{id} is over and still waits for somebody");
        }
    }
    for (booking, rows) in world.received() {
        told_in_order(&booking, &rows);
    }
}

/// Who needs somebody has somebody, or a person was asked to look.
fn of_day(day: &Day, waits: &BTreeSet<String>) {
    for booking in day.bookings.iter().filter(|booking| !booking.demands.is_empty()) {
        let held = !booking.resources.is_empty();
        assert!(held || waits.contains(&booking.id), "nobody serves {} and nobody was asked to look", booking.id);
        assert!(
            booking.status != AssignmentStatus::Finalized || booking.state.allows(AssignmentStatus::Finalized),
            "{} is {:?} and finalized",
            booking.id,
            booking.state
        );
    }
}

/// No key twice, no two messages in a row that say the same name for the same time, the first name as a first name.
fn told_in_order(booking: &str, rows: &[OutboxRow]) {
    let keys: BTreeSet<&str> = rows.iter().map(|row| row.dedup_key.as_str()).collect();
    assert_eq!(keys.len(), rows.len(), "{booking}");
    let named: Vec<&OutboxRow> = rows.iter().filter(|row| NAMING.contains(&row.topic.as_str())).collect();
    for (k, pair) in named.windows(2).enumerate() {
        let same = |member: &str| pair[0].payload[member] == pair[1].payload[member];
        assert!(!(same("names") && same("time") && same("date")), "{booking} was told the same again, message {k}: {:?}", pair[1].payload);
    }
}

/// What holds once everything that was due is done: names are told after the cutoff, holds have run out, temps have left, days are closed.
pub async fn at_rest(world: &World) {
    let (store, now) = (&world.spa.store, world.now());
    for (house, zone, ..) in HOUSES {
        let today = local::local_date(zone, now);
        for ahead in 0..4 {
            let day = store.day(house, today.checked_add_days(Days::new(ahead)).unwrap(), DayView::Live).await.unwrap();
            if cutoff_of(&day).to_utc() <= world.latest - TimeDelta::minutes(10) && cutoff_of(&day).to_utc() <= now {
                finalized(world, &day).await;
            }
            for booking in day.bookings.iter().filter(|booking| booking.state == BookingState::Held) {
                let until = booking.hold_expires_at.unwrap();
                assert!(until > now - TimeDelta::minutes(4), "the hold {} ran out at {until}, and it is {now}", booking.id);
            }
        }
        for person in store.resources(house).await.unwrap().into_iter().filter(|person| person.is_temporary && person.active) {
            let last = person.active_to.unwrap().checked_add_days(Days::new(1)).unwrap();
            let three = local::instant(zone, last, 180).to_utc();
            assert!(three > now - TimeDelta::minutes(10), "{} should have left {house} at {three}, and it is {now}", person.id);
        }
    }
    for job in store.jobs(None, 100_000).await.unwrap() {
        assert!(job.done || job.due > now - TimeDelta::minutes(10), "{job:?} is late: it is {now}");
    }
}

/// After the cutoff everybody who is served knows by whom, or it is on its way, or the desk knows that it cannot be sent.
async fn finalized(world: &World, day: &Day) {
    let store = &world.spa.store;
    let messages = store.outbox(OutboxClass::Message, 0, 100_000).await.unwrap();
    let open: BTreeSet<(String, String)> =
        store.open_attention(&day.location.id, None).await.unwrap().into_iter().map(|row| (row.booking_id, row.code)).collect();
    for booking in day.bookings.iter().filter(|b| b.state == BookingState::Confirmed && !b.resources.is_empty() && !b.demands.is_empty()) {
        assert_ne!(booking.status, AssignmentStatus::Provisional, "{} is after its cutoff", booking.id);
        let customer = booking.customer_id.as_ref().and_then(|id| day.customers.get(id)).unwrap();
        let named = messages.iter().any(|row| row.booking_id.as_ref() == Some(&booking.id) && NAMING.contains(&row.topic.as_str()));
        // Who books after it at the desk, and has no address, is told there.
        let at_the_desk = booking.updated_at >= cutoff_of(day).to_utc();
        let told_by_hand = customer.contact.is_none() && at_the_desk || open.contains(&(booking.id.clone(), NO_CONTACT.to_owned()));
        // Whose person cannot come hears nothing before the manager has decided.
        let waits = open.contains(&(booking.id.clone(), UNPLACED.to_owned()));
        if !(named || told_by_hand || waits) {
            let history = store.history(&booking.id).await.unwrap();
            let said: Vec<_> =
                messages.iter().filter(|row| row.booking_id.as_ref() == Some(&booking.id)).map(|row| (&row.topic, row.state)).collect();
            panic!("{} of {} was forgotten: {booking:?}, {said:?}, {history:#?}", booking.id, day.location.id);
        }
    }
}

/// When all that was written has arrived, what each customer was told last is what holds.
pub async fn all_told(world: &World) {
    let store = &world.spa.store;
    let received = world.received();
    for (house, zone, ..) in HOUSES {
        let today = local::local_date(zone, world.now());
        for ahead in 0..4 {
            let day = store.day(house, today.checked_add_days(Days::new(ahead)).unwrap(), DayView::Live).await.unwrap();
            for booking in day.bookings.iter().filter(|b| b.status == AssignmentStatus::Finalized && b.state == BookingState::Confirmed) {
                let Some(rows) = received.get(&booking.id) else { continue };
                let Some(last) = rows.iter().rfind(|row| NAMING.contains(&row.topic.as_str())) else { continue };
                let names: BTreeSet<&str> = last.payload["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
                let holds: BTreeSet<&str> = booking.resources.iter().map(|id| day.resource_name(id)).collect();
                let clock = booking.span.start.to_clock(zone);
                assert_eq!((names, last.payload["time"].as_str()), (holds, Some(clock.as_str())), "{} of {house}", booking.id);
            }
        }
    }
}
