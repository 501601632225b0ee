//! Somebody is away. The block is written as a stored truth and deletes nothing; what can be moved silently is moved; the rest waits for a
//! person's decision, and no customer hears anything before that.

use chrono::NaiveDate;

use super::night::{RunOptions, RunReport, optimize, run_once};
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, Span, local};
use crate::sheet::Block;
use crate::store::{BlockRow, Day, DayView, NewBlock, Result, Stamp, Store, StoreError};

/// An absence to be written.
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

/// The bookings an absence collides with, by how firmly they are held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
}

/// What an absence did.
#[derive(Debug, Clone)]
pub struct AbsenceReport {
    /// As written; taking it away again is [`Store::remove_block`].
    pub block: BlockRow,
    /// Its days, those with bookings.
    pub days: Vec<AbsentDay>,
}

/// Writes an absence and repairs the days it touches with `options` ([`RunOptions::repair`]). With [`super::Told::Keep`] told and chosen
/// customers wait in the needs-attention queue; with [`super::Told::MayMove`] the manager has decided: told customers are moved where they
/// fit and told again in the same transaction.
///
/// # Errors
/// Unknown location or person; an absence that ends before it starts.
pub async fn absence(store: &dyn Store, clock: &dyn Clock, absence: &Absence, options: &RunOptions) -> Result<AbsenceReport> {
    let stamp = Stamp::new(&options.actor, clock.now(), &absence.reason);
    let Absence { location_id, resource_id, span, reason } = absence.clone();
    let block = store.add_block(&NewBlock { location_id, resource_id, span, reason }, &stamp).await?;
    let mut days = Vec::new();
    for day in touched(store, absence).await? {
        let affected = affected(&day, absence);
        let date = day.sheet.date;
        let run = if affected.is_empty() { None } else { Some(optimize(store, clock, &absence.location_id, date, options).await?) };
        days.push(AbsentDay { date, affected, run });
    }
    Ok(AbsenceReport { block, days })
}

/// What writing an absence would do: searched, nothing written.
///
/// # Errors
/// Unknown location or person.
pub async fn preview(store: &dyn Store, clock: &dyn Clock, absence: &Absence, options: &RunOptions) -> Result<Vec<AbsentDay>> {
    if !store.resources(&absence.location_id).await?.iter().any(|r| r.id == absence.resource_id) {
        return Err(StoreError::not_found("person or table", &absence.resource_id));
    }
    let options = RunOptions { dry_run: true, ..options.clone() };
    let mut days = Vec::new();
    for mut day in touched(store, absence).await? {
        let affected = affected(&day, absence);
        let date = day.sheet.date;
        for resource in day.sheet.resources.iter_mut().filter(|r| r.id == absence.resource_id) {
            resource.blocks.push(Block { span: absence.span, reason: Some(absence.reason.clone()) });
        }
        let run = if affected.is_empty() { None } else { Some(run_once(clock, day, &options).await?) };
        days.push(AbsentDay { date, affected, run });
    }
    Ok(days)
}

/// The days with bookings that an absence reaches into; the evening before counts, whose bookings may run past midnight.
async fn touched(store: &dyn Store, absence: &Absence) -> Result<Vec<Day>> {
    let location = store.location(&absence.location_id).await?;
    let first = local::date_of(location.timezone, absence.span.start);
    let last = local::date_of(location.timezone, absence.span.end.plus(-1));
    let mut days = Vec::new();
    for (date, _) in store.days_with_bookings(&location.id, first.pred_opt().unwrap_or(first), last).await? {
        days.push(store.day(&location.id, date, DayView::Live).await?);
    }
    Ok(days)
}

fn affected(day: &Day, absence: &Absence) -> Affected {
    let mut affected = Affected::default();
    for booking in day.bookings.iter().filter(|b| b.resources.contains(&absence.resource_id) && b.occupied().overlaps(absence.span)) {
        let list = match booking.status {
            AssignmentStatus::Provisional => &mut affected.provisional,
            AssignmentStatus::Bound => &mut affected.bound,
            AssignmentStatus::Finalized => &mut affected.finalized,
        };
        list.push(booking.id.clone());
    }
    affected
}
