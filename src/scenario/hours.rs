//! What an hour of one more person would be worth.

use serde::{Deserialize, Serialize};

/// What one more person with a qualification, there from some hour on, would gain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HourValue {
    /// What they can do; several joined by `+`.
    pub qualification: String,
    /// From when, by the location's clock: `14:00`.
    pub from: String,
    /// For how many hours: as many as the longest booking that asks for it takes.
    pub hours: u32,
    /// By the prices of the bookings, how many of the unplaced (by priority) an hour would place, at most.
    pub price_per_hour: f64,
    /// By dealing the day again with that person: what an hour really places. `None` where it was not tried.
    pub gain_per_hour: Option<f64>,
}
