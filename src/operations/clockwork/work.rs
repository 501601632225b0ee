//! What each kind of job does.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::BoxFuture;

use super::{Clockwork, calendar};
use crate::alloc::Profile;
use crate::booking::slots;
use crate::operations::attention::room;
use crate::operations::night::{RunOptions, optimize, shadow};
use crate::operations::whatif::{self, Worked};
use crate::operations::{cutoff, daypart, housekeeping, ledger, reaper, reminders};
use crate::store::{LeasedJob, Result, RunStatus, StoreError, StoreErrorKind, WhatIfEnd};

/// What came of a job, and when it is to be done again.
pub(super) struct Done {
    pub(super) outcome: String,
    pub(super) again: Option<DateTime<Utc>>,
}

impl Done {
    /// For good.
    fn once(outcome: impl Into<String>) -> Done {
        Done { outcome: outcome.into(), again: None }
    }
}

/// Seconds between two looks for holds that have run out.
const HOLDS_EVERY: TimeDelta = TimeDelta::seconds(20);
/// Between two looks for visits that are near.
const MINUTELY: TimeDelta = TimeDelta::minutes(1);
/// Between two looks whether there is room for what waits.
const ROOM_EVERY: TimeDelta = TimeDelta::seconds(20);
/// Between two looks after slots, and after what can be forgotten.
const HOURLY: TimeDelta = TimeDelta::hours(1);
/// A what-if that finds another under way is looked at again after so long.
const WHATIF_WAITS: TimeDelta = TimeDelta::seconds(1);
/// So often a what-if is begun; more would end those who try.
const WHATIF_ATTEMPTS_MAX: u32 = 3;
/// A search is given at least so many seconds, however many others wait.
const SEARCH_MIN_S: f64 = 0.2;

impl Clockwork {
    /// Does it. In a box, so that whoever awaits it need not know everything that it may do.
    pub(super) fn work<'a>(&'a self, job: &'a LeasedJob) -> BoxFuture<'a, Result<Done>> {
        Box::pin(self.worked(job))
    }

    async fn worked(&self, job: &LeasedJob) -> Result<Done> {
        let (store, clock) = (self.store.as_ref(), self.clock.as_ref());
        let (key, now) = (&job.key, clock.now());
        let again = |outcome: String, at| Ok(Done { outcome, again: Some(at) });
        let date = || calendar::date_of(&key.subject).ok_or_else(|| StoreError::invalid(format!("the job {key:?} is about no day")));
        match key.kind.as_str() {
            calendar::HOLDS => {
                let expired = housekeeping::expire_holds(store, clock).await?.len();
                again(format!("{expired} ran out"), now + HOLDS_EVERY)
            }
            calendar::REMINDERS => {
                let reminded = reminders::remind_due(store, clock).await?;
                again(format!("{reminded} reminded"), now + MINUTELY)
            }
            calendar::ROOM => {
                let options = self.limited(RunOptions::daypart(calendar::ROOM));
                let tried = room::try_again(store, clock, &options).await?;
                again(format!("{} days looked at, {} settled", tried.days, tried.settled.len()), now + ROOM_EVERY)
            }
            calendar::FORGET => {
                let rows = housekeeping::forget(store, clock).await?;
                again(format!("{rows} rows"), now + HOURLY)
            }
            calendar::SLOTS => {
                slots::keep_horizon(store, clock, &key.location_id).await?;
                again("kept".to_owned(), now + HOURLY)
            }
            calendar::TEMPS => {
                let location = store.location(&key.location_id).await?;
                let retired = reaper::retire_temps_of(store, clock, &location).await?;
                again(format!("{} retired", retired.len()), calendar::next_small_hours(&location, now))
            }
            calendar::LEDGER => {
                let location = store.location(&key.location_id).await?;
                let closed = ledger::close_due(store, clock, &location.id).await?;
                again(format!("{} days closed", closed.len()), calendar::next_small_hours(&location, now))
            }
            calendar::NIGHT => self.night(job, date()?).await.map(Done::once),
            calendar::CUTOFF => {
                let report = cutoff::finalize(store, clock, &key.location_id, date()?, calendar::CUTOFF).await?;
                Ok(Done::once(report.in_words()))
            }
            calendar::DAYPART => {
                let options = self.limited(RunOptions::daypart(calendar::DAYPART));
                Ok(Done::once(daypart::run(store, clock, &key.location_id, date()?, &options).await?))
            }
            calendar::WHATIF => self.what_if(job).await,
            unknown => Err(StoreError::invalid(format!("there is no job of the kind {unknown:?}: it was planned by a newer version"))),
        }
    }

