//! Who looks at a page, in which language, and what proves that a form came from a page of theirs.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::access::{Access, Route};
use super::super::app::{App, Caller};
use super::super::guard;
use super::super::problem::Problem;
use super::words::Words;
use super::{POLICY, fault, session};
use crate::domain::Language;
use crate::keyring::Session;

/// The cookie that remembers the language somebody chose.
pub(super) const LANGUAGE: &str = "zamu_language";

/// A request for a page.
#[derive(Clone)]
pub struct Visit {
    /// Who; `None` before they have signed in.
    pub signed_in: Option<Caller>,
    /// In which language.
    pub language: Language,
    /// Their session.
    pub session: Option<Session>,
    /// What forms carry to prove that they came from a page of theirs.
    pub proof: String,
    /// The address they asked for, with its query.
    pub address: String,
}

impl Visit {
    /// Who it is.
    ///
    /// # Errors
    /// Nobody who has signed in.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.signed_in.as_ref().ok_or_else(|| Problem::new("UNAUTHENTICATED", "sign in first"))
    }

    /// A text that goes into their page and is to come back as it is.
    pub fn sealed(&self, app: &App, text: &str) -> String {
        self.session.as_ref().map_or_else(String::new, |session| app.keys.newest().form_seal(session, text))
    }

    /// What is to come back as it is, written so that it can stand in an address, too.
    pub fn note(&self, app: &App, done: &impl Serialize) -> String {
        URL_SAFE_NO_PAD.encode(self.sealed(app, &serde_json::to_string(done).unwrap_or_default()))
    }

    /// What such a note says; `None` where it is none of theirs, or says something else.
    pub fn noted<T: DeserializeOwned>(&self, app: &App, note: &str) -> Option<T> {
        let sealed = String::from_utf8(URL_SAFE_NO_PAD.decode(note).ok()?).ok()?;
        serde_json::from_str(&self.opened(app, &sealed)?).ok()
    }

    /// The text that went into a page of theirs; `None` where it is another.
    pub fn opened(&self, app: &App, given: &str) -> Option<String> {
        app.keys.newest().form_opened(self.session.as_ref()?, given, app.clock.now()).map(str::to_owned)
    }

    /// The words of their language.
    pub fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// May they do what this route does?
    pub fn may(&self, method: &str, path: &str) -> bool {
        let row = super::super::access::ROUTES.iter().find(|route| route.method == method && route.path == path);
        match (row.map(|row| row.access), &self.signed_in) {
            (Some(Access::Public), _) => true,
            (Some(Access::Roles(roles)), Some(caller)) => roles.contains(&caller.role),
            _ => false,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visit, Problem> {
        parts.extensions.get::<Visit>().cloned().ok_or_else(|| Problem::new("INTERNAL", "a page was asked for past the guard"))
    }
}

/// The language somebody chose on this device.
fn chosen_language(jar: &CookieJar) -> Option<Language> {
    jar.get(LANGUAGE).and_then(|cookie| Language::from_word(cookie.value()))
}

/// The language somebody is shown: what they chose, else the first of their browser's that there is.
fn language(jar: &CookieJar, headers: &HeaderMap) -> Language {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = || asked.split(',').find_map(|one| Language::from_word(one.split([';', '-']).next()?.trim()));
    chosen_language(jar).or_else(first).unwrap_or_default()
}

/// Finds out who looks, and notes it for whoever answers; their session as it goes on, where it is to be renewed. Nobody is no error.
async fn recognize(app: &App, jar: &CookieJar, visit: &mut Visit, request: &mut Request) -> Result<Option<Session>, Problem> {
    // What pages load is the same for everybody.
    if request.uri().path().starts_with("/admin/static/") {
        return Ok(None);
    }
    match session::open(app, jar).await {
        Ok(open) => {
            // What somebody chose on this device counts before what their account says, and that before their browser.
            if chosen_language(jar).is_none() {
                visit.language = open.person.language.unwrap_or(visit.language);
            }
            visit.proof = open.proof;
            visit.signed_in = Some(open.caller);
            visit.session = Some(open.session.clone());
            request.extensions_mut().insert(open.session);
            Ok(open.renewed)
        }
        Err(problem) if problem.code() == "UNAUTHENTICATED" => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Lets a request on to its page: whoever has not signed in is sent to do so, whoever may not see it is told, and what goes wrong is a page too.
pub async fn admit(app: &Arc<App>, route: Option<&'static Route>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let jar = CookieJar::from_headers(headers);
    // After a form there is no page to come back to.
    let read = request.method() == Method::GET || request.method() == Method::HEAD;
    let address = request.uri().path_and_query().filter(|_| read).map_or_else(|| "/admin".to_owned(), ToString::to_string);
    let mut visit = Visit { signed_in: None, session: None, language: language(&jar, headers), proof: String::new(), address };
    let recognized = Box::pin(recognize(app, &jar, &mut visit, &mut request)).await;
    let let_in = match (route, &recognized) {
        (_, Err(problem)) => Err(problem.clone()),
        (Some(route), Ok(_)) if route.access != Access::Public => {
            let caller = visit.caller().cloned();
            guard::let_in_as(app, route, caller, guard::address(app, &request)).await.map(|_| ())
        }
        // A route that is not in the table answers nobody; what is not there at all is answered by the router.
        (None, Ok(_)) if request.extensions().get::<MatchedPath>().is_some() => Err(Problem::new("METHOD_NOT_ALLOWED", "this cannot be done there")),
        _ => Ok(()),
    };
    let asked = request.headers().clone();
    let mut response = match let_in {
        Ok(()) => {
            let from_elsewhere = request.method() != Method::GET && headers_say_elsewhere(request.headers());
            request.extensions_mut().insert(visit.clone());
            if let Some(caller) = visit.signed_in.clone() {
                request.extensions_mut().insert(caller);
            }
            if from_elsewhere {
                Problem::new("FORBIDDEN", "the form came from another site").into_response()
            } else {
                answered(next.run(request)).await
            }
        }
        Err(problem) if problem.code() == "UNAUTHENTICATED" => sign_in_first(&request, &visit),
        Err(problem) => problem.into_response(),
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = fault::as_page(app, &visit, &problem).await;
    }
    if let Ok(Some(session)) = recognized {
        session::go_on(app, &asked, &session, &mut response);
    }
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.append(header::VARY, HeaderValue::from_static("Cookie, Accept-Language, HX-Request"));
    response
}

/// How long a page may take: a little less than any request, so that who waits is told on a page.
const PATIENCE: Duration = Duration::from_secs(28);

/// What a page answers; that it took too long, or that something broke, is a problem like any other.
async fn answered(answer: impl Future<Output = Response>) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind();
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(cause)) => super::super::panicked(cause),
        Err(_) => Problem::new("BUSY", "another search is under way, and this one waited too long; try again in a moment").into_response(),
    }
}

/// Browsers say where a form comes from; what comes from elsewhere is refused before anything is read.
fn headers_say_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

fn sign_in_first(request: &Request, visit: &Visit) -> Response {
    let address = format!("/admin/sign-in?to={}", super::form::escaped(&visit.address));
    if request.headers().contains_key("hx-request") {
        return ([("hx-redirect", address)], "").into_response();
    }
    Redirect::to(&address).into_response()
}
