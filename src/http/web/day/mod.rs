//! The day: who serves whom, as a board that is dragged about, and the panel of one booking.

mod board;
mod draw;
mod hand;
mod panel;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};

use super::super::app::App;
use super::super::ask::{self, Asked};
use super::super::problem::Problem;
use super::frame::{Frame, Page};
use super::kept;
use super::visit::Visit;
use crate::domain::local;
use crate::operations::assign::{self, Candidate};
use crate::store::{AttentionRow, BookingRow, Day, DayView, LocationRow};

pub use board::{Board, Standing};
pub(super) use draw::{customer, gender_in_words, service};
pub use hand::{UNDONE, give, undo};
pub(super) use panel::why as candidate_in_words;

/// What the address of a day asks for beside the day.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    /// The booking whose panel is open.
    pub booking: Option<String>,
    /// Who it is about to be given to.
    pub to: Option<String>,
    /// Which holder it would be taken from.
    pub from: Option<String>,
    /// Why a manager answers for it that a rule is broken.
    pub overriding: Option<String>,
    /// The day was changed under an offer, and this is a fresh one.
    pub changed: Option<String>,
    /// Only bookings that stand so are bright.
    pub standing: Option<String>,
    /// Only bookings of this service are bright.
    pub service: Option<String>,
    /// What was just done, to be said once, and undone.
    pub done: Option<String>,
    /// What was just to be undone, and was refused.
    #[serde(skip)]
    pub refused: Option<Problem>,
}

/// A day with everything that its page shows.
pub(super) struct Looked {
    pub(super) day: Day,
    pub(super) over: Vec<BookingRow>,
    /// What waits of that day.
    pub(super) attention: Vec<AttentionRow>,
    /// The day is over: it is drawn as it took place, and nothing of it can be arranged any more.
    pub(super) is_over: bool,
    /// How much waits at the location, of whatever day.
    pub(super) waiting: usize,
    /// The day's version as those who watch it are told, from before it was read: what changes meanwhile is news.
    pub(super) seen: i64,
}

/// Reads a day; one that is over as it is recorded. What has taken place is not on a live sheet any more, and is shown all the same.
async fn look(app: &App, location: &LocationRow, date: chrono::NaiveDate) -> Result<Looked, Problem> {
    let seen = app.store.glance(&location.id, date, app.clock.now()).await?.version;
    let is_over = local::has_ended(location.timezone, date, app.clock.now_minute());
    let day = app.store.day(&location.id, date, if is_over { DayView::Recorded } else { DayView::Live }).await?;
    let mut attention = app.store.open_attention(&location.id, None).await?;
    let waiting = attention.len();
    attention.retain(|row| row.date == date);
    let all = app.store.bookings_between(&location.id, local::day_span(location.timezone, date)).await?;
    let over = all.into_iter().filter(|b| b.state.is_over() && day.booking(&b.id).is_none());
    Ok(Looked { over: over.collect(), day, attention, waiting, is_over, seen })
}

/// The page of a day.
pub async fn show(app: State<Arc<App>>, visit: Visit, Path((location, date)): Path<(String, String)>, shown: Asked<Shown>) -> Result<Page, Problem> {
    drawn(&app, &visit, &location, &date, &shown.0, kept::Shown(None)).await
}

/// The page of a day; where a form of its panel will not do, with why not.
async fn drawn(app: &Arc<App>, visit: &Visit, location: &str, date: &str, shown: &Shown, back: kept::Shown<'_>) -> Result<Page, Problem> {
    let date = ask::date("date", date)?;
    let frame = Frame::of_day(app, visit, location, date).await?;
    let (location, date) = frame.place()?;
    let looked = look(app, location, date).await?;
    let today = local::day_span(location.timezone, date);
    let now = app.clock.now_minute();
    let board = Board::of(&looked.day, &looked.over, &looked.attention, today, now);
    let panel = panel::of(app, visit, &looked, shown, back).await?;
    let of_panel = shown.booking.as_deref().map(|booking| draw::address(&looked, shown, &[("booking", booking)]));
    let here = of_panel.as_deref().filter(|_| back.is_back()).unwrap_or(&visit.address);
    let drawing = draw::Drawing { app, visit, looked: &looked, board: &board, shown, now, here };
    let title = visit.words().date(date);
    let body = drawing.page(&panel);
    Ok(frame.with_waiting(looked.waiting).page(&title, body))
}

/// Whose booking is to be shown to whom.
#[derive(Debug, Deserialize)]
pub struct AskedWho {
    booking: String,
}

/// Somebody whom a booking might be given to, for the board while it is dragged.
#[derive(Debug, Serialize)]
pub struct Who {
    /// Who, by id.
    id: String,
    /// They may, and they are free.
    free: bool,
    /// They may, and are busy: others would have to change hands.
    busy: bool,
    /// What keeps them from it, in words; empty where nothing does.
    why: String,
}

/// Who could take a booking, and what keeps the others from it.
pub async fn who(
    app: State<Arc<App>>,
    visit: Visit,
    Path((location, date)): Path<(String, String)>,
    asked: Asked<AskedWho>,
) -> Result<Json<Vec<Who>>, Problem> {
    let location = app.location(visit.caller()?, &location).await?;
    let day = app.store.day(&location.id, ask::date("date", &date)?, DayView::Live).await?;
    let booking = day.booking(&asked.0.booking).ok_or_else(|| Problem::not_found("booking on that day", &asked.0.booking))?;
    let of = |one: Candidate| Who {
        free: one.is_free(),
        busy: one.rules.is_empty() && !one.busy_with.is_empty(),
        why: panel::why(visit.words(), &day, &one),
        id: one.resource_id,
    };
    Ok(Json(assign::candidates(&day, booking).into_iter().map(of).collect()))
}
