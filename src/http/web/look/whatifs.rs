//! What-ifs: how far each is, and what was asked.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::form::{Filled, Landing};
use super::super::frame::{Frame, Here, Page};
use super::super::told;
use super::super::visit::Visit;
use super::super::words::Words;
use super::ask::{self, Question};
use super::outcome;
use super::{Pressed, address, filled, said, scrolled};
use crate::domain::local;
use crate::http::admin::hours::Nothing;
use crate::http::admin::whatifs::{called_off, found, study};
use crate::http::app::{App, Caller};
use crate::http::ask::Asked;
use crate::http::once::Sent;
use crate::http::problem::Problem;
use crate::store::{LocationRow, WhatIfRow, WhatIfState};

/// Rows of a page.
const ROWS: u32 = 50;

/// Which what-ifs.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    cursor: Option<String>,
    done: Option<String>,
}

/// The page of a location's what-ifs.
pub async fn list(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, wanted: Asked<Wanted>) -> Result<Page, Problem> {
    let frame = Frame::at(&app, &visit, Here::WhatIfs, &location, None).await?;
    let (location, today) = frame.place()?;
    let cursor = filled(wanted.0.cursor.as_ref());
    let rows = app.store.whatifs(&visit.caller()?.tenant, Some(&location.id), cursor.as_deref(), ROWS).await?;
    let w = visit.words();
    let path = format!("/admin/at/{}/whatifs", location.id);
    let here = address(&path, &[("cursor", cursor.as_deref())]);
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == ROWS);
    let more = rows.last().filter(|_| is_full).map(|last| address(&path, &[("cursor", Some(&last.id))]));
    let body = html! {
        (said(w, wanted.0.done.as_ref(), &["asked", "called-off"]))
        h2 { (w.say("look-whatif-questions")) }
        ul.choices { @for question in Question::ALL { li { a.button href=(format!("{path}/ask?question={}&from={today}&to={today}", question.word())) { (w.say(&format!("look-ask-{}", question.word()))) } } } }
        h2 { (w.say("look-whatif-asked")) }
        (watched(&here, rows.iter().any(|row| !row.state.is_ended()), &html! {
            @if rows.is_empty() { p { (w.say("look-whatifs-none")) } } @else { (scrolled(&w.say("look-whatif-asked"), &table(&app, &visit, location, &rows))) }
        }))
        @if let Some(more) = more { p { a.button rel="next" href=(more) { (w.say("look-more")) } } }
    };
    Ok(frame.page(&w.say("look-whatifs-title"), body))
}

