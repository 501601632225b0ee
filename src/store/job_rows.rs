//! Jobs: what the clockwork does when, each leased to one worker at a time.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// Names one job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct JobKey {
    /// What is done: `cutoff`.
    pub kind: String,
    /// Where; empty for no location in particular.
    pub location_id: String,
    /// The local day, or the part of one, that it is about; empty for what is done again and again.
    pub subject: String,
}

impl JobKey {
    /// This kind of job, there, about that.
    pub fn new(kind: &str, location: &str, subject: &str) -> JobKey {
        JobKey { kind: kind.to_owned(), location_id: location.to_owned(), subject: subject.to_owned() }
    }
}

/// A job that is to stand on the list. One that stands there and is still waiting gets the new times, unless it is done again and again, for then it knows
/// its next time itself; one that was done stays done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its name.
    pub key: JobKey,
    /// Not before.
    pub due: DateTime<Utc>,
    /// Should be done before.
    pub deadline: Option<DateTime<Utc>>,
}

/// A job that a worker holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeasedJob {
    /// Its name.
    pub key: JobKey,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// When it should be done.
    pub deadline: Option<DateTime<Utc>>,
    /// How often it was begun since it was last done, this time counted.
    pub attempts: u32,
    /// Number of the lease: only who has the newest may say that it is done.
    pub lease: i64,
}

/// A job as it stands on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobRow {
    /// Its name.
    pub key: JobKey,
    /// It was done, and is not to be done again.
    pub done: bool,
    /// When it is, or was, due.
    pub due: DateTime<Utc>,
    /// When it should be done.
    pub deadline: Option<DateTime<Utc>>,
    /// When it is tried next.
    pub next_attempt: DateTime<Utc>,
    /// How often it was begun since it was last done.
    pub attempts: u32,
    /// Who does it, or did.
    pub worker: Option<String>,
    /// Until when nobody else may.
    pub leased_until: Option<DateTime<Utc>>,
    /// When it was last done.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it did.
    pub outcome: Option<String>,
    /// Why it failed last.
    pub last_error: Option<String>,
}

/// What is left of one kind of job before its deadline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ahead {
    /// Jobs that wait or are being done.
    pub jobs: u32,
    /// Workers that hold any of them.
    pub workers: u32,
}
