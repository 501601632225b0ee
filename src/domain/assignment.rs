//! How firmly a booking is held by those who serve it.

use serde::{Deserialize, Serialize};

/// How firmly a booking is held by its resources (ADR "pooled deferred staff allocation").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssignmentStatus {
    /// Nobody was told a name: may be moved silently.
    Provisional,
    /// The customer chose this person: served by exactly them, or not placed.
    Bound,
    /// The customer was told the name: held like bound, unless the profile prices moving it.
    Finalized,
}

impl AssignmentStatus {
    /// The word in a sheet and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            AssignmentStatus::Provisional => "provisional",
            AssignmentStatus::Bound => "bound",
            AssignmentStatus::Finalized => "finalized",
        }
    }

    /// The status with this word, if there is one.
    pub fn from_word(word: &str) -> Option<AssignmentStatus> {
        [AssignmentStatus::Provisional, AssignmentStatus::Bound, AssignmentStatus::Finalized].into_iter().find(|status| status.as_str() == word)
    }
}
