//! What stands around every page: where one is, where one may go, the language, and the way out.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, html};

use super::super::app::App;
use super::super::problem::Problem;
use super::assets::address;
use super::visit::Visit;
use crate::domain::{Language, local};
use crate::store::LocationRow;

/// Which part of the screen a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// A day's grid and what is done from there.
    Day,
    /// The needs-attention queue.
    Attention,
    /// A week at a glance.
    Week,
    /// The list of bookings.
    Bookings,
    /// Runs of the allocator.
    Runs,
    /// The fairness ledger.
    Ledger,
    /// Messages.
    Messages,
    /// Scenarios.
    WhatIfs,
    /// Settings.
    Settings,
    /// None of them.
    Elsewhere,
}

/// A page ready to be sent.
pub struct Page(Markup);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], self.0.into_string()).into_response()
    }
}

/// What stands around a page.
pub struct Frame {
    visit: Visit,
    here: Here,
    /// Locations the visitor may see.
    locations: Vec<LocationRow>,
    /// The one they are at, and the day they look at.
    at: Option<(LocationRow, NaiveDate)>,
    /// That day is over by the location's clock.
    over: bool,
    /// Rows of its needs-attention queue.
    waiting: usize,
}

impl Frame {
    /// Around a page of one location: unless told otherwise, of today.
    ///
    /// # Errors
    /// No such location, or not the visitor's.
    pub async fn at(app: &Arc<App>, visit: &Visit, here: Here, location: &str, date: Option<NaiveDate>) -> Result<Frame, Problem> {
        let caller = visit.caller()?;
        let (location, locations) = (app.location(caller, location).await?, app.locations(caller).await?);
        Frame { locations, ..Frame::bare(visit, here) }.placed(app, location, date).await
    }

    /// Around a day, whose page reads what waits there by itself and says it with [`Frame::with_waiting`].
    ///
    /// # Errors
    /// No such location, or not the visitor's.
    pub async fn of_day(app: &Arc<App>, visit: &Visit, location: &str, date: NaiveDate) -> Result<Frame, Problem> {
        let caller = visit.caller()?;
        let (location, locations) = (app.location(caller, location).await?, app.locations(caller).await?);
        let over = local::has_ended(location.timezone, date, app.clock.now_minute());
        Ok(Frame { locations, over, at: Some((location, date)), ..Frame::bare(visit, Here::Day) })
    }

    /// The same with so many rows in the needs-attention queue of the location.
    #[must_use]
    pub fn with_waiting(self, waiting: usize) -> Frame {
        Frame { waiting, ..self }
    }

