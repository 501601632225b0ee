//! The needs-attention queue: what waits for a person, what proves it, what would mend it, and what a person can do about it.
//!
//! Whatever is done goes the way of every other change: compare-and-set on the day, with history and messages in one transaction. A house that is
//! changed for it (somebody stays longer, a temp comes) is changed first, and the day after it; should the second not come about, the first stands on
//! file like any other, and the booking goes on waiting.

pub mod act;
pub mod room;

use chrono::{DateTime, Utc};

use super::assign::{Candidate, candidates};
use super::prepare::prepare;
use super::solve::solve;
use crate::alloc::explain::repairs::{Repairs, repairs};
use crate::alloc::instance::Instance;
use crate::alloc::{Limits, Profile, StopCause, served_by_plan};
use crate::clock::Clock;
use crate::domain::AssignmentStatus;
use crate::sheet::plan::{Certified, Reason};
use crate::store::{AttentionRow, BookingRow, Day, DayView, Result, Store, StoreError, StoreErrorKind, messages};

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
    let (repairs, has_room) = mended(clock, &day, &booking, limits, time_limit_s).await?;
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

/// What would place a booking that nobody serves, and whether there is room for it as things are.
async fn mended(clock: &dyn Clock, day: &Day, booking: &BookingRow, limits: &Limits, time_limit_s: f64) -> Result<(Option<Repairs>, bool)> {
    let profile = repair_profile()?;
    let prepared = prepare(day.sheet.clone(), clock.now_minute(), false);
    let solved = solve(prepared, &profile, limits, time_limit_s / 2.0).await?;
    let Some(unplaced) = solved.plan.unplaced.iter().find(|one| one.booking == booking.id) else {
        let waits = booking.resources.is_empty() && !booking.demands.is_empty();
        return Ok((None, waits && solved.plan.assignments.iter().any(|one| one.booking == booking.id)));
    };
    let said: Option<Certified> = match &unplaced.reason {
        Reason::Certified(certified) => Some(certified.clone()),
        _ => None,
    };
    let (sheet, plan, id) = (solved.prepared.sheet, solved.plan.clone(), booking.id.clone());
    let stop = limits.stop.one_of_several();
    let limits = Limits { stop: stop.clone(), ..limits.clone() };
    let looking = tokio::task::spawn_blocking(move || {
        let instance = Instance::new(&sheet, profile.prices_finalized());
        let (served, at) = (served_by_plan(&instance, &plan)?, instance.house.booking(&id)?);
        repairs(&sheet, &profile, &served, &[(at, said)], &limits).pop()
    });
    tokio::pin!(looking);
    let limit = tokio::time::Duration::try_from_secs_f64((time_limit_s / 2.0).max(0.0)).unwrap_or(tokio::time::Duration::MAX);
    let found = tokio::select! {
        found = &mut looking => found,
        () = tokio::time::sleep(limit) => {
            stop.raise(StopCause::Deadline);
            looking.await
        }
    };
    let failed = |error| StoreError::new(StoreErrorKind::PlanRefused, "the search for repairs ended without an answer").caused_by(error);
    Ok((found.map_err(failed)?, false))
}

/// The shipped profile that changes as little as possible; who was told a name keeps it.
fn repair_profile() -> Result<Profile> {
    Profile::shipped("repair").ok_or_else(|| StoreError::invalid("there is no shipped profile called repair"))
}

/// Was the customer promised the people who hold the booking?
fn is_promised(booking: &BookingRow) -> bool {
    booking.status != AssignmentStatus::Provisional && !booking.resources.is_empty()
}
