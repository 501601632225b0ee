//! Objective profiles: which tiers, in which order, with what slack. Read from TOML; the shipped ones in `models/` are compiled in.
//!
//! Tiers are strict (lexicographic, "preemptive goal programming"; Charnes & Cooper 1961): none is worsened to improve a later one, except by
//! the slack the profile gives it. A tier is one term, or a weighted sum of terms under a name of its own.

use crate::domain::near;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An objective in strict tiers with its limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Name, as in `--profile nightly`.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// The tiers; the first matters most and is always `unplaced`.
    pub tiers: Vec<Tier>,
    /// What bounds the search by default.
    pub limits: ProfileLimits,
    /// When a run is worth applying.
    pub apply: Apply,
}

/// One tier: a weighted sum of terms, most often a single one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// Name in the plan: a term's, or the profile's own word for a weighted sum.
    pub name: String,
    /// Terms with their weights, each above zero.
    pub terms: Vec<(Term, f64)>,
    /// How far later tiers may push this one above its best value, as a share of it (0.01 is one percent).
    pub slack: f64,
    /// Later tiers may push it up to this value, also where a lower one is possible: what a question allows, never a shipped profile. A sheet whose
    /// tiers have such a value is searched as one whole.
    #[serde(default)]
    pub up_to: Option<f64>,
    /// A value that is proven to be within this share of the best is good enough: what a question allows, never a shipped profile. The plan shows the gap.
    #[serde(default)]
    pub gap: f64,
}

impl Tier {
    /// A term by itself, without slack.
    pub fn of(term: Term) -> Tier {
        Tier { name: term.as_str().to_owned(), terms: vec![(term, 1.0)], slack: 0.0, up_to: None, gap: 0.0 }
    }

    /// What it is held at when its value is `value`.
    pub fn limit(&self, value: f64) -> f64 {
        let limit = value + self.slack * value.abs();
        self.up_to.map_or(limit, |up_to| limit.max(up_to))
    }
}

/// What a tier can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Σ priority over unplaced bookings.
    Unplaced,
    /// Finalized bookings whose resources differ from the current ones.
    FinalizedMoved,
    /// Σ (carried + served minutes)² / capacity.
    Balance,
    /// Bookings placed elsewhere than now.
    Moved,
    /// Resources that serve at least one booking.
    ResourcesUsed,
    /// Temporary resources that serve at least one booking.
    TemporaryUsed,
    /// Seats of the tables taken less the party.
    SeatsWasted,
    /// Bookings with a zone wish served from another zone.
    ZoneMissed,
    /// −Σ affinity of the chosen resources.
    Affinity,
    /// Longest minus shortest served minutes over the staff with capacity; not in the sheet format's table.
    Spread,
}

/// When a run's plan replaces the current assignment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apply {
    /// Least relative improvement of the first tier that differs, 0.1 is ten percent; a broken sheet is always applied.
    pub threshold: f64,
}

/// What bounds the search by default.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileLimits {
    /// Seconds, enforced by whoever has a clock.
    pub time_limit_s: f64,
    /// Branch-and-bound nodes per tier and component: work, not time, so the same on every machine.
    pub nodes_max: u64,
}

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ProfileError {
    /// Not TOML, or not the keys of a profile; the message carries line and column.
    #[error("profile {name}: {message}")]
    Syntax {
        /// Name or file.
        name: String,
        /// What the reader said.
        message: String,
    },
    /// The keys are right, their meaning is not.
    #[error("profile {name}: tier[{tier}]: {message}")]
    Tier {
        /// Name or file.
        name: String,
        /// Position of the tier, from 0.
        tier: usize,
        /// What was found and expected.
        message: String,
    },
    /// The profile as a whole.
    #[error("profile {name}: {message}")]
    Whole {
        /// Name or file.
        name: String,
        /// What was found and expected.
        message: String,
    },
}

