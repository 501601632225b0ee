//! Expectations: what makes a scenario a regression test. `unplaced = 0`, `balance <= 900`, `moved <= 5 %`, `people <= base + 1`.

use crate::domain::near;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::figures::Unit;
use super::{Case, Figures, Metric};

/// What is expected, as a scenario says it: a sentence, or a sentence with the cases it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Expected {
    /// Of every case.
    Always(String),
    /// Of some cases.
    When(ExpectedWhen),
}

/// What is expected of the cases with certain parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedWhen {
    /// The sentence: a figure, one of `=`, `!=`, `<`, `<=`, `>`, `>=`, and a number; a number with `%` (of the bookings, for counts); or `base`, with or
    /// without `+` or `-` and a number.
    pub that: String,
    /// Only of cases in which these parameters have these values.
    pub when: Map<String, Value>,
}

/// What is expected of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// As it was written.
    pub that: String,
    /// Only of cases in which these parameters have these values.
    pub when: Map<String, Value>,
    metric: Metric,
    relation: Relation,
    against: Against,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Against {
    Number(f64),
    ShareOfBookings(f64),
    /// The base's figure, plus a number, plus a share of itself.
    Base(f64, f64),
}

/// What was expected of a case, and what holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// As it is written in the scenario: `unplaced = 0`.
    pub that: String,
    /// Whether it holds for every draw.
    pub holds: bool,
    /// What was found, in words: `unplaced is 2 (seed 3)`.
    pub found: String,
}

/// Figures that differ by less are the same.
const SAME: f64 = 1e-6;
/// Longest first, so that `<=` is not read as `<`.
const RELATIONS: [(&str, Relation); 8] = [
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("!=", Relation::Unequal),
    ("==", Relation::Equal),
    ("≤", Relation::AtMost),
    ("≥", Relation::AtLeast),
    ("<", Relation::Less),
    (">", Relation::More),
];

impl Expected {
    /// What it says, understood.
    ///
    /// # Errors
    /// What was found and what is expected.
    pub fn read(&self) -> Result<Expectation, String> {
        let (that, when) = match self {
            Expected::Always(that) => (that, Map::new()),
            Expected::When(ExpectedWhen { that, when }) => (that, when.clone()),
        };
        let found = RELATIONS.iter().find_map(|(sign, relation)| that.split_once(sign).map(|(left, right)| (left, *relation, right)));
        let found = found.or_else(|| that.split_once('=').map(|(left, right)| (left, Relation::Equal, right)));
        let Some((left, relation, right)) = found else {
            return Err(format!("{that:?} says nothing; expected a figure, a relation and a number, such as \"unplaced = 0\""));
        };
        let metric = Metric::from_word(left.trim()).ok_or_else(|| unknown(left.trim()))?;
        let against = read_against(metric, right.trim()).ok_or_else(|| {
            let share = if share_means_something(metric) { ", a share such as 5 %" } else { "" };
            format!("{:?} is not understood in {that:?}; expected a number{share}, or `base` with or without + or - and a number", right.trim())
        })?;
        Ok(Expectation { that: that.clone(), when, metric, relation, against })
    }
}

/// What is expected of a figure that there is not.
fn unknown(word: &str) -> String {
    let known: Vec<&str> = Metric::ALL.iter().map(|metric| metric.as_str()).collect();
    let hint = near::nearest(word, known.iter().copied(), near::ALIKE).map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default();
    format!("unknown figure `{word}`{hint}; expected one of {}", known.join(", "))
}

fn share_means_something(metric: Metric) -> bool {
    matches!(metric.unit(), Unit::Count | Unit::Share)
}

fn read_against(metric: Metric, text: &str) -> Option<Against> {
    if let Some(rest) = text.strip_prefix("base") {
        let rest = rest.trim();
        if rest.is_empty() {
            return Some(Against::Base(0.0, 0.0));
        }
        let sign = match rest.chars().next()? {
            '+' => 1.0,
            '-' | '−' => -1.0,
            _ => return None,
        };
        let amount = rest.trim_start_matches(['+', '-', '−']).trim();
        return match amount.strip_suffix('%') {
            Some(percent) => Some(Against::Base(0.0, sign * number(percent)? / 100.0)),
            None => Some(Against::Base(sign * number(amount)?, 0.0)),
        };
    }
    match text.strip_suffix('%') {
        Some(percent) if metric.unit() == Unit::Share => Some(Against::Number(number(percent)? / 100.0)),
        Some(percent) if share_means_something(metric) => Some(Against::ShareOfBookings(number(percent)? / 100.0)),
        Some(_) => None,
        None => Some(Against::Number(number(text)?)),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|x: &f64| x.is_finite())
}

