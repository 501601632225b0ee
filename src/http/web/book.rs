//! Somebody asks for a time: what, when there is room, and who comes.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::day::gender_in_words;
use super::fields::{Fault, Field, Form, Stop, Takes, Typed, Values, needed, optional, read, without_hint};
use super::form::{Filled, Landing, address};
use super::frame::{Frame, Here, Page};
use super::kept::Kept;
use super::names::called;
use super::visit::Visit;
use super::when::clocks;
use super::words::Words;
use crate::booking::free::{self, Wish};
use crate::domain::{Minute, ResourceKind, local};
use crate::http::admin::bookings::{self, BookingGiven};
use crate::http::app::App;
use crate::http::ask::{self, Asked};
use crate::http::once::Sent;
use crate::http::problem::Problem;
use crate::store::{DayView, LocationRow, ResourceRow, ServiceRow};

/// What is asked for, in the address of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    /// Which service.
    service: Option<String>,
    /// Wish for staff of this gender.
    gender: Option<String>,
    /// With this person, by id.
    person: Option<String>,
    /// How many come.
    party: Option<String>,
    /// The time that was picked, with its offset.
    at: Option<String>,
}

/// The same, read.
struct Wished<'a> {
    service: Option<&'a ServiceRow>,
    gender: Option<&'a str>,
    person: Option<&'a ResourceRow>,
    party: u32,
    at: Option<Minute>,
}

/// Largest party of the form.
const PARTY_MAX: u32 = 1000;

/// What there is to choose from.
struct Choice {
    services: Vec<ServiceRow>,
    /// Staff who can be chosen; nobody where the house lets nobody choose.
    people: Vec<ResourceRow>,
    genders: BTreeSet<String>,
}

impl Choice {
    async fn of(app: &App, location: &LocationRow) -> Result<Choice, Problem> {
        let mut services = app.store.services(&location.id).await?;
        services.retain(|service| service.active);
        services.sort_by_key(|service| service.name.to_lowercase());
        let mut people = app.store.resources(&location.id).await?;
        people.retain(|one| one.active && one.kind == ResourceKind::Staff);
        people.sort_by_key(|one| one.name.to_lowercase());
        let genders = people.iter().filter_map(|one| one.gender.clone()).collect();
        if !app.store.tenant(&location.tenant_id).await?.staff_preference_enabled {
            people.clear();
        }
        Ok(Choice { services, people, genders })
    }

    fn read<'a>(&'a self, shown: &'a Shown, zone: Tz) -> Result<Wished<'a>, Problem> {
        let said = |text: &'a Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let service = said(&shown.service).map(|id| self.services.iter().find(|one| one.id == id).ok_or_else(|| Problem::not_found("service", id)));
        let person = said(&shown.person).map(|id| self.people.iter().find(|one| one.id == id).ok_or_else(|| Problem::not_found("person", id)));
        let service = service.transpose()?;
        // How many come counts where they are given a table.
        let party = said(&shown.party).filter(|_| service.is_some_and(|one| one.needs_table));
        let party = party.map_or(Some(1), |text| text.parse().ok().filter(|n| (1..=PARTY_MAX).contains(n)));
        Ok(Wished {
            service,
            gender: said(&shown.gender),
            person: person.transpose()?,
            party: party.ok_or_else(|| Problem::invalid(format!("party: expected 1 to {PARTY_MAX} people")))?,
            at: said(&shown.at).map(|text| ask::instant("at", text, zone)).transpose()?,
        })
    }
}

/// The field of the time in the form, with its offset: a clock may strike an hour twice.
const AT: &str = "book_at";

/// At which of these times, who comes, and what they said. Only today somebody may have walked in whom nobody asked for a name.
fn fields(free: &[Minute], zone: Tz, is_today: bool) -> Vec<Field> {
    let times = free.iter().map(|at| at.to_rfc3339(zone)).zip(clocks(free, zone)).collect();
    let name = if is_today { optional("customer_name", Takes::Text) } else { without_hint(needed("customer_name", Takes::Text)) };
    vec![needed(AT, Takes::One(times)), name, optional("phone", Takes::Text), optional("email", Takes::Text), optional("notes", Takes::Lines(2))]
}

/// The page and what it is about.
struct Desk<'a> {
    app: &'a App,
    visit: &'a Visit,
    at: String,
    zone: Tz,
    choice: &'a Choice,
    wished: Wished<'a>,
    /// When there is room.
    free: Vec<Minute>,
    is_today: bool,
}

