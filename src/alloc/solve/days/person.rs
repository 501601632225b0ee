//! One person's cheapest day at given prices.
//!
//! A day is a set of bookings that do not overlap. At a price per booking the cheapest day is a shortest path through the bookings in the order of
//! time; where the balance counts, the minutes served so far are part of the state, so that the convex cost of the whole day is exact and not
//! interpolated between fractions of days. Lengths are multiples of a unit (a quarter of an hour in most houses), so there are few states.
//!
//! Source: the pricing problem of crew scheduling by column generation (Desrosiers & Lübbecke 2005, "A primer in column generation"); prices of
//! every arc from one forward and one backward pass are the path-reduced costs of Irnich, Desaulniers, Desrosiers & Hadjar (INFORMS JoC 2010).

use super::super::super::instance::Instance;
use super::super::super::value;
use crate::domain::Span;

/// A booking's demand that a person could meet.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Position of the demand in the part.
    pub demand: usize,
    /// When it keeps them busy.
    pub span: Span,
    /// Booked minutes.
    pub minutes: i64,
    /// Cost on every tier, without what depends on the whole day.
    pub costs: Vec<f64>,
    /// Minutes in units, where loads count; else 0.
    units: usize,
    /// Cost at the present weights.
    cost: f64,
    /// The first candidate, in the order of start, that begins when this one has ended.
    next: usize,
}

/// A person (or table) with all they could do.
#[derive(Debug, Clone)]
pub struct Person {
    /// Position in the sheet.
    pub resource: usize,
    /// In the order of start.
    pub candidates: Vec<Candidate>,
    /// Least and most minutes the day may have.
    pub window_minutes: (i64, i64),
    /// Positions of the candidates in the order of end.
    by_end: Vec<usize>,
    /// Per candidate: how many, in the order of end, have ended when it begins.
    ended: Vec<usize>,
    unit_minutes: i64,
    /// Cost of the whole day by units served, at the present weights.
    whole_day: Vec<f64>,
}

/// Work space that is used again and again.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Per candidate and units served before it: the cheapest rest of the day.
    rest: Vec<f64>,
    /// The cheapest day: positions of candidates.
    pub day: Vec<usize>,
}

