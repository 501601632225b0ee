//! Demand against capacity by half-hour: who is wanted, who is on duty, and where no qualified person is left.

use std::collections::HashMap;

use maud::{Markup, html};
use petgraph::algo::dinics;
use petgraph::graph::DiGraph;

use super::Picture;
use super::chart::{Scale, drawing, tenth, ticks};
use super::lanes::told_where;
use super::time::Axis;
use super::words::number;
use crate::alloc::eligibility::House;
use crate::domain::{Minute, ResourceKind, Span};
use crate::scenario::Detail;
use crate::sheet::{Resource, Sheet};

const WIDTH: f64 = 1080.0;
const GUTTER: f64 = 44.0;
const HEAD: f64 = 30.0;
const PLOT: f64 = 190.0;

/// A half-hour's people, on average over its minutes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HalfHour {
    /// Which.
    pub span: Span,
    /// People wanted by bookings, buffers with them.
    pub wanted: f64,
    /// People on duty.
    pub on_duty: f64,
    /// Of the people wanted, those whom nobody qualified is left for, however everybody is dealt within this half-hour.
    pub short: f64,
}

/// The half-hours of each picture's days.
pub fn section(pictures: &[Picture]) -> Markup {
    html! {
        @for picture in pictures {
            @let days: Vec<&Detail> = picture.base.iter().chain([&picture.scenario]).collect();
            @if let Some(axis) = Axis::over(days.iter().copied(), (GUTTER, WIDTH - 22.0)) {
                figure.wide {
                    figcaption { h3 { (picture.label) " " span.quiet { (told_where(&picture.scenario)) } } }
                    (legend())
                    @let all: Vec<Vec<HalfHour>> = days.iter().map(|day| of_day(&day.day.sheet, &axis)).collect();
                    @let most = all.iter().flatten().map(|half| half.wanted.max(half.on_duty)).fold(1.0, f64::max);
                    @for (k, half_hours) in all.iter().enumerate() {
                        @let name = if k + 1 == all.len() { "Scenario" } else { "Base" };
                        h4 { (name) " " span.quiet { (told(half_hours, &axis)) } }
                        (chart(name, half_hours, &axis, most))
                    }
                }
            }
        }
    }
}

/// What a day asks for and has, by half-hour.
pub fn of_day(sheet: &Sheet, axis: &Axis) -> Vec<HalfHour> {
    let house = House::new(sheet, true);
    axis.half_hours()
        .map(|span| {
            let minutes = span.minutes().max(1) as f64;
            let on_duty: u64 = staff(sheet).map(|(_, person)| present(person, span)).sum();
            let (wanted, met) = met(&house, span);
            HalfHour { span, wanted: wanted as f64 / minutes, on_duty: on_duty as f64 / minutes, short: (wanted - met) as f64 / minutes }
        })
        .collect()
}

/// Minutes of people wanted in a span, and how many of them can be met at once by those who may serve them: a greatest flow.
fn met(house: &House<'_>, span: Span) -> (u64, u64) {
    let sheet = house.sheet;
    let mut graph: DiGraph<(), u64> = DiGraph::new();
    let (source, sink) = (graph.add_node(()), graph.add_node(()));
    let mut people = HashMap::new();
    for (k, person) in staff(sheet) {
        let minutes = present(person, span);
        if minutes > 0 {
            let node = graph.add_node(());
            graph.add_edge(node, sink, minutes);
            people.insert(k, (node, minutes));
        }
    }
    let mut wanted = 0;
    for booking in sheet.bookings.iter().filter(|booking| booking.occupied().overlaps(span)) {
        let minutes = common(booking.occupied(), span);
        for demand in booking.demands.iter().filter(|demand| demand.kind == ResourceKind::Staff) {
            let node = graph.add_node(());
            wanted += minutes * u64::from(demand.count);
            graph.add_edge(source, node, minutes * u64::from(demand.count));
            for (k, (person, there)) in &people {
                if house.eligible(booking, demand, &sheet.resources[*k]) {
                    graph.add_edge(node, *person, minutes.min(*there));
                }
            }
        }
    }
    (wanted, dinics(&graph, source, sink).0)
}

