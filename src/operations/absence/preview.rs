//! Looking at an absence: each day searched as it would be, nothing written but the look itself.

use super::{ABSENCE_MINUTES_MAX, Absence, AbsentDay, Affected, Holding, Move, PlannedDay, Waiting, as_look};
use crate::clock::{Clock, Stopwatch};
use crate::domain::{AssignmentStatus, Span, id, local};
use crate::operations::mend::what_helps;
use crate::operations::night::{RunOptions, RunReport, Told, run_once};
use crate::sheet::Block;
use crate::store::{AbsenceRow, AbsenceState, AssignmentChange, Day, DayView, Result, Store, StoreError};

/// Seconds that all days of an absence may take together, unless the options say otherwise.
const TOTAL_S: f64 = 60.0;
/// The share of them that is for the search; the rest is for what would help.
const SEARCH_SHARE: f64 = 0.7;
/// No day gets less, however many there are.
const DAY_S_MIN: f64 = 0.2;

/// An absence that was looked at.
#[derive(Debug, Clone)]
pub struct Previewed {
    /// As it is noted.
    pub row: AbsenceRow,
    /// Its days, those with bookings.
    pub days: Vec<AbsentDay>,
}

/// Looks at an absence and notes what was seen, so that it can be confirmed. `words` is the sentence it was understood from. All days together
/// take at most the time limit of the options.
///
/// # Errors
/// Unknown location or person; an absence that ends before it starts, is over, or too long.
pub async fn preview(store: &dyn Store, clock: &dyn Clock, absence: &Absence, words: Option<&str>, options: &RunOptions) -> Result<Previewed> {
    replacing(store, clock, absence, words, options, None).await
}

/// The same in the place of an older look.
pub(super) async fn replacing(
    store: &dyn Store,
    clock: &dyn Clock,
    absence: &Absence,
    words: Option<&str>,
    options: &RunOptions,
    replaces: Option<(&str, AbsenceState)>,
) -> Result<Previewed> {
    let days = search(store, clock, absence, options).await?;
    let planned: Vec<PlannedDay> = days.iter().filter_map(|day| planned(day, &day.run.clone()?)).collect();
    let days_json = serde_json::to_value(&planned).map_err(|error| StoreError::invalid("the days cannot be written as JSON").caused_by(error))?;
    let Absence { location_id, resource_id, span, reason } = absence.clone();
    let now = clock.now();
    let row = AbsenceRow {
        id: id::new_id(now),
        location_id,
        resource_id,
        span,
        reason,
        words: words.map(str::to_owned),
        may_move: options.told == Told::MayMove,
        state: AbsenceState::Previewed,
        days: days_json,
        previewed_at: now,
        previewed_by: options.actor.clone(),
        block_id: None,
        confirmed_at: None,
        confirmed_by: None,
        undone_at: None,
        undone_by: None,
        undo: None,
        replaced_by: None,
    };
    let row = store.save_absence(&row, replaces).await?;
    let days = days.into_iter().map(|day| AbsentDay { run: day.run.map(as_look), ..day }).collect();
    Ok(Previewed { row, days })
}

/// What writing an absence would do, day by day: searched, nothing written.
///
/// # Errors
/// Unknown location or person; an absence that ends before it starts, is over, or too long.
pub async fn search(store: &dyn Store, clock: &dyn Clock, absence: &Absence, options: &RunOptions) -> Result<Vec<AbsentDay>> {
    possible(store, clock, absence).await?;
    let budget = Budget { watch: Stopwatch::start(), total_s: options.time_limit_s.unwrap_or(TOTAL_S) };
    let touched = touched(store, absence).await?;
    let mut left = touched.len();
    let (mut days, mut carried) = (Vec::new(), Vec::new());
    for day in touched {
        let options = RunOptions { time_limit_s: Some(budget.share(SEARCH_SHARE, left)), ..options.apart() };
        days.push(searched(clock, day, absence, &options, &mut carried).await?);
        left -= 1;
    }
    let mut left = days.iter().filter(|day| day.run.as_ref().is_some_and(|run| !run.plan.unplaced.is_empty())).count();
    for day in &mut days {
        if let Some(run) = day.run.as_ref().filter(|run| !run.plan.unplaced.is_empty()) {
            day.repairs = what_helps(run, None, &options.apart(), budget.share(1.0, left)).await?;
            left -= 1;
        }
    }
    Ok(days)
}

