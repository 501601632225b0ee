//! What is done about a row of the queue.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::super::form::{Filled, Landing, filled};
use super::super::visit::Visit;
use super::{Shown, drawn, row};
use crate::alloc::explain::repairs::Change;
use crate::http::admin;
use crate::http::app::{App, Caller};
use crate::http::problem::Problem;
use crate::operations::RunOptions;
use crate::operations::assign::Override;
use crate::operations::attention::act::{self, Settled};
use crate::store::{AttentionRow, Stamp, StoreError, StoreErrorKind};

/// What a form asks for.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    deed: Deed,
    /// A repair as it was shown.
    change: Option<String>,
    /// The day's version that it was shown for.
    version: Option<i64>,
    /// What a temp is called.
    name: Option<String>,
    /// Who gets it.
    #[serde(default)]
    people: Vec<String>,
    /// Why a manager answers for it that a rule is broken.
    overriding: Option<String>,
    /// Why.
    reason: Option<String>,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// Carry a repair out.
    Accept,
    /// Give it to people who are free.
    Assign,
    /// Try again now.
    Requeue,
    /// Ask the customer what would suit them.
    Ask,
    /// Let it stand although nobody serves it yet.
    Confirm,
    /// Call the booking off.
    Cancel,
    /// Settle the row with a word.
    Resolve,
}

/// Does it, and says on the row's page what came of it, or why it was refused.
pub async fn act(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    filled: Filled<Wanted>,
) -> Result<Response, Problem> {
    match Box::pin(acted(&app, &visit, &location, &id, filled)).await {
        Ok(landing) => Ok(landing.into_response()),
        Err(problem) if problem.is_of_the_form() => {
            let (status, shown) = (problem.status_code(), Shown { refused: Some(problem), ..Shown::default() });
            Ok((status, drawn(&app, &visit, &location, &id, &shown).await?).into_response())
        }
        Err(problem) => Err(problem),
    }
}

async fn acted(app: &App, visit: &Visit, location: &str, id: &str, filled: Filled<Wanted>) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let location = app.location(caller, location).await?;
    let row = row(app, &location.id, id).await?;
    let Filled { body, once } = filled;
    caller.answers_for(body.overriding.as_deref())?;
    let here = format!("/admin/at/{}/attention/{id}", location.id);
    once.noted(app, async move {
        match Box::pin(done(app, caller, &row, &body)).await {
            Ok(settled) => Ok(Landing::at(here).with("done", if settled { "settled" } else { "open" })),
            Err(Failed::Store(error)) if error.kind() == StoreErrorKind::Conflict => Ok(Landing::at(here).with("changed", "1")),
            Err(Failed::Store(error)) => Err(error.into()),
            Err(Failed::Asked(problem)) => Err(problem),
        }
    })
    .await
}

/// Why it was not done.
enum Failed {
    Store(StoreError),
    Asked(Problem),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Failed {
        Failed::Store(error)
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Failed {
        Failed::Asked(problem)
    }
}

/// Whether it needs nobody's attention any more.
async fn done(app: &App, caller: &Caller, row: &AttentionRow, wanted: &Wanted) -> Result<bool, Failed> {
    let by = RunOptions { searches: Some(app.searches.clone()), ..act::by(&caller.actor()) };
    let (store, clock, id) = (app.store.as_ref(), app.clock.as_ref(), row.id.as_str());
    let reason = filled(wanted.reason.as_ref()).unwrap_or_else(|| "decided by staff".to_owned());
    let reason = admin::name("reason", &reason)?;
    let settled: Settled = match wanted.deed {
        Deed::Accept => {
            let text = wanted.change.as_deref().unwrap_or_default();
            let change: Change = serde_json::from_str(text).map_err(|_| Problem::invalid("change: this is none; look at the row again"))?;
            let name = filled(wanted.name.as_ref()).map(|name| admin::name("name", &name)).transpose()?;
            act::accept(store, clock, id, &change, wanted.version, name.as_deref(), &by).await?
        }
        Deed::Assign => {
            let why = filled(wanted.overriding.as_ref()).map(|why| admin::name("override", &why)).transpose()?;
            let people: Vec<&str> = wanted.people.iter().map(String::as_str).collect();
            if people.is_empty() {
                return Err(Problem::invalid("people: choose who gets it").into());
            }
            act::give(store, clock, id, &people, why.as_deref().map(|why| Override { why }), &reason, &by).await?
        }
        Deed::Requeue => act::requeue(store, clock, id, &by).await?,
        Deed::Ask => act::ask(store, clock, id, &by).await?,
        Deed::Confirm => act::confirm(store, clock, id, &reason, &by).await?,
        Deed::Cancel => act::cancel(store, clock, id, &reason, &by).await?,
        Deed::Resolve => {
            if row.resolution.is_some() {
                return Err(StoreError::conflict(format!("the row {id} of the needs-attention queue is settled; there is nothing left to do")).into());
            }
            store.resolve_attention(id, &Stamp::new(&caller.actor(), clock.now(), &reason)).await?;
            return Ok(true);
        }
    };
    Ok(settled.settled)
}
