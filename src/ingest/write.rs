//! From a batch into the store. Every row is keyed by where it comes from and what it says, so that a second time changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveTime, Timelike};
use serde::Serialize;

use super::batch::{Availability, Batch, BatchBooking, Hours};
use super::report::{Reporter, RowReport};
use crate::domain::rules::{Rule, RuleKind, Weekdays};
use crate::store::{
    CustomerRow, ImportBooking, LocationRow, ResourceRow, Result, RowResult, ServiceRow, Stamp, Store, StoreError, StoreErrorKind, TenantRow, Upsert,
};

/// Bookings per transaction: long enough to be quick, short enough to let others write in between.
const CHUNK: usize = 250;

/// How many rows of a kind did what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// New.
    pub inserted: usize,
    /// There, and different now.
    pub updated: usize,
    /// There just so.
    pub unchanged: usize,
    /// Not let in by the store.
    pub refused: usize,
}

impl Tally {
    fn count(&mut self, upsert: Upsert) {
        match upsert {
            Upsert::Inserted => self.inserted += 1,
            Upsert::Updated => self.updated += 1,
            Upsert::Unchanged => self.unchanged += 1,
        }
    }

    /// Did nothing change?
    pub fn is_quiet(self) -> bool {
        self.inserted == 0 && self.updated == 0
    }
}

/// What went into the store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Written {
    /// People who serve.
    pub staff: Tally,
    /// What can be booked.
    pub services: Tally,
    /// Who books.
    pub customers: Tally,
    /// Availability rules.
    pub hours: Tally,
    /// Bookings.
    pub bookings: Tally,
    /// Rows the store did not take as they stood.
    #[serde(skip)]
    pub reports: Vec<RowReport>,
    /// What was left out beside rows, a sentence each.
    #[serde(skip)]
    pub left_out: Vec<String>,
}

