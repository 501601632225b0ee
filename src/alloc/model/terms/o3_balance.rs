//! O3 balance: Σ over resources with capacity of (carried + served minutes)² / capacity.
//!
//! The square is convex in the served minutes, and these are a multiple of a unit (the greatest common divisor of the lengths the resource may
//! serve), so a piecewise-linear cost with a breakpoint at every multiple is exact, not an approximation: in a minimum the cheaper steps fill
//! first ("separable convex programming by the λ/δ method", Dantzig 1963, ch. 24).

use super::super::{Linear, Model, RowKey};

/// `Σ_r carried_r²/capacity_r + Σ_k cost_rk s[r,k]` with `Σ_b length_b use[b,r] = unit_r Σ_k s[r,k]`.
pub fn build(model: &mut Model) -> Linear {
    let mut sum = Linear::default();
    for r in 0..model.instance.resource_count() {
        let capacity = model.instance.capacity_minutes[r] as f64;
        if capacity <= 0.0 || model.variables.used_by(r).is_empty() {
            continue;
        }
        let carried = model.instance.house.sheet.resources[r].carried_minutes;
        let unit = unit_minutes(model, r);
        let count = steps_needed(model, r, unit);
        let (steps, new) = model.variables.steps(r, count, unit);
        if new {
            let mut terms: Vec<_> =
                model.variables.used_by(r).iter().map(|(b, col)| (*col, model.instance.bookings[*b].length_minutes as f64)).collect();
            terms.extend(steps.iter().map(|col| (*col, -(unit as f64))));
            model.row(RowKey::Link("O3", r), 0.0, 0.0, terms);
        }
        let cost = |k: usize| (carried + (unit * k as i64) as f64).powi(2) / capacity;
        sum.constant += cost(0);
        sum.terms.extend(steps.iter().enumerate().map(|(k, col)| (*col, cost(k + 1) - cost(k))));
    }
    sum
}

/// The greatest minutes that divide the length of everything the resource may serve.
fn unit_minutes(model: &Model, resource: usize) -> i64 {
    fn gcd(a: i64, b: i64) -> i64 {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    model.variables.used_by(resource).iter().fold(0, |g, (b, _)| gcd(g, model.instance.bookings[*b].length_minutes)).max(1)
}

/// How many units the resource could serve at most: no more than its capacity, no more than all it may serve together.
fn steps_needed(model: &Model, resource: usize, unit: i64) -> usize {
    let mut all: Vec<usize> = model.variables.used_by(resource).iter().map(|(b, _)| *b).collect();
    all.dedup();
    let together: i64 = all.iter().map(|&b| model.instance.bookings[b].length_minutes).sum();
    usize::try_from(together.min(model.instance.capacity_minutes[resource]) / unit).unwrap_or(0)
}
