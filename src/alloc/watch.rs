//! Where a search stands, for whoever waits for it. Nothing that is decided depends on it, and where nobody watches nothing is done.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::instance::{Instance, Served};
use super::profile::Profile;
use super::{solve, value};

/// A look at a search under way, shared between the search and whoever waits for it. Clones look at the same search.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    state: Arc<Mutex<State>>,
}

/// Where a search stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Which search of this watch it is, from 1: some questions take two.
    pub search: u32,
    /// The tier that is being searched, from 0; the one that is furthest behind where parts of the day are searched on their own.
    pub tier: usize,
    /// Its name.
    pub name: String,
    /// Of how many tiers.
    pub tiers: usize,
    /// What the best plan so far is worth on it; lower is better.
    pub value: f64,
    /// No plan that keeps the tiers before it is better than this.
    pub bound: f64,
    /// Parts of the day that share nobody, and are searched on their own.
    pub parts: usize,
    /// How many of them are done.
    pub parts_done: usize,
}

impl Standing {
    /// Are all tiers of all parts done? What comes after is why somebody is left out.
    pub fn is_over(&self) -> bool {
        self.parts_done == self.parts
    }
}

#[derive(Debug, Default)]
struct State {
    searches: u32,
    names: Vec<String>,
    /// What no part can change, by tier.
    constants: Vec<f64>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    /// The tier that is being searched; their number when all are done.
    tier: usize,
    /// Value and bound by tier.
    tiers: Vec<(f64, f64)>,
}

impl Watch {
    /// Watches nothing yet.
    pub fn new() -> Watch {
        Watch::default()
    }

    /// Where the search stands; `None` before it has begun.
    pub fn standing(&self) -> Option<Standing> {
        let state = self.state();
        let last = state.names.len().checked_sub(1).filter(|_| state.searches > 0)?;
        let tier = state.parts.iter().map(|part| part.tier).min().unwrap_or(last).min(last);
        let sum = |of: fn(&(f64, f64)) -> f64| state.constants[tier] + state.parts.iter().map(|part| of(&part.tiers[tier])).sum::<f64>();
        let (value, bound) = (sum(|one| one.0), sum(|one| one.1));
        Some(Standing {
            search: state.searches,
            tier,
            name: state.names[tier].clone(),
            tiers: state.names.len(),
            value,
            bound: bound.min(value),
            parts: state.parts.len(),
            parts_done: state.parts.iter().filter(|part| part.tier > last).count(),
        })
    }

    /// A search of these parts begins from a plan.
    pub(super) fn begin(&self, instance: &Instance, profile: &Profile, parts: &[Vec<usize>], incumbent: &Served) {
        let part = |bookings: &Vec<usize>| Part {
            tier: 0,
            tiers: profile
                .tiers
                .iter()
                .map(|tier| (value::tier_of_part(instance, bookings, incumbent, tier), solve::floor::tier(instance, bookings, tier)))
                .collect(),
        };
        let parts = parts.iter().map(part).collect();
        let names = profile.tiers.iter().map(|tier| tier.name.clone()).collect();
        let constants = value::constants(instance, profile);
        let mut state = self.state();
        *state = State { searches: state.searches + 1, names, constants, parts };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One part of a search as it is watched, if it is.
#[derive(Debug, Clone, Copy)]
pub struct PartWatch<'w> {
    watch: Option<&'w Watch>,
    part: usize,
}

impl<'w> PartWatch<'w> {
    /// The part in this place of those that the search began with.
    pub(super) fn of(watch: Option<&'w Watch>, part: usize) -> PartWatch<'w> {
        PartWatch { watch, part }
    }

    /// The part stands here on a tier.
    pub(super) fn note(self, tier: usize, value: f64, bound: f64) {
        if let Some(watch) = self.watch
            && let Some(part) = watch.state().parts.get_mut(self.part)
        {
            part.tiers[tier] = (value, bound.min(value));
        }
    }

    /// The part is done with a tier.
    pub(super) fn done(self, tier: usize) {
        if let Some(watch) = self.watch
            && let Some(part) = watch.state().parts.get_mut(self.part)
        {
            part.tier = tier + 1;
        }
    }
}
