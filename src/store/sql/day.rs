//! A day read whole, and changed whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Conn, attention, bookings, codec, journal, ledger, lock_days, read_house, telling};
use crate::domain::{AssignmentStatus, BookingState, Rule, Span, state};
use crate::store::sheet_builder::{self, DayFacts};
use crate::store::{
    AssignmentChange, BookingRow, Cas, Day, DayChange, DayView, Eased, HistoryKind, ResourceRow, Result, Stamp, StoreError, StoreErrorKind,
};

/// Reads a day; `without` leaves one booking out, as if it were not there yet.
pub(super) async fn read(conn: &mut Conn, location: &str, date: NaiveDate, view: DayView, without: Option<&str>) -> Result<Day> {
    let house = read_house::house(conn, location).await?;
    let place = house.place.clone();
    let tenant = read_house::tenant(conn, &place.tenant_id).await?;
    let window = sheet_builder::window(place.timezone, date);
    let mut on_day = bookings::on_day(conn, location, date).await?;
    on_day.retain(|booking| Some(booking.id.as_str()) != without);
    let eve = date.pred_opt().unwrap_or(date);
    let speaks = |rule: &&Rule| rule.valid_from.is_none_or(|from| from <= date) && rule.valid_to.is_none_or(|to| to >= eve);
    let (version, ledger_version) = versions(conn, location, date).await?;
    let facts = DayFacts {
        version,
        // Records are dealt as they are; fairness is a matter of what is still to be dealt.
        carried: if view == DayView::Live { ledger::carried(conn, location, date, ledger_version).await? } else { Arc::default() },
        resources: house.resources.clone(),
        combinations: house.combinations.clone(),
        rules: house.rules.iter().filter(speaks).cloned().collect(),
        has_rules: house.subjects.clone(),
        blocks: read_house::blocks(conn, location, window).await?,
        holds: holds(conn, location, window).await?,
        customers: read_house::customers_of_day(conn, location, date).await?,
        services: house.service_names(),
        bookings: on_day,
        tenant,
        location: place,
    };
    Ok(sheet_builder::build(facts, date, view))
}

/// A day without anything that stands on it: who is there, and whose house it is.
pub(super) async fn frame(conn: &mut Conn, location: &str, date: NaiveDate) -> Result<Day> {
    let house = read_house::house(conn, location).await?;
    // Whoever left meanwhile is still called by their name.
    let named = |row: &ResourceRow| ResourceRow { active: true, active_from: None, active_to: None, is_temporary: false, ..row.clone() };
    let facts = DayFacts {
        version: 0,
        carried: Arc::default(),
        resources: house.resources.iter().map(named).collect(),
        combinations: Vec::new(),
        rules: Vec::new(),
        has_rules: BTreeSet::new(),
        blocks: Vec::new(),
        holds: Vec::new(),
        customers: BTreeMap::new(),
        services: house.service_names(),
        bookings: Vec::new(),
        tenant: read_house::tenant(conn, &house.place.tenant_id).await?,
        location: house.place.clone(),
    };
    Ok(sheet_builder::build(facts, date, DayView::Live))
}

/// The day's version: its own, its location's and its location's ledger's, which all only grow, so that their sum changes when any does.
pub(super) async fn version(conn: &mut Conn, location: &str, date: NaiveDate) -> Result<i64> {
    Ok(versions(conn, location, date).await?.0)
}

/// The day's version, and the part of it that is the ledger's.
async fn versions(conn: &mut Conn, location: &str, date: NaiveDate) -> Result<(i64, i64)> {
    let sql = "SELECT l.version + l.ledger_version
                   + COALESCE((SELECT d.version FROM day_versions AS d WHERE d.location_id = l.id AND d.local_date = $2), 0) AS version, l.ledger_version
               FROM locations AS l WHERE l.id = $1";
    let versions: Option<(i64, i64)> = sqlx::query_as(sql).bind(location).bind(date.to_string()).fetch_optional(conn).await?;
    versions.ok_or_else(|| StoreError::not_found("location", location))
}

