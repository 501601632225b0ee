//! Absences: previews are noted, and a step of one is written with its block and all its days in one transaction.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sqlx::Row;

use super::{Conn, DbRow, codec, day, house, lock_days, lock_house};
use crate::domain::Span;
use crate::store::{AbsenceChange, AbsenceRow, AbsenceState, BlockStep, Result, StoreError, StoreErrorKind};

/// The columns, by name: their number and order are this version's.
const COLUMNS: &str = "id, location_id, resource_id, start_us, end_us, reason, words, may_move, state, days, previewed_us, previewed_by, block_id,
    confirmed_us, confirmed_by, undone_us, undone_by, undo, replaced_by";

fn absence_row(row: &DbRow) -> Result<AbsenceRow> {
    let undo: Option<String> = row.try_get("undo")?;
    Ok(AbsenceRow {
        id: row.try_get("id")?,
        location_id: row.try_get("location_id")?,
        resource_id: row.try_get("resource_id")?,
        span: codec::span(row)?,
        reason: row.try_get("reason")?,
        words: row.try_get("words")?,
        may_move: row.try_get("may_move")?,
        state: codec::word(row, "state", AbsenceState::from_word)?,
        days: codec::json(row, "days")?,
        previewed_at: codec::instant(row, "previewed_us")?,
        previewed_by: row.try_get("previewed_by")?,
        block_id: row.try_get("block_id")?,
        confirmed_at: codec::instant_if_set(row, "confirmed_us")?,
        confirmed_by: row.try_get("confirmed_by")?,
        undone_at: codec::instant_if_set(row, "undone_us")?,
        undone_by: row.try_get("undone_by")?,
        undo: undo.map(|text| serde_json::from_str(&text).map_err(|_| codec::damaged("undo", &text))).transpose()?,
        replaced_by: row.try_get("replaced_by")?,
    })
}

/// An absence by its id, or by the block that it wrote.
pub(super) async fn absence(conn: &mut Conn, id: &str) -> Result<AbsenceRow> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM absences WHERE id = $1 OR block_id = $1"));
    let row = sqlx::query(sql).bind(id).fetch_optional(conn).await?;
    row.as_ref().map(absence_row).transpose()?.ok_or_else(|| StoreError::not_found("absence", id))
}

/// Those of a location, newest first, at most `limit`.
pub(super) async fn absences(conn: &mut Conn, location: &str, limit: u32) -> Result<Vec<AbsenceRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM absences WHERE location_id = $1 ORDER BY previewed_us DESC, id DESC LIMIT $2"));
    let rows = sqlx::query(sql).bind(location).bind(i64::from(limit)).fetch_all(conn).await?;
    rows.iter().map(absence_row).collect()
}

/// Those that were confirmed and touch a span, by when they begin.
pub(super) async fn standing(conn: &mut Conn, location: &str, span: Span) -> Result<Vec<AbsenceRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM absences WHERE location_id = $1 AND state = 'confirmed' AND start_us < $2 AND end_us > $3 ORDER BY start_us, id"
    ));
    let rows = sqlx::query(sql).bind(location).bind(codec::minute_us(span.end)).bind(codec::minute_us(span.start)).fetch_all(conn).await?;
    rows.iter().map(absence_row).collect()
}

