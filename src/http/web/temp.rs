//! A temp for a day: who, what they can do, and when they are here.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::fields::{Stop, Typed};
use super::form::{self, Filled, Landing};
use super::frame::{Frame, Here, Page};
use super::kept::{self, Kept, meant};
use super::settings::people;
use super::visit::Visit;
use crate::domain::ResourceKind;
use crate::http::admin::people::NewTemp;
use crate::http::app::App;
use crate::http::ask::{self, Asked};
use crate::http::problem::Problem;
use crate::store::{Day, DayView};

/// What the address of the page asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    /// Who was just added.
    hired: Option<String>,
}

/// The form.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path((location, date)): Path<(String, String)>, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &location, &date, shown.0.hired.as_deref(), kept::Shown(None)).await
}

async fn drawn(app: &Arc<App>, visit: &Visit, location: &str, date: &str, hired: Option<&str>, back: kept::Shown<'_>) -> Result<Page, Problem> {
    let date = ask::date("date", date)?;
    let frame = Frame::at(app, visit, Here::Day, location, Some(date)).await?;
    if frame.is_over() {
        return frame.too_late(&visit.words().say("do-temp"));
    }
    let (location, date) = frame.place()?;
    let w = visit.words();
    let day = app.store.day(&location.id, date, DayView::Live).await?;
    let at = format!("/admin/at/{}/{date}", location.id);
    let hired = hired.and_then(|id| day.sheet.resources.iter().find(|one| one.id == id));
    let services = app.store.services(&location.id).await?;
    let asked = services.into_iter().flat_map(|service| service.qualifications);
    let known: BTreeSet<String> = asked.chain(day.sheet.resources.iter().flat_map(|one| one.qualifications.iter().cloned())).collect();
    let body = html! {
        p { a href=(at) { "‹ " (w.say("to-the-day")) } }
        @if let Some(temp) = hired {
            div.done role="status" {
                "✓ " (w.say_with("tmp-hired", &[("name", temp.name.as_str().into())])) " "
                @if visit.may("GET", "/admin/at/{location}/{date}/optimize") { a.button href=(format!("{at}/optimize")) { (w.say("do-optimize")) } }
                a.button href=(at) { (w.say("to-the-day")) }
            }
        }
        (form(app, visit, &at, &day, &known, back))
    };
    Ok(frame.page(&w.say("do-temp"), body))
}

fn form(app: &App, visit: &Visit, at: &str, day: &Day, known: &BTreeSet<String>, back: kept::Shown<'_>) -> Markup {
    let w = visit.words();
    let (wanted, (start, end)) = (wanted(day), hours(day).unwrap_or_default());
    html! {
        form.fields.card-box method="post" action=(format!("{at}/temp")) {
            (visit.carried(app))
            (back.why(w))
            label { (w.say("tmp-name")) input name="name" required maxlength="200" autocomplete="off" autofocus value=(back.value("name", "")) aria-invalid=[back.invalid("name")] aria-describedby=[back.described("name")]; }
            fieldset {
                legend { (w.say("tmp-can")) }
                div.row { @for one in known { label.choice { input type="checkbox" name="can" value=(one) checked[back.is_chosen("can", one, wanted.contains(one))]; (one) } } }
                @if !wanted.is_empty() { p.sub { (w.say("tmp-wanted")) } }
            }
            fieldset {
                legend { (w.say("tmp-hours")) }
                div.row {
                    label { (w.say("tmp-start")) input type="time" name="start" value=(back.value("start", &start)) aria-invalid=[back.invalid("start")] aria-describedby=[back.described("start")]; }
                    label { (w.say("tmp-end")) input type="time" name="end" value=(back.value("end", &end)) aria-invalid=[back.invalid("end")] aria-describedby=[back.described("end")]; }
                }
                p.sub { (w.say("tmp-hours-mean")) }
            }
            div { button.primary type="submit" { (w.say("tmp-add")) } }
        }
    }
}

/// What those who wait need; where nobody waits, what is asked for most on that day.
fn wanted(day: &Day) -> BTreeSet<String> {
    let asked = |waiting: bool| {
        let rows = day.bookings.iter().filter(move |row| !waiting || row.resources.is_empty());
        rows.flat_map(|row| row.demands.iter().filter(|demand| demand.kind == ResourceKind::Staff).map(|demand| demand.qualifications.clone()))
    };
    let of_waiting: BTreeSet<String> = asked(true).flatten().collect();
    if !of_waiting.is_empty() {
        return of_waiting;
    }
    let mut counted = std::collections::BTreeMap::<BTreeSet<String>, usize>::new();
    asked(false).for_each(|one| *counted.entry(one).or_default() += 1);
    counted.into_iter().max_by_key(|(_, n)| *n).map(|(one, _)| one).unwrap_or_default()
}

/// From when to when anybody is here that day, by the clock; nothing where nobody is, or somebody is past midnight.
fn hours(day: &Day) -> Option<(String, String)> {
    let shifts = || day.sheet.resources.iter().filter(|one| one.kind == ResourceKind::Staff).flat_map(|one| &one.shifts);
    let (start, end) = (shifts().map(|shift| shift.start).min()?, shifts().map(|shift| shift.end).max()?);
    let zone = day.location.timezone;
    let is_today = |at| crate::domain::local::date_of(zone, at) == day.sheet.date;
    (is_today(start) && is_today(end)).then(|| (start.to_clock(zone), end.to_clock(zone)))
}

/// A temp as the form has them.
#[derive(Debug, Clone, Deserialize)]
pub struct Given {
    name: String,
    #[serde(default)]
    can: Vec<String>,
    start: Option<String>,
    end: Option<String>,
}

/// Adds a temp for that day: they can be booked at once.
pub async fn hire(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let added: Result<_, Stop> = async {
        let (location, date) = (app.location(visit.caller()?, &location).await?, ask::date("date", &date)?);
        let body: Given = meant(&typed)?;
        let (from, to) = (date.to_string(), date.to_string());
        let (start, end) = (form::filled(body.start.as_ref()), form::filled(body.end.as_ref()));
        let given = NewTemp { location_id: location.id.clone(), name: body.name, gender: None, qualifications: body.can, from, to, start, end };
        people::hired(&app, &visit, &location, once, given, true).await
    }
    .await;
    match added {
        Ok(row) => Ok(Landing::at(format!("/admin/at/{location}/{date}/temp")).with("hired", &row.id).into_response()),
        Err(stop) => {
            let kept = Kept::stopped(&typed, stop)?;
            Ok(kept.answer(drawn(&app, &visit, &location, &date, None, kept::Shown(Some(&kept))).await?))
        }
    }
}
