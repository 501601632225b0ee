//! The provisional pick: the least-busy free person who may serve a booking.
//!
//! Source: ADR "Pooled deferred staff allocation", decision 3 (order: start, minutes booked that day, id).

use crate::alloc::greedy::{self, Diary};
use crate::alloc::instance::{Instance, Served};
use crate::sheet::{Booking, Sheet};

/// Who would hold a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// Ids, sorted.
    pub resources: Vec<String>,
    /// The wish for a gender is waived: nobody of it is on file.
    pub gender_waived: bool,
}

/// The least-busy way to serve `booking` beside everything the sheet's bookings hold now; `None` when nobody is free. A booking that is
/// bound asks for exactly its own people.
pub fn least_busy(sheet: &Sheet, booking: &Booking) -> Option<Picked> {
    least_busy_each(sheet, std::slice::from_ref(booking)).pop().flatten()
}

/// The same for several candidates, each as if the others were not there.
pub fn least_busy_each(sheet: &Sheet, candidates: &[Booking]) -> Vec<Option<Picked>> {
    let booked = sheet.bookings.len();
    let mut asked = sheet.clone();
    asked.bookings.extend_from_slice(candidates);
    let instance = Instance::new(&asked, false);
    let (served, diary) = as_held(&instance, booked);
    (booked..asked.bookings.len())
        .map(|b| {
            let by = greedy::least_busy(&instance, &served, &diary, b)?;
            let mut resources: Vec<String> = by.iter().map(|&r| asked.resources[r].id.clone()).collect();
            resources.sort();
            Some(Picked { resources, gender_waived: instance.house.gender_waived(&asked.bookings[b]) })
        })
        .collect()
}

/// The first `booked` bookings as they are held now.
fn as_held(instance: &Instance, booked: usize) -> (Served, Diary) {
    let mut served: Served = vec![None; instance.bookings.len()];
    let mut diary = Diary::empty(instance.resource_count());
    for (b, job) in instance.bookings.iter().enumerate().take(booked) {
        if !job.current.is_empty() {
            for &r in &job.current {
                diary.take(r, job.occupied, job.length_minutes);
            }
            served[b] = Some(job.current.clone());
        }
    }
    (served, diary)
}
