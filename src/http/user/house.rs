//! What a customer can choose from: places, services, and people where the house lets them choose.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::booking::free::{self, GenderAnswer};
use crate::domain::ResourceKind;
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked};
use crate::http::problem::{Faults, Problem};

/// A place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceView {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// IANA time zone.
    pub timezone: String,
}

/// The places of the caller's tenant.
#[utoipa::path(get, path = "/v1/locations", tag = "customers", responses((status = 200, body = Vec<PlaceView>), Faults))]
pub async fn locations(app: State<Arc<App>>, caller: Extension<Caller>) -> Result<Json<Vec<PlaceView>>, Problem> {
    let places = app.locations(&caller).await?;
    Ok(Json(places.into_iter().map(|p| PlaceView { id: p.id, name: p.name, timezone: p.timezone.name().to_owned() }).collect()))
}

/// Where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Where {
    /// The location's id.
    pub location_id: String,
}

/// Something that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedService {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Length in minutes.
    pub duration_minutes: u32,
    /// Price in the smallest unit of the currency.
    pub price_cents: Option<i64>,
    /// How many people serve it.
    pub staff_count: u32,
}

/// What can be booked at a location.
#[utoipa::path(get, path = "/v1/services", tag = "customers", params(Where), responses((status = 200, body = Vec<OfferedService>), Faults))]
pub async fn services(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<Where>) -> Result<Json<Vec<OfferedService>>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let services = app.store.services(&location.id).await?.into_iter().filter(|service| service.active);
    Ok(Json(
        services
            .map(|s| OfferedService {
                id: s.id,
                name: s.name,
                duration_minutes: s.duration_minutes,
                price_cents: s.price_cents,
                staff_count: s.staff_count,
            })
            .collect(),
    ))
}

/// Somebody who can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct Choosable {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Whom a customer can choose.
#[derive(Debug, Serialize, ToSchema)]
pub struct Choice {
    /// Does the house let customers choose?
    pub offered: bool,
    /// Who can be chosen; empty where it does not.
    pub people: Vec<Choosable>,
}

/// Whom a customer can choose at a location: nobody, unless the house offers the choice.
#[utoipa::path(get, path = "/v1/people", tag = "customers", params(Where), responses((status = 200, body = Choice), Faults))]
pub async fn people(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<Where>) -> Result<Json<Choice>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let offered = app.store.tenant(&location.tenant_id).await?.staff_preference_enabled;
    let people = if offered { app.store.resources(&location.id).await? } else { Vec::new() };
    let people = people.into_iter().filter(|p| p.active && p.kind == ResourceKind::Staff).map(|p| Choosable { id: p.id, name: p.name }).collect();
    Ok(Json(Choice { offered, people }))
}

/// A question about who is there.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GenderQuestion {
    /// The location's id.
    pub location_id: String,
    /// The local day, YYYY-MM-DD.
    #[param(format = Date)]
    pub date: String,
    /// The gender asked for, as it is on file.
    pub gender: String,
}

/// Its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenderView {
    /// `on_duty`: somebody of it is there that day; `on_file`: somebody of it works here, not that day; `nobody`: a wish for it would be waived.
    #[schema(format = "zamu-gender", example = "on_duty")]
    pub answer: String,
}

/// "Do you have a female therapist on Friday?" Answers without a name.
#[utoipa::path(get, path = "/v1/genders", tag = "customers", params(GenderQuestion), responses((status = 200, body = GenderView), Faults))]
pub async fn genders(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<GenderQuestion>) -> Result<Json<GenderView>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let date = ask::date("date", &asked.0.date)?;
    let answer = match free::has_gender(app.store.as_ref(), &location.id, date, &asked.0.gender).await? {
        GenderAnswer::OnDuty => "on_duty",
        GenderAnswer::OnFile => "on_file",
        GenderAnswer::Nobody => "nobody",
    };
    Ok(Json(GenderView { answer: answer.to_owned() }))
}