    /// A what-if, where this worker has none under way; others are left to whoever has time.
    async fn what_if(&self, job: &LeasedJob) -> Result<Done> {
        let (store, clock, id) = (self.store.as_ref(), self.clock.as_ref(), &job.key.subject);
        let again = |outcome: &str, wait| Ok(Done { outcome: outcome.to_owned(), again: Some(clock.now() + wait) });
        let Ok(_place) = self.whatifs.try_acquire() else { return again("another is under way", WHATIF_WAITS) };
        if job.attempts > WHATIF_ATTEMPTS_MAX {
            let why = format!("whoever worked on it ended {WHATIF_ATTEMPTS_MAX} times in the middle; ask for fewer cases, seeds or days");
            store.finish_whatif(id, &WhatIfEnd::Failed(why), clock.now()).await?;
            return Ok(Done::once("given up"));
        }
        // Half the machine: the other half is for those who wait for an answer.
        let threads = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        match whatif::work_out(store, clock, id, &self.stop, threads).await {
            Ok(Worked::PutBack) => again("put back", TimeDelta::zero()),
            Ok(worked) => Ok(Done::once(format!("{worked:?}").to_lowercase())),
            // Forgotten meanwhile.
            Err(error) if error.kind() == StoreErrorKind::NotFound => Ok(Done::once(error.to_string())),
            Err(error) => Err(error),
        }
    }

    fn limited(&self, options: RunOptions) -> RunOptions {
        RunOptions { searches: Some(self.searches.clone()), ..options.under(&self.stop) }
    }

    /// The nightly run over a day, and its shadow.
    async fn night(&self, job: &LeasedJob, date: NaiveDate) -> Result<String> {
        let (store, clock, location) = (self.store.as_ref(), self.clock.as_ref(), &job.key.location_id);
        if store.days_with_bookings(location, date, date).await?.is_empty() {
            return Ok("nothing is booked".to_owned());
        }
        let tenant = store.tenant(&store.location(location).await?.tenant_id).await?;
        let time_limit_s = self.share(job, Profile::shipped(&tenant.profile).map_or(f64::MAX, |p| p.limits.time_limit_s)).await?;
        let options = RunOptions { time_limit_s, ..self.limited(RunOptions::night(calendar::NIGHT)) };
        let report = optimize(store, clock, location, date, &options).await?;
        if report.run.status == RunStatus::LostRace {
            return Err(StoreError::conflict(format!("{location} on {date} was changed again and again while it was searched")));
        }
        let Some(name) = &tenant.shadow_profile else { return Ok(report.run.rationale) };
        let beside = shadow(store, clock, &report, name, &options).await?;
        Ok(format!("{}; in its shadow {name}: {}", report.run.rationale, beside.rationale))
    }

    /// Seconds for one search, where the profile's limit would make those that wait late for their deadline.
    async fn share(&self, job: &LeasedJob, most: f64) -> Result<Option<f64>> {
        let now = self.clock.now();
        let Some(deadline) = job.deadline.filter(|deadline| *deadline > now) else { return Ok(None) };
        let ahead = self.store.jobs_ahead(&job.key.kind, deadline, now).await?;
        let lanes = f64::from(ahead.workers.max(1)) * self.searches_at_once as f64;
        let left_s = (deadline - now).num_milliseconds() as f64 / 1e3;
        let share = left_s * lanes / f64::from(ahead.jobs.max(1));
        Ok((share < most).then_some(share.max(SEARCH_MIN_S)))
    }
}
