//! What a person can do about a booking that needs attention.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::waiting;
use crate::alloc::explain::repairs::{Change, MINUTES_MAX};
use crate::booking::free::{self, Wish};
use crate::booking::{self, Outcome, cutoff_of};
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState, Minute, Rule, RuleKind, Span, Weekdays, id, local};
use crate::operations::assign::{self, Override};
use crate::operations::night::{RunOptions, RunReport, conclude, optimize, run_once};
use crate::operations::{TRIES_MAX, Told, apply, cutoff};
use crate::store::messages::Offer;
use crate::store::{BookingRow, Day, DayView, Eased, ResourceRow, Result, RunStatus, Stamp, Store, StoreError, messages};

/// What came of it.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The booking as it stands now.
    pub booking: BookingRow,
    /// Whether it needs nobody's attention any more.
    pub settled: bool,
    /// What was done, in words.
    pub said: String,
}

/// How a person of this name does things here: as little as possible changes, and who was told a name keeps it.
pub fn by(actor: &str) -> RunOptions {
    RunOptions::repair(actor, Told::Keep)
}

/// Carries a repair out: the house or the booking is changed as it says, and the day is repaired. With `day_version` only on the day that the
/// repair was shown for. `name` is what a temp is called.
///
/// # Errors
/// Unknown or settled row; the day was changed meanwhile; the change is not possible any more.
pub async fn accept(
    store: &dyn Store,
    clock: &dyn Clock,
    id: &str,
    change: &Change,
    day_version: Option<i64>,
    name: Option<&str>,
    by: &RunOptions,
) -> Result<Settled> {
    let row = store.attention(id).await?;
    let (day, waiting) = waiting(store, &row).await?;
    if day_version.is_some_and(|seen| seen != day.version) {
        let message = format!("{} at {} was changed since this repair was shown; look at the row again", day.sheet.date, day.location.name);
        return Err(StoreError::conflict(message));
    }
    plausible(change, &day)?;
    let sentence = change.sentence(&day.sheet);
    match change {
        Change::Rearrange => {}
        Change::WaiveGender { .. } | Change::Unbind { .. } => agreed(store, clock, day, change, by).await?,
        Change::Move { booking, start, .. } => {
            let (expected, start) = (store.booking(booking).await?.state_version, Minute::of(start.to_utc()));
            match booking::reschedule(store, clock, booking, start, Some(expected), &by.actor).await? {
                Outcome::Taken(_) => {}
                _ => return Err(StoreError::conflict(format!("{booking} cannot be moved there any more; look at the row again"))),
            }
        }
        Change::ExtendShift { resource, .. } => stay_longer(store, &day, change, resource).await?,
        Change::Temp { count, qualifications, gender, shift } => {
            for k in 1..=*count {
                let name = match name {
                    Some(name) if *count == 1 => name.to_owned(),
                    Some(name) => format!("{name} {k}"),
                    None => format!("Temp {k}"),
                };
                let able: Vec<&str> = qualifications.iter().map(String::as_str).collect();
                let date = day.sheet.date;
                let temp = ResourceRow::staff(&day.location.id, &id::new_id(clock.now()), &name, &able).temporary(date, date);
                let temp = ResourceRow { gender: gender.clone(), ..temp };
                let hours = hours(&id::new_id(clock.now()), &temp.id, day.location.timezone, date, shift.span(), RuleKind::DateRange);
                store.hire(&temp, &[hours]).await?;
            }
        }
    }
    if !matches!(change, Change::WaiveGender { .. } | Change::Unbind { .. } | Change::Move { .. }) {
        optimize(store, clock, &waiting.location_id, waiting.local_date, by).await?;
    }
    told(store, clock, id, format!("accepted: {sentence}"), by).await
}

/// Temps that one repair may take on.
const TEMPS_MAX: u32 = 10;

/// Is it a change that could have been shown for this day?
fn plausible(change: &Change, day: &Day) -> Result<()> {
    let today = local::day_span(day.location.timezone, day.sheet.date);
    let why = match change {
        Change::ExtendShift { minutes, .. } if !(1..=MINUTES_MAX).contains(minutes) => format!("a shift is extended by 1 to {MINUTES_MAX} minutes"),
        Change::ExtendShift { shift, .. } | Change::Temp { shift, .. } if shift.span().minutes() <= 0 || shift.span().minutes() > 1440 => {
            "a shift ends after it starts, and within a day".to_owned()
        }
        Change::ExtendShift { shift, .. } | Change::Temp { shift, .. } if !shift.span().overlaps(today) => {
            format!("the shift is not on {}", day.sheet.date)
        }
        Change::Temp { count, .. } if !(1..=TEMPS_MAX).contains(count) => format!("1 to {TEMPS_MAX} temps"),
        Change::Move { minutes, .. } if !(1..=MINUTES_MAX).contains(&minutes.abs()) => format!("a booking is moved by 1 to {MINUTES_MAX} minutes"),
        Change::Move { booking, minutes, start } => match day.booking(booking) {
            Some(there) if there.span.start.plus(*minutes) == Minute::of(start.to_utc()) => return Ok(()),
            _ => format!("{booking} does not start {minutes} minutes from then"),
        },
        _ => return Ok(()),
    };
    Err(StoreError::invalid(format!("this is no repair of {}: {why}; expected one that the row was shown with", day.sheet.date)))
}

