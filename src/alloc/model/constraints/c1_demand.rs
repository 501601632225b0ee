//! C1 demand: every demand of a booking is met in full, or the booking is unplaced.

use super::super::{Model, RowKey};

/// `Σ_r x[b,d,r] + Σ_c count_d k[b,d,c] + count_d u[b] = count_d`.
pub fn build(model: &mut Model) {
    for b in model.bookings.clone() {
        for (d, ways) in model.instance.bookings[b].demands.iter().enumerate() {
            let count = ways.count as f64;
            let mut terms = model.variables.meets(b, d).to_vec();
            terms.push((model.variables.unplaced(b), count));
            model.row(RowKey::Demand(b, d), count, count, terms);
        }
    }
}
