//! A customer's bookings: hold, confirm, move, cancel.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::times::{choice_not_offered, unknown_person};
use crate::booking::{self, Confirmed, Outcome, Person, Request};
use crate::domain::{BookingState, id};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked, Id};
use crate::http::once::{Object, Sent};
use crate::http::page::{self, PageParams};
use crate::http::problem::{Faults, Problem};
use crate::http::view::{BookingView, Shower};
use crate::keyring::{Role, normalize};
use crate::store::{BookingFilter, BookingRow, Contact, CustomerRow, LocationRow, NewBooking, TenantRow};

/// Who comes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerGiven {
    /// Name.
    #[schema(min_length = 1, max_length = 200, example = "Amina")]
    pub name: String,
    /// Phone number; with its country code, unless the house has a home country.
    #[schema(example = "+254712345678")]
    pub phone: Option<String>,
    /// E-mail address.
    #[schema(example = "amina@example.org")]
    pub email: Option<String>,
    /// In which language they are written to, `en` or `sw`; the house's where it is not given.
    #[schema(pattern = "^(en|sw)$", example = "sw")]
    pub language: Option<String>,
}

/// A time that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldGiven {
    /// A slot's id, as `GET /v1/slots` shows it.
    pub slot_id: String,
    /// Who comes; needs a phone number or an e-mail address.
    #[schema(value_type = CustomerGiven)]
    pub customer: Object<CustomerGiven>,
    /// What the customer writes.
    #[schema(max_length = 2000)]
    pub notes: Option<String>,
    /// With this person, by id or name, where the house lets customers choose.
    pub person: Option<String>,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// How many people come; one where it is not given.
    #[schema(minimum = 1, maximum = 1000)]
    pub party_size: Option<u32>,
    /// IANA time zone in which times are told; the location's where it is not given.
    pub timezone: Option<String>,
}

/// Holds a time for ten minutes. Somebody who could serve it is held with it; their name is not told.
#[utoipa::path(post, path = "/v1/bookings", tag = "customers", request_body = HoldGiven,
    params(("Idempotency-Key" = String, Header, description = "a new one for each new change", min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 201, body = BookingView), Faults))]
pub async fn hold(app: State<Arc<App>>, caller: Extension<Caller>, sent: Sent<HoldGiven>) -> Result<(StatusCode, Json<BookingView>), Problem> {
    let Sent { body, once } = sent;
    let slot = app.store.slot(&body.slot_id).await?;
    let location = app.location(&caller, &slot.location_id).await.map_err(|_| Problem::not_found("slot", &body.slot_id))?;
    let zone = ask::zone(body.timezone.as_deref(), location.timezone)?;
    let tenant = app.store.tenant(&location.tenant_id).await?;
    let customer = customer(&app, &tenant, &body.customer.0).await?;
    ask::short("notes", body.notes.as_deref(), 2000)?;
    let new = NewBooking {
        customer_id: Some(customer.id.clone()),
        customer: Some(customer),
        once: true,
        in_slot: true,
        hold_until: Some(app.clock.now() + TimeDelta::minutes(i64::from(tenant.hold_minutes))),
        user_id: Some(caller.sub.clone()),
        notes: body.notes,
        gender: body.gender,
        party_size: party(body.party_size)?,
        ..NewBooking::new(&location.id, &slot.service_id, slot.span.start)
    };
    let person = body.person.map_or(Person::Any, |who| Person::named(&who));
    let request = Request { new, person, actor: caller.actor() };
    let clock = app.clock.clone();
    let row: BookingRow = once
        .run(&app, None, |store| async move {
            let outcome = booking::book(store.as_ref(), clock.as_ref(), &request).await?;
            taken(outcome, &location_of(&request, store.as_ref()).await?, zone)
        })
        .await?;
    metrics::counter!("booking_holds_total").increment(1);
    let shower = Shower::for_customer(&app, &location, &row, zone).await?;
    Ok((StatusCode::CREATED, Json(shower.customer(&row))))
}

async fn location_of(request: &Request, store: &dyn crate::store::Store) -> Result<LocationRow, Problem> {
    Ok(store.location(&request.new.location_id).await?)
}

/// The booking that was taken, or why none was.
///
/// # Errors
/// There is no room, or nobody of that name.
pub fn taken(outcome: Outcome, location: &LocationRow, zone: chrono_tz::Tz) -> Result<BookingRow, Problem> {
    match outcome {
        Outcome::Taken(row) => Ok(*row),
        Outcome::NoRoom(room) => {
            metrics::counter!("booking_conflicts_total").increment(1);
            let nearby: Vec<String> = room.nearby.iter().map(|at| at.to_rfc3339(zone)).collect();
            let asked = room.asked.to_clock(location.timezone);
            let free = if nearby.is_empty() { "nothing is free that day" } else { "nearby are the times that are free that day" };
            Err(Problem::new("SLOT_FULL", format!("nobody who could serve it is free at {asked}; {free}")).with("nearby", nearby))
        }
        Outcome::UnknownPerson { asked, near } => Err(unknown_person(&asked, &near)),
        Outcome::ChoiceNotOffered => Err(choice_not_offered()),
    }
}

