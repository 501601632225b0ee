//! What customers wished, chose or were told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Day;
use crate::domain::AssignmentStatus;
use crate::sheet::Booking;

/// Wishes for a gender are given up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiveGender {
    /// Ids of the bookings; all where none is named.
    #[serde(default)]
    pub bookings: Vec<String>,
}

/// Customers who chose a person take anybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unbind {
    /// Ids of the bookings; all where none is named.
    #[serde(default)]
    pub bookings: Vec<String>,
}

/// Customers who were told a name may be told another; how many are is counted in `moved`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreeFinalized {
    /// Ids of the bookings; all where none is named.
    #[serde(default)]
    pub bookings: Vec<String>,
}

impl WaiveGender {
    pub(super) fn apply(&self, day: &mut Day) {
        meant(day, &self.bookings).for_each(|booking| booking.gender = None);
    }
}

impl Unbind {
    pub(super) fn apply(&self, day: &mut Day) {
        release(day, &self.bookings, AssignmentStatus::Bound);
    }
}

impl FreeFinalized {
    pub(super) fn apply(&self, day: &mut Day) {
        release(day, &self.bookings, AssignmentStatus::Finalized);
    }
}

fn release(day: &mut Day, ids: &[String], from: AssignmentStatus) {
    let held = meant(day, ids).filter_map(|booking| booking.assignment.as_mut());
    held.filter(|assignment| assignment.status == from).for_each(|assignment| assignment.status = AssignmentStatus::Provisional);
}

fn meant<'d>(day: &'d mut Day, ids: &'d [String]) -> impl Iterator<Item = &'d mut Booking> {
    day.sheet.bookings.iter_mut().filter(move |booking| ids.is_empty() || ids.contains(&booking.id))
}