impl Written {
    /// Words and tallies, for a table.
    pub fn tallies(&self) -> [(&'static str, Tally); 5] {
        [("staff", self.staff), ("services", self.services), ("customers", self.customers), ("hours", self.hours), ("bookings", self.bookings)]
    }
}

/// How many steps [`write()`] will tell of.
pub fn steps(batch: &Batch) -> u64 {
    (batch.services.len() + batch.staff.len() + batch.hours.len() + batch.customers.len() + batch.bookings.len()) as u64
}

/// Writes a batch. What the location has on file already, and the batch does not speak of, is kept. `step` hears how many rows were done.
///
/// # Errors
/// The database, or a location that is there with another time zone. Rows that the store does not take are reported, not errors.
pub async fn write(store: &dyn Store, batch: &Batch, stamp: &Stamp, step: &(dyn Fn(u64) + Sync)) -> Result<Written> {
    let location = location(store, batch).await?;
    let mut written = Written::default();
    services(store, batch, &location, &mut written, step).await?;
    staff(store, batch, &location, &mut written, step).await?;
    hours(store, batch, &location, &mut written, step).await?;
    customers(store, batch, &location, &mut written, step).await?;
    for chunk in batch.bookings.chunks(CHUNK) {
        bookings(store, batch, &location, chunk, stamp, &mut written).await?;
        step(chunk.len() as u64);
    }
    Ok(written)
}

fn missing<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == StoreErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The batch's location; a new one becomes a tenant of its own with the usual settings.
async fn location(store: &dyn Store, batch: &Batch) -> Result<LocationRow> {
    let wanted = &batch.location;
    if let Some(known) = missing(store.location(&wanted.external_ref).await)? {
        if known.timezone == wanted.timezone {
            return Ok(known);
        }
        return Err(StoreError::invalid(format!(
            "location {} is on file with the time zone {}, and the import says {}; say the same, or give the import another location name",
            known.id, known.timezone, wanted.timezone
        )));
    }
    if missing(store.tenant(&wanted.external_ref).await)?.is_none() {
        store.upsert_tenant(&TenantRow::new(&wanted.external_ref, &wanted.name)).await?;
    }
    let new =
        LocationRow { id: wanted.external_ref.clone(), tenant_id: wanted.external_ref.clone(), name: wanted.name.clone(), timezone: wanted.timezone };
    store.upsert_location(&new).await?;
    Ok(new)
}

async fn services(store: &dyn Store, batch: &Batch, location: &LocationRow, written: &mut Written, step: &(dyn Fn(u64) + Sync)) -> Result<()> {
    let known: BTreeMap<String, ServiceRow> = store.services(&location.id).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    for service in &batch.services {
        let reference = service.external_ref.as_str();
        let usual = ServiceRow::new(&location.id, reference, &service.name, service.minutes, &[reference]);
        let on_file = known.get(reference).cloned().unwrap_or(usual);
        let row = ServiceRow {
            name: service.name.clone(),
            duration_minutes: service.minutes,
            buffer_after_minutes: service.buffer_after_minutes,
            price_cents: service.price_cents.or(on_file.price_cents),
            ..on_file
        };
        written.services.count(store.upsert_service(&row).await?);
        step(1);
    }
    Ok(())
}

async fn staff(store: &dyn Store, batch: &Batch, location: &LocationRow, written: &mut Written, step: &(dyn Fn(u64) + Sync)) -> Result<()> {
    let known: BTreeMap<String, ResourceRow> = store.resources(&location.id).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    for person in &batch.staff {
        let on_file =
            known.get(&person.external_ref).cloned().unwrap_or_else(|| ResourceRow::staff(&location.id, &person.external_ref, &person.name, &[]));
        let row = ResourceRow {
            name: person.name.clone(),
            gender: person.gender.clone().or(on_file.gender),
            qualifications: on_file.qualifications.into_iter().chain(person.services.iter().cloned()).collect::<BTreeSet<String>>(),
            ..on_file
        };
        written.staff.count(store.upsert_resource(&row).await?);
        step(1);
    }
    Ok(())
}

async fn hours(store: &dyn Store, batch: &Batch, location: &LocationRow, written: &mut Written, step: &(dyn Fn(u64) + Sync)) -> Result<()> {
    for hours in &batch.hours {
        match store.upsert_rule(&location.id, &rule(&batch.source, hours)).await {
            Ok(upsert) => written.hours.count(upsert),
            // Hours that somebody entered by hand are not the import's to change.
            Err(error) if error.kind() == StoreErrorKind::Invalid => {
                written.hours.refused += 1;
                written.left_out.push(format!("hours: {error}"));
            }
            Err(error) => return Err(error),
        }
        step(1);
    }
    Ok(())
}

async fn customers(store: &dyn Store, batch: &Batch, location: &LocationRow, written: &mut Written, step: &(dyn Fn(u64) + Sync)) -> Result<()> {
    for customer in &batch.customers {
        let on_file = store.customer(&location.tenant_id, &customer.external_ref).await?;
        let (contact, language) = on_file.map_or((None, None), |row| (row.contact, row.language));
        let row = CustomerRow { contact, language, ..CustomerRow::new(&location.tenant_id, &customer.external_ref, &customer.name) };
        written.customers.count(store.upsert_customer(&row).await?);
        step(1);
    }
    Ok(())
}

async fn bookings(
    store: &dyn Store,
    batch: &Batch,
    location: &LocationRow,
    chunk: &[BatchBooking],
    stamp: &Stamp,
    written: &mut Written,
) -> Result<()> {
    let rows: Vec<ImportBooking> = chunk.iter().map(|booking| import_row(&batch.source, booking)).collect();
    let outcomes = store.import_bookings(&location.id, &rows, stamp).await?;
    for (booking, outcome) in chunk.iter().zip(outcomes) {
        let mut reporter = Reporter::new(&booking.file, &mut written.reports);
        match outcome.result {
            RowResult::Inserted => written.bookings.inserted += 1,
            RowResult::Updated => written.bookings.updated += 1,
            RowResult::Unchanged => written.bookings.unchanged += 1,
            RowResult::Refused(why) => {
                written.bookings.refused += 1;
                reporter.refused(booking.line, "store", format!("{why}; left out"));
            }
        }
        if let Some(why) = outcome.hold_refused {
            reporter.repaired(booking.line, "hold", format!("{why}; goes in held by nobody"));
        }
    }
    Ok(())
}

fn import_row(source: &str, booking: &BatchBooking) -> ImportBooking {
    let served: Vec<&str> = booking.worked.iter().map(|worked| worked.staff.as_str()).collect();
    let held = booking.worked.iter().filter(|worked| worked.held).map(|worked| worked.staff.clone()).collect();
    ImportBooking {
        customer_id: booking.customer.clone(),
        resources: held,
        served_by: served.iter().map(|&id| id.to_owned()).collect(),
        status: booking.assignment,
        gender: booking.gender.clone(),
        party_size: booking.party_size,
        ..ImportBooking::new(&format!("{source}:{}", booking.external_ref), &booking.service, booking.span, booking.state, &[])
    }
}

/// Recorded hours of one date stand in place of everything else; weekly ones repeat.
fn rule(source: &str, hours: &Hours) -> Rule {
    let minute = |time: NaiveTime| time.num_seconds_from_midnight() / 60;
    let end = if hours.to == NaiveTime::MIN { 24 * 60 } else { minute(hours.to) };
    let who = hours.staff.as_deref();
    let name = who.unwrap_or("house");
    match hours.on {
        Availability::Weekly(day) => {
            let id = format!("{source}:{name}:{day}:{}", hours.from.format("%H:%M"));
            Rule::weekly(&id.to_lowercase(), who, Weekdays::of(&[day]), minute(hours.from), end)
        }
        Availability::Date(date) => {
            Rule::weekly(&format!("{source}:{name}:{date}"), who, Weekdays::ALL, minute(hours.from), end).within(RuleKind::Exception, date, date)
        }
    }
}
