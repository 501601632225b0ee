//! Somebody is away. First it is looked at: day by day who stays, who is moved silently, who has to be told, whom nobody serves and what would
//! help. Then a person confirms it within [`PREVIEW_MINUTES`], on days that nobody touched, and exactly that happens, in one transaction: the block
//! is written as a stored truth and deletes nothing, what can be moved is moved, the rest waits. No customer hears anything before that, and it
//! can be undone.

mod confirm;
mod preview;
mod undo;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::TRIES_MAX;
use super::apply::Groups;
use super::night::{RunOptions, RunReport};
use crate::alloc::explain::repairs::Repairs;
use crate::channels::absence::{Person, Question, understand};
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState, ResourceKind, Span, local};
use crate::store::{AbsenceRow, Result, RunRow, RunStatus, Store, StoreError};

pub use confirm::{Confirmation, Refusal, confirm, confirm_unchanged, renew};
pub use preview::{Previewed, preview, search};
pub(super) use undo::may_serve;
pub use undo::{Left, UndoReport, undo};

/// So long after it was looked at an absence can be confirmed.
pub const PREVIEW_MINUTES: i64 = 10;
/// The longest absence, in minutes: a year and a day.
pub const ABSENCE_MINUTES_MAX: i64 = 366 * 1440;

/// An absence that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Where.
    pub location_id: String,
    /// Who, by id.
    pub resource_id: String,
    /// From when to when.
    pub span: Span,
    /// Why: `sick`, `holiday`.
    pub reason: String,
}

impl Absence {
    /// Whole local days, both included: a holiday from a date to a date.
    pub fn days(location: &crate::store::LocationRow, resource_id: &str, from: NaiveDate, to: NaiveDate, reason: &str) -> Absence {
        let span = Span::new(local::day_span(location.timezone, from).start, local::day_span(location.timezone, to).end);
        Absence { location_id: location.id.clone(), resource_id: resource_id.to_owned(), span, reason: reason.to_owned() }
    }
}

/// The absence that a sentence tells of, about somebody at a location.
///
/// # Errors
/// No such location. What has to be said more clearly is the inner error.
pub async fn said(store: &dyn Store, clock: &dyn Clock, location: &str, words: &str) -> Result<std::result::Result<Absence, Question>> {
    let location = store.location(location).await?;
    let staff = store.resources(&location.id).await?.into_iter().filter(|row| row.active && row.kind == ResourceKind::Staff);
    let people: Vec<Person> = staff.map(|row| Person { id: row.id, name: row.name }).collect();
    Ok(understand(words, &people, clock.now_minute(), location.timezone).map(|understood| Absence {
        location_id: location.id,
        resource_id: understood.person_id,
        span: understood.span,
        reason: understood.reason,
    }))
}

impl From<&AbsenceRow> for Absence {
    fn from(row: &AbsenceRow) -> Absence {
        Absence { location_id: row.location_id.clone(), resource_id: row.resource_id.clone(), span: row.span, reason: row.reason.clone() }
    }
}

/// The bookings an absence collides with, by how firmly they are held.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Nobody was told a name: can be given to others silently.
    pub provisional: Vec<String>,
    /// The customer chose the absent person: a conflict for a person to solve.
    pub bound: Vec<String>,
    /// The customer was told the absent person's name.
    pub finalized: Vec<String>,
}

impl Affected {
    /// Is there nothing to do?
    pub fn is_empty(&self) -> bool {
        self.provisional.is_empty() && self.bound.is_empty() && self.finalized.is_empty()
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.provisional.iter().chain(&self.bound).chain(&self.finalized)
    }
}

/// One local day of an absence.
#[derive(Debug, Clone)]
pub struct AbsentDay {
    /// Which.
    pub date: NaiveDate,
    /// What it collided with before anything was moved.
    pub affected: Affected,
    /// The repair, where there was something to repair.
    pub run: Option<RunReport>,
    /// What would place those whom nobody serves.
    pub repairs: Vec<Repairs>,
}

/// Who holds a booking, how firmly, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The people or tables; nobody where empty.
    pub resources: Vec<String>,
    /// How firmly.
    pub status: AssignmentStatus,
    /// Where it stands.
    pub state: BookingState,
}

/// A booking that an absence changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which.
    pub booking_id: String,
    /// As it was.
    pub before: Holding,
    /// As it is afterwards.
    pub after: Holding,
    /// Why, for the history.
    pub reason: String,
}

/// A booking that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Which.
    pub booking_id: String,
    /// A stable word.
    pub code: String,
    /// Why, for people.
    pub reason: String,
    /// What proves it, where it is certified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<serde_json::Value>,
}

/// One local day of an absence as it is stored: what will be done, or was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedDay {
    /// Which.
    pub date: NaiveDate,
    /// The day's version it was searched on.
    pub version: i64,
    /// What it collides with.
    pub affected: Affected,
    /// The bookings in four groups.
    pub groups: Groups,
    /// Who is moved.
    pub moves: Vec<Move>,
    /// What waits for a person.
    pub attention: Vec<Waiting>,
    /// What is settled by it.
    pub settled: Vec<(String, String)>,
    /// What would place those whom nobody serves, as `zamu repairs --json` says it.
    pub repairs: serde_json::Value,
    /// The run behind it.
    pub run: RunRow,
}

/// The days of a stored absence that it has an effect on.
///
/// # Errors
/// They cannot be read: written by a newer version, or damaged.
pub fn planned_days(row: &AbsenceRow) -> Result<Vec<PlannedDay>> {
    serde_json::from_value(row.days.clone())
        .map_err(|error| StoreError::invalid(format!("the days of absence {} cannot be read: {error}", row.id)).caused_by(error))
}

/// What an absence did.
#[derive(Debug, Clone)]
pub struct AbsenceReport {
    /// As confirmed; taking it back is [`undo`].
    pub absence: AbsenceRow,
    /// Its days, those with bookings.
    pub days: Vec<AbsentDay>,
}

/// Looks at an absence and confirms it at once, for whoever decides without looking. With [`super::Told::Keep`] told and chosen customers wait in
/// the needs-attention queue; with [`super::Told::MayMove`] told customers are moved where they fit and told again in the same transaction. A
/// day that is changed meanwhile is looked at again.
///
/// # Errors
/// Unknown location or person; an absence that ends before it starts, or is over; days that were changed again and again.
pub async fn absence(store: &dyn Store, clock: &dyn Clock, absence: &Absence, options: &RunOptions) -> Result<AbsenceReport> {
    let mut looked = preview(store, clock, absence, None, options).await?;
    for _ in 0..TRIES_MAX {
        match confirm(store, clock, &looked.row.id, options).await? {
            Confirmation::Confirmed(row) => {
                let mut days = looked.days;
                // What was looked at is what was done.
                for (run, planned) in days.iter_mut().filter_map(|day| day.run.as_mut()).zip(planned_days(&row)?) {
                    run.run.status = planned.run.status;
                }
                return Ok(AbsenceReport { absence: *row, days });
            }
            Confirmation::Refused { fresh, .. } => looked = *fresh,
        }
    }
    Err(StoreError::conflict("the days of the absence were changed each time before it could be written; try again"))
}

/// A run as a preview shows it: nothing was applied.
fn as_look(mut run: RunReport) -> RunReport {
    run.run.status = RunStatus::DryRun;
    run
}
