//! Prices of bookings that make the sum of everybody's cheapest days as large as it gets: a bound on what any plan costs.
//!
//! Dropping the rule that a booking is served once, and paying a price for it instead, leaves one shortest path per person. At any prices the sum is a
//! bound; at the best prices it is the bound of the linear program over all days anybody could have, which is the linear program of column
//! generation. Going uphill by subgradients needs no linear program: a sweep in which the prices move after every single person comes near, and
//! steps with momentum and geometrically shrinking length come close.
//!
//! It paid, on spa days: at 20 people the bound of the balance tier is within a billionth of its best in 15 ms; at 200 people within 0.02 % in
//! 2 s, where the dual simplex method takes minutes. Sources: Held & Karp 1971; Goffin 1977 (geometric steps); Nedić & Bertsekas, SIAM J. Optim.
//! 2001 (incremental steps); Polyak 1964 (momentum).

use super::super::super::stop::Stop;
use super::part::Part;
use super::person::Scratch;

/// What is minimized over a part: everything but the days themselves.
#[derive(Debug, Clone)]
pub struct Objective {
    /// Cost of leaving each booking unplaced.
    pub unplaced: Vec<f64>,
    /// Priorities that may stay unplaced in sum; infinite where nothing is held.
    pub room: f64,
    /// Added to every plan's value.
    pub constant: f64,
}

/// Per booking: certainly unplaced, certainly placed, or open.
pub type Fixed = Vec<Option<bool>>;

/// How long and how far to climb. Lengths are shares of the typical price.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Sweeps in which prices move after every person.
    pub sweeps: u64,
    /// Length of the first and the last sweep's steps.
    pub sweep: (f64, f64),
    /// Steps with momentum after them.
    pub steps: u64,
    /// Length of the first and the last of them.
    pub step: (f64, f64),
    /// Share of the last direction that is kept.
    pub momentum: f64,
}

impl Schedule {
    /// Who can be served at all, where that is plain.
    pub const QUICK: Schedule = Schedule { sweeps: 0, sweep: (0.0, 0.0), steps: 300, step: (0.3, 3e-3), momentum: 0.9 };
    /// Who can be served at all, where it is not.
    pub const UNPLACED: Schedule = Schedule { sweeps: 3_000, sweep: (0.3, 3e-4), steps: 600, step: (0.03, 1e-4), momentum: 0.9 };
    /// What is scarce.
    pub const SCARCE: Schedule = Schedule { sweeps: 0, sweep: (0.0, 0.0), steps: 1_200, step: (0.3, 1e-4), momentum: 0.9 };
    /// From nothing to the best prices.
    pub const WHOLE: Schedule = Schedule { sweeps: 300, sweep: (0.2, 0.01), steps: 1_500, step: (0.03, 1e-4), momentum: 0.95 };
    /// From the prices of the tier before.
    pub const NEXT: Schedule = Schedule { sweeps: 0, sweep: (0.0, 0.0), steps: 800, step: (0.03, 1e-4), momentum: 0.9 };
    /// From the prices of a question that differs little.
    pub const NEAR: Schedule = Schedule { sweeps: 0, sweep: (0.0, 0.0), steps: 200, step: (0.02, 2e-4), momentum: 0.9 };
    /// To the last digit, from near.
    pub const FINE: Schedule = Schedule { sweeps: 0, sweep: (0.0, 0.0), steps: 600, step: (0.02, 1e-4), momentum: 0.9 };
}

/// Where a climb ended.
#[derive(Debug, Clone)]
pub struct Climbed {
    /// No plan is cheaper.
    pub bound: f64,
    /// The prices that say so, one per demand.
    pub prices: Vec<f64>,
    /// How often, on the average, each booking was left unplaced.
    pub unplaced: Vec<f64>,
    /// Cells of days' tables filled.
    pub work: u64,
}

/// One question: the part with weighed people, what else counts, and which bookings are decided.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// The people.
    pub part: &'q Part,
    /// What else counts.
    pub objective: &'q Objective,
    /// What is decided.
    pub fixed: &'q Fixed,
    /// Ends the climb early.
    pub stop: &'q Stop,
}

