//! The greedy hand: the current assignment repaired by the least-busy rule. It is the baseline a plan is compared with, the first start of a
//! search and the fallback when there is no time for one.
//!
//! Source: the pick of the booking path (order: start, minutes booked that day, id), applied to a whole sheet.

use crate::domain::Span;

use super::instance::{Instance, Served};

/// Who is busy when, while an assignment is built up.
#[derive(Debug)]
pub struct Diary {
    busy: Vec<Vec<Span>>,
    minutes: Vec<i64>,
}

impl Diary {
    /// Nobody is busy.
    pub fn empty(resources: usize) -> Diary {
        Diary { busy: vec![Vec::new(); resources], minutes: vec![0; resources] }
    }

    /// Is the resource free for the whole span?
    pub fn is_free(&self, resource: usize, span: Span) -> bool {
        self.busy[resource].iter().all(|taken| !taken.overlaps(span))
    }

    /// Booked minutes so far.
    pub fn minutes(&self, resource: usize) -> i64 {
        self.minutes[resource]
    }

    /// Enters a booking.
    pub fn take(&mut self, resource: usize, occupied: Span, length_minutes: i64) {
        self.busy[resource].push(occupied);
        self.minutes[resource] += length_minutes;
    }
}

/// The current assignment with what no longer holds taken out and dealt anew, least-busy first.
pub fn repair_current(instance: &Instance) -> Served {
    let current = instance.bookings.iter().map(|job| (!job.current.is_empty()).then(|| job.current.clone())).collect();
    repair(instance, &current)
}

/// Everything dealt from nothing, in the order of start, least-busy first. Held bookings still stay with their own.
pub fn from_nothing(instance: &Instance) -> Served {
    repair(instance, &vec![None; instance.bookings.len()])
}

/// Keeps what it can of `wanted` (held bookings first, then by start), then deals the rest by the least-busy rule, in the order of start.
pub fn repair(instance: &Instance, wanted: &Served) -> Served {
    let ids = |b: usize| instance.house.sheet.bookings[b].id.as_str();
    let mut order: Vec<usize> = (0..instance.bookings.len()).collect();
    order.sort_by_key(|&b| (!instance.bookings[b].held, instance.bookings[b].occupied, ids(b)));
    let mut served: Served = vec![None; order.len()];
    let mut diary = Diary::empty(instance.resource_count());
    for &b in &order {
        if let Some(by) = &wanted[b]
            && fits(instance, &served, &diary, b, by)
        {
            place(instance, &mut served, &mut diary, b, by.clone());
        }
    }
    for &b in &order {
        if served[b].is_none()
            && let Some(by) = least_busy(instance, &served, &diary, b)
        {
            place(instance, &mut served, &mut diary, b, by);
        }
    }
    served
}

/// The least-busy way to serve a booking beside what is placed: fewest booked minutes first, then id.
pub fn least_busy(instance: &Instance, served: &Served, diary: &Diary, booking: usize) -> Option<Vec<usize>> {
    let job = &instance.bookings[booking];
    let forced = job.twins.iter().find_map(|&twin| served[twin].clone()).or_else(|| job.held.then(|| job.current.clone()));
    if let Some(by) = forced {
        return fits(instance, served, diary, booking, &by).then_some(by);
    }
    job.first_way(&|r| diary.is_free(r, job.occupied), &|r| (diary.minutes(r), instance.id_rank[r]))
}

/// May exactly these serve the booking beside what is placed?
fn fits(instance: &Instance, served: &Served, diary: &Diary, booking: usize, by: &[usize]) -> bool {
    let job = &instance.bookings[booking];
    by.iter().all(|&r| diary.is_free(r, job.occupied))
        && job.twins.iter().all(|&twin| served[twin].as_ref().is_none_or(|other| other.as_slice() == by))
        && job.can_be_served_by(by)
}

fn place(instance: &Instance, served: &mut Served, diary: &mut Diary, booking: usize, by: Vec<usize>) {
    let job = &instance.bookings[booking];
    for &r in &by {
        diary.take(r, job.occupied, job.length_minutes);
    }
    served[booking] = Some(by);
}
