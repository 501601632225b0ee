//! O2 finalized moved: finalized bookings that are placed elsewhere than the customer was told.

use super::super::{Linear, Model};
use super::o4_moved::moved;

/// `Σ_{b finalized} m[b]`.
pub fn build(model: &mut Model) -> Linear {
    let mut sum = Linear::default();
    for b in model.bookings.clone() {
        if model.instance.bookings[b].finalized {
            let part = moved(model, b);
            sum.add(1.0, &part);
        }
    }
    sum
}
