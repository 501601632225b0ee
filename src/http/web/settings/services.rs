//! What can be booked at a location.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::super::super::admin::At;
use super::super::super::admin::services::{self as api, ServiceView};
use super::super::super::app::App;
use super::super::super::ask::{Asked, Id};
use super::super::super::once::Sent;
use super::super::super::problem::Problem;
use super::super::fields::{Field, Form, Stop, Takes, Typed, Values, amount, body, needed, optional, read};
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::seen;
use super::super::visit::Visit;
use super::{Shown, done, located, page, qualifications};

fn at(location: &str) -> Asked<At> {
    Asked(At { location_id: location.to_owned() })
}

async fn fields(app: &App, location: &str, is_there: bool) -> Result<Vec<Field>, Problem> {
    let can = Takes::Words(qualifications(app, location).await?);
    let mut all = vec![
        needed("name", Takes::Text),
        needed("duration_minutes", Takes::Whole(1, 1440)),
        needed("buffer_before_minutes", Takes::Whole(0, 720)),
        needed("buffer_after_minutes", Takes::Whole(0, 720)),
        needed("qualifications", can),
        needed("staff_count", Takes::Whole(0, 20)),
        needed("needs_table", Takes::Yes),
        optional("price_cents", Takes::Money),
    ];
    if is_there {
        all.push(needed("active", Takes::Yes));
    }
    Ok(all)
}

/// What most services have.
fn usual() -> Values {
    let zero = || Some("0".to_owned());
    Values::default().with("buffer_before_minutes", zero()).with("buffer_after_minutes", zero()).with("staff_count", Some("1".to_owned()))
}

fn rows(visit: &Visit, location: &str, services: &[ServiceView]) -> Markup {
    let w = visit.words();
    html! {
        div.table-scroll tabindex="0" role="region" aria-label=(w.say("settings-services")) {
            table {
                thead { tr { @for head in ["f-name", "f-duration-minutes", "settings-buffers", "f-qualifications", "f-staff-count", "f-price-cents", "f-active"] { th scope="col" { (w.say(head)) } } } }
                tbody {
                    @for one in services {
                        tr {
                            th scope="row" { a href=(format!("/admin/at/{location}/services/{}", escaped(&one.id))) { (one.name) } }
                            td.number { (one.duration_minutes) }
                            td.number { (one.buffer_before_minutes) " / " (one.buffer_after_minutes) }
                            td { (one.qualifications.join(", ")) }
                            td.number { (one.staff_count) @if one.needs_table { " + " (w.say("settings-table")) } }
                            td.number { (one.price_cents.map_or_else(|| "–".to_owned(), amount)) }
                            td { (w.say(if one.active { "yes" } else { "no" })) }
                        }
                    }
                }
            }
        }
    }
}

async fn list(app: &Arc<App>, visit: &Visit, location: &str, shown: &Shown, refused: Option<&Kept>) -> Result<Page, Problem> {
    let w = visit.words();
    let services = api::list(State(app.clone()), Extension(visit.caller()?.clone()), at(location)).await?.0;
    let fields = fields(app, location, false).await?;
    let usual = usual();
    let action = format!("/admin/at/{location}/services");
    let form =
        Form { app, visit, name: "service", action, fields: &fields, usual: &usual, refused, is_on_file: false, button: "settings-add-service" };
    let body = html! {
        (done(visit, shown))
        (rows(visit, location, &services))
        @if visit.may("POST", "/admin/at/{location}/services") {
            details open[refused.is_some()] { summary { (w.say("settings-add-service")) } (form.markup()) }
        }
    };
    page(app, visit, "services", Some(location), &w.say("settings-services"), body).await
}

/// The services of a location.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, shown: Asked<Shown>) -> Result<Page, Problem> {
    list(&app, &visit, &location, &shown.0, None).await
}

/// Adds a service.
pub async fn add(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let added: Result<(), Stop> = async {
        let caller = visit.caller()?.clone();
        let body = read(&fields(&app, &app.location(&caller, &location).await?.id, false).await?, &typed, visit.words(), located(&location))?;
        Box::pin(api::make(app.clone(), Extension(caller), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let on = Landing::at(format!("/admin/at/{location}/services")).with("done", "added");
    let (app, visit) = (&app, &visit);
    let page = |kept: Kept| async move { list(app, visit, &location, &Shown::default(), Some(&kept)).await };
    Kept::answered(added, &typed, on, page).await
}

/// What is on file of a service, as its form has it.
fn on_file(view: &ServiceView) -> Values {
    Values::of(view).with("price_cents", view.price_cents.map(amount))
}

async fn service(app: &Arc<App>, visit: &Visit, location: &str, id: &str, shown: &Shown, refused: Option<&Kept>) -> Result<Page, Problem> {
    let view = api::one(State(app.clone()), Extension(visit.caller()?.clone()), Id(id.to_owned()), at(location)).await?.0;
    let fields = fields(app, location, true).await?;
    let there = on_file(&view);
    let action = format!("/admin/at/{location}/services/{}", escaped(id));
    let form = Form { app, visit, name: "service", action, fields: &fields, usual: &there, refused, is_on_file: true, button: "settings-save" };
    let body = html! {
        (done(visit, shown))
        @if visit.may("POST", "/admin/at/{location}/services/{id}") { (form.markup()) } @else { (rows(visit, location, std::slice::from_ref(&view))) }
    };
    page(app, visit, "services", Some(location), &view.name, body).await
}

/// A service.
pub async fn one(app: State<Arc<App>>, visit: Visit, Path((location, id)): Path<(String, String)>, shown: Asked<Shown>) -> Result<Page, Problem> {
    service(&app, &visit, &location, &id, &shown.0, None).await
}

/// Changes a service.
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
        seen::unchanged(&app, &visit, &once, &typed, &on_file(&view)).await?;
        let body = body(&fields(&app, &location, true).await?, &typed, visit.words())?;
        Box::pin(api::change(app.clone(), Extension(caller), Id(id.clone()), at(&location), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let on = Landing::at(format!("/admin/at/{location}/services/{}", escaped(&id))).with("done", "saved");
    let (app, visit) = (&app, &visit);
    let page = |kept: Kept| async move { service(app, visit, &location, &id, &Shown::default(), Some(&kept)).await };
    Kept::answered(saved, &typed, on, page).await
}
