//! Days as people name them, and which day of the calendar that is.

use std::ops::Range;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::reader::{Found, Reader};
use super::{About, Unclear};

/// Which of the weekdays of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Plain,
    This,
    Coming,
    Next,
    OfNextWeek,
    Last,
}

/// A day as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// Of the calendar, whatever today is.
    Date(NaiveDate),
    /// So many days from today.
    FromToday(i64),
    Weekday(Weekday, Which),
    /// "The 21st".
    OfMonth(u32),
    InMonth {
        day: u32,
        month: u32,
        year: Option<i32>,
    },
    /// `03/04`: day and month in one order or the other.
    Slashed(u32, u32, Option<i32>),
    /// A weekday and a date that have to be the same.
    Both(Weekday, Box<Named>),
    /// No day of any calendar.
    Nonsense,
}

/// A day, and where it stands in the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    pub named: Named,
    pub at: Range<usize>,
}

const WEEKDAYS: [(Weekday, [&str; 5]); 7] = [
    (Weekday::Mon, ["monday", "mon", "monday's", "", ""]),
    (Weekday::Tue, ["tuesday", "tue", "tues", "tuesday's", ""]),
    (Weekday::Wed, ["wednesday", "wed", "weds", "wednesday's", ""]),
    (Weekday::Thu, ["thursday", "thu", "thur", "thurs", "thursday's"]),
    (Weekday::Fri, ["friday", "fri", "friday's", "", ""]),
    (Weekday::Sat, ["saturday", "sat", "saturday's", "", ""]),
    (Weekday::Sun, ["sunday", "sun", "sunday's", "", ""]),
];

const MONTHS: [[&str; 3]; 12] = [
    ["january", "jan", ""],
    ["february", "feb", ""],
    ["march", "mar", ""],
    ["april", "apr", ""],
    ["may", "", ""],
    ["june", "jun", ""],
    ["july", "jul", ""],
    ["august", "aug", ""],
    ["september", "sep", "sept"],
    ["october", "oct", ""],
    ["november", "nov", ""],
    ["december", "dec", ""],
];

pub(super) fn weekday(reader: Reader<'_>, i: usize) -> Found<Weekday> {
    let word = reader.text(i);
    let found = WEEKDAYS.iter().find(|(_, names)| !word.is_empty() && names.contains(&word));
    found.map(|(weekday, names)| (*weekday, if word == names[0] { i + 1 } else { reader.skip(i + 1, &["."]) }))
}

/// "Mondays", "every Monday": not one day.
pub(super) fn is_repeated(reader: Reader<'_>, i: usize) -> bool {
    let plural = reader.text(i).strip_suffix('s').is_some_and(|one| WEEKDAYS.iter().any(|(_, names)| names[0] == one));
    plural || ["every", "each", "weekly", "daily", "weekdays", "weekends"].contains(&reader.text(i))
}

fn month(reader: Reader<'_>, i: usize) -> Found<u32> {
    let word = reader.text(i);
    let at = MONTHS.iter().position(|names| !word.is_empty() && names.contains(&word))?;
    Some((u32::try_from(at).ok()? + 1, if word == MONTHS[at][0] { i + 1 } else { reader.skip(i + 1, &["."]) }))
}

/// A day of the month: `21`, `21st`.
fn of_month(reader: Reader<'_>, i: usize) -> Found<(u32, bool)> {
    let (day, next) = reader.number(i)?;
    let ordinal = reader.any(next, &["st", "nd", "rd", "th"]).filter(|_| reader.is_glued(next));
    (reader.text(i).len() <= 2).then_some(((day, ordinal.is_some()), ordinal.unwrap_or(next)))
}

fn year(reader: Reader<'_>, i: usize) -> Found<i32> {
    let after = reader.skip(i, &[","]);
    let is_year = reader.has_digits(after, 4) && !reader.is(after + 1, ":");
    let (year, next) = reader.number(after).filter(|_| is_year)?;
    Some((i32::try_from(year).ok()?, next))
}

fn date(year: i32, month: u32, day: u32) -> Named {
    NaiveDate::from_ymd_opt(year, month, day).map_or(Named::Nonsense, Named::Date)
}

/// `2026-11-21`.
fn iso(reader: Reader<'_>, i: usize) -> Found<(i32, u32, u32)> {
    let shaped = reader.has_digits(i, 4) && reader.is(i + 1, "-") && reader.is_glued(i + 2) && reader.is(i + 3, "-") && reader.is_glued(i + 4);
    let ((year, _), (month, _), (day, next)) = (reader.number(i)?, reader.number(i + 2)?, reader.number(i + 4)?);
    shaped.then_some(((i32::try_from(year).ok()?, month, day), next))
}

