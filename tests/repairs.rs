//! Repairs: each one really places its booking and drops nobody, smaller ones of its kind do not help, and the command line tells them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[expect(dead_code, reason = "each test takes what it needs")]
mod support;

use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};
use support::oracle::{compatible, options};
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::explain::repairs::{Change, MINUTES_MAX, Repairs, Side, Window, repairs};
use zamu::alloc::instance::Instance;
use zamu::alloc::{Limits, Profile, allocate, served_by_plan};
use zamu::domain::{ResourceKind, Span, local};
use zamu::sheet::plan::{Plan, Reason};
use zamu::sheet::{Sheet, read, write};

const BUSY: Knobs = Knobs { bookings_max: 9, resources_max: 4, plain_combinations: false };

fn strict() -> Profile {
    Profile::shipped("strict").unwrap()
}

fn solved(sheet: &Sheet) -> Plan {
    allocate(sheet, &strict(), Limits::default())
}

fn all_repairs(sheet: &Sheet, plan: &Plan, limits: &Limits) -> Vec<Repairs> {
    let instance = Instance::new(sheet, false);
    let served = served_by_plan(&instance, plan).unwrap();
    let wanted: Vec<_> = plan
        .unplaced
        .iter()
        .map(|u| {
            let Reason::Certified(reason) = &u.reason else { panic!("a reason of another program") };
            (instance.house.booking(&u.booking).unwrap(), Some(reason.clone()))
        })
        .collect();
    repairs(sheet, &strict(), &served, &wanted, limits)
}

/// Can everybody whom the plan serves, and this booking, be served? By trying everything.
fn helps(sheet: &Sheet, plan: &Plan, booking: &str) -> bool {
    let crowd: Vec<_> = sheet.bookings.iter().filter(|b| b.id == booking || plan.assignments.iter().any(|a| a.booking == b.id)).collect();
    let ways: Vec<Vec<Vec<usize>>> = crowd.iter().map(|b| options(sheet, b, false)).collect();
    fn go(crowd: &[&zamu::sheet::Booking], ways: &[Vec<Vec<usize>>], taken: &mut Vec<Vec<usize>>) -> bool {
        let at = taken.len();
        at == crowd.len()
            || ways[at].iter().any(|way| {
                taken.iter().zip(crowd).all(|(by, other)| compatible(other, by, crowd[at], way)) && {
                    taken.push(way.clone());
                    let found = go(crowd, ways, taken);
                    taken.pop();
                    found
                }
            })
    }
    go(&crowd, &ways, &mut Vec::new())
}

#[test]
fn every_repair_places_its_booking_and_everybody_else_stays_served() {
    let mut kinds = std::collections::BTreeMap::<String, usize>::new();
    for seed in 0..300 {
        let sheet = random_sheet(seed, BUSY);
        let plan = solved(&sheet);
        for found in all_repairs(&sheet, &plan, &Limits::default()) {
            assert!(found.complete, "seed {seed}: {} is not settled although nothing stopped the search", found.booking);
            let priority = f64::from(sheet.bookings.iter().find(|b| b.id == found.booking).unwrap().priority);
            for repair in &found.repairs {
                let about = format!("seed {seed}, {}: {}", found.booking, repair.sentence);
                let changed = repair.change.apply(&sheet);
                assert!(read::from_str(&write::to_json(&changed)).is_ok(), "{about}: the changed sheet is not valid");
                assert!(helps(&changed, &plan, &found.booking), "{about}: does not help");
                assert!(repair.smallest, "{about}");
                // What is promised for a tier is what a further search reaches, or better: strictly so for the first.
                let again = solved(&changed);
                assert!(again.tiers[0].value <= repair.tiers[0].at_most, "{about}: {:?}, solved again {:?}", repair.tiers, again.tiers);
                assert!(repair.tiers[0].at_most <= plan.tiers[0].value - priority, "{about}: {:?}", repair.tiers);
                if again.tiers[0].value == repair.tiers[0].at_most {
                    assert!(again.tiers[1].value <= repair.tiers[1].at_most + 1e-6, "{about}: {:?}, solved again {:?}", repair.tiers, again.tiers);
                }
                let kind = serde_json::to_value(&repair.change).unwrap()["kind"].as_str().unwrap().to_owned();
                *kinds.entry(kind).or_default() += 1;
            }
        }
    }
    for kind in ["extend-shift", "temp", "waive-gender", "unbind", "move"] {
        assert!(kinds.get(kind).is_some_and(|count| *count >= 3), "too few of {kind}: {kinds:?}");
    }
}

