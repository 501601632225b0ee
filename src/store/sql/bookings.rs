//! Reading and writing booking rows, and the holds that make a double booking impossible.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::Row;

use super::conn::row_name;
use super::{Conn, DbRow, codec, lock_days};
use crate::domain::{AssignmentStatus, BookingState, Span};
use crate::sheet::Demand;
use crate::store::{BookingRow, LocationRow, Result, StoreError};

fn demands_text(demands: &[Demand]) -> Result<String> {
    serde_json::to_string(demands).map_err(|error| StoreError::invalid("the demands cannot be written as JSON").caused_by(error))
}

/// What a booking's notes are sealed for.
pub(super) fn notes_row(id: &str) -> String {
    row_name("booking", &[id, "notes"])
}

fn booking_row(conn: &Conn, row: &DbRow) -> Result<BookingRow> {
    let (id, notes): (String, Option<String>) = (row.try_get("id")?, row.try_get("notes")?);
    Ok(BookingRow {
        notes: notes.map(|notes| conn.unseal(notes, &notes_row(&id))).transpose()?,
        id,
        location_id: row.try_get("location_id")?,
        external_ref: row.try_get("external_ref")?,
        service_id: row.try_get("service_id")?,
        customer_id: row.try_get("customer_id")?,
        user_id: row.try_get("user_id")?,
        booked_by: row.try_get("booked_by")?,
        payment_ref: row.try_get("payment_ref")?,
        hold_expires_at: codec::instant_if_set(row, "hold_expires_us")?,
        local_date: codec::date(row, "local_date")?,
        span: codec::span(row)?,
        buffer_before_minutes: codec::count(row, "buffer_before_minutes")?,
        buffer_after_minutes: codec::count(row, "buffer_after_minutes")?,
        demands: codec::json(row, "demands")?,
        gender: row.try_get("gender")?,
        gender_waived: row.try_get("gender_waived")?,
        zone: row.try_get("zone")?,
        party_size: codec::count(row, "party_size")?,
        priority: codec::count(row, "priority")?,
        same_resource_as: row.try_get("same_resource_as")?,
        affinity: codec::json(row, "affinity")?,
        state: codec::word(row, "state", BookingState::from_word)?,
        status: codec::word(row, "assignment_status", AssignmentStatus::from_word)?,
        resources: Vec::new(),
        served_by: Vec::new(),
        state_version: row.try_get("state_version")?,
        created_at: codec::instant(row, "created_us")?,
        updated_at: codec::instant(row, "updated_us")?,
    })
}

/// Adds holders and servers to bookings: `(booking, resource)` pairs in any order.
fn attach(rows: &mut [BookingRow], pairs: Vec<(String, String)>, list: impl Fn(&mut BookingRow) -> &mut Vec<String>) {
    let mut by_booking: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (booking, resource) in pairs {
        by_booking.entry(booking).or_default().push(resource);
    }
    for row in rows {
        if let Some(mut resources) = by_booking.remove(&row.id) {
            resources.sort();
            *list(row) = resources;
        }
    }
}

pub(super) async fn booking_if_known(conn: &mut Conn, id: &str) -> Result<Option<BookingRow>> {
    let Some(row) = sqlx::query("SELECT * FROM bookings WHERE id = $1").bind(id).fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    Ok(complete(conn, &[row]).await?.pop())
}

pub(super) async fn booking(conn: &mut Conn, id: &str) -> Result<BookingRow> {
    booking_if_known(conn, id).await?.ok_or_else(|| StoreError::not_found("booking", id))
}

/// Bookings that a statement found, with who holds them and who served them.
pub(super) async fn complete(conn: &mut Conn, rows: &[DbRow]) -> Result<Vec<BookingRow>> {
    let mut rows: Vec<BookingRow> = rows.iter().map(|row| booking_row(conn, row)).collect::<Result<_>>()?;
    for row in &mut rows {
        row.resources = sqlx::query_scalar("SELECT resource_id FROM occupancy WHERE booking_id = $1 ORDER BY resource_id")
            .bind(&row.id)
            .fetch_all(&mut *conn)
            .await?;
        row.served_by = sqlx::query_scalar("SELECT resource_id FROM served_by WHERE booking_id = $1 ORDER BY resource_id")
            .bind(&row.id)
            .fetch_all(&mut *conn)
            .await?;
    }
    Ok(rows)
}

/// Where and on which local day a booking stands.
pub(super) async fn whereabouts(conn: &mut Conn, id: &str) -> Result<(String, NaiveDate)> {
    let row = sqlx::query("SELECT location_id, local_date FROM bookings WHERE id = $1").bind(id).fetch_optional(conn).await?;
    let row = row.ok_or_else(|| StoreError::not_found("booking", id))?;
    Ok((row.try_get("location_id")?, codec::date(&row, "local_date")?))
}

