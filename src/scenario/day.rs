//! A day that a scenario starts from: its sheet, and what a sheet does not say about its bookings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Minute;
use crate::sheet::{Booking, Sheet};

/// A local day of a base, or a changed copy of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Who is on duty, what is booked.
    pub sheet: Sheet,
    /// What the sheet does not say of its bookings, by booking id. A booking that is not here is of the service that its qualifications name.
    pub about: BTreeMap<String, About>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a sheet does not say of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// Which service.
    pub service: String,
    /// Its price in the smallest unit of the currency, where it has one.
    pub price_cents: Option<i64>,
    /// When it was booked, where that is known.
    pub booked_at: Option<Minute>,
}

/// Where a day comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// A file's name, or `database`, or `made`.
    pub source: String,
    /// The day's version in the database, where it comes from one: what may be promoted is held against it.
    pub version: Option<i64>,
}

impl Day {
    /// A day of which nothing is known but its sheet.
    pub fn of_sheet(sheet: Sheet, source: &str) -> Day {
        Day { sheet, about: BTreeMap::new(), origin: Origin { source: source.to_owned(), version: None } }
    }

    /// The service of a booking: as it is known, else the qualifications it asks for, joined by `+`; `table` where it asks for a table alone.
    pub fn service_of(&self, booking: &Booking) -> String {
        match self.about.get(&booking.id) {
            Some(about) => about.service.clone(),
            None => named_by_demands(booking),
        }
    }

    /// The price of a booking in the smallest unit of the currency, where it is known.
    pub fn price_of(&self, booking: &Booking) -> Option<i64> {
        self.about.get(&booking.id).and_then(|about| about.price_cents)
    }
}

/// What a booking asks for, as the name of a service.
pub fn named_by_demands(booking: &Booking) -> String {
    let wanted: std::collections::BTreeSet<&str> = booking.demands.iter().flat_map(|d| d.qualifications.iter().map(String::as_str)).collect();
    match (wanted.is_empty(), booking.demands.is_empty()) {
        (false, _) => wanted.into_iter().collect::<Vec<_>>().join("+"),
        (true, false) if booking.demands.iter().all(|d| d.kind == crate::domain::ResourceKind::Table) => "table".to_owned(),
        (true, false) => "anybody".to_owned(),
        (true, true) => "nobody".to_owned(),
    }
}
