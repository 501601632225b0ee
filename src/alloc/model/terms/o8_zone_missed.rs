//! O8 zone missed: bookings with a zone wish, any of whose resources is in another zone.

use super::super::super::value;
use super::super::{Linear, Model, RowKey};

/// `Σ_b q[b]`; where a single resource serves the booking, q is the sum of its columns in other zones, otherwise `q[b] >= use[b,r]` for each of them.
pub fn build(model: &mut Model) -> Linear {
    let mut sum = Linear::default();
    for b in model.bookings.clone() {
        let elsewhere: Vec<_> = model.variables.uses(b).iter().copied().filter(|(r, _)| value::misses_zone(model.instance, b, *r)).collect();
        if elsewhere.is_empty() {
            continue;
        }
        if model.instance.bookings[b].is_single() {
            sum.terms.extend(elsewhere.iter().map(|(_, col)| (*col, 1.0)));
            continue;
        }
        let (q, new) = model.variables.zone_missed(b);
        sum.terms.push((q, 1.0));
        if new {
            for (_, col) in elsewhere {
                model.row(RowKey::Link("O8", model.rows.len()), f64::NEG_INFINITY, 0.0, vec![(col, 1.0), (q, -1.0)]);
            }
        }
    }
    sum
}
