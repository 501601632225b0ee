//! The fairness ledger: who did more than their share, and what is carried into the next sheet.
//!
//! Every day that is over closes into it once. A person's *target* of a day is their fair share of its work: what they would have served, could every
//! booking have been divided at will among those who could serve it, so that all were equally busy for the minutes they were there, as far as
//! qualifications and hours allow. Who could is what [`crate::alloc::eligibility`] says everywhere: on duty at that time, qualified, of the gender
//! that was wished. It is the balance tier's own measure without what makes a day indivisible; so what is carried is what the days could not even out
//! by themselves. (Sharing each booking apart, in proportion to the minutes of those who could serve it, looks simpler and is not fair: whoever alone
//! can do some work would owe the full share of everybody else's besides, day after day, and could never do it.) What follows:
//!
//! - On leave, sick, off or not hired yet: not there, so no share, and nothing owed. A newcomer starts at zero.
//! - Who is not qualified for a work owes none of it; who alone is, owes it, and so much less of what others could do as well.
//! - Nobody owes more of a booking than its length.
//! - A temp's account would end with the temp. What temps served is shared by nobody: it is neither earned nor owed by those who stay.
//! - What a customer chose a person for is counted apart. It was not ours to share out: it earns nothing, and the time it took is time in which
//!   the person could not have served anything else. Where somebody else served it after all, it is work like any other.
//! - A visit that was missed was served (the time was kept), one that was called off was not. Who really served counts before who held.
//! - Who served though they might not have (a day off, a record of another kind) earned it.
//!
//! So on a day whose work was all done by people who could, the balances (actual less target) sum to nothing, and what one has above the share
//! the others have below it. The formula stands in `models/README.md`.
//!
//! The next sheet's `carried_minutes` are the balances and corrections of the last [`LEDGER_DAYS`] days. They are weighed by the balance tier alone:
//! what can be offered, who may serve what and the pick of a booking never ask the ledger, so fairness never takes capacity away.
//!
//! A correction is for what the ledger cannot know: an hour of stocktaking, a day recorded wrongly. It is kept with who made it and why; neither it
//! nor a closed day is ever changed.

mod share;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

pub use share::{Done, entries};

use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState, ResourceKind, local};
use crate::store::{BookingRow, CorrectionRow, Day, LEDGER_DAYS, LedgerEntry, NewCorrection, Result, Stamp, Store};

/// Closes every local day of a location that is over, has bookings and is not closed yet, as far back as the ledger is carried: what downtime left
/// behind, too. Each is one transaction; run twice, or by two at once, it closes each once. The days it closed, oldest first.
///
/// # Errors
/// Unknown location; the store cannot be written.
pub async fn close_due(store: &dyn Store, clock: &dyn Clock, location: &str) -> Result<Vec<NaiveDate>> {
    close_due_as(store, clock, location, "ledger").await
}

/// The same in somebody's name.
///
/// # Errors
/// As [`close_due`].
pub async fn close_due_as(store: &dyn Store, clock: &dyn Clock, location: &str, actor: &str) -> Result<Vec<NaiveDate>> {
    let place = store.location(location).await?;
    let today = local::local_date(place.timezone, clock.now());
    let (Some(from), Some(yesterday)) = (today.checked_sub_days(Days::new(LEDGER_DAYS)), today.pred_opt()) else { return Ok(Vec::new()) };
    let closed = store.ledger(location, from, yesterday).await?.closed;
    let mut done = Vec::new();
    for (date, _) in store.days_with_bookings(location, from, yesterday).await? {
        let stamp = Stamp::new(actor, clock.now(), "the day is over");
        if closed.binary_search(&date).is_err() && store.close_day(location, date, &settle, &stamp).await?.is_some() {
            done.push(date);
        }
    }
    Ok(done)
}

/// What everybody's day was, of a day as recorded.
pub fn settle(day: &Day) -> Vec<LedgerEntry> {
    let done = day.bookings.iter().filter(|row| stood(row)).map(|row| (row.id.clone(), what_was_done(row))).collect();
    entries(&day.sheet, &done)
}

/// Was somebody's time kept for it?
fn stood(booking: &BookingRow) -> bool {
    use BookingState::{Completed, Confirmed, ManualReview, NoShow};
    matches!(booking.state, Confirmed | ManualReview | Completed | NoShow)
}

