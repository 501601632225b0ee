//! A day's bookings beside the base's: who serves what, and what differs.

use std::collections::{BTreeSet, HashMap};

use super::words::list;
use crate::domain::ResourceKind;
use crate::scenario::Detail;
use crate::scenario::report::rows::facts::Standing;
use crate::sheet::plan::{Certified, Reason};
use crate::sheet::{Booking, Resource};

/// Lanes that are drawn.
const LANES_MAX: usize = 60;

/// What differs about a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    None,
    /// Others serve it than in the base, or than it stood with where there is no base.
    Moved,
    /// It is not in the base.
    New,
}

/// A day's plan looked up by booking, and what differs.
pub struct Lanes<'d> {
    by: HashMap<&'d str, &'d [String]>,
    names: HashMap<&'d str, &'d str>,
    reasons: HashMap<&'d str, &'d Reason>,
    marks: HashMap<&'d str, Mark>,
    /// Is it seen beside a base?
    pub beside_base: bool,
    /// Who served it in the base; nobody where it was unplaced.
    before: HashMap<&'d str, Option<String>>,
}

impl<'d> Lanes<'d> {
    /// Looks a day up, beside a base where there is one.
    pub fn of(detail: &'d Detail, base: Option<&Detail>) -> Lanes<'d> {
        let sheet = &detail.day.sheet;
        let mut lanes = Lanes {
            by: served(detail),
            names: names(detail),
            reasons: detail.plan.unplaced.iter().map(|lost| (lost.booking.as_str(), &lost.reason)).collect(),
            marks: HashMap::new(),
            beside_base: base.is_some(),
            before: HashMap::new(),
        };
        let Some(base) = base else {
            lanes.marks = detail.plan.changes.iter().map(|change| (change.booking.as_str(), Mark::Moved)).collect();
            return lanes;
        };
        let (stood, called) = (served(base), names(base));
        let known: BTreeSet<&str> = base.day.sheet.bookings.iter().map(|booking| booking.id.as_str()).collect();
        for booking in &sheet.bookings {
            let id = booking.id.as_str();
            if !known.contains(id) {
                lanes.marks.insert(id, Mark::New);
            } else if let Some(now) = lanes.by.get(id)
                && stood.get(id) != Some(now)
            {
                lanes.marks.insert(id, Mark::Moved);
                lanes.before.insert(id, stood.get(id).map(|by| called_by(&called, by)));
            }
        }
        lanes
    }

    /// Ids of those who serve it; `None` when it is unplaced.
    pub fn served_by(&self, booking: &Booking) -> Option<&'d [String]> {
        self.by.get(booking.id.as_str()).copied()
    }

    /// What differs about it.
    pub fn mark(&self, booking: &Booking) -> Mark {
        self.marks.get(booking.id.as_str()).copied().unwrap_or(Mark::None)
    }

    /// What differs about it, in words.
    pub fn mark_in_words(&self, booking: &Booking) -> Option<String> {
        match (self.mark(booking), self.before.get(booking.id.as_str())) {
            (Mark::New, _) => Some("not in the base".to_owned()),
            (Mark::Moved, Some(Some(by))) => Some(format!("in the base with {by}")),
            (Mark::Moved, Some(None)) => Some("unplaced in the base".to_owned()),
            (Mark::Moved, None) | (Mark::None, _) => None,
        }
    }

    /// Names of people and tables, joined.
    pub fn names(&self, ids: &[impl AsRef<str>]) -> String {
        called_by(&self.names, ids)
    }

    /// Why nobody serves it.
    pub fn reason(&self, booking: &Booking) -> String {
        match self.reasons.get(booking.id.as_str()) {
            Some(Reason::Certified(Certified::ImpossibleAlone { .. })) => "impossible even alone".to_owned(),
            Some(Reason::Certified(Certified::CrowdedOut { bookings, resources })) => {
                format!("crowded out among {} bookings for {}", bookings.len(), self.names(resources))
            }
            _ => "undecided".to_owned(),
        }
    }

    /// Bookings that nobody serves.
    pub fn lost<'b>(&self, detail: &'b Detail) -> Vec<&'b Booking> {
        detail.day.sheet.bookings.iter().filter(|booking| !self.by.contains_key(booking.id.as_str())).collect()
    }

    /// How many moved, and how many are new.
    pub fn marked(&self, detail: &Detail) -> (usize, usize) {
        let count = |mark| detail.day.sheet.bookings.iter().filter(|booking| self.mark(booking) == mark).count();
        (count(Mark::Moved), count(Mark::New))
    }
}

/// The lanes to draw in the sheet's order, and how many are left out: where there are too many, those with most that differs stay.
pub fn chosen<'d>(detail: &'d Detail, standing: &Standing<'_>, lanes: &Lanes<'_>) -> (Vec<&'d Resource>, usize) {
    let bookings = |resource: &Resource| standing.by_resource.get(resource.id.as_str()).map(Vec::as_slice).unwrap_or_default();
    let present = |resource: &&Resource| match resource.kind {
        ResourceKind::Staff => !resource.shifts.is_empty() || !bookings(resource).is_empty(),
        ResourceKind::Table => !bookings(resource).is_empty(),
    };
    let all: Vec<&Resource> = detail.day.sheet.resources.iter().filter(present).collect();
    let differs = |k: &usize| bookings(all[*k]).iter().filter(|booking| lanes.mark(booking) != Mark::None).count();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|k| std::cmp::Reverse(differs(k)));
    order.truncate(LANES_MAX);
    order.sort_unstable();
    let left_out = all.len() - order.len();
    (order.into_iter().map(|k| all[k]).collect(), left_out)
}

/// A day's place and date.
pub fn told_where(detail: &Detail) -> String {
    format!("{}, {}", detail.day.sheet.location.name, detail.day.sheet.date)
}

fn served(detail: &Detail) -> HashMap<&str, &[String]> {
    detail.plan.assignments.iter().map(|placed| (placed.booking.as_str(), placed.resources.as_slice())).collect()
}

fn names(detail: &Detail) -> HashMap<&str, &str> {
    detail.day.sheet.resources.iter().map(|resource| (resource.id.as_str(), resource.name.as_str())).collect()
}

fn called_by(names: &HashMap<&str, &str>, ids: &[impl AsRef<str>]) -> String {
    let said: Vec<String> = ids.iter().map(|id| names.get(id.as_ref()).copied().unwrap_or(id.as_ref()).to_owned()).collect();
    list(&said)
}
