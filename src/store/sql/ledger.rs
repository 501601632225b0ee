//! The fairness ledger: days are closed once, corrections are kept, and what is carried is summed over a window.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use sqlx::Row;

use super::{Conn, DbRow, codec, day, lock_house, read_house};
use crate::domain::{ResourceKind, id};
use crate::store::houses::Carried;
use crate::store::{CorrectionRow, DayView, LEDGER_DAYS, LedgerEntry, LedgerRows, NewCorrection, Result, SettleDay, Stamp, StoreError};

/// Closes a day: reads it, asks `settle` what everybody's day was, writes that. `None` where it stood in the ledger before.
pub(super) async fn close(conn: &mut Conn, location: &str, date: NaiveDate, settle: SettleDay<'_>, stamp: &Stamp) -> Result<Option<usize>> {
    // First of all, as its version is bumped at the end: nobody writes to the location's days meanwhile.
    lock_house(conn, location).await?;
    let known = sqlx::query("SELECT 1 FROM ledger_days WHERE location_id = $1 AND local_date = $2");
    if known.bind(location).bind(date.to_string()).fetch_optional(&mut *conn).await?.is_some() {
        return Ok(None);
    }
    let past = day::read(conn, location, date, DayView::Recorded, None).await?;
    let entries = settle(&past);
    sqlx::query("INSERT INTO ledger_days (location_id, local_date, closed_us, closed_by) VALUES ($1, $2, $3, $4)")
        .bind(location)
        .bind(date.to_string())
        .bind(codec::instant_us(stamp.at))
        .bind(&stamp.actor)
        .execute(&mut *conn)
        .await?;
    for entry in &entries {
        sqlx::query(
            "INSERT INTO ledger_entries (location_id, local_date, resource_id, available_minutes, actual_minutes, requested_minutes, target_seconds)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(location)
        .bind(date.to_string())
        .bind(&entry.resource_id)
        .bind(entry.available_minutes)
        .bind(entry.actual_minutes)
        .bind(entry.requested_minutes)
        .bind(entry.target_seconds)
        .execute(&mut *conn)
        .await?;
    }
    Ok(Some(entries.len()))
}

/// Writes a correction by hand.
pub(super) async fn correct(conn: &mut Conn, new: &NewCorrection, stamp: &Stamp) -> Result<CorrectionRow> {
    lock_house(conn, &new.location_id).await?;
    read_house::location(conn, &new.location_id).await?;
    let people = read_house::resources(conn, &new.location_id).await?;
    let who = people.iter().find(|r| r.id == new.resource_id).ok_or_else(|| StoreError::not_found("person", &new.resource_id))?;
    if who.kind != ResourceKind::Staff || who.is_temporary {
        let what = if who.is_temporary { "a temp" } else { "a table" };
        return Err(StoreError::invalid(format!("{} is {what} and has no account in the ledger; name one of the staff", who.id)));
    }
    if new.minutes == 0 || !(-CORRECTION_MINUTES_MAX..=CORRECTION_MINUTES_MAX).contains(&new.minutes) {
        return Err(StoreError::invalid(format!(
            "a correction of {} minutes; expected 1 to {CORRECTION_MINUTES_MAX} either way (a week)",
            new.minutes
        )));
    }
    let id = id::new_id(stamp.at);
    sqlx::query(
        "INSERT INTO ledger_corrections (id, location_id, resource_id, local_date, minutes, reason, actor, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&id)
    .bind(&new.location_id)
    .bind(&new.resource_id)
    .bind(new.date.to_string())
    .bind(new.minutes)
    .bind(&stamp.reason)
    .bind(&stamp.actor)
    .bind(codec::instant_us(stamp.at))
    .execute(conn)
    .await?;
    let NewCorrection { location_id, resource_id, date, minutes } = new.clone();
    Ok(CorrectionRow { id, location_id, resource_id, date, minutes, reason: stamp.reason.clone(), actor: stamp.actor.clone(), at: stamp.at })
}

/// Minutes a correction may have, either way.
const CORRECTION_MINUTES_MAX: i64 = 10_080;

/// The ledger from one local day to another, both included.
pub(super) async fn read(conn: &mut Conn, location: &str, from: NaiveDate, to: NaiveDate) -> Result<LedgerRows> {
    let closed: Vec<String> =
        sqlx::query_scalar("SELECT local_date FROM ledger_days WHERE location_id = $1 AND local_date BETWEEN $2 AND $3 ORDER BY local_date")
            .bind(location)
            .bind(from.to_string())
            .bind(to.to_string())
            .fetch_all(&mut *conn)
            .await?;
    let closed = closed.iter().map(|text| text.parse().map_err(|_| codec::damaged("local_date", text))).collect::<Result<_>>()?;
    let entries = sqlx::query(
        "SELECT local_date, resource_id, available_minutes, actual_minutes, requested_minutes, target_seconds
         FROM ledger_entries WHERE location_id = $1 AND local_date BETWEEN $2 AND $3 ORDER BY local_date, resource_id",
    )
    .bind(location)
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_all(&mut *conn)
    .await?;
    let corrections = sqlx::query(
        "SELECT id, location_id, resource_id, local_date, minutes, reason, actor, at_us
         FROM ledger_corrections WHERE location_id = $1 AND local_date BETWEEN $2 AND $3 ORDER BY at_us, id",
    )
    .bind(location)
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_all(conn)
    .await?;
    Ok(LedgerRows {
        closed,
        entries: entries.iter().map(entry).collect::<Result<_>>()?,
        corrections: corrections.iter().map(correction).collect::<Result<_>>()?,
    })
}

fn entry(row: &DbRow) -> Result<LedgerEntry> {
    Ok(LedgerEntry {
        date: codec::date(row, "local_date")?,
        resource_id: row.try_get("resource_id")?,
        available_minutes: row.try_get("available_minutes")?,
        actual_minutes: row.try_get("actual_minutes")?,
        requested_minutes: row.try_get("requested_minutes")?,
        target_seconds: row.try_get("target_seconds")?,
    })
}

fn correction(row: &DbRow) -> Result<CorrectionRow> {
    Ok(CorrectionRow {
        id: row.try_get("id")?,
        location_id: row.try_get("location_id")?,
        resource_id: row.try_get("resource_id")?,
        date: codec::date(row, "local_date")?,
        minutes: row.try_get("minutes")?,
        reason: row.try_get("reason")?,
        actor: row.try_get("actor")?,
        at: codec::instant(row, "at_us")?,
    })
}

/// Seconds above their share that people bring to a day's sheet, by id: what was closed in the days before it, and corrections up to now. From
/// memory where the ledger is at the version for which it was summed. Not for functions that write to the ledger.
pub(super) async fn carried(conn: &mut Conn, location: &str, date: NaiveDate, ledger_version: i64) -> Result<Arc<Carried>> {
    if ledger_version == 0 {
        return Ok(Arc::default());
    }
    if let Some(known) = conn.houses.carried(location, date, ledger_version) {
        return Ok(known);
    }
    let from = date.checked_sub_days(Days::new(LEDGER_DAYS)).unwrap_or(date);
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT resource_id, CAST(SUM(seconds) AS BIGINT) AS seconds FROM (
             SELECT resource_id, 60 * actual_minutes - target_seconds AS seconds FROM ledger_entries
             WHERE location_id = $1 AND local_date >= $2 AND local_date < $3
             UNION ALL
             SELECT resource_id, 60 * minutes AS seconds FROM ledger_corrections WHERE location_id = $1 AND local_date >= $2) AS account
         GROUP BY resource_id",
    )
    .bind(location)
    .bind(from.to_string())
    .bind(date.to_string())
    .fetch_all(&mut *conn)
    .await?;
    let carried = Arc::new(rows.into_iter().collect());
    conn.houses.keep_carried(location, date, ledger_version, &carried);
    Ok(carried)
}
