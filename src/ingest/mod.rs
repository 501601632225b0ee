//! Real input: other people's files, read into plain rows and then into the store.
//!
//! Parsing is pure and needs no store: bytes in, an [`ImportBatch`] and a [`RowReport`] for every row that was refused, repaired or skipped out.
//! Real files are dirty, so a bad row never stops the good ones; only a file that cannot be read as what it claims to be is an error.
//! Every row carries a reference built from what it says, not from where it stands, so that reading the same file twice changes nothing.

pub mod batch;
pub mod derive;
pub mod local;
pub mod mapped;
pub mod mapping;
pub mod report;
pub mod salon;
pub mod smptsp;
pub mod table;
pub mod write;

pub use batch::{
    Availability, Batch as ImportBatch, BatchBooking, BatchCustomer, BatchLocation, BatchService, BatchStaff, Hours, RECORDED_STATES, Worked,
};
pub use mapping::Mapping;
pub use report::{Action, Parsed, RowReport};
pub use table::{BadInput, Table};
pub use write::{Tally, Written};
