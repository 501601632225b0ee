//! The way in and the way out: a password or a token, and back to where one wanted to be.

use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::app::App;
use super::super::ask::Asked;
use super::super::limits::Class;
use super::super::problem::Problem;
use super::frame::{Frame, Here};
use super::session;
use super::visit::Visit;
use crate::keyring::Session;
use crate::operations::accounts::{Refusal, sign_in, sign_in_with_token, sign_out};

/// The cookie that remembers the house somebody signed in to last, so that they need not type it each morning.
const HOUSE: &str = "zamu_house";

/// Characters of what is typed that are looked at, at most: no house, login or token is longer.
const TYPED_MAX: usize = 8 * 1024;

/// Where to go after signing in, and into which house.
#[derive(Debug, Deserialize)]
pub struct Onward {
    to: Option<String>,
    house: Option<String>,
}

/// Is this an address of a page of ours, and nothing that a browser could take for another place?
pub(super) fn is_ours(to: &str) -> bool {
    let path = to.split(['?', '#']).next().unwrap_or_default();
    let plain = to.len() <= 2000 && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && super::is_page(path) && !path.contains("//") && !path.contains("/.")
}

/// An address that one may be sent on to: of a page of ours that is not the way in or out, else the first page.
fn onward(to: &str) -> &str {
    let is_way = ["/admin/sign-in", "/admin/sign-out", "/admin/static"].iter().any(|way| to.starts_with(way));
    if is_ours(to) && !is_way { to } else { "/admin" }
}

/// What was typed, as far as it is shown again.
struct Typed<'a> {
    house: &'a str,
    login: &'a str,
    to: &'a str,
    /// What was wrong, in words.
    fault: Option<String>,
}

fn forms(visit: &Visit, typed: &Typed<'_>) -> Markup {
    let w = visit.words();
    html! {
        @if let Some(fault) = &typed.fault { p.warning role="alert" { (fault) } }
        form.narrow method="post" action="/admin/sign-in" {
            input type="hidden" name="to" value=(typed.to);
            label { (w.say("sign-in-house")) input name="house" value=(typed.house) autocomplete="organization" autocapitalize="none" spellcheck="false" required; }
            label { (w.say("sign-in-login")) input name="login" value=(typed.login) autocomplete="username" autocapitalize="none" spellcheck="false" required; }
            label { (w.say("sign-in-password")) input name="password" type="password" autocomplete="current-password" required; }
            button.primary type="submit" { (w.say("sign-in")) }
        }
        details {
            summary { (w.say("sign-in-by-token")) }
            form.narrow method="post" action="/admin/sign-in" {
                input type="hidden" name="to" value=(typed.to);
                label { (w.say("sign-in-token")) input name="token" type="password" autocomplete="off" required; }
                button type="submit" { (w.say("sign-in")) }
            }
        }
    }
}

fn page(visit: &Visit, typed: &Typed<'_>) -> Response {
    Frame::bare(visit, Here::Elsewhere).page(&visit.words().say("sign-in"), forms(visit, typed)).into_response()
}

/// The forms for signing in; whoever has, goes on.
pub async fn ask(visit: Visit, jar: CookieJar, asked: Asked<Onward>) -> Response {
    let to = onward(asked.0.to.as_deref().unwrap_or("/admin"));
    if visit.signed_in.is_some() {
        return Redirect::to(to).into_response();
    }
    let house = asked.0.house.as_deref().or_else(|| jar.get(HOUSE).map(|cookie| cookie.value())).unwrap_or_default();
    page(&visit, &Typed { house, login: "", to, fault: None })
}

/// What the forms have: a password, or a token.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    house: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    to: String,
}

