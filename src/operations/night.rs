//! The nightly run, and any other run of the allocator over a stored day.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::{StreamExt, stream};
use tokio::sync::Semaphore;

use super::apply::{self, Effect, Groups};
use super::solve::{Solved, solve};
use super::{TRIES_MAX, prepare};
use crate::alloc::profile::Term;
use crate::alloc::{Limits, Profile, Stop};
use crate::clock::{Clock, Stopwatch};
use crate::domain::id;
use crate::sheet::plan::Change;
use crate::sheet::{Plan, Sheet};
use crate::store::{Cas, Day, DayChange, DayView, Result, RunKind, RunRow, RunStatus, Stamp, Store, StoreError};

/// May a run change what customers were already told?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Told {
    /// No: whoever was told a name keeps it, or waits for a person's decision.
    #[default]
    Keep,
    /// Yes, at the profile's price, and they are told again with the change. Only for profiles that price it.
    MayMove,
}

/// How a run is made.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What it is for.
    pub kind: RunKind,
    /// The objective; `None` is the tenant's profile.
    pub profile: Option<Profile>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Who starts it.
    pub actor: String,
    /// Whether told customers may be moved.
    pub told: Told,
    /// Seed, threads and the flag that ends the search.
    pub limits: Limits,
    /// Seconds of the search; `None` is the profile's limit.
    pub time_limit_s: Option<f64>,
    /// How many searches may run at once, where several runs share the machine; `None` for as many as there are.
    pub searches: Option<Arc<Semaphore>>,
}

impl RunOptions {
    /// A nightly run with the tenant's profile.
    pub fn night(actor: &str) -> RunOptions {
        let actor = actor.to_owned();
        RunOptions {
            kind: RunKind::Night,
            profile: None,
            dry_run: false,
            actor,
            told: Told::Keep,
            limits: Limits::default(),
            time_limit_s: None,
            searches: None,
        }
    }

    /// A run on the day itself, with the shipped profile `repair`: who was told a name keeps it.
    pub fn daypart(actor: &str) -> RunOptions {
        RunOptions { kind: RunKind::Daypart, ..RunOptions::repair(actor, Told::Keep) }
    }

    /// The same options with a flag of their own, for one search of several: its deadline is not the others', and raising the flag of these ends it too.
    #[must_use]
    pub fn apart(&self) -> RunOptions {
        self.under(&self.limits.stop)
    }

    /// The same options with a flag of their own, that is up when `stop` is.
    #[must_use]
    pub fn under(&self, stop: &Stop) -> RunOptions {
        let limits = Limits { stop: stop.one_of_several(), ..self.limits.clone() };
        RunOptions { limits, ..self.clone() }
    }

    /// A repair with the shipped profile `repair`.
    pub fn repair(actor: &str, told: Told) -> RunOptions {
        RunOptions { kind: RunKind::Repair, profile: Profile::shipped("repair"), told, ..RunOptions::night(actor) }
    }
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// As recorded.
    pub run: RunRow,
    /// The plan; it answers `searched`.
    pub plan: Plan,
    /// The day's sheet as it was searched: what was promised is made fast there.
    pub searched: Sheet,
    /// The day it read.
    pub day: Day,
    /// What it means for the bookings.
    pub groups: Groups,
    /// What it changed, whom it told and what it put into the needs-attention queue; in a dry run, what it would have.
    pub change: DayChange,
    /// How many sheets were read until one could be applied.
    pub attempts: u32,
    /// Milliseconds of reading and writing the day, waiting for the writer among them.
    pub store_ms: f64,
}

/// Allocates a local day anew and applies the plan if it is worth it. A day that is changed meanwhile is read and solved again, up to five times.
///
/// # Errors
/// Unknown location or profile; a plan that does not pass the check (nothing is changed).
pub async fn optimize(store: &dyn Store, clock: &dyn Clock, location: &str, date: NaiveDate, options: &RunOptions) -> Result<RunReport> {
    let (mut attempts, mut store_ms) = (0, 0.0);
    loop {
        attempts += 1;
        let watch = Stopwatch::start();
        let day = store.day(location, date, DayView::Live).await?;
        store_ms += 1e3 * watch.elapsed_s();
        let mut report = run_once(clock, day, options).await?;
        report.attempts = attempts;
        let watch = Stopwatch::start();
        conclude(store, &mut report).await?;
        store_ms += 1e3 * watch.elapsed_s();
        report.store_ms = store_ms;
        if report.run.status != RunStatus::LostRace || attempts == TRIES_MAX {
            return Ok(report);
        }
        metrics::counter!("retry_count", "of" => "day").increment(1);
    }
}

