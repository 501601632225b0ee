//! What an hour of one more person would be worth, by qualification and hour.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::Picture;
use super::grid::step;
use super::summary::best;
use super::words::{counted, number};
use crate::scenario::{DayResult, Study};

/// Cases whose hours are shown beside the base's.
const CASES_MAX: usize = 4;
const ROWS_MAX: usize = 40;

/// An hour's worth over several days.
#[derive(Debug, Clone, Copy, Default)]
struct Worth {
    price: f64,
    gain: f64,
    /// On how many days it was tried, and on how many it is worth anything at all.
    tried: usize,
    listed: usize,
}

/// The hours of the base, and of the cases with pictures or else the best one; `None` where no hour is worth anything.
pub fn section(study: &Study, pictures: &[Picture]) -> Option<Markup> {
    let mut shown: Vec<(String, Vec<&DayResult>)> = vec![("the base".to_owned(), study.base_days.iter().collect())];
    let pictured = study.cases.iter().filter(|case| pictures.iter().any(|picture| picture.label == case.label));
    let mut cases: Vec<_> = pictured.take(CASES_MAX).collect();
    if cases.is_empty() {
        cases.extend(best(study));
    }
    for case in cases {
        shown.push((case.label.clone(), case.draws.iter().flat_map(|draw| &draw.days).collect()));
    }
    let all: Vec<Worths<'_>> = shown.iter().map(|(_, days)| worths(days)).collect();
    let cells = || all.iter().flat_map(BTreeMap::values).flatten();
    let shared =
        Shared { columns: without_gaps(cells().map(|(from, _)| *from).collect()), most: cells().map(|(_, worth)| worth.shown()).fold(0.0, f64::max) };
    (!shared.columns.is_empty()).then(|| {
        html! {
            p.lead {
                "How many more bookings one more person with a qualification would place per hour, if they came at that hour: "
                "≤ by the prices of what is unplaced, at most; ✓ found by dealing the day again with that person. Empty: nothing."
            }
            div.maps {
                @for (name, days) in &shown { (map(name, days, &shared)) }
            }
        }
    })
}

/// Hours by qualification, and for how long.
type Worths<'s> = BTreeMap<(&'s str, u32), BTreeMap<&'s str, Worth>>;

/// What an hour is worth on the mean of these days.
fn worths<'s>(days: &[&'s DayResult]) -> Worths<'s> {
    let mut worths = Worths::new();
    let count = days.len().max(1) as f64;
    for hour in days.iter().flat_map(|day| &day.hours) {
        let cell = worths.entry((&hour.qualification, hour.hours)).or_default().entry(&hour.from).or_default();
        cell.price += hour.price_per_hour / count;
        cell.gain += hour.gain_per_hour.unwrap_or(0.0) / count;
        cell.tried += usize::from(hour.gain_per_hour.is_some());
        cell.listed += 1;
    }
    worths
}

/// The hours and the scale that all maps share, so that they can be read beside one another.
struct Shared {
    columns: Vec<String>,
    most: f64,
}

/// The hours between the first and the last too, where all are whole ones: a row is a piece of the clock.
fn without_gaps(hours: BTreeSet<&str>) -> Vec<String> {
    let whole: Option<Vec<u32>> = hours.iter().map(|hour| hour.strip_suffix(":00")?.parse().ok()).collect();
    match whole.as_deref() {
        Some([first, .., last]) => (*first..=*last).map(|hour| format!("{hour:02}:00")).collect(),
        _ => hours.into_iter().map(str::to_owned).collect(),
    }
}

fn map(name: &str, days: &[&DayResult], shared: &Shared) -> Markup {
    let worths = worths(days);
    if worths.is_empty() {
        return html! { p.note { "In " (name) " no hour of one more person is worth anything: nobody is left out who could be served." } };
    }
    let over = if days.len() > 1 { format!(", mean over {}", counted(days.len(), "solved day", "solved days")) } else { String::new() };
    html! {
        div.scroll tabindex="0" role="group" aria-label=(format!("What an hour is worth in {name}")) {
            table.heat.hours {
                caption { "Bookings per hour in " (name) (over) }
                thead { tr { td {} @for from in &shared.columns { th scope="col" { (from) } } } }
                tbody {
                    @for ((qualification, hours), row) in worths.iter().take(ROWS_MAX) {
                        tr {
                            th scope="row" { (qualification) small { " for " (hours) " h" } }
                            @for from in &shared.columns {
                                @match row.get(from.as_str()) {
                                    Some(cell) => (cell.markup(shared.most)),
                                    None => td.none {},
                                }
                            }
                        }
                    }
                }
            }
        }
        @if worths.len() > ROWS_MAX {
            p.note { (worths.len() - ROWS_MAX) " more qualifications are left out here; the JSON has them all." }
        }
    }
}

impl Worth {
    /// What was tried goes before what prices say, where every day that lists the hour tried it.
    fn shown(&self) -> f64 {
        if self.tried == self.listed { self.gain } else { self.price }
    }

    fn markup(&self, most: f64) -> Markup {
        html! {
            td class=(format!("cool-{}", step(self.shown(), most))) {
                @if self.tried == self.listed {
                    strong { "✓ " (number(self.gain, 2)) }
                    small { "≤ " (number(self.price, 2)) }
                } @else {
                    strong { "≤ " (number(self.price, 2)) }
                }
            }
        }
    }
}
