//! A week at a glance: how full each half-hour of seven days is.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use chrono::{Datelike, Days, NaiveDate};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::frame::{Frame, Here, Page};
use super::super::visit::Visit;
use super::super::words::Words;
use super::heat::{CELL_MINUTES, Heat, Load, rows};
use super::{address, filled, scrolled};
use crate::domain::{ResourceKind, Span, local};
use crate::http::app::App;
use crate::http::ask::{self, Asked};
use crate::http::problem::Problem;
use crate::store::{DayView, LocationRow};

const DAYS: u64 = 7;
/// How strong the colour of a full cell is, in percent: text on it stays easy to read.
const STRONGEST: i64 = 45;

/// Which week.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    from: Option<String>,
    can: Option<String>,
}

/// The page of a week.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, shown: Asked<Shown>) -> Result<Page, Problem> {
    let from = filled(shown.0.from.as_ref()).map(|text| ask::date("from", &text)).transpose()?;
    let can = filled(shown.0.can.as_ref());
    let frame = Frame::at(&app, &visit, Here::Week, &location, from).await?;
    let (location, from) = frame.place()?;
    let looked = look(&app, location, from, can.as_deref()).await?;
    let w = visit.words();
    let today = local::local_date(location.timezone, app.clock.now());
    let week = Week { w, location, from, today, can: can.as_deref(), looked: &looked };
    Ok(frame.page(&w.say_with("look-week-title", &[("date", w.date(from).into())]), week.whole()))
}

struct Looked {
    days: Vec<Heat>,
    /// What people of the week can do, for the filter.
    qualifications: BTreeSet<String>,
}

async fn look(app: &App, location: &LocationRow, from: NaiveDate, can: Option<&str>) -> Result<Looked, Problem> {
    let dates: Vec<NaiveDate> = (0..DAYS).filter_map(|n| from.checked_add_days(Days::new(n))).collect();
    let until = dates.last().copied().unwrap_or(from);
    let week = Span::new(local::day_span(location.timezone, from).start, local::day_span(location.timezone, until).end);
    // What has taken place is not on a live sheet any more.
    let mut over = app.store.bookings_between(&location.id, week).await?;
    over.retain(|booking| booking.state.is_over());
    let mut looked = Looked { days: Vec::new(), qualifications: BTreeSet::new() };
    for date in dates {
        let day = app.store.day(&location.id, date, DayView::Live).await?;
        let staff = day.sheet.resources.iter().filter(|resource| resource.kind == ResourceKind::Staff);
        looked.qualifications.extend(staff.flat_map(|resource| resource.qualifications.iter().cloned()));
        let took_place: Vec<_> = over.iter().filter(|b| b.local_date == date && day.booking(&b.id).is_none()).cloned().collect();
        looked.days.push(Heat::of(&day, &took_place, can));
    }
    Ok(looked)
}

struct Week<'a> {
    w: &'a Words,
    location: &'a LocationRow,
    from: NaiveDate,
    today: NaiveDate,
    can: Option<&'a str>,
    looked: &'a Looked,
}

