//! The changes a repair is made of, as data: each can be applied to a sheet, written as JSON and said in a sentence.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::domain::{AssignmentStatus, Minute, Span};
use crate::sheet::{Resource, Sheet};

/// A change to a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// None at all: there is room, the plan only did not find it.
    Rearrange,
    /// Somebody stays longer, or comes earlier.
    ExtendShift {
        /// Resource id.
        resource: String,
        /// Which end of the shift moves.
        side: Side,
        /// By how much, on the grid.
        minutes: i64,
        /// The shift after the change.
        shift: Window,
    },
    /// Temps are taken on.
    Temp {
        /// How many.
        count: u32,
        /// What each must be able to do, and no more.
        qualifications: BTreeSet<String>,
        /// Where the customer wishes one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gender: Option<String>,
        /// From when to when.
        shift: Window,
    },
    /// A customer gives up the wish for a gender.
    WaiveGender {
        /// Booking id.
        booking: String,
    },
    /// A customer who chose a person, or was told a name, agrees to somebody else.
    Unbind {
        /// Booking id.
        booking: String,
    },
    /// The booking takes place earlier or later.
    Move {
        /// Booking id.
        booking: String,
        /// By how much; negative is earlier.
        minutes: i64,
        /// The new start, without buffers.
        start: DateTime<FixedOffset>,
    },
}

/// An end of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Comes earlier.
    Before,
    /// Stays longer.
    After,
}

/// A span of time with the offset of the sheet's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First minute inside.
    pub start: DateTime<FixedOffset>,
    /// First minute no longer inside.
    pub end: DateTime<FixedOffset>,
}

impl Window {
    /// A span as the sheet's zone writes it.
    pub fn of(sheet: &Sheet, span: Span) -> Window {
        Window { start: written(sheet, span.start), end: written(sheet, span.end) }
    }

    /// Back to whole minutes.
    pub fn span(self) -> Span {
        Span::new(Minute::of(self.start.to_utc()), Minute::of(self.end.to_utc()))
    }
}

fn written(sheet: &Sheet, at: Minute) -> DateTime<FixedOffset> {
    at.to_utc().with_timezone(&sheet.location.timezone).fixed_offset()
}

impl Change {
    /// Moves a booking of the sheet.
    pub fn moving(sheet: &Sheet, booking: usize, minutes: i64) -> Change {
        let moved = &sheet.bookings[booking];
        Change::Move { booking: moved.id.clone(), minutes, start: written(sheet, moved.span.start.plus(minutes)) }
    }

    /// The sheet with this change. Positions of bookings and resources stay; temps stand at the end. What the sheet has not is left alone.
    pub fn apply(&self, sheet: &Sheet) -> Sheet {
        let mut sheet = sheet.clone();
        match self {
            Change::Rearrange => {}
            Change::ExtendShift { resource, side, shift, .. } => {
                let longer = shift.span();
                for found in sheet.resources.iter_mut().filter(|r| r.id == *resource) {
                    let same_end = |s: &&mut Span| if *side == Side::After { s.start == longer.start } else { s.end == longer.end };
                    if let Some(extended) = found.shifts.iter_mut().find(same_end) {
                        *extended = longer;
                    }
                }
            }
            Change::Temp { count, qualifications, gender, shift } => {
                for _ in 0..*count {
                    let temp = temp(&sheet, qualifications, gender.as_ref(), shift.span());
                    sheet.resources.push(temp);
                }
            }
            Change::WaiveGender { booking } => sheet.bookings.iter_mut().filter(|b| b.id == *booking).for_each(|b| b.gender = None),
            Change::Unbind { booking } => {
                for assignment in sheet.bookings.iter_mut().filter(|b| b.id == *booking).filter_map(|b| b.assignment.as_mut()) {
                    assignment.status = AssignmentStatus::Provisional;
                }
            }
            Change::Move { booking, minutes, .. } => {
                for moved in sheet.bookings.iter_mut().filter(|b| b.id == *booking) {
                    moved.span = Span::new(moved.span.start.plus(*minutes), moved.span.end.plus(*minutes));
                }
            }
        }
        sheet
    }

