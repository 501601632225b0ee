//! What-ifs: asked, followed, called off, and one of their days made real.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use chrono::{DateTime, Utc};
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};

use super::hours::Nothing;
use super::runs::RunView;
use crate::domain::id;
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::Sent;
use crate::http::page::PageParams;
use crate::http::problem::{Faults, Problem};
use crate::operations::whatif::{self, DAYS_MAX, Look, Meant, Promotion};
use crate::scenario::Study;
use crate::store::{LocationRow, NewWhatIf, StoreErrorKind, WhatIfRow, WhatIfState};

/// Days that one what-if may solve: cases by seeds by days, and the base.
const SOLVED_MAX: usize = 2_000;
/// What-ifs of a tenant that may be open at a time.
const OPEN_MAX: u32 = 5;
/// Name of the events before the last.
pub const PROGRESS: &str = "progress";
/// Between two looks how far a what-if is.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Looks in a row that may fail before a stream of progress ends.
const LOOKS_FAILED_MAX: u32 = 20;

/// A what-if.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIfView {
    /// Identifier.
    pub id: String,
    /// Whose days.
    pub location_id: String,
    /// First local day of the base.
    #[schema(format = Date)]
    pub from: String,
    /// Its last.
    #[schema(format = Date)]
    pub to: String,
    /// Where it stands.
    #[schema(format = "zamu-whatif")]
    pub state: String,
    /// Days solved so far.
    pub days_done: u32,
    /// Of how many; 0 before that is known.
    pub days_total: u32,
    /// Somebody wants it to end.
    pub cancel_asked: bool,
    /// Why it failed.
    pub error: Option<String>,
    /// Who asked.
    pub actor: String,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When somebody last began with it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A what-if with what was asked and, once it is done, what came out.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIfWholeView {
    /// How it stands.
    #[serde(flatten)]
    pub whatif: WhatIfView,
    /// The scenario as it is run.
    #[schema(value_type = Object)]
    pub scenario: Value,
    /// The study: every case beside the base, day by day and together.
    #[schema(value_type = Option<Object>)]
    pub study: Option<Value>,
}

impl From<WhatIfRow> for WhatIfView {
    fn from(row: WhatIfRow) -> WhatIfView {
        WhatIfView {
            id: row.id,
            location_id: row.location_id,
            from: row.from.to_string(),
            to: row.to.to_string(),
            state: row.state.as_str().to_owned(),
            days_done: row.days_done,
            days_total: row.days_total,
            cancel_asked: row.cancel_asked,
            error: row.error,
            actor: row.actor,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}

/// A what-if that is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIfGiven {
    /// Whose days.
    pub location_id: String,
    /// First local day of the base, YYYY-MM-DD.
    #[schema(format = Date)]
    pub from: String,
    /// Its last, YYYY-MM-DD.
    #[schema(format = Date)]
    pub to: String,
    /// The scenario: the document of a scenario file as JSON, without a base. The tenant's profile where it names none.
    #[schema(value_type = Object)]
    pub scenario: Map<String, Value>,
}

/// Asks a what-if over days of a location, past ones or ones to come. It is worked out in the background and changes nothing that lives. All faults
/// of a scenario are answered at once. At most 2,000 days are solved (cases by seeds by days, and the base), and five of a tenant may be open at a
/// time.
#[utoipa::path(post, path = "/admin/v1/whatifs", tag = "what-ifs", request_body = WhatIfGiven, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 202, body = WhatIfView, headers(("Location" = String, description = "Where it is"))), Faults))]
pub async fn ask(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<WhatIfGiven>) -> Result<impl IntoResponse, Problem> {
    let row = Box::pin(asked(&app, &caller, sent)).await?;
    let place = HeaderValue::from_str(&format!("/admin/v1/whatifs/{}", row.id)).unwrap_or(HeaderValue::from_static("/admin/v1/whatifs"));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(WhatIfView::from(row))))
}