/// The shipped profiles: name and text.
const SHIPPED: [(&str, &str); 6] = [
    ("nightly", include_str!("../../models/nightly.toml")),
    ("repair", include_str!("../../models/repair.toml")),
    ("min-staff", include_str!("../../models/min-staff.toml")),
    ("tables", include_str!("../../models/tables.toml")),
    ("strict", include_str!("../../models/strict.toml")),
    ("spread", include_str!("../../models/spread.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    name: Option<String>,
    #[serde(default)]
    description: String,
    tier: Vec<RawTier>,
    limits: Option<ProfileLimits>,
    apply: Option<Apply>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTier {
    term: Option<String>,
    name: Option<String>,
    weights: Option<BTreeMap<String, f64>>,
    #[serde(default)]
    slack: f64,
}

impl Profile {
    /// The shipped profile of this name.
    pub fn shipped(name: &str) -> Option<Profile> {
        let (name, text) = SHIPPED.iter().find(|(known, _)| *known == name)?;
        Profile::parse(name, text).ok()
    }

    /// Names and texts of the shipped profiles, in the order of their use.
    pub fn shipped_texts() -> &'static [(&'static str, &'static str)] {
        &SHIPPED
    }

    /// Reads a profile; `name` stands in messages and, unless the text has a `name` of its own, in plans.
    ///
    /// # Errors
    /// Not TOML, unknown keys or tiers, a tier twice, a first tier other than `unplaced`, weights or slack out of range.
    pub fn parse(name: &str, text: &str) -> Result<Profile, ProfileError> {
        let raw: RawProfile =
            toml::from_str(text).map_err(|e| ProfileError::Syntax { name: name.to_owned(), message: e.to_string().trim_end().to_owned() })?;
        let whole = |message: String| ProfileError::Whole { name: name.to_owned(), message };
        let mut tiers = Vec::with_capacity(raw.tier.len());
        for (k, tier) in raw.tier.into_iter().enumerate() {
            let tier = read_tier(tier).map_err(|message| ProfileError::Tier { name: name.to_owned(), tier: k, message })?;
            if let Some(first) = tiers.iter().position(|t: &Tier| t.name == tier.name) {
                let message = format!("`{}` stands already as tier[{first}]; expected each tier once", tier.name);
                return Err(ProfileError::Tier { name: name.to_owned(), tier: k, message });
            }
            tiers.push(tier);
        }
        match tiers.first() {
            Some(first) if first.terms == [(Term::Unplaced, 1.0)] && first.slack == 0.0 => {}
            _ => return Err(whole("the first tier must be `term = \"unplaced\"` without slack: otherwise serving nobody would be best".into())),
        }
        let limits = raw.limits.unwrap_or(ProfileLimits { time_limit_s: 60.0, nodes_max: 1_000_000 });
        if !(limits.time_limit_s > 0.0 && limits.time_limit_s.is_finite()) || limits.nodes_max == 0 {
            return Err(whole("limits: expected time_limit_s above 0 and nodes_max of 1 or more".into()));
        }
        let apply = raw.apply.unwrap_or(Apply { threshold: 0.1 });
        if !(0.0..=1.0).contains(&apply.threshold) {
            return Err(whole(format!("apply.threshold is {}; expected a share from 0 to 1", apply.threshold)));
        }
        Ok(Profile { name: raw.name.unwrap_or_else(|| name.to_owned()), description: raw.description, tiers, limits, apply })
    }

    /// Whether finalized bookings may move at a price instead of being held.
    pub fn prices_finalized(&self) -> bool {
        self.uses(Term::FinalizedMoved)
    }

    /// Whether any tier contains this term.
    pub fn uses(&self, term: Term) -> bool {
        self.tiers.iter().any(|tier| tier.terms.iter().any(|(t, _)| *t == term))
    }
}

fn read_tier(raw: RawTier) -> Result<Tier, String> {
    if !(0.0..=1.0).contains(&raw.slack) {
        return Err(format!("slack is {}; expected a share from 0 to 1", raw.slack));
    }
    let terms: Vec<(Term, f64)> = match (&raw.term, &raw.weights) {
        (Some(word), None) => vec![(Term::from_word(word)?, 1.0)],
        (None, Some(weights)) if !weights.is_empty() => weights
            .iter()
            .map(|(word, weight)| match *weight > 0.0 && weight.is_finite() {
                true => Ok((Term::from_word(word)?, *weight)),
                false => Err(format!("weight of `{word}` is {weight}; expected a number above 0")),
            })
            .collect::<Result<_, String>>()?,
        _ => return Err("expected either `term = \"…\"` or `name = \"…\"` with `weights = { term = number, … }`".into()),
    };
    let name = match (raw.name, raw.term) {
        (Some(name), None) if Term::ALL.iter().any(|t| t.as_str() == name) => {
            return Err(format!("a weighted sum may not be named `{name}`, which is a term; choose another name"));
        }
        (Some(name), None) => name,
        (None, Some(term)) => term,
        (Some(_), Some(_)) => return Err("expected `name` only beside `weights`; a single term keeps its own name".into()),
        (None, None) => return Err("expected a `name` beside `weights`".into()),
    };
    Ok(Tier { name, terms, slack: raw.slack, up_to: None, gap: 0.0 })
}

impl Term {
    /// Every term: those of the sheet format's table in its order, then ours.
    pub const ALL: [Term; 10] = [
        Term::Unplaced,
        Term::FinalizedMoved,
        Term::Balance,
        Term::Moved,
        Term::ResourcesUsed,
        Term::TemporaryUsed,
        Term::SeatsWasted,
        Term::ZoneMissed,
        Term::Affinity,
        Term::Spread,
    ];

    /// The word in a profile and a plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Term::Unplaced => "unplaced",
            Term::FinalizedMoved => "finalized_moved",
            Term::Balance => "balance",
            Term::Moved => "moved",
            Term::ResourcesUsed => "resources_used",
            Term::TemporaryUsed => "temporary_used",
            Term::SeatsWasted => "seats_wasted",
            Term::ZoneMissed => "zone_missed",
            Term::Affinity => "affinity",
            Term::Spread => "spread",
        }
    }

    /// The term with this word.
    ///
    /// # Errors
    /// There is none: what was expected, with the nearest match.
    pub fn from_word(word: &str) -> Result<Term, String> {
        Term::ALL.into_iter().find(|t| t.as_str() == word).ok_or_else(|| {
            let known: Vec<&str> = Term::ALL.iter().map(|t| t.as_str()).collect();
            let hint = near::nearest(word, known.iter().copied(), near::ALIKE).map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default();
            format!("unknown tier `{word}`{hint}; expected one of {}", known.join(", "))
        })
    }

    /// Whether its value is a whole number on every plan.
    pub fn is_integral(self) -> bool {
        !matches!(self, Term::Balance | Term::Affinity)
    }

    /// Whether its value is a sum over independent parts of a sheet.
    pub fn is_separable(self) -> bool {
        self != Term::Spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_profile_reads() {
        for (name, text) in Profile::shipped_texts() {
            let profile = Profile::parse(name, text).unwrap();
            assert_eq!(profile.name, *name);
            assert!(!profile.description.is_empty());
        }
    }

    #[test]
    fn an_unknown_tier_is_refused_with_the_nearest_known_one() {
        let text = "[[tier]]\nterm = \"unplaced\"\n[[tier]]\nterm = \"ballance\"\n";
        let message = Profile::parse("mine", text).unwrap_err().to_string();
        assert!(message.contains("tier[1]") && message.contains("did you mean `balance`"), "{message}");
    }

    #[test]
    fn a_tier_may_stand_only_once_and_unplaced_comes_first() {
        let twice = "[[tier]]\nterm = \"unplaced\"\n[[tier]]\nterm = \"moved\"\n[[tier]]\nterm = \"moved\"\n";
        assert!(Profile::parse("mine", twice).unwrap_err().to_string().contains("stands already as tier[1]"));
        let late = "[[tier]]\nterm = \"moved\"\n[[tier]]\nterm = \"unplaced\"\n";
        assert!(Profile::parse("mine", late).unwrap_err().to_string().contains("first tier"));
    }

    #[test]
    fn unknown_keys_and_broken_text_are_refused_with_their_line() {
        let message = Profile::parse("mine", "[[tier]]\nterm = \"unplaced\"\nslak = 1\n").unwrap_err().to_string();
        assert!(message.contains("line 3") && message.contains("slak"), "{message}");
        assert!(Profile::parse("mine", "[[tier").is_err());
    }
}
