//! The needs-attention queue: what waits for a person, why, who might serve it, what would help, and doing it.

mod act;
mod case;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::{Frame, Here, Page};
use super::lines;
use super::visit::Visit;
use super::words::Words;
use crate::http::app::App;
use crate::http::ask::Asked;
use crate::http::problem::Problem;
use crate::operations::attention::age_minutes;
use crate::store::{AttentionRow, Day, DayView, StoreErrorKind};

pub use act::act;

/// What the address of the page asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    /// What would help is searched for.
    helps: Option<String>,
    /// What was just done came to this.
    done: Option<String>,
    /// The day was changed before it could be done.
    changed: Option<String>,
    /// What was just asked for was refused.
    #[serde(skip)]
    refused: Option<Problem>,
}

/// The queue of a location, what waits longest first.
pub async fn list(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>) -> Result<Page, Problem> {
    let frame = Frame::at(&app, &visit, Here::Attention, &location, None).await?;
    let (location, _) = frame.place()?;
    let rows = app.store.open_attention(&location.id, None).await?;
    let mut days: BTreeMap<chrono::NaiveDate, Day> = BTreeMap::new();
    for row in &rows {
        if let Entry::Vacant(empty) = days.entry(row.date) {
            empty.insert(app.store.day(&location.id, row.date, DayView::Live).await?);
        }
    }
    let (w, now) = (visit.words(), app.clock.now());
    let body = html! {
        @if rows.is_empty() { p { (w.say("att-nothing")) } }
        @else {
            ul.queue {
                @for row in &rows {
                    @if let Some(day) = days.get(&row.date) {
                        li.card-box {
                            h2 { a href=(format!("/admin/at/{}/attention/{}", location.id, row.id)) { (w.short_date(row.date)) ", " (lines::line_of(w, day, &row.booking_id)) } }
                            p { (reason(w, day, row)) }
                            p.sub { (facts(w, row, now)) }
                        }
                    }
                }
            }
        }
    };
    Ok(frame.page(&w.say("way-attention"), body))
}

/// One row with everything that helps to decide. What would help is searched for when it is asked for: that takes seconds.
pub async fn one(app: State<Arc<App>>, visit: Visit, Path((location, id)): Path<(String, String)>, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &location, &id, &shown.0).await
}

async fn drawn(app: &Arc<App>, visit: &Visit, location: &str, id: &str, shown: &Shown) -> Result<Page, Problem> {
    let frame = Frame::at(app, visit, Here::Attention, location, None).await?;
    let (location, _) = frame.place()?;
    let row = row(app, &location.id, id).await?;
    let day = app.store.day(&location.id, row.date, DayView::Live).await?;
    let history = app.store.history(&row.booking_id).await?;
    let booking = app.store.booking(&row.booking_id).await?;
    let case = case::Panel { app, visit, day: &day, row: &row, booking: &booking, shown };
    let w = visit.words();
    let title = format!("{}, {}", w.short_date(row.date), lines::line(w, &day, &booking));
    let body = Box::pin(case.whole(&history)).await?;
    Ok(frame.page(&title, body))
}

/// A row at this location.
async fn row(app: &App, location: &str, id: &str) -> Result<AttentionRow, Problem> {
    let unknown = || Problem::not_found("row of the needs-attention queue", id);
    match app.store.attention(id).await {
        Ok(row) if row.location_id == location => Ok(row),
        Ok(_) => Err(unknown()),
        Err(error) if error.kind() == StoreErrorKind::NotFound => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}

/// Why it needs somebody, in words.
fn reason(w: &Words, day: &Day, row: &AttentionRow) -> Markup {
    let code = format!("att-code-{}", row.code);
    html! {
        @if w.knows(&code) { b { (w.say(&code)) } ": " }
        (lines::why_on_file(w, day, row.witness.as_ref(), &row.reason))
    }
}

/// Since when, or for how long, and what was tried.
fn facts(w: &Words, row: &AttentionRow, now: DateTime<Utc>) -> String {
    let (words, until) = row.resolved_at.map_or(("att-age", now), |at| ("att-waited", at));
    let mut facts = vec![w.say_with(words, &[("age", age_in_words(w, age_minutes(row, until)).into())])];
    if row.attempts > 0 {
        facts.push(w.count("att-attempts", row.attempts as usize));
    }
    if row.asked_at.is_some() {
        facts.push(w.say("att-asked"));
    }
    facts.join(" · ")
}

/// `3 days`, `1 h 30 min`.
fn age_in_words(w: &Words, minutes: i64) -> String {
    if minutes >= 2 * 1440 { w.count("days", usize::try_from(minutes / 1440).unwrap_or(0)) } else { w.minutes(minutes) }
}