/// Who served a booking, or holds it, and whether its customer chose them.
pub fn what_was_done(booking: &BookingRow) -> Done {
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids
    };
    let held = sorted(&booking.resources);
    let by = if booking.served_by.is_empty() { held.clone() } else { sorted(&booking.served_by) };
    Done { requested: booking.status == AssignmentStatus::Bound && by == held, by }
}

/// One person's account over a window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// Who.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Days with an entry.
    pub days: usize,
    /// Minutes on shift and not blocked.
    pub available_minutes: i64,
    /// The fair share of the work in which they took part or might have.
    pub target_minutes: f64,
    /// Minutes served of such work.
    pub actual_minutes: i64,
    /// Minutes served because the customer chose them.
    pub requested_minutes: i64,
    /// Corrections by hand.
    pub corrected_minutes: i64,
    /// Actual less target, with corrections: what a sheet carries, rounded there to whole minutes.
    pub balance_minutes: f64,
}

/// A location's ledger as a day's sheet sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ledger {
    /// Where.
    pub location: String,
    /// First local day of the window.
    pub from: NaiveDate,
    /// Last local day of the window: the one before the sheet's.
    pub to: NaiveDate,
    /// Days of it that are closed.
    pub closed: Vec<NaiveDate>,
    /// Everybody with an account, by id: who is on the staff now, and who left within the window.
    pub people: Vec<Account>,
    /// Corrections, oldest first; those of the sheet's own day too.
    pub corrections: Vec<CorrectionRow>,
}

/// The ledger as the sheet of `date` sees it: the days before it, and every correction up to now.
///
/// # Errors
/// Unknown location.
pub async fn show(store: &dyn Store, location: &str, date: NaiveDate) -> Result<Ledger> {
    let place = store.location(location).await?;
    let from = date.checked_sub_days(Days::new(LEDGER_DAYS)).unwrap_or(date);
    let to = date.pred_opt().unwrap_or(date);
    // Corrections are carried whatever the sheet's date; days only from before it.
    let mut rows = store.ledger(&place.id, from, LAST_DAY).await?;
    rows.closed.retain(|day| *day <= to);
    rows.entries.retain(|entry| entry.date <= to);
    let mut people: BTreeMap<String, Sums> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for person in store.resources(&place.id).await?.into_iter().filter(|r| r.kind == ResourceKind::Staff) {
        if person.active && !person.is_temporary {
            people.entry(person.id.clone()).or_default();
        }
        names.insert(person.id, person.name);
    }
    for entry in &rows.entries {
        people.entry(entry.resource_id.clone()).or_default().add(entry);
    }
    for correction in &rows.corrections {
        people.entry(correction.resource_id.clone()).or_default().corrected += correction.minutes;
    }
    let people = people.into_iter().map(|(id, sums)| sums.account(names.get(&id).unwrap_or(&id).clone(), id)).collect();
    Ok(Ledger { location: place.id, from, to, closed: rows.closed, people, corrections: rows.corrections })
}

/// The last day that sorts as text the way it does as a date.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date");

#[derive(Debug, Default)]
struct Sums {
    days: usize,
    available: i64,
    actual: i64,
    requested: i64,
    target_seconds: i64,
    corrected: i64,
}

impl Sums {
    fn add(&mut self, entry: &LedgerEntry) {
        self.days += 1;
        self.available += entry.available_minutes;
        self.actual += entry.actual_minutes;
        self.requested += entry.requested_minutes;
        self.target_seconds += entry.target_seconds;
    }

    fn account(self, name: String, id: String) -> Account {
        let balance_seconds = 60 * (self.actual + self.corrected) - self.target_seconds;
        Account {
            id,
            name,
            days: self.days,
            available_minutes: self.available,
            target_minutes: self.target_seconds as f64 / 60.0,
            actual_minutes: self.actual,
            requested_minutes: self.requested,
            corrected_minutes: self.corrected,
            balance_minutes: balance_seconds as f64 / 60.0,
        }
    }
}

/// Adds minutes to what a person is above their share, from the next sheet on; a negative number owes them work.
///
/// # Errors
/// Unknown location or person; a temp or a table; no minutes, or more than a week's.
pub async fn correct(
    store: &dyn Store,
    clock: &dyn Clock,
    location: &str,
    who: &str,
    minutes: i64,
    actor: &str,
    reason: &str,
) -> Result<CorrectionRow> {
    let place = store.location(location).await?;
    let date = local::local_date(place.timezone, clock.now());
    let new = NewCorrection { location_id: place.id, resource_id: who.to_owned(), date, minutes };
    store.correct_ledger(&new, &Stamp::new(actor, clock.now(), reason)).await
}
