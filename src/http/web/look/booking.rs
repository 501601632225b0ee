//! One booking's whole life: how it stands, what the desk can do about it, and everything that happened.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::day::gender_in_words;
use super::super::fields::Typed;
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::{Frame, Here, Page};
use super::super::kept::{self, Kept, meant};
use super::super::lines;
use super::super::visit::Visit;
use super::super::when::clocks;
use super::super::words::Words;
use super::bookings::state_in_words;
use super::history::Past;
use super::names::Names;
use super::{filled, said};
use crate::booking::free;
use crate::domain::{BookingState, Minute, local};
use crate::http::admin::bookings::{BookingChange, changed};
use crate::http::admin::messages;
use crate::http::app::App;
use crate::http::ask::{self, Asked, Id};
use crate::http::once::Sent;
use crate::http::problem::Problem;
use crate::keyring::mask;
use crate::store::{AttentionRow, BookingRow, CustomerRow, Day, DayView, LocationRow};

/// Messages that are shown of one booking, at most.
const MESSAGES_MAX: u32 = 200;

/// What the address of a booking asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    /// The local day whose free times are offered.
    to: Option<String>,
    done: Option<String>,
}

/// The page of a booking.
pub async fn show(app: State<Arc<App>>, visit: Visit, id: Id, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &id.0, &shown.0, Back { cancel: kept::Shown(None), moving: kept::Shown(None) }).await
}

/// The forms of the page, each fresh or as it was sent.
#[derive(Clone, Copy)]
struct Back<'a> {
    cancel: kept::Shown<'a>,
    moving: kept::Shown<'a>,
}

async fn drawn(app: &Arc<App>, visit: &Visit, id: &str, shown: &Shown, back: Back<'_>) -> Result<Page, Problem> {
    let caller = visit.caller()?;
    let (booking, location) = app.booking(caller, id).await?;
    let frame = Frame::at(app, visit, Here::Bookings, &location.id, Some(booking.local_date)).await?;
    let names = Names::of(app, &location).await?;
    let customer = match &booking.customer_id {
        Some(id) => app.store.customer(&location.tenant_id, id).await?,
        None => None,
    };
    // What nobody can be told of is not said to be.
    let is_reached = customer.as_ref().is_some_and(|customer| customer.contact.is_some());
    let done = shown.done.as_ref().map(|done| if is_reached { done.clone() } else { format!("{done}-untold") });
    let mut attention = app.store.open_attention(&location.id, Some(booking.local_date)).await?;
    attention.retain(|row| row.booking_id == booking.id);
    let history = app.store.history(&booking.id).await?;
    let about = messages::Filter { booking_id: Some(booking.id.clone()), limit: Some(MESSAGES_MAX), ..messages::Filter::default() };
    let mut told = messages::page(app, caller, about).await?.messages;
    told.reverse();
    let day = app.store.day(&location.id, booking.local_date, DayView::Recorded).await?;
    let w = visit.words();
    let life = Life { app, visit, w, location: &location, names: &names, booking: &booking, customer, attention, day: &day, back };
    let moving = life.moving(filled(shown.to.as_ref())).await?;
    let past = Past { w, names: &names, zone: location.timezone, day: &day };
    let body = html! {
        (said(w, done.as_ref(), &["cancelled", "moved", "cancelled-untold", "moved-untold"]))
        (life.now())
        @if moving.is_none() { (back.cancel.why(w)) (back.moving.why(w)) }
        @if let Some(moving) = &moving { (life.doings(moving)) }
        h2 { (w.say("history")) }
        (past.changes(&history))
        h2 { (w.say("look-attempts")) }
        (past.attempts(&history))
        h2 { (w.say("look-messages-title")) }
        (past.messages(&told))
    };
    let title = format!("{} – {}, {}", names.service(&booking), w.short_date(booking.local_date), w.span(booking.span, location.timezone));
    Ok(frame.page(&title, body))
}

struct Life<'a> {
    app: &'a App,
    visit: &'a Visit,
    w: &'a Words,
    location: &'a LocationRow,
    names: &'a Names,
    booking: &'a BookingRow,
    customer: Option<CustomerRow>,
    attention: Vec<AttentionRow>,
    day: &'a Day,
    back: Back<'a>,
}

