//! Times as people say them, and what they could be.

use std::ops::Range;

use super::lexicon::Sentence;
use super::questions::Ask;
use super::reader::{Found, Reader};
use super::{About, Unclear, clock};
use crate::domain::Language;

/// A part of the day, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub start: u32,
    pub end: u32,
    /// "This morning", "tonight": today's.
    pub today: bool,
}

pub(super) const MORNING: Part = Part { start: 6 * 60, end: 12 * 60, today: false };
pub(super) const AFTERNOON: Part = Part { start: 12 * 60, end: 17 * 60, today: false };
pub(super) const EVENING: Part = Part { start: 17 * 60, end: 22 * 60, today: false };
/// Today's.
pub(super) const fn todays(part: Part) -> Part {
    Part { today: true, ..part }
}

/// Between these a time without am or pm is looked for.
const WAKING: Range<u32> = 6 * 60..22 * 60;
/// Minutes of a day.
pub(super) const DAY: u32 = 24 * 60;

/// Which clock a time was read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing else is possible.
    Either,
    Swahili,
    Wall,
}

impl Reading {
    /// Who says two times reads both on one clock.
    fn goes_with(self, other: Reading) -> bool {
        self == other || self == Reading::Either || other == Reading::Either
    }
}

/// A time of day as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    /// Minutes after midnight that it could be.
    pub could_be: Vec<(u32, Reading)>,
    /// Nothing said whether it is in the morning.
    pub open: bool,
    /// It is a number alone, which could be a day as well.
    pub bare: bool,
    pub at: Range<usize>,
}

impl Time {
    fn starts(&self) -> Vec<(u32, Reading)> {
        self.could_be.iter().copied().filter(|(minute, _)| if self.open { WAKING.contains(minute) } else { *minute < DAY }).collect()
    }

    fn ends(&self) -> Vec<(u32, Reading)> {
        let within = |minute: u32| if self.open { WAKING.start < minute && minute <= WAKING.end } else { minute > 0 };
        self.could_be.iter().copied().filter(|(minute, _)| within(*minute)).collect()
    }
}

/// The part of a day that is named here: `morning`, `this morning`, `tonight`, `in the evening`.
pub(super) fn part(reader: Reader<'_>, i: usize) -> Found<Part> {
    let lexicon = reader.lexicon;
    let named = |i: usize| reader.meant(i, lexicon.parts);
    if let Some((part, next)) = reader.any(i, lexicon.this).and_then(named) {
        return Some((todays(part), next));
    }
    named(i).or_else(|| named(reader.any(i, lexicon.in_part)?))
}

/// Is it half of the day, am (0) or pm (12)?
pub(super) fn half(reader: Reader<'_>, i: usize) -> Found<u32> {
    let halves = [("am", 0), ("pm", 12), ("a . m .", 0), ("p . m .", 12), ("a . m", 0), ("p . m", 12)];
    halves.iter().find_map(|(word, hours)| Some((*hours, reader.phrase(i, word)?)))
}

/// A time; a number alone only where `bare` is allowed.
pub(super) fn time(reader: Reader<'_>, i: usize, bare: bool) -> Found<Time> {
    let lexicon = reader.lexicon;
    let start = reader.skip(i, lexicon.at);
    let start = if start > i && reader.lexemes.get(start).is_none() { i } else { start };
    let placed = |next: usize| reader.lexemes[start].at.start..reader.lexemes[next - 1].at.end;
    let exact = |(minutes, next): (Vec<u32>, usize)| Some((Time { could_be: sure(minutes), open: false, bare: false, at: placed(next) }, next));
    if let Some(next) = reader.any(start, lexicon.noon) {
        return exact((vec![DAY / 2], next));
    }
    if let Some(next) = reader.any(start, lexicon.midnight) {
        return exact((vec![0, DAY], next));
    }
    if lexicon.language == Language::Swahili {
        return clock::time(reader, start, bare);
    }
    if let Some((minutes, next)) = spoken(reader, start) {
        let (hour, next) = reader.count(next).filter(|(hour, _)| (1..=12).contains(hour))?;
        return told(reader, start, (hour * 60).checked_add_signed(minutes)?, next, false);
    }
    let (hour, next) = reader.number(start).filter(|(_, _)| reader.text(start).len() <= 2)?;
    let minutes = |mark: &str| {
        let shaped = reader.is(next, mark) && reader.is_glued(next) && reader.is_glued(next + 1) && reader.has_digits(next + 1, 2);
        reader.number(next + 1).filter(|(minute, _)| shaped && *minute < 60)
    };
    if hour > 24 {
        return None;
    }
    if let Some((minute, next)) = minutes(":") {
        // Two digits before the colon are the clock of 24 hours.
        let two = reader.text(start).len() == 2;
        return if two && half(reader, next).is_none() {
            clock_of_24(hour * 60 + minute, next).and_then(exact)
        } else {
            told(reader, start, hour * 60 + minute, next, false)
        };
    }
    if let Some((minute, next)) = minutes(".").filter(|(_, next)| half(reader, *next).is_some()) {
        return told(reader, start, hour * 60 + minute, next, false);
    }
    if let Some(next) = reader.any(next, &["h", "hrs", "hr"]).filter(|_| reader.is_glued(next)) {
        let minute = reader.number(next).filter(|(minute, _)| reader.is_glued(next) && *minute < 60);
        let (minute, next) = minute.unwrap_or((0, next));
        return clock_of_24(hour * 60 + minute, next).and_then(exact);
    }
    if let Some(next) = reader.any(next, &["o'clock"]) {
        return told(reader, start, hour * 60, next, false);
    }
    if half(reader, next).is_some() {
        return told(reader, start, hour * 60, next, false);
    }
    // A number before one of these is not a time.
    let other = ["st", "nd", "rd", "th", "/", ":", "day", "days", "week", "weeks", "hour", "hours", "minutes", "minute", "%", "people"];
    let continues = reader.any(next, &other).is_some() || (reader.is(next, "-") && reader.is_glued(next) && reader.has_digits(start, 4));
    if !bare || continues { None } else { told(reader, start, hour * 60, next, true) }
}

