//! A day as read from the store, and a change to a day that is applied whole or not at all.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::booking_rows::BookingRow;
use super::outbox_rows::NewMessage;
use super::rows::{CustomerRow, LocationRow, Stamp, TenantRow};
use crate::domain::{AssignmentStatus, BookingState};
use crate::sheet::Sheet;

/// Which of a day's bookings its sheet shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayView {
    /// What is still to be served, held as it is held now.
    Live,
    /// Recorded facts: everything that was not called off, missed visits too (somebody was kept for them), held by those who really
    /// served, else by those who hold it. Records are what they are: they may overlap one another.
    Recorded,
}

/// A location's local day as one consistent read.
#[derive(Debug, Clone)]
pub struct Day {
    /// Its sheet.
    pub sheet: Sheet,
    /// Its version: any later write that touches the day makes it larger.
    pub version: i64,
    /// The bookings on the sheet, in its order.
    pub bookings: Vec<BookingRow>,
    /// Who booked, by customer id.
    pub customers: BTreeMap<String, CustomerRow>,
    /// Names of the services, by id.
    pub services: BTreeMap<String, String>,
    /// The place.
    pub location: LocationRow,
    /// Whose it is, with the settings.
    pub tenant: TenantRow,
}

impl Day {
    /// A booking on the sheet.
    pub fn booking(&self, id: &str) -> Option<&BookingRow> {
        self.bookings.iter().find(|booking| booking.id == id)
    }

    /// Name of a person or table for people; the id where nobody of that id is on the sheet.
    pub fn resource_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.sheet.resources.iter().find(|r| r.id == id).map_or(id, |r| r.name.as_str())
    }
}

/// One booking's new assignment within a [`DayChange`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentChange {
    /// Which booking.
    pub booking_id: String,
    /// Who holds it from now on; empty for nobody.
    pub resources: Vec<String>,
    /// How firmly from now on.
    pub status: AssignmentStatus,
    /// Where it stands from now on; `None` leaves it.
    pub state: Option<BookingState>,
    /// Why, for the history.
    pub reason: String,
}

/// A booking that needs a person's attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttention {
    /// Which booking.
    pub booking_id: String,
    /// A stable word: `unplaced`, `no-contact`.
    pub code: String,
    /// Why, for people.
    pub reason: String,
    /// What proves it: a certified reason as a plan has it, where there is one.
    pub witness: Option<serde_json::Value>,
}

impl NewAttention {
    /// A booking that needs attention, and why, in words.
    pub fn new(booking: &str, code: &str, reason: &str) -> NewAttention {
        NewAttention { booking_id: booking.to_owned(), code: code.to_owned(), reason: reason.to_owned(), witness: None }
    }
}

/// What a booking no longer asks for, because its customer agreed or a manager answers for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Eased {
    /// Which booking.
    pub booking_id: String,
    /// The wish for a gender.
    pub gender: bool,
    /// Qualifications of those who serve it.
    pub qualifications: bool,
}

/// A row of the needs-attention queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionRow {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Which day.
    pub date: NaiveDate,
    /// Which booking.
    pub booking_id: String,
    /// A stable word.
    pub code: String,
    /// Why, for people.
    pub reason: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was settled.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How it was settled.
    pub resolution: Option<String>,
    /// What proves the reason: a certified reason as a plan has it, where there is one.
    pub witness: Option<serde_json::Value>,
    /// How often it was tried again since.
    pub attempts: u32,
    /// When it was last tried again.
    pub tried_at: Option<DateTime<Utc>>,
    /// When the customer was asked what would suit them.
    pub asked_at: Option<DateTime<Utc>>,
}