    /// Around a page of no one location. Whoever has only one is there all the same.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn of(app: &Arc<App>, visit: &Visit, here: Here) -> Result<Frame, Problem> {
        let Some(caller) = &visit.signed_in else { return Ok(Frame::bare(visit, here)) };
        let locations = app.locations(caller).await?;
        let only = if let [only] = locations.as_slice() { Some(only.clone()) } else { None };
        let frame = Frame { locations, ..Frame::bare(visit, here) };
        match only {
            Some(only) => frame.placed(app, only, None).await,
            None => Ok(frame),
        }
    }

    /// The same at a location, with what waits there.
    async fn placed(self, app: &Arc<App>, location: LocationRow, date: Option<NaiveDate>) -> Result<Frame, Problem> {
        let date = date.unwrap_or_else(|| local::local_date(location.timezone, app.clock.now()));
        let waiting = app.store.open_attention(&location.id, None).await?.len();
        let over = local::has_ended(location.timezone, date, app.clock.now_minute());
        Ok(Frame { at: Some((location, date)), over, waiting, ..self })
    }

    /// Without anything that needs the store.
    pub fn bare(visit: &Visit, here: Here) -> Frame {
        Frame { visit: visit.clone(), here, locations: Vec::new(), at: None, over: false, waiting: 0 }
    }

    /// The location and the day of the page.
    ///
    /// # Errors
    /// A page of no location.
    pub fn place(&self) -> Result<(&LocationRow, NaiveDate), Problem> {
        self.at.as_ref().map(|(location, date)| (location, *date)).ok_or_else(|| Problem::new("NOT_FOUND", "there is no such location"))
    }

    /// Is the day of the page over? What is over can be looked at, and not be arranged any more.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// A page about arranging a day that is over: that there is nothing to arrange, and the way to the day and to today.
    pub fn too_late(&self, title: &str) -> Result<Page, Problem> {
        let (w, (location, date)) = (self.visit.words(), self.place()?);
        let place = format!("/admin/at/{}", location.id);
        Ok(self.page(
            title,
            html! {
                p.warning { (w.say_with("day-over-means", &[("date", w.date(date).into())])) }
                p { a.button href=(format!("{place}/{date}")) { (w.say("to-the-day")) } " " a.button href=(place) { (w.say("today")) } }
            },
        ))
    }

    /// The whole page.
    pub fn page(&self, title: &str, body: Markup) -> Page {
        let w = self.visit.words();
        Page(html! {
            (DOCTYPE)
            html lang=(w.language.as_str()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="htmx-config" content=r#"{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"responseHandling":[{"code":"204","swap":false},{"code":".*","swap":true}]}"#;
                    title { (title) " – zamu" }
                    link rel="icon" href=(address("icon.svg")) type="image/svg+xml";
                    link rel="stylesheet" href=(address("zamu.css"));
                    @for script in ["htmx.js", "morph.js", "interact.js", "zamu.js", "day.js"] { script src=(address(script)) defer {} }
                }
                body {
                    a.skip href="#main" { (w.say("skip")) }
                    (self.header())
                    main id="main" tabindex="-1" {
                        h1 { (title) }
                        (body)
                    }
                    div id="say" role="status" aria-live="polite" {}
                }
            }
        })
    }

    fn header(&self) -> Markup {
        let w = self.visit.words();
        html! {
            header.top {
                a.brand href="/admin" { "zamu" }
                @if self.visit.signed_in.is_some() {
                    @if let Some((location, date)) = &self.at { (self.places(location, *date)) (self.ways(location, *date)) }
                    @else if self.locations.len() > 1 { (self.choice()) nav aria-label=(w.say("ways")) { ul { (self.everywhere()) } } }
                    @else { nav aria-label=(w.say("ways")) { ul { (self.everywhere()) } } }
                }
                (self.corner())
            }
        }
    }

    /// Every location of a visitor who is at none.
    fn choice(&self) -> Markup {
        html! {
            details.places {
                summary { (self.visit.words().say("location")) }
                ul { @for one in &self.locations { li { a href=(format!("/admin/at/{}", one.id)) { (one.name) } } } }
            }
        }
    }

    /// The other locations of a visitor who has several.
    fn places(&self, location: &LocationRow, date: NaiveDate) -> Markup {
        let w = self.visit.words();
        html! {
            @if self.locations.len() > 1 {
                details.places {
                    summary { span.hidden { (w.say("location")) ": " } (location.name) }
                    ul { @for other in &self.locations { li { a href=(format!("/admin/at/{}/{date}", other.id)) aria-current=[(other.id == location.id).then_some("true")] { (other.name) } } } }
                }
            } @else { span.place { (location.name) } }
        }
    }

    /// Where one may go from here.
    fn ways(&self, location: &LocationRow, date: NaiveDate) -> Markup {
        let w = self.visit.words();
        let at = format!("/admin/at/{}", location.id);
        let ways = [
            (Here::Day, "way-day", format!("{at}/{date}")),
            (Here::Attention, "way-attention", format!("{at}/attention")),
            (Here::Week, "way-week", format!("{at}/week?from={date}")),
            (Here::Bookings, "way-bookings", format!("{at}/bookings")),
            (Here::Runs, "way-runs", format!("{at}/runs")),
            (Here::Ledger, "way-ledger", format!("{at}/ledger")),
            (Here::WhatIfs, "way-whatifs", format!("{at}/whatifs")),
        ];
        html! {
            nav aria-label=(w.say("ways")) {
                ul {
                    @for (here, name, to) in ways {
                        @if self.may_go(here) {
                            li {
                                a href=(to) aria-current=[(here == self.here).then_some("page")] {
                                    (w.say(name))
                                    @if here == Here::Attention && self.waiting > 0 { " " span.count { (self.waiting) span.hidden { " " (w.count("waiting", self.waiting)) } } }
                                }
                            }
                        }
                    }
                    (self.everywhere())
                }
            }
        }
    }

    /// What belongs to no one location.
    fn everywhere(&self) -> Markup {
        let w = self.visit.words();
        html! {
            @for (here, name, to) in [(Here::Messages, "way-messages", "/admin/messages"), (Here::Settings, "way-settings", "/admin/settings")] {
                @if self.may_go(here) { li { a href=(to) aria-current=[(here == self.here).then_some("page")] { (w.say(name)) } } }
            }
        }
    }

    fn may_go(&self, here: Here) -> bool {
        let path = match here {
            Here::Day | Here::Elsewhere => "/admin/at/{location}/{date}",
            Here::Attention => "/admin/at/{location}/attention",
            Here::Week => "/admin/at/{location}/week",
            Here::Bookings => "/admin/at/{location}/bookings",
            Here::Runs => "/admin/at/{location}/runs",
            Here::Ledger => "/admin/at/{location}/ledger",
            Here::WhatIfs => "/admin/at/{location}/whatifs",
            Here::Messages => "/admin/messages",
            Here::Settings => "/admin/settings",
        };
        self.visit.may("GET", path)
    }

    /// The language, and the way out.
    fn corner(&self) -> Markup {
        let (w, visit) = (self.visit.words(), &self.visit);
        html! {
            div.corner {
                form method="post" action="/admin/language" {
                    input type="hidden" name="to" value=(visit.address);
                    @for (language, name) in [(Language::English, "English"), (Language::Swahili, "Kiswahili")] {
                        @if language != w.language { button.quiet type="submit" name="language" value=(language.as_str()) lang=(language.as_str()) { (name) } }
                    }
                }
                @if let Some(caller) = &visit.signed_in {
                    form method="post" action="/admin/sign-out" {
                        input type="hidden" name="proof" value=(visit.proof);
                        button.quiet type="submit" title=(format!("{} ({})", caller.sub, w.say(&format!("role-{}", caller.role.word())))) { (w.say("sign-out")) }
                    }
                }
            }
        }
    }
}
