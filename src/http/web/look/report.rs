//! The report of a what-if: a document of its own, with its own style and script in it, and nothing else that a browser may run or load.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::super::day::customer;
use super::super::names::on_day;
use super::super::visit::Visit;
use super::whatifs::of_location;
use crate::http::admin::whatifs::study;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::scenario::Study;
use crate::scenario::report::page::{SCRIPT, STYLE, page};
use crate::store::{Day, DayView, LocationRow};

/// What a browser may do with a report: use the style and the script that we wrote into it, known by their hashes.
fn policy() -> HeaderValue {
    static POLICY: OnceLock<HeaderValue> = OnceLock::new();
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let written = || {
        let (style, script) = (hash(STYLE), hash(SCRIPT));
        let policy =
            format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    };
    POLICY.get_or_init(written).clone()
}

/// Says names in the place of ids: where each day is, whose booking nobody serves, and whom it competes for.
async fn name(app: &App, place: &LocationRow, study: &mut Study) -> Result<(), Problem> {
    let solved = || study.base_days.iter().chain(study.cases.iter().flat_map(|case| &case.draws).flat_map(|draw| &draw.days));
    let dates: BTreeSet<NaiveDate> = solved().filter(|day| !day.unplaced.is_empty()).map(|day| day.date).collect();
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    for date in dates {
        days.insert(date, app.store.day(&place.id, date, DayView::Recorded).await?);
    }
    let draws = study.cases.iter_mut().flat_map(|case| &mut case.draws);
    for day in study.base_days.iter_mut().chain(draws.flat_map(|draw| &mut draw.days)) {
        if day.location == place.id {
            day.location.clone_from(&place.name);
        }
        let Some(known) = days.get(&day.date) else { continue };
        for lost in &mut day.unplaced {
            lost.why = competing(known, &lost.why);
            lost.booking = whose(known, &lost.booking);
        }
    }
    Ok(())
}

/// Whose booking it is; the id where it was only supposed, or nobody's name is known.
fn whose(day: &Day, id: &str) -> String {
    day.booking(id).and_then(|booking| customer(day, booking)).unwrap_or_else(|| id.to_owned())
}

/// `2 bookings compete for Grace: Amina 10:00, Ben 10:00`; any other reason as it is.
fn competing(day: &Day, why: &str) -> String {
    let zone = day.location.timezone;
    let booking = |id: &str| match day.booking(id) {
        Some(booking) => format!("{} {}", whose(day, id), booking.span.start.to_clock(zone)),
        None => id.to_owned(),
    };
    let each = |list: &str, said: &dyn Fn(&str) -> String| list.split(", ").map(said).collect::<Vec<_>>().join(", ");
    let parts = why.split_once(" compete for ").and_then(|(count, rest)| Some((count, rest.split_once(": ")?)));
    parts.map_or_else(
        || why.to_owned(),
        |(count, (who, bookings))| format!("{count} compete for {}: {}", each(who, &|id| on_day(day, id)), each(bookings, &booking)),
    )
}

/// The study of a what-if that is done, as a page.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path((location, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (row, place) = of_location(&app, visit.caller()?, &location, &id).await?;
    let mut study = study(&app, &row).await?;
    name(&app, &place, &mut study).await?;
    let text = page(&study, &[]);
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), (header::CONTENT_SECURITY_POLICY, policy())], text)
        .into_response())
}