/// Everything that changes on a day at once: applied only if nobody touched the day since it was read.
#[derive(Debug, Clone)]
pub struct DayChange {
    /// Where.
    pub location_id: String,
    /// Which local day.
    pub date: NaiveDate,
    /// The version at which the day was read.
    pub expected_version: i64,
    /// Who, when and why.
    pub stamp: Stamp,
    /// New assignments. Swaps are fine: all old holds are given up before the new ones are taken.
    pub assignments: Vec<AssignmentChange>,
    /// What bookings that get a new assignment no longer ask for.
    pub eased: Vec<Eased>,
    /// New rows of the needs-attention queue; one that is open already stays as it is.
    pub attention: Vec<NewAttention>,
    /// Bookings whose open attention rows of this code are settled: `(booking, code)`.
    pub settled: Vec<(String, String)>,
    /// Messages that go with it.
    pub messages: Vec<NewMessage>,
    /// The run it comes from.
    pub run: Option<RunRow>,
}

impl DayChange {
    /// Nothing changes on a day as it was read, by this person or job.
    pub fn of(day: &Day, stamp: Stamp) -> DayChange {
        DayChange {
            location_id: day.location.id.clone(),
            date: day.sheet.date,
            expected_version: day.version,
            stamp,
            assignments: Vec::new(),
            eased: Vec::new(),
            attention: Vec::new(),
            settled: Vec::new(),
            messages: Vec::new(),
            run: None,
        }
    }
}

/// Whether a compare-and-set took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cas {
    /// It did; the day's version now.
    Applied(i64),
    /// The day was touched in between; nothing was written. Read again.
    LostRace,
}

/// Code of attention rows for bookings nobody serves.
pub const UNPLACED: &str = "unplaced";

/// What a run was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// The nightly run, or one on demand.
    Night,
    /// After an absence.
    Repair,
    /// On the day itself, before a part of it begins.
    Daypart,
    /// A day of a what-if, made real by a person.
    Promoted,
}

impl RunKind {
    /// All of them.
    pub const ALL: [RunKind; 4] = [RunKind::Night, RunKind::Repair, RunKind::Daypart, RunKind::Promoted];

    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            RunKind::Night => "night",
            RunKind::Repair => "repair",
            RunKind::Daypart => "daypart",
            RunKind::Promoted => "promoted",
        }
    }

    /// The kind with this word, if there is one.
    pub fn from_word(word: &str) -> Option<RunKind> {
        RunKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What became of a run's plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// It is how the day stands now.
    Applied,
    /// It was not better enough: the day was left as it was.
    Kept,
    /// Somebody changed the day first; another run follows.
    LostRace,
    /// It was only asked for.
    DryRun,
    /// It ran beside the live one, to be compared with it.
    Shadow,
}

impl RunStatus {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            RunStatus::Applied => "applied",
            RunStatus::Kept => "kept",
            RunStatus::LostRace => "lost-race",
            RunStatus::DryRun => "dry-run",
            RunStatus::Shadow => "shadow",
        }
    }

    /// The status with this word, if there is one.
    pub fn from_word(word: &str) -> Option<RunStatus> {
        [RunStatus::Applied, RunStatus::Kept, RunStatus::LostRace, RunStatus::DryRun, RunStatus::Shadow]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// A run of the allocator as recorded. The JSON parts are those of the plan, as `zamu.plan/1` has them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Which local day.
    pub date: NaiveDate,
    /// What it was for.
    pub kind: RunKind,
    /// Name of the profile.
    pub profile: String,
    /// What became of it.
    pub status: RunStatus,
    /// Who started it.
    pub actor: String,
    /// The day's version it read.
    pub day_version: i64,
    /// SHA-256 of the sheet it read.
    pub input_sha256: String,
    /// `optimal` or `feasible`.
    pub plan_status: String,
    /// Tiers with value and bound.
    pub tiers: serde_json::Value,
    /// The greedy baseline's values.
    pub baseline: serde_json::Value,
    /// Bookings that move: from, to; from nobody where it waited for somebody.
    pub diff: serde_json::Value,
    /// Unplaced bookings with their reasons.
    pub unplaced: serde_json::Value,
    /// Why it was applied or not, in words.
    pub rationale: String,
    /// Solver and version.
    pub solver: String,
    /// What ended the search.
    pub stopped: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was decided.
    pub finished_at: DateTime<Utc>,
    /// Milliseconds of the search.
    pub solve_ms: u64,
}
