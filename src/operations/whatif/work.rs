//! A what-if worked out: read, solved day by day off the async threads, its progress noted, ended when somebody asks for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::base::days;
use super::limited::limited;
use crate::alloc::{Profile, Stop, StopCause};
use crate::clock::Clock;
use crate::operations::night::keeping_told;
use crate::operations::solve::apart;
use crate::scenario::document::{ScenarioFaults, shipped_profile};
use crate::scenario::run::InMemory;
use crate::scenario::{Day, Ended, Progress, Running, Scenario, Study, run};
use crate::store::{Result, Store, StoreErrorKind, WhatIfEnd, WhatIfRow};

/// Between two notes of how far it is, and two looks whether somebody called it off.
const NOTE_EVERY: Duration = Duration::from_millis(500);
/// Seconds a what-if may take; what asks for more is a matter for the command line.
const SECONDS_MAX: f64 = 3600.0;

/// What became of working a what-if out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Its study is there.
    Done,
    /// It cannot be answered; its row says why.
    Failed,
    /// Somebody called it off.
    Cancelled,
    /// It had ended before.
    Ended,
    /// Whoever worked on it is to end; it stays as it is, for somebody else to begin with again.
    PutBack,
}

/// Reads a scenario over stored days. Who was told a name keeps it, whatever a profile prices.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(document: &Value) -> std::result::Result<Scenario, ScenarioFaults> {
    Scenario::from_json("scenario", document, &|name| shipped_profile(name).map(keeping_told))
}

/// How many days are solved at most: cases by seeds by days, and the base.
pub fn days_to_solve(scenario: &Scenario, base_days: usize) -> usize {
    let cases = scenario.parameters.iter().fold(1_usize, |cases, (_, values)| cases.saturating_mul(values.len()));
    let seeds = if scenario.draws() { scenario.seeds.len() } else { 1 };
    cases.saturating_mul(seeds).saturating_mul(base_days).saturating_add(base_days)
}

/// Works a what-if out to its end. Raising `stop` puts it back.
///
/// # Errors
/// Unknown what-if; the store cannot be read or written. It is begun again then.
pub async fn work_out(store: &dyn Store, clock: &dyn Clock, id: &str, stop: &Stop, threads: usize) -> Result<Worked> {
    let Some(row) = store.start_whatif(id, clock.now()).await? else { return Ok(Worked::Ended) };
    let end = if row.cancel_asked { Some(WhatIfEnd::Cancelled) } else { answered(store, clock, &row, stop, threads).await? };
    let Some(end) = end else { return Ok(Worked::PutBack) };
    if !store.finish_whatif(id, &end, clock.now()).await? {
        return Ok(Worked::Ended);
    }
    Ok(match end {
        WhatIfEnd::Done(_) => Worked::Done,
        WhatIfEnd::Failed(_) => Worked::Failed,
        WhatIfEnd::Cancelled => Worked::Cancelled,
    })
}

/// How it ends; `None` where it is put back.
async fn answered(store: &dyn Store, clock: &dyn Clock, row: &WhatIfRow, stop: &Stop, threads: usize) -> Result<Option<WhatIfEnd>> {
    let failed = |why: String| Ok(Some(WhatIfEnd::Failed(why)));
    let scenario = match read(&row.scenario) {
        Ok(scenario) => scenario,
        Err(faults) => return failed(faults.to_string()),
    };
    let base = match days(store, clock, &row.location_id, row.from, row.to).await {
        Ok(base) => base,
        Err(error) if matches!(error.kind(), StoreErrorKind::Invalid | StoreErrorKind::NotFound) => return failed(error.to_string()),
        Err(error) => return Err(error),
    };
    let (own, counts) = (stop.one_of_several(), Arc::new(Counts::default()));
    let mut solving = std::pin::pin!(solve(scenario, base, own.clone(), Arc::clone(&counts), threads));
    let (mut called_off, mut noted) = (false, None);
    let answer = loop {
        tokio::select! {
            answer = &mut solving => break answer,
            () = tokio::time::sleep(NOTE_EVERY) => {}
        }
        match note(store, &row.id, &counts, &mut noted).await {
            Ok(true) => {}
            Ok(false) => {
                called_off = true;
                own.raise(StopCause::Interrupt);
            }
            Err(error) => tracing::warn!(%error, "how far the what-if is could not be noted and is tried again"),
        }
    };
    match answer {
        Ok(Ok(study)) => {
            note(store, &row.id, &counts, &mut noted).await?;
            Ok(Some(WhatIfEnd::Done(serde_json::to_value(study).unwrap_or_default())))
        }
        Ok(Err(Ended::Stopped)) if called_off => Ok(Some(WhatIfEnd::Cancelled)),
        Ok(Err(Ended::Stopped)) if stop.cause().is_some() => Ok(None),
        Ok(Err(Ended::Stopped)) => failed(format!("it took longer than {} minutes; ask for fewer cases, seeds or days", SECONDS_MAX / 60.0)),
        Ok(Err(ended)) => failed(ended.to_string()),
        Err(error) => failed(error.to_string()),
    }
}

/// How many days are solved, of how many.
#[derive(Debug, Default)]
struct Counts {
    done: AtomicU32,
    total: AtomicU32,
}

/// Notes how far it is where that is news; `false` when somebody wants it to end.
async fn note(store: &dyn Store, id: &str, counts: &Counts, noted: &mut Option<(u32, u32)>) -> Result<bool> {
    let now = (counts.done.load(Ordering::Relaxed), counts.total.load(Ordering::Relaxed));
    if *noted == Some(now) {
        let row = store.whatif(id).await?;
        return Ok(!row.cancel_asked && !row.state.is_ended());
    }
    *noted = Some(now);
    store.note_whatif(id, now.0, now.1).await
}

async fn solve(scenario: Scenario, base: Vec<Day>, own: Stop, counts: Arc<Counts>, threads: usize) -> Result<std::result::Result<Study, Ended>> {
    let stop = own.clone();
    let work = move || {
        let progress = |Progress { done, total }: Progress| {
            let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            counts.total.store(small(total), Ordering::Relaxed);
            // Days end out of order.
            counts.done.fetch_max(small(done), Ordering::Relaxed);
        };
        let running = Running { threads, stop: &stop, memory: &InMemory::default(), limited: &limited, progress: &progress };
        run(&scenario, &base, &running)
    };
    apart(&own, SECONDS_MAX, work).await
}

/// The tenant's objective for a scenario that names none.
pub fn with_profile(mut document: Value, profile: &str) -> Value {
    if let Some(members) = document.as_object_mut()
        && members.get("profile").is_none_or(Value::is_null)
        && Profile::shipped(profile).is_some()
    {
        members.insert("profile".to_owned(), Value::String(profile.to_owned()));
    }
    document
}
