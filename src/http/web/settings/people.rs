//! Who works at a location: names, what they can do, from when and until when; and temps.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::super::super::admin::At;
use super::super::super::admin::people::{self as api, NewTemp, PersonChange, PersonView};
use super::super::super::app::App;
use super::super::super::ask::{Asked, Id};
use super::super::super::once::{Once, Sent};
use super::super::super::problem::Problem;
use super::super::fields::{Field, Form, Stop, Takes, Typed, Values, body, needed, optional, read};
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::names::called;
use super::super::seen;
use super::super::visit::Visit;
use super::{Shown, done, located, page, qualifications, wrong};
use crate::store::{LocationRow, ResourceRow};

const PAGE: &str = "/admin/at/{location}/people";

fn at(location: &str) -> Asked<At> {
    Asked(At { location_id: location.to_owned() })
}

async fn fields(app: &App, location: &str) -> Result<Vec<Field>, Problem> {
    let can = Takes::Words(qualifications(app, location).await?);
    Ok(vec![needed("name", Takes::Text), optional("gender", Takes::Text), needed("qualifications", can)])
}

async fn temp_fields(app: &App, location: &str) -> Result<Vec<Field>, Problem> {
    let mut all = fields(app, location).await?;
    all.extend([needed("from", Takes::Date), needed("to", Takes::Date), optional("start", Takes::Clock), optional("end", Takes::LateClock)]);
    Ok(all)
}

async fn person_fields(app: &App, location: &str) -> Result<Vec<Field>, Problem> {
    let mut all = fields(app, location).await?;
    all.extend([optional("active_from", Takes::Date), optional("active_to", Takes::Date), needed("active", Takes::Yes)]);
    Ok(all)
}

fn rows(visit: &Visit, location: &str, people: &[PersonView]) -> Markup {
    let w = visit.words();
    html! {
        div.table-scroll tabindex="0" role="region" aria-label=(w.say("settings-people")) {
            table {
                thead { tr { @for head in ["f-name", "f-qualifications", "f-gender", "f-active-from", "f-active-to", "f-active"] { th scope="col" { (w.say(head)) } } } }
                tbody {
                    @for one in people {
                        tr {
                            th scope="row" {
                                a href=(format!("/admin/at/{location}/people/{}", escaped(&one.id))) { (called(people, &one.id)) }
                                @if one.is_temporary { " " span.tag { (w.say("settings-temp")) } }
                            }
                            td { (one.qualifications.join(", ")) }
                            td { (one.gender.as_deref().unwrap_or("–")) }
                            td { (one.active_from.as_deref().unwrap_or("–")) }
                            td { (one.active_to.as_deref().unwrap_or("–")) }
                            td { (w.say(if one.active { "yes" } else { "no" })) }
                        }
                    }
                }
            }
        }
    }
}

/// Which of the two forms on the page of everybody was not to be had.
#[derive(Clone, Copy, PartialEq)]
enum Which {
    Person,
    Temp,
}

async fn everybody(app: &Arc<App>, visit: &Visit, location: &str, shown: &Shown, refused: Option<(Which, &Kept)>) -> Result<Page, Problem> {
    let w = visit.words();
    let people = api::list(State(app.clone()), Extension(visit.caller()?.clone()), at(location)).await?.0;
    let (one, temp) = (fields(app, location).await?, temp_fields(app, location).await?);
    let add = |which: Which, name: &'static str, fields: &[Field], to: String, button: &'static str| {
        let refused = refused.filter(|(other, _)| *other == which).map(|(_, kept)| kept);
        let form = Form { app, visit, name, action: to, fields, usual: &Values::default(), refused, is_on_file: false, button };
        html! { details open[refused.is_some()] { summary { (w.say(button)) } (form.markup()) } }
    };
    let list = format!("/admin/at/{location}/people");
    let body = html! {
        (done(visit, shown))
        (rows(visit, location, &people))
        @if visit.may("POST", PAGE) {
            (add(Which::Person, "person", &one, list.clone(), "settings-add-person"))
            (add(Which::Temp, "temp", &temp, format!("{list}/temps"), "settings-add-temp"))
        }
    };
    page(app, visit, "people", Some(location), &w.say("settings-people"), body).await
}

