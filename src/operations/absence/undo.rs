//! Taking an absence back: the block goes, and every booking that still stands as the absence left it goes back where it was, if that is free.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Move, PlannedDay, planned_days};
use crate::alloc::instance::Instance;
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState};
use crate::operations::{TRIES_MAX, apply};
use crate::sheet::Sheet;
use crate::store::{
    AbsenceChange, AbsenceRow, AbsenceState, AssignmentChange, BlockStep, BookingRow, Day, DayChange, DayView, Result, Stamp, Store, StoreError,
    StoreErrorKind, UNPLACED, messages,
};

/// What undoing did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoReport {
    /// Bookings that are again where they were.
    pub restored: Vec<String>,
    /// Bookings that the absence moved and that stay where they are.
    pub left: Vec<Left>,
}

/// A booking that stays where the absence, or somebody since, put it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Which.
    pub booking_id: String,
    /// Why.
    pub why: String,
}

/// Takes a confirmed absence back, in one transaction. Customers who were told another name because of it are told the old one again. One that
/// is undone already stays as it is.
///
/// # Errors
/// No such absence; it was never confirmed; its days were changed again and again meanwhile.
pub async fn undo(store: &dyn Store, clock: &dyn Clock, id: &str, actor: &str) -> Result<AbsenceRow> {
    for _ in 0..TRIES_MAX {
        let row = store.absence(id).await?;
        match row.state {
            AbsenceState::Undone => return Ok(row),
            AbsenceState::Confirmed => {}
            state => {
                let message = format!("absence {id} is {} and was never confirmed, so there is nothing to undo", state.as_str());
                return Err(StoreError::new(StoreErrorKind::IllegalTransition, message));
            }
        }
        let still_blocked = store.blocks(&row.location_id, row.span).await?.iter().any(|block| Some(&block.id) == row.block_id.as_ref());
        let (mut days, mut report) = (Vec::new(), UndoReport::default());
        for plan in planned_days(&row)? {
            let mut day = store.day(&row.location_id, plan.date, DayView::Live).await?;
            if still_blocked {
                unblock(&mut day.sheet, &row);
            }
            days.push(back(clock, &day, &plan, actor, &mut report));
        }
        let undo = serde_json::to_value(&report).map_err(|error| StoreError::invalid("the report cannot be written as JSON").caused_by(error))?;
        let stamp = Stamp::new(actor, clock.now(), "absence undone");
        let change = AbsenceChange {
            id: row.id,
            from: AbsenceState::Confirmed,
            to: AbsenceState::Undone,
            stamp,
            block: BlockStep::Remove,
            days,
            holds: None,
            undo: Some(undo),
        };
        if let Some(done) = store.change_absence(&change).await? {
            return Ok(done);
        }
    }
    Err(StoreError::conflict(format!("the days of absence {id} were changed each time before it could be undone; try again")))
}

/// Takes the absence's own block off the sheet; another one over the same time stays.
fn unblock(sheet: &mut Sheet, row: &AbsenceRow) {
    let Some(resource) = sheet.resources.iter_mut().find(|r| r.id == row.resource_id) else { return };
    let distance = |block: &crate::sheet::Block| {
        let span = row.span;
        (block.span.start.0 - span.start.0).abs().min((block.span.end.0 - span.end.0).abs())
    };
    let mine = |block: &&crate::sheet::Block| block.reason.as_deref() == Some(row.reason.as_str()) && block.span.overlaps(row.span);
    let nearest = resource.blocks.iter().enumerate().filter(|(_, block)| mine(block)).min_by_key(|(_, block)| distance(block)).map(|(k, _)| k);
    if let Some(k) = nearest {
        resource.blocks.remove(k);
    }
}

/// Who held a booking, and how it would be held again.
struct Return<'a> {
    step: &'a Move,
    booking: &'a BookingRow,
}

