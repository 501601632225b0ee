//! Availability rules, and the slots that are made from them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{At, AtDays};
use crate::booking::slots;
use crate::domain::{Rule, RuleKind, Weekdays, id};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::store::{SlotRow, SlotsMade};

/// What a rule repeats over.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Repeats {
    /// Every week.
    Weekly,
    /// On the weekdays within a range of dates, in place of the weekly hours.
    DateRange,
    /// On these dates, in place of everything else.
    Exception,
}

/// When somebody, a service or the whole location is open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleGiven {
    /// Where.
    pub location_id: String,
    /// Whose hours; the whole location's where neither a person nor a service is given.
    pub person_id: Option<String>,
    /// When this service can be had.
    pub service_id: Option<String>,
    /// What it repeats over.
    pub rule_kind: Repeats,
    /// 1 is Monday, 7 Sunday; all of them where none is given.
    #[serde(default)]
    #[schema(value_type = Vec<Weekday>)]
    pub days_of_week: Vec<u8>,
    /// By the clock on the wall; the whole day where it is closed.
    #[schema(format = "zamu-clock-of-day", example = "09:00")]
    pub start_time: Option<String>,
    /// By the clock on the wall; `26:00` is 02:00 on the next day.
    #[schema(format = "zamu-clock", example = "17:00")]
    pub end_time: Option<String>,
    /// First date; needed unless it is weekly.
    #[schema(format = Date)]
    pub valid_from: Option<String>,
    /// Last date; needed unless it is weekly.
    #[schema(format = Date)]
    pub valid_to: Option<String>,
    /// No hours on these days.
    #[serde(default)]
    pub is_closed: bool,
    /// How many bookings may begin at one time; as many as there are people where it is not given.
    #[schema(minimum = 1, maximum = 1000)]
    pub slot_capacity: Option<u32>,
    /// Minutes from one slot to the next.
    #[schema(minimum = 1, maximum = 1440)]
    pub slot_granularity_minutes: Option<u32>,
}

/// A rule on file.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleView {
    /// Identifier, unique within the location.
    pub id: String,
    /// Where.
    pub location_id: String,
    /// Whose hours; the whole location's where neither a person nor a service is given.
    pub person_id: Option<String>,
    /// When this service can be had.
    pub service_id: Option<String>,
    /// What it repeats over.
    pub rule_kind: Repeats,
    /// 1 is Monday, 7 Sunday.
    #[schema(value_type = Vec<Weekday>)]
    pub days_of_week: Vec<u8>,
    /// By the clock on the wall.
    #[schema(format = "zamu-clock-of-day", example = "09:00")]
    pub start_time: String,
    /// By the clock on the wall; `26:00` is 02:00 on the next day.
    #[schema(format = "zamu-clock", example = "17:00")]
    pub end_time: String,
    /// First date.
    #[schema(format = Date)]
    pub valid_from: Option<String>,
    /// Last date.
    #[schema(format = Date)]
    pub valid_to: Option<String>,
    /// No hours on these days.
    pub is_closed: bool,
    /// How many bookings may begin at one time; as many as there are people where it is not given.
    pub slot_capacity: Option<u32>,
    /// Minutes from one slot to the next.
    pub slot_granularity_minutes: Option<u32>,
}

/// 1 is Monday, 7 Sunday.
#[derive(ToSchema)]
#[schema(minimum = 1, maximum = 7)]
pub struct Weekday(#[expect(dead_code, reason = "stands for a number in the document")] u8);

/// Minutes after midnight of `HH:MM`, up to `48:00`.
///
/// # Errors
/// No such time.
pub fn minutes(field: &str, text: &str) -> Result<u32, Problem> {
    let read = text.split_once(':').and_then(|(hours, minutes)| {
        let two = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().ok()).flatten();
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        (minutes < 60 && hours * 60 + minutes <= 2880).then_some(hours * 60 + minutes)
    });
    read.ok_or_else(|| {
        Problem::invalid(format!("{field}: {text:?} is no time of day; expected HH:MM, such as 09:30; 26:00 is 02:00 on the next day"))
    })
}

