//! A handover is carried out: exactly what was offered, or nothing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::rearrange::{laid_out, sound};
use super::{Handover, Moved, Offer, Overridden, Takes, holding, is_told, offer, target};
use crate::clock::Clock;
use crate::domain::BookingState;
use crate::operations::night::RunOptions;
use crate::operations::{apply, cutoff};
use crate::store::{AssignmentChange, Cas, Day, DayChange, DayView, Eased, NewAttention, Result, Stamp, Store, StoreError, UNPLACED, messages};

/// What was done by hand: everything that is needed to take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Where.
    pub location_id: String,
    /// On which local day.
    pub date: NaiveDate,
    /// Everything that moved: the booking that was asked for first.
    pub moves: Vec<Moved>,
    /// The day's version after it.
    pub version: i64,
    /// What a manager answers for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

/// What came of carrying an offer out.
#[derive(Debug, Clone, PartialEq)]
pub enum CarriedOut {
    /// It is done.
    Done(Done),
    /// The day was changed since: nothing was written, and this is what it takes now.
    Changed(Box<Offer>),
}

/// Carries out exactly what was offered: moves, messages to customers who were told another name, history and what it settles are one change of the
/// day. Where the day was changed since, it is looked at again and nothing is written.
///
/// # Errors
/// An offer that says it cannot be; moves that do not keep the rules of the day.
pub async fn carry_out(store: &dyn Store, clock: &dyn Clock, offered: &Offer, options: &RunOptions) -> Result<CarriedOut> {
    match &offered.takes {
        Takes::Refused(refused) => return Err(StoreError::invalid(refused.said.clone())),
        Takes::Impossible { left } => {
            let said: Vec<String> = left.iter().map(|one| format!("{}: {}", one.line, one.why)).collect();
            return Err(StoreError::invalid(format!("somebody would be left with nobody: {}", said.join("; "))));
        }
        Takes::Nothing | Takes::Free { .. } | Takes::Others(_) => {}
    }
    let day = store.day(&offered.location_id, offered.date, DayView::Live).await?;
    if day.version != offered.version || !holds(&day, offered, clock) {
        return changed(store, clock, &offered.asked, options).await;
    }
    if offered.moves().is_empty() {
        return Ok(CarriedOut::Done(done(&day, Vec::new(), day.version, None)));
    }
    let eased = checked(&day, offered, clock)?;
    let overridden = Overridden::of(&day, &offered.asked)?;
    let change = change(clock, &day, offered, eased, overridden.as_ref(), &options.actor);
    if store.change_day(&change).await? == Cas::LostRace {
        return changed(store, clock, &offered.asked, options).await;
    }
    let version = settle(store, clock, &day, offered.asked.to.is_empty(), &options.actor).await?;
    Ok(CarriedOut::Done(done(&day, offered.moves().to_vec(), version, overridden)))
}

fn done(day: &Day, moves: Vec<Moved>, version: i64, overridden: Option<Overridden>) -> Done {
    Done { location_id: day.location.id.clone(), date: day.sheet.date, moves, version, overridden }
}

async fn changed(store: &dyn Store, clock: &dyn Clock, asked: &Handover, options: &RunOptions) -> Result<CarriedOut> {
    Ok(CarriedOut::Changed(Box::new(Box::pin(offer(store, clock, asked, None, options)).await?)))
}

/// Is everything as the offer found it? Others that have begun since stay with those who serve them.
fn holds(day: &Day, offered: &Offer, clock: &dyn Clock) -> bool {
    let now = clock.now_minute();
    offered.moves().iter().all(|one| {
        let has_begun = |start| start <= now && one.booking_id != offered.asked.booking;
        day.booking(&one.booking_id).is_some_and(|row| holding(row) == one.before && !has_begun(row.span.start))
    })
}

