//! Slots, what somebody was shown, and requests that are made once.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{QueryBuilder, Row};

use super::conn::row_name;
use super::{Base, Conn, DbRow, codec, lock_days};
use crate::domain::{Minute, id};
use crate::store::{Answered, ExposureRow, Glance, NewSlot, RequestKey, Result, SlotRow, SlotStatus, SlotsMade, StoreError, StoreErrorKind};

fn slot_row(row: &DbRow) -> Result<SlotRow> {
    Ok(SlotRow {
        id: row.try_get("id")?,
        location_id: row.try_get("location_id")?,
        service_id: row.try_get("service_id")?,
        local_date: codec::date(row, "local_date")?,
        span: codec::span(row)?,
        capacity: codec::count(row, "capacity")?,
        capacity_max: codec::count_if_set(row, "capacity_max")?,
        booked: codec::count(row, "booked")?,
        hold: codec::count(row, "hold")?,
        status: codec::word(row, "status", SlotStatus::from_word)?,
    })
}

pub(super) async fn slots(conn: &mut Conn, location: &str, from: NaiveDate, to: NaiveDate, service: Option<&str>) -> Result<Vec<SlotRow>> {
    let sql = "SELECT * FROM slots WHERE location_id = $1 AND local_date BETWEEN $2 AND $3 AND ($4 IS NULL OR service_id = $4)
               ORDER BY start_us, service_id";
    let rows = sqlx::query(sql).bind(location).bind(from.to_string()).bind(to.to_string()).bind(service).fetch_all(conn).await?;
    rows.iter().map(slot_row).collect()
}

pub(super) async fn slot(conn: &mut Conn, id: &str) -> Result<SlotRow> {
    let row = sqlx::query("SELECT * FROM slots WHERE id = $1").bind(id).fetch_optional(conn).await?;
    row.as_ref().map(slot_row).transpose()?.ok_or_else(|| StoreError::not_found("slot", id))
}

/// The slot in which a booking of `service` that begins at `start_us` stands.
pub(super) async fn slot_at(conn: &mut Conn, location: &str, service: &str, start_us: i64) -> Result<Option<SlotRow>> {
    let sql = "SELECT * FROM slots WHERE location_id = $1 AND service_id = $2 AND start_us = $3";
    let row = sqlx::query(sql).bind(location).bind(service).bind(start_us).fetch_optional(conn).await?;
    row.as_ref().map(slot_row).transpose()
}

/// The version of the house by which a day's slots were made, and the house's own.
pub(super) async fn slots_version(conn: &mut Conn, location: &str, date: NaiveDate) -> Result<(Option<i64>, i64)> {
    let sql = "SELECT l.version, (SELECT d.house_version FROM slot_days AS d WHERE d.location_id = l.id AND d.local_date = $2) AS made
               FROM locations AS l WHERE l.id = $1";
    let row = sqlx::query(sql).bind(location).bind(date.to_string()).fetch_optional(conn).await?;
    let row = row.ok_or_else(|| StoreError::not_found("location", location))?;
    Ok((row.try_get("made")?, row.try_get("version")?))
}

/// A day at one glance: its version, and whether anything has to be done before its slots can be shown. Without the ledger's version: it changes
/// nothing that can be offered.
pub(super) async fn glance(conn: &mut Conn, location: &str, date: NaiveDate, now: DateTime<Utc>) -> Result<Glance> {
    let row = sqlx::query(
        "SELECT l.version AS house, COALESCE((SELECT d.version FROM day_versions AS d WHERE d.location_id = l.id AND d.local_date = $2), 0) AS day,
             (SELECT s.house_version FROM slot_days AS s WHERE s.location_id = l.id AND s.local_date = $2) AS made,
             EXISTS (SELECT 1 FROM bookings AS b WHERE b.location_id = l.id AND b.local_date = $2 AND b.state = 'held' AND b.hold_expires_us <= $3) AS due
         FROM locations AS l WHERE l.id = $1",
    )
    .bind(location)
    .bind(date.to_string())
    .bind(codec::instant_us(now))
    .fetch_optional(conn)
    .await?;
    let row = row.ok_or_else(|| StoreError::not_found("location", location))?;
    let (house, day, made): (i64, i64, Option<i64>) = (row.try_get("house")?, row.try_get("day")?, row.try_get("made")?);
    Ok(Glance { version: house + day, slots_are_new: made == Some(house), holds_are_due: row.try_get("due")? })
}

/// Rows of one statement.
const ROWS_PER_STATEMENT: usize = 500;

