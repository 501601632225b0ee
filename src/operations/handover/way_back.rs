//! The way back from a run that was applied.

use chrono::TimeDelta;

use super::undo::may_undo;
use super::{Holding, Moved, holding, is_told};
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, local};
use crate::sheet::plan::{Change, Unplaced};
use crate::store::{Day, HistoryKind, Result, RunRow, RunStatus, Store, StoreError};

/// At most so much lies between the end of a run on its record and the change of the day that it made.
const WRITTEN_WITHIN: TimeDelta = TimeDelta::seconds(5);

/// What of a run can be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayBack {
    /// Its moves that still stand, for [`super::undo`].
    pub moves: Vec<Moved>,
    /// How many there were.
    pub moves_then: usize,
}

impl WayBack {
    /// Bookings whose customers were told a name and are told another again.
    pub fn told<'a>(&'a self, clock: &'a dyn Clock, day: &'a Day) -> impl Iterator<Item = &'a str> {
        let is_told = |one: &&Moved| day.booking(&one.booking_id).is_some_and(|row| is_told(clock, day, row));
        self.moves.iter().filter(is_told).map(|one| one.booking_id.as_str())
    }
}

/// What a run that was applied moved, as far as the day still has it so, and visits that have begun are not among it. `None` where there is no way back:
/// the day is over, nothing stands, somebody cannot serve what they had, the run left somebody with nobody whom it would take others to bring back, or
/// somebody who was told a name would be left with nobody.
///
/// # Errors
/// The run's record cannot be read, or the store.
pub async fn way_back(store: &dyn Store, clock: &dyn Clock, day: &Day, run: &RunRow) -> Result<Option<WayBack>> {
    let now = clock.now_minute();
    if run.status != RunStatus::Applied || local::has_ended(day.location.timezone, day.sheet.date, now) {
        return Ok(None);
    }
    let changes: Vec<Change> = part(run, "moves", &run.diff)?;
    let moves_then = changes.len();
    let mut moves = Vec::new();
    for one in changes {
        let Some(row) = day.booking(&one.booking).filter(|row| row.resources == one.to && row.span.start > now) else { continue };
        if one.from.is_empty() && row.status == AssignmentStatus::Finalized {
            return Ok(None);
        }
        let held = |resources| Holding { resources, ..holding(row) };
        moves.push(Moved { booking_id: one.booking, before: held(one.from), after: held(one.to), is_told: false });
    }
    if !may_undo(clock, day, &moves) || has_given_up(store, run).await? {
        return Ok(None);
    }
    Ok(Some(WayBack { moves, moves_then }))
}

/// Did the run take somebody away from a booking and leave it with nobody? Its history says so; the record of the run does not say from whom.
async fn has_given_up(store: &dyn Store, run: &RunRow) -> Result<bool> {
    let unplaced: Vec<Unplaced> = part(run, "unplaced bookings", &run.unplaced)?;
    for one in unplaced {
        let history = store.history(&one.booking).await?;
        let by_the_run = |at| at >= run.started_at && at <= run.finished_at + WRITTEN_WITHIN;
        if history.iter().any(|line| line.kind == HistoryKind::Assignment && line.actor == run.actor && by_the_run(line.at)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A part of a run's record, by what it is called in an error.
pub(in crate::operations) fn part<T: serde::de::DeserializeOwned>(run: &RunRow, what: &str, value: &serde_json::Value) -> Result<T> {
    serde_json::from_value(value.clone())
        .map_err(|error| StoreError::invalid(format!("the {what} of run {} cannot be read: {error}", run.id)).caused_by(error))
}