impl Question<'_> {
    /// Climbs from `start`, where prices are about `scale`, until the bound reaches `goal` or the schedule ends.
    pub fn climb(&self, start: &[f64], scale: f64, schedule: Schedule, goal: f64) -> Climbed {
        let count = self.part.demands.len();
        let mut best = Climbed { bound: f64::NEG_INFINITY, prices: start.to_vec(), unplaced: vec![0.0; self.part.priority.len()], work: 0 };
        let mut scratch = Scratch::default();
        let (mut gradient, mut out) = (vec![0.0; count], vec![0.0; self.part.priority.len()]);
        let cells = self.part.cells();
        let mut prices = start.to_vec();
        let shrink = shrinking(schedule.sweep, schedule.sweeps);
        let mut length = schedule.sweep.0 * scale;
        for sweep in 0..schedule.sweeps {
            if sweep % 4 == 0 || sweep + 1 == schedule.sweeps {
                let bound = self.bound(&prices, &mut gradient, &mut out, &mut scratch);
                best.work += cells;
                if best.rises(bound, &prices) && bound >= goal || self.stop.cause().is_some() {
                    return best;
                }
            }
            self.sweep(&mut prices, length, sweep, &mut out, &mut scratch);
            best.work += cells;
            length *= shrink;
        }
        if schedule.sweeps > 0 {
            prices.clone_from(&best.prices);
        }
        let shrink = shrinking(schedule.step, schedule.steps);
        let mut length = schedule.step.0 * scale;
        let mut direction = vec![0.0; count];
        let mut averaged = 0.0;
        for step in 0..schedule.steps {
            let bound = self.bound(&prices, &mut gradient, &mut out, &mut scratch);
            best.work += cells;
            if best.rises(bound, &prices) && bound >= goal || self.stop.cause().is_some() {
                break;
            }
            if step * 4 >= schedule.steps {
                averaged += 1.0;
                best.unplaced.iter_mut().zip(&out).for_each(|(sum, out)| *sum += out);
            }
            for ((price, direction), gradient) in prices.iter_mut().zip(&mut direction).zip(&gradient) {
                *direction = gradient + schedule.momentum * *direction;
                *price += length * (1.0 - schedule.momentum) * *direction;
            }
            length *= shrink;
        }
        if averaged > 0.0 {
            best.unplaced.iter_mut().for_each(|sum| *sum /= averaged);
        }
        best
    }

    /// The bound at these prices.
    pub fn at(&self, prices: &[f64]) -> f64 {
        let (mut gradient, mut out) = (vec![0.0; self.part.demands.len()], vec![0.0; self.part.priority.len()]);
        self.bound(prices, &mut gradient, &mut out, &mut Scratch::default())
    }

    /// The bound at these prices; `gradient` becomes how much each demand is short of being met, `out` how far each booking is left unplaced.
    fn bound(&self, prices: &[f64], gradient: &mut [f64], out: &mut [f64], scratch: &mut Scratch) -> f64 {
        let part = self.part;
        let mut bound = self.objective.constant;
        for ((short, demand), price) in gradient.iter_mut().zip(&part.demands).zip(prices) {
            *short = demand.count;
            bound += demand.count * price;
        }
        for person in &part.people {
            bound += person.cheapest(prices, scratch);
            for &i in &scratch.day {
                gradient[person.candidates[i].demand] -= 1.0;
            }
        }
        bound += self.leave_out(prices, out);
        for (short, demand) in gradient.iter_mut().zip(&part.demands) {
            *short -= demand.count * out[demand.booking];
        }
        bound
    }

    /// Who is left unplaced at these prices, and what that costs: the fractional knapsack of what may be left out.
    pub fn leave_out(&self, prices: &[f64], out: &mut [f64]) -> f64 {
        let part = self.part;
        let (mut sum, mut room) = (0.0, self.objective.room);
        let mut tempting: Vec<(f64, usize)> = Vec::new();
        for (j, out) in out.iter_mut().enumerate() {
            let cost = self.objective.unplaced[j] - part.paid(j, prices);
            *out = 0.0;
            match self.fixed[j] {
                Some(true) => {
                    *out = 1.0;
                    sum += cost;
                    room -= part.priority[j];
                }
                None if cost < 0.0 => tempting.push((cost / part.priority[j].max(1e-9), j)),
                None | Some(false) => {}
            }
        }
        tempting.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (each, j) in tempting {
            if room <= 0.0 {
                break;
            }
            let priority = part.priority[j].max(1e-9);
            out[j] = (room / priority).min(1.0);
            sum += out[j] * priority * each;
            room -= out[j] * priority;
        }
        sum
    }

    /// One sweep: the prices move after every person, in an order that changes from sweep to sweep.
    fn sweep(&self, prices: &mut [f64], length: f64, turn: u64, out: &mut [f64], scratch: &mut Scratch) {
        let part = self.part;
        self.leave_out(prices, out);
        for (price, demand) in prices.iter_mut().zip(&part.demands) {
            *price += length * demand.count * (1.0 - out[demand.booking]);
        }
        let count = part.people.len();
        for at in 0..count {
            let person = &part.people[(at + turn as usize * 13) % count];
            person.cheapest(prices, scratch);
            for &i in &scratch.day {
                prices[person.candidates[i].demand] -= length;
            }
        }
    }
}

impl Climbed {
    /// Takes a bound that is higher.
    fn rises(&mut self, bound: f64, prices: &[f64]) -> bool {
        let higher = bound > self.bound;
        if higher {
            self.bound = bound;
            self.prices.copy_from_slice(prices);
        }
        higher
    }
}

fn shrinking((first, last): (f64, f64), steps: u64) -> f64 {
    if steps == 0 || first <= 0.0 { 1.0 } else { (last / first).powf(1.0 / steps as f64) }
}
