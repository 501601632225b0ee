//! The fairness ledger: who did more than their share, and corrections by hand.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::fields::Typed;
use super::super::form::{Filled, Landing};
use super::super::frame::{Frame, Here, Page};
use super::super::kept::{self, Kept, meant};
use super::super::visit::Visit;
use super::super::words::Words;
use super::names::Names;
use super::{said, scrolled};
use crate::http::admin::ledger::{CorrectionGiven, corrected};
use crate::http::app::App;
use crate::http::ask::Asked;
use crate::http::once::Sent;
use crate::http::problem::Problem;
use crate::operations::ledger::{self, Account, Ledger};
use crate::store::{LocationRow, ResourceRow};

/// What a correction may be at most: the minutes of a week.
const MINUTES_MAX: i64 = 7 * 24 * 60;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    done: Option<String>,
}

/// The page of a location's ledger, as today's sheet sees it.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &location, shown.0.done.as_ref(), kept::Shown(None)).await
}

async fn drawn(app: &Arc<App>, visit: &Visit, location: &str, done: Option<&String>, back: kept::Shown<'_>) -> Result<Page, Problem> {
    let frame = Frame::at(app, visit, Here::Ledger, location, None).await?;
    let (location, today) = frame.place()?;
    let ledger = ledger::show(app.store.as_ref(), &location.id, today).await?;
    let names = Names::of(app, location).await?;
    let w = visit.words();
    let days = [("from", w.date(ledger.from).into()), ("to", w.date(ledger.to).into()), ("n", ledger.closed.len().into())];
    let body = html! {
        (said(w, done, &["corrected"]))
        p { (w.say_with("look-ledger-window", &days)) }
        p.sub { (w.say("look-ledger-means")) }
        @if ledger.people.is_empty() { p { (w.say("look-ledger-nobody")) } } @else { (scrolled(&w.say("look-ledger-title"), &accounts(w, &names, &ledger.people))) }
        h2 { (w.say("look-corrections")) }
        @if ledger.corrections.is_empty() { p { (w.say("look-corrections-none")) } } @else { (scrolled(&w.say("look-corrections"), &corrections(w, location, &names, &ledger))) }
        @if visit.may("POST", "/admin/at/{location}/ledger") { (form(app, visit, location, &names, back)) }
    };
    Ok(frame.page(&w.say("look-ledger-title"), body))
}

