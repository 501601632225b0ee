//! Absences: looked at, confirmed as they were looked at, undone.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::At;
use super::hours::Nothing;
use crate::booking::person;
use crate::channels::absence::{Question, WORDS_MAX};
use crate::domain::Span;
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::operations::absence::{Absence, PlannedDay, Refusal, UndoReport, confirm_unchanged, planned_days, preview, renew, said, undo};
use crate::operations::{Groups, RunOptions, Told};
use crate::store::{AbsenceRow, LocationRow, StoreErrorKind};

/// Absences that a list shows.
const LIST_MAX: u32 = 200;
/// Seconds that looking at all days of an absence may take.
const LOOK_S: f64 = 10.0;

/// An absence.
#[derive(Debug, Serialize, ToSchema)]
pub struct AbsenceView {
    /// Identifier.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Who.
    pub person_id: String,
    /// From when.
    #[schema(format = DateTime)]
    pub start: String,
    /// Until when.
    #[schema(format = DateTime)]
    pub end: String,
    /// Why.
    pub reason: String,
    /// The sentence it was understood from.
    pub words: Option<String>,
    /// Whether customers who were told a name may be moved and told again.
    pub tell: bool,
    /// Where it stands.
    #[schema(format = "zamu-absence")]
    pub state: String,
    /// The days on which it changes something.
    pub days: Vec<AbsentDayView>,
    /// When it was looked at; it can be confirmed for ten minutes from then.
    pub previewed_at: DateTime<Utc>,
    /// By whom.
    pub previewed_by: String,
    /// The block it wrote.
    pub block_id: Option<String>,
    /// When it was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub confirmed_by: Option<String>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// By whom.
    pub undone_by: Option<String>,
    /// What undoing it did.
    pub undo: Option<UndoView>,
    /// The preview that took its place.
    pub replaced_by: Option<String>,
}

/// One local day of an absence: its bookings in four groups.
#[derive(Debug, Serialize, ToSchema)]
pub struct AbsentDayView {
    /// Which.
    #[schema(format = Date)]
    pub date: String,
    /// Bookings of the absent person.
    pub affected: Vec<String>,
    /// Served by the same as before.
    pub kept: Vec<String>,
    /// Served by others, and nobody was told a name.
    pub moved_silently: Vec<String>,
    /// Served by others than the customer was told: confirming tells them.
    pub to_be_told: Vec<String>,
    /// Served by nobody: these wait for a person.
    pub unplaced: Vec<String>,
    /// Who is moved from whom to whom.
    pub moves: Vec<MoveView>,
    /// Why somebody has to look at a booking.
    pub attention: Vec<WaitingView>,
    /// What would place those whom nobody serves, least disturbing first, each solved again.
    #[schema(value_type = Vec<Object>)]
    pub repairs: Value,
    /// Why it would be done.
    pub rationale: String,
}

/// A booking that changes hands.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveView {
    /// Which.
    pub booking_id: String,
    /// From whom.
    pub from: Vec<String>,
    /// To whom; nobody where empty.
    pub to: Vec<String>,
}

/// A booking that needs a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingView {
    /// Which.
    pub booking_id: String,
    /// A stable word.
    pub code: String,
    /// Why.
    pub reason: String,
}

/// What undoing did.
#[derive(Debug, Serialize, ToSchema)]
pub struct UndoView {
    /// Bookings that are again where they were.
    pub restored: Vec<String>,
    /// Bookings that stay where they are, and why.
    pub left: Vec<LeftView>,
}

/// A booking that undoing left alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftView {
    /// Which.
    pub booking_id: String,
    /// Why.
    pub why: String,
}

fn day_view(day: PlannedDay) -> AbsentDayView {
    let Groups { kept, moved_silently, to_be_told, unplaced } = day.groups;
    let moves = day.moves.into_iter().map(|step| MoveView { booking_id: step.booking_id, from: step.before.resources, to: step.after.resources });
    let waiting = day.attention.into_iter().map(|one| WaitingView { booking_id: one.booking_id, code: one.code, reason: one.reason });
    AbsentDayView {
        date: day.date.to_string(),
        affected: day.affected.all().cloned().collect(),
        kept,
        moved_silently,
        to_be_told,
        unplaced,
        moves: moves.filter(|step| step.from != step.to).collect(),
        attention: waiting.collect(),
        repairs: day.repairs,
        rationale: day.run.rationale,
    }
}

