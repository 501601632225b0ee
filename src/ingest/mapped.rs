//! Anybody's CSV file, read by a mapping.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDateTime};

use super::batch::{Availability, Batch, BatchBooking, BatchCustomer, BatchLocation, BatchService, BatchStaff, Hours, RECORDED_STATES, Worked};
use super::derive;
use super::local;
use super::mapping::{Mapping, ServiceRule};
use super::report::{Parsed, Reporter};
use super::table::{BadInput, Column, Row, Table};
use crate::domain::{AssignmentStatus, BookingState, Minute, Span};

/// Reads `bytes`, the contents of the file named `file`, by `mapping`.
///
/// # Errors
/// It is not a CSV file, or lacks a column that the mapping names.
pub fn parse(file: &str, bytes: &[u8], mapping: &Mapping) -> Result<Parsed, BadInput> {
    let mut reports = Vec::new();
    let table = Table::read(file, bytes, mapping.delimiter, &mut reports)?;
    let mut reader =
        RowReader { file, mapping, columns: Found::of(&table, file, mapping)?, services: known_services(mapping), references: HashMap::new() };
    let mut rows = Vec::new();
    let mut seen: HashMap<&[String], u64> = HashMap::new();
    let mut reporter = Reporter::new(file, &mut reports);
    for row in table.rows() {
        if let Some(first) = seen.insert(row.fields(), row.line) {
            reporter.skipped(row.line, "duplicate", format!("is the same as line {first}; in already"));
            continue;
        }
        match reader.read(row, &mut reporter) {
            Ok(booking) => rows.push(booking),
            Err(Refusal { code, why }) => reporter.refused(row.line, code, why),
        }
    }
    for clash in derive::release_overlaps(&mut rows) {
        let (later, earlier) = (&rows[clash.later], &rows[clash.earlier]);
        let who = later.worked.as_ref().map_or("", |worked| worked.staff.as_str());
        let until = earlier.occupied().end.to_clock(mapping.timezone);
        let why = format!("{who} is busy until {until} with the booking on line {}; goes in held by nobody, with {who} beside it", earlier.line);
        Reporter::new(file, &mut reports).repaired(later.line, "overlap", why);
    }
    reports.sort_by_key(|report| report.line);
    let services = reader.services.into_values().collect();
    let batch = batch(mapping, services, rows);
    let left_out = batch.staff.iter().filter(|person| !batch.hours.iter().any(|hours| hours.staff.as_ref() == Some(&person.external_ref)));
    let left_out =
        left_out.map(|person| format!("{} has no hours and was never seen working: follows the hours of the house", person.name)).collect();
    Ok(Parsed { batch, reports, left_out })
}

fn batch(mapping: &Mapping, services: Vec<BatchService>, bookings: Vec<BatchBooking>) -> Batch {
    let seen: BTreeSet<&str> = bookings.iter().filter_map(|b| b.worked.as_ref()).map(|worked| worked.staff.as_str()).collect();
    let names: BTreeSet<&str> = mapping.staff.keys().map(String::as_str).chain(seen).collect();
    let mut staff: Vec<BatchStaff> = names
        .iter()
        .map(|name| {
            let rule = mapping.staff.get(*name).cloned().unwrap_or_default();
            BatchStaff {
                external_ref: (*name).into(),
                name: rule.name.unwrap_or_else(|| (*name).into()),
                gender: rule.gender,
                services: rule.services.into_iter().collect(),
            }
        })
        .collect();
    if mapping.seen_doing {
        derive::qualify(&mut staff, &bookings);
    }
    let mut hours = if mapping.hours.is_empty() { derive::worked_hours(&bookings, mapping.timezone) } else { weekly(mapping, &staff) };
    hours.extend(derive::opening_hours(&bookings, mapping.timezone));
    let customers: BTreeSet<&str> = bookings.iter().filter_map(|b| b.customer.as_deref()).collect();
    Batch {
        source: mapping.source.clone(),
        location: BatchLocation {
            external_ref: mapping.location.clone(),
            name: mapping.location.clone(),
            timezone: mapping.timezone,
            grid_minutes: mapping.grid_minutes,
        },
        staff,
        services,
        customers: customers.into_iter().map(|name| BatchCustomer { external_ref: name.into(), name: name.into() }).collect(),
        hours,
        bookings,
    }
}