/// How many people come.
///
/// # Errors
/// None, or too many.
pub fn party(size: Option<u32>) -> Result<u32, Problem> {
    match size.unwrap_or(1) {
        size @ 1..=1000 => Ok(size),
        size => Err(Problem::invalid(format!("party_size: {size} people; expected 1 to 1000"))),
    }
}

/// The customer who is meant: known by their phone number or e-mail address, or new.
///
/// # Errors
/// No name, or neither a phone number nor an e-mail address that can be read.
pub async fn customer(app: &App, tenant: &TenantRow, given: &CustomerGiven) -> Result<CustomerRow, Problem> {
    let customer = customer_at_desk(app, tenant, given).await?;
    if customer.contact.is_none() {
        return Err(Problem::invalid("customer: expected a phone number or an e-mail address, so that you can be told who serves you"));
    }
    Ok(customer)
}

/// The same where staff ask: somebody who stands before them may give a name and no more.
///
/// # Errors
/// No name, or a phone number or an e-mail address that cannot be read.
pub async fn customer_at_desk(app: &App, tenant: &TenantRow, given: &CustomerGiven) -> Result<CustomerRow, Problem> {
    let name = given.name.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Problem::invalid("customer.name: expected 1 to 200 characters"));
    }
    let read = |field: &str, channel: &str, text: &Option<String>| -> Result<Option<Contact>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let address =
            normalize(channel, text, tenant.phone_region.as_deref()).map_err(|error| Problem::invalid(format!("customer.{field}: {error}")))?;
        Ok(Some(Contact::new(channel, &address)))
    };
    let (phone, email) = (read("phone", "sms", &given.phone)?, read("email", "email", &given.email)?);
    let language = given.language.as_deref().map(|word| ask::language("customer.language", word)).transpose()?;
    let mut contacts = [phone, email].into_iter().flatten();
    let (contact, second) = (contacts.next(), contacts.next());
    let known = match &contact {
        Some(contact) => app.store.customer_by_contact(&tenant.id, contact).await?,
        None => None,
    };
    let customer = known.unwrap_or_else(|| CustomerRow::new(&tenant.id, &id::new_id(app.clock.now()), name));
    Ok(CustomerRow {
        name: name.to_owned(),
        second: second.or(customer.second.clone().filter(|kept| Some(kept) != contact.as_ref())),
        contact,
        language: language.or(customer.language),
        ..customer
    })
}

/// What confirms a hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmGiven {
    /// Reference of a payment.
    #[schema(max_length = 200)]
    pub payment_ref: Option<String>,
    /// The `state_version` that was last seen.
    pub expected_version: Option<i64>,
}

/// Confirms a held booking.
#[utoipa::path(post, path = "/v1/bookings/{id}/confirm", tag = "customers", request_body = ConfirmGiven,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = BookingView), Faults))]
pub async fn confirm(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<ConfirmGiven>) -> Result<Json<BookingView>, Problem> {
    let Sent { body, once } = sent;
    let (before, location) = app.booking(&caller, &id.0).await?;
    ask::short("payment_ref", body.payment_ref.as_deref(), 200)?;
    let (clock, actor) = (app.clock.clone(), caller.actor());
    let row: BookingRow = once
        .run(&app, None, |store| async move {
            let payment = body.payment_ref.as_deref();
            match booking::confirm(store.as_ref(), clock.as_ref(), &id.0, body.expected_version, payment, &actor).await? {
                Confirmed::Stands(row) | Confirmed::TooLate(row) => Ok(*row),
                Confirmed::NoRoom => Err(Problem::new("SLOT_FULL", "whoever held it is away now, and nobody else is free; choose another time")),
            }
        })
        .await?;
    if row.state == BookingState::Expired {
        return Err(Problem::new("HOLD_EXPIRED", "the hold ran out before it was confirmed; choose a time again"));
    }
    if before.state == BookingState::Held {
        let held_ms = (app.clock.now() - before.created_at).num_milliseconds();
        metrics::histogram!("hold_to_confirm_ms").record(held_ms as f64);
        if row.state == BookingState::Confirmed && !row.resources.is_empty() {
            metrics::counter!("assignment_success").increment(1);
        }
    }
    let shower = Shower::for_customer(&app, &location, &row, location.timezone).await?;
    Ok(Json(shower.customer(&row)))
}

/// Until when customers may change a booking themselves.
async fn in_time(app: &App, caller: &Caller, location: &LocationRow, booking: &BookingRow) -> Result<(), Problem> {
    if caller.role != Role::User || booking.state == BookingState::Held {
        return Ok(());
    }
    let tenant = app.store.tenant(&location.tenant_id).await?;
    let last = booking.span.start.plus(-i64::from(tenant.customer_change_minutes));
    if app.clock.now_minute() > last {
        let until = last.to_rfc3339(location.timezone);
        return Err(Problem::new("TOO_LATE", format!("it could be changed here until {until}; call the house")).with("until", until));
    }
    Ok(())
}

/// What cancels a booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelGiven {
    /// Why.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// The `state_version` that was last seen.
    pub expected_version: Option<i64>,
}

