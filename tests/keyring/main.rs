//! The keyring: its file, sealed contact data, lookups by address, and tokens.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod addresses;
mod file;
mod passwords;
mod ring;
mod rotation;
mod seals;
mod sessions;
mod tokens;

use chrono::{DateTime, Utc};
use zamu::keyring::Keyring;

/// A morning in Nairobi.
fn now() -> DateTime<Utc> {
    "2026-11-21T07:00:00Z".parse().unwrap()
}

/// So many seconds after [`now`].
fn after(seconds: i64) -> DateTime<Utc> {
    now() + chrono::Duration::seconds(seconds)
}

fn ring() -> Keyring {
    Keyring::in_memory(now()).unwrap()
}
