//! Studies to report on: a spa's day really allocated, with more demand and more people.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use zamu::alloc::{Limits, Profile, allocate};
use zamu::scenario::expect::Verdict;
use zamu::scenario::hours::HourValue;
use zamu::scenario::report::page::Picture;
use zamu::scenario::study::Lost;
use zamu::scenario::{About, Case, Day, DayResult, Detail, Draw, Figures, Metric, Study};
use zamu::sheet::plan::{Certified, Reason};
use zamu::sheet::spa::{Size, Spa};
use zamu::sheet::{Plan, Resource, Sheet};

/// A study with the days behind it.
pub struct Made {
    pub study: Study,
    pub base: Detail,
    /// By case and draw.
    pub details: BTreeMap<(String, u64), Detail>,
}

impl Made {
    /// The pictures of a case beside the base.
    pub fn picture(&self, label: &str) -> Picture {
        let scenario = self.details[&(label.to_owned(), self.seeds(label)[0])].clone();
        Picture { label: label.to_owned(), base: Some(self.base.clone()), scenario }
    }

    fn seeds(&self, label: &str) -> Vec<u64> {
        self.study.cases.iter().find(|case| case.label == label).unwrap().draws.iter().map(|draw| draw.seed).collect()
    }
}

/// More demand and more temps on a small spa's day, by two parameters.
pub fn two_parameters() -> Made {
    made(&["growth", "temps"], &[0.0, 0.1, 0.25], &[0, 1, 2, 3], 1)
}

/// More temps alone, with several draws of the demand.
pub fn one_parameter() -> Made {
    made(&["temps"], &[0.15], &[0, 1, 2], 3)
}

/// One change without parameters.
pub fn no_parameters() -> Made {
    made(&[], &[0.1], &[1], 1)
}

fn made(parameters: &[&str], growths: &[f64], temps: &[usize], seeds: u64) -> Made {
    let base = solved(priced(Spa::of(Size::S).day(1)));
    let base_day = result(&base, "base");
    let base_total = Figures::together([&base_day.figures]);
    let mut details = BTreeMap::new();
    let mut cases = Vec::new();
    for &growth in growths {
        for &extra in temps {
            let all = [("growth", json!(growth)), ("temps", json!(extra))];
            let chosen: Map<String, Value> =
                all.into_iter().filter(|(name, _)| parameters.contains(name)).map(|(name, value)| (name.to_owned(), value)).collect();
            let label = label(&chosen);
            let mut draws = Vec::new();
            for seed in 1..=seeds {
                let detail = solved(grown(&base.day, growth, extra, seed));
                let day = result(&detail, &format!("{label} {seed}"));
                draws.push(Draw { seed, total: Figures::together([&day.figures]), days: vec![day] });
                details.insert((label.clone(), seed), detail);
            }
            let mut case = Case::new(label, chosen, draws, &base_total);
            let left = case.total.get(Metric::Unplaced).unwrap();
            let holds = left <= 2.0;
            case.expectations = vec![Verdict { that: "unplaced <= 2".to_owned(), holds, found: format!("unplaced is {left}") }];
            cases.push(case);
        }
    }
    let mut study = Study {
        name: "A fifth more demand, and temps who know deep tissue".to_owned(),
        description: "How many temps with deep tissue does the Saturday need if demand grows? Growth follows the day's own pattern.".to_owned(),
        base: "saturday.json".to_owned(),
        profile: "nightly".to_owned(),
        circumstances: Vec::new(),
        parameters: parameters.iter().map(|name| (*name).to_owned()).collect(),
        base_days: vec![base_day],
        base_total,
        cases,
    };
    study.mark_front();
    Made { study, base, details }
}

