//! The outbox: rows that are written with a change, taken by a worker, sent, and settled.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::{AssertSqlSafe, Row};

use super::conn::row_name;
use super::{Conn, DbRow, TAKEN_ALONE, codec, read_house};
use crate::domain::QuietHours;
use crate::store::messages::{ALERT, REMINDER, RESOLVED};
use crate::store::{Claim, DeadLetter, Failure, MessageFilter, NewMessage, OutboxClass, OutboxRow, OutboxState, Result, Stamp};

/// Puts a row into the outbox, unless its key was there before: what was said is not said again. Was it written?
pub(super) async fn insert(conn: &mut Conn, class: OutboxClass, location: &str, message: &NewMessage, at: DateTime<Utc>) -> Result<bool> {
    // Events go to nobody in particular.
    let recipient = match message.recipient.as_str() {
        "" => String::new(),
        address => conn.seal(address, &recipient_row(&message.dedup_key)).await?,
    };
    let who = message.says.as_ref().and_then(|says| says.who.as_ref()).map(codec::json_text).transpose()?;
    let done = sqlx::query(
        "INSERT INTO outbox (class, topic, location_id, booking_id, channel, recipient, payload, dedup_key, created_us, next_attempt_us, says_start_us, says_who)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11) ON CONFLICT (dedup_key) DO NOTHING",
    )
    .bind(class.as_str())
    .bind(&message.topic)
    .bind(location)
    .bind(&message.booking_id)
    .bind(&message.channel)
    .bind(recipient)
    .bind(message.payload.to_string())
    .bind(&message.dedup_key)
    .bind(codec::instant_us(at))
    .bind(message.says.as_ref().map(|says| codec::minute_us(says.start)))
    .bind(who)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What a message's recipient is sealed for.
pub(super) fn recipient_row(dedup_key: &str) -> String {
    row_name("message", &[dedup_key])
}

fn outbox_row(conn: &Conn, row: &DbRow) -> Result<OutboxRow> {
    let dedup_key: String = row.try_get("dedup_key")?;
    Ok(OutboxRow {
        id: row.try_get("id")?,
        class: codec::word(row, "class", |word| [OutboxClass::Event, OutboxClass::Message].into_iter().find(|c| c.as_str() == word))?,
        topic: row.try_get("topic")?,
        location_id: row.try_get("location_id")?,
        booking_id: row.try_get("booking_id")?,
        channel: row.try_get("channel")?,
        recipient: conn.unseal(row.try_get("recipient")?, &recipient_row(&dedup_key))?,
        payload: codec::json(row, "payload")?,
        dedup_key,
        state: codec::word(row, "state", OutboxState::from_word)?,
        created_at: codec::instant(row, "created_us")?,
        delivered_at: codec::instant_if_set(row, "delivered_us")?,
        next_attempt_at: codec::instant(row, "next_attempt_us")?,
        attempts: codec::count(row, "attempts")?,
        last_error: row.try_get("last_error")?,
        settled_by: row.try_get("settled_by")?,
        settled_at: codec::instant_if_set(row, "settled_us")?,
    })
}

pub(super) async fn outbox(conn: &mut Conn, class: OutboxClass, after: i64, limit: u32) -> Result<Vec<OutboxRow>> {
    let rows = sqlx::query("SELECT * FROM outbox WHERE class = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(class.as_str())
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *conn)
        .await?;
    rows.iter().map(|row| outbox_row(conn, row)).collect()
}

/// Rows that are due, with what says whether they may go out now.
const DUE: &str = "SELECT o.*, l.timezone, t.quiet_from_minute, t.quiet_to_minute, b.start_us AS visit_us,
        (SELECT s.says_start_us FROM outbox AS s WHERE s.booking_id = o.booking_id AND s.class = 'message' AND s.says_start_us IS NOT NULL
            AND s.state IN ('delivered', 'dismissed') ORDER BY s.id DESC LIMIT 1) AS told_us
    FROM outbox AS o JOIN locations AS l ON l.id = o.location_id JOIN tenants AS t ON t.id = l.tenant_id LEFT JOIN bookings AS b ON b.id = o.booking_id
    WHERE o.class = $1 AND o.state = 'pending' AND o.next_attempt_us <= $2 AND (o.claimed_until_us IS NULL OR o.claimed_until_us <= $2)
        AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.booking_id = o.booking_id AND e.class = o.class AND e.state = 'pending' AND e.id < o.id)
    ORDER BY o.next_attempt_us, o.id LIMIT $3";

