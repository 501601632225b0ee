//! `zamu.mapping/1`: what the columns of somebody's CSV file mean. Read from TOML; every fault is reported with its key.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;

use super::batch::RECORDED_STATES;
use super::table::BadInput;
use crate::domain::{AssignmentStatus, BookingState};
use crate::sheet::Faults;

/// The format word of a mapping.
pub const MAPPING_FORMAT: &str = "zamu.mapping/1";

/// What the columns of a file mean. One that came out of [`Mapping::read`] is valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// With a row's reference it names the row for good.
    pub source: String,
    /// Name of the location, also its reference.
    pub location: String,
    /// The location's clock; also that of times without an offset.
    pub timezone: Tz,
    /// Divides every duration, in minutes.
    pub grid_minutes: u32,
    /// Between fields.
    pub delimiter: u8,
    /// Names of the columns.
    pub columns: Columns,
    /// How dates and times are written.
    pub formats: Formats,
    /// What the file's words mean, by column.
    pub values: Values,
    /// What holds where a row says nothing.
    pub defaults: Defaults,
    /// What can be booked; when not empty, nothing else can.
    pub services: BTreeMap<String, ServiceRule>,
    /// Who serves; when not empty, nobody else does.
    pub staff: BTreeMap<String, StaffRule>,
    /// Whether people can also do what the file shows them doing.
    pub seen_doing: bool,
    /// When people are on duty; when empty, on each day from their first start to their last end.
    pub hours: Vec<HoursRule>,
}

/// Names of the columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// A reference of the file's own that never changes.
    pub reference: Option<String>,
    /// Date and time of the start in one.
    pub start: Option<String>,
    /// Date of the start, with `time`.
    pub date: Option<String>,
    /// Time of day of the start, with `date`.
    pub time: Option<String>,
    /// Date and time of the end, in the format of the start.
    pub end: Option<String>,
    /// How many minutes it takes.
    pub minutes: Option<String>,
    /// What was booked.
    pub service: Option<String>,
    /// Who serves.
    pub staff: Option<String>,
    /// Who booked.
    pub customer: Option<String>,
    /// How many people come.
    pub party_size: Option<String>,
    /// Wish for staff of a gender.
    pub gender: Option<String>,
    /// What became of it.
    pub status: Option<String>,
}

/// How dates and times are written, in the letters of `strftime`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Formats {
    /// Of the columns `start` and `end`; with `%z` or `%:z` the times carry their own offset.
    pub start: String,
    /// Of the column `date`.
    pub date: String,
    /// Of the column `time`.
    pub time: String,
}

impl Default for Formats {
    fn default() -> Formats {
        Formats { start: "%Y-%m-%d %H:%M".into(), date: "%Y-%m-%d".into(), time: "%H:%M".into() }
    }
}

/// What the file's words mean; a word that is not listed means itself. An empty meaning is nothing: nobody, no wish.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Values {
    /// Words of the column `service`.
    pub service: BTreeMap<String, String>,
    /// Words of the column `staff`.
    pub staff: BTreeMap<String, String>,
    /// Words of the column `gender`.
    pub gender: BTreeMap<String, String>,
    /// Words of the column `status`.
    pub status: BTreeMap<String, String>,
}

/// What holds where a row says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// Minutes of a service that is not listed.
    pub minutes: Option<u32>,
    /// Service of a row without one.
    pub service: Option<String>,
    /// What became of a booking.
    pub status: Option<BookingState>,
    /// How firmly those named in the file hold their bookings.
    pub assignment: AssignmentStatus,
}

/// One service.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceRule {
    /// Name for people.
    pub name: Option<String>,
    /// How long it takes, unless a row says otherwise.
    pub minutes: Option<u32>,
    /// Minutes needed after it by those who serve.
    pub buffer_after_minutes: u32,
    /// Price in units of the currency.
    pub price: Option<f64>,
}

/// One person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaffRule {
    /// Name for people.
    pub name: Option<String>,
    /// As on file.
    pub gender: Option<String>,
    /// Services this person can do.
    pub services: BTreeSet<String>,
}

/// When people are on duty, every week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursRule {
    /// On these days.
    pub days: Vec<Weekday>,
    /// From.
    pub from: NaiveTime,
    /// Up to; midnight means the end of the day.
    pub to: NaiveTime,
    /// Who; everybody when empty.
    pub staff: Vec<String>,
}

impl Mapping {
    /// Reads a mapping. `file` is the name that errors give.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its key, what was found and what was expected.
    pub fn read(file: &str, text: &str) -> Result<Mapping, BadInput> {
        let raw: Raw = toml::from_str(text).map_err(|error| BadInput::new(file, syntax(text, &error)))?;
        let mut faults = Faults::default();
        let mapping = raw.check(&mut faults);
        match faults.0.as_slice() {
            [] => Ok(mapping),
            [one] => Err(BadInput::new(file, one.to_string())),
            many => Err(BadInput::new(file, format!("{} faults:\n{faults}", many.len()))),
        }
    }
}

