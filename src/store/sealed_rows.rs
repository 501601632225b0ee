//! Sealing rows anew, batch by batch.

use serde::Serialize;

/// Rows in which something is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SealedRows {
    /// A tenant's manager.
    Tenants,
    /// Where customers are reached, and what they are found by.
    Customers,
    /// What customers wrote.
    Bookings,
    /// Where messages go.
    Outbox,
    /// What requests led to.
    Requests,
}

impl SealedRows {
    /// The order in which a pass goes over them.
    pub const ALL: [SealedRows; 5] = [SealedRows::Tenants, SealedRows::Customers, SealedRows::Bookings, SealedRows::Outbox, SealedRows::Requests];

    /// Those that come after.
    pub(super) fn next(self) -> Option<SealedRows> {
        SealedRows::ALL.into_iter().find(|rows| *rows > self)
    }
}

/// How far a pass over everything sealed has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResealAt {
    /// In which rows it is.
    pub rows: SealedRows,
    /// The key of the last one it looked at; empty before the first.
    pub after: Vec<String>,
}

/// What one batch of a pass did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resealed {
    /// Which rows.
    pub rows: SealedRows,
    /// How many were looked at.
    pub looked_at: u32,
    /// How many were written: not yet under the current keys, or not sealed at all.
    pub written: u32,
    /// Where the next batch begins; `None` when all rows were looked at.
    pub next: Option<ResealAt>,
}
