//! Can these bookings all be served? The question behind every witness.
//!
//! Prices answer most noes and placing by ejection most yeses, in some tenths of a millisecond; what neither can tell is asked of HiGHS through
//! good_lp: a plain yes or no is all that is needed of it.

use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, highs, variable};

use super::super::Limits;
use super::super::admission::Search;
use super::super::instance::{Instance, Served};
use super::super::model::Model;
use super::super::profile::{Term, Tier};
use super::super::stop::Stop;
use super::days::Days;
use super::polish::Task;

/// Assignments among which HiGHS is asked to find a plan: it cannot be interrupted here, and more take minutes.
const WAYS_MAX: usize = 3_000;
/// Bookings beyond which a long climb takes seconds.
const LARGE: usize = 300;
/// Beyond what rounding could do to a sum of prices.
const CERTAINLY: f64 = 1e-3;

/// The answer where prices or placing can tell.
fn without_solver(instance: &Instance, bookings: &[usize], hint: Option<&Served>, stop: &Stop) -> Option<bool> {
    let tiers = &[unplaced()];
    let limits = Limits { stop: stop.clone(), ..Limits::default() };
    let days = Days::of(instance, bookings, tiers)?;
    let glance = days.glance(CERTAINLY, &limits);
    if glance.bound >= CERTAINLY {
        return Some(false);
    }
    let mut served: Served = vec![None; instance.bookings.len()];
    for &b in bookings {
        served[b] = hint.and_then(|hint| hint[b].clone());
    }
    if bookings.iter().all(|&b| instance.bookings[b].stands_alone()) {
        Task { instance, bookings, tiers, held: &[], floor: 0.0, limits: &limits }.place(&mut served);
        if bookings.iter().all(|&b| served[b].is_some()) {
            return Some(true);
        }
    }
    if bookings.len() > LARGE {
        return None;
    }
    (days.stare(glance, CERTAINLY, &limits).bound >= CERTAINLY).then_some(false)
}

/// The bookings of a crowd that its prices need: as crowded without the others. Leaving out a booking costs a bound no more than its price, so those
/// with the lowest prices go, as long as the bound stays above nothing. The crowd itself where prices do not show that it is one.
pub fn priced(instance: &Instance, crowd: Vec<usize>, booking: usize, stop: &Stop) -> Vec<usize> {
    let limits = Limits { stop: stop.clone(), ..Limits::default() };
    let mut crowd = crowd;
    while let Some(days) = Days::of(instance, &crowd, &[unplaced()]) {
        let climbed = days.glance(f64::INFINITY, &limits);
        let mut spare = climbed.bound - CERTAINLY;
        let mut by_price: Vec<(f64, usize)> = crowd.iter().enumerate().map(|(j, &b)| (days.price_of(j, &climbed), b)).collect();
        by_price.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let before = crowd.len();
        for (price, b) in by_price {
            if b == booking || price.max(0.0) > spare {
                continue;
            }
            spare -= price.max(0.0);
            crowd.retain(|&kept| kept != b);
        }
        if crowd.len() == before || stop.cause().is_some() {
            break;
        }
    }
    crowd
}

/// The tier of who can be served at all.
fn unplaced() -> Tier {
    Tier::of(Term::Unplaced)
}

/// Whether all of `bookings` (ascending positions) can be served together by those who may serve them. `None` when it could not be found out.
pub fn all_at_once(instance: &Instance, bookings: &[usize], stop: &Stop) -> Option<bool> {
    decide(instance, bookings, None, stop)
}

/// The same, told how most of them can be served together.
pub fn all_at_once_from(instance: &Instance, bookings: &[usize], served: &Served, stop: &Stop) -> Option<bool> {
    decide(instance, bookings, Some(served), stop)
}

fn decide(instance: &Instance, bookings: &[usize], hint: Option<&Served>, stop: &Stop) -> Option<bool> {
    if stop.cause().is_some() {
        return None;
    }
    if let Some(answer) = without_solver(instance, bookings, hint, stop) {
        return Some(answer);
    }
    let ways: usize = bookings.iter().flat_map(|&b| &instance.bookings[b].demands).map(|w| w.resources.len() + w.combinations.len()).sum();
    if ways > WAYS_MAX || stop.cause().is_some() {
        return None;
    }
    let model = Model::feasibility(instance, bookings);
    let unplaced: Vec<usize> = bookings.iter().map(|&b| model.variables.unplaced(b)).collect();
    let mut problem = ProblemVariables::new();
    let columns: Vec<_> = model
        .variables
        .columns()
        .iter()
        .enumerate()
        .map(|(col, c)| {
            let upper = if unplaced.binary_search(&col).is_ok() { 0.0 } else { c.upper };
            let bounded = variable().min(c.lower).max(upper);
            problem.add(if c.integer { bounded.integer() } else { bounded })
        })
        .collect();
    let mut solver = problem.minimise(Expression::from(0.0)).using(highs).set_threads(1).set_option("mip_heuristic_run_feasibility_jump", false);
    solver.set_verbose(false);
    for row in &model.rows {
        let sum: Expression = row.terms.iter().map(|(col, c)| columns[*col] * *c).sum();
        if row.lower == row.upper {
            solver.add_constraint(sum.eq(row.upper));
        } else if row.upper.is_finite() {
            solver.add_constraint(sum.leq(row.upper));
        } else {
            solver.add_constraint(sum.geq(row.lower));
        }
    }
    match solver.solve() {
        Ok(_) => Some(true),
        Err(ResolutionError::Infeasible) => Some(false),
        Err(_) => None,
    }
}

/// One of `options[k]` numbered ways for every k, no two of which stand together in any of `exclusions` (pairs of k and way).
pub fn one_each(options: &[usize], exclusions: &[Vec<(usize, usize)>], stop: &Stop) -> Search<Vec<usize>> {
    if stop.cause().is_some() {
        return Search::OutOfWork;
    }
    let mut problem = ProblemVariables::new();
    let columns: Vec<Vec<_>> = options.iter().map(|&ways| problem.add_vector(variable().binary(), ways)).collect();
    let mut solver = problem.minimise(Expression::from(0.0)).using(highs).set_threads(1).set_option("mip_heuristic_run_feasibility_jump", false);
    solver.set_verbose(false);
    for ways in &columns {
        solver.add_constraint(ways.iter().sum::<Expression>().eq(1.0));
    }
    for together in exclusions {
        solver.add_constraint(together.iter().map(|&(k, way)| columns[k][way]).sum::<Expression>().leq(1.0));
    }
    match solver.solve() {
        Ok(found) => Search::Found(columns.iter().map(|ways| ways.iter().position(|&way| found.value(way) > 0.5).unwrap_or(0)).collect()),
        Err(ResolutionError::Infeasible) => Search::Impossible,
        Err(_) => Search::OutOfWork,
    }
}
