//! The day as lanes of people along the clock, the base above the scenario.

use std::collections::{BTreeMap, HashMap};

use maud::{Markup, html};

use super::Picture;
use super::chart::{characters, drawing, inside, tenth};
use super::lanes::{Lanes, Mark, chosen, told_where};
use super::time::Axis;
use super::words::{clipped, counted};
use crate::domain::Span;
use crate::scenario::Detail;
use crate::scenario::report::rows::facts::Standing;
use crate::sheet::{Booking, Resource};

const WIDTH: f64 = 1080.0;
const GUTTER: f64 = 148.0;
const HEAD: f64 = 30.0;
const LANE: f64 = 25.0;
/// Services with a colour of their own; the others share one.
const COLOURS: usize = 8;
/// Rows of unplaced bookings that are drawn.
const LOST_ROWS_MAX: usize = 24;

/// The days of the pictures, or nothing where there are none.
pub fn section(pictures: &[Picture]) -> Markup {
    let colours = Colours::of(pictures.iter().flat_map(days));
    html! {
        @for picture in pictures {
            @let days: Vec<&Detail> = days(picture).collect();
            @if let Some(axis) = Axis::over(days.iter().copied(), (GUTTER, WIDTH - 22.0)) {
                figure.wide {
                    figcaption { h3 { (picture.label) " " span.quiet { (told_where(&picture.scenario)) } } }
                    (colours.legend(picture.base.is_some()))
                    @if let Some(base) = &picture.base {
                        (panel("Base", base, &Lanes::of(base, Some(base)), &axis, &colours))
                    }
                    (panel("Scenario", &picture.scenario, &Lanes::of(&picture.scenario, picture.base.as_ref()), &axis, &colours))
                }
            }
        }
    }
}

fn days(picture: &Picture) -> impl Iterator<Item = &Detail> {
    picture.base.iter().chain([&picture.scenario])
}

/// One day.
fn panel(name: &str, detail: &Detail, lanes: &Lanes<'_>, axis: &Axis, colours: &Colours) -> Markup {
    let standing = Standing::of(detail);
    let (shown, left_out) = chosen(detail, &standing, lanes);
    let lost = lanes.lost(detail);
    let lost_count = lost.len();
    let (rows, lost_left_out) = packed(lost, LOST_ROWS_MAX);
    let people_end = HEAD + LANE * shown.len() as f64;
    let lost_top = people_end + 10.0;
    let height = lost_top + LANE * rows.len().max(1) as f64 + 4.0;
    let label = format!(
        "{name}, {}: {} with {} served and {lost_count} unplaced, by person along the clock",
        told_where(detail),
        counted(shown.len(), "lane", "lanes"),
        detail.plan.assignments.len()
    );
    let content = html! {
        @for (k, resource) in shown.iter().enumerate() {
            (lane(resource, HEAD + LANE * k as f64, axis))
        }
        (axis.hours(HEAD, height - 4.0))
        @for (k, resource) in shown.iter().enumerate() {
            @for booking in standing.by_resource.get(resource.id.as_str()).into_iter().flatten() {
                (bar(booking, HEAD + LANE * k as f64, axis, &Told { detail, lanes, colours, axis }))
            }
        }
        (lost_lanes(&rows, lost_count, lost_top, &Told { detail, lanes, colours, axis }))
    };
    html! {
        h4 { (name) " " span.quiet { (summary(detail, lanes)) } }
        (drawing(&label, (WIDTH, height), "gantt", &content))
        @if left_out + lost_left_out > 0 {
            p.note {
                "Left out here: " (counted(left_out, "person", "people")) " and " (counted(lost_left_out, "unplaced booking", "unplaced bookings"))
                ". The rows for notebooks have them all."
            }
        }
    }
}

/// What a bar needs to be told in words.
struct Told<'d> {
    detail: &'d Detail,
    lanes: &'d Lanes<'d>,
    colours: &'d Colours,
    axis: &'d Axis,
}

