//! From what was heard to days and instants: one stretch of time that is not over, or a question.

use std::ops::Range;

use chrono::{NaiveDate, Timelike};
use chrono_tz::Tz;

use super::calendar::{self, Day};
use super::hours::{self, Part};
use super::lexicon::Sentence;
use super::phrases::{Bound, Heard, Length, Stretch};
use super::questions::Ask;
use super::{About, DAYS_MAX, Unclear};
use crate::domain::{Minute, Span, local};

/// When somebody is away.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub start: Option<u32>,
    pub end: Option<u32>,
    pub span: Span,
}

/// The first and the last day, and minutes of them where it is not all of them.
struct Stretched {
    days: (NaiveDate, NaiveDate),
    start: Option<u32>,
    end: Option<u32>,
}

struct Asker<'a> {
    heard: &'a Heard,
    sentence: Sentence<'a>,
    today: NaiveDate,
    /// Minutes after midnight on the clock on the wall.
    clock: u32,
}

/// Which stretch of time it is.
pub(super) fn resolve(heard: &Heard, sentence: Sentence<'_>, now: Minute, timezone: Tz) -> Result<When, Unclear> {
    let wall = now.to_utc().with_timezone(&timezone);
    let asker = Asker { heard, sentence, today: wall.date_naive(), clock: wall.hour() * 60 + wall.minute() };
    let Stretched { days: (from, to), start, end } = asker.stretched()?;
    if to < from {
        return Err(sentence.asks(About::Backwards, &Ask::DaysBackwards { from, to }));
    }
    if from < asker.today {
        return Err(sentence.asks(About::Past, &Ask::DayIsOver(from)));
    }
    if (to - from).num_days() >= DAYS_MAX {
        return Err(sentence.asks(About::When, &Ask::TooManyDays));
    }
    let first = local::instant(timezone, from, start.unwrap_or(0));
    let span = Span::new(first, local::instant(timezone, to, end.unwrap_or(hours::DAY)));
    if span.minutes() <= 0 {
        return Err(sentence.asks(About::Backwards, &Ask::NoSuchHour));
    }
    if span.end <= now {
        return Err(sentence.asks(About::Past, &Ask::IsOver));
    }
    let overnight = end.is_some_and(|end| end > hours::DAY);
    Ok(When {
        from,
        to: if overnight { calendar::later(to, 1) } else { to },
        start,
        end: end.map(|end| if overnight { end - hours::DAY } else { end }),
        span,
    })
}

