//! C2 distinct: within one booking a resource meets at most one demand, alone or as a member of a combination.

use super::super::{Model, RowKey};

/// `Σ_d x[b,d,r] + Σ_{c contains r} k[b,d,c] + u[b] <= 1`, only where two columns of a booking use the same resource.
pub fn build(model: &mut Model) {
    for b in model.bookings.clone() {
        for r in model.instance.bookings[b].everyone() {
            let mut terms: Vec<_> = model.variables.uses(b).iter().filter(|(used, _)| *used == r).map(|(_, col)| (*col, 1.0)).collect();
            if terms.len() > 1 {
                terms.push((model.variables.unplaced(b), 1.0));
                model.row(RowKey::Distinct(b, r), f64::NEG_INFINITY, 1.0, terms);
            }
        }
    }
}
