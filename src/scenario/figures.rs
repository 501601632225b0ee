//! What a plan is worth to an analyst: figures of a day and of many.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Day;
use crate::alloc::check;
use crate::alloc::eligibility::capacity_minutes;
use crate::domain::ResourceKind;
use crate::sheet::{Plan, Resource};

/// A figure's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Bookings on the day.
    Bookings,
    /// Of these, the placed ones.
    Served,
    /// Of these, those that nobody serves.
    Unplaced,
    /// Served over bookings.
    ServiceLevel,
    /// Staff who serve somebody; over several days person-days.
    People,
    /// Of these, temps.
    Temps,
    /// Longest minus shortest served minutes of the staff on duty; over several days the mean.
    Spread,
    /// Σ (carried + served minutes)² / capacity, as in a plan; over several days the sum.
    Balance,
    /// Bookings placed elsewhere than they stood.
    Moved,
    /// Of these, those whose customer was told a name.
    ToldAgain,
    /// Bookings whose wish for a gender is waived because nobody of it is on file.
    GenderWaived,
    /// Minutes of staff on shift and not blocked.
    OnDuty,
    /// Minutes of staff in bookings, without buffers.
    Worked,
    /// On duty less worked.
    Idle,
    /// Worked over on duty.
    Utilization,
    /// Prices of what is served, in the smallest unit of the currency; only where services have prices.
    Revenue,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Minutes.
    Minutes,
    /// A share from 0 to 1.
    Share,
    /// The smallest unit of the currency.
    Cents,
    /// A score without a unit.
    Score,
}

/// Which way of a figure is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither.
    Neither,
}

impl Metric {
    /// All of them, in the order of tables.
    pub const ALL: [Metric; 16] = [
        Metric::Bookings,
        Metric::Served,
        Metric::Unplaced,
        Metric::ServiceLevel,
        Metric::People,
        Metric::Temps,
        Metric::Spread,
        Metric::Balance,
        Metric::Moved,
        Metric::ToldAgain,
        Metric::GenderWaived,
        Metric::OnDuty,
        Metric::Worked,
        Metric::Idle,
        Metric::Utilization,
        Metric::Revenue,
    ];

    /// Its word in files, options and expectations.
    pub fn as_str(self) -> &'static str {
        match self {
            Metric::Bookings => "bookings",
            Metric::Served => "served",
            Metric::Unplaced => "unplaced",
            Metric::ServiceLevel => "service_level",
            Metric::People => "people",
            Metric::Temps => "temps",
            Metric::Spread => "spread",
            Metric::Balance => "balance",
            Metric::Moved => "moved",
            Metric::ToldAgain => "told_again",
            Metric::GenderWaived => "gender_waived",
            Metric::OnDuty => "on_duty_minutes",
            Metric::Worked => "worked_minutes",
            Metric::Idle => "idle_minutes",
            Metric::Utilization => "utilization",
            Metric::Revenue => "revenue",
        }
    }

    /// The metric of a word.
    pub fn from_word(word: &str) -> Option<Metric> {
        Metric::ALL.into_iter().find(|metric| metric.as_str() == word)
    }

    /// What it counts.
    pub fn unit(self) -> Unit {
        match self {
            Metric::ServiceLevel | Metric::Utilization => Unit::Share,
            Metric::Spread | Metric::OnDuty | Metric::Worked | Metric::Idle => Unit::Minutes,
            Metric::Balance => Unit::Score,
            Metric::Revenue => Unit::Cents,
            _ => Unit::Count,
        }
    }

    /// Which way of it is good.
    pub fn better(self) -> Better {
        match self {
            Metric::Served | Metric::ServiceLevel | Metric::Revenue => Better::Higher,
            Metric::Bookings | Metric::OnDuty | Metric::Worked | Metric::Utilization => Better::Neither,
            _ => Better::Lower,
        }
    }
}

/// Figures of a day, or of several together. A metric that is not there does not apply: revenue where nothing has a price.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Figures(BTreeMap<String, f64>);