/// A part of a page that is looked at again by itself as long as something in it goes on.
fn watched(address: &str, goes_on: bool, content: &Markup) -> Markup {
    html! {
        @if goes_on {
            div #watched hx-get=(address) hx-trigger="every 2s" hx-select="#watched" hx-target="this" hx-swap="outerHTML" { (content) }
        } @else { div #watched { (content) } }
    }
}

fn table(app: &App, visit: &Visit, location: &LocationRow, rows: &[WhatIfRow]) -> Markup {
    let w = visit.words();
    html! {
        table {
            caption { (w.say("look-whatifs-caption")) }
            thead { tr { @for name in ["look-col-question", "look-col-days-of", "look-col-became", "look-col-progress", "look-col-who", "look-col-when", "look-doings"] { th scope="col" { (w.say(name)) } } } }
            tbody { @for row in rows {
                tr {
                    th scope="row" { a href=(format!("/admin/at/{}/whatifs/{}", location.id, row.id)) { (named(w, row)) } }
                    td { (days(w, row)) }
                    td { (state(w, row)) }
                    td { (progress(w, row)) }
                    td { (row.actor) }
                    td { time datetime=(row.created_at.to_rfc3339()) { (w.instant(row.created_at, location.timezone)) } }
                    td { (doings(app, visit, location, row)) }
                }
            } }
        }
    }
}

/// What its asker called it.
pub(super) fn named(w: &Words, row: &WhatIfRow) -> String {
    let name = row.scenario.get("name").and_then(|name| name.as_str()).filter(|name| !name.trim().is_empty());
    name.map_or_else(|| w.say("look-whatif-unnamed"), ToOwned::to_owned)
}

fn days(w: &Words, row: &WhatIfRow) -> String {
    if row.from == row.to { w.short_date(row.from) } else { format!("{} – {}", w.short_date(row.from), w.short_date(row.to)) }
}

fn state(w: &Words, row: &WhatIfRow) -> String {
    let is_ending = row.cancel_asked && !row.state.is_ended();
    if is_ending { w.say("look-whatif-ending") } else { w.say(&format!("look-whatif-{}", row.state.as_str())) }
}

fn progress(w: &Words, row: &WhatIfRow) -> Markup {
    let (done, total) = (row.days_done, row.days_total);
    let told = w.say_with("look-whatif-progress", &[("done", done.into()), ("total", total.into())]);
    html! {
        @if total > 0 { progress max=(total) value=(done) aria-label=(told) {} span.sub { (told) } } @else { "–" }
    }
}

/// What can be done about it: read its answer, or call it off.
fn doings(app: &App, visit: &Visit, location: &LocationRow, row: &WhatIfRow) -> Markup {
    let w = visit.words();
    let path = format!("/admin/at/{}/whatifs/{}", location.id, row.id);
    html! {
        @if row.state == WhatIfState::Done { a.button href=(format!("{path}/report")) { (w.say("look-whatif-report")) span.hidden { ": " (named(w, row)) } } }
        @if !row.state.is_ended() && !row.cancel_asked {
            form.inline method="post" action=(format!("{path}/cancel")) {
                (visit.carried(app))
                button type="submit" { (w.say("look-whatif-cancel")) span.hidden { ": " (named(w, row)) } }
            }
        }
    }
}

/// A what-if of this very location.
pub(super) async fn of_location(app: &App, caller: &Caller, location: &str, id: &str) -> Result<(WhatIfRow, LocationRow), Problem> {
    let (row, place) = found(app, caller, id).await?;
    if place.id == location { Ok((row, place)) } else { Err(Problem::not_found("what-if", id)) }
}

/// What the address of one says beside it.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// The page of one what-if.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path((location, id)): Path<(String, String)>, wanted: Asked<Done>) -> Result<Page, Problem> {
    let (row, location) = of_location(&app, visit.caller()?, &location, &id).await?;
    let frame = Frame::at(&app, &visit, Here::WhatIfs, &location.id, None).await?;
    let (w, zone) = (visit.words(), location.timezone);
    let path = format!("/admin/at/{}/whatifs", location.id);
    let study = if row.state == WhatIfState::Done { Some(study(&app, &row).await?) } else { None };
    let today = local::local_date(zone, app.clock.now());
    let scenario = serde_json::to_string_pretty(&row.scenario).unwrap_or_default();
    let body = html! {
        (said(w, wanted.0.done.as_ref(), &["asked"]))
        (watched(&format!("{path}/{}", row.id), !row.state.is_ended(), &html! {
            @if let Some(error) = &row.error { p.warning { (told::english(w, error)) } }
            dl {
                dt { (w.say("look-col-became")) } dd { (state(w, &row)) }
                dt { (w.say("look-col-days-of")) } dd { (days(w, &row)) }
                dt { (w.say("look-col-progress")) } dd { (progress(w, &row)) }
                dt { (w.say("look-col-who")) } dd { (row.actor) }
                dt { (w.say("look-whatif-when")) } dd { (w.instant(row.created_at, zone)) }
                @if let Some(at) = row.started_at { dt { (w.say("look-run-began")) } dd { (w.instant(at, zone)) } }
                @if let Some(at) = row.finished_at { dt { (w.say("look-run-ended")) } dd { (w.instant(at, zone)) } }
            }
            div.doings { (doings(&app, &visit, &location, &row)) @if row.state.is_ended() { " " (ask::again(&app, &visit, &row)) } }
            @if let Some(study) = &study {
                (outcome::section(&visit, study, &format!("{path}/{}", row.id), today))
                p.sub { (w.say("look-whatif-report-means")) }
            }
        }))
        h2 { (w.say("look-whatif-scenario")) }
        (scrolled(&w.say("look-whatif-scenario"), &html! { pre { (scenario) } }))
        p { a.button href=(path) { (w.say("look-whatifs-all")) } }
    };
    Ok(frame.page(&named(w, &row), body))
}

/// Calls a what-if off, as the API does.
pub async fn cancel(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    form: Filled<Pressed>,
) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    of_location(&app, caller, &location, &id).await?;
    Box::pin(called_off(&app, caller, &id, Sent { body: Nothing {}, once: form.once })).await?;
    Ok(Landing::at(format!("/admin/at/{location}/whatifs")).with("done", "called-off"))
}
