//! C4 held: a bound (or finalized and unpriced) booking is served by all of its current resources, or not at all. That nobody else serves it is
//! rule R3: they have no column.

use super::super::{Model, RowKey};

/// `use[b,r] + u[b] >= 1` for every current resource r of a held booking b.
pub fn build(model: &mut Model) {
    for b in model.bookings.clone() {
        let job = &model.instance.bookings[b];
        if !job.held {
            continue;
        }
        for &r in &job.current {
            let mut terms: Vec<_> = model.variables.uses(b).iter().filter(|(used, _)| *used == r).map(|(_, col)| (*col, 1.0)).collect();
            terms.push((model.variables.unplaced(b), 1.0));
            model.row(RowKey::Held(b, r), 1.0, f64::INFINITY, terms);
        }
    }
}