/// The mapping's own hours, for those it names or for everybody.
fn weekly(mapping: &Mapping, staff: &[BatchStaff]) -> Vec<Hours> {
    let mut hours = Vec::new();
    for rule in &mapping.hours {
        let everybody: Vec<&str> = staff.iter().map(|person| person.external_ref.as_str()).collect();
        let named: Vec<&str> = if rule.staff.is_empty() { everybody } else { rule.staff.iter().map(String::as_str).collect() };
        for (person, &day) in named.iter().flat_map(|person| rule.days.iter().map(move |day| (person, day))) {
            hours.push(Hours { staff: Some((*person).to_owned()), on: Availability::Weekly(day), from: rule.from, to: rule.to });
        }
    }
    hours
}

/// Services by name: those of the mapping that have a length. Others join as rows name them.
fn known_services(mapping: &Mapping) -> BTreeMap<String, BatchService> {
    let listed =
        mapping.services.iter().filter_map(|(name, rule)| Some((name.clone(), service(name, rule, rule.minutes.or(mapping.defaults.minutes)?))));
    listed.collect()
}

fn service(reference: &str, rule: &ServiceRule, minutes: u32) -> BatchService {
    #[expect(clippy::cast_possible_truncation, reason = "the mapping's reader refuses a billion and more")]
    let price_cents = rule.price.map(|price| (price * 100.0).round() as i64);
    BatchService {
        external_ref: reference.to_owned(),
        name: rule.name.clone().unwrap_or_else(|| reference.to_owned()),
        minutes,
        buffer_after_minutes: rule.buffer_after_minutes,
        price_cents,
    }
}

/// The mapping's columns, found in the file.
struct Found {
    reference: Option<Column>,
    start: Option<Column>,
    date: Option<Column>,
    time: Option<Column>,
    end: Option<Column>,
    minutes: Option<Column>,
    service: Option<Column>,
    staff: Option<Column>,
    customer: Option<Column>,
    party_size: Option<Column>,
    gender: Option<Column>,
    status: Option<Column>,
}

impl Found {
    fn of(table: &Table, file: &str, mapping: &Mapping) -> Result<Found, BadInput> {
        let c = &mapping.columns;
        let names =
            [&c.reference, &c.start, &c.date, &c.time, &c.end, &c.minutes, &c.service, &c.staff, &c.customer, &c.party_size, &c.gender, &c.status];
        let missing: Vec<&str> = names.iter().filter_map(|name| name.as_deref()).filter(|name| table.column(name).is_none()).collect();
        if !missing.is_empty() {
            return Err(table.missing(file, &missing));
        }
        let found = names.map(|name| name.as_deref().and_then(|name| table.column(name)));
        let [reference, start, date, time, end, minutes, service, staff, customer, party_size, gender, status] = found;
        Ok(Found { reference, start, date, time, end, minutes, service, staff, customer, party_size, gender, status })
    }
}

/// Why a row is left out.
struct Refusal {
    code: &'static str,
    why: String,
}

fn refusal(code: &'static str, why: impl Into<String>) -> Refusal {
    Refusal { code, why: format!("{}; left out", why.into()) }
}

struct RowReader<'m> {
    file: &'m str,
    mapping: &'m Mapping,
    columns: Found,
    services: BTreeMap<String, BatchService>,
    /// Line on which a reference was given out first, and how often.
    references: HashMap<String, (u64, u32)>,
}

