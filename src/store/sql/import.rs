//! Recorded bookings from elsewhere. Each row is judged on its own; the same row twice changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{Conn, bookings, journal, lock_days, read_house, take};
use crate::domain::local;
use crate::store::{BookingRow, HistoryKind, ImportBooking, LocationRow, Result, RowOutcome, RowResult, ServiceRow, Stamp, StoreError};

/// What rows are judged against.
struct House {
    place: LocationRow,
    services: BTreeMap<String, ServiceRow>,
    resources: BTreeSet<String>,
}

pub(super) async fn import(conn: &mut Conn, location: &str, batch: &[ImportBooking], stamp: &Stamp) -> Result<Vec<RowOutcome>> {
    lock_days(conn, location, &[]).await?;
    let house = House {
        place: read_house::location(conn, location).await?,
        services: read_house::services(conn, location).await?.into_iter().map(|s| (s.id.clone(), s)).collect(),
        resources: read_house::resources(conn, location).await?.into_iter().map(|r| r.id).collect(),
    };
    let days: Vec<_> = batch.iter().map(|record| local::date_of(house.place.timezone, record.span.start)).collect();
    lock_days(conn, location, &days).await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for record in batch {
        let (result, hold_refused) = match refused(conn, &house, record).await? {
            Some(why) => (RowResult::Refused(why), None),
            None => import_row(conn, &house, record, stamp).await?,
        };
        outcomes.push(RowOutcome { external_ref: record.external_ref.clone(), result, hold_refused });
    }
    Ok(outcomes)
}

/// Why a record cannot go in, if it cannot.
async fn refused(conn: &mut Conn, house: &House, record: &ImportBooking) -> Result<Option<String>> {
    if record.external_ref.trim().is_empty() {
        return Ok(Some("it has no name of its own; give it an external reference that stays the same".to_owned()));
    }
    if record.span.minutes() <= 0 || record.span.minutes() > 1440 {
        return Ok(Some(format!("it lasts {} minutes; expected 1 to 1440", record.span.minutes())));
    }
    if !house.services.contains_key(&record.service_id) {
        return Ok(Some(format!("there is no service {:?} at {}", record.service_id, house.place.id)));
    }
    if let Some(unknown) = record.resources.iter().chain(&record.served_by).find(|id| !house.resources.contains(*id)) {
        return Ok(Some(format!("there is no person or table {unknown:?} at {}", house.place.id)));
    }
    if record.party_size == 0 || record.priority == 0 {
        return Ok(Some("party size and priority are 1 or more".to_owned()));
    }
    if !record.state.allows(record.status) {
        return Ok(Some(format!("a {} booking cannot have the assignment status {}", record.state.as_str(), record.status.as_str())));
    }
    if let Some(customer) = &record.customer_id
        && read_house::customer(conn, &house.place.tenant_id, customer).await?.is_none()
    {
        return Ok(Some(format!("there is no customer {customer:?}")));
    }
    Ok(None)
}

async fn import_row(conn: &mut Conn, house: &House, record: &ImportBooking, stamp: &Stamp) -> Result<(RowResult, Option<String>)> {
    let digest = digest(record, &house.services[&record.service_id])?;
    let sql = "SELECT id, import_digest FROM bookings WHERE location_id = $1 AND external_ref = $2";
    let known: Option<(String, Option<String>)> =
        sqlx::query_as(sql).bind(&house.place.id).bind(&record.external_ref).fetch_optional(&mut *conn).await?;
    match known {
        Some((_, known)) if known.as_deref() == Some(digest.as_str()) => Ok((RowResult::Unchanged, None)),
        Some((id, _)) => {
            let before = take::at_version(conn, &id, None, |date, _| date).await?;
            let refusal = replace(conn, house, record, before, &digest, stamp).await?;
            Ok((RowResult::Updated, refusal))
        }
        None => {
            let id = free_id(conn, house, record).await?;
            let mut booking = row(house, record, id, stamp);
            bookings::insert(conn, &house.place, &booking, Some(&digest)).await?;
            let refusal = take_hold(conn, record, &mut booking).await?;
            journal::write(conn, &booking, HistoryKind::State, "", booking.state.as_str(), stamp).await?;
            journal::write(conn, &booking, HistoryKind::Assignment, "", &journal::assignment_words(&booking), stamp).await?;
            Ok((RowResult::Inserted, refusal))
        }
    }
}

