//! Why: certified reasons for what was not placed, and who else could serve what was.

pub mod alternatives;
pub mod reason;
pub mod witness;
