//! The public "Hair Salon No-Show" data set: a Canadian salon's bookings, its service list, cancellations, no-shows and receipts.
//!
//! What each file is used for:
//! - `bookings.csv`: every booking that was not cancelled. Staff `HOUSE` means that nobody was allocated yet. A person can do the services
//!   she has at least one booking of, and was on duty on a day from her first start to her last end.
//! - `services.csv`, `derived_service_minutes.csv`: names, list prices and durations (the bookings have none of their own).
//! - `receipts.csv`: what a service usually costs where the list says 0.
//! - `cancellations.csv`: bookings called off. They have a day but no time of day.
//! - `no-shows.csv`: which bookings the customer did not come to.

mod bookings;
mod others;
mod services;

use std::collections::BTreeMap;
use std::path::Path;

use chrono_tz::Tz;

use super::batch::{Batch, BatchCustomer, BatchLocation, BatchStaff};
use super::derive;
use super::report::{Parsed, Reporter};
use super::table::{BadInput, read_file};

/// Where rows of this data set come from.
pub const SOURCE: &str = "hair-salon";
/// The data set does not name its city. Its receipts charge 5 % GST and 8 % provincial tax on services: in 2018 only Manitoba's was 8 %
/// (British Columbia's is 7 %, Saskatchewan's 6 %, elsewhere it is harmonized), so the salon's clock is Winnipeg's.
pub const TIMEZONE: Tz = chrono_tz::America::Winnipeg;
/// Every start and every duration of the data set is a multiple of this.
pub const GRID_MINUTES: u32 = 10;

const BOOKINGS: &str = "bookings.csv";
const SERVICES: &str = "services.csv";
const MINUTES: &str = "derived_service_minutes.csv";
const CANCELLATIONS: &str = "cancellations.csv";
const NO_SHOWS: &str = "no-shows.csv";
const RECEIPTS: &str = "receipts.csv";
const DATE_FORMAT: &str = "%m/%d/%Y";

/// The files' bytes. The first three are needed; without the others there are no cancellations, no-shows or usual prices.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// `bookings.csv`
    pub bookings: Vec<u8>,
    /// `services.csv`
    pub services: Vec<u8>,
    /// `derived_service_minutes.csv`
    pub minutes: Vec<u8>,
    /// `cancellations.csv`
    pub cancellations: Option<Vec<u8>>,
    /// `no-shows.csv`
    pub no_shows: Option<Vec<u8>>,
    /// `receipts.csv`
    pub receipts: Option<Vec<u8>>,
}

/// What the data set leaves open.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name of the location, also its reference.
    pub location: String,
    /// Its clock.
    pub timezone: Tz,
}

impl Default for Options {
    fn default() -> Options {
        Options { location: SOURCE.to_owned(), timezone: TIMEZONE }
    }
}

impl Files {
    /// Reads them from a folder.
    ///
    /// # Errors
    /// The folder or one of the three needed files is missing, or a file cannot be read.
    pub fn read(dir: &Path) -> Result<Files, BadInput> {
        if !dir.is_dir() {
            return Err(BadInput::new(dir.display().to_string(), "is not a folder; give the folder that holds bookings.csv and services.csv"));
        }
        let optional = |name: &str| {
            let path = dir.join(name);
            if path.exists() { read_file(&path).map(Some) } else { Ok(None) }
        };
        Ok(Files {
            bookings: read_file(&dir.join(BOOKINGS))?,
            services: read_file(&dir.join(SERVICES))?,
            minutes: read_file(&dir.join(MINUTES))?,
            cancellations: optional(CANCELLATIONS)?,
            no_shows: optional(NO_SHOWS)?,
            receipts: optional(RECEIPTS)?,
        })
    }
}

/// Reads the data set.
///
/// # Errors
/// A file is not a CSV file or lacks a column that is needed.
pub fn parse(files: &Files, options: &Options) -> Result<Parsed, BadInput> {
    let (mut reports, mut left_out) = (Vec::new(), Vec::new());
    let list = services::parse(files, &mut reports, &mut left_out)?;
    let mut rows = bookings::parse(&files.bookings, &list, options.timezone, &mut reports)?;
    others::no_shows(files, &list, options.timezone, &mut rows, &mut reports, &mut left_out)?;
    others::cancellations(files, &list, options.timezone, &mut rows, &mut reports, &mut left_out)?;
    for clash in derive::release_overlaps(&mut rows) {
        let (later, earlier) = (&rows[clash.later], &rows[clash.earlier]);
        let who = later.worked.as_ref().map_or("", |worked| worked.staff.as_str());
        let why = format!(
            "{who} is busy until {} with the booking on line {}; goes in held by nobody, with {who} as the one who served it",
            earlier.occupied().end.to_clock(options.timezone),
            earlier.line,
        );
        Reporter::new(&later.file, &mut reports).repaired(later.line, "overlap", why);
    }
    let mut staff = people(&rows);
    derive::qualify(&mut staff, &rows);
    let mut hours = derive::worked_hours(&rows, options.timezone);
    hours.extend(derive::opening_hours(&rows, options.timezone));
    left_out.push("working hours are not in the files: a person's day runs from her first start to her last end, and the salon's hours on a day of the week from the earliest start to the latest end ever booked on it".into());
    reports.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    let batch = Batch {
        source: SOURCE.to_owned(),
        location: BatchLocation {
            external_ref: options.location.clone(),
            name: options.location.clone(),
            timezone: options.timezone,
            grid_minutes: GRID_MINUTES,
        },
        staff,
        services: list.rows,
        customers: customers(&rows),
        hours,
        bookings: rows,
    };
    Ok(Parsed { batch, reports, left_out })
}

fn people(rows: &[super::BatchBooking]) -> Vec<BatchStaff> {
    let names: BTreeMap<&str, ()> = rows.iter().filter_map(|b| b.worked.as_ref()).map(|worked| (worked.staff.as_str(), ())).collect();
    names.into_keys().map(|name| BatchStaff { external_ref: name.into(), name: name.into(), gender: None, services: Vec::new() }).collect()
}

fn customers(rows: &[super::BatchBooking]) -> Vec<BatchCustomer> {
    let codes: BTreeMap<&str, ()> = rows.iter().filter_map(|b| b.customer.as_deref()).map(|code| (code, ())).collect();
    codes.into_keys().map(|code| BatchCustomer { external_ref: code.into(), name: code.into() }).collect()
}
