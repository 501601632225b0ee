//! A day sheet in memory. The fields are those of `zamu.sheet/1`; a `Sheet` that came out of [`super::read`] is valid.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono_tz::Tz;

use serde::{Deserialize, Serialize};

use crate::domain::{AssignmentStatus, ResourceKind, Span};

/// One location's one local day: who is on duty, what is booked.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Where.
    pub location: Location,
    /// Which local day.
    pub date: NaiveDate,
    /// Divides every duration, in minutes.
    pub grid_minutes: u32,
    /// Who and what can serve, in the document's order; ids are unique.
    pub resources: Vec<Resource>,
    /// Tables that can be put together; ids and member sets are unique.
    pub combinations: Vec<Combination>,
    /// What is booked, in the document's order; ids are unique.
    pub bookings: Vec<Booking>,
}

/// Where a sheet belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// IANA time zone.
    pub timezone: Tz,
}

/// A person or a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Person or table.
    pub kind: ResourceKind,
    /// Staff: as on file, free text such as `female`.
    pub gender: Option<String>,
    /// Staff: what they can do.
    pub qualifications: BTreeSet<String>,
    /// When on duty; none means never. They do not overlap one another.
    pub shifts: Vec<Span>,
    /// When away although on shift; may overlap one another.
    pub blocks: Vec<Block>,
    /// A temp.
    pub temporary: bool,
    /// Minutes above the ledger's fair share from earlier days; may be negative.
    pub carried_minutes: f64,
    /// Table: how many it seats; 0 for staff.
    pub seats: u32,
    /// Table: the smallest party it is given to.
    pub min_party: u32,
    /// Part of the house.
    pub zone: Option<String>,
}

impl Resource {
    /// Somebody of the staff, called by their id, who can do this and is on duty then, and of whom nothing else is known.
    pub fn staff(id: impl Into<String>, qualifications: BTreeSet<String>, shifts: Vec<Span>) -> Resource {
        let id = id.into();
        Resource {
            name: id.clone(),
            id,
            kind: ResourceKind::Staff,
            gender: None,
            qualifications,
            shifts,
            blocks: Vec::new(),
            temporary: false,
            carried_minutes: 0.0,
            seats: 0,
            min_party: 1,
            zone: None,
        }
    }
}

/// Time away from duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// When.
    pub span: Span,
    /// Why, for people: `break`, `sick`.
    pub reason: Option<String>,
}

/// Tables that serve one party together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combination {
    /// Identifier.
    pub id: String,
    /// Ids of its tables, two or more.
    pub members: Vec<String>,
    /// How many it seats.
    pub seats: u32,
    /// The smallest party it is given to.
    pub min_party: u32,
}

/// What a customer booked.
#[derive(Debug, Clone, PartialEq)]
pub struct Booking {
    /// Identifier.
    pub id: String,
    /// The time the customer was given, without buffers.
    pub span: Span,
    /// Minutes needed before, by those who serve.
    pub buffer_before_minutes: u32,
    /// Minutes needed after, by those who serve.
    pub buffer_after_minutes: u32,
    /// What it needs; may be empty (nobody is needed).
    pub demands: Vec<Demand>,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// Wish for a part of the house.
    pub zone: Option<String>,
    /// How many people come.
    pub party_size: u32,
    /// Weight of leaving it unplaced, 1 or more.
    pub priority: u32,
    /// Id of the booking whose resources it shares when both are placed.
    pub same_resource_as: Option<String>,
    /// Preference by resource id, higher is better.
    pub affinity: BTreeMap<String, f64>,
    /// Who holds it now.
    pub assignment: Option<Assignment>,
}

/// `count` different resources of one kind with these qualifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// Person or table.
    pub kind: ResourceKind,
    /// All of these are needed.
    pub qualifications: BTreeSet<String>,
    /// How many different ones, 1 or more.
    pub count: u32,
}

/// Who holds a booking now, and how firmly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// How firmly.
    pub status: AssignmentStatus,
    /// Ids; empty when nobody is assigned yet.
    pub resources: Vec<String>,
}

impl Booking {
    /// The span in which those who serve it are busy: with buffers.
    pub fn occupied(&self) -> Span {
        Span::new(self.span.start.plus(-i64::from(self.buffer_before_minutes)), self.span.end.plus(i64::from(self.buffer_after_minutes)))
    }

    /// Ids of those who hold it now, sorted; empty when nobody does.
    pub fn current(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.assignment.iter().flat_map(|a| a.resources.iter().map(String::as_str)).collect();
        ids.sort_unstable();
        ids
    }
}
