//! The clockwork: everything that happens because it is time, done by as many workers as there are.
//!
//! Each worker reads the calendar ([`calendar`]) and puts what is due soon on one list in the database; each job on it is leased to one worker at a
//! time. A worker that dies leaves a lease that runs out, and another takes the job over; a job that was done stays on the list as done, so that
//! nobody does it again, and what downtime left undone is still there. What a job does is compare-and-set or idempotent by itself, so that a worker
//! that comes back late does no harm. Sources: leases with a number, Gray and Cheriton, "Leases" (1989); `SKIP LOCKED` as a queue, PostgreSQL manual.

pub mod calendar;
mod work;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::alloc::{Stop, StopCause};
use crate::clock::Clock;
use crate::store::{JobKey, LeasedJob, NewJob, Result, Store};

/// How long a job is leased for; kept up while it is being done.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often a lease is kept up.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How often the calendar is read.
const PLAN_EVERY: Duration = Duration::from_secs(60);
/// How long a worker with nothing to do waits at most before it looks at the list again.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Jobs under way for each search at a time: while one searches, others read and write.
const UNDER_WAY_PER_SEARCH: usize = 4;
/// What-ifs that one worker works out at a time.
const WHATIFS_AT_ONCE: usize = 1;
/// The wait after a failure: doubles with each, up to the most.
const BACK_OFF_SECONDS: i64 = 5;
const BACK_OFF_MAX_SECONDS: i64 = 300;

/// When a job is due, and by when it should be done.
type Times = (DateTime<Utc>, Option<DateTime<Utc>>);

/// One worker of the clockwork.
pub struct Clockwork {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    worker: String,
    searches: Arc<Semaphore>,
    searches_at_once: usize,
    /// What-ifs under way: few, so that no night waits for them.
    whatifs: Semaphore,
    /// What this worker has put on the list, so that it writes only what is new.
    planned: Mutex<HashMap<JobKey, Times>>,
    stop: Stop,
}

/// What a worker did in one turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turn {
    /// Jobs that were done, and what came of each.
    pub done: Vec<(JobKey, String)>,
    /// Jobs that failed and are tried again, and why.
    pub failed: Vec<(JobKey, String)>,
}

/// What came of a job.
enum Came {
    Done(String),
    Failed(String),
    /// Somebody else has it by now.
    Lost,
}

