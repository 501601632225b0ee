//! What a row is made of.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use crate::alloc::eligibility::capacity_minutes;
use crate::domain::{AssignmentStatus, Minute, ResourceKind};
use crate::scenario::study::{Case, DayResult, Draw, Lost};
use crate::scenario::{Detail, Study};
use crate::sheet::{Booking, Resource};

/// The word of the base among the cases.
pub const BASE: &str = "base";

/// A solved day of a case, or of the base.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The scenario's name.
    pub study: &'a str,
    /// The case; `None` for the base.
    pub case: Option<&'a Case>,
    /// The seed of the demand; `None` for the base.
    pub seed: Option<u64>,
    /// What came out.
    pub result: &'a DayResult,
    /// The day in full: without it the tables of bookings and people get no rows of it.
    pub detail: Option<&'a Detail>,
}

impl<'a> Item<'a> {
    /// A day of the base.
    pub fn of_base(study: &'a Study, result: &'a DayResult, detail: Option<&'a Detail>) -> Item<'a> {
        Item { study: &study.name, case: None, seed: None, result, detail }
    }

    /// A day of a case.
    pub fn of_case(study: &'a Study, case: &'a Case, draw: &Draw, result: &'a DayResult, detail: Option<&'a Detail>) -> Item<'a> {
        Item { study: &study.name, case: Some(case), seed: Some(draw.seed), result, detail }
    }

    /// The case's label.
    pub fn label(&self) -> &'a str {
        self.case.map_or(BASE, |case| case.label.as_str())
    }

    /// The case's parameters as JSON.
    pub fn parameters(&self) -> String {
        let none = Map::new();
        Value::Object(self.case.map_or(none, |case| case.parameters.clone())).to_string()
    }
}

/// A row of `scenarios`.
#[derive(Debug, Clone, Copy)]
pub struct DayFacts<'a> {
    /// The day.
    pub item: &'a Item<'a>,
}

/// A row of `bookings`.
#[derive(Debug, Clone, Copy)]
pub struct BookingFacts<'a> {
    /// The day.
    pub item: &'a Item<'a>,
    /// The day in full.
    pub detail: &'a Detail,
    /// Who serves what.
    pub standing: &'a Standing<'a>,
    /// The booking.
    pub booking: &'a Booking,
}

impl<'a> BookingFacts<'a> {
    /// An instant in the location's zone.
    pub fn at(&self, at: Minute) -> String {
        at.to_rfc3339(self.detail.day.sheet.location.timezone)
    }

    /// Ids of those who serve it; `None` when nobody does.
    pub fn served_by(&self) -> Option<&'a [String]> {
        self.standing.by_booking.get(self.booking.id.as_str()).copied()
    }

    /// Served by others than it stood with; false where it stood with nobody.
    pub fn moved(&self) -> bool {
        self.standing.moved.contains(self.booking.id.as_str())
    }

    /// Moved although its customer was told a name.
    pub fn told_again(&self) -> bool {
        self.moved() && self.booking.assignment.as_ref().is_some_and(|held| held.status == AssignmentStatus::Finalized)
    }

    /// Its wish for a gender is waived.
    pub fn gender_waived(&self) -> bool {
        self.detail.plan.waived.iter().any(|waived| waived.rule == "gender" && waived.booking == self.booking.id)
    }

    /// Why nobody serves it.
    pub fn lost(&self) -> Option<&'a Lost> {
        self.item.result.unplaced.iter().find(|lost| lost.booking == self.booking.id)
    }
}

/// A row of `people`.
#[derive(Debug, Clone, Copy)]
pub struct PersonFacts<'a> {
    /// The day.
    pub item: &'a Item<'a>,
    /// The day in full.
    pub detail: &'a Detail,
    /// The person.
    pub person: &'a Resource,
    /// Bookings they serve.
    pub bookings: i64,
    /// Minutes on shift and not blocked.
    pub on_duty_minutes: i64,
    /// Minutes in bookings, without buffers.
    pub worked_minutes: i64,
    /// Minutes of buffers around these bookings.
    pub buffer_minutes: i64,
}

impl<'a> PersonFacts<'a> {
    /// A person on a day.
    pub fn of(item: &'a Item<'a>, detail: &'a Detail, standing: &Standing<'a>, person: &'a Resource) -> PersonFacts<'a> {
        let served = standing.by_resource.get(person.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let worked_minutes: i64 = served.iter().map(|booking| booking.span.minutes()).sum();
        let occupied: i64 = served.iter().map(|booking| booking.occupied().minutes()).sum();
        PersonFacts {
            item,
            detail,
            person,
            bookings: served.len() as i64,
            on_duty_minutes: capacity_minutes(person),
            worked_minutes,
            buffer_minutes: occupied - worked_minutes,
        }
    }

    /// An instant in the location's zone.
    pub fn at(&self, at: Minute) -> String {
        at.to_rfc3339(self.detail.day.sheet.location.timezone)
    }
}

/// Who serves what on a solved day.
#[derive(Debug)]
pub struct Standing<'a> {
    /// Resource ids by booking.
    pub by_booking: HashMap<&'a str, &'a [String]>,
    /// Bookings by resource, in the sheet's order.
    pub by_resource: BTreeMap<&'a str, Vec<&'a Booking>>,
    /// Bookings that others serve than they stood with.
    pub moved: HashSet<&'a str>,
}

impl<'a> Standing<'a> {
    /// Looks a plan up from both sides.
    pub fn of(detail: &'a Detail) -> Standing<'a> {
        let by_booking: HashMap<&str, &[String]> =
            detail.plan.assignments.iter().map(|placed| (placed.booking.as_str(), placed.resources.as_slice())).collect();
        let mut by_resource: BTreeMap<&str, Vec<&Booking>> = BTreeMap::new();
        for booking in &detail.day.sheet.bookings {
            for resource in by_booking.get(booking.id.as_str()).copied().unwrap_or_default() {
                by_resource.entry(resource).or_default().push(booking);
            }
        }
        let moved = detail.plan.changes.iter().map(|change| change.booking.as_str()).collect();
        Standing { by_booking, by_resource, moved }
    }
}

/// The people on a day's sheet, whether they are on duty or not.
pub fn people(detail: &Detail) -> impl Iterator<Item = &Resource> {
    detail.day.sheet.resources.iter().filter(|resource| resource.kind == ResourceKind::Staff)
}