/// The bookings of a local day that have not given their time back.
pub(super) async fn on_day(conn: &mut Conn, location: &str, date: NaiveDate) -> Result<Vec<BookingRow>> {
    let date = date.to_string();
    let sql = "SELECT * FROM bookings WHERE location_id = $1 AND local_date = $2 AND state NOT IN ('cancelled', 'expired', 'failed')";
    let rows = sqlx::query(sql).bind(location).bind(&date).fetch_all(&mut *conn).await?;
    let mut rows: Vec<BookingRow> = rows.iter().map(|row| booking_row(conn, row)).collect::<Result<_>>()?;
    let sql = "SELECT o.booking_id, o.resource_id FROM bookings AS b JOIN occupancy AS o ON o.booking_id = b.id
               WHERE b.location_id = $1 AND b.local_date = $2 AND b.state NOT IN ('cancelled', 'expired', 'failed')";
    let held = sqlx::query_as(sql).bind(location).bind(&date).fetch_all(&mut *conn).await?;
    attach(&mut rows, held, |row| &mut row.resources);
    let sql = "SELECT s.booking_id, s.resource_id FROM bookings AS b JOIN served_by AS s ON s.booking_id = b.id
               WHERE b.location_id = $1 AND b.local_date = $2 AND b.state NOT IN ('cancelled', 'expired', 'failed')";
    let served = sqlx::query_as(sql).bind(location).bind(&date).fetch_all(conn).await?;
    attach(&mut rows, served, |row| &mut row.served_by);
    Ok(rows)
}

pub(super) async fn between(conn: &mut Conn, location: &str, span: Span) -> Result<Vec<BookingRow>> {
    let (from, to) = (codec::minute_us(span.start), codec::minute_us(span.end));
    let sql = "SELECT * FROM bookings WHERE location_id = $1 AND start_us >= $2 AND start_us < $3 ORDER BY start_us, id";
    let rows = sqlx::query(sql).bind(location).bind(from).bind(to).fetch_all(&mut *conn).await?;
    let mut rows: Vec<BookingRow> = rows.iter().map(|row| booking_row(conn, row)).collect::<Result<_>>()?;
    let sql = "SELECT o.booking_id, o.resource_id FROM occupancy AS o JOIN bookings AS b ON b.id = o.booking_id
               WHERE b.location_id = $1 AND b.start_us >= $2 AND b.start_us < $3";
    let held = sqlx::query_as(sql).bind(location).bind(from).bind(to).fetch_all(&mut *conn).await?;
    attach(&mut rows, held, |row| &mut row.resources);
    let sql = "SELECT s.booking_id, s.resource_id FROM served_by AS s JOIN bookings AS b ON b.id = s.booking_id
               WHERE b.location_id = $1 AND b.start_us >= $2 AND b.start_us < $3";
    let served = sqlx::query_as(sql).bind(location).bind(from).bind(to).fetch_all(conn).await?;
    attach(&mut rows, served, |row| &mut row.served_by);
    Ok(rows)
}

pub(super) async fn days(conn: &mut Conn, location: &str, from: NaiveDate, to: NaiveDate) -> Result<Vec<(NaiveDate, usize)>> {
    let rows = sqlx::query(
        "SELECT local_date, COUNT(*) AS bookings FROM bookings
         WHERE location_id = $1 AND local_date BETWEEN $2 AND $3 AND state NOT IN ('cancelled', 'expired', 'failed')
         GROUP BY local_date ORDER BY local_date",
    )
    .bind(location)
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((codec::date(row, "local_date")?, codec::count(row, "bookings")? as usize))).collect()
}