/// A date: of the calendar, of a month, or by its numbers.
fn dated(reader: Reader<'_>, i: usize) -> Found<Named> {
    if let Some(((year, month, day), next)) = iso(reader, i) {
        return Some((date(year, month, day), next));
    }
    let in_month = |day, month, next| {
        let said = year(reader, next);
        let (year, next) = said.map_or((None, next), |(year, next)| (Some(year), next));
        Some((Named::InMonth { day, month, year }, next))
    };
    let start = reader.skip(i, &["the"]);
    if let Some(((day, ordinal), next)) = of_month(reader, start) {
        let joined = reader.skip(next, &["of"]);
        if let Some((month, next)) = month(reader, joined) {
            return in_month(day, month, next);
        }
        if ordinal {
            return Some((Named::OfMonth(day), reader.skip(next, &["of this month"])));
        }
    }
    for mark in ["/", "."] {
        let shaped = reader.is(i + 1, mark) && reader.is_glued(i + 1) && reader.is_glued(i + 2);
        if let (true, Some(((a, _), _)), Some(((b, _), next))) = (shaped, of_month(reader, i), of_month(reader, i + 2)) {
            let more = reader.is(next, mark) && reader.is_glued(next) && reader.is_glued(next + 1) && reader.has_digits(next + 1, 4);
            let year = reader.number(next + 1).filter(|_| more).and_then(|(year, after)| Some((i32::try_from(year).ok()?, after)));
            // Without a year 3.30 is rather a time.
            if mark == "/" || year.is_some() {
                let (year, next) = year.map_or((None, next), |(year, next)| (Some(year), next));
                return Some((Named::Slashed(a, b, year), next));
            }
        }
    }
    let (month, next) = month(reader, i)?;
    let ((day, _), next) = of_month(reader, reader.skip(next, &["the"])).filter(|(_, after)| !reader.is(*after, ":"))?;
    in_month(day, month, next)
}

/// A day, whatever way it is named.
pub(super) fn day(reader: Reader<'_>, i: usize) -> Found<Day> {
    let start = i;
    let i = reader.skip(i, &["on"]);
    let (named, next) = relative(reader, i).or_else(|| on_weekday(reader, i)).or_else(|| dated(reader, i))?;
    let from = if reader.is(start, "on") { start + 1 } else { start };
    Some((Day { named, at: reader.0[from].at.start..reader.0[next - 1].at.end }, next))
}

fn relative(reader: Reader<'_>, i: usize) -> Found<Named> {
    let days = [
        ("the day after tomorrow", 2),
        ("day after tomorrow", 2),
        ("the day before yesterday", -2),
        ("yesterday", -1),
        ("today", 0),
        ("tomorrow", 1),
    ];
    if let Some((days, next)) = days.iter().find_map(|(phrase, days)| Some((*days, reader.phrase(i, phrase)?))) {
        return Some((Named::FromToday(days), next));
    }
    let (count, next) = reader.count(reader.phrase(i, "in")?)?;
    let (unit, next) = span_unit(reader, next)?;
    Some((Named::FromToday(i64::from(count) * unit), reader.skip(next, &["time", "' time"])))
}

/// Days of a unit: `days`, `weeks`.
pub(super) fn span_unit(reader: Reader<'_>, i: usize) -> Found<i64> {
    let units = [("day", 1), ("days", 1), ("week", 7), ("weeks", 7), ("fortnight", 14), ("week's", 7), ("day's", 1)];
    units.iter().find_map(|(word, days)| Some((*days, reader.phrase(i, word)?)))
}

fn on_weekday(reader: Reader<'_>, i: usize) -> Found<Named> {
    if let Some((weekday, next)) =
        reader.any(i, &["next week", "next week's", "next week on"]).and_then(|next| weekday(reader, reader.skip(next, &["on"])))
    {
        return Some((Named::Weekday(weekday, Which::OfNextWeek), next));
    }
    let kinds = [
        ("this coming", Which::Coming),
        ("the coming", Which::Coming),
        ("coming", Which::Coming),
        ("this", Which::This),
        ("next", Which::Next),
        ("last", Which::Last),
    ];
    let (which, start) = kinds.iter().find_map(|(word, which)| Some((*which, reader.phrase(i, word)?))).unwrap_or((Which::Plain, i));
    let (weekday, next) = weekday(reader, start)?;
    if which != Which::Plain {
        return Some((Named::Weekday(weekday, which), next));
    }
    if let Some(next) = reader.any(next, &["next week", "of next week"]) {
        return Some((Named::Weekday(weekday, Which::OfNextWeek), next));
    }
    if let Some(next) = reader.any(next, &["this week"]) {
        return Some((Named::Weekday(weekday, Which::This), next));
    }
    let after = reader.skip(next, &[","]);
    match dated(reader, after) {
        Some((date, next)) => Some((Named::Both(weekday, Box::new(date)), next)),
        None => Some((Named::Weekday(weekday, which), next)),
    }
}

