//! The session in its cookie: signed, out of any script's reach, and over as soon as what it rests on is.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::super::app::{App, Caller};
use super::super::problem::Problem;
use crate::keyring::Session;
use crate::operations::accounts::{Person, still_counts};

/// The cookie that holds it.
const SESSION: &str = "zamu_session";

/// Somebody who has signed in.
pub(super) struct Open {
    pub(super) caller: Caller,
    pub(super) person: Person,
    pub(super) session: Session,
    /// What stands in their forms.
    pub(super) proof: String,
    /// The session as it goes on, where half of its time is over.
    pub(super) renewed: Option<Session>,
}

impl From<&Session> for Caller {
    fn from(session: &Session) -> Caller {
        Caller { sub: session.sub.clone(), tenant: session.tenant.clone(), role: session.role, location: session.location.clone() }
    }
}

fn missing() -> Problem {
    Problem::new("UNAUTHENTICATED", "sign in first")
}

/// The session that the cookie holds, as far as the keys know.
fn held(app: &App, jar: &CookieJar) -> Option<Session> {
    app.keys.open_session(jar.get(SESSION)?.value(), app.clock.now()).ok()
}

/// Whose session the cookie holds.
///
/// # Errors
/// None, or one that counts no more; or the store does not answer.
pub(super) async fn open(app: &App, jar: &CookieJar) -> Result<Open, Problem> {
    let session = held(app, jar).ok_or_else(missing)?;
    let person = still_counts(app.store.as_ref(), &session).await?.ok_or_else(missing)?;
    let proof = app.keys.newest().form_proof(&session);
    Ok(Open { caller: Caller::from(&session), person, proof, renewed: session.renewed(app.clock.now()), session })
}

/// The session in the cookie, where this proof belongs to it.
pub(super) fn proven(app: &App, headers: &HeaderMap, proof: &str) -> Option<Session> {
    held(app, &CookieJar::from_headers(headers)).filter(|session| app.keys.newest().proves_form(session, proof, app.clock.now()))
}

/// Did this request come over https, to us or to whoever handed it on? Then cookies are for https alone.
pub(super) fn is_secure(app: &App, headers: &HeaderMap) -> bool {
    let said = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).unwrap_or_default();
    app.secure_cookies || said.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("https"))
}

/// A cookie for the pages alone, which no script reads and no other site sends along.
pub(super) fn cookie(app: &App, headers: &HeaderMap, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/admin").http_only(true).same_site(SameSite::Strict).secure(is_secure(app, headers)).build()
}

/// The cookie of a session.
///
/// # Errors
/// It cannot be signed.
pub(super) fn sealed(app: &App, headers: &HeaderMap, session: &Session) -> Result<Cookie<'static>, Problem> {
    let value = app.keys.newest().seal_session(session, app.clock.now());
    Ok(cookie(app, headers, SESSION, value.map_err(|error| Problem::new("INTERNAL", error.to_string()))?))
}

/// The cookie that ends a session.
pub(super) fn ended() -> Cookie<'static> {
    Cookie::build(SESSION).path("/admin").build()
}

/// Puts the cookie of a session that goes on into a response, unless that sets one itself.
pub(super) fn go_on(app: &App, headers: &HeaderMap, session: &Session, response: &mut Response) {
    let is_set = response.headers().get_all(header::SET_COOKIE).iter().any(|value| value.as_bytes().starts_with(SESSION.as_bytes()));
    if is_set {
        return;
    }
    // A session that cannot be signed anew lasts as long as it does.
    if let Some(value) = sealed(app, headers, session).ok().and_then(|cookie| HeaderValue::from_str(&cookie.to_string()).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
