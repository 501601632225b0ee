//! Messages: what went out, what is to go out, and what could not be delivered and waits for a person.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::form::{Filled, Landing, escaped};
use super::super::frame::{Frame, Here, Page};
use super::super::told;
use super::super::visit::Visit;
use super::super::words::Words;
use super::history::topic;
use super::{Pressed, address, filled, said, scrolled};
use crate::http::admin::messages::{Filter, MessageDecision, MessageView, page, settle};
use crate::http::app::App;
use crate::http::ask::{Asked, Id};
use crate::http::once::Sent;
use crate::http::problem::Problem;
use crate::store::{DeadLetter, LocationRow, OutboxState};

/// Which messages.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    state: Option<String>,
    location: Option<String>,
    cursor: Option<String>,
    done: Option<String>,
}

/// The page of messages.
pub async fn list(app: State<Arc<App>>, visit: Visit, wanted: Asked<Wanted>) -> Result<Page, Problem> {
    let caller = visit.caller()?;
    let (state, location) = (filled(wanted.0.state.as_ref()), filled(wanted.0.location.as_ref()));
    let asked = Filter { location_id: location.clone(), state: state.clone(), cursor: wanted.0.cursor.clone(), ..Filter::default() };
    let found = page(&app, caller, asked).await?;
    let locations = app.locations(caller).await?;
    let w = visit.words();
    let listed = Listed { app: &app, visit: &visit, w, locations: &locations, state, location };
    let body = html! {
        (said(w, wanted.0.done.as_ref(), &["retried", "dismissed"]))
        (listed.filters())
        @if found.messages.is_empty() { p { (w.say("look-messages-none")) } } @else { (scrolled(&w.say("look-messages-title"), &listed.table(&found.messages))) }
        @if let Some(next) = &found.next { p { a.button rel="next" href=(listed.address(listed.state.as_deref(), Some(next))) { (w.say("look-more")) } } }
    };
    Ok(Frame::of(&app, &visit, Here::Messages).await?.page(&w.say("look-messages-title"), body))
}

struct Listed<'a> {
    app: &'a App,
    visit: &'a Visit,
    w: &'a Words,
    locations: &'a [LocationRow],
    state: Option<String>,
    location: Option<String>,
}

impl Listed<'_> {
    fn address(&self, state: Option<&str>, cursor: Option<&str>) -> String {
        address("/admin/messages", &[("state", state), ("location", self.location.as_deref()), ("cursor", cursor)])
    }

    fn filters(&self) -> Markup {
        let w = self.w;
        html! {
            nav.states aria-label=(w.say("look-col-became")) {
                ul {
                    li { a.button href=(self.address(None, None)) aria-current=[self.state.is_none().then_some("true")] { (w.say("filter-all")) } }
                    @for state in OutboxState::ALL {
                        li { a.button href=(self.address(Some(state.as_str()), None)) aria-current=[(self.state.as_deref() == Some(state.as_str())).then_some("true")] { (w.say(&format!("look-message-{}", state.as_str()))) } }
                    }
                }
            }
            @if self.locations.len() > 1 {
                form.inline.filters method="get" action="/admin/messages" data-eager {
                    @if let Some(state) = &self.state { input type="hidden" name="state" value=(state); }
                    label { (w.say("location")) " "
                        select name="location" {
                            option value="" { (w.say("filter-all")) }
                            @for one in self.locations { option value=(one.id) selected[self.location.as_ref() == Some(&one.id)] { (one.name) } }
                        }
                    }
                    button type="submit" { (w.say("filter-show")) }
                }
            }
        }
    }

    fn table(&self, messages: &[MessageView]) -> Markup {
        let w = self.w;
        let zones: BTreeMap<&str, Tz> = self.locations.iter().map(|one| (one.id.as_str(), one.timezone)).collect();
        let may = self.visit.may("POST", "/admin/messages/{id}/retry");
        html! {
            table {
                caption { (w.say("look-messages-caption")) }
                thead { tr { @for name in ["look-col-when", "look-col-what", "look-col-to", "look-col-became", "look-col-tries"] { th scope="col" { (w.say(name)) } } @if may { th scope="col" { (w.say("look-doings")) } } } }
                tbody { @for one in messages { (self.row(one, zones.get(one.location_id.as_str()).copied().unwrap_or_default(), may)) } }
            }
        }
    }

    fn row(&self, one: &MessageView, zone: Tz, may: bool) -> Markup {
        let w = self.w;
        let what = w.known(&topic(&one.topic), &one.topic);
        html! {
            tr {
                th scope="row" { time datetime=(one.created_at.to_rfc3339()) { (w.instant(one.created_at, zone)) } }
                td { @if let Some(booking) = &one.booking_id { a href=(format!("/admin/bookings/{}", escaped(booking))) { (what) } } @else { (what) } }
                td { (one.channel) " " (one.to) }
                td {
                    (w.say(&format!("look-message-{}", one.state)))
                    @if let Some(at) = one.delivered_at { br; span.sub { (w.instant(at, zone)) } }
                    @if one.state == OutboxState::Pending.as_str() { br; span.sub { (w.say_with("look-message-next", &[("time", w.instant(one.next_attempt_at, zone).into())])) } }
                    @if let (Some(who), Some(at)) = (&one.settled_by, one.settled_at) { br; span.sub { (who) ", " (w.instant(at, zone)) } }
                }
                td { (one.attempts) @if let Some(error) = &one.last_error { br; span.sub { (told::english(w, error)) } } }
                @if may { td { @if one.state == OutboxState::Dead.as_str() { (self.doings(one, &what)) } } }
            }
        }
    }

    fn doings(&self, one: &MessageView, what: &str) -> Markup {
        let w = self.w;
        html! {
            @for (path, name) in [("retry", "look-message-retry"), ("dismiss", "look-message-dismiss")] {
                form.inline method="post" action=(format!("/admin/messages/{}/{path}", one.id)) {
                    (self.visit.carried(self.app))
                    button type="submit" { (w.say(name)) span.hidden { ": " (what) " " (one.to) } }
                }
            }
        }
    }
}

/// Tries a message that could not be delivered again, as the API does.
pub async fn retry(app: State<Arc<App>>, visit: Visit, id: Id, form: Filled<Pressed>) -> Result<Landing, Problem> {
    decide(&app, &visit, &id.0, form, DeadLetter::Retry).await
}

/// Settles a message that need not be delivered, as the API does.
pub async fn dismiss(app: State<Arc<App>>, visit: Visit, id: Id, form: Filled<Pressed>) -> Result<Landing, Problem> {
    decide(&app, &visit, &id.0, form, DeadLetter::Dismiss).await
}

async fn decide(app: &App, visit: &Visit, id: &str, form: Filled<Pressed>, what: DeadLetter) -> Result<Landing, Problem> {
    Box::pin(settle(app, visit.caller()?, id, Sent { body: MessageDecision {}, once: form.once }, what)).await?;
    let done = match what {
        DeadLetter::Retry => "retried",
        DeadLetter::Dismiss => "dismissed",
    };
    Ok(Landing::at("/admin/messages").with("state", OutboxState::Dead.as_str()).with("done", done))
}
