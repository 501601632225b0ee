//! What customers are told: the difference between what they were told last and what holds now.
//!
//! What a customer knows is what the last message says that went out, may have gone out, or is going out. A message that was written and has not
//! gone out is taken back when it is not true any more, and is not missed: nobody was told of it.

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::{Conn, DbRow, codec, day, outbox, read_house, take};
use crate::domain::{AssignmentStatus, BookingState, Minute};
use crate::store::messages::{self, BOOKED, CHANGED, FINALIZED, MOVED, REMINDER};
use crate::store::{BookingRow, CustomerRow, Day, NewMessage, OutboxClass, Result, Says, Stamp};

/// Writes what a message leaves to say, if anything. That a customer moved their booking themselves is put on record only, unless they were told
/// nothing yet.
pub(super) async fn tell(conn: &mut Conn, location: &str, message: &NewMessage, stamp: &Stamp) -> Result<()> {
    let left = match (&message.booking_id, &message.says) {
        (Some(booking), Some(says)) if message.topic != REMINDER => left_to_say(conn, booking, says, message, stamp).await?,
        _ => Some(message.clone()),
    };
    let Some(left) = left else { return Ok(()) };
    let is_new = outbox::insert(conn, OutboxClass::Message, location, &left, stamp.at).await?;
    if is_new && left.known && left.topic == MOVED {
        let sql = "UPDATE outbox SET state = 'dismissed', settled_by = $2, settled_us = $3 WHERE dedup_key = $1";
        sqlx::query(sql).bind(&left.dedup_key).bind(&stamp.actor).bind(codec::instant_us(stamp.at)).execute(conn).await?;
    }
    Ok(())
}

async fn left_to_say(conn: &mut Conn, booking: &str, says: &Says, message: &NewMessage, stamp: &Stamp) -> Result<Option<NewMessage>> {
    let was_written: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM outbox WHERE dedup_key = $1)").bind(&message.dedup_key).fetch_one(&mut *conn).await?;
    // What is on its way says it already.
    if was_written || said(conn, booking).await?.last() == Some(says) {
        return Ok(None);
    }
    take_back(conn, booking, says, stamp).await?;
    let told = said(conn, booking).await?;
    let last = told.last();
    // Who hears another name compares with what came with the last one.
    let named = told.iter().rev().find(|told| told.who.is_some()).filter(|_| says.who.is_some());
    let time_changed = named.or(last).is_some_and(|before| before.start != says.start);
    let topic = match (&says.who, last) {
        _ if last == Some(says) => return Ok(None),
        (None, None) => BOOKED,
        (None, Some(_)) if time_changed => MOVED,
        (None, Some(_)) => return Ok(None),
        (Some(_), _) if named.is_some() => CHANGED,
        (Some(_), _) => FINALIZED,
    };
    let mut left = NewMessage { topic: topic.to_owned(), ..message.clone() };
    if let Some(payload) = left.payload.as_object_mut() {
        payload.insert("time_changed".to_owned(), time_changed.into());
    }
    Ok(Some(left))
}

/// What a booking's customer was told, may have been told, or will be, oldest first.
async fn said(conn: &mut Conn, booking: &str) -> Result<Vec<Says>> {
    let rows = sqlx::query(
        "SELECT says_start_us, says_who FROM outbox WHERE booking_id = $1 AND class = 'message' AND says_start_us IS NOT NULL
             AND (state IN ('pending', 'delivered', 'dismissed') OR in_doubt) ORDER BY id",
    )
    .bind(booking)
    .fetch_all(conn)
    .await?;
    rows.iter().map(says).collect()
}

fn says(row: &DbRow) -> Result<Says> {
    let (start_us, who): (i64, Option<String>) = (row.try_get("says_start_us")?, row.try_get("says_who")?);
    let who = who.map(|who| serde_json::from_str(&who).map_err(|_| codec::damaged("says_who", &who))).transpose()?;
    Ok(Says { start: Minute(start_us.div_euclid(60_000_000)), who })
}

