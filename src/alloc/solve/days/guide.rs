//! Plans read off the prices.
//!
//! At the best prices everybody's cheapest day is nearly a plan: some bookings are on two days, some on none. Whoever comes first keeps what two have,
//! the rest is placed by ejection, and a cool annealing mends the details. Small steps of the prices give another plan each time.
//!
//! It paid, on spa days: at 20 people the first plan read off is often the best there is; at 50 people the best of ten is 0.03 to 0.08 % above its
//! bound where annealing alone stays 0.1 % above, and at 200 people 0.036 %. Source: Lagrangian heuristics (Beasley 1993).

use super::super::super::Limits;
use super::super::super::instance::{Instance, Served};
use super::super::super::profile::Tier;
use super::super::polish::Task;
use super::Days;
use super::apart::Set;
use super::person::Scratch;

/// Length of the steps between plans, as shares of the typical price.
const STEPS: [f64; 5] = [2e-4, 5e-4, 1e-3, 3e-3, 1e-2];
/// Sets of plans that are looked into.
const SETS_MAX: usize = 3;

/// The plan in hand and how plans are compared.
pub struct Guide<'g> {
    /// The sheet.
    pub instance: &'g Instance<'g>,
    /// The tiers up to the one that is improved.
    pub tiers: &'g [Tier],
    /// What the tiers before it may not exceed.
    pub held: &'g [f64],
    /// Seed and flag.
    pub limits: &'g Limits,
}

impl Guide<'_> {
    /// Reads off so many plans, two at a time, each as good as it gets at once, and shows those that serve everybody who has to be served, until told
    /// that it is enough.
    pub fn plans(&self, days: &Days, incumbent: &Served, count: usize, mut enough: impl FnMut(Served) -> bool) {
        let sets = &days.sets()[..days.sets().len().min(SETS_MAX)];
        if sets.is_empty() || !days.part.bookings.iter().all(|&b| self.instance.bookings[b].stands_alone()) {
            return;
        }
        let mut prices: Vec<Vec<f64>> = sets.iter().map(|set| set.prices.clone()).collect();
        let mut begun = (0..count.min(STEPS.len() * sets.len())).map(|round| {
            let (s, step) = (round % sets.len(), STEPS[(round / sets.len()) % STEPS.len()]);
            let mut plan = incumbent.clone();
            let mine = read_off(days, &sets[s], &mut prices[s], step * days.weighed.scale, round, &mut plan);
            (round, &sets[s], mine, plan)
        });
        while let Some(first) = begun.next() {
            let second = begun.next();
            let finish = |(round, set, mine, plan): (usize, &Set, Vec<usize>, Served)| self.finish(days, round, set, &mine, plan);
            let both = match (second, self.limits.threads > 1) {
                (Some(second), true) => rayon::join(|| finish(first), || finish(second)),
                (second, _) => (finish(first), second.and_then(finish)),
            };
            for plan in [both.0, both.1].into_iter().flatten() {
                if enough(plan) {
                    return;
                }
            }
            if self.limits.stop.cause().is_some() {
                return;
            }
        }
    }

    /// Places who is on nobody's day and mends the details. `None` where not everybody who has to be served is.
    fn finish(&self, days: &Days, round: usize, set: &Set, mine: &[usize], mut plan: Served) -> Option<Served> {
        let floor = days.left_to_leave_out(set);
        let limits = Limits { seed: self.limits.seed.wrapping_add(round as u64), ..self.limits.clone() };
        let task = Task { instance: self.instance, bookings: mine, tiers: self.tiers, held: self.held, floor, limits: &limits };
        task.place(&mut plan);
        let unplaced: f64 = mine.iter().filter(|&&b| plan[b].is_none()).map(|&b| self.instance.bookings[b].priority).sum();
        if unplaced > floor + 1e-6 {
            return None;
        }
        Task { floor: set.bound, ..task }.refine(&mut plan);
        Some(plan)
    }
}

/// Everybody's cheapest day, first come first served, with prices that move after every person. The bookings of the set that are to be served.
fn read_off(days: &Days, set: &Set, prices: &mut [f64], length: f64, turn: usize, plan: &mut Served) -> Vec<usize> {
    let part = &days.part;
    for &b in &part.bookings {
        plan[b] = None;
    }
    let mut scratch = Scratch::default();
    let count = part.people.len();
    for at in 0..count {
        let person = &part.people[(at + turn * 17) % count];
        person.cheapest(prices, &mut scratch);
        for &i in &scratch.day {
            let demand = person.candidates[i].demand;
            let b = part.booking_of(demand);
            if set.fixed[part.demands[demand].booking] != Some(true) && plan[b].is_none() {
                plan[b] = Some(vec![person.resource]);
            }
            prices[demand] -= length;
        }
    }
    for (price, demand) in prices.iter_mut().zip(&part.demands) {
        if set.fixed[demand.booking] != Some(true) {
            *price += length * demand.count;
        }
    }
    (0..part.bookings.len()).filter(|&j| set.fixed[j] != Some(true)).map(|j| part.bookings[j]).collect()
}
