//! A booking as it is shown to the house: with names where there are names, and times by the location's clock.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::Serialize;

use crate::store::{BookingRow, LocationRow, Store};

/// A booking for the house's own eyes. Customers of a provisional booking are never shown `resources`.
#[derive(Debug, Serialize)]
pub struct View {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location: String,
    /// On which day's sheet.
    pub date: String,
    /// First minute, with the location's offset.
    pub start: String,
    /// First minute after it.
    pub end: String,
    /// What was booked.
    pub service: Option<String>,
    /// Who comes.
    pub customer: Option<String>,
    /// Wish for a gender.
    pub gender: Option<String>,
    /// The wish could not be met by anybody on file.
    pub gender_waived: bool,
    /// How many come.
    pub party_size: u32,
    /// Where it stands.
    pub state: &'static str,
    /// How firmly it is held.
    pub assignment_status: &'static str,
    /// Ids of who holds it.
    pub resources: Vec<String>,
    /// Their names.
    pub resource_names: Vec<String>,
    /// Grows with every change.
    pub state_version: i64,
    #[serde(skip)]
    clock: String,
}

impl View {
    /// One row of the list.
    pub fn row(&self) -> [String; 7] {
        let who = if self.resource_names.is_empty() { "nobody".to_owned() } else { self.resource_names.join(", ") };
        let blank = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            self.clock.clone(),
            self.id.clone(),
            blank(&self.service),
            blank(&self.customer),
            self.state.to_owned(),
            self.assignment_status.to_owned(),
            who,
        ]
    }
}

impl View {
    /// In a line: `b1, Swedish massage on 2026-11-21 10:00–11:00 for Amina, provisional`. Says no name: it may be read to the customer.
    pub fn in_words(&self) -> String {
        let what = self.service.as_deref().unwrap_or("booking");
        let whom = self.customer.as_ref().map(|name| format!(" for {name}")).unwrap_or_default();
        let waived = if self.gender_waived { ", gender wish waived (nobody of it on file)" } else { "" };
        format!("{}, {what} on {} {}{whom}, {}{waived}", self.id, self.date, self.clock, self.assignment_status)
    }
}

/// Names of a location's people, services and customers.
pub struct Names {
    location: LocationRow,
    resources: BTreeMap<String, String>,
    services: BTreeMap<String, String>,
}

impl Names {
    /// Reads them.
    pub async fn read(store: &dyn Store, location: LocationRow) -> anyhow::Result<Names> {
        let resources = store.resources(&location.id).await?.into_iter().map(|r| (r.id, r.name)).collect();
        let services = store.services(&location.id).await?.into_iter().map(|s| (s.id, s.name)).collect();
        Ok(Names { location, resources, services })
    }

    /// The location's time zone.
    pub fn timezone(&self) -> Tz {
        self.location.timezone
    }

    /// A booking with its names.
    pub async fn view(&self, store: &dyn Store, row: BookingRow) -> anyhow::Result<View> {
        let customer = match &row.customer_id {
            Some(id) => store.customer(&self.location.tenant_id, id).await?.map(|c| c.name).or_else(|| Some(id.clone())),
            None => None,
        };
        let name = |names: &BTreeMap<String, String>, id: &String| names.get(id).unwrap_or(id).clone();
        let timezone = self.location.timezone;
        Ok(View {
            clock: format!("{}–{}", row.span.start.to_clock(timezone), row.span.end.to_clock(timezone)),
            date: row.local_date.to_string(),
            start: row.span.start.to_rfc3339(timezone),
            end: row.span.end.to_rfc3339(timezone),
            service: row.service_id.as_ref().map(|id| name(&self.services, id)),
            customer,
            gender: row.gender,
            gender_waived: row.gender_waived,
            party_size: row.party_size,
            state: row.state.as_str(),
            assignment_status: row.status.as_str(),
            resource_names: row.resources.iter().map(|id| name(&self.resources, id)).collect(),
            resources: row.resources,
            state_version: row.state_version,
            location: row.location_id,
            id: row.id,
        })
    }
}
