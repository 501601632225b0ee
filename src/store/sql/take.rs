//! Taking, moving and stepping a booking.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Conn, attention, bookings, codec, day, desk, journal, lock_days, read_house, telling};
use crate::domain::{AssignmentStatus, BookingState, Minute, Span, id, local, state};
use crate::store::{
    BookingRow, DayView, Decide, Decision, HistoryKind, LocationRow, NewAttention, NewBooking, NewMessage, Result, Stamp, StoreError, StoreErrorKind,
    UNPLACED,
};

/// The booking as it is asked for: created, held by nobody.
async fn asked_for(conn: &mut Conn, new: &NewBooking, stamp: &Stamp) -> Result<BookingRow> {
    let house = read_house::house(conn, &new.location_id).await?;
    let place = &house.place;
    let service = house.services.iter().find(|s| s.id == new.service_id).ok_or_else(|| StoreError::not_found("service", &new.service_id))?;
    if new.party_size == 0 || new.priority == 0 {
        return Err(StoreError::invalid("party size and priority are 1 or more"));
    }
    if let Some(customer) = &new.customer {
        super::house::upsert_customer(conn, customer).await?;
    }
    if new.customer.is_none()
        && let Some(customer) = &new.customer_id
        && read_house::customer(conn, &place.tenant_id, customer).await?.is_none()
    {
        return Err(StoreError::not_found("customer", customer));
    }
    if let Some(twin) = &new.same_resource_as {
        bookings::booking(conn, twin).await?;
    }
    if let Some(id) = &new.id
        && bookings::exists(conn, id).await?
    {
        return Err(StoreError::conflict(format!("there is a booking {id:?} already; leave the id out or choose another")));
    }
    Ok(BookingRow {
        id: new.id.clone().unwrap_or_else(|| id::new_id(stamp.at)),
        location_id: new.location_id.clone(),
        external_ref: None,
        service_id: Some(new.service_id.clone()),
        customer_id: new.customer_id.clone(),
        user_id: new.user_id.clone(),
        booked_by: if new.once { new.customer_id.clone() } else { None },
        notes: new.notes.clone(),
        payment_ref: None,
        hold_expires_at: new.hold_until,
        local_date: local::date_of(place.timezone, new.start),
        span: Span::new(new.start, new.start.plus(i64::from(service.duration_minutes))),
        buffer_before_minutes: service.buffer_before_minutes,
        buffer_after_minutes: service.buffer_after_minutes,
        demands: service.demands(),
        gender: new.gender.clone(),
        gender_waived: false,
        zone: new.zone.clone(),
        party_size: new.party_size,
        priority: new.priority,
        same_resource_as: new.same_resource_as.clone(),
        affinity: new.affinity.clone(),
        state: BookingState::Created,
        status: AssignmentStatus::Provisional,
        resources: Vec::new(),
        served_by: Vec::new(),
        state_version: 1,
        created_at: stamp.at,
        updated_at: stamp.at,
    })
}

/// Takes a booking: created, held and, unless it is to be held only, confirmed, each with its line of history and its event.
pub(super) async fn take(conn: &mut Conn, new: &NewBooking, decide: Decide<'_>, stamp: &Stamp) -> Result<Option<BookingRow>> {
    // The house first, so that neither its time zone nor the service changes between the two.
    lock_days(conn, &new.location_id, &[]).await?;
    let mut booking = asked_for(conn, new, stamp).await?;
    lock_days(conn, &booking.location_id, &[booking.local_date]).await?;
    expire_on_day(conn, &booking.location_id, booking.local_date, stamp).await?;
    if new.in_slot && !has_place(conn, &booking).await? {
        return Ok(None);
    }
    let today = day::read(conn, &new.location_id, booking.local_date, DayView::Live, None).await?;
    let Decision::Hold { resources, status, gender_waived, moves, messages } = decide(&today, &booking) else {
        return Ok(None);
    };
    day::make_room(conn, &booking.location_id, booking.local_date, &moves, stamp).await?;
    booking.gender_waived = gender_waived;
    if status == AssignmentStatus::Bound {
        booking.status = status;
    }
    // Created and held in one row; its history and its events tell of both.
    let created = booking.clone();
    let asked = journal::assignment_words(&booking);
    (booking.state, booking.state_version) = (BookingState::Held, created.state_version + 1);
    booking.resources = sorted(resources);
    bookings::insert(conn, &today.location, &booking, None).await?;
    bookings::hold(conn, &booking).await?;
    journal::write(conn, &created, HistoryKind::State, "", created.state.as_str(), stamp).await?;
    journal::state_event(conn, &created, None, stamp).await?;
    journal::write(conn, &booking, HistoryKind::State, created.state.as_str(), booking.state.as_str(), stamp).await?;
    journal::state_event(conn, &booking, Some(created.state), stamp).await?;
    journal::write(conn, &booking, HistoryKind::Assignment, &asked, &journal::assignment_words(&booking), stamp).await?;
    if new.hold_until.is_none() {
        stand(conn, &mut booking, status, &messages, stamp).await?;
    }
    Ok(Some(booking))
}