/// Checks what is asked and puts it on the list.
///
/// # Errors
/// Everything that is wrong with it; it asks for too much; too many are open.
pub(in crate::http) async fn asked(app: &App, caller: &Caller, sent: Sent<WhatIfGiven>) -> Result<WhatIfRow, Problem> {
    let Sent { body, once } = sent;
    let location = app.location(caller, &body.location_id).await?;
    let (from, to) = (ask::date("from", &body.from)?, ask::date("to", &body.to)?);
    if to < from || (to - from).num_days() >= DAYS_MAX {
        return Err(Problem::invalid(format!("from {from} to {to}: expected 1 to {DAYS_MAX} days, the last not before the first")));
    }
    if body.scenario.contains_key("base") {
        return Err(Problem::invalid("scenario.base: the base is what location_id, from and to say; leave it out"));
    }
    let tenant = app.store.tenant(&location.tenant_id).await?;
    let scenario = whatif::with_profile(Value::Object(body.scenario), &tenant.profile);
    let read = whatif::read(&scenario).map_err(|faults| {
        let each = faults.faults.0.iter().map(|fault| serde_json::json!({"path": fault.path, "message": fault.message}));
        Problem::invalid(faults.to_string()).with("faults", each.collect::<Vec<_>>())
    })?;
    let booked = app.store.days_with_bookings(&location.id, from, to).await?.len();
    if booked == 0 {
        return Err(Problem::invalid(format!("nothing is booked at {} from {from} to {to}; choose days with bookings", location.name)));
    }
    let solved = whatif::days_to_solve(&read, booked);
    if solved > SOLVED_MAX {
        let detail =
            format!("it asks for {solved} days (cases by seeds by days, and the base); expected at most {SOLVED_MAX}: ask for less at a time");
        return Err(Problem::new("WHATIF_TOO_LARGE", detail).with("limit", SOLVED_MAX));
    }
    let new = NewWhatIf {
        id: id::new_id(app.clock.now()),
        tenant_id: location.tenant_id,
        location_id: location.id,
        from,
        to,
        scenario,
        actor: caller.actor(),
        at: app.clock.now(),
    };
    once.run(app, None, |store| async move {
        let asked = store.ask_whatif(&new, OPEN_MAX).await?;
        asked.ok_or_else(|| {
            let detail = format!("{OPEN_MAX} what-ifs are open already, which is as many as may be; wait until one is done, or call one off");
            Problem::new("WHATIFS_OPEN", detail).with("limit", OPEN_MAX)
        })
    })
    .await
}

/// Which what-ifs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this location; of all of the tenant's where it is not given.
    pub location_id: Option<String>,
    /// Where the page before ended, as its `next` says.
    pub cursor: Option<String>,
    /// How many at most; 50 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// A page of what-ifs.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIfsPage {
    /// Newest first.
    pub whatifs: Vec<WhatIfView>,
    /// `cursor` of the next page; none when this is the last.
    pub next: Option<String>,
}

/// The what-ifs of the last month, newest first, page by page.
#[utoipa::path(get, path = "/admin/v1/whatifs", tag = "what-ifs", params(Filter), responses((status = 200, body = WhatIfsPage), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<Filter>) -> Result<Json<WhatIfsPage>, Problem> {
    let asked = asked.0;
    let limit = PageParams::read(None, asked.limit)?.limit;
    let location = match asked.location_id.as_ref().or(caller.location.as_ref()) {
        Some(id) => Some(app.location(&caller, id).await?.id),
        None => None,
    };
    let before = asked.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let rows = app.store.whatifs(&caller.tenant, location.as_deref(), before, limit).await?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.id.clone());
    Ok(Json(WhatIfsPage { whatifs: rows.into_iter().map(WhatIfView::from).collect(), next }))
}

/// A what-if that the caller may see, and where it is.
///
/// # Errors
/// There is none of this id, or it is somebody else's.
pub(in crate::http) async fn found(app: &App, caller: &Caller, id: &str) -> Result<(WhatIfRow, LocationRow), Problem> {
    let unknown = || Problem::not_found("what-if", id);
    let row = match app.store.whatif(id).await {
        Ok(row) => row,
        Err(error) if error.kind() == StoreErrorKind::NotFound => return Err(unknown()),
        Err(error) => return Err(error.into()),
    };
    let location = app.location(caller, &row.location_id).await.map_err(|_| unknown())?;
    Ok((row, location))
}

