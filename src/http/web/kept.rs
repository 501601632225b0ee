//! A form that comes back: what was typed stands in its fields, and beside them why it will not do.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::de::DeserializeOwned;

use super::super::problem::Problem;
use super::fields::{Fault, Stop, Typed, Values};
use super::form::Landing;
use super::frame::Page;
use super::told;
use super::words::Words;

/// What a form was sent with, and why it will not do; or what it would come to, where it was only to be looked at.
pub(super) struct Kept {
    typed: Values,
    fault: Option<Fault>,
    status: StatusCode,
    /// What the service refused, where it was the service.
    refused: Option<Problem>,
}

/// The fields of a form as what they mean.
///
/// # Errors
/// A field that is not what the page sends.
pub(super) fn meant<T: DeserializeOwned>(typed: &Typed) -> Result<T, Problem> {
    let unreadable = |error: String| Problem::invalid(format!("the form: {error}"));
    let text = serde_html_form::to_string(typed).map_err(|error| unreadable(error.to_string()))?;
    serde_html_form::from_str(&text).map_err(|error| unreadable(error.to_string()))
}

impl Kept {
    /// What comes back of a form that will not do.
    ///
    /// # Errors
    /// The problem itself where it is none of what was typed, or of how things stand by now.
    pub(super) fn of(typed: &Typed, problem: Problem) -> Result<Kept, Problem> {
        let (status, refused) = (problem.status_code(), Some(problem.clone()));
        Ok(Kept { status, refused, ..Kept::stopped(typed, Stop::from(problem))? })
    }

    /// The same of a form whose fault is known already.
    ///
    /// # Errors
    /// The problem that is none of what was typed.
    pub(super) fn stopped(typed: &Typed, stop: Stop) -> Result<Kept, Problem> {
        match stop {
            Stop::Fault(fault) => {
                Ok(Kept { typed: Values::typed(typed), fault: Some(fault), status: StatusCode::UNPROCESSABLE_ENTITY, refused: None })
            }
            Stop::Problem(problem) => Err(problem),
        }
    }

    /// What comes back of a form that would do.
    pub(super) fn looked_at(typed: &Typed) -> Kept {
        Kept { typed: Values::typed(typed), fault: None, status: StatusCode::OK, refused: None }
    }

    /// All that was typed.
    pub(super) fn values(&self) -> &Values {
        &self.typed
    }

    /// Why it will not do.
    pub(super) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// What a form leads to: on, or to its page again where something of it will not do.
    ///
    /// # Errors
    /// The problem that is none of what was typed; those of the page.
    pub(super) async fn answered<F>(done: Result<(), Stop>, typed: &Typed, on: Landing, page: impl FnOnce(Kept) -> F) -> Result<Response, Problem>
    where
        F: Future<Output = Result<Page, Problem>>,
    {
        let Err(stop) = done else { return Ok(on.into_response()) };
        let kept = Kept::stopped(typed, stop)?;
        let status = kept.status;
        Ok((status, page(kept).await?).into_response())
    }

    /// The page with the form on it, as what it is: no success where it will not do.
    pub(super) fn answer(&self, page: Page) -> Response {
        (self.status, page).into_response()
    }

    /// The fault in the visitor's words.
    fn said(&self, w: &Words, fault: &Fault) -> Markup {
        let said = fault.said.as_str();
        self.refused.as_ref().map_or_else(|| html! { (said) }, |problem| told::in_a_line(w, problem, said))
    }

    /// What was typed into a field.
    pub(super) fn typed(&self, name: &str) -> &str {
        self.typed.one(name)
    }
}

/// A form as it is shown: fresh, or as it was sent.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a>(pub(super) Option<&'a Kept>);

impl<'a> Shown<'a> {
    /// Was it sent before?
    pub(super) fn is_back(self) -> bool {
        self.0.is_some()
    }

    /// What stands in a field; this in a fresh form.
    pub(super) fn value(self, name: &str, fresh: &'a str) -> &'a str {
        self.0.map_or(fresh, |kept| kept.typed(name))
    }

    /// Is this chosen, or ticked; this in a fresh form?
    pub(super) fn is_chosen(self, name: &str, value: &str, fresh: bool) -> bool {
        self.0.map_or(fresh, |kept| kept.typed.all(name).iter().any(|one| one == value))
    }

    /// Why it will not do, above the form.
    pub(super) fn why(self, w: &Words) -> Markup {
        html! {
            @if let Some((kept, fault)) = self.0.and_then(|kept| Some((kept, kept.fault()?))) {
                p.warning #fault role="alert" tabindex="-1" { (w.say("fault-not-done")) " " (kept.said(w, fault)) }
            }
        }
    }

    /// `true` where the fault is this field's.
    pub(super) fn invalid(self, name: &str) -> Option<&'static str> {
        self.0.and_then(Kept::fault).filter(|fault| fault.field.as_deref() == Some(name)).map(|_| "true")
    }

    /// What says the fault of this field.
    pub(super) fn described(self, name: &str) -> Option<&'static str> {
        self.invalid(name).map(|_| "fault")
    }
}