/// `09:30`.
pub(in crate::http) fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The rule that is asked for.
///
/// # Errors
/// What of it cannot be read.
pub(in crate::http) fn rule(given: &RuleGiven, id: &str) -> Result<Rule, Problem> {
    if let Some(day) = given.days_of_week.iter().find(|day| !(1..=7).contains(*day)) {
        return Err(Problem::invalid(format!("days_of_week: {day} is no weekday; 1 is Monday, 7 Sunday")));
    }
    let bits = given.days_of_week.iter().fold(0u8, |bits, day| bits | 1 << (day - 1));
    let (start_minute, end_minute) = match (&given.start_time, &given.end_time) {
        (Some(start), Some(end)) => (minutes("start_time", start)?, minutes("end_time", end)?),
        (None, None) if given.is_closed => (0, 1440),
        _ => return Err(Problem::invalid("start_time and end_time: both are needed, unless it is closed")),
    };
    let date = |field: &str, text: &Option<String>| text.as_deref().map(|text| ask::date(field, text)).transpose();
    Ok(Rule {
        id: id.to_owned(),
        resource: given.person_id.clone(),
        service: given.service_id.clone(),
        kind: match given.rule_kind {
            Repeats::Weekly => RuleKind::Weekly,
            Repeats::DateRange => RuleKind::DateRange,
            Repeats::Exception => RuleKind::Exception,
        },
        weekdays: if given.days_of_week.is_empty() { Weekdays::ALL } else { Weekdays(bits) },
        start_minute,
        end_minute,
        valid_from: date("valid_from", &given.valid_from)?,
        valid_to: date("valid_to", &given.valid_to)?,
        closed: given.is_closed,
        capacity: given.slot_capacity,
        granularity_minutes: given.slot_granularity_minutes,
    })
}

/// A rule as it is shown.
pub(in crate::http) fn view(location: &str, rule: Rule) -> RuleView {
    RuleView {
        id: rule.id,
        location_id: location.to_owned(),
        person_id: rule.resource,
        service_id: rule.service,
        rule_kind: match rule.kind {
            RuleKind::Weekly => Repeats::Weekly,
            RuleKind::DateRange => Repeats::DateRange,
            RuleKind::Exception => Repeats::Exception,
        },
        days_of_week: (1..=7).filter(|day| rule.weekdays.0 >> (day - 1) & 1 == 1).collect(),
        start_time: clock(rule.start_minute),
        end_time: clock(rule.end_minute),
        valid_from: rule.valid_from.map(|date| date.to_string()),
        valid_to: rule.valid_to.map(|date| date.to_string()),
        is_closed: rule.closed,
        slot_capacity: rule.capacity,
        slot_granularity_minutes: rule.granularity_minutes,
    }
}

/// The availability rules of a location, by id.
#[utoipa::path(get, path = "/admin/v1/availabilities", tag = "house", params(At), responses((status = 200, body = Vec<RuleView>), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, at: Asked<At>) -> Result<Json<Vec<RuleView>>, Problem> {
    let location = app.location(&caller, &at.0.location_id).await?;
    Ok(Json(app.store.rules(&location.id).await?.into_iter().map(|rule| view(&location.id, rule)).collect()))
}

/// Adds an availability rule. One that overlaps another of the same subject and kind is refused, and both are named.
#[utoipa::path(post, path = "/admin/v1/availabilities", tag = "house", request_body = RuleGiven, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = RuleView), Faults))]
pub async fn make(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<RuleGiven>) -> Result<(StatusCode, Json<RuleView>), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(&caller, &body.location_id).await?;
    if let Some(person) = &body.person_id
        && !app.store.resources(&location.id).await?.iter().any(|row| row.id == *person)
    {
        return Err(Problem::not_found("person", person));
    }
    let rule = rule(&body, &id::new_id(app.clock.now()))?;
    let place = location.id.clone();
    let rule = once
        .run(&app, Some(&rule), |store| {
            let rule = rule.clone();
            async move {
                store.upsert_rule(&place, &rule).await?;
                Ok(rule)
            }
        })
        .await?;
    Ok((StatusCode::CREATED, Json(view(&location.id, rule))))
}

