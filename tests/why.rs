//! Why this person and not another: every price held against trying everything on sheets small enough for that, and as the command line tells it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[expect(dead_code, reason = "each test takes what it needs")]
mod support;

use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};
use support::oracle::{Placement, compatible, options, worth};
use support::rng::Rng;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::explain::alternatives::Obstacle;
use zamu::alloc::explain::prices::{Choice, prices};
use zamu::alloc::instance::Instance;
use zamu::alloc::profile::Term;
use zamu::alloc::{Limits, Profile, Stop, StopCause, allocate, served_by_plan};
use zamu::sheet::{Plan, Sheet};

const TINY: Knobs = Knobs { bookings_max: 5, resources_max: 4, plain_combinations: false };

fn drawn_terms(rng: &mut Rng) -> Vec<Term> {
    let mut terms = vec![Term::Unplaced];
    for _ in 0..rng.between(1, 3) {
        let term = Term::ALL[rng.below(Term::ALL.len())];
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

fn profile_of(terms: &[Term]) -> Profile {
    let text: String = terms.iter().map(|t| format!("[[tier]]\nterm = \"{}\"\n", t.as_str())).collect();
    Profile::parse("drawn", &text).unwrap()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

/// The best tiers of all placements in which `resource` is among those who serve `booking`, by trying everything; `None` when there is none.
fn best_with(sheet: &Sheet, terms: &[Term], booking: usize, resource: usize) -> Option<Vec<f64>> {
    let may_move = terms.contains(&Term::FinalizedMoved);
    let mut ways: Vec<Vec<Option<Vec<usize>>>> = sheet.bookings.iter().map(|b| options(sheet, b, may_move).into_iter().map(Some).collect()).collect();
    ways[booking].retain(|way| way.as_ref().is_some_and(|by| by.contains(&resource)));
    (0..ways.len()).filter(|b| *b != booking).for_each(|b| ways[b].push(None));
    let mut best = None;
    try_all(sheet, terms, &ways, &mut Vec::new(), &mut best);
    best
}

fn try_all(sheet: &Sheet, terms: &[Term], ways: &[Vec<Option<Vec<usize>>>], so_far: &mut Placement, best: &mut Option<Vec<f64>>) {
    let at = so_far.len();
    if at == ways.len() {
        let values: Vec<f64> = terms.iter().map(|t| worth(sheet, so_far, *t)).collect();
        let better = best.as_ref().is_none_or(|best| values.iter().zip(best).find(|(a, b)| !near(**a, **b)).is_some_and(|(a, b)| a < b));
        if better {
            *best = Some(values);
        }
        return;
    }
    for way in &ways[at] {
        let fits = |(b, by): (usize, &Option<Vec<usize>>)| match (by, way) {
            (Some(by), Some(way)) => compatible(&sheet.bookings[b], by, &sheet.bookings[at], way),
            _ => true,
        };
        if so_far.iter().enumerate().all(fits) {
            so_far.push(way.clone());
            try_all(sheet, terms, ways, so_far, best);
            so_far.pop();
        }
    }
}

fn asked(sheet: &Sheet, profile: &Profile, plan: &Plan, booking: usize, limits: &Limits) -> Vec<Choice> {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let served = served_by_plan(&instance, plan).unwrap();
    prices(sheet, profile, plan, &served, booking, limits)
}

#[test]
fn the_price_of_every_choice_is_the_difference_that_trying_everything_finds() {
    let (mut free, mut costly, mut ruled_out) = (0, 0, 0);
    for seed in 0..1500 {
        let sheet = random_sheet(seed, TINY);
        let mut rng = Rng::new(seed);
        let terms = drawn_terms(&mut rng);
        let profile = profile_of(&terms);
        let plan = allocate(&sheet, &profile, Limits::default());
        if plan.assignments.is_empty() {
            continue;
        }
        let id = rng.pick(&plan.assignments).booking;
        let booking = sheet.bookings.iter().position(|b| b.id == id).unwrap();
        for choice in asked(&sheet, &profile, &plan, booking, &Limits::default()) {
            let about = format!("seed {seed}, {:?} for {id} by {:?}", sheet.resources[choice.resource].id, terms);
            let best = best_with(&sheet, &terms, booking, choice.resource);
            let (Some(price), Some(best)) = (&choice.price, &best) else {
                assert!(choice.price.is_none() && best.is_none(), "{about}: {choice:?}, trying everything finds {best:?}");
                assert!(matches!(choice.obstacle, Obstacle::RuledOut { .. }), "{about}: {choice:?}");
                ruled_out += 1;
                continue;
            };
            assert!(price.proven, "{about}: {price:?}");
            for ((step, tier), best) in price.tiers.iter().zip(&plan.tiers).zip(best) {
                assert!(near(tier.value + step.difference, *best), "{about}: {} is {} + {}, but {best}", tier.name, tier.value, step.difference);
            }
            let first_worse = plan.tiers.iter().zip(best).find(|(tier, best)| !near(tier.value, **best)).map(|(tier, _)| tier.name.clone());
            assert_eq!(price.tier, first_worse, "{about}");
            if price.tier.is_none() { free += 1 } else { costly += 1 }
        }
    }
    assert!(free > 80 && costly > 100 && ruled_out > 500, "{free} free, {costly} costly, {ruled_out} ruled out");
}

#[test]
fn choices_stand_in_the_order_of_their_price_and_do_not_depend_on_the_number_of_threads() {
    for seed in 0..20 {
        let sheet = random_sheet(seed, Knobs::DAY);
        let profile = Profile::shipped("strict").unwrap();
        let plan = allocate(&sheet, &profile, Limits::default());
        let Some(first) = plan.assignments.first() else { continue };
        let booking = sheet.bookings.iter().position(|b| b.id == first.booking).unwrap();
        let one = asked(&sheet, &profile, &plan, booking, &Limits::default());
        assert_eq!(one, asked(&sheet, &profile, &plan, booking, &Limits { threads: 2, ..Limits::default() }), "seed {seed}");
        let priced: Vec<Vec<f64>> = one.iter().map_while(|c| Some(c.price.as_ref()?.tiers.iter().map(|t| t.difference).collect())).collect();
        for pair in priced.windows(2) {
            let later = pair[0].iter().zip(&pair[1]).find(|(a, b)| !near(**a, **b));
            assert!(later.is_none_or(|(a, b)| a < b), "seed {seed}: {priced:?}");
        }
        assert!(one[priced.len()..].iter().all(|c| c.price.is_none()), "seed {seed}: somebody ruled out stands before a price");
    }
}

#[test]
fn a_price_that_was_stopped_is_at_most_and_at_least_and_the_truth_lies_between() {
    let stop = Stop::new();
    stop.raise(StopCause::Deadline);
    let mut open = 0;
    for seed in 0..60 {
        let sheet = random_sheet(seed, Knobs::DAY);
        let profile = Profile::shipped("strict").unwrap();
        let plan = allocate(&sheet, &profile, Limits::default());
        let Some(first) = plan.assignments.first() else { continue };
        let booking = sheet.bookings.iter().position(|b| b.id == first.booking).unwrap();
        let truth = asked(&sheet, &profile, &plan, booking, &Limits::default());
        for early in asked(&sheet, &profile, &plan, booking, &Limits { stop: stop.clone(), ..Limits::default() }) {
            let full = truth.iter().find(|c| c.resource == early.resource).unwrap();
            let (Some(early), Some(full)) = (&early.price, &full.price) else { continue };
            // Of the first tier both bounds hold; of later ones only as long as those before are the same.
            for (e, f) in early.tiers.iter().zip(&full.tiers) {
                assert!(f.difference <= e.difference + 1e-6 && e.at_least.is_none_or(|low| low <= f.difference + 1e-6), "seed {seed}: {e:?}, {f:?}");
                if !near(e.difference, f.difference) {
                    open += 1;
                    assert!(!early.proven, "seed {seed}: {early:?} against {full:?}");
                    break;
                }
            }
        }
    }
    assert!(open > 5, "only {open} prices were cut short");
}

/// Grace and Joy can do both, Amina only facials and Otto is off; Grace serves the one booking, and Joy has carried an hour.
fn day(folder: &Path) {
    let shift = json!([{"start": "2026-11-21T09:00:00+03:00", "end": "2026-11-21T17:00:00+03:00"}]);
    let person = |id: &str, what: &[&str], carried: i64| json!({"id": id, "name": id, "kind": "staff", "gender": "female", "qualifications": what, "shifts": shift, "carried_minutes": carried});
    let mut otto = person("otto", &["swedish"], 0);
    otto["shifts"] = json!([]);
    let sheet = json!({"format": "zamu.sheet/1", "location": {"id": "w", "name": "Westlands", "timezone": "Africa/Nairobi"}, "date": "2026-11-21",
        "grid_minutes": 5, "combinations": [],
        "resources": [person("grace", &["swedish"], 0), person("joy", &["swedish"], 60), person("amina", &["facial"], 0), otto],
        "bookings": [{"id": "b1", "start": "2026-11-21T10:00:00+03:00", "end": "2026-11-21T11:00:00+03:00",
            "demands": [{"kind": "staff", "qualifications": ["swedish"], "count": 1}]}]});
    std::fs::write(folder.join("day.json"), sheet.to_string()).unwrap();
}

fn zamu(folder: &Path, words: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_zamu")).current_dir(folder).args(words.split_whitespace()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn explain_tells_the_price_of_each_other_person_or_the_rule_that_excludes_them() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    day(here);
    assert_eq!(zamu(here, "solve day.json --profile strict --out plan.json").0, 0);
    let (code, out, err) = zamu(here, "explain day.json plan.json b1 --json");
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    let others = answer[0]["others"].as_array().unwrap();
    assert_eq!(others.iter().map(|o| o["resource"].as_str().unwrap()).collect::<Vec<_>>(), ["joy", "amina", "otto"]);
    // Joy carries 60 minutes: with her (60 + 60)² / 480, without 60² / 480 + 60² / 480.
    assert_eq!((others[0]["price"]["tier"].as_str(), others[0]["price"]["proven"].as_bool()), (Some("balance"), Some(true)));
    assert!(near(others[0]["price"]["tiers"][1]["difference"].as_f64().unwrap(), 15.0), "{out}");
    assert_eq!((others[1]["because"].as_str(), others[2]["because"].as_str()), (Some("qualification"), Some("shift")));
    let (_, words, _) = zamu(here, "explain day.json plan.json b1");
    assert!(words.contains("balance +15") && words.contains("lacks swedish"), "{words}");
    let (code, words, _) = zamu(here, "explain day.json plan.json b1 --no-prices");
    assert!(code == 0 && words.contains("free") && !words.contains("balance"), "{words}");
}

#[test]
fn a_profile_that_is_not_the_plans_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    day(folder.path());
    zamu(folder.path(), "solve day.json --profile strict --out plan.json");
    let (code, out, err) = zamu(folder.path(), "explain day.json plan.json b1 --profile repair");
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("finalized_moved") && err.contains("unplaced, balance, moved"), "{err}");
}
