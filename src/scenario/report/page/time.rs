//! A day's time axis by the clock on the wall.

use chrono_tz::Tz;
use maud::{Markup, html};

use super::chart::Scale;
use crate::domain::{Minute, Span};
use crate::scenario::Detail;
use crate::sheet::Sheet;

/// From the first to the last thing on some days, in whole hours.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    /// What is shown.
    pub span: Span,
    zone: Tz,
    scale: Scale,
    ends: (f64, f64),
}

impl Axis {
    /// An axis over everything on these days, drawn between two places; `None` when there is nothing on them.
    pub fn over<'d>(details: impl IntoIterator<Item = &'d Detail>, (left, right): (f64, f64)) -> Option<Axis> {
        let mut zone = None;
        let mut spans = Vec::new();
        for detail in details {
            let sheet = &detail.day.sheet;
            zone.get_or_insert(sheet.location.timezone);
            spans.extend(contents(sheet));
        }
        let zone = zone?;
        let (first, last) = (spans.iter().map(|span| span.start).min()?, spans.iter().map(|span| span.end).max()?);
        let back = minute_of_hour(first, zone);
        let forth = (60 - minute_of_hour(last, zone)) % 60;
        let span = Span::new(first.plus(-back), last.plus(forth));
        let scale = Scale::new((span.start.0 as f64, span.end.0 as f64), (left, right));
        Some(Axis { span, zone, scale, ends: (left, right) })
    }

    /// Where an instant is drawn.
    pub fn x(&self, at: Minute) -> f64 {
        self.scale.at(at.0.clamp(self.span.start.0, self.span.end.0) as f64)
    }

    /// The clock on the wall.
    pub fn clock(&self, at: Minute) -> String {
        at.to_clock(self.zone)
    }

    /// Its half-hours.
    pub fn half_hours(&self) -> impl Iterator<Item = Span> {
        let (start, end) = (self.span.start, self.span.end);
        (start.0..end.0).step_by(30).map(move |at| Span::new(Minute(at), Minute((at + 30).min(end.0))))
    }

    /// Lines at the hours from `top` to `bottom`, with their names above.
    pub fn hours(&self, top: f64, bottom: f64) -> Markup {
        let hours = ((self.span.end.0 - self.span.start.0) / 60).max(1);
        let room = (self.ends.1 - self.ends.0) / hours as f64;
        let every = if room >= 38.0 { 1 } else { (38.0 / room).ceil() as i64 };
        html! {
            @for (k, at) in (self.span.start.0..=self.span.end.0).step_by(60).enumerate() {
                line.rule x1=(self.x(Minute(at))) x2=(self.x(Minute(at))) y1=(top) y2=(bottom) {}
                @if k as i64 % every == 0 {
                    text.tick x=(self.x(Minute(at))) y=(top - 7.0) text-anchor="middle" { (self.clock(Minute(at))) }
                }
            }
        }
    }
}

/// Shifts and bookings of a day.
fn contents(sheet: &Sheet) -> impl Iterator<Item = Span> {
    let shifts = sheet.resources.iter().flat_map(|resource| resource.shifts.iter().copied());
    let bookings = sheet.bookings.iter().map(crate::sheet::Booking::occupied);
    shifts.chain(bookings)
}

fn minute_of_hour(at: Minute, zone: Tz) -> i64 {
    at.to_clock(zone).rsplit(':').next().and_then(|minutes| minutes.parse().ok()).unwrap_or(0)
}