/// Nothing.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Takes an availability rule away.
#[utoipa::path(delete, path = "/admin/v1/availabilities/{id}", tag = "house", params(("id" = String, Path), At, ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 204), Faults))]
pub async fn remove(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, at: Asked<At>, sent: Sent<Nothing>) -> Result<StatusCode, Problem> {
    let location = app.location(&caller, &at.0.location_id).await?;
    let done = Nothing {};
    sent.once
        .run(&app, Some(&done), |store| async move {
            store.remove_rule(&location.id, &id.0).await?;
            Ok(Nothing {})
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A slot with its counters.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotCounted {
    /// Identifier.
    pub id: String,
    /// What.
    pub service_id: String,
    /// The local day.
    #[schema(format = Date)]
    pub date: String,
    /// When it starts.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub end: String,
    /// How many could be served at once, were nothing else booked.
    pub capacity: u32,
    /// Bookings that stand in it.
    pub booked: u32,
    /// Holds in it.
    pub hold: u32,
    /// How full it is.
    #[schema(format = "zamu-slot")]
    pub status: String,
}

/// Days of slots, of one service or of all.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlotsAsked {
    /// The location's id.
    pub location_id: String,
    /// First local day, YYYY-MM-DD.
    #[param(format = Date)]
    pub from: String,
    /// Last local day, YYYY-MM-DD.
    #[param(format = Date)]
    pub to: String,
    /// Only of this service.
    pub service_id: Option<String>,
}

/// The slots of some days with their counters, by start.
#[utoipa::path(get, path = "/admin/v1/slots", tag = "house", params(SlotsAsked), responses((status = 200, body = Vec<SlotCounted>), Faults))]
pub async fn slots(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<SlotsAsked>) -> Result<Json<Vec<SlotCounted>>, Problem> {
    let SlotsAsked { location_id, from, to, service_id } = asked.0;
    let (location, from, to) = AtDays { location_id, from, to }.read(&app, &caller, 62).await?;
    let rows = app.store.slots(&location.id, from, to, service_id.as_deref()).await?;
    let view = |slot: SlotRow| SlotCounted {
        start: slot.span.start.to_rfc3339(location.timezone),
        end: slot.span.end.to_rfc3339(location.timezone),
        date: slot.local_date.to_string(),
        status: slot.status.as_str().to_owned(),
        id: slot.id,
        service_id: slot.service_id,
        capacity: slot.capacity,
        booked: slot.booked,
        hold: slot.hold,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// Days whose slots are to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotsWanted {
    /// Where.
    pub location_id: String,
    /// First local day.
    #[schema(format = Date)]
    pub from: String,
    /// Last local day.
    #[schema(format = Date)]
    pub to: String,
}

/// What making slots did.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotsMadeView {
    /// New ones.
    pub inserted: u32,
    /// With another capacity.
    pub updated: u32,
    /// Gone, or blocked because something stands in them.
    pub removed: u32,
    /// As they were.
    pub unchanged: u32,
}

/// Makes the slots of some days from the rules and the people on duty. Twice changes nothing.
#[utoipa::path(post, path = "/admin/v1/slots/generate", tag = "house", request_body = SlotsWanted, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 200, body = SlotsMadeView), Faults))]
pub async fn generate(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<SlotsWanted>) -> Result<Json<SlotsMadeView>, Problem> {
    let Sent { body, once } = sent;
    let wanted = AtDays { location_id: body.location_id, from: body.from, to: body.to };
    let (location, from, to) = wanted.read(&app, &caller, 62).await?;
    // Making them twice changes nothing, so that what was made is noted when all days are done.
    let inner: &App = &app;
    let made: SlotsMade =
        once.noted(inner, async move { Ok(slots::generate(inner.store.as_ref(), inner.clock.as_ref(), &location.id, from, to).await?) }).await?;
    Ok(Json(SlotsMadeView { inserted: made.inserted, updated: made.updated, removed: made.removed, unchanged: made.unchanged }))
}
