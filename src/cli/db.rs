//! What every command that works on a database shares: which file, which location, which day, who acts.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::clock::Clock;
use crate::domain::local::local_date;
use crate::domain::{Minute, near};
use crate::keyring::Ring;
use crate::store::{self, LocationRow, Store, StoreErrorKind};

/// The database where nothing else is said.
const USUAL_FILE: &str = "zamu.db";

/// Which database, and with which keys.
#[derive(Debug, Clone, clap::Args)]
pub struct DbArg {
    /// The database: a SQLite file, or postgres://user:password@host:5432/database; without it $DATABASE_URL, else zamu.db
    #[arg(long, value_name = "DB", env = "ZAMU_DB", hide_env_values = true)]
    db: Option<String>,
    /// The keyring that the database belongs to [default: beside the file (zamu.keys for zamu.db); zamu.keys for a server]
    #[arg(long, value_name = "FILE", env = "ZAMU_KEYS")]
    keys: Option<PathBuf>,
}

impl DbArg {
    /// Where the database is: as said with --db or in ZAMU_DB, else in DATABASE_URL, else in the file of the usual name.
    pub fn place(&self) -> String {
        let said = |name| std::env::var(name).ok().filter(|place| !place.is_empty());
        self.db.clone().or_else(|| said("DATABASE_URL")).unwrap_or_else(|| USUAL_FILE.to_owned())
    }

    /// Opens a database that must be there: a mistyped name must not make an empty one.
    pub async fn open(&self) -> anyhow::Result<Arc<dyn Store>> {
        if !self.is_there() {
            bail!("{0}: there is no such database; `zamu import` makes one from records, `zamu demo --db {0}` one to try things on", self.place());
        }
        self.open_or_create().await
    }

    /// Opens a database, and makes the file where there is none.
    pub async fn open_or_create(&self) -> anyhow::Result<Arc<dyn Store>> {
        self.open_with(Arc::new(Ring::at(&self.keyring())?)).await
    }

    /// The same with a keyring that is open already.
    pub async fn open_with(&self, ring: Arc<Ring>) -> anyhow::Result<Arc<dyn Store>> {
        Ok(store::open_with(&self.place(), ring).await?)
    }

    /// The keyring's file: as said with --keys or in ZAMU_KEYS, else the one that belongs to the database's place.
    pub fn keyring(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| store::keys_of(&self.place()))
    }

    /// Is there a database? At a server there is one, or connecting says why not.
    pub fn is_there(&self) -> bool {
        store::file_of(&self.place()).is_none_or(Path::exists)
    }
}

/// Which location's which day.
#[derive(Debug, Clone, clap::Args)]
pub struct DayArgs {
    /// The location's id, as `zamu locations` shows it
    #[arg(long, value_name = "ID")]
    pub location: String,
    /// The local day: YYYY-MM-DD, today or tomorrow
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub date: DayWord,
}

/// A day as it is named: by its date, or from today on the location's own calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayWord {
    /// A date.
    Date(NaiveDate),
    /// So many days from today.
    FromToday(u64),
}

impl DayWord {
    /// The date it is at `now` in `timezone`.
    pub fn date(self, timezone: Tz, now: DateTime<Utc>) -> NaiveDate {
        match self {
            DayWord::Date(date) => date,
            DayWord::FromToday(days) => {
                let today = local_date(timezone, now);
                today.checked_add_days(Days::new(days)).unwrap_or(today)
            }
        }
    }
}

impl DayArgs {
    /// The location and the date that are meant.
    pub async fn resolve(&self, store: &dyn Store, clock: &dyn Clock) -> anyhow::Result<(LocationRow, NaiveDate)> {
        let location = location(store, &self.location).await?;
        let date = self.date.date(location.timezone, clock.now());
        Ok((location, date))
    }
}

/// Runs a command's asynchronous part on a runtime of its own.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("cannot start the runtime")?.block_on(work)
}

/// A location, or what to write instead of this id.
pub async fn location(store: &dyn Store, id: &str) -> anyhow::Result<LocationRow> {
    match store.location(id).await {
        Ok(found) => Ok(found),
        Err(error) if error.kind() == StoreErrorKind::NotFound => {
            let known: Vec<String> = store.locations().await?.into_iter().map(|location| location.id).collect();
            bail!("there is no location {id:?}; {}", suggestion(id, &known))
        }
        Err(error) => Err(error.into()),
    }
}

