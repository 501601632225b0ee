//! O6 temporary used: how many temps serve at least one booking.

use super::super::{Linear, Model};
use super::o5_resources_used::used;

/// `Σ_{r temporary} z[r]`.
pub fn build(model: &mut Model) -> Linear {
    let sheet = model.instance.house.sheet;
    used(model, |r| sheet.resources[r].temporary)
}
