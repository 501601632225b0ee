//! The needs-attention queue: one open row per booking and cause.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::{Conn, DbRow, codec, telling};
use crate::domain::id;
use crate::store::{AttentionRow, NewAttention, NewMessage, Result, Stamp, StoreError, UNPLACED};

/// Opens a row of the needs-attention queue; one that is open for the same cause stays, with the newest reason.
pub(super) async fn open(conn: &mut Conn, location: &str, date: NaiveDate, new: &NewAttention, at: DateTime<Utc>) -> Result<()> {
    let witness = new.witness.as_ref().map(ToString::to_string);
    let known = sqlx::query("UPDATE attention SET reason = $3, witness = $4 WHERE booking_id = $1 AND code = $2 AND resolved_us IS NULL")
        .bind(&new.booking_id)
        .bind(&new.code)
        .bind(&new.reason)
        .bind(&witness)
        .execute(&mut *conn)
        .await?;
    if known.rows_affected() == 0 {
        let sql = "INSERT INTO attention (id, location_id, local_date, booking_id, code, reason, created_us, witness) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sqlx::query(sql)
            .bind(id::new_id(at))
            .bind(location)
            .bind(date.to_string())
            .bind(&new.booking_id)
            .bind(&new.code)
            .bind(&new.reason)
            .bind(codec::instant_us(at))
            .bind(witness)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// What is open in the needs-attention queue of a location: booking and code.
pub(super) async fn open_codes(conn: &mut Conn, location: &str) -> Result<BTreeSet<(String, String)>> {
    let sql = "SELECT booking_id, code FROM attention WHERE location_id = $1 AND resolved_us IS NULL";
    Ok(sqlx::query_as(sql).bind(location).fetch_all(conn).await?.into_iter().collect())
}

/// Settles what is open for a booking: one code, or everything.
pub(super) async fn settle(conn: &mut Conn, booking: &str, code: Option<&str>, stamp: &Stamp) -> Result<()> {
    sqlx::query("UPDATE attention SET resolved_us = $3, resolution = $4 WHERE booking_id = $1 AND ($2 IS NULL OR code = $2) AND resolved_us IS NULL")
        .bind(booking)
        .bind(code)
        .bind(codec::instant_us(stamp.at))
        .bind(&stamp.reason)
        .execute(conn)
        .await?;
    Ok(())
}

fn attention_row(row: &DbRow) -> Result<AttentionRow> {
    let witness: Option<String> = row.try_get("witness")?;
    Ok(AttentionRow {
        id: row.try_get("id")?,
        location_id: row.try_get("location_id")?,
        date: codec::date(row, "local_date")?,
        booking_id: row.try_get("booking_id")?,
        code: row.try_get("code")?,
        reason: row.try_get("reason")?,
        created_at: codec::instant(row, "created_us")?,
        resolved_at: codec::instant_if_set(row, "resolved_us")?,
        resolution: row.try_get("resolution")?,
        witness: witness.map(|text| serde_json::from_str(&text).map_err(|_| codec::damaged("witness", &text))).transpose()?,
        attempts: codec::count(row, "attempts")?,
        tried_at: codec::instant_if_set(row, "tried_us")?,
        asked_at: codec::instant_if_set(row, "asked_us")?,
    })
}

/// The open rows of a location, of one day or of all, oldest first.
pub(super) async fn waiting(conn: &mut Conn, location: &str, date: Option<NaiveDate>) -> Result<Vec<AttentionRow>> {
    let rows = sqlx::query(
        "SELECT id, location_id, local_date, booking_id, code, reason, created_us, resolved_us, resolution, witness, attempts, tried_us, asked_us
         FROM attention WHERE location_id = $1 AND ($2 IS NULL OR local_date = $2) AND resolved_us IS NULL ORDER BY created_us, id",
    )
    .bind(location)
    .bind(date.map(|d| d.to_string()))
    .fetch_all(conn)
    .await?;
    rows.iter().map(attention_row).collect()
}

pub(super) async fn row(conn: &mut Conn, id: &str) -> Result<AttentionRow> {
    let row = sqlx::query(
        "SELECT id, location_id, local_date, booking_id, code, reason, created_us, resolved_us, resolution, witness, attempts, tried_us, asked_us
         FROM attention WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(attention_row).transpose()?.ok_or_else(|| StoreError::not_found("row of the needs-attention queue", id))
}

/// Days from `from` on with bookings that nobody serves, where anything has changed since that was last tried again.
pub(super) async fn restless_days(conn: &mut Conn, from: NaiveDate) -> Result<Vec<(String, NaiveDate)>> {
    let rows = sqlx::query(
        "SELECT DISTINCT a.location_id, a.local_date FROM attention AS a JOIN locations AS l ON l.id = a.location_id
             LEFT JOIN day_versions AS d ON d.location_id = a.location_id AND d.local_date = a.local_date
         WHERE a.resolved_us IS NULL AND a.code = $2 AND a.local_date >= $1
             AND (a.tried_version IS NULL OR a.tried_version <> l.version + COALESCE(d.version, 0))
         ORDER BY a.local_date, a.location_id",
    )
    .bind(from.to_string())
    .bind(UNPLACED)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((row.try_get("location_id")?, codec::date(row, "local_date")?))).collect()
}

/// Notes that what waits on a day was tried again, on the day as it is now.
pub(super) async fn note_tried(conn: &mut Conn, location: &str, date: NaiveDate, at: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "UPDATE attention SET attempts = attempts + 1, tried_us = $3, tried_version = (SELECT l.version + COALESCE(d.version, 0) FROM locations AS l
             LEFT JOIN day_versions AS d ON d.location_id = l.id AND d.local_date = $2 WHERE l.id = $1)
         WHERE location_id = $1 AND local_date = $2 AND code = $4 AND resolved_us IS NULL",
    )
    .bind(location)
    .bind(date.to_string())
    .bind(codec::instant_us(at))
    .bind(UNPLACED)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that the customer was asked, and puts the question into the outbox.
pub(super) async fn ask(conn: &mut Conn, id: &str, question: &NewMessage, stamp: &Stamp) -> Result<()> {
    let asked = row(conn, id).await?;
    let done = sqlx::query("UPDATE attention SET asked_us = $2 WHERE id = $1 AND resolved_us IS NULL")
        .bind(id)
        .bind(codec::instant_us(stamp.at))
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::conflict(format!("the row {id} of the needs-attention queue is settled; there is nothing to ask")));
    }
    telling::tell(conn, &asked.location_id, question, stamp).await
}

pub(super) async fn resolve(conn: &mut Conn, id: &str, stamp: &Stamp) -> Result<()> {
    let done = sqlx::query("UPDATE attention SET resolved_us = $2, resolution = $3 WHERE id = $1 AND resolved_us IS NULL")
        .bind(id)
        .bind(codec::instant_us(stamp.at))
        .bind(&stamp.reason)
        .execute(conn)
        .await?;
    if done.rows_affected() == 0 { Err(StoreError::not_found("open attention row", id)) } else { Ok(()) }
}
