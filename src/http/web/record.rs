//! A run as it is on record, read back.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::problem::Problem;
use crate::sheet::plan::{Change, TierOutcome, TierValue, Unplaced};
use crate::store::RunRow;

/// The parts of a run.
pub(super) struct Record {
    /// Each goal, most important first.
    pub(super) tiers: Vec<TierOutcome>,
    /// The goals of the greedy plan beside it.
    pub(super) baseline: Vec<TierValue>,
    /// Who moved.
    pub(super) moved: Vec<Change>,
    /// What is left to nobody.
    pub(super) unplaced: Vec<Unplaced>,
}

impl Record {
    /// Those of a run.
    ///
    /// # Errors
    /// What is on file cannot be read.
    pub(super) fn of(run: &RunRow) -> Result<Record, Problem> {
        Ok(Record {
            tiers: part("tiers", &run.tiers)?,
            baseline: part("baseline", &run.baseline)?,
            moved: part("moves", &run.diff)?,
            unplaced: part("unplaced", &run.unplaced)?,
        })
    }
}

fn part<T: DeserializeOwned>(name: &str, value: &Value) -> Result<Vec<T>, Problem> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    serde_json::from_value(value.clone()).map_err(|error| Problem::new("INTERNAL", format!("the run's {name} on file cannot be read: {error}")))
}
