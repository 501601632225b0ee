//! One program, one HiGHS instance, one OS thread: built, run and dropped there. HiGHS itself never runs in parallel; parallelism is ours.

use std::ffi::{CStr, c_char, c_int, c_void};

use highs::{HighsModelStatus, HighsSolutionStatus, RowProblem, Sense};
use highs_sys::{
    Highs_setCallback, Highs_startCallback, Highs_version, HighsCallbackDataIn, HighsCallbackDataOut, STATUS_OK, kHighsCallbackMipInterrupt,
};

use super::super::model::{Linear, Model, Row, RowKey};
use super::super::stop::{Stop, StopCause};

/// A program to be minimized.
#[derive(Debug)]
pub struct Task<'a, 'i> {
    /// Columns and rows.
    pub model: &'a Model<'i>,
    /// Further rows: tiers that are held.
    pub held: &'a [Row],
    /// What to minimize.
    pub objective: &'a Linear,
    /// A feasible value of every column, if one is known.
    pub start: Option<&'a [f64]>,
    /// The search may end when incumbent and bound are this close.
    pub gap_absolute: f64,
    /// Branch-and-bound nodes.
    pub nodes_max: u64,
    /// Seed of HiGHS.
    pub seed: u64,
    /// Ends the search early.
    pub stop: &'a Stop,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Incumbent and bound meet.
    Proof,
    /// Nothing satisfies the rows.
    Infeasible,
    /// The flag was raised.
    Stopped(StopCause),
    /// The node limit.
    Work,
    /// Anything else; nothing of the answer is to be used.
    Failed,
}

/// What a run found.
#[derive(Debug)]
pub struct Answer {
    /// How it ended.
    pub ended: Ended,
    /// Values of the columns of the best solution.
    pub columns: Option<Vec<f64>>,
    /// Proven lower bound of the objective, its constant included; may be negative infinity.
    pub bound: f64,
}

/// Solver and version, for the record.
pub fn solver() -> String {
    // SAFETY: HiGHS returns a pointer to a static, zero-terminated string.
    let version = unsafe { CStr::from_ptr(Highs_version()) };
    format!("HiGHS {}", version.to_string_lossy())
}

/// Solves a program.
pub fn minimize(task: &Task) -> Answer {
    if let Some(cause) = task.stop.cause() {
        return Answer { ended: Ended::Stopped(cause), columns: None, bound: f64::NEG_INFINITY };
    }
    let mut model = load(task);
    options(&mut model, task);
    // SAFETY: `task.stop` outlives the run, which ends in this function; HiGHS calls back on this thread only, with the pointer given here.
    let listening = unsafe {
        let flag: *const Stop = task.stop;
        Highs_setCallback(model.as_mut_ptr(), Some(interrupt), flag.cast_mut().cast()) == STATUS_OK
            && Highs_startCallback(model.as_mut_ptr(), kHighsCallbackMipInterrupt) == STATUS_OK
    };
    if let (true, Some(start)) = (listening, task.start) {
        // A refused start costs time, not correctness.
        let _ = model.try_set_solution(Some(start), None, None, None);
    }
    let Ok(solved) = model.try_solve() else { return failed() };
    let ended = match solved.status() {
        HighsModelStatus::Optimal => Ended::Proof,
        HighsModelStatus::ModelEmpty => Ended::Proof,
        HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => Ended::Infeasible,
        HighsModelStatus::ReachedInterrupt => Ended::Stopped(task.stop.cause().unwrap_or(StopCause::Interrupt)),
        HighsModelStatus::ReachedSolutionLimit | HighsModelStatus::ReachedIterationLimit => Ended::Work,
        _ => Ended::Failed,
    };
    if ended == Ended::Failed {
        return failed();
    }
    let columns = (solved.primal_solution_status() == HighsSolutionStatus::Feasible).then(|| solved.get_solution().columns().to_vec());
    let bound = solved.double_info_value(c"mip_dual_bound").unwrap_or(f64::NEG_INFINITY) + task.objective.constant;
    Answer { ended, columns, bound }
}