/// A person's lane: shaded off shift, hatched where blocked.
fn lane(resource: &Resource, top: f64, axis: &Axis) -> Markup {
    let (from, to) = (axis.x(axis.span.start), axis.x(axis.span.end));
    let can: Vec<&str> = resource.qualifications.iter().map(String::as_str).collect();
    let temp = if resource.temporary { " · temp" } else { "" };
    html! {
        g {
            title { (resource.name) (temp) @if !can.is_empty() { " · " (can.join(", ")) } }
            text.lane-name x=(GUTTER - 10.0) y=(top + 16.5) text-anchor="end" { (clipped(&resource.name, 21 - temp.chars().count())) (temp) }
        }
        rect.off x=(from) y=(top + 1.0) width=(tenth(to - from)) height=(LANE - 2.0) {}
        @for shift in &resource.shifts {
            (area(*shift, top, axis, "on", None))
        }
        @for block in &resource.blocks {
            (area(block.span, top, axis, "blocked", block.reason.as_deref()))
        }
    }
}

fn area(span: Span, top: f64, axis: &Axis, class: &str, reason: Option<&str>) -> Markup {
    let (from, to) = (axis.x(span.start), axis.x(span.end));
    html! {
        @if to > from {
            g {
                @if let Some(reason) = reason {
                    title { (reason) ", " (axis.clock(span.start)) "–" (axis.clock(span.end)) }
                }
                rect class=(class) x=(from) y=(top + 1.0) width=(tenth(to - from)) height=(LANE - 2.0) {}
                @if let Some(reason) = reason.filter(|reason| to - from > 12.0 + 6.2 * reason.chars().count() as f64) {
                    text.block-name x=(from + 6.0) y=(top + 16.5) { (reason) }
                }
            }
        }
    }
}

/// A booking: its buffers lighter, its mark at its left.
fn bar(booking: &Booking, top: f64, axis: &Axis, told: &Told<'_>) -> Markup {
    let occupied = booking.occupied();
    let (from, to, start, end) = (axis.x(occupied.start), axis.x(occupied.end), axis.x(booking.span.start), axis.x(booking.span.end));
    let service = told.detail.day.service_of(booking);
    let mark = told.lanes.mark(booking);
    let class = match mark {
        Mark::None => format!("bar c{}", told.colours.of_service(&service)),
        _ => format!("bar c{} marked", told.colours.of_service(&service)),
    };
    let inset = if mark == Mark::None { 5.0 } else { 15.0 };
    let room = characters(end - start - inset - 2.0);
    html! {
        g {
            title { (in_words(booking, &service, told)) }
            @if to - from > end - start {
                rect class=(format!("buffer c{}", told.colours.of_service(&service))) x=(from) y=(top + 6.0) width=(tenth(to - from)) height=(LANE - 12.0) {}
            }
            rect class=(class) x=(tenth(start + 0.5)) y=(top + 3.0) width=(tenth((end - start - 1.0).max(1.0))) height=(LANE - 6.0) rx="3" {}
            (glyph(mark, start + 4.0, top + LANE / 2.0))
            @if room >= 3 {
                (inside(&clipped(&service, room), (start + inset, top), (end - start - inset, LANE), "bar-name"))
            }
        }
    }
}

/// A triangle for what moved, a cross for what is new.
fn glyph(mark: Mark, x: f64, y: f64) -> Markup {
    let (x, y) = (tenth(x), tenth(y));
    html! {
        @match mark {
            Mark::None => {},
            Mark::Moved => path.glyph d=(format!("M{x} {}l7 4l-7 4z", y - 4.0)) {},
            Mark::New => path.glyph-line d=(format!("M{x} {y}h8m-4 -4v8")) {},
        }
    }
}

/// Unplaced bookings under the people, as many rows as they overlap.
fn lost_lanes(rows: &[Vec<&Booking>], lost: usize, top: f64, told: &Told<'_>) -> Markup {
    let axis = told.axis;
    let (from, to) = (axis.x(axis.span.start), axis.x(axis.span.end));
    html! {
        text.lane-name.strong x=(GUTTER - 10.0) y=(top + 16.5) text-anchor="end" { "Unplaced: " (lost) }
        @if rows.is_empty() {
            rect.nobody x=(from) y=(top + 1.0) width=(tenth(to - from)) height=(LANE - 2.0) rx="3" {}
            text.block-name x=(from + 8.0) y=(top + 16.5) { "✓ everybody is served" }
        }
        @for (k, row) in rows.iter().enumerate() {
            @for booking in row {
                @let (start, end) = (axis.x(booking.span.start), axis.x(booking.span.end));
                @let service = told.detail.day.service_of(booking);
                @let y = top + LANE * k as f64;
                @let room = characters(end - start - 8.0);
                g {
                    title { (in_words(booking, &service, told)) }
                    rect.lost x=(tenth(start + 0.5)) y=(y + 3.0) width=(tenth((end - start - 1.0).max(1.0))) height=(LANE - 6.0) rx="3" {}
                    @if room >= 3 {
                        (inside(&clipped(&service, room), (start + 5.0, y), (end - start - 5.0, LANE), "bar-name"))
                    }
                }
            }
        }
    }
}

