//! What the allocator promises, held against trying everything on sheets small enough for that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[expect(dead_code, reason = "each test takes what it needs")]
mod support;

use std::collections::BTreeSet;

use support::oracle::{brute_force, compatible, options};
use support::rng::Rng;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::profile::Term;
use zamu::alloc::{Limits, Profile, Stop, StopCause, Watch, allocate, check};
use zamu::sheet::plan::{Certified, Plan, PlanStatus, Reason};
use zamu::sheet::{Sheet, read, write};

fn profile_of(terms: &[Term]) -> Profile {
    let text: String = terms.iter().map(|t| format!("[[tier]]\nterm = \"{}\"\n", t.as_str())).collect();
    Profile::parse("drawn", &text).unwrap()
}

#[test]
fn a_booking_that_must_move_to_be_served_is_proven_to_move() {
    // Its current table is too small for the party: it is served elsewhere, and no plan can count it as unmoved.
    let sheet = random_sheet(261, Knobs::TINY);
    let plan = allocate(&sheet, &Profile::shipped("strict").unwrap(), Limits::default());
    assert_eq!((plan.status, plan.solve.stopped.as_str()), (PlanStatus::Optimal, "proof"), "{:?}", plan.tiers);
}

#[test]
fn a_search_that_is_watched_finds_the_same_plan_and_ends_at_its_last_tier() {
    let profile = Profile::shipped("nightly").unwrap();
    for seed in 0..12 {
        let sheet = random_sheet(seed, Knobs::DAY);
        let alone = allocate(&sheet, &profile, Limits::default());
        for threads in [1, 2] {
            let watch = Watch::new();
            let plan = allocate(&sheet, &profile, Limits { watch: Some(watch.clone()), threads, ..Limits::default() });
            assert_eq!(plan, alone, "seed {seed}");
            let end = watch.standing().unwrap();
            let (last, tiers) = (plan.tiers.last().unwrap(), plan.tiers.len());
            assert!(end.is_over() && (end.search, end.tier + 1, end.tiers, &end.name) == (1, tiers, tiers, &last.name), "seed {seed}: {end:?}");
            assert!(near(end.value, last.value) && near(end.bound, last.bound.unwrap()), "seed {seed}: {end:?}, {last:?}");
        }
    }
}

