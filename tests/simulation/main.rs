//! Weeks of several locations from a seed: bookings, cancellations, absences, temps, repairs, crashes, clocks that jump; and after every step
//! everything that always holds.
//!
//! `ZAMU_TEST_SEED=17 cargo test --test simulation` replays a seed that failed; `ZAMU_TEST_SEEDS=1000` tries so many.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod postgres;
#[expect(dead_code, reason = "the tests of the allocator use the rest")]
#[path = "../support/rng.rs"]
mod rng;
mod sqlite;
