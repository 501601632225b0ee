//! Our side: how long a day takes, how far it gets, and whether the plan is sound.

use std::hint::black_box;
use std::time::Instant;

use serde::Serialize;

use super::super::deadline;
use super::machine;
use crate::alloc::instance::Instance;
use crate::alloc::model::Model;
use crate::alloc::{Limits, Profile, Stop, allocate, check, greedy};
use crate::sheet::plan::TierOutcome;
use crate::sheet::{Plan, Sheet};

/// Seed of every search; the days have seeds of their own.
const SEED: u64 = 1;
/// A search that was told to end may take this long to do so: a tenth of its limit, or this many seconds, whichever is more.
const OVERRUN_SECONDS: f64 = 0.05;
const OVERRUN_SHARE: f64 = 0.1;

/// How much is spent on one day.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Limit of each solve.
    pub seconds: f64,
    /// OS threads.
    pub threads: usize,
    /// How often each measurement is made, 1 or more.
    pub repeat: usize,
}

/// What came out. Times are medians over the repetitions.
#[derive(Debug, Clone, Serialize)]
pub struct Ours {
    /// Value and bound of every tier, with the profile's time limit or when it was proven.
    pub tiers: Vec<TierOutcome>,
    /// Whether every tier is proven.
    pub proven: bool,
    /// What ended the search: `proof`, `deadline`, …
    pub stopped: String,
    /// From the sheet in memory to the plan with its reasons, checked.
    pub wall_ms: f64,
    /// From the sheet in memory to the greedy baseline.
    pub first_plan_ms: f64,
    /// A solve of the first tier alone.
    pub first_tier_ms: f64,
    /// Whether that one was proven.
    pub first_tier_proven: bool,
    /// Preparing the sheet and writing down its program.
    pub model_ms: f64,
    /// That, as a share of the whole.
    pub model_share: f64,
    /// The most memory the process held at once during the solves, where the system says it.
    pub memory_mib: Option<u64>,
    /// The time limit was overrun by more than a tenth and more than 50 ms.
    pub late: bool,
    /// Everything wrong with the plans; empty when all is well.
    pub faults: Vec<String>,
}

impl Ours {
    /// Did a person end it?
    pub fn was_interrupted(&self) -> bool {
        self.stopped == "interrupt"
    }
}

/// Measures a day, and answers with its plan too.
pub fn measure(sheet: &Sheet, profile: &Profile, effort: Effort) -> (Ours, Plan) {
    let first_plan_ms = median(effort.repeat, || timed(|| greedy::repair_current(&Instance::new(sheet, profile.prices_finalized()))).1);
    let model_ms = median(effort.repeat, || timed(|| build(sheet, profile)).1);
    machine::forget_peak_memory();
    let (mut plan, wall_ms) = solve(sheet, profile, effort);
    let (mut walls, mut faults) = (vec![wall_ms], faults_of(sheet, &plan, profile));
    while walls.len() < effort.repeat && plan.solve.stopped != "interrupt" {
        let (again, wall_ms) = solve(sheet, profile, effort);
        walls.push(wall_ms);
        if again.solve.stopped == "interrupt" {
            plan.solve.stopped = again.solve.stopped;
        } else if plan.solve.stopped == "proof" && again.solve.stopped == "proof" && again != plan {
            faults.push("a repetition gave another plan".into());
        }
    }
    let memory_mib = machine::peak_memory_mib();
    let wall_ms = middle(walls);
    let first_tier = Profile { tiers: profile.tiers[..1].to_vec(), ..profile.clone() };
    let (mut first_tier_proven, mut first_walls) = (true, Vec::new());
    while first_walls.len() < effort.repeat && plan.solve.stopped != "interrupt" {
        let (alone, wall_ms) = solve(sheet, &first_tier, effort);
        first_walls.push(wall_ms);
        first_tier_proven &= alone.tiers.iter().all(|tier| tier.optimal);
        if alone.solve.stopped == "interrupt" {
            plan.solve.stopped = alone.solve.stopped;
        }
    }
    let ours = Ours {
        proven: plan.tiers.iter().all(|tier| tier.optimal),
        tiers: plan.tiers.clone(),
        stopped: plan.solve.stopped.clone(),
        wall_ms,
        first_plan_ms,
        first_tier_proven: first_tier_proven && !first_walls.is_empty(),
        first_tier_ms: middle(first_walls),
        model_ms,
        model_share: model_ms / wall_ms.max(model_ms),
        memory_mib,
        late: wall_ms / 1e3 > effort.seconds + (effort.seconds * OVERRUN_SHARE).max(OVERRUN_SECONDS),
        faults,
    };
    (ours, plan)
}

fn solve(sheet: &Sheet, profile: &Profile, effort: Effort) -> (Plan, f64) {
    let stop = Stop::new();
    let _watch = deadline::watch(&stop, Some(effort.seconds));
    timed(|| allocate(sheet, profile, Limits { seed: SEED, threads: effort.threads, stop, watch: None }))
}

fn build(sheet: &Sheet, profile: &Profile) -> usize {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let everything: Vec<usize> = (0..instance.bookings.len()).collect();
    Model::build(&instance, &everything, profile).rows.len()
}

fn faults_of(sheet: &Sheet, plan: &Plan, profile: &Profile) -> Vec<String> {
    check::check_with_profile(sheet, plan, profile).faults.iter().map(ToString::to_string).collect()
}

/// What something answers and how many milliseconds it took.
fn timed<T>(what: impl FnOnce() -> T) -> (T, f64) {
    let began = Instant::now();
    let answer = black_box(what());
    (answer, began.elapsed().as_secs_f64() * 1e3)
}

fn median(repeat: usize, once: impl FnMut() -> f64) -> f64 {
    middle(std::iter::repeat_with(once).take(repeat).collect())
}

/// The median; halfway between the two in the middle where there are two. 0 of nothing.
pub fn middle(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    let at = |k: usize| of.get(k).copied().unwrap_or(0.0);
    (at(of.len().saturating_sub(1) / 2) + at(of.len() / 2)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::spa::{Size, Spa};

    #[test]
    fn a_small_day_is_measured_proven_and_sound() {
        let profile = Profile::shipped("strict").unwrap();
        let (ours, plan) = measure(&Spa::of(Size::S).day(2), &profile, Effort { seconds: 60.0, threads: 2, repeat: 2 });
        assert!(ours.proven && ours.first_tier_proven && !ours.late && ours.faults.is_empty(), "{ours:?}");
        assert_eq!(ours.tiers, plan.tiers);
        assert!(ours.first_plan_ms > 0.0 && ours.model_ms > 0.0 && ours.model_share <= 1.0);
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(middle(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(middle(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(middle(vec![]), 0.0);
    }
}