/// Takes rows that are due. Those that wait for the end of quiet hours are put off on the way, and reminders that come too late are taken back.
pub(super) async fn claim(conn: &mut Conn, class: OutboxClass, claim: &Claim, limit: u32) -> Result<Vec<OutboxRow>> {
    let due = format!("{DUE}{TAKEN_ALONE}");
    loop {
        let rows = sqlx::query(AssertSqlSafe(due.clone()))
            .bind(class.as_str())
            .bind(codec::instant_us(claim.at))
            .bind(i64::from(limit))
            .fetch_all(&mut *conn)
            .await?;
        let mut taken = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: i64 = row.try_get("id")?;
            if is_too_late(row, claim.at)? {
                withdraw(conn, id, &Stamp::new("delivery", claim.at, "the visit has begun")).await?;
            } else if let Some(end) = waits_until(row, class, claim.at)? {
                let sql = "UPDATE outbox SET next_attempt_us = $2 WHERE id = $1";
                sqlx::query(sql).bind(id).bind(codec::instant_us(end)).execute(&mut *conn).await?;
            } else {
                // Who had it before and did not say what became of it may have sent it.
                sqlx::query(
                    "UPDATE outbox SET in_doubt = (in_doubt OR claimed_until_us IS NOT NULL), attempts = attempts + CASE WHEN claimed_until_us IS NULL THEN 0 ELSE 1 END,
                         claimed_by = $2, claimed_until_us = $3 WHERE id = $1",
                )
                .bind(id)
                .bind(&claim.worker)
                .bind(codec::instant_us(claim.until))
                .execute(&mut *conn)
                .await?;
                taken.push(outbox_row(conn, row)?);
            }
        }
        if !taken.is_empty() || rows.is_empty() {
            return Ok(taken);
        }
    }
}

/// A reminder of a visit that has begun.
fn is_too_late(row: &DbRow, now: DateTime<Utc>) -> Result<bool> {
    let (topic, start): (String, Option<DateTime<Utc>>) = (row.try_get("topic")?, codec::instant_if_set(row, "says_start_us")?);
    Ok(topic == REMINDER && start.is_some_and(|start| start <= now))
}

/// Until when a message waits for the end of quiet hours. What is for the manager does not wait, and neither does what is about a visit that
/// begins before they end.
fn waits_until(row: &DbRow, class: OutboxClass, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let topic: String = row.try_get("topic")?;
    if class == OutboxClass::Event || topic == ALERT || topic == RESOLVED {
        return Ok(None);
    }
    let Some(quiet): Option<QuietHours> = read_house::quiet_hours(row)? else { return Ok(None) };
    let timezone: Tz = codec::word(row, "timezone", |name| name.parse().ok())?;
    let visit = codec::instant_if_set(row, "visit_us")?;
    // Whoever was told an early time comes then, unless they hear of the later one before.
    let told = codec::instant_if_set(row, "told_us")?.filter(|told| *told > now);
    Ok(quiet.end(timezone, now).filter(|end| [visit, told].into_iter().flatten().all(|visit| visit >= *end)))
}

async fn withdraw(conn: &mut Conn, id: i64, stamp: &Stamp) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'withdrawn', last_error = $2, settled_by = $3, settled_us = $4 WHERE id = $1";
    sqlx::query(sql).bind(id).bind(&stamp.reason).bind(&stamp.actor).bind(codec::instant_us(stamp.at)).execute(conn).await?;
    Ok(())
}