/// TOML's own complaint with the line it is about.
fn syntax(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1));
    let at = line.map_or_else(String::new, |line| format!("line {line}: "));
    format!("{at}{} [not-a-mapping]", error.message().trim())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    format: String,
    source: String,
    location: RawLocation,
    #[serde(default)]
    file: RawFile,
    columns: Columns,
    #[serde(default)]
    formats: Formats,
    #[serde(default)]
    values: Values,
    #[serde(default)]
    defaults: RawDefaults,
    #[serde(default)]
    services: BTreeMap<String, ServiceRule>,
    #[serde(default)]
    staff: BTreeMap<String, StaffRule>,
    #[serde(default)]
    qualifications: Qualifications,
    #[serde(default)]
    hours: Vec<RawHours>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLocation {
    name: String,
    timezone: String,
    #[serde(default = "default_grid")]
    grid_minutes: u32,
}

fn default_grid() -> u32 {
    5
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawFile {
    delimiter: String,
}

impl Default for RawFile {
    fn default() -> RawFile {
        RawFile { delimiter: ",".into() }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawDefaults {
    minutes: Option<u32>,
    service: Option<String>,
    status: Option<String>,
    assignment: Option<AssignmentStatus>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Qualifications {
    #[default]
    SeenDoing,
    Listed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHours {
    days: Vec<String>,
    from: String,
    to: String,
    #[serde(default)]
    staff: Vec<String>,
}

impl Raw {
    /// The mapping, as far as it makes sense; it is used only when `faults` stays empty.
    fn check(self, faults: &mut Faults) -> Mapping {
        if self.format != MAPPING_FORMAT {
            faults.push("unknown-format", "format", format!("{:?}, expected {MAPPING_FORMAT:?}", self.format));
        }
        for (key, text) in [("source", &self.source), ("location.name", &self.location.name)] {
            if text.trim().is_empty() {
                faults.push("empty", key, "is empty; expected a name");
            }
        }
        let timezone = self.location.timezone.parse::<Tz>().unwrap_or_else(|_| {
            faults.push(
                "unknown-timezone",
                "location.timezone",
                format!("{:?}, expected an IANA name such as \"Africa/Nairobi\"", self.location.timezone),
            );
            Tz::UTC
        });
        check_columns(&self.columns, &self.defaults, faults);
        check_formats(&self.columns, &self.formats, faults);
        self.check_minutes(faults);
        self.check_values(faults);
        Mapping {
            delimiter: delimiter(&self.file.delimiter, faults),
            hours: self.hours.iter().enumerate().filter_map(|(k, hours)| hours.check(k, &self.staff, faults)).collect(),
            defaults: Defaults {
                status: self.defaults.status.as_deref().and_then(|word| state(word, "defaults.status", faults)),
                minutes: self.defaults.minutes,
                service: self.defaults.service,
                assignment: self.defaults.assignment.unwrap_or(AssignmentStatus::Provisional),
            },
            source: self.source,
            location: self.location.name,
            timezone,
            grid_minutes: self.location.grid_minutes,
            columns: self.columns,
            formats: self.formats,
            values: self.values,
            services: self.services,
            staff: self.staff,
            seen_doing: matches!(self.qualifications, Qualifications::SeenDoing),
        }
    }

    /// Every duration is a multiple of the grid and no longer than a day.
    fn check_minutes(&self, faults: &mut Faults) {
        let grid = self.location.grid_minutes;
        if !(1..=60).contains(&grid) || 1440 % grid != 0 {
            faults.push("bad-grid", "location.grid_minutes", format!("{grid}, expected a divisor of 1440 from 1 to 60"));
            return;
        }
        let services = self.services.iter().flat_map(|(name, rule)| {
            let buffer = (format!("services.{name:?}.buffer_after_minutes"), Some(rule.buffer_after_minutes), 0);
            [(format!("services.{name:?}.minutes"), rule.minutes, 1), buffer]
        });
        for (key, minutes, least) in services.chain([("defaults.minutes".to_owned(), self.defaults.minutes, 1)]) {
            if let Some(minutes) = minutes.filter(|m| !(least..=1440).contains(m) || m % grid != 0) {
                faults.push("bad-duration", key, format!("{minutes}, expected a multiple of {grid} from {least} to 1440"));
            }
        }
        for (name, rule) in &self.services {
            if rule.price.is_some_and(|price| !(0.0..1e9).contains(&price)) {
                faults.push("bad-price", format!("services.{name:?}.price"), "expected an amount that is not negative");
            }
        }
    }

    fn check_values(&self, faults: &mut Faults) {
        for (word, meaning) in &self.values.status {
            state(meaning, &format!("values.status.{word:?}"), faults);
        }
        for (word, meaning) in &self.values.staff {
            if !meaning.is_empty() && !self.staff.is_empty() && !self.staff.contains_key(meaning) {
                faults.push("unknown-staff", format!("values.staff.{word:?}"), format!("{meaning:?} is not one of [staff]"));
            }
        }
        if self.services.is_empty() {
            return;
        }
        let meanings = self.values.service.iter().map(|(word, meaning)| (format!("values.service.{word:?}"), meaning));
        let done = self.staff.iter().flat_map(|(name, rule)| rule.services.iter().map(move |service| (format!("staff.{name:?}.services"), service)));
        let default = self.defaults.service.iter().map(|service| ("defaults.service".to_owned(), service));
        for (key, service) in meanings.chain(done).chain(default) {
            if !self.services.contains_key(service) {
                faults.push("unknown-service", key, format!("{service:?} is not one of [services]"));
            }
        }
    }
}

fn check_columns(columns: &Columns, defaults: &RawDefaults, faults: &mut Faults) {
    match (&columns.start, &columns.date, &columns.time) {
        (Some(_), None, None) | (None, Some(_), Some(_)) => {}
        _ => faults.push("start", "columns", "expected either start, or date and time, so that every booking has one start"),
    }
    if columns.end.is_some() && columns.minutes.is_some() {
        faults.push("end", "columns", "names both end and minutes; keep one, so that every booking has one end");
    }
    if columns.service.is_none() && defaults.service.is_none() {
        faults.push("service", "columns.service", "is missing; name the column, or set defaults.service when all bookings are for one service");
    }
    if columns.status.is_none() && defaults.status.is_none() {
        let expected = "is missing; name the column, or set defaults.status to confirmed, completed, cancelled or no_show";
        faults.push("status", "columns.status", expected);
    }
}

/// A format is good when it reads back what it writes.
fn check_formats(columns: &Columns, formats: &Formats, faults: &mut Faults) {
    use chrono::{DateTime, NaiveDate, NaiveDateTime};
    use std::fmt::Write;
    let Some(at) = DateTime::from_timestamp(1_521_043_200, 0) else { return };
    let mut check = |key: &str, format: &str, example: &str, reads: &dyn Fn(&str) -> bool| {
        let mut text = String::new();
        if write!(text, "{}", at.fixed_offset().format(format)).is_err() || !reads(&text) {
            faults.push("bad-format", key, format!("{format:?}, expected strftime letters such as {example:?} that say everything needed"));
        }
    };
    if columns.start.is_some() || columns.end.is_some() {
        let start = &formats.start;
        let reads = |text: &str| NaiveDateTime::parse_from_str(text, start).is_ok();
        check("formats.start", start, "%Y-%m-%d %H:%M", &reads);
    }
    if columns.date.is_some() {
        check("formats.date", &formats.date, "%Y-%m-%d", &|text| NaiveDate::parse_from_str(text, &formats.date).is_ok());
        check("formats.time", &formats.time, "%H:%M", &|text| NaiveTime::parse_from_str(text, &formats.time).is_ok());
    }
}

fn delimiter(text: &str, faults: &mut Faults) -> u8 {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => *byte,
        _ => {
            faults.push("bad-delimiter", "file.delimiter", format!("{text:?}, expected one character such as \",\" or \";\" or \"\\t\""));
            b','
        }
    }
}

fn state(word: &str, key: &str, faults: &mut Faults) -> Option<BookingState> {
    let state = BookingState::from_word(word).filter(|state| RECORDED_STATES.contains(state));
    if state.is_none() {
        faults.push("unknown-status", key, format!("{word:?}, expected confirmed, completed, cancelled or no_show"));
    }
    state
}

impl RawHours {
    fn check(&self, at: usize, staff: &BTreeMap<String, StaffRule>, faults: &mut Faults) -> Option<HoursRule> {
        let days: Vec<Weekday> = self.days.iter().filter_map(|day| day.parse().ok()).collect();
        if days.len() != self.days.len() || days.is_empty() {
            faults.push("bad-day", format!("hours[{at}].days"), format!("{:?}, expected names such as [\"mon\", \"tue\"]", self.days));
        }
        for name in &self.staff {
            if !staff.is_empty() && !staff.contains_key(name) {
                faults.push("unknown-staff", format!("hours[{at}].staff"), format!("{name:?} is not one of [staff]"));
            }
        }
        let mut time = |key: &str, text: &str| {
            let time = NaiveTime::parse_from_str(if text == "24:00" { "00:00" } else { text }, "%H:%M").ok();
            if time.is_none() {
                faults.push("bad-time", format!("hours[{at}].{key}"), format!("{text:?}, expected a time of day such as \"09:00\""));
            }
            time
        };
        let (from, to) = (time("from", &self.from)?, time("to", &self.to)?);
        if to != NaiveTime::MIN && to <= from {
            faults.push("ends-before-start", format!("hours[{at}].to"), format!("{to} is not after {from}; hours past midnight are two entries"));
        }
        Some(HoursRule { days, from, to, staff: self.staff.clone() })
    }
}
