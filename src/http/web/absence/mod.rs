//! Somebody is out: said in words or picked, looked at in four groups, confirmed, and taken back.

mod draw;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use maud::html;
use serde::Deserialize;

use super::fields::Typed;
use super::form::{Filled, Landing, filled};
use super::frame::{Frame, Here, Page};
use super::kept::{self, Kept, meant};
use super::told;
use super::visit::Visit;
use crate::domain::{ResourceKind, Span, local};
use crate::http::admin::absences::{self, AbsenceGiven};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked};
use crate::http::once::Once;
use crate::http::problem::Problem;
use crate::operations::Told;
use crate::operations::absence::{Refusal, confirm_unchanged, preview, renew, said, undo};
use crate::store::{AbsenceRow, LocationRow, ResourceRow};

/// What the address of the page asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    /// The look that is shown.
    look: Option<String>,
    /// The words that were not clear.
    words: Option<String>,
    /// Customers who were told a name may be moved, as was ticked beside those words.
    tell: Option<String>,
    /// Who is picked in the form.
    person: Option<String>,
    /// Why there is another look than the one that was confirmed.
    why: Option<String>,
    /// What was just asked for was refused.
    #[serde(skip)]
    refused: Option<Problem>,
}

/// Everything that the page is drawn from.
struct Panel<'a> {
    app: &'a App,
    visit: &'a Visit,
    location: &'a LocationRow,
    date: NaiveDate,
    people: Vec<ResourceRow>,
}

/// The form, and the look if there is one.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path((location, date)): Path<(String, String)>, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &location, &date, &shown.0, kept::Shown(None)).await
}

async fn drawn(app: &Arc<App>, visit: &Visit, location: &str, date: &str, shown: &Shown, back: kept::Shown<'_>) -> Result<Page, Problem> {
    let date = ask::date("date", date)?;
    let frame = Frame::at(app, visit, Here::Day, location, Some(date)).await?;
    if frame.is_over() && shown.look.is_none() {
        return frame.too_late(&visit.words().say("do-absence"));
    }
    let (location, date) = frame.place()?;
    let mut people = app.store.resources(&location.id).await?;
    people.retain(|row| row.kind == ResourceKind::Staff);
    people.sort_by_key(|row| row.name.to_lowercase());
    let panel = Panel { app, visit, location, date, people };
    let body = match (&shown.look, &shown.words) {
        (Some(id), _) => {
            let row = of_location(app, visit.caller()?, id, location).await?;
            panel.look(&row, shown.why.as_deref()).await?
        }
        (None, Some(words)) => {
            let question = said(app.store.as_ref(), app.clock.as_ref(), &location.id, words).await?.err();
            html! { @if let Some(question) = question { (panel.question(&question, shown.tell.is_some())) } (panel.with_standing(&panel.forms((words, shown.tell.is_some()), "", back)).await?) }
        }
        (None, None) => panel.with_standing(&panel.forms(("", false), shown.person.as_deref().unwrap_or_default(), back)).await?,
    };
    let w = visit.words();
    let back = format!("/admin/at/{}/{date}", location.id);
    Ok(frame.page(&w.say("do-absence"), html! {
        p { a href=(back) { "‹ " (w.say("to-the-day")) } }
        @if let Some(refused) = &shown.refused { div.warning #refused role="alert" tabindex="-1" { p { b { (w.say("fault-not-done")) } } (told::refusal(w, refused)) } }
        (body)
    }))
}

/// An absence as a form has it: in words, or picked.
#[derive(Debug, Deserialize)]
pub struct Given {
    words: Option<String>,
    person: Option<String>,
    from: Option<String>,
    from_time: Option<String>,
    to: Option<String>,
    to_time: Option<String>,
    reason: Option<String>,
    tell: Option<String>,
}

impl Given {
    /// In the words of the service's own interface.
    fn asked(self, location: &LocationRow) -> Result<AbsenceGiven, Problem> {
        let said = |text: Option<String>| filled(text.as_ref());
        let (words, tell, location_id) = (said(self.words), self.tell.is_some(), location.id.clone());
        if words.is_some() {
            return Ok(AbsenceGiven { location_id, words, person: None, from: None, to: None, reason: None, tell });
        }
        let (from, to) = (said(self.from), said(self.to));
        let (from_time, to_time) = (said(self.from_time), said(self.to_time));
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) if from_time.is_some() || to_time.is_some() => {
                // A day begins and ends where its clock says so, also where there is no midnight.
                let zone = location.timezone;
                let day = |name: &str, date: &str| Ok::<Span, Problem>(local::day_span(zone, ask::date(name, date)?));
                let start = match from_time {
                    Some(time) => format!("{from}T{time}"),
                    None => day("from", &from)?.start.to_rfc3339(zone),
                };
                let end = match to_time {
                    Some(time) => format!("{to}T{time}"),
                    None => day("to", &to)?.end.to_rfc3339(zone),
                };
                (Some(start), Some(end))
            }
            both => both,
        };
        Ok(AbsenceGiven { location_id, words: None, person: said(self.person), from, to, reason: said(self.reason), tell })
    }
}

