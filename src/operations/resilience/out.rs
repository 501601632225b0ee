//! The day dealt again without one of those on duty.

use super::{Absence, Lost, shown};
use crate::alloc::eligibility::capacity_minutes;
use crate::alloc::instance::{Instance, Served};
use crate::alloc::solve::{Found, Stopped, run};
use crate::alloc::{Limits, Profile, greedy, value};
use crate::domain::AssignmentStatus;
use crate::sheet::{Resource, Sheet};

/// A day dealt as well as can be.
#[derive(Debug)]
pub struct Dealt {
    /// The day.
    pub sheet: Sheet,
    /// Who serves whom.
    pub served: Served,
    /// Unplaced, by priority.
    pub value: f64,
    /// No dealing leaves less unplaced.
    pub bound: f64,
    proven: bool,
}

/// Differences below this are none.
pub const SAME: f64 = 1e-6;

impl Dealt {
    /// Deals a day, starting from `wanted` as far as it holds.
    pub fn new(sheet: Sheet, wanted: &Served, profile: &Profile, limits: &Limits) -> Dealt {
        let instance = Instance::new(&sheet, true);
        let Found { served, bounds, stopped } = run(&instance, profile, greedy::repair(&instance, wanted), limits);
        let values = value::tiers(&instance, &served, profile);
        let near = |value: f64| SAME * value.abs().max(1.0);
        let proven = stopped == Stopped::Proof && values.iter().zip(&bounds).all(|(value, bound)| value - bound <= near(*value));
        // What nobody could serve on an empty day stays unplaced, whatever the search could prove.
        let hopeless: f64 = instance.bookings.iter().enumerate().filter(|(b, _)| instance.alone(*b).is_none()).map(|(_, job)| job.priority).sum();
        let (value, bound) = (values[0], bounds[0].max(hopeless).min(values[0]));
        // Priorities are whole numbers.
        Dealt { sheet, served, value, bound: (bound - SAME).ceil().max(0.0), proven }
    }

    /// Whether all of it is proven.
    pub fn is_proven(&self) -> bool {
        self.proven
    }

    /// Positions of the bookings left to nobody.
    pub fn unplaced(&self) -> Vec<usize> {
        (0..self.served.len()).filter(|&b| self.served[b].is_none()).collect()
    }
}

/// Is there any time at which they could serve?
pub fn is_on_duty(resource: &Resource) -> bool {
    capacity_minutes(resource) > 0
}

/// The day with everybody there.
pub fn as_it_is(sheet: &Sheet, profile: &Profile, limits: &Limits) -> Dealt {
    let wanted = {
        let instance = Instance::new(sheet, true);
        instance.bookings.iter().map(|job| (!job.current.is_empty()).then(|| job.current.clone())).collect()
    };
    Dealt::new(sheet.clone(), &wanted, profile, limits)
}

/// The day without this one, starting from the day with everybody there.
pub fn without(sheet: &Sheet, resource: usize, base: &Dealt, profile: &Profile, limits: &Limits) -> Dealt {
    let mut short = sheet.clone();
    short.resources[resource].shifts.clear();
    Dealt::new(short, &base.served, profile, limits)
}

/// What that means.
pub fn absence(sheet: &Sheet, resource: usize, base: &Dealt, dealt: &Dealt) -> Absence {
    let who = &sheet.resources[resource];
    let before = base.unplaced();
    let lost: Vec<usize> = dealt.unplaced().into_iter().filter(|b| !before.contains(b)).collect();
    Absence {
        id: who.id.clone(),
        name: who.name.clone(),
        kind: who.kind,
        holds: sheet.bookings.iter().filter(|b| b.current().contains(&who.id.as_str())).count(),
        breaks: dealt.unplaced().len().saturating_sub(before.len()),
        breaks_priority: (dealt.value - base.value).max(0.0),
        breaks_priority_at_least: (dealt.bound - base.value).max(0.0),
        unplaced: self::lost(sheet, lost),
        told_again: told_again(sheet, dealt),
        certified: base.proven && dealt.proven,
    }
}

/// Ids of the finalized bookings that others serve than the customer was told.
fn told_again(sheet: &Sheet, dealt: &Dealt) -> Vec<String> {
    let instance = Instance::new(sheet, true);
    let moved = |&b: &usize| {
        let (job, by) = (&instance.bookings[b], &dealt.served[b]);
        job.finalized && !job.current.is_empty() && by.as_ref().is_some_and(|by| *by != job.current)
    };
    (0..dealt.served.len()).filter(moved).map(|b| sheet.bookings[b].id.clone()).collect()
}

/// These bookings, for the report.
pub fn lost(sheet: &Sheet, bookings: Vec<usize>) -> Vec<Lost> {
    let one = |b: usize| {
        let booking = &sheet.bookings[b];
        Lost {
            booking: booking.id.clone(),
            start: shown(sheet, booking.span.start),
            end: shown(sheet, booking.span.end),
            promised: booking.assignment.as_ref().is_some_and(|a| !a.resources.is_empty() && a.status != AssignmentStatus::Provisional),
        }
    };
    bookings.into_iter().map(one).collect()
}
