//! The people of a location, temps among them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{At, given, name, words};
use crate::domain::{ResourceKind, Rule, RuleKind, Weekdays, id};
use crate::http::admin::hours::minutes;
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::{Once, Sent};
use crate::http::problem::{Faults, Problem};
use crate::store::{LocationRow, ResourceRow};

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// Identifier, unique within the location.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Name.
    pub name: String,
    /// Gender as on file.
    pub gender: Option<String>,
    /// What they can do.
    pub qualifications: Vec<String>,
    /// Still with the house.
    pub active: bool,
    /// A temp.
    pub is_temporary: bool,
    /// First date they are here.
    #[schema(format = Date)]
    pub active_from: Option<String>,
    /// Last date they are here.
    #[schema(format = Date)]
    pub active_to: Option<String>,
}

impl From<ResourceRow> for PersonView {
    fn from(row: ResourceRow) -> PersonView {
        PersonView {
            id: row.id,
            location_id: row.location_id,
            name: row.name,
            gender: row.gender,
            qualifications: row.qualifications.into_iter().collect(),
            active: row.active,
            is_temporary: row.is_temporary,
            active_from: row.active_from.map(|date| date.to_string()),
            active_to: row.active_to.map(|date| date.to_string()),
        }
    }
}

async fn people(app: &App, caller: &Caller, location: &str) -> Result<Vec<ResourceRow>, Problem> {
    let location = app.location(caller, location).await?;
    Ok(app.store.resources(&location.id).await?.into_iter().filter(|row| row.kind == ResourceKind::Staff).collect())
}

/// Everybody of a location, by id; those who left, too.
#[utoipa::path(get, path = "/admin/v1/people", tag = "house", params(At), responses((status = 200, body = Vec<PersonView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, at: Asked<At>) -> Result<Json<Vec<PersonView>>, Problem> {
    Ok(Json(people(&app, &caller, &at.0.location_id).await?.into_iter().map(PersonView::from).collect()))
}

async fn known(app: &App, caller: &Caller, location: &str, id: &str) -> Result<ResourceRow, Problem> {
    people(app, caller, location).await?.into_iter().find(|row| row.id == id).ok_or_else(|| Problem::not_found("person", id))
}

/// One person.
#[utoipa::path(get, path = "/admin/v1/people/{id}", tag = "house", params(("id" = String, Path), At), responses((status = 200, body = PersonView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, at: Asked<At>) -> Result<Json<PersonView>, Problem> {
    Ok(Json(known(&app, &caller, &at.0.location_id, &id.0).await?.into()))
}

/// A new person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Where.
    pub location_id: String,
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Gender as on file.
    #[schema(max_length = 50)]
    pub gender: Option<String>,
    /// What they can do.
    #[serde(default)]
    pub qualifications: Vec<String>,
}

fn gender(text: Option<String>) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.trim().is_empty() || text.chars().count() > 50 => Err(Problem::invalid("gender: expected 1 to 50 characters, or nothing")),
        text => Ok(text),
    }
}

async fn written(app: &App, once: Once, row: ResourceRow, rules: Vec<Rule>) -> Result<ResourceRow, Problem> {
    once.run(app, Some(&row), |store| {
        let row = row.clone();
        async move {
            store.hire(&row, &rules).await?;
            Ok(row)
        }
    })
    .await
}

/// Adds a person. Their hours are the location's until they have rules of their own.
#[utoipa::path(post, path = "/admin/v1/people", tag = "house", request_body = NewPerson, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = PersonView), Faults))]
pub async fn make(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<NewPerson>) -> Result<(StatusCode, Json<PersonView>), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &body.location_id).await?;
    let row = ResourceRow {
        gender: gender(body.gender)?,
        qualifications: words("qualifications", body.qualifications)?,
        ..ResourceRow::staff(&location.id, &id::new_id(app.clock.now()), &name("name", &body.name)?, &[])
    };
    Ok((StatusCode::CREATED, Json(written(&app, once, row, Vec::new()).await?.into())))
}

