//! The cutoff: from now on every customer knows a name. Once, in one transaction per day.

use chrono::{Days, NaiveDate};

use super::apply;
use super::clockwork::calendar::CUTOFF;
use super::{TRIES_MAX, prepare};
use crate::alloc::greedy;
use crate::alloc::instance::Instance;
use crate::booking::cutoff_of;
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState, Minute, local};
use crate::store::{
    AssignmentChange, BookingRow, Cas, Day, DayChange, DayView, JobKey, NewAttention, NewMessage, Result, Stamp, Store, StoreError, UNPLACED,
    messages,
};

/// What a cutoff did. Run again on the same day it finds nothing to do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FinalizeReport {
    /// Bookings whose person is final now: id and who.
    pub finalized: Vec<(String, Vec<String>)>,
    /// Those among them that nobody could serve until the least-busy free person was put in.
    pub fallback: Vec<String>,
    /// Bookings nobody serves, and why.
    pub unserved: Vec<(String, String)>,
    /// What was told, or will be once it is delivered.
    pub messages: Vec<NewMessage>,
}

impl FinalizeReport {
    /// What it did, in a line.
    pub fn in_words(&self) -> String {
        let mut out = format!("{} finalized, {} messages in the outbox", self.finalized.len(), self.messages.len());
        if !self.fallback.is_empty() {
            out.push_str(&format!("; the least-busy free person for {}", self.fallback.join(", ")));
        }
        if !self.unserved.is_empty() {
            out.push_str(&format!("; nobody serves {}", self.unserved.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", ")));
        }
        out
    }
}

/// Finalizes a location's local day: provisional becomes finalized and each customer is told the name; who has nobody gets the least-busy
/// free person; where nobody is free, the manager hears of it. A day that is changed meanwhile is read again.
///
/// # Errors
/// Unknown location; a day that never holds still.
pub async fn finalize(store: &dyn Store, clock: &dyn Clock, location: &str, date: NaiveDate, actor: &str) -> Result<FinalizeReport> {
    for _ in 0..TRIES_MAX {
        let day = store.day(location, date, DayView::Live).await?;
        let (change, mut report) = final_change(&day, clock, actor);
        if store.change_day(&change).await? != Cas::LostRace {
            report.messages = change.messages;
            return Ok(report);
        }
    }
    Err(StoreError::conflict(format!("{location} on {date} was changed {TRIES_MAX} times while it was being finalized; try again")))
}

/// Finalizes a day whose cutoff is past, where somebody was given people since then and was not told: what is placed late is told at once. A day
/// whose cutoff is still to be done, after downtime, is left to it: the night comes first.
///
/// # Errors
/// As [`finalize`].
pub async fn finalize_if_past(store: &dyn Store, clock: &dyn Clock, location: &str, date: NaiveDate, actor: &str) -> Result<Option<FinalizeReport>> {
    let day = store.day(location, date, DayView::Live).await?;
    let untold = |b: &&BookingRow| {
        b.status == AssignmentStatus::Provisional
            && !b.resources.is_empty()
            && matches!(b.state, BookingState::Confirmed | BookingState::ManualReview)
    };
    if clock.now_minute() < cutoff_of(&day) || !day.bookings.iter().any(|b| untold(&b)) {
        return Ok(None);
    }
    if store.job(&JobKey::new(CUTOFF, location, &date.to_string())).await?.is_some_and(|job| !job.done) {
        return Ok(None);
    }
    finalize(store, clock, location, date, actor).await.map(Some)
}

/// Everything the cutoff changes on a day as it stands.
fn final_change(day: &Day, clock: &dyn Clock, actor: &str) -> (DayChange, FinalizeReport) {
    let prepared = prepare::prepare(day.sheet.clone(), clock.now_minute(), false);
    let instance = Instance::new(&prepared.sheet, false);
    let served = greedy::repair_current(&instance);
    let mut change = DayChange::of(day, Stamp::new(actor, clock.now(), "cutoff"));
    let mut report = FinalizeReport::default();
    for (booking, by) in day.bookings.iter().zip(&served) {
        match by {
            Some(by) => {
                let mut resources: Vec<String> = by.iter().map(|&r| prepared.sheet.resources[r].id.clone()).collect();
                resources.sort();
                served_by(day, booking, resources, &mut change, &mut report);
            }
            None => unserved(booking, &mut change, &mut report),
        }
    }
    // What nothing but the cutoff could place, a manager may want to place otherwise.
    for (booking, change_of) in
        report.fallback.iter().filter_map(|id| Some((day.booking(id)?, change.assignments.iter().find(|a| a.booking_id == *id)?)))
    {
        let names: Vec<&str> = change_of.resources.iter().map(|id| day.resource_name(id)).collect();
        let how = format!("{}, the least-busy free, put in at the cutoff", names.join(", "));
        change.messages.extend(messages::resolved(day, booking, &how));
    }
    let unserved: Vec<(&BookingRow, &str)> = report.unserved.iter().filter_map(|(id, why)| Some((day.booking(id)?, why.as_str()))).collect();
    if !unserved.is_empty() {
        change.messages.extend(messages::alert(day, &unserved));
    }
    (change, report)
}

