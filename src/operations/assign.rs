//! Changes by hand: the manager gives a booking to somebody else. The same rules, the same history, the same messages.

use super::apply;
use crate::alloc::eligibility::Rule;
use crate::alloc::instance::Instance;
use crate::booking::cutoff_of;
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState};
use crate::store::{
    AssignmentChange, BookingRow, Cas, Day, DayChange, DayView, Result, Stamp, Store, StoreError, StoreErrorKind, UNPLACED, messages,
};

/// Gives a booking to exactly these people or tables. A customer who was told a name is told the new one in the same transaction; what a
/// customer chose stays chosen, with the new person.
///
/// # Errors
/// Unknown booking or people; people who may not serve it or are busy, with the rule that is in the way; the day was changed meanwhile.
pub async fn reassign(store: &dyn Store, clock: &dyn Clock, booking: &str, resources: &[&str], actor: &str, reason: &str) -> Result<BookingRow> {
    let booking = store.booking(booking).await?;
    let day = store.day(&booking.location_id, booking.local_date, DayView::Live).await?;
    let mut resources: Vec<String> = resources.iter().map(|&r| r.to_owned()).collect();
    resources.sort();
    if let Some(why) = refusal(&day, &booking, &resources) {
        return Err(why);
    }
    let (mut sent, mut attention) = (Vec::new(), Vec::new());
    // Whom a customer chose is confirmed to them at the cutoff.
    let is_told = match booking.status {
        AssignmentStatus::Provisional => false,
        AssignmentStatus::Bound => clock.now_minute() >= cutoff_of(&day),
        AssignmentStatus::Finalized => true,
    };
    if is_told && booking.resources != resources {
        apply::tell(&day, messages::CHANGED, &booking, &resources, &mut sent, &mut attention);
    }
    let state = (booking.state == BookingState::ManualReview).then_some(BookingState::Confirmed);
    let assignment = AssignmentChange { booking_id: booking.id.clone(), resources, status: booking.status, state, reason: reason.to_owned() };
    let change = DayChange {
        location_id: booking.location_id.clone(),
        date: booking.local_date,
        expected_version: day.version,
        stamp: Stamp::new(actor, clock.now(), reason),
        assignments: vec![assignment],
        attention,
        settled: vec![(booking.id.clone(), UNPLACED.to_owned())],
        messages: sent,
        run: None,
    };
    match store.change_day(&change).await? {
        Cas::Applied(_) => store.booking(&booking.id).await,
        Cas::LostRace => Err(StoreError::conflict(format!("{} at {} was changed meanwhile; look again", booking.local_date, day.location.name))),
    }
}

/// Why these may not serve the booking on that day, if they may not.
fn refusal(day: &Day, booking: &BookingRow, resources: &[String]) -> Option<StoreError> {
    let mut sheet = day.sheet.clone();
    let Some(asked) = sheet.bookings.iter_mut().find(|b| b.id == booking.id) else {
        let message = format!("booking {} is {} and cannot be given to anybody", booking.id, booking.state.as_str());
        return Some(StoreError::new(StoreErrorKind::IllegalTransition, message));
    };
    // The manager may also overrule a chosen or a told name.
    asked.assignment = None;
    let instance = Instance::new(&sheet, false);
    let at = instance.house.booking(&booking.id)?;
    let mut by = Vec::new();
    for id in resources {
        let Some(r) = instance.house.resource(id) else { return Some(StoreError::not_found("person or table here that day", id)) };
        let other =
            sheet.bookings.iter().find(|b| b.id != booking.id && b.current().contains(&id.as_str()) && b.occupied().overlaps(booking.occupied()));
        if let Some(other) = other {
            let message = format!("{} is with booking {} at that time", day.resource_name(id), other.id);
            return Some(StoreError::new(StoreErrorKind::DoubleBooking, message));
        }
        by.push(r);
    }
    by.sort_unstable();
    if instance.bookings[at].can_be_served_by(&by) {
        return None;
    }
    let said: Vec<String> = by
        .iter()
        .filter_map(|&r| {
            let rules = booking.demands.iter().map(|demand| instance.house.ruled_out(&sheet.bookings[at], demand, &sheet.resources[r]));
            let rule = rules.collect::<Option<Vec<Rule>>>()?.into_iter().max()?;
            Some(format!("{}: {}", sheet.resources[r].name, rule.as_str()))
        })
        .collect();
    let why = if said.is_empty() { "these are not as many, or not of the kind, as it asks for".to_owned() } else { said.join("; ") };
    Some(StoreError::invalid(format!("booking {} cannot be served by {}: {why}", booking.id, resources.join(" and "))))
}