/// What changes about a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// Gender as on file; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub gender: Option<Option<String>>,
    /// What they can do.
    pub qualifications: Option<Vec<String>>,
    /// Still with the house. Whoever left keeps what they hold until somebody decides.
    pub active: Option<bool>,
    /// First date they are here; `null` for since ever. A temp has both dates.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    pub active_from: Option<Option<String>>,
    /// Last date they are here; `null` for good.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    pub active_to: Option<Option<String>>,
}

/// Changes a person.
#[utoipa::path(patch, path = "/admin/v1/people/{id}", tag = "house", request_body = PersonChange, params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = PersonView), Faults))]
pub async fn change(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Id,
    at: Asked<At>,
    sent: Sent<PersonChange>,
) -> Result<Json<PersonView>, Problem> {
    let Sent { body, once } = sent;
    let mut row = known(&app, &caller, &at.0.location_id, &id.0).await?;
    if let Some(text) = &body.name {
        row.name = name("name", text)?;
    }
    if let Some(text) = body.gender {
        row.gender = gender(text)?;
    }
    if let Some(list) = body.qualifications {
        row.qualifications = words("qualifications", list)?;
    }
    row.active = body.active.unwrap_or(row.active);
    if let Some(text) = &body.active_from {
        row.active_from = text.as_deref().map(|text| ask::date("active_from", text)).transpose()?;
    }
    if let Some(text) = &body.active_to {
        row.active_to = text.as_deref().map(|text| ask::date("active_to", text)).transpose()?;
    }
    Ok(Json(written(&app, once, row, Vec::new()).await?.into()))
}

/// The temps of a location, by id.
#[utoipa::path(get, path = "/admin/v1/temps", tag = "house", params(At), responses((status = 200, body = Vec<PersonView>), Faults))]
pub async fn temps(app: State<Arc<App>>, caller: Extension<Caller>, at: Asked<At>) -> Result<Json<Vec<PersonView>>, Problem> {
    let temps = people(&app, &caller, &at.0.location_id).await?.into_iter().filter(|row| row.is_temporary);
    Ok(Json(temps.map(PersonView::from).collect()))
}

/// A temp.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemp {
    /// Where.
    pub location_id: String,
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Gender as on file.
    #[schema(max_length = 50)]
    pub gender: Option<String>,
    /// What they can do.
    #[serde(default)]
    pub qualifications: Vec<String>,
    /// First date they are here.
    #[schema(format = Date)]
    pub from: String,
    /// Last date they are here.
    #[schema(format = Date)]
    pub to: String,
    /// When they begin on each of those dates, `10:00`; the location's hours where it is not given.
    #[schema(format = "zamu-clock-of-day", example = "10:00")]
    pub start: Option<String>,
    /// When they end, `14:00`; `26:00` is 02:00 on the next day.
    #[schema(format = "zamu-clock", example = "14:00")]
    pub end: Option<String>,
}

/// Adds a temp: they can be booked at once, and leave the house after their last date.
#[utoipa::path(post, path = "/admin/v1/temps", tag = "house", request_body = NewTemp, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = PersonView), Faults))]
pub async fn hire(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<NewTemp>) -> Result<(StatusCode, Json<PersonView>), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &body.location_id).await?;
    Ok((StatusCode::CREATED, Json(hired(&app, &location, once, body).await?.into())))
}

/// Adds a temp at a location, once.
///
/// # Errors
/// What was given is no temp.
pub(in crate::http) async fn hired(app: &App, location: &LocationRow, once: Once, body: NewTemp) -> Result<ResourceRow, Problem> {
    let (from, to) = (ask::date("from", &body.from)?, ask::date("to", &body.to)?);
    let now = app.clock.now();
    let row = ResourceRow {
        gender: gender(body.gender)?,
        qualifications: words("qualifications", body.qualifications)?,
        ..ResourceRow::staff(&location.id, &id::new_id(now), &name("name", &body.name)?, &[]).temporary(from, to)
    };
    let rules = match (&body.start, &body.end) {
        (None, None) => Vec::new(),
        (Some(start), Some(end)) => {
            let (start, end) = (minutes("start", start)?, minutes("end", end)?);
            vec![Rule::weekly(&id::new_id(now), Some(&row.id), Weekdays::ALL, start, end).within(RuleKind::DateRange, from, to)]
        }
        _ => return Err(Problem::invalid("start and end: give both, or neither for the location's hours")),
    };
    written(app, once, row, rules).await
}
