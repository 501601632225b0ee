//! Minutes of each person, base beside scenario, within what they can.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Picture;
use super::chart::{Scale, drawing, tenth, ticks};
use super::lanes::told_where;
use super::words::{clipped, number};
use crate::alloc::eligibility::capacity_minutes;
use crate::scenario::Detail;
use crate::scenario::report::rows::facts::{Standing, people};

const WIDTH: f64 = 1080.0;
const GUTTER: f64 = 148.0;
const HEAD: f64 = 28.0;
const ROOM_FOR_NUMBERS: f64 = 150.0;
const BAR: f64 = 10.0;
const PEOPLE_MAX: usize = 60;

/// One person's minutes on a day.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    capacity: i64,
    worked: i64,
    buffers: i64,
}

/// A person on both days.
struct Row {
    name: String,
    base: Option<Load>,
    scenario: Option<Load>,
}

/// The load of each picture's people.
pub fn section(pictures: &[Picture]) -> Markup {
    html! {
        @for picture in pictures {
            @let rows = rows(picture);
            @let shown = &rows[..rows.len().min(PEOPLE_MAX)];
            figure.wide {
                figcaption { h3 { (picture.label) " " span.quiet { (told_where(&picture.scenario)) } } }
                (legend(picture.base.is_some()))
                (chart(&picture.label, shown, picture.base.is_some()))
                @if rows.len() > shown.len() {
                    p.note { "The " (shown.len()) " whose load differs most are drawn; " (rows.len() - shown.len()) " are left out here and stand in the rows for notebooks." }
                }
            }
        }
    }
}

fn legend(beside_base: bool) -> Markup {
    html! {
        ul.legend {
            @if beside_base { li { span.swatch.base-swatch {} "base (upper bar)" } }
            li { span.swatch.scenario-swatch {} "scenario" @if beside_base { " (lower bar)" } }
            li { span.swatch.buffer-swatch {} "buffers" }
            li { span.swatch.capacity-swatch {} "on duty" }
        }
    }
}

fn chart(name: &str, rows: &[Row], beside_base: bool) -> Markup {
    let most = rows.iter().flat_map(|row| [row.base, row.scenario]).flatten().map(|load| load.capacity.max(load.worked + load.buffers)).max();
    let marks = ticks(0.0, most.unwrap_or(0).max(60) as f64, 8);
    let end = marks.last().copied().unwrap_or(60.0);
    let scale = Scale::new((0.0, end), (GUTTER, WIDTH - ROOM_FOR_NUMBERS));
    let lane = if beside_base { 2.0 * BAR + 12.0 } else { BAR + 12.0 };
    let height = HEAD + lane * rows.len() as f64 + 6.0;
    let label = format!("Minutes served by each person in {name}{}", if beside_base { ", beside the base" } else { "" });
    let content = html! {
        @for mark in &marks {
            line.rule x1=(scale.at(*mark)) x2=(scale.at(*mark)) y1=(HEAD) y2=(height - 6.0) {}
            text.tick x=(scale.at(*mark)) y=(HEAD - 8.0) text-anchor="middle" { (number(*mark, 0)) @if *mark == 0.0 { " min" } }
        }
        @for (k, row) in rows.iter().enumerate() {
            @let top = HEAD + lane * k as f64 + 6.0;
            text.lane-name x=(GUTTER - 10.0) y=(top + (lane - 12.0) / 2.0 + 4.0) text-anchor="end" { (clipped(&row.name, 21)) }
            @if beside_base {
                (bar(row.base, top, scale, "base-fill", "base", &row.name))
            }
            (bar(row.scenario, if beside_base { top + BAR } else { top }, scale, "scenario-fill", "scenario", &row.name))
            text.value x=(WIDTH - ROOM_FOR_NUMBERS + 12.0) y=(top + (lane - 12.0) / 2.0 + 4.0) { (in_numbers(row, beside_base)) }
        }
    };
    drawing(&label, (WIDTH, height), "load", &content)
}

fn bar(load: Option<Load>, top: f64, scale: Scale, class: &str, whose: &str, name: &str) -> Markup {
    let Some(load) = load else { return html! {} };
    let from = scale.at(0.0);
    let (worked, busy, capacity) = (scale.at(load.worked as f64), scale.at((load.worked + load.buffers) as f64), scale.at(load.capacity as f64));
    html! {
        g {
            title { (name) ", " (whose) ": " (load.worked) " min served, " (load.buffers) " min of buffers, " (load.capacity) " min on duty" }
            rect.capacity x=(from) y=(tenth(top + 0.5)) width=(tenth(capacity - from)) height=(BAR - 1.0) {}
            rect class=(format!("{class} light")) x=(from) y=(tenth(top + 2.5)) width=(tenth(busy - from)) height=(BAR - 5.0) {}
            rect class=(class) x=(from) y=(tenth(top + 1.5)) width=(tenth(worked - from)) height=(BAR - 3.0) {}
        }
    }
}

/// `310 → 355 of 435`.
fn in_numbers(row: &Row, beside_base: bool) -> String {
    let now = row.scenario.unwrap_or_default();
    match (row.base, row.scenario) {
        (Some(base), Some(_)) if beside_base && base.worked != now.worked => format!("{} → {} of {}", base.worked, now.worked, now.capacity),
        (Some(base), None) => format!("{} → not there", base.worked),
        (None, Some(_)) if beside_base => format!("new: {} of {}", now.worked, now.capacity),
        _ => format!("{} of {}", now.worked, now.capacity),
    }
}

/// Everybody of either day in the order of the sheets; where there are too many, those first whose load differs most.
fn rows(picture: &Picture) -> Vec<Row> {
    let base = picture.base.as_ref().map(loads).unwrap_or_default();
    let scenario = loads(&picture.scenario);
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = BTreeMap::new();
    for (id, name, load) in &base {
        seen.insert(id.clone(), rows.len());
        rows.push(Row { name: name.clone(), base: Some(*load), scenario: None });
    }
    for (id, name, load) in scenario {
        match seen.get(&id) {
            Some(&k) => rows[k].scenario = Some(load),
            None => rows.push(Row { name, base: None, scenario: Some(load) }),
        }
    }
    if rows.len() > PEOPLE_MAX {
        let worked = |load: Option<Load>| load.map_or(0, |load| load.worked);
        rows.sort_by_key(|row| std::cmp::Reverse((worked(row.scenario) - worked(row.base)).abs()));
    }
    rows
}

/// Everybody who is on duty or serves somebody.
fn loads(detail: &Detail) -> Vec<(String, String, Load)> {
    let standing = Standing::of(detail);
    let of = |person: &crate::sheet::Resource| {
        let served = standing.by_resource.get(person.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let worked: i64 = served.iter().map(|booking| booking.span.minutes()).sum();
        let occupied: i64 = served.iter().map(|booking| booking.occupied().minutes()).sum();
        Load { capacity: capacity_minutes(person), worked, buffers: occupied - worked }
    };
    people(detail).map(|person| (person.id.clone(), person.name.clone(), of(person))).filter(|(_, _, load)| load.capacity + load.worked > 0).collect()
}
