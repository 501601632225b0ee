//! What an import brings in, as plain rows that refer to one another by external reference. No store is needed to make one.

use chrono::{NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

use crate::domain::{AssignmentStatus, BookingState, Span};

/// Everything one import brings in. Rows of a kind have distinct references, and every reference names a row of the batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Where it comes from; with a row's reference it names the row for good.
    pub source: String,
    /// The one location it is about.
    pub location: BatchLocation,
    /// People who serve.
    pub staff: Vec<BatchStaff>,
    /// What can be booked.
    pub services: Vec<BatchService>,
    /// Who books.
    pub customers: Vec<BatchCustomer>,
    /// When people are on duty and the house is open.
    pub hours: Vec<Hours>,
    /// What was booked.
    pub bookings: Vec<BatchBooking>,
}

/// A place with its own wall clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchLocation {
    /// Reference, also the name used on the command line.
    pub external_ref: String,
    /// Name for people.
    pub name: String,
    /// IANA time zone.
    pub timezone: Tz,
    /// Divides every duration, in minutes.
    pub grid_minutes: u32,
}

/// A person who serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchStaff {
    /// Reference.
    pub external_ref: String,
    /// Name for people.
    pub name: String,
    /// As on file.
    pub gender: Option<String>,
    /// References of the services this person can do, ascending.
    pub services: Vec<String>,
}

/// Something that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchService {
    /// Reference; also the qualification that those who do it need.
    pub external_ref: String,
    /// Name for people.
    pub name: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Minutes needed after it by those who serve.
    pub buffer_after_minutes: u32,
    /// In hundredths of the currency; `None` where nobody said.
    pub price_cents: Option<i64>,
}

/// Someone who books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchCustomer {
    /// Reference.
    pub external_ref: String,
    /// Name or pseudonym.
    pub name: String,
}

/// When somebody is on duty, or the house is open, by the clock on the wall.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    /// Reference of a person; `None` for the house.
    pub staff: Option<String>,
    /// On which days.
    pub on: Availability,
    /// From.
    pub from: NaiveTime,
    /// Up to; midnight means the end of the day.
    pub to: NaiveTime,
}

/// On which days hours hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Every week on this day.
    Weekly(Weekday),
    /// On this one date, as recorded.
    Date(NaiveDate),
}

impl Availability {
    fn key(self) -> (u8, i32) {
        use chrono::Datelike;
        match self {
            Availability::Weekly(day) => (0, i32::from(u8::try_from(day.num_days_from_monday()).unwrap_or(0))),
            Availability::Date(date) => (1, date.num_days_from_ce()),
        }
    }
}

impl PartialOrd for Availability {
    fn partial_cmp(&self, other: &Availability) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Availability {
    fn cmp(&self, other: &Availability) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// The states in which a record can come in: what is to come, and what is over.
pub const RECORDED_STATES: [BookingState; 4] = [BookingState::Confirmed, BookingState::Completed, BookingState::Cancelled, BookingState::NoShow];

/// Who served a booking, and whether the sheet can say so too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// Reference of the person named in the file.
    pub staff: String,
    /// Whether the booking is held by that person in the store. False where the person was busy with another booking, because a person
    /// serves one booking at a time; the file's word is kept beside it.
    pub held: bool,
}

/// Something that was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchBooking {
    /// Reference, built from what the row says.
    pub external_ref: String,
    /// File it comes from.
    pub file: String,
    /// Line on which its row begins.
    pub line: u64,
    /// Reference of a customer; `None` when the file does not say who.
    pub customer: Option<String>,
    /// Reference of a service.
    pub service: String,
    /// When, without buffers.
    pub span: Span,
    /// Minutes needed after it by those who serve.
    pub buffer_after_minutes: u32,
    /// How many people come.
    pub party_size: u32,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// What became of it.
    pub state: BookingState,
    /// Who served it; `None` when nobody was allocated.
    pub worked: Option<Worked>,
    /// How firmly it is held.
    pub assignment: AssignmentStatus,
}

impl BatchBooking {
    /// Does it take up somebody's time? A cancelled one does not; one whose customer stayed away did.
    pub fn takes_time(&self) -> bool {
        !self.state.is_released()
    }

    /// The span in which those who serve it are busy.
    pub fn occupied(&self) -> Span {
        Span::new(self.span.start, self.span.end.plus(i64::from(self.buffer_after_minutes)))
    }
}
