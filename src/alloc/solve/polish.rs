//! Better incumbents by local search: simulated annealing over chains of exchanges between two people.
//!
//! A move takes a booking from one person to another; whatever it overlaps there comes back, whatever that overlaps goes across, and so on (a Kempe
//! chain in the overlap graph of the two). So every move keeps everybody free of overlaps and serves exactly as many bookings as before. An unplaced
//! booking enters by pushing others out, each of which is served elsewhere or changes places with it.
//!
//! It paid, on spa days of 50 people: the first tier's best value is found in some tenths of a second instead of seconds, and the balance search starts
//! a tenth of a percent from its best value instead of one percent. On days of 20 people it often starts at the best value itself. Sources: Kempe-chain neighbourhoods of course timetabling (Lewis 2008, "A survey of metaheuristic-based
//! techniques for university timetabling problems"); Kirkpatrick, Gelatt & Vecchi 1983 (annealing). Work is counted in moves, never in time.

use super::super::Limits;
use super::super::instance::{Instance, Job, Served};
use super::super::profile::{Term, Tier};
use super::super::value;
use crate::domain::Span;
use crate::domain::random::Random;

/// Annealing moves per booking.
const MOVES_PER_BOOKING: u64 = 1_500;
/// Moves tried per unplaced booking before it is believed to have no place.
const TRIES_PER_UNPLACED: u64 = 20_000;
/// Heat of the first moves, in typical changes, where anything may be better, and where only details may.
const WARM: f64 = 0.5;
const COOL: f64 = 0.02;
/// Typical changes that a step aside may cost while somebody is being placed.
const ASIDE: f64 = 0.1;
/// The flag is looked at once in so many moves.
const MOVES_BETWEEN_LOOKS: u64 = 1_024;
/// Bookings one ejection chain may push out.
const EJECTIONS_MAX: usize = 8;
/// Bookings one chain may carry across.
const CHAIN_MAX: usize = 16;

/// What a search works on.
#[derive(Debug, Clone, Copy)]
pub struct Task<'t> {
    /// The sheet.
    pub instance: &'t Instance<'t>,
    /// Sheet positions of the bookings that may be touched. Those that several resources serve are left as they are.
    pub bookings: &'t [usize],
    /// The tiers up to the one that is improved.
    pub tiers: &'t [Tier],
    /// What the tiers before it may not exceed.
    pub held: &'t [f64],
    /// Where it cannot be improved any further.
    pub floor: f64,
    /// Seed and flag.
    pub limits: &'t Limits,
}

impl Task<'_> {
    fn desk(&self, served: &Served) -> Option<Desk<'_, '_>> {
        let whole_day = |term: Term| matches!(term, Term::Spread | Term::ResourcesUsed | Term::TemporaryUsed);
        if self.tiers.iter().any(|t| t.terms.iter().any(|(term, _)| whole_day(*term))) {
            return None;
        }
        let desk = Desk::new(self.instance, self.bookings, self.tiers, served);
        (!desk.movable.is_empty()).then_some(desk)
    }

    fn random(&self) -> Random {
        Random::new(self.limits.seed ^ ((self.tiers.len().saturating_sub(1) as u64) << 32) ^ self.bookings.len() as u64)
    }

    /// Improves a plan on the last tier without making an earlier one worse than it may be.
    pub fn improve(&self, served: &mut Served) {
        self.anneal(served, WARM);
    }

    /// Improves a plan that is nearly right: small changes only.
    pub fn refine(&self, served: &mut Served) {
        self.anneal(served, COOL);
    }

    fn anneal(&self, served: &mut Served, heat: f64) {
        let Some(mut desk) = self.desk(served) else { return };
        match self.tiers.len() {
            0 => {}
            1 => desk.place_unplaced(&mut self.random(), None, self.floor, self.limits),
            count => desk.anneal(&mut self.random(), count - 1, self.held, heat, self.floor, self.limits),
        }
        desk.write(served);
    }

    /// Serves as many as it can, with an eye on what that costs the last tier. The floor is the first tier's.
    pub fn place(&self, served: &mut Served) {
        let Some(mut desk) = self.desk(served) else { return };
        desk.place_unplaced(&mut self.random(), self.tiers.len().checked_sub(1), self.floor, self.limits);
        desk.write(served);
    }
}

