//! Every registered constraint, eligibility rule and objective term has a tiny sheet whose exact model is kept as a file. A change of the
//! formulation shows as a change of that text; `ZAMU_GOLDEN=write cargo test --test golden` writes the files anew, to be read before they are kept.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use zamu::alloc::Profile;
use zamu::alloc::instance::Instance;
use zamu::alloc::model::export::Named;
use zamu::alloc::model::{Model, registry};
use zamu::alloc::profile::Term;
use zamu::sheet::{Sheet, read};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Names of all golden models that the registry asks for: `C1_demand`, `R1_kind`, `O1_unplaced`.
fn registered() -> Vec<String> {
    let constraints = registry::CONSTRAINTS.iter().map(|c| format!("{}_{}", c.number, c.name));
    let rules = registry::RULES.iter().map(|(number, rule)| format!("{number}_{}", rule.as_str()));
    let terms = registry::TERMS.iter().map(|t| format!("{}_{}", t.number, t.term.as_str()));
    constraints.chain(rules).chain(terms).collect()
}

fn sheet(name: &str) -> Sheet {
    let file = folder().join(format!("{name}.sheet.json"));
    let bytes = fs::read(&file).unwrap_or_else(|e| panic!("{name} is registered and has no golden sheet {}: {e}", file.display()));
    read::from_slice(&bytes).unwrap_or_else(|faults| panic!("{name}: {faults}"))
}

/// The model of a golden sheet: a term's own tier after `unplaced`, else `unplaced` alone.
fn lp(name: &str) -> String {
    let sheet = sheet(name);
    let term = name.starts_with('O').then(|| name.split_once('_').unwrap().1).filter(|t| *t != Term::Unplaced.as_str());
    let text = std::iter::once("unplaced").chain(term).map(|t| format!("[[tier]]\nterm = \"{t}\"\n")).collect::<String>();
    let profile = Profile::parse("golden", &text).unwrap();
    let instance = Instance::new(&sheet, profile.prices_finalized());
    let everything: Vec<usize> = (0..instance.bookings.len()).collect();
    let model = Model::build(&instance, &everything, &profile);
    let names: Vec<String> = profile.tiers.iter().map(|t| t.name.clone()).collect();
    let last = names.len() - 1;
    Named::new(&model, names, last, Vec::new()).to_lp()
}

#[test]
fn every_registered_constraint_rule_and_term_has_its_model_on_file() {
    for name in registered() {
        let file = folder().join(format!("{name}.lp"));
        let now = lp(&name);
        if std::env::var("ZAMU_GOLDEN").is_ok_and(|v| v == "write") {
            fs::write(&file, &now).unwrap();
        }
        let kept = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{name} is registered and has no golden model {}: {e}", file.display()));
        assert_eq!(kept, now, "the model of {name} is not what {} says", file.display());
    }
}

#[test]
fn no_golden_file_is_left_over() {
    let wanted: BTreeSet<String> = registered().iter().flat_map(|n| [format!("{n}.lp"), format!("{n}.sheet.json")]).collect();
    let found: BTreeSet<String> = fs::read_dir(folder()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_constraint_has_rows_of_its_own_and_a_rule_takes_a_column_away() {
    for constraint in registry::CONSTRAINTS {
        let text = lp(&format!("{}_{}", constraint.number, constraint.name));
        assert!(text.contains(&format!("\n {}.", constraint.number)), "{} has no row in its own golden model", constraint.number);
    }
    for (number, rule) in registry::RULES {
        let name = format!("{number}_{}", rule.as_str());
        let sheet = sheet(&name);
        let instance = Instance::new(&sheet, false);
        let excluded = sheet
            .bookings
            .iter()
            .flat_map(|b| sheet.resources.iter().map(move |r| (b, r)))
            .any(|(b, r)| instance.house.ruled_out(b, &b.demands[0], r) == Some(*rule));
        assert!(excluded, "{name}: the rule rules nothing out of its own golden sheet");
    }
}

#[test]
fn the_formulation_names_every_number() {
    let text = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/README.md")).unwrap();
    for name in registered() {
        let (number, word) = name.split_once('_').unwrap();
        assert!(text.contains(&format!("**{number} ")), "models/README.md does not describe {number} ({word})");
    }
}