/// Seconds for many days.
struct Budget {
    watch: Stopwatch,
    total_s: f64,
}

impl Budget {
    /// One day's part of what is left of a share of the whole.
    fn share(&self, of_total: f64, days: usize) -> f64 {
        let left = self.total_s * of_total - self.watch.elapsed_s();
        #[expect(clippy::cast_precision_loss, reason = "some hundred days at most")]
        let days = days.max(1) as f64;
        (left / days).max(DAY_S_MIN)
    }
}

async fn possible(store: &dyn Store, clock: &dyn Clock, absence: &Absence) -> Result<()> {
    let minutes = absence.span.minutes();
    if minutes <= 0 {
        return Err(StoreError::invalid(format!("the absence of {} ends before it starts", absence.resource_id)));
    }
    if minutes > ABSENCE_MINUTES_MAX {
        return Err(StoreError::invalid(format!("the absence of {} is longer than {} days", absence.resource_id, ABSENCE_MINUTES_MAX / 1440)));
    }
    if absence.span.end <= clock.now_minute() {
        let end = absence.span.end.to_utc().to_rfc3339();
        return Err(StoreError::invalid(format!("the absence of {} is over since {end}; expected one that has still to come", absence.resource_id)));
    }
    if !store.resources(&absence.location_id).await?.iter().any(|r| r.id == absence.resource_id) {
        return Err(StoreError::not_found("person or table", &absence.resource_id));
    }
    Ok(())
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

/// One day as it would be. `carried` are the holds that days before it would take: a night's bookings reach into the next day.
async fn searched(clock: &dyn Clock, mut day: Day, absence: &Absence, options: &RunOptions, carried: &mut Vec<(String, Span)>) -> Result<AbsentDay> {
    let (affected, date) = (affected(&day, absence), day.sheet.date);
    let away = (absence.resource_id.clone(), absence.span);
    for (reason, (who, span)) in [(absence.reason.as_str(), &away)].into_iter().chain(carried.iter().map(|hold| ("booked", hold))) {
        for resource in day.sheet.resources.iter_mut().filter(|r| r.id == *who) {
            resource.blocks.push(Block { span: *span, reason: Some(reason.to_owned()) });
        }
    }
    let run = if affected.is_empty() { None } else { Some(run_once(clock, day, options).await?) };
    let taken =
        run.iter().flat_map(|run| run.change.assignments.iter().filter_map(|step| Some((step, run.day.booking(&step.booking_id)?.occupied()))));
    carried.extend(taken.flat_map(|(step, span)| step.resources.iter().map(move |who| (who.clone(), span))));
    Ok(AbsentDay { date, affected, run, repairs: Vec::new() })
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

/// A day as it is stored.
fn planned(day: &AbsentDay, run: &RunReport) -> Option<PlannedDay> {
    let step = |step: &AssignmentChange| {
        let booking = run.day.booking(&step.booking_id)?;
        let before = Holding { resources: booking.resources.clone(), status: booking.status, state: booking.state };
        let mut resources = step.resources.clone();
        resources.sort();
        let after = Holding { resources, status: step.status, state: step.state.unwrap_or(booking.state) };
        Some(Move { booking_id: booking.id.clone(), before, after, reason: step.reason.clone() })
    };
    let told = |booking: &str| run.groups.to_be_told.iter().any(|id| id == booking);
    let waiting = run.change.attention.iter().filter(|one| one.code != crate::operations::apply::NO_CONTACT || !told(&one.booking_id));
    Some(PlannedDay {
        date: day.date,
        version: run.day.version,
        affected: day.affected.clone(),
        groups: run.groups.clone(),
        moves: run.change.assignments.iter().filter_map(step).collect(),
        attention: waiting
            .map(|one| Waiting {
                booking_id: one.booking_id.clone(),
                code: one.code.clone(),
                reason: one.reason.clone(),
                witness: one.witness.clone(),
            })
            .collect(),
        settled: run.change.settled.clone(),
        repairs: serde_json::to_value(&day.repairs).ok()?,
        run: run.run.clone(),
    })
}
