//! What more people buy: every case by people and service level, the Pareto front marked.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::chart::{Scale, drawing, tenth, ticks};
use super::words::{figure, number, percent};
use crate::scenario::{Case, Figures, Metric, Study};

const WIDTH: f64 = 1080.0;
const GUTTER: f64 = 64.0;
const HEAD: f64 = 24.0;
const PLOT: f64 = 300.0;
/// Cases named in a row of the front's table.
const NAMED_MAX: usize = 4;
/// Rows of the front's table.
const ROWS_MAX: usize = 30;

/// Cases of the same circumstances at one place of the chart.
struct Point<'s> {
    given: String,
    people: f64,
    level: f64,
    cases: Vec<&'s Case>,
}

/// The front; `None` where there is nothing to weigh.
pub fn section(study: &Study) -> Option<Markup> {
    if study.cases.len() < 2 {
        return None;
    }
    let points = points(study);
    let front: Vec<&Point<'_>> = points.iter().filter(|point| point.cases[0].on_front).collect();
    Some(html! {
        p.lead { "Towards the upper left is better: more customers served by fewer people. Numbered points are the front: of the same customers, nothing else serves more with as few people." }
        figure.wide { (chart(study, &points, &front)) }
        (table(&front))
    })
}

fn place(figures: &Figures) -> (f64, f64) {
    (figures.get(Metric::People).unwrap_or(0.0), figures.get(Metric::ServiceLevel).unwrap_or(1.0))
}

/// Places by circumstances, in the order of people, then of service level.
fn points(study: &Study) -> Vec<Point<'_>> {
    let mut by_place: BTreeMap<(String, u64, u64), Point<'_>> = BTreeMap::new();
    for case in &study.cases {
        let (people, level) = place(&case.total);
        // Non-negative floats sort as their bits do.
        let given = study.circumstances_of(case);
        let key = (given.clone(), people.max(0.0).to_bits(), level.max(0.0).to_bits());
        by_place.entry(key).or_insert_with(|| Point { given, people, level, cases: Vec::new() }).cases.push(case);
    }
    by_place.into_values().collect()
}

fn chart(study: &Study, points: &[Point<'_>], front: &[&Point<'_>]) -> Markup {
    let base = place(&study.base_total);
    let all = || points.iter().map(|point| (point.people, point.level)).chain([base]);
    let ends = |of: fn((f64, f64)) -> f64| (all().map(of).fold(f64::INFINITY, f64::min), all().map(of).fold(f64::NEG_INFINITY, f64::max));
    let ((fewest, most), (low, high)) = (ends(|at| at.0), ends(|at| at.1));
    // Whole people where the range is wide enough for it.
    let across = ticks((fewest - 0.5).max(0.0), most + 0.5, ((most - fewest) as usize + 1).clamp(2, 8));
    let up: Vec<f64> = ticks(low.min(high - 0.01), high, 5).into_iter().filter(|share| *share < 1.0 + 1e-9).collect();
    let bottom = HEAD + PLOT;
    let x = Scale::new((across.first().copied().unwrap_or(0.0), across.last().copied().unwrap_or(1.0)), (GUTTER + 14.0, WIDTH - 30.0));
    let y = Scale::new((up.first().copied().unwrap_or(0.0), up.last().copied().unwrap_or(1.0)), (bottom - 10.0, HEAD + 14.0));
    let content = html! {
        @for mark in &up {
            line.rule x1=(GUTTER) x2=(WIDTH - 16.0) y1=(y.at(*mark)) y2=(y.at(*mark)) {}
            text.tick x=(GUTTER - 8.0) y=(y.at(*mark) + 4.0) text-anchor="end" { (percent(*mark)) }
        }
        @for mark in &across {
            text.tick x=(x.at(*mark)) y=(bottom + 16.0) text-anchor="middle" { (number(*mark, 1)) }
        }
        line.axis x1=(GUTTER) x2=(WIDTH - 16.0) y1=(bottom) y2=(bottom) {}
        text.tick x=(tenth((GUTTER + WIDTH) / 2.0)) y=(bottom + 36.0) text-anchor="middle" { "people who serve somebody (person-days over several days)" }
        g {
            title { "Base: " (number(base.0, 1)) " people, " (percent(base.1)) " served" }
            path.base-point d=(format!("M{} {}l15 15l-15 15l-15 -15z", x.at(base.0), tenth(y.at(base.1) - 15.0))) {}
            text.value x=(tenth(x.at(base.0) + 12.0)) y=(tenth(y.at(base.1) + 22.0)) { "base" }
        }
        @for edge in front.chunk_by(|a, b| a.given == b.given) {
            path.front-line d=(stairs(edge, x, y)) {}
        }
        @for point in points.iter().filter(|point| !point.cases[0].on_front) {
            (dot(point, x, y, None))
        }
        @for (k, point) in front.iter().enumerate() {
            (dot(point, x, y, Some(k + 1)))
        }
    };
    let label = format!("Service level against people: {} cases, {} points on the front, and the base", study.cases.len(), front.len());
    drawing(&label, (WIDTH, bottom + 44.0), "front", &content)
}

fn dot(point: &Point<'_>, x: Scale, y: Scale, numbered: Option<usize>) -> Markup {
    let (at, up) = (x.at(point.people), y.at(point.level));
    html! {
        g {
            title {
                (named(point)) ": " (number(point.people, 1)) " people, " (percent(point.level)) " served"
            }
            @match numbered {
                Some(number) => {
                    circle.front-point cx=(at) cy=(up) r="9" {}
                    text.front-number x=(at) y=(tenth(up + 3.8)) text-anchor="middle" { (number) }
                }
                None => circle.point cx=(at) cy=(up) r="4.5" {},
            }
        }
    }
}

/// The edge of what can be had under the same circumstances, as stairs.
fn stairs(front: &[&Point<'_>], x: Scale, y: Scale) -> String {
    let mut path = String::new();
    for (k, point) in front.iter().enumerate() {
        let (at, up) = (x.at(point.people), y.at(point.level));
        path.push_str(&if k == 0 { format!("M{at} {up}") } else { format!("H{at}V{up}") });
    }
    path
}

fn named(point: &Point<'_>) -> String {
    let said: Vec<&str> = point.cases.iter().take(NAMED_MAX).map(|case| case.label.as_str()).collect();
    let more = point.cases.len() - said.len();
    if more > 0 { format!("{}; and {more} more", said.join("; ")) } else { said.join("; ") }
}

fn table(front: &[&Point<'_>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label="Cases on the front" {
            table.plain {
                caption { "Cases on the front" }
                thead { tr { th scope="col" { "Point" } th scope="col" { "Case" } th.n scope="col" { "People" } th.n scope="col" { "Temps" } th.n scope="col" { "Unplaced" } th.n scope="col" { "Service level" } } }
                tbody {
                    @for (k, point) in front.iter().enumerate().take(ROWS_MAX) {
                        tr {
                            td { span.badge { (k + 1) } }
                            th scope="row" { (named(point)) }
                            @for metric in [Metric::People, Metric::Temps, Metric::Unplaced, Metric::ServiceLevel] {
                                td.n { (point.cases[0].total.get(metric).map_or("–".to_owned(), |value| figure(metric, value))) }
                            }
                        }
                    }
                }
            }
        }
        @if front.len() > ROWS_MAX {
            p.note { (front.len() - ROWS_MAX) " more points are left out of this table; the table of cases has every case." }
        }
    }
}