/// Two days in short: `2026-11-21..23`, `21-23 Nov`, `Nov 21 to 23`, `the 21st to the 23rd of November`.
pub(super) fn short_run(reader: Reader<'_>, i: usize, between: bool) -> Found<(Day, Day)> {
    let placed = |from: usize, next: usize| reader.0[from].at.start..reader.0[next - 1].at.end;
    let both = |a: Named, b: Named, next: usize| {
        let at = placed(i, next);
        Some(((Day { named: a, at: at.clone() }, Day { named: b, at }), next))
    };
    if let Some(((year, month, first), next)) = iso(reader, i) {
        let (last, next) = reader.number(reader.any(next, &[". .", ". . ."])?).filter(|_| !reader.is(next, "-"))?;
        if reader.has_digits(next - 1, 4) {
            return None;
        }
        if reader.is(next, "-") && reader.is_glued(next) {
            let (day, after) = reader.number(next + 1)?;
            return both(date(year, month, first), date(year, last, day), after);
        }
        return both(date(year, month, first), date(year, month, last), next);
    }
    let start = reader.skip(i, &["the"]);
    if let Some(((first, ordinal), next)) = of_month(reader, start) {
        let ((last, _), next) = of_month(reader, reader.skip(reader.joint(next, between)?, &["the"]))?;
        if let Some((month, next)) = month(reader, reader.skip(next, &["of"])) {
            let said = year(reader, next);
            let (year, next) = said.map_or((None, next), |(year, next)| (Some(year), next));
            return both(Named::InMonth { day: first, month, year }, Named::InMonth { day: last, month, year }, next);
        }
        return if ordinal { both(Named::OfMonth(first), Named::OfMonth(last), next) } else { None };
    }
    let (month, next) = month(reader, i)?;
    let ((first, _), next) = of_month(reader, reader.skip(next, &["the"]))?;
    let ((last, _), next) = of_month(reader, reader.skip(reader.joint(next, between)?, &["the"]))?;
    if reader.any(next, &["am", "pm", ":"]).is_some() {
        return None;
    }
    let said = year(reader, next);
    let (year, next) = said.map_or((None, next), |(year, next)| (Some(year), next));
    both(Named::InMonth { day: first, month, year }, Named::InMonth { day: last, month, year }, next)
}

