//! What is written beside a change: history, events, messages, runs, the needs-attention queue.

use chrono::NaiveDate;
use sqlx::Row;

use super::{Conn, DbRow, codec, outbox};
use crate::domain::BookingState;
use crate::store::{BookingRow, HistoryKind, HistoryRow, NewMessage, OutboxClass, Result, RunKind, RunRow, RunStatus, Stamp, StoreError};

/// How an assignment reads in the history: `provisional grace, joy`.
pub(super) fn assignment_words(booking: &BookingRow) -> String {
    let who = if booking.resources.is_empty() { "nobody".to_owned() } else { booking.resources.join(", ") };
    format!("{} {who}", booking.status.as_str())
}

/// Writes a line of history for a booking whose `state_version` is already the new one.
pub(super) async fn write(conn: &mut Conn, booking: &BookingRow, kind: HistoryKind, from: &str, to: &str, stamp: &Stamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO booking_history (booking_id, kind, from_value, to_value, actor, reason, at_us, state_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&booking.id)
    .bind(kind.as_str())
    .bind(from)
    .bind(to)
    .bind(&stamp.actor)
    .bind(&stamp.reason)
    .bind(codec::instant_us(stamp.at))
    .bind(booking.state_version)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn history(conn: &mut Conn, booking: &str) -> Result<Vec<HistoryRow>> {
    let rows = sqlx::query(
        "SELECT booking_id, kind, from_value, to_value, actor, reason, at_us, state_version FROM booking_history WHERE booking_id = $1 ORDER BY id",
    )
    .bind(booking)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(HistoryRow {
                booking_id: row.try_get("booking_id")?,
                kind: codec::word(row, "kind", HistoryKind::from_word)?,
                from: row.try_get("from_value")?,
                to: row.try_get("to_value")?,
                actor: row.try_get("actor")?,
                reason: row.try_get("reason")?,
                at: codec::instant(row, "at_us")?,
                state_version: row.try_get("state_version")?,
            })
        })
        .collect()
}

/// The event of a step from one state to another: topic `booking.confirmed` and so on, in the envelope that subscribers know.
pub(super) async fn state_event(conn: &mut Conn, booking: &BookingRow, from: Option<BookingState>, stamp: &Stamp) -> Result<()> {
    let metadata =
        serde_json::json!({"from": from.map(BookingState::as_str), "to": booking.state.as_str(), "actor": stamp.actor, "reason": stamp.reason});
    event(conn, booking, &format!("booking.{}", booking.state.as_str()), metadata, stamp).await
}

/// Puts an event into the outbox.
pub(super) async fn event(conn: &mut Conn, booking: &BookingRow, topic: &str, metadata: serde_json::Value, stamp: &Stamp) -> Result<()> {
    let payload = serde_json::json!({
        "booking": booking.id, "location": booking.location_id, "version": booking.state_version, "party_size": booking.party_size,
        "timeslot": {"start": booking.span.start.to_utc().to_rfc3339(), "end": booking.span.end.to_utc().to_rfc3339()}, "metadata": metadata,
    });
    let message = NewMessage {
        topic: topic.to_owned(),
        booking_id: Some(booking.id.clone()),
        channel: "event".to_owned(),
        recipient: String::new(),
        payload,
        dedup_key: format!("event/{}/{}/{topic}", booking.id, booking.state_version),
        says: None,
        known: false,
    };
    outbox::insert(conn, OutboxClass::Event, &booking.location_id, &message, stamp.at).await?;
    Ok(())
}

pub(super) async fn insert_run(conn: &mut Conn, run: &RunRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO runs (id, location_id, local_date, kind, profile, status, actor, day_version, input_sha256, plan_status, tiers, baseline, diff, unplaced,
             rationale, solver, stopped, started_us, finished_us, solve_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
    )
    .bind(&run.id)
    .bind(&run.location_id)
    .bind(run.date.to_string())
    .bind(run.kind.as_str())
    .bind(&run.profile)
    .bind(run.status.as_str())
    .bind(&run.actor)
    .bind(run.day_version)
    .bind(&run.input_sha256)
    .bind(&run.plan_status)
    .bind(run.tiers.to_string())
    .bind(run.baseline.to_string())
    .bind(run.diff.to_string())
    .bind(run.unplaced.to_string())
    .bind(&run.rationale)
    .bind(&run.solver)
    .bind(&run.stopped)
    .bind(codec::instant_us(run.started_at))
    .bind(codec::instant_us(run.finished_at))
    .bind(i64::try_from(run.solve_ms).unwrap_or(i64::MAX))
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn runs(conn: &mut Conn, location: &str, date: Option<NaiveDate>, before: Option<&str>, limit: u32) -> Result<Vec<RunRow>> {
    let sql = "SELECT * FROM runs WHERE location_id = $1 AND ($2 IS NULL OR local_date = $2)
               AND ($3 IS NULL OR (started_us, id) < (SELECT started_us, id FROM runs WHERE id = $3 AND location_id = $1)) ORDER BY started_us DESC, id DESC LIMIT $4";
    let rows = sqlx::query(sql).bind(location).bind(date.map(|d| d.to_string())).bind(before).bind(i64::from(limit)).fetch_all(conn).await?;
    rows.iter().map(run_row).collect()
}

pub(super) async fn run(conn: &mut Conn, id: &str) -> Result<RunRow> {
    let row = sqlx::query("SELECT * FROM runs WHERE id = $1").bind(id).fetch_optional(conn).await?;
    row.as_ref().map(run_row).transpose()?.ok_or_else(|| StoreError::not_found("run", id))
}

fn run_row(row: &DbRow) -> Result<RunRow> {
    let solve_ms: i64 = row.try_get("solve_ms")?;
    Ok(RunRow {
        id: row.try_get("id")?,
        location_id: row.try_get("location_id")?,
        date: codec::date(row, "local_date")?,
        kind: codec::word(row, "kind", RunKind::from_word)?,
        profile: row.try_get("profile")?,
        status: codec::word(row, "status", RunStatus::from_word)?,
        actor: row.try_get("actor")?,
        day_version: row.try_get("day_version")?,
        input_sha256: row.try_get("input_sha256")?,
        plan_status: row.try_get("plan_status")?,
        tiers: codec::json(row, "tiers")?,
        baseline: codec::json(row, "baseline")?,
        diff: codec::json(row, "diff")?,
        unplaced: codec::json(row, "unplaced")?,
        rationale: row.try_get("rationale")?,
        solver: row.try_get("solver")?,
        stopped: row.try_get("stopped")?,
        started_at: codec::instant(row, "started_us")?,
        finished_at: codec::instant(row, "finished_us")?,
        solve_ms: u64::try_from(solve_ms).unwrap_or(0),
    })
}
