//! Giving a booking to somebody by hand: what it takes, doing just that, and taking it back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::fields::Typed;
use super::super::form::{Filled, Landing, filled};
use super::super::kept::{self, Kept, meant};
use super::super::lines;
use super::super::names::on_day;
use super::super::told;
use super::super::visit::Visit;
use super::draw::{Drawing, address, customer};
use super::{Looked, Shown, drawn};
use crate::http::app::{App, Caller};
use crate::http::ask;
use crate::http::once::Once;
use crate::http::problem::Problem;
use crate::operations::handover::{self, CarriedOut, Done, Handover, Moved, Offer, Overridden, Rearranged, Refused, Takes};
use crate::operations::{RunOptions, Told};
use crate::store::{BookingRow, Day, StoreErrorKind};

/// The word in an address for taking a booking away from everybody.
pub(super) const NOBODY: &str = "-";
/// Seconds that somebody at a desk waits for what a handover takes, at most twice.
const SEARCH_S: f64 = 4.0;

fn options(app: &App, caller: &Caller) -> RunOptions {
    let searches = Some(app.searches.clone());
    RunOptions { searches, time_limit_s: Some(SEARCH_S), ..RunOptions::repair(&caller.actor(), Told::Keep) }
}

fn asked(booking: &str, to: &str, from: Option<&str>, overriding: Option<&str>) -> Handover {
    let said = |text: Option<&str>| filled(text.map(str::to_owned).as_ref());
    let to = if to == NOBODY { Vec::new() } else { vec![to.to_owned()] };
    Handover { booking: booking.to_owned(), from: said(from), to, overriding: said(overriding), why: String::new() }
}

/// What it takes to give the booking to whom the address names, with the buttons that do it.
pub(super) async fn offered(app: &App, visit: &Visit, looked: &Looked, shown: &Shown, booking: &BookingRow, to: &str) -> Result<Markup, Problem> {
    let caller = visit.caller()?;
    let overriding = shown.overriding.as_deref().filter(|_| caller.may_override());
    let handover = asked(&booking.id, to, shown.from.as_deref(), overriding);
    let options = options(app, caller);
    let offer = Box::pin(handover::offer(app.store.as_ref(), app.clock.as_ref(), &handover, Some(looked.day.version), &options)).await;
    let w = visit.words();
    let said = match offer {
        Ok(offer) => Said { app, visit, looked, shown, offer: &offer }.whole(),
        Err(error) if matches!(error.kind(), StoreErrorKind::Database | StoreErrorKind::Busy) => return Err(error.into()),
        // The day around it is there all the same; where it is older than the day by now, it comes anew by itself.
        Err(error) => html! { div.warning { (told::refusal(w, &error.into())) } },
    };
    Ok(html! {
        section.offer aria-label=(w.say("what-it-takes")) {
            @if shown.changed.is_some() { p.warning { (w.say("offer-changed")) } }
            (said)
        }
    })
}

/// An offer in words.
struct Said<'a> {
    app: &'a App,
    visit: &'a Visit,
    looked: &'a Looked,
    shown: &'a Shown,
    offer: &'a Offer,
}