/// `did you mean "a"?`, or what there is.
pub fn suggestion(given: &str, known: &[String]) -> String {
    match near::nearest(given, known.iter().map(String::as_str), 0.75) {
        Some(id) => format!("did you mean {id:?}?"),
        None if known.is_empty() => "the database has none".to_owned(),
        None if known.len() <= 12 => format!("there are {}", known.join(", ")),
        None => format!("there are {}, and {} more", known[..12].join(", "), known.len() - 12),
    }
}

/// A day as `2026-11-21`.
pub fn parse_date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "expected a day of the calendar as YYYY-MM-DD, for example 2026-11-21".to_owned())
}

/// A day as `2026-11-21`, `today` or `tomorrow`.
pub fn parse_day(text: &str) -> Result<DayWord, String> {
    match text {
        "today" => Ok(DayWord::FromToday(0)),
        "tomorrow" => Ok(DayWord::FromToday(1)),
        _ => parse_date(text).map(DayWord::Date).map_err(|error| format!("{error}, or today or tomorrow")),
    }
}

/// An instant with its offset (`2026-11-21T10:00:00+03:00`), or by the clock on the location's wall (`2026-11-21T10:00`, `tomorrow 10:00`).
pub fn parse_instant(text: &str, timezone: Tz, now: DateTime<Utc>) -> anyhow::Result<Minute> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Minute::of(at.to_utc()));
    }
    let split = text.split_once(['T', ' ']).and_then(|(day, clock)| Some((parse_day(day).ok()?, clock)));
    let wall = split.and_then(|(day, clock)| {
        let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(clock, form).ok())?;
        Some(day.date(timezone, now).and_time(time))
    });
    let Some(wall) = wall else {
        bail!(
            "{text:?} is no time; expected 2026-11-21T10:00 or \"tomorrow 10:00\" by the location's clock, or an offset too: 2026-11-21T10:00:00+03:00"
        );
    };
    match timezone.from_local_datetime(&wall) {
        LocalResult::Single(at) => Ok(Minute::of(at.to_utc())),
        LocalResult::Ambiguous(first, second) => {
            bail!("{text} happens twice in {timezone}, because the clocks go back; write {} or {}", first.to_rfc3339(), second.to_rfc3339())
        }
        LocalResult::None => bail!("{text} does not exist in {timezone}, because the clocks go forward over it; write a time before or after"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str, timezone: Tz) -> anyhow::Result<Minute> {
        parse_instant(text, timezone, "2026-11-20T22:30:00Z".parse().unwrap())
    }

    #[test]
    fn a_time_without_an_offset_is_the_clock_on_the_locations_wall() {
        let nairobi = chrono_tz::Africa::Nairobi;
        let ten = instant("2026-11-21T10:00", nairobi).unwrap();
        assert_eq!(ten, instant("2026-11-21T07:00:00Z", nairobi).unwrap());
        assert_eq!(ten, instant("today 10:00", nairobi).unwrap(), "it is past midnight there");
        assert_eq!(ten.plus(24 * 60), instant("tomorrow 10:00", nairobi).unwrap());
    }

    #[test]
    fn a_time_the_clocks_jump_over_or_repeat_is_refused_with_what_to_write() {
        let berlin = chrono_tz::Europe::Berlin;
        assert!(instant("2026-03-29T02:30", berlin).unwrap_err().to_string().contains("does not exist"));
        let twice = instant("2026-10-25T02:30", berlin).unwrap_err().to_string();
        assert!(twice.contains("2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"), "{twice}");
        for nonsense in ["tomorrow", "2026-11-21", "2026-11-21T25:00", "10:00"] {
            assert!(instant(nonsense, berlin).unwrap_err().to_string().contains("expected"), "{nonsense}");
        }
    }

    #[test]
    fn tomorrow_is_tomorrow_where_the_location_is() {
        let late = "2026-11-20T22:30:00Z".parse().unwrap();
        assert_eq!(parse_day("tomorrow").unwrap().date(chrono_tz::Africa::Nairobi, late).to_string(), "2026-11-22");
        assert_eq!(parse_day("today").unwrap().date(chrono_tz::America::Toronto, late).to_string(), "2026-11-20");
        assert!(parse_day("yesteryear").unwrap_err().contains("YYYY-MM-DD"));
    }

    #[test]
    fn a_mistyped_id_gets_the_nearest_one() {
        let known = ["westlands".to_owned(), "karen".to_owned()];
        assert_eq!(suggestion("westland", &known), "did you mean \"westlands\"?");
        assert_eq!(suggestion("x", &known), "there are westlands, karen");
        assert_eq!(suggestion("x", &[]), "the database has none");
    }
}
