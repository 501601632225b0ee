//! Going through a sentence: every lexeme is part of a name, of a day or a time, of a phrase that is known, or it is unknown.

use std::ops::Range;

use chrono::NaiveDate;

use super::calendar::{self, Day};
use super::hours::{self, Part, Time};
use super::lex::Lexeme;
use super::names::Mention;
use super::reader::{Found, Reader};
use super::{About, Unclear, vocabulary};

/// One end of an absence.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub day: Option<Day>,
    pub time: Option<Time>,
    pub part: Option<Part>,
    /// The day itself does not belong to it: "before Monday", "back on Monday".
    pub is_outside: bool,
    pub at: Range<usize>,
}

/// Days that were named.
#[derive(Debug, Clone)]
pub(super) enum Stretch {
    One(Day),
    Run(Day, Day),
    Fixed(NaiveDate, NaiveDate),
}

/// How long it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Days(u32),
    Minutes(u32),
}

/// What a sentence says, before it is known which days that is.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    pub days: Vec<Stretch>,
    pub start: Option<Bound>,
    pub end: Option<Bound>,
    pub part: Option<Part>,
    pub length: Option<Length>,
    /// From this moment on.
    pub now: bool,
    /// What is left of today.
    pub rest: bool,
    /// "Will": it need not begin today.
    pub ahead: bool,
    pub is_late: bool,
    pub is_early: bool,
    pub reason: Option<String>,
    /// Words that nobody knows.
    pub unknown: Vec<Range<usize>>,
    /// Something that cannot be what it says, whoever it is about.
    pub trouble: Option<Unclear>,
}

const STARTS: &[&str] = &[
    "starting from",
    "starting at",
    "starting on",
    "starting",
    "beginning",
    "as of",
    "as from",
    "from",
    "after",
    "past",
    "since",
    "leaves early at",
    "leaves at",
    "leaving at",
    "leave at",
    "leaves",
    "goes home at",
    "going home at",
    "go home at",
    "leave early at",
];
const LEAVES: &[&str] = &["leaves", "leaving", "leave", "goes", "going", "go"];
const ENDS: &[&str] = &[
    "up until",
    "up to",
    "until",
    "till",
    "til",
    "through",
    "thru",
    "before",
    "comes in at",
    "coming in at",
    "come in at",
    "arrives at",
    "arriving at",
    "starts at",
    "start at",
    "in at",
    "ending",
    "ending on",
];
const ARRIVES: &[&str] = &["comes", "coming", "come", "arrives", "arriving", "starts", "start", "in"];
const BACKS: &[&str] = &[
    "will be back on",
    "will be back at",
    "will be back by",
    "will be back",
    "is back on",
    "is back at",
    "will return on",
    "will return",
    "back on",
    "back at",
    "back by",
    "back",
    "returns on",
    "returns at",
    "returns",
    "returning on",
    "returning",
    "return on",
];
const MARKS: &[&str] = &[",", ".", "!", ";", ":", "\"", "'", "(", ")", "-", "–", "—", "“", "”", "…"];

struct Ear<'a> {
    sentence: &'a str,
    reader: Reader<'a>,
    today: NaiveDate,
    heard: Heard,
    /// A "not" stands open; whether it says so alone.
    open_not: Option<bool>,
    /// Where a "not there" has just ended.
    denied_at: Option<usize>,
    away: bool,
    there: bool,
    /// Somebody is back from a day on.
    returns: bool,
}

/// Goes through a sentence.
pub(super) fn hear(sentence: &str, lexemes: &[Lexeme], mentions: &[Mention], today: NaiveDate) -> Result<Heard, Unclear> {
    let mut ear = Ear {
        sentence,
        reader: Reader(lexemes),
        today,
        heard: Heard::default(),
        open_not: None,
        denied_at: None,
        away: false,
        there: false,
        returns: false,
    };
    let mut i = 0;
    let command = ear.reader.any(0, &["/ absence", "/ absent", "/ away"]);
    if let Some(next) = command {
        (ear.away, i) = (true, next);
    } else if ear.reader.any(0, &["is", "are", "who", "what", "when", "why", "which", "how", "does", "did", "can", "could"]).is_some() {
        return Err(not_an_absence("that is a question; say who is away and when"));
    }
    while i < lexemes.len() {
        i = match mentions.iter().find(|mention| mention.lexemes.contains(&i)) {
            Some(mention) => mention.lexemes.end,
            None => ear.next(i)?,
        };
    }
    if ear.open_not == Some(true) {
        ear.away = true;
    }
    if (ear.there || ear.returns) && !ear.away {
        return Err(not_an_absence("that tells of somebody who is there, not of an absence; an absence is taken back by its undo"));
    }
    if ear.there || ear.open_not == Some(false) {
        return Err(Unclear::new(About::NotAnAbsence, "is that an absence or not? Say only from when to when somebody is away"));
    }
    if !ear.away && ear.heard.unknown.is_empty() {
        return Err(not_an_absence("that does not say that somebody is away; say it like \"Grace is out sick today\""));
    }
    Ok(ear.heard)
}

