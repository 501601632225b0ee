//! Weeks in PostgreSQL databases.

#[path = "../../house/on_postgres.rs"]
pub mod base;
#[expect(dead_code, unused_imports, reason = "the tests of the store use the rest")]
#[path = "../../house/mod.rs"]
mod house;
#[path = "../invariants.rs"]
mod invariants;
#[path = "../weeks.rs"]
mod weeks;
#[path = "../world.rs"]
mod world;

/// Seeds that every run tries.
pub const SEEDS: u64 = 1;
