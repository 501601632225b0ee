//! When the day is reallocated, and who books only after that.
//!
//! What was booked until then is reallocated as a whole and told; what comes in later takes whoever is free beside it, and moves nobody.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::Clock;
use super::{Changed, Draws};
use crate::domain::local;

/// The day is reallocated at another time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cutoff {
    /// At this time by the location's clock; counts where it is known when bookings were made.
    pub at: Option<Clock>,
    /// So many days before the day; 1 where nothing is said.
    #[serde(default = "one")]
    pub days_before: u32,
    /// The share of bookings that come in later, drawn by the seed, where it is not known when bookings were made: a sheet's file does not say.
    pub late: Option<f64>,
}

fn one() -> u32 {
    1
}

impl Cutoff {
    pub(super) fn apply(&self, to: &mut Changed, draws: Draws) {
        let mut random = draws.of_day(&to.day);
        let at = self.at.map(|at| local::cutoff(to.day.sheet.location.timezone, to.day.sheet.date, self.days_before, at.minutes()));
        to.late = to
            .day
            .sheet
            .bookings
            .iter()
            .filter(|booking| {
                let chance = random.unit();
                let booked_at = to.day.about.get(&booking.id).and_then(|about| about.booked_at);
                match (booked_at, at) {
                    (Some(booked_at), Some(at)) => booked_at >= at,
                    _ => self.late.is_some_and(|late| chance < late),
                }
            })
            .map(|booking| booking.id.clone())
            .collect();
    }
}
