//! Runs of the allocator, newest first.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::frame::{Frame, Here, Page};
use super::super::told;
use super::super::visit::Visit;
use super::super::words::Words;
use super::{address, filled, scrolled};
use crate::http::app::App;
use crate::http::ask::{self, Asked};
use crate::http::problem::Problem;
use crate::store::{LocationRow, RunRow};

/// Rows of a page.
const ROWS: u32 = 50;

/// Which runs.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// Of this local day.
    date: Option<String>,
    /// Older than this one.
    before: Option<String>,
}

/// The page of a location's runs.
pub async fn list(app: State<Arc<App>>, visit: Visit, Path(location): Path<String>, wanted: Asked<Wanted>) -> Result<Page, Problem> {
    let frame = Frame::at(&app, &visit, Here::Runs, &location, None).await?;
    let (location, _) = frame.place()?;
    let date = filled(wanted.0.date.as_ref()).map(|text| ask::date("date", &text)).transpose()?;
    let mut runs = app.store.runs(&location.id, date, filled(wanted.0.before.as_ref()).as_deref(), ROWS + 1).await?;
    let has_more = runs.len() > ROWS as usize;
    runs.truncate(ROWS as usize);
    let w = visit.words();
    let path = format!("/admin/at/{}/runs", location.id);
    let date = date.map(|date| date.to_string());
    let more = runs.last().filter(|_| has_more).map(|last| address(&path, &[("date", date.as_deref()), ("before", Some(&last.id))]));
    let body = html! {
        form.inline.filters method="get" action=(path) data-eager {
            label { (w.say("look-col-day")) " " input type="date" name="date" value=(date.as_deref().unwrap_or_default()); }
            button type="submit" { (w.say("filter-show")) }
            @if date.is_some() { a.button href=(path) { (w.say("look-filter-every-day")) } }
        }
        @if runs.is_empty() { p { (w.say("look-runs-none")) } } @else { (scrolled(&w.say("look-runs-title"), &table(w, location, &runs))) }
        @if let Some(more) = more { p { a.button rel="next" href=(more) { (w.say("look-more")) } } }
    };
    Ok(frame.page(&w.say("look-runs-title"), body))
}

fn table(w: &Words, location: &LocationRow, runs: &[RunRow]) -> Markup {
    let at = format!("/admin/at/{}", location.id);
    html! {
        table {
            caption { (w.say("look-runs-caption")) }
            thead { tr { @for name in ["look-col-when", "look-col-day", "look-col-for", "look-col-outcome", "look-col-why", "look-col-profile", "look-col-who", "look-col-took"] { th scope="col" { (w.say(name)) } } } }
            tbody { @for run in runs {
                tr {
                    th scope="row" { a href=(format!("{at}/runs/{}", run.id)) { time datetime=(run.started_at.to_rfc3339()) { (w.instant(run.started_at, location.timezone)) } } }
                    td { a href=(format!("{at}/{}", run.date)) { (w.short_date(run.date)) } }
                    td { (w.say(&format!("look-run-{}", run.kind.as_str()))) }
                    td { (w.say(&format!("look-outcome-{}", run.status.as_str()))) }
                    td { (told::why_of_a_run(w, None, run)) }
                    td { (run.profile) }
                    td { (told::who(w, run)) }
                    td { (took(w, run)) }
                }
            } }
        }
    }
}

/// How long the search of a run took.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a search are few")]
pub(super) fn took(w: &Words, run: &RunRow) -> String {
    w.say_with("look-seconds", &[("n", w.number(run.solve_ms as f64 / 1000.0, 2).into())])
}
