//! What can serve a booking.

use serde::{Deserialize, Serialize};

/// What a resource is, and what a demand asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceKind {
    /// A person: has a gender and qualifications.
    Staff,
    /// A table: has seats, a smallest party and a zone.
    Table,
}

impl ResourceKind {
    /// The word in a sheet.
    pub fn as_str(self) -> &'static str {
        match self {
            ResourceKind::Staff => "staff",
            ResourceKind::Table => "table",
        }
    }
}
