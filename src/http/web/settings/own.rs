//! One's own account: another password.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::html;
use serde::Deserialize;

use super::super::super::app::App;
use super::super::super::ask::Asked;
use super::super::super::problem::Problem;
use super::super::fields::{Fault, Field, Form, Stop, Takes, Typed, Values, body, needed};
use super::super::form::{Filled, Landing};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::session;
use super::super::visit::Visit;
use super::accounts::told;
use super::{Shown, done, page};
use crate::keyring::{Session, SignedIn};
use crate::operations::accounts::change_password;

const PAGE: &str = "/admin/own";

fn fields() -> Vec<Field> {
    vec![
        needed("old_password", Takes::Secret("current-password")),
        needed("password", Takes::Secret("new-password")),
        needed("password_again", Takes::Secret("new-password")),
    ]
}

#[derive(Deserialize)]
struct Said {
    old_password: String,
    password: String,
    password_again: String,
}

async fn drawn(app: &Arc<App>, visit: &Visit, session: &Session, shown: &Shown, refused: Option<&Kept>) -> Result<Page, Problem> {
    let w = visit.words();
    let fields = fields();
    let usual = Values::default();
    let form = Form {
        app,
        visit,
        name: "own",
        action: PAGE.to_owned(),
        fields: &fields,
        usual: &usual,
        refused,
        is_on_file: false,
        button: "settings-change-password",
    };
    let body = html! {
        (done(visit, shown))
        p { (w.say("own-signed-in")) " " b { (session.sub) } " (" (w.say(&format!("role-{}", session.role.word()))) ")" }
        @if matches!(session.signed_in, SignedIn::Account { .. }) { (form.markup()) } @else { p { (w.say("own-by-token")) } }
    };
    page(app, visit, "own", None, &w.say("settings-own"), body).await
}

/// One's own account.
pub async fn show(app: State<Arc<App>>, visit: Visit, session: Extension<Session>, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &session, &shown.0, None).await
}

/// Changes one's own password: the session goes on, all others of the account end.
pub async fn save(
    app: State<Arc<App>>,
    visit: Visit,
    session: Extension<Session>,
    headers: HeaderMap,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let (typed, w) = (filled.body, visit.words());
    let changed: Result<Session, Stop> = async {
        let said: Said = body(&fields(), &typed, w)?;
        if said.password != said.password_again {
            return Err(Fault { field: Some("password_again".to_owned()), said: w.say("password-differs") }.into());
        }
        let changed = Box::pin(change_password(app.store.as_ref(), app.clock.as_ref(), &session, &said.old_password, &said.password)).await;
        changed.map_err(|refusal| told(refusal, w))
    }
    .await;
    match changed {
        Ok(goes_on) => {
            Ok((CookieJar::new().add(session::sealed(&app, &headers, &goes_on)?), Landing::at(PAGE).with("done", "saved")).into_response())
        }
        Err(stop) => {
            let kept = Kept::stopped(&typed, stop)?;
            Ok(kept.answer(drawn(&app, &visit, &session, &Shown::default(), Some(&kept)).await?))
        }
    }
}
