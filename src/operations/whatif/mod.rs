//! What-ifs over stored days: the days of a location as a base, a what-if worked out as a job, and one of its days made real.
//!
//! A what-if reads and never writes what lives. What makes a day of one real is [`promote`]: the same checks, the same compare-and-set, the same
//! history and messages as a nightly run.

mod again;
mod base;
mod limited;
mod promote;
mod real;
mod work;

pub use again::{Meant, again};
pub use base::{DAYS_MAX, days};
pub use promote::{Look, Promotion, look, promote};
pub use real::{Missing, Unreal};
pub use work::{Worked, days_to_solve, read, with_profile, work_out};
