//! Reading instants and spans.

use chrono::{DateTime, Datelike, NaiveDateTime};

use super::json::quoted;
use super::object::Object;
use crate::domain::{Minute, Span};
use crate::sheet::Faults;

/// Years a sheet may speak of; far enough, and no sum of minutes can overflow.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// The instant at a key that must be there.
pub(super) fn instant(object: &Object<'_>, key: &str, faults: &mut Faults) -> Option<Minute> {
    let text = object.text(key, "an RFC 3339 time with an offset such as \"2026-11-21T09:00:00+03:00\"", faults)?;
    let path = object.at(key);
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at,
        Err(error) => {
            if has_no_offset(text) {
                let message = format!(
                    "{} has no offset from UTC; expected one at the end, as in {}, so say which",
                    quoted(text),
                    quoted(&format!("{text}+03:00"))
                );
                faults.push("no-offset", path, message);
            } else {
                let message = format!("{} is not an RFC 3339 time ({error}); expected one such as \"2026-11-21T09:00:00+03:00\"", quoted(text));
                faults.push("bad-time", path, message);
            }
            return None;
        }
    };
    if !YEARS.contains(&at.year()) {
        faults.push("out-of-range", path, format!("{} lies outside the years {} to {}", quoted(text), YEARS.start(), YEARS.end()));
        return None;
    }
    if at.timestamp().rem_euclid(60) != 0 || at.timestamp_subsec_nanos() != 0 {
        faults.push("not-whole-minute", path, format!("{} is not a whole minute; a sheet knows no smaller unit, so round it", quoted(text)));
        return None;
    }
    Some(Minute::of(at.to_utc()))
}

fn has_no_offset(text: &str) -> bool {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .any(|form| NaiveDateTime::parse_from_str(text, form).is_ok())
}

/// The span from `start` to `end` of an object; reports one that is empty or backwards, and one that `grid` does not divide.
pub(super) fn span(object: &Object<'_>, what: &str, grid: Option<u32>, faults: &mut Faults) -> Option<Span> {
    let start = instant(object, "start", faults);
    let end = instant(object, "end", faults);
    let span = Span::new(start?, end?);
    if span.minutes() <= 0 {
        let how = if span.minutes() == 0 { "when it starts".to_owned() } else { format!("{} minutes before it starts", -span.minutes()) };
        faults.push("ends-before-start", object.at("end"), format!("the {what} ends {how}; expected an end after the start"));
        return None;
    }
    on_grid(span.minutes(), object.path.clone(), &format!("the {what} lasts"), grid, faults);
    Some(span)
}

/// Reports a duration that the grid does not divide.
pub(super) fn on_grid(minutes: i64, path: String, what: &str, grid: Option<u32>, faults: &mut Faults) {
    if let Some(grid) = grid
        && minutes % i64::from(grid) != 0
    {
        let message =
            format!("{what} {minutes} minutes, expected a multiple of grid_minutes = {grid}; change it or choose a grid that divides every duration");
        faults.push("off-grid", path, message);
    }
}
