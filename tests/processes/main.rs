//! The real program as processes: killed in the middle, two on one database, ended politely, its log, started from nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod alone;
mod postgres;
#[expect(dead_code, reason = "the tests of the allocator use the rest")]
#[path = "../support/rng.rs"]
mod rng;
#[path = "../running/mod.rs"]
mod running;
mod sqlite;
