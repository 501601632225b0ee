//! On the day itself: before each part of it, what is still open is tried again, and what was told stays.

use chrono::NaiveDate;

use super::night::{RunOptions, optimize};
use super::{cutoff, prepare};
use crate::clock::Clock;
use crate::domain::AssignmentStatus;
use crate::store::{DayView, Result, RunStatus, Store, StoreError};

/// Runs the rest of a local day with the profile `repair`, where anything is left to decide: somebody without anybody, somebody held by people who
/// cannot serve them, or somebody who was told no name yet. What is placed after the cutoff is told at once. Says in words what came of it.
///
/// # Errors
/// Unknown location; a day that never holds still.
pub async fn run(store: &dyn Store, clock: &dyn Clock, location: &str, date: NaiveDate, options: &RunOptions) -> Result<String> {
    let now = clock.now_minute();
    let day = store.day(location, date, DayView::Live).await?;
    let undecided = day.bookings.iter().any(|b| b.status == AssignmentStatus::Provisional && b.span.start > now && !b.demands.is_empty());
    if !undecided && !prepare::prepare(day.sheet, now, false).is_broken() {
        return Ok("everybody knows who serves them, and can be served".to_owned());
    }
    let report = optimize(store, clock, location, date, options).await?;
    if report.run.status == RunStatus::LostRace {
        return Err(StoreError::conflict(format!("{location} on {date} was changed again and again while it was searched")));
    }
    cutoff::finalize_if_past(store, clock, location, date, &options.actor).await?;
    Ok(report.run.rationale)
}
