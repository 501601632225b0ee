//! From the document's form to its meaning; every fault is noted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{CASES_MAX, Document, FindProfile, SEEDS_MAX, Scenario, USUAL_GAP, USUAL_PROFILE, read_step};
use crate::alloc::Profile;
use crate::scenario::expect::Expectation;
use crate::scenario::grid::{self, Choice};
use crate::sheet::Faults;

/// Turns a document into a scenario and notes every fault.
pub struct Reader<'d> {
    /// The form.
    pub document: &'d Document,
    /// The parameters in the order in which they are written.
    pub in_order: Option<&'d Map<String, Value>>,
    /// Finds profiles.
    pub profiles: FindProfile<'d>,
    /// Those that were found.
    pub found: BTreeMap<String, Profile>,
    /// What is wrong so far.
    pub faults: Faults,
}

impl Reader<'_> {
    /// The scenario; `None` where a fault leaves none.
    pub fn scenario(&mut self, name: &str) -> Option<Scenario> {
        let parameters = self.parameters();
        let profile = self.profile(self.document.profile.as_deref().unwrap_or(USUAL_PROFILE), "profile");
        self.base();
        self.services();
        self.changes(&parameters);
        let expectations = self.expectations(&parameters);
        if self.document.seeds.len() > SEEDS_MAX {
            self.faults.push("many", "seeds", format!("there are {}; expected at most {SEEDS_MAX}", self.document.seeds.len()));
        }
        Some(Scenario {
            name: self.document.name.clone().unwrap_or_else(|| name.to_owned()),
            description: self.document.description.trim().to_owned(),
            base: self.document.base.clone(),
            profile: profile?,
            first_tiers: self.first_tiers(),
            gap: self.gap(),
            seeds: if self.document.seeds.is_empty() { vec![1] } else { self.document.seeds.clone() },
            parameters,
            expectations,
            services: self.document.service.clone(),
            changes: self.document.change.clone(),
            profiles: std::mem::take(&mut self.found),
        })
    }

    /// In the order in which they are written, which a map in memory does not keep.
    fn parameters(&mut self) -> Vec<(String, Vec<Value>)> {
        let mut parameters = Vec::new();
        let mut cases: usize = 1;
        for name in self.in_order.into_iter().flat_map(|map| map.keys()) {
            let values = self.document.parameters.get(name).cloned().unwrap_or_default();
            if values.is_empty() {
                self.faults.push("empty", format!("parameters.{name}"), "has no values; expected one or more");
            }
            cases = cases.saturating_mul(values.len().max(1));
            parameters.push((name.clone(), values));
        }
        if cases > CASES_MAX {
            self.faults.push("many", "parameters", format!("make {cases} cases; expected at most {CASES_MAX}"));
            parameters.iter_mut().for_each(|(_, values)| values.truncate(1));
        }
        let mut used = BTreeSet::new();
        self.document.change.iter().for_each(|raw| grid::uses(raw, &mut used));
        for (name, _) in parameters.iter().filter(|(name, _)| !used.contains(name)) {
            self.faults.push("unused", format!("parameters.{name}"), format!("is used by no change; expected \"${name}\" in one, or leave it out"));
        }
        parameters
    }

    fn profile(&mut self, name: &str, path: &str) -> Option<Profile> {
        if let Some(known) = self.found.get(name) {
            return Some(known.clone());
        }
        match (self.profiles)(name) {
            Ok(profile) => {
                self.found.insert(name.to_owned(), profile.clone());
                Some(profile)
            }
            Err(said) => {
                self.faults.push("profile", path, said);
                None
            }
        }
    }

    fn first_tiers(&mut self) -> Option<usize> {
        if self.document.first_tiers == Some(0) {
            self.faults.push("tiers", "first_tiers", "is 0; expected 1 or more: without a tier nothing is best");
        }
        self.document.first_tiers
    }

    fn gap(&mut self) -> f64 {
        let gap = self.document.gap.unwrap_or(USUAL_GAP);
        if !(0.0..=0.1).contains(&gap) {
            self.faults.push("gap", "gap", format!("is {gap}; expected a share from 0 to 0.1"));
        }
        gap
    }

    fn base(&mut self) {
        let Some(base) = &self.document.base else { return };
        let ways = [!base.sheets.is_empty(), base.made.is_some(), base.location.is_some()].into_iter().filter(|way| *way).count();
        if ways != 1 {
            self.faults.push("base", "base", "expected exactly one of `sheets`, `made` and `location`");
        }
        let dated = (base.from.is_some(), base.to.is_some());
        match (base.location.is_some(), dated) {
            (true, (true, true)) if base.from > base.to => self.faults.push("base", "base.to", "is before `from`; expected the last day"),
            (true, (true, true)) | (false, (false, false)) => {}
            (true, _) => self.faults.push("base", "base", "expected `from` and `to`, the first and the last day, beside `location`"),
            (false, _) => self.faults.push("base", "base", "`from` and `to` are for days of a database; expected `location` beside them"),
        }
        if let Some(made) = &base.made {
            if made.size.is_some() == made.people.is_some() {
                self.faults.push("base", "base.made", "expected either `size`, for one day, or `people`, for weeks");
            }
            if let Some(size) = made.size.as_ref().filter(|size| !["S", "M", "L", "XL", "XXL"].contains(&size.as_str())) {
                self.faults.push("base", "base.made.size", format!("is {size:?}; expected S, M, L, XL or XXL"));
            }
        }
    }

    fn services(&mut self) {
        for (k, service) in self.document.service.iter().enumerate() {
            if service.price.is_some_and(|price| !(0.0..=1e12).contains(&price)) {
                self.faults.push("price", format!("service[{k}].price"), "is no price; expected a number of 0 or more");
            }
        }
    }

    /// Every change must be readable for every value of the parameters it uses.
    fn changes(&mut self, parameters: &[(String, Vec<Value>)]) {
        let document = self.document;
        for (k, raw) in document.change.iter().enumerate() {
            let mut names = BTreeSet::new();
            grid::uses(raw, &mut names);
            for name in names.iter().filter(|name| !parameters.iter().any(|(known, _)| known == *name)) {
                self.faults.push("unknown", format!("change[{k}]"), format!("there is no parameter `{name}`; expected one of `parameters`"));
            }
            let used: Vec<(String, Vec<Value>)> = parameters.iter().filter(|(name, _)| names.contains(name)).cloned().collect();
            if names.len() != used.len() || used.iter().any(|(_, values)| values.is_empty()) {
                continue;
            }
            for choice in grid::choices(&used) {
                if !self.names_a_profile(raw, &choice, k) {
                    break;
                }
                if let Err(said) = read_step(raw, &choice, &self.found) {
                    let with = if choice.is_empty() { String::new() } else { format!(" (with {})", grid::label(&choice)) };
                    self.faults.push("change", format!("change[{k}]"), format!("{said}{with}"));
                    break;
                }
            }
        }
    }

    /// Is the profile that a change names there? So it is where it names none.
    fn names_a_profile(&mut self, raw: &Value, choice: &Choice, k: usize) -> bool {
        let substituted = grid::substitute(raw, choice).unwrap_or_default();
        let is_one = substituted.get("kind").and_then(Value::as_str) == Some("profile");
        match substituted.get("name").and_then(Value::as_str).filter(|_| is_one) {
            Some(name) => self.profile(name, &format!("change[{k}].name")).is_some(),
            None => true,
        }
    }

    fn expectations(&mut self, parameters: &[(String, Vec<Value>)]) -> Vec<Expectation> {
        let mut expectations = Vec::new();
        for (k, expected) in self.document.expect.iter().enumerate() {
            match expected.read() {
                Ok(expectation) => {
                    for name in expectation.when.keys().filter(|name| !parameters.iter().any(|(known, _)| known == *name)) {
                        self.faults.push("unknown", format!("expect[{k}]"), format!("there is no parameter `{name}`"));
                    }
                    expectations.push(expectation);
                }
                Err(said) => self.faults.push("expect", format!("expect[{k}]"), said),
            }
        }
        expectations
    }
}