    /// Whom it disturbs, least first: nobody, the house (a colleague, then a temp), the customer it is for, another customer.
    pub fn disturbance(&self, unplaced: &str) -> u8 {
        match self {
            Change::Rearrange => 0,
            Change::ExtendShift { .. } => 1,
            Change::Temp { .. } => 2,
            Change::WaiveGender { booking } | Change::Unbind { booking } if booking == unplaced => 3,
            Change::Move { .. } => 4,
            Change::WaiveGender { .. } | Change::Unbind { .. } => 5,
        }
    }

    /// How much of it: minutes of a shift, of temps or of a move; 0 where there is nothing to measure.
    pub fn size_minutes(&self) -> i64 {
        match self {
            Change::ExtendShift { minutes, .. } => *minutes,
            Change::Temp { count, shift, .. } => i64::from(*count) * shift.span().minutes(),
            Change::Move { minutes, .. } => minutes.abs(),
            Change::Rearrange | Change::WaiveGender { .. } | Change::Unbind { .. } => 0,
        }
    }

    /// What is to be done, in one sentence.
    pub fn sentence(&self, sheet: &Sheet) -> String {
        let clock = |at: &DateTime<FixedOffset>| at.format("%H:%M").to_string();
        let name = |id: &str| {
            let found = sheet.resources.iter().find(|r| r.id == id);
            found.map_or_else(|| id.to_owned(), |r| if r.name.is_empty() { r.id.clone() } else { r.name.clone() })
        };
        match self {
            Change::Rearrange => "Change nothing and search again: there is room as things are.".to_owned(),
            Change::ExtendShift { resource, side: Side::After, minutes, shift } => {
                format!("Let {} stay {minutes} minutes longer, until {}.", name(resource), clock(&shift.end))
            }
            Change::ExtendShift { resource, side: Side::Before, minutes, shift } => {
                format!("Let {} come {minutes} minutes earlier, at {}.", name(resource), clock(&shift.start))
            }
            Change::Temp { count, qualifications, gender, shift } => {
                let able: Vec<&str> = qualifications.iter().map(String::as_str).collect();
                let able = if able.is_empty() { String::new() } else { format!(" for {}", able.join(" + ")) };
                let gender = gender.as_ref().map(|g| format!("{g} ")).unwrap_or_default();
                let who = if *count == 1 { format!("a {gender}temp") } else { format!("{count} {gender}temps") };
                format!("Take on {who}{able} from {} to {}.", clock(&shift.start), clock(&shift.end))
            }
            Change::WaiveGender { booking } => {
                let wish = sheet.bookings.iter().find(|b| b.id == *booking).and_then(|b| b.gender.as_deref()).unwrap_or("a gender");
                format!("Ask the customer of {booking} to do without the wish for {wish}.")
            }
            Change::Unbind { booking } => {
                let held = sheet.bookings.iter().find(|b| b.id == *booking).and_then(|b| b.assignment.as_ref());
                let by: Vec<String> = held.iter().flat_map(|a| &a.resources).map(|id| name(id)).collect();
                let how = if held.is_some_and(|a| a.status == AssignmentStatus::Finalized) { "was told" } else { "chose" };
                format!("Ask the customer of {booking}, who {how} {}, to take somebody else.", by.join(" + "))
            }
            Change::Move { booking, minutes, start } => {
                let when = if *minutes < 0 { "earlier" } else { "later" };
                format!("Move {booking} {} minutes {when}, to {}.", minutes.abs(), clock(start))
            }
        }
    }
}

/// Somebody with exactly these qualifications, there for exactly this span.
fn temp(sheet: &Sheet, qualifications: &BTreeSet<String>, gender: Option<&String>, shift: Span) -> Resource {
    let taken = |id: &str| sheet.resources.iter().any(|r| r.id == id) || sheet.combinations.iter().any(|c| c.id == id);
    let id = (1..).map(|k| format!("temp-{k}")).find(|id| !taken(id)).unwrap_or_else(|| "temp".to_owned());
    Resource { gender: gender.cloned(), temporary: true, ..Resource::staff(id, qualifications.clone(), vec![shift]) }
}
