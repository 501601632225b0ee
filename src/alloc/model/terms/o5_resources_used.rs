//! O5 resources used: how many resources serve at least one booking.

use super::super::super::instance::cliques;
use super::super::constraints::c3_overlap::spans_of;
use super::super::{Linear, Model, RowKey};

/// `Σ_r z[r]`.
pub fn build(model: &mut Model) -> Linear {
    used(model, |_| true)
}

/// `Σ z[r]` over the resources that count. A resource is used when any of its maximal sets of overlapping bookings is:
/// `Σ_{b in Q} use[b,r] <= z[r]`, which is tighter than a row per booking (Krishnamoorthy, Ernst & Baatar 2012, sec. 3).
pub fn used(model: &mut Model, counts: impl Fn(usize) -> bool) -> Linear {
    let mut sum = Linear::default();
    for r in 0..model.instance.resource_count() {
        if !counts(r) || model.variables.used_by(r).is_empty() {
            continue;
        }
        let (z, new) = model.variables.used(r);
        sum.terms.push((z, 1.0));
        if new {
            for set in sets(model, r) {
                let mut terms: Vec<_> =
                    set.into_iter().flat_map(|(from, to)| &model.variables.used_by(r)[from..to]).map(|(_, col)| (*col, 1.0)).collect();
                terms.push((z, -1.0));
                model.row(RowKey::Link("O5", model.rows.len()), f64::NEG_INFINITY, 0.0, terms);
            }
        }
    }
    sum
}

/// The maximal sets of overlapping bookings of a resource, single bookings that overlap nothing included.
fn sets(model: &Model, resource: usize) -> Vec<Vec<(usize, usize)>> {
    let items = spans_of(model, resource);
    let mut sets = cliques(&items);
    sets.extend(items.iter().filter(|(span, at)| !items.iter().any(|(other, with)| with != at && other.overlaps(*span))).map(|(_, at)| vec![*at]));
    sets
}
