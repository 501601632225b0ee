//! The search: from a prepared sheet and a profile to who serves whom, with a proven bound per tier. The only files that name HiGHS or good_lp.
//!
//! A sheet falls apart into components that share nobody; each is solved tier by tier, in parallel, and the sums are the sheet's.

pub mod components;
pub mod days;
pub mod feasible;
pub mod fewest;
pub mod floor;
pub mod highs;
pub mod polish;
pub mod tiers;

use rayon::prelude::*;

use super::Limits;
use super::instance::{Instance, Served};
use super::profile::Profile;
use super::value;
use super::watch::{PartWatch, Watch};

/// Why a search ended, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stopped {
    /// Every tier is proven (or within the slack its profile gives).
    Proof,
    /// The profile's work limit.
    Work,
    /// The solver gave up or contradicted itself; the answer is what was found before.
    Solver,
    /// The deadline.
    Deadline,
    /// A person.
    Interrupt,
}

impl Stopped {
    /// The word in a plan's `solve.stopped`.
    pub fn as_str(self) -> &'static str {
        match self {
            Stopped::Proof => "proof",
            Stopped::Work => "work",
            Stopped::Solver => "solver",
            Stopped::Deadline => "deadline",
            Stopped::Interrupt => "interrupt",
        }
    }
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Who serves whom.
    pub served: Served,
    /// Per tier: no plan that keeps the tiers before it is better than this.
    pub bounds: Vec<f64>,
    /// Why it ended.
    pub stopped: Stopped,
}

/// Searches the whole sheet, from the start `incumbent`, which is never made worse.
pub fn run(instance: &Instance, profile: &Profile, incumbent: Served, limits: &Limits) -> Found {
    run_watched(instance, profile, incumbent, limits, None)
}

/// The same for somebody who watches.
pub fn run_watched(instance: &Instance, profile: &Profile, incumbent: Served, limits: &Limits, watch: Option<&Watch>) -> Found {
    let parts = components::split(instance, profile);
    if let Some(watch) = watch {
        watch.begin(instance, profile, &parts, &incumbent);
    }
    let solve = |(k, part): (usize, &Vec<usize>)| tiers::solve(instance, part, profile, &incumbent, limits, PartWatch::of(watch, k));
    let found: Vec<Found> = match (limits.threads > 1 && parts.len() > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(limits.threads).build())
    {
        Some(Ok(pool)) => pool.install(|| parts.par_iter().enumerate().map(solve).collect()),
        _ => parts.iter().enumerate().map(solve).collect(),
    };
    let mut whole = Found { served: incumbent.clone(), bounds: value::constants(instance, profile), stopped: Stopped::Proof };
    for (part, mine) in parts.iter().zip(found) {
        for &b in part {
            whole.served[b].clone_from(&mine.served[b]);
        }
        for (sum, bound) in whole.bounds.iter_mut().zip(mine.bounds) {
            *sum += bound;
        }
        whole.stopped = whole.stopped.max(mine.stopped);
    }
    whole
}
