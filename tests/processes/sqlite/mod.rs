//! The tests on SQLite files.

#[path = "../../house/on_sqlite.rs"]
pub mod base;
#[path = "../farewell.rs"]
mod farewell;
#[expect(dead_code, unused_imports, reason = "the tests of the store use the rest")]
#[path = "../../house/mod.rs"]
mod house;
#[path = "../killed.rs"]
mod killed;
#[path = "../log.rs"]
mod log;
#[path = "../numbers.rs"]
mod numbers;

#[path = "../rates.rs"]
mod rates;
#[path = "../stage.rs"]
mod stage;
