//! The needs-attention queue: what waits for a person, what proves it, what would mend it, and what a person can do about it.
//!
//! Whatever is done goes the way of every other change: compare-and-set on the day, with history and messages in one transaction. A house that is
//! changed for it (somebody stays longer, a temp comes) is changed first, and the day after it; should the second not come about, the first stands on
//! file like any other, and the booking goes on waiting.

pub mod act;
pub mod room;

use chrono::{DateTime, Utc};

use super::assign::{Candidate, candidates};
use super::mend::what_helps;
use super::night::{RunOptions, run_once};
use crate::alloc::Limits;
use crate::alloc::explain::repairs::Repairs;
use crate::clock::Clock;
use crate::domain::AssignmentStatus;
use crate::store::{AttentionRow, BookingRow, Day, DayView, Result, Store, StoreError, messages};

/// A row of the queue with everything that helps to decide.
#[derive(Debug, Clone)]
pub struct Case {
    /// As it stands in the queue.
    pub row: AttentionRow,
    /// The booking it is about.
    pub booking: BookingRow,
    /// When, what and who, in a line: `10:00 Swedish massage, Amina`.
    pub line: String,
    /// Minutes since it came into the queue.
    pub age_minutes: i64,
    /// The day's version that all this is about.
    pub day_version: i64,
    /// Everybody who might serve it, best first; with what keeps them from it.
    pub candidates: Vec<Candidate>,
    /// What would place it, each solved and priced; `None` where it is served, and something else needs attention.
    pub repairs: Option<Repairs>,
    /// There is room by now: trying again is enough.
    pub has_room: bool,
}

/// Looks at a row: at the day as it stands now.
///
/// # Errors
/// Unknown row; one that is settled.
pub async fn case(store: &dyn Store, clock: &dyn Clock, id: &str, limits: &Limits, time_limit_s: f64) -> Result<Case> {
    let row = store.attention(id).await?;
    let (day, booking) = waiting(store, &row).await?;
    let options = RunOptions { limits: limits.clone(), ..act::by("") };
    let (repairs, has_room) = mended(clock, &day, &booking, &options, time_limit_s).await?;
    Ok(Case {
        line: messages::line(&day, &booking),
        age_minutes: age_minutes(&row, clock.now()),
        day_version: day.version,
        candidates: candidates(&day, &booking),
        repairs,
        has_room,
        booking,
        row,
    })
}

/// Minutes that a row has been waiting.
pub fn age_minutes(row: &AttentionRow, now: DateTime<Utc>) -> i64 {
    (now - row.created_at).num_minutes().max(0)
}

/// The day and the booking of a row that is still open.
async fn waiting(store: &dyn Store, row: &AttentionRow) -> Result<(Day, BookingRow)> {
    if let Some(how) = &row.resolution {
        return Err(StoreError::conflict(format!("the row {} of the needs-attention queue is settled ({how}); there is nothing left to do", row.id)));
    }
    let booking = store.booking(&row.booking_id).await?;
    let day = store.day(&booking.location_id, booking.local_date, DayView::Live).await?;
    Ok((day, booking))
}

/// What would place a booking that nobody serves, and whether there is room for it as things are: by the rules by which it will be carried out.
async fn mended(clock: &dyn Clock, day: &Day, booking: &BookingRow, options: &RunOptions, time_limit_s: f64) -> Result<(Option<Repairs>, bool)> {
    let half = RunOptions { time_limit_s: Some(time_limit_s / 2.0), ..options.apart() };
    let run = run_once(clock, day.clone(), &half).await?;
    if run.groups.unplaced.contains(&booking.id) {
        let found = what_helps(&run, Some(&booking.id), &options.apart(), time_limit_s / 2.0).await?;
        return Ok((found.into_iter().next(), false));
    }
    let waits = booking.resources.is_empty() && !booking.demands.is_empty();
    Ok((None, waits && run.plan.assignments.iter().any(|one| one.booking == booking.id)))
}

/// Was the customer promised the people who hold the booking?
fn is_promised(booking: &BookingRow) -> bool {
    booking.status != AssignmentStatus::Provisional && !booking.resources.is_empty()
}