fn view(row: AbsenceRow, location: &LocationRow) -> Result<AbsenceView, Problem> {
    let days = planned_days(&row)?.into_iter().map(day_view).collect();
    let undo: Option<UndoReport> = row.undo.clone().and_then(|report| serde_json::from_value(report).ok());
    let undo = undo.map(|report| UndoView {
        restored: report.restored,
        left: report.left.into_iter().map(|left| LeftView { booking_id: left.booking_id, why: left.why }).collect(),
    });
    Ok(AbsenceView {
        start: row.span.start.to_rfc3339(location.timezone),
        end: row.span.end.to_rfc3339(location.timezone),
        id: row.id,
        location_id: row.location_id,
        person_id: row.resource_id,
        reason: row.reason,
        words: row.words,
        tell: row.may_move,
        state: row.state.as_str().to_owned(),
        days,
        previewed_at: row.previewed_at,
        previewed_by: row.previewed_by,
        block_id: row.block_id,
        confirmed_at: row.confirmed_at,
        confirmed_by: row.confirmed_by,
        undone_at: row.undone_at,
        undone_by: row.undone_by,
        undo,
        replaced_by: row.replaced_by,
    })
}

/// An absence that is asked for: in `words`, or by who, from when to when and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceGiven {
    /// Where.
    pub location_id: String,
    /// Who, when and why in a sentence, instead of the members below.
    #[schema(min_length = 1, max_length = 500, example = "Grace is on leave from Monday to Wednesday")]
    pub words: Option<String>,
    /// Who, by id or name.
    pub person: Option<String>,
    /// From when: a local day, an instant with an offset, or a time by the location's clock on the wall.
    #[schema(example = "2026-11-21")]
    pub from: Option<String>,
    /// Until when, in the same form; a day is part of it. The day of `from` where it is not given.
    #[schema(example = "2026-11-23")]
    pub to: Option<String>,
    /// Why: `sick`, `holiday`.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: Option<String>,
    /// Whether customers who were told a name may be moved, and are told the new one when it is confirmed. Otherwise they wait for a decision.
    #[serde(default)]
    pub tell: bool,
}

impl AbsenceGiven {
    /// What is asked for, with the person found and the times read.
    ///
    /// # Errors
    /// It is not clear, or not possible.
    pub(in crate::http) async fn absence(&self, app: &App, location: &LocationRow) -> Result<Absence, Problem> {
        let reason = self.reason.as_deref().map(|reason| super::name("reason", reason)).transpose()?;
        if let Some(words) = &self.words {
            if self.person.is_some() || self.from.is_some() || self.to.is_some() {
                return Err(Problem::invalid("words: give the sentence alone, or person and from without it"));
            }
            ask::short("words", Some(words), WORDS_MAX)?;
            let understood = said(app.store.as_ref(), app.clock.as_ref(), &location.id, words).await?;
            let absence = understood.map_err(asked_back)?;
            return Ok(Absence { reason: reason.unwrap_or(absence.reason), ..absence });
        }
        let (Some(who), Some(from)) = (&self.person, &self.from) else {
            return Err(Problem::invalid("expected words, or person and from"));
        };
        let resource_id = match person::find(&app.store.resources(&location.id).await?, who) {
            Ok(id) => id,
            Err(near) => {
                let near = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) };
                return Err(Problem::new("UNKNOWN_PERSON", format!("person: nobody at {} is called {who:?}{near}", location.name)));
            }
        };
        let reason = reason.unwrap_or_else(|| "absent".to_owned());
        let to = self.to.as_ref().unwrap_or(from);
        if from.len() == "2026-11-21".len() && to.len() == from.len() {
            let (from, to) = (ask::date("from", from)?, ask::date("to", to)?);
            return Ok(Absence::days(location, &resource_id, from, to, &reason));
        }
        let span = Span::new(ask::instant("from", from, location.timezone)?, ask::instant("to", to, location.timezone)?);
        Ok(Absence { location_id: location.id.clone(), resource_id, span, reason })
    }
}

/// A question as a problem: with the sentences that answer it.
fn asked_back(question: Question) -> Problem {
    Problem::new("ASKED_BACK", question.question).with("about", question.about).with("choices", question.choices)
}

/// Looks at an absence: day by day who is kept, moved silently, to be told, unplaced, and what would help. Nothing is changed and nobody is told
/// before it is confirmed. What is not clear in `words` is asked back with the sentences it could have been.
#[utoipa::path(post, path = "/admin/v1/absences", tag = "day", request_body = AbsenceGiven, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = AbsenceView), Faults))]
pub async fn look(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<AbsenceGiven>) -> Result<(StatusCode, Json<AbsenceView>), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &body.location_id).await?;
    let absence = body.absence(&app, &location).await?;
    let options = options(&app, &caller, if body.tell { Told::MayMove } else { Told::Keep });
    let inner: &App = &app;
    let row: AbsenceRow =
        once.run(inner, None, |store| async move {
            Ok(preview(store.as_ref(), inner.clock.as_ref(), &absence, body.words.as_deref(), &options).await?.row)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(view(row, &location)?)))
}

