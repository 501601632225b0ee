//! What a plan says of itself: its tiers, its status, what it waived and what it moved.

use std::collections::HashSet;

use super::rules::Assignments;
use super::{Against, PlanFault, Values, fault};
use crate::alloc::Profile;
use crate::domain::ResourceKind;
use crate::sheet::plan::{Certified, PlanStatus, Reason, TierOutcome};
use crate::sheet::{Plan, Sheet, write};

/// Relative to the value, absolute below 1: what rounding on the way through a solver and a file may do.
const TOLERANCE: f64 = 1e-6;

fn tolerance(value: f64) -> f64 {
    TOLERANCE * value.abs().max(1.0)
}

/// What each tier of the plan is worth: a profile's weighted sum where it has a tier of that name, else the term of that name.
pub(super) fn tiers(plan: &Plan, values: &Values, profile: Option<&Profile>) -> Vec<(String, Option<f64>)> {
    let worth = |name: &str| match profile.and_then(|p| p.tiers.iter().find(|t| t.name == name)) {
        Some(tier) => tier.terms.iter().map(|(term, weight)| values.get(term.as_str()).map(|v| v * weight)).sum(),
        None => values.get(name),
    };
    plan.tiers.iter().map(|tier| (tier.name.clone(), worth(&tier.name))).collect()
}

/// Tiers that are not worth what they say, bounds that cannot be, and a status the tiers do not bear out.
pub(super) fn wrong_tiers(plan: &Plan, tiers: &[(String, Option<f64>)], against: Against<'_>) -> Vec<PlanFault> {
    let mut faults: Vec<PlanFault> = plan.tiers.iter().zip(tiers).flat_map(|(said, (_, worth))| wrong_tier(said, *worth)).collect();
    if let Some(profile) = against.profile {
        let expected: Vec<&str> = profile.tiers.iter().map(|t| t.name.as_str()).collect();
        let found: Vec<&str> = plan.tiers.iter().map(|t| t.name.as_str()).collect();
        if expected != found {
            faults.push(fault("tier-order", &profile.name, format!("the plan's tiers are {found:?}, the profile's are {expected:?}")));
        }
    }
    let open: Vec<&str> = plan.tiers.iter().filter(|t| !t.optimal).map(|t| t.name.as_str()).collect();
    if against.has_status && plan.status == PlanStatus::Optimal && !open.is_empty() {
        faults.push(fault("status", "status", format!("the plan is called optimal, but not its tiers {open:?}")));
    }
    faults
}

fn wrong_tier(said: &TierOutcome, worth: Option<f64>) -> Vec<PlanFault> {
    let (name, value, mut faults) = (&said.name, said.value, Vec::new());
    if !value.is_finite() || said.bound.is_some_and(|b| b.is_nan()) {
        return vec![fault("tier-value", name, format!("says {value} with bound {:?}, which are no numbers", said.bound))];
    }
    if let Some(worth) = worth
        && (worth - value).abs() > tolerance(worth)
    {
        faults.push(fault("tier-value", name, format!("says {value}, is {worth}")));
    }
    match said.bound {
        Some(bound) if bound > value + tolerance(value) => {
            faults.push(fault("bound-above-value", name, format!("says that no plan is better than {bound}, but is worth {value}")));
        }
        Some(bound) if said.optimal && value - bound > tolerance(value) => {
            faults.push(fault("optimal-with-gap", name, format!("is called optimal, but its value {value} is above its bound {bound}")));
        }
        None if said.optimal => faults.push(fault("optimal-with-gap", name, "is called optimal, but has no bound".into())),
        _ => {}
    }
    faults
}

/// Reasons that are missing or name nobody, and lists of waived rules and changes that are not what follows from the assignments.
pub(super) fn wrong_lists(sheet: &Sheet, plan: &Plan, placed: &Assignments<'_>, against: Against<'_>) -> Vec<PlanFault> {
    let mut faults = wrong_reasons(sheet, plan);
    if against.has_waived {
        faults.extend(wrong_waived(sheet, plan, placed));
    }
    if against.has_changes {
        faults.extend(wrong_changes(sheet, plan, placed));
    }
    faults
}

