//! The objective terms, one per file, numbered as in `models/README.md`. Each gives a linear expression whose least value, for fixed decisions,
//! is the term's value; auxiliary columns and their linking rows come with it.

pub mod o10_spread;
pub mod o1_unplaced;
pub mod o2_finalized_moved;
pub mod o3_balance;
pub mod o4_moved;
pub mod o5_resources_used;
pub mod o6_temporary_used;
pub mod o7_seats_wasted;
pub mod o8_zone_missed;
pub mod o9_affinity;
