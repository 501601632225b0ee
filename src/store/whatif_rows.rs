//! What-ifs as stored: asked, worked out, ended.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Where a what-if stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhatIfState {
    /// Asked; nobody works on it yet.
    Queued,
    /// A worker has it.
    Running,
    /// Its study is there.
    Done,
    /// It could not be answered; the row says why.
    Failed,
    /// Somebody did not want the answer any more.
    Cancelled,
}

impl WhatIfState {
    /// Every state.
    pub const ALL: [WhatIfState; 5] = [WhatIfState::Queued, WhatIfState::Running, WhatIfState::Done, WhatIfState::Failed, WhatIfState::Cancelled];

    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            WhatIfState::Queued => "queued",
            WhatIfState::Running => "running",
            WhatIfState::Done => "done",
            WhatIfState::Failed => "failed",
            WhatIfState::Cancelled => "cancelled",
        }
    }

    /// The state with this word, if there is one.
    pub fn from_word(word: &str) -> Option<WhatIfState> {
        WhatIfState::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Is nothing done about it any more?
    pub fn is_ended(self) -> bool {
        matches!(self, WhatIfState::Done | WhatIfState::Failed | WhatIfState::Cancelled)
    }
}

/// A what-if that is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWhatIf {
    /// Identifier.
    pub id: String,
    /// Whose it is.
    pub tenant_id: String,
    /// Whose days.
    pub location_id: String,
    /// First local day of the base.
    pub from: NaiveDate,
    /// Its last.
    pub to: NaiveDate,
    /// The scenario's document.
    pub scenario: serde_json::Value,
    /// Who asks.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A what-if as stored, without its study, which is asked for by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIfRow {
    /// Identifier; sorts by when it was asked.
    pub id: String,
    /// Whose it is.
    pub tenant_id: String,
    /// Whose days.
    pub location_id: String,
    /// First local day of the base.
    pub from: NaiveDate,
    /// Its last.
    pub to: NaiveDate,
    /// The scenario's document.
    pub scenario: serde_json::Value,
    /// Where it stands.
    pub state: WhatIfState,
    /// Days solved so far.
    pub days_done: u32,
    /// Of how many; 0 before that is known.
    pub days_total: u32,
    /// Somebody wants it to end.
    pub cancel_asked: bool,
    /// Why it failed.
    pub error: Option<String>,
    /// Who asked.
    pub actor: String,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When a worker last began with it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// How a what-if ends.
#[derive(Debug, Clone, PartialEq)]
pub enum WhatIfEnd {
    /// With this study.
    Done(serde_json::Value),
    /// Without an answer, and why.
    Failed(String),
    /// As somebody asked.
    Cancelled,
}

impl WhatIfEnd {
    /// Where it stands then.
    pub fn state(&self) -> WhatIfState {
        match self {
            WhatIfEnd::Done(_) => WhatIfState::Done,
            WhatIfEnd::Failed(_) => WhatIfState::Failed,
            WhatIfEnd::Cancelled => WhatIfState::Cancelled,
        }
    }
}

/// Kind of the jobs that work what-ifs out; the subject is the what-if's id.
pub const WHATIF_JOB: &str = "whatif";