impl Figures {
    /// A figure, where it applies.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.0.get(metric.as_str()).copied()
    }

    /// Sets a figure.
    pub fn set(&mut self, metric: Metric, value: f64) {
        self.0.insert(metric.as_str().to_owned(), value);
    }

    /// Metrics that apply with their figures, in the order of tables.
    pub fn iter(&self) -> impl Iterator<Item = (Metric, f64)> + '_ {
        Metric::ALL.into_iter().filter_map(|metric| Some((metric, self.get(metric)?)))
    }

    /// What a plan makes of a day. The plan must have passed the checker.
    pub fn of_day(day: &Day, plan: &Plan) -> Figures {
        let sheet = &day.sheet;
        let placed: BTreeMap<&str, Vec<&str>> =
            plan.assignments.iter().map(|a| (a.booking.as_str(), a.resources.iter().map(String::as_str).collect())).collect();
        let values = check::value(sheet, &placed);
        let staff = |r: &&Resource| r.kind == ResourceKind::Staff;
        let used = |r: &&Resource| placed.values().flatten().any(|id| *id == r.id);
        let on_duty: i64 = sheet.resources.iter().filter(staff).map(capacity_minutes).sum();
        let people: Vec<&Resource> = sheet.resources.iter().filter(staff).filter(used).collect();
        let worked: i64 = sheet
            .bookings
            .iter()
            .filter_map(|b| Some((b, placed.get(b.id.as_str())?)))
            .map(|(b, by)| b.span.minutes() * by.iter().filter(|id| sheet.resources.iter().filter(staff).any(|r| r.id == **id)).count() as i64)
            .sum();
        let mut figures = Figures::default();
        figures.set(Metric::Bookings, sheet.bookings.len() as f64);
        figures.set(Metric::Served, placed.len() as f64);
        figures.set(Metric::Unplaced, (sheet.bookings.len() - placed.len()) as f64);
        figures.set(Metric::People, people.len() as f64);
        figures.set(Metric::Temps, people.iter().filter(|r| r.temporary).count() as f64);
        for (metric, word) in
            [(Metric::Spread, "spread"), (Metric::Balance, "balance"), (Metric::Moved, "moved"), (Metric::ToldAgain, "finalized_moved")]
        {
            figures.set(metric, values.get(word).unwrap_or(0.0));
        }
        figures.set(Metric::GenderWaived, plan.waived.iter().filter(|w| w.rule == "gender").count() as f64);
        figures.set(Metric::OnDuty, on_duty as f64);
        figures.set(Metric::Worked, worked as f64);
        let prices: Vec<(&str, i64)> = sheet.bookings.iter().filter_map(|b| Some((b.id.as_str(), day.price_of(b)?))).collect();
        if !prices.is_empty() {
            let earned: i64 = prices.iter().filter(|(id, _)| placed.contains_key(id)).map(|(_, cents)| cents).sum();
            figures.set(Metric::Revenue, earned as f64);
        }
        figures.derive();
        figures
    }

    /// Several days together: counts, minutes and money are summed, shares taken of the sums, spreads averaged.
    pub fn together<'f>(days: impl IntoIterator<Item = &'f Figures>) -> Figures {
        let (mut sum, mut count) = (Figures::default(), 0.0);
        for day in days {
            count += 1.0;
            for (metric, value) in day.iter() {
                sum.set(metric, sum.get(metric).unwrap_or(0.0) + value);
            }
        }
        if let Some(spread) = sum.get(Metric::Spread) {
            sum.set(Metric::Spread, spread / count);
        }
        sum.derive();
        sum
    }

    /// The mean of several draws of the same days.
    pub fn mean<'f>(draws: impl IntoIterator<Item = &'f Figures>) -> Figures {
        let (mut sum, mut count) = (Figures::default(), 0.0);
        for draw in draws {
            count += 1.0;
            for (metric, value) in draw.iter() {
                sum.set(metric, sum.get(metric).unwrap_or(0.0) + value);
            }
        }
        sum.0.values_mut().for_each(|value| *value /= count);
        sum
    }

    /// How much more than `base` on every metric that both have.
    #[must_use]
    pub fn less(&self, base: &Figures) -> Figures {
        let mut difference = Figures::default();
        for (metric, value) in self.iter() {
            if let Some(before) = base.get(metric) {
                difference.set(metric, value - before);
            }
        }
        difference
    }

    /// The figures that follow from others.
    fn derive(&mut self) {
        let of = |metric| self.get(metric).unwrap_or(0.0);
        let share = |part: f64, whole: f64, empty: f64| if whole > 0.0 { part / whole } else { empty };
        let level = share(of(Metric::Served), of(Metric::Bookings), 1.0);
        let busy = share(of(Metric::Worked), of(Metric::OnDuty), 0.0);
        let idle = of(Metric::OnDuty) - of(Metric::Worked);
        self.set(Metric::ServiceLevel, level);
        self.set(Metric::Utilization, busy);
        self.set(Metric::Idle, idle);
    }
}