impl Clockwork {
    /// A worker of this name, with so many searches at a time (1 or more).
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, worker: &str, searches_at_once: usize) -> Clockwork {
        let searches_at_once = searches_at_once.max(1);
        Clockwork {
            store,
            clock,
            worker: worker.to_owned(),
            searches: Arc::new(Semaphore::new(searches_at_once)),
            searches_at_once,
            whatifs: Semaphore::new(WHATIFS_AT_ONCE),
            planned: Mutex::default(),
            stop: Stop::new(),
        }
    }

    /// Puts on the list what the calendar says; how many jobs were new to this worker.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub async fn plan(&self) -> Result<usize> {
        let now = self.clock.now();
        let mut jobs = calendar::of_everywhere(now);
        let mut tenants = HashMap::new();
        for location in self.store.locations().await? {
            if !tenants.contains_key(&location.tenant_id) {
                tenants.insert(location.tenant_id.clone(), self.store.tenant(&location.tenant_id).await?);
            }
            if let Some(tenant) = tenants.get(&location.tenant_id) {
                jobs.extend(calendar::of_location(&location, tenant, now));
            }
        }
        let mut planned = self.planned.lock().await;
        // What comes again and again knows its next time itself: being on the list is all there is to know.
        let times = |job: &NewJob| if job.key.subject.is_empty() { (DateTime::<Utc>::MIN_UTC, None) } else { (job.due, job.deadline) };
        let named: HashMap<JobKey, _> = jobs.iter().map(|job| (job.key.clone(), times(job))).collect();
        jobs.retain(|job| planned.get(&job.key) != Some(&times(job)));
        self.store.plan_jobs(&jobs).await?;
        *planned = named;
        Ok(jobs.len())
    }

    /// Does everything that is due now, and what becomes due by it, until nothing is.
    ///
    /// # Errors
    /// The list cannot be read or written. What a job could not do is its own matter and stands in the answer.
    pub async fn turn(&self) -> Result<Turn> {
        self.plan().await?;
        let mut turn = Turn::default();
        loop {
            let leased = self.lease(self.under_way_max()).await?;
            if leased.is_empty() {
                return Ok(turn);
            }
            let mut under_way: FuturesUnordered<_> = leased.into_iter().map(|job| self.do_one(job)).collect();
            while let Some((key, came)) = under_way.next().await {
                match came {
                    Came::Done(outcome) => turn.done.push((key, outcome)),
                    Came::Failed(why) => turn.failed.push((key, why)),
                    Came::Lost => {}
                }
            }
        }
    }

    /// Does what is due, as it becomes due, until `ending` says `true`; then ends the searches under way with what they have found, and finishes.
    pub async fn run(self: Arc<Self>, ending: watch::Receiver<bool>) {
        tokio::join!(self.plan_on(ending.clone()), self.work_on(ending));
    }

    async fn plan_on(&self, mut ending: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.plan().await {
                tracing::error!(%error, "the calendar could not be put on the list and is tried again");
            }
            tokio::select! {
                _ = ending.wait_for(|ended| *ended) => return,
                () = tokio::time::sleep(PLAN_EVERY) => {}
            }
        }
    }

    async fn work_on(self: &Arc<Self>, mut ending: watch::Receiver<bool>) {
        // Tasks of their own: one that holds the store's only writer goes on while this waits for it.
        let mut under_way = JoinSet::new();
        loop {
            let ended = *ending.borrow();
            if ended {
                self.stop.raise(StopCause::Interrupt);
                if under_way.is_empty() {
                    return;
                }
            } else if under_way.len() < self.under_way_max() {
                match self.lease_if_due(self.under_way_max() - under_way.len()).await {
                    Ok(leased) => {
                        for job in leased {
                            let this = Arc::clone(self);
                            under_way.spawn(async move { this.do_one(job).await }.in_current_span());
                        }
                    }
                    Err(error) => tracing::error!(%error, "the list of jobs could not be read and is tried again"),
                }
            }
            tokio::select! {
                Some(ended) = under_way.join_next(), if !under_way.is_empty() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "a job broke off; it is done again when its lease has run out");
                    }
                }
                _ = ending.changed(), if !ended => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    fn under_way_max(&self) -> usize {
        UNDER_WAY_PER_SEARCH * self.searches_at_once
    }

    async fn lease(&self, limit: usize) -> Result<Vec<LeasedJob>> {
        let now = self.clock.now();
        self.store.lease_jobs(&self.worker, now, now + LEASE, u32::try_from(limit).unwrap_or(u32::MAX)).await
    }

    /// The same after a look that writes nothing: most of the time nothing is due.
    async fn lease_if_due(&self, limit: usize) -> Result<Vec<LeasedJob>> {
        let now = self.clock.now();
        if self.store.next_job_due(now).await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        self.lease(limit).await
    }

    /// Does a job, keeps its lease up meanwhile, and notes what came of it.
    fn do_one(&self, job: LeasedJob) -> BoxFuture<'_, (JobKey, Came)> {
        Box::pin(self.done(job))
    }

    async fn done(&self, job: LeasedJob) -> (JobKey, Came) {
        let span = tracing::info_span!("job", kind = job.key.kind, location = job.key.location_id, subject = job.key.subject);
        let late = (self.clock.now() - job.due).num_milliseconds().max(0);
        metrics::histogram!("job_late_ms", "kind" => job.key.kind.clone()).record(late as f64);
        let came = async {
            let done = tokio::select! {
                done = self.work(&job) => done,
                () = self.keep_up(&job) => return Came::Lost,
            };
            match done {
                Ok(work::Done { outcome, again }) => {
                    tracing::debug!(outcome, "done");
                    match self.store.finish_job(&job, self.clock.now(), &outcome, again).await {
                        Ok(true) => Came::Done(outcome),
                        Ok(false) => Came::Lost,
                        // It is done again when the lease has run out, and finds nothing to do.
                        Err(error) => Came::Failed(error.to_string()),
                    }
                }
                Err(error) => self.failed(&job, &error.to_string()).await,
            }
        }
        .instrument(span)
        .await;
        let word = match &came {
            Came::Done(_) => "done",
            Came::Failed(_) => "failed",
            Came::Lost => "lost",
        };
        metrics::counter!("job_count", "kind" => job.key.kind.clone(), "came" => word).increment(1);
        (job.key, came)
    }

    /// Keeps a lease up; ends when somebody else has the job.
    async fn keep_up(&self, job: &LeasedJob) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match self.store.extend_lease(job, self.clock.now() + LEASE).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!("another worker took the job over");
                    return;
                }
                Err(error) => tracing::warn!(%error, "the lease could not be kept up and is tried again"),
            }
        }
    }

    async fn failed(&self, job: &LeasedJob, why: &str) -> Came {
        let most = if job.key.kind == calendar::CUTOFF { BACK_OFF_SECONDS << 3 } else { BACK_OFF_MAX_SECONDS };
        let wait = (BACK_OFF_SECONDS << job.attempts.saturating_sub(1).min(10)).min(most);
        tracing::error!(error = why, attempts = job.attempts, wait_s = wait, "failed and is tried again");
        match self.store.fail_job(job, why, self.clock.now() + TimeDelta::seconds(wait)).await {
            Ok(true) => Came::Failed(why.to_owned()),
            Ok(false) => Came::Lost,
            Err(error) => Came::Failed(format!("{why}; and it could not be noted: {error}")),
        }
    }
}
