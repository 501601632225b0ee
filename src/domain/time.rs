//! Instants in whole minutes and half-open spans of them.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// An instant in whole minutes since 1970-01-01T00:00Z. The sheet format knows no smaller unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minute(pub i64);

impl Minute {
    /// The minute an instant lies in; seconds are dropped downwards.
    pub fn of(at: DateTime<Utc>) -> Minute {
        Minute(at.timestamp().div_euclid(60))
    }

    /// The instant in UTC. Saturates at chrono's range, some 260,000 years either way.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.saturating_mul(60), 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// RFC 3339 with the offset that `timezone` has at this instant: `2026-11-21T09:00:00+03:00`.
    pub fn to_rfc3339(self, timezone: Tz) -> String {
        timezone.from_utc_datetime(&self.to_utc().naive_utc()).to_rfc3339()
    }

    /// The clock on the wall in `timezone`: `09:05`.
    pub fn to_clock(self, timezone: Tz) -> String {
        timezone.from_utc_datetime(&self.to_utc().naive_utc()).format("%H:%M").to_string()
    }

    /// This instant moved by `minutes`, which may be negative.
    pub fn plus(self, minutes: i64) -> Minute {
        Minute(self.0 + minutes)
    }
}

/// A half-open span of time `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First minute inside.
    pub start: Minute,
    /// First minute no longer inside.
    pub end: Minute,
}

impl Span {
    /// `[start, end)`.
    pub fn new(start: Minute, end: Minute) -> Span {
        Span { start, end }
    }

    /// Its length in minutes; negative when it ends before it starts.
    pub fn minutes(self) -> i64 {
        self.end.0 - self.start.0
    }

    /// Do the two share an instant?
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Does `other` lie wholly inside?
    pub fn covers(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_only_touch_do_not_overlap() {
        let morning = Span::new(Minute(0), Minute(60));
        assert!(!morning.overlaps(Span::new(Minute(60), Minute(90))));
        assert!(morning.overlaps(Span::new(Minute(59), Minute(90))));
        assert!(morning.covers(morning));
    }

    #[test]
    fn an_instant_prints_with_the_offset_of_its_zone_on_that_day() {
        let at = Minute(DateTime::parse_from_rfc3339("2026-03-29T02:30:00Z").unwrap().timestamp() / 60);
        assert_eq!(at.to_rfc3339(chrono_tz::Europe::Berlin), "2026-03-29T04:30:00+02:00");
        assert_eq!(at.plus(-120).to_rfc3339(chrono_tz::Europe::Berlin), "2026-03-29T01:30:00+01:00");
        assert_eq!(at.to_clock(chrono_tz::Africa::Nairobi), "05:30");
    }
}
