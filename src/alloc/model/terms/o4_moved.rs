//! O4 moved: bookings with a current assignment that are placed elsewhere.

use super::super::{Linear, Model, RowKey};

/// `Σ_{b with a current assignment} m[b]`.
pub fn build(model: &mut Model) -> Linear {
    let mut sum = Linear::default();
    for b in model.bookings.clone() {
        let part = moved(model, b);
        sum.add(1.0, &part);
    }
    sum
}

/// m of one booking: 1 when it is placed with others than now. Where a single resource serves it, that is a sum of its own columns; otherwise an
/// auxiliary column with `m >= use[b,r]` for r not current and `m >= 1 - u[b] - use[b,r]` for r current.
pub fn moved(model: &mut Model, b: usize) -> Linear {
    let job = &model.instance.bookings[b];
    if job.current.is_empty() {
        return Linear::default();
    }
    let uses = model.variables.uses(b).to_vec();
    if job.is_single() && job.current.len() == 1 {
        return Linear { constant: 0.0, terms: uses.iter().filter(|(r, _)| *r != job.current[0]).map(|(_, col)| (*col, 1.0)).collect() };
    }
    let (m, new) = model.variables.moved(b);
    if new {
        let unplaced = model.variables.unplaced(b);
        for r in job.everyone().into_iter().filter(|r| !job.current.contains(r)) {
            let mut terms: Vec<_> = uses.iter().filter(|(used, _)| *used == r).map(|(_, col)| (*col, 1.0)).collect();
            terms.push((m, -1.0));
            model.row(RowKey::Link("O4", model.rows.len()), f64::NEG_INFINITY, 0.0, terms);
        }
        for &r in &job.current {
            let mut terms: Vec<_> = uses.iter().filter(|(used, _)| *used == r).map(|(_, col)| (*col, 1.0)).collect();
            terms.extend([(m, 1.0), (unplaced, 1.0)]);
            model.row(RowKey::Link("O4", model.rows.len()), 1.0, f64::INFINITY, terms);
        }
    }
    Linear { constant: 0.0, terms: vec![(m, 1.0)] }
}