#[test]
fn no_shorter_extension_of_that_shift_and_no_nearer_move_helps_and_none_is_missed() {
    let mut compared = 0;
    for seed in 0..80 {
        let sheet = random_sheet(seed, BUSY);
        let plan = solved(&sheet);
        let grid = i64::from(sheet.grid_minutes);
        for found in all_repairs(&sheet, &plan, &Limits::default()) {
            let changes: Vec<&Change> = found.repairs.iter().map(|r| &r.change).collect();
            let booking = sheet.bookings.iter().position(|b| b.id == found.booking).unwrap();
            let day = |c: &Change| {
                let moved = &c.apply(&sheet).bookings[booking];
                local::date_of(sheet.location.timezone, moved.span.start)
                    == local::date_of(sheet.location.timezone, sheet.bookings[booking].span.start)
            };
            for sign in [1, -1] {
                let steps = (1..=MINUTES_MAX / grid).map(|k| Change::moving(&sheet, booking, sign * k * grid)).filter(day);
                let first = steps.into_iter().find(|c| helps(&c.apply(&sheet), &plan, &found.booking));
                let said = changes.iter().find(|c| matches!(c, Change::Move { minutes, .. } if minutes.signum() == sign));
                assert_eq!(said.copied(), first.as_ref(), "seed {seed}, {}", found.booking);
                compared += 1;
            }
            for resource in sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff) {
                for shift in &resource.shifts {
                    for side in [Side::Before, Side::After] {
                        let first = (1..=MINUTES_MAX / grid)
                            .map(|k| longer(&sheet, &resource.id, *shift, side, k * grid))
                            .take_while(|c| is_possible(&sheet, &resource.id, c))
                            .find(|c| helps(&c.apply(&sheet), &plan, &found.booking));
                        let said = changes.iter().find(|c| same_ladder(c, &resource.id, side, *shift));
                        assert_eq!(said.copied(), first.as_ref(), "seed {seed}, {}", found.booking);
                    }
                }
            }
            for other in &sheet.bookings {
                for change in [Change::WaiveGender { booking: other.id.clone() }, Change::Unbind { booking: other.id.clone() }] {
                    let said = changes.contains(&&change);
                    assert_eq!(said, helps(&change.apply(&sheet), &plan, &found.booking), "seed {seed}, {}: {change:?}", found.booking);
                }
            }
        }
    }
    assert!(compared > 60, "{compared}");
}

fn longer(sheet: &Sheet, resource: &str, shift: Span, side: Side, minutes: i64) -> Change {
    let span = match side {
        Side::Before => Span::new(shift.start.plus(-minutes), shift.end),
        Side::After => Span::new(shift.start, shift.end.plus(minutes)),
    };
    Change::ExtendShift { resource: resource.to_owned(), side, minutes, shift: Window::of(sheet, span) }
}

/// Nobody is asked to stay across a block, or into another shift of theirs.
fn is_possible(sheet: &Sheet, id: &str, change: &Change) -> bool {
    let Change::ExtendShift { side, minutes, shift, .. } = change else { return false };
    let (resource, span) = (sheet.resources.iter().find(|r| r.id == id).unwrap(), shift.span());
    let added = match side {
        Side::Before => Span::new(span.start, span.start.plus(*minutes)),
        Side::After => Span::new(span.end.plus(-minutes), span.end),
    };
    !resource.blocks.iter().any(|b| b.span.overlaps(added)) && !resource.shifts.iter().any(|s| s.overlaps(added))
}

fn same_ladder(change: &Change, id: &str, wanted: Side, from: Span) -> bool {
    match change {
        Change::ExtendShift { resource, side, shift, .. } if resource == id && *side == wanted => match side {
            Side::Before => shift.span().end == from.end,
            Side::After => shift.span().start == from.start,
        },
        _ => false,
    }
}

