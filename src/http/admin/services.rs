//! What can be booked.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{At, given, name, words};
use crate::domain::id;
use crate::http::app::{App, Caller};
use crate::http::ask::{Asked, Id};
use crate::http::once::{Once, Sent};
use crate::http::problem::{Faults, Problem};
use crate::store::ServiceRow;

/// A service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceView {
    /// Identifier, unique within the location.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Name.
    pub name: String,
    /// Length in minutes, without buffers.
    pub duration_minutes: u32,
    /// Minutes needed before.
    pub buffer_before_minutes: u32,
    /// Minutes needed after.
    pub buffer_after_minutes: u32,
    /// What each of those who serve it must be able to do.
    pub qualifications: Vec<String>,
    /// How many people serve it.
    pub staff_count: u32,
    /// Whether it takes a table.
    pub needs_table: bool,
    /// Price in the smallest unit of the currency.
    pub price_cents: Option<i64>,
    /// Customers can book it.
    pub active: bool,
}

impl From<ServiceRow> for ServiceView {
    fn from(row: ServiceRow) -> ServiceView {
        ServiceView {
            id: row.id,
            location_id: row.location_id,
            name: row.name,
            duration_minutes: row.duration_minutes,
            buffer_before_minutes: row.buffer_before_minutes,
            buffer_after_minutes: row.buffer_after_minutes,
            qualifications: row.qualifications.into_iter().collect(),
            staff_count: row.staff_count,
            needs_table: row.needs_table,
            price_cents: row.price_cents,
            active: row.active,
        }
    }
}

/// The services of a location, by id.
#[utoipa::path(get, path = "/admin/v1/services", tag = "house", params(At), responses((status = 200, body = Vec<ServiceView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, at: Asked<At>) -> Result<Json<Vec<ServiceView>>, Problem> {
    let location = app.location(&caller, &at.0.location_id).await?;
    Ok(Json(app.store.services(&location.id).await?.into_iter().map(ServiceView::from).collect()))
}

async fn known(app: &App, caller: &Caller, location: &str, id: &str) -> Result<ServiceRow, Problem> {
    let location = app.location(caller, location).await?;
    let found = app.store.services(&location.id).await?.into_iter().find(|row| row.id == id);
    found.ok_or_else(|| Problem::not_found("service", id))
}

/// One service.
#[utoipa::path(get, path = "/admin/v1/services/{id}", tag = "house", params(("id" = String, Path), At), responses((status = 200, body = ServiceView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, at: Asked<At>) -> Result<Json<ServiceView>, Problem> {
    Ok(Json(known(&app, &caller, &at.0.location_id, &id.0).await?.into()))
}

/// A new service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewService {
    /// Where.
    pub location_id: String,
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Length in minutes.
    #[schema(minimum = 1, maximum = 1440)]
    pub duration_minutes: u32,
    /// Minutes needed before.
    #[serde(default)]
    #[schema(maximum = 720)]
    pub buffer_before_minutes: u32,
    /// Minutes needed after.
    #[serde(default)]
    #[schema(maximum = 720)]
    pub buffer_after_minutes: u32,
    /// What each of those who serve it must be able to do.
    #[serde(default)]
    pub qualifications: Vec<String>,
    /// How many people serve it; one where it is not given.
    #[schema(maximum = 20)]
    pub staff_count: Option<u32>,
    /// Whether it takes a table.
    #[serde(default)]
    pub needs_table: bool,
    /// Price in the smallest unit of the currency.
    #[schema(minimum = 0, maximum = 100000000000_i64)]
    pub price_cents: Option<i64>,
}

fn price(cents: Option<i64>) -> Result<Option<i64>, Problem> {
    match cents {
        Some(cents) if !(0..=100_000_000_000).contains(&cents) => Err(Problem::invalid("price_cents: expected 0 to 100000000000")),
        cents => Ok(cents),
    }
}

fn staff(count: u32) -> Result<u32, Problem> {
    if count > 20 { Err(Problem::invalid("staff_count: expected 0 to 20")) } else { Ok(count) }
}

async fn written(app: &App, once: Once, row: ServiceRow) -> Result<ServiceRow, Problem> {
    once.run(app, Some(&row), |store| {
        let row = row.clone();
        async move {
            store.upsert_service(&row).await?;
            Ok(row)
        }
    })
    .await
}

/// Adds a service.
#[utoipa::path(post, path = "/admin/v1/services", tag = "house", request_body = NewService, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = ServiceView), Faults))]
pub async fn make(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<NewService>) -> Result<(StatusCode, Json<ServiceView>), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &body.location_id).await?;
    let row = ServiceRow {
        buffer_before_minutes: body.buffer_before_minutes,
        buffer_after_minutes: body.buffer_after_minutes,
        qualifications: words("qualifications", body.qualifications)?,
        staff_count: staff(body.staff_count.unwrap_or(1))?,
        needs_table: body.needs_table,
        price_cents: price(body.price_cents)?,
        ..ServiceRow::new(&location.id, &id::new_id(app.clock.now()), &name("name", &body.name)?, body.duration_minutes, &[])
    };
    Ok((StatusCode::CREATED, Json(written(&app, once, row).await?.into())))
}

/// What changes about a service. Bookings made before keep what they were made with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceChange {
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// Length in minutes.
    #[schema(minimum = 1, maximum = 1440)]
    pub duration_minutes: Option<u32>,
    /// Minutes needed before.
    #[schema(maximum = 720)]
    pub buffer_before_minutes: Option<u32>,
    /// Minutes needed after.
    #[schema(maximum = 720)]
    pub buffer_after_minutes: Option<u32>,
    /// What each of those who serve it must be able to do.
    pub qualifications: Option<Vec<String>>,
    /// How many people serve it.
    #[schema(maximum = 20)]
    pub staff_count: Option<u32>,
    /// Whether it takes a table.
    pub needs_table: Option<bool>,
    /// Price in the smallest unit of the currency; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100000000000_i64)]
    pub price_cents: Option<Option<i64>>,
    /// Customers can book it.
    pub active: Option<bool>,
}

/// Changes a service.
#[utoipa::path(patch, path = "/admin/v1/services/{id}", tag = "house", request_body = ServiceChange, params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = ServiceView), Faults))]
pub async fn change(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Id,
    at: Asked<At>,
    sent: Sent<ServiceChange>,
) -> Result<Json<ServiceView>, Problem> {
    let Sent { body, once } = sent;
    let mut row = known(&app, &caller, &at.0.location_id, &id.0).await?;
    if let Some(text) = &body.name {
        row.name = name("name", text)?;
    }
    row.duration_minutes = body.duration_minutes.unwrap_or(row.duration_minutes);
    row.buffer_before_minutes = body.buffer_before_minutes.unwrap_or(row.buffer_before_minutes);
    row.buffer_after_minutes = body.buffer_after_minutes.unwrap_or(row.buffer_after_minutes);
    if let Some(list) = body.qualifications {
        row.qualifications = words("qualifications", list)?;
    }
    row.staff_count = staff(body.staff_count.unwrap_or(row.staff_count))?;
    row.needs_table = body.needs_table.unwrap_or(row.needs_table);
    if let Some(cents) = body.price_cents {
        row.price_cents = price(cents)?;
    }
    row.active = body.active.unwrap_or(row.active);
    Ok(Json(written(&app, once, row).await?.into()))
}
