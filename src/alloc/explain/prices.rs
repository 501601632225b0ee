//! What it would cost to choose somebody else: the sheet solved again with that one answer fixed, valued on the unchanged sheet, tier by tier.
//!
//! A price needs no solve where an exchange by hand changes no tier at all: the plan's own proof is then the price's. Everything else is solved from
//! the best exchange found by hand, so a stopped search still says what the choice costs at most. The plan's bounds are used, too: fixing an answer
//! makes nothing better.

use rayon::prelude::*;
use serde::Serialize;

use super::super::Limits;
use super::super::instance::{Instance, Served};
use super::super::profile::Profile;
use super::super::solve::{self, Stopped};
use super::super::{greedy, value};
use super::alternatives::{Obstacle, alternatives};
use super::chain;
use crate::sheet::plan::TierOutcome;
use crate::sheet::{Plan, Sheet};

/// How close two values of a tier count as the same, as a share of the larger and never less than this absolutely.
const SAME: f64 = 1e-6;

/// Another resource for a placed booking: the rule that excludes it, or what choosing it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Position of the resource.
    pub resource: usize,
    /// What stands in the way as the plan stands: a rule, other bookings, nothing.
    pub obstacle: Obstacle,
    /// What choosing it costs; `None` where a rule excludes it, or where it can take part in no way to serve the booking.
    pub price: Option<Price>,
}

/// The price of a choice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Price {
    /// The first tier that is worse than in the plan by more than its slack; `None` when the choice costs nothing.
    pub tier: Option<String>,
    /// Every tier of the profile, in its order. The first that is worse is the price; those after it only inform.
    pub tiers: Vec<Step>,
    /// Whether it is proven that no assignment with this choice is cheaper up to that tier; else the price is at most this.
    pub proven: bool,
}

/// A tier of the best assignment found with a choice, against the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Name of the tier.
    pub name: String,
    /// Its value with the choice less its value in the plan; above zero is worse.
    pub difference: f64,
    /// The difference is at least this, given the tiers before; `None` where nothing is known.
    pub at_least: Option<f64>,
}

/// Every other resource of the kinds a placed booking asks for: cheapest first, then those that a rule excludes in the sheet's order. `served` is the
/// plan's assignment, `profile` has the plan's tiers. The answer does not depend on the number of threads.
pub fn prices(sheet: &Sheet, profile: &Profile, plan: &Plan, served: &Served, booking: usize, limits: &Limits) -> Vec<Choice> {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let one = |(resource, obstacle): (usize, Obstacle)| {
        let ruled_out = matches!(obstacle, Obstacle::RuledOut { .. });
        let price = if ruled_out { None } else { price(&instance, profile, plan, served, booking, resource, limits) };
        let obstacle = match (&price, obstacle) {
            (None, Obstacle::Busy(_) | Obstacle::Free) => {
                Obstacle::RuledOut { rule: "too-few", detail: "could take part, but not with anybody who completes it".to_owned() }
            }
            (_, obstacle) => obstacle,
        };
        Choice { resource, obstacle, price }
    };
    let others = alternatives(&instance, served, booking);
    let mut choices: Vec<Choice> = match rayon::ThreadPoolBuilder::new().num_threads(limits.threads.max(1)).build() {
        Ok(pool) => pool.install(|| others.into_par_iter().map(one).collect()),
        Err(_) => others.into_iter().map(one).collect(),
    };
    choices.sort_by(|a, b| {
        let steps = |price: &Price| price.tiers.iter().map(|t| t.difference).collect::<Vec<f64>>();
        match (&a.price, &b.price) {
            (Some(x), Some(y)) if value::is_better(&steps(x), &steps(y)) => std::cmp::Ordering::Less,
            (Some(x), Some(y)) if value::is_better(&steps(y), &steps(x)) => std::cmp::Ordering::Greater,
            (x, y) => (x.is_none(), a.resource).cmp(&(y.is_none(), b.resource)),
        }
    });
    choices
}

/// The price of one choice; `None` when the resource can take part in no way to serve the booking.
fn price(instance: &Instance, profile: &Profile, plan: &Plan, served: &Served, booking: usize, resource: usize, limits: &Limits) -> Option<Price> {
    let before = value::tiers(instance, served, profile);
    let takes_part = |&d: &usize| {
        let ways = &instance.bookings[booking].demands[d];
        ways.resources.contains(&resource) || ways.combinations.iter().any(|(_, members)| members.contains(&resource))
    };
    let mut best: Option<(Vec<f64>, Price)> = None;
    for demand in (0..instance.bookings[booking].demands.len()).filter(takes_part) {
        let pinned = Instance::new(instance.house.sheet, profile.prices_finalized()).pinned(booking, demand, resource);
        let Some(start) = by_hand(instance, &pinned, profile, served, booking) else { continue };
        let mut after = value::tiers(instance, &start, profile);
        let free = plan.tiers.iter().all(|t| t.optimal) && after.iter().zip(&before).all(|(a, b)| near(*a, *b));
        let (mut bounds, mut stopped) = (vec![f64::NEG_INFINITY; after.len()], Stopped::Proof);
        if !free {
            let found = solve::run(&pinned, profile, start, &Limits { threads: 1, ..limits.clone() });
            if found.served[booking].as_ref().is_some_and(|by| by.contains(&resource)) {
                after = value::tiers(instance, &found.served, profile);
                (bounds, stopped) = (found.bounds, found.stopped);
            } else {
                stopped = Stopped::Solver;
            }
        }
        let price = compared(profile, plan, &before, &after, bounds, stopped);
        best = Some(match best.take() {
            Some((values, other)) if !value::is_better(&after, &values) => (values, Price { proven: other.proven && price.proven, ..other }),
            Some((_, other)) => (after, Price { proven: other.proven && price.proven, ..price }),
            None => (after, price),
        });
    }
    Some(best?.1)
}

