//! Who else could serve a placed booking, and what keeps each from it as the plan stands.

use super::super::instance::{Instance, Served};
use super::reason::detail;

/// Another resource and what stands between it and the booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// A rule excludes it: the rule's word and the rule in words.
    RuledOut {
        /// The rule's word.
        rule: &'static str,
        /// The rule in words for this booking and resource.
        detail: String,
    },
    /// It could serve, but serves these bookings at that time: positions, in the order of start.
    Busy(Vec<usize>),
    /// It could serve and is free.
    Free,
}

/// For every resource of a kind the booking asks for and that does not serve it: what stands in the way. In the sheet's order.
pub fn alternatives(instance: &Instance, served: &Served, booking: usize) -> Vec<(usize, Obstacle)> {
    let sheet = instance.house.sheet;
    let wanted = &sheet.bookings[booking];
    let job = &instance.bookings[booking];
    let by: &[usize] = served[booking].as_deref().unwrap_or_default();
    let mut out = Vec::new();
    for (r, resource) in sheet.resources.iter().enumerate() {
        let Some(demand) = wanted.demands.iter().find(|d| d.kind == resource.kind) else { continue };
        if by.contains(&r) {
            continue;
        }
        let obstacle = if job.everyone().binary_search(&r).is_ok() {
            let mut busy: Vec<usize> = (0..served.len())
                .filter(|&b| b != booking && served[b].iter().flatten().any(|&s| s == r) && instance.bookings[b].occupied.overlaps(job.occupied))
                .collect();
            busy.sort_by_key(|&b| instance.bookings[b].occupied);
            if busy.is_empty() { Obstacle::Free } else { Obstacle::Busy(busy) }
        } else {
            match instance.house.ruled_out(wanted, demand, resource) {
                Some(rule) => Obstacle::RuledOut { rule: rule.as_str(), detail: detail(instance, booking, r, rule) },
                None => Obstacle::Free,
            }
        };
        out.push((r, obstacle));
    }
    out
}
