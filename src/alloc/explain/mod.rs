//! Why: certified reasons for what was not placed.

pub mod reason;
