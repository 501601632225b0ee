//! What-ifs over stored days: the days of a location as a base, a what-if worked out as a job, and one of its days made real.
//!
//! A what-if reads and never writes what lives. What makes a day of one real is [`promote`]: the same checks, the same compare-and-set, the same
//! history and messages as a nightly run.

mod base;
mod promote;
mod real;

pub use base::{DAYS_MAX, days};
pub use promote::{Promotion, promote};
pub use real::{Missing, Unreal};
