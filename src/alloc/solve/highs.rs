//! One program, one HiGHS instance, one OS thread: built, run and dropped there. HiGHS itself never runs in parallel; parallelism is ours.

use std::ffi::{CStr, c_char, c_int, c_void};

use highs::{ColProblem, HighsModelStatus, HighsSolutionStatus, Sense};
use highs_sys::{
    Highs_setCallback, Highs_startCallback, Highs_version, HighsCallbackDataIn, HighsCallbackDataOut, STATUS_OK, kHighsCallbackMipInterrupt,
};

use super::super::Limits;
use super::super::model::{Linear, Model, Row as ModelRow, RowKey};
use super::super::stop::{Stop, StopCause};

/// A program to be minimized, column by column.
#[derive(Debug, Default)]
pub struct Program {
    /// Sides of the rows.
    rows: Vec<(f64, f64)>,
    columns: Vec<Column>,
    /// Whether HiGHS may simplify it first.
    pub presolve: bool,
}

#[derive(Debug)]
struct Column {
    cost: f64,
    lower: f64,
    upper: f64,
    integer: bool,
    factors: Vec<(usize, f64)>,
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
    /// Proven lower bound of the objective; may be negative infinity.
    pub bound: f64,
}

impl Answer {
    fn nothing(ended: Ended) -> Answer {
        Answer { ended, columns: None, bound: f64::NEG_INFINITY }
    }
}

/// Solver and version, for the record.
pub fn solver() -> String {
    // SAFETY: HiGHS returns a pointer to a static, zero-terminated string.
    let version = unsafe { CStr::from_ptr(Highs_version()) };
    format!("HiGHS {}", version.to_string_lossy())
}

impl Program {
    /// A program with so many free rows and no columns.
    fn with_rows(count: usize) -> Program {
        Program { rows: vec![(f64::NEG_INFINITY, f64::INFINITY); count], columns: Vec::new(), presolve: false }
    }

    /// A model with further rows that hold tiers, and the tier to minimize. The objective's constant is not in it.
    pub fn of_model(model: &Model, held: &[ModelRow], objective: &Linear) -> Program {
        let mut program = Program::with_rows(model.rows.len() + held.len());
        program.columns = model
            .variables
            .columns()
            .iter()
            .map(|c| Column { cost: 0.0, lower: c.lower, upper: c.upper, integer: c.integer, factors: Vec::new() })
            .collect();
        for (col, c) in &objective.terms {
            program.columns[*col].cost += c;
        }
        for (at, row) in model.rows.iter().chain(held).enumerate() {
            program.rows[at] = (row.lower, row.upper);
            for (col, c) in &row.terms {
                program.columns[*col].factors.push((at, *c));
            }
        }
        program
    }

    /// Narrows what a column may be.
    pub fn narrow(&mut self, column: usize, lower: f64, upper: f64) {
        let c = &mut self.columns[column];
        (c.lower, c.upper) = (c.lower.max(lower), c.upper.min(upper));
    }

    /// Columns that are not fixed.
    pub fn free_columns(&self) -> usize {
        self.columns.iter().filter(|c| !c.is_fixed()).count()
    }

    /// Hands over what is free; fixed columns become constants.
    fn load(&self, relaxed: bool) -> Loaded {
        let mut moved = vec![0.0; self.rows.len()];
        let mut has_free = vec![false; self.rows.len()];
        let mut constant = 0.0;
        for c in &self.columns {
            for (row, factor) in &c.factors {
                match c.is_fixed() {
                    true => moved[*row] += factor * c.lower,
                    false => has_free[*row] = true,
                }
            }
            if c.is_fixed() {
                constant += c.cost * c.lower;
            }
        }
        let mut program = ColProblem::new();
        let (mut rows, mut row_of) = (Vec::new(), vec![None; self.rows.len()]);
        for (at, (lower, upper)) in self.rows.iter().enumerate() {
            let holds_anyway = *lower <= moved[at] + 1e-7 && *upper >= moved[at] - 1e-7;
            if has_free[at] || !holds_anyway {
                row_of[at] = Some(program.add_row(lower - moved[at]..=upper - moved[at]));
                rows.push(at);
            }
        }
        let mut free = Vec::new();
        for (at, c) in self.columns.iter().enumerate().filter(|(_, c)| !c.is_fixed()) {
            let factors = c.factors.iter().filter_map(|(row, factor)| Some((row_of[*row]?, *factor)));
            program.add_column_with_integrality(c.cost, c.lower..=c.upper, factors, c.integer && !relaxed);
            free.push(at);
        }
        let mut model = program.optimise(Sense::Minimise);
        model.make_quiet();
        model.set_option("threads", 1);
        model.set_option("parallel", "off");
        Loaded { model, free, rows, constant }
    }

    /// All columns, from those that were free.
    fn whole(&self, free: &[usize], values: &[f64]) -> Vec<f64> {
        let mut all: Vec<f64> = self.columns.iter().map(|c| c.lower).collect();
        for (at, value) in free.iter().zip(values) {
            all[*at] = *value;
        }
        all
    }
}

impl Column {
    fn is_fixed(&self) -> bool {
        self.lower == self.upper
    }
}

/// A program as HiGHS has it.
struct Loaded {
    model: highs::Model,
    /// Which columns of the program its columns are.
    free: Vec<usize>,
    /// Which rows of the program its rows are.
    rows: Vec<usize>,
    /// What the fixed columns cost.
    constant: f64,
}

