//! The hours of a day in which customers are left in peace.

use chrono::{DateTime, Days, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::local;

/// From one time of the day to another by the clock on the wall; over midnight where the first is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuietHours {
    /// First quiet minute after local midnight.
    pub from_minute: u32,
    /// First minute that is no longer quiet.
    pub to_minute: u32,
}

impl QuietHours {
    /// When the quiet hours that `at` lies in end; `None` where it lies in none.
    pub fn end(self, timezone: Tz, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let wall = at.with_timezone(&timezone);
        let (today, minute) = (wall.date_naive(), wall.hour() * 60 + wall.minute());
        let over_midnight = self.from_minute > self.to_minute;
        let quiet =
            if over_midnight { minute >= self.from_minute || minute < self.to_minute } else { (self.from_minute..self.to_minute).contains(&minute) };
        if !quiet {
            return None;
        }
        let tomorrow = over_midnight && minute >= self.from_minute;
        let date = if tomorrow { today.checked_add_days(Days::new(1)).unwrap_or(today) } else { today };
        let end = local::instant(timezone, date, self.to_minute).to_utc();
        // In the hour that happens twice the clock on the wall may stand before an end that is over.
        (end > at).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{Africa, Europe};

    const NIGHT: QuietHours = QuietHours { from_minute: 21 * 60, to_minute: 8 * 60 };

    fn end(hours: QuietHours, timezone: Tz, at: &str) -> Option<String> {
        hours.end(timezone, at.parse().unwrap()).map(|end| end.with_timezone(&timezone).to_rfc3339())
    }

    #[test]
    fn quiet_hours_over_midnight_end_in_the_morning() {
        let nairobi = |at: &str| end(NIGHT, Africa::Nairobi, at);
        assert_eq!(nairobi("2026-11-20T17:59:59Z"), None);
        assert_eq!(nairobi("2026-11-20T18:00:00Z").as_deref(), Some("2026-11-21T08:00:00+03:00"));
        assert_eq!(nairobi("2026-11-21T04:59:59Z").as_deref(), Some("2026-11-21T08:00:00+03:00"));
        assert_eq!(nairobi("2026-11-21T05:00:00Z"), None);
        let noon = QuietHours { from_minute: 720, to_minute: 780 };
        assert_eq!(end(noon, Africa::Nairobi, "2026-11-21T09:30:00Z").as_deref(), Some("2026-11-21T13:00:00+03:00"));
        assert_eq!(end(noon, Africa::Nairobi, "2026-11-21T10:00:00Z"), None);
        let never = QuietHours { from_minute: 720, to_minute: 720 };
        assert_eq!(end(never, Africa::Nairobi, "2026-11-21T09:00:00Z"), None);
    }

    #[test]
    fn quiet_hours_end_by_the_clock_on_the_wall_on_both_odd_days() {
        let berlin = |at: &str| end(NIGHT, Europe::Berlin, at);
        assert_eq!(berlin("2026-03-28T20:30:00Z").as_deref(), Some("2026-03-29T08:00:00+02:00"));
        assert_eq!(berlin("2026-10-24T20:30:00Z").as_deref(), Some("2026-10-25T08:00:00+01:00"));
        // An end that the clocks jump over is the jump; one that happens twice is the first of the two.
        let early = QuietHours { to_minute: 150, ..NIGHT };
        assert_eq!(end(early, Europe::Berlin, "2026-03-29T00:10:00Z").as_deref(), Some("2026-03-29T03:00:00+02:00"));
        assert_eq!(end(early, Europe::Berlin, "2026-10-25T00:10:00Z").as_deref(), Some("2026-10-25T02:30:00+02:00"));
        assert_eq!(end(early, Europe::Berlin, "2026-10-25T01:10:00Z"), None, "02:10 for the second time");
    }
}