impl Desk<'_> {
    fn w(&self) -> &'static Words {
        self.visit.words()
    }

    /// The address with what is wished for, and a time.
    fn address(&self, at: Option<Minute>) -> String {
        let wished = &self.wished;
        let party = wished.party.to_string();
        let at = at.map(|at| at.to_rfc3339(self.zone));
        let members = [
            ("service", wished.service.map(|one| one.id.as_str())),
            ("gender", wished.gender),
            ("person", wished.person.map(|one| one.id.as_str())),
            ("party", Some(party.as_str())),
            ("at", at.as_deref()),
        ];
        address(&self.at, members.into_iter().filter_map(|(name, value)| Some((name, value?))))
    }

    /// What they would like.
    fn wishes(&self) -> Markup {
        let (w, wished) = (self.w(), &self.wished);
        html! {
            form.fields.card-box method="get" action=(format!("{}#times", self.at)) data-eager {
                div.row {
                    label { (w.say("book-what")) select name="service" required {
                        @if wished.service.is_none() { option value="" { "–" } }
                        @for one in &self.choice.services { option value=(one.id) selected[wished.service.is_some_and(|it| it.id == one.id)] { (one.name) ", " (w.minutes(i64::from(one.duration_minutes))) } }
                    } }
                    @if !self.choice.genders.is_empty() {
                        label { (w.say("book-gender")) select name="gender" {
                            option value="" { (w.say("book-no-wish")) }
                            @for one in &self.choice.genders { option value=(one) selected[wished.gender == Some(one)] { (gender_in_words(w, one)) } }
                        } }
                    }
                    @if !self.choice.people.is_empty() {
                        label { (w.say("book-person")) select name="person" {
                            option value="" { (w.say("book-whoever")) }
                            @for one in &self.choice.people { option value=(one.id) selected[wished.person.is_some_and(|it| it.id == one.id)] { (called(&self.choice.people, &one.id)) } }
                        } }
                    }
                    @if wished.service.is_some_and(|one| one.needs_table) { label { (w.say("book-party")) input type="number" name="party" min="1" max=(PARTY_MAX) value=(wished.party); } }
                }
                div { button type="submit" { (w.say("book-look")) } }
            }
        }
    }

    /// When there is room, and once a time is picked, who comes.
    fn times(&self, refused: Option<&Kept>) -> Markup {
        let w = self.w();
        let picked = self.wished.at.filter(|at| self.free.contains(at));
        html! {
            h2 { (w.say("book-when")) }
            @if self.free.is_empty() { p.warning { (w.say("book-full")) } }
            // A form that comes back has the times in it: a link would lose what was typed.
            @else if refused.is_none() {
                ul.choices #times { @for (at, clock) in self.free.iter().zip(clocks(&self.free, self.zone)) { li { a.button href=(format!("{}#who", self.address(Some(*at)))) aria-current=[(picked == Some(*at)).then_some("true")] { (clock) } } } }
            }
            @if let (None, Some(at), None) = (picked, self.wished.at, refused) { p.warning role="alert" { (taken_meanwhile(w, at, self.zone)) } }
            @if picked.is_some() || refused.is_some() { (self.customer(picked, refused)) }
        }
    }

    fn customer(&self, picked: Option<Minute>, refused: Option<&Kept>) -> Markup {
        let what = self.wished.service.map(|one| one.name.clone()).unwrap_or_default();
        let usual = Values::default().with(AT, picked.map(|at| at.to_rfc3339(self.zone)));
        let (fields, action) = (fields(&self.free, self.zone, self.is_today), format!("{}#who", self.address(None)));
        let form = Form {
            app: self.app,
            visit: self.visit,
            name: "book",
            action,
            fields: &fields,
            usual: &usual,
            refused,
            is_on_file: false,
            button: "book-do",
        };
        html! { section.card-box #who { h2 { (what) } (form.markup()) } }
    }
}

/// The day it is there.
fn today(app: &App, location: &LocationRow) -> NaiveDate {
    local::date_of(location.timezone, app.clock.now_minute())
}

async fn drawn(app: &Arc<App>, visit: &Visit, location: &str, date: &str, shown: &Shown, refused: Option<&Kept>) -> Result<Page, Problem> {
    let date = ask::date("date", date)?;
    let frame = Frame::at(app, visit, Here::Day, location, Some(date)).await?;
    let w = visit.words();
    if frame.is_over() {
        return frame.too_late(&w.say("do-book"));
    }
    let (location, date) = frame.place()?;
    let choice = Choice::of(app, location).await?;
    let wished = choice.read(shown, location.timezone)?;
    let free = match wished.service {
        Some(service) => {
            let day = app.store.day(&location.id, date, DayView::Live).await?;
            let wish = Wish {
                gender: wished.gender.map(str::to_owned),
                party_size: wished.party,
                chosen: wished.person.iter().map(|one| one.id.clone()).collect(),
                ..Wish::of(service)
            };
            free::on_day(&day, &wish, app.clock.now_minute())
        }
        None => Vec::new(),
    };
    let day = format!("/admin/at/{}/{date}", location.id);
    let asks = wished.service.is_some();
    let desk = Desk {
        app,
        visit,
        at: format!("{day}/book"),
        zone: location.timezone,
        choice: &choice,
        wished,
        free,
        is_today: date == today(app, location),
    };
    let body = html! {
        p { a href=(day) { "‹ " (w.say("to-the-day")) } }
        @if choice.services.is_empty() { p.warning { (w.say("book-no-services")) } } @else { (desk.wishes()) }
        @if asks { (desk.times(refused)) }
    };
    Ok(frame.page(&format!("{}: {}", w.say("do-book"), w.date(date)), body))
}

