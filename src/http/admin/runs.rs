//! Runs of the allocator over a day, and the day's sheet.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::alloc::Profile;
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::operations::{self, RunOptions, Told};
use crate::sheet;
use crate::store::{DayView, RunRow, RunStatus};

/// A run.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RunView {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Which local day.
    #[schema(format = Date)]
    pub date: String,
    /// What it was for.
    #[schema(format = "zamu-run")]
    pub kind: String,
    /// The objective.
    pub profile: String,
    /// What became of its plan.
    #[schema(format = "zamu-outcome")]
    pub status: String,
    /// Who started it.
    pub actor: String,
    /// Why it was applied or not.
    pub rationale: String,
    /// Whether every tier is proven.
    #[schema(format = "zamu-proof")]
    pub plan_status: String,
    /// Values and proven bounds, by tier.
    #[schema(value_type = Vec<Object>)]
    pub tiers: Value,
    /// Bookings that move: from whom, to whom; from nobody where it waited for somebody.
    #[schema(value_type = Vec<Object>)]
    pub diff: Value,
    /// Bookings nobody serves, with the certified reason of each.
    #[schema(value_type = Vec<Object>)]
    pub unplaced: Value,
    /// Hash of the sheet it read.
    pub input_sha256: String,
    /// When it began.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it ended.
    #[schema(format = DateTime)]
    pub finished_at: String,
    /// Milliseconds of the search.
    pub solve_ms: u64,
}

impl From<RunRow> for RunView {
    fn from(run: RunRow) -> RunView {
        RunView {
            id: run.id,
            location_id: run.location_id,
            date: run.date.to_string(),
            kind: run.kind.as_str().to_owned(),
            profile: run.profile,
            status: run.status.as_str().to_owned(),
            actor: run.actor,
            rationale: run.rationale,
            plan_status: run.plan_status,
            tiers: run.tiers,
            diff: run.diff,
            unplaced: run.unplaced,
            input_sha256: run.input_sha256,
            started_at: run.started_at.to_rfc3339(),
            finished_at: run.finished_at.to_rfc3339(),
            solve_ms: run.solve_ms,
        }
    }
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RunsAsked {
    /// The location's id.
    pub location_id: String,
    /// The local day, YYYY-MM-DD; all days where it is not given.
    #[param(format = Date)]
    pub date: Option<String>,
    /// Only those older than the run of this id: the last one of the page before.
    pub before: Option<String>,
    /// How many at most; 200 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// Most runs of an answer.
const RUNS_MAX: u32 = 200;

/// Runs of a location, of one day or of all, newest first.
#[utoipa::path(get, path = "/admin/v1/runs", tag = "day", params(RunsAsked), responses((status = 200, body = Vec<RunView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<RunsAsked>) -> Result<Json<Vec<RunView>>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let date = asked.0.date.as_deref().map(|text| ask::date("date", text)).transpose()?;
    let limit = asked.0.limit.unwrap_or(RUNS_MAX);
    if !(1..=RUNS_MAX).contains(&limit) {
        return Err(Problem::invalid(format!("limit: {limit}; expected 1 to {RUNS_MAX}")));
    }
    if let Some(before) = &asked.0.before
        && app.run(&caller, before).await?.location_id != location.id
    {
        return Err(Problem::not_found("run of that location", before));
    }
    let runs = app.store.runs(&location.id, date, asked.0.before.as_deref(), limit).await?;
    Ok(Json(runs.into_iter().map(RunView::from).collect()))
}

/// One run.
#[utoipa::path(get, path = "/admin/v1/runs/{id}", tag = "day", params(("id" = String, Path)), responses((status = 200, body = RunView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id) -> Result<Json<RunView>, Problem> {
    Ok(Json(app.run(&caller, &id.0).await?.into()))
}

/// What a run is for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunFor {
    /// The nightly run, on demand.
    Night,
    /// After a change: as few moves as possible, and told customers may be moved at the profile's price.
    Repair,
}

/// A run that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunGiven {
    /// Where.
    pub location_id: String,
    /// Which local day.
    #[schema(format = Date)]
    pub date: String,
    /// What it is for; the nightly run where it is not given.
    pub kind: Option<RunFor>,
    /// Another profile than the tenant's.
    #[schema(format = "zamu-profile")]
    pub profile: Option<String>,
    /// Only say what would happen.
    #[serde(default)]
    pub dry_run: bool,
    /// Seconds the search may take.
    #[schema(minimum = 0.1, maximum = 25)]
    pub time_limit_s: Option<f64>,
}

/// Allocates a day anew, and applies the plan where the day is broken or the gain is worth it.
#[utoipa::path(post, path = "/admin/v1/runs", tag = "day", request_body = RunGiven, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = RunView), Faults))]
pub async fn make(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<RunGiven>) -> Result<(StatusCode, Json<RunView>), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &body.location_id).await?;
    let date = ask::date("date", &body.date)?;
    let actor = caller.actor();
    let mut options = match body.kind.unwrap_or(RunFor::Night) {
        RunFor::Night => RunOptions::night(&actor),
        RunFor::Repair => RunOptions::repair(&actor, Told::MayMove),
    };
    if let Some(name) = &body.profile {
        let names = shipped_names();
        let profile =
            Profile::shipped(name).ok_or_else(|| Problem::invalid(format!("profile: there is no profile {name:?}; expected one of {names}")))?;
        options.profile = Some(profile);
    }
    let seconds = body.time_limit_s.unwrap_or(20.0);
    if !(0.1..=25.0).contains(&seconds) {
        return Err(Problem::invalid("time_limit_s: expected 0.1 to 25 seconds; longer searches are for the nightly job"));
    }
    options.dry_run = body.dry_run;
    options.time_limit_s = Some(seconds);
    options.searches = Some(app.searches.clone());
    let inner: &App = &app;
    let view: RunView = once
        .noted(inner, async move {
            let (store, clock) = (inner.store.as_ref(), inner.clock.as_ref());
            let report = operations::optimize(store, clock, &location.id, date, &options).await?;
            if report.run.status == RunStatus::Applied {
                // Who is given people after the cutoff is told at once.
                operations::cutoff::finalize_if_past(store, clock, &location.id, date, &actor).await?;
            }
            for (tier, base) in report.plan.tiers.iter().zip(&report.plan.baseline.tiers) {
                metrics::histogram!("optimizer_score_delta", "tier" => tier.name.clone()).record(base.value - tier.value);
            }
            Ok(RunView::from(report.run))
        })
        .await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// The profiles there are, in words.
pub(super) fn shipped_names() -> String {
    Profile::shipped_texts().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Where and on which day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SheetAsked {
    /// The location's id.
    pub location_id: String,
    /// The local day, YYYY-MM-DD.
    #[param(format = Date)]
    pub date: String,
}

/// The day's sheet as a `zamu.sheet/1` document, as any other solver or checker reads it.
#[utoipa::path(get, path = "/admin/v1/sheet", tag = "day", params(SheetAsked), responses((status = 200, body = Object, content_type = "application/json"), Faults))]
pub async fn sheet(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<SheetAsked>) -> Result<impl IntoResponse, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let date = ask::date("date", &asked.0.date)?;
    let day = app.store.day(&location.id, date, DayView::Live).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], sheet::write::to_json(&day.sheet)))
}
