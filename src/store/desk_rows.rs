//! What stands between the house and its customers: slots, what somebody was shown, requests that are made once, pages of a list.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::booking_rows::BookingRow;
use crate::domain::{BookingState, Minute, Span};

/// How full a slot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlotStatus {
    /// Nothing stands in it.
    Open,
    /// Something does, and there may be room for more.
    Partial,
    /// As many stand in it as could be served at once.
    Full,
    /// Nobody on duty could serve it.
    Blocked,
}

impl SlotStatus {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            SlotStatus::Open => "open",
            SlotStatus::Partial => "partial",
            SlotStatus::Full => "full",
            SlotStatus::Blocked => "blocked",
        }
    }

    /// The status with this word, if there is one.
    pub fn from_word(word: &str) -> Option<SlotStatus> {
        [SlotStatus::Open, SlotStatus::Partial, SlotStatus::Full, SlotStatus::Blocked].into_iter().find(|status| status.as_str() == word)
    }
}

/// When a service can begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotRow {
    /// Identifier; stays the same however often the day's slots are made anew.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// What.
    pub service_id: String,
    /// The location's local day in which it begins.
    pub local_date: NaiveDate,
    /// From when to when, without buffers.
    pub span: Span,
    /// How many could be served at once by those on duty, were nothing else booked; not above `capacity_max`.
    pub capacity: u32,
    /// The most that may begin then, where a rule says so.
    pub capacity_max: Option<u32>,
    /// Bookings that stand in it.
    pub booked: u32,
    /// Holds in it that were not confirmed yet.
    pub hold: u32,
    /// How full it is.
    pub status: SlotStatus,
}

/// A slot as the rules and the people on duty give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSlot {
    /// When it begins.
    pub start: Minute,
    /// When it ends.
    pub end: Minute,
    /// See [`SlotRow::capacity`].
    pub capacity: u32,
    /// See [`SlotRow::capacity_max`].
    pub capacity_max: Option<u32>,
}

/// What making a day's slots did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotsMade {
    /// New ones.
    pub inserted: u32,
    /// With another capacity.
    pub updated: u32,
    /// Gone, or blocked because something stands in them.
    pub removed: u32,
    /// As they were.
    pub unchanged: u32,
}

/// A day at one glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// The day's version.
    pub version: i64,
    /// Its slots were made by the house as it is now.
    pub slots_are_new: bool,
    /// Some holds on it are due to run out.
    pub holds_are_due: bool,
}

/// What somebody was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposureRow {
    /// Whom, what for and when.
    pub key: String,
    /// Ids of the slots, in the order shown.
    pub slots: Vec<String>,
    /// By which policy.
    pub variant: String,
    /// Until when the same are shown again.
    pub expires_at: DateTime<Utc>,
}

/// Names one request of one caller, so that it changes things once.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Whose data.
    pub tenant: String,
    /// Who asks.
    pub actor: String,
    /// The caller's key.
    pub key: String,
    /// Of method, path and body, as hexadecimal digits.
    pub payload_sha256: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What is noted as its outcome, where that is known before; otherwise what the write answers.
    pub outcome: Option<serde_json::Value>,
}

/// A request that was made before.
#[derive(Clone, PartialEq)]
pub struct Answered {
    /// Of what was asked then.
    pub payload_sha256: String,
    /// What was written.
    pub outcome: serde_json::Value,
}

/// Which bookings of a tenant. What is `None` or empty does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookingFilter {
    /// Where.
    pub location: Option<String>,
    /// Starting at or after.
    pub from: Option<Minute>,
    /// Starting before.
    pub to: Option<Minute>,
    /// Standing here.
    pub state: Option<BookingState>,
    /// Of this service.
    pub service: Option<String>,
    /// Held by this person or table.
    pub resource: Option<String>,
    /// Of this customer.
    pub customer: Option<String>,
    /// Asked for by this caller.
    pub user: Option<String>,
}

/// Where a page of bookings ended: in the order of start and id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageEnd {
    /// Start of the last booking.
    pub start: Minute,
    /// Its id.
    pub id: String,
}

/// A page of bookings.
#[derive(Debug, Clone, PartialEq)]
pub struct BookingPage {
    /// By start and id.
    pub bookings: Vec<BookingRow>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<PageEnd>,
}

/// What a look over the whole database found. Nothing in it should ever be above zero but the counts of what was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Bookings looked at.
    pub bookings: u64,
    /// Active ones.
    pub active: u64,
    /// Pairs of holds of one person or table that share an instant.
    pub overlaps: u64,
    /// Holds of bookings that are called off, or over another time than the booking's.
    pub stray_holds: u64,
    /// Confirmed bookings that need somebody, whom nobody holds, and nobody was asked to look at.
    pub unheld: u64,
    /// Customers with two active bookings of one slot.
    pub doubled: u64,
    /// Slots whose counters differ from what stands in them.
    pub wrong_counters: u64,
    /// Bookings whose history does not end where they stand.
    pub history_gaps: u64,
    /// Steps of bookings without their event.
    pub lost_events: u64,
    /// Requests without an outcome.
    pub open_requests: u64,
}

impl Audit {
    /// Is everything as it must be?
    pub fn is_clean(&self) -> bool {
        let faults = [
            self.overlaps,
            self.stray_holds,
            self.unheld,
            self.doubled,
            self.wrong_counters,
            self.history_gaps,
            self.lost_events,
            self.open_requests,
        ];
        faults.iter().all(|&count| count == 0)
    }
}