/// Looks at an absence; words that are not clear are asked back.
pub async fn look(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    match Box::pin(looked(&app, &visit, &location, &date, &typed, once)).await {
        Ok(landing) => Ok(landing.into_response()),
        // The same absence with the other answer was typed by nobody: there is no form to come back.
        Err(problem) if typed.iter().any(|(name, value)| name == "from" && value.contains('T')) => Err(problem),
        Err(problem) => {
            let kept = Kept::of(&typed, problem)?;
            Ok(kept.answer(drawn(&app, &visit, &location, &date, &Shown::default(), kept::Shown(Some(&kept))).await?))
        }
    }
}

async fn looked(app: &App, visit: &Visit, location: &str, date: &str, typed: &Typed, once: Once) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (location, date) = (app.location(caller, location).await?, ask::date("date", date)?);
    let here = format!("/admin/at/{}/{date}/absence", location.id);
    let given = meant::<Given>(typed)?.asked(&location)?;
    let absence = match given.absence(app, &location).await {
        Ok(absence) => absence,
        Err(problem) if problem.code() == "ASKED_BACK" => {
            let back = Landing::at(here).with("words", given.words.as_deref().unwrap_or_default());
            return Ok(if given.tell { back.with("tell", "1") } else { back });
        }
        Err(problem) => return Err(problem),
    };
    if absence.span.end <= absence.span.start {
        return Err(Problem::invalid(format!("to: {}", visit.words().say("abs-backwards"))));
    }
    let options = absences::options(app, caller, if given.tell { Told::MayMove } else { Told::Keep });
    let row: AbsenceRow = once
        .run(app, None, |store| async move {
            Ok(Box::pin(preview(store.as_ref(), app.clock.as_ref(), &absence, given.words.as_deref(), &options)).await?.row)
        })
        .await?;
    Ok(Landing::at(here).with("look", &row.id))
}

/// An absence of this location.
async fn of_location(app: &App, caller: &Caller, id: &str, location: &LocationRow) -> Result<AbsenceRow, Problem> {
    let (row, at) = absences::found(app, caller, id).await?;
    if at.id == location.id { Ok(row) } else { Err(Problem::not_found("absence", id)) }
}

/// Which absence.
#[derive(Debug, Deserialize)]
pub struct Which {
    id: String,
}

/// Confirms an absence exactly as it was looked at; where that is not possible any more, it is looked at again.
pub async fn confirm(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Which>,
) -> Result<Response, Problem> {
    let id = filled.body.id.clone();
    let done = Box::pin(confirmed(&app, &visit, (&location, &date), filled)).await;
    landed(&app, visit, (&location, &date), id, done).await
}

/// Where it led; where it was refused, the look as it stands, and why.
async fn landed(
    app: &Arc<App>,
    visit: Visit,
    (location, date): (&str, &str),
    id: String,
    done: Result<Landing, Problem>,
) -> Result<Response, Problem> {
    match done {
        Ok(landing) => Ok(landing.into_response()),
        Err(problem) if problem.is_of_the_form() => {
            let visit = Visit { address: Landing::at(format!("/admin/at/{location}/{date}/absence")).with("look", &id).to, ..visit };
            let (status, shown) = (problem.status_code(), Shown { look: Some(id), refused: Some(problem), ..Shown::default() });
            Ok((status, drawn(app, &visit, location, date, &shown, kept::Shown(None)).await?).into_response())
        }
        Err(problem) => Err(problem),
    }
}

async fn confirmed(app: &App, visit: &Visit, (location, date): (&str, &str), filled: Filled<Which>) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (location, date) = (app.location(caller, location).await?, ask::date("date", date)?);
    let row = of_location(app, caller, &filled.body.id, &location).await?;
    let here = format!("/admin/at/{}/{date}/absence", location.id);
    let actor = caller.actor();
    filled
        .once
        .noted(app, async move {
            let (store, clock) = (app.store.as_ref(), app.clock.as_ref());
            let why = match Box::pin(confirm_unchanged(store, clock, &row.id, &actor)).await? {
                Ok(done) => return Ok(Landing::at(here).with("look", &done.id)),
                Err(why) => why,
            };
            let fresh = Box::pin(renew(store, clock, &row.id, why, &absences::options(app, caller, Told::Keep))).await?;
            let word = if why == Refusal::Expired { "expired" } else { "outdated" };
            Ok(Landing::at(here).with("look", &fresh.row.id).with("why", word))
        })
        .await
}

/// Takes a confirmed absence back.
pub async fn take_back(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Which>,
) -> Result<Response, Problem> {
    let id = filled.body.id.clone();
    let done = Box::pin(taken_back(&app, &visit, (&location, &date), filled)).await;
    landed(&app, visit, (&location, &date), id, done).await
}

async fn taken_back(app: &App, visit: &Visit, (location, date): (&str, &str), filled: Filled<Which>) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (location, date) = (app.location(caller, location).await?, ask::date("date", date)?);
    let row = of_location(app, caller, &filled.body.id, &location).await?;
    let actor = caller.actor();
    let done: AbsenceRow =
        filled.once.run(app, None, |store| async move { Ok(Box::pin(undo(store.as_ref(), app.clock.as_ref(), &row.id, &actor)).await?) }).await?;
    Ok(Landing::at(format!("/admin/at/{}/{date}/absence", location.id)).with("look", &done.id))
}
