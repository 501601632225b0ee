//! May R serve B? One function decides; offers, holds, the greedy baseline and the model all ask it.

use std::collections::{HashMap, HashSet};

use crate::domain::{AssignmentStatus, ResourceKind, Span};
use crate::sheet::{Booking, Combination, Demand, Resource, Sheet};

/// The rule that keeps a resource from a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// It is a table where a person is asked for, or the other way round.
    Kind,
    /// The booking is bound or finalized to others.
    Held,
    /// It lacks a qualification.
    Qualification,
    /// The customer wishes another gender.
    Gender,
    /// The party is too small or too large for the table.
    Party,
    /// No shift covers the whole occupied span.
    Shift,
    /// A block lies across the occupied span.
    Block,
}

impl Rule {
    /// The word in a plan's reasons.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::Kind => "kind",
            Rule::Held => "held",
            Rule::Qualification => "qualification",
            Rule::Gender => "gender",
            Rule::Party => "party",
            Rule::Shift => "shift",
            Rule::Block => "block",
        }
    }
}

/// A sheet with its ids resolved, and the one answer to who may serve what.
#[derive(Debug)]
pub struct House<'s> {
    /// The sheet itself.
    pub sheet: &'s Sheet,
    resource_of: HashMap<&'s str, usize>,
    booking_of: HashMap<&'s str, usize>,
    genders: HashSet<&'s str>,
    finalized_may_move: bool,
}

impl<'s> House<'s> {
    /// Resolves a valid sheet. With `finalized_may_move` finalized bookings are priced by the profile instead of held.
    pub fn new(sheet: &'s Sheet, finalized_may_move: bool) -> House<'s> {
        House {
            sheet,
            resource_of: sheet.resources.iter().enumerate().map(|(k, r)| (r.id.as_str(), k)).collect(),
            booking_of: sheet.bookings.iter().enumerate().map(|(k, b)| (b.id.as_str(), k)).collect(),
            genders: sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff).filter_map(|r| r.gender.as_deref()).collect(),
            finalized_may_move,
        }
    }

    /// Position of a resource in the sheet.
    pub fn resource(&self, id: &str) -> Option<usize> {
        self.resource_of.get(id).copied()
    }

    /// Position of a booking in the sheet.
    pub fn booking(&self, id: &str) -> Option<usize> {
        self.booking_of.get(id).copied()
    }

    /// Positions of those who hold a booking now, ascending.
    pub fn current(&self, booking: &Booking) -> Vec<usize> {
        let mut held: Vec<usize> = booking.assignment.iter().flat_map(|a| &a.resources).filter_map(|id| self.resource(id)).collect();
        held.sort_unstable();
        held
    }

    /// Is the booking served by exactly its current resources, or not placed?
    pub fn is_held(&self, booking: &Booking) -> bool {
        booking.assignment.as_ref().is_some_and(|a| {
            !a.resources.is_empty()
                && match a.status {
                    AssignmentStatus::Provisional => false,
                    AssignmentStatus::Bound => true,
                    AssignmentStatus::Finalized => !self.finalized_may_move,
                }
        })
    }

    /// Is the wish for a gender waived because nobody of it is on file? False where there is no wish.
    pub fn gender_waived(&self, booking: &Booking) -> bool {
        booking.gender.as_deref().is_some_and(|wish| !self.genders.contains(wish)) && booking.demands.iter().any(|d| d.kind == ResourceKind::Staff)
    }

    /// The first rule that keeps `resource` from meeting `demand` of `booking`, whatever else it does that day.
    pub fn ruled_out(&self, booking: &Booking, demand: &Demand, resource: &Resource) -> Option<Rule> {
        if resource.kind != demand.kind {
            return Some(Rule::Kind);
        }
        if !demand.qualifications.is_subset(&resource.qualifications) {
            return Some(Rule::Qualification);
        }
        if demand.kind == ResourceKind::Staff && booking.gender.is_some() && booking.gender != resource.gender && !self.gender_waived(booking) {
            return Some(Rule::Gender);
        }
        if demand.kind == ResourceKind::Table && !(resource.min_party..=resource.seats).contains(&booking.party_size) {
            return Some(Rule::Party);
        }
        self.away(booking, resource)
    }

    /// May this resource alone meet this demand?
    pub fn eligible(&self, booking: &Booking, demand: &Demand, resource: &Resource) -> bool {
        self.ruled_out(booking, demand, resource).is_none()
    }

    /// Positions of a combination's tables, ascending, if it may meet the single-table demand `demand` of `booking`.
    pub fn eligible_combination(&self, booking: &Booking, demand: &Demand, combination: &Combination) -> Option<Vec<usize>> {
        if demand.kind != ResourceKind::Table || demand.count != 1 || !(combination.min_party..=combination.seats).contains(&booking.party_size) {
            return None;
        }
        let mut members = Vec::with_capacity(combination.members.len());
        for id in &combination.members {
            let at = self.resource(id)?;
            let table = &self.sheet.resources[at];
            if !demand.qualifications.is_subset(&table.qualifications) || self.away(booking, table).is_some() {
                return None;
            }
            members.push(at);
        }
        members.sort_unstable();
        Some(members)
    }

    /// The rules that hold for a resource in any role: held by others, off shift, blocked.
    fn away(&self, booking: &Booking, resource: &Resource) -> Option<Rule> {
        if self.is_held(booking) && !booking.assignment.as_ref().is_some_and(|a| a.resources.contains(&resource.id)) {
            return Some(Rule::Held);
        }
        let occupied = booking.occupied();
        if !resource.shifts.iter().any(|shift| shift.covers(occupied)) {
            return Some(Rule::Shift);
        }
        if resource.blocks.iter().any(|block| block.span.overlaps(occupied)) {
            return Some(Rule::Block);
        }
        None
    }
}

/// Minutes on shift and not blocked.
pub fn capacity_minutes(resource: &Resource) -> i64 {
    let mut blocks: Vec<Span> = resource.blocks.iter().map(|b| b.span).collect();
    blocks.sort_unstable();
    resource
        .shifts
        .iter()
        .map(|shift| {
            let (mut taken, mut at) = (0, shift.start);
            for block in &blocks {
                let (from, to) = (block.start.max(at), block.end.min(shift.end));
                if from < to {
                    taken += to.0 - from.0;
                    at = to;
                }
            }
            shift.minutes() - taken
        })
        .sum()
}