/// What, when there is room, and who comes.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path((location, date)): Path<(String, String)>, shown: Asked<Shown>) -> Result<Page, Problem> {
    Box::pin(drawn(&app, &visit, &location, &date, &shown.0, None)).await
}

/// The body that the Admin API takes for it. Whether there is room at that time is said by whoever takes it.
fn given(location: &LocationRow, shown: &Shown, wished: &Wished<'_>, is_today: bool, typed: &Typed, w: &Words) -> Result<BookingGiven, Stop> {
    let service = shown.service.clone().unwrap_or_default();
    let zone = location.timezone;
    let asked = ask::instant(AT, Values::typed(typed).one(AT), zone)?;
    let mut said: Map<String, Value> = read(&fields(&[asked], zone, is_today), typed, w, Map::new())?;
    let start = said.remove(AT).unwrap_or_default();
    let notes = said.remove("notes").unwrap_or_default();
    let name = said.remove("customer_name").unwrap_or_default();
    // Nobody who can be written to: somebody who has just walked in.
    let customer = if name.is_null() && said.values().all(Value::is_null) {
        Value::Null
    } else {
        said.insert("name".to_owned(), if name.is_null() { json!("") } else { name });
        Value::Object(said)
    };
    let people: Vec<&str> = wished.person.iter().map(|one| one.id.as_str()).collect();
    let body = json!({"location_id": location.id, "service_id": service, "start": start, "customer": customer, "people": people,
        "gender": wished.gender, "party_size": wished.party, "notes": notes});
    Ok(crate::http::once::from_value(body)?)
}

/// Takes a booking at the time that was picked.
pub async fn take(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    shown: Asked<Shown>,
    filled: Filled<Typed>,
) -> Result<Response, Problem> {
    let caller = visit.caller()?;
    let place = app.location(caller, &location).await?;
    let is_today = ask::date("date", &date)? == today(&app, &place);
    let Filled { body: typed, once } = filled;
    let choice = Choice::of(&app, &place).await?;
    let taken: Result<_, Stop> = async {
        let wished = choice.read(&shown.0, place.timezone)?;
        let body = given(&place, &shown.0, &wished, is_today, &typed, visit.words())?;
        match Box::pin(bookings::taken_at_desk(&app, caller, Sent { body, once })).await {
            // Somebody else was quicker: the form says so, with the times that are left.
            Err(problem) if problem.code() == "SLOT_FULL" => Err(gone(&typed, place.timezone, visit.words())?.into()),
            taken => Ok(taken?),
        }
    }
    .await;
    let stop = match taken {
        Ok((_, row)) => return Ok(Landing::at(format!("/admin/at/{}/{}", place.id, row.local_date)).with("booking", &row.id).into_response()),
        Err(Stop::Fault(fault)) => at_its_field(fault).into(),
        Err(stop) => stop,
    };
    let kept = Kept::stopped(&typed, stop)?;
    Ok(kept.answer(Box::pin(drawn(&app, &visit, &location, &date, &shown.0, Some(&kept))).await?))
}

/// That a time is not free any more.
fn taken_meanwhile(w: &Words, at: Minute, zone: Tz) -> String {
    w.say_with("book-taken", &[("time", at.to_clock(zone).into())])
}

/// The same of the time that was picked, at its field.
fn gone(typed: &Typed, zone: Tz, w: &Words) -> Result<Fault, Problem> {
    let at = ask::instant(AT, Values::typed(typed).one(AT), zone)?;
    Ok(Fault { field: Some(AT.to_owned()), said: taken_meanwhile(w, at, zone) })
}

/// The Admin API says `customer.phone` where the form has a field of its own.
fn at_its_field(fault: Fault) -> Fault {
    let Some((field, said)) = fault.said.strip_prefix("customer").and_then(|rest| rest.split_once(": ")) else { return fault };
    let field = match field.trim_start_matches('.') {
        "name" => Some("customer_name".to_owned()),
        "" => Some("phone".to_owned()),
        other => Some(other.to_owned()),
    };
    Fault { field, said: said.to_owned() }
}