fn wrong_reasons(sheet: &Sheet, plan: &Plan) -> Vec<PlanFault> {
    let bookings: HashSet<&str> = sheet.bookings.iter().map(|b| b.id.as_str()).collect();
    let resources: HashSet<&str> = sheet.resources.iter().map(|r| r.id.as_str()).collect();
    let mut faults = Vec::new();
    // A combination of tables may be ruled out as one.
    let who: HashSet<&str> = resources.iter().copied().chain(sheet.combinations.iter().map(|c| c.id.as_str())).collect();
    for entry in &plan.unplaced {
        let id = entry.booking.as_str();
        let unknown = |ids: Vec<&String>, known: &HashSet<&str>| ids.into_iter().find(|id| !known.contains(id.as_str())).cloned();
        let stranger = match &entry.reason {
            Reason::Foreign(value) if is_empty(value) => {
                faults.push(fault("no-reason", id, "is unplaced without a reason".into()));
                None
            }
            Reason::Certified(Certified::CrowdedOut { bookings: those, resources: they }) => {
                if !those.iter().any(|b| b == id) {
                    faults.push(fault("reason", id, "is not among the bookings of its own crowded-out reason".into()));
                }
                unknown(those.iter().collect(), &bookings).or_else(|| unknown(they.iter().collect(), &resources))
            }
            Reason::Certified(Certified::ImpossibleAlone { ruled_out }) => unknown(ruled_out.iter().map(|r| &r.resource).collect(), &who),
            Reason::Certified(Certified::Undecided) | Reason::Foreign(_) => None,
        };
        if let Some(stranger) = stranger {
            faults.push(fault("reason", id, format!("its reason names {stranger:?}, which the sheet does not have")));
        }
    }
    faults
}

/// Nothing that could be called a reason: what Python takes for false.
fn is_empty(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null => true,
        Value::Bool(b) => !b,
        Value::Number(n) => n.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
    }
}

/// A wish for a gender that nobody has on file is waived. Every placed booking with one must be listed; an unplaced one may be.
fn wrong_waived(sheet: &Sheet, plan: &Plan, placed: &Assignments<'_>) -> Vec<PlanFault> {
    let on_file = |wish: &str| sheet.resources.iter().any(|r| r.kind == ResourceKind::Staff && r.gender.as_deref() == Some(wish));
    let needs_staff = |b: &crate::sheet::Booking| b.demands.iter().any(|d| d.kind == ResourceKind::Staff);
    let waived: Vec<&str> =
        sheet.bookings.iter().filter(|b| b.gender.as_deref().is_some_and(|wish| !on_file(wish)) && needs_staff(b)).map(|b| b.id.as_str()).collect();
    let mut said = HashSet::new();
    let mut faults = Vec::new();
    for entry in &plan.waived {
        if entry.rule != "gender" || !waived.contains(&entry.booking.as_str()) || !said.insert(entry.booking.as_str()) {
            faults.push(fault("waived", &entry.booking, format!("is listed as waiving {:?}, which it does not, or twice", entry.rule)));
        }
    }
    for id in waived.into_iter().filter(|id| placed.contains_key(id) && !said.contains(id)) {
        faults.push(fault("waived", id, "waives its wish for a gender, as nobody of it is on file, but is not listed in waived".into()));
    }
    faults
}

fn wrong_changes(sheet: &Sheet, plan: &Plan, placed: &Assignments<'_>) -> Vec<PlanFault> {
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids
    };
    let mut said: Vec<(&str, Vec<String>, Vec<String>)> = plan.changes.iter().map(|c| (c.booking.as_str(), sorted(&c.from), sorted(&c.to))).collect();
    let mut faults = Vec::new();
    for booking in &sheet.bookings {
        let (from, Some(to)) = (booking.current(), placed.get(booking.id.as_str())) else { continue };
        if from.is_empty() || from == *to {
            continue;
        }
        match said.iter().position(|(id, was, is)| *id == booking.id && *was == from && is == to) {
            Some(k) => drop(said.swap_remove(k)),
            None => faults.push(fault("changes", &booking.id, format!("moves from {from:?} to {to:?}, which changes does not list"))),
        }
    }
    faults.extend(
        said.into_iter()
            .map(|(id, from, to)| fault("changes", id, format!("is listed as moving from {from:?} to {to:?}, which it does not, or twice"))),
    );
    faults
}

/// What is worth knowing and no fault.
pub(super) fn notes(sheet: &Sheet, plan: &Plan, tiers: &[(String, Option<f64>)], against: Against<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let said = plan.sheet_sha256.as_str();
    if said.is_empty() {
        notes.push("the plan does not say which sheet it answers (sheet_sha256)".to_owned());
    } else if against.file_sha256 != Some(said) && write::sha256(sheet) != said {
        notes.push(format!("the plan answers another version of the sheet: its sheet_sha256 is {said}"));
    }
    for (name, _) in tiers.iter().filter(|(_, worth)| worth.is_none()) {
        notes.push(format!("tier {name} is a weighted sum of a profile's own; give the profile to have its value checked"));
    }
    if let Some(profile) = against.profile.filter(|p| p.name != plan.profile) {
        notes.push(format!("the plan was made with profile {:?}, checked with {:?}", plan.profile, profile.name));
    }
    for (has, key) in [(against.has_status, "status"), (against.has_waived, "waived"), (against.has_changes, "changes")] {
        if !has {
            notes.push(format!("the plan leaves out {key}, so it was not checked"));
        }
    }
    if against.has_status && plan.status == PlanStatus::Feasible && !plan.tiers.is_empty() && plan.tiers.iter().all(|t| t.optimal) {
        notes.push("the plan is called feasible, although every tier is proven".to_owned());
    }
    notes
}