/// Where a row stands after something was done about it; what was placed after the cutoff is told first.
async fn told(store: &dyn Store, clock: &dyn Clock, id: &str, said: String, by: &RunOptions) -> Result<Settled> {
    let row = store.attention(id).await?;
    cutoff::finalize_if_past(store, clock, &row.location_id, row.date, &by.actor).await?;
    Ok(Settled { booking: store.booking(&row.booking_id).await?, settled: row.resolved_at.is_some(), said })
}

/// A customer gives up a wish, or agrees to somebody else: the day is repaired with that, in one change.
async fn agreed(store: &dyn Store, clock: &dyn Clock, mut day: Day, change: &Change, by: &RunOptions) -> Result<()> {
    let (asked, eased) = match change {
        Change::WaiveGender { booking } => (booking, Some(Eased { booking_id: booking.clone(), gender: true, qualifications: false })),
        Change::Unbind { booking } => (booking, None),
        _ => return Ok(()),
    };
    let (location, date) = (day.location.id.clone(), day.sheet.date);
    for _ in 0..TRIES_MAX {
        let as_it_was = day.clone();
        day.sheet = change.apply(&day.sheet);
        let mut report = run_once(clock, day, by).await?;
        if report.run.status != RunStatus::Applied || report.groups.unplaced.iter().any(|id| id == asked) {
            return Err(StoreError::conflict(format!("{asked} would not be served after that any more; look at the row again")));
        }
        report.change.eased.extend(eased.clone());
        chosen_and_moved(&as_it_was, asked, clock, &mut report);
        conclude(store, &mut report).await?;
        if report.run.status != RunStatus::LostRace {
            return Ok(());
        }
        day = store.day(&location, date, DayView::Live).await?;
    }
    Err(StoreError::conflict(format!("{location} on {date} was changed {TRIES_MAX} times meanwhile; try again")))
}

/// A customer who chose somebody and agreed to somebody else hears who it is, once names are told.
fn chosen_and_moved(day: &Day, asked: &str, clock: &dyn Clock, report: &mut RunReport) {
    let Some(booking) = day.booking(asked).filter(|b| b.status == AssignmentStatus::Bound) else { return };
    let moved = report.change.assignments.iter().find(|one| one.booking_id == asked && one.resources != booking.resources);
    if let Some(moved) = moved.filter(|_| clock.now_minute() >= cutoff_of(day)) {
        let (resources, change) = (moved.resources.clone(), &mut report.change);
        apply::tell(day, messages::CHANGED, booking, &resources, &mut change.messages, &mut change.attention);
    }
}

/// Writes somebody's longer hours of one day.
async fn stay_longer(store: &dyn Store, day: &Day, change: &Change, resource: &str) -> Result<()> {
    let (date, zone) = (day.sheet.date, day.location.timezone);
    let after = change.apply(&day.sheet);
    let Some(person) = after.resources.iter().find(|r| r.id == resource) else { return Err(StoreError::not_found("person or table", resource)) };
    let today = |rule: &Rule| {
        rule.resource.as_deref() == Some(resource) && rule.kind == RuleKind::Exception && (rule.valid_from, rule.valid_to) == (Some(date), Some(date))
    };
    for rule in store.rules(&day.location.id).await?.iter().filter(|rule| today(rule)) {
        store.remove_rule(&day.location.id, &rule.id).await?;
    }
    // What reaches into the day from the evening before is that day's.
    let midnight = local::instant(zone, date, 0);
    for (k, shift) in person.shifts.iter().filter(|shift| shift.start > midnight).enumerate() {
        let rule = hours(&format!("{date}-{resource}-{k}"), resource, zone, date, *shift, RuleKind::Exception);
        store.upsert_rule(&day.location.id, &rule).await?;
    }
    let now = store.day(&day.location.id, date, DayView::Live).await?;
    let stays = now.sheet.resources.iter().find(|r| r.id == resource).is_some_and(|now| now.shifts == person.shifts);
    if stays {
        return Ok(());
    }
    Err(StoreError::conflict(format!(
        "{} is open for shorter on {date} than {} would stay: open it for longer first",
        day.location.name, person.name
    )))
}

/// Hours of one day as a rule, by the clock on the wall.
fn hours(id: &str, resource: &str, zone: Tz, date: NaiveDate, span: Span, kind: RuleKind) -> Rule {
    let minute = |at: Minute| {
        let wall = at.to_utc().with_timezone(&zone).naive_local() - date.and_time(chrono::NaiveTime::MIN);
        u32::try_from(wall.num_minutes()).unwrap_or(0)
    };
    Rule::weekly(id, Some(resource), Weekdays::ALL, minute(span.start), minute(span.end)).within(kind, date, date)
}

