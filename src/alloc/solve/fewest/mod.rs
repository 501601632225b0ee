//! The smallest team: fewest people, or fewest temps, that serve what is served.
//!
//! A bound from single instants, or else from the linear relaxation, and guided ejection within a team that shrinks by one at a time meet on nearly
//! every sheet long before the mixed-integer program has solved its first relaxation. Where they do not, the program goes on from the plan and the
//! bound found here.
//!
//! It paid: all 35 published instances are proven, 31 of them in under 0.5 s and the slowest in 6 s; spa days of 20 people take 0.3 s, and 10 s
//! with the program alone.
//!
//! What it is: the shift minimisation personnel task scheduling problem (Krishnamoorthy, Ernst & Baatar, EJOR 219, 2012); first solved on all
//! published instances by freeing part of the team and re-solving it exactly (Smet et al., Omega 46, 2014). Ejection needs no solver.

mod bound;
mod part;
mod relaxed;
mod roster;

use rayon::prelude::*;

use super::super::Limits;
use super::super::instance::{Instance, Served};
use super::super::profile::{Profile, Term, Tier};
use part::Part;
use roster::Roster;

/// Searches side by side, whatever the number of threads: the first of them that gets there, in this order, is followed.
const STREAMS: u64 = 4;
/// Steps between two changes of the team, at most. Measured: a quarter or five times as many solve fewer of the hard instances.
const ROUND_STEPS_MAX: u64 = 20_000;
/// After so many rounds a search forgets which tasks were trouble.
const ROUNDS_PER_MEMORY: u64 = 10;
/// Steps per search before a smaller team is given up, at most.
const STEPS_MAX: u64 = 15_000_000;
/// The same, per pair of tasks: small sheets are the solver's, and it proves them.
const STEPS_PER_PAIR: u64 = 300;

/// Columns up to which the linear relaxation is solved. Measured: under 0.3 s at 1,000, some seconds at 10,000, more than a minute at 40,000.
const RELAXED_COLUMNS_MAX: u64 = 20_000;
/// The search goes on for a round per so many columns before the relaxation is solved: the dearer the bound, the longer it is tried without.
const COLUMNS_PER_ROUND: u64 = 2_000;

/// What was found of a tier.
#[derive(Debug, Clone)]
pub struct Fewest {
    /// Who serves whom; never worse than before, on this tier or on those held.
    pub served: Served,
    /// The tier cannot be lower than this while the tiers before it are held.
    pub bound: f64,
}

/// What a plan may not exceed.
#[derive(Debug, Clone, Copy)]
struct Caps {
    /// Priorities left undone, beside those that nobody could serve.
    out: u64,
    /// People and tables in use.
    resources: usize,
    /// Temps in use.
    temporary: usize,
}

/// Improves tier `at` of a profile on a component, from a plan that keeps the tiers before it within `held` (one value each). `None` where the
/// search does not apply: bookings that need several resources or share them, or tiers other than `unplaced`, `temporary_used` and
/// `resources_used`, each a term alone, up to here. `unplaced` itself is improved only when a team is to be made small after it.
pub fn minimize(
    instance: &Instance,
    bookings: &[usize],
    profile: &Profile,
    at: usize,
    held: &[f64],
    incumbent: &Served,
    limits: &Limits,
) -> Option<Fewest> {
    let goal = single_term(profile.tiers.get(at)?)?;
    let is_team = |term| matches!(term, Term::ResourcesUsed | Term::TemporaryUsed);
    let team_later = || profile.tiers.get(at + 1).and_then(single_term).is_some_and(|(term, _)| is_team(term));
    let applies = is_team(goal.0) || (goal.0 == Term::Unplaced && team_later());
    if !applies {
        return None;
    }
    let part = Part::of(instance, bookings)?;
    let caps = caps(&part, profile.tiers.iter().zip(held).take(at))?;
    let search = Search { part: &part, goal: goal.0, limits };
    let start = Roster::new(&part, &part.read(incumbent), limits.seed);
    let mut least = search.bound(caps);
    let mut best = search.descend(start.clone(), caps, least, |team, caps| search.sprint(team, caps));
    let columns = relaxed::columns(&part);
    let relaxable = columns <= RELAXED_COLUMNS_MAX;
    let rounds_max = if relaxable { columns / COLUMNS_PER_ROUND } else { u64::MAX };
    best = search.descend(best, caps, least, |team, caps| search.search_long(team, caps, rounds_max));
    if relaxable && search.value(&best) > least {
        least = least.max(relaxed::least(&part, goal.0, caps, &limits.stop));
        best = search.descend(best, caps, least, |team, caps| search.search_long(team, caps, u64::MAX));
    }
    let mut served = incumbent.clone();
    if search.value(&best) < search.value(&start) {
        part.write(best.on(), &mut served);
    }
    let whole = least + if goal.0 == Term::Unplaced { part.impossible } else { 0 };
    Some(Fewest { served, bound: goal.1 * whole as f64 })
}

/// The term and weight of a tier that is one term alone.
fn single_term(tier: &Tier) -> Option<(Term, f64)> {
    match tier.terms.as_slice() {
        [term] => Some(*term),
        _ => None,
    }
}