impl Said<'_> {
    fn whole(&self) -> Markup {
        html! {
            @if let Some(overridden) = &self.offer.overridden { p.warning { (all_the_same(self.visit, &self.looked.day, overridden)) } }
            (self.taking())
        }
    }

    fn taking(&self) -> Markup {
        let w = self.visit.words();
        match &self.offer.takes {
            Takes::Nothing => html! { p { (w.say("offer-nothing")) } },
            Takes::Free { moved } => html! {
                @if moved.after.resources.is_empty() { p { (w.say("offer-away")) } }
                @else { p { (line(self.visit, &self.looked.day, moved)) } p { (w.say_with("offer-free", &[("name", lines::names(w, &self.looked.day, &moved.after.resources).into())])) } }
                @if moved.is_told { p.warning { (w.say("offer-told-self")) } }
                (self.buttons(&w.say("offer-do")))
            },
            Takes::Others(found) => self.others(found),
            Takes::Refused(refused) => self.refused(refused),
            Takes::Impossible { left } => html! {
                p.warning { (w.say("offer-impossible")) }
                ul { @for one in left { li { b { (lines::line_of(w, &self.looked.day, &one.booking_id)) } ": " (told::on(w, &self.looked.day, &one.why)) } } }
            },
        }
    }

    fn others(&self, found: &Rearranged) -> Markup {
        let (w, day) = (self.visit.words(), &self.looked.day);
        let told: Vec<String> = found.told_again.iter().filter_map(|id| customer(day, day.booking(id)?)).collect();
        let tiers: Vec<(String, f64, f64)> = found.tiers.iter().map(|tier| (tier.tier.clone(), tier.before, tier.after)).collect();
        html! {
            p { (w.count("offer-others", found.moves.len() - 1)) }
            ul.moves { @for one in &found.moves { li { (line(self.visit, day, one)) } } }
            @if found.moves.first().is_some_and(|one| one.is_told) { p.warning { (w.say("offer-told-self")) } }
            @if !told.is_empty() { p.warning { (w.say_with("offer-told", &[("n", told.len().into()), ("names", told.join(", ").into())])) } }
            (lines::tiers(w, &tiers))
            p.sub { (w.say(if found.is_proven { "offer-proven" } else { "offer-unproven" })) }
            (self.buttons(&w.count("offer-do-moves", found.moves.len())))
        }
    }

    fn refused(&self, refused: &Refused) -> Markup {
        let w = self.visit.words();
        let why = in_the_way(self.visit, &self.looked.day, refused);
        let by_manager = self.visit.caller().is_ok_and(Caller::may_override);
        html! {
            p.warning { (w.say_with("offer-refused", &[("why", why.into())])) }
            @if refused.may_be_overridden && by_manager {
                form.narrow method="get" action=(format!("/admin/at/{}/{}", self.offer.location_id, self.offer.date)) {
                    @for (name, value) in self.members() { input type="hidden" name=(name) value=(value); }
                    label { (w.say("override-why")) input name="overriding" required maxlength="200"; }
                    button type="submit" { (w.say("override-do")) }
                }
            } @else if refused.may_be_overridden { p { (w.say("override-manager")) } }
        }
    }

    /// What the address has to keep so that the same offer is made again.
    fn members(&self) -> Vec<(&'static str, String)> {
        let asked = &self.offer.asked;
        let to = asked.to.first().cloned().unwrap_or_else(|| NOBODY.to_owned());
        let from = asked.from.clone().map(|from| ("from", from));
        let on = |name, value: &Option<String>| value.clone().filter(|value| !value.is_empty()).map(|value| (name, value));
        let filters = [on("standing", &self.shown.standing), on("service", &self.shown.service)];
        [("booking", asked.booking.clone()), ("to", to)].into_iter().chain(from).chain(filters.into_iter().flatten()).collect()
    }

    fn buttons(&self, doing: &str) -> Markup {
        let w = self.visit.words();
        html! {
            @if self.visit.may("POST", "/admin/at/{location}/{date}/give") {
                form.inline method="post" action=(format!("/admin/at/{}/{}/give", self.offer.location_id, self.offer.date)) {
                    (self.visit.carried(self.app))
                    @for (name, value) in self.members() { input type="hidden" name=(name) value=(value); }
                    input type="hidden" name="offer" value=(self.visit.sealed(self.app, &serde_json::to_string(self.offer).unwrap_or_default()));
                    button.primary type="submit" { (doing) }
                    a.button data-stay href=(address(self.looked, self.shown, &[("booking", &self.offer.asked.booking)])) { (w.say("offer-leave")) }
                }
            }
        }
    }
}

/// The rules against it, by person.
fn in_the_way(visit: &Visit, day: &Day, refused: &Refused) -> String {
    let rules = refused.rules.iter().flat_map(|one| one.rules.iter().map(move |rule| (one, rule)));
    let said: Vec<String> =
        rules.map(|(one, rule)| format!("{}: {}", on_day(day, &one.resource_id), visit.words().say(&format!("rule-{rule}")))).collect();
    if said.is_empty() { told::unruled(visit.words(), &refused.said) } else { said.join("; ") }
}