/// Runs of a night that are under way for each that searches: while one searches, another is read and a third applied.
const UNDER_WAY_PER_SEARCH: usize = 2;

/// [`optimize`] for many locations: so many searches at once, and what became of each told in the order given. No more than a few days are in
/// memory at a time. One location's error or deadline is its own; raising the flag of `options` ends all, and those that had not begun answer so.
pub async fn optimize_each<P>(
    store: &dyn Store,
    clock: &dyn Clock,
    places: impl IntoIterator<Item = (P, String, NaiveDate)>,
    options: &RunOptions,
    searches_at_once: usize,
    mut told: impl FnMut(P, Result<RunReport>),
) {
    let searches = Some(Arc::new(Semaphore::new(searches_at_once.max(1))));
    let runs = places.into_iter().map(|(place, location, date)| {
        let options = RunOptions { searches: searches.clone(), ..options.apart() };
        async move {
            let answer = match options.limits.stop.cause() {
                Some(_) => Err(StoreError::conflict(format!("{location} was not run on {date}: the night was ended before it began"))),
                None => optimize(store, clock, &location, date, &options).await,
            };
            (place, answer)
        }
    });
    let mut answers = stream::iter(runs).buffered(UNDER_WAY_PER_SEARCH * searches_at_once.max(1));
    while let Some((place, answer)) = answers.next().await {
        told(place, answer);
    }
}

/// What a run over this very day would do: searched and decided, nothing written.
///
/// # Errors
/// Unknown profile; a plan that does not pass the check.
pub async fn run_once(clock: &dyn Clock, day: Day, options: &RunOptions) -> Result<RunReport> {
    let profile = profile(&day, options)?;
    let started_at = clock.now();
    let prepared = prepare::prepare(day.sheet.clone(), clock.now_minute(), profile.prices_finalized());
    let time_limit_s = options.time_limit_s.unwrap_or(profile.limits.time_limit_s);
    // Closed never: whoever holds it keeps it open.
    let permit = match &options.searches {
        Some(searches) => searches.acquire().await.ok(),
        None => None,
    };
    let Solved { prepared, plan, solve_ms, raised } = solve(prepared, &profile, &options.limits, time_limit_s).await?;
    drop(permit);
    let verdict = apply::verdict(&prepared, &plan, &profile, day.tenant.apply_threshold.filter(|_| options.kind == RunKind::Night));
    let mut rationale = verdict.rationale;
    if raised {
        rationale.push_str("; bookings that were promised somebody weigh more than all others together, so that none is given up for others");
    }
    let status = match verdict.apply {
        _ if options.dry_run => RunStatus::DryRun,
        true => RunStatus::Applied,
        false => RunStatus::Kept,
    };
    let effect = if verdict.apply { apply::effect(&day, &prepared, &plan, &profile) } else { apply::kept(&day) };
    let decided = Decided { kind: options.kind, status, rationale, actor: options.actor.clone(), started_at, solve_ms };
    Ok(report(clock, day, (prepared.sheet, plan), effect, decided))
}

/// What was decided about a plan: everything of its record that the plan and the day do not say.
pub(super) struct Decided {
    pub(super) kind: RunKind,
    pub(super) status: RunStatus,
    pub(super) rationale: String,
    pub(super) actor: String,
    pub(super) started_at: DateTime<Utc>,
    pub(super) solve_ms: u64,
}

