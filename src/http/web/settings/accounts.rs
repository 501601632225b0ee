//! Who signs in at the pages: for admins.
//!
//! What is typed here is not noted as a request that happens once: a note would keep a hash of the password that is easier to guess from than ours.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::super::app::App;
use super::super::super::ask::Asked;
use super::super::super::problem::Problem;
use super::super::fields::{Fault, Field, Form, Stop, Takes, Typed, Values, body, needed, optional};
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::seen;
use super::super::visit::Visit;
use super::super::words::Words;
use super::{Shown, choices, done, page, whole_house};
use crate::domain::Language;
use crate::keyring::{PasswordFault, Role};
use crate::operations::accounts::{Change, Made, NewAccount, NewPassword, Refusal, add as make, change};
use crate::store::AccountRow;

const PAGE: &str = "/admin/settings/accounts";

/// What accounts of one location cannot do.
const DECIDES: &str = "say who signs in to the house";

/// A refusal at the field that it is about, in words of the page.
pub(super) fn told(refusal: Refusal, w: &Words) -> Stop {
    let at = |field: &str, said: String| Stop::Fault(Fault { field: Some(field.to_owned()), said });
    match refusal {
        Refusal::Password(PasswordFault::Short(_)) => at("password", w.say("password-short")),
        Refusal::Password(PasswordFault::Long(_)) => at("password", w.say("password-long")),
        Refusal::Password(PasswordFault::Login) => at("password", w.say("password-login")),
        Refusal::Password(PasswordFault::Common) => at("password", w.say("password-common")),
        Refusal::Login(_) => at("login", w.say("login-none")),
        Refusal::OldPassword => at("old_password", w.say("password-old-wrong")),
        Refusal::Store(error) => Stop::from(Problem::from(error)),
        Refusal::Over => Stop::Problem(Problem::new("UNAUTHENTICATED", "sign in first")),
        other => Stop::Problem(Problem::new("INTERNAL", other.to_string())),
    }
}

/// What both forms have.
#[derive(Deserialize)]
struct Said {
    login: Option<String>,
    name: String,
    role: String,
    location: Option<String>,
    language: Option<String>,
    password: Option<String>,
    #[serde(default)]
    fresh_password: bool,
    active: Option<bool>,
}

impl Said {
    fn role(&self, w: &Words) -> Result<Role, Stop> {
        self.role.parse().map_err(|_| Fault { field: Some("role".to_owned()), said: w.say("fault-choice") }.into())
    }

    fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(Language::from_word)
    }
}

async fn fields(app: &App, visit: &Visit, is_there: bool) -> Result<Vec<Field>, Problem> {
    let locations = app.locations(visit.caller()?).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let mut all = vec![
        needed("name", Takes::Text),
        needed("role", Takes::One(choices(visit, "role", &["frontdesk", "scheduler", "manager", "admin"]))),
        optional("location", Takes::One(locations)),
        optional("language", Takes::One(choices(visit, "language", &["en", "sw"]))),
    ];
    if is_there {
        all.extend([needed("active", Takes::Yes), needed("fresh_password", Takes::Yes)]);
    } else {
        all.insert(0, needed("login", Takes::Text));
        all.push(optional("password", Takes::Secret("new-password")));
    }
    Ok(all)
}

