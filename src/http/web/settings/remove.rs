//! Hours and time away that are taken out: hours are looked at first, with the bookings they hold; both are said afterwards, and can be put back.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::super::admin::blocks::BlockView;
use super::super::super::admin::hours::{RuleView, view};
use super::super::super::app::App;
use super::super::super::problem::Problem;
use super::super::fields::{Fault, Stop, Typed};
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::visit::Visit;
use super::hours::{Beside, Named, ahead, drawn, wall};
use super::{Shown, page};
use crate::booking::hours::left_outside;
use crate::domain::Rule;
use crate::store::{BlockRow, BookingRow, LocationRow, NewBlock, Stamp, StoreErrorKind};

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

/// Hours that are looked at before they go.
struct Going {
    rule: Rule,
    /// Bookings that would be left outside of working hours.
    left: Vec<BookingRow>,
}

/// The marks of the bookings that a question was about.
#[derive(Default, Serialize, Deserialize)]
struct Told(BTreeSet<String>);

/// What the button of the question sends.
#[derive(Debug, Deserialize)]
pub struct Sure {
    /// What was told, sealed.
    #[serde(default)]
    seen: String,
}

/// Tells a booking at its time from others, in a few characters: a year of bookings has to fit into a form.
fn mark(booking: &BookingRow) -> String {
    let text = serde_json::to_vec(&(&booking.id, booking.span)).unwrap_or_default();
    Sha256::digest(text).iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

impl Going {
    /// `None` where they were taken away already.
    async fn of(app: &App, place: &LocationRow, id: &str) -> Result<Option<Going>, Problem> {
        let Some(rule) = app.store.rules(&place.id).await?.into_iter().find(|rule| rule.id == id) else { return Ok(None) };
        match left_outside(app.store.as_ref(), app.clock.as_ref(), place, id).await {
            Ok(left) => Ok(Some(Going { rule, left })),
            Err(error) if error.kind() == StoreErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The same with the bookings first that were not told, and how many those are.
    fn beside(mut self, told: &Told) -> (Going, usize) {
        let is_told = |booking: &BookingRow| told.0.contains(&mark(booking));
        self.left.sort_by_key(is_told);
        let untold = self.left.iter().filter(|booking| !is_told(booking)).count();
        (self, untold)
    }

    /// Whether they are to go, and what that would leave; the first `untold` bookings have come since this was asked before.
    async fn question(&self, app: &Arc<App>, visit: &Visit, place: &LocationRow, untold: usize) -> Result<Page, Problem> {
        let (w, left, list) = (visit.words(), &self.left, hours_of(&place.id));
        let named = Named::of(app, place).await?;
        let lines = lines(app, visit, place, &named, left).await?;
        let told = visit.note(app, &Told(left.iter().map(mark).collect()));
        let body = html! {
            p { a href=(list) { "‹ " (w.say("settings-hours")) } }
            div.card-box {
                @if untold > 0 { p.warning role="alert" { (w.count("remove-since", untold)) } }
                p { b { (named.said(w, &view(&place.id, self.rule.clone()))) } }
                @if left.is_empty() { p { (w.say("remove-leaves-none")) } } @else {
                    p.warning { (w.count("remove-leaves", left.len())) }
                    ul { @for (k, line) in lines.iter().enumerate() { li { @if k < untold { b { (w.say("remove-new")) } " " } (line) } } }
                    @if left.len() > lines.len() { p { (w.count("remove-leaves-more", left.len() - lines.len())) } }
                }
                div.row {
                    form.inline method="post" action=(format!("{list}/{}/remove", escaped(&self.rule.id))) {
                        (visit.carried(app))
                        input type="hidden" name="seen" value=(told);
                        button.danger type="submit" { (w.say("settings-remove")) }
                    }
                    " "
                    a.button href=(list) { (w.say("remove-not")) }
                }
            }
        };
        page(app, visit, "hours", Some(&place.id), &w.say("remove-hours"), body).await
    }
}

/// The list, which says that what was to go is gone.
fn already(location: &str) -> Landing {
    Landing::at(hours_of(location)).with("done", "gone")
}

/// Where a removal leads that somebody else may have been quicker with.
fn or_already(removed: Result<Landing, Problem>, location: &str) -> Result<Landing, Problem> {
    match removed {
        Err(problem) if problem.code() == "NOT_FOUND" => Ok(already(location)),
        removed => removed,
    }
}

/// What goes with some hours, and whether they are to go.
pub async fn ask(app: State<Arc<App>>, visit: Visit, Path((location, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let place = app.location(visit.caller()?, &location).await?;
    match Going::of(&app, &place, &id).await? {
        Some(going) => Ok(going.question(&app, &visit, &place, 0).await?.into_response()),
        None => Ok(already(&place.id).into_response()),
    }
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

/// Takes hours away; where other bookings lie in them by now than were told, it is asked once more.
pub async fn hours(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, id)): Path<(String, String)>,
    filled: Filled<Sure>,
) -> Result<Response, Problem> {
    let place = app.location(visit.caller()?, &location).await?;
    let told: Told = visit.noted(&app, &filled.body.seen).unwrap_or_default();
    let going = Going::of(&app, &place, &id).await?.map(|going| going.beside(&told));
    // Pressed twice, it is answered as it was the first time.
    if !filled.once.was_made(&app).await? {
        match &going {
            None => return Ok(already(&place.id).into_response()),
            Some((going, untold)) if *untold > 0 => {
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, going.question(&app, &visit, &place, *untold).await?).into_response());
            }
            Some(_) => {}
        }
    }
    let gone = going.map(|(going, _)| Gone::Hours(place.id.clone(), going.rule));
    let landing = after(&app, &visit, &place, gone.as_ref());
    let (done, at) = (landing.clone(), place.id.clone());
    let write = filled.once.run(&app, Some(&landing), |store| async move {
        store.remove_rule(&at, &id).await?;
        Ok(done)
    });
    Ok(or_already(write.await, &place.id)?.into_response())
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
    let (done, at) = (landing.clone(), place.id.clone());
    let write = filled.once.run(&app, Some(&landing), |store| async move {
        store.remove_block_at(&at, &id).await?;
        Ok(done)
    });
    or_already(write.await, &place.id)
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
