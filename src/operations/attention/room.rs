//! What waits is tried again as soon as anything has changed: a temp came, somebody cancelled, somebody is well again.

use chrono::{NaiveDate, TimeDelta};

use super::is_promised;
use crate::clock::Clock;
use crate::operations::cutoff;
use crate::operations::night::{RunOptions, RunReport, conclude, run_once};
use crate::store::{Cas, DayChange, DayView, NewMessage, Result, RunStatus, Store, UNPLACED, messages};

/// What came of a try.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// Days that were looked at.
    pub days: usize,
    /// Bookings that need nobody's attention any more.
    pub settled: Vec<String>,
}

/// Tries everything that waits on days where something has changed since the last try. What finds room is served, said so in the queue, and told to
/// the manager; after the cutoff its customer is told the name. Customers who were told a name keep it, and nothing is recorded where nothing comes
/// of it. A day that is changed meanwhile is tried again next time.
///
/// # Errors
/// The store cannot be read or written.
pub async fn try_again(store: &dyn Store, clock: &dyn Clock, options: &RunOptions) -> Result<Tried> {
    let mut tried = Tried::default();
    // Yesterday is still today somewhere.
    let from = (clock.now() - TimeDelta::days(1)).date_naive();
    for (location, date) in store.restless_days(from).await? {
        tried.days += 1;
        if let Some(settled) = on_day(store, clock, &location, date, options).await? {
            tried.settled.extend(settled);
            cutoff::finalize_if_past(store, clock, &location, date, &options.actor).await?;
            store.note_tried(&location, date, clock.now()).await?;
        }
    }
    Ok(tried)
}

/// What was settled on a day; `None` when somebody changed it meanwhile.
async fn on_day(store: &dyn Store, clock: &dyn Clock, location: &str, date: NaiveDate, options: &RunOptions) -> Result<Option<Vec<String>>> {
    let waiting: Vec<String> =
        store.open_attention(location, Some(date)).await?.into_iter().filter(|row| row.code == UNPLACED).map(|row| row.booking_id).collect();
    let day = store.day(location, date, DayView::Live).await?;
    let mut report = run_once(clock, day, options).await?;
    let served: Vec<String> = waiting.into_iter().filter(|id| is_served(&report, id)).collect();
    if served.is_empty() {
        return Ok(Some(served));
    }
    let said: Vec<NewMessage> = served.iter().filter_map(|id| said(&report, id)).collect();
    if report.run.status == RunStatus::Applied {
        report.change.messages.extend(said);
        conclude(store, &mut report).await?;
        return Ok((report.run.status != RunStatus::LostRace).then_some(served));
    }
    // Nobody has to move for it: whoever holds it can serve it again.
    let settled = served.iter().map(|id| (id.clone(), UNPLACED.to_owned())).collect();
    let change = DayChange { assignments: Vec::new(), attention: Vec::new(), settled, messages: said, run: None, ..report.change };
    Ok((store.change_day(&change).await? != Cas::LostRace).then_some(served))
}

/// Is it served by the plan, and not only as it was before?
fn is_served(report: &RunReport, id: &str) -> bool {
    let placed = report.plan.assignments.iter().find(|one| one.booking == id);
    match (placed, report.day.booking(id)) {
        (Some(placed), Some(booking)) => booking.resources != placed.resources || is_promised(booking),
        _ => false,
    }
}

/// What the manager hears.
fn said(report: &RunReport, id: &str) -> Option<NewMessage> {
    let (day, booking) = (&report.day, report.day.booking(id)?);
    let placed = report.plan.assignments.iter().find(|one| one.booking == id)?;
    let names: Vec<&str> = placed.resources.iter().map(|id| day.resource_name(id)).collect();
    messages::resolved(day, booking, &names.join(", "))
}
