//! A solved day of a what-if made real: looked at first, and refused with everything that is only supposed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::form::{Filled, Landing, filled};
use super::super::frame::{Frame, Here, Page};
use super::super::lines;
use super::super::told;
use super::super::visit::Visit;
use super::ask;
use super::whatifs::{named, of_location};
use crate::http::admin::whatifs::{PromotionGiven, looked_at, promoted};
use crate::http::app::App;
use crate::http::ask::{Asked, date as read_date};
use crate::http::once::Sent;
use crate::http::problem::Problem;
use crate::operations::whatif::{Look, Missing};
use crate::store::{Day, WhatIfRow};

/// Which day of which case.
#[derive(Debug, Clone, Deserialize)]
pub struct Wanted {
    case: String,
    /// Of the draw; the first where it is not given.
    seed: Option<u64>,
    date: String,
    /// Why, for the history.
    reason: Option<String>,
}

impl Wanted {
    fn given(&self) -> PromotionGiven {
        PromotionGiven { case: Some(self.case.clone()), seed: self.seed, date: self.date.clone(), reason: filled(self.reason.as_ref()) }
    }
}

/// What making the day real would do. It is solved again for that, which may take seconds.
pub async fn show(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    wanted: Asked<Wanted>,
) -> Result<Response, Problem> {
    let wanted = wanted.0;
    let (row, _) = of_location(&app, visit.caller()?, &location, &id).await?;
    match Box::pin(looked_at(&app, visit.caller()?, &id, &wanted.given())).await {
        Ok(look) => Ok(page(&app, &visit, &row, &wanted, &looked(&app, &visit, &row, &wanted, &look)).await?.into_response()),
        Err(problem) if problem.is_of_the_form() => refused(&app, &visit, &row, &wanted, &problem).await,
        Err(problem) => Err(problem),
    }
}

async fn page(app: &Arc<App>, visit: &Visit, row: &WhatIfRow, wanted: &Wanted, body: &Markup) -> Result<Page, Problem> {
    let frame = Frame::at(app, visit, Here::WhatIfs, &row.location_id, None).await?;
    let (w, date) = (visit.words(), read_date("date", &wanted.date)?);
    let back = format!("/admin/at/{}/whatifs/{}", row.location_id, row.id);
    let title = w.say_with("look-promote-page", &[("date", w.date(date).into()), ("case", wanted.case.as_str().into())]);
    Ok(frame.page(&title, html! { (body) p { a.button href=(back) { "‹ " (named(w, row)) } } }))
}

/// It cannot be made real: why, as the service says it.
async fn refused(app: &Arc<App>, visit: &Visit, row: &WhatIfRow, wanted: &Wanted, problem: &Problem) -> Result<Response, Problem> {
    let w = visit.words();
    let body = html! {
        div.warning role="alert" {
            p { b { (w.say("look-promote-refused")) } }
            (told::refusal(w, problem))
        }
        // The day is another than the what-if read: the same question has another answer by now.
        @if problem.code() == "VERSION_CONFLICT" { (ask::again(app, visit, row)) }
    };
    let status = problem.status_code();
    Ok((status, page(app, visit, row, wanted, &body).await?).into_response())
}

fn looked(app: &App, visit: &Visit, row: &WhatIfRow, wanted: &Wanted, look: &Look) -> Markup {
    let (w, day) = (visit.words(), &look.day);
    let supposed = &look.unreal.missing;
    html! {
        @if !supposed.is_empty() { (missing(visit, day, supposed)) }
        h2 { (w.count("look-promote-moves", look.moved.len())) }
        @if !look.moved.is_empty() { ul.moves { @for one in &look.moved { li { (lines::moved(w, day, &one.booking, &one.from, &one.to)) } } } }
        @if !look.unplaced.is_empty() {
            h2 { (w.say("look-run-unplaced")) }
            ul { @for one in &look.unplaced { li { b { (lines::line_of(w, day, &one.booking)) } br; (lines::left(w, day, &one.reason)) } } }
        }
        @if supposed.is_empty() {
            form.fields method="post" action=(format!("/admin/at/{}/whatifs/{}/promote", row.location_id, row.id)) {
                (visit.carried(app))
                input type="hidden" name="case" value=(wanted.case);
                @if let Some(seed) = wanted.seed { input type="hidden" name="seed" value=(seed); }
                input type="hidden" name="date" value=(wanted.date);
                label { (w.say("look-promote-why")) input type="text" name="reason" maxlength="200" autocomplete="off"; }
                p.sub { (w.say("look-promote-tells")) }
                div { button.primary type="submit" { (w.say("look-promote-do")) } }
            }
        }
    }
}

/// What is so only in the what-if, each with what makes it so.
fn missing(visit: &Visit, day: &Day, all: &[Missing]) -> Markup {
    let w = visit.words();
    html! {
        div.warning role="alert" {
            p { b { (w.say("look-promote-supposed")) } }
            ul { @for one in all { li { (told::supposed(w, day, one)) br; code { (one.command) } } } }
        }
    }
}

/// Makes the day real, as the API does.
pub async fn make_real(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    form: Filled<Wanted>,
) -> Result<Response, Problem> {
    let Filled { body: wanted, once } = form;
    let (row, _) = of_location(&app, visit.caller()?, &location, &id).await?;
    match Box::pin(promoted(&app, visit.caller()?, &id, Sent { body: wanted.given(), once })).await {
        Ok(run) => Ok(Landing::at(format!("/admin/at/{location}/runs/{}", run.id)).into_response()),
        // What is only supposed is shown as a look at it shows it, with what makes each of it so.
        Err(problem) if problem.code() == "NOT_REAL" => {
            let look = Box::pin(looked_at(&app, visit.caller()?, &id, &wanted.given())).await?;
            let body = looked(&app, &visit, &row, &wanted, &look);
            Ok((problem.status_code(), page(&app, &visit, &row, &wanted, &body).await?).into_response())
        }
        Err(problem) if problem.is_of_the_form() => refused(&app, &visit, &row, &wanted, &problem).await,
        Err(problem) => Err(problem),
    }
}
