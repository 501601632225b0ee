//! Tables, and tables that serve one party together.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{At, given, name, words};
use crate::domain::{ResourceKind, id};
use crate::http::app::{App, Caller};
use crate::http::ask::{Asked, Id};
use crate::http::once::{Once, Sent};
use crate::http::problem::{Faults, Problem};
use crate::store::{CombinationRow, ResourceRow};

/// A table.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableView {
    /// Identifier, unique within the location.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Name.
    pub name: String,
    /// How many it seats.
    pub seats: u32,
    /// The smallest party it is given to.
    pub min_party: u32,
    /// Part of the house.
    pub zone: Option<String>,
    /// In use.
    pub active: bool,
}

impl From<ResourceRow> for TableView {
    fn from(row: ResourceRow) -> TableView {
        TableView {
            id: row.id,
            location_id: row.location_id,
            name: row.name,
            seats: row.seats,
            min_party: row.min_party,
            zone: row.zone,
            active: row.active,
        }
    }
}

async fn tables(app: &App, caller: &Caller, location: &str) -> Result<Vec<ResourceRow>, Problem> {
    let location = app.location(caller, location).await?;
    Ok(app.store.resources(&location.id).await?.into_iter().filter(|row| row.kind == ResourceKind::Table).collect())
}

/// The tables of a location, by id.
#[utoipa::path(get, path = "/admin/v1/tables", tag = "house", params(At), responses((status = 200, body = Vec<TableView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, at: Asked<At>) -> Result<Json<Vec<TableView>>, Problem> {
    Ok(Json(tables(&app, &caller, &at.0.location_id).await?.into_iter().map(TableView::from).collect()))
}

/// A new table.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTable {
    /// Where.
    pub location_id: String,
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// How many it seats.
    #[schema(minimum = 1, maximum = 1000)]
    pub seats: u32,
    /// The smallest party it is given to; one where it is not given.
    #[schema(minimum = 1, maximum = 1000)]
    pub min_party: Option<u32>,
    /// Part of the house.
    #[schema(max_length = 100)]
    pub zone: Option<String>,
}

fn zone(text: Option<String>) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.trim().is_empty() || text.chars().count() > 100 => Err(Problem::invalid("zone: expected 1 to 100 characters, or nothing")),
        text => Ok(text),
    }
}

fn seats(field: &str, count: u32) -> Result<u32, Problem> {
    if (1..=1000).contains(&count) { Ok(count) } else { Err(Problem::invalid(format!("{field}: expected 1 to 1000"))) }
}

async fn written(app: &App, once: Once, row: ResourceRow) -> Result<ResourceRow, Problem> {
    once.run(app, Some(&row), |store| {
        let row = row.clone();
        async move {
            store.upsert_resource(&row).await?;
            Ok(row)
        }
    })
    .await
}

/// Adds a table.
#[utoipa::path(post, path = "/admin/v1/tables", tag = "house", request_body = NewTable, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = TableView), Faults))]
pub async fn make(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<NewTable>) -> Result<(StatusCode, Json<TableView>), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &body.location_id).await?;
    let (most, least) = (seats("seats", body.seats)?, seats("min_party", body.min_party.unwrap_or(1))?);
    let row = ResourceRow {
        zone: zone(body.zone)?,
        ..ResourceRow::table(&location.id, &id::new_id(app.clock.now()), &name("name", &body.name)?, most, least)
    };
    Ok((StatusCode::CREATED, Json(written(&app, once, row).await?.into())))
}

/// What changes about a table.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableChange {
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// How many it seats.
    #[schema(minimum = 1, maximum = 1000)]
    pub seats: Option<u32>,
    /// The smallest party it is given to.
    #[schema(minimum = 1, maximum = 1000)]
    pub min_party: Option<u32>,
    /// Part of the house; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub zone: Option<Option<String>>,
    /// In use.
    pub active: Option<bool>,
}

/// Changes a table.
#[utoipa::path(patch, path = "/admin/v1/tables/{id}", tag = "house", request_body = TableChange, params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = TableView), Faults))]
pub async fn change(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Id,
    at: Asked<At>,
    sent: Sent<TableChange>,
) -> Result<Json<TableView>, Problem> {
    let Sent { body, once } = sent;
    let found = tables(&app, &caller, &at.0.location_id).await?.into_iter().find(|row| row.id == id.0);
    let mut row = found.ok_or_else(|| Problem::not_found("table", &id.0))?;
    if let Some(text) = &body.name {
        row.name = name("name", text)?;
    }
    row.seats = seats("seats", body.seats.unwrap_or(row.seats))?;
    row.min_party = seats("min_party", body.min_party.unwrap_or(row.min_party))?;
    if let Some(text) = body.zone {
        row.zone = zone(text)?;
    }
    row.active = body.active.unwrap_or(row.active);
    Ok(Json(written(&app, once, row).await?.into()))
}

/// Tables that serve one party together.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCombination {
    /// Where.
    pub location_id: String,
    /// Ids of its tables, two or more.
    #[schema(min_items = 2, max_items = 200)]
    pub tables: Vec<String>,
    /// How many they seat together.
    #[schema(minimum = 1, maximum = 1000)]
    pub seats: u32,
    /// The smallest party they are given to; one where it is not given.
    #[schema(minimum = 1, maximum = 1000)]
    pub min_party: Option<u32>,
}

/// A combination of tables.
#[derive(Debug, Serialize, ToSchema)]
pub struct CombinationView {
    /// Identifier, unique within the location.
    pub id: String,
    /// Ids of its tables.
    pub tables: Vec<String>,
    /// How many they seat together.
    pub seats: u32,
    /// The smallest party they are given to.
    pub min_party: u32,
}

/// Adds a combination of tables.
#[utoipa::path(post, path = "/admin/v1/combinations", tag = "house", request_body = NewCombination, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 201, body = CombinationView), Faults))]
pub async fn combine(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    sent: Sent<NewCombination>,
) -> Result<(StatusCode, Json<CombinationView>), Problem> {
    let Sent { body, once } = sent;
    let known = tables(&app, &caller, &body.location_id).await?;
    if let Some(unknown) = body.tables.iter().find(|id| !known.iter().any(|table| table.id == **id)) {
        return Err(Problem::not_found("table", unknown));
    }
    let row = CombinationRow {
        location_id: body.location_id,
        id: id::new_id(app.clock.now()),
        members: words("tables", body.tables)?,
        seats: seats("seats", body.seats)?,
        min_party: seats("min_party", body.min_party.unwrap_or(1))?,
    };
    let row = once
        .run(&app, Some(&row), |store| {
            let row = row.clone();
            async move {
                store.upsert_combination(&row).await?;
                Ok(row)
            }
        })
        .await?;
    let view = CombinationView { id: row.id, tables: row.members.into_iter().collect(), seats: row.seats, min_party: row.min_party };
    Ok((StatusCode::CREATED, Json(view)))
}
