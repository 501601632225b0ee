//! Reading `zamu.plan/1`, ours or another program's.

use super::json::{self, Node, quoted};
use super::object::{Object, near_match, number_of, text_of};
use crate::sheet::Faults;
use crate::sheet::plan::{Baseline, Change, PLAN_FORMAT, Placed, Plan, PlanStatus, Reason, Solve, TierOutcome, TierValue, Unplaced, Waived};

/// Furthest a tier's value may be from 0: far above what any sheet can reach.
const VALUE_MAX: f64 = 1e18;

/// A plan, and which of the parts that another program may leave out it has.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanDocument {
    /// The plan; parts left out are empty.
    pub plan: Plan,
    /// Says whether all tiers are proven.
    pub has_status: bool,
    /// Lists the rules waived.
    pub has_waived: bool,
    /// Lists the bookings that moved.
    pub has_changes: bool,
}

/// Reads a plan from the bytes of a JSON document in UTF-8.
///
/// # Errors
/// Every fault of the document's form at once, each with its path. Whether the plan fits a sheet is [`crate::alloc::check`]'s question.
pub fn plan_from_slice(bytes: &[u8]) -> Result<Plan, Faults> {
    plan_document_from_slice(bytes).map(|document| document.plan)
}

/// As [`plan_from_slice`], and tells what was left out.
///
/// # Errors
/// As [`plan_from_slice`].
pub fn plan_document_from_slice(bytes: &[u8]) -> Result<PlanDocument, Faults> {
    let root = json::parse(bytes)?;
    let mut faults = Faults::default();
    match document(&root, &mut faults) {
        Some(document) if faults.0.is_empty() => Ok(document),
        _ => Err(faults),
    }
}

fn document(root: &Node, faults: &mut Faults) -> Option<PlanDocument> {
    const KEYS: [&str; 11] =
        ["format", "sheet_sha256", "profile", "status", "tiers", "baseline", "assignments", "unplaced", "waived", "changes", "solve"];
    if matches!(root, Node::Object(_)) && !super::format_is(root, PLAN_FORMAT, faults) {
        return None;
    }
    let object = Object::open(root, "", &KEYS, faults)?;
    let text = |key, faults: &mut Faults| object.words(key, faults).unwrap_or_default().to_owned();
    let plan = Plan {
        format: PLAN_FORMAT.to_owned(),
        sheet_sha256: text("sheet_sha256", faults),
        profile: text("profile", faults),
        status: status(&object, faults).unwrap_or_default(),
        tiers: each(object.list("tiers", "a list of tiers", faults).unwrap_or(&[]), "tiers", faults, tier),
        baseline: object.optional("baseline").map(|node| baseline(node, faults)).unwrap_or_default(),
        assignments: each(object.list("assignments", "a list of assignments", faults).unwrap_or(&[]), "assignments", faults, placed),
        unplaced: each(object.list("unplaced", "a list of unplaced bookings", faults).unwrap_or(&[]), "unplaced", faults, unplaced),
        waived: each(object.list_or_empty("waived", "a list of waived rules", faults), "waived", faults, waived),
        changes: each(object.list_or_empty("changes", "a list of changes", faults), "changes", faults, change),
        solve: object.optional("solve").and_then(|node| solve(node, faults)).unwrap_or_default(),
    };
    let has = |key| object.optional(key).is_some();
    Some(PlanDocument { plan, has_status: has("status"), has_waived: has("waived"), has_changes: has("changes") })
}

/// Reads every item of a list with `read`, which gets the item's path.
fn each<'n, T>(items: &'n [Node], path: &str, faults: &mut Faults, read: impl Fn(&'n Node, String, &mut Faults) -> Option<T>) -> Vec<T> {
    items.iter().enumerate().filter_map(|(k, item)| read(item, format!("{path}[{k}]"), faults)).collect()
}

fn status(object: &Object<'_>, faults: &mut Faults) -> Option<PlanStatus> {
    match object.optional("status") {
        None => Some(PlanStatus::default()),
        Some(Node::Text(word)) if word == "optimal" => Some(PlanStatus::Optimal),
        Some(Node::Text(word)) if word == "feasible" => Some(PlanStatus::Feasible),
        Some(node) => {
            let near = if let Node::Text(word) = node { near_match(word, ["optimal", "feasible"]) } else { String::new() };
            faults.push("unknown-word", object.at("status"), format!("is {}, expected \"optimal\" or \"feasible\"{near}", node.describe()));
            None
        }
    }
}

fn number(object: &Object<'_>, key: &str, faults: &mut Faults) -> Option<f64> {
    let node = object.required(key, "a number", faults)?;
    number_of(node, &object.at(key), VALUE_MAX, "points", faults)
}

