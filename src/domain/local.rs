//! Wall-clock times of a place as instants, on the two odd days of the year too.
//!
//! One rule for both transitions: a wall-clock time that the clocks jump over (the gap) is the instant at which they jump; one that
//! happens twice (the fold) is its first occurrence. So a shift from 09:00 to 17:00 is that by the clock on the wall on every day, a
//! shift over the gap is an hour shorter, and one over the fold an hour longer.

use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Minute, Span};

/// Minutes of a wall-clock day.
pub const DAY_MINUTES: u32 = 1440;

/// The instant at which the clock on the wall stands `minute` minutes after midnight of `date`; 1440 and more is the next day.
pub fn instant(timezone: Tz, date: NaiveDate, minute: u32) -> Minute {
    let wall = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
    // The longest gap on record is a whole day (Samoa, 2011).
    for skipped in 0..=i64::from(DAY_MINUTES) {
        match timezone.from_local_datetime(&(wall + TimeDelta::minutes(skipped))) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return Minute::of(at.with_timezone(&Utc)),
            LocalResult::None => {}
        }
    }
    Minute::of(Utc.from_utc_datetime(&wall))
}

/// The local day as a span: 23, 24 or 25 hours.
pub fn day_span(timezone: Tz, date: NaiveDate) -> Span {
    Span::new(instant(timezone, date, 0), instant(timezone, date, DAY_MINUTES))
}

/// The local day in which an instant lies.
pub fn date_of(timezone: Tz, at: Minute) -> NaiveDate {
    local_date(timezone, at.to_utc())
}

/// The local day in which an instant lies.
pub fn local_date(timezone: Tz, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&timezone).date_naive()
}

/// The instant of a day's cutoff: `minute` minutes after local midnight, `days_before` days before `date`.
pub fn cutoff(timezone: Tz, date: NaiveDate, days_before: u32, minute: u32) -> Minute {
    let day = date.checked_sub_days(Days::new(u64::from(days_before))).unwrap_or(date);
    instant(timezone, day, minute)
}

/// Is a local day over?
pub fn has_ended(timezone: Tz, date: NaiveDate, now: Minute) -> bool {
    day_span(timezone, date).end <= now
}

/// The whole hours by the clock of a local day that a span needs, counted from the day's midnight.
pub fn whole_hours(timezone: Tz, date: NaiveDate, span: Span) -> Span {
    let midnight = instant(timezone, date, 0);
    let hour = |at: Minute, up: i64| midnight.plus((at.0 - midnight.0 + up).div_euclid(60) * 60);
    Span::new(hour(span.start, 0), hour(span.end, 59))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{Africa, America, Europe};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_shift_is_local_on_both_odd_days() {
        for date in ["2026-03-29", "2026-10-25", "2026-06-01"] {
            let (start, end) = (instant(Europe::Berlin, day(date), 540), instant(Europe::Berlin, day(date), 1020));
            assert_eq!((start.to_clock(Europe::Berlin).as_str(), end.to_clock(Europe::Berlin).as_str()), ("09:00", "17:00"), "{date}");
            assert_eq!(end.0 - start.0, 480);
        }
        assert_eq!(day_span(Europe::Berlin, day("2026-03-29")).minutes(), 23 * 60);
        assert_eq!(day_span(Europe::Berlin, day("2026-10-25")).minutes(), 25 * 60);
        assert_eq!(day_span(Africa::Nairobi, day("2026-03-29")).minutes(), 24 * 60);
    }

    #[test]
    fn a_time_in_the_gap_is_the_jump_and_one_in_the_fold_its_first_occurrence() {
        let jump = instant(America::New_York, day("2026-03-08"), 150);
        assert_eq!(jump.to_rfc3339(America::New_York), "2026-03-08T03:00:00-04:00");
        let first = instant(America::New_York, day("2026-11-01"), 90);
        assert_eq!(first.to_rfc3339(America::New_York), "2026-11-01T01:30:00-04:00");
    }

    #[test]
    fn the_cutoff_is_local_even_when_the_clocks_change_between_it_and_the_day() {
        let at = cutoff(Europe::Berlin, day("2026-03-29"), 1, 1080);
        assert_eq!(at.to_rfc3339(Europe::Berlin), "2026-03-28T18:00:00+01:00");
    }
}
