//! The needs-attention queue.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hours::Nothing;
use super::{At, AtDay, name};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::store::{AttentionRow, Stamp};

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
    /// Since when.
    #[schema(format = DateTime)]
    pub created_at: DateTime<Utc>,
}

impl From<AttentionRow> for AttentionView {
    fn from(row: AttentionRow) -> AttentionView {
        AttentionView {
            id: row.id,
            date: row.date.to_string(),
            booking_id: row.booking_id,
            code: row.code,
            reason: row.reason,
            created_at: row.created_at,
        }
    }
}

/// What needs attention at a location, on one day or on all, oldest first.
#[utoipa::path(get, path = "/admin/v1/attention", tag = "day", params(AtDay), responses((status = 200, body = Vec<AttentionView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<AtDay>) -> Result<Json<Vec<AttentionView>>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let date = asked.0.date.as_deref().map(|text| ask::date("date", text)).transpose()?;
    Ok(Json(app.store.open_attention(&location.id, date).await?.into_iter().map(AttentionView::from).collect()))
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
