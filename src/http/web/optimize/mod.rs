//! The day allocated anew: looked for in the background, looked at, and then applied as it was looked at, or left.

mod look;
mod under_way;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;

use super::day::UNDONE;
use super::form::{Filled, Landing};
use super::frame::{Frame, Here};
use super::lines;
use super::told;
use super::visit::Visit;
use crate::alloc::Standing;
use crate::domain::Minute;
use crate::http::app::App;
use crate::http::ask::{self, Asked};
use crate::http::problem::Problem;
use crate::operations::{self, RunOptions, Told, handover};
use crate::store::{Day, DayView, RunRow, RunStatus, StoreErrorKind};

pub use under_way::{How, Search, UnderWay};

/// Seconds that a search may be given.
const SECONDS: [u32; 4] = [10, 30, 60, 120];
/// Runs of the day among which looks are sought that can still be applied.
const RUNS_MAX: u32 = 50;
/// Looks that can still be applied, shown beside the form.
const LOOKS_MAX: usize = 5;

/// What the address of the page asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    /// The search that is waited for.
    search: Option<String>,
    /// The run that is looked at.
    run: Option<String>,
    /// The day was changed before it could be applied.
    changed: Option<String>,
}

/// The page and what it is about.
struct Panel<'a> {
    app: &'a Arc<App>,
    visit: &'a Visit,
    day: &'a Day,
}

/// The form, the search that is under way, or what it found.
pub async fn show(
    app: State<Arc<App>>,
    visit: Visit,
    headers: HeaderMap,
    Path((location, date)): Path<(String, String)>,
    shown: Asked<Shown>,
) -> Result<Response, Problem> {
    let date = ask::date("date", &date)?;
    let frame = Frame::at(&app, &visit, Here::Day, &location, Some(date)).await?;
    if frame.is_over() && shown.0.run.is_none() {
        return Ok(frame.too_late(&visit.words().say("do-optimize"))?.into_response());
    }
    let (location, date) = frame.place()?;
    let day = app.store.day(&location.id, date, DayView::Live).await?;
    let panel = Panel { app: &app, visit: &visit, day: &day };
    let w = visit.words();
    let body = match (&shown.0.search, &shown.0.run) {
        (_, Some(run)) => {
            let run = run_of(&app, &visit, &location.id, date, run).await?;
            panel.look(&run, shown.0.changed.is_some()).await?
        }
        (Some(search), None) => match app.under_way.find(search, &location.id, date) {
            Some(search) => match search.how() {
                How::Searching(standing) => panel.progress(&search, standing.as_ref()),
                How::Found(run) => return Ok(onward(&headers, &format!("{}?run={run}", panel.at()))),
                How::Failed(why) => html! { p.warning role="alert" { (w.say("opt-failed")) " " (told::english(w, &why)) } (panel.form().await?) },
            },
            None => html! { p.warning role="alert" { (w.say("opt-lost")) } (panel.form().await?) },
        },
        (None, None) => match app.under_way.on(&location.id, date) {
            Some(search) => panel.progress(&search, None),
            None => panel.form().await?,
        },
    };
    let title = format!("{}: {}", w.say("do-optimize"), w.date(date));
    Ok(frame.page(&title, html! { p { a href=(panel.day_address()) { "‹ " (w.say("to-the-day")) } } (body) }).into_response())
}

/// On to another page, for a browser or for a script that asked for a part of this one.
fn onward(headers: &HeaderMap, to: &str) -> Response {
    if headers.contains_key("hx-request") {
        return ([("hx-redirect", to.to_owned())], "").into_response();
    }
    Redirect::to(to).into_response()
}