/// `unplaced` first, then up to three other terms in any order.
fn drawn_terms(rng: &mut Rng) -> Vec<Term> {
    let mut terms = vec![Term::Unplaced];
    for _ in 0..rng.below(4) {
        let term = Term::ALL[rng.below(Term::ALL.len())];
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

const TINY: Knobs = Knobs { bookings_max: 6, resources_max: 4, plain_combinations: false };

#[test]
fn on_small_sheets_every_tier_has_the_value_that_trying_everything_finds() {
    let mut compared = 0;
    for seed in 0..1500 {
        let sheet = random_sheet(seed, TINY);
        let terms = drawn_terms(&mut Rng::new(seed));
        let finalized_may_move = terms.contains(&Term::FinalizedMoved);
        let Some(best) = brute_force(&sheet, &terms, finalized_may_move) else { continue };
        let plan = allocate(&sheet, &profile_of(&terms), Limits::default());
        let words: Vec<&str> = terms.iter().map(|t| t.as_str()).collect();
        assert_eq!(plan.solve.stopped, "proof", "seed {seed}, tiers {words:?}");
        assert_eq!(plan.status, PlanStatus::Optimal, "seed {seed}, tiers {words:?}: {:?}", plan.tiers);
        for (tier, best) in plan.tiers.iter().zip(&best) {
            assert!(near(tier.value, *best), "seed {seed}, tiers {words:?}: {} is {}, trying everything finds {best}", tier.name, tier.value);
            assert!(tier.bound.unwrap() <= best + 1e-6 * best.abs().max(1.0), "seed {seed}: the bound of {} is not one", tier.name);
        }
        compared += 1;
    }
    assert!(compared > 1000, "only {compared} sheets were small enough to try everything");
}

#[test]
fn every_plan_passes_the_checker_and_is_no_worse_than_the_baseline() {
    for seed in 0..150 {
        let sheet = random_sheet(seed, Knobs { bookings_max: 30, resources_max: 8, plain_combinations: false });
        for name in ["nightly", "repair", "min-staff", "tables", "strict"] {
            let profile = Profile::shipped(name).unwrap();
            let plan = allocate(&sheet, &profile, Limits::default());
            let checked = check::check_with_profile(&sheet, &plan, &profile);
            assert!(checked.passed(), "seed {seed}, {name}: {:?}", checked.faults);
            assert_eq!(plan.solve.stopped, "proof", "seed {seed}, {name}");
            assert!(no_worse(&plan), "seed {seed}, {name}: {:?} against {:?}", plan.tiers, plan.baseline);
        }
    }
}

/// Tier by tier in strict order; a tier with slack may be worse within it.
fn no_worse(plan: &Plan) -> bool {
    for (mine, greedy) in plan.tiers.iter().zip(&plan.baseline.tiers) {
        if mine.value < greedy.value - 1e-6 * greedy.value.abs().max(1.0) {
            return true;
        }
        let room = mine.slack.unwrap_or(0.0) * greedy.value.abs();
        if mine.value > greedy.value + room + 1e-6 * greedy.value.abs().max(1.0) {
            return false;
        }
    }
    true
}

#[test]
fn the_same_sheet_profile_and_seed_give_the_same_bytes_on_one_thread_and_on_two() {
    for seed in 0..40 {
        let sheet = random_sheet(seed, Knobs { bookings_max: 40, resources_max: 10, plain_combinations: false });
        let profile = Profile::shipped("strict").unwrap();
        let bytes = |threads| write::plan_to_json(&allocate(&sheet, &profile, Limits { threads, ..Limits::default() }));
        let once = bytes(1);
        assert_eq!(once, bytes(1), "seed {seed}: two runs differ");
        assert_eq!(once, bytes(2), "seed {seed}: two threads give another plan than one");
    }
}

#[test]
fn a_search_stopped_before_it_began_answers_with_the_baseline_and_says_so() {
    for (cause, word) in [(StopCause::Deadline, "deadline"), (StopCause::Interrupt, "interrupt")] {
        let stop = Stop::new();
        stop.raise(cause);
        let mut stopped = 0;
        for seed in 0..40 {
            let sheet = random_sheet(seed, Knobs { bookings_max: 30, resources_max: 6, plain_combinations: false });
            let profile = Profile::shipped("strict").unwrap();
            let plan = allocate(&sheet, &profile, Limits { stop: stop.clone(), ..Limits::default() });
            assert!(check::check_with_profile(&sheet, &plan, &profile).passed());
            for (mine, greedy) in plan.tiers.iter().zip(&plan.baseline.tiers) {
                assert!(near(mine.value, greedy.value));
            }
            if plan.status == PlanStatus::Feasible {
                assert_eq!(plan.solve.stopped, word);
                stopped += 1;
            }
            let best = allocate(&sheet, &profile, Limits::default());
            for (early, late) in plan.tiers.iter().zip(&best.tiers).take(1) {
                assert!(early.bound.unwrap() <= late.value + 1e-6, "seed {seed}: a bound of the stopped search is above the optimum");
            }
        }
        assert!(stopped > 10);
    }
}

#[test]
fn every_unplaced_booking_has_a_reason_whose_witness_alone_leaves_no_room() {
    let (mut alone, mut crowds) = (0, 0);
    for seed in 0..1200 {
        let sheet = random_sheet(seed, Knobs { bookings_max: 9, resources_max: 4, plain_combinations: false });
        let plan = allocate(&sheet, &Profile::shipped("strict").unwrap(), Limits::default());
        for unplaced in &plan.unplaced {
            let Reason::Certified(reason) = &unplaced.reason else { panic!("seed {seed}: a reason of another program") };
            match reason {
                Certified::ImpossibleAlone { ruled_out } => {
                    assert!(!room_for(&sheet, &[&unplaced.booking], None), "seed {seed}: {} fits when nothing else is booked", unplaced.booking);
                    let booking = sheet.bookings.iter().find(|b| b.id == unplaced.booking).unwrap();
                    let kinds: BTreeSet<_> = booking.demands.iter().map(|d| d.kind).collect();
                    for resource in sheet.resources.iter().filter(|r| kinds.contains(&r.kind)) {
                        assert!(ruled_out.iter().any(|r| r.resource == resource.id), "seed {seed}: no rule is given for {}", resource.id);
                    }
                    alone += 1;
                }
                Certified::CrowdedOut { bookings, resources } => {
                    let crowd: Vec<&String> = bookings.iter().collect();
                    assert!(bookings.contains(&unplaced.booking));
                    assert!(!room_for(&sheet, &crowd, Some(resources)), "seed {seed}: the witness of {} leaves room", unplaced.booking);
                    for dropped in bookings {
                        let rest: Vec<&String> = bookings.iter().filter(|b| *b != dropped).collect();
                        assert!(room_for(&sheet, &rest, None), "seed {seed}: the witness of {} does not need {dropped}", unplaced.booking);
                    }
                    crowds += 1;
                }
                Certified::Undecided => panic!("seed {seed}: {} is undecided although nothing stopped the search", unplaced.booking),
            }
        }
    }
    assert!(alone > 100 && crowds > 100, "{alone} impossible alone, {crowds} crowded out");
}

/// Can all of these be served at once (by these resources only)? By trying everything.
fn room_for(sheet: &Sheet, ids: &[&String], only: Option<&Vec<String>>) -> bool {
    let crowd: Vec<_> = sheet.bookings.iter().filter(|b| ids.contains(&&b.id)).collect();
    let ways: Vec<Vec<Vec<usize>>> = crowd
        .iter()
        .map(|b| {
            let all = options(sheet, b, false);
            all.into_iter().filter(|way| way.iter().all(|&r| only.is_none_or(|ids| ids.contains(&sheet.resources[r].id)))).collect()
        })
        .collect();
    fn go(crowd: &[&zamu::sheet::Booking], ways: &[Vec<Vec<usize>>], taken: &mut Vec<Vec<usize>>) -> bool {
        let at = taken.len();
        if at == crowd.len() {
            return true;
        }
        ways[at].iter().any(|way| {
            let fits = taken.iter().zip(crowd).all(|(by, other)| compatible(other, by, crowd[at], way));
            fits && {
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
fn a_wish_that_nobody_on_file_can_meet_is_waived_and_said_so() {
    let text = include_str!("golden/R4_gender.sheet.json");
    let plan = allocate(&read::from_str(text).unwrap(), &Profile::shipped("strict").unwrap(), Limits::default());
    assert_eq!(plan.waived.iter().map(|w| w.booking.as_str()).collect::<Vec<_>>(), ["nobody_on_file"]);
    assert!(plan.unplaced.is_empty());
}
