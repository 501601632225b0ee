//! zamu books the time now and decides tonight who serves it.

pub mod alloc;
pub mod booking;
pub mod cli;
pub mod clock;
pub mod domain;
pub mod ingest;
pub mod notify;
pub mod operations;
pub mod sheet;
pub mod store;
