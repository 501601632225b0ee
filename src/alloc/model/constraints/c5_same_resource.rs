//! C5 same resource: two linked bookings, when both are placed, have exactly the same resources.

use super::super::{Col, Model, RowKey};

/// `use[a,r] <= use[b,r] + u[b]` and the same with a and b exchanged, for every linked pair and every resource either may use.
pub fn build(model: &mut Model) {
    for a in model.bookings.clone() {
        let job = &model.instance.bookings[a];
        let twins: Vec<usize> = job.twins.iter().copied().filter(|b| model.bookings.binary_search(b).is_ok()).collect();
        for b in twins {
            for r in job.everyone() {
                let of = |booking: usize, sign: f64| -> Vec<(Col, f64)> {
                    model.variables.uses(booking).iter().filter(|(used, _)| *used == r).map(|(_, col)| (*col, sign)).collect()
                };
                let mut terms = of(a, 1.0);
                terms.extend(of(b, -1.0));
                terms.push((model.variables.unplaced(b), -1.0));
                model.row(RowKey::SameResource(a, b, r), f64::NEG_INFINITY, 0.0, terms);
            }
        }
    }
}
