//! One day of a what-if solved again, to be made real.

use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;

use super::base::days;
use super::limited::limited;
use super::promote::Promotion;
use super::work::read;
use crate::alloc::Stop;
use crate::clock::Clock;
use crate::operations::solve::apart;
use crate::scenario::run::{Answer, detail};
use crate::scenario::{Case, DayResult, Detail, Ended, Memory, Running, Scenario, Study};
use crate::store::{Result, Store, StoreError, WhatIfRow};

/// Seconds that solving the day again may take.
const AGAIN_S: f64 = 20.0;

/// Which day of a study is meant.
#[derive(Debug, Clone)]
pub struct Meant {
    /// The case by its label; the only one where it is not given.
    pub case: Option<String>,
    /// The seed; the first where it is not given.
    pub seed: Option<u64>,
    /// The local day.
    pub date: NaiveDate,
}

impl Meant {
    /// The case and the day in a study.
    ///
    /// # Errors
    /// The study has no such case, seed or day.
    pub fn within<'s>(&self, study: &'s Study) -> Result<(&'s Case, u64, &'s DayResult)> {
        let case = match (&self.case, study.cases.as_slice()) {
            (Some(label), cases) => cases.iter().find(|case| case.label == *label),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let case = case.ok_or_else(|| {
            let labels: Vec<&str> = study.cases.iter().map(|case| case.label.as_str()).take(LABELS_SHOWN).collect();
            StoreError::invalid(format!("case: expected one of the what-if's {}, such as {}", study.cases.len(), labels.join(", ")))
        })?;
        let draw = case.draws.iter().find(|draw| self.seed.is_none_or(|seed| draw.seed == seed));
        let draw = draw.ok_or_else(|| {
            let seeds: Vec<String> = case.draws.iter().map(|draw| draw.seed.to_string()).collect();
            StoreError::invalid(format!("seed: expected one that was drawn with: {}", seeds.join(", ")))
        })?;
        let day = draw.days.iter().find(|day| day.date == self.date);
        day.map(|day| (case, draw.seed, day)).ok_or_else(|| StoreError::invalid(format!("date: {} is no day of the what-if", self.date)))
    }
}

/// Labels of cases that a refusal names.
const LABELS_SHOWN: usize = 12;

/// Solves a day of a what-if again, on the day as it is now, and answers with what makes it real.
///
/// # Errors
/// No such case or day; a conflict where the day is not what the what-if saw, or where solving it takes too long.
pub async fn again(store: &dyn Store, clock: &dyn Clock, row: &WhatIfRow, study: &Study, meant: &Meant, by: (&str, &str)) -> Result<Promotion> {
    let (case, seed, seen) = meant.within(study)?;
    let scenario = read(&row.scenario).map_err(|faults| StoreError::invalid(faults.to_string()))?;
    let day = days(store, clock, &row.location_id, meant.date, meant.date).await?.remove(0);
    let version = day.origin.version.ok_or_else(|| StoreError::invalid(format!("{} is over: it cannot be made real", meant.date)))?;
    let (stop, choice, label) = (Stop::new(), case.parameters.clone(), case.label.clone());
    let own = stop.clone();
    let solved = apart(&stop, AGAIN_S, move || solve(&scenario, &choice, seed, &day, &own)).await?;
    let solved = solved.map_err(|ended| match ended {
        Ended::Stopped => {
            StoreError::conflict(format!("{} takes longer than {AGAIN_S} s to solve again; promote it with `zamu promote`", meant.date))
        }
        // What fitted the day when it was asked does not fit it any more.
        other => touched(meant.date, &other.to_string()),
    })?;
    if solved.run != seen.run {
        return Err(touched(meant.date, "it is another question now"));
    }
    let Solved { detail: Detail { day, plan }, answer, .. } = solved;
    let (actor, why) = (by.0.to_owned(), format!("{}, {label} ({})", study.name, by.1));
    Ok(Promotion { location: row.location_id.clone(), date: meant.date, version, plan, profile: answer.profile, sheet: Some(day.sheet), actor, why })
}

fn touched(date: NaiveDate, why: &str) -> StoreError {
    StoreError::conflict(format!("{date} was changed since the what-if read it ({why}), and nothing was written; run the what-if again"))
}

/// A solved day and the question that it answers.
struct Solved {
    detail: Detail,
    answer: Answer,
    run: String,
}

fn solve(
    scenario: &Scenario,
    choice: &serde_json::Map<String, serde_json::Value>,
    seed: u64,
    day: &crate::scenario::Day,
    stop: &Stop,
) -> std::result::Result<Solved, Ended> {
    let heard = Heard::default();
    let running = Running { threads: 1, stop, memory: &heard, limited: &limited, progress: &|_| {} };
    let detail = detail(scenario, Some(choice), seed, day, &running)?;
    let (run, answer) = heard.0.into_inner().unwrap_or_else(PoisonError::into_inner).ok_or(Ended::Stopped)?;
    Ok(Solved { detail, answer, run })
}

/// Remembers nothing, and hears what is asked and answered.
#[derive(Default)]
struct Heard(Mutex<Option<(String, Answer)>>);

impl Memory for Heard {
    fn recall(&self, _: &str) -> Option<Answer> {
        None
    }

    fn keep(&self, run: &str, answer: &Answer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((run.to_owned(), answer.clone()));
    }
}
