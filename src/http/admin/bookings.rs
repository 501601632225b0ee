//! Bookings as staff see and change them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::booking::{self, Person, Request};
use crate::domain::{BookingState, Minute};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::document::STEPS;
use crate::http::once::{Object, Sent};
use crate::http::page::{self, PageParams};
use crate::http::problem::{Faults, Problem};
use crate::http::user::bookings::{CustomerGiven, customer_at_desk, party, taken};
use crate::http::view::{Shower, StaffBookingView};
use crate::keyring::normalize;
use crate::operations;
use crate::store::{BookingFilter, BookingRow, Contact, HistoryKind, HistoryRow, LocationRow, NewBooking, Stamp};

/// Which bookings.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// At this location; at all of the tenant's where it is not given.
    pub location_id: Option<String>,
    /// Starting at or after: an instant with its offset.
    #[param(format = "zamu-instant")]
    pub from: Option<String>,
    /// Starting before: an instant with its offset.
    #[param(format = "zamu-instant")]
    pub to: Option<String>,
    /// Standing here.
    #[param(format = "zamu-state")]
    pub state: Option<String>,
    /// Of this service.
    pub service_id: Option<String>,
    /// Held by this person or table.
    pub person_id: Option<String>,
    /// Of this customer.
    pub customer_id: Option<String>,
    /// Of whoever has this phone number.
    pub phone: Option<String>,
    /// Of whoever has this e-mail address.
    pub email: Option<String>,
    /// Where the page before ended, as its `next` says.
    pub cursor: Option<String>,
    /// How many at most; 50 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// A page of bookings.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingsPage {
    /// By start.
    pub bookings: Vec<StaffBookingView>,
    /// `cursor` of the next page; none when this is the last.
    pub next: Option<String>,
}

/// What is asked for, as the store knows it; `None` where no customer is reached there.
///
/// # Errors
/// Not the caller's location, a time or a state that is none, an address that is none.
pub(in crate::http) async fn read_filter(app: &App, caller: &Caller, asked: &Filter) -> Result<Option<BookingFilter>, Problem> {
    let location = match asked.location_id.as_ref().or(caller.location.as_ref()) {
        Some(id) => Some(app.location(caller, id).await?.id),
        None => None,
    };
    let at = |name: &str, text: &Option<String>| text.as_deref().map(|text| ask::instant(name, text, chrono_tz::UTC)).transpose();
    let state = asked.state.as_deref().map(|word| {
        let known = BookingState::ALL.map(BookingState::as_str);
        BookingState::from_word(word).ok_or_else(|| Problem::invalid(format!("state: {word:?} is none; expected one of {}", known.join(", "))))
    });
    let mut filter = BookingFilter {
        location,
        from: at("from", &asked.from)?,
        to: at("to", &asked.to)?,
        state: state.transpose()?,
        service: asked.service_id.clone(),
        resource: asked.person_id.clone(),
        customer: asked.customer_id.clone(),
        user: None,
    };
    for (field, channel, text) in [("phone", "sms", &asked.phone), ("email", "email", &asked.email)] {
        let Some(text) = text else { continue };
        let region = app.tenant(caller).await?.phone_region;
        let address = normalize(channel, text, region.as_deref()).map_err(|error| Problem::invalid(format!("{field}: {error}")))?;
        match app.store.customer_by_contact(&caller.tenant, &Contact::new(channel, &address)).await? {
            Some(found) if filter.customer.as_ref().is_none_or(|wanted| *wanted == found.id) => filter.customer = Some(found.id),
            _ => return Ok(None),
        }
    }
    Ok(Some(filter))
}

/// Bookings of the tenant by start, filtered, page by page.
#[utoipa::path(get, path = "/admin/v1/bookings", tag = "bookings", params(Filter), responses((status = 200, body = BookingsPage), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<Filter>) -> Result<Json<BookingsPage>, Problem> {
    let params = PageParams::read(asked.0.cursor.as_deref(), asked.0.limit)?;
    let Some(filter) = read_filter(&app, &caller, &asked.0).await? else {
        return Ok(Json(BookingsPage { bookings: Vec::new(), next: None }));
    };
    let page = app.store.bookings_page(&caller.tenant, &filter, params.after.as_ref(), params.limit).await?;
    let mut bookings = Vec::with_capacity(page.bookings.len());
    let mut shower: Option<(String, Shower)> = None;
    for booking in &page.bookings {
        if shower.as_ref().is_none_or(|(at, _)| *at != booking.location_id) {
            let location = app.location(&caller, &booking.location_id).await?;
            shower = Some((location.id.clone(), Shower::for_staff(&app, &location, location.timezone).await?));
        }
        if let Some((_, shower)) = &shower {
            bookings.push(shower.staff(&app, &caller.tenant, booking).await?);
        }
    }
    Ok(Json(BookingsPage { bookings, next: page.next.as_ref().map(page::cursor) }))
}

