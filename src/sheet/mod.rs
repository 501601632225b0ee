//! The two documents everything meets in: `zamu.sheet/1` (a location's local day) and `zamu.plan/1` (who serves what).

pub mod fault;
pub mod plan;
pub mod read;
pub mod spa;
pub mod types;
pub mod write;

pub use fault::{Fault, Faults};
pub use plan::Plan;
pub use types::{Assignment, Block, Booking, Combination, Demand, Location, Resource, Sheet};
