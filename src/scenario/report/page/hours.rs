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
    shown.iter().any(|(_, days)| days.iter().any(|day| !day.hours.is_empty())).then(|| {
        html! {
            p.lead {
                "How many more bookings one more person with a qualification would place per hour, if they came at that hour: "
                "≤ by the prices of what is unplaced, at most; ✓ found by dealing the day again with that person. Empty: nothing."
            }
            div.maps {
                @for (name, days) in &shown { (map(name, days)) }
            }
        }
    })
}

fn map(name: &str, days: &[&DayResult]) -> Markup {
    let mut worth: BTreeMap<(&str, u32), BTreeMap<&str, Worth>> = BTreeMap::new();
    for hour in days.iter().flat_map(|day| &day.hours) {
        let cell = worth.entry((&hour.qualification, hour.hours)).or_default().entry(&hour.from).or_default();
        cell.price += hour.price_per_hour;
        cell.gain += hour.gain_per_hour.unwrap_or(0.0);
        cell.tried += usize::from(hour.gain_per_hour.is_some());
        cell.listed += 1;
    }
    let columns: BTreeSet<&str> = worth.values().flat_map(|row| row.keys().copied()).collect();
    let count = days.len().max(1) as f64;
    let most = worth.values().flat_map(BTreeMap::values).map(|cell| cell.shown() / count).fold(0.0, f64::max);
    let over = if days.len() > 1 { format!(", mean over {}", counted(days.len(), "solved day", "solved days")) } else { String::new() };
    if worth.is_empty() {
        return html! { p.note { "In " (name) " no hour of one more person is worth anything: nobody is left out who could be served." } };
    }
    html! {
        div.scroll tabindex="0" role="group" aria-label=(format!("What an hour is worth in {name}")) {
            table.heat.hours {
                caption { "Bookings per hour in " (name) (over) }
                thead { tr { td {} @for from in &columns { th scope="col" { (from) } } } }
                tbody {
                    @for ((qualification, hours), row) in worth.iter().take(ROWS_MAX) {
                        tr {
                            th scope="row" { (qualification) small { " for " (hours) " h" } }
                            @for from in &columns {
                                @match row.get(from) {
                                    Some(cell) => (cell.markup(count, most)),
                                    None => td.none {},
                                }
                            }
                        }
                    }
                }
            }
        }
        @if worth.len() > ROWS_MAX {
            p.note { (worth.len() - ROWS_MAX) " more qualifications are left out here; the JSON has them all." }
        }
    }
}

impl Worth {
    /// What was tried goes before what prices say, where every day that lists the hour tried it.
    fn shown(&self) -> f64 {
        if self.tried == self.listed { self.gain } else { self.price }
    }

    fn markup(&self, days: f64, most: f64) -> Markup {
        let class = format!("cool-{}", step(self.shown() / days, most));
        html! {
            td class=(class) {
                @if self.tried == self.listed {
                    strong { "✓ " (number(self.gain / days, 2)) }
                    small { "≤ " (number(self.price / days, 2)) }
                } @else {
                    strong { "≤ " (number(self.price / days, 2)) }
                }
            }
        }
    }
}