/// The report of a plan for a day, before anything is written: the run as it is recorded and the change that makes it so.
pub(super) fn report(clock: &dyn Clock, day: Day, (searched, plan): (Sheet, Plan), effect: Effect, decided: Decided) -> RunReport {
    let Decided { kind, status, rationale, actor, started_at, solve_ms } = decided;
    let run = RunRow {
        id: id::new_id(started_at),
        location_id: day.location.id.clone(),
        date: day.sheet.date,
        kind,
        profile: plan.profile.clone(),
        status,
        actor,
        day_version: day.version,
        input_sha256: plan.sheet_sha256.clone(),
        plan_status: serde_json::json!(plan.status).as_str().unwrap_or_default().to_owned(),
        tiers: serde_json::json!(plan.tiers),
        baseline: serde_json::json!(plan.baseline.tiers),
        diff: serde_json::json!(moves(&searched, &plan)),
        unplaced: serde_json::json!(plan.unplaced),
        rationale,
        solver: plan.solve.solver.clone(),
        stopped: plan.solve.stopped.clone(),
        started_at,
        finished_at: clock.now(),
        solve_ms,
    };
    let Effect { assignments, attention, settled, messages, groups } = effect;
    let stamp = Stamp::new(&run.actor, clock.now(), &run.rationale);
    let change = DayChange { assignments, attention, settled, messages, ..DayChange::of(&day, stamp) };
    RunReport { run, plan, searched, day, groups, change, attempts: 1, store_ms: 0.0 }
}

/// Who is served by others than before, those whom nobody served among them: `from` is empty there.
fn moves(searched: &Sheet, plan: &Plan) -> Vec<Change> {
    let waited = |booking: &str| searched.bookings.iter().any(|one| one.id == booking && one.current().is_empty());
    let anew = plan.assignments.iter().filter(|one| !one.resources.is_empty() && waited(&one.booking));
    let anew = anew.map(|one| Change { booking: one.booking.clone(), from: Vec::new(), to: one.resources.clone() });
    plan.changes.iter().cloned().chain(anew).collect()
}

/// Runs another profile over the very day that a run has read, and records what it would have done. It changes nothing.
///
/// # Errors
/// Unknown profile; a plan that does not pass the check.
pub async fn shadow(store: &dyn Store, clock: &dyn Clock, live: &RunReport, profile: &str, options: &RunOptions) -> Result<RunRow> {
    let shipped = Profile::shipped(profile).ok_or_else(|| unknown(&live.day, profile))?;
    let options = RunOptions { profile: Some(shipped), actor: format!("shadow of {}", live.run.id), dry_run: true, ..options.clone() };
    let mut beside = run_once(clock, live.day.clone(), &options).await?.run;
    beside.status = RunStatus::Shadow;
    store.record_run(&beside).await?;
    Ok(beside)
}

fn unknown(day: &Day, named: &str) -> StoreError {
    let known: Vec<&str> = Profile::shipped_texts().iter().map(|(name, _)| *name).collect();
    StoreError::invalid(format!("tenant {} names the profile {named:?}; expected one of {}", day.tenant.id, known.join(", ")))
}

/// Writes what was decided. A run that changes nothing is recorded all the same; a lost race is recorded as such.
pub(super) async fn conclude(store: &dyn Store, report: &mut RunReport) -> Result<()> {
    if report.run.status != RunStatus::Applied {
        return store.record_run(&report.run).await;
    }
    report.change.run = Some(report.run.clone());
    if store.change_day(&report.change).await? == Cas::LostRace {
        report.run.status = RunStatus::LostRace;
        report.run.rationale = format!("not applied: the day was changed while it was searched; {}", report.run.rationale);
        store.record_run(&report.run).await?;
    }
    Ok(())
}

/// The profile of a run. Where told customers keep their people, moves of finalized bookings have no price: they are not made.
pub(super) fn profile(day: &Day, options: &RunOptions) -> Result<Profile> {
    let named = &day.tenant.profile;
    let mut profile = match &options.profile {
        Some(profile) => profile.clone(),
        None => Profile::shipped(named).ok_or_else(|| unknown(day, named))?,
    };
    if options.told == Told::Keep {
        profile = keeping_told(profile);
    }
    Ok(profile)
}

/// The same profile without a price for moves of finalized bookings.
pub(super) fn keeping_told(mut profile: Profile) -> Profile {
    for tier in &mut profile.tiers {
        tier.terms.retain(|(term, _)| *term != Term::FinalizedMoved);
    }
    profile.tiers.retain(|tier| !tier.terms.is_empty());
    profile
}