impl Panel<'_> {
    fn day_address(&self) -> String {
        format!("/admin/at/{}/{}", self.day.location.id, self.day.sheet.date)
    }

    fn at(&self) -> String {
        format!("{}/optimize", self.day_address())
    }

    /// What for, how long; and looks that still hold.
    async fn form(&self) -> Result<Markup, Problem> {
        let w = self.visit.words();
        let runs = self.app.store.runs(&self.day.location.id, Some(self.day.sheet.date), None, RUNS_MAX).await?;
        let holds = |run: &&RunRow| run.status == RunStatus::DryRun && run.day_version == self.day.version;
        let looks: Vec<&RunRow> = runs.iter().filter(holds).take(LOOKS_MAX).collect();
        let zone = self.day.location.timezone;
        Ok(html! {
            form.fields.card-box method="post" action=(self.at()) {
                (self.visit.carried(self.app))
                fieldset {
                    legend { (w.say("opt-what-for")) }
                    @for (k, what) in What::ALL.into_iter().enumerate() {
                        label.choice { input type="radio" name="what" value=(what.word()) checked[k == 0] required; span { b { (w.say(&format!("opt-{}", what.word()))) } br; span.sub { (w.say(&format!("opt-{}-means", what.word()))) } } }
                    }
                }
                label { (w.say("opt-seconds")) select name="seconds" { @for seconds in SECONDS { option value=(seconds) selected[seconds == SECONDS[1]] { (seconds) " s" } } } }
                p.sub { (w.say("opt-nothing-yet")) }
                div { button.primary type="submit" { (w.say("opt-begin")) } }
            }
            @if !looks.is_empty() {
                h2 { (w.say("opt-looks")) }
                ul { @for run in looks { li { a href=(format!("{}?run={}", self.at(), run.id)) { (Minute::of(run.started_at).to_clock(zone)) ", " (run.profile) } " – " (run.actor) } } }
            }
        })
    }

    /// How far the search is; it comes anew by itself.
    fn progress(&self, search: &Search, standing: Option<&Standing>) -> Markup {
        let w = self.visit.words();
        let address = format!("{}?search={}", self.at(), search.id);
        html! {
            section.card-box #search aria-label=(w.say("opt-under-way")) hx-get=(address) hx-trigger="every 1s" hx-select="#search" hx-swap="outerHTML" {
                h2 { (w.say("opt-under-way")) }
                p.sub { (search.actor) " – " (w.say_with("opt-elapsed", &[("s", w.number(search.elapsed_s(), 0).into()), ("of", w.number(search.seconds, 0).into())])) }
                @match standing {
                    None => { progress aria-label=(w.say("opt-under-way")) {} p { (w.say("opt-waiting")) } },
                    Some(now) => {
                        progress aria-label=(w.say("opt-under-way")) value=(if now.is_over() { now.tiers } else { now.tier }) max=(now.tiers) {}
                        @if now.is_over() { p { (w.say("opt-reasons")) } }
                        @else {
                            p { (w.say_with("opt-tier", &[("n", (now.tier + 1).into()), ("of", now.tiers.into())])) " " b { (lines::tier(w, &now.name)) } }
                            dl { dt { (w.say("opt-value")) } dd { (w.number(now.value, 2)) } dt { (w.say("opt-bound")) } dd { (w.number(now.bound, 2)) } }
                        }
                        @if now.parts > 1 { p.sub { (w.say_with("opt-parts", &[("n", now.parts_done.into()), ("of", now.parts.into())])) } }
                    },
                }
                form.inline method="post" action=(format!("{}/stop", self.at())) {
                    (self.visit.carried(self.app))
                    input type="hidden" name="search" value=(search.id);
                    button type="submit" { (w.say("opt-stop")) }
                    a.button href=(address) { (w.say("opt-refresh")) }
                }
            }
        }
    }
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// As few changes as possible; who was told a name keeps it.
    Repair,
    /// The same, and told customers may be moved at the profile's price.
    Told,
    /// The whole day by the house's own goals.
    Night,
    /// What is left of the day itself.
    Rest,
}

impl What {
    const ALL: [What; 4] = [What::Repair, What::Told, What::Night, What::Rest];

    fn word(self) -> &'static str {
        match self {
            What::Repair => "repair",
            What::Told => "told",
            What::Night => "night",
            What::Rest => "rest",
        }
    }

    fn options(self, actor: &str) -> RunOptions {
        match self {
            What::Repair => RunOptions::repair(actor, Told::Keep),
            What::Told => RunOptions::repair(actor, Told::MayMove),
            What::Night => RunOptions::night(actor),
            What::Rest => RunOptions::daypart(actor),
        }
    }
}