async fn shown(app: &App, caller: &Caller, location: &LocationRow, booking: &BookingRow) -> Result<StaffBookingView, Problem> {
    Shower::for_staff(app, location, location.timezone).await?.staff(app, &caller.tenant, booking).await
}

/// One booking.
#[utoipa::path(get, path = "/admin/v1/bookings/{id}", tag = "bookings", params(("id" = String, Path)), responses((status = 200, body = StaffBookingView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id) -> Result<Json<StaffBookingView>, Problem> {
    let (booking, location) = app.booking(&caller, &id.0).await?;
    Ok(Json(shown(&app, &caller, &location, &booking).await?))
}

/// A booking that staff take: at whatever time, and confirmed at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingGiven {
    /// Where.
    pub location_id: String,
    /// What.
    pub service_id: String,
    /// When: with an offset, or by the clock on the wall of `timezone`.
    #[schema(format = "zamu-instant", example = "2026-11-23T10:00")]
    pub start: String,
    /// IANA time zone of the time; the location's where it is not given.
    pub timezone: Option<String>,
    /// Who comes: a name is enough, though nobody can write to them then; a walk-in without one where it is not given.
    #[schema(value_type = Option<CustomerGiven>)]
    pub customer: Option<Object<CustomerGiven>>,
    /// With these people, by id or name, where the house lets customers choose.
    #[serde(default)]
    pub people: Vec<String>,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// Wish for a part of the house.
    pub zone: Option<String>,
    /// How many people come.
    #[schema(minimum = 1, maximum = 1000)]
    pub party_size: Option<u32>,
    /// Weight of leaving it unplaced.
    #[schema(minimum = 1, maximum = 1000)]
    pub priority: Option<u32>,
    /// What was said with it.
    #[schema(max_length = 2000)]
    pub notes: Option<String>,
}

/// Takes a booking at the desk.
#[utoipa::path(post, path = "/admin/v1/bookings", tag = "bookings", request_body = BookingGiven, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = StaffBookingView), Faults))]
pub async fn take(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    sent: Sent<BookingGiven>,
) -> Result<(StatusCode, Json<StaffBookingView>), Problem> {
    let (location, row) = Box::pin(taken_at_desk(&app, &caller, sent)).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, &caller, &location, &row).await?)))
}

/// Takes a booking; where it is, and how it stands then.
///
/// # Errors
/// Not the caller's location, a customer or a time that is none, or nobody is free for it then.
pub(in crate::http) async fn taken_at_desk(app: &App, caller: &Caller, sent: Sent<BookingGiven>) -> Result<(LocationRow, BookingRow), Problem> {
    let Sent { body, once } = sent;
    let location = app.location(caller, &body.location_id).await?;
    let zone = ask::zone(body.timezone.as_deref(), location.timezone)?;
    let tenant = app.store.tenant(&location.tenant_id).await?;
    let customer = match &body.customer {
        Some(Object(given)) => Some(customer_at_desk(app, &tenant, given).await?),
        None => None,
    };
    let priority = body.priority.unwrap_or(1);
    if !(1..=1000).contains(&priority) {
        return Err(Problem::invalid(format!("priority: {priority}; expected 1 to 1000")));
    }
    ask::short("notes", body.notes.as_deref(), 2000)?;
    let new = NewBooking {
        customer_id: customer.as_ref().map(|c| c.id.clone()),
        // Of those who can be told apart: two walk-ins may have the same name.
        once: customer.as_ref().is_some_and(|customer| customer.contact.is_some()),
        customer,
        gender: body.gender,
        zone: body.zone,
        party_size: party(body.party_size)?,
        priority,
        notes: body.notes,
        ..NewBooking::new(&location.id, &body.service_id, ask::instant("start", &body.start, zone)?)
    };
    let person = if body.people.is_empty() { Person::Any } else { Person::Named(body.people) };
    let request = Request { new, person, actor: caller.actor() };
    let (clock, place) = (app.clock.clone(), location.clone());
    let row: BookingRow = once
        .run(app, None, |store| async move {
            let outcome = booking::book(store.as_ref(), clock.as_ref(), &request).await?;
            let row = taken(outcome, &place, zone)?;
            if !row.resources.is_empty() {
                metrics::counter!("assignment_success").increment(1);
            }
            Ok(row)
        })
        .await?;
    Ok((location, row))
}