#[test]
fn no_temp_for_the_time_of_a_single_booking_is_there_for_fewer_minutes() {
    let mut compared = 0;
    for seed in 0..120 {
        let sheet = random_sheet(seed, BUSY);
        if sheet.bookings.iter().any(|b| b.same_resource_as.is_some()) {
            continue;
        }
        let plan = solved(&sheet);
        for found in all_repairs(&sheet, &plan, &Limits::default()) {
            let said = found.repairs.iter().map(|r| &r.change).find(|c| matches!(c, Change::Temp { .. }));
            let shorter = |change: &Change| said.is_none_or(|said| change.size_minutes() < said.size_minutes());
            for booking in &sheet.bookings {
                for demand in booking.demands.iter().filter(|d| d.kind == ResourceKind::Staff) {
                    let on_file = sheet.resources.iter().any(|r| r.kind == ResourceKind::Staff && r.gender == booking.gender);
                    let gender = booking.gender.clone().filter(|_| on_file);
                    let shift = Window::of(&sheet, booking.occupied());
                    let temp = Change::Temp { count: 1, qualifications: demand.qualifications.clone(), gender, shift };
                    if shorter(&temp) {
                        assert!(!helps(&temp.apply(&sheet), &plan, &found.booking), "seed {seed}, {}: {temp:?} instead of {said:?}", found.booking);
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn repairs_stand_in_the_order_of_disturbance_and_do_not_depend_on_the_number_of_threads() {
    for seed in 0..30 {
        let sheet = random_sheet(seed, BUSY);
        let plan = solved(&sheet);
        let one = all_repairs(&sheet, &plan, &Limits::default());
        assert_eq!(one, all_repairs(&sheet, &plan, &Limits { threads: 2, ..Limits::default() }), "seed {seed}");
        for found in one {
            let keys: Vec<_> = found.repairs.iter().map(|r| (r.change.disturbance(&found.booking), r.change.size_minutes())).collect();
            assert!(keys.is_sorted(), "seed {seed}: {keys:?}");
        }
    }
}

/// Grace alone does swedish, until 17:00; b1 is hers at 15:30, b2 wants 16:00 to 17:15 and finds nobody.
fn day(folder: &Path) {
    let at = |clock: &str| format!("2026-11-21T{clock}:00+03:00");
    let booking = |id: &str, from: &str, to: &str| json!({"id": id, "start": at(from), "end": at(to), "demands": [{"kind": "staff", "qualifications": ["swedish"], "count": 1}]});
    let person = |id: &str, name: &str, what: &str| json!({"id": id, "name": name, "kind": "staff", "gender": "female", "qualifications": [what], "shifts": [{"start": at("09:00"), "end": at("17:00")}]});
    let sheet = json!({"format": "zamu.sheet/1", "location": {"id": "w", "name": "Westlands", "timezone": "Africa/Nairobi"}, "date": "2026-11-21",
        "grid_minutes": 5, "combinations": [], "resources": [person("grace", "Grace", "swedish"), person("amina", "Amina", "facial")],
        "bookings": [booking("b1", "14:30", "15:30"), booking("b2", "16:00", "17:15")]});
    std::fs::write(folder.join("day.json"), sheet.to_string()).unwrap();
}

fn zamu(folder: &Path, words: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_zamu")).current_dir(folder).args(words.split_whitespace()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_line_tells_the_smallest_changes_in_words_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    day(here);
    assert_eq!(zamu(here, "solve day.json --profile strict --out plan.json").0, 0);
    let (code, words, err) = zamu(here, "repairs day.json plan.json");
    assert_eq!(code, 0, "{err}");
    let places: Vec<usize> = [
        "Let Grace stay 15 minutes longer, until 17:15.",
        "Take on a temp for swedish from 16:00 to 17:15.",
        "Move b2 15 minutes earlier, to 15:45.",
    ]
    .iter()
    .map(|sentence| words.find(sentence).unwrap_or_else(|| panic!("{sentence} is missing: {words}")))
    .collect();
    assert!(places.is_sorted() && words.contains("unplaced −1"), "{words}");
    let (_, out, _) = zamu(here, "repairs day.json plan.json b2 --json");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((answer[0]["booking"].as_str(), answer[0]["complete"].as_bool()), (Some("b2"), Some(true)), "{out}");
    let first = &answer[0]["repairs"][0];
    assert_eq!(
        first["change"],
        json!({"kind": "extend-shift", "resource": "grace", "side": "after", "minutes": 15,
        "shift": {"start": "2026-11-21T09:00:00+03:00", "end": "2026-11-21T17:15:00+03:00"}})
    );
    assert_eq!((first["tiers"][0]["before"].as_f64(), first["tiers"][0]["at_most"].as_f64()), (Some(1.0), Some(0.0)));
    let (code, _, err) = zamu(here, "repairs day.json plan.json b1");
    assert!(code == 2 && err.contains("b1 is placed"), "{err}");
    let (code, _, err) = zamu(here, "repairs day.json plan.json b3");
    assert!(code == 2 && err.contains("no booking b3"), "{err}");
}