/// An offer that came by way of somebody's screen is checked like any other plan. Says what the booking no longer asks for.
fn checked(day: &Day, offered: &Offer, clock: &dyn Clock) -> Result<Option<Eased>> {
    let (asked, moves) = (&offered.asked, offered.moves());
    let booking = target::standing(day, asked)?;
    let Some(mine) = moves.iter().find(|one| one.booking_id == booking.id) else {
        return Err(StoreError::invalid(format!("the offer does not move booking {}", booking.id)));
    };
    if asked.to.is_empty() {
        let alone = moves.len() == 1 && mine.after.resources.is_empty();
        return if alone { Ok(None) } else { Err(StoreError::invalid("taking a booking away from everybody moves nobody else")) };
    }
    let target = target::of(day, booking, asked)?.map_err(|refused| StoreError::invalid(refused.said))?;
    if target.resources != mine.after.resources {
        return Err(StoreError::invalid(format!("the offer gives booking {} to others than it was asked for", booking.id)));
    }
    let now = clock.now_minute();
    sound(day, laid_out(day, booking, &target, now), moves, now)?;
    Ok(target.eased)
}

/// The offer as a change of the day.
fn change(clock: &dyn Clock, day: &Day, offered: &Offer, eased: Option<Eased>, overridden: Option<&Overridden>, actor: &str) -> DayChange {
    let asked = &offered.asked;
    let named = |ids: &[String]| ids.iter().map(|id| day.resource_name(id)).collect::<Vec<_>>().join(" and ");
    let (mut reason, about) = match offered.moves() {
        [mine, ..] if asked.to.is_empty() => (format!("taken from {} by hand", named(&mine.before.resources)), mine),
        [mine, ..] => (format!("given to {} by hand", named(&mine.after.resources)), mine),
        [] => return DayChange::of(day, Stamp::new(actor, clock.now(), &asked.why)),
    };
    if let Some(overridden) = overridden {
        reason = format!("{reason} against a rule ({})", overridden.said(day));
    }
    for more in [Some(&asked.why), asked.overriding.as_ref()].into_iter().flatten().filter(|why| !why.trim().is_empty()) {
        reason = format!("{reason}: {}", more.trim());
    }
    let mut change = DayChange::of(day, Stamp::new(actor, clock.now(), &reason));
    let makes_room = format!("moved by hand, so that {} can serve booking {}", named(&about.after.resources), about.booking_id);
    for one in offered.moves() {
        let why = if one.booking_id == asked.booking { &reason } else { &makes_room };
        write(clock, day, one, why, &mut change);
    }
    change.eased.extend(eased);
    change
}

/// One booking's part of a change by hand: who holds it, what its customer hears, what is settled or begins to wait.
pub(super) fn write(clock: &dyn Clock, day: &Day, one: &Moved, why: &str, change: &mut DayChange) {
    let Some(booking) = day.booking(&one.booking_id) else { return };
    let to = one.after.resources.clone();
    if to.is_empty() {
        change.attention.push(NewAttention::new(&booking.id, UNPLACED, why));
    } else {
        change.settled.push((booking.id.clone(), UNPLACED.to_owned()));
        if is_told(clock, day, booking) && booking.resources != to {
            apply::tell(day, messages::CHANGED, booking, &to, &mut change.messages, &mut change.attention);
        }
    }
    let ways = [one.after.state, BookingState::Confirmed];
    let state = ways.into_iter().find(|state| booking.state.may_become(*state)).filter(|_| booking.state != one.after.state);
    change.assignments.push(AssignmentChange {
        booking_id: booking.id.clone(),
        resources: to,
        status: booking.status,
        state,
        reason: why.to_owned(),
    });
}

/// What follows a change by hand: after the cutoff a new name is told like any other, and what was taken from somebody is not given back to them as
/// long as nothing else changes. Says the day's version.
pub(super) async fn settle(store: &dyn Store, clock: &dyn Clock, day: &Day, to_nobody: bool, actor: &str) -> Result<i64> {
    let (location, date) = (&day.location.id, day.sheet.date);
    cutoff::finalize_if_past(store, clock, location, date, actor).await?;
    if to_nobody {
        store.note_tried(location, date, clock.now()).await?;
    }
    Ok(store.day(location, date, DayView::Live).await?.version)
}
