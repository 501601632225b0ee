//! How small a team can be at best, from the linear relaxation.
//!
//! The program is the one of Krishnamoorthy, Ernst & Baatar (EJOR 219, 2012, sec. 3) with a price on what is left undone: each task is done by
//! shares of workers, and whoever has shares of tasks under way at one instant is in the team by the sum of those shares at least.
//!
//! It paid where somebody must be left out, which single instants hardly see: on spa days of 20 and 50 people the bound of the team rises from 14 and 35
//! to the team found, 19 and 48, and all is proven in 0.3 and 3 s instead of 10 and 60 s. On the 35 published instances it never exceeds the bound
//! from single instants, so the search comes first there.

use super::super::super::instance::cliques;
use super::super::super::profile::Term;
use super::super::super::stop::Stop;
use super::super::highs::Program;
use super::Caps;
use super::part::Part;

/// Simplex iterations the relaxation is worth.
const ITERATIONS_MAX: i32 = 100_000;
/// A bound this little above a whole number is that number: the sums behind it are of floating-point numbers.
const NOISE: f64 = 1e-6;

/// How many shares of tasks the program has columns for.
pub fn columns(part: &Part) -> u64 {
    part.eligible.iter().map(|who| who.len() as u64).sum()
}

/// The goal cannot be lower than this: whole, as the goal is. 0 where the relaxation could not be solved.
pub fn least(part: &Part, goal: Term, caps: Caps, stop: &Stop) -> u64 {
    let mut program = Program::default();
    let capped = |most: usize| if most == usize::MAX { f64::INFINITY } else { most as f64 };
    let out = program.row(f64::NEG_INFINITY, if goal == Term::Unplaced { f64::INFINITY } else { caps.out as f64 });
    let team = program.row(f64::NEG_INFINITY, capped(caps.resources));
    let temps = program.row(f64::NEG_INFINITY, capped(caps.temporary));
    let done: Vec<usize> = part.spans.iter().map(|_| program.row(1.0, 1.0)).collect();
    for (task, row) in done.iter().enumerate() {
        let price = part.priority[task] as f64;
        program.share(if goal == Term::Unplaced { price } else { 0.0 }, vec![(*row, 1.0), (out, price)]);
    }
    for w in 0..part.workers() {
        let counts = match goal {
            Term::ResourcesUsed => true,
            Term::TemporaryUsed => part.temporary[w],
            _ => false,
        };
        let mine: Vec<usize> = (0..part.tasks()).filter(|&j| part.can[w][j]).collect();
        let mut rows_of = vec![Vec::new(); mine.len()];
        let mut factors = vec![(team, 1.0)];
        if part.temporary[w] {
            factors.push((temps, 1.0));
        }
        for set in busy_together(part, &mine) {
            let row = program.row(f64::NEG_INFINITY, 0.0);
            set.into_iter().for_each(|at| rows_of[at].push((row, 1.0)));
            factors.push((row, -1.0));
        }
        program.share(f64::from(u8::from(counts)), factors);
        for (at, &task) in mine.iter().enumerate() {
            let mut factors = std::mem::take(&mut rows_of[at]);
            factors.push((done[task], 1.0));
            program.share(0.0, factors);
        }
    }
    // A bound that an early end left behind is as valid as that of the optimum.
    let bound = program.relaxed(ITERATIONS_MAX, stop).map_or(0.0, |relaxed| relaxed.bound);
    (bound - NOISE).ceil().max(0.0) as u64
}

/// Positions in `mine` of the maximal sets of tasks under way at one instant, single ones included.
fn busy_together(part: &Part, mine: &[usize]) -> Vec<Vec<usize>> {
    let items: Vec<_> = mine.iter().enumerate().map(|(at, &j)| (part.spans[j], at)).collect();
    let mut sets = cliques(&items);
    let mut together = vec![false; mine.len()];
    sets.iter().flatten().for_each(|&at| together[at] = true);
    sets.extend((0..mine.len()).filter(|&at| !together[at]).map(|at| vec![at]));
    sets
}