/// Cancels a booking or a hold; its time is free at once.
#[utoipa::path(post, path = "/v1/bookings/{id}/cancel", tag = "customers", request_body = CancelGiven,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = BookingView), Faults))]
pub async fn cancel(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<CancelGiven>) -> Result<Json<BookingView>, Problem> {
    let Sent { body, once } = sent;
    let (before, location) = app.booking(&caller, &id.0).await?;
    in_time(&app, &caller, &location, &before).await?;
    let (clock, actor) = (app.clock.clone(), caller.actor());
    ask::short("reason", body.reason.as_deref(), 500)?;
    let by_customer = caller.role == Role::User;
    let by = if by_customer { "cancelled by the customer" } else { "cancelled by the house" };
    let reason = body.reason.filter(|reason| !reason.trim().is_empty()).unwrap_or_else(|| by.to_owned());
    let row: BookingRow = once
        .run(&app, None, |store| async move {
            let (store, clock, id, version) = (store.as_ref(), clock.as_ref(), &id.0, body.expected_version);
            let done = if by_customer {
                booking::cancel_own(store, clock, id, version, &actor, &reason).await
            } else {
                booking::cancel(store, clock, id, version, &actor, &reason).await
            };
            Ok(done?)
        })
        .await?;
    let shower = Shower::for_customer(&app, &location, &row, location.timezone).await?;
    Ok(Json(shower.customer(&row)))
}

/// Where a booking moves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleGiven {
    /// A slot of the same service at the same location.
    pub slot_id: String,
    /// The `state_version` that was last seen.
    pub expected_version: Option<i64>,
}

/// Moves a booking to another slot. A person that was chosen is kept where they are free then.
#[utoipa::path(post, path = "/v1/bookings/{id}/reschedule", tag = "customers", request_body = RescheduleGiven,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = BookingView), Faults))]
pub async fn reschedule(app: State<Arc<App>>, caller: Extension<Caller>, id: Id, sent: Sent<RescheduleGiven>) -> Result<Json<BookingView>, Problem> {
    let Sent { body, once } = sent;
    let (before, location) = app.booking(&caller, &id.0).await?;
    in_time(&app, &caller, &location, &before).await?;
    let slot = app.store.slot(&body.slot_id).await?;
    if slot.location_id != before.location_id || Some(&slot.service_id) != before.service_id.as_ref() {
        return Err(Problem::not_found("slot", &body.slot_id));
    }
    let (clock, actor, zone, place) = (app.clock.clone(), caller.actor(), location.timezone, location.clone());
    let by_customer = caller.role == Role::User;
    let row: BookingRow = once
        .run(&app, None, |store| async move {
            let (store, clock, id, start, version) = (store.as_ref(), clock.as_ref(), &id.0, slot.span.start, body.expected_version);
            let outcome = if by_customer {
                booking::reschedule_own(store, clock, id, start, version, &actor).await?
            } else {
                booking::reschedule(store, clock, id, start, version, &actor).await?
            };
            taken(outcome, &place, zone)
        })
        .await?;
    let shower = Shower::for_customer(&app, &location, &row, zone).await?;
    Ok(Json(shower.customer(&row)))
}

/// One booking of the caller's; staff see any of their tenant.
#[utoipa::path(get, path = "/v1/bookings/{id}", tag = "customers", params(("id" = String, Path)), responses((status = 200, body = BookingView), Faults))]
pub async fn one(app: State<Arc<App>>, caller: Extension<Caller>, id: Id) -> Result<Json<BookingView>, Problem> {
    let (booking, location) = app.booking(&caller, &id.0).await?;
    let shower = Shower::for_customer(&app, &location, &booking, location.timezone).await?;
    Ok(Json(shower.customer(&booking)))
}

/// A page of a customer's bookings.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyBookings {
    /// By start.
    pub bookings: Vec<BookingView>,
    /// `cursor` of the next page; none when this is the last.
    pub next: Option<String>,
}

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MyFilter {
    /// Where the page before ended, as its `next` says.
    pub cursor: Option<String>,
    /// How many at most; 50 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// What the caller has booked, by start.
#[utoipa::path(get, path = "/v1/bookings", tag = "customers", params(MyFilter), responses((status = 200, body = MyBookings), Faults))]
pub async fn mine(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<MyFilter>) -> Result<Json<MyBookings>, Problem> {
    let params = PageParams::read(asked.0.cursor.as_deref(), asked.0.limit)?;
    let filter = BookingFilter { user: Some(caller.sub.clone()), location: caller.location.clone(), ..BookingFilter::default() };
    let page = app.store.bookings_page(&caller.tenant, &filter, params.after.as_ref(), params.limit).await?;
    let mut bookings = Vec::with_capacity(page.bookings.len());
    for booking in &page.bookings {
        let location = app.location(&caller, &booking.location_id).await?;
        bookings.push(Shower::for_customer(&app, &location, booking, location.timezone).await?.customer(booking));
    }
    Ok(Json(MyBookings { bookings, next: page.next.as_ref().map(page::cursor) }))
}
