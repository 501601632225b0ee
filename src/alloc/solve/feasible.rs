//! Can these bookings all be served? The question behind every witness, asked through good_lp: a plain yes or no is all that is needed of the solver.

use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, highs, variable};

use super::super::admission::Search;
use super::super::instance::Instance;
use super::super::model::Model;
use super::super::stop::Stop;

/// Whether all of `bookings` (ascending positions) can be served together by those who may serve them. `None` when it could not be found out.
pub fn all_at_once(instance: &Instance, bookings: &[usize], stop: &Stop) -> Option<bool> {
    if stop.cause().is_some() {
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
