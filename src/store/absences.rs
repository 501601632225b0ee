//! Absences as stored: previewed, confirmed, undone.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::day::DayChange;
use super::rows::{NewBlock, Stamp};
use crate::domain::Span;

/// Where an absence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AbsenceState {
    /// Looked at; nothing is written yet.
    Previewed,
    /// Written: the block stands, and who could be moved was moved.
    Confirmed,
    /// Taken back.
    Undone,
    /// Looked at too long ago to be confirmed.
    Expired,
    /// A day was changed after it was looked at.
    Outdated,
}

impl AbsenceState {
    /// Every state.
    pub const ALL: [AbsenceState; 5] =
        [AbsenceState::Previewed, AbsenceState::Confirmed, AbsenceState::Undone, AbsenceState::Expired, AbsenceState::Outdated];

    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            AbsenceState::Previewed => "previewed",
            AbsenceState::Confirmed => "confirmed",
            AbsenceState::Undone => "undone",
            AbsenceState::Expired => "expired",
            AbsenceState::Outdated => "outdated",
        }
    }

    /// The state with this word, if there is one.
    pub fn from_word(word: &str) -> Option<AbsenceState> {
        AbsenceState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// An absence as stored. What its JSON parts mean is known to [`mod@crate::operations::absence`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AbsenceRow {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Who.
    pub resource_id: String,
    /// From when to when.
    pub span: Span,
    /// Why.
    pub reason: String,
    /// The sentence it was understood from, where it was one.
    pub words: Option<String>,
    /// May customers be moved who were told a name?
    pub may_move: bool,
    /// Where it stands.
    pub state: AbsenceState,
    /// Its days: what would be done, and what was.
    pub days: serde_json::Value,
    /// When it was looked at.
    pub previewed_at: DateTime<Utc>,
    /// By whom.
    pub previewed_by: String,
    /// The block it wrote.
    pub block_id: Option<String>,
    /// When it was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub confirmed_by: Option<String>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
    /// By whom.
    pub undone_by: Option<String>,
    /// What taking it back did.
    pub undo: Option<serde_json::Value>,
    /// The preview that was made in its place.
    pub replaced_by: Option<String>,
}

/// What becomes of an absence's block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockStep {
    /// It is written.
    Write(NewBlock),
    /// It is taken away, if it is still there.
    Remove,
}

/// A step of an absence with everything that belongs to it: applied whole, if nobody touched its days since they were read.
#[derive(Debug, Clone)]
pub struct AbsenceChange {
    /// Which absence.
    pub id: String,
    /// Where it stands before.
    pub from: AbsenceState,
    /// Where it stands after: confirmed or undone.
    pub to: AbsenceState,
    /// Who and when.
    pub stamp: Stamp,
    /// What becomes of its block.
    pub block: BlockStep,
    /// The days, each with the version at which it was read.
    pub days: Vec<DayChange>,
    /// Ids of the bookings that the absent person was seen to hold within the absence; others are a lost race. `None` where it does not matter.
    pub holds: Option<Vec<String>>,
    /// What taking it back did.
    pub undo: Option<serde_json::Value>,
}
