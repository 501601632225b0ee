//! O7 seats wasted: seats of the tables taken less the party, over placed bookings that ask for a table.

use super::super::super::value;
use super::super::{Linear, Model};

/// `Σ_b Σ_r seats_r use[b,r] - party_b (1 - u[b])`.
pub fn build(model: &mut Model) -> Linear {
    let sheet = model.instance.house.sheet;
    let mut sum = Linear::default();
    for &b in model.bookings.iter().filter(|&&b| value::wants_table(model.instance, b)) {
        let party = f64::from(sheet.bookings[b].party_size);
        sum.constant -= party;
        sum.terms.push((model.variables.unplaced(b), party));
        sum.terms.extend(model.variables.uses(b).iter().map(|(r, col)| (*col, f64::from(sheet.resources[*r].seats))));
    }
    sum
}