/// How the caller looks at absences.
pub(in crate::http) fn options(app: &App, caller: &Caller, told: Told) -> RunOptions {
    RunOptions { time_limit_s: Some(LOOK_S), searches: Some(app.searches.clone()), ..RunOptions::repair(&caller.actor(), told) }
}

/// An absence that the caller may see, and where it is.
pub(in crate::http) async fn found(app: &App, caller: &Caller, id: &str) -> Result<(AbsenceRow, LocationRow), Problem> {
    let unknown = || Problem::not_found("absence", id);
    let row = match app.store.absence(id).await {
        Ok(row) => row,
        Err(error) if error.kind() == StoreErrorKind::NotFound => return Err(unknown()),
        Err(error) => return Err(error.into()),
    };
    let location = app.location(caller, &row.location_id).await.map_err(|_| unknown())?;
    Ok((row, location))
}

/// Absences of a location and what became of them, those looked at last first.
#[utoipa::path(get, path = "/admin/v1/absences", tag = "day", params(At), responses((status = 200, body = Vec<AbsenceView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<At>) -> Result<Json<Vec<AbsenceView>>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let rows = app.store.absences(&location.id, LIST_MAX).await?;
    Ok(Json(rows.into_iter().map(|row| view(row, &location)).collect::<Result<_, _>>()?))
}

/// An absence, by its id or that of its block.
#[utoipa::path(get, path = "/admin/v1/absences/{id}", tag = "day", params(("id" = String, Path)), responses((status = 200, body = AbsenceView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id) -> Result<Json<AbsenceView>, Problem> {
    let (row, location) = found(&app, &caller, &id.0).await?;
    Ok(Json(view(row, &location)?))
}

/// Confirms an absence exactly as it was looked at: its block is written, bookings change hands, whoever has to be told is told. Later than ten
/// minutes after, or on days that were changed meanwhile, nothing is done, and `preview` in the answer is a new look. Twice changes nothing.
#[utoipa::path(post, path = "/admin/v1/absences/{id}/confirm", tag = "day", request_body = Nothing, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 200, body = AbsenceView), Faults))]
pub async fn confirm(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<Nothing>) -> Result<Json<AbsenceView>, Problem> {
    let (row, location) = found(&app, &caller, &id.0).await?;
    let (inner, by): (&App, &Caller) = (&app, &caller);
    let (place, row) = (&location, &row);
    let done: AbsenceRow = sent
        .once
        .run(inner, None, |store| async move {
            match confirm_unchanged(store.as_ref(), inner.clock.as_ref(), &row.id, &by.actor()).await? {
                Ok(done) => Ok(done),
                Err(why) => Err(refused(inner, by, row, place, why).await?),
            }
        })
        .await?;
    Ok(Json(view(done, &location)?))
}

/// Why it was not confirmed, with a new look.
async fn refused(app: &App, caller: &Caller, row: &AbsenceRow, location: &LocationRow, why: Refusal) -> Result<Problem, Problem> {
    let fresh = renew(app.store.as_ref(), app.clock.as_ref(), &row.id, why, &options(app, caller, Told::Keep)).await?;
    let code = match why {
        Refusal::Expired => "PREVIEW_EXPIRED",
        Refusal::Outdated => "PREVIEW_OUTDATED",
    };
    let detail = format!("nothing was written: {}; look at the new preview and confirm that", why.as_str());
    Ok(Problem::new(code, detail).with("preview", view(fresh.row, location)?))
}

/// Takes a confirmed absence back: the block goes, and every booking that still stands as the absence left it goes back where it was, if that is
/// free. Twice changes nothing.
#[utoipa::path(post, path = "/admin/v1/absences/{id}/undo", tag = "day", request_body = Nothing, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 200, body = AbsenceView), Faults))]
pub async fn take_back(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<Nothing>) -> Result<Json<AbsenceView>, Problem> {
    let (row, location) = found(&app, &caller, &id.0).await?;
    let (inner, actor) = (&app, caller.actor());
    let done: AbsenceRow =
        sent.once.run(inner, None, |store| async move { Ok(undo(store.as_ref(), inner.clock.as_ref(), &row.id, &actor).await?) }).await?;
    Ok(Json(view(done, &location)?))
}