/// Writes a new booking without its hold.
pub(super) async fn insert(conn: &mut Conn, place: &LocationRow, booking: &BookingRow, digest: Option<&str>) -> Result<()> {
    let notes = conn.seal_if_set(booking.notes.as_deref(), &notes_row(&booking.id)).await?;
    sqlx::query(
        "INSERT INTO bookings (id, tenant_id, location_id, external_ref, import_digest, service_id, customer_id, local_date, start_us, end_us,
             buffer_before_minutes, buffer_after_minutes, demands, affinity, gender, gender_waived, zone, party_size, priority, same_resource_as,
             state, assignment_status, state_version, created_us, updated_us, user_id, booked_by, notes, payment_ref, hold_expires_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)",
    )
    .bind(&booking.id)
    .bind(&place.tenant_id)
    .bind(&booking.location_id)
    .bind(&booking.external_ref)
    .bind(digest)
    .bind(&booking.service_id)
    .bind(&booking.customer_id)
    .bind(booking.local_date.to_string())
    .bind(codec::minute_us(booking.span.start))
    .bind(codec::minute_us(booking.span.end))
    .bind(i64::from(booking.buffer_before_minutes))
    .bind(i64::from(booking.buffer_after_minutes))
    .bind(demands_text(&booking.demands)?)
    .bind(serde_json::json!(booking.affinity).to_string())
    .bind(&booking.gender)
    .bind(booking.gender_waived)
    .bind(&booking.zone)
    .bind(i64::from(booking.party_size))
    .bind(i64::from(booking.priority))
    .bind(&booking.same_resource_as)
    .bind(booking.state.as_str())
    .bind(booking.status.as_str())
    .bind(booking.state_version)
    .bind(codec::instant_us(booking.created_at))
    .bind(codec::instant_us(booking.updated_at))
    .bind(&booking.user_id)
    .bind(&booking.booked_by)
    .bind(notes)
    .bind(&booking.payment_ref)
    .bind(booking.hold_expires_at.map(codec::instant_us))
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what can change about a booking, if it is still at `read_version`.
pub(super) async fn update(conn: &mut Conn, booking: &BookingRow, read_version: i64) -> Result<()> {
    let notes = conn.seal_if_set(booking.notes.as_deref(), &notes_row(&booking.id)).await?;
    let done = sqlx::query(
        "UPDATE bookings SET service_id = $3, customer_id = $4, local_date = $5, start_us = $6, end_us = $7, buffer_before_minutes = $8,
             buffer_after_minutes = $9, demands = $10, gender = $11, gender_waived = $12, zone = $13, party_size = $14, priority = $15, state = $16,
             assignment_status = $17, state_version = $18, updated_us = $19, booked_by = $20, notes = $21, payment_ref = $22, hold_expires_us = $23
         WHERE id = $1 AND state_version = $2",
    )
    .bind(&booking.id)
    .bind(read_version)
    .bind(&booking.service_id)
    .bind(&booking.customer_id)
    .bind(booking.local_date.to_string())
    .bind(codec::minute_us(booking.span.start))
    .bind(codec::minute_us(booking.span.end))
    .bind(i64::from(booking.buffer_before_minutes))
    .bind(i64::from(booking.buffer_after_minutes))
    .bind(demands_text(&booking.demands)?)
    .bind(&booking.gender)
    .bind(booking.gender_waived)
    .bind(&booking.zone)
    .bind(i64::from(booking.party_size))
    .bind(i64::from(booking.priority))
    .bind(booking.state.as_str())
    .bind(booking.status.as_str())
    .bind(booking.state_version)
    .bind(codec::instant_us(booking.updated_at))
    .bind(&booking.booked_by)
    .bind(notes)
    .bind(&booking.payment_ref)
    .bind(booking.hold_expires_at.map(codec::instant_us))
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 { Err(changed_meanwhile(&booking.id)) } else { Ok(()) }
}

pub(super) fn changed_meanwhile(id: &str) -> StoreError {
    StoreError::conflict(format!("booking {id} was changed by somebody else in the meantime; read it again"))
}

/// Takes the hold of `booking.resources` over its occupied span.
pub(super) async fn hold(conn: &mut Conn, booking: &BookingRow) -> Result<()> {
    let occupied = booking.occupied();
    for resource in &booking.resources {
        sqlx::query("INSERT INTO occupancy (booking_id, location_id, resource_id, start_us, end_us) VALUES ($1, $2, $3, $4, $5)")
            .bind(&booking.id)
            .bind(&booking.location_id)
            .bind(resource)
            .bind(codec::minute_us(occupied.start))
            .bind(codec::minute_us(occupied.end))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Gives a booking's hold up.
pub(super) async fn release(conn: &mut Conn, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM occupancy WHERE booking_id = $1").bind(id).execute(conn).await?;
    Ok(())
}

/// Which booking other than `id` holds `resource` within `span`, if one does.
pub(super) async fn held_by(conn: &mut Conn, location: &str, resource: &str, span: Span, id: &str) -> Result<Option<String>> {
    // No hold is longer than three days (the table's CHECK), so only a window has to be looked at.
    let sql = "SELECT booking_id FROM occupancy WHERE location_id = $1 AND resource_id = $2 AND start_us < $3 AND start_us > $4 - 259200000000
                   AND end_us > $4 AND booking_id <> $5
               ORDER BY start_us LIMIT 1";
    let (start, end) = (codec::minute_us(span.start), codec::minute_us(span.end));
    Ok(sqlx::query_scalar(sql).bind(location).bind(resource).bind(end).bind(start).bind(id).fetch_optional(conn).await?)
}

pub(super) async fn record_served_by(conn: &mut Conn, id: &str, resources: &[String]) -> Result<()> {
    let row = sqlx::query("SELECT location_id, local_date FROM bookings WHERE id = $1").bind(id).fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(|| StoreError::not_found("booking", id))?;
    let location: String = row.try_get("location_id")?;
    lock_days(conn, &location, &[codec::date(&row, "local_date")?]).await?;
    write_served_by(conn, &location, id, resources).await
}

/// Replaces the record of who served a booking.
pub(super) async fn write_served_by(conn: &mut Conn, location: &str, id: &str, resources: &[String]) -> Result<()> {
    sqlx::query("DELETE FROM served_by WHERE booking_id = $1").bind(id).execute(&mut *conn).await?;
    for resource in resources {
        let sql = "INSERT INTO served_by (booking_id, location_id, resource_id) VALUES ($1, $2, $3) ON CONFLICT (booking_id, resource_id) DO NOTHING";
        sqlx::query(sql).bind(id).bind(location).bind(resource).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Is there a booking of this id, at whatever location?
pub(super) async fn exists(conn: &mut Conn, id: &str) -> Result<bool> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM bookings WHERE id = $1)").bind(id).fetch_one(conn).await?)
}
