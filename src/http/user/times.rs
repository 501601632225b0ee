//! When something can be had.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::IntoResponse;
use chrono::Days;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::booking::offer::{self, Ask, Look, Offer};
use crate::booking::slots::HORIZON_DAYS;
use crate::domain::local;
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked};
use crate::http::problem::{Faults, Problem};
use crate::http::view::SlotView;
use crate::store::ExposurePolicy;

const VARIANT: HeaderName = HeaderName::from_static("x-exposure-variant");
/// Days that one question about dates may span.
const DATES_MAX: i64 = 62;

/// What is looked for over some days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DatesQuestion {
    /// The location's id.
    pub location_id: String,
    /// The service's id.
    pub service_id: String,
    /// First local day; today where it is not given.
    #[param(format = Date)]
    pub from: Option<String>,
    /// Last local day; two weeks after the first where it is not given.
    #[param(format = Date)]
    pub to: Option<String>,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// How many people come.
    #[param(minimum = 1, maximum = 1000)]
    pub party_size: Option<u32>,
}

/// A day and how much can be had on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DateView {
    /// The local day.
    #[schema(format = Date)]
    pub date: String,
    /// How many slots can be had.
    pub slots: usize,
}

fn party(size: Option<u32>) -> Result<u32, Problem> {
    match size.unwrap_or(1) {
        size @ 1..=1000 => Ok(size),
        size => Err(Problem::invalid(format!("party_size: {size} people; expected 1 to 1000"))),
    }
}

/// Days on which something can be had, with how much.
#[utoipa::path(get, path = "/v1/dates", tag = "customers", params(DatesQuestion), responses((status = 200, body = Vec<DateView>), Faults))]
pub async fn dates(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<DatesQuestion>) -> Result<Json<Vec<DateView>>, Problem> {
    let asked = asked.0;
    let location = app.location(&caller, &asked.location_id).await?;
    let today = local::local_date(location.timezone, app.clock.now());
    let from = asked.from.as_deref().map(|text| ask::date("from", text)).transpose()?.unwrap_or(today);
    let usual = from.checked_add_days(Days::new(HORIZON_DAYS)).unwrap_or(from);
    let to = asked.to.as_deref().map(|text| ask::date("to", text)).transpose()?.unwrap_or(usual);
    if (to - from).num_days() >= DATES_MAX || to < from {
        return Err(Problem::invalid(format!("from {from} to {to}: expected 1 to {DATES_MAX} days, the last not before the first")));
    }
    let ask = Ask {
        location: location.id,
        service: asked.service_id,
        date: from,
        person: None,
        gender: asked.gender,
        party_size: party(asked.party_size)?,
    };
    let days = offer::dates(app.store.as_ref(), app.clock.as_ref(), &app.snapshots, &ask, to).await?;
    Ok(Json(days.into_iter().map(|day| DateView { date: day.date.to_string(), slots: day.slots }).collect()))
}

/// What is looked for on a day.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlotsQuestion {
    /// The location's id.
    pub location_id: String,
    /// The service's id.
    pub service_id: String,
    /// The local day, YYYY-MM-DD.
    #[param(format = Date)]
    pub date: String,
    /// With this person, by id or name, where the house lets customers choose.
    pub person: Option<String>,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// How many people come.
    #[param(minimum = 1, maximum = 1000)]
    pub party_size: Option<u32>,
    /// The caller's own word for where the customer is; another word may be shown other times.
    pub context: Option<String>,
    /// The customer's session, where one token speaks for many customers.
    pub session: Option<String>,
    /// IANA time zone in which times are told; the location's where it is not given.
    pub timezone: Option<String>,
}

/// What the customer is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotsView {
    /// The times shown, by start.
    pub slots: Vec<SlotView>,
    /// How many there are in all.
    pub total: usize,
    /// Is there more than is shown?
    pub has_more: bool,
    /// The wish for a gender cannot be met: nobody of it is on file, and it is waived.
    pub gender_waived: bool,
}

/// Times of a day, as many as the house's policy shows. The same person is shown the same ones for seven minutes.
#[utoipa::path(get, path = "/v1/slots", tag = "customers",
    params(SlotsQuestion, ("X-Exposure-Variant" = Option<String>, Header, format = "zamu-exposure", description = "`range` or `stylist`: another policy than the house's")),
    responses((status = 200, body = SlotsView, headers(("X-Exposure-Variant" = String, description = "the policy they were chosen by"))), Faults))]
pub async fn slots(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    headers: HeaderMap,
    asked: Asked<SlotsQuestion>,
) -> Result<impl IntoResponse, Problem> {
    let asked = asked.0;
    let location = app.location(&caller, &asked.location_id).await?;
    let zone = ask::zone(asked.timezone.as_deref(), location.timezone)?;
    let ask = Ask {
        location: location.id,
        service: asked.service_id,
        date: ask::date("date", &asked.date)?,
        person: asked.person,
        gender: asked.gender,
        party_size: party(asked.party_size)?,
    };
    let who = format!("{}/{}/{}", caller.tenant, caller.sub, asked.session.unwrap_or_default());
    let look = Look { who, context: asked.context.unwrap_or_default(), variant: variant(&headers)? };
    match offer::show(&app.store, app.clock.as_ref(), &app.snapshots, &ask, &look).await? {
        Offer::Shown(shown) => {
            metrics::histogram!("exposed_slots_count", "variant" => shown.variant.as_str())
                .record(f64::from(u32::try_from(shown.slots.len()).unwrap_or(0)));
            let view = SlotsView {
                slots: shown.slots.iter().map(|slot| SlotView::of(slot, zone)).collect(),
                total: shown.total,
                has_more: shown.has_more(),
                gender_waived: shown.gender_waived,
            };
            Ok(([(VARIANT, HeaderValue::from_static(shown.variant.as_str()))], Json(view)))
        }
        Offer::UnknownPerson { asked, near } => Err(unknown_person(&asked, &near)),
        Offer::ChoiceNotOffered => Err(choice_not_offered()),
    }
}

fn variant(headers: &HeaderMap) -> Result<Option<ExposurePolicy>, Problem> {
    let Some(value) = headers.get(VARIANT) else { return Ok(None) };
    let policy = value.to_str().ok().and_then(ExposurePolicy::from_word);
    policy.map(Some).ok_or_else(|| Problem::invalid("X-Exposure-Variant: expected range or stylist"))
}

/// Nobody of that name; the near matches help.
pub fn unknown_person(asked: &str, near: &[String]) -> Problem {
    let like = if near.is_empty() { "and nobody has a name like it".to_owned() } else { format!("did you mean {}?", near.join(" or ")) };
    Problem::new("UNKNOWN_PERSON", format!("nobody here is called {asked}; {like}")).with("near", near)
}

/// This house does not let customers choose.
pub fn choice_not_offered() -> Problem {
    Problem::new("CHOICE_NOT_OFFERED", "this house does not let customers choose a person; leave it out to be served by whoever is free")
}