/// Where a booking may be moved to.
struct Moving {
    /// The day that is offered.
    date: NaiveDate,
    /// Its free times; `None` before anybody asked for them.
    times: Option<Vec<Minute>>,
}

impl Life<'_> {
    fn path(&self) -> String {
        format!("/admin/bookings/{}", escaped(&self.booking.id))
    }

    /// How it stands now.
    fn now(&self) -> Markup {
        let (w, booking, location) = (self.w, self.booking, self.location);
        let holders = if booking.served_by.is_empty() { &booking.resources } else { &booking.served_by };
        let contact = self.customer.as_ref().and_then(|customer| customer.contact.as_ref()).map(|contact| mask(&contact.address));
        let day = format!("/admin/at/{}/{}?booking={}", location.id, booking.local_date, escaped(&booking.id));
        let until = booking.hold_expires_at.filter(|_| booking.state == BookingState::Held);
        html! {
            @for row in &self.attention { p.warning { strong { "! " } (lines::why_on_file(w, self.day, row.witness.as_ref(), &row.reason)) } }
            dl {
                dt { (w.say("look-col-when")) } dd { (w.date(booking.local_date)) ", " (w.span(booking.span, location.timezone)) " (" (location.timezone.name()) ")" }
                @if let Some(customer) = &self.customer { dt { (w.say("customer")) } dd { (customer.name) @if let Some(contact) = contact { " (" (contact) ")" } } }
                dt { (w.say("served-by")) } dd { (self.names.people(w, holders)) " – " (w.say(&format!("status-{}", booking.status.as_str()))) }
                dt { (w.say("state")) } dd { (state_in_words(w, booking.state)) }
                @if let Some(until) = until { dt { (w.say("look-held-until")) } dd { (w.instant(until, location.timezone)) } }
                @if let Some(gender) = &booking.gender { dt { (w.say("wished")) } dd { (gender_in_words(w, gender)) @if booking.gender_waived { " – " (w.say("waived")) } } }
                @if booking.party_size > 1 { dt { (w.say("party")) } dd { (booking.party_size) } }
                @if let Some(notes) = &booking.notes { dt { (w.say("notes")) } dd { (notes) } }
                @if let Some(payment) = &booking.payment_ref { dt { (w.say("look-payment")) } dd { (payment) } }
                dt { (w.say("look-made")) } dd { (w.instant(booking.created_at, location.timezone)) @if let Some(user) = &booking.user_id { " – " (user) } }
            }
            p { a.button href=(day) { (w.say("look-on-its-day")) } }
        }
    }

    /// What may be moved, and to when; nothing where it is over, or the visitor may not.
    async fn moving(&self, to: Option<String>) -> Result<Option<Moving>, Problem> {
        if !self.visit.may("POST", "/admin/bookings/{id}/move") || !self.booking.state.may_become(BookingState::Cancelled) {
            return Ok(None);
        }
        let today = local::local_date(self.location.timezone, self.app.clock.now());
        let Some(text) = to else { return Ok(Some(Moving { date: self.booking.local_date.max(today), times: None })) };
        let date = ask::date("to", &text)?;
        let times = free::to_move(self.app.store.as_ref(), self.app.clock.as_ref(), self.booking, date).await?;
        Ok(Some(Moving { date, times: Some(times) }))
    }

    /// What the desk can do about it.
    fn doings(&self, moving: &Moving) -> Markup {
        let w = self.w;
        html! {
            h2 #doings { (w.say("look-doings")) }
            section.card-box aria-labelledby="move-title" {
                h3 #move-title { (w.say("look-move")) }
                (self.back.moving.why(w))
                form.inline method="get" action=(self.path()) {
                    label { (w.say("look-move-day")) " " input type="date" name="to" value=(moving.date) required; }
                    button type="submit" { (w.say("look-move-look")) }
                }
                @if let Some(times) = &moving.times { (self.times(moving.date, times)) }
            }
            details.card-box open[self.back.cancel.is_back()] {
                summary { (w.say("look-cancel")) }
                form.fields method="post" action=(format!("{}/cancel", self.path())) {
                    (self.visit.carried(self.app))
                    (self.back.cancel.why(w))
                    input type="hidden" name="version" value=(self.booking.state_version);
                    label { (w.say("look-cancel-why")) input type="text" name="reason" maxlength="500" autocomplete="off" value=(self.back.cancel.value("reason", "")) aria-invalid=[self.back.cancel.invalid("reason")] aria-describedby=[self.back.cancel.described("reason")]; }
                    p { (w.say("look-cancel-means")) " " (self.told("look-cancel-told")) }
                    div { button.danger type="submit" { (w.say("look-cancel-do")) } }
                }
            }
        }
    }

    /// That the customer is told of it, where anybody can write to them.
    fn told(&self, means: &str) -> String {
        match &self.customer {
            Some(customer) if customer.contact.is_none() => self.w.say_with("look-tell-them", &[("name", customer.name.as_str().into())]),
            Some(_) => self.w.say(means),
            None => String::new(),
        }
    }

    fn times(&self, date: NaiveDate, times: &[Minute]) -> Markup {
        let (w, zone) = (self.w, self.location.timezone);
        if times.is_empty() {
            return html! { p role="status" { (w.say_with("look-move-none", &[("date", w.date(date).into())])) } };
        }
        html! {
            form.fields method="post" action=(format!("{}/move", self.path())) {
                (self.visit.carried(self.app))
                input type="hidden" name="version" value=(self.booking.state_version);
                fieldset.free-times {
                    legend { (w.say_with("look-move-free", &[("date", w.date(date).into())])) }
                    @for (start, clock) in times.iter().zip(clocks(times, zone)) { @let value = start.to_rfc3339(zone); label { input type="radio" name="start" value=(value) required checked[self.back.moving.is_chosen("start", &value, false)]; " " (clock) } }
                }
                p { (self.told("look-move-means")) }
                div { button.primary type="submit" { (w.say("look-move-do")) } }
            }
        }
    }
}

