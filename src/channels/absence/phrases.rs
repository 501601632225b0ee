//! Going through a sentence: every lexeme is part of a name, of a day or a time, of a phrase that is known, or it is unknown.

use std::ops::Range;

use chrono::NaiveDate;

use super::calendar::{self, Day};
use super::hours::{self, Part, Time};
use super::lex::Lexeme;
use super::lexicon::Sentence;
use super::names::Mention;
use super::questions::{Ask, spelt};
use super::reader::{Found, Reader};
use super::{About, Unclear};

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

const MARKS: &[&str] = &[",", ".", "!", ";", ":", "\"", "'", "(", ")", "-", "–", "—", "“", "”", "…"];

struct Ear<'a> {
    sentence: Sentence<'a>,
    reader: Reader<'a>,
    today: NaiveDate,
    heard: Heard,
    /// A "not" stands open; whether it says so alone.
    open_not: Option<bool>,
    /// Where a "not there" has just ended.
    denied_at: Option<usize>,
    /// Where "not" and "there" in two have just ended: "won't be in until 11 tomorrow" is said of tomorrow, "hayupo hadi kesho saa tano" of today too.
    denied_by_not: Option<usize>,
    away: bool,
    there: bool,
    /// Somebody is back from a day on.
    returns: bool,
}

/// Goes through a sentence.
pub(super) fn hear(sentence: Sentence<'_>, lexemes: &[Lexeme], mentions: &[Mention], today: NaiveDate) -> Result<Heard, Unclear> {
    let mut ear = Ear {
        sentence,
        reader: Reader { lexemes, lexicon: sentence.lexicon },
        today,
        heard: Heard::default(),
        open_not: None,
        denied_at: None,
        denied_by_not: None,
        away: false,
        there: false,
        returns: false,
    };
    let mut i = 0;
    let command = ear.reader.any(0, &["/ absence", "/ absent", "/ away"]);
    if let Some(next) = command {
        (ear.away, i) = (true, next);
    } else if ear.reader.any(0, sentence.lexicon.asks).is_some() {
        return Err(sentence.asks(About::NotAnAbsence, &Ask::IsQuestion));
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
        return Err(sentence.asks(About::NotAnAbsence, &Ask::IsThere));
    }
    if ear.there || ear.open_not == Some(false) {
        return Err(sentence.asks(About::NotAnAbsence, &Ask::AbsenceOrNot));
    }
    if !ear.away && ear.heard.unknown.is_empty() {
        return Err(sentence.asks(About::NotAnAbsence, &Ask::SaysNothing));
    }
    Ok(ear.heard)
}

