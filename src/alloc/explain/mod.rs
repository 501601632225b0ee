//! Why: certified reasons for what was not placed, and who else could serve what was.

pub mod alternatives;
mod chain;
pub mod prices;
pub mod reason;
pub mod repairs;
pub mod witness;
