//! Slots: when each service can begin, made from the rules and the people on duty.
//!
//! A slot says what the house could do on an empty day. Whether one more booking fits beside what stands on the day is asked of the day itself
//! ([`super::offer`]): a slot is never full on paper only, nor free on paper only.
//! Source: documents "General Scheduler" and "Hair Stylist Scheduler", slot instances.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::alloc::eligibility::House;
use crate::clock::Clock;
use crate::domain::rules::{joined, offered};
use crate::domain::{Minute, ResourceKind, Rule, Span, local};
use crate::sheet::{Booking, Sheet};
use crate::store::{Day, DayView, NewSlot, Result, ServiceRow, SlotsMade, Store, StoreError};

/// Minutes between two starts where no rule says otherwise.
pub const GRANULARITY_MINUTES: u32 = 15;
/// Days ahead for which slots are kept.
pub const HORIZON_DAYS: u64 = 14;
/// Days that one call may make.
pub const DAYS_MAX: u64 = 400;

/// The starts of a service on a day, in order, each with how many could be served at once if nothing were booked.
pub fn of_service(day: &Day, rules: &[Rule], service: &ServiceRow) -> Vec<NewSlot> {
    let date = day.sheet.date;
    let said = offered(rules, &service.id, date, day.location.timezone);
    let windows = said.windows.unwrap_or_else(|| joined(day.sheet.resources.iter().flat_map(|r| &r.shifts).copied().collect()));
    let step = i64::from(said.granularity_minutes.unwrap_or(GRANULARITY_MINUTES));
    let midnight = local::day_span(day.location.timezone, date);
    let mut starts: Vec<Minute> = windows
        .iter()
        .flat_map(|window| {
            let last = window.end.0 - i64::from(service.duration_minutes);
            (0..).map(move |k| window.start.0 + k * step).take_while(move |start| *start <= last).map(Minute)
        })
        .filter(|start| midnight.start <= *start && *start < midnight.end)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let empty = Sheet { bookings: Vec::new(), ..day.sheet.clone() };
    let house = House::new(&empty, false);
    starts
        .into_iter()
        .map(|start| {
            let people = at_once(&house, &asked(service, start));
            NewSlot {
                start,
                end: start.plus(i64::from(service.duration_minutes)),
                capacity: said.capacity.map_or(people, |most| people.min(most)),
                capacity_max: said.capacity,
            }
        })
        .collect()
}

fn asked(service: &ServiceRow, start: Minute) -> Booking {
    Booking {
        id: "\u{0}slot".to_owned(),
        span: Span::new(start, start.plus(i64::from(service.duration_minutes))),
        buffer_before_minutes: service.buffer_before_minutes,
        buffer_after_minutes: service.buffer_after_minutes,
        demands: service.demands(),
        gender: None,
        zone: None,
        party_size: 1,
        priority: 1,
        same_resource_as: None,
        affinity: BTreeMap::new(),
        assignment: None,
    }
}

/// How many such bookings the house could serve at once: people by the people each takes, tables of whatever size.
fn at_once(house: &House<'_>, booking: &Booking) -> u32 {
    let counts = booking.demands.iter().map(|demand| {
        let able = house.sheet.resources.iter().filter(|resource| {
            let party_size = if demand.kind == ResourceKind::Table { resource.min_party.max(1) } else { 1 };
            house.eligible(&Booking { party_size, ..booking.clone() }, demand, resource)
        });
        u32::try_from(able.count()).unwrap_or(u32::MAX) / demand.count.max(1)
    });
    // What needs nobody has no such limit.
    counts.min().unwrap_or(u32::from(u16::MAX))
}

/// Makes the slots of a local day from the rules as they are now. Twice changes nothing.
///
/// # Errors
/// Unknown location.
pub async fn make(store: &dyn Store, location: &str, date: NaiveDate, now: DateTime<Utc>) -> Result<SlotsMade> {
    // Read before the day: a change in between makes the slots old at once, and they are made again.
    let (_, house_version) = store.slots_version(location, date).await?;
    let day = store.day(location, date, DayView::Live).await?;
    let rules = store.rules(location).await?;
    let services = store.services(location).await?;
    let wanted = services.iter().filter(|s| s.active).map(|s| (s.id.clone(), of_service(&day, &rules, s))).collect();
    store.make_slots(location, date, house_version, &wanted, now).await
}

/// Makes the slots of a day where the house has changed since they were made, or they never were.
///
/// # Errors
/// Unknown location.
pub async fn ensure(store: &dyn Store, location: &str, date: NaiveDate, now: DateTime<Utc>) -> Result<()> {
    let (made, house) = store.slots_version(location, date).await?;
    if made != Some(house) {
        make(store, location, date, now).await?;
    }
    Ok(())
}

/// Makes the slots of local days from one to another, both included.
///
/// # Errors
/// Unknown location; more than [`DAYS_MAX`] days, or the last before the first.
pub async fn generate(store: &dyn Store, clock: &dyn Clock, location: &str, from: NaiveDate, to: NaiveDate) -> Result<SlotsMade> {
    let days =
        u64::try_from((to - from).num_days()).map_err(|_| StoreError::invalid(format!("the slots end on {to}, before they begin on {from}")))?;
    if days >= DAYS_MAX {
        return Err(StoreError::invalid(format!("from {from} to {to} are {} days; make at most {DAYS_MAX} at a time", days + 1)));
    }
    let mut sum = SlotsMade::default();
    for k in 0..=days {
        let Some(date) = from.checked_add_days(Days::new(k)) else { break };
        let made = make(store, location, date, clock.now()).await?;
        sum.inserted += made.inserted;
        sum.updated += made.updated;
        sum.removed += made.removed;
        sum.unchanged += made.unchanged;
    }
    Ok(sum)
}

/// The hourly job: a location has its slots from today to [`HORIZON_DAYS`] ahead.
///
/// # Errors
/// The store cannot be read or written.
pub async fn keep_horizon(store: &dyn Store, clock: &dyn Clock, location: &str) -> Result<()> {
    let today = local::local_date(store.location(location).await?.timezone, clock.now());
    for k in 0..=HORIZON_DAYS {
        let Some(date) = today.checked_add_days(Days::new(k)) else { break };
        ensure(store, location, date, clock.now()).await?;
    }
    Ok(())
}
