//! How a scenario says times, days and lists.

use chrono::{Datelike, NaiveDate, Weekday};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::domain::{Minute, local};
use crate::sheet::Sheet;

/// One or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// As a list.
    pub fn list(&self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one.clone()],
            OneOrMany::Many(many) => many.clone(),
        }
    }
}

/// A time by the location's clock, `09:30`; 24:00 is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Clock(u32);

impl Clock {
    /// The instant on the day of a sheet.
    pub fn on(self, sheet: &Sheet) -> Minute {
        local::instant(sheet.location.timezone, sheet.date, self.0)
    }

    /// Minutes after midnight.
    pub fn minutes(self) -> u32 {
        self.0
    }
}

impl TryFrom<String> for Clock {
    type Error = String;

    fn try_from(text: String) -> Result<Clock, String> {
        let read = || {
            let (hours, minutes) = text.split_once(':')?;
            let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok().filter(|_| minutes.len() == 2)?);
            (minutes < 60 && hours * 60 + minutes <= local::DAY_MINUTES).then_some(Clock(hours * 60 + minutes))
        };
        read().ok_or_else(|| format!("{text:?} is no time of day; expected one such as \"09:30\""))
    }
}

impl From<Clock> for String {
    fn from(clock: Clock) -> String {
        format!("{:02}:{:02}", clock.0 / 60, clock.0 % 60)
    }
}

impl JsonSchema for Clock {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Clock".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^\\d{1,2}:\\d{2}$", "description": "A time by the location's clock, such as 09:30"})
    }
}

/// A part of the day, by the location's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DayPart {
    /// 6:00 to 12:00.
    Morning,
    /// 12:00 to 17:00.
    Afternoon,
    /// 17:00 to 22:00.
    Evening,
}

impl DayPart {
    /// Does something that begins then begin in this part?
    pub fn has(self, sheet: &Sheet, at: Minute) -> bool {
        let (from, to) = match self {
            DayPart::Morning => (6, 12),
            DayPart::Afternoon => (12, 17),
            DayPart::Evening => (17, 22),
        };
        let hour = |hour: u32| local::instant(sheet.location.timezone, sheet.date, hour * 60);
        hour(from) <= at && at < hour(to)
    }
}

/// Which days: a date, or a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DaySelector {
    /// This date.
    Date(NaiveDate),
    /// Every such day.
    Weekday(Weekday),
}

impl DaySelector {
    /// Is a date meant?
    pub fn means(self, date: NaiveDate) -> bool {
        match self {
            DaySelector::Date(day) => day == date,
            DaySelector::Weekday(weekday) => date.weekday() == weekday,
        }
    }
}

impl TryFrom<String> for DaySelector {
    type Error = String;

    fn try_from(text: String) -> Result<DaySelector, String> {
        let date = text.parse().map(DaySelector::Date).ok();
        let weekday = || text.parse().map(DaySelector::Weekday).ok();
        date.or_else(weekday).ok_or_else(|| format!("{text:?} is no day; expected a date such as 2026-11-21 or a weekday such as \"sat\""))
    }
}

impl From<DaySelector> for String {
    fn from(day: DaySelector) -> String {
        match day {
            DaySelector::Date(date) => date.to_string(),
            DaySelector::Weekday(weekday) => weekday.to_string().to_lowercase(),
        }
    }
}

impl JsonSchema for DaySelector {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "A date (2026-11-21) or a weekday (mon, tue, …)"})
    }
}
