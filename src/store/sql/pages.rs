//! Lists that are read page by page, and the look over everything.

use sqlx::Row;

use super::{Conn, bookings, codec};
use crate::store::{Audit, BookingFilter, BookingPage, PageEnd, Result};

/// Bookings by start and id, after the end of another page.
pub(super) async fn bookings(conn: &mut Conn, tenant: &str, filter: &BookingFilter, after: Option<&PageEnd>, limit: u32) -> Result<BookingPage> {
    let rows = sqlx::query(
        "SELECT b.* FROM bookings AS b
         WHERE b.tenant_id = $1 AND ($2 IS NULL OR b.location_id = $2) AND ($3 IS NULL OR b.start_us >= $3) AND ($4 IS NULL OR b.start_us < $4)
             AND ($5 IS NULL OR b.state = $5) AND ($6 IS NULL OR b.service_id = $6) AND ($7 IS NULL OR b.customer_id = $7)
             AND ($8 IS NULL OR b.user_id = $8)
             AND ($9 IS NULL OR EXISTS (SELECT 1 FROM occupancy AS o WHERE o.booking_id = b.id AND o.resource_id = $9))
             AND ($10 IS NULL OR b.start_us > $10 OR (b.start_us = $10 AND b.id > $11))
         ORDER BY b.start_us, b.id LIMIT $12",
    )
    .bind(tenant)
    .bind(&filter.location)
    .bind(filter.from.map(codec::minute_us))
    .bind(filter.to.map(codec::minute_us))
    .bind(filter.state.map(|state| state.as_str()))
    .bind(&filter.service)
    .bind(&filter.customer)
    .bind(&filter.user)
    .bind(&filter.resource)
    .bind(after.map(|end| codec::minute_us(end.start)))
    .bind(after.map(|end| end.id.as_str()))
    .bind(i64::from(limit) + 1)
    .fetch_all(&mut *conn)
    .await?;
    let more = rows.len() > limit as usize;
    let mut page = bookings::complete(conn, &rows[..rows.len().min(limit as usize)]).await?;
    page.sort_by(|a, b| (a.span.start, &a.id).cmp(&(b.span.start, &b.id)));
    let next = page.last().filter(|_| more).map(|last| PageEnd { start: last.span.start, id: last.id.clone() });
    Ok(BookingPage { bookings: page, next })
}

/// Counts everything that must not be. Reads tables only; asks nothing of the code that wrote them.
pub(super) async fn audit(conn: &mut Conn) -> Result<Audit> {
    let mut counts = Vec::with_capacity(AUDIT.len());
    for sql in AUDIT {
        let row = sqlx::query(sql).fetch_one(&mut *conn).await?;
        let count: i64 = row.try_get(0)?;
        counts.push(u64::try_from(count).unwrap_or(0));
    }
    let [bookings, active, overlaps, stray_holds, unheld, doubled, wrong_counters, history_gaps, lost_events, open_requests] = counts[..] else {
        return Ok(Audit::default());
    };
    Ok(Audit { bookings, active, overlaps, stray_holds, unheld, doubled, wrong_counters, history_gaps, lost_events, open_requests })
}

const AUDIT: [&str; 10] = [
    "SELECT COUNT(*) FROM bookings",
    "SELECT COUNT(*) FROM bookings WHERE state NOT IN ('cancelled', 'expired', 'failed', 'completed', 'no_show')",
    "SELECT COUNT(*) FROM occupancy AS a JOIN occupancy AS b ON a.location_id = b.location_id AND a.resource_id = b.resource_id
         AND a.booking_id < b.booking_id AND a.start_us < b.end_us AND b.start_us < a.end_us",
    "SELECT COUNT(*) FROM occupancy AS o JOIN bookings AS b ON b.id = o.booking_id WHERE b.state IN ('cancelled', 'expired', 'failed')
         OR b.location_id <> o.location_id OR o.start_us <> b.start_us - b.buffer_before_minutes * 60000000
         OR o.end_us <> b.end_us + b.buffer_after_minutes * 60000000",
    "SELECT COUNT(*) FROM bookings AS b WHERE b.state IN ('confirmed', 'held') AND b.demands <> '[]' AND b.external_ref IS NULL
         AND NOT EXISTS (SELECT 1 FROM occupancy AS o WHERE o.booking_id = b.id)
         AND NOT EXISTS (SELECT 1 FROM attention AS a WHERE a.booking_id = b.id AND (a.resolved_us IS NULL OR a.resolved_us >= b.updated_us))",
    "SELECT COUNT(*) FROM bookings AS a JOIN bookings AS b ON a.location_id = b.location_id AND a.service_id = b.service_id
         AND a.start_us = b.start_us AND a.booked_by = b.booked_by AND a.id < b.id
         WHERE a.state NOT IN ('cancelled', 'expired', 'failed') AND b.state NOT IN ('cancelled', 'expired', 'failed')",
    "SELECT COUNT(*) FROM slots AS s WHERE s.booked <> (SELECT COUNT(*) FROM bookings AS b WHERE b.location_id = s.location_id
             AND b.service_id = s.service_id AND b.start_us = s.start_us AND b.state NOT IN ('held', 'created', 'cancelled', 'expired', 'failed'))
         OR s.hold <> (SELECT COUNT(*) FROM bookings AS b WHERE b.location_id = s.location_id AND b.service_id = s.service_id
             AND b.start_us = s.start_us AND b.state IN ('held', 'created'))",
    "SELECT COUNT(*) FROM bookings AS b WHERE b.external_ref IS NULL AND b.state <> COALESCE((SELECT h.to_value FROM booking_history AS h
         WHERE h.booking_id = b.id AND h.kind = 'state' ORDER BY h.id DESC LIMIT 1), '')",
    "SELECT COUNT(*) FROM booking_history AS h JOIN bookings AS b ON b.id = h.booking_id WHERE h.kind = 'state' AND b.external_ref IS NULL
         AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.dedup_key = 'event/' || h.booking_id || '/' || h.state_version || '/booking.' || h.to_value)",
    "SELECT COUNT(*) FROM requests WHERE outcome IS NULL",
];
