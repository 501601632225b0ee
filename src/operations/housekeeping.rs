//! What a running service does beside answering: holds run out, slots are kept for the horizon, old requests are forgotten.
//!
//! Each of these is harmless when several processes do it at once: what one has done the others find done.

use chrono::TimeDelta;

use crate::booking::slots;
use crate::clock::Clock;
use crate::store::{Result, Stamp, Store};

/// Hours for which a request is remembered (document "General Scheduler").
const REQUESTS_HOURS: i64 = 24;

/// Lets holds run out that are due; their ids.
///
/// # Errors
/// The store cannot be read or written.
pub async fn expire_holds(store: &dyn Store, clock: &dyn Clock) -> Result<Vec<String>> {
    store.expire_holds(None, &Stamp::new("holds", clock.now(), "ran out")).await
}

/// Keeps the slots of the coming days, and forgets requests of more than a day ago and what was shown before.
///
/// # Errors
/// The store cannot be read or written.
pub async fn hourly(store: &dyn Store, clock: &dyn Clock) -> Result<()> {
    slots::keep_horizon(store, clock).await?;
    let now = clock.now();
    store.forget(now - TimeDelta::hours(REQUESTS_HOURS), now).await?;
    Ok(())
}
