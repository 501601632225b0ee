//! What breaks if one is out, and which temp is worth most, held against trying everything on days small enough for that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[expect(dead_code, reason = "each test takes what it needs")]
mod support;

use std::collections::BTreeSet;

use serde_json::json;
use support::oracle::brute_force;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::Limits;
use zamu::alloc::eligibility::capacity_minutes;
use zamu::alloc::profile::Term;
use zamu::domain::{Minute, ResourceKind, Span, local};
use zamu::operations::resilience::{Resilience, resilience};
use zamu::sheet::spa::{Size, Spa};
use zamu::sheet::{Resource, Sheet, read};

const TINY: Knobs = Knobs { bookings_max: 6, resources_max: 4, plain_combinations: false };

/// Unplaced by priority and told customers moved, by trying everything.
fn best(sheet: &Sheet) -> Option<(f64, f64)> {
    brute_force(sheet, &[Term::Unplaced, Term::FinalizedMoved], true).map(|values| (values[0], values[1]))
}

fn without(sheet: &Sheet, id: &str) -> Sheet {
    let mut short = sheet.clone();
    short.resources.iter_mut().find(|r| r.id == id).unwrap().shifts.clear();
    short
}

fn report(sheet: &Sheet) -> Resilience {
    resilience(sheet, &Limits::default())
}

