//! The needs-attention queue.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::hours::Nothing;
use super::{At, AtDay, name};
use crate::alloc::Limits;
use crate::alloc::explain::repairs::{Change, Repair};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::operations::RunOptions;
use crate::operations::assign::{Candidate, Override};
use crate::operations::attention::act::{self, Settled};
use crate::operations::attention::{Case, age_minutes, case};
use crate::store::{AttentionRow, Stamp};

/// Seconds that looking for repairs may take.
const LOOK_S: f64 = 15.0;

/// Something a person has to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttentionView {
    /// Identifier.
    pub id: String,
    /// Which local day.
    #[schema(format = Date)]
    pub date: String,
    /// Which booking.
    pub booking_id: String,
    /// A stable word: `unplaced`, `no-contact`.
    pub code: String,
    /// Why.
    pub reason: String,
    /// What proves it: a certified reason as a plan has it, where there is one.
    #[schema(value_type = Option<Object>)]
    pub witness: Option<Value>,
    /// Since when.
    #[schema(format = DateTime)]
    pub created_at: DateTime<Utc>,
    /// Minutes since then.
    pub age_minutes: i64,
    /// How often it was tried again since.
    pub attempts: u32,
    /// When it was last tried again.
    #[schema(format = DateTime)]
    pub tried_at: Option<DateTime<Utc>>,
    /// When the customer was asked.
    #[schema(format = DateTime)]
    pub asked_at: Option<DateTime<Utc>>,
}

impl AttentionView {
    fn of(row: AttentionRow, now: DateTime<Utc>) -> AttentionView {
        AttentionView {
            age_minutes: age_minutes(&row, now),
            id: row.id,
            date: row.date.to_string(),
            booking_id: row.booking_id,
            code: row.code,
            reason: row.reason,
            witness: row.witness,
            created_at: row.created_at,
            attempts: row.attempts,
            tried_at: row.tried_at,
            asked_at: row.asked_at,
        }
    }
}

/// What needs attention at a location, on one day or on all, oldest first.
#[utoipa::path(get, path = "/admin/v1/attention", tag = "day", params(AtDay), responses((status = 200, body = Vec<AttentionView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<AtDay>) -> Result<Json<Vec<AttentionView>>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let date = asked.0.date.as_deref().map(|text| ask::date("date", text)).transpose()?;
    let now = app.clock.now();
    Ok(Json(app.store.open_attention(&location.id, date).await?.into_iter().map(|row| AttentionView::of(row, now)).collect()))
}

/// Somebody who might serve it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateView {
    /// Who, by id.
    pub person_id: String,
    /// Their name.
    pub name: String,
    /// They may, and they are free.
    pub is_free: bool,
    /// What keeps them from it: `qualification`, `gender`, `shift`, `block`, `party`.
    pub rules: Vec<String>,
    /// Bookings they are with at that time.
    pub busy_with: Vec<String>,
    /// A manager may give it to them all the same.
    pub can_be_overridden: bool,
    /// Minutes they serve that day.
    pub load_minutes: i64,
}

impl From<Candidate> for CandidateView {
    fn from(one: Candidate) -> CandidateView {
        CandidateView {
            is_free: one.is_free(),
            can_be_overridden: one.can_be_overridden(),
            person_id: one.resource_id,
            name: one.name,
            rules: one.rules.iter().map(|rule| rule.as_str().to_owned()).collect(),
            busy_with: one.busy_with,
            load_minutes: one.load_minutes,
        }
    }
}

/// A change after which it is served and nobody is dropped: solved again, and priced.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepairView {
    /// What is to be done, in a sentence.
    pub sentence: String,
    /// The same for `accept`.
    #[schema(value_type = Object)]
    pub change: Value,
    /// All smaller changes of its kind were proven useless.
    pub smallest: bool,
    /// What it does to each tier: name, value before, and what it is at most after.
    #[schema(value_type = Vec<Object>)]
    pub tiers: Value,
    /// Other bookings that are served as well.
    pub also_places: Vec<String>,
    /// Bookings that somebody else serves after it.
    #[schema(value_type = Vec<Object>)]
    pub moves: Value,
}

impl From<Repair> for RepairView {
    fn from(repair: Repair) -> RepairView {
        RepairView {
            sentence: repair.sentence,
            change: json!(repair.change),
            smallest: repair.smallest,
            tiers: json!(repair.tiers),
            also_places: repair.also_places,
            moves: json!(repair.moves),
        }
    }
}