/// Makes the slots of a day what `wanted` says, by service. Slots that are no longer wanted go, or are blocked where something stands in them.
pub(super) async fn make_slots(
    conn: &mut Conn,
    location: &str,
    date: NaiveDate,
    house_version: i64,
    wanted: &BTreeMap<String, Vec<NewSlot>>,
    at: DateTime<Utc>,
) -> Result<SlotsMade> {
    lock_days(conn, location, &[date]).await?;
    let mut made = SlotsMade::default();
    let mut there: BTreeMap<(String, Minute), SlotRow> = BTreeMap::new();
    for slot in slots(conn, location, date, date, None).await? {
        there.insert((slot.service_id.clone(), slot.span.start), slot);
    }
    let standing = standing(conn, location, date).await?;
    let (mut written, mut idle) = (Vec::new(), Vec::new());
    for (service, slot) in wanted.iter().flat_map(|(service, slots)| slots.iter().map(move |slot| (service, slot))) {
        match there.remove(&(service.clone(), slot.start)) {
            Some(known) if (known.span.end, known.capacity, known.capacity_max) == (slot.end, slot.capacity, slot.capacity_max) => {
                made.unchanged += 1;
            }
            Some(known) => {
                written.push((known.id, service.clone(), *slot));
                made.updated += 1;
            }
            None => {
                written.push((id::new_id(at), service.clone(), *slot));
                made.inserted += 1;
            }
        }
    }
    for gone in there.into_values() {
        if gone.booked + gone.hold == 0 {
            idle.push(gone.id);
            made.removed += 1;
        } else if gone.capacity > 0 {
            let blocked = NewSlot { start: gone.span.start, end: gone.span.end, capacity: 0, capacity_max: gone.capacity_max };
            written.push((gone.id, gone.service_id, blocked));
            made.removed += 1;
        }
    }
    for rows in written.chunks(ROWS_PER_STATEMENT) {
        write_slots(conn, location, date, rows, &standing).await?;
    }
    for ids in idle.chunks(ROWS_PER_STATEMENT) {
        let mut sql = QueryBuilder::<Base>::new("DELETE FROM slots WHERE id IN (");
        let mut list = sql.separated(", ");
        for id in ids {
            list.push_bind(id);
        }
        sql.push(")");
        sql.build().execute(&mut *conn).await?;
    }
    sqlx::query(
        "INSERT INTO slot_days (location_id, local_date, house_version) VALUES ($1, $2, $3)
         ON CONFLICT (location_id, local_date) DO UPDATE SET house_version = excluded.house_version",
    )
    .bind(location)
    .bind(date.to_string())
    .bind(house_version)
    .execute(conn)
    .await?;
    Ok(made)
}

/// What stands on a day, by service and start: bookings, and holds that were not confirmed yet.
async fn standing(conn: &mut Conn, location: &str, date: NaiveDate) -> Result<BTreeMap<(String, Minute), (i64, i64)>> {
    let rows = sqlx::query(
        "SELECT service_id, start_us, COUNT(CASE WHEN state NOT IN ('held', 'created') THEN 1 END) AS booked,
             COUNT(CASE WHEN state IN ('held', 'created') THEN 1 END) AS hold
         FROM bookings WHERE location_id = $1 AND local_date = $2 AND service_id IS NOT NULL AND state NOT IN ('cancelled', 'expired', 'failed')
         GROUP BY service_id, start_us",
    )
    .bind(location)
    .bind(date.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| Ok(((row.try_get("service_id")?, codec::us_minute(row.try_get("start_us")?)), (row.try_get("booked")?, row.try_get("hold")?))))
        .collect()
}

/// Writes slots in one statement: new ones, which count what stands in them already, and other capacities of known ones.
async fn write_slots(
    conn: &mut Conn,
    location: &str,
    date: NaiveDate,
    rows: &[(String, String, NewSlot)],
    standing: &BTreeMap<(String, Minute), (i64, i64)>,
) -> Result<()> {
    let mut sql = QueryBuilder::<Base>::new(
        "INSERT INTO slots (id, location_id, service_id, local_date, start_us, end_us, capacity, capacity_max, booked, hold) ",
    );
    sql.push_values(rows, |mut row, (id, service, slot)| {
        let (booked, hold) = standing.get(&(service.clone(), slot.start)).copied().unwrap_or_default();
        row.push_bind(id)
            .push_bind(location)
            .push_bind(service)
            .push_bind(date.to_string())
            .push_bind(codec::minute_us(slot.start))
            .push_bind(codec::minute_us(slot.end))
            .push_bind(i64::from(slot.capacity))
            .push_bind(slot.capacity_max.map(i64::from))
            .push_bind(booked)
            .push_bind(hold);
    });
    sql.push(" ON CONFLICT (id) DO UPDATE SET end_us = excluded.end_us, capacity = excluded.capacity, capacity_max = excluded.capacity_max");
    sql.build().execute(conn).await?;
    Ok(())
}

