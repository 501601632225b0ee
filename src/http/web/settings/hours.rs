//! When a location, its people and its services are there; and time away.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::response::Response;
use chrono::Days;
use maud::{Markup, html};

use super::super::super::admin::blocks::{self as away, BlockView};
use super::super::super::admin::hours::{self as api, Repeats, RuleGiven, RuleView};
use super::super::super::admin::{At, AtDays};
use super::super::super::app::App;
use super::super::super::ask::Asked;
use super::super::super::once::Sent;
use super::super::super::problem::Problem;
use super::super::fields::{Fault, Field, Form, Stop, Takes, Typed, Values, needed, optional, press, read, without_hint};
use super::super::form::{Filled, Landing, escaped};
use super::super::frame::Page;
use super::super::kept::Kept;
use super::super::names::called;
use super::super::visit::Visit;
use super::super::words::Words;
use super::{Shown, choices, done, located, page, remove, wrong};
use crate::domain::{Span, local};
use crate::store::{AbsenceRow, LocationRow, ResourceRow};

/// Days ahead of which time away is shown.
const DAYS_AHEAD: u64 = 365;

/// Which of the two forms was not to be had.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Which {
    Hours,
    Away,
}

/// What the page is about, by id and name.
pub(super) struct Named {
    /// Who works here now.
    people: Vec<(String, String)>,
    /// Whoever is on file.
    everybody: Vec<(String, String)>,
    services: Vec<(String, String)>,
}

impl Named {
    /// The people and services of a location.
    pub(super) async fn of(app: &App, location: &LocationRow) -> Result<Named, Problem> {
        let rows = app.store.resources(&location.id).await?;
        let called = |one: &ResourceRow| (one.id.clone(), called(&rows, &one.id));
        let services = app.store.services(&location.id).await?.into_iter().map(|one| (one.id, one.name));
        Ok(Named {
            people: rows.iter().filter(|one| one.active).map(called).collect(),
            everybody: rows.iter().map(called).collect(),
            services: services.collect(),
        })
    }

    fn hours(&self, visit: &Visit) -> Vec<Field> {
        vec![
            optional("person_id", Takes::One(self.people.clone())),
            optional("service_id", Takes::One(self.services.clone())),
            needed("rule_kind", Takes::One(choices(visit, "repeats", &["WEEKLY", "DATE_RANGE", "EXCEPTION"]))),
            needed("days_of_week", Takes::Days),
            optional("start_time", Takes::Clock),
            optional("end_time", Takes::LateClock),
            optional("valid_from", Takes::Date),
            optional("valid_to", Takes::Date),
            needed("is_closed", Takes::Yes),
            optional("slot_capacity", Takes::Whole(1, 1000)),
            optional("slot_granularity_minutes", Takes::Whole(1, 1440)),
        ]
    }

    fn away(&self) -> Vec<Field> {
        vec![
            without_hint(needed("person_id", Takes::One(self.people.clone()))),
            needed("start", Takes::Moment),
            without_hint(needed("end", Takes::Moment)),
            needed("reason", Takes::Text),
        ]
    }

    /// Whose hours a rule is about.
    fn whose(&self, w: &Words, rule: &RuleView) -> String {
        match (&rule.person_id, &rule.service_id) {
            (Some(person), _) => self.person(person).to_owned(),
            (None, Some(service)) => self.service(service).to_owned(),
            (None, None) => w.say("whole-location"),
        }
    }