/// The plan with the choice carried out by hand: the booking given to the resource, what was in its way dealt anew, by a chain where one is found.
/// The better of that and of exchanging the two people's days around it. `None` when the booking cannot be served like that at all.
fn by_hand(instance: &Instance, pinned: &Instance, profile: &Profile, served: &Served, booking: usize) -> Option<Served> {
    let job = &pinned.bookings[booking];
    let old: Vec<usize> = served[booking].clone().unwrap_or_default();
    // Those who serve it already stay where they can.
    let by = job.first_way(&|_| true, &|r| (i64::from(!old.contains(&r)), instance.id_rank[r]))?;
    let mut wanted = served.clone();
    for b in (0..served.len()).filter(|&b| b != booking) {
        let meets = instance.bookings[b].occupied.overlaps(job.occupied) && served[b].iter().flatten().any(|r| by.contains(r));
        let linked = job.twins.contains(&b) && served[b].as_ref().is_some_and(|theirs| *theirs != by);
        if meets || linked {
            wanted[b] = None;
        }
    }
    wanted[booking] = Some(by.clone());
    let mut dealt = wanted.clone();
    for b in (0..served.len()).filter(|&b| served[b].is_some() && wanted[b].is_none()) {
        if let Some(better) = without_moving(pinned, booking, |free| chain::place(free, &dealt, b)) {
            dealt = better;
        }
    }
    let mut candidates = vec![greedy::repair(pinned, &dealt), greedy::repair(pinned, &wanted)];
    if let ([new], [old]) = (&by[..], &old[..]) {
        let exchanged = |b: usize| match served[b].as_deref() {
            Some([r]) if r == new => Some(vec![*old]),
            Some([r]) if r == old => Some(vec![*new]),
            _ => served[b].clone(),
        };
        candidates.push(greedy::repair(pinned, &(0..served.len()).map(exchanged).collect()));
        let at_once = |b: usize| instance.bookings[b].occupied.overlaps(job.occupied);
        candidates.push(greedy::repair(pinned, &(0..served.len()).map(|b| if at_once(b) { exchanged(b) } else { served[b].clone() }).collect()));
    }
    candidates.retain(|candidate| candidate[booking].as_ref().is_some_and(|theirs| *theirs == by));
    candidates
        .into_iter()
        .map(|c| (value::tiers(instance, &c, profile), c))
        .reduce(|a, b| if value::is_better(&b.0, &a.0) { b } else { a })
        .map(|b| b.1)
}

/// What `search` finds, as long as the pinned booking stayed.
fn without_moving(pinned: &Instance, booking: usize, search: impl Fn(&Instance) -> Option<Served>) -> Option<Served> {
    search(pinned).filter(|found| found[booking].as_ref().is_some_and(|by| pinned.bookings[booking].can_be_served_by(by)))
}

/// The tiers of an assignment against those of the plan.
fn compared(profile: &Profile, plan: &Plan, before: &[f64], after: &[f64], bounds: Vec<f64>, stopped: Stopped) -> Price {
    let mut worse: Option<usize> = None;
    let mut proven = true;
    let mut level = true;
    let mut tiers = Vec::with_capacity(before.len());
    for (k, tier) in profile.tiers.iter().enumerate() {
        let own = plan.tiers.get(k).filter(|_| level).map_or(f64::NEG_INFINITY, |t| own_bound(t, before[k]));
        let bound = bounds[k].max(own).min(after[k]);
        let room = tier.slack * before[k].abs();
        if worse.is_none() {
            proven &= near(bound, after[k]) || (stopped == Stopped::Proof && tier.slack > 0.0);
            if after[k] > before[k] + room + SAME * before[k].abs().max(1.0) {
                worse = Some(k);
            }
        }
        // A tier with slack leaves later ones another room here than it left them in the plan.
        level &= near(after[k], before[k]) && tier.slack == 0.0;
        let difference = if near(after[k], before[k]) { 0.0 } else { after[k] - before[k] };
        let at_least = if near(bound, after[k]) { difference } else { bound - before[k] };
        tiers.push(Step { name: tier.name.clone(), difference, at_least: at_least.is_finite().then_some(at_least) });
    }
    Price { tier: worse.map(|k| profile.tiers[k].name.clone()), tiers, proven }
}

/// No plan that keeps the tiers before is better than this, by the plan's own proof.
fn own_bound(tier: &TierOutcome, value: f64) -> f64 {
    match tier.bound {
        Some(_) if tier.optimal => value,
        Some(bound) => bound,
        None => f64::NEG_INFINITY,
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs()).max(1.0)
}
