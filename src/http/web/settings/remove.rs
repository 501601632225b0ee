//! Hours and time away that are taken out: hours are looked at first, with the bookings they hold; both are said afterwards, and can be put back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::super::super::admin::blocks::BlockView;
use super::super::super::admin::hours::{RuleView, view};
use super::super::super::app::App;
use super::super::super::problem::Problem;
use super::super::fields::{Fault, Stop, Typed, press};
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::visit::Visit;
use super::hours::{Beside, Named, ahead, drawn, wall};
use super::{Shown, page};
use crate::booking::hours::left_outside;
use crate::domain::Rule;
use crate::store::{BlockRow, BookingRow, LocationRow, NewBlock, Stamp};

/// Bookings that are named, at most; the others are counted.
const NAMED_MAX: usize = 12;

/// What was taken out, as this very session was told.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gone {
    /// Hours of this location.
    Hours(String, Rule),
    /// Time away.
    Away(BlockRow),
}

/// What of it is to be put back.
#[derive(Debug, Deserialize)]
pub struct Back {
    gone: String,
}

impl Back {
    fn read(&self, app: &App, visit: &Visit) -> Result<Gone, Problem> {
        visit.noted(app, &self.gone).ok_or_else(|| Problem::invalid("gone: this is nothing that was removed here"))
    }
}

fn hours_of(location: &str) -> String {
    format!("/admin/at/{location}/hours")
}

/// What was just taken out, and the way back; nothing once it is there again.
pub(super) fn notice(
    app: &App,
    visit: &Visit,
    place: &LocationRow,
    named: &Named,
    shown: &Shown,
    (rules, blocks): (&[RuleView], &[BlockView]),
) -> Markup {
    let w = visit.words();
    let Some((text, gone)) = shown.gone.as_ref().and_then(|text| Some((text, visit.noted::<Gone>(app, text)?))) else { return html! {} };
    let (what, part) = match gone {
        Gone::Hours(location, rule) if location == place.id && !rules.iter().any(|one| one.id == rule.id) => {
            (named.said(w, &view(&location, rule)), "hours")
        }
        Gone::Away(block) if block.location_id == place.id && !blocks.iter().any(|one| is_that(one, &block, place)) => {
            let zone = place.timezone;
            let (start, end) = (block.span.start.to_rfc3339(zone), block.span.end.to_rfc3339(zone));
            (format!("{}, {} – {}, {}", named.person(&block.resource_id), wall(&start), wall(&end), block.reason), "away")
        }
        _ => return html! {},
    };
    html! {
        div.done role="status" {
            span { (w.say_with("removed", &[("what", what.into())])) }
            @if visit.may("POST", &format!("/admin/at/{{location}}/{part}/put-back")) {
                form.inline method="post" action=(format!("/admin/at/{}/{part}/put-back", place.id)) {
                    (visit.carried(app))
                    input type="hidden" name="gone" value=(text);
                    button type="submit" { (w.say("undo")) }
                }
            }
        }
    }
}

/// Is this the time away that was removed, written once more?
fn is_that(one: &BlockView, block: &BlockRow, place: &LocationRow) -> bool {
    one.person_id == block.resource_id && one.reason == block.reason && one.start == block.span.start.to_rfc3339(place.timezone)
}

/// What goes with some hours, and whether they are to go.
pub async fn ask(app: State<Arc<App>>, visit: Visit, Path((location, id)): Path<(String, String)>) -> Result<Page, Problem> {
    let w = visit.words();
    let place = app.location(visit.caller()?, &location).await?;
    let named = Named::of(&app, &place).await?;
    let rules = app.store.rules(&place.id).await?;
    let rule = rules.into_iter().find(|rule| rule.id == id).ok_or_else(|| Problem::not_found("availability rule", &id))?;
    let left = left_outside(app.store.as_ref(), app.clock.as_ref(), &place, &id).await?;
    let lines = lines(&app, &visit, &place, &named, &left).await?;
    let body = html! {
        p { a href=(hours_of(&place.id)) { "‹ " (w.say("settings-hours")) } }
        div.card-box {
            p { b { (named.said(w, &view(&place.id, rule))) } }
            @if left.is_empty() { p { (w.say("remove-leaves-none")) } } @else {
                p.warning { (w.count("remove-leaves", left.len())) }
                ul { @for line in &lines { li { (line) } } }
                @if left.len() > lines.len() { p { (w.count("remove-leaves-more", left.len() - lines.len())) } }
            }
            div.row {
                (press(&app, &visit, &format!("{}/{}/remove", hours_of(&place.id), escaped(&id)), "settings-remove", true)) " "
                a.button href=(hours_of(&place.id)) { (w.say("remove-not")) }
            }
        }
    };
    page(&app, &visit, "hours", Some(&place.id), &w.say("remove-hours"), body).await
}

