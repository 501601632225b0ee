//! What has to be done again and again: holds run out, old requests are forgotten.
//!
//! Each of these is harmless when several processes do it at once: what one has done the others find done.

use chrono::TimeDelta;

use crate::clock::Clock;
use crate::store::{Result, Stamp, Store};

/// Hours for which a request is remembered (document "General Scheduler").
const REQUESTS_HOURS: i64 = 24;
/// Days after which a day that is over is not looked at again, in whatever zone.
const JOBS_DAYS: i64 = 2;
/// Days after which a what-if that has ended is forgotten.
const WHATIFS_DAYS: i64 = 30;

/// Lets holds run out that are due; their ids.
///
/// # Errors
/// The store cannot be read or written.
pub async fn expire_holds(store: &dyn Store, clock: &dyn Clock) -> Result<Vec<String>> {
    store.expire_holds(None, &Stamp::new("holds", clock.now(), "ran out")).await
}

/// Forgets requests of more than a day ago, what was shown before, jobs of days that are over, and what-ifs of more than a month ago; how many rows.
///
/// # Errors
/// The store cannot be read or written.
pub async fn forget(store: &dyn Store, clock: &dyn Clock) -> Result<u64> {
    let now = clock.now();
    let rows = store.forget(now - TimeDelta::hours(REQUESTS_HOURS), now).await?;
    let jobs = store.forget_jobs(now - TimeDelta::days(JOBS_DAYS)).await?;
    Ok(rows + jobs + store.forget_whatifs(now - TimeDelta::days(WHATIFS_DAYS)).await?)
}
