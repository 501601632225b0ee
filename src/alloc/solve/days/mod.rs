//! Bounds and reductions from person-days.
//!
//! The program of `model` says for each booking who serves it. Seen by person instead, a plan is one day per person, and the linear program over all
//! days anybody could have has a far better bound: nothing is lost in a day, only between days. [`ascent`] finds that bound without a linear program,
//! [`apart`] splits by who stays unplaced, which is where the rest of the gap comes from, and what other days than the best would cost rules out most
//! assignments and most lengths of days, so that the mixed-integer program that is left is small.
//!
//! Tiers that are held are paid for: their excess counts, at a multiplier that is searched, in the objective of the tier that is minimized.
//!
//! What it paid: see the files. Together, on spa days of 20 people, all tiers are proven in 0.1 to 0.5 s instead of 0.2 to 2 s; at 50 people the
//! balance is proven in 3 to 30 s where it was not within 60 s; at 200 and 500 people the gap of the balance is 0.04 and 0.2 %.

pub mod apart;
pub mod ascent;
pub mod guide;
pub mod part;
pub mod person;

use std::collections::{HashMap, HashSet};

use super::super::Limits;
use super::super::instance::Instance;
use super::super::profile::{Term, Tier};
use super::super::value;
use apart::{Goals, Set, Views};
use ascent::{Climbed, Objective, Question, Schedule};
use part::Part;
use person::{Candidate, Scratch};
use rayon::prelude::*;

/// Cells one tier's climbs and splits may fill: some four seconds on a core of 2024.
const WORK_PER_TIER: u64 = 8_000_000_000;
/// Multipliers tried for a tier that is held.
const MULTIPLIERS_MAX: usize = 6;
/// How much of every booking is to be served where only what is scarce is to have a price.
const EASED: f64 = 0.97;
/// How far the bound may fall while prices are lowered.
const LOWERED_BY: f64 = 5e-3;
/// How often a price is halved towards what does not stand.
const LOWERINGS: usize = 5;
/// Sets carried from tier to tier; more are joined into one.
const SETS_MAX: usize = 24;

/// The person-days of a component, tier after tier.
#[derive(Debug, Clone)]
pub struct Days<'i> {
    instance: &'i Instance<'i>,
    tiers: Vec<Tier>,
    part: Part,
    bare: Part,
    sets: Vec<Set>,
    weighed: Weighed,
    /// Cells that may still be filled for the tier in hand.
    work: u64,
    /// The tier in hand; 0 for none.
    turned: usize,
    /// The last tier after the first that is weighed.
    counted: Option<usize>,
}

/// What counts at present.
#[derive(Debug, Clone)]
struct Weighed {
    /// Per tier.
    weights: Vec<f64>,
    objective: Objective,
    scale: f64,
}

/// What is left of a component's program: everything else is worse than the limit it was made for.
#[derive(Debug)]
pub struct Reduction {
    /// Nothing is ruled out; the rest says nothing.
    pub everything: bool,
    /// Who may serve which booking (sheet positions).
    pub pairs: HashSet<(usize, usize)>,
    /// Least and most minutes of a resource's day.
    pub windows_minutes: HashMap<usize, (i64, i64)>,
    /// Bookings that are certainly unplaced, or certainly placed.
    pub unplaced: HashMap<usize, bool>,
}

impl Reduction {
    /// Everything is left.
    pub fn nothing() -> Reduction {
        Reduction { everything: true, pairs: HashSet::new(), windows_minutes: HashMap::new(), unplaced: HashMap::new() }
    }
}

