//! A plan in memory and on paper: `zamu.plan/1`. Field names and order are those of the document.

use serde::{Deserialize, Serialize};

/// The format word of a plan.
pub const PLAN_FORMAT: &str = "zamu.plan/1";

/// Who serves what, what could not be placed and why, and how good that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Always [`PLAN_FORMAT`].
    pub format: String,
    /// SHA-256 of the sheet it answers, in hexadecimal.
    #[serde(default)]
    pub sheet_sha256: String,
    /// Name of the profile.
    #[serde(default)]
    pub profile: String,
    /// Whether every tier is proven.
    #[serde(default)]
    pub status: PlanStatus,
    /// The tiers in the profile's order.
    pub tiers: Vec<TierOutcome>,
    /// The current assignment repaired greedily, for comparison.
    #[serde(default)]
    pub baseline: Baseline,
    /// Placed bookings in the sheet's order; resource ids sorted.
    pub assignments: Vec<Placed>,
    /// Unplaced bookings in the sheet's order.
    pub unplaced: Vec<Unplaced>,
    /// Rules that were waived for a booking.
    #[serde(default)]
    pub waived: Vec<Waived>,
    /// Bookings with a current assignment that are placed elsewhere.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// How the plan was found.
    #[serde(default)]
    pub solve: Solve,
}

impl Plan {
    /// The certified reason why a booking is unplaced; `None` where it is placed, or the plan says nothing certified about it.
    pub fn certified(&self, booking: &str) -> Option<&Certified> {
        self.unplaced.iter().find(|unplaced| unplaced.booking == booking).and_then(|unplaced| match &unplaced.reason {
            Reason::Certified(certified) => Some(certified),
            _ => None,
        })
    }
}

/// Whether every tier is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanStatus {
    /// Every tier's value meets its bound.
    Optimal,
    /// A limit or a tier's slack left a gap; the gaps are shown.
    #[default]
    Feasible,
}

/// One tier's value and proven bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierOutcome {
    /// Name of the tier.
    pub name: String,
    /// What the plan is worth on it; lower is better.
    pub value: f64,
    /// No plan that keeps the tiers before it is better than this.
    #[serde(default)]
    pub bound: Option<f64>,
    /// Whether value and bound meet.
    #[serde(default)]
    pub optimal: bool,
    /// How far above the best found value later tiers were allowed to push this one, where the profile allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<f64>,
}

/// The greedy plan's worth.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The same tiers, in the same order.
    pub tiers: Vec<TierValue>,
}

/// A tier's name and value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierValue {
    /// Name of the tier.
    pub name: String,
    /// Its value; lower is better.
    pub value: f64,
}

/// A booking and those who serve it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// Booking id.
    pub booking: String,
    /// Resource ids, sorted.
    pub resources: Vec<String>,
}

/// A booking nobody serves, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unplaced {
    /// Booking id.
    pub booking: String,
    /// Why.
    pub reason: Reason,
}

/// Why a booking is unplaced, with a witness that can be checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reason {
    /// One of ours.
    Certified(Certified),
    /// What another program wrote.
    Foreign(serde_json::Value),
}

/// A reason of ours. The witness was solved on its own before it was written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Certified {
    /// Nobody could serve it even if nothing else were booked.
    ImpossibleAlone {
        /// For each resource of a kind it asks for, the rule that rules it out.
        ruled_out: Vec<RuledOut>,
    },
    /// These bookings cannot all be served by these resources, the only ones who could.
    CrowdedOut {
        /// The unplaced booking and those it competes with, each needed for the contradiction.
        bookings: Vec<String>,
        /// Everyone who could serve any of them.
        resources: Vec<String>,
    },
    /// A limit stopped the search before it was known whether there is room.
    Undecided,
}

/// A resource and the rule that keeps it from a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuledOut {
    /// Resource id.
    pub resource: String,
    /// The rule's word: `qualification`, `gender`, `held`, `shift`, `block`, `party`, `too-few`.
    pub rule: String,
    /// The rule in words for this booking and resource.
    pub detail: String,
}

/// A rule that was waived for a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waived {
    /// Booking id.
    pub booking: String,
    /// The rule's word: `gender`.
    pub rule: String,
}

/// A booking that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Booking id.
    pub booking: String,
    /// Resource ids before, sorted.
    pub from: Vec<String>,
    /// Resource ids after, sorted.
    pub to: Vec<String>,
}

/// How a plan was found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Solve {
    /// Wall-clock milliseconds; written by whoever holds a clock, so absent from the allocator's own answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall_ms: Option<u64>,
    /// What ended the search: `proof`, `deadline`, `interrupt`, `work`, `solver`.
    #[serde(default)]
    pub stopped: String,
    /// Solver and version.
    #[serde(default)]
    pub solver: String,
    /// Seed of the search.
    #[serde(default)]
    pub seed: u64,
}
