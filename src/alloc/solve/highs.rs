//! One program, one HiGHS instance, one OS thread: built, run and dropped there. HiGHS itself never runs in parallel; parallelism is ours.

use std::ffi::{CStr, c_char, c_int, c_void};

use highs::{ColProblem, HighsModelStatus, HighsSolutionStatus, Sense};
use highs_sys::{
    Highs_setCallback, Highs_startCallback, Highs_version, HighsCallbackDataIn, HighsCallbackDataOut, STATUS_OK, kHighsCallbackMipInterrupt,
    kHighsCallbackSimplexInterrupt,
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

    /// Adds a row without factors and returns its number.
    pub fn row(&mut self, lower: f64, upper: f64) -> usize {
        self.rows.push((lower, upper));
        self.rows.len() - 1
    }

    /// Adds a continuous column between 0 and 1 with its factors in the rows there are, and returns its number.
    pub fn share(&mut self, cost: f64, factors: Vec<(usize, f64)>) -> usize {
        self.columns.push(Column { cost, lower: 0.0, upper: 1.0, integer: false, factors });
        self.columns.len() - 1
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

    /// Solves the linear relaxation, in at most so many simplex iterations. `None` where it has no solution, or the solver failed before it had duals.
    pub fn relaxed(&self, iterations_max: i32, stop: &Stop) -> Option<Relaxed> {
        if stop.cause().is_some() {
            return None;
        }
        let Loaded { mut model, free, rows, .. } = self.load(true);
        model.set_option("simplex_iteration_limit", iterations_max);
        // SAFETY: `stop` outlives the run, which ends in this function; HiGHS calls back on this thread only, with the pointer given here.
        unsafe {
            let flag: *const Stop = stop;
            // Without the callback the run is longer, not wrong: its iterations are limited.
            let _ = Highs_setCallback(model.as_mut_ptr(), Some(interrupt), flag.cast_mut().cast());
            let _ = Highs_startCallback(model.as_mut_ptr(), kHighsCallbackSimplexInterrupt);
        }
        let solved = model.try_solve().ok()?;
        let ended = solved.status();
        if matches!(ended, HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible) {
            return None;
        }
        let solution = solved.get_solution();
        if solution.dual_rows().len() != rows.len() {
            return None;
        }
        let mut duals = vec![0.0; self.rows.len()];
        for (row, dual) in rows.iter().zip(solution.dual_rows()) {
            duals[*row] = *dual;
        }
        duals.iter().all(|dual| dual.is_finite()).then(|| Relaxed {
            optimal: ended == HighsModelStatus::Optimal,
            columns: self.whole(&free, solution.columns()),
            bound: self.bound_of(&duals),
            duals,
        })
    }

    /// What any prices of the rows prove of the minimum (weak duality): nothing the solver says is trusted for it.
    fn bound_of(&self, duals: &[f64]) -> f64 {
        /// `price` times the side of a range that makes the product smallest, or 0 for a side that is not there.
        fn least(price: f64, lower: f64, upper: f64) -> f64 {
            if price == 0.0 { 0.0 } else { price * if price > 0.0 { lower } else { upper } }
        }
        // A price on a side that is not there proves nothing; without it the others still do.
        let priced = |row: usize, dual: f64| if least(dual, self.rows[row].0, self.rows[row].1).is_finite() { dual } else { 0.0 };
        let prices: Vec<f64> = duals.iter().enumerate().map(|(row, dual)| priced(row, *dual)).collect();
        let rows: f64 = prices.iter().zip(&self.rows).map(|(price, (lower, upper))| least(*price, *lower, *upper)).sum();
        let reduced = |c: &Column| c.cost - c.factors.iter().map(|(row, factor)| prices[*row] * factor).sum::<f64>();
        rows + self.columns.iter().map(|c| least(reduced(c), c.lower, c.upper)).sum::<f64>()
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

/// What the linear relaxation of a program says.
#[derive(Debug)]
pub struct Relaxed {
    /// Whether it was solved to the end.
    pub optimal: bool,
    /// Values of the columns, where it ended.
    pub columns: Vec<f64>,
    /// Prices of the rows.
    pub duals: Vec<f64>,
    /// No solution, whole or not, is below this. Valid wherever the run ended; negative infinity where nothing is proven.
    pub bound: f64,
}

/// Minimizes a program from a feasible start, if one is known, until incumbent and bound are within `gap_absolute`.
pub fn run(program: &Program, start: Option<&[f64]>, gap_absolute: f64, nodes_max: u64, limits: &Limits) -> Answer {
    if let Some(cause) = limits.stop.cause() {
        return Answer::nothing(Ended::Stopped(cause));
    }
    let Loaded { mut model, free, rows, constant } = program.load(false);
    if free.is_empty() {
        // HiGHS has nothing to say of a program without columns. A row is left only where it is broken.
        return match rows.is_empty() {
            true => Answer { ended: Ended::Proof, columns: Some(program.whole(&[], &[])), bound: constant },
            false => Answer::nothing(Ended::Infeasible),
        };
    }
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
    let relaxed = program.relaxed(PRESSURE_ITERATIONS_MAX, &Stop::new()).filter(|relaxed| relaxed.optimal)?;
    let mut priced: Vec<usize> = model
        .rows
        .iter()
        .zip(&relaxed.duals)
        .filter(|(_, dual)| dual.abs() > 1e-7)
        .filter_map(|(row, _)| match row.key {
            RowKey::Demand(b, _) => Some(b),
            _ => None,
        })
        .collect();
    priced.sort_unstable();
    priced.dedup();
    Some(Pressure { unplaced: relaxed.columns[free], priced })
}

/// Called by HiGHS every now and then while it solves.
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