#[test]
fn what_an_absence_breaks_is_what_trying_everything_finds() {
    let mut compared = 0;
    for seed in 0..200 {
        let sheet = random_sheet(seed, TINY);
        let Some((base, _)) = best(&sheet) else { continue };
        let report = report(&sheet);
        let on_duty = sheet.resources.iter().filter(|r| capacity_minutes(r) > 0).count();
        assert_eq!(report.absences.len(), on_duty, "seed {seed}: each of those on duty, once");
        assert!(report.absences.windows(2).all(|pair| pair[0].breaks_priority >= pair[1].breaks_priority), "seed {seed}: the worst first");
        for one in &report.absences {
            let Some((unplaced, told_again)) = best(&without(&sheet, &one.id)) else { continue };
            assert!(one.certified, "seed {seed}, {}", one.id);
            assert_eq!((one.breaks_priority, one.breaks_priority_at_least), (unplaced - base, unplaced - base), "seed {seed}, {}", one.id);
            assert_eq!(one.told_again.len() as f64, told_again, "seed {seed}, {}", one.id);
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
}

/// Everybody there, and each of those on duty out.
fn days(sheet: &Sheet) -> Vec<Sheet> {
    let out = sheet.resources.iter().filter(|r| capacity_minutes(r) > 0).map(|r| without(sheet, &r.id));
    std::iter::once(sheet.clone()).chain(out).collect()
}

/// What a temp gains on the day as it is, and on average over the days on which one is out.
fn gains(sheet: &Sheet, temp: &Resource) -> Option<(f64, f64)> {
    let gained = |day: &Sheet| {
        let mut with = day.clone();
        with.resources.push(temp.clone());
        Some(best(day)?.0 - best(&with)?.0)
    };
    let all: Vec<f64> = days(sheet).iter().map(gained).collect::<Option<_>>()?;
    Some((all[0], all[1..].iter().sum::<f64>() / (all.len() - 1).max(1) as f64))
}

fn temp(qualifications: &BTreeSet<String>, gender: Option<&str>, span: Span) -> Resource {
    Resource {
        id: "a-temp".into(),
        name: "A temp".into(),
        kind: ResourceKind::Staff,
        gender: gender.map(str::to_owned),
        qualifications: qualifications.clone(),
        shifts: vec![span],
        blocks: vec![],
        temporary: true,
        carried_minutes: 0.0,
        seats: 0,
        min_party: 1,
        zone: None,
    }
}

fn at(text: &str) -> Minute {
    Minute::of(chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc())
}

/// The best an hour of any temp is worth, by trying everything: all that the report may think of, and more.
fn best_hour(sheet: &Sheet) -> Option<f64> {
    let midnight = local::instant(sheet.location.timezone, sheet.date, 0).0;
    let down = |at: i64| midnight + (at - midnight).div_euclid(60) * 60;
    let windows: BTreeSet<(i64, i64)> = sheet.bookings.iter().map(|b| (down(b.occupied().start.0), down(b.occupied().end.0 + 59))).collect();
    let staff = || sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff);
    let asked = sheet.bookings.iter().flat_map(|b| &b.demands).filter(|d| d.kind == ResourceKind::Staff).map(|d| d.qualifications.clone());
    let kinds: BTreeSet<BTreeSet<String>> = staff().map(|r| r.qualifications.clone()).chain(asked).collect();
    let on_file: BTreeSet<Option<&str>> = staff().map(|r| r.gender.as_deref()).chain([None]).collect();
    let mut most: f64 = 0.0;
    for (from, to) in windows {
        for kind in &kinds {
            for gender in &on_file {
                let (on_base, if_out) = gains(sheet, &temp(kind, *gender, Span::new(Minute(from), Minute(to))))?;
                most = most.max((on_base + if_out) / ((to - from) as f64 / 60.0));
            }
        }
    }
    Some(most)
}

#[test]
fn the_temp_worth_most_is_worth_what_trying_everything_finds() {
    let (mut compared, mut helped) = (0, 0);
    for seed in 0..250 {
        let sheet = random_sheet(seed, Knobs { bookings_max: 4, resources_max: 3, plain_combinations: false });
        let (report, Some(most)) = (report(&sheet), best_hour(&sheet)) else { continue };
        assert_eq!(report.temps_examined, report.temps_considered, "seed {seed}");
        assert!(
            (report.temps.first().map_or(0.0, |temp| temp.worth_per_hour) - most).abs() < 1e-6,
            "seed {seed}: {most} and {:?}",
            report.temps.first()
        );
        for one in &report.temps {
            let hours = Span::new(at(&one.start), at(&one.end));
            let (on_base, if_out) = gains(&sheet, &temp(&one.qualifications, one.gender.as_deref(), hours)).unwrap();
            assert!(one.certified && (one.gains - on_base).abs() < 1e-6 && (one.gains_if_one_is_out - if_out).abs() < 1e-6, "seed {seed}: {one:?}");
            helped += 1;
        }
        compared += 1;
    }
    assert!(compared > 150 && helped > 100, "{compared}, {helped}");
}

/// Grace (swedish, deep-tissue) has a deep-tissue massage at ten, which only she can do; Joy and Brian (swedish) have one each at noon; Otto nothing.
fn quiet_day() -> Sheet {
    let shift = [json!({"start": "2026-11-21T09:00:00+03:00", "end": "2026-11-21T17:00:00+03:00"})];
    let person = |id: &str, what: &[&str]| json!({"id": id, "name": id, "kind": "staff", "qualifications": what, "shifts": shift});
    let booking = |id: &str, from: &str, to: &str, what: &str, who: &str, status: &str| {
        json!({"id": id, "start": format!("2026-11-21T{from}:00+03:00"), "end": format!("2026-11-21T{to}:00+03:00"),
            "demands": [{"kind": "staff", "qualifications": [what], "count": 1}], "assignment": {"status": status, "resources": [who]}})
    };
    let sheet = json!({"format": "zamu.sheet/1", "location": {"id": "spa", "name": "Spa", "timezone": "Africa/Nairobi"}, "date": "2026-11-21", "grid_minutes": 5,
        "resources": [person("grace", &["swedish", "deep-tissue"]), person("joy", &["swedish"]), person("brian", &["swedish"]), person("otto", &["swedish"])],
        "bookings": [booking("deep", "10:00", "11:00", "deep-tissue", "grace", "provisional"), booking("told", "12:00", "13:00", "swedish", "joy", "finalized"),
            booking("chosen", "12:00", "13:00", "swedish", "brian", "bound")]});
    read::from_str(&sheet.to_string()).unwrap()
}

#[test]
fn a_day_says_who_is_missed_who_has_to_be_told_again_and_who_is_not_missed_at_all() {
    let report = report(&quiet_day());
    let of = |id: &str| report.absences.iter().find(|one| one.id == id).unwrap();
    assert_eq!(report.absences.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["brian", "grace", "joy", "otto"]);
    assert_eq!((of("grace").breaks, of("grace").unplaced[0].booking.as_str(), of("grace").unplaced[0].promised), (1, "deep", false));
    assert_eq!((of("brian").breaks, of("brian").unplaced[0].booking.as_str(), of("brian").unplaced[0].promised), (1, "chosen", true));
    assert_eq!(
        (of("joy").breaks, of("joy").told_again.as_slice()),
        (0, ["told".to_owned()].as_slice()),
        "otto can take it, and the customer is told"
    );
    assert_eq!((of("otto").breaks, of("otto").told_again.len(), of("otto").holds), (0, 0, 0));
    assert!(report.absences.iter().all(|one| one.certified) && report.unplaced.is_empty());
    let temp = &report.temps[0];
    assert_eq!((temp.start.as_str(), temp.hours, temp.gains, temp.gains_if_one_is_out), ("2026-11-21T10:00:00+03:00", 1, 0.0, 0.25));
    assert_eq!(temp.qualifications, BTreeSet::from(["deep-tissue".to_owned()]), "nobody but brian will do for who chose him");
}

#[test]
fn the_report_is_the_same_on_any_number_of_threads() {
    let sheet = Spa { absent: 0, ..Spa::of(Size::S) }.day(4);
    let (one, four) = (report(&sheet), resilience(&sheet, &Limits { threads: 4, ..Limits::default() }));
    assert_eq!(one, four);
    assert!(one.absences.iter().any(|absence| absence.breaks > 0) && !one.temps.is_empty());
}