/// Is there a slot of the service at this start, with a place left in it?
async fn has_place(conn: &mut Conn, booking: &BookingRow) -> Result<bool> {
    let Some(service) = &booking.service_id else { return Ok(false) };
    let slot = desk::slot_at(conn, &booking.location_id, service, codec::minute_us(booking.span.start)).await?;
    Ok(slot.is_some_and(|slot| slot.capacity > slot.booked + slot.hold))
}

/// From held to confirmed, as firm as was decided, and the customer told.
async fn stand(conn: &mut Conn, booking: &mut BookingRow, status: AssignmentStatus, messages: &[NewMessage], stamp: &Stamp) -> Result<()> {
    booking.hold_expires_at = None;
    step(conn, booking, BookingState::Confirmed, stamp).await?;
    if booking.status != status {
        finalize(conn, booking, status, stamp).await?;
    }
    tell(conn, booking, messages, stamp).await
}

/// Confirms a held booking, and one that a run has left with nobody gets somebody. `None` when nobody is free; one whose hold has run out is
/// expired, and comes back so.
pub(super) async fn confirm(
    conn: &mut Conn,
    id: &str,
    expected: Option<i64>,
    payment_ref: Option<&str>,
    decide: Decide<'_>,
    stamp: &Stamp,
) -> Result<Option<BookingRow>> {
    let mut booking = at_version(conn, id, expected, |date, _| date).await?;
    if booking.state == BookingState::Confirmed {
        return Ok(Some(booking));
    }
    if booking.state != BookingState::Held {
        return Err(day::illegal_step(&booking, BookingState::Confirmed));
    }
    if booking.hold_expires_at.is_some_and(|until| until <= stamp.at) {
        expire(conn, &mut booking, stamp).await?;
        return Ok(Some(booking));
    }
    // Who is held already is only named: that takes the house, and not what else stands on the day.
    let today = if booking.resources.is_empty() {
        day::read(conn, &booking.location_id, booking.local_date, DayView::Live, Some(id)).await?
    } else {
        day::frame(conn, &booking.location_id, booking.local_date).await?
    };
    let Decision::Hold { resources, status, gender_waived, moves, messages } = decide(&today, &booking) else {
        return Ok(None);
    };
    if booking.resources.is_empty() && !resources.is_empty() {
        day::make_room(conn, &booking.location_id, booking.local_date, &moves, stamp).await?;
        let asked = journal::assignment_words(&booking);
        booking.resources = sorted(resources);
        booking.gender_waived = gender_waived;
        bookings::hold(conn, &booking).await?;
        journal::write(conn, &booking, HistoryKind::Assignment, &asked, &journal::assignment_words(&booking), stamp).await?;
    }
    booking.payment_ref = payment_ref.map(str::to_owned);
    stand(conn, &mut booking, status, &messages, stamp).await?;
    Ok(Some(booking))
}

/// A hold runs out: the time is free again.
async fn expire(conn: &mut Conn, booking: &mut BookingRow, stamp: &Stamp) -> Result<()> {
    let stamp = Stamp { actor: "holds".to_owned(), reason: "the hold was not confirmed in time".to_owned(), ..stamp.clone() };
    step(conn, booking, BookingState::Expired, &stamp).await?;
    give_back(conn, booking, &stamp).await?;
    attention::settle(conn, &booking.id, None, &stamp).await
}

