//! Expectations: what makes a scenario a regression test.

use serde::{Deserialize, Serialize};

/// What was expected of a case, and what holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// As it is written in the scenario: `unplaced = 0`.
    pub that: String,
    /// Whether it holds for every draw.
    pub holds: bool,
    /// What was found, in words: `unplaced is 2 (seed 3)`.
    pub found: String,
}
