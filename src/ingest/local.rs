//! From the clock on a wall to an instant, both changes of the clocks included.

use chrono::{Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::domain::Minute;

/// An instant read off a wall clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The instant.
    pub at: Minute,
    /// What had to be decided, for the report; `None` when the clock was plain.
    pub note: Option<String>,
}

/// The instant at which the clock in `timezone` shows `local`. A time that came twice is taken the first time.
///
/// # Errors
/// A time the clock never showed, because it was put forward over it: what is wrong, for the report.
pub fn instant(local: NaiveDateTime, timezone: Tz) -> Result<Read, String> {
    match timezone.from_local_datetime(&local) {
        LocalResult::Single(at) => Ok(Read { at: Minute::of(at.with_timezone(&Utc)), note: None }),
        LocalResult::Ambiguous(first, _) => {
            let note = format!("the clock in {timezone} showed {} twice that day; the first of the two is taken", local.format("%Y-%m-%d %H:%M"));
            Ok(Read { at: Minute::of(first.with_timezone(&Utc)), note: Some(note) })
        }
        LocalResult::None => {
            Err(format!("the clock in {timezone} never showed {}: it was put forward over it; left out", local.format("%Y-%m-%d %H:%M")))
        }
    }
}

/// A calendar date in this format, of a year that a business could have bookings in.
pub fn date(text: &str, format: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, format).ok().filter(|date| plausible(*date))
}

/// A time of day in one of these formats.
pub fn time(text: &str, formats: &[&str]) -> Option<NaiveTime> {
    formats.iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

/// Is the year one that a business could have bookings in? Catches two-digit years read as the first century.
pub fn plausible(date: NaiveDate) -> bool {
    (1970..2200).contains(&date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn a_time_the_clock_skipped_is_no_time() {
        let error = instant(at("2018-03-11 02:30"), chrono_tz::America::Vancouver).unwrap_err();
        assert!(error.contains("never showed 2018-03-11 02:30"), "{error}");
    }

    #[test]
    fn a_time_that_came_twice_is_the_first_and_says_so() {
        let read = instant(at("2018-11-04 01:30"), chrono_tz::America::Vancouver).unwrap();
        assert_eq!(read.at.to_rfc3339(chrono_tz::UTC), "2018-11-04T08:30:00+00:00");
        assert!(read.note.unwrap().contains("twice"));
    }

    #[test]
    fn a_two_digit_year_is_not_the_first_century() {
        assert_eq!(date("03/14/18", "%m/%d/%Y"), None);
        assert!(date("03/14/2018", "%m/%d/%Y").is_some());
    }
}