/// Lets the holds of a day run out that are due. The day is locked.
async fn expire_on_day(conn: &mut Conn, location: &str, date: NaiveDate, stamp: &Stamp) -> Result<Vec<String>> {
    let sql = "SELECT id FROM bookings WHERE location_id = $1 AND local_date = $2 AND state = 'held' AND hold_expires_us <= $3 ORDER BY id";
    let due: Vec<String> =
        sqlx::query_scalar(sql).bind(location).bind(date.to_string()).bind(codec::instant_us(stamp.at)).fetch_all(&mut *conn).await?;
    for id in &due {
        let mut booking = bookings::booking(conn, id).await?;
        expire(conn, &mut booking, stamp).await?;
    }
    Ok(due)
}

/// The days on which holds are due to run out, of one location or of all.
pub(super) async fn days_with_due_holds(conn: &mut Conn, location: Option<&str>, now: DateTime<Utc>) -> Result<Vec<(String, NaiveDate)>> {
    use sqlx::Row;
    let sql =
        "SELECT DISTINCT location_id, local_date FROM bookings WHERE state = 'held' AND hold_expires_us <= $1 AND ($2 IS NULL OR location_id = $2)
               ORDER BY location_id, local_date";
    let rows = sqlx::query(sql).bind(codec::instant_us(now)).bind(location).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get("location_id")?, codec::date(row, "local_date")?))).collect()
}

/// Lets the holds of a day run out that are due.
pub(super) async fn expire_holds(conn: &mut Conn, location: &str, date: NaiveDate, stamp: &Stamp) -> Result<Vec<String>> {
    lock_days(conn, location, &[date]).await?;
    expire_on_day(conn, location, date, stamp).await
}

/// Gives the hold of a booking that is called off back.
async fn give_back(conn: &mut Conn, booking: &mut BookingRow, stamp: &Stamp) -> Result<()> {
    if booking.resources.is_empty() {
        return Ok(());
    }
    let held = journal::assignment_words(booking);
    bookings::release(conn, &booking.id).await?;
    booking.resources.clear();
    journal::write(conn, booking, HistoryKind::Assignment, &held, &journal::assignment_words(booking), stamp).await
}

/// Makes a booking that stands as firm as it was decided: after the day's cutoff the customer is told at once.
async fn finalize(conn: &mut Conn, booking: &mut BookingRow, status: AssignmentStatus, stamp: &Stamp) -> Result<()> {
    if !state::status_may_become(booking.status, status) || !booking.state.allows(status) {
        return Err(day::illegal_pair(&booking.id, booking.state, status.as_str()));
    }
    let (held, version) = (journal::assignment_words(booking), booking.state_version);
    booking.status = status;
    booking.state_version = version + 1;
    bookings::update(conn, booking, version).await?;
    journal::write(conn, booking, HistoryKind::Assignment, &held, &journal::assignment_words(booking), stamp).await
}

async fn tell(conn: &mut Conn, booking: &BookingRow, messages: &[NewMessage], stamp: &Stamp) -> Result<()> {
    for message in messages {
        telling::tell(conn, &booking.location_id, message, stamp).await?;
    }
    Ok(())
}

fn sorted(mut resources: Vec<String>) -> Vec<String> {
    resources.sort();
    resources.dedup();
    resources
}

/// One legal step: row, history, event.
async fn step(conn: &mut Conn, booking: &mut BookingRow, to: BookingState, stamp: &Stamp) -> Result<()> {
    let (from, version) = (booking.state, booking.state_version);
    if !from.may_become(to) {
        return Err(day::illegal_step(booking, to));
    }
    if !to.allows(booking.status) {
        return Err(day::illegal_pair(&booking.id, to, booking.status.as_str()));
    }
    booking.state = to;
    booking.state_version = version + 1;
    booking.updated_at = stamp.at;
    bookings::update(conn, booking, version).await?;
    journal::write(conn, booking, HistoryKind::State, from.as_str(), to.as_str(), stamp).await?;
    journal::state_event(conn, booking, Some(from), stamp).await
}

/// A booking at the version the caller knows, its day locked, and the day `there` that it may move to.
pub(super) async fn at_version(
    conn: &mut Conn,
    id: &str,
    expected: Option<i64>,
    there: impl Fn(NaiveDate, &LocationRow) -> NaiveDate,
) -> Result<BookingRow> {
    let (location, mut date) = bookings::whereabouts(conn, id).await?;
    let place = read_house::house(conn, &location).await?.place.clone();
    let booking = loop {
        lock_days(conn, &location, &[date, there(date, &place)]).await?;
        let booking = bookings::booking(conn, id).await?;
        if booking.local_date == date {
            break booking;
        }
        date = booking.local_date;
    };
    if expected.is_some_and(|version| version != booking.state_version) { Err(bookings::changed_meanwhile(id)) } else { Ok(booking) }
}

