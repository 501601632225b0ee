//! Between rows and values: instants, dates, words, and the driver's errors by kind.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::DbRow;
use crate::domain::{Minute, Span};
use crate::store::{Result, StoreError, StoreErrorKind};

/// Microseconds of a minute.
const MINUTE_US: i64 = 60_000_000;

pub(super) fn minute_us(at: Minute) -> i64 {
    at.0 * MINUTE_US
}

pub(super) fn us_minute(us: i64) -> Minute {
    Minute(us.div_euclid(MINUTE_US))
}

pub(super) fn instant_us(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(super) fn instant(row: &DbRow, column: &str) -> Result<DateTime<Utc>> {
    let micros: i64 = row.try_get(column)?;
    DateTime::from_timestamp_micros(micros).ok_or_else(|| damaged(column, &micros.to_string()))
}

pub(super) fn instant_if_set(row: &DbRow, column: &str) -> Result<Option<DateTime<Utc>>> {
    let micros: Option<i64> = row.try_get(column)?;
    Ok(micros.and_then(DateTime::from_timestamp_micros))
}

pub(super) fn span(row: &DbRow) -> Result<Span> {
    let (start, end): (i64, i64) = (row.try_get("start_us")?, row.try_get("end_us")?);
    Ok(Span::new(us_minute(start), us_minute(end)))
}

pub(super) fn date(row: &DbRow, column: &str) -> Result<NaiveDate> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| damaged(column, &text))
}

pub(super) fn date_if_set(row: &DbRow, column: &str) -> Result<Option<NaiveDate>> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(|_| damaged(column, &text))).transpose()
}

/// A count that the table's CHECK keeps small and not negative.
pub(super) fn count(row: &DbRow, column: &str) -> Result<u32> {
    let value: i64 = row.try_get(column)?;
    u32::try_from(value).map_err(|_| damaged(column, &value.to_string()))
}

/// A word of a closed list.
pub(super) fn word<T>(row: &DbRow, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
    let text: String = row.try_get(column)?;
    read(&text).ok_or_else(|| damaged(column, &text))
}

pub(super) fn json<T: serde::de::DeserializeOwned>(row: &DbRow, column: &str) -> Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|_| damaged(column, &text))
}

/// The JSON of a value, for a column.
pub(super) fn json_text<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::invalid("this cannot be written as JSON").caused_by(error))
}

/// A count that may be missing.
pub(super) fn count_if_set(row: &DbRow, column: &str) -> Result<Option<u32>> {
    let value: Option<i64> = row.try_get(column)?;
    value.map(|value| u32::try_from(value).map_err(|_| damaged(column, &value.to_string()))).transpose()
}

pub(super) fn damaged(column: &str, value: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Database,
        format!("column {column} holds {value:?}, which this program cannot read: written by a newer version, or damaged"),
    )
}