impl<'i> Days<'i> {
    /// The person-days of a component; `None` where pricing does not apply to it.
    pub fn of(instance: &'i Instance<'i>, bookings: &[usize], tiers: &[Tier]) -> Option<Days<'i>> {
        let part = Part::of(instance, bookings, tiers)?;
        let mut bare = part.clone();
        bare.weigh(instance, &vec![0.0; tiers.len()], 0.0);
        let mut willing = vec![0.0; part.demands.len()];
        for c in part.people.iter().flat_map(|p| &p.candidates) {
            willing[c.demand] += 1.0;
        }
        let mut fixed: ascent::Fixed = vec![None; part.priority.len()];
        for (demand, willing) in part.demands.iter().zip(willing) {
            if willing < demand.count {
                fixed[demand.booking] = Some(true);
            }
        }
        let open = Set { fixed, prices: Vec::new(), bound: f64::NEG_INFINITY, unplaced: vec![0.0; part.priority.len()], settled: false };
        let objective = Objective { unplaced: part.priority.clone(), room: f64::INFINITY, constant: 0.0 };
        let weighed = Weighed { weights: vec![0.0; tiers.len()], objective, scale: 1.0 };
        Some(Days { instance, tiers: tiers.to_vec(), part, bare, sets: vec![open], weighed, work: WORK_PER_TIER, turned: 0, counted: None })
    }

    /// A bound of the first tier, climbed until it proves `value` or no further.
    pub fn unplaced(&self, value: f64, limits: &Limits) -> f64 {
        let weight = value::weight_of(&self.tiers[0].terms, Term::Unplaced);
        let whole = self.tiers[0].terms.iter().all(|(term, weight)| term.is_integral() && weight.fract() == 0.0);
        let goal = if whole { value - 1.0 + 1e-5 } else { value } / weight;
        weight * self.stare(self.glance(goal, limits), goal, limits).bound
    }

    /// The same as far as a short climb tells.
    pub fn glance(&self, goal: f64, limits: &Limits) -> Climbed {
        let priority = |demand: &part::Demand| 0.3 * self.bare.priority[demand.booking];
        let start: Vec<f64> = self.bare.demands.iter().map(priority).collect();
        self.climb_unplaced(&start, Schedule::QUICK, goal, limits)
    }

    /// The same as far as a long climb tells, from where the short one ended.
    pub fn stare(&self, glance: Climbed, goal: f64, limits: &Limits) -> Climbed {
        if glance.bound >= goal {
            return glance;
        }
        let stare = self.climb_unplaced(&glance.prices, Schedule::UNPLACED, goal, limits);
        if stare.bound > glance.bound { stare } else { glance }
    }

    /// What a climb made the booking at a position of the component pay, over all its demands.
    pub fn price_of(&self, booking: usize, climbed: &Climbed) -> f64 {
        self.bare.paid(booking, &climbed.prices)
    }

    /// What serving each demand elsewhere would save. A climb ends at any of many best prices, and what one more person would be worth is the least
    /// over all of them (the directional derivative of a linear program). So the climb is for a day on which a little less than every booking is to be
    /// served, where only what is scarce has a price; and then each price is lowered as far as the bound of the day itself stands.
    pub fn scarcity(&self, limits: &Limits) -> Climbed {
        let unplaced = self.bare.priority.clone();
        let scale = unplaced.iter().sum::<f64>() / unplaced.len().max(1) as f64;
        let objective = Objective { unplaced, room: f64::INFINITY, constant: 0.0 };
        let mut eased = self.bare.clone();
        eased.demands.iter_mut().for_each(|demand| demand.count *= EASED);
        let question = |part| Question { part, objective: &objective, fixed: &self.sets[0].fixed, stop: &limits.stop };
        let start: Vec<f64> = self.bare.demands.iter().map(|demand| 0.3 * self.bare.priority[demand.booking]).collect();
        let mut low = question(&eased).climb(&start, scale, Schedule::SCARCE, f64::INFINITY);
        let day = question(&self.bare);
        let stands = day.at(&low.prices) - LOWERED_BY;
        let mut order: Vec<usize> = (0..low.prices.len()).collect();
        order.sort_by(|&a, &b| low.prices[a].total_cmp(&low.prices[b]).then(a.cmp(&b)));
        for k in order {
            let mut holds = low.prices[k];
            let mut fails = None;
            for _ in 0..LOWERINGS {
                low.prices[k] = fails.map_or(0.0f64.min(holds), |fails: f64| 0.5 * (fails + holds));
                match day.at(&low.prices) >= stands {
                    true => holds = low.prices[k],
                    false => fails = Some(low.prices[k]),
                }
                if fails.is_none() {
                    break;
                }
            }
            low.prices[k] = holds;
        }
        low
    }

    fn climb_unplaced(&self, start: &[f64], schedule: Schedule, goal: f64, limits: &Limits) -> Climbed {
        let unplaced = self.bare.priority.clone();
        let scale = unplaced.iter().sum::<f64>() / unplaced.len().max(1) as f64;
        let objective = Objective { unplaced, room: f64::INFINITY, constant: 0.0 };
        let question = Question { part: &self.bare, objective: &objective, fixed: &self.sets[0].fixed, stop: &limits.stop };
        question.climb(start, scale, schedule, goal)
    }

    /// Turns to tier `at` with the tiers before it held at `held`. The bound of the tier; infinite where nothing can be as good.
    pub fn turn(&mut self, at: usize, held: &[f64], goals: Goals, limits: &Limits) -> f64 {
        self.choose_multiplier(at, held, goals, limits);
        self.turned = at;
        self.counted = Some(at);
        self.sets.retain(|set| set.bound <= goals.keep);
        self.bound()
    }

    /// Splits until every set of plans that may be better than what is known is as small as it gets. The bound of the tier.
    pub fn split(&mut self, goals: Goals, limits: &Limits) -> f64 {
        let sets = std::mem::take(&mut self.sets);
        let views = Views { tier: &self.part, bare: &self.bare, objective: &self.weighed.objective, scale: self.weighed.scale };
        (self.sets, self.work) = views.split(sets, goals, self.work, limits);
        self.bound()
    }

    /// Holds tier `at` at `limit` without having turned to it: what costs more by itself is forgotten, and the tiers after it pay for the rest.
    pub fn skip(&mut self, at: usize, limit: f64) {
        if self.costs_nothing(at) {
            return;
        }
        let multiplier = self.multiplier(at);
        self.nest(at, multiplier);
        self.counted = Some(at);
        for set in &mut self.sets {
            set.prices.iter_mut().for_each(|price| *price *= multiplier);
        }
        let never_negative = |term: &Term| matches!(term, Term::Moved | Term::FinalizedMoved | Term::ZoneMissed);
        if self.tiers[at].terms.iter().all(|(term, _)| never_negative(term)) {
            self.keep(|c, _| c.costs[at] <= limit + 1e-6);
        }
    }

    /// The tier's bound as far as it is known: no plan that is left is better.
    pub fn bound(&self) -> f64 {
        self.sets.iter().map(|set| set.bound).fold(f64::INFINITY, f64::min)
    }

    /// The sets of plans that are left, best bound first.
    pub fn sets(&self) -> &[Set] {
        &self.sets
    }

    /// Weighs tier `at` against those held before it, with the multiplier that gives the first set of plans the best bound, and climbs for all.
    fn choose_multiplier(&mut self, at: usize, held: &[f64], goals: Goals, limits: &Limits) {
        self.work = WORK_PER_TIER;
        let first = self.multiplier(at);
        let others = self.sets.split_off(1);
        let before = self.clone();
        let mut best: Option<(f64, Days<'i>)> = None;
        let mut factor = 1.0;
        let mut grows = true;
        for turn in 0..MULTIPLIERS_MAX {
            let mut tried = Days { work: best.as_ref().map_or(self.work, |(_, days)| days.work), ..before.clone() };
            tried.weigh_and_climb(at, held, goals.keep, first * factor, limits);
            let (bound, work) = (tried.bound(), tried.work);
            let known = best.as_ref().map_or(f64::NEG_INFINITY, |(_, days)| days.bound());
            let better = best.is_none() || bound > known + 1e-2 * (goals.proof - known).abs();
            match &mut best {
                Some((_, days)) if bound <= known => days.work = work,
                _ => best = Some((first * factor, tried)),
            }
            if first == 0.0 || bound >= goals.proof || work < WORK_PER_TIER / 2 || (!better && (!grows || turn > 1)) {
                break;
            }
            if !better {
                (grows, factor) = (false, 1.0);
            }
            factor *= if grows { 4.0 } else { 0.25 };
        }
        let Some((multiplier, best)) = best else { return };
        let mut rest = Days { sets: others, work: best.work, ..before };
        *self = best;
        if !rest.sets.is_empty() {
            rest.weigh_and_climb(at, held, goals.keep, multiplier, limits);
            self.work = rest.work;
            self.sets.append(&mut rest.sets);
        }
    }

    /// What the tiers held before `at` weigh against it, as a first guess; 0 where only `unplaced` is held, which counts in another way.
    fn multiplier(&self, at: usize) -> f64 {
        self.counted.map_or(0.0, |last| self.magnitude(at) / self.resolution(last))
    }

    /// Is every plan worth the same on this tier?
    fn costs_nothing(&self, tier: usize) -> bool {
        let whole_day = |term: &Term| matches!(term, Term::Balance | Term::Unplaced);
        let terms = &self.tiers[tier].terms;
        !terms.iter().any(|(term, _)| whole_day(term)) && self.part.people.iter().flat_map(|p| &p.candidates).all(|c| c.costs[tier] == 0.0)
    }

    /// Weights in which tier `at` counts once and those before it at the multiplier.
    fn nest(&mut self, at: usize, multiplier: f64) {
        self.weighed.weights.iter_mut().for_each(|weight| *weight *= multiplier);
        self.weighed.weights[at] = 1.0;
    }

    /// Climbs with one choice of the multiplier, until `goal`.
    fn weigh_and_climb(&mut self, at: usize, held: &[f64], goal: f64, multiplier: f64, limits: &Limits) {
        self.nest(at, multiplier);
        let weights = self.weighed.weights.clone();
        let sum = |term: Term| self.tiers.iter().zip(&weights).map(|(t, w)| w * value::weight_of(&t.terms, term)).sum::<f64>();
        let balance = sum(Term::Balance);
        let per_priority = sum(Term::Unplaced);
        let constant = -(1..at).map(|t| weights[t] * (held[t] + 1e-7 * held[t].abs().max(1.0))).sum::<f64>();
        self.part.weigh(self.instance, &weights, balance);
        let unplaced = self.part.priority.iter().map(|p| per_priority * p).collect();
        let fresh = self.sets.iter().any(|set| set.prices.is_empty()) || multiplier == 0.0;
        let start = self.marginal_prices(&weights, balance);
        let scale = (start.iter().map(|p| p.abs()).sum::<f64>() / start.len().max(1) as f64).max(0.1 * self.magnitude(at)).max(1e-6);
        self.weighed.objective = Objective { unplaced, room: held[0], constant };
        self.weighed.scale = scale;
        let views = Views { tier: &self.part, bare: &self.bare, objective: &self.weighed.objective, scale };
        let schedule = if fresh { Schedule::WHOLE } else { Schedule::NEXT };
        let climb = |set: &Set| {
            let prices: Vec<f64> = if fresh { start.clone() } else { set.prices.iter().map(|p| p * multiplier).collect() };
            views.climb(&set.fixed, &prices, schedule, goal, limits)
        };
        let climbed: Vec<(Set, u64)> = match limits.threads > 1 && self.sets.len() > 1 {
            true => self.sets.par_iter().map(climb).collect(),
            false => self.sets.iter().map(climb).collect(),
        };
        self.work = self.work.saturating_sub(climbed.iter().map(|(_, work)| work).sum());
        self.sets = climbed.into_iter().map(|(set, _)| set).collect();
    }

    /// What one booking more costs whoever has an average day, averaged over those who could serve it.
    fn marginal_prices(&self, weights: &[f64], balance: f64) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); self.part.demands.len()];
        let mut share = vec![0.0; self.part.demands.len()];
        for c in self.part.people.iter().flat_map(|p| &p.candidates) {
            share[c.demand] += 1.0;
        }
        for person in &self.part.people {
            let capacity = self.instance.capacity_minutes[person.resource];
            let load: f64 = person.candidates.iter().map(|c| c.minutes as f64 / share[c.demand]).sum();
            let load = (load as i64).min(capacity);
            for c in &person.candidates {
                let pair: f64 = c.costs.iter().zip(weights).map(|(c, w)| c * w).sum();
                let day = match balance > 0.0 && capacity > 0 {
                    true => {
                        let of = |minutes| value::balance_of(self.instance, person.resource, minutes);
                        balance * (of(load + c.minutes) - of(load)).max(0.0)
                    }
                    false => 0.0,
                };
                sums[c.demand].0 += pair + day;
                sums[c.demand].1 += 1.0;
            }
        }
        sums.into_iter().map(|(sum, count)| if count > 0.0 { sum / count } else { 0.0 }).collect()
    }

    /// What a booking typically costs on a tier.
    fn magnitude(&self, tier: usize) -> f64 {
        let mut weights = vec![0.0; self.tiers.len()];
        weights[tier] = 1.0;
        let balance = value::weight_of(&self.tiers[tier].terms, Term::Balance);
        let prices = self.marginal_prices(&weights, balance);
        let most = prices.iter().fold(0.0f64, |most, p| most.max(p.abs()));
        if most > 0.0 { most } else { 1.0 }
    }

    /// The smallest difference on a tier that is worth telling apart.
    fn resolution(&self, tier: usize) -> f64 {
        let terms = &self.tiers[tier].terms;
        if terms.iter().all(|(term, _)| term.is_integral()) {
            return terms.iter().map(|(_, weight)| *weight).fold(f64::INFINITY, f64::min);
        }
        self.magnitude(tier) * 1e-3
    }

    /// Is who stays unplaced decided in all plans that may be as good as `limit`?
    pub fn is_settled(&self, limit: f64) -> bool {
        self.sets.iter().all(|set| set.settled || self.is_full(set) || set.bound > limit)
    }

    /// The last tier after the first that is weighed.
    pub fn counted(&self) -> Option<usize> {
        self.counted
    }

    /// Assignments that are not ruled out for good.
    pub fn pairs(&self) -> usize {
        self.part.people.iter().map(|person| person.candidates.len()).sum()
    }

    /// Is there no set of plans left? With the incumbent's own value kept, that is a fault of arithmetic.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// What may be part of a plan that is no worse than `limit` on the tier in hand.
    pub fn reduction(&self, limit: f64) -> Reduction {
        self.reduce(&self.sets.iter().filter(|set| set.bound <= limit).collect::<Vec<_>>(), limit)
    }

    /// The same for each set of plans by itself, where they are few and leave no more than `pairs_max` assignments together.
    pub fn reductions(&self, limit: f64, pairs_max: usize, sets_max: usize) -> Vec<Reduction> {
        let near: Vec<&Set> = self.sets.iter().filter(|set| set.bound <= limit).collect();
        let together = self.reduce(&near, limit);
        match near.len() {
            0 => Vec::new(),
            2.. if near.len() <= sets_max && together.pairs.len() <= pairs_max => near.iter().map(|set| self.reduce(&[set], limit)).collect(),
            _ => vec![together],
        }
    }

    fn reduce(&self, sets: &[&Set], limit: f64) -> Reduction {
        let mut left = Reduction { everything: false, pairs: HashSet::new(), windows_minutes: HashMap::new(), unplaced: HashMap::new() };
        let mut scratch = Scratch::default();
        for (s, set) in sets.iter().enumerate() {
            for person in &self.part.people {
                let margins = person.margins(&set.prices, &mut scratch);
                let near = |cost: f64| cost - margins.best + set.bound <= limit;
                let pairs = person.candidates.iter().zip(&margins.with).filter(|(_, with)| near(**with));
                left.pairs.extend(pairs.map(|(c, _)| (self.part.booking_of(c.demand), person.resource)));
                let minutes = || margins.with_minutes.iter().filter(|(_, cost)| near(*cost)).map(|(minutes, _)| *minutes);
                if let (Some(least), Some(most)) = (minutes().min(), minutes().max()) {
                    let window = left.windows_minutes.entry(person.resource).or_insert((least, most));
                    *window = (window.0.min(least), window.1.max(most));
                }
            }
            let decided = |j: usize| set.fixed[j].or((self.is_full(set)).then_some(false));
            for (j, &b) in self.part.bookings.iter().enumerate() {
                match (decided(j), s) {
                    (Some(out), 0) => drop(left.unplaced.insert(b, out)),
                    (Some(out), _) if left.unplaced.get(&b) == Some(&out) => {}
                    _ => drop(left.unplaced.remove(&b)),
                }
            }
        }
        left
    }

    /// Priorities that may stay unplaced beside those that certainly do.
    fn left_to_leave_out(&self, set: &Set) -> f64 {
        (self.weighed.objective.room - self.part.taken(&set.fixed)).max(0.0)
    }

    /// May nobody else stay unplaced?
    fn is_full(&self, set: &Set) -> bool {
        let least = set.fixed.iter().zip(&self.part.priority).filter(|(f, _)| f.is_none()).map(|(_, p)| *p).fold(f64::INFINITY, f64::min);
        least > self.left_to_leave_out(set) + 1e-6
    }

    /// Holds tier `at` at `limit`, if it is the one in hand: whatever is worse is forgotten for good.
    pub fn settle(&mut self, at: usize, limit: f64) {
        if self.turned != at {
            return;
        }
        let limit = limit + 1e-6 * limit.abs().max(1.0);
        self.sets.retain(|set| set.bound <= limit);
        let left = self.reduction(limit);
        for person in &mut self.part.people {
            if let Some((least, most)) = left.windows_minutes.get(&person.resource) {
                person.window_minutes = (person.window_minutes.0.max(*least), person.window_minutes.1.min(*most));
            }
        }
        let (bookings, demands) = (self.part.bookings.clone(), self.part.demands.clone());
        self.keep(|c, resource| left.pairs.contains(&(bookings[demands[c.demand].booking], resource)));
        if self.sets.len() > SETS_MAX {
            self.join();
        }
    }

    /// Forgets all candidates but these.
    fn keep(&mut self, wanted: impl Fn(&Candidate, usize) -> bool) {
        for part in [&mut self.part, &mut self.bare] {
            for person in &mut part.people {
                let kept: Vec<bool> = person.candidates.iter().map(|c| wanted(c, person.resource)).collect();
                person.keep(&kept);
            }
        }
        self.bare.weigh(self.instance, &vec![0.0; self.tiers.len()], 0.0);
    }

    /// One set of what all sets agree on.
    fn join(&mut self) {
        let mut sets = std::mem::take(&mut self.sets).into_iter();
        let Some(mut one) = sets.next() else { return };
        for other in sets {
            for (mine, theirs) in one.fixed.iter_mut().zip(other.fixed) {
                if *mine != theirs {
                    *mine = None;
                }
            }
            one.bound = one.bound.min(other.bound);
        }
        one.settled = false;
        self.sets = vec![one];
    }
}
