//! The heart: a pure function from a sheet and a profile to a plan. Synchronous; no clock, no I/O.

pub mod check;
pub mod eligibility;
pub mod profile;
pub mod stop;

pub use profile::Profile;
pub use stop::{Stop, StopCause};

use crate::sheet::{Plan, Sheet};

/// What bounds a search. Work is counted, so that the same limits give the same plan; the flag is the outer guard.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Seed of every pseudo-random choice.
    pub seed: u64,
    /// OS threads the search may use, 1 or more. The plan does not depend on it.
    pub threads: usize,
    /// Raised by whoever has a clock or hears Ctrl-C; the plan says so when it ended the search.
    pub stop: Stop,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { seed: 1, threads: 1, stop: Stop::new() }
    }
}

/// Decides who serves what on a valid sheet.
pub fn allocate(_sheet: &Sheet, _profile: &Profile, _limits: Limits) -> Plan {
    unreachable!("being written")
}
