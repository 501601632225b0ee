//! The Admin API: the house, its bookings and its days, for those who run it.

pub mod absences;
pub mod attention;
pub mod blocks;
pub mod bookings;
pub mod hours;
pub mod ledger;
pub mod locations;
pub mod messages;
pub mod people;
pub mod resilience;
pub mod runs;
pub mod services;
pub mod settings;
pub mod tables;
pub mod whatifs;

use serde::Deserialize;
use utoipa::IntoParams;

use super::app::{App, Caller};
use super::problem::Problem;
use crate::store::LocationRow;

/// Where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct At {
    /// The location's id.
    pub location_id: String,
}

/// Where and on which day.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtDay {
    /// The location's id.
    pub location_id: String,
    /// The local day, YYYY-MM-DD; all days where it is not given.
    #[param(format = Date)]
    pub date: Option<String>,
}

/// Where and over which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtDays {
    /// The location's id.
    pub location_id: String,
    /// First local day, YYYY-MM-DD.
    #[param(format = Date)]
    pub from: String,
    /// Last local day, YYYY-MM-DD.
    #[param(format = Date)]
    pub to: String,
}

impl AtDays {
    /// The location and the days.
    ///
    /// # Errors
    /// Not the caller's location; no days, or too many.
    pub async fn read(&self, app: &App, caller: &Caller, days_max: i64) -> Result<(LocationRow, chrono::NaiveDate, chrono::NaiveDate), Problem> {
        let location = app.location(caller, &self.location_id).await?;
        let (from, to) = (super::ask::date("from", &self.from)?, super::ask::date("to", &self.to)?);
        if to < from || (to - from).num_days() >= days_max {
            return Err(Problem::invalid(format!("from {from} to {to}: expected 1 to {days_max} days, the last not before the first")));
        }
        Ok((location, from, to))
    }
}

/// A member that a PATCH may leave out, set, or set to nothing.
pub fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A name people can read.
///
/// # Errors
/// Empty, or longer than 200 characters.
pub fn name(field: &str, text: &str) -> Result<String, Problem> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Problem::invalid(format!("{field}: expected 1 to 200 characters")));
    }
    Ok(name.to_owned())
}

/// Words such as qualifications.
///
/// # Errors
/// One is empty, or longer than 100 characters; or there are more than 200.
pub fn words(field: &str, words: Vec<String>) -> Result<std::collections::BTreeSet<String>, Problem> {
    if words.len() > 200 || words.iter().any(|word| word.trim().is_empty() || word.chars().count() > 100) {
        return Err(Problem::invalid(format!("{field}: expected at most 200 words of 1 to 100 characters")));
    }
    Ok(words.into_iter().map(|word| word.trim().to_owned()).collect())
}
