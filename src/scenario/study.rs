//! What came out: every case of a scenario beside the base, per day and together, with ranges over the seeds of its demand.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::expect::{Expectation, Verdict};
use super::hours::HourValue;
use super::{Figures, Metric, grid};

/// A scenario's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// The scenario's name.
    pub name: String,
    /// What it asks and teaches, in its author's words.
    pub description: String,
    /// The base in words: `saturday.json`, `westlands, 2026-11-21 to 2026-11-27`.
    pub base: String,
    /// The profile of the base.
    pub profile: String,
    /// Names of the parameters, in the scenario's order.
    pub parameters: Vec<String>,
    /// Those of them that change what customers ask for: circumstances, not choices.
    pub circumstances: Vec<String>,
    /// The base's days as they are.
    pub base_days: Vec<DayResult>,
    /// The base's days together.
    pub base_total: Figures,
    /// The cases, in the order of the grid: the last parameter changes fastest.
    pub cases: Vec<Case>,
}

/// One choice of the parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The choice in words: `growth=0.1 temps=2`; the scenario's name where it has no parameters.
    pub label: String,
    /// The values chosen, by parameter.
    pub parameters: Map<String, Value>,
    /// One for each seed of the demand, in order; exactly one where nothing is drawn.
    pub draws: Vec<Draw>,
    /// All days together, the mean over the draws.
    pub total: Figures,
    /// How much more than the base.
    pub difference: Figures,
    /// Where the mean of each figure lies, where there are several draws.
    pub ranges: Vec<Range>,
    /// No other case of the same circumstances has a better service level with no more people, or fewer people at no worse a level.
    pub on_front: bool,
    /// What was expected of it, and what holds.
    pub expectations: Vec<Verdict>,
}

/// A case with the demand of one seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draw {
    /// The seed.
    pub seed: u64,
    /// Its days, in the base's order.
    pub days: Vec<DayResult>,
    /// The days together.
    pub total: Figures,
}

/// One solved day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayResult {
    /// Hash of what was asked: sheet, profile, seed. The same question has the same run.
    pub run: String,
    /// Where.
    pub location: String,
    /// Which local day.
    pub date: NaiveDate,
    /// What it is worth.
    pub figures: Figures,
    /// What nobody serves, and why.
    pub unplaced: Vec<Lost>,
    /// What an hour of one more person would be worth, by qualification and hour; only hours that are worth anything.
    pub hours: Vec<HourValue>,
    /// Whether the plan is proven, within the profile's slack and the scenario's gap.
    pub proven: bool,
    /// What ended the search: `proof`, `work`, `deadline`, `interrupt`.
    pub stopped: String,
}

/// A booking that nobody serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Which.
    pub booking: String,
    /// Its service.
    pub service: String,
    /// From when, in the location's zone, RFC 3339.
    pub start: String,
    /// The reason's word: `impossible-alone`, `crowded-out`, `undecided`.
    pub code: String,
    /// The reason in words.
    pub why: String,
}

/// Where the mean of a figure lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// Which figure.
    pub metric: String,
    /// Mean over the draws.
    pub mean: f64,
    /// Lower end of the 95 % confidence interval of the mean.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The smallest figure of a draw.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

/// Two-sided 95 % quantiles of Student's t by degrees of freedom, from 1 (Student 1908; any table).
const T_95: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

impl Range {
    /// Where the mean of these draws lies; `None` for fewer than two.
    pub fn of(metric: Metric, draws: &[f64]) -> Option<Range> {
        let n = draws.len();
        if n < 2 {
            return None;
        }
        let mean = draws.iter().sum::<f64>() / n as f64;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
        let half = T_95.get(n - 2).copied().unwrap_or(1.96) * (variance / n as f64).sqrt();
        let (low, high) = (mean - half, mean + half);
        let least = draws.iter().copied().fold(f64::INFINITY, f64::min);
        let most = draws.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Some(Range { metric: metric.as_str().to_owned(), mean, low, high, least, most })
    }
}

impl Draw {
    /// The days of a seed, and all of them together.
    pub fn new(seed: u64, days: Vec<DayResult>) -> Draw {
        let total = Figures::together(days.iter().map(|day| &day.figures));
        Draw { seed, days, total }
    }
}

impl Case {
    /// A case from its draws, beside the base.
    pub fn new(label: String, parameters: Map<String, Value>, draws: Vec<Draw>, base: &Figures) -> Case {
        let total = Figures::mean(draws.iter().map(|draw| &draw.total));
        let of = |metric: Metric| draws.iter().filter_map(|draw| draw.total.get(metric)).collect::<Vec<f64>>();
        let ranges = Metric::ALL.into_iter().filter_map(|metric| Range::of(metric, &of(metric))).collect();
        let difference = total.less(base);
        Case { label, parameters, draws, total, difference, ranges, on_front: false, expectations: Vec::new() }
    }

    /// Is every day of every draw proven?
    pub fn is_proven(&self) -> bool {
        self.draws.iter().flat_map(|draw| &draw.days).all(|day| day.proven)
    }
}

impl Study {
    /// Marks the cases on the Pareto front of people (person-days, temps among them) against service level. Only cases of the same circumstances are
    /// held against one another: that fewer customers need fewer people is no merit of a plan.
    pub fn mark_front(&mut self) {
        let at = |case: &Case| (case.total.get(Metric::People).unwrap_or(0.0), case.total.get(Metric::ServiceLevel).unwrap_or(1.0));
        let all: Vec<(String, f64, f64)> = self.cases.iter().map(|case| (self.circumstances_of(case), at(case).0, at(case).1)).collect();
        for (case, (given, people, level)) in self.cases.iter_mut().zip(&all) {
            let beats = |(g, p, l): &(String, f64, f64)| g == given && p <= people && l >= level && (p < people || l > level);
            case.on_front = !all.iter().any(beats);
        }
    }

    /// The circumstances of a case in words: `growth=0.1`; nothing where there are none.
    pub fn circumstances_of(&self, case: &Case) -> String {
        let given = case.parameters.iter().filter(|(name, _)| self.circumstances.contains(name));
        grid::label(&given.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// Puts the cases into the order of a metric: the best first, or the largest where neither way is good. Equal ones keep their order.
    pub fn sort_by(&mut self, metric: Metric) {
        let sign = if metric.better() == super::figures::Better::Lower { 1.0 } else { -1.0 };
        let of = |case: &Case| sign * case.total.get(metric).unwrap_or(f64::INFINITY);
        self.cases.sort_by(|a, b| of(a).total_cmp(&of(b)));
    }

    /// Holds every case against what is expected of it.
    pub fn judge(&mut self, expectations: &[Expectation]) {
        for case in &mut self.cases {
            case.expectations = expectations.iter().filter(|e| e.is_about(case)).map(|e| e.judge(case, &self.base_total)).collect();
        }
    }

    /// Does every case keep what was expected of it?
    pub fn holds(&self) -> bool {
        self.cases.iter().flat_map(|case| &case.expectations).all(|verdict| verdict.holds)
    }
}
