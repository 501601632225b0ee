//! How long a service takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Day;

/// A service takes longer or shorter, or needs other buffers. Bookings keep the time at which they begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceChange {
    /// Its name; where the base knows no services, the qualifications it asks for, joined by `+`. `*` for every service.
    pub service: String,
    /// Minutes it takes now.
    pub minutes: Option<u32>,
    /// Minutes that it takes more than before; negative for less.
    #[serde(default)]
    pub more_minutes: i64,
    /// Minutes needed before it.
    pub buffer_before_minutes: Option<u32>,
    /// Minutes needed after it.
    pub buffer_after_minutes: Option<u32>,
}

impl ServiceChange {
    pub(super) fn apply(&self, day: &mut Day) -> Result<(), String> {
        let meant: Vec<bool> = day.sheet.bookings.iter().map(|b| self.service == "*" || day.service_of(b) == self.service).collect();
        for (booking, _) in day.sheet.bookings.iter_mut().zip(meant).filter(|(_, meant)| *meant) {
            let minutes = self.minutes.map_or(booking.span.minutes(), i64::from) + self.more_minutes;
            if minutes <= 0 {
                return Err(format!("{} would take {minutes} minutes; expected more than none", booking.id));
            }
            booking.span.end = booking.span.start.plus(minutes);
            booking.buffer_before_minutes = self.buffer_before_minutes.unwrap_or(booking.buffer_before_minutes);
            booking.buffer_after_minutes = self.buffer_after_minutes.unwrap_or(booking.buffer_after_minutes);
        }
        Ok(())
    }
}
