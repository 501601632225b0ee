//! The strict tiers of one component, one after the other: minimize a tier, hold it, go on with the next.
//!
//! Source: preemptive (lexicographic) goal programming; every solve starts from the last one's incumbent.

use super::super::Limits;
use super::super::instance::{Instance, Served};
use super::super::model::{Model, Row, RowKey};
use super::super::profile::{Profile, Term, Tier};
use super::super::stop::StopCause;
use super::super::value;
use super::highs::{Ended, Program, run};
use super::{Found, Stopped, fewest, floor, polish};

/// How close values must be to count as the same, as a share of the larger and never less than this absolutely.
const SAME: f64 = 1e-6;

/// Solves the bookings of one component, never worse than `incumbent`. The bounds are those of the component alone.
pub fn solve(instance: &Instance, bookings: &[usize], profile: &Profile, incumbent: &Served, limits: &Limits) -> Found {
    let mut search = Search { instance, bookings, limits, nodes_max: profile.limits.nodes_max, held: Vec::new() };
    let mut found = Found { served: incumbent.clone(), bounds: Vec::with_capacity(profile.tiers.len()), stopped: Stopped::Proof };
    for (k, tier) in profile.tiers.iter().enumerate() {
        let bound = search.tier(profile, k, tier, &mut found);
        found.bounds.push(bound);
        let reached = value::tier_of_part(instance, bookings, &found.served, tier);
        search.hold(tier, reached);
    }
    found
}

/// The state of one component's search.
struct Search<'a, 'i> {
    instance: &'i Instance<'i>,
    bookings: &'a [usize],
    limits: &'a Limits,
    nodes_max: u64,
    /// The tiers solved so far, each with the value it may not exceed.
    held: Vec<(Tier, f64)>,
}

impl<'i> Search<'_, 'i> {
    /// Improves the incumbent on one tier and returns the tier's bound.
    fn tier(&mut self, profile: &Profile, k: usize, tier: &Tier, found: &mut Found) -> f64 {
        let mut floor = floor::tier(self.instance, self.bookings, tier);
        if let Some(team) = self.fewest(profile, k, found, floor) {
            found.served = team.served;
            floor = floor.max(team.bound);
        }
        let value = value::tier_of_part(self.instance, self.bookings, &found.served, tier);
        if value <= floor + SAME * value.abs().max(1.0) {
            return floor.min(value);
        }
        if found.stopped > Stopped::Work {
            return floor;
        }
        let whole = is_whole(tier);
        let limits_held: Vec<f64> = self.held.iter().map(|(_, limit)| *limit).collect();
        let mut polished = found.served.clone();
        polish::improve(self.instance, self.bookings, &profile.tiers[..=k], &limits_held, &mut polished, floor, self.limits);
        if self.is_improvement(tier, &polished, value) {
            found.served = polished;
        }
        let value = value::tier_of_part(self.instance, self.bookings, &found.served, tier);
        if value <= floor + SAME * value.abs().max(1.0) {
            return floor.min(value);
        }
        // What only later tiers count has no columns yet: they make cuts and relaxations several times slower.
        let so_far = Profile { tiers: profile.tiers[..=k].to_vec(), ..profile.clone() };
        let model = Model::build(self.instance, self.bookings, &so_far);
        let held: Vec<Row> = self.held.iter().enumerate().map(|(t, (_, limit))| held_row(&model, t, *limit)).collect();
        let start = model.columns_of(&found.served);
        let mut program = Program::of_model(&model, &held, &model.tiers[k]);
        program.presolve = tier.terms.iter().any(|(term, _)| *term == Term::Spread);
        let mut answer = run(&program, Some(&start), if whole { 0.999 } else { SAME }, self.nodes_max, self.limits);
        answer.bound += model.tiers[k].constant;
        if let Some(columns) = &answer.columns {
            let mut candidate = found.served.clone();
            model.read_off(columns, &mut candidate);
            if self.is_improvement(tier, &candidate, value) {
                found.served = candidate;
            }
        }
        let value = value::tier_of_part(self.instance, self.bookings, &found.served, tier);
        let bound = if whole { (answer.bound - SAME).ceil() } else { answer.bound }.max(floor);
        let ended = match answer.ended {
            Ended::Proof => Stopped::Proof,
            Ended::Work => Stopped::Work,
            Ended::Stopped(StopCause::Deadline) => Stopped::Deadline,
            Ended::Stopped(StopCause::Interrupt) => Stopped::Interrupt,
            Ended::Infeasible | Ended::Failed => Stopped::Solver,
        };
        // A bound above a plan in hand, or an infeasible program with one, is a fault of the solver: then nothing of it is believed.
        let near = SAME * value.abs().max(1.0);
        if ended == Stopped::Solver || bound > value + near {
            found.stopped = found.stopped.max(Stopped::Solver);
            return floor;
        }
        let proven = value - bound <= near;
        found.stopped = found.stopped.max(if proven { Stopped::Proof } else { ended.max(Stopped::Work) });
        bound.min(value)
    }

    /// The smallest team by other means than the program, unless the tier is at its floor already.
    fn fewest(&self, profile: &Profile, k: usize, found: &Found, floor: f64) -> Option<fewest::Fewest> {
        let value = value::tier_of_part(self.instance, self.bookings, &found.served, &profile.tiers[k]);
        let held: Vec<f64> = self.held.iter().map(|(_, limit)| *limit).collect();
        let open = value > floor + SAME * value.abs().max(1.0);
        open.then(|| fewest::minimize(self.instance, self.bookings, profile, k, &held, &found.served, self.limits)).flatten()
    }

    /// Is the candidate better on this tier, and within what the tiers before may be?
    fn is_improvement(&self, tier: &Tier, candidate: &Served, value: f64) -> bool {
        let of = |t: &Tier| value::tier_of_part(self.instance, self.bookings, candidate, t);
        of(tier) < value - 1e-9 * value.abs().max(1.0) && self.held.iter().all(|(t, limit)| of(t) <= limit + SAME * limit.abs().max(1.0))
    }

    /// Holds a tier at the value reached, plus its slack.
    fn hold(&mut self, tier: &Tier, reached: f64) {
        let limit = reached + tier.slack * reached.abs();
        self.held.push((tier.clone(), limit));
    }
}

/// The row that keeps a tier at what it may not exceed.
fn held_row(model: &Model, tier: usize, limit: f64) -> Row {
    let expression = &model.tiers[tier];
    Row { key: RowKey::Tier(tier), lower: f64::NEG_INFINITY, upper: limit - expression.constant + 1e-7, terms: expression.terms.clone() }
}

/// Is every value of the tier a whole number?
fn is_whole(tier: &Tier) -> bool {
    tier.terms.iter().all(|(term, weight)| term.is_integral() && weight.fract() == 0.0)
}
