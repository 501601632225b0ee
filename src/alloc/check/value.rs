//! What an assignment is worth on every term, straight from the sheet format's table.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::{AssignmentStatus, ResourceKind};
use crate::sheet::{Booking, Resource, Sheet};

/// Every term's word and value, in the order of the sheet format's table; `spread` last, which is ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Values(Vec<(&'static str, f64)>);

impl Values {
    /// The value of the term with this word.
    pub fn get(&self, word: &str) -> Option<f64> {
        self.0.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }

    /// Words and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        self.0.iter().copied()
    }
}

/// Values an assignment: booking id to the ids of those who serve it; a booking that is not among the keys is unplaced. Feasible or not;
/// ids the sheet does not have count for nothing.
pub fn value(sheet: &Sheet, placed: &BTreeMap<&str, Vec<&str>>) -> Values {
    let by_id: HashMap<&str, &Resource> = sheet.resources.iter().map(|r| (r.id.as_str(), r)).collect();
    let served: Vec<(&Booking, Vec<&Resource>)> = sheet
        .bookings
        .iter()
        .filter_map(|b| {
            let ids = placed.get(b.id.as_str())?;
            Some((b, ids.iter().filter_map(|id| by_id.get(id).copied()).collect()))
        })
        .collect();
    let unplaced = sheet.bookings.iter().filter(|b| !placed.contains_key(b.id.as_str())).map(|b| f64::from(b.priority)).sum();
    let used: HashSet<&str> = served.iter().flat_map(|(_, by)| by.iter().map(|r| r.id.as_str())).collect();
    let temporary = sheet.resources.iter().filter(|r| r.temporary && used.contains(r.id.as_str())).count();
    let moved: Vec<&Booking> = served.iter().filter(|(b, by)| has_moved(b, by)).map(|(b, _)| *b).collect();
    let was_finalized = |b: &&&Booking| b.assignment.as_ref().is_some_and(|a| a.status == AssignmentStatus::Finalized);
    let (balance, spread) = balance_and_spread(sheet, &served);
    let values = [
        ("unplaced", unplaced),
        ("finalized_moved", moved.iter().filter(was_finalized).count() as f64),
        ("balance", balance),
        ("moved", moved.len() as f64),
        ("resources_used", used.len() as f64),
        ("temporary_used", temporary as f64),
        ("seats_wasted", served.iter().map(|(b, by)| seats_wasted(b, by)).sum()),
        ("zone_missed", served.iter().filter(|(b, by)| zone_missed(b, by)).count() as f64),
        ("affinity", served.iter().map(|(b, by)| -by.iter().map(|r| b.affinity.get(&r.id).copied().unwrap_or(0.0)).sum::<f64>()).sum::<f64>()),
        ("spread", spread),
    ];
    // The sum of nothing is -0.
    Values(values.into_iter().map(|(word, value)| (word, value + 0.0)).collect())
}

fn has_moved(booking: &Booking, by: &[&Resource]) -> bool {
    let current = booking.current();
    let mut now: Vec<&str> = by.iter().map(|r| r.id.as_str()).collect();
    now.sort_unstable();
    !current.is_empty() && now != current
}

fn seats_wasted(booking: &Booking, by: &[&Resource]) -> f64 {
    if booking.demands.iter().any(|d| d.kind == ResourceKind::Table) {
        let seats: u32 = by.iter().filter(|r| r.kind == ResourceKind::Table).map(|r| r.seats).sum();
        f64::from(seats) - f64::from(booking.party_size)
    } else {
        0.0
    }
}

fn zone_missed(booking: &Booking, by: &[&Resource]) -> bool {
    booking.zone.is_some() && by.iter().any(|r| r.zone != booking.zone)
}

/// Balance counts the carry-over and every kind of resource; spread counts neither the carry-over nor tables.
fn balance_and_spread(sheet: &Sheet, served: &[(&Booking, Vec<&Resource>)]) -> (f64, f64) {
    let mut minutes: HashMap<&str, i64> = HashMap::new();
    for (booking, by) in served {
        for resource in by {
            *minutes.entry(resource.id.as_str()).or_default() += booking.span.minutes();
        }
    }
    let (mut balance, mut loads) = (0.0, Vec::new());
    for resource in &sheet.resources {
        let capacity = on_duty_minutes(resource);
        if capacity > 0 {
            let load = minutes.get(resource.id.as_str()).copied().unwrap_or(0);
            balance += (resource.carried_minutes + load as f64).powi(2) / capacity as f64;
            if resource.kind == ResourceKind::Staff {
                loads.push(load);
            }
        }
    }
    let spread = loads.iter().max().zip(loads.iter().min()).map_or(0, |(most, least)| most - least);
    (balance, spread as f64)
}

/// Minutes on shift and not blocked. Blocks may overlap one another and reach beyond the shift.
fn on_duty_minutes(resource: &Resource) -> i64 {
    let mut free: Vec<(i64, i64)> = resource.shifts.iter().map(|s| (s.start.0, s.end.0)).collect();
    for block in &resource.blocks {
        let (from, to) = (block.span.start.0, block.span.end.0);
        free = free.into_iter().flat_map(|(start, end)| [(start, end.min(from)), (start.max(to), end)]).filter(|(start, end)| start < end).collect();
    }
    free.iter().map(|(start, end)| end - start).sum()
}
