//! The strict tiers of one component, one after the other: minimize a tier, hold it, go on with the next.
//!
//! Every tier is tried by the cheapest means first: a bound that needs no search, the smallest team, local search, the bound and the reductions of
//! the person-days, and at last the mixed-integer program of what is left.
//!
//! Source: preemptive (lexicographic) goal programming; every solve starts from the last one's incumbent.

use super::super::Limits;
use super::super::instance::{Instance, Served};
use super::super::model::variables::Var;
use super::super::model::{Model, Row, RowKey};
use super::super::profile::{Profile, Term, Tier};
use super::super::stop::StopCause;
use super::super::value;
use super::super::watch::PartWatch;
use super::days::apart::Goals;
use super::days::guide::Guide;
use super::days::{Days, Reduction};
use super::highs::{Answer, Ended, Program, run};
use super::polish::Task;
use super::{Found, Stopped, fewest, floor};

/// How close values must be to count as the same, as a share of the larger and never less than this absolutely.
const SAME: f64 = 1e-6;
/// Plans read off the prices of a tier: before it is split by who stays unplaced, and after.
const PLANS_FIRST: usize = 2;
const PLANS_MORE: usize = 8;
/// Assignments that are few for a mixed-integer program, where the tier is whole or it is decided who stays unplaced, and elsewhere.
const SMALL: usize = 1_000;
const SMALL_UNSETTLED: usize = 200;
/// A gap, as a share of the value, that the person-days do not close.
const HOPELESS: f64 = 0.05;
/// How much of the gap the first program reaches into: what lies near the bound, is solved in a fraction of the time, and mostly holds the optimum.
const REACH: f64 = 0.125;
const REACH_WHOLE: f64 = 0.4;
/// Sets of plans whose programs are solved one by one, where they are small: each is far easier than one of them all.
const APART_MAX: usize = 8;
/// Free columns from which HiGHS should simplify a program first.
const LARGE: usize = 1_500;
/// A program with more free columns is left alone: its first relaxation alone would take minutes, and cannot be interrupted.
const COLUMNS_MAX: usize = 12_000;

/// Solves the bookings of one component, never worse than `incumbent`. The bounds are those of the component alone.
pub fn solve(instance: &Instance, bookings: &[usize], profile: &Profile, incumbent: &Served, limits: &Limits, watch: PartWatch<'_>) -> Found {
    let days = if limits.stop.cause().is_none() { Days::of(instance, bookings, &profile.tiers) } else { None };
    let priced = days.is_some();
    let mut search = Search { instance, bookings, profile, limits, model: None, held: Vec::new(), days, priced, watch };
    let mut found = Found { served: incumbent.clone(), bounds: Vec::with_capacity(profile.tiers.len()), stopped: Stopped::Proof };
    for k in 0..profile.tiers.len() {
        let bound = search.tier(k, &mut found);
        found.bounds.push(bound);
        search.hold(k, &found.served);
        watch.note(k, search.value(k, &found.served), bound);
        watch.done(k);
    }
    found
}

/// The state of one component's search.
struct Search<'a, 'i> {
    instance: &'i Instance<'i>,
    bookings: &'a [usize],
    profile: &'a Profile,
    limits: &'a Limits,
    /// The program with the tiers up to the last one that needed it.
    model: Option<Model<'i>>,
    /// What each tier solved so far may not exceed.
    held: Vec<f64>,
    /// Where pricing applies, turned to the last tier that needed it.
    days: Option<Days<'i>>,
    /// Whether pricing applies.
    priced: bool,
    /// Who wants to know how far it is.
    watch: PartWatch<'a>,
}

/// A tier's value and what is proven of it.
#[derive(Debug, Clone, Copy)]
struct Progress {
    value: f64,
    bound: f64,
    /// The share of the value that may stay open.
    gap: f64,
}

impl Progress {
    fn is_proven(self) -> bool {
        self.value <= self.bound + near(self.value).max(self.gap * self.value.abs())
    }
}

fn near(value: f64) -> f64 {
    SAME * value.abs().max(1.0)
}