/// Gives the booking to exactly these; `overriding` lets them serve it although they lack a qualification or are not of the wished gender.
///
/// # Errors
/// Unknown or settled row; people who may not serve it or are busy.
pub async fn give(
    store: &dyn Store,
    clock: &dyn Clock,
    id: &str,
    resources: &[&str],
    overriding: Option<Override<'_>>,
    reason: &str,
    by: &RunOptions,
) -> Result<Settled> {
    let row = store.attention(id).await?;
    waiting(store, &row).await?;
    let given = assign::reassign_with(store, clock, &row.booking_id, resources, overriding, &by.actor, reason).await?;
    told(store, clock, id, format!("given to {}", given.resources.join(" and ")), by).await
}

/// Tries again now.
///
/// # Errors
/// Unknown or settled row; a day that never holds still.
pub async fn requeue(store: &dyn Store, clock: &dyn Clock, id: &str, by: &RunOptions) -> Result<Settled> {
    let row = store.attention(id).await?;
    let (_, booking) = waiting(store, &row).await?;
    let report = optimize(store, clock, &booking.location_id, booking.local_date, by).await?;
    store.note_tried(&booking.location_id, booking.local_date, clock.now()).await?;
    told(store, clock, id, format!("tried again: {}", report.run.rationale), by).await
}

/// Calls the booking off.
///
/// # Errors
/// Unknown or settled row; a booking that is over.
pub async fn cancel(store: &dyn Store, clock: &dyn Clock, id: &str, reason: &str, by: &RunOptions) -> Result<Settled> {
    let row = store.attention(id).await?;
    waiting(store, &row).await?;
    booking::cancel(store, clock, &row.booking_id, None, &by.actor, reason).await?;
    told(store, clock, id, format!("called off: {reason}"), by).await
}

/// Lets the booking stand although nobody serves it: the house will see to it. It stays in the queue, since somebody has to.
///
/// # Errors
/// Unknown or settled row; a booking that cannot be confirmed.
pub async fn confirm(store: &dyn Store, clock: &dyn Clock, id: &str, reason: &str, by: &RunOptions) -> Result<Settled> {
    let row = store.attention(id).await?;
    let (_, booking) = waiting(store, &row).await?;
    if booking.state != BookingState::Confirmed {
        store.transition(&booking.id, BookingState::Confirmed, Some(booking.state_version), &Stamp::new(&by.actor, clock.now(), reason)).await?;
    }
    told(store, clock, id, "confirmed by hand".to_owned(), by).await
}

/// Asks the customer what would suit them: another time at which there is room, or another person. The row stays open until they have answered.
///
/// # Errors
/// Unknown or settled row; a booking without a customer, or one who cannot be written to.
pub async fn ask(store: &dyn Store, clock: &dyn Clock, id: &str, by: &RunOptions) -> Result<Settled> {
    let row = store.attention(id).await?;
    let (day, booking) = waiting(store, &row).await?;
    let offer = offer(&day, &booking, clock.now_minute());
    let customer = booking.customer_id.as_ref().and_then(|id| day.customers.get(id));
    let Some(question) = customer.and_then(|customer| messages::asked(&day, &booking, customer, &offer)) else {
        let who = customer.map_or("a walk-in", |customer| customer.name.as_str());
        return Err(StoreError::invalid(format!("booking {} is {who}'s, who has no contact on file: ask them in person", booking.id)));
    };
    store.ask_customer(id, &question, &Stamp::new(&by.actor, clock.now(), "asked")).await?;
    told(store, clock, id, format!("asked, with {} other times and {} other people", offer.times.len(), offer.people.len()), by).await
}

/// Times that a question offers.
const OFFERED_TIMES: usize = 3;
/// People that a question offers to a customer who chose one.
const OFFERED_PEOPLE: usize = 2;

/// What a customer who cannot be served as booked may have instead: the nearest free times of the day, and for one who chose a person, others.
fn offer(day: &Day, booking: &BookingRow, now: Minute) -> Offer {
    let mut times = free::on_day(day, &Wish::of_booking(booking, Vec::new()), now);
    times.retain(|start| *start != booking.span.start);
    times.sort_by_key(|start| ((start.0 - booking.span.start.0).abs(), start.0));
    times.truncate(OFFERED_TIMES);
    times.sort_unstable();
    let others = assign::candidates(day, booking).into_iter().filter(|one| one.is_free() && !booking.resources.contains(&one.resource_id));
    let people: Vec<String> = match booking.status {
        AssignmentStatus::Bound => others.take(OFFERED_PEOPLE).map(|one| one.resource_id).collect(),
        _ => Vec::new(),
    };
    Offer::of(day, &times, &people)
}