/// A search that is asked for.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    what: What,
    seconds: u32,
}

/// Begins a search.
pub async fn begin(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Wanted>,
) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (location, date) = (app.location(caller, &location).await?, ask::date("date", &date)?);
    let Filled { body, once } = filled;
    if !SECONDS.contains(&body.seconds) {
        return Err(Problem::invalid(format!("seconds: {}; expected one of {SECONDS:?}", body.seconds)));
    }
    let inner: &Arc<App> = &app;
    once.noted(inner, async move {
        let search = inner.under_way.begin(inner, &location.id, date, body.what.options(&caller.actor()), f64::from(body.seconds));
        Ok(Landing::at(format!("/admin/at/{}/{date}/optimize", location.id)).with("search", &search.id))
    })
    .await
}

/// A search that is to end.
#[derive(Debug, Deserialize)]
pub struct Ended {
    search: String,
}

/// Ends a search: what it has found by then is shown.
pub async fn stop(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Ended>,
) -> Result<Landing, Problem> {
    let (location, date) = (app.location(visit.caller()?, &location).await?, ask::date("date", &date)?);
    if let Some(search) = app.under_way.find(&filled.body.search, &location.id, date) {
        search.end();
    }
    Ok(Landing::at(format!("/admin/at/{}/{date}/optimize", location.id)).with("search", &filled.body.search))
}

/// A run that is to be made real.
#[derive(Debug, Deserialize)]
pub struct Applied {
    run: String,
}

/// A run, where it is one of this day.
async fn run_of(app: &App, visit: &Visit, location: &str, date: NaiveDate, run: &str) -> Result<RunRow, Problem> {
    let run = app.run(visit.caller()?, run).await?;
    if (run.location_id.as_str(), run.date) != (location, date) {
        return Err(Problem::not_found("run of that day", &run.id));
    }
    Ok(run)
}

/// Applies a run as it was looked at.
pub async fn apply(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Applied>,
) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (location, date) = (app.location(caller, &location).await?, ask::date("date", &date)?);
    let run = run_of(&app, &visit, &location.id, date, &filled.body.run).await?;
    let inner: &App = &app;
    let here = format!("/admin/at/{}/{date}/optimize", location.id);
    filled
        .once
        .noted(inner, async move {
            let done = Box::pin(operations::apply_looked(inner.store.as_ref(), inner.clock.as_ref(), &run.id, &caller.actor())).await;
            match done {
                Ok(done) => Ok(Landing::at(here).with("run", &done.run.id)),
                Err(error) if error.kind() == StoreErrorKind::Conflict => Ok(Landing::at(here).with("run", &run.id).with("changed", "1")),
                Err(error) => Err(error.into()),
            }
        })
        .await
}

/// Puts back what a run moved, as far as it still stands.
pub async fn undo(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Applied>,
) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (location, date) = (app.location(caller, &location).await?, ask::date("date", &date)?);
    let run = run_of(&app, &visit, &location.id, date, &filled.body.run).await?;
    let (inner, day): (&App, _) = (&app, format!("/admin/at/{}/{date}", location.id));
    filled
        .once
        .noted(inner, async move {
            let (store, clock) = (inner.store.as_ref(), inner.clock.as_ref());
            let stays = || Landing::at(format!("{day}/optimize")).with("run", &run.id).with("changed", "1");
            let live = store.day(&location.id, date, DayView::Live).await?;
            let Some(back) = handover::way_back(store, clock, &live, &run).await? else { return Ok(stays()) };
            match handover::undo(store, clock, &location.id, date, &back.moves, &caller.actor()).await {
                Ok(_) => Ok(Landing::at(&day).with("done", UNDONE)),
                Err(error) if error.kind() == StoreErrorKind::Conflict => Ok(stays()),
                Err(error) => Err(error.into()),
            }
        })
        .await
}