fn accounts(w: &Words, names: &Names, people: &[Account]) -> Markup {
    let most = people.iter().map(|one| one.balance_minutes.abs()).fold(1.0, f64::max);
    html! {
        table {
            caption { (w.say("look-ledger-caption")) }
            thead { tr {
                th scope="col" { (w.say("look-col-person")) }
                th scope="col" { (w.say("look-col-balance")) }
                @for name in ["look-col-days", "look-col-duty", "look-col-share", "look-col-served", "look-col-requested", "look-col-corrected"] { th.number scope="col" { (w.say(name)) } }
            } }
            tbody { @for one in people {
                tr {
                    th scope="row" { (names.person(&one.id)) }
                    td { (balance(w, one.balance_minutes, most)) }
                    td.number { (one.days) }
                    td.number { (w.minutes(one.available_minutes)) }
                    td.number { (w.minutes(whole(one.target_minutes))) }
                    td.number { (w.minutes(one.actual_minutes)) }
                    td.number { (w.minutes(one.requested_minutes)) }
                    td.number { (w.minutes(one.corrected_minutes)) }
                }
            } }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a quarter's minutes are few")]
fn whole(minutes: f64) -> i64 {
    minutes.round() as i64
}

/// How far above or below the share, in words, and as a bar from the middle.
fn balance(w: &Words, minutes: f64, most: f64) -> Markup {
    let half = whole(50.0 * minutes.abs() / most).clamp(0, 50);
    let left = if minutes < 0.0 { 50 - half } else { 50 };
    let amount = whole(minutes);
    let name = match amount {
        0 => "look-balance-even",
        1.. => "look-balance-above",
        _ => "look-balance-below",
    };
    html! {
        span.bar.balance aria-hidden="true" { span class=(format!("fill x{left} w{half}{}", if amount > 0 { " above" } else { "" })) {} span.middle {} }
        span.said { (w.say_with(name, &[("time", w.minutes(amount.abs()).into())])) }
    }
}

fn corrections(w: &Words, location: &LocationRow, names: &Names, ledger: &Ledger) -> Markup {
    html! {
        table {
            caption { (w.say("look-corrections-caption")) }
            thead { tr { @for name in ["look-col-when", "look-col-person", "look-col-correction", "look-col-why", "look-col-who"] { th scope="col" { (w.say(name)) } } } }
            tbody { @for one in &ledger.corrections {
                tr {
                    th scope="row" { time datetime=(one.at.to_rfc3339()) { (w.instant(one.at, location.timezone)) } }
                    td { (names.person(&one.resource_id)) }
                    td { @if one.minutes > 0 { "+" } (w.minutes(one.minutes)) }
                    td { (one.reason) }
                    td { (one.actor) }
                }
            } }
        }
    }
}

fn form(app: &App, visit: &Visit, location: &LocationRow, names: &Names, back: kept::Shown<'_>) -> Markup {
    let w = visit.words();
    let has_account = |one: &&ResourceRow| !one.is_temporary;
    html! {
        h2 { (w.say("look-correct")) }
        form.fields method="post" action=(format!("/admin/at/{}/ledger", location.id)) {
            (visit.carried(app))
            (back.why(w))
            label { (w.say("look-col-person"))
                select name="person" required aria-invalid=[back.invalid("person")] aria-describedby=[back.described("person")] {
                    option value="" { (w.say("look-choose")) }
                    @for one in names.staff().filter(has_account) { option value=(one.id) selected[back.is_chosen("person", &one.id, false)] { (names.person(&one.id)) } }
                }
            }
            label { (w.say("look-correct-way"))
                select name="way" {
                    option value="more" { (w.say("look-correct-more")) }
                    option value="less" selected[back.is_chosen("way", "less", false)] { (w.say("look-correct-less")) }
                }
            }
            label { (w.say("look-correct-minutes")) input type="number" name="minutes" min="1" max=(MINUTES_MAX) step="1" inputmode="numeric" required value=(back.value("minutes", "")) aria-invalid=[back.invalid("minutes")] aria-describedby=[back.described("minutes")]; }
            label { (w.say("look-correct-why")) input type="text" name="reason" maxlength="200" autocomplete="off" required value=(back.value("reason", "")) aria-invalid=[back.invalid("reason")] aria-describedby=[back.described("reason")]; }
            p.sub { (w.say("look-correct-means")) }
            div { button.primary type="submit" { (w.say("look-correct-do")) } }
        }
    }
}

/// Which way a correction goes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    /// It counts as served.
    More,
    /// Work is owed.
    Less,
}

/// A correction as the form has it.
#[derive(Debug, Deserialize)]
pub struct Correction {
    person: String,
    way: Way,
    minutes: String,
    reason: String,
}

/// Corrects somebody's account, as the API does.
pub async fn correct(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, form: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = form;
    let written = async {
        let body: Correction = meant(&typed)?;
        let minutes = body.minutes.trim().parse::<i64>().ok().filter(|minutes| (1..=MINUTES_MAX).contains(minutes));
        let minutes = minutes.ok_or_else(|| {
            let bounds = [("least", 1.into()), ("most", MINUTES_MAX.into())];
            Problem::invalid(format!("minutes: {}", visit.words().say_with("fault-whole", &bounds)))
        })?;
        let minutes = match body.way {
            Way::More => minutes,
            Way::Less => -minutes,
        };
        let given = CorrectionGiven { location_id: location.clone(), person_id: body.person, minutes, reason: body.reason };
        Box::pin(corrected(&app, visit.caller()?, Sent { body: given, once })).await
    };
    match written.await {
        Ok(_) => Ok(Landing::at(format!("/admin/at/{location}/ledger")).with("done", "corrected").into_response()),
        Err(problem) => {
            let kept = Kept::of(&typed, problem)?;
            Ok(kept.answer(drawn(&app, &visit, &location, None, kept::Shown(Some(&kept))).await?))
        }
    }
}
