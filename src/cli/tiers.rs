//! Tiers, reasons and moves of a plan for people; shared by runs, optimize, absence and the demonstration.

use serde_json::Value;

use super::output::{number, table};
use crate::sheet::plan::{Baseline, Certified, Reason, TierOutcome, TierValue};

/// Tiers as recorded with a run.
pub fn recorded(tiers: &Value) -> Vec<TierOutcome> {
    serde_json::from_value(tiers.clone()).unwrap_or_default()
}

/// `unplaced 0, balance 812.50 (bound 810.00)`: the bound only where it is not met.
pub fn in_short(tiers: &[TierOutcome]) -> String {
    let one = |tier: &TierOutcome| match tier.bound {
        Some(bound) if !tier.optimal => format!("{} {} (bound {})", tier.name, number(tier.value), number(bound)),
        _ => format!("{} {}", tier.name, number(tier.value)),
    };
    tiers.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// One row per tier: value, proven bound, whether they meet, and the greedy baseline beside it.
pub fn beside_baseline(tiers: &[TierOutcome], baseline: &[TierValue]) -> String {
    let rows = tiers.iter().map(|tier| {
        let greedy = baseline.iter().find(|b| b.name == tier.name).map_or(String::new(), |b| number(b.value));
        [tier.name.clone(), number(tier.value), tier.bound.map_or("none".to_owned(), number), if tier.optimal { "proven" } else { "open" }.to_owned(), greedy]
    });
    table(["tier", "value", "bound", "", "greedy baseline"], rows)
}

/// The greedy baseline as recorded with a run.
pub fn recorded_baseline(baseline: &Value) -> Vec<TierValue> {
    serde_json::from_value::<Baseline>(baseline.clone()).map(|b| b.tiers).or_else(|_| serde_json::from_value(baseline.clone())).unwrap_or_default()
}

/// A reason in a line: the code and its witness.
pub fn reason_in_short(reason: &Reason) -> String {
    match reason {
        Reason::Certified(Certified::ImpossibleAlone { ruled_out }) => {
            let each: Vec<String> = ruled_out.iter().map(|one| format!("{}: {}", one.resource, one.rule)).collect();
            format!("impossible alone ({})", each.join(", "))
        }
        Reason::Certified(Certified::CrowdedOut { bookings, resources }) => {
            format!("crowded out: {} cannot all be served by {}", bookings.join(", "), resources.join(", "))
        }
        Reason::Certified(Certified::Undecided) => "not known: a limit stopped the search".to_owned(),
        Reason::Foreign(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(name: &str, value: f64, bound: Option<f64>) -> TierOutcome {
        TierOutcome { name: name.to_owned(), value, bound, optimal: bound == Some(value), slack: None }
    }

    #[test]
    fn a_bound_is_named_only_where_it_is_not_met() {
        assert_eq!(in_short(&[tier("unplaced", 1.0, Some(1.0)), tier("balance", 812.5, Some(810.0))]), "unplaced 1, balance 812.50 (bound 810)");
    }

    #[test]
    fn a_reason_names_its_witness() {
        let reason = Reason::Certified(Certified::CrowdedOut { bookings: vec!["b1".into(), "b2".into()], resources: vec!["grace".into()] });
        assert_eq!(reason_in_short(&reason), "crowded out: b1, b2 cannot all be served by grace");
    }
}
