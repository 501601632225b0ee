//! From the day as stored to the sheet that is searched: what must not be taken away is made fast.

use std::collections::BTreeSet;

use crate::alloc::greedy;
use crate::alloc::instance::Instance;
use crate::domain::{AssignmentStatus, Minute};
use crate::sheet::{Block, Sheet};

/// A sheet for the allocator, and what it holds of the current assignment.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The sheet that is searched.
    pub sheet: Sheet,
    /// Ids of bookings that nobody serves although they need somebody.
    pub unserved: BTreeSet<String>,
    /// Ids of bookings whose current people cannot serve them as things stand: away, blocked, no longer qualified.
    pub infeasible: BTreeSet<String>,
    /// Ids of bookings that were promised to somebody who can serve them: they may not lose everybody to make room for others.
    pub promised: BTreeSet<String>,
}

/// Prepares a day's sheet as of `now`.
///
/// - A booking that has begun stays with those who serve it.
/// - A bound or told booking whose people cannot serve it waits for a person's decision; until then it keeps its hold, so its time is blocked
///   for everything else.
pub fn prepare(mut sheet: Sheet, now: Minute, finalized_may_move: bool) -> Prepared {
    for booking in sheet.bookings.iter_mut().filter(|b| b.span.start <= now) {
        if let Some(assignment) = booking.assignment.as_mut().filter(|a| !a.resources.is_empty()) {
            assignment.status = AssignmentStatus::Bound;
        }
    }
    let (mut unserved, mut infeasible, mut promised, mut waiting) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), Vec::new());
    {
        let instance = Instance::new(&sheet, finalized_may_move);
        let kept = greedy::repair_current(&instance);
        for ((booking, job), by) in sheet.bookings.iter().zip(&instance.bookings).zip(&kept) {
            let stands = !job.current.is_empty() && by.as_ref() == Some(&job.current);
            if job.current.is_empty() && !booking.demands.is_empty() {
                unserved.insert(booking.id.clone());
            } else if !job.current.is_empty() && !stands {
                infeasible.insert(booking.id.clone());
                if job.held {
                    waiting.push((booking.occupied(), booking.current().into_iter().map(str::to_owned).collect::<Vec<_>>()));
                }
            }
            if stands && booking.assignment.as_ref().is_some_and(|a| a.status != AssignmentStatus::Provisional) {
                promised.insert(booking.id.clone());
            }
        }
    }
    for (span, people) in waiting {
        for resource in sheet.resources.iter_mut().filter(|r| people.contains(&r.id)) {
            resource.blocks.push(Block { span, reason: Some("held by a booking that needs attention".to_owned()) });
            resource.blocks.sort_by(|a, b| (a.span, &a.reason).cmp(&(b.span, &b.reason)));
        }
    }
    Prepared { sheet, unserved, infeasible, promised }
}

impl Prepared {
    /// Does anything force a change: a booking without anybody, or with people who cannot serve it?
    pub fn is_broken(&self) -> bool {
        !self.unserved.is_empty() || !self.infeasible.is_empty()
    }

    /// The same sheet, with these promised bookings worth more than all others together.
    pub fn with_priority_for(&self, promised: &BTreeSet<&str>) -> Prepared {
        let mut raised = self.clone();
        let all: u32 = raised.sheet.bookings.iter().fold(0, |sum, b| sum.saturating_add(b.priority));
        for booking in raised.sheet.bookings.iter_mut().filter(|b| promised.contains(b.id.as_str())) {
            booking.priority = booking.priority.saturating_add(all);
        }
        raised
    }
}