/// How far a what-if is, and its study once it is done.
#[utoipa::path(get, path = "/admin/v1/whatifs/{id}", tag = "what-ifs", params(("id" = String, Path)), responses((status = 200, body = WhatIfWholeView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id) -> Result<Json<WhatIfWholeView>, Problem> {
    let (row, _) = found(&app, &caller, &id.0).await?;
    let study = if row.state == WhatIfState::Done { app.store.whatif_study(&row.id).await? } else { None };
    Ok(Json(WhatIfWholeView { scenario: row.scenario.clone(), study, whatif: row.into() }))
}

/// The study of a what-if.
///
/// # Errors
/// It is not done.
pub(in crate::http) async fn study(app: &App, row: &WhatIfRow) -> Result<Study, Problem> {
    match app.store.whatif_study(&row.id).await? {
        Some(study) => serde_json::from_value(study).map_err(|error| Problem::new("INTERNAL", format!("the study on file: {error}"))),
        None => Err(Problem::new("WHATIF_NOT_DONE", format!("this what-if is {} and has no study", row.state.as_str()))),
    }
}

/// What whoever follows a what-if hears: one server-sent event.
#[derive(ToSchema)]
pub struct WhatIfEvent {
    /// `progress`, or how it ended.
    #[schema(format = "zamu-whatif-event")]
    pub event: String,
    /// The what-if as it stands, without its study, as JSON.
    #[schema(content_media_type = "application/json")]
    pub data: String,
}

/// Follows a what-if as server-sent events: `progress` whenever it is further, and at the end one of `done`, `failed` and `cancelled`. Each carries the
/// what-if as it stands, without its study.
#[utoipa::path(get, path = "/admin/v1/whatifs/{id}/events", tag = "what-ifs", params(("id" = String, Path)), responses((status = 200, body = WhatIfEvent, content_type = "text/event-stream"), Faults))]
pub async fn events(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    ending: Option<Extension<CancellationToken>>,
    id: Id,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    let (row, _) = found(&app, &caller, &id.0).await?;
    let ending = ending.map_or_else(CancellationToken::new, |ending| ending.0);
    let mut followed = Followed { app: app.0.clone(), ending, id: id.0, told: None, ready: VecDeque::new(), failed: 0, is_over: false };
    followed.look_at(row);
    let events = stream::unfold(followed, |mut followed| async move {
        let event = followed.next().await?;
        Some((Ok(event), followed))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// A what-if that somebody follows.
struct Followed {
    app: Arc<App>,
    /// Raised when the service is to end: whoever follows comes again, to another.
    ending: CancellationToken,
    id: String,
    /// How it stood when it was last told.
    told: Option<(WhatIfState, u32, u32, bool)>,
    ready: VecDeque<Event>,
    failed: u32,
    is_over: bool,
}

impl Followed {
    /// Makes an event of what is news.
    fn look_at(&mut self, row: WhatIfRow) {
        let now = (row.state, row.days_done, row.days_total, row.cancel_asked);
        if self.told == Some(now) {
            return;
        }
        self.told = Some(now);
        self.is_over = row.state.is_ended();
        let name = if self.is_over { row.state.as_str() } else { PROGRESS };
        let data = serde_json::to_string(&WhatIfView::from(row)).unwrap_or_default();
        self.ready.push_back(Event::default().event(name).data(data));
    }

    /// The next event; `None` after the last.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            tokio::select! {
                () = self.ending.cancelled() => return None,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            match self.app.store.whatif(&self.id).await {
                Ok(row) => {
                    self.failed = 0;
                    self.look_at(row);
                }
                Err(error) => {
                    self.failed += 1;
                    if error.kind() == StoreErrorKind::NotFound || self.failed >= LOOKS_FAILED_MAX {
                        return None;
                    }
                }
            }
        }
    }
}

/// Calls a what-if off. Whoever works on it ends within moments. Twice changes nothing, and one that has ended stays as it is.
#[utoipa::path(post, path = "/admin/v1/whatifs/{id}/cancel", tag = "what-ifs", request_body = Nothing, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 200, body = WhatIfView), Faults))]
pub async fn cancel(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<Nothing>) -> Result<Json<WhatIfView>, Problem> {
    Ok(Json(called_off(&app, &caller, &id.0, sent).await?.into()))
}

/// Calls a what-if of the caller's off.
///
/// # Errors
/// There is none of this id, or it is somebody else's.
pub(in crate::http) async fn called_off(app: &App, caller: &Caller, id: &str, sent: Sent<Nothing>) -> Result<WhatIfRow, Problem> {
    let (row, _) = found(app, caller, id).await?;
    let at = app.clock.now();
    sent.once.run(app, None, |store| async move { Ok(store.cancel_whatif(&row.id, at).await?) }).await
}

/// A day of a what-if that is to be made real.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionGiven {
    /// Label of the case; needed where there are several.
    pub case: Option<String>,
    /// Seed of the draw; the first where it is not given.
    pub seed: Option<u64>,
    /// Which local day, YYYY-MM-DD.
    #[schema(format = Date)]
    pub date: String,
    /// Why, for the history.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: Option<String>,
}

