//! Bounds that need no solver: what a tier cannot fall below on some bookings, whatever is decided. They end a tier at once when the incumbent
//! meets them, and are what is left to say when a search is stopped before its first relaxation.

use super::super::instance::Instance;
use super::super::profile::{Term, Tier};
use super::super::value;

/// A valid lower bound of a tier over `bookings` and the resources that may serve them.
pub fn tier(instance: &Instance, bookings: &[usize], tier: &Tier) -> f64 {
    tier.terms.iter().map(|(t, weight)| weight * term(instance, bookings, *t)).sum()
}

fn term(instance: &Instance, bookings: &[usize], term: Term) -> f64 {
    match term {
        Term::Unplaced => bookings.iter().filter(|&&b| instance.alone(b).is_none()).map(|&b| instance.bookings[b].priority).sum(),
        Term::FinalizedMoved | Term::Moved | Term::ResourcesUsed | Term::TemporaryUsed | Term::ZoneMissed | Term::Spread => 0.0,
        Term::Balance => value::resources_of(instance, bookings).into_iter().map(|r| least_balance(instance, r)).sum(),
        Term::SeatsWasted => bookings.iter().filter(|&&b| value::wants_table(instance, b)).map(|&b| least_seats(instance, b)).sum(),
        Term::Affinity => -bookings.iter().map(|&b| most_affinity(instance, b)).sum::<f64>(),
    }
}

/// (carried + served)² / capacity at its lowest: served minutes are never negative.
fn least_balance(instance: &Instance, resource: usize) -> f64 {
    let capacity = instance.capacity_minutes[resource] as f64;
    let carried = instance.house.sheet.resources[resource].carried_minutes;
    if capacity > 0.0 { carried.max(0.0).powi(2) / capacity } else { 0.0 }
}

/// No table taken seats fewer than the smallest that fits; unplaced wastes nothing.
fn least_seats(instance: &Instance, booking: usize) -> f64 {
    let sheet = instance.house.sheet;
    let seats = |r: usize| f64::from(sheet.resources[r].seats);
    let party = f64::from(sheet.bookings[booking].party_size);
    let fewest = instance.bookings[booking].everyone().into_iter().map(seats).fold(f64::INFINITY, f64::min);
    if fewest.is_finite() { (fewest - party).min(0.0) } else { 0.0 }
}

fn most_affinity(instance: &Instance, booking: usize) -> f64 {
    instance.bookings[booking].everyone().into_iter().map(|r| value::affinity(instance, booking, r).max(0.0)).sum()
}
