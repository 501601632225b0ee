//! The way in: to the day that somebody who has just come wants to see.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use maud::html;
use serde::Deserialize;

use super::super::app::App;
use super::super::ask::{self, Asked};
use super::super::problem::Problem;
use super::frame::{Frame, Here};
use super::visit::{LANGUAGE, Visit};
use super::{session, sign_in};
use crate::domain::local;
use crate::keyring::Session;
use crate::operations::accounts;

/// Today at the visitor's only location, or which of theirs.
pub async fn start(app: State<Arc<App>>, visit: Visit) -> Result<Response, Problem> {
    let locations = app.locations(visit.caller()?).await?;
    if let [only] = locations.as_slice() {
        return Ok(Redirect::to(&format!("/admin/at/{}", only.id)).into_response());
    }
    let w = visit.words();
    let body = html! {
        @if locations.is_empty() { p { (w.say("no-locations")) } }
        ul.choices { @for location in &locations { li { a.button href=(format!("/admin/at/{}", location.id)) { (location.name) } } } }
    };
    Ok(Frame::of(&app, &visit, Here::Elsewhere).await?.page(&w.say("which-location"), body).into_response())
}

/// Which day of a location.
#[derive(Deserialize)]
pub struct Jump {
    date: Option<String>,
}

/// A day at a location: today by its clock, unless another is asked for.
pub async fn at(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, jump: Asked<Jump>) -> Result<Redirect, Problem> {
    let location = app.location(visit.caller()?, &location).await?;
    let today = || Ok(local::local_date(location.timezone, app.clock.now()));
    let date = jump.0.date.as_deref().filter(|text| !text.is_empty()).map_or_else(today, |text| ask::date("date", text))?;
    Ok(Redirect::to(&format!("/admin/at/{}/{date}", location.id)))
}

/// Which language, and where to go on.
#[derive(Deserialize)]
pub struct Chosen {
    language: String,
    to: String,
}

/// Remembers a language for the pages.
pub async fn language(
    app: State<Arc<App>>,
    session: Option<Extension<Session>>,
    jar: CookieJar,
    headers: HeaderMap,
    form: axum::Form<Chosen>,
) -> Result<Response, Problem> {
    let language = ask::language("language", &form.language)?;
    let to = if sign_in::is_ours(&form.to) { form.to.as_str() } else { "/admin" };
    if let Some(Extension(session)) = session {
        accounts::choose_language(app.store.as_ref(), app.clock.as_ref(), &session, Some(language)).await?;
    }
    let mut cookie = session::cookie(&app, &headers, LANGUAGE, language.as_str().to_owned());
    cookie.make_permanent();
    Ok((jar.add(cookie), Redirect::to(to)).into_response())
}
