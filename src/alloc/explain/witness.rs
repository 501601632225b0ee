//! Holding a reason against its sheet again: a reason in a file may be old, foreign or wrong.

use super::super::Limits;
use super::super::instance::Instance;
use super::super::solve::feasible::all_at_once;
use crate::sheet::plan::Certified;

/// Whether the witness of a reason proves that `booking` has no room: solved alone it must be infeasible. `None` when that could not be found out.
pub fn holds(instance: &Instance, booking: usize, reason: &Certified, limits: &Limits) -> Option<bool> {
    match reason {
        Certified::ImpossibleAlone { .. } => all_at_once(instance, &[booking], &limits.stop).map(|room| !room),
        Certified::CrowdedOut { bookings, resources } => {
            let mut crowd: Vec<usize> = bookings.iter().map(|id| instance.house.booking(id)).collect::<Option<_>>()?;
            crowd.sort_unstable();
            crowd.dedup();
            let known = |r: &usize| resources.iter().any(|id| instance.house.resource(id) == Some(*r));
            if crowd.binary_search(&booking).is_err() || !super::super::value::resources_of(instance, &crowd).iter().all(known) {
                return Some(false);
            }
            all_at_once(instance, &crowd, &limits.stop).map(|room| !room)
        }
        Certified::Undecided => None,
    }
}