fn served_by(day: &Day, booking: &BookingRow, resources: Vec<String>, change: &mut DayChange, report: &mut FinalizeReport) {
    let state = (booking.state == BookingState::ManualReview).then_some(BookingState::Confirmed);
    change.settled.push((booking.id.clone(), UNPLACED.to_owned()));
    if booking.status == AssignmentStatus::Provisional && state.unwrap_or(booking.state).allows(AssignmentStatus::Finalized) {
        let fallback = resources != booking.resources;
        let reason = if fallback { "cutoff: the least-busy free person" } else { "cutoff" };
        apply::tell(day, messages::FINALIZED, booking, &resources, &mut change.messages, &mut change.attention);
        change.assignments.push(AssignmentChange {
            booking_id: booking.id.clone(),
            resources: resources.clone(),
            status: AssignmentStatus::Finalized,
            state,
            reason: reason.to_owned(),
        });
        if fallback {
            report.fallback.push(booking.id.clone());
        }
        report.finalized.push((booking.id.clone(), resources));
        return;
    }
    // Whoever has not confirmed yet is told when they do.
    if booking.state == BookingState::Held {
        return;
    }
    match booking.status {
        // What the customer chose is confirmed to them, once: the key holds the booking's version, which this leaves alone.
        AssignmentStatus::Bound => apply::tell(day, messages::FINALIZED, booking, &resources, &mut change.messages, &mut change.attention),
        // Told somebody who is gone, and somebody else is found: told again.
        AssignmentStatus::Finalized if resources != booking.resources => {
            apply::tell(day, messages::CHANGED, booking, &resources, &mut change.messages, &mut change.attention);
            let (booking_id, reason) = (booking.id.clone(), "cutoff: the least-busy free person".to_owned());
            report.fallback.push(booking_id.clone());
            change.assignments.push(AssignmentChange { booking_id, resources, status: AssignmentStatus::Finalized, state, reason });
        }
        _ => {}
    }
}

/// Nobody serves it. A provisional hold that cannot be kept is given up, so that its person's time is honest.
fn unserved(booking: &BookingRow, change: &mut DayChange, report: &mut FinalizeReport) {
    let reason = "nobody who could serve it is free".to_owned();
    change.attention.push(NewAttention::new(&booking.id, UNPLACED, &reason));
    report.unserved.push((booking.id.clone(), reason.clone()));
    let state = (booking.status == AssignmentStatus::Provisional && booking.state.may_become(BookingState::ManualReview))
        .then_some(BookingState::ManualReview);
    if booking.status == AssignmentStatus::Provisional && (state.is_some() || !booking.resources.is_empty()) {
        let (booking_id, status) = (booking.id.clone(), booking.status);
        change.assignments.push(AssignmentChange { booking_id, resources: Vec::new(), status, state, reason });
    }
}

/// A day whose cutoff has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueCutoff {
    /// Where.
    pub location_id: String,
    /// Which local day.
    pub date: NaiveDate,
    /// When it came, by the location's clock on the wall.
    pub cutoff: Minute,
}

/// Every day from today on whose cutoff has come and on which somebody has not been told a name: what downtime left behind, too. Computed in
/// each location's zone.
///
/// # Errors
/// The store cannot be read.
pub async fn due_cutoffs(store: &dyn Store, clock: &dyn Clock) -> Result<Vec<DueCutoff>> {
    let mut due = Vec::new();
    for location in store.locations().await? {
        let tenant = store.tenant(&location.tenant_id).await?;
        let today = local::local_date(location.timezone, clock.now());
        let Some(last) = today.checked_add_days(Days::new(u64::from(tenant.cutoff_days_before))) else { continue };
        for (date, _) in store.days_with_bookings(&location.id, today, last).await? {
            let day = store.day(&location.id, date, DayView::Live).await?;
            let untold = day.bookings.iter().any(|b| b.status == AssignmentStatus::Provisional && !b.demands.is_empty());
            let cutoff = cutoff_of(&day);
            if untold && cutoff <= clock.now_minute() {
                due.push(DueCutoff { location_id: location.id.clone(), date, cutoff });
            }
        }
    }
    Ok(due)
}

/// Finalizes everything that is due, day by day; a day that fails does not keep the others back.
///
/// # Errors
/// The store cannot be read; the first day that failed, after all others were tried.
pub async fn finalize_due(store: &dyn Store, clock: &dyn Clock, actor: &str) -> Result<Vec<(DueCutoff, FinalizeReport)>> {
    let (mut done, mut failed) = (Vec::new(), None);
    for due in due_cutoffs(store, clock).await? {
        match finalize(store, clock, &due.location_id, due.date, actor).await {
            Ok(report) => done.push((due, report)),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(done), Err)
}