async fn holds(conn: &mut Conn, location: &str, window: Span) -> Result<Vec<(String, String, Span)>> {
    use sqlx::Row;
    let sql = "SELECT booking_id, resource_id, start_us, end_us FROM occupancy WHERE location_id = $1 AND start_us < $2 AND end_us > $3";
    let rows = sqlx::query(sql).bind(location).bind(codec::minute_us(window.end)).bind(codec::minute_us(window.start)).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get("booking_id")?, row.try_get("resource_id")?, codec::span(row)?))).collect()
}

/// Applies a change, if the day is still as it was read; `None` when it is not.
pub(super) async fn change(conn: &mut Conn, change: &DayChange) -> Result<Option<Cas>> {
    lock_days(conn, &change.location_id, &[change.date]).await?;
    if version(conn, &change.location_id, change.date).await? != change.expected_version {
        return Ok(None);
    }
    apply(conn, change).await?;
    Ok(Some(Cas::Applied(version(conn, &change.location_id, change.date).await?)))
}

/// Writes a change to a day that is locked and as it was read.
pub(super) async fn apply(conn: &mut Conn, change: &DayChange) -> Result<()> {
    assign(conn, &change.location_id, change.date, (&change.assignments, &change.eased), &change.stamp).await?;
    for new in &change.attention {
        attention::open(conn, &change.location_id, change.date, new, change.stamp.at).await?;
    }
    // Hardly any of them is open; one look spares a write for each.
    let open = if change.settled.is_empty() { BTreeSet::new() } else { attention::open_codes(conn, &change.location_id).await? };
    for (booking, code) in change.settled.iter().filter(|one| open.contains(one)) {
        // Whoever looks later reads who serves it now, and why.
        let served = change.assignments.iter().find(|one| one.booking_id == *booking && !one.resources.is_empty());
        let how = served.map_or_else(|| change.stamp.reason.clone(), |one| format!("{}: {}", one.reason, one.resources.join(", ")));
        attention::settle(conn, booking, Some(code), &Stamp { reason: how, ..change.stamp.clone() }).await?;
    }
    for message in &change.messages {
        telling::tell(conn, &change.location_id, message, &change.stamp).await?;
    }
    if let Some(run) = &change.run {
        journal::insert_run(conn, run).await?;
    }
    Ok(())
}

/// Writes new assignments of bookings of a day.
async fn assign(
    conn: &mut Conn,
    location: &str,
    date: NaiveDate,
    (assignments, eased): (&[AssignmentChange], &[Eased]),
    stamp: &Stamp,
) -> Result<()> {
    let mut changed: Vec<(BookingRow, BookingRow, Stamp)> = Vec::with_capacity(assignments.len());
    for assignment in assignments {
        let before = bookings::booking(conn, &assignment.booking_id).await?;
        if let Some(mut after) = after(&before, assignment, location, date, stamp)? {
            for eased in eased.iter().filter(|eased| eased.booking_id == before.id) {
                ease(&mut after, eased);
            }
            changed.push((before, after, Stamp { reason: assignment.reason.clone(), ..stamp.clone() }));
        }
    }
    // All old holds go first, so that people can swap.
    for (before, after, _) in &changed {
        if before.resources != after.resources {
            bookings::release(conn, &before.id).await?;
        }
    }
    for (before, after, stamp) in &changed {
        write_change(conn, before, after, stamp).await?;
        if after.resources.is_empty() && after.status != AssignmentStatus::Provisional {
            telling::take_names_back(conn, &after.id, stamp).await?;
        }
    }
    Ok(())
}

