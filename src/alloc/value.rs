//! What an assignment is worth to the search, term by term. The checker values plans on its own, from the sheet alone.

use crate::domain::ResourceKind;

use super::instance::{Instance, Served};
use super::profile::{Profile, Term, Tier};

/// Value of one term, lower is better.
pub fn term(instance: &Instance, served: &Served, term: Term) -> f64 {
    let sheet = instance.house.sheet;
    let placed = || instance.bookings.iter().zip(served).enumerate().filter_map(|(b, (job, by))| by.as_ref().map(|by| (b, job, by)));
    match term {
        Term::Unplaced => instance.bookings.iter().zip(served).filter(|(_, by)| by.is_none()).map(|(job, _)| job.priority).sum(),
        Term::FinalizedMoved => placed().filter(|(_, job, by)| job.finalized && !job.current.is_empty() && **by != job.current).count() as f64,
        Term::Moved => placed().filter(|(_, job, by)| !job.current.is_empty() && **by != job.current).count() as f64,
        Term::Balance => balance(instance, &instance.loads(served)),
        Term::ResourcesUsed => used(instance, served).iter().filter(|u| **u).count() as f64,
        Term::TemporaryUsed => used(instance, served).iter().zip(&sheet.resources).filter(|(u, r)| **u && r.temporary).count() as f64,
        Term::SeatsWasted => placed()
            .filter(|(b, _, _)| wants_table(instance, *b))
            .map(|(b, _, by)| by.iter().map(|&r| f64::from(sheet.resources[r].seats)).sum::<f64>() - f64::from(sheet.bookings[b].party_size))
            .sum(),
        Term::ZoneMissed => placed().filter(|(b, _, by)| by.iter().any(|&r| misses_zone(instance, *b, r))).count() as f64,
        Term::Affinity => -placed().map(|(b, _, by)| by.iter().map(|&r| affinity(instance, b, r)).sum::<f64>()).sum::<f64>(),
        Term::Spread => {
            let loads = instance.loads(served);
            let on_duty = || spread_staff(instance).map(|r| loads[r]);
            (on_duty().max().unwrap_or(0) - on_duty().min().unwrap_or(0)) as f64
        }
    }
}

/// Value of a tier: the weighted sum of its terms.
pub fn tier(instance: &Instance, served: &Served, tier: &Tier) -> f64 {
    tier.terms.iter().map(|(t, weight)| weight * term(instance, served, *t)).sum()
}

/// Values of all tiers in the profile's order.
pub fn tiers(instance: &Instance, served: &Served, profile: &Profile) -> Vec<f64> {
    profile.tiers.iter().map(|t| tier(instance, served, t)).collect()
}

/// Is `a` better than `b`, tier by tier in strict order? Values that differ by less than a billionth are the same.
pub fn is_better(a: &[f64], b: &[f64]) -> bool {
    for (x, y) in a.iter().zip(b) {
        let near = 1e-9 * x.abs().max(y.abs()).max(1.0);
        if (x - y).abs() > near {
            return x < y;
        }
    }
    false
}

/// Σ (carried + served)² / capacity for these served minutes per resource.
pub fn balance(instance: &Instance, loads: &[i64]) -> f64 {
    (0..loads.len()).filter(|&r| instance.capacity_minutes[r] > 0).map(|r| balance_of(instance, r, loads[r])).sum()
}

/// (carried + served)² / capacity of one resource with capacity.
pub fn balance_of(instance: &Instance, resource: usize, load_minutes: i64) -> f64 {
    (instance.house.sheet.resources[resource].carried_minutes + load_minutes as f64).powi(2) / instance.capacity_minutes[resource] as f64
}

/// Does the booking ask for a table?
pub fn wants_table(instance: &Instance, booking: usize) -> bool {
    instance.house.sheet.bookings[booking].demands.iter().any(|d| d.kind == ResourceKind::Table)
}

/// Is the resource in another zone than the booking wishes? False where there is no wish.
pub fn misses_zone(instance: &Instance, booking: usize, resource: usize) -> bool {
    let sheet = instance.house.sheet;
    sheet.bookings[booking].zone.as_ref().is_some_and(|wish| sheet.resources[resource].zone.as_ref() != Some(wish))
}