/// What changes about a booking: one thing at a time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingChange {
    /// Step it to `confirmed`, `cancelled`, `completed`, `no_show` or `manual_review`.
    #[schema(format = "zamu-step", example = "cancelled")]
    pub state: Option<String>,
    /// Move it to this time: with an offset, or by the location's clock on the wall.
    #[schema(format = "zamu-instant")]
    pub start: Option<String>,
    /// Give it to these people or tables, by id; checked against every rule.
    pub people: Option<Vec<String>>,
    /// Why, for the history.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// The `state_version` that was last seen.
    pub expected_version: Option<i64>,
}

/// Cancels, steps, moves or reassigns a booking.
#[utoipa::path(patch, path = "/admin/v1/bookings/{id}", tag = "bookings", request_body = BookingChange, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = StaffBookingView), Faults))]
pub async fn change(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<BookingChange>) -> Result<Json<StaffBookingView>, Problem> {
    let (location, row) = Box::pin(changed(&app, &caller, &id.0, sent)).await?;
    Ok(Json(shown(&app, &caller, &location, &row).await?))
}

/// Makes a change of a booking; where it is, and how it stands then.
///
/// # Errors
/// No such booking of the caller's, more than one change at a time, or what the use case refuses.
pub(in crate::http) async fn changed(app: &App, caller: &Caller, id: &str, sent: Sent<BookingChange>) -> Result<(LocationRow, BookingRow), Problem> {
    let Sent { body, once } = sent;
    let (before, location) = app.booking(caller, id).await?;
    let (clock, actor, place) = (app.clock.clone(), caller.actor(), location.clone());
    ask::short("reason", body.reason.as_deref(), 500)?;
    let reason = body.reason.filter(|reason| !reason.trim().is_empty()).unwrap_or_else(|| "changed by staff".to_owned());
    let expected = body.expected_version;
    let row: BookingRow = match (body.state, body.start, body.people) {
        (Some(word), None, None) => {
            let to = steppable(&word)?;
            once.run(app, None, |store| async move {
                let stamp = Stamp::new(&actor, clock.now(), &reason);
                Ok(match to {
                    BookingState::Cancelled => booking::cancel(store.as_ref(), clock.as_ref(), id, expected, &actor, &reason).await?,
                    to => store.transition(id, to, expected, &stamp).await?,
                })
            })
            .await?
        }
        (None, Some(start), None) => {
            let start: Minute = ask::instant("start", &start, location.timezone)?;
            once.run(app, None, |store| async move {
                let outcome = booking::reschedule(store.as_ref(), clock.as_ref(), id, start, expected, &actor).await?;
                taken(outcome, &place, place.timezone)
            })
            .await?
        }
        (None, None, Some(people)) => {
            once.noted(app, async move {
                if expected.is_some_and(|version| version != before.state_version) {
                    return Err(Problem::new("VERSION_CONFLICT", "somebody else changed it in the meantime; read it again"));
                }
                let people: Vec<&str> = people.iter().map(String::as_str).collect();
                Ok(operations::reassign(app.store.as_ref(), clock.as_ref(), id, &people, &actor, &reason).await?)
            })
            .await?
        }
        _ => return Err(Problem::invalid("give one of state, start and people: one change at a time")),
    };
    Ok((location, row))
}

/// The states a person may step a booking to.
fn steppable(word: &str) -> Result<BookingState, Problem> {
    let names = STEPS.map(BookingState::as_str).join(", ");
    STEPS.into_iter().find(|state| state.as_str() == word).ok_or_else(|| Problem::invalid(format!("state: {word:?}; expected one of {names}")))
}

