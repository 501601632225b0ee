//! O1 unplaced: Σ priority over unplaced bookings.

use super::super::{Linear, Model};

/// `Σ_b priority_b u[b]`.
pub fn build(model: &mut Model) -> Linear {
    Linear { constant: 0.0, terms: model.bookings.iter().map(|&b| (model.variables.unplaced(b), model.instance.bookings[b].priority)).collect() }
}
