//! O10 spread: longest minus shortest served minutes over the staff with capacity. Not in the sheet format's table: analysts compare days by it.

use super::super::super::value;
use super::super::{Linear, Model, RowKey};

/// `h - l` with `l <= Σ_b length_b use[b,r] <= h` for every person r with capacity.
pub fn build(model: &mut Model) -> Linear {
    let staff: Vec<usize> = value::spread_staff(model.instance).collect();
    if staff.len() < 2 {
        return Linear::default();
    }
    let most = staff.iter().map(|&r| model.instance.capacity_minutes[r]).max().unwrap_or(0) as f64;
    let (high, low, new) = model.variables.spread(most);
    if new {
        for r in staff {
            let load: Vec<_> = model.variables.used_by(r).iter().map(|(b, col)| (*col, model.instance.bookings[*b].length_minutes as f64)).collect();
            let with = |extra| load.iter().copied().chain([(extra, -1.0)]).collect();
            model.row(RowKey::Link("O10", model.rows.len()), f64::NEG_INFINITY, 0.0, with(high));
            model.row(RowKey::Link("O10", model.rows.len()), 0.0, f64::INFINITY, with(low));
        }
    }
    Linear { constant: 0.0, terms: vec![(high, 1.0), (low, -1.0)] }
}