    /// A rule in one line: `Grace, every week, Mon, Tue, 10:00–18:00`.
    pub(super) fn said(&self, w: &Words, rule: &RuleView) -> String {
        let parts = [self.whose(w, rule), repeats(w, rule), days(w, rule), times(w, rule), dates(rule)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// There are such hours already.
    fn overlap(&self, w: &Words, there: &RuleView) -> Fault {
        Fault { field: Some("start_time".to_owned()), said: w.say_with("wrong-overlap", &[("there", self.said(w, there).into())]) }
    }

    /// What somebody is called; their id where there is nobody of it.
    pub(super) fn person<'a>(&'a self, id: &'a str) -> &'a str {
        Named::name(&self.everybody, id)
    }

    /// What a service is called.
    pub(super) fn service<'a>(&'a self, id: &'a str) -> &'a str {
        Named::name(&self.services, id)
    }

    fn name<'a>(all: &'a [(String, String)], id: &'a str) -> &'a str {
        all.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name)
    }
}

fn repeats(w: &Words, rule: &RuleView) -> String {
    w.say(match rule.rule_kind {
        Repeats::Weekly => "repeats-weekly",
        Repeats::DateRange => "repeats-date-range",
        Repeats::Exception => "repeats-exception",
    })
}

fn days(w: &Words, rule: &RuleView) -> String {
    if rule.days_of_week.len() == 7 {
        return w.say("every-day");
    }
    rule.days_of_week.iter().map(|day| w.say(&format!("weekday-{day}"))).collect::<Vec<_>>().join(", ")
}

fn times(w: &Words, rule: &RuleView) -> String {
    if rule.is_closed { w.say("closed") } else { format!("{}–{}", rule.start_time, rule.end_time) }
}

/// The first and the last date; nothing where it has neither.
fn dates(rule: &RuleView) -> String {
    let end = |date: &Option<String>| date.clone().unwrap_or_else(|| "…".to_owned());
    if rule.valid_from.is_none() && rule.valid_to.is_none() {
        String::new()
    } else {
        format!("{} – {}", end(&rule.valid_from), end(&rule.valid_to))
    }
}

fn rules(visit: &Visit, location: &str, named: &Named, all: &[RuleView]) -> Markup {
    let w = visit.words();
    let may = visit.may("POST", "/admin/at/{location}/hours/{id}/remove");
    html! {
        div.table-scroll tabindex="0" role="region" aria-label=(w.say("settings-hours")) {
            table {
                thead { tr { @for head in ["settings-whose", "f-rule-kind", "f-days-of-week", "settings-times", "settings-dates", "settings-slots"] { th scope="col" { (w.say(head)) } } @if may { th { span.hidden { (w.say("settings-remove")) } } } } }
                tbody {
                    @for rule in all {
                        tr {
                            th scope="row" { (named.whose(w, rule)) }
                            td { (repeats(w, rule)) }
                            td { (days(w, rule)) }
                            td { (times(w, rule)) }
                            td { (dates(rule)) }
                            td {
                                @if let Some(n) = rule.slot_capacity { (w.count("slot-capacity", usize::try_from(n).unwrap_or(0))) " " }
                                @if let Some(n) = rule.slot_granularity_minutes { (w.count("slot-every", usize::try_from(n).unwrap_or(0))) }
                            }
                            @if may { td { a.button.danger href=(format!("/admin/at/{location}/hours/{}/remove", escaped(&rule.id))) { (w.say("settings-remove")) span.hidden { " " (named.said(w, rule)) } } } }
                        }
                    }
                }
            }
        }
    }
}

/// The clock on the wall, as it is typed: the day and the minute.
pub(super) fn wall(text: &str) -> String {
    text.get(..16).map_or_else(|| text.to_owned(), |text| text.replace('T', " "))
}

/// Time away; what an absence wrote is taken back with it, so that the bookings go back, too.
fn times_away(app: &App, visit: &Visit, place: &LocationRow, named: &Named, all: &[BlockView], absences: &[AbsenceRow]) -> Markup {
    let (w, location) = (visit.words(), place.id.as_str());
    let absence_of = |block: &BlockView| absences.iter().find(|row| row.block_id.as_ref() == Some(&block.id));
    let look = |row: &AbsenceRow| format!("/admin/at/{location}/{}/absence?look={}", local::date_of(place.timezone, row.span.start), row.id);
    html! {
        @if all.is_empty() { p { (w.say("nobody-away")) } } @else {
            div.table-scroll tabindex="0" role="region" aria-label=(w.say("settings-away")) {
                table {
                    thead { tr { @for head in ["f-person-id", "f-start", "f-end", "f-reason"] { th scope="col" { (w.say(head)) } } th { span.hidden { (w.say("settings-remove")) } } } }
                    tbody {
                        @for one in all {
                            tr {
                                th scope="row" { (named.person(&one.person_id)) }
                                td { (wall(&one.start)) }
                                td { (wall(&one.end)) }
                                td { (one.reason) }
                                td { @if let Some(absence) = absence_of(one) { a href=(look(absence)) { (w.say("settings-away-absence")) } } @else if visit.may("POST", "/admin/at/{location}/away/{id}/remove") { (press(app, visit, &format!("/admin/at/{location}/away/{}/remove", escaped(&one.id)), "settings-remove", true)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The days of which time away is shown.
pub(super) fn ahead(app: &App, place: &LocationRow) -> Span {
    let today = local::local_date(place.timezone, app.clock.now());
    let until = today.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(today);
    Span::new(local::day_span(place.timezone, today).start, local::day_span(place.timezone, until).end)
}

/// What is shown beside the hours.
#[derive(Default)]
pub(super) struct Beside<'a> {
    pub(super) shown: Shown,
    pub(super) refused: Option<(Which, &'a Kept)>,
    /// Why hours that were taken away cannot be put back.
    pub(super) not_put_back: Option<&'a str>,
}

/// The page.
pub(super) async fn drawn(app: &Arc<App>, visit: &Visit, location: &str, beside: Beside<'_>) -> Result<Page, Problem> {
    let Beside { shown, refused, not_put_back } = beside;
    let w = visit.words();
    let caller = visit.caller()?.clone();
    let place = app.location(&caller, location).await?;
    let named = Named::of(app, &place).await?;
    let at = Asked(At { location_id: location.to_owned() });
    let all = api::list(State(app.clone()), Extension(caller.clone()), at).await?.0;
    let today = local::local_date(place.timezone, app.clock.now());
    let until = today.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(today);
    let days = Asked(AtDays { location_id: location.to_owned(), from: today.to_string(), to: until.to_string() });
    let blocks = away::list(State(app.clone()), Extension(caller), days).await?.0;
    let absences = app.store.standing_absences(&place.id, ahead(app, &place)).await?;
    let usual = Values::default().with("rule_kind", Some("WEEKLY".to_owned()));
    let add = |which: Which, name: &'static str, fields: &[Field], to: &str, button: &'static str| {
        let refused = refused.filter(|(other, _)| *other == which).map(|(_, kept)| kept);
        let action = format!("/admin/at/{location}/{to}");
        let form = Form { app, visit, name, action, fields, usual: &usual, refused, is_on_file: false, button };
        html! { details open[refused.is_some()] { summary { (w.say(button)) } (form.markup()) } }
    };
    let body = html! {
        (done(visit, &shown))
        (remove::notice(app, visit, &place, &named, &shown, (&all, &blocks)))
        @if let Some(said) = not_put_back { p.warning role="alert" { (said) } }
        (rules(visit, location, &named, &all))
        @if visit.may("POST", "/admin/at/{location}/hours") { (add(Which::Hours, "hours", &named.hours(visit), "hours", "settings-add-hours")) }
        h2 { (w.say("settings-away")) }
        (times_away(app, visit, &place, &named, &blocks, &absences))
        @if visit.may("POST", "/admin/at/{location}/away") { (add(Which::Away, "away", &named.away(), "away", "settings-add-away")) }
    };
    page(app, visit, "hours", Some(location), &w.say("settings-hours"), body).await
}

/// The hours of a location, and who is away.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, shown: Asked<Shown>) -> Result<Page, Problem> {
    Box::pin(drawn(&app, &visit, &location, Beside { shown: shown.0, ..Beside::default() })).await
}

fn landing(location: &str, what: &str) -> Landing {
    Landing::at(format!("/admin/at/{location}/hours")).with("done", what)
}

/// Adds hours.
pub async fn add(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let added: Result<(), Stop> = async {
        let caller = visit.caller()?.clone();
        let named = Named::of(&app, &app.location(&caller, &location).await?).await?;
        let body: RuleGiven = read(&named.hours(&visit), &typed, visit.words(), located(&location))?;
        let asked = wrong::hours(&body, visit.words())?;
        let rules = app.store.rules(&location).await.map_err(Problem::from)?;
        // Pressed twice, it is what the first press has written.
        if let Some(there) = rules.into_iter().find(|there| there.overlaps(&asked))
            && !once.was_made(&app).await?
        {
            return Err(named.overlap(visit.words(), &api::view(&location, there)).into());
        }
        Box::pin(api::make(app.clone(), Extension(caller), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit, at) = (&app, &visit, &location);
    let page = |kept: Kept| async move {
        let refused = Some((Which::Hours, &kept));
        Box::pin(drawn(app, visit, at, Beside { refused, ..Beside::default() })).await
    };
    Kept::answered(added, &typed, landing(at, "added"), page).await
}

/// Writes down that somebody is away.
pub async fn away(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, filled: Filled<Typed>) -> Result<Response, Problem> {
    let Filled { body: typed, once } = filled;
    let added: Result<(), Stop> = async {
        let caller = visit.caller()?.clone();
        let named = Named::of(&app, &app.location(&caller, &location).await?).await?;
        let body = read(&named.away(), &typed, visit.words(), located(&location))?;
        wrong::away(&body, visit.words())?;
        Box::pin(away::make(app.clone(), Extension(caller), Sent { body, once })).await.map(drop)?;
        Ok(())
    }
    .await;
    let (app, visit, at) = (&app, &visit, &location);
    let page = |kept: Kept| async move {
        let refused = Some((Which::Away, &kept));
        Box::pin(drawn(app, visit, at, Beside { refused, ..Beside::default() })).await
    };
    Kept::answered(added, &typed, landing(at, "added"), page).await
}