/// Something a person has to look at, with everything that helps to decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// As it stands in the queue.
    pub attention: AttentionView,
    /// When, what and who, in a line.
    pub line: String,
    /// The version of the day that all this is about, for `accept`.
    pub day_version: i64,
    /// There is room by now: `requeue` is enough.
    pub has_room: bool,
    /// Everybody who might serve it, best first.
    pub candidates: Vec<CandidateView>,
    /// What would place it, least disturbing first.
    pub repairs: Vec<RepairView>,
    /// No other change of these kinds places it.
    pub repairs_complete: bool,
}

impl CaseView {
    fn of(case: Case, now: DateTime<Utc>) -> CaseView {
        let (complete, repairs) = case.repairs.map_or((true, Vec::new()), |found| (found.complete, found.repairs));
        CaseView {
            attention: AttentionView::of(case.row, now),
            line: case.line,
            day_version: case.day_version,
            has_room: case.has_room,
            candidates: case.candidates.into_iter().map(CandidateView::from).collect(),
            repairs: repairs.into_iter().map(RepairView::from).collect(),
            repairs_complete: complete,
        }
    }
}

/// The row of this id, where it is the caller's to see.
async fn row(app: &App, caller: &Caller, id: &str, at: &At) -> Result<AttentionRow, Problem> {
    let location = app.location(caller, &at.location_id).await?;
    match app.store.attention(id).await {
        Ok(row) if row.location_id == location.id => Ok(row),
        Ok(_) => Err(Problem::not_found("row of the needs-attention queue", id)),
        Err(error) => Err(error.into()),
    }
}

/// One row: why, who might serve it, and what would place it, searched for now on the day as it stands.
#[utoipa::path(get, path = "/admin/v1/attention/{id}", tag = "day", params(("id" = String, Path), At), responses((status = 200, body = CaseView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, at: Asked<At>) -> Result<Json<CaseView>, Problem> {
    let row = row(&app, &caller, &id.0, &at.0).await?;
    let _turn = app.searches.acquire().await;
    let case = case(app.store.as_ref(), app.clock.as_ref(), &row.id, &Limits::default(), LOOK_S).await?;
    Ok(Json(CaseView::of(case, app.clock.now())))
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SettledView {
    /// Which booking.
    pub booking_id: String,
    /// Where it stands now.
    #[schema(format = "zamu-state")]
    pub state: String,
    /// Who serves it now.
    pub people: Vec<String>,
    /// It needs nobody's attention any more.
    pub settled: bool,
    /// What was done.
    pub said: String,
}

impl From<Settled> for SettledView {
    fn from(settled: Settled) -> SettledView {
        SettledView {
            booking_id: settled.booking.id,
            state: settled.booking.state.as_str().to_owned(),
            people: settled.booking.resources,
            settled: settled.settled,
            said: settled.said,
        }
    }
}

/// A repair that is accepted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Its `change`, as it was shown.
    #[schema(value_type = Object)]
    pub change: Value,
    /// Only on the day that it was shown for: its `day_version`.
    pub day_version: Option<i64>,
    /// What a temp is called.
    #[schema(max_length = 200)]
    pub name: Option<String>,
}

/// Carries a repair out: the house or the booking is changed as it says, and the day is repaired.
#[utoipa::path(post, path = "/admin/v1/attention/{id}/accept", tag = "day", request_body = Accepted, params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = SettledView), Faults))]
pub async fn accept(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Id,
    at: Asked<At>,
    sent: Sent<Accepted>,
) -> Result<Json<SettledView>, Problem> {
    let Sent { body, once } = sent;
    let row = row(&app, &caller, &id.0, &at.0).await?;
    let change: Change =
        serde_json::from_value(body.change).map_err(|error| Problem::invalid(format!("change: {error}; expected one as the row shows it")))?;
    let temp = body.name.as_deref().map(|text| name("name", text)).transpose()?;
    let by = by(&app, &caller);
    let inner: &App = &app;
    let done: SettledView = once
        .noted(inner, async move {
            let (store, clock) = (inner.store.as_ref(), inner.clock.as_ref());
            Ok(act::accept(store, clock, &row.id, &change, body.day_version, temp.as_deref(), &by).await?.into())
        })
        .await?;
    Ok(Json(done))
}

fn by(app: &App, caller: &Caller) -> RunOptions {
    RunOptions { searches: Some(app.searches.clone()), ..act::by(&caller.actor()) }
}

