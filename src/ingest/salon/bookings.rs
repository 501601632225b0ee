//! `bookings.csv`: everything that was not cancelled.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;

use super::super::batch::{BatchBooking, Worked};
use super::super::local;
use super::super::report::{Reporter, RowReport};
use super::super::table::{BadInput, Row, Table};
use super::services::ServiceList;
use super::{BOOKINGS, DATE_FORMAT};
use crate::domain::{AssignmentStatus, BookingState, Span};

/// The staff column's word for nobody.
pub(super) const NOBODY: &str = "HOUSE";

/// Counts how often a reference was given out, so that two visits that say the same keep apart.
#[derive(Debug, Default)]
pub(super) struct References(HashMap<String, u32>);

impl References {
    /// `base`, then `base#2`, `base#3`.
    pub fn next(&mut self, base: String) -> String {
        let count = self.0.entry(base.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { base } else { format!("{base}#{count}") }
    }
}

pub(super) fn parse(bytes: &[u8], list: &ServiceList, timezone: Tz, reports: &mut Vec<RowReport>) -> Result<Vec<BatchBooking>, BadInput> {
    let table = Table::read(BOOKINGS, bytes, b',', reports)?;
    let [code, staff, service, date, time, time_int] = table.columns(BOOKINGS, ["Code", "Staff", "Service", "Date", "Time", "TimeInt"])?;
    let mut reporter = Reporter::new(BOOKINGS, reports);
    let mut seen: HashMap<&[String], u64> = HashMap::new();
    let mut references = References::default();
    let mut rows = Vec::with_capacity(table.rows().len());
    for row in table.rows() {
        if let Some(first) = seen.insert(row.fields(), row.line) {
            reporter.skipped(row.line, "duplicate", format!("is the same as line {first}; in already"));
            continue;
        }
        let Some(service) = known_service(row.get(service), list, row, &mut reporter) else { continue };
        let Some(day) = day(row.get(date), row, &mut reporter) else { continue };
        let Some(time) = time_of_day(row.get(time), row.get(time_int), row, &mut reporter) else { continue };
        let start = match local::instant(day.and_time(time), timezone) {
            Ok(read) => {
                if let Some(note) = read.note {
                    reporter.repaired(row.line, "ambiguous-time", note);
                }
                read.at
            }
            Err(why) => {
                reporter.refused(row.line, "no-such-time", why);
                continue;
            }
        };
        let customer = customer(row.get(code), row, &mut reporter);
        let worked = worker(row.get(staff), row, &mut reporter);
        rows.push(BatchBooking {
            external_ref: references.next(reference(day.and_time(time), customer.as_deref(), service.0)),
            file: BOOKINGS.into(),
            line: row.line,
            customer,
            service: service.0.to_owned(),
            span: Span::new(start, start.plus(i64::from(service.1))),
            buffer_after_minutes: 0,
            party_size: 1,
            gender: None,
            state: BookingState::Completed,
            assignment: if worked.is_some() { AssignmentStatus::Finalized } else { AssignmentStatus::Provisional },
            worked,
        });
    }
    Ok(rows)
}

/// What names a booking for good: when, who, what. Not the staff, who may be corrected in a later file.
fn reference(start: NaiveDateTime, customer: Option<&str>, service: &str) -> String {
    format!("{}/{}/{service}", start.format("%Y-%m-%dT%H:%M"), customer.unwrap_or("-"))
}

/// The service and its minutes.
pub(super) fn known_service<'r>(code: &'r str, list: &ServiceList, row: &Row, reporter: &mut Reporter) -> Option<(&'r str, u32)> {
    let minutes = list.minutes(code);
    if minutes.is_none() {
        reporter.refused(
            row.line,
            "unknown-service",
            format!("has the service {code:?}, which has no duration or is not on the service list; left out"),
        );
    }
    minutes.map(|minutes| (code, minutes))
}

pub(super) fn day(text: &str, row: &Row, reporter: &mut Reporter) -> Option<NaiveDate> {
    let day = local::date(text, DATE_FORMAT);
    if day.is_none() {
        reporter.refused(row.line, "bad-date", format!("has the date {text:?}, expected a day as in 03/14/2018; left out"));
    }
    day
}

/// The time of day, which the file gives twice.
fn time_of_day(text: &str, minutes_text: &str, row: &Row, reporter: &mut Reporter) -> Option<NaiveTime> {
    let clock = local::time(text, &["%I:%M:%S %p", "%I:%M %p"]);
    let counted = minutes_text.parse::<u32>().ok().and_then(|minutes| NaiveTime::from_num_seconds_from_midnight_opt(minutes.checked_mul(60)?, 0));
    match (clock, counted) {
        (Some(clock), Some(counted)) if clock != counted => {
            let why = format!("has the time {text:?} but TimeInt {minutes_text}, which is {}; the time is taken", counted.format("%H:%M"));
            reporter.repaired(row.line, "time-mismatch", why);
        }
        (None, Some(counted)) => {
            let why = format!("has the time {text:?}, expected one as in 3:50:00 PM; {} is taken from TimeInt", counted.format("%H:%M"));
            reporter.repaired(row.line, "bad-time", why);
        }
        (None, None) => {
            let why = format!("has the time {text:?} and TimeInt {minutes_text:?}, expected 3:50:00 PM and minutes after midnight; left out");
            reporter.refused(row.line, "bad-time", why);
        }
        (Some(_), _) => {}
    }
    let time = clock.or(counted)?;
    if time.second() == 0 { Some(time) } else { time.with_second(0) }
}

pub(super) fn customer(code: &str, row: &Row, reporter: &mut Reporter) -> Option<String> {
    if code.is_empty() {
        reporter.repaired(row.line, "no-customer", "has no client code; goes in as an unnamed customer's");
        return None;
    }
    Some(code.to_owned())
}

fn worker(staff: &str, row: &Row, reporter: &mut Reporter) -> Option<Worked> {
    if staff.is_empty() {
        reporter.repaired(row.line, "no-staff", "does not say who served; goes in with nobody allocated");
    }
    (!staff.is_empty() && staff != NOBODY).then(|| Worked { staff: staff.to_owned(), held: true })
}
