//! The heart: a pure function from a sheet and a profile to a plan. Synchronous; no clock, no I/O.
//!
//! Invariants: same sheet, profile, seed and work limits give the same plan on any number of threads, unless the stop flag ended the search, and
//! then the plan says so; the plan is never worse than the greedy baseline; no plan leaves here that [`check`] finds a fault in.

pub mod admission;
pub mod check;
pub mod eligibility;
pub mod explain;
pub mod greedy;
pub mod instance;
pub mod intervals;
pub mod model;
pub mod profile;
pub mod solve;
pub mod stop;
pub mod value;
pub mod watch;

pub use profile::Profile;
pub use stop::{Stop, StopCause};
pub use watch::{Standing, Watch};

use crate::sheet::plan::{Baseline, Change, PLAN_FORMAT, Placed, PlanStatus, Reason, Solve, TierOutcome, TierValue, Unplaced, Waived};
use crate::sheet::{Plan, Sheet};
use instance::{Instance, Served};
use rayon::prelude::*;
use solve::{Found, Stopped};

/// What bounds a search. Work is counted, so that the same limits give the same plan; the flag is the outer guard.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Seed of every pseudo-random choice.
    pub seed: u64,
    /// OS threads the search may use, 1 or more. The plan does not depend on it.
    pub threads: usize,
    /// Raised by whoever has a clock or hears Ctrl-C; the plan says so when it ended the search.
    pub stop: Stop,
    /// Shows whoever waits where [`allocate`] stands, if anybody does. The plan does not depend on it.
    pub watch: Option<Watch>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { seed: 1, threads: 1, stop: Stop::new(), watch: None }
    }
}

/// Decides who serves what on a valid sheet. Always answers: with proof, or with the best plan found and honest gaps when a limit ended the search.
pub fn allocate(sheet: &Sheet, profile: &Profile, limits: Limits) -> Plan {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let baseline = greedy::repair_current(&instance);
    let found = solve::run_watched(&instance, profile, baseline.clone(), &limits, limits.watch.as_ref());
    let plan = write_plan(&instance, profile, &baseline, &found, &limits);
    if check::check_with_profile(sheet, &plan, profile).passed() {
        return plan;
    }
    // The solver contradicted itself. The baseline is built by the rules alone.
    let fallback = Found { served: baseline.clone(), bounds: whole_floor(&instance, profile), stopped: Stopped::Solver };
    write_plan(&instance, profile, &baseline, &fallback, &limits)
}

/// The plan of the same assignments on another sheet: what they are worth there, with bounds that need no solver and reasons found anew. They must
/// keep the rules of that sheet. `None` where they name bookings or resources that it has not.
pub fn restated(sheet: &Sheet, profile: &Profile, plan: &Plan, limits: &Limits) -> Option<Plan> {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let served = served_by_plan(&instance, plan)?;
    let baseline = greedy::repair_current(&instance);
    let found = Found { served, bounds: whole_floor(&instance, profile), stopped: Stopped::Proof };
    Some(Plan { solve: plan.solve.clone(), ..write_plan(&instance, profile, &baseline, &found, limits) })
}

/// Bounds that need no solver, over the whole sheet.
fn whole_floor(instance: &Instance, profile: &Profile) -> Vec<f64> {
    let everything: Vec<usize> = (0..instance.bookings.len()).collect();
    let constants = value::constants(instance, profile);
    profile.tiers.iter().zip(constants).map(|(tier, constant)| constant + solve::floor::tier(instance, &everything, tier)).collect()
}