pub(super) async fn delivered(conn: &mut Conn, id: i64, at: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "UPDATE outbox SET state = 'delivered', delivered_us = $2, attempts = attempts + 1, last_error = NULL, claimed_by = NULL, claimed_until_us = NULL
         WHERE id = $1 AND state IN ('pending', 'dead')",
    )
    .bind(id)
    .bind(codec::instant_us(at))
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn failed(conn: &mut Conn, id: i64, worker: &str, failure: &Failure) -> Result<()> {
    let state = if failure.next_attempt.is_some() { OutboxState::Pending } else { OutboxState::Dead };
    sqlx::query(
        "UPDATE outbox SET attempts = attempts + 1, last_error = $3, state = $4, next_attempt_us = COALESCE($5, next_attempt_us), in_doubt = (in_doubt OR $6),
             claimed_by = NULL, claimed_until_us = NULL
         WHERE id = $1 AND claimed_by = $2 AND state = 'pending'",
    )
    .bind(id)
    .bind(worker)
    .bind(&failure.why)
    .bind(state.as_str())
    .bind(failure.next_attempt.map(codec::instant_us))
    .bind(failure.in_doubt)
    .execute(conn)
    .await?;
    Ok(())
}

/// Messages that a filter lets through, newest first.
pub(super) async fn messages(conn: &mut Conn, filter: &MessageFilter, before: Option<i64>, limit: u32) -> Result<Vec<OutboxRow>> {
    let rows = sqlx::query(
        "SELECT o.* FROM outbox AS o JOIN locations AS l ON l.id = o.location_id
         WHERE o.class = 'message' AND ($1 IS NULL OR l.tenant_id = $1) AND ($2 IS NULL OR o.location_id = $2) AND ($3 IS NULL OR o.booking_id = $3)
             AND ($4 IS NULL OR o.state = $4) AND ($5 IS NULL OR o.id < $5)
         ORDER BY o.id DESC LIMIT $6",
    )
    .bind(&filter.tenant)
    .bind(&filter.location)
    .bind(&filter.booking)
    .bind(filter.state.map(OutboxState::as_str))
    .bind(before)
    .bind(i64::from(limit))
    .fetch_all(&mut *conn)
    .await?;
    rows.iter().map(|row| outbox_row(conn, row)).collect()
}

/// What a person decided about messages that could not be delivered.
pub(super) async fn settle_dead(conn: &mut Conn, filter: &MessageFilter, id: Option<i64>, what: DeadLetter, stamp: &Stamp) -> Result<u64> {
    // Whoever tries again tries from the start: at once, and as often as with a new one.
    let sql = match what {
        DeadLetter::Retry => {
            "UPDATE outbox SET state = 'pending', attempts = 0, next_attempt_us = $6, settled_by = $5, settled_us = $6
             WHERE state = 'dead' AND class = 'message' AND ($1 IS NULL OR id = $1) AND ($3 IS NULL OR location_id = $3) AND ($4 IS NULL OR booking_id = $4)
                 AND ($2 IS NULL OR location_id IN (SELECT l.id FROM locations AS l WHERE l.tenant_id = $2))"
        }
        DeadLetter::Dismiss => {
            "UPDATE outbox SET state = 'dismissed', settled_by = $5, settled_us = $6
             WHERE state = 'dead' AND class = 'message' AND ($1 IS NULL OR id = $1) AND ($3 IS NULL OR location_id = $3) AND ($4 IS NULL OR booking_id = $4)
                 AND ($2 IS NULL OR location_id IN (SELECT l.id FROM locations AS l WHERE l.tenant_id = $2))"
        }
    };
    let done = sqlx::query(sql)
        .bind(id)
        .bind(&filter.tenant)
        .bind(&filter.location)
        .bind(&filter.booking)
        .bind(&stamp.actor)
        .bind(codec::instant_us(stamp.at))
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