/// Steps a booking to another state. One that is made to stand with nobody to serve it goes on needing attention. One that is called off gives its hold back and needs nobody's attention any more; one that took place
/// was served by those who held it, unless recorded otherwise.
pub(super) async fn transition(conn: &mut Conn, id: &str, to: BookingState, expected: Option<i64>, stamp: &Stamp) -> Result<BookingRow> {
    let mut booking = at_version(conn, id, expected, |date, _| date).await?;
    step(conn, &mut booking, to, stamp).await?;
    if to.is_released() {
        give_back(conn, &mut booking, stamp).await?;
        telling::take_all_back(conn, id, stamp).await?;
    }
    if to == BookingState::Confirmed && booking.resources.is_empty() && !booking.demands.is_empty() {
        let unplaced = NewAttention::new(&booking.id, UNPLACED, "confirmed by hand while nobody serves it");
        attention::open(conn, &booking.location_id, booking.local_date, &unplaced, stamp.at).await?;
    }
    if to == BookingState::Completed && booking.served_by.is_empty() {
        bookings::record_served_by(conn, id, &booking.resources).await?;
        booking.served_by = booking.resources.clone();
    }
    if !to.is_active() {
        attention::settle(conn, id, None, stamp).await?;
    }
    Ok(booking)
}

/// Moves a booking to another time. What was promised about the old time (a bound person, a told name) does not hold for the new one:
/// `decide` says who holds it there, and how firmly.
pub(super) async fn reschedule(
    conn: &mut Conn,
    id: &str,
    start: Minute,
    expected: Option<i64>,
    decide: Decide<'_>,
    stamp: &Stamp,
) -> Result<Option<BookingRow>> {
    let before = at_version(conn, id, expected, |_, place| local::date_of(place.timezone, start)).await?;
    if !before.state.is_active() {
        let message = format!("booking {id} is {} and cannot be moved; make a new one", before.state.as_str());
        return Err(StoreError::new(StoreErrorKind::IllegalTransition, message));
    }
    let place = read_house::house(conn, &before.location_id).await?.place.clone();
    let mut booking = before.clone();
    booking.span = Span::new(start, start.plus(before.span.minutes()));
    booking.local_date = local::date_of(place.timezone, start);
    bookings::release(conn, id).await?;
    expire_on_day(conn, &booking.location_id, booking.local_date, stamp).await?;
    if before.booked_by.is_some() && !has_place(conn, &booking).await? {
        return Ok(None);
    }
    let there = day::read(conn, &before.location_id, booking.local_date, DayView::Live, Some(id)).await?;
    booking.resources.clear();
    let Decision::Hold { resources, status, gender_waived, moves, messages } = decide(&there, &booking) else {
        return Ok(None);
    };
    day::make_room(conn, &booking.location_id, booking.local_date, &moves, stamp).await?;
    booking.resources = sorted(resources);
    booking.status = status;
    booking.gender_waived = gender_waived;
    booking.state_version += 1;
    booking.updated_at = stamp.at;
    if !booking.state.allows(booking.status) {
        return Err(day::illegal_pair(id, booking.state, booking.status.as_str()));
    }
    bookings::update(conn, &booking, before.state_version).await?;
    bookings::hold(conn, &booking).await?;
    attention::settle(conn, id, None, stamp).await?;
    let (from, to) = (times(&before), times(&booking));
    journal::write(conn, &booking, HistoryKind::Time, &from, &to, stamp).await?;
    let (held, holds) = (journal::assignment_words(&before), journal::assignment_words(&booking));
    if held != holds {
        journal::write(conn, &booking, HistoryKind::Assignment, &held, &holds, stamp).await?;
    }
    let metadata = serde_json::json!({"from": from, "to": to, "actor": stamp.actor, "reason": stamp.reason});
    journal::event(conn, &booking, "booking.rescheduled", metadata, stamp).await?;
    if booking.state == BookingState::ManualReview && !booking.resources.is_empty() {
        step(conn, &mut booking, BookingState::Confirmed, stamp).await?;
    }
    tell(conn, &booking, &messages, stamp).await?;
    Ok(Some(booking))
}

fn times(booking: &BookingRow) -> String {
    format!("{}/{}", booking.span.start.to_utc().to_rfc3339(), booking.span.end.to_utc().to_rfc3339())
}
