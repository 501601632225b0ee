//! Searches that this service has under way for somebody who waits. They are in memory alone: a search writes nothing of a day, so that one which is
//! lost with its service has changed nothing.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::NaiveDate;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

use crate::alloc::{Standing, Stop, StopCause, Watch};
use crate::clock::Stopwatch;
use crate::domain::id;
use crate::http::app::App;
use crate::operations::{self, RunOptions};

/// Searches that are remembered, those under way beside.
const REMEMBERED: usize = 100;

/// The searches of this service. They have a turn of their own, one at a time: what a desk waits for meanwhile, for seconds, does not wait for one
/// that may take minutes.
#[derive(Debug, Clone)]
pub struct UnderWay {
    searches: Arc<Mutex<Vec<Arc<Search>>>>,
    turn: Arc<Semaphore>,
}

impl Default for UnderWay {
    fn default() -> UnderWay {
        UnderWay { searches: Arc::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

/// A search that somebody waits for.
#[derive(Debug)]
pub struct Search {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location: String,
    /// On which local day.
    pub date: NaiveDate,
    /// Who began it.
    pub actor: String,
    /// Seconds it may take.
    pub seconds: f64,
    watch: Watch,
    stop: Stop,
    began: Stopwatch,
    ended: OnceLock<Result<String, String>>,
    task: OnceLock<AbortHandle>,
}

/// How a search stands.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// It goes on; `None` while it waits for its turn.
    Searching(Option<Standing>),
    /// It is on record as this run.
    Found(String),
    /// It came to nothing, and why.
    Failed(String),
}

impl Search {
    /// How it stands.
    pub fn how(&self) -> How {
        match self.ended.get() {
            Some(Ok(run)) => How::Found(run.clone()),
            Some(Err(why)) => How::Failed(why.clone()),
            None if self.task.get().is_some_and(AbortHandle::is_finished) && self.ended.get().is_none() => How::Failed(String::new()),
            None => How::Searching(self.watch.standing()),
        }
    }

    /// Seconds since it began.
    pub fn elapsed_s(&self) -> f64 {
        self.began.elapsed_s()
    }

    /// Ends it: what it has found by then is its answer.
    pub fn end(&self) {
        self.stop.raise(StopCause::Interrupt);
    }

    fn is_under_way(&self) -> bool {
        matches!(self.how(), How::Searching(_))
    }
}

impl UnderWay {
    /// The search of this id on a day.
    pub fn find(&self, id: &str, location: &str, date: NaiveDate) -> Option<Arc<Search>> {
        self.all().iter().find(|one| one.id == id && (one.location.as_str(), one.date) == (location, date)).cloned()
    }

    /// What is searched on a day now.
    pub fn on(&self, location: &str, date: NaiveDate) -> Option<Arc<Search>> {
        self.all().iter().find(|one| (one.location.as_str(), one.date) == (location, date) && one.is_under_way()).cloned()
    }

    /// Begins to look at what a run would do; where one is under way on that day, that one is it.
    pub fn begin(&self, app: &Arc<App>, location: &str, date: NaiveDate, options: RunOptions, seconds: f64) -> Arc<Search> {
        let mut all = self.all();
        if let Some(found) = all.iter().find(|one| (one.location.as_str(), one.date) == (location, date) && one.is_under_way()) {
            return found.clone();
        }
        let (watch, stop) = (Watch::new(), Stop::new());
        let search = Arc::new(Search {
            id: id::new_id(app.clock.now()),
            location: location.to_owned(),
            date,
            actor: options.actor.clone(),
            seconds,
            watch: watch.clone(),
            stop: stop.clone(),
            began: Stopwatch::start(),
            ended: OnceLock::new(),
            task: OnceLock::new(),
        });
        while all.len() >= REMEMBERED
            && let Some(old) = all.iter().position(|one| !one.is_under_way())
        {
            all.remove(old);
        }
        all.push(search.clone());
        drop(all);
        let limits = crate::alloc::Limits { watch: Some(watch), stop, ..options.limits.clone() };
        let options = RunOptions { dry_run: true, limits, time_limit_s: Some(seconds), searches: Some(self.turn()), ..options };
        let (app, mine) = (app.clone(), search.clone());
        let task = tokio::spawn(async move {
            let done = Box::pin(operations::optimize(app.store.as_ref(), app.clock.as_ref(), &mine.location, mine.date, &options)).await;
            // It is set here alone.
            let _ = mine.ended.set(done.map(|report| report.run.id).map_err(|error| error.to_string()));
        });
        let _ = search.task.set(task.abort_handle());
        search
    }

    /// The turn that one of them has at a time; the others wait for it.
    pub fn turn(&self) -> Arc<Semaphore> {
        self.turn.clone()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Search>>> {
        self.searches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
