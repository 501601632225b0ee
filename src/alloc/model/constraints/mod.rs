//! The constraints, one per file, numbered as in `models/README.md`.

pub mod c1_demand;
pub mod c2_distinct;
pub mod c3_overlap;
pub mod c4_held;
pub mod c5_same_resource;