/// Everybody of a location.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, shown: Asked<Shown>) -> Result<Page, Problem> {
    everybody(&app, &visit, &location, &shown.0, None).await
}

fn landing(location: &str) -> Landing {
    Landing::at(format!("/admin/at/{location}/people")).with("done", "added")
}

/// Adds a person.
pub async fn add(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let added: Result<(), Stop> = async {
        let caller = visit.caller()?.clone();
        let body = read(&fields(&app, &app.location(&caller, &location).await?.id).await?, &typed, visit.words(), located(&location))?;
        Box::pin(api::make(app.clone(), Extension(caller), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit, at) = (&app, &visit, &location);
    let page = |kept: Kept| async move { everybody(app, visit, at, &Shown::default(), Some((Which::Person, &kept))).await };
    Kept::answered(added, &typed, landing(at), page).await
}

/// Adds a temp, once; both forms that there are for it do it here: that of a day, and that of anybody's dates.
///
/// # Errors
/// What of it will not do, in words of the page.
pub(in super::super) async fn hired(
    app: &App,
    visit: &Visit,
    location: &LocationRow,
    once: Once,
    given: NewTemp,
    is_of_a_day: bool,
) -> Result<ResourceRow, Stop> {
    wrong::temp(&given, is_of_a_day, visit.words())?;
    Ok(Box::pin(api::hired(app, location, once, given)).await?)
}

/// Adds a temp.
pub async fn hire(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let added: Result<(), Stop> = async {
        let place = app.location(visit.caller()?, &location).await?;
        let given = read(&temp_fields(&app, &place.id).await?, &typed, visit.words(), located(&location))?;
        hired(&app, &visit, &place, once, given, false).await.map(drop)
    }
    .await;
    let (app, visit, at) = (&app, &visit, &location);
    let page = |kept: Kept| async move { everybody(app, visit, at, &Shown::default(), Some((Which::Temp, &kept))).await };
    Kept::answered(added, &typed, landing(at), page).await
}

async fn person(app: &Arc<App>, visit: &Visit, location: &str, id: &str, shown: &Shown, refused: Option<&Kept>) -> Result<Page, Problem> {
    let view = api::one(State(app.clone()), Extension(visit.caller()?.clone()), Id(id.to_owned()), at(location)).await?.0;
    let fields = person_fields(app, location).await?;
    let there = Values::of(&view);
    let action = format!("/admin/at/{location}/people/{}", escaped(id));
    let form = Form { app, visit, name: "person", action, fields: &fields, usual: &there, refused, is_on_file: true, button: "settings-save" };
    let body = html! {
        (done(visit, shown))
        @if visit.may("POST", "/admin/at/{location}/people/{id}") { (form.markup()) } @else { (rows(visit, location, std::slice::from_ref(&view))) }
    };
    page(app, visit, "people", Some(location), &view.name, body).await
}

/// A person.
pub async fn one(app: State<Arc<App>>, visit: Visit, Path((location, id)): Path<(String, String)>, shown: Asked<Shown>) -> Result<Page, Problem> {
    person(&app, &visit, &location, &id, &shown.0, None).await
}

/// Changes a person.
pub async fn save(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let saved: Result<(), Stop> = async {
        let caller = visit.caller()?.clone();
        let view = api::one(app.clone(), Extension(caller.clone()), Id(id.clone()), at(&location)).await?.0;
        seen::unchanged(&app, &visit, &once, &typed, &Values::of(&view)).await?;
        let body: PersonChange = body(&person_fields(&app, &location).await?, &typed, visit.words())?;
        wrong::stay(&body, view.is_temporary, visit.words())?;
        Box::pin(api::change(app.clone(), Extension(caller), Id(id.clone()), at(&location), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let on = Landing::at(format!("/admin/at/{location}/people/{}", escaped(&id))).with("done", "saved");
    let (app, visit) = (&app, &visit);
    let page = |kept: Kept| async move { person(app, visit, &location, &id, &Shown::default(), Some(&kept)).await };
    Kept::answered(saved, &typed, on, page).await
}