/// What the tiers before allow. `None` when one of them is something else than work left undone and the size of the team.
fn caps<'t>(part: &Part, held: impl Iterator<Item = (&'t Tier, &'t f64)>) -> Option<Caps> {
    let mut caps = Caps { out: 0, resources: usize::MAX, temporary: usize::MAX };
    for (tier, limit) in held {
        let (term, weight) = single_term(tier)?;
        let most = (limit / weight + 1e-6).floor().max(0.0) as u64;
        match term {
            Term::Unplaced => caps.out = most.saturating_sub(part.impossible),
            Term::ResourcesUsed => caps.resources = usize::try_from(most).unwrap_or(usize::MAX),
            Term::TemporaryUsed => caps.temporary = usize::try_from(most).unwrap_or(usize::MAX),
            _ => return None,
        }
    }
    Some(caps)
}

/// One tier's search.
struct Search<'p> {
    part: &'p Part,
    goal: Term,
    limits: &'p Limits,
}

impl<'p> Search<'p> {
    /// What the goal cannot fall below, without what nobody could serve.
    fn bound(&self, caps: Caps) -> u64 {
        match self.goal {
            Term::ResourcesUsed => bound::resources(self.part, caps.out) as u64,
            Term::TemporaryUsed => bound::temporary(self.part, caps.out) as u64,
            _ => 0,
        }
    }

    /// The goal's value.
    fn value(&self, roster: &Roster) -> u64 {
        match self.goal {
            Term::ResourcesUsed => roster.team_size().0 as u64,
            Term::TemporaryUsed => roster.team_size().1 as u64,
            _ => roster.out_cost(),
        }
    }

    /// One less at a time, until the bound is met or `settle` does not find the next one.
    fn descend(&self, mut best: Roster<'p>, caps: Caps, least: u64, settle: impl Fn(&Roster<'p>, Caps) -> Option<Roster<'p>>) -> Roster<'p> {
        while self.value(&best) > least && self.limits.stop.cause().is_none() {
            let (tighter, caps) = self.tighten(best.clone(), caps);
            let Some(mut found) = settle(&tighter, caps) else { break };
            found.dismiss_idle();
            // A team of the same size would be searched for again and again.
            if self.value(&found) >= self.value(&best) {
                break;
            }
            best = found;
        }
        best
    }

    /// A team with one less of what the goal counts, and the caps that keep it so.
    fn tighten(&self, mut roster: Roster<'p>, mut caps: Caps) -> (Roster<'p>, Caps) {
        let is_temp = |w: usize| self.part.temporary[w];
        match self.goal {
            Term::ResourcesUsed => {
                roster.dismiss_least(|_| true);
                caps.resources = roster.team_size().0;
            }
            Term::TemporaryUsed => {
                roster.dismiss_least(is_temp);
                caps.temporary = roster.team_size().1;
                roster.admit_up_to(caps.resources, |w| !is_temp(w));
            }
            _ => {
                caps.out = roster.out_cost() - 1;
                roster.admit_up_to(usize::MAX, |_| true);
            }
        }
        (roster, caps)
    }

    /// The easy case, which is nearly every one: a few steps per task.
    fn sprint(&self, team: &Roster<'p>, caps: Caps) -> Option<Roster<'p>> {
        let mut roster = team.clone();
        let steps = 1000 + 20 * self.part.tasks() as u64;
        roster.settle(caps.out, caps, steps, &self.limits.stop).then_some(roster)
    }

    /// The hard case: several searches, each changing its team after every round, of which there are `rounds_max` at most.
    fn search_long(&self, start: &Roster<'p>, caps: Caps, rounds_max: u64) -> Option<Roster<'p>> {
        let tasks = self.part.tasks() as u64;
        // Whether everything can be served at all is asked of the solver too, which is better at saying no.
        let pairs = if self.goal == Term::Unplaced { tasks } else { tasks * tasks };
        let round = (100 * tasks).min(ROUND_STEPS_MAX);
        let rounds = ((STEPS_PER_PAIR * pairs).min(STEPS_MAX) / round.max(1)).min(rounds_max);
        let mut streams: Vec<(Roster, bool)> = (1..=STREAMS)
            .map(|k| {
                let mut roster = start.clone();
                roster.reseed(self.limits.seed.wrapping_add(k << 32));
                (roster, false)
            })
            .collect();
        for turn in 1..=rounds {
            let run = |(roster, done): &mut (Roster, bool)| {
                *done = roster.settle(caps.out, caps, round, &self.limits.stop);
                if !*done {
                    if turn % ROUNDS_PER_MEMORY == 0 {
                        roster.forget();
                    }
                    roster.exchange(caps);
                }
            };
            side_by_side(&mut streams, self.limits.threads, run);
            if let Some(at) = streams.iter().position(|(_, done)| *done) {
                return Some(streams.swap_remove(at).0);
            }
            if self.limits.stop.cause().is_some() {
                return None;
            }
        }
        None
    }
}

/// Runs something on each item, on as many threads as there may be. Within a pool it is that pool.
fn side_by_side<T: Send>(items: &mut [T], threads: usize, run: impl Fn(&mut T) + Send + Sync) {
    if rayon::current_thread_index().is_some() {
        return items.par_iter_mut().for_each(run);
    }
    match (threads > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build()) {
        Some(Ok(pool)) => pool.install(|| items.par_iter_mut().for_each(run)),
        _ => items.iter_mut().for_each(run),
    }
}