impl Ear<'_> {
    fn at(&self, from: usize, next: usize) -> Range<usize> {
        self.reader.lexemes[from].at.start..self.reader.lexemes[next - 1].at.end
    }

    fn asks(&self, about: About, ask: &Ask<'_>) -> Unclear {
        self.sentence.asks(about, ask)
    }

    fn trouble(&mut self, unclear: Unclear) {
        self.heard.trouble.get_or_insert(unclear);
    }

    /// What stands at `i`, and where it ends.
    fn next(&mut self, i: usize) -> Result<usize, Unclear> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        if reader.is(i, "?") {
            return Err(self.asks(About::NotAnAbsence, &Ask::IsQuestion));
        }
        if let Some(next) = self.when(i) {
            return Ok(next);
        }
        if reader.any(i, lexicon.undoes).is_some() {
            return Err(self.asks(About::NotAnAbsence, &Ask::Undoes));
        }
        let longer = reader.any(i, lexicon.not_there).max(reader.meant(i, lexicon.away).map(|(_, next)| next));
        if let Some((alone, next)) = reader.meant(i, lexicon.not).filter(|(_, next)| longer.is_none_or(|longer| longer <= *next)) {
            self.open_not = Some(alone || self.open_not == Some(true));
            return Ok(next);
        }
        if let Some(next) = self.stands(i).or_else(|| self.evidence(i)) {
            self.heard.ahead |= reader.any(i, lexicon.ahead_too).is_some();
            return Ok(next);
        }
        if let Some(next) = reader.any(i, lexicon.ahead) {
            self.heard.ahead = true;
            return Ok(next);
        }
        if let Some(next) = reader.any(i, lexicon.fillers).max(reader.any(i, MARKS)) {
            return Ok(next);
        }
        let here = self.at(i, i + 1);
        match self.heard.unknown.last_mut() {
            Some(run) if i > 0 && run.end == reader.lexemes[i - 1].at.end => run.end = here.end,
            _ => self.heard.unknown.push(here),
        }
        Ok(i + 1)
    }

    /// "Is" that stands before what somebody is, and says that somebody is there where nothing such follows; and what says "not there" at once.
    fn stands(&mut self, i: usize) -> Option<usize> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        let away = |i: usize| reader.meant(i, lexicon.away).map(|(_, next)| next);
        if let Some(next) = reader.any(i, lexicon.not_there).filter(|next| away(i).is_none_or(|longer| longer <= *next)) {
            (self.away, self.denied_at) = (true, Some(next));
            // "Hayuko likizo" is not on leave; "hayuko, likizo" is away, on leave.
            if reader.any(i, lexicon.is_not) == Some(next) && away(reader.skip(next, lexicon.in_what)).is_some() {
                self.trouble(self.asks(About::NotAnAbsence, &Ask::AbsenceOrNot));
            }
            return Some(next);
        }
        let next = reader.any(i, lexicon.is_or_is_there)?;
        let mut after = next;
        while let Some(further) = reader.any(after, lexicon.fillers) {
            after = further;
        }
        let is_what = away(after).is_some() || reader.any(after, lexicon.not_there).is_some();
        if is_what { Some(next) } else { self.evidence(i) }
    }

    /// Words that say that somebody is away, or there.
    fn evidence(&mut self, i: usize) -> Option<usize> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        let away = reader.meant(i, lexicon.away);
        let there = reader.any(i, lexicon.there);
        if let Some((reason, next)) = away.filter(|(_, next)| there.is_none_or(|there| *next >= there)) {
            let is_denied = self.open_not.take().is_some();
            (self.away, self.there) = (self.away || !is_denied, self.there || is_denied);
            if let Some(reason) = reason {
                self.heard.reason.get_or_insert_with(|| reason.to_owned());
            }
            self.heard.is_late |= reader.any(i, lexicon.late) == Some(next);
            self.heard.is_early |= reader.any(i, lexicon.early) == Some(next);
            return Some(next);
        }
        let next = there?;
        if self.open_not.take().is_some() {
            self.away = true;
            (self.denied_at, self.denied_by_not) = (Some(next), Some(next));
            if reader.any(i, lexicon.well).is_some() {
                self.heard.reason.get_or_insert_with(|| "sick".to_owned());
            }
        } else if reader.any(i, lexicon.there_stated).is_none() || self.is_statement(i) {
            self.there = true;
        }
        Some(next)
    }

    /// "Grace is in tomorrow" and not "in the name of": after a form of to be.
    fn is_statement(&self, i: usize) -> bool {
        i > 0 && self.reader.lexicon.to_be.contains(&self.reader.text(i - 1))
    }

    /// A day, a time, a span.
    fn when(&mut self, i: usize) -> Option<usize> {
        let reader = self.reader;
        if calendar::is_repeated(reader, i) {
            self.trouble(self.asks(About::When, &Ask::Repeated(&self.sentence[self.at(i, i + 1)])));
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
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        let lead = reader.skip(i, lexicon.over);
        if let Some(next) = reader.any(lead, lexicon.rest) {
            self.heard.rest = true;
            return Some(next);
        }
        if let Some(next) = reader.any(i, lexicon.now) {
            self.heard.now = true;
            return Some(next);
        }
        if let Some(next) = reader.any(i, lexicon.whole) {
            return Some(next);
        }
        if let Some(next) = reader.any(i, lexicon.half_day) {
            let halves = lexicon.halves.map(|half| (half.to_owned(), half.to_owned())).to_vec();
            let at = self.at(i, next);
            self.trouble(self.asks(About::When, &Ask::WhichHalf).with(&at, halves));
            return Some(next);
        }
        self.named_week(i, lead)
    }

    /// This week, the weekend, next week.
    fn named_week(&mut self, i: usize, lead: usize) -> Option<usize> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        if let Some(next) = reader.any(lead, lexicon.this_week).max(reader.any(i, lexicon.this_week)) {
            return self.week(i, next, false);
        }
        let saturday = calendar::later(calendar::next_monday(self.today), -2).max(self.today);
        let sunday = calendar::later(calendar::next_monday(self.today), -1);
        if let Some(next) = reader.any(lead, lexicon.next_weekend) {
            let other = calendar::later(calendar::next_monday(self.today), 5);
            return self.either(i, next, (saturday, sunday), (other, calendar::later(other, 1)));
        }
        if let Some(next) = reader.any(lead, lexicon.this_weekend) {
            self.heard.days.push(Stretch::Fixed(saturday, sunday));
            return Some(next);
        }
        let next = reader.any(lead, lexicon.next_week)?;
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
        let (says, language) = (&self.sentence.lexicon.says, self.sentence.lexicon.language);
        let words = |(first, last): (NaiveDate, NaiveDate)| {
            let (a, b) = (spelt(first, language), spelt(last, language));
            (if first == last { a } else { format!("{a} {} {b}", says.to) }, format!("{} {first} {} {last}", says.from, says.to))
        };
        let instead = vec![words(a), words(b)];
        let ask = Ask::CouldBe { said: &self.sentence[at.clone()], ways: instead.iter().map(|(means, _)| means.as_str()).collect() };
        let unclear = self.asks(About::When, &ask);
        self.trouble(unclear.with(&at, instead));
        Some(next)
    }

    /// "Back on Monday": away until the day before.
    fn back(&mut self, i: usize) -> Option<usize> {
        if self.open_not.is_some() {
            return None;
        }
        let (bound, next) = self.point(self.reader.any(i, self.reader.lexicon.backs)?, true)?;
        self.returns = true;
        self.end(Bound { is_outside: true, ..bound });
        Some(next)
    }

    /// "From Monday to Wednesday", "between 14:00 and 16:30", `2026-11-21..23`.
    fn range(&mut self, i: usize) -> Option<usize> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        let between = reader.any(i, lexicon.between);
        let start = between.unwrap_or_else(|| reader.skip(i, lexicon.from));
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
        self.trouble(self.asks(About::When, &Ask::BesideTime(&self.sentence[bound.at.clone()])));
    }

    /// "After 3pm", "until Friday", "leaves at 4".
    fn one_sided(&mut self, i: usize) -> Option<usize> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        if let Some((bound, next)) = reader.any(i, lexicon.starts).and_then(|start| self.point(start, true)) {
            let is_outside = reader.any(i, lexicon.after).is_some() && bound.time.is_none() && bound.part.is_none();
            let leaves = reader.any(i, lexicon.leaves).is_some();
            // Who leaves early on a day is there until some time of it.
            if leaves && bound.time.is_none() && reader.any(i, lexicon.early).is_some() {
                return None;
            }
            self.away |= leaves;
            let bound = self.same_day(Bound { is_outside, ..bound }, leaves || reader.any(i, lexicon.past).is_some());
            self.start(bound);
            return Some(reader.skip(next, lexicon.onwards));
        }
        let (bound, next) = self.point(reader.any(i, lexicon.ends)?, true)?;
        let is_day = bound.time.is_none() && bound.part.is_none();
        let arrives = reader.any(i, lexicon.arrives).is_some();
        // Who comes on a day is there that day.
        if arrives && (self.open_not.is_some() || bound.time.is_none()) {
            return None;
        }
        self.away |= arrives;
        if self.denied_at == Some(i) && is_day && reader.any(i, lexicon.until) == reader.any(i, lexicon.ends) {
            self.ask_if_still_part(self.at(i, next), &bound);
        }
        let bound = Bound { is_outside: is_day && reader.any(i, lexicon.before).is_some(), ..bound };
        let within = arrives || self.heard.is_late || self.denied_by_not == Some(i);
        let bound = self.same_day(bound, within);
        self.end(bound);
        Some(next)
    }

    /// "Won't be in until Friday": with the Friday or without it?
    fn ask_if_still_part(&mut self, at: Range<usize>, bound: &Bound) {
        let (day, says) = (&self.sentence[bound.at.clone()], &self.sentence.lexicon.says);
        let language = self.sentence.lexicon.language;
        let instead = [
            (Ask::AwayThenToo(day).in_words(language), format!("{} {day}", says.through)),
            (Ask::ThereAgain(day).in_words(language), format!("{} {day}", says.back)),
        ];
        let unclear = self.asks(About::When, &Ask::StillPart(day));
        self.trouble(unclear.with(&at, instead.to_vec()));
    }

    /// "For three days", "2 hours", "siku tatu".
    fn length(&mut self, i: usize) -> Option<usize> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        let stated = reader.any(i, lexicon.lasting);
        let start = stated.unwrap_or(i);
        if let Some(next) = reader.any(start, lexicon.half_an_hour).filter(|_| stated.is_some()) {
            return self.lasts(Length::Minutes(30), i, next);
        }
        let (length, ahead, next) =
            if lexicon.noun_first { self.counted_after(start, stated.is_some())? } else { self.counted_before(start, stated.is_some())? };
        if let (Length::Days(days), true) = (length, ahead) {
            let last = |first| calendar::later(first, i64::from(days.clamp(1, 400)) - 1);
            let tomorrow = calendar::later(self.today, 1);
            return self.either(i, next, (self.today, last(self.today)), (tomorrow, last(tomorrow)));
        }
        self.lasts(length, i, next)
    }

    /// "Three days": how long, whether it is the next so many, and where it ends.
    fn counted_before(&self, start: usize, stated: bool) -> Option<(Length, bool, usize)> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        let ahead = reader.any(start, lexicon.next);
        let counted = if stated || ahead.is_some() { reader.count(ahead.unwrap_or(start)) } else { reader.number(start) };
        let (count, next) = counted.or_else(|| (!stated).then(|| reader.count(start)).flatten().filter(|(count, _)| *count > 1))?;
        if let Some((days, next)) = reader.meant(next, lexicon.units) {
            return Some((days_of(count, days), ahead.is_some(), next));
        }
        let ((minutes, _), next) = reader.meant(next, lexicon.time_units)?;
        Some((Length::Minutes(count.saturating_mul(minutes)), false, next))
    }

    /// The same where the number stands behind: "siku tatu", "siku tatu zijazo".
    fn counted_after(&self, start: usize, stated: bool) -> Option<(Length, bool, usize)> {
        let (reader, lexicon) = (self.reader, self.reader.lexicon);
        if let Some((days, next)) = reader.meant(start, lexicon.units) {
            let (count, next) = reader.count(next)?;
            let ahead = reader.any(next, lexicon.next);
            return Some((days_of(count, days), ahead.is_some(), ahead.unwrap_or(next)));
        }
        // "Saa mbili" is a time, "kwa saa mbili" and "masaa mawili" are how long.
        let ((minutes, _), next) = reader.meant(start, lexicon.time_units).filter(|((_, needs_words), _)| stated || !needs_words)?;
        let (count, next) = reader.count(next)?;
        let half = reader.any(next, lexicon.and_a_half).filter(|_| minutes == 60);
        Some((Length::Minutes(count.saturating_mul(minutes) + half.map_or(0, |_| 30)), false, half.unwrap_or(next)))
    }

    fn lasts(&mut self, length: Length, i: usize, next: usize) -> Option<usize> {
        if self.heard.length.replace(length).is_some() || matches!(length, Length::Days(0) | Length::Minutes(0)) {
            self.trouble(self.asks(About::When, &Ask::HowLong(&self.sentence[self.at(i, next)])));
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
            let says = &self.sentence.lexicon.says;
            let instead = [says.from, says.until].map(|word| (format!("{word} {said}"), format!("{day}{word} {said}"))).to_vec();
            self.trouble(self.asks(About::When, &Ask::FromOrUntil(&said)).with(&at, instead));
        } else if let Some(part) = part
            && self.heard.part.replace(part).is_some()
        {
            self.trouble(self.asks(About::When, &Ask::BesidePart(&self.sentence[at])));
        }
        Some(next)
    }

    /// A day, a time, or both in either order.
    fn point(&self, i: usize, bare: bool) -> Found<Bound> {
        let reader = self.reader;
        let bound = |day, time, part, next: usize| Some((Bound { day, time, part, is_outside: false, at: self.at(i, next) }, next));
        if let Some((day, next)) = calendar::day(reader, i) {
            let at = reader.any(next, reader.lexicon.at);
            let after = at.unwrap_or_else(|| reader.skip(next, &[","]));
            if let Some((time, after)) = hours::time(reader, after, at.is_some()) {
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
        let on = reader.skip(reader.skip(next, reader.lexicon.of), &[","]);
        match calendar::day(reader, on).filter(|_| part.is_none_or(|part| !part.today)) {
            // "After 3pm on Monday and Tuesday" and the like is left to the list of days.
            Some((day, next)) => bound(Some(day), time, part, next),
            None => bound(None, time, part, next),
        }
    }
}

fn days_of(count: u32, unit: i64) -> Length {
    Length::Days(count.saturating_mul(u32::try_from(unit).unwrap_or(1)))
}