impl<'i> Search<'_, 'i> {
    fn value(&self, k: usize, served: &Served) -> f64 {
        value::tier_of_part(self.instance, self.bookings, served, &self.profile.tiers[k])
    }

    /// Improves the incumbent on one tier and returns the tier's bound.
    fn tier(&mut self, k: usize, found: &mut Found) -> f64 {
        let mut bound = floor::tier(self.instance, self.bookings, &self.profile.tiers[k]).max(self.floor_by_earlier(k, found));
        if let Some(team) = self.fewest(k, found, bound) {
            found.served = team.served;
            bound = bound.max(team.bound);
        }
        let mut now = Progress { value: self.value(k, &found.served), bound, gap: self.profile.tiers[k].gap };
        self.watch.note(k, now.value, now.bound);
        if !now.is_proven() && found.stopped <= Stopped::Work {
            if let (0, Some(days)) = (k, &self.days) {
                let bound = days.glance(now.value, self.limits).bound;
                now.bound = now.bound.max(self.round(k, bound));
            }
            self.polish(k, &mut now, found);
        }
        if now.is_proven() || found.stopped > Stopped::Work {
            return self.conclude(k, now);
        }
        if let Some(cause) = self.told_to_stop() {
            found.stopped = found.stopped.max(cause);
            return self.conclude(k, now);
        }
        let turned = self.price(k, &mut now, found);
        self.watch.note(k, now.value, now.bound);
        let ended = if now.is_proven() {
            Stopped::Proof
        } else if let Some(cause) = self.told_to_stop() {
            cause
        } else if turned {
            self.close(k, &mut now, found)
        } else {
            self.program(k, &Reduction::nothing(), &mut now, found)
        };
        found.stopped = found.stopped.max(if now.is_proven() { Stopped::Proof } else { ended.max(Stopped::Work) });
        if !turned {
            return self.conclude(k, now);
        }
        now.bound.min(now.value)
    }

    /// Who was told a name and is moved is moved: `moved` is never below what is proven of `finalized_moved`.
    fn floor_by_earlier(&self, k: usize, found: &Found) -> f64 {
        let is = |tier: &Tier, term: Term| tier.terms == [(term, 1.0)];
        let told = |t: &usize| is(&self.profile.tiers[*t], Term::FinalizedMoved);
        match is(&self.profile.tiers[k], Term::Moved) {
            true => (0..k).find(told).map_or(0.0, |t| found.bounds[t]),
            false => f64::NEG_INFINITY,
        }
    }

    /// A tier that ends without the person-days: they only learn that it is held.
    fn conclude(&mut self, k: usize, now: Progress) -> f64 {
        if k > 0
            && let Some(days) = &mut self.days
        {
            days.skip(k, self.profile.tiers[k].limit(now.value));
        }
        now.bound.min(now.value)
    }

    /// Why the search is to end now, if it is.
    fn told_to_stop(&self) -> Option<Stopped> {
        self.limits.stop.cause().map(|cause| match cause {
            StopCause::Deadline => Stopped::Deadline,
            StopCause::Interrupt => Stopped::Interrupt,
        })
    }

    /// The smallest team by other means than the program, unless the tier is at its floor already.
    fn fewest(&self, k: usize, found: &Found, floor: f64) -> Option<fewest::Fewest> {
        let open = !Progress { value: self.value(k, &found.served), bound: floor, gap: self.profile.tiers[k].gap }.is_proven();
        open.then(|| fewest::minimize(self.instance, self.bookings, self.profile, k, &self.held, &found.served, self.limits)).flatten()
    }

    fn polish(&self, k: usize, now: &mut Progress, found: &mut Found) {
        let mut polished = found.served.clone();
        let tiers = &self.profile.tiers[..=k];
        let task = Task { instance: self.instance, bookings: self.bookings, tiers, held: &self.held, floor: now.bound, limits: self.limits };
        task.improve(&mut polished);
        self.take(k, polished, now, found);
    }

    /// The bound of the person-days, and plans read off their prices. Says whether the days are turned to this tier.
    fn price(&mut self, k: usize, now: &mut Progress, found: &mut Found) -> bool {
        let Some(mut days) = self.days.take() else { return false };
        let round = |bound: f64| self.round(k, bound);
        if k == 0 {
            now.bound = now.bound.max(round(days.unplaced(now.value, self.limits)));
            self.days = Some(days);
            return false;
        }
        // Where moves are counted and held, few plans are left, which the solver goes through in milliseconds, and no price tells apart.
        let counted = days.counted().is_some_and(|t| is_whole(&self.profile.tiers[t]));
        if counted && !is_whole(&self.profile.tiers[k]) && days.pairs() <= SMALL {
            self.days = Some(days);
            return false;
        }
        let bound = days.turn(k, &self.held, self.goals(k, now.value), self.limits);
        if days.is_empty() && k + 1 < self.profile.tiers.len() {
            return false;
        }
        now.bound = now.bound.max(round(bound));
        for plans in [PLANS_FIRST, PLANS_MORE] {
            if now.is_proven() || self.told_to_stop().is_some() || self.is_small(k, &days, now.value) {
                break;
            }
            let guide = Guide { instance: self.instance, tiers: &self.profile.tiers[..=k], held: &self.held, limits: self.limits };
            let incumbent = found.served.clone();
            guide.plans(&days, &incumbent, plans, |plan| {
                let better = self.take(k, plan, now, found);
                now.is_proven() || (better && self.is_small(k, &days, now.value))
            });
            if !now.is_proven() {
                let bound = days.split(self.goals(k, now.value), self.limits);
                if days.is_empty() && k + 1 < self.profile.tiers.len() {
                    return false;
                }
                now.bound = now.bound.max(round(bound));
            }
        }
        self.days = Some(days);
        true
    }

    /// A bound, rounded up where the tier is whole.
    fn round(&self, k: usize, bound: f64) -> f64 {
        if is_whole(&self.profile.tiers[k]) { (bound - SAME).ceil() } else { bound }
    }

    /// Is what is left so little that the solver is quicker than any further search?
    fn is_small(&self, k: usize, days: &Days, value: f64) -> bool {
        let easy = is_whole(&self.profile.tiers[k]) || is_hopeless(value, days.bound()) || days.is_settled(value);
        days.reduction(value).pairs.len() <= if easy { SMALL } else { SMALL_UNSETTLED }
    }

    /// What a tier with this value still has to prove, and what later tiers may still use.
    fn goals(&self, k: usize, value: f64) -> Goals {
        let tier = &self.profile.tiers[k];
        let open = (0.5 * near(value)).max(0.99 * tier.gap * value.abs());
        let proof = if is_whole(tier) { value - (1.0 - 1e-5f64).max(open) } else { value - open };
        let is_last = k + 1 == self.profile.tiers.len();
        Goals {
            proof,
            keep: if is_last {
                proof
            } else {
                let limit = tier.limit(value);
                limit + near(limit)
            },
        }
    }

    /// The program of what the person-days leave, first of what is nearest to their bound: an optimum found there is one of the whole, if nothing that
    /// was left out can be as good.
    fn close(&mut self, k: usize, now: &mut Progress, found: &mut Found) -> Stopped {
        let whole = is_whole(&self.profile.tiers[k]);
        let Some(days) = self.days.take() else { return Stopped::Work };
        let low = days.bound();
        let share = match whole {
            true => REACH_WHOLE,
            false if is_hopeless(now.value, low) => 1.0,
            false => REACH,
        };
        let mut reach = ((now.value - low) * share).max(if whole { 1.0 } else { 20.0 * near(now.value) });
        let mut ended = Stopped::Work;
        for _ in 0..4 {
            let limit = (low + reach).min(now.value + near(now.value));
            // What is left out is worse than the limit.
            let mut bound = if whole { (limit - SAME).ceil() } else { limit };
            ended = Stopped::Proof;
            for left in days.reductions(limit, SMALL, APART_MAX) {
                let mut part = Progress { value: now.value, bound: f64::NEG_INFINITY, gap: now.gap };
                ended = ended.max(self.program(k, &left, &mut part, found));
                now.value = part.value;
                bound = bound.min(part.bound);
            }
            now.bound = now.bound.max(bound);
            self.watch.note(k, now.value, now.bound);
            ended = ended.max(self.told_to_stop().unwrap_or(Stopped::Proof));
            if now.is_proven() || ended != Stopped::Proof || limit >= now.value {
                break;
            }
            reach = (now.value - low).min(reach * 4.0);
        }
        self.days = Some(days);
        ended
    }

    /// Hands what is left to HiGHS. `now.bound` becomes the bound of that; infinite where it holds no better plan.
    fn program(&mut self, k: usize, left: &Reduction, now: &mut Progress, found: &mut Found) -> Stopped {
        let tier = &self.profile.tiers[k];
        if self.model.as_ref().is_none_or(|model| model.tiers.len() != k + 1) {
            // What only later tiers count has no columns yet: they make cuts and relaxations several times slower.
            let so_far = Profile { tiers: self.profile.tiers[..=k].to_vec(), ..self.profile.clone() };
            self.model = Some(Model::build(self.instance, self.bookings, &so_far));
        }
        let Some(model) = &self.model else { return Stopped::Work };
        let held: Vec<Row> = self.held.iter().enumerate().map(|(t, limit)| held_row(model, t, *limit)).collect();
        let mut program = Program::of_model(model, &held, &model.tiers[k]);
        left.apply(model, &mut program);
        if self.priced && program.free_columns() > COLUMNS_MAX {
            return Stopped::Work;
        }
        // Measured: on days of 20 people presolve costs more than it saves, on days of 50 it saves a third.
        program.presolve = program.free_columns() > LARGE || tier.terms.iter().any(|(term, _)| *term == Term::Spread);
        let start = model.columns_of(&found.served);
        let constant = model.tiers[k].constant;
        let whole = is_whole(tier);
        let Answer { ended, columns, bound } =
            run(&program, Some(&start), if whole { 0.999 } else { SAME }, self.profile.limits.nodes_max, self.limits);
        if let Some(columns) = columns {
            let mut candidate = found.served.clone();
            model.read_off(&columns, &mut candidate);
            self.take(k, candidate, now, found);
        }
        let bound = if whole { (bound + constant - SAME).ceil() } else { bound + constant };
        let bound = if ended == Ended::Infeasible && !left.everything { f64::INFINITY } else { bound };
        // A bound above a plan in hand, or an infeasible program with one, is a fault of the solver: then nothing of it is believed.
        let contradicts = left.everything && bound > now.value + near(now.value);
        match ended {
            Ended::Infeasible if left.everything => return Stopped::Solver,
            Ended::Failed => return Stopped::Solver,
            _ if contradicts => return Stopped::Solver,
            _ => {}
        }
        now.bound = now.bound.max(bound);
        match ended {
            Ended::Stopped(StopCause::Deadline) => Stopped::Deadline,
            Ended::Stopped(StopCause::Interrupt) => Stopped::Interrupt,
            Ended::Work => Stopped::Work,
            _ => Stopped::Proof,
        }
    }

    /// Takes a candidate if it is better on this tier and within what the tiers before may be, and says whether it did.
    fn take(&self, k: usize, candidate: Served, now: &mut Progress, found: &mut Found) -> bool {
        let value = self.value(k, &candidate);
        let within = self.held.iter().enumerate().all(|(t, limit)| self.value(t, &candidate) <= limit + near(*limit));
        let better = within && value < now.value - 1e-9 * now.value.abs().max(1.0);
        if better {
            found.served = candidate;
            now.value = value;
            self.watch.note(k, now.value, now.bound);
        }
        better
    }

    /// Holds a tier at the value reached, plus its slack.
    fn hold(&mut self, k: usize, served: &Served) {
        let limit = self.profile.tiers[k].limit(self.value(k, served));
        self.held.push(limit);
        if k > 0
            && let Some(days) = &mut self.days
        {
            days.settle(k, limit);
            if days.is_empty() {
                self.days = None;
            }
        }
    }
}

/// Is a tier so far from its bound that splitting would not end? So it is where a tier that is held is far from its own.
fn is_hopeless(value: f64, bound: f64) -> bool {
    value - bound > HOPELESS * value.abs()
}

impl Reduction {
    /// Narrows a program to what is left.
    fn apply(&self, model: &Model, program: &mut Program) {
        if self.everything {
            return;
        }
        for (col, column) in model.variables.columns().iter().enumerate() {
            match column.var {
                Var::Unplaced(b) => {
                    if let Some(&out) = self.unplaced.get(&b) {
                        let value = f64::from(out);
                        program.narrow(col, value, value);
                    }
                }
                Var::Meets(b, _, r) if !self.pairs.contains(&(b, r)) => program.narrow(col, 0.0, 0.0),
                Var::Step(r, step) => {
                    if let Some(&(least, most)) = self.windows_minutes.get(&r) {
                        let ends = (step as i64 + 1) * model.variables.unit_minutes(r);
                        let begins = step as i64 * model.variables.unit_minutes(r);
                        program.narrow(col, f64::from(ends <= least), f64::from(begins < most));
                    }
                }
                _ => {}
            }
        }
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
