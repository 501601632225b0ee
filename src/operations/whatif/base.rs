//! The days of a location as a base.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::clock::Clock;
use crate::domain::{Minute, local};
use crate::operations::prepare::prepare;
use crate::scenario::{About, Day, Origin};
use crate::store::{self, BookingRow, DayView, Result, Store, StoreError};

/// Days that a base may span.
pub const DAYS_MAX: i64 = 366;

/// Where the days of a base from a database come from.
const SOURCE: &str = "database";

/// The days of a location from one local day to another, both included, on which anything is booked.
///
/// From today on they are live, and prepared as the nightly run prepares them: what has begun stays, who was told a name keeps it, what waits for a
/// person keeps its time. So an allocation of the unchanged day is what the night would do. Days that are over are as recorded: everything that was
/// not called off, held by who really served it. A booking's service is told by its id.
///
/// # Errors
/// Unknown location; days that end before they begin, or more than [`DAYS_MAX`]; nothing is booked on any of them.
pub async fn days(store: &dyn Store, clock: &dyn Clock, location: &str, from: NaiveDate, to: NaiveDate) -> Result<Vec<Day>> {
    let place = store.location(location).await?;
    spanned(from, to)?;
    let today = local::local_date(place.timezone, clock.now());
    let prices: BTreeMap<String, Option<i64>> =
        store.services(location).await?.into_iter().map(|service| (service.id, service.price_cents)).collect();
    let mut days = Vec::new();
    for (date, _) in store.days_with_bookings(location, from, to).await? {
        let day = if date < today {
            recorded(store.day(location, date, DayView::Recorded).await?, &prices)
        } else {
            live(store.day(location, date, DayView::Live).await?, clock.now_minute(), &prices)
        };
        // What is booked may all have been served by now.
        if !day.sheet.bookings.is_empty() {
            days.push(day);
        }
    }
    if days.is_empty() {
        let message = format!("nothing is booked at {} from {from} to {to}: there is nothing to ask about; choose days with bookings", place.name);
        return Err(StoreError::invalid(message));
    }
    Ok(days)
}

/// Refuses days that end before they begin, and too many of them.
pub(super) fn spanned(from: NaiveDate, to: NaiveDate) -> Result<()> {
    if to < from {
        return Err(StoreError::invalid(format!("from {from} to {to}: the last day is before the first")));
    }
    let count = (to - from).num_days() + 1;
    if count > DAYS_MAX {
        return Err(StoreError::invalid(format!("from {from} to {to}: {count} days; expected at most {DAYS_MAX}")));
    }
    Ok(())
}

/// A day still to come, as the nightly run would search it.
pub(super) fn live(day: store::Day, now: Minute, prices: &BTreeMap<String, Option<i64>>) -> Day {
    let about = about(&day.bookings, prices);
    Day { sheet: prepare(day.sheet, now, false).sheet, about, origin: Origin { source: SOURCE.to_owned(), version: Some(day.version) } }
}

/// A day that is over. Nothing on it is held any more: it is dealt as if it were still to come.
fn recorded(day: store::Day, prices: &BTreeMap<String, Option<i64>>) -> Day {
    let about = about(&day.bookings, prices);
    Day { sheet: day.sheet, about, origin: Origin { source: SOURCE.to_owned(), version: None } }
}

fn about(bookings: &[BookingRow], prices: &BTreeMap<String, Option<i64>>) -> BTreeMap<String, About> {
    let known = bookings.iter().filter_map(|booking| {
        let service = booking.service_id.clone()?;
        let price_cents = prices.get(&service).copied().flatten();
        // A record that was brought in later does not say when it was booked.
        let booked_at = Some(Minute::of(booking.created_at)).filter(|at| *at <= booking.span.start);
        Some((booking.id.clone(), About { service, price_cents, booked_at }))
    });
    known.collect()
}
