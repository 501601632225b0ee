//! The outbox as rows: what goes out with a change, who is sending it, and what became of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::Minute;

/// What a message tells its customer about a booking, for comparing: a message is the difference between what was told and what holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Says {
    /// When the visit begins.
    pub start: Minute,
    /// Who serves it, by id and sorted; `None` where it names nobody.
    pub who: Option<Vec<String>>,
}

/// A message that goes out with a change, in its transaction.
///
/// One that [`says`](NewMessage::says) something about a booking is what shall be known from now on: the store compares it with what was told
/// before, takes back what has not gone out, and writes what is left to say, if anything: the first name, a correction, or nothing.
#[derive(Clone, PartialEq)]
pub struct NewMessage {
    /// What it tells: `assignment.finalized`.
    pub topic: String,
    /// Which booking it is about.
    pub booking_id: Option<String>,
    /// Channel word.
    pub channel: String,
    /// Address on that channel.
    pub recipient: String,
    /// What the template needs.
    pub payload: serde_json::Value,
    /// The same key is never sent twice.
    pub dedup_key: String,
    /// What its customer knows when it has arrived; `None` where that is not for comparing.
    pub says: Option<Says>,
    /// The customer knows already that it moved, because it was they who moved it: it is on record, and not sent.
    pub known: bool,
}

/// What sort of outbox row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutboxClass {
    /// For programs.
    Event,
    /// For people.
    Message,
}

impl OutboxClass {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            OutboxClass::Event => "event",
            OutboxClass::Message => "message",
        }
    }
}

/// What became of an outbox row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutboxState {
    /// It is to go out.
    Pending,
    /// It went out.
    Delivered,
    /// It was taken back before it went out: it was not true any more, or somebody said so later and better.
    Withdrawn,
    /// It could not be delivered, and nobody tries any more until a person says so.
    Dead,
    /// A person decided that it need not go out.
    Dismissed,
}

impl OutboxState {
    /// All of them.
    pub const ALL: [OutboxState; 5] =
        [OutboxState::Pending, OutboxState::Delivered, OutboxState::Withdrawn, OutboxState::Dead, OutboxState::Dismissed];

    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            OutboxState::Pending => "pending",
            OutboxState::Delivered => "delivered",
            OutboxState::Withdrawn => "withdrawn",
            OutboxState::Dead => "dead",
            OutboxState::Dismissed => "dismissed",
        }
    }

    /// The state with this word, if there is one.
    pub fn from_word(word: &str) -> Option<OutboxState> {
        OutboxState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A row of the outbox.
#[derive(Clone, PartialEq, Serialize)]
pub struct OutboxRow {
    /// Position; rows of one booking are delivered in this order.
    pub id: i64,
    /// Event or message.
    pub class: OutboxClass,
    /// What it tells.
    pub topic: String,
    /// Where it comes from.
    pub location_id: String,
    /// Which booking it is about.
    pub booking_id: Option<String>,
    /// Channel word.
    pub channel: String,
    /// Address on that channel.
    pub recipient: String,
    /// What the template needs.
    pub payload: serde_json::Value,
    /// The receiver's key to drop a second copy.
    pub dedup_key: String,
    /// What became of it.
    pub state: OutboxState,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was delivered.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it is tried, or tried again, at the earliest.
    pub next_attempt_at: DateTime<Utc>,
    /// How often delivery was tried.
    pub attempts: u32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// Who withdrew, retried or dismissed it last.
    pub settled_by: Option<String>,
    /// When they did.
    pub settled_at: Option<DateTime<Utc>>,
}

/// Takes rows to send them: nobody else has them until the claim is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who sends them: a name that no other worker has.
    pub worker: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when nobody else does. A row that was neither delivered nor failed until then is due again.
    pub until: DateTime<Utc>,
}

/// A try that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why, for people; without an address.
    pub why: String,
    /// When to try again; `None` is never, before a person says so.
    pub next_attempt: Option<DateTime<Utc>>,
    /// It may have arrived all the same: nobody answered.
    pub in_doubt: bool,
}

/// Which messages are looked for. What is not given does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Of this tenant.
    pub tenant: Option<String>,
    /// Of this location.
    pub location: Option<String>,
    /// About this booking.
    pub booking: Option<String>,
    /// Of which this became.
    pub state: Option<OutboxState>,
}

/// What a person decides about messages that could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetter {
    /// They are tried again, from the start.
    Retry,
    /// They need not go out.
    Dismiss,
}