fn not_an_absence(question: &str) -> Unclear {
    Unclear::new(About::NotAnAbsence, question)
}

impl Ear<'_> {
    fn at(&self, from: usize, next: usize) -> Range<usize> {
        self.reader.0[from].at.start..self.reader.0[next - 1].at.end
    }

    fn trouble(&mut self, unclear: Unclear) {
        self.heard.trouble.get_or_insert(unclear);
    }

    /// What stands at `i`, and where it ends.
    fn next(&mut self, i: usize) -> Result<usize, Unclear> {
        let reader = self.reader;
        if reader.is(i, "?") {
            return Err(not_an_absence("that is a question; say who is away and when"));
        }
        if let Some(next) = self.when(i) {
            return Ok(next);
        }
        if reader.any(i, vocabulary::UNDOES).is_some() {
            return Err(not_an_absence("that takes an absence back; undo it by its id"));
        }
        if let Some((next, alone)) = vocabulary::NOT.iter().filter_map(|(word, alone)| Some((reader.phrase(i, word)?, *alone))).max() {
            self.open_not = Some(alone || self.open_not == Some(true));
            return Ok(next);
        }
        if let Some(next) = self.evidence(i) {
            return Ok(next);
        }
        if let Some(next) = reader.any(i, vocabulary::AHEAD) {
            self.heard.ahead = true;
            return Ok(next);
        }
        if let Some(next) = reader.any(i, vocabulary::FILLERS).max(reader.any(i, MARKS)) {
            return Ok(next);
        }
        let here = self.at(i, i + 1);
        match self.heard.unknown.last_mut() {
            Some(run) if i > 0 && run.end == reader.0[i - 1].at.end => run.end = here.end,
            _ => self.heard.unknown.push(here),
        }
        Ok(i + 1)
    }

    /// Words that say that somebody is away, or there.
    fn evidence(&mut self, i: usize) -> Option<usize> {
        let reader = self.reader;
        let away =
            vocabulary::AWAY.iter().filter_map(|(phrase, reason)| Some((reader.phrase(i, phrase)?, *reason, *phrase))).max_by_key(|found| found.0);
        let there = reader.any(i, vocabulary::THERE);
        if let Some((next, reason, phrase)) = away.filter(|(next, ..)| there.is_none_or(|there| *next >= there)) {
            let is_denied = self.open_not.take().is_some();
            (self.away, self.there) = (self.away || !is_denied, self.there || is_denied);
            if let Some(reason) = reason {
                self.heard.reason.get_or_insert_with(|| reason.to_owned());
            }
            self.heard.is_late |= phrase == "late";
            self.heard.is_early |= phrase.ends_with("early");
            return Some(next);
        }
        let next = there?;
        if self.open_not.take().is_some() {
            self.away = true;
            self.denied_at = Some(next);
            if ["feeling", "well", "fit", "fine", "better"].contains(&reader.text(i)) {
                self.heard.reason.get_or_insert_with(|| "sick".to_owned());
            }
        } else if !reader.is(i, "in") || self.is_statement(i) {
            self.there = true;
        }
        Some(next)
    }

    /// "Grace is in tomorrow" and not "in the name of": after a form of to be.
    fn is_statement(&self, i: usize) -> bool {
        i > 0 && ["is", "be", "'s", "she's", "he's"].contains(&self.reader.text(i - 1))
    }

    /// A day, a time, a span.
    fn when(&mut self, i: usize) -> Option<usize> {
        let reader = self.reader;
        if calendar::is_repeated(reader, i) {
            let question =
                format!("{:?}: one absence is one stretch of time; what comes again belongs in the hours", &self.sentence[self.at(i, i + 1)]);
            self.trouble(Unclear::new(About::When, question));
            return Some(i + 1);
        }
        self.fixed(i)
            .or_else(|| self.back(i))
            .or_else(|| self.range(i))
            .or_else(|| self.one_sided(i))
            .or_else(|| self.length(i))
            .or_else(|| self.loose(i))
    }

    /// Spans that have a name: this week, the rest of the day, all day.
    fn fixed(&mut self, i: usize) -> Option<usize> {
        let reader = self.reader;
        let lead = reader.skip(i, &["for the whole of", "the whole of", "for all of", "all of", "for", "over", "during", "all"]);
        let rest =
            ["the rest of the day", "rest of the day", "the rest of today", "rest of today", "the remainder of the day", "remainder of the day"];
        if let Some(next) = reader.any(lead, &rest) {
            self.heard.rest = true;
            return Some(next);
        }
        if let Some(next) = reader.any(i, &["from now on", "from now", "right now", "as of now", "straight away", "immediately", "now"]) {
            self.heard.now = true;
            return Some(next);
        }
        let whole =
            ["all day long", "all day", "the whole day", "whole day", "the full day", "full day", "the entire day", "for the day", "all - day"];
        if let Some(next) = reader.any(i, &whole) {
            return Some(next);
        }
        if let Some(next) = reader.any(i, &["half a day", "half the day", "half day", "a half day", "half - day"]) {
            let halves = ["in the morning", "in the afternoon"].map(|half| (half.to_owned(), half.to_owned())).to_vec();
            let at = self.at(i, next);
            self.trouble(Unclear::new(About::When, "which half of the day?").with(&at, halves));
            return Some(next);
        }
        let this_week = [
            "this week",
            "the rest of the week",
            "rest of the week",
            "the rest of this week",
            "rest of this week",
            "the remainder of the week",
            "all week",
            "the whole week",
        ];
        let weekend = ["this weekend", "the weekend", "the coming weekend", "this coming weekend", "at the weekend", "weekend"];
        if let Some(next) = reader.any(lead, &this_week).max(reader.any(i, &this_week)) {
            return self.week(i, next, false);
        }
        if let Some(next) = reader.any(lead, &["next weekend"]) {
            let saturday = calendar::later(calendar::next_monday(self.today), -2).max(self.today);
            let other = calendar::later(calendar::next_monday(self.today), 5);
            return self.either(i, next, (saturday, calendar::later(calendar::next_monday(self.today), -1)), (other, calendar::later(other, 1)));
        }
        if let Some(next) = reader.any(lead, &weekend) {
            let saturday = calendar::later(calendar::next_monday(self.today), -2).max(self.today);
            self.heard.days.push(Stretch::Fixed(saturday, calendar::later(calendar::next_monday(self.today), -1)));
            return Some(next);
        }
        let next = reader.any(lead, &["next week", "the next week", "the whole next week", "whole next week"])?;
        // "Next week Monday" is a day.
        if calendar::day(reader, lead).is_some() { None } else { self.week(i, next, true) }
    }

    fn week(&mut self, i: usize, next: usize, is_next: bool) -> Option<usize> {
        let monday = calendar::next_monday(self.today);
        let sunday = calendar::later(monday, -1);
        let following = (monday, calendar::later(monday, 6));
        // Where the week begins on Sunday, a new one begins today.
        if self.today == sunday {
            let other = if is_next { (calendar::later(monday, 7), calendar::later(monday, 13)) } else { (self.today, self.today) };
            return self.either(i, next, following, other);
        }
        let (first, last) = if is_next { following } else { (self.today, sunday) };
        self.heard.days.push(Stretch::Fixed(first, last));
        Some(next)
    }

    fn either(&mut self, i: usize, next: usize, a: (NaiveDate, NaiveDate), b: (NaiveDate, NaiveDate)) -> Option<usize> {
        let at = self.at(i, next);
        let words = |(first, last): (NaiveDate, NaiveDate)| {
            let means = if first == last { calendar::spelt(first) } else { format!("{} to {}", calendar::spelt(first), calendar::spelt(last)) };
            (means, format!("from {first} to {last}"))
        };
        let instead = vec![words(a), words(b)];
        let question = format!("{:?} could be {} or {}; which?", &self.sentence[at.clone()], instead[0].0, instead[1].0);
        self.trouble(Unclear::new(About::When, question).with(&at, instead));
        Some(next)
    }

    /// "Back on Monday": away until the day before.
    fn back(&mut self, i: usize) -> Option<usize> {
        if self.open_not.is_some() {
            return None;
        }
        let (bound, next) = self.point(self.reader.any(i, BACKS)?, true)?;
        self.returns = true;
        self.end(Bound { is_outside: true, ..bound });
        Some(next)
    }

    /// "From Monday to Wednesday", "between 14:00 and 16:30", `2026-11-21..23`.
    fn range(&mut self, i: usize) -> Option<usize> {
        let reader = self.reader;
        let between = reader.any(i, &["between", "in between"]);
        let start = between.unwrap_or_else(|| reader.skip(i, &["from", "starting from", "starting on", "starting", "beginning", "on"]));
        if let Some(((first, last), next)) = calendar::short_run(reader, start, between.is_some()) {
            self.heard.days.push(Stretch::Run(first, last));
            return Some(next);
        }
        let (a, next) = self.point(start, true)?;
        let (b, next) = self.point(reader.joint(next, between.is_some())?, true)?;
        self.between(a, b);
        Some(next)
    }

    fn between(&mut self, a: Bound, b: Bound) {
        let is_day = |bound: &Bound| bound.time.is_none() && bound.part.is_none();
        match (a.day.clone(), b.day.clone()) {
            (Some(first), Some(last)) if is_day(&a) && is_day(&b) => self.heard.days.push(Stretch::Run(first, last)),
            (Some(day), None) => {
                self.heard.days.push(Stretch::One(day));
                if !is_day(&a) {
                    self.start(Bound { day: None, ..a });
                }
                self.end(b);
            }
            (None, Some(day)) if !is_day(&b) => {
                self.heard.days.push(Stretch::One(day));
                self.start(a);
                self.end(Bound { day: None, ..b });
            }
            _ => {
                self.start(a);
                self.end(b);
            }
        }
    }

    fn start(&mut self, bound: Bound) {
        if self.heard.start.is_some() {
            self.twice(&bound);
        }
        self.heard.start = Some(bound);
    }

    fn end(&mut self, bound: Bound) {
        if self.heard.end.is_some() {
            self.twice(&bound);
        }
        self.heard.end = Some(bound);
    }

    /// A time with its day stands on that day alone, where the words say so: who leaves at 3pm tomorrow is there until then.
    fn same_day(&mut self, bound: Bound, within: bool) -> Bound {
        match &bound.day {
            Some(day) if (within || day.named == calendar::Named::FromToday(0)) && (bound.time.is_some() || bound.part.is_some()) => {
                self.heard.days.push(Stretch::One(day.clone()));
                Bound { day: None, ..bound }
            }
            _ => bound,
        }
    }

    fn twice(&mut self, bound: &Bound) {
        let question = format!("{:?} comes beside another time; one absence is one stretch: from when to when?", &self.sentence[bound.at.clone()]);
        self.trouble(Unclear::new(About::When, question));
    }

    /// "After 3pm", "until Friday", "leaves at 4".
    fn one_sided(&mut self, i: usize) -> Option<usize> {
        let reader = self.reader;
        if let Some((bound, next)) = reader.any(i, STARTS).and_then(|start| self.point(start, true)) {
            let is_outside = reader.is(i, "after") && bound.time.is_none() && bound.part.is_none();
            let leaves = LEAVES.contains(&reader.text(i));
            self.away |= leaves;
            let bound = self.same_day(Bound { is_outside, ..bound }, leaves || reader.any(i, &["after", "past"]).is_some());
            self.start(bound);
            return Some(reader.skip(next, &["onwards", "onward", "on", "and later"]));
        }
        let (bound, next) = self.point(reader.any(i, ENDS)?, true)?;
        let is_day = bound.time.is_none() && bound.part.is_none();
        if self.open_not.is_some() && ARRIVES.contains(&reader.text(i)) {
            return None;
        }
        let arrives = ARRIVES.contains(&reader.text(i));
        self.away |= arrives;
        let until = ["until", "till", "til", "up to", "up until"];
        if self.denied_at == Some(i) && is_day && reader.any(i, &until).is_some() {
            let day = &self.sentence[bound.at.clone()];
            let instead = vec![(format!("away on {day} too"), format!("through {day}")), (format!("there again on {day}"), format!("back on {day}"))];
            let at = self.at(i, next);
            self.trouble(Unclear::new(About::When, format!("is {day} still part of it?")).with(&at, instead));
        }
        let bound = Bound { is_outside: is_day && reader.is(i, "before"), ..bound };
        let within = arrives || self.heard.is_late || self.denied_at == Some(i);
        let bound = self.same_day(bound, within);
        self.end(bound);
        Some(next)
    }

    /// "For three days", "2 hours".
    fn length(&mut self, i: usize) -> Option<usize> {
        let reader = self.reader;
        let stated = reader.any(i, &["for a total of", "for another", "for"]);
        let start = stated.unwrap_or(i);
        let ahead = reader.any(start, &["the next", "next", "the coming", "the following"]);
        let counted = if stated.is_some() || ahead.is_some() { reader.count(ahead.unwrap_or(start)) } else { reader.number(start) };
        if stated.is_some()
            && let Some(next) = reader.any(start, &["half an hour"])
        {
            return self.lasts(Length::Minutes(30), i, next);
        }
        let (count, next) = counted.or_else(|| (stated.is_none()).then(|| reader.count(start)).flatten().filter(|(count, _)| *count > 1))?;
        if let Some((days, next)) = calendar::span_unit(reader, next) {
            let days = count.saturating_mul(u32::try_from(days).unwrap_or(1));
            if ahead.is_some() {
                let last = |first| calendar::later(first, i64::from(days.clamp(1, 400)) - 1);
                let tomorrow = calendar::later(self.today, 1);
                return self.either(i, next, (self.today, last(self.today)), (tomorrow, last(tomorrow)));
            }
            return self.lasts(Length::Days(days), i, next);
        }
        let units = [("hours", 60), ("hour", 60), ("hrs", 60), ("minutes", 1), ("minute", 1), ("mins", 1), ("min", 1)];
        let (minutes, next) = units.iter().find_map(|(word, minutes)| Some((*minutes, reader.phrase(next, word)?)))?;
        self.lasts(Length::Minutes(count.saturating_mul(minutes)), i, next)
    }

    fn lasts(&mut self, length: Length, i: usize, next: usize) -> Option<usize> {
        if self.heard.length.replace(length).is_some() || matches!(length, Length::Days(0) | Length::Minutes(0)) {
            let question = format!("{:?}: how long is it?", &self.sentence[self.at(i, next)]);
            self.trouble(Unclear::new(About::When, question));
        }
        Some(next)
    }

    /// A day, a part of one, a time by itself.
    fn loose(&mut self, i: usize) -> Option<usize> {
        let (bound, next) = self.point(i, false)?;
        let Bound { day, time, part, at, .. } = bound;
        let named = day.as_ref().map(|day| day.at.clone());
        if let Some(day) = day {
            self.heard.days.push(Stretch::One(day));
        }
        if let Some(time) = time {
            let end = if named.is_some() { time.at.end } else { at.end };
            let said = self.sentence[time.at.start..end].to_owned();
            let day = named.map_or(String::new(), |at| format!("{} ", &self.sentence[at]));
            let instead = ["from", "until"].map(|word| (format!("{word} {said}"), format!("{day}{word} {said}"))).to_vec();
            self.trouble(Unclear::new(About::When, format!("{said:?}: from then on, or until then?")).with(&at, instead));
        } else if let Some(part) = part
            && self.heard.part.replace(part).is_some()
        {
            let question = format!("{:?} comes beside another part of the day; one absence is one stretch: from when to when?", &self.sentence[at]);
            self.trouble(Unclear::new(About::When, question));
        }
        Some(next)
    }

    /// A day, a time, or both in either order.
    fn point(&self, i: usize, bare: bool) -> Found<Bound> {
        let reader = self.reader;
        let bound = |day, time, part, next: usize| Some((Bound { day, time, part, is_outside: false, at: self.at(i, next) }, next));
        if let Some((day, next)) = calendar::day(reader, i) {
            let after = reader.skip(next, &[", at", ",", "at"]);
            if let Some((time, after)) = hours::time(reader, after, reader.is(next, "at")) {
                return bound(Some(day), Some(time), None, after);
            }
            return match hours::part(reader, next).filter(|(part, _)| !part.today) {
                Some((part, next)) => bound(Some(day), None, Some(part), next),
                None => bound(Some(day), None, None, next),
            };
        }
        let (time, part, next) = match hours::time(reader, i, bare) {
            Some((time, next)) => match hours::part(reader, next) {
                Some((part, next)) => (Some(time), Some(part), next),
                None => (Some(time), None, next),
            },
            None => {
                let (part, next) = hours::part(reader, i)?;
                (None, Some(part), next)
            }
        };
        let on = reader.skip(next, &["of", ", on", ","]);
        match calendar::day(reader, on).filter(|_| part.is_none_or(|part| !part.today)) {
            // "After 3pm on Monday and Tuesday" and the like is left to the list of days.
            Some((day, next)) => bound(Some(day), time, part, next),
            None => bound(None, time, part, next),
        }
    }
}
