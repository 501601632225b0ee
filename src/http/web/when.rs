//! Dates, times and amounts as the language writes them, by the clock on the location's wall.

use chrono::{DateTime, Locale, NaiveDate, Utc};
use chrono_tz::Tz;

use super::words::Words;
use crate::domain::{Language, Minute, Span};

/// What times are called by the clock on the wall: `01:30`, and with the name of the zone where the clock shows one twice.
pub(super) fn clocks(times: &[Minute], zone: Tz) -> Vec<String> {
    let plain: Vec<String> = times.iter().map(|at| at.to_clock(zone)).collect();
    let is_twice = |text: &String| plain.iter().filter(|other| *other == text).count() > 1;
    let zoned = |at: &Minute| at.to_utc().with_timezone(&zone).format("%H:%M %Z").to_string();
    times.iter().zip(&plain).map(|(at, text)| if is_twice(text) { zoned(at) } else { text.clone() }).collect()
}

impl Words {
    fn locale(&self) -> Locale {
        match self.language {
            Language::English => Locale::en_GB,
            Language::Swahili => Locale::sw_KE,
        }
    }

    /// `Saturday 21 November 2026`.
    pub fn date(&self, date: NaiveDate) -> String {
        date.format_localized("%A %-d %B %Y", self.locale()).to_string()
    }

    /// `Sat 21 Nov`.
    pub fn short_date(&self, date: NaiveDate) -> String {
        date.format_localized("%a %-d %b", self.locale()).to_string()
    }

    /// `09:00–10:30`.
    pub fn span(&self, span: Span, zone: Tz) -> String {
        format!("{}–{}", span.start.to_clock(zone), span.end.to_clock(zone))
    }

    /// `Sat 21 Nov, 14:05`.
    pub fn instant(&self, at: DateTime<Utc>, zone: Tz) -> String {
        let there = at.with_timezone(&zone);
        format!("{}, {}", self.short_date(there.date_naive()), Minute::of(at).to_clock(zone))
    }

    /// `1 h 30 min`, `45 min`.
    pub fn minutes(&self, minutes: i64) -> String {
        let (sign, minutes) = if minutes < 0 { ("−", -minutes) } else { ("", minutes) };
        let (hours, rest) = (minutes / 60, minutes % 60);
        let (hour, minute) = (self.say("unit-hours"), self.say("unit-minutes"));
        match (hours, rest) {
            (0, rest) => format!("{sign}{rest} {minute}"),
            (hours, 0) => format!("{sign}{hours} {hour}"),
            (hours, rest) => format!("{sign}{hours} {hour} {rest} {minute}"),
        }
    }

    /// `1,234.5`: both languages group by commas. At most `digits` after the point, none that say nothing.
    pub fn number(&self, value: f64, digits: usize) -> String {
        let text = format!("{:.digits$}", value.abs());
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let mut grouped = String::new();
        for (k, digit) in whole.chars().enumerate() {
            if k > 0 && (whole.len() - k).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let part = part.trim_end_matches('0');
        let sign = if value < 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0') { "−" } else { "" };
        if part.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{part}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_happens_twice_is_told_apart_by_its_zone() {
        let zone = chrono_tz::America::New_York;
        let first = crate::domain::local::instant(zone, NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(), 90);
        assert_eq!(clocks(&[first, first.plus(60), first.plus(120)], zone), ["01:30 EDT", "01:30 EST", "02:30"]);
    }

    #[test]
    fn dates_and_numbers_are_written_in_the_languages_way() {
        let (english, swahili) = (Words::of(Language::English), Words::of(Language::Swahili));
        let date = "2026-11-21".parse().unwrap();
        assert_eq!((english.date(date).as_str(), english.short_date(date).as_str()), ("Saturday 21 November 2026", "Sat 21 Nov"));
        assert_eq!(swahili.date(date), "Jumamosi 21 Novemba 2026");
        assert_eq!((english.minutes(90).as_str(), english.minutes(45).as_str(), english.minutes(-60).as_str()), ("1 h 30 min", "45 min", "−1 h"));
        assert_eq!(
            (english.number(1_234_567.0, 0).as_str(), english.number(-0.04, 1).as_str(), english.number(12.50, 2).as_str()),
            ("1,234,567", "0", "12.5")
        );
    }
}
