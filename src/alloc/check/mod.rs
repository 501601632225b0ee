//! Feasibility and value of a plan from the sheet alone.
//!
//! The rules of `zamu.sheet/1` and `zamu.plan/1` are restated here on purpose: nothing of the model, the solver or the eligibility they
//! share is used, so that a mistake there does not hide itself. No plan is stored or printed before it has passed.

mod claims;
mod rules;
mod value;

use serde::Serialize;

use super::Profile;
use crate::sheet::read::PlanDocument;
use crate::sheet::{Plan, Sheet};
pub use value::{Values, value};

/// One thing wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanFault {
    /// The rule that is broken, a stable word for programs: `overlap`, `held`, `tier-value`.
    pub code: &'static str,
    /// What it is about: a booking's, a resource's or a tier's name.
    pub about: String,
    /// What was found and what was expected.
    pub message: String,
}

impl std::fmt::Display for PlanFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} [{}]", self.about, self.message, self.code)
    }
}

/// What came out of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Everything wrong; empty when the plan is feasible and worth what it says.
    pub faults: Vec<PlanFault>,
    /// What the plan is worth on every term. Assignments of unknown bookings or resources count for nothing.
    pub values: Values,
    /// What the plan's own tiers are worth, in its order; None for a weighted sum whose profile was not given.
    pub tiers: Vec<(String, Option<f64>)>,
    /// What a reader should know although it is no fault.
    pub notes: Vec<String>,
}

impl Checked {
    /// Is the plan feasible and worth what it says?
    pub fn passed(&self) -> bool {
        self.faults.is_empty()
    }
}

/// What is known beside the sheet and the plan.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// The profile the plan was made with: values its weighted sums, and its tiers must be the plan's.
    pub profile: Option<&'a Profile>,
    /// SHA-256 of the file the sheet came from; the plan may carry it instead of the canonical one.
    pub file_sha256: Option<&'a str>,
    /// Whether the plan says its status; other programs' plans may leave it out, and then it is not held against them.
    pub has_status: bool,
    /// Whether it lists waived rules.
    pub has_waived: bool,
    /// Whether it lists the bookings that moved.
    pub has_changes: bool,
}

impl Default for Against<'_> {
    fn default() -> Self {
        Against { profile: None, file_sha256: None, has_status: true, has_waived: true, has_changes: true }
    }
}

/// Checks a plan against its sheet. A tier that is a weighted sum of a profile is not valued; see [`check_with_profile`].
pub fn check(sheet: &Sheet, plan: &Plan) -> Checked {
    check_against(sheet, plan, Against::default())
}

/// Checks a plan against its sheet and the profile it was made with.
pub fn check_with_profile(sheet: &Sheet, plan: &Plan, profile: &Profile) -> Checked {
    check_against(sheet, plan, Against { profile: Some(profile), ..Against::default() })
}

/// Checks a plan read from a file, which may leave parts out. `file_sha256` is that of the sheet's file.
pub fn check_document(sheet: &Sheet, document: &PlanDocument, file_sha256: &str, profile: Option<&Profile>) -> Checked {
    let PlanDocument { plan, has_status, has_waived, has_changes } = document;
    let against = Against { profile, file_sha256: Some(file_sha256), has_status: *has_status, has_waived: *has_waived, has_changes: *has_changes };
    check_against(sheet, plan, against)
}

/// Checks a plan against its sheet and whatever else is known.
pub fn check_against(sheet: &Sheet, plan: &Plan, against: Against<'_>) -> Checked {
    // A plan with the tier `finalized_moved` comes from a profile that prices those moves.
    let finalized_may_move = match against.profile {
        Some(profile) => profile.prices_finalized(),
        None => plan.tiers.iter().any(|tier| tier.name == "finalized_moved"),
    };
    let (placed, mut faults) = rules::placed(sheet, plan);
    faults.extend(rules::broken(sheet, &placed, finalized_may_move));
    let values = value(sheet, &placed);
    let tiers = claims::tiers(plan, &values, against.profile);
    faults.extend(claims::wrong_tiers(plan, &tiers, against));
    faults.extend(claims::wrong_lists(sheet, plan, &placed, against));
    let notes = claims::notes(sheet, plan, &tiers, against);
    Checked { faults, values, tiers, notes }
}

fn fault(code: &'static str, about: &str, message: String) -> PlanFault {
    PlanFault { code, about: about.to_owned(), message }
}