fn rows(visit: &Visit, accounts: &[AccountRow], places: &[(String, String)]) -> Markup {
    let w = visit.words();
    let place = |id: &str| places.iter().find(|(known, _)| known == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone());
    html! {
        @if accounts.is_empty() { p { (w.say("no-accounts")) } } @else {
            div.table-scroll tabindex="0" role="region" aria-label=(w.say("settings-accounts")) {
                table {
                    thead { tr { @for head in ["f-login", "f-name", "f-role", "f-location", "f-active"] { th scope="col" { (w.say(head)) } } } }
                    tbody {
                        @for one in accounts {
                            tr {
                                th scope="row" { a href=(format!("{PAGE}/{}", escaped(&one.login))) { (one.login) } }
                                td { (one.name) }
                                td { (w.say(&format!("role-{}", one.role.word()))) }
                                td { (one.location_id.as_deref().map_or_else(|| w.say("all-locations"), place)) }
                                td { (w.say(if one.active { "yes" } else { "no" })) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A fresh password, which is shown on this page and never again.
fn shown_once(visit: &Visit, made: Option<&Made>) -> Markup {
    let w = visit.words();
    html! {
        @if let Some((made, password)) = made.and_then(|made| Some((made, made.fresh_password.as_deref()?))) {
            div.done role="status" { p { (w.say("password-once")) " " b { (made.account.login) } ": " code { (password) } } }
        }
    }
}

async fn list(app: &Arc<App>, visit: &Visit, shown: &Shown, refused: Option<&Kept>, made: Option<&Made>) -> Result<Page, Problem> {
    let w = visit.words();
    let caller = whole_house(visit, DECIDES)?;
    let accounts = app.store.accounts(&caller.tenant).await?;
    let places: Vec<(String, String)> = app.locations(caller).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let fields = fields(app, visit, false).await?;
    let usual = Values::default();
    let form = Form {
        app,
        visit,
        name: "account",
        action: PAGE.to_owned(),
        fields: &fields,
        usual: &usual,
        refused,
        is_on_file: false,
        button: "settings-add-account",
    };
    let body = html! {
        (done(visit, shown))
        (shown_once(visit, made))
        (rows(visit, &accounts, &places))
        details open[refused.is_some()] { summary { (w.say("settings-add-account")) } (form.markup()) }
    };
    page(app, visit, "accounts", None, &w.say("settings-accounts"), body).await
}

/// The accounts.
pub async fn show(app: State<Arc<App>>, visit: Visit, shown: Asked<Shown>) -> Result<Page, Problem> {
    list(&app, &visit, &shown.0, None, None).await
}

/// Makes an account; without a password a fresh one is made and shown, once.
pub async fn add(app: State<Arc<App>>, visit: Visit, filled: Filled<Typed>) -> Result<Response, Problem> {
    let (caller, typed, w) = (whole_house(&visit, DECIDES)?.clone(), filled.body, visit.words());
    let made: Result<Made, Stop> = async {
        let said: Said = body(&fields(&app, &visit, false).await?, &typed, w)?;
        let new = NewAccount {
            tenant: caller.tenant.clone(),
            login: said.login.clone().unwrap_or_default(),
            name: said.name.clone(),
            role: said.role(w)?,
            location: said.location.clone(),
            language: said.language(),
            password: said.password.clone().map_or(NewPassword::Fresh, NewPassword::Given),
        };
        Box::pin(make(app.store.as_ref(), app.clock.as_ref(), &new)).await.map_err(|refusal| told(refusal, w))
    }
    .await;
    match made {
        Ok(made) if made.fresh_password.is_some() => Ok(list(&app, &visit, &Shown::default(), None, Some(&made)).await?.into_response()),
        Ok(_) => Ok(Landing::at(PAGE).with("done", "added").into_response()),
        Err(stop) => {
            let kept = Kept::stopped(&typed, stop)?;
            Ok(kept.answer(list(&app, &visit, &Shown::default(), Some(&kept), None).await?))
        }
    }
}

/// An account as its form shows it.
fn on_file(row: &AccountRow) -> Values {
    Values::of(row).with("location", row.location_id.clone())
}

async fn account(app: &Arc<App>, visit: &Visit, login: &str, shown: &Shown, refused: Option<&Kept>, made: Option<&Made>) -> Result<Page, Problem> {
    let caller = whole_house(visit, DECIDES)?;
    let row = app.store.account(&caller.tenant, login).await?.ok_or_else(|| Problem::not_found("account", login))?;
    let fields = fields(app, visit, true).await?;
    let on_file = on_file(&row);
    let action = format!("{PAGE}/{}?epoch={}", escaped(login), row.epoch);
    let form = Form { app, visit, name: "account", action, fields: &fields, usual: &on_file, refused, is_on_file: true, button: "settings-save" };
    let body = html! { (done(visit, shown)) (shown_once(visit, made)) (form.markup()) };
    page(app, visit, "accounts", None, &row.login, body).await
}

/// An account.
pub async fn one(app: State<Arc<App>>, visit: Visit, Path(login): Path<String>, shown: Asked<Shown>) -> Result<Page, Problem> {
    account(&app, &visit, &login, &shown.0, None, None).await
}

/// The account that a form was made from.
#[derive(Debug, Deserialize)]
pub struct Seen {
    epoch: Option<i64>,
}

/// Changes an account. Nobody takes from themselves what they need to take it back.
pub async fn save(
    app: State<Arc<App>>,
    visit: Visit,
    Path(login): Path<String>,
    seen: Asked<Seen>,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let (caller, w) = (whole_house(&visit, DECIDES)?.clone(), visit.words());
    let saved: Result<Made, Stop> = async {
        let there = app.store.account(&caller.tenant, &login).await.map_err(Problem::from)?.ok_or_else(|| Problem::not_found("account", &login))?;
        seen::unchanged(&app, &visit, &once, &typed, &on_file(&there)).await?;
        let said: Said = body(&fields(&app, &visit, true).await?, &typed, w)?;
        let (role, active) = (said.role(w)?, said.active.unwrap_or(true));
        if login.trim().eq_ignore_ascii_case(&caller.sub) && (role != Role::Admin || !active || said.location.is_some()) {
            return Err(Fault { field: None, said: w.say("account-own") }.into());
        }
        let what = Change {
            name: Some(said.name.clone()),
            role: Some(role),
            location: Some(said.location.clone()),
            language: Some(said.language()),
            active: Some(active),
            password: said.fresh_password.then_some(NewPassword::Fresh),
            expected_epoch: seen.0.epoch,
        };
        Box::pin(change(app.store.as_ref(), app.clock.as_ref(), &caller.tenant, &login, &what)).await.map_err(|refusal| told(refusal, w))
    }
    .await;
    match saved {
        Ok(made) if made.fresh_password.is_some() => Ok(account(&app, &visit, &login, &Shown::default(), None, Some(&made)).await?.into_response()),
        Ok(_) => Ok(Landing::at(format!("{PAGE}/{}", escaped(&login))).with("done", "saved").into_response()),
        Err(stop) => {
            let kept = Kept::stopped(&typed, stop)?;
            Ok(kept.answer(account(&app, &visit, &login, &Shown::default(), Some(&kept), None).await?))
        }
    }
}