pub(super) async fn exposure(conn: &mut Conn, key: &str, now: DateTime<Utc>) -> Result<Option<ExposureRow>> {
    let sql = "SELECT exposure_key, slots, variant, expires_us FROM exposures WHERE exposure_key = $1 AND expires_us > $2";
    let row = sqlx::query(sql).bind(key).bind(codec::instant_us(now)).fetch_optional(conn).await?;
    row.as_ref()
        .map(|row| {
            Ok(ExposureRow {
                key: row.try_get("exposure_key")?,
                slots: codec::json(row, "slots")?,
                variant: row.try_get("variant")?,
                expires_at: codec::instant(row, "expires_us")?,
            })
        })
        .transpose()
}

/// Records what somebody was shown; what they were shown at the same moment through another process stays, and comes back.
pub(super) async fn record_exposure(conn: &mut Conn, row: &ExposureRow, now: DateTime<Utc>) -> Result<ExposureRow> {
    sqlx::query(
        "INSERT INTO exposures (exposure_key, slots, variant, expires_us) VALUES ($1, $2, $3, $4)
         ON CONFLICT (exposure_key) DO UPDATE SET slots = excluded.slots, variant = excluded.variant, expires_us = excluded.expires_us
         WHERE exposures.expires_us <= $5",
    )
    .bind(&row.key)
    .bind(codec::json_text(&row.slots)?)
    .bind(&row.variant)
    .bind(codec::instant_us(row.expires_at))
    .bind(codec::instant_us(now))
    .execute(&mut *conn)
    .await?;
    Ok(exposure(conn, &row.key, now).await?.unwrap_or_else(|| row.clone()))
}

/// Takes a stored exposure back: nothing of it is free any more.
pub(super) async fn drop_exposure(conn: &mut Conn, key: &str) -> Result<()> {
    sqlx::query("DELETE FROM exposures WHERE exposure_key = $1").bind(key).execute(conn).await?;
    Ok(())
}

/// Begins a request. Who comes second with the same key waits here until the first is done, and is then told so.
pub(super) async fn claim(conn: &mut Conn, request: &RequestKey) -> Result<()> {
    let done = sqlx::query(
        "INSERT INTO requests (tenant_id, actor, request_key, payload_sha256, at_us) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, actor, request_key) DO NOTHING",
    )
    .bind(&request.tenant)
    .bind(&request.actor)
    .bind(&request.key)
    .bind(&request.payload_sha256)
    .bind(codec::instant_us(request.at))
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::new(StoreErrorKind::Repeated, format!("the request {:?} was made before", request.key)));
    }
    Ok(())
}

/// Writes nothing: the note of the request is all there is to write.
pub(super) async fn nothing(_conn: &mut Conn) -> Result<()> {
    Ok(())
}

/// What a request's outcome is sealed for: it may say whatever the caller wrote.
pub(super) fn outcome_row(tenant: &str, actor: &str, key: &str) -> String {
    row_name("request", &[tenant, actor, key])
}

/// Writes down what a request led to.
pub(super) async fn conclude<T: serde::Serialize>(conn: &mut Conn, request: &RequestKey, outcome: &T) -> Result<()> {
    let outcome = match &request.outcome {
        Some(known) => known.to_string(),
        None => codec::json_text(outcome)?,
    };
    let outcome = conn.seal(&outcome, &outcome_row(&request.tenant, &request.actor, &request.key)).await?;
    sqlx::query("UPDATE requests SET outcome = $4 WHERE tenant_id = $1 AND actor = $2 AND request_key = $3")
        .bind(&request.tenant)
        .bind(&request.actor)
        .bind(&request.key)
        .bind(outcome)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn answered(conn: &mut Conn, tenant: &str, actor: &str, key: &str) -> Result<Option<Answered>> {
    let sql = "SELECT payload_sha256, outcome FROM requests WHERE tenant_id = $1 AND actor = $2 AND request_key = $3 AND outcome IS NOT NULL";
    let row = sqlx::query(sql).bind(tenant).bind(actor).bind(key).fetch_optional(&mut *conn).await?;
    row.as_ref()
        .map(|row| {
            let outcome = conn.unseal(row.try_get("outcome")?, &outcome_row(tenant, actor, key))?;
            let outcome = serde_json::from_str(&outcome).map_err(|_| codec::damaged("outcome", "no JSON"))?;
            Ok(Answered { payload_sha256: row.try_get("payload_sha256")?, outcome })
        })
        .transpose()
}

/// Forgets requests from before an instant, and what was shown until one.
pub(super) async fn forget(conn: &mut Conn, requests_before: DateTime<Utc>, exposures_until: DateTime<Utc>) -> Result<u64> {
    let requests =
        sqlx::query("DELETE FROM requests WHERE at_us < $1").bind(codec::instant_us(requests_before)).execute(&mut *conn).await?.rows_affected();
    let exposures =
        sqlx::query("DELETE FROM exposures WHERE expires_us <= $1").bind(codec::instant_us(exposures_until)).execute(conn).await?.rows_affected();
    Ok(requests + exposures)
}