/// What a time on the clock of 24 hours could be: midnight is the beginning of a day and the end of one.
pub(super) fn clock_of_24(minutes: u32, next: usize) -> Found<Vec<u32>> {
    match minutes {
        0 => Some((vec![0, DAY], next)),
        _ if minutes <= DAY => Some((vec![minutes], next)),
        _ => None,
    }
}

fn sure(minutes: Vec<u32>) -> Vec<(u32, Reading)> {
    minutes.into_iter().map(|minute| (minute, Reading::Either)).collect()
}

/// "Half past", "quarter to": minutes beside the full hour.
fn spoken(reader: Reader<'_>, i: usize) -> Found<i32> {
    let phrases = [("half past", 30), ("quarter past", 15), ("a quarter past", 15), ("quarter to", -15), ("a quarter to", -15)];
    phrases.iter().find_map(|(phrase, minutes)| Some((*minutes, reader.phrase(i, phrase)?)))
}

/// A time on the clock of 12 hours, with or without its half of the day; beyond 12 on the clock of 24.
fn told(reader: Reader<'_>, start: usize, minutes: u32, next: usize, bare: bool) -> Found<Time> {
    let said = half(reader, next);
    let end = said.map_or(next, |(_, next)| next);
    let at = reader.lexemes[start].at.start..reader.lexemes[end - 1].at.end;
    let of_12 = (45..13 * 60).contains(&minutes);
    let (could_be, open) = match said {
        Some((hours, _)) if of_12 => {
            let minute = minutes % (DAY / 2) + hours * 60;
            (if minute == 0 { vec![0, DAY] } else { vec![minute] }, false)
        }
        // 15pm is what it says anyway; 15am is nothing.
        Some((12, _)) if minutes < DAY => (vec![minutes], false),
        Some(_) => return None,
        None if of_12 => (vec![minutes % (DAY / 2), minutes % (DAY / 2) + DAY / 2], true),
        None => (clock_of_24(minutes, end)?.0, false),
    };
    Some((Time { could_be: sure(could_be), open, bare, at }, end))
}

/// `15:00`.
pub(super) fn spelt(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A start and an end on one day: what both could be, within a part of the day where one was named.
pub(super) fn choose(
    sentence: Sentence<'_>,
    start: Option<&Time>,
    end: Option<&Time>,
    part: Option<Part>,
) -> Result<(Option<u32>, Option<u32>), Unclear> {
    let (low, high) = part.map_or((0, DAY), |part| (part.start, part.end));
    let starts = start.map_or(sure(vec![low]), Time::starts);
    let ends = end.map_or(sure(vec![high]), Time::ends);
    let fits = |s: u32, e: u32| s < e && (part.is_none() || (low <= s && s < high && low < e && e <= high));
    let all = starts.iter().flat_map(|(s, on)| ends.iter().filter(|(_, other)| on.goes_with(*other)).map(move |(e, _)| (*s, *e)));
    let pairs: Vec<(u32, u32)> = all.filter(|(s, e)| fits(*s, *e)).collect();
    let at = match (start, end) {
        (Some(start), Some(end)) => start.at.start.min(end.at.start)..start.at.end.max(end.at.end),
        (Some(one), None) | (None, Some(one)) => one.at.clone(),
        (None, None) => 0..0,
    };
    let said = &sentence[at.clone()];
    match pairs[..] {
        [(s, e)] => Ok(((s > 0).then_some(s), (e < DAY).then_some(e))),
        [] if starts.is_empty() || ends.is_empty() => Err(sentence.asks(About::When, &Ask::NoTime(said))),
        [] if part.is_some() => Err(sentence.asks(About::When, &Ask::NotInPart(said))),
        [] => Err(sentence.asks(About::Backwards, &Ask::TimesBackwards(said))),
        _ => {
            let words = |(s, e): (u32, u32)| match (start, end) {
                (Some(_), Some(_)) => format!("{} {} {}", spelt(s), sentence.lexicon.says.to, spelt(e)),
                (Some(_), None) => spelt(s),
                _ => spelt(e),
            };
            let instead: Vec<(String, String)> = pairs.iter().map(|pair| (words(*pair), words(*pair))).collect();
            let ask = Ask::CouldBe { said, ways: instead.iter().map(|(means, _)| means.as_str()).collect() };
            Err(sentence.asks(About::When, &ask).with(&at, instead))
        }
    }
}

/// A time by itself, at one end of an absence over several days.
pub(super) fn alone(sentence: Sentence<'_>, time: &Time, is_start: bool) -> Result<Option<u32>, Unclear> {
    let (start, end) = if is_start { choose(sentence, Some(time), None, None)? } else { choose(sentence, None, Some(time), None)? };
    Ok(if is_start { start } else { end })
}
