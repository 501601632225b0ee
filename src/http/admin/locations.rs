//! Locations and their time zones.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::name;
use crate::domain::id;
use crate::http::app::{App, Caller};
use crate::http::ask::Id;
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::store::LocationRow;

/// A location.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationView {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// IANA time zone.
    #[schema(example = "Africa/Nairobi")]
    pub timezone: String,
}

impl From<LocationRow> for LocationView {
    fn from(row: LocationRow) -> LocationView {
        LocationView { id: row.id, name: row.name, timezone: row.timezone.name().to_owned() }
    }
}

fn zone(text: &str) -> Result<chrono_tz::Tz, Problem> {
    text.parse().map_err(|_| Problem::invalid(format!("timezone: there is no IANA time zone {text:?}; expected one such as Africa/Nairobi")))
}

/// The locations of the caller's tenant, by id.
#[utoipa::path(get, path = "/admin/v1/locations", tag = "house", responses((status = 200, body = Vec<LocationView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>) -> Result<Json<Vec<LocationView>>, Problem> {
    Ok(Json(app.locations(&caller).await?.into_iter().map(LocationView::from).collect()))
}

/// One location.
#[utoipa::path(get, path = "/admin/v1/locations/{id}", tag = "house", params(("id" = String, Path)), responses((status = 200, body = LocationView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id) -> Result<Json<LocationView>, Problem> {
    Ok(Json(app.location(&caller, &id.0).await?.into()))
}

/// A new location.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLocation {
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// IANA time zone; cannot change once something is booked there.
    #[schema(example = "Africa/Nairobi")]
    pub timezone: String,
}

/// Makes a location.
#[utoipa::path(post, path = "/admin/v1/locations", tag = "house", request_body = NewLocation, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = LocationView), Faults))]
pub async fn make(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<NewLocation>) -> Result<(StatusCode, Json<LocationView>), Problem> {
    let Sent { body, once } = sent;
    if caller.location.is_some() {
        return Err(Problem::new("FORBIDDEN", "this token is for one location only and cannot make another"));
    }
    let row = LocationRow {
        id: id::new_id(app.clock.now()),
        tenant_id: caller.tenant.clone(),
        name: name("name", &body.name)?,
        timezone: zone(&body.timezone)?,
    };
    app.tenant(&caller).await?;
    let row = once
        .run(&app, Some(&row), |store| {
            let row = row.clone();
            async move {
                store.upsert_location(&row).await?;
                Ok(row)
            }
        })
        .await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// What changes about a location.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationChange {
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
}

/// Changes a location.
#[utoipa::path(patch, path = "/admin/v1/locations/{id}", tag = "house", request_body = LocationChange, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = LocationView), Faults))]
pub async fn change(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<LocationChange>) -> Result<Json<LocationView>, Problem> {
    let Sent { body, once } = sent;
    let mut row = app.location(&caller, &id.0).await?;
    if let Some(text) = &body.name {
        row.name = name("name", text)?;
    }
    if let Some(text) = &body.timezone {
        row.timezone = zone(text)?;
    }
    let row = once
        .run(&app, Some(&row), |store| {
            let row = row.clone();
            async move {
                store.upsert_location(&row).await?;
                Ok(row)
            }
        })
        .await?;
    Ok(Json(row.into()))
}
