//! Days as people name them, and which day of the calendar that is.

use std::ops::Range;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::lexicon::Sentence;
use super::questions::{Ask, spelt};
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

pub(super) fn weekday(reader: Reader<'_>, i: usize) -> Found<Weekday> {
    let short = || reader.meant(i, reader.lexicon.weekdays_short).map(|(weekday, next)| (weekday, reader.skip(next, &["."])));
    reader.meant(i, reader.lexicon.weekdays).or_else(short)
}

/// "Mondays", "every Monday", "Jumatatu zote": not one day.
pub(super) fn is_repeated(reader: Reader<'_>, i: usize) -> bool {
    let after = || weekday(reader, i).and_then(|(_, next)| reader.any(next, reader.lexicon.repeated_after));
    reader.any(i, reader.lexicon.repeated).or_else(after).is_some()
}

fn month(reader: Reader<'_>, i: usize) -> Found<u32> {
    let short = || reader.meant(i, reader.lexicon.months_short).map(|(month, next)| (month, reader.skip(next, &["."])));
    reader.meant(i, reader.lexicon.months).or_else(short)
}

/// A month after a day of it: `November`, `of November`.
fn month_of(reader: Reader<'_>, i: usize) -> Found<u32> {
    month(reader, i).or_else(|| month(reader, reader.any(i, reader.lexicon.of)?))
}

/// A day of the month: `21`, `21st`.
fn of_month(reader: Reader<'_>, i: usize) -> Found<(u32, bool)> {
    let (day, next) = reader.number(i)?;
    let ordinal = reader.any(next, reader.lexicon.ordinals).filter(|_| reader.is_glued(next));
    (reader.text(i).len() <= 2).then_some(((day, ordinal.is_some()), ordinal.unwrap_or(next)))
}

/// The same with what makes it one before it: `the 21st`, `tarehe 21`, `tarehe ishirini na moja`.
fn day_of_month(reader: Reader<'_>, i: usize) -> Found<(u32, bool)> {
    if let Some(next) = reader.any(i, reader.lexicon.date) {
        let said = reader.in_words(next).map(|(day, next)| ((day, true), next));
        return said.or_else(|| of_month(reader, next).map(|((day, _), next)| ((day, true), next)));
    }
    of_month(reader, reader.skip(i, reader.lexicon.the))
}

fn year(reader: Reader<'_>, i: usize) -> Found<i32> {
    let after = reader.skip(i, &[",", "mwaka", "mwaka wa"]);
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
    let first = reader.skip(i, reader.lexicon.date);
    if let Some(((year, month, day), next)) = iso(reader, first) {
        return Some((date(year, month, day), next));
    }
    let in_month = |day, month, next| {
        let said = year(reader, next);
        let (year, next) = said.map_or((None, next), |(year, next)| (Some(year), next));
        Some((Named::InMonth { day, month, year }, next))
    };
    for mark in ["/", "."] {
        let shaped = reader.is(first + 1, mark) && reader.is_glued(first + 1) && reader.is_glued(first + 2);
        if let (true, Some(((a, _), _)), Some(((b, _), next))) = (shaped, of_month(reader, first), of_month(reader, first + 2)) {
            let more = reader.is(next, mark) && reader.is_glued(next) && reader.is_glued(next + 1) && reader.has_digits(next + 1, 4);
            let year = reader.number(next + 1).filter(|_| more).and_then(|(year, after)| Some((i32::try_from(year).ok()?, after)));
            // Without a year 3.30 is rather a time.
            if mark == "/" || year.is_some() || first > i {
                let (year, next) = year.map_or((None, next), |(year, next)| (Some(year), next));
                return Some((Named::Slashed(a, b, year), next));
            }
        }
    }
    if let Some(((day, ordinal), next)) = day_of_month(reader, i) {
        if let Some((month, next)) = month_of(reader, next) {
            return in_month(day, month, next);
        }
        if ordinal {
            return Some((Named::OfMonth(day), reader.skip(next, reader.lexicon.of_this_month)));
        }
    }
    let (month, next) = month(reader, i)?;
    let ((day, _), next) = of_month(reader, reader.skip(next, reader.lexicon.the)).filter(|(_, after)| !reader.is(*after, ":"))?;
    in_month(day, month, next)
}

/// A day, whatever way it is named.
pub(super) fn day(reader: Reader<'_>, i: usize) -> Found<Day> {
    let i = reader.skip(i, reader.lexicon.on);
    let (named, next) = relative(reader, i).or_else(|| on_weekday(reader, i)).or_else(|| dated(reader, i))?;
    Some((Day { named, at: reader.lexemes[i].at.start..reader.lexemes[next - 1].at.end }, next))
}

fn relative(reader: Reader<'_>, i: usize) -> Found<Named> {
    if let Some((days, next)) = reader.meant(i, reader.lexicon.relative) {
        return Some((Named::FromToday(days), next));
    }
    let (count, next) = reader.count(reader.any(i, reader.lexicon.days_ahead)?)?;
    let (unit, next) = reader.meant(next, reader.lexicon.units)?;
    Some((Named::FromToday(i64::from(count) * unit), reader.skip(next, reader.lexicon.days_ahead_after)))
}

