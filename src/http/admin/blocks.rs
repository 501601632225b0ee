//! Time away from duty.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hours::Nothing;
use super::{At, AtDays};
use crate::domain::{Span, local};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::store::{BlockRow, NewBlock, Stamp};

/// Time away from duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockView {
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
    /// Who wrote it.
    pub created_by: String,
}

fn view(block: BlockRow, zone: chrono_tz::Tz) -> BlockView {
    BlockView {
        start: block.span.start.to_rfc3339(zone),
        end: block.span.end.to_rfc3339(zone),
        id: block.id,
        location_id: block.location_id,
        person_id: block.resource_id,
        reason: block.reason,
        created_by: block.created_by,
    }
}

/// Blocks of some days, by start.
#[utoipa::path(get, path = "/admin/v1/blocks", tag = "house", params(AtDays), responses((status = 200, body = Vec<BlockView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<AtDays>) -> Result<Json<Vec<BlockView>>, Problem> {
    let (location, from, to) = asked.0.read(&app, &caller, 400).await?;
    let span = Span::new(local::day_span(location.timezone, from).start, local::day_span(location.timezone, to).end);
    Ok(Json(app.store.blocks(&location.id, span).await?.into_iter().map(|block| view(block, location.timezone)).collect()))
}

/// Time away that is written down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockGiven {
    /// Where.
    pub location_id: String,
    /// Who; a table, too.
    pub person_id: String,
    /// From when: with an offset, or by the location's clock on the wall.
    #[schema(format = "zamu-instant", example = "2026-11-23T09:00")]
    pub start: String,
    /// Until when.
    #[schema(format = "zamu-instant", example = "2026-11-23T17:00")]
    pub end: String,
    /// Why: `sick`, `holiday`, `break`.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
    /// IANA time zone of the times; the location's where it is not given.
    pub timezone: Option<String>,
}

/// Longest time away, in minutes: a year and a day.
const BLOCK_MINUTES_MAX: i64 = 366 * 1440;

/// Writes time away from duty. It counts at once for everything that is offered; bookings it conflicts with stay as they are until somebody decides.
#[utoipa::path(post, path = "/admin/v1/blocks", tag = "house", request_body = BlockGiven, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = BlockView), Faults))]
pub async fn make(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<BlockGiven>) -> Result<(StatusCode, Json<BlockView>), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &body.location_id).await?;
    let zone = ask::zone(body.timezone.as_deref(), location.timezone)?;
    let span = Span::new(ask::instant("start", &body.start, zone)?, ask::instant("end", &body.end, zone)?);
    if span.minutes() <= 0 || span.minutes() > BLOCK_MINUTES_MAX {
        return Err(Problem::invalid("start and end: expected an end after the start, at most 366 days later"));
    }
    let block = NewBlock { location_id: location.id.clone(), resource_id: body.person_id, span, reason: super::name("reason", &body.reason)? };
    let stamp = Stamp::new(&caller.actor(), app.clock.now(), "absence");
    let row: BlockRow = once.run(&app, None, |store| async move { Ok(store.add_block(&block, &stamp).await?) }).await?;
    Ok((StatusCode::CREATED, Json(view(row, zone))))
}

/// Takes time away from duty back.
#[utoipa::path(delete, path = "/admin/v1/blocks/{id}", tag = "house", params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 204), Faults))]
pub async fn remove(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, at: Asked<At>, sent: Sent<Nothing>) -> Result<StatusCode, Problem> {
    let location = app.location(&caller, &at.0.location_id).await?;
    let done = Nothing {};
    sent.once
        .run(&app, Some(&done), |store| async move {
            store.remove_block_at(&location.id, &id.0).await?;
            Ok(Nothing {})
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