/// What other days than the cheapest cost.
#[derive(Debug)]
pub struct Margins {
    /// The cheapest day.
    pub best: f64,
    /// Per candidate: the cheapest day with it.
    pub with: Vec<f64>,
    /// Per number of minutes served: the cheapest such day. Only where loads count.
    pub with_minutes: Vec<(i64, f64)>,
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Person {
    /// A person with their candidates: demand, busy time, minutes, costs per tier.
    pub fn new(resource: usize, list: Vec<(usize, Span, i64, Vec<f64>)>) -> Person {
        let mut candidates: Vec<Candidate> =
            list.into_iter().map(|(demand, span, minutes, costs)| Candidate { demand, span, minutes, costs, units: 0, cost: 0.0, next: 0 }).collect();
        candidates.sort_by_key(|c| (c.span, c.demand));
        let mut person = Person {
            resource,
            candidates,
            window_minutes: (0, i64::MAX),
            by_end: Vec::new(),
            ended: Vec::new(),
            unit_minutes: 1,
            whole_day: vec![0.0],
        };
        person.index();
        person
    }

    fn index(&mut self) {
        let spans: Vec<Span> = self.candidates.iter().map(|c| c.span).collect();
        for c in &mut self.candidates {
            c.next = spans.partition_point(|s| s.start < c.span.end);
        }
        self.unit_minutes = self.candidates.iter().fold(0, |g, c| gcd(g, c.minutes)).max(1);
        self.by_end = (0..spans.len()).collect();
        self.by_end.sort_by_key(|&i| (spans[i].end, i));
        self.ended = spans.iter().map(|s| self.by_end.partition_point(|&o| spans[o].end <= s.start)).collect();
    }

    /// Forgets the candidates that are not to be kept. Prices have to be set anew.
    pub fn keep(&mut self, kept: &[bool]) {
        let mut at = kept.iter();
        self.candidates.retain(|_| at.next().copied().unwrap_or(true));
        self.index();
    }

    /// Sets what counts: a weight per tier, and one for the balance.
    pub fn weigh(&mut self, instance: &Instance, weights: &[f64], balance: f64) {
        let capacity = instance.capacity_minutes[self.resource];
        let counts = balance > 0.0 && capacity > 0;
        for c in &mut self.candidates {
            c.cost = c.costs.iter().zip(weights).map(|(c, w)| c * w).sum();
            c.units = if counts { usize::try_from(c.minutes / self.unit_minutes).unwrap_or(0) } else { 0 };
        }
        let together: i64 = self.candidates.iter().map(|c| c.minutes).sum();
        let most = if counts { together.min(capacity) / self.unit_minutes } else { 0 };
        let (least, highest) = self.window_minutes;
        self.whole_day = (0..=most)
            .map(|units| {
                let minutes = units * self.unit_minutes;
                match counts {
                    true if minutes < least || minutes > highest => f64::INFINITY,
                    true => balance * value::balance_of(instance, self.resource, minutes),
                    false => 0.0,
                }
            })
            .collect();
    }

    /// Cells of the table of one day: the unit in which work is counted.
    pub fn cells(&self) -> u64 {
        (self.candidates.len() * self.whole_day.len()) as u64
    }

    /// The cheapest day; its candidates are left in `scratch.day`.
    pub fn cheapest(&self, prices: &[f64], scratch: &mut Scratch) -> f64 {
        let (n, states) = (self.candidates.len(), self.whole_day.len());
        let rest = &mut scratch.rest;
        rest.resize((n + 1) * states, 0.0);
        rest[n * states..(n + 1) * states].copy_from_slice(&self.whole_day);
        for (i, c) in self.candidates.iter().enumerate().rev() {
            let cost = c.cost - prices[c.demand];
            let (head, tail) = rest.split_at_mut((i + 1) * states);
            let (here, skipped) = (&mut head[i * states..], &tail[..states]);
            let fits = states.saturating_sub(c.units);
            if fits > 0 {
                let taken = &tail[(c.next - i - 1) * states + c.units..(c.next - i) * states];
                for ((here, skipped), taken) in here[..fits].iter_mut().zip(&skipped[..fits]).zip(taken) {
                    let with = *taken + cost;
                    *here = if with < *skipped { with } else { *skipped };
                }
            }
            here[fits..].copy_from_slice(&skipped[fits..]);
        }
        scratch.day.clear();
        let (mut i, mut units) = (0, 0);
        while i < n {
            let c = &self.candidates[i];
            if rest[i * states + units] == rest[(i + 1) * states + units] {
                i += 1;
                continue;
            }
            scratch.day.push(i);
            units += c.units;
            i = c.next;
        }
        rest[0]
    }

    /// What other days cost at these prices.
    pub fn margins(&self, prices: &[f64], scratch: &mut Scratch) -> Margins {
        let best = self.cheapest(prices, scratch);
        let (n, states) = (self.candidates.len(), self.whole_day.len());
        let mut so_far = vec![f64::INFINITY; (n + 1) * states];
        so_far[0] = 0.0;
        for (at, &i) in self.by_end.iter().enumerate() {
            let c = &self.candidates[i];
            let cost = c.cost - prices[c.demand];
            let (head, tail) = so_far.split_at_mut((at + 1) * states);
            let here = &mut tail[..states];
            here.copy_from_slice(&head[at * states..]);
            let before = &head[self.ended[i] * states..(self.ended[i] + 1) * states];
            for (here, before) in here.iter_mut().skip(c.units).zip(before) {
                *here = here.min(before + cost);
            }
        }
        let with = self
            .candidates
            .iter()
            .enumerate()
            .map(|(i, c)| {
                let before = &so_far[self.ended[i] * states..(self.ended[i] + 1) * states];
                let after = &scratch.rest[c.next * states..(c.next + 1) * states];
                let least = before.iter().zip(after.iter().skip(c.units)).map(|(b, a)| b + a).fold(f64::INFINITY, f64::min);
                least + c.cost - prices[c.demand]
            })
            .collect();
        let minutes = |units: usize| units as i64 * self.unit_minutes;
        let with_minutes = match states {
            1 => Vec::new(),
            _ => (0..states).map(|u| (minutes(u), so_far[n * states + u] + self.whole_day[u])).collect(),
        };
        Margins { best, with, with_minutes }
    }
}
