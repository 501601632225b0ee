//! A recorded run for people, in the same words and tables as a fresh plan; shared by runs, optimize, absence and the demonstration.

use super::output::number;
use crate::sheet::Plan;
use crate::sheet::plan::{Baseline, PLAN_FORMAT, PlanStatus, Solve, TierOutcome};
use crate::store::RunRow;

/// The plan a run recorded, without its assignments: those are the day's own.
pub fn plan_of(run: &RunRow) -> Plan {
    let of = |value: &serde_json::Value| value.clone();
    Plan {
        format: PLAN_FORMAT.to_owned(),
        sheet_sha256: run.input_sha256.clone(),
        profile: run.profile.clone(),
        status: if run.plan_status == "optimal" { PlanStatus::Optimal } else { PlanStatus::Feasible },
        tiers: serde_json::from_value(of(&run.tiers)).unwrap_or_default(),
        baseline: Baseline {
            tiers: serde_json::from_value(of(&run.baseline))
                .or_else(|_| serde_json::from_value(of(&run.baseline)).map(|b: Baseline| b.tiers))
                .unwrap_or_default(),
        },
        assignments: Vec::new(),
        unplaced: serde_json::from_value(of(&run.unplaced)).unwrap_or_default(),
        waived: Vec::new(),
        changes: serde_json::from_value(of(&run.diff)).unwrap_or_default(),
        solve: Solve { wall_ms: Some(run.solve_ms), stopped: run.stopped.clone(), solver: run.solver.clone(), seed: 0 },
    }
}

/// `unplaced 0, balance 812.50 (bound 810)`: the bound only where it is not met.
pub fn in_short(tiers: &[TierOutcome]) -> String {
    let one = |tier: &TierOutcome| match tier.bound {
        Some(bound) if !tier.optimal => format!("{} {} (bound {})", tier.name, number(tier.value), number(bound)),
        _ => format!("{} {}", tier.name, number(tier.value)),
    };
    tiers.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_named_only_where_it_is_not_met() {
        let tier = |name: &str, value, bound| TierOutcome { name: name.to_owned(), value, bound: Some(bound), optimal: bound == value, slack: None };
        assert_eq!(in_short(&[tier("unplaced", 1.0, 1.0), tier("balance", 812.5, 810.0)]), "unplaced 1, balance 812.50 (bound 810)");
    }
}
