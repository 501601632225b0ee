//! Another objective, or other weights in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alloc::Profile;
use crate::alloc::profile::Term;

/// Another objective, or other weights in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// A shipped profile, or a TOML file beside the scenario; the one in force where nothing is said.
    pub name: Option<String>,
    /// By tier, how far later tiers may push it above its best value, as a share: 0.01 is one percent.
    #[serde(default)]
    pub slack: BTreeMap<String, f64>,
    /// By tier, the weights of its terms.
    #[serde(default)]
    pub weights: BTreeMap<String, BTreeMap<String, f64>>,
    /// The profile of that name, found when the scenario was read.
    #[serde(skip)]
    #[schemars(skip)]
    pub found: Option<Box<Profile>>,
}

impl Objective {
    pub(super) fn apply(&self, profile: &mut Profile) -> Result<(), String> {
        if let Some(found) = &self.found {
            *profile = (**found).clone();
        }
        let known = profile.tiers.iter().map(|t| t.name.clone()).collect::<Vec<_>>().join(", ");
        for (name, slack) in &self.slack {
            if !(0.0..=1.0).contains(slack) {
                return Err(format!("slack of `{name}` is {slack}; expected a share from 0 to 1"));
            }
            match profile.tiers.iter().position(|t| t.name == *name) {
                Some(0) => return Err(format!("`{name}` is the first tier, which has no slack: otherwise serving nobody would be best")),
                Some(tier) => profile.tiers[tier].slack = *slack,
                None => return Err(format!("profile {} has no tier `{name}`; expected one of {known}", profile.name)),
            }
        }
        for (name, weights) in &self.weights {
            let Some(tier) = profile.tiers.iter_mut().find(|t| t.name == *name) else {
                return Err(format!("profile {} has no tier `{name}`; expected one of {known}", profile.name));
            };
            let weighted = tier.terms.len() > 1 || Term::from_word(name).is_err();
            for (term, weight) in weights {
                let term = Term::from_word(term)?;
                if !(*weight > 0.0 && weight.is_finite()) {
                    return Err(format!("weight of `{}` is {weight}; expected a number above 0", term.as_str()));
                }
                match tier.terms.iter_mut().find(|(known, _)| *known == term) {
                    Some((_, known)) => *known = *weight,
                    None if weighted => tier.terms.push((term, *weight)),
                    None => return Err(format!("tier `{name}` is the term itself; expected a weighted tier for `{}`", term.as_str())),
                }
            }
        }
        Ok(())
    }
}
