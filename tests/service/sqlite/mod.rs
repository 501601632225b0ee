//! The tests on SQLite files.

#[path = "../absences.rs"]
mod absences;
#[path = "../access.rs"]
mod access;
#[path = "../again.rs"]
mod again;
#[path = "../../house/on_sqlite.rs"]
pub mod base;
#[path = "../book.rs"]
mod book;
#[path = "../crowd.rs"]
mod crowd;
#[path = "../customer.rs"]
mod customer;
#[path = "../desk.rs"]
mod desk;
#[path = "../edge.rs"]
mod edge;
#[path = "../hand.rs"]
mod hand;
#[path = "../harness.rs"]
mod harness;
#[path = "../hours.rs"]
mod hours;
#[expect(dead_code, unused_imports, reason = "the tests of the store use the rest")]
#[path = "../../house/mod.rs"]
mod house;
#[path = "../look.rs"]
mod look;
#[path = "../messages.rs"]
mod messages;
#[path = "../namesakes.rs"]
mod namesakes;
#[path = "../panels.rs"]
mod panels;
#[path = "../settings.rs"]
mod settings;
#[path = "../shown.rs"]
mod shown;
#[path = "../sign_in.rs"]
mod sign_in;
#[path = "../told.rs"]
mod told;
#[path = "../two_desks.rs"]
mod two_desks;
#[path = "../visitor.rs"]
mod visitor;
#[path = "../whatifs.rs"]
mod whatifs;