fn staff(sheet: &Sheet) -> impl Iterator<Item = (usize, &Resource)> {
    sheet.resources.iter().enumerate().filter(|(_, resource)| resource.kind == ResourceKind::Staff)
}

/// Minutes of a span in which somebody is on shift and not blocked.
fn present(person: &Resource, span: Span) -> u64 {
    let there = |at: Minute| {
        let inside = |span: &Span| span.start <= at && at < span.end;
        person.shifts.iter().any(inside) && !person.blocks.iter().any(|block| inside(&block.span))
    };
    (span.start.0..span.end.0).filter(|at| there(Minute(*at))).count() as u64
}

fn common(one: Span, other: Span) -> u64 {
    u64::try_from(one.end.0.min(other.end.0) - one.start.0.max(other.start.0)).unwrap_or(0)
}

fn legend() -> Markup {
    html! {
        ul.legend {
            li { span.swatch.demand-swatch {} "people wanted, buffers included" }
            li { span.swatch.duty-swatch {} "people on duty" }
            li { span.swatch.lack-swatch {} "wanted, and nobody qualified is left" }
        }
    }
}

fn told(half_hours: &[HalfHour], axis: &Axis) -> String {
    let short: f64 = half_hours.iter().map(|half| half.short * half.span.minutes() as f64 / 60.0).sum();
    let worst = half_hours.iter().max_by(|a, b| a.short.total_cmp(&b.short));
    match worst {
        Some(half) if half.short > 0.0 => {
            format!("{} hours of qualified people are missing, most at {} ({})", number(short, 1), axis.clock(half.span.start), number(half.short, 1))
        }
        _ => "every half-hour has enough qualified people".to_owned(),
    }
}

fn chart(name: &str, half_hours: &[HalfHour], axis: &Axis, most: f64) -> Markup {
    // Room above the highest for its number.
    let marks = ticks(0.0, most * 1.1, 4);
    let bottom = HEAD + PLOT;
    let scale = Scale::new((0.0, marks.last().copied().unwrap_or(1.0)), (bottom, HEAD));
    let label = format!("{name}: people wanted and people on duty by half-hour; {}", told(half_hours, axis));
    let content = html! {
        @for mark in &marks {
            line.rule x1=(GUTTER) x2=(WIDTH - 22.0) y1=(scale.at(*mark)) y2=(scale.at(*mark)) {}
            text.tick x=(GUTTER - 8.0) y=(scale.at(*mark) + 4.0) text-anchor="end" { (number(*mark, 1)) }
        }
        (axis.hours(HEAD, bottom))
        @for half in half_hours {
            @let (from, to) = (axis.x(half.span.start), axis.x(half.span.end));
            g {
                title {
                    (axis.clock(half.span.start)) "–" (axis.clock(half.span.end)) ": " (number(half.wanted, 1)) " wanted, "
                    (number(half.on_duty, 1)) " on duty" @if half.short > 0.0 { ", " (number(half.short, 1)) " short of qualified people" }
                }
                rect.demand x=(from) width=(tenth(to - from)) y=(scale.at(half.wanted)) height=(tenth(bottom - scale.at(half.wanted))) {}
                @if half.short > 0.0 {
                    rect.lack x=(from) width=(tenth(to - from)) y=(scale.at(half.wanted)) height=(tenth(scale.at(half.wanted - half.short) - scale.at(half.wanted))) {}
                }
            }
        }
        path.duty d=(steps(half_hours, axis, scale)) {}
        @for half in half_hours.iter().filter(|half| half.short > 0.0) {
            @let middle = (axis.x(half.span.start) + axis.x(half.span.end)) / 2.0;
            text.value.strong.halo x=(tenth(middle)) y=(tenth(scale.at(half.wanted) - 5.0)) text-anchor="middle" { (number(half.short, 1)) }
        }
    };
    drawing(&label, (WIDTH, bottom + 8.0), "half-hours", &content)
}

/// The line of people on duty, as steps.
fn steps(half_hours: &[HalfHour], axis: &Axis, scale: Scale) -> String {
    let mut path = String::new();
    for (k, half) in half_hours.iter().enumerate() {
        let begin = if k == 0 { "M" } else { "L" };
        path.push_str(&format!("{begin}{} {}H{}", axis.x(half.span.start), scale.at(half.on_duty), axis.x(half.span.end)));
    }
    path
}