impl Week<'_> {
    fn whole(&self) -> Markup {
        let w = self.w;
        let is_empty = rows(&self.looked.days).is_empty();
        html! {
            (self.toolbar())
            h2 { (w.say("look-week-days")) }
            (scrolled(&w.say("look-week-days"), &self.days()))
            h2 { (w.say("look-week-hours")) }
            @if is_empty { p { (w.say("look-week-empty")) } } @else {
                p.sub { (w.say("look-week-means")) }
                (scrolled(&w.say("look-week-hours"), &self.hours()))
            }
        }
    }

    fn place(&self) -> String {
        format!("/admin/at/{}/week", self.location.id)
    }

    fn toolbar(&self) -> Markup {
        let w = self.w;
        let to = |date: NaiveDate| address(&self.place(), &[("from", Some(&date.to_string())), ("can", self.can)]);
        let earlier = self.from.checked_sub_days(Days::new(DAYS)).filter(|date| date.year() >= 1970);
        let later = self.from.checked_add_days(Days::new(DAYS)).filter(|date| date.year() <= 9999);
        html! {
            div.toolbar {
                div.steps {
                    @if let Some(date) = earlier { a.button.step href=(to(date)) rel="prev" aria-label=(w.say("look-week-earlier")) { "‹" } }
                    a.button href=(to(self.today)) { (w.say("look-week-now")) }
                    @if let Some(date) = later { a.button.step href=(to(date)) rel="next" aria-label=(w.say("look-week-later")) { "›" } }
                }
                form.inline.filters method="get" action=(self.place()) data-eager {
                    label { (w.say("look-week-from")) " " input type="date" name="from" value=(self.from); }
                    label { (w.say("look-week-can")) " "
                        select name="can" {
                            option value="" { (w.say("look-everybody")) }
                            @for one in &self.looked.qualifications { option value=(one) selected[self.can == Some(one.as_str())] { (one) } }
                        }
                    }
                    button type="submit" { (w.say("filter-show")) }
                }
            }
        }
    }

    fn day_link(&self, date: NaiveDate) -> Markup {
        let is_today = date == self.today;
        html! { a href=(format!("/admin/at/{}/{date}", self.location.id)) aria-current=[is_today.then_some("date")] { (self.w.short_date(date)) } }
    }

    /// Each day in a row.
    fn days(&self) -> Markup {
        let w = self.w;
        html! {
            table.days {
                caption { @if let Some(can) = self.can { (w.say_with("look-week-caption-can", &[("can", can.into())])) } @else { (w.say("look-week-caption")) } }
                thead { tr {
                    th scope="col" { (w.say("look-col-day")) }
                    th.number scope="col" { (w.say("look-col-bookings")) }
                    th.number scope="col" { (w.say("look-col-unplaced")) }
                    th.number scope="col" { (w.say("look-col-booked")) }
                    th.number scope="col" { (w.say("look-col-duty")) }
                    th.number scope="col" { (w.say("look-col-full")) }
                } }
                tbody { @for day in &self.looked.days {
                    tr {
                        th scope="row" { (self.day_link(day.date)) }
                        td.number { (day.bookings) }
                        td.number { @if day.unplaced > 0 { strong { "! " (day.unplaced) } } @else { "0" } }
                        td.number { (w.minutes(day.total.booked)) }
                        td.number { (w.minutes(day.total.capacity)) }
                        td.number { @if let Some(percent) = day.total.percent() { (percent) " %" } @else { "–" } }
                    }
                } }
            }
        }
    }

    /// Half-hours down, days across.
    fn hours(&self) -> Markup {
        let w = self.w;
        html! {
            table.heatmap {
                caption { (w.say("look-week-hours-caption")) }
                thead { tr { th scope="col" { (w.say("look-col-time")) } @for day in &self.looked.days { th scope="col" { (self.day_link(day.date)) } } } }
                tbody { @for minute in rows(&self.looked.days) {
                    tr {
                        th scope="row" { (clock(minute)) @if minute >= local::DAY_MINUTES { span.sub { " " (w.say("look-week-after")) } } }
                        @for day in &self.looked.days { (self.cell(day.cells.get(&minute).copied().unwrap_or_default())) }
                    }
                } }
            }
        }
    }

    fn cell(&self, load: Load) -> Markup {
        let w = self.w;
        if load == Load::default() {
            return html! { td.closed title=(w.say("look-week-closed")) { span aria-hidden="true" { "·" } span.hidden { (w.say("look-week-closed")) } } };
        }
        let halves = |minutes: i64| w.number(minutes as f64 / f64::from(CELL_MINUTES), 1);
        let (booked, capacity) = (halves(load.booked), halves(load.capacity));
        let values = [("booked", booked.clone().into()), ("capacity", capacity.clone().into())];
        let told = w.say_with(if load.is_over() { "look-week-cell-over" } else { "look-week-cell" }, &values);
        let strength = STRONGEST * load.percent().unwrap_or(100).clamp(0, 100) / 100;
        html! {
            td class=(format!("heat heat{strength}{}", if load.is_over() { " above" } else { "" })) title=(told) {
                span aria-hidden="true" { @if load.is_over() { strong { "!" } } (booked) "/" (capacity) }
                span.hidden { (told) }
            }
        }
    }
}

/// `09:30`, so many minutes after midnight.
fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}