fn label(chosen: &Map<String, Value>) -> String {
    if chosen.is_empty() {
        return "One more person".to_owned();
    }
    chosen.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// The same sheet, every booking with a price of its length.
pub fn priced(sheet: Sheet) -> Day {
    let mut day = Day::of_sheet(sheet, "saturday.json");
    for booking in &day.sheet.bookings {
        let about = About { service: day.service_of(booking), price_cents: Some(booking.span.minutes() * 95), booked_at: None };
        day.about.insert(booking.id.clone(), about);
    }
    day
}

/// A share more of the bookings, drawn by the seed and nobody's yet; and temps who know the whole trade.
fn grown(base: &Day, growth: f64, temps: usize, seed: u64) -> Day {
    let mut day = base.clone();
    let more = (base.sheet.bookings.len() as f64 * growth) as usize + (seed as usize - 1);
    for k in 0..more {
        let mut booking = base.sheet.bookings[(k * 7 + seed as usize * 3) % base.sheet.bookings.len()].clone();
        let about = base.about[&booking.id].clone();
        booking.id = format!("{}-more-{k}", booking.id);
        day.about.insert(booking.id.clone(), about);
        booking.assignment = None;
        day.sheet.bookings.push(booking);
    }
    for k in 0..temps {
        let like: &Resource = &base.sheet.resources[k];
        let skills = ["swedish", "deep-tissue", "facial", "manicure", "waxing"].map(str::to_owned);
        let blocks = like.blocks.iter().filter(|block| block.reason.as_deref() == Some("break")).cloned().collect();
        let temp =
            Resource { id: format!("temp-{k}"), name: format!("Temp {k}"), temporary: true, qualifications: skills.into(), blocks, ..like.clone() };
        day.sheet.resources.push(temp);
    }
    day
}

/// A day with its plan.
pub fn solved(day: Day) -> Detail {
    let plan = allocate(&day.sheet, &Profile::shipped("nightly").unwrap(), Limits::default());
    Detail { day, plan }
}

/// A day as a study holds it.
pub fn result(detail: &Detail, run: &str) -> DayResult {
    let sheet = &detail.day.sheet;
    DayResult {
        run: run.to_owned(),
        location: sheet.location.id.clone(),
        date: sheet.date,
        figures: Figures::of_day(&detail.day, &detail.plan),
        unplaced: lost(&detail.day, &detail.plan),
        hours: hours(&detail.day, &detail.plan),
        proven: true,
        stopped: "proof".to_owned(),
    }
}

fn lost(day: &Day, plan: &Plan) -> Vec<Lost> {
    let of = |id: &str| day.sheet.bookings.iter().find(|booking| booking.id == id).unwrap();
    plan.unplaced
        .iter()
        .map(|unplaced| {
            let booking = of(&unplaced.booking);
            let (code, why) = match &unplaced.reason {
                Reason::Certified(Certified::CrowdedOut { bookings, .. }) => {
                    ("crowded-out", format!("{} bookings compete for the same people", bookings.len()))
                }
                _ => ("impossible-alone", "nobody on duty can serve it".to_owned()),
            };
            Lost {
                booking: booking.id.clone(),
                service: day.service_of(booking),
                start: booking.span.start.to_rfc3339(day.sheet.location.timezone),
                code: code.to_owned(),
                why,
            }
        })
        .collect()
}

/// An hour is worth one booking for each that is lost in it.
fn hours(day: &Day, plan: &Plan) -> Vec<HourValue> {
    let mut worth: BTreeMap<(String, String), f64> = BTreeMap::new();
    for unplaced in &plan.unplaced {
        let booking = day.sheet.bookings.iter().find(|booking| booking.id == unplaced.booking).unwrap();
        let hour = booking.span.start.to_clock(day.sheet.location.timezone)[..2].to_owned();
        *worth.entry((day.service_of(booking), format!("{hour}:00"))).or_default() += 1.0;
    }
    let price = |(k, ((qualification, from), price)): (usize, ((String, String), f64))| HourValue {
        qualification,
        from,
        hours: 2,
        price_per_hour: price / 2.0,
        gain_per_hour: (k % 2 == 0).then_some(price / 2.5),
    };
    worth.into_iter().enumerate().map(price).collect()
}
