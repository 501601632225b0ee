//! The tests on SQLite files.

#[path = "../absence.rs"]
mod absence;
#[path = "../accounts.rs"]
mod accounts;
#[path = "../../house/on_sqlite.rs"]
pub mod base;
#[path = "../booking.rs"]
mod booking;
#[path = "../contacts.rs"]
mod contacts;
#[path = "../delivery.rs"]
mod delivery;
mod files;
#[path = "../finalize.rs"]
mod finalize;
#[path = "../handover.rs"]
mod handover;
#[expect(dead_code, reason = "the tests of the clockwork use the rest")]
#[path = "../../house/mod.rs"]
mod house;
#[path = "../ledger.rs"]
mod ledger;
#[path = "../lifecycle.rs"]
mod lifecycle;
#[path = "../looked.rs"]
mod looked;
#[path = "../previews.rs"]
mod previews;
#[path = "../store.rs"]
mod store;
#[path = "../storm.rs"]
mod storm;
#[path = "../telling.rs"]
mod telling;
#[path = "../templates.rs"]
mod templates;
#[path = "../upgrade.rs"]
mod upgrade;
#[path = "../whatif.rs"]
mod whatif;
