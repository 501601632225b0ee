//! Tables, and tables that serve one party together.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::response::Response;
use maud::html;

use super::super::super::admin::At;
use super::super::super::admin::tables::{self as api, TableView};
use super::super::super::app::App;
use super::super::super::ask::{Asked, Id};
use super::super::super::once::Sent;
use super::super::super::problem::Problem;
use super::super::fields::{Field, Form, Stop, Takes, Typed, Values, body, needed, optional, read};
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::names::called;
use super::super::seen;
use super::super::visit::Visit;
use super::{Shown, done, located, page};

/// Whose form was not to be had.
#[derive(Clone, Copy, PartialEq)]
enum Whose<'a> {
    Table(&'a str),
    NewTable,
    Combination,
}

fn fields(is_there: bool) -> Vec<Field> {
    let mut all = vec![
        needed("name", Takes::Text),
        needed("seats", Takes::Whole(1, 1000)),
        needed("min_party", Takes::Whole(1, 1000)),
        optional("zone", Takes::Text),
    ];
    if is_there {
        all.push(needed("active", Takes::Yes));
    }
    all
}

fn together(tables: &[TableView]) -> Vec<Field> {
    let tables = tables.iter().filter(|table| table.active).map(|table| (table.id.clone(), called(tables, &table.id))).collect();
    vec![needed("tables", Takes::Any(tables)), needed("seats", Takes::Whole(1, 1000)), needed("min_party", Takes::Whole(1, 1000))]
}

async fn listed(app: &Arc<App>, visit: &Visit, location: &str) -> Result<Vec<TableView>, Problem> {
    let at = Asked(At { location_id: location.to_owned() });
    Ok(api::list(State(app.clone()), Extension(visit.caller()?.clone()), at).await?.0)
}

async fn drawn(app: &Arc<App>, visit: &Visit, location: &str, shown: &Shown, refused: Option<(Whose<'_>, &Kept)>) -> Result<Page, Problem> {
    let w = visit.words();
    let all = listed(app, visit, location).await?;
    let may = visit.may("POST", "/admin/at/{location}/tables");
    let to = format!("/admin/at/{location}/tables");
    let form = |whose: Whose<'_>, name: &'static str, fields: &[Field], usual: Values, action: String, called: String, button: &'static str| {
        let refused = refused.filter(|(other, _)| *other == whose).map(|(_, kept)| kept);
        let form = Form { app, visit, name, action, fields, usual: &usual, refused, is_on_file: matches!(whose, Whose::Table(_)), button };
        html! { details open[refused.is_some()] { summary { (called) } (form.markup()) } }
    };
    let one = || Values::default().with("min_party", Some("1".to_owned()));
    let body = html! {
        (done(visit, shown))
        @if all.is_empty() { p { (w.say("no-tables")) } }
        @for table in &all {
            @let called = format!("{} · {} {}–{}{}", called(&all, &table.id), w.say("f-seats"), table.min_party, table.seats, if table.active { String::new() } else { format!(" · {}", w.say("not-in-use")) });
            @if may { (form(Whose::Table(&table.id), "table", &fields(true), Values::of(table), format!("{to}/{}", escaped(&table.id)), called, "settings-save")) }
            @else { p { (called) } }
        }
        @if may {
            (form(Whose::NewTable, "new-table", &fields(false), one(), to.clone(), w.say("settings-add-table"), "settings-add-table"))
            @if all.len() > 1 { (form(Whose::Combination, "together", &together(&all), one(), format!("/admin/at/{location}/combinations"), w.say("settings-add-combination"), "settings-add-combination")) }
        }
    };
    page(app, visit, "tables", Some(location), &w.say("settings-tables"), body).await
}

/// The tables of a location.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &location, &shown.0, None).await
}

fn landing(location: &str, what: &str) -> Landing {
    Landing::at(format!("/admin/at/{location}/tables")).with("done", what)
}

/// Adds a table.
pub async fn add(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let added: Result<(), Stop> = async {
        let body = read(&fields(false), &typed, visit.words(), located(&location))?;
        Box::pin(api::make(app.clone(), Extension(visit.caller()?.clone()), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit, at) = (&app, &visit, &location);
    let page = |kept: Kept| async move { drawn(app, visit, at, &Shown::default(), Some((Whose::NewTable, &kept))).await };
    Kept::answered(added, &typed, landing(at, "added"), page).await
}

/// Changes a table.
pub async fn save(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let saved: Result<(), Stop> = async {
        let there =
            listed(&app, &visit, &location).await?.into_iter().find(|table| table.id == id).ok_or_else(|| Problem::not_found("table", &id))?;
        seen::unchanged(&app, &visit, &once, &typed, &Values::of(&there)).await?;
        let body = body(&fields(true), &typed, visit.words())?;
        let at = Asked(At { location_id: location.clone() });
        Box::pin(api::change(app.clone(), Extension(visit.caller()?.clone()), Id(id.clone()), at, Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit, at, id) = (&app, &visit, &location, &id);
    let page = |kept: Kept| async move { drawn(app, visit, at, &Shown::default(), Some((Whose::Table(id), &kept))).await };
    Kept::answered(saved, &typed, landing(at, "saved"), page).await
}

/// Lets tables serve one party together.
pub async fn combine(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let combined: Result<(), Stop> = async {
        let fields = together(&listed(&app, &visit, &location).await?);
        let body = read(&fields, &typed, visit.words(), located(&location))?;
        Box::pin(api::combine(app.clone(), Extension(visit.caller()?.clone()), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit, at) = (&app, &visit, &location);
    let page = |kept: Kept| async move { drawn(app, visit, at, &Shown::default(), Some((Whose::Combination, &kept))).await };
    Kept::answered(combined, &typed, landing(at, "added"), page).await
}
