//! Demand that is drawn: as the base has it, the same for the same seed, and more of it means the same customers and more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use zamu::scenario::Day;
use zamu::sheet::spa::{Size, Spa};
use zamu::sheet::{Booking, Sheet};

use super::{changed, scenario};

fn spa() -> Day {
    Day::of_sheet(Spa::of(Size::L).day(3), "spa")
}

fn with(grow: f64, seed: u64, more: serde_json::Value) -> Sheet {
    let mut change = json!({"kind": "demand", "grow": grow});
    change.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let scenario = scenario(json!({"change": [change]}));
    let memory = zamu::scenario::run::InMemory::default();
    let stop = zamu::alloc::Stop::new();
    let running = zamu::scenario::Running { threads: 1, stop: &stop, memory: &memory, limited: &super::without_limit, progress: &|_| {} };
    // Only what is asked is looked at: a stopped search answers at once.
    let _ = running;
    let steps = scenario.steps(&scenario.choices()[0]).unwrap();
    let mut changed =
        zamu::scenario::change::Changed { day: spa(), profile: scenario.profile.clone(), late: BTreeSet::new(), drawn: BTreeSet::new() };
    steps[0].change.apply(&mut changed, zamu::scenario::change::Draws { seed, change: 0 }).unwrap();
    changed.day.sheet
}

fn drawn(sheet: &Sheet) -> Vec<&Booking> {
    sheet.bookings.iter().filter(|b| b.id.starts_with("drawn")).collect()
}

#[test]
fn a_fifth_more_is_a_fifth_more_on_average_and_within_one_each_time() {
    let base = spa().sheet.bookings.len() as f64;
    let counts: Vec<f64> = (1..=60).map(|seed| drawn(&with(0.2, seed, json!({}))).len() as f64).collect();
    assert!(counts.iter().all(|count| (count - 0.2 * base).abs() < 1.0));
    let fewer: Vec<f64> = (1..=60).map(|seed| base - with(-0.2, seed, json!({})).bookings.len() as f64).collect();
    for counts in [counts, fewer] {
        let mean = counts.iter().sum::<f64>() / counts.len() as f64;
        assert!((mean - 0.2 * base).abs() < 0.3, "{mean} beside {}", 0.2 * base);
    }
}

#[test]
fn the_same_seed_draws_the_same_and_another_others() {
    assert_eq!(with(0.2, 5, json!({})), with(0.2, 5, json!({})));
    assert_ne!(with(0.2, 5, json!({})), with(0.2, 6, json!({})));
}

#[test]
fn more_demand_is_the_same_customers_and_more() {
    let (some, more) = (with(0.1, 4, json!({})), with(0.3, 4, json!({})));
    assert!(drawn(&some).len() < drawn(&more).len());
    assert_eq!(drawn(&some), drawn(&more)[..drawn(&some).len()]);
    let left = |sheet: Sheet| sheet.bookings.into_iter().map(|b| b.id).collect::<BTreeSet<String>>();
    assert!(left(with(-0.3, 4, json!({}))).is_subset(&left(with(-0.1, 4, json!({})))));
}

#[test]
fn customers_ask_for_what_the_base_asks_for_about_as_often_and_within_its_hours() {
    let day = spa();
    let first = day.sheet.resources.iter().flat_map(|r| &r.shifts).map(|s| s.start).min().unwrap();
    let last = day.sheet.resources.iter().flat_map(|r| &r.shifts).map(|s| s.end).max().unwrap();
    let mut of: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for booking in &day.sheet.bookings {
        of.entry(day.service_of(booking)).or_default().0 += 1.0 / day.sheet.bookings.len() as f64;
    }
    let sheets: Vec<Sheet> = (1..=20).map(|seed| with(0.5, seed, json!({}))).collect();
    let all: Vec<&Booking> = sheets.iter().flat_map(drawn).collect();
    for booking in &all {
        assert!(first <= booking.occupied().start && booking.occupied().end <= last, "{booking:?}");
        assert_eq!((booking.span.start.0 - first.0) % 5, 0, "on the grid");
        assert!(booking.assignment.is_none());
        of.get_mut(&day.service_of(booking)).unwrap().1 += 1.0 / all.len() as f64;
    }
    for (service, (base, drawn)) in of {
        assert!((base - drawn).abs() < 0.05, "{service}: {base} of the base, {drawn} of what is drawn");
    }
}

#[test]
fn a_service_a_part_of_the_day_or_a_weekday_is_all_that_grows() {
    let day = spa();
    let thai = with(2.0, 1, json!({"service": "thai"}));
    assert!(!drawn(&thai).is_empty() && drawn(&thai).iter().all(|b| day.service_of(b) == "thai"));
    let evening = with(0.5, 1, json!({"part": "evening"}));
    let hour = |b: &&Booking| b.span.start.to_clock(day.sheet.location.timezone)[..2].parse::<u32>().unwrap();
    assert!(!drawn(&evening).is_empty() && drawn(&evening).iter().all(|b| hour(b) >= 17));
    // The day is a Saturday.
    assert!(drawn(&with(0.5, 1, json!({"weekdays": ["mon", "tue"]}))).is_empty());
    assert!(!drawn(&with(0.5, 1, json!({"weekdays": ["sat"]}))).is_empty());
}

#[test]
fn two_changes_of_demand_draw_apart_and_only_from_the_base() {
    let twice = json!([{"kind": "demand", "grow": 0.5}, {"kind": "demand", "grow": 0.5}]);
    let day = Day::of_sheet(Spa::of(Size::S).day(3), "spa");
    let sheet = changed(twice, &day);
    let base = day.sheet.bookings.len() as f64;
    assert!((drawn(&sheet).len() as f64 - base).abs() <= 2.0, "half of the base each time, not half of what is there by then");
}
