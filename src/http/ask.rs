//! Query strings and path members, and times as people write them.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use serde::de::DeserializeOwned;

use super::once::is_broken;
use super::problem::Problem;
use crate::domain::{Language, Minute};

/// Characters an id may have.
const ID_MAX: usize = 200;

/// A query string.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked<T>, Problem> {
        if let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            && let Some((name, _)) = pairs.iter().find(|(name, value)| is_broken(name) || is_broken(value))
        {
            return Err(Problem::invalid(format!("{}: has a control character; expected text", name.escape_debug())));
        }
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(rejection) => {
                let said = std::error::Error::source(&rejection).map_or_else(|| rejection.to_string(), ToString::to_string);
                Err(Problem::invalid(format!("the query string: {said}")))
            }
        }
    }
}

/// The `{id}` of a path.
pub struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) if id.len() <= ID_MAX && !id.chars().any(char::is_control) => Ok(Id(id)),
            _ => Err(Problem::new("NOT_FOUND", "there is nothing of this id")),
        }
    }
}

/// A text of at most so many characters.
///
/// # Errors
/// It is longer.
pub fn short(field: &str, text: Option<&str>, max: usize) -> Result<(), Problem> {
    if text.is_some_and(|text| text.chars().count() > max) {
        return Err(Problem::invalid(format!("{field}: expected at most {max} characters")));
    }
    Ok(())
}

/// The zone in which times are told: the one asked for, else the location's.
///
/// # Errors
/// No such zone.
pub fn zone(asked: Option<&str>, usual: Tz) -> Result<Tz, Problem> {
    match asked {
        None => Ok(usual),
        Some(name) => {
            name.parse().map_err(|_| Problem::invalid(format!("timezone: there is no IANA time zone {name:?}; expected one such as Africa/Nairobi")))
        }
    }
}

/// An instant as it was written: with an offset, or by the clock on the wall of `zone`.
///
/// # Errors
/// No time, not a whole minute, or one that the clocks jump over.
pub fn instant(name: &str, text: &str, zone: Tz) -> Result<Minute, Problem> {
    let unclear = || {
        Problem::invalid(format!(
            "{name}: {text:?} is no time; expected 2026-11-21T10:00:00+03:00, or 2026-11-21T10:00 by the clock on the wall of {zone}"
        ))
    };
    let offset = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"));
    let at = match offset {
        Ok(at) => at.with_timezone(&Utc),
        Err(_) => {
            let wall = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
            match zone.from_local_datetime(&wall.ok_or_else(unclear)?) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
                LocalResult::None => {
                    return Err(Problem::invalid(format!("{name}: {text} does not exist in {zone}: the clocks jump over it; choose another time")));
                }
            }
        }
    };
    if at.second() != 0 || at.timestamp_subsec_nanos() != 0 {
        return Err(Problem::invalid(format!("{name}: {text} is not a whole minute")));
    }
    if !(0..=MAX_SECONDS).contains(&at.timestamp()) {
        return Err(Problem::invalid(format!("{name}: {text} is too far away; expected the years 1970 to 9999")));
    }
    Ok(Minute::of(at))
}

/// The year 9999, in seconds: what is further away is a mistake.
const MAX_SECONDS: i64 = 253_370_764_800;

/// A language that messages are there in.
///
/// # Errors
/// Another one.
pub fn language(name: &str, text: &str) -> Result<Language, Problem> {
    let known = Language::ALL.map(Language::as_str).join(" or ");
    Language::from_word(text).ok_or_else(|| Problem::invalid(format!("{name}: there are no messages in {text:?}; expected {known}")))
}

/// A date.
///
/// # Errors
/// No date, or one too far away.
pub fn date(name: &str, text: &str) -> Result<NaiveDate, Problem> {
    use chrono::Datelike;
    let read: Option<NaiveDate> = text.parse().ok().filter(|date: &NaiveDate| (1970..=9999).contains(&date.year()));
    read.ok_or_else(|| Problem::invalid(format!("{name}: {text:?} is no date; expected YYYY-MM-DD, such as 2026-11-21")))
}