fn tier(node: &Node, path: String, faults: &mut Faults) -> Option<TierOutcome> {
    let object = Object::open(node, path, &["name", "value", "bound", "optimal", "slack"], faults)?;
    let name = object.text("name", "a tier's name", faults);
    let value = number(&object, "value", faults);
    let or_none = |key, faults: &mut Faults| object.optional(key).and_then(|node| number_of(node, &object.at(key), VALUE_MAX, "points", faults));
    let bound = or_none("bound", faults);
    let slack = or_none("slack", faults);
    let optimal = object.flag("optimal", faults);
    Some(TierOutcome { name: name?.to_owned(), value: value?, bound, optimal: optimal?, slack })
}

fn baseline(node: &Node, faults: &mut Faults) -> Baseline {
    let Some(object) = Object::open(node, "baseline", &["tiers"], faults) else { return Baseline::default() };
    let items = object.list("tiers", "a list of tiers", faults).unwrap_or(&[]);
    Baseline { tiers: each(items, "baseline.tiers", faults, tier_value) }
}

fn tier_value(node: &Node, path: String, faults: &mut Faults) -> Option<TierValue> {
    let object = Object::open(node, path, &["name", "value"], faults)?;
    let name = object.text("name", "a tier's name", faults);
    let value = number(&object, "value", faults);
    Some(TierValue { name: name?.to_owned(), value: value? })
}

/// A list of resource ids; a resource that stands there twice is the checker's to find.
fn resource_ids(object: &Object<'_>, key: &str, faults: &mut Faults) -> Option<Vec<String>> {
    let path = object.at(key);
    let items = object.list(key, "a list of resources' ids", faults)?;
    Some(each(items, &path, faults, |item, at, faults| text_of(item, &at, "a resource's id", faults).map(str::to_owned)))
}

fn placed(node: &Node, path: String, faults: &mut Faults) -> Option<Placed> {
    let object = Object::open(node, path, &["booking", "resources"], faults)?;
    let booking = object.text("booking", "a booking's id", faults);
    let resources = resource_ids(&object, "resources", faults);
    Some(Placed { booking: booking?.to_owned(), resources: resources? })
}

/// A missing reason is read as null: that is the checker's to find, beside what else is wrong with the plan.
fn unplaced(node: &Node, path: String, faults: &mut Faults) -> Option<Unplaced> {
    let object = Object::open(node, path, &["booking", "reason"], faults)?;
    let booking = object.text("booking", "a booking's id", faults);
    let reason = object.optional("reason").unwrap_or(&Node::Null).to_value();
    let reason = serde_json::from_value(reason.clone()).unwrap_or(Reason::Foreign(reason));
    Some(Unplaced { booking: booking?.to_owned(), reason })
}

fn waived(node: &Node, path: String, faults: &mut Faults) -> Option<Waived> {
    let object = Object::open(node, path, &["booking", "rule"], faults)?;
    let booking = object.text("booking", "a booking's id", faults);
    let rule = object.text("rule", "a rule's word such as \"gender\"", faults);
    Some(Waived { booking: booking?.to_owned(), rule: rule?.to_owned() })
}

fn change(node: &Node, path: String, faults: &mut Faults) -> Option<Change> {
    let object = Object::open(node, path, &["booking", "from", "to"], faults)?;
    let booking = object.text("booking", "a booking's id", faults);
    let from = resource_ids(&object, "from", faults);
    let to = resource_ids(&object, "to", faults);
    Some(Change { booking: booking?.to_owned(), from: from?, to: to? })
}

fn solve(node: &Node, faults: &mut Faults) -> Option<Solve> {
    let object = Object::open(node, "solve", &["wall_ms", "stopped", "solver", "seed"], faults)?;
    let text = |key, faults: &mut Faults| object.words(key, faults).unwrap_or_default().to_owned();
    let wall_ms = object.optional("wall_ms").map(|node| count(node, &object.at("wall_ms"), "milliseconds", faults));
    let stopped = text("stopped", faults);
    let solver = text("solver", faults);
    let seed = object.optional("seed").map_or(Some(0), |node| count(node, &object.at("seed"), "any kind", faults));
    Some(Solve { wall_ms: wall_ms.flatten(), stopped, solver, seed: seed? })
}

/// A whole number from 0 that may be larger than any of a sheet's.
fn count(node: &Node, path: &str, unit: &str, faults: &mut Faults) -> Option<u64> {
    let found = match node {
        Node::Whole(n) => u64::try_from(*n).ok(),
        _ => None,
    };
    if found.is_none() {
        let shown = if let Node::Text(text) = node { quoted(text) } else { node.describe() };
        faults.push("wrong-type", path, format!("is {shown}, expected a whole number of {unit}, 0 or more"));
    }
    found
}
