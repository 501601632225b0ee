//! The fairness ledger as rows: days that are closed, what each person did and should have done on them, corrections by hand.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What one person's day was in the ledger. A temp has none: nobody carries on with whoever leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Which local day.
    pub date: NaiveDate,
    /// Who.
    pub resource_id: String,
    /// Minutes on shift and not blocked.
    pub available_minutes: i64,
    /// Minutes served of the work that anybody might have been given.
    pub actual_minutes: i64,
    /// Minutes served because the customer chose this person: neither earned nor owed.
    pub requested_minutes: i64,
    /// The fair share of the day's work; in seconds, so that all shares sum to it exactly.
    pub target_seconds: i64,
}

impl LedgerEntry {
    /// Seconds above the fair share.
    pub fn balance_seconds(&self) -> i64 {
        60 * self.actual_minutes - self.target_seconds
    }
}

/// A correction by hand that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCorrection {
    /// Where.
    pub location_id: String,
    /// Whose account.
    pub resource_id: String,
    /// The local day on which it is made.
    pub date: NaiveDate,
    /// Added to what the person is above their share; negative owes them work.
    pub minutes: i64,
}

/// A correction by hand. Never changed or taken away; a wrong one is put right by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionRow {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Whose account.
    pub resource_id: String,
    /// The local day on which it was made: it leaves the window as that day's entries do.
    pub date: NaiveDate,
    /// Added to what the person is above their share.
    pub minutes: i64,
    /// Why.
    pub reason: String,
    /// Who made it.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a location's ledger says over some days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerRows {
    /// Days that are closed, ascending.
    pub closed: Vec<NaiveDate>,
    /// Entries by date and person.
    pub entries: Vec<LedgerEntry>,
    /// Corrections, oldest first.
    pub corrections: Vec<CorrectionRow>,
}