/// A booking that is called off.
#[derive(Debug, Deserialize)]
pub struct Cancelled {
    version: i64,
    #[serde(default)]
    reason: String,
}

/// Calls a booking off, as the API does.
pub async fn cancel(app: State<Arc<App>>, visit: Visit, id: Id, form: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = form;
    let asked = |body: Cancelled| BookingChange {
        state: Some(BookingState::Cancelled.as_str().to_owned()),
        start: None,
        people: None,
        reason: Some(body.reason),
        expected_version: Some(body.version),
    };
    let done = async { Box::pin(changed(&app, visit.caller()?, &id.0, Sent { body: asked(meant(&typed)?), once })).await };
    match done.await {
        Ok(_) => Ok(Landing::at(format!("/admin/bookings/{}", escaped(&id.0))).with("done", "cancelled").into_response()),
        Err(problem) => {
            let kept = Kept::of(&typed, problem)?;
            let back = Back { cancel: kept::Shown(Some(&kept)), moving: kept::Shown(None) };
            Ok(kept.answer(drawn(&app, &visit, &id.0, &Shown::default(), back).await?))
        }
    }
}

/// A booking that is moved.
#[derive(Debug, Deserialize)]
pub struct Moved {
    version: i64,
    start: String,
}

/// Moves a booking to another time, as the API does. Where that is not to be had, the day is shown again with the times that are.
pub async fn change_time(app: State<Arc<App>>, visit: Visit, id: Id, form: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = form;
    let asked =
        |body: Moved| BookingChange { state: None, start: Some(body.start), people: None, reason: None, expected_version: Some(body.version) };
    let done = async { Box::pin(changed(&app, visit.caller()?, &id.0, Sent { body: asked(meant(&typed)?), once })).await };
    match done.await {
        Ok(_) => Ok(Landing::at(format!("/admin/bookings/{}", escaped(&id.0))).with("done", "moved").into_response()),
        Err(problem) => {
            let kept = Kept::of(&typed, problem)?;
            let day = kept.typed("start").get(..10).filter(|day| day.parse::<NaiveDate>().is_ok()).map(str::to_owned);
            let back = Back { cancel: kept::Shown(None), moving: kept::Shown(Some(&kept)) };
            Ok(kept.answer(drawn(&app, &visit, &id.0, &Shown { to: day, done: None }, back).await?))
        }
    }
}
