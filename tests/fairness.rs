//! What the fairness ledger promises of any day, on random ones: what one has above the share the others have below it.

#[expect(dead_code, reason = "each test takes what it needs")]
mod support;

use std::collections::BTreeMap;

use support::sheets::{Knobs, random_sheet};
use zamu::alloc::eligibility::{House, capacity_minutes};
use zamu::alloc::greedy;
use zamu::alloc::instance::Instance;
use zamu::domain::{AssignmentStatus, ResourceKind};
use zamu::operations::ledger::{Done, entries};
use zamu::sheet::{Booking, Sheet};

const DAY: Knobs = Knobs { bookings_max: 20, resources_max: 8, plain_combinations: false };

/// The day as the greedy hand deals it; what a customer chose somebody for was served by them or not at all.
fn done(sheet: &Sheet) -> BTreeMap<String, Done> {
    let served = greedy::repair_current(&Instance::new(sheet, false));
    let one = |(booking, by): (&Booking, Option<Vec<usize>>)| {
        let requested = booking.assignment.as_ref().is_some_and(|a| a.status == AssignmentStatus::Bound && !a.resources.is_empty());
        Some((booking.id.clone(), Done { by: by?.into_iter().map(|r| sheet.resources[r].id.clone()).collect(), requested }))
    };
    sheet.bookings.iter().zip(served).filter_map(one).collect()
}

#[test]
fn what_was_served_by_those_who_could_is_owed_by_them_to_the_second() {
    let mut shared = 0;
    for seed in 0..400 {
        let sheet = random_sheet(seed, DAY);
        let entries = entries(&sheet, &done(&sheet));
        let balance: i64 = entries.iter().map(|entry| entry.balance_seconds()).sum();
        assert_eq!(balance, 0, "seed {seed}: {entries:?}");
        shared += entries.iter().filter(|entry| entry.target_seconds > 0).count();
        for entry in &entries {
            assert!(entry.target_seconds <= 60 * entry.available_minutes, "seed {seed}: nobody owes more than the time they were there: {entry:?}");
            let who = sheet.resources.iter().find(|r| r.id == entry.resource_id).unwrap();
            assert!(who.kind == ResourceKind::Staff && !who.temporary && capacity_minutes(who) == entry.available_minutes, "seed {seed}");
        }
    }
    assert!(shared > 500, "{shared}");
}

#[test]
fn whoever_could_have_served_nothing_that_was_served_owes_nothing() {
    let mut idle = 0;
    for seed in 0..400 {
        let sheet = random_sheet(seed, DAY);
        let done = done(&sheet);
        let mut free = sheet.clone();
        free.bookings.iter_mut().for_each(|booking| booking.assignment = None);
        let house = House::new(&free, false);
        for entry in entries(&sheet, &done) {
            let who = sheet.resources.iter().find(|r| r.id == entry.resource_id).unwrap();
            let could = |b: &Booking| b.demands.iter().any(|demand| house.eligible(b, demand, who));
            if !free.bookings.iter().any(|b| done.get(&b.id).is_some_and(|done| !done.requested) && could(b)) {
                assert_eq!((entry.target_seconds, entry.actual_minutes), (0, 0), "seed {seed}: {entry:?}");
                idle += 1;
            }
        }
    }
    assert!(idle > 20, "{idle}");
}

#[test]
fn the_same_day_settles_the_same_whatever_the_order_of_its_bookings() {
    for seed in 0..100 {
        let sheet = random_sheet(seed, DAY);
        let done = done(&sheet);
        let mut turned = sheet.clone();
        turned.bookings.reverse();
        for (one, other) in entries(&sheet, &done).iter().zip(&entries(&turned, &done)) {
            assert!((one.target_seconds - other.target_seconds).abs() <= 2, "seed {seed}: {one:?} and {other:?}");
        }
    }
}
