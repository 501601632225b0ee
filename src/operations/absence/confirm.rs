//! Confirming an absence: what was looked at happens, if it is still true.

use chrono::TimeDelta;

use super::{Absence, PREVIEW_MINUTES, PlannedDay, Previewed, planned_days, preview};
use crate::clock::Clock;
use crate::domain::Minute;
use crate::operations::apply;
use crate::operations::night::{RunOptions, Told};
use crate::store::{
    AbsenceChange, AbsenceRow, AbsenceState, AssignmentChange, BlockStep, DayChange, DayView, NewAttention, NewBlock, Result, RunRow, Stamp, Store,
    StoreError, StoreErrorKind, messages,
};

/// Why a look cannot be confirmed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It was too long ago.
    Expired,
    /// A day was changed since.
    Outdated,
}

impl Refusal {
    /// The same in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Refusal::Expired => "it was looked at more than 10 minutes ago",
            Refusal::Outdated => "a day of it was changed after it was looked at",
        }
    }

    fn state(self) -> AbsenceState {
        match self {
            Refusal::Expired => AbsenceState::Expired,
            Refusal::Outdated => AbsenceState::Outdated,
        }
    }
}

/// What confirming came to.
#[derive(Debug, Clone)]
pub enum Confirmation {
    /// It is written.
    Confirmed(Box<AbsenceRow>),
    /// Nothing was written; there is a new look to decide on.
    Refused {
        /// Why.
        why: Refusal,
        /// The new look.
        fresh: Box<Previewed>,
    },
}

/// Confirms an absence exactly as it was looked at, or looks again and says why. One that is confirmed already stays as it is.
///
/// # Errors
/// No such absence; it was undone.
pub async fn confirm(store: &dyn Store, clock: &dyn Clock, id: &str, options: &RunOptions) -> Result<Confirmation> {
    match confirm_unchanged(store, clock, id, &options.actor).await? {
        Ok(row) => Ok(Confirmation::Confirmed(Box::new(row))),
        Err(why) => Ok(Confirmation::Refused { why, fresh: Box::new(renew(store, clock, id, why, options).await?) }),
    }
}

/// Confirms an absence exactly as it was looked at, or says why not. Its customers are told of it in the same transaction, those whom the look
/// named and nobody else.
///
/// # Errors
/// No such absence; it was undone.
pub async fn confirm_unchanged(store: &dyn Store, clock: &dyn Clock, id: &str, actor: &str) -> Result<std::result::Result<AbsenceRow, Refusal>> {
    let row = store.absence(id).await?;
    let now = clock.now();
    match row.state {
        AbsenceState::Confirmed => return Ok(Ok(row)),
        AbsenceState::Undone => {
            let message = format!("absence {id} was undone and is not confirmed again; look at it anew");
            return Err(StoreError::new(StoreErrorKind::IllegalTransition, message));
        }
        AbsenceState::Expired => return Ok(Err(Refusal::Expired)),
        AbsenceState::Outdated => return Ok(Err(Refusal::Outdated)),
        AbsenceState::Previewed if now - row.previewed_at > TimeDelta::minutes(PREVIEW_MINUTES) || row.span.end <= clock.now_minute() => {
            return Ok(Err(Refusal::Expired));
        }
        AbsenceState::Previewed => {}
    }
    let planned = planned_days(&row)?;
    let mut days = Vec::new();
    for plan in &planned {
        match as_change(store, clock, &row, plan, actor).await? {
            Some(change) => days.push(change),
            None => return done_meanwhile(store, id).await,
        }
    }
    let (location_id, resource_id, reason) = (row.location_id.clone(), row.resource_id.clone(), row.reason.clone());
    let block = NewBlock { location_id, resource_id, span: row.span, reason };
    let change = AbsenceChange {
        id: row.id.clone(),
        from: AbsenceState::Previewed,
        to: AbsenceState::Confirmed,
        stamp: Stamp::new(actor, now, &row.reason),
        block: BlockStep::Write(block),
        days,
        holds: Some(planned.iter().flat_map(|day| day.affected.all()).cloned().collect()),
        undo: None,
    };
    match store.change_absence(&change).await? {
        Some(row) => Ok(Ok(row)),
        None => done_meanwhile(store, id).await,
    }
}

/// A look whose day is another now: done, if it was somebody's confirming it that changed the day.
async fn done_meanwhile(store: &dyn Store, id: &str) -> Result<std::result::Result<AbsenceRow, Refusal>> {
    let row = store.absence(id).await?;
    Ok(if row.state == AbsenceState::Confirmed { Ok(row) } else { Err(Refusal::Outdated) })
}

/// A planned day as a change, with the messages as they have to be now; `None` when the day is another.
async fn as_change(store: &dyn Store, clock: &dyn Clock, row: &AbsenceRow, plan: &PlannedDay, actor: &str) -> Result<Option<DayChange>> {
    let day = store.day(&row.location_id, plan.date, DayView::Live).await?;
    // What has begun since stays with those who serve it.
    let looked_at = Minute::of(row.previewed_at);
    let begun = |id: &String| day.booking(id).is_some_and(|booking| looked_at < booking.span.start && booking.span.start <= clock.now_minute());
    if day.version != plan.version || plan.moves.iter().any(|step| begun(&step.booking_id)) {
        return Ok(None);
    }
    let (mut sent, mut attention) = (Vec::new(), Vec::new());
    for told in &plan.groups.to_be_told {
        let step = plan.moves.iter().find(|step| step.booking_id == *told);
        if let (Some(booking), Some(step)) = (day.booking(told), step) {
            apply::tell(&day, messages::CHANGED, booking, &step.after.resources, &mut sent, &mut attention);
        }
    }
    let waiting =
        plan.attention.iter().map(|one| NewAttention { witness: one.witness.clone(), ..NewAttention::new(&one.booking_id, &one.code, &one.reason) });
    let assignments = plan.moves.iter().map(|step| AssignmentChange {
        booking_id: step.booking_id.clone(),
        resources: step.after.resources.clone(),
        status: step.after.status,
        state: (step.after.state != step.before.state).then_some(step.after.state),
        reason: step.reason.clone(),
    });
    Ok(Some(DayChange {
        location_id: row.location_id.clone(),
        date: plan.date,
        expected_version: plan.version,
        stamp: Stamp::new(actor, clock.now(), &plan.run.rationale),
        assignments: assignments.collect(),
        eased: Vec::new(),
        attention: waiting.chain(attention).collect(),
        settled: plan.settled.clone(),
        messages: sent,
        run: Some(RunRow { actor: actor.to_owned(), ..plan.run.clone() }),
    }))
}

/// Looks again at an absence that cannot be confirmed any more. The old look stands as what it is, and names the new one.
///
/// # Errors
/// No such absence; it is over.
pub async fn renew(store: &dyn Store, clock: &dyn Clock, id: &str, why: Refusal, options: &RunOptions) -> Result<Previewed> {
    let row = store.absence(id).await?;
    let told = if row.may_move { Told::MayMove } else { Told::Keep };
    let options = RunOptions { told, ..options.clone() };
    preview::replacing(store, clock, &Absence::from(&row), row.words.as_deref(), &options, Some((&row.id, why.state()))).await
}