/// The change of one day that brings back what can be brought back.
fn back(clock: &dyn Clock, day: &Day, plan: &PlannedDay, actor: &str, report: &mut UndoReport) -> DayChange {
    let mut left = |id: &str, why: String| report.left.push(Left { booking_id: id.to_owned(), why });
    let mut returns: Vec<Return<'_>> = Vec::new();
    for step in plan.moves.iter().filter(|step| step.before.resources != step.after.resources && !step.before.resources.is_empty()) {
        match day.booking(&step.booking_id) {
            None => left(&step.booking_id, "it is over or was called off, or moved to another day".to_owned()),
            Some(booking) if !stands(booking, step) => left(&step.booking_id, "it was changed since".to_owned()),
            Some(booking) if booking.span.start <= clock.now_minute() => left(&step.booking_id, "it has begun".to_owned()),
            Some(booking) => returns.push(Return { step, booking }),
        }
    }
    // Whoever cannot go back stays, and may be in the way of others.
    while let Some(k) = returns.iter().position(|one| !is_free(day, one, &returns)) {
        let one = returns.remove(k);
        let who: Vec<&str> = one.step.before.resources.iter().map(|id| day.resource_name(id)).collect();
        left(&one.step.booking_id, format!("{} cannot serve it then any more", who.join(" and ")));
    }
    let (mut messages, mut attention, mut settled, mut assignments) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for Return { step, booking } in &returns {
        let ways = [step.before.state, BookingState::Confirmed];
        let state = ways.into_iter().find(|state| booking.state.may_become(*state)).filter(|_| booking.state != step.before.state);
        if booking.status == AssignmentStatus::Finalized {
            apply::tell(day, messages::CHANGED, booking, &step.before.resources, &mut messages, &mut attention);
        }
        assignments.push(AssignmentChange {
            booking_id: booking.id.clone(),
            resources: step.before.resources.clone(),
            status: booking.status,
            state,
            reason: "the absence was undone".to_owned(),
        });
        settled.push((booking.id.clone(), UNPLACED.to_owned()));
        report.restored.push(booking.id.clone());
    }
    // Who waited for a decision and kept the hold is served again.
    for waiting in plan.attention.iter().filter(|one| one.code == UNPLACED) {
        if day.booking(&waiting.booking_id).is_some_and(|booking| !booking.resources.is_empty() && may_serve(day, booking, &booking.resources)) {
            settled.push((waiting.booking_id.clone(), UNPLACED.to_owned()));
        }
    }
    let stamp = Stamp::new(actor, clock.now(), "the absence was undone");
    DayChange { assignments, attention, settled, messages, ..DayChange::of(day, stamp) }
}

/// Is it still as the absence left it?
fn stands(booking: &BookingRow, step: &Move) -> bool {
    booking.resources == step.after.resources && booking.status == step.after.status && booking.state == step.after.state
}

/// May those who held it serve it again, with everybody else where they then are?
fn is_free(day: &Day, one: &Return<'_>, returns: &[Return<'_>]) -> bool {
    let then: BTreeMap<&str, &Vec<String>> = returns.iter().map(|r| (r.booking.id.as_str(), &r.step.before.resources)).collect();
    let wanted: BTreeSet<&String> = one.step.before.resources.iter().collect();
    let busy = day.bookings.iter().filter(|other| other.id != one.booking.id && other.occupied().overlaps(one.booking.occupied())).any(|other| {
        let who = then.get(other.id.as_str()).copied().unwrap_or(&other.resources);
        who.iter().any(|id| wanted.contains(id))
    });
    !busy && may_serve(day, one.booking, &one.step.before.resources)
}

/// Do the rules let these serve it, whoever else is busy?
pub(in crate::operations) fn may_serve(day: &Day, booking: &BookingRow, resources: &[String]) -> bool {
    let mut sheet = day.sheet.clone();
    if let Some(asked) = sheet.bookings.iter_mut().find(|b| b.id == booking.id) {
        asked.assignment = None;
    }
    let instance = Instance::new(&sheet, false);
    let by: Option<Vec<usize>> = resources.iter().map(|id| instance.house.resource(id)).collect();
    let (Some(at), Some(mut by)) = (instance.house.booking(&booking.id), by) else { return false };
    by.sort_unstable();
    instance.bookings[at].can_be_served_by(&by)
}
