//! The tests on SQLite files.

#[path = "../absences.rs"]
mod absences;
#[path = "../access.rs"]
mod access;
#[path = "../../house/on_sqlite.rs"]
pub mod base;
#[path = "../crowd.rs"]
mod crowd;
#[path = "../customer.rs"]
mod customer;
#[path = "../desk.rs"]
mod desk;
#[path = "../edge.rs"]
mod edge;
#[path = "../harness.rs"]
mod harness;
#[expect(dead_code, unused_imports, reason = "the tests of the store use the rest")]
#[path = "../../house/mod.rs"]
mod house;
#[path = "../messages.rs"]
mod messages;
#[path = "../shown.rs"]
mod shown;
#[path = "../whatifs.rs"]
mod whatifs;
