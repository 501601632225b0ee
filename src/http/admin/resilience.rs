//! What breaks if somebody is out, and which temp would be worth most.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::runs::SheetAsked;
use crate::alloc::{Limits, Stop};
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked};
use crate::http::problem::{Faults, Problem};
use crate::operations::resilience::{self, Absence, Lost, Resilience, TempHours};

/// Seconds after which what was found so far is the answer.
const SECONDS_MAX: f64 = 20.0;

/// A booking that nobody can serve.
#[derive(Debug, Serialize, ToSchema)]
pub struct LostView {
    /// Which booking.
    pub booking_id: String,
    /// From when.
    #[schema(format = DateTime)]
    pub start: String,
    /// Until when.
    #[schema(format = DateTime)]
    pub end: String,
    /// The customer was told a name, or chose one.
    pub promised: bool,
}

/// What breaks if one is out the whole day.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutView {
    /// Who.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// `staff` or `table`.
    pub kind: String,
    /// Bookings they hold as things stand.
    pub holds: usize,
    /// How many more bookings nobody serves than with everybody there.
    pub breaks: usize,
    /// Those bookings.
    pub unplaced: Vec<LostView>,
    /// Bookings whose customers would have to be told another name.
    pub told_again: Vec<String>,
    /// Whether it is proven that it cannot be less.
    pub certified: bool,
}

/// Hours of a temp, and what they are worth.
#[derive(Debug, Serialize, ToSchema)]
pub struct TempView {
    /// What the temp can do.
    pub qualifications: Vec<String>,
    /// Of which gender, where any is wished.
    pub gender: Option<String>,
    /// From when.
    #[schema(format = DateTime)]
    pub start: String,
    /// Until when.
    #[schema(format = DateTime)]
    pub end: String,
    /// Bookings, by priority, that would be placed on the day as it is.
    pub gains: f64,
    /// The same on average over the days on which one is out.
    pub gains_if_one_is_out: f64,
    /// The sum of the two, for each hour.
    pub worth_per_hour: f64,
    /// Whether it is proven.
    pub certified: bool,
}

/// The report of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResilienceView {
    /// Where.
    pub location_id: String,
    /// Which local day.
    #[schema(format = Date)]
    pub date: String,
    /// Bookings on it.
    pub bookings: usize,
    /// Bookings nobody serves even with everybody there.
    pub unplaced: Vec<LostView>,
    /// Everybody and every table on duty, the most harmful first.
    pub absences: Vec<OutView>,
    /// Hours of a temp that would help, the most valuable first.
    pub temps: Vec<TempView>,
}

fn lost(all: Vec<Lost>) -> Vec<LostView> {
    all.into_iter().map(|one| LostView { booking_id: one.booking, start: one.start, end: one.end, promised: one.promised }).collect()
}

impl From<Absence> for OutView {
    fn from(one: Absence) -> OutView {
        OutView {
            person_id: one.id,
            name: one.name,
            kind: one.kind.as_str().to_owned(),
            holds: one.holds,
            breaks: one.breaks,
            unplaced: lost(one.unplaced),
            told_again: one.told_again,
            certified: one.certified,
        }
    }
}

impl From<TempHours> for TempView {
    fn from(one: TempHours) -> TempView {
        TempView {
            qualifications: one.qualifications.into_iter().collect(),
            gender: one.gender,
            start: one.start,
            end: one.end,
            gains: one.gains,
            gains_if_one_is_out: one.gains_if_one_is_out,
            worth_per_hour: one.worth_per_hour,
            certified: one.certified,
        }
    }
}

impl From<Resilience> for ResilienceView {
    fn from(report: Resilience) -> ResilienceView {
        ResilienceView {
            location_id: report.location,
            date: report.date.to_string(),
            bookings: report.bookings,
            unplaced: lost(report.unplaced),
            absences: report.absences.into_iter().map(OutView::from).collect(),
            temps: report.temps.into_iter().map(TempView::from).collect(),
        }
    }
}

/// For each person and table on duty, what breaks if they are out that day; and which hours of which temp would be worth most.
#[utoipa::path(get, path = "/admin/v1/resilience", tag = "day", params(SheetAsked), responses((status = 200, body = ResilienceView), Faults))]
pub async fn show(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<SheetAsked>) -> Result<Json<ResilienceView>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let date = ask::date("date", &asked.0.date)?;
    // One of those who search takes all cores.
    let _turn = app.searches.acquire().await.ok();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let limits = Limits { threads, stop: Stop::new(), ..Limits::default() };
    let report = resilience::of_day(app.store.as_ref(), app.clock.as_ref(), &location.id, date, &limits, SECONDS_MAX).await?;
    Ok(Json(report.into()))
}