/// Which rule is broken, and why all the same.
fn all_the_same(visit: &Visit, day: &Day, overridden: &Overridden) -> String {
    let rule = in_the_way(visit, day, &overridden.refused);
    visit.words().say_with("overridden", &[("rule", rule.into()), ("why", overridden.why.as_str().into())])
}

/// `10:00–11:00 Swedish massage, Amina: Joy → Peter`.
fn line(visit: &Visit, day: &Day, one: &Moved) -> Markup {
    lines::moved(visit.words(), day, &one.booking_id, &one.before.resources, &one.after.resources)
}

/// What was just done, and the way back.
pub(super) fn notice(drawing: &Drawing<'_>) -> Markup {
    let (w, day) = (drawing.visit.words(), &drawing.looked.day);
    if let Some(refused) = &drawing.shown.refused {
        return html! { div.warning #done tabindex="-1" role="alert" { p { b { (w.say("fault-not-done")) } } (told::refusal(w, refused)) } };
    }
    let Some(said) = drawing.shown.done.as_deref() else { return html! {} };
    if said == UNDONE {
        return html! { div.done #done tabindex="-1" role="status" { (w.say("undone")) } };
    }
    let Some(done) = read(drawing.app, drawing.visit, said)
        .filter(|done| !done.moves.is_empty())
        .filter(|done| done.location_id == day.location.id && done.date == day.sheet.date)
    else {
        return html! {};
    };
    // What somebody has changed since is not taken back; whoever comes by an old address is told so, and not refused.
    let stands = !drawing.looked.is_over && handover::may_undo(drawing.app.clock.as_ref(), day, &done.moves);
    html! {
        div.done #done tabindex="-1" role="status" {
            div {
                @for one in &done.moves { div { @if stands { "✓ " } (line(drawing.visit, day, one)) } }
                @if let Some(overridden) = &done.overridden { div { (all_the_same(drawing.visit, day, overridden)) } }
                @if !stands { div.sub { (w.say("done-over")) } }
            }
            @if stands { form.inline method="post" action=(format!("/admin/at/{}/{}/undo", done.location_id, done.date)) {
                (drawing.visit.carried(drawing.app))
                input type="hidden" name="done" value=(said);
                button type="submit" { (w.say("undo")) }
            } }
        }
    }
}

/// In the place of what was done, once it was taken back.
pub const UNDONE: &str = "undone";

fn written(app: &App, visit: &Visit, done: &Done) -> String {
    visit.note(app, done)
}

/// What was done, as this very session was told.
fn read(app: &App, visit: &Visit, text: &str) -> Option<Done> {
    visit.noted(app, text)
}

/// A booking that is given to somebody: with the offer that was looked at, or because there was nothing to look at.
#[derive(Debug, Deserialize)]
pub struct Given {
    booking: String,
    to: String,
    from: Option<String>,
    offer: Option<String>,
    overriding: Option<String>,
    /// The filters of the board it was given on.
    standing: Option<String>,
    service: Option<String>,
}

/// Gives a booking to somebody, as it was offered. To somebody who is free at once; where it takes more, that is shown first. Where it cannot be any
/// more, the day is shown with the booking's panel, and why not.
pub async fn give(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    match Box::pin(given(&app, &visit, &location, &date, meant(&typed)?, once)).await {
        Ok(landing) => Ok(landing.into_response()),
        Err(problem) => {
            let kept = Kept::of(&typed, problem)?;
            let typed = |name: &str| Some(kept.typed(name).to_owned()).filter(|text| !text.is_empty());
            let shown = Shown { booking: typed("booking"), standing: typed("standing"), service: typed("service"), ..Shown::default() };
            Ok(kept.answer(drawn(&app, &visit, &location, &date, &shown, kept::Shown(Some(&kept))).await?))
        }
    }
}

async fn given(app: &Arc<App>, visit: &Visit, location: &str, date: &str, body: Given, once: Once) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (location, date) = (app.location(caller, location).await?, ask::date("date", date)?);
    let inner: &App = app;
    let (booking, _) = app.booking(caller, &body.booking).await?;
    if (&booking.location_id, booking.local_date) != (&location.id, date) {
        return Err(Problem::not_found("booking on that day", &body.booking));
    }
    let filters = [("standing", body.standing.as_ref()), ("service", body.service.as_ref())];
    let on = filters.into_iter().filter_map(|(name, value)| Some((name, filled(value)?)));
    let here = on.fold(Landing::at(format!("/admin/at/{}/{date}", location.id)), |here, (name, value)| here.with(name, &value));
    let several = booking.resources.len() > 1 && body.from.as_deref().is_none_or(str::is_empty);
    once.noted(inner, async move {
        let (store, clock, options) = (inner.store.as_ref(), inner.clock.as_ref(), options(inner, caller));
        let offer: Offer = match &body.offer {
            Some(text) => {
                let none = || Problem::invalid("offer: this is none that was made here; look at the booking again");
                serde_json::from_str(&visit.opened(inner, text).ok_or_else(none)?).map_err(|_| none())?
            }
            None => {
                let handover = asked(&body.booking, &body.to, body.from.as_deref(), body.overriding.as_deref());
                Box::pin(handover::offer(store, clock, &handover, None, &options)).await?
            }
        };
        if (&offer.location_id, offer.date) != (&location.id, date) {
            return Err(Problem::invalid("offer: it is of another day; look at the booking again"));
        }
        caller.answers_for(offer.asked.overriding.as_deref())?;
        let panel = here.clone().with("booking", &body.booking).with("to", &body.to);
        let panel = body.from.iter().fold(panel, |panel, from| panel.with("from", from));
        // What moves others, or takes the place of several, is done only when somebody has seen it.
        if body.offer.is_none() && (several || !matches!(offer.takes, Takes::Free { .. } | Takes::Nothing)) {
            return Ok(panel);
        }
        match Box::pin(handover::carry_out(store, clock, &offer, &options)).await? {
            CarriedOut::Done(done) => Ok(here.with("done", &written(inner, visit, &done))),
            CarriedOut::Changed(_) => Ok(panel.with("changed", "1")),
        }
    })
    .await
}