fn on_weekday(reader: Reader<'_>, i: usize) -> Found<Named> {
    let lexicon = reader.lexicon;
    if let Some((weekday, next)) = reader.any(i, lexicon.before_weekday_next_week).and_then(|next| weekday(reader, reader.skip(next, lexicon.on))) {
        return Some((Named::Weekday(weekday, Which::OfNextWeek), next));
    }
    let before = if lexicon.noun_first { None } else { reader.meant(i, lexicon.which) };
    let (which, start) = before.unwrap_or((Which::Plain, i));
    let (weekday, next) = weekday(reader, start)?;
    if which != Which::Plain {
        return Some((Named::Weekday(weekday, which), next));
    }
    if let Some(next) = reader.any(next, lexicon.of_next_week) {
        return Some((Named::Weekday(weekday, Which::OfNextWeek), next));
    }
    if let Some(next) = reader.any(next, lexicon.of_this_week) {
        return Some((Named::Weekday(weekday, Which::This), next));
    }
    if let Some((which, next)) = reader.meant(next, lexicon.which).filter(|_| lexicon.noun_first) {
        return Some((Named::Weekday(weekday, which), next));
    }
    let after = reader.skip(next, &[","]);
    match dated(reader, after) {
        Some((date, next)) => Some((Named::Both(weekday, Box::new(date)), next)),
        None => Some((Named::Weekday(weekday, which), next)),
    }
}

/// Two days in short: `2026-11-21..23`, `21-23 Nov`, `Nov 21 to 23`, `the 21st to the 23rd of November`.
pub(super) fn short_run(reader: Reader<'_>, i: usize, between: bool) -> Found<(Day, Day)> {
    let placed = |from: usize, next: usize| reader.lexemes[from].at.start..reader.lexemes[next - 1].at.end;
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
    let lexicon = reader.lexicon;
    if let Some(((first, ordinal), next)) = day_of_month(reader, i) {
        let ((last, _), next) = day_of_month(reader, reader.joint(next, between)?)?;
        if let Some((month, next)) = month_of(reader, next) {
            let said = year(reader, next);
            let (year, next) = said.map_or((None, next), |(year, next)| (Some(year), next));
            return both(Named::InMonth { day: first, month, year }, Named::InMonth { day: last, month, year }, next);
        }
        // The second is a time, or a date by itself.
        if !ordinal || reader.any(next, &["/", ":"]).is_some() || reader.is(next, ".") && reader.is_glued(next + 1) {
            return None;
        }
        return both(Named::OfMonth(first), Named::OfMonth(last), reader.skip(next, lexicon.of_this_month));
    }
    let (month, next) = month(reader, i)?;
    let ((first, _), next) = of_month(reader, reader.skip(next, lexicon.the))?;
    let ((last, _), next) = of_month(reader, reader.skip(reader.joint(next, between)?, lexicon.the))?;
    if reader.any(next, &["am", "pm", ":"]).is_some() {
        return None;
    }
    let said = year(reader, next);
    let (year, next) = said.map_or((None, next), |(year, next)| (Some(year), next));
    both(Named::InMonth { day: first, month, year }, Named::InMonth { day: last, month, year }, next)
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
    fn unclear(&self, sentence: Sentence<'_>, ask: &Ask<'_>, dates: &[NaiveDate]) -> Unclear {
        let instead = dates.iter().map(|date| (spelt(*date, sentence.lexicon.language), date.to_string())).collect();
        sentence.asks(About::When, ask).with(&self.at, instead)
    }

    fn either(&self, sentence: Sentence<'_>, a: NaiveDate, b: NaiveDate) -> Unclear {
        let said = &sentence[self.at.clone()];
        self.unclear(sentence, &Ask::WhichDay { said, a, b }, &[a, b])
    }

    fn none(&self, sentence: Sentence<'_>) -> Unclear {
        self.unclear(sentence, &Ask::NoDay(&sentence[self.at.clone()]), &[])
    }

    /// Which day it is, said today; as the end of what begins on another day, if that is given.
    pub fn resolve(&self, sentence: Sentence<'_>, today: NaiveDate, after: Option<NaiveDate>) -> Result<NaiveDate, Unclear> {
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
                Err(self.unclear(sentence, &Ask::OtherDate { said: &sentence[self.at.clone()], date }, &[date]))
            }
        }
    }

    fn weekday(
        &self,
        sentence: Sentence<'_>,
        weekday: Weekday,
        which: Which,
        today: NaiveDate,
        after: Option<NaiveDate>,
    ) -> Result<NaiveDate, Unclear> {
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

    fn of_month(&self, sentence: Sentence<'_>, day: u32, today: NaiveDate, after: Option<NaiveDate>) -> Result<NaiveDate, Unclear> {
        let earliest = after.unwrap_or(today);
        let this = earliest.with_day(day);
        let first = later(earliest.with_day(1).unwrap_or(earliest), 31);
        let next = first.with_day(day);
        match (this, next) {
            (Some(this), _) if this >= earliest => Ok(this),
            (Some(this), Some(next)) if (earliest - this).num_days() > PASSED_DAYS => Ok(next),
            (Some(this), Some(next)) => Err(self.unclear(sentence, &Ask::Passed { this, next }, &[next])),
            (_, Some(next)) => Err(self.unclear(sentence, &Ask::NotThisMonth { said: &sentence[self.at.clone()], next }, &[next])),
            _ => Err(self.none(sentence)),
        }
    }

    fn in_month(
        &self,
        sentence: Sentence<'_>,
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
            (Some(this), Some(next)) => Err(self.unclear(sentence, &Ask::Passed { this, next }, &[next])),
            (None, Some(next)) => Err(self.unclear(sentence, &Ask::NotThisYear { said: &sentence[self.at.clone()], next }, &[next])),
            _ => Err(self.none(sentence)),
        }
    }
}
