//! What would have been: every past day as it was recorded, beside the greedy hand and the optimum. Reads the store and writes nothing.
//!
//! - *recorded*: who really served, as people wrote it down. Records may overlap one another; they are facts, not a plan, and are only valued.
//! - *greedy*: everything dealt from nothing, in the order of start, to the least-busy free person who may serve it.
//! - *optimum*: the allocator's plan, with the recorded people as the current assignment, so that its moves are bookings served by another.
//!
//! Both plans are made for the whole day at once, so the optimum shows what the night's run is worth. No plan is shown before
//! [`crate::alloc::check`] has passed it.

mod day;
mod hours;
mod reference;
mod summary;

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::Serialize;

pub use day::{DayOutcome, Figures};
pub use hours::OnDuty;
pub use reference::{Cause, Comparison, ReferenceDay, compare};
pub use summary::{Means, Summary, summarize};

use crate::alloc::{Profile, Stop};
use crate::clock::Clock;
use crate::sheet::Sheet;
use crate::store::{DayView, Result, Store};

/// A past day, ready to be dealt again.
#[derive(Debug, Clone)]
pub struct PastDay {
    /// Its sheet; the current assignment is who really served.
    pub sheet: Sheet,
}

/// How the days are run.
pub struct Running<'a> {
    /// The objective.
    pub profile: &'a Profile,
    /// Days at a time; each search uses one thread, so that a day's plan does not depend on it.
    pub threads: usize,
    /// Seed of every search.
    pub seed: u64,
    /// Times the searches.
    pub clock: &'a dyn Clock,
    /// Runs one day's search under its time limit: it is handed the flag to raise and the work to do.
    pub limited: &'a (dyn Fn(&Stop, &mut (dyn FnMut() + Send)) + Sync),
    /// Hears of each day when it is done.
    pub done: &'a (dyn Fn() + Sync),
}

/// A plan the checker found a fault in. None of it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{date}: the {plan} plan breaks a rule, so nothing is shown: {}", faults.join("; "))]
pub struct BrokenPlan {
    /// The day.
    pub date: NaiveDate,
    /// `greedy` or `optimum`.
    pub plan: &'static str,
    /// What the checker said.
    pub faults: Vec<String>,
}

/// Reads the days from one date to another, both included, on which something is booked.
///
/// # Errors
/// There is no such location, or the database cannot be read.
pub async fn read(store: &dyn Store, location: &str, from: NaiveDate, to: NaiveDate, on_duty: OnDuty) -> Result<Vec<PastDay>> {
    let rules = store.rules(location).await?;
    let mut days = Vec::new();
    for (date, _) in store.days_with_bookings(location, from, to).await? {
        let mut sheet = store.day(location, date, DayView::Recorded).await?.sheet;
        hours::apply(&mut sheet, &rules, on_duty);
        days.push(PastDay { sheet });
    }
    Ok(days)
}

/// Deals every day again, several at a time; the outcomes are in the order of the days.
///
/// # Errors
/// The first day on which a plan did not pass the checker.
pub fn run(days: &[PastDay], running: &Running<'_>) -> std::result::Result<Vec<DayOutcome>, BrokenPlan> {
    let one = |past: &PastDay| {
        let outcome = day::outcome(past, running);
        (running.done)();
        outcome
    };
    match rayon::ThreadPoolBuilder::new().num_threads(running.threads.max(1)).build() {
        Ok(pool) => pool.install(|| days.par_iter().map(one).collect()),
        // No threads to be had is no reason not to answer.
        Err(_) => days.iter().map(one).collect(),
    }
}