/// Takes back what has not gone out and is not true any more, or said better by what comes now. Not what somebody is just sending, nor what may
/// have arrived: the customer may know it.
async fn take_back(conn: &mut Conn, booking: &str, says: &Says, stamp: &Stamp) -> Result<()> {
    sqlx::query(
        "UPDATE outbox SET state = 'withdrawn', settled_by = $2, settled_us = $3
         WHERE booking_id = $1 AND class = 'message' AND says_start_us IS NOT NULL
             AND (state = 'dead' OR (state = 'pending' AND claimed_until_us IS NULL AND NOT (in_doubt)
                 AND (says_start_us <> $4 OR says_who IS NOT NULL OR ($5 AND topic = 'booking.moved'))))",
    )
    .bind(booking)
    .bind(&stamp.actor)
    .bind(codec::instant_us(stamp.at))
    .bind(codec::minute_us(says.start))
    .bind(says.who.is_some())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back names that have not gone out: nobody serves it any more.
pub(super) async fn take_names_back(conn: &mut Conn, booking: &str, stamp: &Stamp) -> Result<()> {
    sqlx::query(
        "UPDATE outbox SET state = 'withdrawn', settled_by = $2, settled_us = $3
         WHERE booking_id = $1 AND class = 'message' AND says_who IS NOT NULL
             AND (state = 'dead' OR (state = 'pending' AND claimed_until_us IS NULL AND NOT (in_doubt)))",
    )
    .bind(booking)
    .bind(&stamp.actor)
    .bind(codec::instant_us(stamp.at))
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back everything about a booking that has not gone out: it was called off.
pub(super) async fn take_all_back(conn: &mut Conn, booking: &str, stamp: &Stamp) -> Result<()> {
    sqlx::query(
        "UPDATE outbox SET state = 'withdrawn', settled_by = $2, settled_us = $3
         WHERE booking_id = $1 AND class = 'message' AND (state = 'dead' OR (state = 'pending' AND claimed_until_us IS NULL AND NOT (in_doubt)))",
    )
    .bind(booking)
    .bind(&stamp.actor)
    .bind(codec::instant_us(stamp.at))
    .execute(conn)
    .await?;
    Ok(())
}

/// Calls a booking off and, where the house does it, tells the customer to whom it stood.
pub(super) async fn cancel(conn: &mut Conn, id: &str, expected: Option<i64>, tell_them: bool, stamp: &Stamp) -> Result<BookingRow> {
    let before = take::at_version(conn, id, expected, |date, _| date).await?;
    let booking = take::transition(conn, id, BookingState::Cancelled, expected, stamp).await?;
    let stood = !matches!(before.state, BookingState::Created | BookingState::Held) && before.span.start.to_utc() > stamp.at;
    if tell_them
        && stood
        && let Some((day, customer)) = whose(conn, &booking).await?
        && let Some(message) = messages::cancelled(&day, &booking, &customer)
    {
        tell(conn, &booking.location_id, &message, stamp).await?;
    }
    Ok(booking)
}

/// The house and the customer of a booking.
async fn whose(conn: &mut Conn, booking: &BookingRow) -> Result<Option<(Day, CustomerRow)>> {
    let Some(customer) = &booking.customer_id else { return Ok(None) };
    let day = day::frame(conn, &booking.location_id, booking.local_date).await?;
    let customer = read_house::customer(conn, &day.tenant.id, customer).await?;
    Ok(customer.map(|customer| (day, customer)))
}

/// Confirmed bookings within their tenant's time for reminders that were not reminded of for this start. Whoever booked when that time had come
/// already needs none.
pub(super) async fn reminders_due(conn: &mut Conn, now: DateTime<Utc>, after: &str, limit: u32) -> Result<Vec<String>> {
    let sql = "SELECT b.id FROM tenants AS t JOIN bookings AS b ON b.tenant_id = t.id JOIN customers AS c ON c.tenant_id = b.tenant_id AND c.id = b.customer_id
               WHERE t.reminder_minutes IS NOT NULL AND b.state = 'confirmed' AND b.start_us > $1 AND b.start_us <= $1 + t.reminder_minutes * 60000000
                   AND b.created_us <= b.start_us - t.reminder_minutes * 60000000 AND c.contact_address IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.dedup_key = 'booking.reminder/' || b.id || '/' || (b.start_us / 60000000))
                   AND b.id > $2
               ORDER BY b.id LIMIT $3";
    Ok(sqlx::query_scalar(sql).bind(codec::instant_us(now)).bind(after).bind(i64::from(limit)).fetch_all(conn).await?)
}

/// Writes the reminder of a booking as it stands now.
pub(super) async fn remind(conn: &mut Conn, id: &str, now: DateTime<Utc>) -> Result<bool> {
    let booking = take::at_version(conn, id, None, |date, _| date).await?;
    let Some((day, customer)) = whose(conn, &booking).await? else { return Ok(false) };
    let ahead = (booking.span.start.to_utc() - now).num_minutes();
    let is_near = booking.span.start.to_utc() > now && day.tenant.reminder_minutes.is_some_and(|minutes| ahead <= i64::from(minutes));
    if booking.state != BookingState::Confirmed || !is_near {
        return Ok(false);
    }
    // A name that is not certain is nobody's business yet.
    let who = (booking.status != AssignmentStatus::Provisional).then_some(booking.resources.as_slice());
    let Some(message) = messages::reminder(&day, &booking, &customer, who) else { return Ok(false) };
    outbox::insert(conn, OutboxClass::Message, &booking.location_id, &message, now).await
}
