//! O9 affinity: minus the affinities of the chosen resources.

use super::super::super::value;
use super::super::{Linear, Model};

/// `-Σ_b Σ_r affinity_br use[b,r]`.
pub fn build(model: &mut Model) -> Linear {
    let mut sum = Linear::default();
    for &b in &model.bookings {
        sum.terms.extend(model.variables.uses(b).iter().map(|(r, col)| (*col, -value::affinity(model.instance, b, *r))));
    }
    sum
}
