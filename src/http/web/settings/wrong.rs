//! What is wrong with hours and dates that were typed: at its field, with the day and the clock as people say them, and what to do about it.
//!
//! The rules are those of the domain, which the store asks again when it writes.

use chrono::{NaiveDate, NaiveDateTime};

use super::super::super::admin::blocks::BlockGiven;
use super::super::super::admin::hours::{RuleGiven, clock, minutes, rule};
use super::super::super::admin::people::{NewTemp, PersonChange};
use super::super::fields::{Fault, Stop};
use super::super::words::Words;
use crate::domain::{Rule, RuleWrong};

fn at(field: &str, said: String) -> Fault {
    Fault { field: Some(field.to_owned()), said }
}

/// What the two times of a form are called there, and the words for that only one of them is filled.
#[derive(Clone, Copy)]
struct Times {
    start: &'static str,
    end: &'static str,
    both: &'static str,
    /// And for that it ends before it starts.
    span: &'static str,
}

const OF_HOURS: Times = Times { start: "start_time", end: "end_time", both: "wrong-times", span: "wrong-span" };
const OF_A_TEMP: Times = Times { start: "start", end: "end", both: "wrong-temp-times", span: "wrong-span" };
const OF_A_TEMP_TODAY: Times = Times { span: "wrong-span-day", ..OF_A_TEMP };

/// The hours that a form asks for.
///
/// # Errors
/// What is wrong with them on their own.
pub(super) fn hours(given: &RuleGiven, w: &Words) -> Result<Rule, Stop> {
    let empty = |text: &Option<String>| text.is_none();
    if empty(&given.start_time) != empty(&given.end_time) || (empty(&given.start_time) && !given.is_closed) {
        return Err(half(&OF_HOURS, empty(&given.start_time), w).into());
    }
    let rule = rule(given, "")?;
    match rule.wrong() {
        Some(wrong) => Err(told(wrong, &rule, &OF_HOURS, w).into()),
        None => Ok(rule),
    }
}

/// Is a temp's time here to be had? On the form of a day nothing past its midnight can be filled in.
///
/// # Errors
/// What is wrong with it.
pub(super) fn temp(given: &NewTemp, is_of_a_day: bool, w: &Words) -> Result<(), Stop> {
    dates(given.from.parse().ok(), given.to.parse().ok(), "to", w)?;
    let (times, late) = if is_of_a_day { (OF_A_TEMP_TODAY, "fault-clock") } else { (OF_A_TEMP, "fault-late-clock") };
    match (&given.start, &given.end) {
        (None, None) => Ok(()),
        (Some(start), Some(end)) => {
            let start = minutes("start", start).map_err(|_| at("start", w.say("fault-clock")))?;
            let end = minutes("end", end).map_err(|_| at("end", w.say(late)))?;
            let rule = Rule::weekly("", None, crate::domain::Weekdays::ALL, start, end);
            rule.wrong().map_or(Ok(()), |wrong| Err(told(wrong, &rule, &times, w).into()))
        }
        (start, _) => Err(half(&times, start.is_none(), w).into()),
    }
}

/// May somebody be here from then until then? A temp has both dates.
///
/// # Errors
/// What is wrong with it.
pub(super) fn stay(given: &PersonChange, is_temp: bool, w: &Words) -> Result<(), Stop> {
    let date = |text: &Option<Option<String>>| text.as_ref().and_then(|text| text.as_ref()?.parse().ok());
    let (from, to) = (date(&given.active_from), date(&given.active_to));
    match (is_temp, from, to) {
        (true, None, _) => Err(at("active_from", w.say("wrong-temp-dates")).into()),
        (true, _, None) => Err(at("active_to", w.say("wrong-temp-dates")).into()),
        _ => dates(from, to, "active_to", w),
    }
}

/// Does time away end after it starts? Times of one sort alone are compared: by the clock on the wall, as the form has them.
///
/// # Errors
/// It does not.
pub(super) fn away(given: &BlockGiven, w: &Words) -> Result<(), Stop> {
    let wall = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok();
    match (wall(&given.start), wall(&given.end)) {
        (Some(start), Some(end)) if end <= start => Err(at("end", w.say("wrong-away")).into()),
        (Some(start), Some(end)) if (end - start).num_days() > 366 => Err(at("end", w.say("wrong-away-long")).into()),
        _ => Ok(()),
    }
}

/// Is the last date not before the first? It is told at the field of the last.
///
/// # Errors
/// It is.
pub(super) fn dates(from: Option<NaiveDate>, to: Option<NaiveDate>, field: &str, w: &Words) -> Result<(), Stop> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => Err(at(field, ends_first(from, to, w)).into()),
        _ => Ok(()),
    }
}

fn ends_first(from: NaiveDate, to: NaiveDate, w: &Words) -> String {
    w.say_with("wrong-dates", &[("from", w.date(from).into()), ("to", w.date(to).into())])
}

/// Only one of two times is filled: it is told at the one that is not.
fn half(times: &Times, is_start: bool, w: &Words) -> Fault {
    at(if is_start { times.start } else { times.end }, w.say(times.both))
}

fn told(wrong: RuleWrong, rule: &Rule, times: &Times, w: &Words) -> Fault {
    match wrong {
        RuleWrong::NoWeekday => at("days_of_week", w.say("wrong-days")),
        RuleWrong::NoSpan => {
            let (start, end) = (rule.start_minute, rule.end_minute);
            let values = [("start", clock(start).into()), ("end", clock(end).into()), ("late", clock(end + 1440).into())];
            at(times.end, w.say_with(times.span, &values))
        }
        RuleWrong::TwoSubjects => at("service_id", w.say("wrong-subjects")),
        RuleWrong::CountsOfAPerson if rule.capacity.is_some() => at("slot_capacity", w.say("wrong-counts")),
        RuleWrong::CountsOfAPerson => at("slot_granularity_minutes", w.say("wrong-counts")),
        RuleWrong::Counts => at("slot_capacity", w.say("fault-needed")),
        RuleWrong::EndsFirst { from, to } => at("valid_to", ends_first(from, to, w)),
        RuleWrong::Undated if rule.valid_from.is_none() => at("valid_from", w.say("wrong-undated")),
        RuleWrong::Undated => at("valid_to", w.say("wrong-undated")),
    }
}
