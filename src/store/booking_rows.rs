//! Bookings as rows: as stored, as asked for, as imported, and what happened to them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::day::AssignmentChange;
use super::outbox_rows::NewMessage;
use super::rows::CustomerRow;
use crate::domain::{AssignmentStatus, BookingState, Minute, Span};
use crate::sheet::{self, Demand};

/// A booking as stored.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct BookingRow {
    /// Identifier, unique in the database.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Where it was first written down, unique within the location.
    pub external_ref: Option<String>,
    /// What was booked.
    pub service_id: Option<String>,
    /// Who booked.
    pub customer_id: Option<String>,
    /// Who asked for it, by the name in their token; they may confirm, move and cancel it.
    pub user_id: Option<String>,
    /// The customer whose only booking of this slot it is; `None` where that does not matter.
    pub booked_by: Option<String>,
    /// What the customer wrote with it.
    pub notes: Option<String>,
    /// Reference of a payment, given with the confirmation.
    pub payment_ref: Option<String>,
    /// When the hold runs out, unless it is confirmed.
    pub hold_expires_at: Option<DateTime<Utc>>,
    /// The location's local day in which it starts: the sheet it stands on.
    pub local_date: NaiveDate,
    /// The time the customer was given, without buffers.
    pub span: Span,
    /// Minutes needed before.
    pub buffer_before_minutes: u32,
    /// Minutes needed after.
    pub buffer_after_minutes: u32,
    /// What it needs.
    pub demands: Vec<Demand>,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// The wish was waived when it was taken: nobody of that gender was on file. The customer is told so.
    pub gender_waived: bool,
    /// Wish for a part of the house.
    pub zone: Option<String>,
    /// How many people come.
    pub party_size: u32,
    /// Weight of leaving it unplaced.
    pub priority: u32,
    /// Id of the booking whose resources it shares.
    pub same_resource_as: Option<String>,
    /// Preference by resource id.
    pub affinity: BTreeMap<String, f64>,
    /// Where it stands.
    pub state: BookingState,
    /// How firmly it is held.
    pub status: AssignmentStatus,
    /// Who holds it now, sorted; empty when nobody does.
    pub resources: Vec<String>,
    /// Who really served, as recorded, sorted.
    pub served_by: Vec<String>,
    /// Grows with every change; for compare-and-set.
    pub state_version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl BookingRow {
    /// The span in which those who serve it are busy: with buffers.
    pub fn occupied(&self) -> Span {
        Span::new(self.span.start.plus(-i64::from(self.buffer_before_minutes)), self.span.end.plus(i64::from(self.buffer_after_minutes)))
    }

    /// As it stands on a sheet, held by `resources` with `status`.
    pub fn on_sheet(&self, status: AssignmentStatus, resources: Vec<String>) -> sheet::Booking {
        sheet::Booking {
            id: self.id.clone(),
            span: self.span,
            buffer_before_minutes: self.buffer_before_minutes,
            buffer_after_minutes: self.buffer_after_minutes,
            demands: self.demands.clone(),
            gender: self.gender.clone(),
            zone: self.zone.clone(),
            party_size: self.party_size,
            priority: self.priority,
            same_resource_as: self.same_resource_as.clone(),
            affinity: self.affinity.clone(),
            assignment: Some(sheet::Assignment { status, resources }),
        }
    }
}

/// A booking that is asked for: a service at a time.
#[derive(Clone, PartialEq)]
pub struct NewBooking {
    /// Where.
    pub location_id: String,
    /// What.
    pub service_id: String,
    /// Who books; `None` for a walk-in nobody can write to.
    pub customer_id: Option<String>,
    /// When it starts.
    pub start: Minute,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// Wish for a part of the house.
    pub zone: Option<String>,
    /// How many people come, 1 or more.
    pub party_size: u32,
    /// Weight of leaving it unplaced, 1 or more.
    pub priority: u32,
    /// Id of the booking whose resources it shares.
    pub same_resource_as: Option<String>,
    /// Preference by resource id.
    pub affinity: BTreeMap<String, f64>,
    /// A stable id of the caller's; a new one otherwise.
    pub id: Option<String>,
    /// Until when it is only held; `None` confirms it at once.
    pub hold_until: Option<DateTime<Utc>>,
    /// Who asks, by the name in their token.
    pub user_id: Option<String>,
    /// What the customer wrote.
    pub notes: Option<String>,
    /// Written in the same transaction: a customer who is new, or has new contacts. Their id is [`NewBooking::customer_id`].
    pub customer: Option<CustomerRow>,
    /// Refuse a second active booking of this customer for the same service and start.
    pub once: bool,
    /// Refuse it where a slot says that no more may begin then, or that there is no slot.
    pub in_slot: bool,
}