/// Makes one solved day of a what-if real, as a nightly run would: with its history, its events and its messages. The day is solved again; where it is
/// not what the what-if saw, or the plan needs what is so only in the what-if, nothing is written, and `missing` says what makes each of it so.
#[utoipa::path(post, path = "/admin/v1/whatifs/{id}/promote", tag = "what-ifs", request_body = PromotionGiven, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 200, body = RunView), Faults))]
pub async fn promote(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<PromotionGiven>) -> Result<Json<RunView>, Problem> {
    Ok(Json(promoted(&app, &caller, &id.0, sent).await?))
}

impl PromotionGiven {
    /// Which day of the study it is.
    fn meant(&self) -> Result<Meant, Problem> {
        Ok(Meant { case: self.case.clone(), seed: self.seed, date: ask::date("date", &self.date)? })
    }
}

/// Makes one solved day of a what-if of the caller's real.
///
/// # Errors
/// There is none of this id, or it is somebody else's; it is not done, or has no such day; the day was changed; the plan needs what is not so.
pub(in crate::http) async fn promoted(app: &App, caller: &Caller, id: &str, sent: Sent<PromotionGiven>) -> Result<RunView, Problem> {
    let Sent { body, once } = sent;
    let (row, _) = found(app, caller, id).await?;
    let meant = body.meant()?;
    let why = body.reason.as_deref().map_or(Ok("promoted".to_owned()), |reason| super::name("reason", reason))?;
    let actor = caller.actor();
    once.noted(app, async move {
        let promotion = solved_again(app, &row, &meant, (&actor, &why)).await?;
        match whatif::promote(app.store.as_ref(), app.clock.as_ref(), &promotion).await? {
            Ok(report) => Ok(RunView::from(report.run)),
            Err(unreal) => Err(Problem::new("NOT_REAL", unreal.to_string()).with("missing", unreal.missing)),
        }
    })
    .await
}

/// What making one solved day of a what-if real would do.
///
/// # Errors
/// Those of [`promoted`].
pub(in crate::http) async fn looked_at(app: &App, caller: &Caller, id: &str, body: &PromotionGiven) -> Result<Look, Problem> {
    let (row, _) = found(app, caller, id).await?;
    let promotion = solved_again(app, &row, &body.meant()?, (&caller.actor(), "looked at")).await?;
    Ok(whatif::look(app.store.as_ref(), app.clock.as_ref(), &promotion).await?)
}

async fn solved_again(app: &App, row: &WhatIfRow, meant: &Meant, by: (&str, &str)) -> Result<Promotion, Problem> {
    let study = study(app, row).await?;
    // One of those who search takes a core.
    let _turn = app.searches.acquire().await.ok();
    Ok(whatif::again(app.store.as_ref(), app.clock.as_ref(), row, &study, meant, by).await?)
}
