//! The tests on SQLite files.

#[path = "../absence.rs"]
mod absence;
#[path = "../../house/on_sqlite.rs"]
pub mod base;
#[path = "../booking.rs"]
mod booking;
#[path = "../contacts.rs"]
mod contacts;
mod files;
#[path = "../finalize.rs"]
mod finalize;
#[path = "../../house/mod.rs"]
mod house;
#[path = "../ledger.rs"]
mod ledger;
#[path = "../lifecycle.rs"]
mod lifecycle;
#[path = "../store.rs"]
mod store;
#[path = "../storm.rs"]
mod storm;
#[path = "../upgrade.rs"]
mod upgrade;