impl NewBooking {
    /// A service at a time for one person without wishes.
    pub fn new(location_id: &str, service_id: &str, start: Minute) -> NewBooking {
        NewBooking {
            location_id: location_id.to_owned(),
            service_id: service_id.to_owned(),
            customer_id: None,
            start,
            gender: None,
            zone: None,
            party_size: 1,
            priority: 1,
            same_resource_as: None,
            affinity: BTreeMap::new(),
            id: None,
            hold_until: None,
            user_id: None,
            notes: None,
            customer: None,
            once: false,
            in_slot: false,
        }
    }
}

/// What whoever decides answers about a booking and the day it would stand on.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// It is taken and held by these.
    Hold {
        /// Ids of who serves it.
        resources: Vec<String>,
        /// Provisional; bound when the customer chose; finalized when the day's cutoff has passed.
        status: AssignmentStatus,
        /// The gender wish was waived.
        gender_waived: bool,
        /// Provisional bookings of the same day that make room, in the same transaction. Nobody is told: nobody was told a name.
        moves: Vec<AssignmentChange>,
        /// What the customer is told, in the same transaction.
        messages: Vec<NewMessage>,
    },
    /// It is not taken; nothing is written.
    Refuse,
}

/// A recorded booking as an import brings it. The same record twice changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportBooking {
    /// The record's own stable name, unique within the location: the key of the import.
    pub external_ref: String,
    /// What was booked; gives buffers and demands.
    pub service_id: String,
    /// Who booked.
    pub customer_id: Option<String>,
    /// The time the customer was given, without buffers; need not be the service's length.
    pub span: Span,
    /// Who holds it. Where that would double-book, the booking goes in without a hold and the outcome says so.
    pub resources: Vec<String>,
    /// Who really served, as recorded.
    pub served_by: Vec<String>,
    /// Where it stands: `completed` for the past, `confirmed` for what is to come.
    pub state: BookingState,
    /// How firmly it is held.
    pub status: AssignmentStatus,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// Wish for a part of the house.
    pub zone: Option<String>,
    /// How many people come, 1 or more.
    pub party_size: u32,
    /// Weight of leaving it unplaced, 1 or more.
    pub priority: u32,
}

impl ImportBooking {
    /// A booking that took place, or is to, served and held by `resources`.
    pub fn new(external_ref: &str, service_id: &str, span: Span, state: BookingState, resources: &[&str]) -> ImportBooking {
        let resources: Vec<String> = resources.iter().map(|&r| r.to_owned()).collect();
        ImportBooking {
            external_ref: external_ref.to_owned(),
            service_id: service_id.to_owned(),
            customer_id: None,
            span,
            served_by: if state == BookingState::Completed { resources.clone() } else { Vec::new() },
            resources,
            state,
            status: AssignmentStatus::Provisional,
            gender: None,
            zone: None,
            party_size: 1,
            priority: 1,
        }
    }
}

/// What became of one imported record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowOutcome {
    /// The record's own name.
    pub external_ref: String,
    /// What was done.
    pub result: RowResult,
    /// Why the recorded people do not hold it although it went in: whom else they serve at that time.
    pub hold_refused: Option<String>,
}

/// What was done with one imported record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowResult {
    /// It is new.
    Inserted,
    /// It was there and is different now.
    Updated,
    /// It was there just so.
    Unchanged,
    /// It did not go in, and why.
    Refused(String),
}

/// One line of a booking's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// Whose.
    pub booking_id: String,
    /// What changed.
    pub kind: HistoryKind,
    /// What it was; empty at the beginning.
    pub from: String,
    /// What it is.
    pub to: String,
    /// Who did it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The booking's version after it.
    pub state_version: i64,
}

/// What a line of history tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HistoryKind {
    /// The booking's state.
    State,
    /// Who holds it and how firmly: `provisional grace`.
    Assignment,
    /// When it takes place.
    Time,
}

impl HistoryKind {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            HistoryKind::State => "state",
            HistoryKind::Assignment => "assignment",
            HistoryKind::Time => "time",
        }
    }

    /// The kind with this word, if there is one.
    pub fn from_word(word: &str) -> Option<HistoryKind> {
        [HistoryKind::State, HistoryKind::Assignment, HistoryKind::Time].into_iter().find(|kind| kind.as_str() == word)
    }
}