/// A booking in words, for whoever points at it.
fn in_words(booking: &Booking, service: &str, told: &Told<'_>) -> String {
    let mut said =
        vec![booking.id.clone(), service.to_owned(), format!("{}–{}", told.axis.clock(booking.span.start), told.axis.clock(booking.span.end))];
    said.push(match told.lanes.served_by(booking) {
        Some([]) => "needs nobody".to_owned(),
        Some(by) => format!("with {}", told.lanes.names(by)),
        None => format!("unplaced: {}", told.lanes.reason(booking)),
    });
    if !booking.current().is_empty() {
        said.push(format!("stood with {}", told.lanes.names(&booking.current())));
    }
    if let Some(held) = &booking.assignment {
        said.push(held.status.as_str().to_owned());
    }
    if let Some(mark) = told.lanes.mark_in_words(booking) {
        said.push(mark);
    }
    said.join(" · ")
}

fn summary(detail: &Detail, lanes: &Lanes<'_>) -> String {
    let mut said = vec![counted(detail.day.sheet.bookings.len(), "booking", "bookings"), format!("{} unplaced", lanes.lost(detail).len())];
    let (moved, new) = lanes.marked(detail);
    if moved > 0 {
        said.push(format!("{moved} with others than {}", if lanes.beside_base { "in the base" } else { "they stood with" }));
    }
    if new > 0 {
        said.push(format!("{new} new"));
    }
    said.join(", ")
}

/// Rows in which nothing overlaps, at most `most`, and how many found no row.
fn packed(mut bookings: Vec<&Booking>, most: usize) -> (Vec<Vec<&Booking>>, usize) {
    bookings.sort_by_key(|booking| (booking.span, &booking.id));
    let mut rows: Vec<Vec<&Booking>> = Vec::new();
    let mut left_out = 0;
    for booking in bookings {
        let free = rows.iter().position(|row| row.last().is_none_or(|last| last.span.end <= booking.span.start));
        match free {
            Some(k) => rows[k].push(booking),
            None if rows.len() < most => rows.push(vec![booking]),
            None => left_out += 1,
        }
    }
    (rows, left_out)
}

/// Which colour a service has: the more bookings, the earlier.
struct Colours {
    of: HashMap<String, usize>,
    order: Vec<String>,
}

impl Colours {
    fn of<'d>(details: impl Iterator<Item = &'d Detail>) -> Colours {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for detail in details {
            for booking in &detail.day.sheet.bookings {
                *counts.entry(detail.day.service_of(booking)).or_default() += 1;
            }
        }
        let mut order: Vec<String> = counts.keys().cloned().collect();
        order.sort_by_key(|service| std::cmp::Reverse(counts[service]));
        let of = order.iter().enumerate().map(|(k, service)| (service.clone(), k.min(COLOURS))).collect();
        Colours { of, order }
    }

    fn of_service(&self, service: &str) -> usize {
        self.of.get(service).copied().unwrap_or(COLOURS)
    }

    fn legend(&self, beside_base: bool) -> Markup {
        let than = if beside_base { "others serve it than in the base" } else { "others serve it than it stood with" };
        html! {
            ul.legend {
                @for (k, service) in self.order.iter().take(COLOURS).enumerate() {
                    li { span class=(format!("swatch s{k}")) {} (service) }
                }
                @if self.order.len() > COLOURS {
                    li { span.swatch.s8 {} (counted(self.order.len() - COLOURS, "other service", "other services")) }
                }
                li { (key(&glyph(Mark::Moved, 4.0, 8.0))) (than) }
                @if beside_base {
                    li { (key(&glyph(Mark::New, 4.0, 8.0))) "not in the base" }
                }
                li { (key(&html! { rect.blocked width="16" height="16" {} })) "away" }
                li { (key(&html! { rect.lost x="1" y="1" width="14" height="14" rx="3" {} })) "unplaced" }
            }
        }
    }
}

fn key(content: &Markup) -> Markup {
    html! { svg.key width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" { (content) } }
}