/// Signs in, if whoever tries has not tried too often.
pub async fn enter(app: State<Arc<App>>, visit: Visit, request: Request) -> Response {
    let headers = request.headers().clone();
    let address = super::super::guard::address(&app, &request);
    let given = match Form::<Given>::from_request(request, &()).await {
        Ok(Form(given)) if given.house.len().max(given.login.len()).max(given.token.len()).max(given.password.len()) <= TYPED_MAX => given,
        _ => return Problem::new("BAD_REQUEST", "the form cannot be read; load the page again and repeat it").into_response(),
    };
    let to = onward(&given.to);
    let w = visit.words();
    let again = |status: StatusCode, fault: String| {
        let page = page(&visit, &Typed { house: &given.house, login: &given.login, to, fault: Some(fault) });
        (status, page).into_response()
    };
    if let Some(seconds) = too_often(&app, &given, &address).await {
        let mut response = again(StatusCode::TOO_MANY_REQUESTS, w.count("sign-in-too-often", usize::try_from(seconds).unwrap_or(60)));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    let session = if given.token.is_empty() {
        Box::pin(sign_in(app.store.as_ref(), app.clock.as_ref(), &given.house, &given.login, &given.password)).await
    } else {
        sign_in_with_token(&app.keys, app.clock.as_ref(), &given.token)
    };
    match session {
        Ok(session) => entered(&app, &headers, &session, to),
        Err(Refusal::Store(error)) => Problem::from(error).into_response(),
        Err(refusal) => {
            let fault = match refusal {
                Refusal::Customer => "sign-in-customer",
                Refusal::Token(_) => "sign-in-token-wrong",
                _ => "sign-in-wrong",
            };
            again(StatusCode::UNAUTHORIZED, w.say(fault))
        }
    }
}

/// Seconds to wait, where somebody has tried too often: from this address, or for this login, whoever they were.
async fn too_often(app: &App, given: &Given, address: &str) -> Option<u64> {
    let from = app.limiter.ask(Class::SignIn, &format!("address/{address}")).await;
    let (house, login) = (given.house.trim(), given.login.trim().to_lowercase());
    let whose = if given.token.is_empty() && from.allowed {
        Some(app.limiter.ask(Class::SignIn, &format!("login/{}/{house}/{login}", house.len())).await)
    } else {
        None
    };
    let refused = [Some(from), whose].into_iter().flatten().find(|verdict| !verdict.allowed)?;
    metrics::counter!("rate_limited_total", "class" => Class::SignIn.word()).increment(1);
    Some(refused.retry_after_s)
}

fn entered(app: &App, headers: &HeaderMap, session: &Session, to: &str) -> Response {
    let mut house = session::cookie(app, headers, HOUSE, super::form::escaped(&session.tenant));
    house.make_permanent();
    match session::sealed(app, headers, session) {
        Ok(cookie) => (CookieJar::new().add(cookie).add(house), Redirect::to(to)).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// What the form for signing out has.
#[derive(Deserialize)]
pub struct Leaving {
    #[serde(default)]
    proof: String,
}

/// Signs out, if it was asked for on a page of this very session.
pub async fn leave(app: State<Arc<App>>, headers: HeaderMap, form: Form<Leaving>) -> Result<Response, Problem> {
    let Some(session) = session::proven(&app, &headers, &form.proof) else {
        return Err(Problem::new("FORBIDDEN", "the form is of another session, or an old one: load the page again and repeat it"));
    };
    // Where that cannot be written the cookie goes all the same.
    if let Err(error) = sign_out(app.store.as_ref(), app.clock.as_ref(), &session).await {
        tracing::error!(%error, "a session could not be ended");
    }
    Ok((CookieJar::from_headers(&headers).remove(session::ended()), Redirect::to("/admin/sign-in")).into_response())
}

#[cfg(test)]
mod tests {
    use super::onward;

    #[test]
    fn one_is_sent_on_to_pages_of_ours_only() {
        for ours in ["/admin", "/admin/at/westlands/2026-11-21", "/admin/at/westlands/2026-11-21?booking=b1&to=joy", "/admin?x=1"] {
            assert_eq!(onward(ours), ours);
        }
        for other in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/admin//evil.example",
            "/admin/../v1/bookings",
            "/adminevil",
            "/admin/v1/bookings",
            "/v1/bookings",
            "javascript:alert(1)",
            "/admin/\r\nSet-Cookie: a=b",
            "/admin/sign-in?to=/admin/sign-in",
            "/admin/sign-out",
            "/admin/at/ä",
        ] {
            assert_eq!(onward(other), "/admin", "{other:?}");
        }
    }
}