/// The booking's affinity to a resource, 0 where none is given.
pub fn affinity(instance: &Instance, booking: usize, resource: usize) -> f64 {
    let sheet = instance.house.sheet;
    sheet.bookings[booking].affinity.get(&sheet.resources[resource].id).copied().unwrap_or(0.0)
}

/// The staff whose minutes the spread compares: those with capacity.
pub fn spread_staff<'i>(instance: &'i Instance) -> impl Iterator<Item = usize> + 'i {
    (0..instance.resource_count()).filter(|&r| instance.capacity_minutes[r] > 0 && instance.house.sheet.resources[r].kind == ResourceKind::Staff)
}

fn used(instance: &Instance, served: &Served) -> Vec<bool> {
    let mut used = vec![false; instance.resource_count()];
    for &r in served.iter().flatten().flatten() {
        used[r] = true;
    }
    used
}

/// Everyone who may serve any of the bookings, sorted, each once.
pub fn resources_of(instance: &Instance, bookings: &[usize]) -> Vec<usize> {
    let mut all: Vec<usize> = bookings.iter().flat_map(|&b| instance.bookings[b].everyone()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What each tier is worth on the part of a sheet that no booking can change: people whom nothing may be given to still carry their minutes.
pub fn constants(instance: &Instance, profile: &Profile) -> Vec<f64> {
    let everything: Vec<usize> = (0..instance.bookings.len()).collect();
    let mut idle = vec![true; instance.resource_count()];
    for r in resources_of(instance, &everything) {
        idle[r] = false;
    }
    let carried: f64 = (0..idle.len()).filter(|&r| idle[r] && instance.capacity_minutes[r] > 0).map(|r| balance_of(instance, r, 0)).sum();
    let weight = |tier: &Tier| tier.terms.iter().filter(|(t, _)| *t == Term::Balance).map(|(_, w)| w).sum::<f64>();
    profile.tiers.iter().map(|tier| weight(tier) * carried).collect()
}

/// Value of a tier over some bookings and the resources that may serve them.
pub fn tier_of_part(instance: &Instance, bookings: &[usize], served: &Served, wanted: &Tier) -> f64 {
    let mut only: Served = vec![None; served.len()];
    for &b in bookings {
        only[b].clone_from(&served[b]);
    }
    let mine = resources_of(instance, bookings);
    wanted
        .terms
        .iter()
        .map(|(t, weight)| {
            weight
                * match t {
                    Term::Unplaced => bookings.iter().filter(|&&b| served[b].is_none()).map(|&b| instance.bookings[b].priority).sum(),
                    Term::Balance => {
                        let loads = instance.loads(&only);
                        mine.iter().filter(|&&r| instance.capacity_minutes[r] > 0).map(|&r| balance_of(instance, r, loads[r])).sum()
                    }
                    other => term(instance, &only, *other),
                }
        })
        .sum()
}

/// How much of a term a weighted sum holds.
pub fn weight_of(terms: &[(Term, f64)], wanted: Term) -> f64 {
    terms.iter().filter(|(t, _)| *t == wanted).map(|(_, weight)| weight).sum()
}

/// What it costs a weighted sum of terms that this one resource serves this booking: all terms but those that depend on the whole day of the resource.
pub fn pair_cost(instance: &Instance, booking: usize, resource: usize, terms: &[(Term, f64)]) -> f64 {
    let sheet = instance.house.sheet;
    let job = &instance.bookings[booking];
    let moved = f64::from(!job.current.is_empty() && job.current != [resource]);
    terms
        .iter()
        .map(|(term, weight)| {
            weight
                * match term {
                    Term::Moved => moved,
                    Term::FinalizedMoved if job.finalized => moved,
                    Term::ZoneMissed => f64::from(misses_zone(instance, booking, resource)),
                    Term::Affinity => -affinity(instance, booking, resource),
                    Term::SeatsWasted if wants_table(instance, booking) => {
                        f64::from(sheet.resources[resource].seats) - f64::from(sheet.bookings[booking].party_size)
                    }
                    _ => 0.0,
                }
        })
        .sum()
}