impl Asker<'_> {
    fn end_of_sentence(&self) -> Range<usize> {
        let end = self.sentence.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '!' | ',' | ';')).len();
        end..end
    }

    /// A question that is answered by more words at the end.
    fn more(&self, ask: &Ask<'_>, words: &[&str]) -> Unclear {
        let instead = words.iter().map(|words| ((*words).to_owned(), format!(" {words}"))).collect();
        self.asks(About::When, ask).with(&self.end_of_sentence(), instead)
    }

    fn asks(&self, about: About, ask: &Ask<'_>) -> Unclear {
        self.sentence.asks(about, ask)
    }

    /// "From today", "from tomorrow".
    fn days_to_begin(&self) -> [String; 2] {
        let says = &self.sentence.lexicon.says;
        [says.today, says.tomorrow].map(|day| format!("{} {day}", says.from))
    }

    fn ask_beginning(&self, ask: &Ask<'_>) -> Unclear {
        let [today, tomorrow] = &self.days_to_begin();
        self.more(ask, &[today, tomorrow])
    }

    fn on_days(&self, ask: &Ask<'_>) -> Unclear {
        let says = &self.sentence.lexicon.says;
        self.more(ask, &[says.today, says.tomorrow])
    }

    fn day(&self, day: &Day, after: Option<NaiveDate>) -> Result<NaiveDate, Unclear> {
        day.resolve(self.sentence, self.today, after)
    }

    fn stretched(&self) -> Result<Stretched, Unclear> {
        let heard = self.heard;
        let said = self.named_days()?;
        let start_day = self.bound_day(heard.start.as_ref(), said.map(|(first, _)| first).filter(|_| false))?;
        let start_day = start_day.map(|day| if heard.start.as_ref().is_some_and(|start| start.is_outside) { calendar::later(day, 1) } else { day });
        if let (Some(_), Some(start)) = (said, heard.start.as_ref().filter(|start| start.day.is_some())) {
            return Err(self.asks(About::When, &Ask::BesideDay(&self.sentence[start.at.clone()])));
        }
        let begins = said.map(|(first, _)| first).or(start_day);
        let end_day = self.bound_day(heard.end.as_ref(), begins)?;
        if let (Some((first, last)), Some(end), true) = (said, heard.end.as_ref(), end_day.is_some())
            && first != last
        {
            return Err(self.asks(About::When, &Ask::BesideDays(&self.sentence[end.at.clone()])));
        }
        if let Some(last) = end_day {
            return self.until(begins, last, start_day.is_some());
        }
        match (said, start_day) {
            (Some(days), _) => self.within(days),
            (None, Some(first)) if self.heard.length.is_some() => self.within((first, first)),
            // "Until 5pm" after "from Monday 2pm" is that day's.
            (None, Some(first)) if heard.end.is_some() => self.within((first, first)),
            (None, Some(first)) if heard.start.as_ref().is_some_and(|start| start.part.is_some() && start.time.is_none()) => {
                self.within((first, first))
            }
            (None, Some(first)) => {
                let until = format!("{} {first}", self.sentence.lexicon.says.until);
                Err(self.more(&Ask::UntilWhenFrom(first), &[&until]))
            }
            (None, None) => self.today_or_asked(),
        }
    }

    /// The days that stand by themselves: one, a run, several one after the other.
    fn named_days(&self) -> Result<Option<(NaiveDate, NaiveDate)>, Unclear> {
        let mut days: Option<(NaiveDate, NaiveDate)> = None;
        for stretch in &self.heard.days {
            let (first, last) = match (stretch, days) {
                (Stretch::Fixed(first, last), _) => (*first, *last),
                (Stretch::One(day), None) => {
                    let day = self.day(day, None)?;
                    (day, day)
                }
                (Stretch::One(day), Some((_, before))) => {
                    let day = self.day(day, Some(calendar::later(before, 1))).or_else(|_| self.day(day, None))?;
                    // A weekday after the day before it is that very next day.
                    let day = if calendar::later(day, -7) == calendar::later(before, 1) { calendar::later(day, -7) } else { day };
                    (day, day)
                }
                (Stretch::Run(from, to), _) => {
                    let first = self.day(from, None)?;
                    (first, self.day(to, Some(first))?)
                }
            };
            days = match days {
                None => Some((first, last)),
                Some((begin, before)) if calendar::later(before, 1) == first => Some((begin, last)),
                Some((begin, before)) if (begin, before) == (first, last) => days,
                Some(_) => {
                    return Err(self.asks(About::When, &Ask::NotOneAfterTheOther));
                }
            };
        }
        Ok(days)
    }

    fn bound_day(&self, bound: Option<&Bound>, after: Option<NaiveDate>) -> Result<Option<NaiveDate>, Unclear> {
        bound.and_then(|bound| bound.day.as_ref()).map(|day| self.day(day, after)).transpose()
    }

    /// To a day that was named as the end.
    fn until(&self, begins: Option<NaiveDate>, last: NaiveDate, has_start: bool) -> Result<Stretched, Unclear> {
        let heard = self.heard;
        if heard.length.is_some() || heard.part.is_some() || heard.rest {
            return Err(self.asks(About::When, &Ask::EndsAndParts));
        }
        if begins.is_none() && heard.start.is_some() && !heard.now {
            return Err(self.ask_beginning(&Ask::WhichDayBegins));
        }
        if begins.is_none() && heard.ahead && !heard.now {
            return Err(self.ask_beginning(&Ask::FromWhen));
        }
        let first = begins.unwrap_or(self.today);
        let end = heard.end.as_ref();
        let is_outside = end.is_some_and(|end| end.is_outside);
        if begins.is_none() && !heard.now && !is_outside && last != self.today && end.is_some_and(|end| end.time.is_some() || end.part.is_some()) {
            let [today, _] = &self.days_to_begin();
            return Err(self.more(&Ask::FromWhen, &[today, &format!("{} {last}", self.sentence.lexicon.says.from)]));
        }
        if first == last && !is_outside {
            return self.within((first, last));
        }
        let start = match &heard.start {
            Some(start) if has_start || start.time.is_some() || start.part.is_some() => self.minute(start, true)?,
            _ if heard.now => Some(self.clock),
            _ => None,
        };
        let minute = match end {
            // Back on Monday morning: away until it begins.
            Some(Bound { time: None, part: Some(part), is_outside: true, .. }) => Some(part.start),
            Some(end) => self.minute(end, false)?,
            None => None,
        };
        let last = if is_outside && minute.is_none() { calendar::later(last, -1) } else { last };
        Ok(Stretched { days: (first, last), start, end: minute })
    }

    /// A bound's minute of its own day.
    fn minute(&self, bound: &Bound, is_start: bool) -> Result<Option<u32>, Unclear> {
        match (&bound.time, bound.part) {
            (Some(time), None) => hours::alone(self.sentence, time, is_start),
            (Some(time), part) => {
                let (start, end) = if is_start {
                    hours::choose(self.sentence, Some(time), None, part)?
                } else {
                    hours::choose(self.sentence, None, Some(time), part)?
                };
                Ok(if is_start { start } else { end })
            }
            (None, Some(part)) => Ok(Some(if is_start { part.start } else { part.end })),
            (None, None) => Ok(None),
        }
    }

    /// Within days that are known: all of them, or a time of one.
    fn within(&self, (first, last): (NaiveDate, NaiveDate)) -> Result<Stretched, Unclear> {
        let heard = self.heard;
        let whole = |first, last| Ok(Stretched { days: (first, last), start: None, end: None });
        if let Some(Length::Days(days)) = heard.length {
            if first != last || heard.part.is_some() || heard.end.is_some() || heard.start.as_ref().is_some_and(|start| start.time.is_some()) {
                return Err(self.asks(About::When, &Ask::TwoEnds));
            }
            return whole(first, calendar::later(first, i64::from(days.min(10_000)) - 1));
        }
        let has_times = heard.start.as_ref().is_some_and(|s| s.time.is_some() || s.part.is_some())
            || heard.end.as_ref().is_some_and(|e| e.time.is_some() || e.part.is_some())
            || heard.part.is_some()
            || heard.length.is_some()
            || heard.now
            || heard.rest;
        if !has_times {
            if heard.is_late || heard.is_early {
                return Err(self.asks(About::When, if heard.is_late { &Ask::LateUntil } else { &Ask::AwayFrom }));
            }
            return whole(first, last);
        }
        if first != last {
            return Err(self.asks(About::When, &Ask::TimesOfDays));
        }
        self.times(first)
    }

    /// Times of one day.
    fn times(&self, day: NaiveDate) -> Result<Stretched, Unclear> {
        let heard = self.heard;
        let sits_today = heard.part.is_some_and(|part| part.today) || heard.rest || heard.now;
        if sits_today && day != self.today {
            return Err(self.asks(About::When, &Ask::TodayAnd(day)));
        }
        let bound_part = |bound: Option<&Bound>| bound.and_then(|bound| bound.part);
        let (start, end) = (heard.start.as_ref(), heard.end.as_ref());
        // "From the morning to the afternoon" has two parts, one at each end.
        let edges = (start.filter(|b| b.time.is_none()).and_then(|b| b.part), end.filter(|b| b.time.is_none()).and_then(|b| b.part));
        if edges.0.is_some() || edges.1.is_some() {
            return self.edges(day, edges);
        }
        let part = heard.part.or_else(|| bound_part(start)).or_else(|| bound_part(end));
        let (from, to) = hours::choose(self.sentence, start.and_then(|b| b.time.as_ref()), end.and_then(|b| b.time.as_ref()), part)?;
        let from = if (heard.rest || heard.now) && from.is_none() { Some(self.clock) } else { from };
        if from.zip(to).is_some_and(|(from, to)| to <= from) {
            return Err(self.asks(About::Past, &Ask::IsOver));
        }
        let to = match heard.length {
            Some(Length::Minutes(_)) if to.is_some() || from.is_none() => {
                return Err(self.asks(About::When, &Ask::LengthFromWhen));
            }
            Some(Length::Minutes(minutes)) if minutes <= hours::DAY => from.map(|from| from + minutes),
            Some(_) => return Err(self.asks(About::When, &Ask::LongerThanADay)),
            None if (heard.is_late && to.is_none()) || (heard.is_early && from.is_none()) => {
                return Err(self.asks(About::When, if heard.is_late { &Ask::LateUntil } else { &Ask::AwayFrom }));
            }
            None => to,
        };
        Ok(Stretched { days: (day, day), start: from, end: to.filter(|to| *to != hours::DAY) })
    }

    fn edges(&self, day: NaiveDate, (first, last): (Option<Part>, Option<Part>)) -> Result<Stretched, Unclear> {
        let heard = self.heard;
        let start = match (&heard.start, first) {
            (_, Some(part)) => Some(part.start),
            (Some(start), None) => self.minute(start, true)?,
            (None, None) => None,
        };
        let end = match (&heard.end, last) {
            (Some(end), Some(part)) if end.is_outside => Some(part.start),
            (_, Some(part)) => Some(part.end),
            (Some(end), None) => self.minute(end, false)?,
            (None, None) => None,
        };
        if heard.part.is_some() || start.unwrap_or(0) >= end.unwrap_or(hours::DAY) {
            return Err(self.asks(About::Backwards, &Ask::PartsBackwards));
        }
        Ok(Stretched { days: (day, day), start, end })
    }

    /// Nothing said which day.
    fn today_or_asked(&self) -> Result<Stretched, Unclear> {
        let heard = self.heard;
        let times = || [heard.start.as_ref(), heard.end.as_ref()].into_iter().flatten();
        let parts = || times().filter_map(|bound| bound.part).chain(heard.part);
        if heard.rest || parts().any(|part| part.today) || (heard.now && (heard.end.is_some() || heard.length.is_some())) {
            return self.within((self.today, self.today));
        }
        if heard.now {
            return Err(self
                .more(&Ask::UntilWhen, &[self.sentence.lexicon.says.rest_of_day, &format!("{} {}", self.sentence.lexicon.says.until, self.today)]));
        }
        if times().next().is_some() || heard.part.is_some() {
            let bare = times().filter_map(|bound| bound.time.as_ref()).filter(|time| time.bare).count();
            if bare == 2 {
                return Err(self.on_days(&Ask::TimesOrDays));
            }
            return Err(self.on_days(&Ask::OnWhichDay));
        }
        match heard.length {
            Some(_) if heard.ahead => Err(self.ask_beginning(&Ask::FromWhen)),
            Some(Length::Days(_)) => self.within((self.today, self.today)),
            Some(Length::Minutes(minutes)) if minutes <= hours::DAY => Ok(Stretched {
                days: (self.today, self.today),
                start: Some(self.clock),
                end: Some(self.clock + minutes).filter(|end| *end != hours::DAY),
            }),
            Some(_) => Err(self.asks(About::When, &Ask::LongerThanADay)),
            None => Err(self.on_days(&Ask::When)),
        }
    }
}
