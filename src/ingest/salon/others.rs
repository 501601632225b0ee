//! `no-shows.csv` and `cancellations.csv`: bookings that came to nothing.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::super::batch::BatchBooking;
use super::super::derive::wall;
use super::super::local;
use super::super::report::{Reporter, RowReport};
use super::super::table::{BadInput, Table};
use super::bookings::{NOBODY, References, customer, day, known_service};
use super::services::ServiceList;
use super::{CANCELLATIONS, Files, NO_SHOWS};
use crate::domain::{AssignmentStatus, BookingState, Minute, Span};

/// Rows without a time of day are put at this hour. They hold nobody's time, so it decides nothing.
const NOON: NaiveTime = NaiveTime::from_hms_opt(12, 0, 0).expect("a time of day");

/// Marks the bookings whose customer did not come. A no-show without its booking is refused: it has no time of day, and a made-up one would
/// take up somebody's time on a day it may never have stood on.
pub(super) fn no_shows(
    files: &Files,
    list: &ServiceList,
    timezone: Tz,
    rows: &mut [BatchBooking],
    reports: &mut Vec<RowReport>,
    left_out: &mut Vec<String>,
) -> Result<(), BadInput> {
    let Some(bytes) = &files.no_shows else {
        left_out.push(format!("there is no {NO_SHOWS}: every booking counts as kept"));
        return Ok(());
    };
    let table = Table::read(NO_SHOWS, bytes, b',', reports)?;
    let [date, code, service, staff] = table.columns(NO_SHOWS, ["Date", "Code", "Service", "Staff"])?;
    let mut reporter = Reporter::new(NO_SHOWS, reports);
    let mut open = by_day(rows, timezone);
    for row in table.rows() {
        let Some(day) = day(row.get(date), row, &mut reporter) else { continue };
        let Some((service, _)) = known_service(row.get(service), list, row, &mut reporter) else { continue };
        let candidates = open.entry((day, row.get(code).to_owned(), service.to_owned())).or_default();
        // The same person's booking first: a customer may have had two of a kind that day.
        let same_person = |k: &usize| rows[*k].worked.as_ref().map_or(NOBODY, |worked| worked.staff.as_str()) == row.get(staff);
        let found = candidates.iter().position(same_person).or(if candidates.is_empty() { None } else { Some(0) });
        match found {
            Some(at) => rows[candidates.remove(at)].state = BookingState::NoShow,
            None => reporter.refused(
                row.line,
                "no-booking",
                "matches no booking of that day, client and service, and has no time of day of its own; left out",
            ),
        }
    }
    Ok(())
}

/// Adds the bookings that were called off.
pub(super) fn cancellations(
    files: &Files,
    list: &ServiceList,
    timezone: Tz,
    rows: &mut Vec<BatchBooking>,
    reports: &mut Vec<RowReport>,
    left_out: &mut Vec<String>,
) -> Result<(), BadInput> {
    let Some(bytes) = &files.cancellations else {
        left_out.push(format!("there is no {CANCELLATIONS}: no booking counts as cancelled"));
        return Ok(());
    };
    left_out.push(format!(
        "{CANCELLATIONS} has no time of day: its bookings stand at 12:00, and who cancelled them and for whom they were meant is left out"
    ));
    let table = Table::read(CANCELLATIONS, bytes, b',', reports)?;
    let [cancelled, code, service, date] = table.columns(CANCELLATIONS, ["Cancel Date", "Code", "Service", "Booking Date"])?;
    let mut reporter = Reporter::new(CANCELLATIONS, reports);
    let mut seen: HashMap<&[String], u64> = HashMap::new();
    let mut references = References::default();
    for row in table.rows() {
        if let Some(first) = seen.insert(row.fields(), row.line) {
            reporter.skipped(row.line, "duplicate", format!("is the same as line {first}; in already"));
            continue;
        }
        let Some(day) = day(row.get(date), row, &mut reporter) else { continue };
        let Some(service) = known_service(row.get(service), list, row, &mut reporter) else { continue };
        match local::date(row.get(cancelled), super::DATE_FORMAT) {
            None => {
                let why = format!("has the cancel date {:?}, expected a day as in 03/14/2018; goes in as cancelled all the same", row.get(cancelled));
                reporter.repaired(row.line, "bad-cancel-date", why);
            }
            Some(when) if when > day => {
                let why = format!("was cancelled on {when}, after {day} for which it was booked; goes in as cancelled all the same");
                reporter.repaired(row.line, "cancelled-after", why);
            }
            Some(_) => {}
        }
        let noon = match local::instant(day.and_time(NOON), timezone) {
            Ok(read) => read.at,
            Err(why) => {
                reporter.refused(row.line, "no-such-time", why);
                continue;
            }
        };
        let customer = customer(row.get(code), row, &mut reporter);
        reporter.repaired(row.line, "no-time", "has no time of day; goes in as cancelled at 12:00");
        let reference = references.next(format!("cancelled/{day}/{}/{}", customer.as_deref().unwrap_or("-"), service.0));
        rows.push(cancelled_at_noon(row.line, reference, customer, service, noon));
    }
    Ok(())
}

/// Positions of bookings by day, client and service, those of a kind in the file's order.
fn by_day(rows: &[BatchBooking], timezone: Tz) -> HashMap<(NaiveDate, String, String), Vec<usize>> {
    let mut open: HashMap<_, Vec<usize>> = HashMap::new();
    for (k, row) in rows.iter().enumerate() {
        let day = wall(row.span.start, timezone).date();
        open.entry((day, row.customer.clone().unwrap_or_default(), row.service.clone())).or_default().push(k);
    }
    open
}

/// A cancelled booking, known only by its day.
fn cancelled_at_noon(line: u64, external_ref: String, customer: Option<String>, (service, minutes): (&str, u32), noon: Minute) -> BatchBooking {
    BatchBooking {
        external_ref,
        file: CANCELLATIONS.into(),
        line,
        customer,
        service: service.to_owned(),
        span: Span::new(noon, noon.plus(i64::from(minutes))),
        buffer_after_minutes: 0,
        party_size: 1,
        gender: None,
        state: BookingState::Cancelled,
        worked: None,
        assignment: AssignmentStatus::Provisional,
    }
}