impl RowReader<'_> {
    fn read(&mut self, row: &Row, reporter: &mut Reporter) -> Result<BatchBooking, Refusal> {
        let text = |column: Option<Column>| column.map_or("", |column| row.get(column));
        let state = self.state(text(self.columns.status))?;
        let start = self.start(row, reporter)?;
        let said = self.said_minutes(row, start, reporter)?;
        let service = self.service(text(self.columns.service), said)?;
        let minutes = self.on_grid(said.unwrap_or(service.minutes), row, reporter);
        let party_size = match text(self.columns.party_size) {
            "" => 1,
            size => size
                .parse::<u32>()
                .ok()
                .filter(|size| (1..=1000).contains(size))
                .ok_or_else(|| refusal("bad-party-size", format!("has the party size {size:?}, expected 1 to 1000")))?,
        };
        let customer = Some(text(self.columns.customer)).filter(|name| !name.is_empty()).map(str::to_owned);
        if self.columns.customer.is_some() && customer.is_none() {
            reporter.repaired(row.line, "no-customer", "does not say who booked; goes in as an unnamed customer's");
        }
        let worked = if state == BookingState::Cancelled { None } else { self.worked(text(self.columns.staff), row, reporter) };
        Ok(BatchBooking {
            external_ref: self.reference(row, start, customer.as_deref(), &service.external_ref)?,
            file: self.file.to_owned(),
            line: row.line,
            customer,
            service: service.external_ref,
            span: Span::new(start, start.plus(i64::from(minutes))),
            buffer_after_minutes: service.buffer_after_minutes,
            party_size,
            gender: Some(translated(&self.mapping.values.gender, text(self.columns.gender))).filter(|wish| !wish.is_empty()),
            state,
            assignment: if worked.is_some() { self.mapping.defaults.assignment } else { AssignmentStatus::Provisional },
            worked,
        })
    }

    fn state(&self, word: &str) -> Result<BookingState, Refusal> {
        let known = BookingState::from_word(&translated(&self.mapping.values.status, word)).filter(|state| RECORDED_STATES.contains(state));
        let default = self.mapping.defaults.status.filter(|_| word.is_empty());
        known.or(default).ok_or_else(|| refusal("unknown-status", format!("has the status {word:?}, which [values.status] does not translate")))
    }

    fn start(&self, row: &Row, reporter: &mut Reporter) -> Result<Minute, Refusal> {
        if let Some(column) = self.columns.start {
            return self.instant(row.get(column), "start", row, reporter);
        }
        let (date_text, time_text) = (self.columns.date.map_or("", |c| row.get(c)), self.columns.time.map_or("", |c| row.get(c)));
        let formats = &self.mapping.formats;
        let date = local::date(date_text, &formats.date)
            .ok_or_else(|| refusal("bad-date", format!("has the date {date_text:?}, expected a day written as {}", formats.date)))?;
        let time = local::time(time_text, &[&formats.time])
            .ok_or_else(|| refusal("bad-time", format!("has the time {time_text:?}, expected a time of day written as {}", formats.time)))?;
        self.on_wall(date.and_time(time), row, reporter)
    }

    /// An instant written in the start's format.
    fn instant(&self, text: &str, what: &str, row: &Row, reporter: &mut Reporter) -> Result<Minute, Refusal> {
        let format = &self.mapping.formats.start;
        if let Ok(at) = DateTime::parse_from_str(text, format) {
            return if local::plausible(at.date_naive()) { Ok(Minute::of(at.to_utc())) } else { Err(bad_instant(text, what, format)) };
        }
        let local = NaiveDateTime::parse_from_str(text, format).ok().filter(|at| local::plausible(at.date()));
        self.on_wall(local.ok_or_else(|| bad_instant(text, what, format))?, row, reporter)
    }

    fn on_wall(&self, local: NaiveDateTime, row: &Row, reporter: &mut Reporter) -> Result<Minute, Refusal> {
        let read = local::instant(local, self.mapping.timezone).map_err(|why| Refusal { code: "no-such-time", why })?;
        if let Some(note) = read.note {
            reporter.repaired(row.line, "ambiguous-time", note);
        }
        Ok(read.at)
    }

    /// How long the row itself says it takes.
    fn said_minutes(&self, row: &Row, start: Minute, reporter: &mut Reporter) -> Result<Option<u32>, Refusal> {
        let said = if let Some(text) = self.columns.end.map(|column| row.get(column)).filter(|text| !text.is_empty()) {
            Some((Span::new(start, self.instant(text, "end", row, reporter)?).minutes(), text))
        } else {
            let text = self.columns.minutes.map(|column| row.get(column)).filter(|text| !text.is_empty());
            text.map(|text| (text.parse::<i64>().unwrap_or(0), text))
        };
        said.map(|(minutes, text)| {
            let fits = u32::try_from(minutes).ok().filter(|minutes| (1..=1440).contains(minutes));
            fits.ok_or_else(|| refusal("bad-duration", format!("ends or lasts {text:?}, which is not 1 to 1440 minutes after its start")))
        })
        .transpose()
    }

    /// No booking is made shorter than it was.
    fn on_grid(&self, minutes: u32, row: &Row, reporter: &mut Reporter) -> u32 {
        let rounded = minutes.next_multiple_of(self.mapping.grid_minutes);
        if rounded != minutes {
            reporter.repaired(
                row.line,
                "off-grid",
                format!("takes {minutes} minutes; rounded up to {rounded}, a multiple of {}", self.mapping.grid_minutes),
            );
        }
        rounded
    }

    fn service(&mut self, word: &str, said: Option<u32>) -> Result<BatchService, Refusal> {
        let mut name = translated(&self.mapping.values.service, word);
        if name.is_empty() {
            name = self.mapping.defaults.service.clone().ok_or_else(|| refusal("no-service", "does not say what was booked"))?;
        }
        if let Some(known) = self.services.get(&name) {
            return Ok(known.clone());
        }
        let rule = self.mapping.services.get(&name);
        if rule.is_none() && !self.mapping.services.is_empty() {
            return Err(refusal("unknown-service", format!("has the service {name:?}, which is not one of [services]")));
        }
        let minutes = self.mapping.defaults.minutes.or(said.map(|minutes| minutes.next_multiple_of(self.mapping.grid_minutes)));
        let Some(minutes) = minutes else {
            return Err(refusal("no-duration", format!("does not say how long {name:?} takes, and neither does the mapping")));
        };
        let new = service(&name, rule.unwrap_or(&ServiceRule::default()), minutes);
        self.services.insert(name, new.clone());
        Ok(new)
    }

    fn worked(&self, word: &str, row: &Row, reporter: &mut Reporter) -> Option<Worked> {
        let name = translated(&self.mapping.values.staff, word);
        if name.is_empty() {
            if self.columns.staff.is_some() && word.is_empty() {
                reporter.repaired(row.line, "no-staff", "does not say who serves; goes in with nobody allocated");
            }
            return None;
        }
        if !self.mapping.staff.is_empty() && !self.mapping.staff.contains_key(&name) {
            reporter.repaired(row.line, "unknown-staff", format!("names {name:?}, who is not one of [staff]; goes in with nobody allocated"));
            return None;
        }
        Some(Worked { staff: name, held: true })
    }

    /// The file's own reference, or when, who and what.
    fn reference(&mut self, row: &Row, start: Minute, customer: Option<&str>, service: &str) -> Result<String, Refusal> {
        let own = self.columns.reference.map(|column| row.get(column)).filter(|text| !text.is_empty());
        let base = own.map_or_else(|| format!("{}/{}/{service}", start.to_rfc3339(self.mapping.timezone), customer.unwrap_or("-")), str::to_owned);
        let (first, count) = self.references.entry(base.clone()).or_insert((row.line, 0));
        *count += 1;
        match (*count, own) {
            (1, _) => Ok(base),
            (_, Some(own)) => Err(refusal("duplicate-reference", format!("has the reference {own:?} of line {first}"))),
            (count, None) => Ok(format!("{base}#{count}")),
        }
    }
}

fn bad_instant(text: &str, what: &str, format: &str) -> Refusal {
    refusal(if what == "start" { "bad-date" } else { "bad-end" }, format!("has the {what} {text:?}, expected a date and time written as {format}"))
}

/// What a word of the file means; itself where the mapping does not say.
fn translated(meanings: &BTreeMap<String, String>, word: &str) -> String {
    meanings.get(word).cloned().unwrap_or_else(|| word.to_owned())
}
