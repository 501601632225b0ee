//! The house in a PostgreSQL database.

#[path = "../house/on_postgres.rs"]
pub mod base;
#[expect(dead_code, unused_imports, unused_macros, reason = "every test takes what it needs")]
#[path = "../house/mod.rs"]
pub mod house;
