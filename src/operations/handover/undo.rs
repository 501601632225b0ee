//! What was done by hand is taken back.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::act::{Done, settle, write};
use super::{Holding, Moved, holding, is_told};
use crate::clock::Clock;
use crate::domain::{BookingState, local};
use crate::operations::TRIES_MAX;
use crate::operations::absence::may_serve;
use crate::operations::assign::candidates;
use crate::store::{BookingRow, Cas, Day, DayChange, DayView, Result, Stamp, Store, StoreError, messages};

/// Puts back what still stands as it was left by these moves, in one change; who was told another name meanwhile is told again. What somebody has
/// changed since stays. Taking this back again is another undo.
///
/// # Errors
/// The day is over; nothing of it stands as it was left; somebody who would get a booking back is busy or away by now: then nothing is put back, and it says who and why.
pub async fn undo(store: &dyn Store, clock: &dyn Clock, location: &str, date: NaiveDate, moves: &[Moved], actor: &str) -> Result<Done> {
    for _ in 0..TRIES_MAX {
        let day = store.day(location, date, DayView::Live).await?;
        if local::has_ended(day.location.timezone, date, clock.now_minute()) {
            return Err(StoreError::invalid(format!("{date} is over at {}: nothing of it can be changed", day.location.name)));
        }
        let back = back(clock, &day, moves);
        if back.is_empty() {
            let message = format!("nothing can be taken back on {date} at {}: it was changed since, or is over", day.location.name);
            return Err(StoreError::conflict(message));
        }
        if let Some(why) = back.iter().find_map(|one| in_the_way(&day, one, &back)) {
            return Err(StoreError::conflict(format!("nothing was taken back: {why}")));
        }
        let reason = "taken back by hand";
        let mut change = DayChange::of(&day, Stamp::new(actor, clock.now(), reason));
        for one in &back {
            write(clock, &day, one, reason, &mut change);
        }
        if store.change_day(&change).await? != Cas::LostRace {
            let to_nobody = back.iter().any(|one| one.after.resources.is_empty());
            let version = settle(store, clock, &day, to_nobody, actor).await?;
            return Ok(Done { location_id: day.location.id.clone(), date, moves: back, version, overridden: None });
        }
    }
    Err(StoreError::conflict(format!("{date} at {location} was changed each time before it could be taken back; try again")))
}

/// Would [`undo`] put anything of this back, on a day as it stands?
pub fn may_undo(clock: &dyn Clock, day: &Day, moves: &[Moved]) -> bool {
    let back = back(clock, day, moves);
    !back.is_empty() && back.iter().all(|one| in_the_way(day, one, &back).is_none())
}

/// The moves in the other direction, as far as they stand.
fn back(clock: &dyn Clock, day: &Day, moves: &[Moved]) -> Vec<Moved> {
    let stands = |row: &BookingRow, left: &Holding| row.resources == left.resources && row.state == left.state;
    let standing = moves.iter().filter_map(|one| Some((one, day.booking(&one.booking_id).filter(|row| stands(row, &one.after))?)));
    let turned = standing.filter(|(one, _)| one.before != one.after).map(|(one, row)| {
        let to_nobody = one.before.resources.is_empty();
        let waits = to_nobody && row.state.may_become(BookingState::ManualReview);
        let state = if waits { BookingState::ManualReview } else { one.before.state };
        let after = Holding { resources: one.before.resources.clone(), status: row.status, state };
        Moved { booking_id: row.id.clone(), before: holding(row), after, is_told: !to_nobody && is_told(clock, day, row) }
    });
    turned.collect()
}

/// Why somebody cannot have a booking back, in words: away, or busy with something that does not go back with it.
fn in_the_way(day: &Day, one: &Moved, back: &[Moved]) -> Option<String> {
    let booking = day.booking(&one.booking_id)?;
    let then: BTreeMap<&str, &[String]> = back.iter().map(|other| (other.booking_id.as_str(), other.after.resources.as_slice())).collect();
    let line = messages::line(day, booking);
    if !one.after.resources.is_empty() && !may_serve(day, booking, &one.after.resources) {
        let whys = candidates(day, booking).into_iter().filter(|found| one.after.resources.contains(&found.resource_id));
        let whys: Vec<String> =
            whys.flat_map(|found| found.rules.into_iter().map(move |rule| format!("{}: {}", found.name, rule.as_str()))).collect();
        let names: Vec<&str> = one.after.resources.iter().map(|id| day.resource_name(id)).collect();
        let whys = if whys.is_empty() { String::new() } else { format!(" ({})", whys.join("; ")) };
        return Some(format!("{} cannot serve {line} any more{whys}", names.join(" and ")));
    }
    let holders = |other: &BookingRow| then.get(other.id.as_str()).map_or_else(|| other.resources.clone(), |then| then.to_vec());
    let others = day.bookings.iter().filter(|other| other.id != booking.id && other.occupied().overlaps(booking.occupied()));
    others
        .flat_map(|other| holders(other).into_iter().map(move |who| (other, who)))
        .find(|(_, who)| one.after.resources.contains(who))
        .map(|(other, who)| format!("{} cannot have {line} back, and is with {} then", day.resource_name(&who), messages::line(day, other)))
}
