//! Forms: from a page of this very session, and done once however often the button is pressed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::app::{App, Caller};
use super::super::once::{BODY_MAX, Once, is_broken};
use super::super::problem::Problem;
use super::session;
use super::visit::Visit;
use crate::domain::id;

/// What a form was filled with.
pub struct Filled<T> {
    /// The fields.
    pub body: T,
    /// Makes the change once.
    pub once: Once,
}

/// Where a form leads, and what is said there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Landing {
    /// An address of a page.
    pub to: String,
}

impl Landing {
    /// On this page.
    pub fn at(to: impl Into<String>) -> Landing {
        Landing { to: to.into() }
    }

    /// The same page with one more member in its query.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Landing {
        Landing { to: address(&self.to, [(name, value)]) }
    }
}

impl IntoResponse for Landing {
    fn into_response(self) -> Response {
        Redirect::to(&self.to).into_response()
    }
}

/// An address with these members in its query, behind those that it has.
pub(super) fn address<'a>(path: &str, members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    members.into_iter().fold(path.to_owned(), |mut all, (name, value)| {
        all.push(if all.contains('?') { '&' } else { '?' });
        all.push_str(name);
        all.push('=');
        all.push_str(&escaped(value));
        all
    })
}

/// A text that was given, trimmed; nothing where it is empty.
pub(super) fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Text as it may stand in a query.
pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/:,".contains(&byte) {
            all.push(char::from(byte));
        } else {
            all.push_str(&format!("%{byte:02X}"));
        }
        all
    })
}

impl Visit {
    /// What every form carries: the proof of where it comes from, and a key that makes it happen once.
    pub fn carried(&self, app: &App) -> Markup {
        html! {
            input type="hidden" name="proof" value=(self.proof);
            input type="hidden" name="key" value=(id::new_id(app.clock.now()));
        }
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Filled<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Filled<T>, Problem> {
        let (parts, body) = request.into_parts();
        let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(|| Problem::new("UNAUTHENTICATED", "sign in first"))?;
        let visit = parts.extensions.get::<Visit>().ok_or_else(|| Problem::new("UNAUTHENTICATED", "sign in first"))?;
        let too_large = |_| Problem::new("PAYLOAD_TOO_LARGE", format!("the form could not be read, or is larger than {BODY_MAX} bytes"));
        let bytes = to_bytes(body, BODY_MAX).await.map_err(too_large)?;
        let carried: Carried = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        if session::proven(app, &parts.headers, &carried.proof).is_none() || visit.proof.is_empty() {
            return Err(Problem::new("FORBIDDEN", "the form is of another session, or an old one: load the page again and repeat it"));
        }
        let fields: Vec<(String, String)> = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        if let Some((name, _)) = fields.iter().find(|(name, value)| is_broken(&without_returns(name)) || is_broken(&without_returns(value))) {
            return Err(Problem::invalid(format!("{}: has a control character; expected text", name.escape_debug())));
        }
        let body = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        // The proof is another on each page; what is asked for is not.
        let asked: BTreeMap<&str, Vec<&str>> = fields.iter().filter(|(name, _)| name != "proof").fold(BTreeMap::new(), |mut all, (name, value)| {
            all.entry(name.as_str()).or_default().push(value);
            all
        });
        let said = serde_json::to_vec(&asked).unwrap_or_default();
        let once = Once::of(
            &caller,
            carried.key,
            &[
                parts.method.as_str().as_bytes(),
                parts.uri.path_and_query().map_or_else(|| parts.uri.path(), |address| address.as_str()).as_bytes(),
                &said,
            ],
            app.clock.now(),
        )?;
        Ok(Filled { body, once })
    }
}

#[derive(Deserialize)]
struct Carried {
    #[serde(default)]
    proof: String,
    #[serde(default)]
    key: String,
}

/// Browsers end the lines of a text with carriage return and new line.
fn without_returns(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn unreadable(error: serde_html_form::de::Error) -> Problem {
    Problem::invalid(format!("the form: {error}"))
}