/// Moves provisional bookings of a day out of the way of a new one. Whatever was promised to anybody stays.
pub(super) async fn make_room(conn: &mut Conn, location: &str, date: NaiveDate, moves: &[AssignmentChange], stamp: &Stamp) -> Result<()> {
    for one in moves {
        let status = bookings::booking(conn, &one.booking_id).await?.status;
        if (status, one.status) != (AssignmentStatus::Provisional, AssignmentStatus::Provisional) {
            let message = format!("booking {} is {} and is not moved to make room for another", one.booking_id, status.as_str());
            return Err(StoreError::new(StoreErrorKind::IllegalTransition, message));
        }
    }
    assign(conn, location, date, (moves, &[]), stamp).await
}

/// What the booking no longer asks for.
fn ease(booking: &mut BookingRow, eased: &Eased) {
    if eased.gender {
        booking.gender_waived |= booking.gender.take().is_some();
    }
    if eased.qualifications {
        booking.demands.iter_mut().for_each(|demand| demand.qualifications.clear());
    }
}

/// The booking after a new assignment; `None` when nothing changes. Refuses what the tables of legal steps and pairs do not have.
fn after(before: &BookingRow, assignment: &AssignmentChange, location: &str, date: NaiveDate, stamp: &Stamp) -> Result<Option<BookingRow>> {
    if before.location_id != location || before.local_date != date || !before.state.is_active() {
        return Err(StoreError::conflict(format!(
            "booking {} ({}) does not stand on the sheet of {} at {}",
            before.id,
            before.state.as_str(),
            date,
            location
        )));
    }
    let mut resources = assignment.resources.clone();
    resources.sort();
    resources.dedup();
    let state = assignment.state.unwrap_or(before.state);
    if resources == before.resources && assignment.status == before.status && state == before.state {
        return Ok(None);
    }
    if !state::status_may_become(before.status, assignment.status) {
        let message = format!("booking {}: an assignment that is {} cannot become {}", before.id, before.status.as_str(), assignment.status.as_str());
        return Err(StoreError::new(StoreErrorKind::IllegalTransition, message));
    }
    if state != before.state && !before.state.may_become(state) {
        return Err(illegal_step(before, state));
    }
    if !state.allows(assignment.status) {
        return Err(illegal_pair(&before.id, state, assignment.status.as_str()));
    }
    let after =
        BookingRow { resources, state, status: assignment.status, state_version: before.state_version + 1, updated_at: stamp.at, ..before.clone() };
    Ok(Some(after))
}

pub(super) fn illegal_step(booking: &BookingRow, to: BookingState) -> StoreError {
    let next: Vec<&str> = booking.state.next().into_iter().map(BookingState::as_str).collect();
    let can = if next.is_empty() { "it is over".to_owned() } else { format!("it can become {}", next.join(", ")) };
    StoreError::new(
        StoreErrorKind::IllegalTransition,
        format!("booking {} is {} and cannot become {}; {can}", booking.id, booking.state.as_str(), to.as_str()),
    )
}

pub(super) fn illegal_pair(id: &str, state: BookingState, status: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::IllegalTransition,
        format!("booking {id}: a {} booking cannot have the assignment status {status}", state.as_str()),
    )
}

/// Writes row, hold, history and events of one changed booking whose old hold is already given up where it differs.
async fn write_change(conn: &mut Conn, before: &BookingRow, after: &BookingRow, stamp: &Stamp) -> Result<()> {
    bookings::update(conn, after, before.state_version).await?;
    if before.resources != after.resources {
        bookings::hold(conn, after).await?;
    }
    let (from, to) = (journal::assignment_words(before), journal::assignment_words(after));
    if from != to {
        journal::write(conn, after, HistoryKind::Assignment, &from, &to, stamp).await?;
        let metadata = serde_json::json!({"from": from, "to": to, "actor": stamp.actor, "reason": stamp.reason});
        journal::event(conn, after, "booking.assignment_changed", metadata, stamp).await?;
    }
    if before.state != after.state {
        journal::write(conn, after, HistoryKind::State, before.state.as_str(), after.state.as_str(), stamp).await?;
        journal::state_event(conn, after, Some(before.state), stamp).await?;
    }
    Ok(())
}
