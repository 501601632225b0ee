//! The house's locations and their time zones.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::response::Response;
use maud::html;

use super::super::super::admin::locations::{self as api, LocationView};
use super::super::super::app::App;
use super::super::super::ask::{Asked, Id};
use super::super::super::once::Sent;
use super::super::super::problem::Problem;
use super::super::fields::{Field, Form, Stop, Takes, Typed, Values, body, needed};
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::seen;
use super::super::visit::Visit;
use super::{Shown, done, page};

const PAGE: &str = "/admin/settings/locations";

fn fields() -> Vec<Field> {
    vec![needed("name", Takes::Text), needed("timezone", Takes::Text)]
}

/// `refused`: of which location, or of a new one; and what its form was sent with.
async fn drawn(app: &Arc<App>, visit: &Visit, shown: &Shown, refused: Option<(Option<&str>, &Kept)>) -> Result<Page, Problem> {
    let w = visit.words();
    let all = api::list(State(app.clone()), Extension(visit.caller()?.clone())).await?.0;
    let fields = fields();
    let form = |of: Option<&LocationView>| {
        let refused = refused.filter(|(id, _)| *id == of.map(|one| one.id.as_str())).map(|(_, kept)| kept);
        let usual = of.map(Values::of).unwrap_or_default();
        let action = of.map_or_else(|| PAGE.to_owned(), |one| format!("{PAGE}/{}", escaped(&one.id)));
        let button = if of.is_some() { "settings-save" } else { "settings-add-location" };
        let form = Form { app, visit, name: "location", action, fields: &fields, usual: &usual, refused, is_on_file: of.is_some(), button };
        html! {
            details open[refused.is_some()] {
                summary { @match of { Some(one) => { (one.name) " " span.sub { (one.timezone) } }, None => (w.say(button)) } }
                (form.markup())
            }
        }
    };
    let body = html! { (done(visit, shown)) @for one in &all { (form(Some(one))) } (form(None)) };
    page(app, visit, "places", None, &w.say("settings-places"), body).await
}

/// The locations.
pub async fn show(app: State<Arc<App>>, visit: Visit, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &shown.0, None).await
}

/// Adds a location.
pub async fn add(app: State<Arc<App>>, visit: Visit, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let added: Result<(), Stop> = async {
        let body = body(&fields(), &typed, visit.words())?;
        Box::pin(api::make(app.clone(), Extension(visit.caller()?.clone()), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit) = (&app, &visit);
    let page = |kept: Kept| async move { drawn(app, visit, &Shown::default(), Some((None, &kept))).await };
    Kept::answered(added, &typed, Landing::at(PAGE).with("done", "added"), page).await
}

/// Changes a location.
pub async fn save(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let saved: Result<(), Stop> = async {
        let caller = visit.caller()?.clone();
        let all = api::list(app.clone(), Extension(caller)).await?.0;
        let there = all.iter().find(|one| one.id == location).ok_or_else(|| Problem::not_found("location", &location))?;
        seen::unchanged(&app, &visit, &once, &typed, &Values::of(there)).await?;
        let body = body(&fields(), &typed, visit.words())?;
        Box::pin(api::change(app.clone(), Extension(visit.caller()?.clone()), Id(location.clone()), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit) = (&app, &visit);
    let page = |kept: Kept| async move { drawn(app, visit, &Shown::default(), Some((Some(&location), &kept))).await };
    Kept::answered(saved, &typed, Landing::at(PAGE).with("done", "saved"), page).await
}
