//! Many days at once.

use super::Day;
use crate::sheet::Plan;

/// A solved day in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The day as it was solved, its changes applied.
    pub day: Day,
    /// The plan; it answers the day's sheet and has passed the checker.
    pub plan: Plan,
}