/// What is to be taken back.
#[derive(Debug, Deserialize)]
pub struct Back {
    done: String,
}

/// Takes back what was done by hand, as far as it still stands. Where nothing can be taken back, the day is shown as it stands, and why not.
pub async fn undo(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    filled: Filled<Back>,
) -> Result<Response, Problem> {
    match undone(&app, &visit, &location, &date, filled).await {
        Ok(landing) => Ok(landing.into_response()),
        Err(problem) if problem.is_of_the_form() => {
            let visit = Visit { address: format!("/admin/at/{location}/{date}"), ..visit };
            let (status, shown) = (problem.status_code(), Shown { refused: Some(problem), ..Shown::default() });
            Ok((status, drawn(&app, &visit, &location, &date, &shown, kept::Shown(None)).await?).into_response())
        }
        Err(problem) => Err(problem),
    }
}

async fn undone(app: &App, visit: &Visit, location: &str, date: &str, filled: Filled<Back>) -> Result<Landing, Problem> {
    let caller = visit.caller()?;
    let (location, date) = (app.location(caller, location).await?, ask::date("date", date)?);
    let done = read(app, visit, &filled.body.done).ok_or_else(|| Problem::invalid("done: this is nothing that was done here"))?;
    let actor = caller.actor();
    filled
        .once
        .noted(app, async move {
            handover::undo(app.store.as_ref(), app.clock.as_ref(), &location.id, date, &done.moves, &actor).await?;
            Ok(Landing::at(format!("/admin/at/{}/{date}", location.id)).with("done", UNDONE))
        })
        .await
}