/// Whom it is given to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// People or tables, as many as it asks for.
    #[schema(min_items = 1, max_items = 20)]
    pub people: Vec<String>,
    /// Why.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
    /// Why they may although they lack a qualification or are not of the wished gender; for managers.
    #[serde(rename = "override")]
    #[schema(min_length = 1, max_length = 200)]
    pub overriding: Option<String>,
}

/// Gives it to somebody by hand.
#[utoipa::path(post, path = "/admin/v1/attention/{id}/assign", tag = "day", request_body = Given, params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = SettledView), Faults))]
pub async fn assign(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, at: Asked<At>, sent: Sent<Given>) -> Result<Json<SettledView>, Problem> {
    let Sent { body, once } = sent;
    let row = row(&app, &caller, &id.0, &at.0).await?;
    if body.people.is_empty() || body.people.len() > 20 {
        return Err(Problem::invalid("people: expected 1 to 20 ids"));
    }
    if body.overriding.is_some() && !caller.may_override() {
        return Err(Problem::new("FORBIDDEN", "override: only a manager may give a booking to somebody the rules keep from it"));
    }
    let (reason, why) = (name("reason", &body.reason)?, body.overriding.as_deref().map(|text| name("override", text)).transpose()?);
    let by = by(&app, &caller);
    let inner: &App = &app;
    let done: SettledView = once
        .noted(inner, async move {
            let people: Vec<&str> = body.people.iter().map(String::as_str).collect();
            let overriding = why.as_deref().map(|why| Override { why });
            Ok(act::give(inner.store.as_ref(), inner.clock.as_ref(), &row.id, &people, overriding, &reason, &by).await?.into())
        })
        .await?;
    Ok(Json(done))
}

/// What to do about a row.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// Ask the customer what would suit them instead; it stays in the queue until they have answered.
    Ask,
    /// Call the booking off; its customer is told.
    Cancel,
    /// Try again now.
    Requeue,
    /// Let the booking stand although nobody serves it yet; it stays in the queue.
    Confirm,
}

/// What is to be done, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What.
    pub action: Deed,
    /// Why.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: Option<String>,
}

/// Asks the customer, calls the booking off, tries again, or lets it stand.
#[utoipa::path(post, path = "/admin/v1/attention/{id}/act", tag = "day", request_body = Wanted, params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = SettledView), Faults))]
pub async fn act(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, at: Asked<At>, sent: Sent<Wanted>) -> Result<Json<SettledView>, Problem> {
    let Sent { body, once } = sent;
    let row = row(&app, &caller, &id.0, &at.0).await?;
    let reason = body.reason.as_deref().map(|text| name("reason", text)).transpose()?.unwrap_or_else(|| "decided by staff".to_owned());
    let by = by(&app, &caller);
    let inner: &App = &app;
    let done: SettledView = once
        .noted(inner, async move {
            let (store, clock, id) = (inner.store.as_ref(), inner.clock.as_ref(), row.id.as_str());
            let settled = match body.action {
                Deed::Ask => act::ask(store, clock, id, &by).await?,
                Deed::Cancel => act::cancel(store, clock, id, &reason, &by).await?,
                Deed::Requeue => act::requeue(store, clock, id, &by).await?,
                Deed::Confirm => act::confirm(store, clock, id, &reason, &by).await?,
            };
            Ok(settled.into())
        })
        .await?;
    Ok(Json(done))
}

/// How it was settled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// In words, for whoever looks later.
    #[schema(min_length = 1, max_length = 200)]
    pub resolution: String,
}

/// Settles a row of the queue by hand.
#[utoipa::path(post, path = "/admin/v1/attention/{id}/resolve", tag = "day", request_body = Resolution, params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = Nothing), Faults))]
pub async fn resolve(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Id,
    at: Asked<At>,
    sent: Sent<Resolution>,
) -> Result<Json<Nothing>, Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &at.0.location_id).await?;
    let stamp = Stamp::new(&caller.actor(), app.clock.now(), &name("resolution", &body.resolution)?);
    let inner: &App = &app;
    let done = Nothing {};
    once.run(inner, Some(&done), |store| async move {
        if !inner.store.open_attention(&location.id, None).await?.iter().any(|row| row.id == id.0) {
            return Err(Problem::not_found("open attention row", &id.0));
        }
        store.resolve_attention(&id.0, &stamp).await?;
        Ok(Nothing {})
    })
    .await?;
    Ok(Json(Nothing {}))
}