/// The record's own name where nobody else in the database has it, so that sheets of the same data read the same everywhere.
async fn free_id(conn: &mut Conn, house: &House, record: &ImportBooking) -> Result<String> {
    let taken = bookings::exists(conn, &record.external_ref).await?;
    Ok(if taken { format!("{}/{}", house.place.id, record.external_ref) } else { record.external_ref.clone() })
}

/// The booking that a record describes, held by nobody yet.
fn row(house: &House, record: &ImportBooking, id: String, stamp: &Stamp) -> BookingRow {
    let service = &house.services[&record.service_id];
    BookingRow {
        id,
        location_id: house.place.id.clone(),
        external_ref: Some(record.external_ref.clone()),
        service_id: Some(record.service_id.clone()),
        customer_id: record.customer_id.clone(),
        user_id: None,
        booked_by: None,
        notes: None,
        payment_ref: None,
        hold_expires_at: None,
        local_date: local::date_of(house.place.timezone, record.span.start),
        span: record.span,
        buffer_before_minutes: service.buffer_before_minutes,
        buffer_after_minutes: service.buffer_after_minutes,
        demands: service.demands(),
        gender: record.gender.clone(),
        gender_waived: false,
        zone: record.zone.clone(),
        party_size: record.party_size,
        priority: record.priority,
        same_resource_as: None,
        affinity: BTreeMap::new(),
        state: record.state,
        status: record.status,
        resources: Vec::new(),
        served_by: Vec::new(),
        state_version: 1,
        created_at: stamp.at,
        updated_at: stamp.at,
    }
}

/// Lets the recorded people hold the booking where that double-books nobody, and notes who really served. Says why there is no hold.
async fn take_hold(conn: &mut Conn, record: &ImportBooking, booking: &mut BookingRow) -> Result<Option<String>> {
    bookings::write_served_by(conn, &booking.location_id, &booking.id, &record.served_by).await?;
    if booking.state.is_released() {
        return Ok(None);
    }
    for resource in &record.resources {
        if let Some(other) = bookings::held_by(conn, &booking.location_id, resource, booking.occupied(), &booking.id).await? {
            return Ok(Some(format!("{resource} is held by booking {other} at that time; nobody holds this one")));
        }
    }
    booking.resources = record.resources.clone();
    booking.resources.sort();
    booking.resources.dedup();
    bookings::hold(conn, booking).await?;
    Ok(None)
}

/// Replaces a booking by a record that has changed since. The record is the truth about the past: no table of steps applies.
async fn replace(conn: &mut Conn, house: &House, record: &ImportBooking, before: BookingRow, digest: &str, stamp: &Stamp) -> Result<Option<String>> {
    let mut booking = row(house, record, before.id.clone(), stamp);
    booking.created_at = before.created_at;
    booking.state_version = before.state_version + 1;
    bookings::release(conn, &booking.id).await?;
    bookings::update(conn, &booking, before.state_version).await?;
    sqlx::query("UPDATE bookings SET import_digest = $2 WHERE id = $1").bind(&booking.id).bind(digest).execute(&mut *conn).await?;
    let refusal = take_hold(conn, record, &mut booking).await?;
    if before.state != booking.state {
        journal::write(conn, &booking, HistoryKind::State, before.state.as_str(), booking.state.as_str(), stamp).await?;
    }
    let (from, to) = (journal::assignment_words(&before), journal::assignment_words(&booking));
    if from != to {
        journal::write(conn, &booking, HistoryKind::Assignment, &from, &to, stamp).await?;
    }
    Ok(refusal)
}

/// What a record says, in one short word: the same word, the same record of the same service.
fn digest(record: &ImportBooking, service: &ServiceRow) -> Result<String> {
    let text = serde_json::to_string(record).map_err(|error| StoreError::invalid("a record cannot be written as JSON").caused_by(error))?;
    let service = format!("{}/{}/{:?}", service.buffer_before_minutes, service.buffer_after_minutes, service.demands());
    Ok(Sha256::digest(format!("{text}|{service}")).iter().map(|byte| format!("{byte:02x}")).collect())
}