/// Minimizes a program from a feasible start, if one is known, until incumbent and bound are within `gap_absolute`.
pub fn run(program: &Program, start: Option<&[f64]>, gap_absolute: f64, nodes_max: u64, limits: &Limits) -> Answer {
    if let Some(cause) = limits.stop.cause() {
        return Answer::nothing(Ended::Stopped(cause));
    }
    let Loaded { mut model, free, constant, .. } = program.load(false);
    // Measured on 20-person sheets: presolve finds little in clique rows, and its restarts made the worst of four seeds ten times slower; feasibility
    // jump costs a third of a small solve and finds nothing better than the start.
    // Where a longest or shortest day is in the objective it finds a lot, and a salon's year takes seconds with it and many minutes without.
    model.set_option("presolve", if program.presolve { "on" } else { "off" });
    model.set_option("mip_heuristic_run_feasibility_jump", false);
    model.set_option("random_seed", i32::try_from(limits.seed % 2_147_483_647).unwrap_or(0));
    model.set_option("mip_rel_gap", 0.0);
    model.set_option("mip_abs_gap", gap_absolute);
    model.set_option("mip_max_nodes", i32::try_from(nodes_max).unwrap_or(i32::MAX));
    // SAFETY: `limits.stop` outlives the run, which ends in this function; HiGHS calls back on this thread only, with the pointer given here.
    let listening = unsafe {
        let flag: *const Stop = &raw const limits.stop;
        Highs_setCallback(model.as_mut_ptr(), Some(interrupt), flag.cast_mut().cast()) == STATUS_OK
            && Highs_startCallback(model.as_mut_ptr(), kHighsCallbackMipInterrupt) == STATUS_OK
    };
    if let (true, Some(start)) = (listening, start) {
        // A refused start costs time, not correctness.
        let start: Vec<f64> = free.iter().map(|&at| start[at]).collect();
        let _ = model.try_set_solution(Some(&start), None, None, None);
    }
    let Ok(solved) = model.try_solve() else { return Answer::nothing(Ended::Failed) };
    let ended = match solved.status() {
        HighsModelStatus::Optimal | HighsModelStatus::ModelEmpty => Ended::Proof,
        HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => Ended::Infeasible,
        HighsModelStatus::ReachedInterrupt => Ended::Stopped(limits.stop.cause().unwrap_or(StopCause::Interrupt)),
        HighsModelStatus::ReachedSolutionLimit | HighsModelStatus::ReachedIterationLimit => Ended::Work,
        _ => return Answer::nothing(Ended::Failed),
    };
    let columns = (solved.primal_solution_status() == HighsSolutionStatus::Feasible).then(|| program.whole(&free, solved.get_solution().columns()));
    let bound = match (ended, solved.double_info_value(c"mip_dual_bound")) {
        // Without integer columns HiGHS solves a linear program, whose optimum is its own bound.
        (Ended::Proof, _) if !free.iter().any(|&at| program.columns[at].integer) => solved.objective_value(),
        (_, Ok(bound)) => bound,
        (_, Err(_)) => f64::NEG_INFINITY,
    };
    Answer { ended, columns, bound: bound + constant }
}

/// How far a booking must stay unplaced, fractionally, when all others of a model are served, and the bookings that make it so.
#[derive(Debug)]
pub struct Pressure {
    /// Least value of the booking's unplaced column in the linear relaxation; above zero there is no room.
    pub unplaced: f64,
    /// Bookings whose demands have a dual price, ascending: already these leave no room in the relaxation.
    pub priced: Vec<usize>,
}

/// Simplex iterations one such question is worth: enough for 50 people, and a bound on the work at 500.
const PRESSURE_ITERATIONS_MAX: i32 = 10_000;

/// Solves the linear relaxation in which all bookings of the model but one are served. `None` when even the relaxation of the others has no
/// solution, or the solver failed.
pub fn pressure(model: &Model, booking: usize) -> Option<Pressure> {
    let free = model.variables.unplaced(booking);
    let mut program = Program::of_model(model, &[], &Linear { constant: 0.0, terms: vec![(free, 1.0)] });
    for &b in model.bookings.iter().filter(|b| **b != booking) {
        program.columns[model.variables.unplaced(b)].upper = 0.0;
    }
    let Loaded { model: mut relaxed, free: columns, rows, .. } = program.load(true);
    relaxed.set_option("simplex_iteration_limit", PRESSURE_ITERATIONS_MAX);
    let solved = relaxed.try_solve().ok()?;
    if solved.status() != HighsModelStatus::Optimal {
        return None;
    }
    let solution = solved.get_solution();
    let mut priced: Vec<usize> = rows
        .iter()
        .zip(solution.dual_rows())
        .filter(|(_, dual)| dual.abs() > 1e-7)
        .filter_map(|(row, _)| match model.rows[*row].key {
            RowKey::Demand(b, _) => Some(b),
            _ => None,
        })
        .collect();
    priced.sort_unstable();
    priced.dedup();
    Some(Pressure { unplaced: program.whole(&columns, solution.columns())[free], priced })
}

/// Called by HiGHS every now and then during a MIP.
unsafe extern "C" fn interrupt(
    _kind: c_int,
    _message: *const c_char,
    _out: *const HighsCallbackDataOut,
    data: *mut HighsCallbackDataIn,
    flag: *mut c_void,
) {
    // SAFETY: `flag` is the `Stop` that `run` gave and keeps alive; `data` is HiGHS's own and valid during the call, or null.
    unsafe {
        if !data.is_null() && (*flag.cast_const().cast::<Stop>()).cause().is_some() {
            (*data).user_interrupt = 1;
        }
    }
}