/// A line of a booking's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryView {
    /// What changed.
    #[schema(format = "zamu-history")]
    pub kind: String,
    /// What it was.
    pub from: String,
    /// What it is.
    pub to: String,
    /// Who did it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: DateTime<Utc>,
    /// The booking's version after it.
    pub state_version: i64,
}

/// What happened to a booking, oldest first.
#[utoipa::path(get, path = "/admin/v1/bookings/{id}/history", tag = "bookings", params(("id" = String, Path)), responses((status = 200, body = Vec<HistoryView>), Faults))]
pub async fn history(app: State<Arc<App>>, caller: Extension<Caller>, id: Id) -> Result<Json<Vec<HistoryView>>, Problem> {
    let (booking, _) = app.booking(&caller, &id.0).await?;
    let rows = app.store.history(&booking.id).await?;
    let view = |row: HistoryRow| HistoryView {
        kind: row.kind.as_str().to_owned(),
        from: row.from,
        to: row.to,
        actor: row.actor,
        reason: row.reason,
        at: row.at,
        state_version: row.state_version,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// A step that only operators take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StateGiven {
    /// Where to: any state that the table of legal steps allows.
    #[schema(format = "zamu-state", example = "confirmed")]
    pub to: String,
    /// Why, for the history.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
    /// The `state_version` that was last seen.
    pub expected_version: Option<i64>,
}

/// Steps a booking along the table of legal steps: the release of a manual review.
#[utoipa::path(post, path = "/internal/v1/bookings/{id}/state", tag = "operators", request_body = StateGiven, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = StaffBookingView), Faults))]
pub async fn step(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<StateGiven>) -> Result<Json<StaffBookingView>, Problem> {
    let Sent { body, once } = sent;
    let (_, location) = app.booking(&caller, &id.0).await?;
    let known = BookingState::ALL.map(BookingState::as_str).join(", ");
    let to = BookingState::from_word(&body.to).ok_or_else(|| Problem::invalid(format!("to: {:?}; expected one of {known}", body.to)))?;
    let stamp = Stamp::new(&caller.actor(), app.clock.now(), &super::name("reason", &body.reason)?);
    let row: BookingRow = once
        .run(&app, None, |store| async move {
            Ok(match to {
                BookingState::Cancelled => store.cancel_booking(&id.0, body.expected_version, true, &stamp).await?,
                to => store.transition(&id.0, to, body.expected_version, &stamp).await?,
            })
        })
        .await?;
    Ok(Json(shown(&app, &caller, &location, &row).await?))
}

/// An attempt to assign a booking.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptView {
    /// Which one, from 1.
    pub attempt: u32,
    /// When it began.
    #[schema(format = DateTime)]
    pub at: DateTime<Utc>,
    /// Who made it.
    pub actor: String,
    /// What came of it: the state it led to, or none while it is under way.
    #[schema(format = "zamu-state")]
    pub outcome: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Every attempt to assign a booking, oldest first, as its history tells.
#[utoipa::path(get, path = "/internal/v1/bookings/{id}/attempts", tag = "operators", params(("id" = String, Path)), responses((status = 200, body = Vec<AttemptView>), Faults))]
pub async fn attempts(app: State<Arc<App>>, caller: Extension<Caller>, id: Id) -> Result<Json<Vec<AttemptView>>, Problem> {
    let (booking, _) = app.booking(&caller, &id.0).await?;
    Ok(Json(attempts_in(&app.store.history(&booking.id).await?)))
}

/// The attempts that a history tells of, oldest first.
pub(in crate::http) fn attempts_in(history: &[HistoryRow]) -> Vec<AttemptView> {
    let steps: Vec<_> = history.iter().filter(|row| row.kind == HistoryKind::State).collect();
    let begun = [BookingState::AssignmentInProgress.as_str(), BookingState::Held.as_str()];
    let mut attempts = Vec::new();
    for (k, step) in steps.iter().enumerate().filter(|(_, step)| begun.contains(&step.to.as_str())) {
        let next = steps.get(k + 1);
        attempts.push(AttemptView {
            attempt: u32::try_from(attempts.len() + 1).unwrap_or(u32::MAX),
            at: step.at,
            actor: step.actor.clone(),
            outcome: next.map(|next| next.to.clone()),
            reason: next.map(|next| next.reason.clone()),
        });
    }
    attempts
}
