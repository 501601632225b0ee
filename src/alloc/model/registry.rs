//! What a model is made of, in one list each: constraints C1..C5, terms O1..O10, and the eligibility rules R1..R7 that decide which columns exist.
//! `models/README.md` and the golden files under `tests/golden` are held against these lists by tests.

use super::super::eligibility::Rule;
use super::super::profile::Term;
use super::{Linear, Model, constraints, terms};

/// A registered constraint.
pub struct Constraint {
    /// Its number in `models/README.md`.
    pub number: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Adds its rows.
    pub build: fn(&mut Model),
}

/// A registered objective term.
pub struct ObjectiveTerm {
    /// Its number in `models/README.md`.
    pub number: &'static str,
    /// The term.
    pub term: Term,
    build: fn(&mut Model) -> Linear,
}

impl ObjectiveTerm {
    /// Its expression in a model, with its auxiliary columns and rows added.
    pub fn build(&self, model: &mut Model) -> Linear {
        (self.build)(model)
    }
}

/// Every constraint, in the order of its rows.
pub const CONSTRAINTS: &[Constraint] = &[
    Constraint { number: "C1", name: "demand", build: constraints::c1_demand::build },
    Constraint { number: "C2", name: "distinct", build: constraints::c2_distinct::build },
    Constraint { number: "C3", name: "overlap", build: constraints::c3_overlap::build },
    Constraint { number: "C4", name: "held", build: constraints::c4_held::build },
    Constraint { number: "C5", name: "same_resource", build: constraints::c5_same_resource::build },
];

/// Every term, in the order of [`Term::ALL`] by number.
pub const TERMS: &[ObjectiveTerm] = &[
    ObjectiveTerm { number: "O1", term: Term::Unplaced, build: terms::o1_unplaced::build },
    ObjectiveTerm { number: "O2", term: Term::FinalizedMoved, build: terms::o2_finalized_moved::build },
    ObjectiveTerm { number: "O3", term: Term::Balance, build: terms::o3_balance::build },
    ObjectiveTerm { number: "O4", term: Term::Moved, build: terms::o4_moved::build },
    ObjectiveTerm { number: "O5", term: Term::ResourcesUsed, build: terms::o5_resources_used::build },
    ObjectiveTerm { number: "O6", term: Term::TemporaryUsed, build: terms::o6_temporary_used::build },
    ObjectiveTerm { number: "O7", term: Term::SeatsWasted, build: terms::o7_seats_wasted::build },
    ObjectiveTerm { number: "O8", term: Term::ZoneMissed, build: terms::o8_zone_missed::build },
    ObjectiveTerm { number: "O9", term: Term::Affinity, build: terms::o9_affinity::build },
    ObjectiveTerm { number: "O10", term: Term::Spread, build: terms::o10_spread::build },
];

/// Every eligibility rule: number and rule. A column that a rule forbids is never born.
pub const RULES: &[(&str, Rule)] = &[
    ("R1", Rule::Kind),
    ("R2", Rule::Qualification),
    ("R3", Rule::Held),
    ("R4", Rule::Gender),
    ("R5", Rule::Party),
    ("R6", Rule::Shift),
    ("R7", Rule::Block),
];

/// The registered term.
///
/// # Panics
/// Never: a test holds [`TERMS`] against [`Term::ALL`].
pub fn term(term: Term) -> &'static ObjectiveTerm {
    TERMS.iter().find(|entry| entry.term == term).expect("every term is registered")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_registered_once_and_numbered_in_order() {
        assert_eq!(TERMS.iter().map(|t| t.term).collect::<Vec<_>>(), Term::ALL);
        for (k, entry) in TERMS.iter().enumerate() {
            assert_eq!(entry.number, format!("O{}", k + 1));
        }
        for (k, entry) in CONSTRAINTS.iter().enumerate() {
            assert_eq!(entry.number, format!("C{}", k + 1));
        }
    }
}