impl Expectation {
    /// Is it about a case?
    pub fn is_about(&self, case: &Case) -> bool {
        self.when.iter().all(|(name, value)| case.parameters.get(name).is_some_and(|chosen| same(chosen, value)))
    }

    /// Holds it against every draw of a case.
    pub fn judge(&self, case: &Case, base: &Figures) -> Verdict {
        let several = case.draws.len() > 1;
        let mut holds = true;
        let mut found = String::new();
        for draw in &case.draws {
            let Some(value) = draw.total.get(self.metric) else {
                let found = format!("{} does not apply: no service has a price", self.metric.as_str());
                return Verdict { that: self.that.clone(), holds: false, found };
            };
            let kept = self.keeps(value, self.threshold(&draw.total, base));
            if found.is_empty() || (holds && !kept) {
                let seed = if several { format!(" (seed {})", draw.seed) } else { String::new() };
                found = format!("{} is {}{seed}", self.metric.as_str(), said(value));
            }
            holds &= kept;
        }
        Verdict { that: self.that.clone(), holds, found }
    }

    fn threshold(&self, of: &Figures, base: &Figures) -> f64 {
        match self.against {
            Against::Number(number) => number,
            Against::ShareOfBookings(share) => share * of.get(Metric::Bookings).unwrap_or(0.0),
            Against::Base(more, share) => base.get(self.metric).map_or(f64::NAN, |value| value * (1.0 + share) + more),
        }
    }

    fn keeps(&self, value: f64, threshold: f64) -> bool {
        let near = SAME * threshold.abs().max(1.0);
        match self.relation {
            Relation::Equal => (value - threshold).abs() <= near,
            Relation::Unequal => (value - threshold).abs() > near,
            Relation::Less => value < threshold - near,
            Relation::AtMost => value <= threshold + near,
            Relation::More => value > threshold + near,
            Relation::AtLeast => value >= threshold - near,
        }
    }
}

/// Are these the same value, whether it is written 1 or 1.0?
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn said(value: f64) -> String {
    if (value - value.round()).abs() < SAME { format!("{:.0}", value.round() + 0.0) } else { format!("{value:.4}") }
}

#[cfg(test)]
mod tests {
    use super::super::Draw;
    use super::*;

    fn case(unplaced: f64, bookings: f64) -> Case {
        let mut total = Figures::default();
        total.set(Metric::Unplaced, unplaced);
        total.set(Metric::Bookings, bookings);
        total.set(Metric::ServiceLevel, 1.0 - unplaced / bookings);
        let draw = Draw { seed: 1, days: Vec::new(), total };
        Case::new("temps=1".into(), Map::from_iter([("temps".to_owned(), 1.into())]), vec![draw], &Figures::default())
    }

    fn holds(that: &str, unplaced: f64) -> bool {
        let mut base = Figures::default();
        base.set(Metric::Unplaced, 4.0);
        Expected::Always(that.to_owned()).read().unwrap().judge(&case(unplaced, 100.0), &base).holds
    }

    #[test]
    fn relations_mean_what_they_say() {
        for (that, at, not_at) in [
            ("unplaced = 0", 0.0, 1.0),
            ("unplaced == 3", 3.0, 2.0),
            ("unplaced <= 3", 3.0, 4.0),
            ("unplaced ≤ 3", 3.0, 4.0),
            ("unplaced < 3", 2.0, 3.0),
            ("unplaced >= 3", 3.0, 2.0),
            ("unplaced > 3", 4.0, 3.0),
            ("unplaced != 3", 4.0, 3.0),
            ("unplaced <= 5 %", 5.0, 6.0),
            ("service_level >= 95 %", 5.0, 6.0),
            ("unplaced <= base", 4.0, 5.0),
            ("unplaced <= base + 1", 5.0, 6.0),
            ("unplaced <= base - 50 %", 2.0, 3.0),
        ] {
            assert!(holds(that, at), "{that} at {at}");
            assert!(!holds(that, not_at), "{that} not at {not_at}");
        }
    }

    #[test]
    fn what_says_nothing_is_refused_with_what_would_say_something() {
        for (that, hint) in
            [("unplaced", "such as"), ("unplacd = 0", "did you mean `unplaced`"), ("balance <= 5 %", "expected a number"), ("people = few", "`base`")]
        {
            let said = Expected::Always(that.to_owned()).read().unwrap_err();
            assert!(said.contains(hint), "{that}: {said}");
        }
    }

    #[test]
    fn an_expectation_may_be_about_some_cases_only() {
        let when = |temps: f64| Map::from_iter([("temps".to_owned(), Value::from(temps))]);
        let about = |temps| Expected::When(ExpectedWhen { that: "unplaced = 0".into(), when: when(temps) }).read().unwrap().is_about(&case(0.0, 1.0));
        assert!(about(1.0));
        assert!(!about(2.0));
    }
}