fn write_plan(instance: &Instance, profile: &Profile, baseline: &Served, found: &Found, limits: &Limits) -> Plan {
    let sheet = instance.house.sheet;
    let tiers: Vec<TierOutcome> = profile
        .tiers
        .iter()
        .zip(value::tiers(instance, &found.served, profile))
        .zip(&found.bounds)
        .map(|((tier, value), bound)| outcome(&tier.name, value, *bound, tier.slack))
        .collect();
    let optimal = tiers.iter().all(|t| t.optimal);
    Plan {
        format: PLAN_FORMAT.to_owned(),
        sheet_sha256: crate::sheet::write::sha256(sheet),
        profile: profile.name.clone(),
        status: if optimal { PlanStatus::Optimal } else { PlanStatus::Feasible },
        tiers,
        baseline: Baseline {
            tiers: profile.tiers.iter().map(|t| TierValue { name: t.name.clone(), value: tidy(value::tier(instance, baseline, t)) }).collect(),
        },
        assignments: placed(instance, &found.served),
        unplaced: unplaced(instance, &found.served, limits),
        waived: sheet
            .bookings
            .iter()
            .filter(|b| instance.house.gender_waived(b))
            .map(|b| Waived { booking: b.id.clone(), rule: "gender".to_owned() })
            .collect(),
        changes: changes(instance, &found.served),
        solve: Solve { wall_ms: None, stopped: found.stopped.as_str().to_owned(), solver: solve::highs::solver(), seed: limits.seed },
    }
}

/// A tier's line. Value and bound that differ by less than a billionth are the same number.
fn outcome(name: &str, value: f64, bound: f64, slack: f64) -> TierOutcome {
    let near = value.abs().max(1.0);
    let bound = if (value - bound).abs() <= 1e-9 * near { value } else { bound.min(value) };
    TierOutcome {
        name: name.to_owned(),
        value: tidy(value),
        bound: Some(tidy(bound)),
        optimal: value - bound <= 1e-6 * near,
        slack: (slack > 0.0).then_some(slack),
    }
}

/// Zero without a sign.
fn tidy(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value }
}

fn ids(instance: &Instance, resources: &[usize]) -> Vec<String> {
    let mut ids: Vec<String> = resources.iter().map(|&r| instance.house.sheet.resources[r].id.clone()).collect();
    ids.sort_unstable();
    ids
}

fn placed(instance: &Instance, served: &Served) -> Vec<Placed> {
    let bookings = &instance.house.sheet.bookings;
    bookings.iter().zip(served).filter_map(|(b, by)| Some(Placed { booking: b.id.clone(), resources: ids(instance, by.as_ref()?) })).collect()
}

fn unplaced(instance: &Instance, served: &Served, limits: &Limits) -> Vec<Unplaced> {
    let bookings = &instance.house.sheet.bookings;
    let left: Vec<usize> = (0..bookings.len()).filter(|&b| served[b].is_none()).collect();
    let why =
        |&b: &usize| Unplaced { booking: bookings[b].id.clone(), reason: Reason::Certified(explain::reason::reason(instance, served, b, limits)) };
    if limits.threads > 1 { left.par_iter().map(why).collect() } else { left.iter().map(why).collect() }
}

fn changes(instance: &Instance, served: &Served) -> Vec<Change> {
    let bookings = instance.house.sheet.bookings.iter().zip(&instance.bookings).zip(served);
    bookings
        .filter_map(|((booking, job), by)| {
            let by = by.as_ref()?;
            let moved = !job.current.is_empty() && *by != job.current;
            moved.then(|| Change { booking: booking.id.clone(), from: ids(instance, &job.current), to: ids(instance, by) })
        })
        .collect()
}

/// Who serves what according to a plan for this sheet, prepared for questions. `None` when the plan names bookings or resources the sheet has not.
pub fn served_by_plan(instance: &Instance, plan: &Plan) -> Option<Served> {
    let mut served: Served = vec![None; instance.bookings.len()];
    for placed in &plan.assignments {
        let mut by: Vec<usize> = placed.resources.iter().map(|id| instance.house.resource(id)).collect::<Option<_>>()?;
        by.sort_unstable();
        served[instance.house.booking(&placed.booking)?] = Some(by);
    }
    Some(served)
}