/// A day for people: `Friday 27 November 2026`.
pub(super) fn spelt(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

/// This day or a later one, so many days on.
pub(super) fn later(date: NaiveDate, days: i64) -> NaiveDate {
    let to = if days < 0 { date.checked_sub_days(Days::new(days.unsigned_abs())) } else { date.checked_add_days(Days::new(days.unsigned_abs())) };
    to.unwrap_or(date)
}

/// Days from one weekday to the next of another: 0 to 6.
fn until(from: Weekday, to: Weekday) -> i64 {
    i64::from((7 + to.num_days_from_monday() - from.num_days_from_monday()) % 7)
}

/// The Monday of the week after this one.
pub(super) fn next_monday(today: NaiveDate) -> NaiveDate {
    later(today, 7 - i64::from(today.weekday().num_days_from_monday()))
}

/// How long ago a day of a month may have passed to be more likely a mistake than next month's.
const PASSED_DAYS: i64 = 7;
/// How far ahead a date without a year may lie in the next one.
const NEXT_YEAR_DAYS: i64 = 183;

impl Day {
    fn unclear(&self, question: String, dates: &[NaiveDate]) -> Unclear {
        let instead = dates.iter().map(|date| (spelt(*date), date.to_string())).collect();
        Unclear::new(About::When, question).with(&self.at, instead)
    }

    fn either(&self, sentence: &str, a: NaiveDate, b: NaiveDate) -> Unclear {
        let said = &sentence[self.at.clone()];
        self.unclear(format!("{said:?} could be {} or {}; which day?", spelt(a), spelt(b)), &[a, b])
    }

    fn none(&self, sentence: &str) -> Unclear {
        self.unclear(format!("{:?} is no day of the calendar", &sentence[self.at.clone()]), &[])
    }

    /// Which day it is, said today; as the end of what begins on another day, if that is given.
    pub fn resolve(&self, sentence: &str, today: NaiveDate, after: Option<NaiveDate>) -> Result<NaiveDate, Unclear> {
        match &self.named {
            Named::Date(date) => Ok(*date),
            Named::FromToday(days) => Ok(later(today, *days)),
            Named::Nonsense => Err(self.none(sentence)),
            Named::Weekday(weekday, which) => self.weekday(sentence, *weekday, *which, today, after),
            Named::OfMonth(day) => self.of_month(sentence, *day, today, after),
            Named::InMonth { day, month, year } => self.in_month(sentence, (*day, *month, *year), today, after),
            Named::Slashed(a, b, year) => {
                let read = |day: u32, month: u32| (month <= 12).then(|| self.in_month(sentence, (day, month, *year), today, after).ok()).flatten();
                match (read(*a, *b), read(*b, *a)) {
                    (Some(one), Some(other)) if one != other => Err(self.either(sentence, one, other)),
                    (Some(one), _) | (_, Some(one)) => Ok(one),
                    (None, None) => Err(self.none(sentence)),
                }
            }
            Named::Both(weekday, date) => {
                let date = Day { named: (**date).clone(), at: self.at.clone() }.resolve(sentence, today, after)?;
                if date.weekday() == *weekday {
                    return Ok(date);
                }
                let question = format!("{:?}: {} is the date; which day is meant?", &sentence[self.at.clone()], spelt(date));
                Err(self.unclear(question, &[date]))
            }
        }
    }

    fn weekday(&self, sentence: &str, weekday: Weekday, which: Which, today: NaiveDate, after: Option<NaiveDate>) -> Result<NaiveDate, Unclear> {
        let of_next_week = later(next_monday(today), i64::from(weekday.num_days_from_monday()));
        let ahead = until(today.weekday(), weekday);
        let coming = later(today, if ahead == 0 { 7 } else { ahead });
        match which {
            Which::Last => Ok(later(coming, -7).min(later(today, -1))),
            Which::Coming => Ok(coming),
            Which::This => Ok(later(today, ahead)),
            Which::Next if coming == of_next_week => Ok(coming),
            Which::Next => Err(self.either(sentence, coming, of_next_week)),
            // Where the week begins on Sunday, the next one has not begun yet.
            Which::OfNextWeek if today.weekday() == Weekday::Sun => Err(self.either(sentence, of_next_week, later(of_next_week, 7))),
            Which::OfNextWeek => Ok(of_next_week),
            Which::Plain => match after {
                Some(first) => {
                    let ahead = until(first.weekday(), weekday);
                    Ok(later(first, if ahead == 0 { 7 } else { ahead }))
                }
                None if ahead == 0 => Err(self.either(sentence, today, coming)),
                None => Ok(coming),
            },
        }
    }

    fn of_month(&self, sentence: &str, day: u32, today: NaiveDate, after: Option<NaiveDate>) -> Result<NaiveDate, Unclear> {
        let earliest = after.unwrap_or(today);
        let this = earliest.with_day(day);
        let first = later(earliest.with_day(1).unwrap_or(earliest), 31);
        let next = first.with_day(day);
        match (this, next) {
            (Some(this), _) if this >= earliest => Ok(this),
            (Some(this), Some(next)) if (earliest - this).num_days() > PASSED_DAYS => Ok(next),
            (Some(this), Some(next)) => {
                let question = format!("{} is over; is {} meant?", spelt(this), spelt(next));
                Err(self.unclear(question, &[next]))
            }
            (_, Some(next)) => {
                let question = format!("{:?}: this month has no such day; is {} meant?", &sentence[self.at.clone()], spelt(next));
                Err(self.unclear(question, &[next]))
            }
            _ => Err(self.none(sentence)),
        }
    }

    fn in_month(
        &self,
        sentence: &str,
        (day, month, year): (u32, u32, Option<i32>),
        today: NaiveDate,
        after: Option<NaiveDate>,
    ) -> Result<NaiveDate, Unclear> {
        let on = |year| NaiveDate::from_ymd_opt(year, month, day);
        if let Some(year) = year {
            return on(year).ok_or_else(|| self.none(sentence));
        }
        let earliest = after.unwrap_or(today);
        match (on(earliest.year()), on(earliest.year() + 1)) {
            (Some(this), _) if this >= earliest => Ok(this),
            (_, Some(next)) if (next - earliest).num_days() <= NEXT_YEAR_DAYS => Ok(next),
            (Some(this), Some(next)) => {
                let question = format!("{} is over; is {} meant?", spelt(this), spelt(next));
                Err(self.unclear(question, &[next]))
            }
            (None, Some(next)) => {
                let question = format!("{:?}: this year has no such day; is {} meant?", &sentence[self.at.clone()], spelt(next));
                Err(self.unclear(question, &[next]))
            }
            _ => Err(self.none(sentence)),
        }
    }
}
