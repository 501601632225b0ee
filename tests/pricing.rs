//! What is proven by prices, held against trying everything: no bound above an optimum, and no optimum among what was ruled out.

#[expect(dead_code, reason = "each test takes what it needs")]
mod support;

use support::oracle::brute_force;
use support::sheets::{Knobs, random_sheet};
use zamu::alloc::instance::Instance;
use zamu::alloc::profile::Term;
use zamu::alloc::solve::days::apart::Goals;
use zamu::alloc::solve::days::{Days, Reduction};
use zamu::alloc::{Limits, Profile, allocate, served_by_plan, value};
use zamu::sheet::spa::{Size, Spa};
use zamu::sheet::{Sheet, write};

const TERMS: [Term; 3] = [Term::Unplaced, Term::Balance, Term::Moved];
const SMALL: Knobs = Knobs { bookings_max: 6, resources_max: 4, plain_combinations: false };

/// Is this plan among what a reduction leaves?
fn holds(left: &Reduction, instance: &Instance, served: &[Option<Vec<usize>>]) -> bool {
    let pairs = served.iter().enumerate().flat_map(|(b, by)| by.iter().flatten().map(move |&r| (b, r)));
    let loads = instance.loads(&served.to_vec());
    pairs.clone().all(|pair| left.pairs.contains(&pair))
        && left.windows_minutes.iter().all(|(&r, &(least, most))| (least..=most).contains(&loads[r]))
        && left.unplaced.iter().all(|(&b, &out)| served[b].is_none() == out)
}

#[test]
fn no_bound_is_above_the_optimum_and_no_optimal_plan_is_ruled_out() {
    let strict = Profile::shipped("strict").unwrap();
    let (mut bounded, mut tight) = (0, 0);
    for seed in 0..1_200 {
        let sheet = random_sheet(seed, SMALL);
        let Some(whole) = brute_force(&sheet, &TERMS, false) else { continue };
        let instance = Instance::new(&sheet, false);
        let everything: Vec<usize> = (0..instance.bookings.len()).collect();
        let Some(mut days) = Days::of(&instance, &everything, &strict.tiers) else { continue };
        let best: Vec<f64> = whole.iter().zip(value::constants(&instance, &strict)).map(|(best, idle)| best - idle).collect();
        let served = served_by_plan(&instance, &allocate(&sheet, &strict, Limits::default())).unwrap();
        let limits = Limits::default();
        let above = |bound: f64, best: f64| bound > best + 1e-6 * best.abs().max(1.0);
        assert!(!above(days.unplaced(best[0], &limits), best[0]), "seed {seed}: unplaced");
        for k in [1, 2] {
            let limit = best[k] + 1e-6 * best[k].abs().max(1.0);
            let goals = Goals { proof: best[k], keep: limit };
            days.turn(k, &best[..k], goals, &limits);
            let bound = days.split(goals, &limits);
            assert!(!above(bound, best[k]), "seed {seed}: {} is bounded by {bound}, the optimum is {}", TERMS[k].as_str(), best[k]);
            assert!(holds(&days.reduction(limit), &instance, &served), "seed {seed}: the optimal plan is ruled out at {}", TERMS[k].as_str());
            days.settle(k, best[k]);
            bounded += 1;
            tight += usize::from(best[k] - bound <= 1e-3 * best[k].abs().max(1.0));
        }
    }
    assert!(bounded > 500, "only {bounded} tiers were bounded");
    assert!(tight * 10 > bounded * 8, "only {tight} of {bounded} bounds are within a thousandth of the optimum");
}

fn bytes(sheet: &Sheet, profile: &Profile, threads: usize) -> String {
    write::plan_to_json(&allocate(sheet, profile, Limits { threads, ..Limits::default() }))
}

#[test]
fn a_spas_day_has_the_same_plan_on_one_thread_and_on_two() {
    for (size, seed, profile) in [(Size::S, 2, "strict"), (Size::S, 4, "nightly"), (Size::M, 3, "strict")] {
        let (sheet, profile) = (Spa::of(size).day(seed), Profile::shipped(profile).unwrap());
        assert_eq!(bytes(&sheet, &profile, 1), bytes(&sheet, &profile, 2), "{} of seed {seed}", size.as_str());
    }
}

#[test]
fn a_spas_day_of_twenty_people_is_proven_in_every_tier() {
    let plan = allocate(&Spa::of(Size::M).day(1), &Profile::shipped("strict").unwrap(), Limits::default());
    assert!(plan.tiers.iter().all(|tier| tier.optimal), "{:?}", plan.tiers);
    assert_eq!(plan.solve.stopped, "proof");
}