/// The assignment while it changes: who has which bookings, and what every tier is worth.
struct Desk<'d, 'i> {
    instance: &'d Instance<'i>,
    bookings: &'d [usize],
    /// Component positions of the bookings that may move.
    movable: Vec<usize>,
    is_movable: Vec<bool>,
    occupied: Vec<Span>,
    minutes: Vec<i64>,
    priority: Vec<f64>,
    /// Who serves it, by sheet position; `None` for unplaced.
    by: Vec<Option<usize>>,
    /// Component positions of the bookings of each resource of the sheet, in no order.
    of: Vec<Vec<usize>>,
    loads: Vec<i64>,
    /// Eligible resources of each movable booking.
    eligible: Vec<Vec<usize>>,
    /// Per booking, then per eligible resource: cost on every tier.
    pair: Vec<Vec<Vec<f64>>>,
    balance_weight: Vec<f64>,
    unplaced_weight: Vec<f64>,
    unplaced: Vec<usize>,
    values: Vec<f64>,
}

/// A chain: bookings that go from one person to the other, and those that come back.
#[derive(Default)]
struct Chain {
    across: Vec<usize>,
    back: Vec<usize>,
}

impl<'d, 'i> Desk<'d, 'i> {
    fn new(instance: &'d Instance<'i>, bookings: &'d [usize], tiers: &[Tier], served: &Served) -> Desk<'d, 'i> {
        let jobs = || bookings.iter().map(|&b| &instance.bookings[b]);
        let is_movable: Vec<bool> = jobs().map(Job::stands_alone).collect();
        let mut of = vec![Vec::new(); instance.resource_count()];
        for (j, &b) in bookings.iter().enumerate() {
            for &r in served[b].iter().flatten() {
                of[r].push(j);
            }
        }
        let eligible: Vec<Vec<usize>> = bookings
            .iter()
            .zip(&is_movable)
            .map(|(&b, movable)| if *movable { instance.bookings[b].demands[0].resources.clone() } else { Vec::new() })
            .collect();
        let pair = bookings
            .iter()
            .zip(&eligible)
            .map(|(&b, able)| able.iter().map(|&r| tiers.iter().map(|t| value::pair_cost(instance, b, r, &t.terms)).collect()).collect())
            .collect();
        Desk {
            movable: (0..bookings.len()).filter(|&j| is_movable[j] && !eligible[j].is_empty()).collect(),
            is_movable,
            occupied: jobs().map(|job| job.occupied).collect(),
            minutes: jobs().map(|job| job.length_minutes).collect(),
            priority: jobs().map(|job| job.priority).collect(),
            by: bookings.iter().map(|&b| served[b].as_ref().and_then(|by| by.first().copied())).collect(),
            of,
            loads: instance.loads(&part_of(bookings, served)),
            eligible,
            pair,
            balance_weight: tiers.iter().map(|t| value::weight_of(&t.terms, Term::Balance)).collect(),
            unplaced_weight: tiers.iter().map(|t| value::weight_of(&t.terms, Term::Unplaced)).collect(),
            unplaced: bookings.iter().enumerate().filter(|(_, b)| served[**b].is_none()).map(|(j, _)| j).collect(),
            values: tiers.iter().map(|t| value::tier_of_part(instance, bookings, served, t)).collect(),
            instance,
            bookings,
        }
    }

    fn write(&self, served: &mut Served) {
        for &j in &self.movable {
            served[self.bookings[j]] = self.by[j].map(|r| vec![r]);
        }
    }