/// Notes a preview, in the place of another one where it has one.
pub(super) async fn save(conn: &mut Conn, row: &AbsenceRow, replaces: Option<(&str, AbsenceState)>) -> Result<AbsenceRow> {
    sqlx::query(
        "INSERT INTO absences (id, location_id, resource_id, start_us, end_us, reason, words, may_move, state, days, previewed_us, previewed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&row.id)
    .bind(&row.location_id)
    .bind(&row.resource_id)
    .bind(codec::minute_us(row.span.start))
    .bind(codec::minute_us(row.span.end))
    .bind(&row.reason)
    .bind(&row.words)
    .bind(row.may_move)
    .bind(AbsenceState::Previewed.as_str())
    .bind(row.days.to_string())
    .bind(codec::instant_us(row.previewed_at))
    .bind(&row.previewed_by)
    .execute(&mut *conn)
    .await?;
    if let Some((old, state)) = replaces {
        sqlx::query("UPDATE absences SET state = $2, replaced_by = $3 WHERE id = $1 AND state IN ('previewed', 'expired', 'outdated')")
            .bind(old)
            .bind(state.as_str())
            .bind(&row.id)
            .execute(conn)
            .await?;
    }
    Ok(row.clone())
}

/// Makes a step of an absence, if its days are still as they were read; `None` when they are not. One that was made before is left as it is.
pub(super) async fn change(conn: &mut Conn, change: &AbsenceChange) -> Result<Option<AbsenceRow>> {
    let location = absence(conn, &change.id).await?.location_id;
    let dates: Vec<NaiveDate> = change.days.iter().map(|day| day.date).collect();
    lock_house(conn, &location).await?;
    lock_days(conn, &location, &dates).await?;
    let before = absence(conn, &change.id).await?;
    if before.state == change.to {
        return Ok(Some(before));
    }
    if before.state != change.from {
        let message = format!("absence {} is {} and cannot be {}", before.id, before.state.as_str(), change.to.as_str());
        return Err(StoreError::new(StoreErrorKind::IllegalTransition, message));
    }
    for day in &change.days {
        if day.location_id != location || day::version(conn, &location, day.date).await? != day.expected_version {
            return Ok(None);
        }
    }
    if let Some(seen) = &change.holds
        && held(conn, &before).await? != seen.iter().cloned().collect()
    {
        return Ok(None);
    }
    let mut after = AbsenceRow { state: change.to, ..before };
    match &change.block {
        BlockStep::Write(block) => {
            after.block_id = Some(house::add_block(conn, block, &change.stamp).await?.id);
            (after.confirmed_at, after.confirmed_by) = (Some(change.stamp.at), Some(change.stamp.actor.clone()));
        }
        BlockStep::Remove => {
            sqlx::query("DELETE FROM blocks WHERE id = $1 AND location_id = $2").bind(&after.block_id).bind(&location).execute(&mut *conn).await?;
            (after.undone_at, after.undone_by) = (Some(change.stamp.at), Some(change.stamp.actor.clone()));
            after.undo.clone_from(&change.undo);
        }
    }
    for day in &change.days {
        day::apply(conn, day).await?;
    }
    sqlx::query(
        "UPDATE absences SET state = $2, block_id = $3, confirmed_us = $4, confirmed_by = $5, undone_us = $6, undone_by = $7, undo = $8 WHERE id = $1",
    )
    .bind(&after.id)
    .bind(after.state.as_str())
    .bind(&after.block_id)
    .bind(after.confirmed_at.map(codec::instant_us))
    .bind(&after.confirmed_by)
    .bind(after.undone_at.map(codec::instant_us))
    .bind(&after.undone_by)
    .bind(after.undo.as_ref().map(ToString::to_string))
    .execute(conn)
    .await?;
    Ok(Some(after))
}

/// What the person holds within the absence and is still to be served.
async fn held(conn: &mut Conn, absence: &AbsenceRow) -> Result<BTreeSet<String>> {
    let sql = "SELECT o.booking_id FROM occupancy AS o JOIN bookings AS b ON b.id = o.booking_id
               WHERE o.location_id = $1 AND o.resource_id = $2 AND o.start_us < $3 AND o.end_us > $4
                   AND b.state NOT IN ('cancelled', 'expired', 'failed', 'completed', 'no_show')";
    let ids = sqlx::query_scalar(sql)
        .bind(&absence.location_id)
        .bind(&absence.resource_id)
        .bind(codec::minute_us(absence.span.end))
        .bind(codec::minute_us(absence.span.start))
        .fetch_all(conn)
        .await?;
    Ok(ids.into_iter().collect())
}