/// How far a booking must stay unplaced, fractionally, when all others of a model are served, and the bookings that make it so.
#[derive(Debug)]
pub struct Pressure {
    /// Least value of the booking's unplaced column in the linear relaxation; above zero there is no room.
    pub unplaced: f64,
    /// Bookings whose demands have a dual price, ascending: already these leave no room in the relaxation.
    pub priced: Vec<usize>,
}

/// Solves the linear relaxation in which all bookings of the model but one are served. `None` when even the relaxation of the others has no
/// solution, or the solver failed.
pub fn pressure(model: &Model, booking: usize) -> Option<Pressure> {
    let free = model.variables.unplaced(booking);
    let taken: Vec<usize> = model.bookings.iter().filter(|&&b| b != booking).map(|&b| model.variables.unplaced(b)).collect();
    let mut program = RowProblem::new();
    let born: Vec<highs::Col> = model
        .variables
        .columns()
        .iter()
        .enumerate()
        .map(|(col, c)| {
            let upper = if taken.binary_search(&col).is_ok() { 0.0 } else { c.upper };
            program.add_column(if col == free { 1.0 } else { 0.0 }, c.lower..=upper)
        })
        .collect();
    for row in &model.rows {
        program.add_row(row.lower..=row.upper, row.terms.iter().map(|(col, c)| (born[*col], *c)));
    }
    let mut lp = program.optimise(Sense::Minimise);
    lp.make_quiet();
    lp.set_option("threads", 1);
    lp.set_option("parallel", "off");
    let solved = lp.try_solve().ok()?;
    if solved.status() != HighsModelStatus::Optimal {
        return None;
    }
    let solution = solved.get_solution();
    let mut priced: Vec<usize> = model
        .rows
        .iter()
        .zip(solution.dual_rows())
        .filter(|(_, dual)| dual.abs() > 1e-7)
        .filter_map(|(row, _)| match row.key {
            RowKey::Demand(b, _) => Some(b),
            _ => None,
        })
        .collect();
    priced.sort_unstable();
    priced.dedup();
    Some(Pressure { unplaced: solution.columns()[free], priced })
}

fn failed() -> Answer {
    Answer { ended: Ended::Failed, columns: None, bound: f64::NEG_INFINITY }
}

fn load(task: &Task) -> highs::Model {
    let columns = task.model.variables.columns();
    let mut costs = vec![0.0; columns.len()];
    for (col, c) in &task.objective.terms {
        costs[*col] += c;
    }
    let mut program = RowProblem::new();
    let born: Vec<highs::Col> =
        columns.iter().zip(costs).map(|(c, cost)| program.add_column_with_integrality(cost, c.lower..=c.upper, c.integer)).collect();
    for row in task.model.rows.iter().chain(task.held) {
        program.add_row(row.lower..=row.upper, row.terms.iter().map(|(col, c)| (born[*col], *c)));
    }
    program.optimise(Sense::Minimise)
}

fn options(model: &mut highs::Model, task: &Task) {
    model.make_quiet();
    model.set_option("threads", 1);
    model.set_option("parallel", "off");
    // With a start in hand it costs a third of a small solve and finds nothing better.
    model.set_option("mip_heuristic_run_feasibility_jump", false);
    model.set_option("random_seed", i32::try_from(task.seed % 2_147_483_647).unwrap_or(0));
    model.set_option("mip_rel_gap", 0.0);
    model.set_option("mip_abs_gap", task.gap_absolute);
    model.set_option("mip_max_nodes", i32::try_from(task.nodes_max).unwrap_or(i32::MAX));
}

/// Called by HiGHS every now and then during a MIP.
unsafe extern "C" fn interrupt(
    _kind: c_int,
    _message: *const c_char,
    _out: *const HighsCallbackDataOut,
    data: *mut HighsCallbackDataIn,
    flag: *mut c_void,
) {
    // SAFETY: `flag` is the `Stop` that `minimize` gave and keeps alive; `data` is HiGHS's own and valid during the call, or null.
    unsafe {
        if !data.is_null() && (*flag.cast_const().cast::<Stop>()).cause().is_some() {
            (*data).user_interrupt = 1;
        }
    }
}