    fn place_of(&self, j: usize, r: usize) -> Option<usize> {
        self.eligible[j].binary_search(&r).ok()
    }

    fn conflicts(&self, j: usize, r: usize) -> impl Iterator<Item = usize> + '_ {
        let span = self.occupied[j];
        self.of[r].iter().copied().filter(move |&c| c != j && self.occupied[c].overlaps(span))
    }

    /// The chain that takes booking `j` from its person `from` to `to`; `None` where somebody on it may not go.
    fn chain(&self, j: usize, from: usize, to: usize) -> Option<Chain> {
        let mut chain = Chain { across: vec![j], back: Vec::new() };
        let (mut a, mut b) = (0, 0);
        while a < chain.across.len() || b < chain.back.len() {
            let (moving, there, goes_across) = if a < chain.across.len() { (chain.across[a], to, true) } else { (chain.back[b], from, false) };
            if goes_across {
                a += 1
            } else {
                b += 1
            }
            self.place_of(moving, there)?;
            for c in self.conflicts(moving, there) {
                let others = if goes_across { &mut chain.back } else { &mut chain.across };
                if !others.contains(&c) {
                    if !self.is_movable[c] || chain_is_long(others) {
                        return None;
                    }
                    others.push(c);
                }
            }
        }
        Some(chain)
    }

    /// What the chain changes on every tier.
    fn change(&self, chain: &Chain, from: usize, to: usize, out: &mut [f64]) {
        out.fill(0.0);
        for (jobs, source, target) in [(&chain.across, from, to), (&chain.back, to, from)] {
            for &j in jobs {
                let (Some(old), Some(new)) = (self.place_of(j, source), self.place_of(j, target)) else { continue };
                for (t, change) in out.iter_mut().enumerate() {
                    *change += self.pair[j][new][t] - self.pair[j][old][t];
                }
            }
        }
        let net: i64 = chain.across.iter().map(|&j| self.minutes[j]).sum::<i64>() - chain.back.iter().map(|&j| self.minutes[j]).sum::<i64>();
        if net != 0 {
            let change = self.balance_change(from, -net) + self.balance_change(to, net);
            for (t, out) in out.iter_mut().enumerate() {
                *out += self.balance_weight[t] * change;
            }
        }
    }

    fn balance_change(&self, r: usize, minutes: i64) -> f64 {
        if self.instance.capacity_minutes[r] <= 0 {
            return 0.0;
        }
        value::balance_of(self.instance, r, self.loads[r] + minutes) - value::balance_of(self.instance, r, self.loads[r])
    }

    fn give(&mut self, j: usize, r: Option<usize>) {
        if let Some(old) = self.by[j] {
            self.of[old].retain(|&other| other != j);
            self.loads[old] -= self.minutes[j];
        }
        if let Some(new) = r {
            self.of[new].push(j);
            self.loads[new] += self.minutes[j];
        }
        self.by[j] = r;
    }

    fn apply(&mut self, chain: &Chain, from: usize, to: usize) {
        for &j in &chain.across {
            self.give(j, Some(to));
        }
        for &j in &chain.back {
            self.give(j, Some(from));
        }
    }

    /// Finds places for unplaced bookings: each pushes others out, which are served elsewhere or take its turn as unplaced.
    fn place_unplaced(&mut self, random: &mut Random, guide: Option<usize>, floor: f64, limits: &Limits) {
        let guide = guide.filter(|&k| k > 0).map(|k| (k, ASIDE * self.typical_change(random, k)));
        let tries = TRIES_PER_UNPLACED * self.unplaced.len() as u64;
        for round in 0..tries {
            let weight = self.unplaced_weight[0];
            if self.values[0] <= floor + 1e-9 || (round % MOVES_BETWEEN_LOOKS == 0 && limits.stop.cause().is_some()) {
                return;
            }
            let candidates: Vec<usize> = self.unplaced.iter().copied().filter(|&j| self.is_movable[j] && !self.eligible[j].is_empty()).collect();
            if candidates.is_empty() {
                return;
            }
            let j = candidates[random.below(candidates.len())];
            let r = self.eligible[j][random.below(self.eligible[j].len())];
            let out: Vec<usize> = self.conflicts(j, r).collect();
            if out.iter().any(|&c| !self.is_movable[c]) {
                self.shake(random, guide);
                continue;
            }
            let homeless: Vec<usize> = out.iter().copied().filter(|&c| self.free_elsewhere(c, r).is_none()).collect();
            if homeless.iter().map(|&c| self.priority[c]).sum::<f64>() > self.priority[j] {
                self.shake(random, guide);
                continue;
            }
            for &c in &out {
                self.give(c, None);
            }
            self.give(j, Some(r));
            self.unplaced.retain(|&u| u != j);
            self.values[0] -= weight * self.priority[j];
            for c in out {
                match self.free_elsewhere(c, usize::MAX) {
                    Some(other) => self.give(c, Some(other)),
                    None => {
                        self.unplaced.push(c);
                        self.values[0] += weight * self.priority[c];
                    }
                }
            }
        }
    }

    /// Somebody but `not` who may serve the booking and is free.
    fn free_elsewhere(&self, j: usize, not: usize) -> Option<usize> {
        self.eligible[j].iter().copied().find(|&r| r != not && self.conflicts(j, r).next().is_none())
    }

    /// One random chain between two people, whatever it costs; with a tier as guide, rarely one that costs much.
    fn shake(&mut self, random: &mut Random, guide: Option<(usize, f64)>) {
        if let Some((j, from, to)) = self.pick(random)
            && let Some(chain) = self.chain(j, from, to)
        {
            if let Some((k, heat)) = guide {
                let mut change = vec![0.0; self.values.len()];
                self.change(&chain, from, to, &mut change);
                if change[k] > 0.0 && random.unit() >= (-change[k] / heat).exp() {
                    return;
                }
            }
            self.apply(&chain, from, to);
        }
    }

    /// A random placed booking and another person who may serve it.
    fn pick(&self, random: &mut Random) -> Option<(usize, usize, usize)> {
        let j = self.movable[random.below(self.movable.len())];
        let from = self.by[j]?;
        let to = self.eligible[j][random.below(self.eligible[j].len())];
        (to != from).then_some((j, from, to))
    }

    /// Annealing on tier `k`; the tiers before it never exceed their limits. Ends with the best seen.
    fn anneal(&mut self, random: &mut Random, k: usize, held: &[f64], heat: f64, floor: f64, limits: &Limits) {
        let moves = MOVES_PER_BOOKING * self.movable.len() as u64;
        let mut change = vec![0.0; k + 1];
        let warm = self.typical_change(random, k);
        if warm <= 0.0 {
            return;
        }
        let (hot, cold) = (warm * heat, warm * 0.001);
        let cooling = (cold / hot).powf(1.0 / moves as f64);
        let mut heat = hot;
        let mut best = (self.values[k], self.by.clone(), self.unplaced.clone());
        for round in 0..moves {
            heat *= cooling;
            if round % MOVES_BETWEEN_LOOKS == 0 && limits.stop.cause().is_some() {
                break;
            }
            if !self.unplaced.is_empty() && random.below(8) == 0 {
                self.exchange(random, k, held, heat, &mut change);
            } else if let Some((j, from, to)) = self.pick(random)
                && let Some(chain) = self.chain(j, from, to)
            {
                self.change(&chain, from, to, &mut change);
                if self.accepts(random, k, held, heat, &change) {
                    self.apply(&chain, from, to);
                    self.book(&change);
                }
            }
            if self.values[k] < best.0 - 1e-9 * best.0.abs().max(1.0) {
                best = (self.values[k], self.by.clone(), self.unplaced.clone());
                if best.0 <= floor + 1e-9 {
                    break;
                }
            }
        }
        self.by = best.1;
        self.unplaced = best.2;
    }

    /// An unplaced booking takes another's place, that one takes a third one's, and so on, until one of them may stay unplaced instead (an ejection
    /// chain, Glover 1996).
    fn exchange(&mut self, random: &mut Random, k: usize, held: &[f64], heat: f64, change: &mut [f64]) {
        let first = self.unplaced[random.below(self.unplaced.len())];
        change.fill(0.0);
        let mut went: Vec<(usize, usize)> = Vec::new();
        let mut homeless = first;
        for _ in 0..EJECTIONS_MAX {
            let Some((r, c)) = self.one_in_the_way(homeless, random) else { break };
            if went.iter().any(|(j, _)| *j == c) || c == first {
                break;
            }
            let (Some(at), Some(was)) = (self.place_of(homeless, r), self.place_of(c, r)) else { break };
            let balance = self.balance_change(r, self.minutes[homeless] - self.minutes[c]);
            for (t, change) in change.iter_mut().enumerate() {
                *change += self.pair[homeless][at][t] - self.pair[c][was][t]
                    + self.unplaced_weight[t] * (self.priority[c] - self.priority[homeless])
                    + self.balance_weight[t] * balance;
            }
            self.give(c, None);
            self.give(homeless, Some(r));
            went.push((c, r));
            homeless = c;
            if self.accepts(random, k, held, heat, change) {
                self.unplaced.retain(|&u| u != first);
                self.unplaced.push(homeless);
                self.book(change);
                return;
            }
        }
        for (c, r) in went.into_iter().rev() {
            // Whoever took the place leaves it again before its owner comes back.
            let taker = self.of[r].iter().copied().find(|&j| j != c && self.occupied[j].overlaps(self.occupied[c]));
            if let Some(taker) = taker {
                self.give(taker, None);
            }
            self.give(c, Some(r));
        }
    }

    /// A random person at whom exactly one booking, which may move, is in the way of `j`.
    fn one_in_the_way(&self, j: usize, random: &mut Random) -> Option<(usize, usize)> {
        if !self.is_movable[j] || self.eligible[j].is_empty() {
            return None;
        }
        for _ in 0..4 {
            let r = self.eligible[j][random.below(self.eligible[j].len())];
            let mut out = self.conflicts(j, r);
            if let (Some(c), None) = (out.next(), out.next())
                && self.is_movable[c]
            {
                return Some((r, c));
            }
        }
        None
    }

    fn accepts(&self, random: &mut Random, k: usize, held: &[f64], heat: f64, change: &[f64]) -> bool {
        let within = (0..k).all(|t| change[t] <= 0.0 || self.values[t] + change[t] <= held[t] + 1e-9 * held[t].abs().max(1.0));
        within && (change[k] <= 0.0 || random.unit() < (-change[k] / heat).exp())
    }

    fn book(&mut self, change: &[f64]) {
        for (value, change) in self.values.iter_mut().zip(change) {
            *value += change;
        }
    }

    /// The mean size of a random move's effect on tier `k`.
    fn typical_change(&self, random: &mut Random, k: usize) -> f64 {
        let mut change = vec![0.0; k + 1];
        let (mut sum, mut count) = (0.0, 0);
        for _ in 0..200 {
            if let Some((j, from, to)) = self.pick(random)
                && let Some(chain) = self.chain(j, from, to)
            {
                self.change(&chain, from, to, &mut change);
                sum += change[k].abs();
                count += 1;
            }
        }
        if count == 0 { 0.0 } else { sum / f64::from(count) }
    }
}

fn chain_is_long(jobs: &[usize]) -> bool {
    jobs.len() >= CHAIN_MAX
}

/// Only the bookings of a component.
fn part_of(bookings: &[usize], served: &Served) -> Served {
    let mut only: Served = vec![None; served.len()];
    for &b in bookings {
        only[b].clone_from(&served[b]);
    }
    only
}