/// The first of some bookings, each with the way to it: `Fri 27 Nov, 10:00–11:00 Swedish massage, Amina – Grace`.
async fn lines(app: &App, visit: &Visit, place: &LocationRow, named: &Named, bookings: &[BookingRow]) -> Result<Vec<Markup>, Problem> {
    let w = visit.words();
    let mut lines = Vec::new();
    for booking in bookings.iter().take(NAMED_MAX) {
        let customer = match &booking.customer_id {
            Some(id) => app.store.customer(&place.tenant_id, id).await?.map_or_else(|| id.clone(), |customer| customer.name),
            None => w.say("walk-in"),
        };
        let holders: Vec<&str> = booking.resources.iter().map(|id| named.person(id)).collect();
        let (day, what) = (booking.local_date, named.service(booking.service_id.as_deref().unwrap_or_default()));
        lines.push(html! {
            a href=(format!("/admin/at/{}/{day}?booking={}", place.id, escaped(&booking.id))) {
                (w.short_date(day)) ", " (w.span(booking.span, place.timezone)) " " (what) ", " (customer)
            }
            @if !holders.is_empty() { " – " (holders.join(", ")) }
        });
    }
    Ok(lines)
}

/// Takes hours away.
pub async fn hours(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Landing, Problem> {
    let place = app.location(visit.caller()?, &location).await?;
    let gone = app.store.rules(&place.id).await?.into_iter().find(|rule| rule.id == id).map(|rule| Gone::Hours(place.id.clone(), rule));
    let landing = after(&app, &visit, &place, gone.as_ref());
    let done = landing.clone();
    filled
        .once
        .run(&app, Some(&landing), |store| async move {
            store.remove_rule(&place.id, &id).await?;
            Ok(done)
        })
        .await
}

/// Takes back that somebody is away.
pub async fn away(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Landing, Problem> {
    let place = app.location(visit.caller()?, &location).await?;
    let blocks = app.store.blocks(&place.id, ahead(&app, &place)).await?;
    let landing = after(&app, &visit, &place, blocks.into_iter().find(|block| block.id == id).map(Gone::Away).as_ref());
    let done = landing.clone();
    filled
        .once
        .run(&app, Some(&landing), |store| async move {
            store.remove_block_at(&place.id, &id).await?;
            Ok(done)
        })
        .await
}

/// The page after something was taken out, which says what.
fn after(app: &App, visit: &Visit, place: &LocationRow, gone: Option<&Gone>) -> Landing {
    let landing = Landing::at(hours_of(&place.id));
    match gone {
        Some(gone) => landing.with("gone", &visit.note(app, gone)),
        None => landing.with("done", "removed"),
    }
}

/// Puts hours back that were just taken away, unless there are others in their place by now.
pub async fn hours_back(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Back>) -> Result<Response, Problem> {
    let place = app.location(visit.caller()?, &location).await?;
    let Gone::Hours(of, rule) = filled.body.read(&app, &visit)? else { return Err(Problem::not_found("availability rule", "")) };
    if of != place.id {
        return Err(Problem::not_found("availability rule", &rule.id));
    }
    let landing = Landing::at(hours_of(&place.id)).with("done", "undone");
    let other = app.store.rules(&place.id).await?.into_iter().find(|other| other.id != rule.id && other.overlaps(&rule));
    let put: Result<Landing, Stop> = match other {
        Some(other) => {
            let there = Named::of(&app, &place).await?.said(visit.words(), &view(&place.id, other));
            Err(Fault { field: None, said: visit.words().say_with("put-back-overlaps", &[("there", there.into())]) }.into())
        }
        None => {
            let (done, at) = (landing.clone(), place.id.clone());
            let write = filled.once.run(&app, Some(&landing), |store| async move {
                store.upsert_rule(&at, &rule).await?;
                Ok(done)
            });
            write.await.map_err(Stop::from)
        }
    };
    match put {
        Ok(landing) => Ok(landing.into_response()),
        Err(stop) => {
            let kept = Kept::stopped(&Typed::new(), stop)?;
            let not_put_back = kept.fault().map(|fault| fault.said.as_str());
            Ok(kept.answer(Box::pin(drawn(&app, &visit, &place.id, Beside { not_put_back, ..Beside::default() })).await?))
        }
    }
}

/// Puts time away back that was just taken out.
pub async fn away_back(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Back>) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let place = app.location(caller, &location).await?;
    let block = match filled.body.read(&app, &visit)? {
        Gone::Away(block) if block.location_id == place.id => block,
        _ => return Err(Problem::not_found("block", "")),
    };
    let landing = Landing::at(hours_of(&place.id)).with("done", "undone");
    let BlockRow { location_id, resource_id, span, reason, .. } = block;
    // Put back by another press of the same button, it is there already.
    let there = app.store.blocks(&place.id, span).await?;
    let is_there = there.iter().any(|one| one.resource_id == resource_id && one.span == span && one.reason == reason);
    let (again, done) = (NewBlock { location_id, resource_id, span, reason }, landing.clone());
    let stamp = Stamp::new(&caller.actor(), app.clock.now(), "absence");
    let write = |store: Arc<dyn crate::store::Store>| async move {
        if is_there {
            store.note().await?;
        } else {
            store.add_block(&again, &stamp).await?;
        }
        Ok(done)
    };
    filled.once.run(&app, Some(&landing), write).await
}
