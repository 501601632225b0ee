//! Certain bookings more or fewer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Clock, DayPart};
use super::{Day, Names};
use crate::domain::{ResourceKind, Span};
use crate::scenario::About;
use crate::sheet::{Booking, Demand};

/// Certain bookings more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddBookings {
    /// The bookings.
    pub bookings: Vec<NewBooking>,
}

/// A booking that the base has not got; nobody holds it yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBooking {
    /// Its id; one that is free where nothing is said.
    pub id: Option<String>,
    /// When it begins.
    pub at: Clock,
    /// How long it takes, without buffers; as long as the service's first booking of the day where nothing is said.
    pub minutes: Option<u32>,
    /// A service of the base: qualifications, length, buffers, price and people as its bookings have.
    pub service: Option<String>,
    /// What whoever serves it must be able to do, where no service says so.
    #[serde(default)]
    pub qualifications: Vec<String>,
    /// How many people serve it; 1 where nothing is said.
    pub people: Option<u32>,
    /// A wish for a gender.
    pub gender: Option<String>,
    /// Minutes needed before.
    pub buffer_before_minutes: Option<u32>,
    /// Minutes needed after.
    pub buffer_after_minutes: Option<u32>,
    /// How many come; 1 where nothing is said.
    pub party_size: Option<u32>,
    /// Weight of leaving it unplaced; 1 where nothing is said.
    pub priority: Option<u32>,
}

/// Certain bookings fewer: those that meet everything that is said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveBookings {
    /// Ids of the bookings.
    #[serde(default)]
    pub bookings: Vec<String>,
    /// Of this service.
    pub service: Option<String>,
    /// That begin in this part of the day.
    pub part: Option<DayPart>,
}

impl AddBookings {
    pub(super) fn apply(&self, day: &mut Day) -> Result<(), String> {
        for (k, new) in self.bookings.iter().enumerate() {
            new.add(day, k)?;
        }
        Ok(())
    }

    pub(super) fn names(&self) -> Names {
        Names {
            services: self.bookings.iter().filter_map(|b| b.service.clone()).collect(),
            qualifications: self.bookings.iter().flat_map(|b| b.qualifications.iter().cloned()).collect(),
            ..Names::default()
        }
    }
}

impl NewBooking {
    fn add(&self, day: &mut Day, k: usize) -> Result<(), String> {
        let model = self.service.as_ref().and_then(|name| day.sheet.bookings.iter().find(|b| day.service_of(b) == *name)).cloned();
        if self.service.is_some() && model.is_none() && (self.minutes.is_none() || self.qualifications.is_empty()) {
            // Nobody has asked for the service that day, so it is not known what it takes: the day is left as it is.
            return Ok(());
        }
        let id = match &self.id {
            Some(id) if day.sheet.bookings.iter().any(|b| b.id == *id) => {
                return Err(format!("booking `{id}` is there already; expected another `id`"));
            }
            Some(id) => id.clone(),
            None => free_id(day, "added", k),
        };
        let minutes = self.minutes.map(i64::from).or_else(|| model.as_ref().map(|b| b.span.minutes()));
        let Some(minutes) = minutes else { return Err("expected `minutes`, how long it takes, or a `service` of the base".to_owned()) };
        let start = self.at.on(&day.sheet);
        let demands = match &model {
            Some(model) if self.qualifications.is_empty() => model.demands.clone(),
            _ => vec![Demand {
                kind: ResourceKind::Staff,
                qualifications: self.qualifications.iter().cloned().collect(),
                count: self.people.unwrap_or(1),
            }],
        };
        let of_model = |of: &dyn Fn(&Booking) -> u32| model.as_ref().map_or(0, of);
        let booking = Booking {
            id: id.clone(),
            span: Span::new(start, start.plus(minutes)),
            buffer_before_minutes: self.buffer_before_minutes.unwrap_or_else(|| of_model(&|b| b.buffer_before_minutes)),
            buffer_after_minutes: self.buffer_after_minutes.unwrap_or_else(|| of_model(&|b| b.buffer_after_minutes)),
            demands,
            gender: self.gender.clone(),
            zone: None,
            party_size: self.party_size.unwrap_or(1),
            priority: self.priority.unwrap_or(1),
            same_resource_as: None,
            affinity: BTreeMap::new(),
            assignment: None,
        };
        if let Some(model) = &model {
            let about = About { service: day.service_of(model), price_cents: day.price_of(model), booked_at: None };
            day.about.insert(id, about);
        }
        day.sheet.bookings.push(booking);
        Ok(())
    }
}

impl RemoveBookings {
    pub(super) fn apply(&self, day: &mut Day) {
        let goes = |b: &Booking| {
            (self.bookings.is_empty() || self.bookings.contains(&b.id))
                && self.service.as_ref().is_none_or(|service| day.service_of(b) == *service)
                && self.part.is_none_or(|part| part.has(&day.sheet, b.span.start))
        };
        let gone: Vec<String> = day.sheet.bookings.iter().filter(|b| goes(b)).map(|b| b.id.clone()).collect();
        remove(day, &gone);
    }

    pub(super) fn names(&self) -> Names {
        Names { bookings: self.bookings.clone(), services: self.service.clone().into_iter().collect(), ..Names::default() }
    }
}

/// Takes bookings off a day; what was linked to them stands alone.
pub(super) fn remove(day: &mut Day, gone: &[String]) {
    day.sheet.bookings.retain(|b| !gone.contains(&b.id));
    for booking in &mut day.sheet.bookings {
        if booking.same_resource_as.as_ref().is_some_and(|other| gone.contains(other)) {
            booking.same_resource_as = None;
        }
    }
}

/// An id that no booking of the day has.
pub(super) fn free_id(day: &Day, word: &str, from: usize) -> String {
    let taken = |id: &String| day.sheet.bookings.iter().any(|b| b.id == *id);
    (from..).map(|k| format!("{word}-{k}")).find(|id| !taken(id)).unwrap_or_default()
}
