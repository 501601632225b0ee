//! A day as a board: a column for everybody, bookings in their places, and how much each does beside their fair share. Nothing of HTML in here.

use std::collections::{BTreeMap, BTreeSet};

use crate::alloc::eligibility::capacity_minutes;
use crate::domain::{AssignmentStatus, BookingState, Minute, ResourceKind, Span, local};
use crate::http::web::css::{DAY_MINUTES_MAX, LANES_MAX};
use crate::operations::ledger::{entries, what_was_done};
use crate::sheet::Resource;
use crate::store::{AttentionRow, BookingRow, Day};

/// How a booking stands, as somebody at the desk tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Somebody has to look at it.
    Needs,
    /// Held for a customer who has not confirmed.
    Held,
    /// It may still change hands, and nobody knows.
    Provisional,
    /// The customer chose the person.
    Bound,
    /// The customer was told the name.
    Finalized,
    /// It is over.
    Over,
}

impl Standing {
    /// All of them, in the order of the legend.
    pub const ALL: [Standing; 6] = [Standing::Needs, Standing::Held, Standing::Provisional, Standing::Bound, Standing::Finalized, Standing::Over];

    /// Its word, in classes and queries.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Needs => "needs",
            Standing::Held => "held",
            Standing::Provisional => "provisional",
            Standing::Bound => "bound",
            Standing::Finalized => "finalized",
            Standing::Over => "over",
        }
    }

    /// Its sign, for those who see no colours.
    pub fn sign(self) -> &'static str {
        match self {
            Standing::Needs => "!",
            Standing::Held => "⏳",
            Standing::Provisional => "≈",
            Standing::Bound => "♥",
            Standing::Finalized => "✓",
            Standing::Over => "■",
        }
    }

    fn of(booking: &BookingRow, needs: bool) -> Standing {
        match booking.state {
            state if state.is_over() => Standing::Over,
            BookingState::Held => Standing::Held,
            _ if needs || booking.resources.is_empty() => Standing::Needs,
            _ => match booking.status {
                AssignmentStatus::Provisional => Standing::Provisional,
                AssignmentStatus::Bound => Standing::Bound,
                AssignmentStatus::Finalized => Standing::Finalized,
            },
        }
    }
}

/// A booking in a column.
#[derive(Debug, Clone)]
pub struct Item<'d> {
    /// Which.
    pub booking: &'d BookingRow,
    /// How it stands.
    pub standing: Standing,
    /// Minutes below the top of the board.
    pub top: i64,
    /// Minutes it takes, without buffers.
    pub height: i64,
    /// Which of the lanes of its column.
    pub lane: usize,
    /// Somebody else may be given it.
    pub movable: bool,
}

/// Time at which somebody is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shade {
    /// Minutes below the top of the board.
    pub top: i64,
    /// Minutes it takes.
    pub height: i64,
    /// Why, for time away on a shift: `break`, `sick`. `None` outside of shifts.
    pub away: Option<String>,
}

/// How much somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Minutes of bookings, without buffers.
    pub minutes: i64,
    /// Minutes on duty.
    pub capacity: i64,
    /// What a fair share of the day's work would be; `None` where shares are not kept, as for tables and temps.
    pub target: Option<i64>,
}

/// Somebody's day, or what nobody serves.
#[derive(Debug, Clone)]
pub struct Column<'d> {
    /// Whose; `None` for what nobody serves.
    pub resource: Option<&'d Resource>,
    /// Their bookings, by start.
    pub items: Vec<Item<'d>>,
    /// How many stand side by side at most.
    pub lanes: usize,
    /// When they are not there.
    pub shades: Vec<Shade>,
    /// How much they do.
    pub load: Load,
}

impl Column<'_> {
    /// The id, empty for what nobody serves.
    pub fn id(&self) -> &str {
        self.resource.map_or("", |resource| resource.id.as_str())
    }
}

/// The whole day.
#[derive(Debug, Clone)]
pub struct Board<'d> {
    /// From when to when it is drawn, in whole hours by the clock on the wall.
    pub axis: Span,
    /// What nobody serves first, then people, then tables.
    pub columns: Vec<Column<'d>>,
    /// Those who are not there at all that day.
    pub absent: Vec<&'d Resource>,
}

/// What is drawn when nobody is on duty and nothing is booked, in minutes after midnight.
const EMPTY_DAY: (u32, u32) = (8 * 60, 18 * 60);

impl<'d> Board<'d> {
    /// The board of a day; `over` are bookings that have taken place, which its sheet does not show any more.
    pub fn of(day: &'d Day, over: &'d [BookingRow], attention: &[AttentionRow], today: Span, now: Minute) -> Board<'d> {
        let waiting: BTreeSet<&str> = attention.iter().map(|row| row.booking_id.as_str()).collect();
        let axis = axis(day, over, today);
        let targets = targets(day);
        let all: Vec<&BookingRow> = day.bookings.iter().chain(over).collect();
        let place = |booking: &'d BookingRow| {
            let (top, height) = on(axis, booking.span);
            let standing = Standing::of(booking, waiting.contains(booking.id.as_str()));
            let movable = standing != Standing::Over && booking.span.start > now;
            Item { booking, standing, top, height, lane: 0, movable }
        };
        let held_by = |booking: &BookingRow, id: &str| doers(booking).iter().any(|one| one == id);
        let nobodys = all.iter().filter(|b| b.resources.is_empty() && b.served_by.is_empty() && !b.demands.is_empty()).map(|b| place(b)).collect();
        let mut columns = vec![column(None, nobodys, Vec::new(), Load { minutes: 0, capacity: 0, target: None })];
        let mut absent = Vec::new();
        for kind in [ResourceKind::Staff, ResourceKind::Table] {
            for resource in day.sheet.resources.iter().filter(|resource| resource.kind == kind) {
                let items: Vec<Item<'d>> = all.iter().filter(|b| held_by(b, &resource.id)).map(|b| place(b)).collect();
                if items.is_empty() && resource.shifts.is_empty() {
                    absent.push(resource);
                    continue;
                }
                let minutes = items.iter().map(|item| item.booking.span.minutes()).sum();
                let load = Load { minutes, capacity: capacity_minutes(resource), target: targets.get(resource.id.as_str()).copied() };
                columns.push(column(Some(resource), items, shades(resource, axis), load));
            }
        }
        Board { axis, columns, absent }
    }

    /// Its whole hours.
    pub fn hours(&self) -> impl Iterator<Item = Minute> {
        (self.axis.start.0..self.axis.end.0).step_by(60).map(Minute)
    }

    /// How many minutes below the top an instant stands, if it is on the board.
    pub fn top_of(&self, at: Minute) -> Option<i64> {
        (self.axis.start <= at && at < self.axis.end).then(|| at.0 - self.axis.start.0)
    }
}

/// The board's top and bottom: everything that is on, in whole hours, and no more than the styles have places for.
fn axis(day: &Day, over: &[BookingRow], today: Span) -> Span {
    let shifts = day.sheet.resources.iter().flat_map(|resource| resource.shifts.iter().copied());
    let booked = day.bookings.iter().chain(over).map(BookingRow::occupied);
    let spans: Vec<Span> = shifts.chain(booked).filter(|span| span.overlaps(today)).collect();
    let (zone, date) = (day.location.timezone, day.sheet.date);
    let (first, last) = match (spans.iter().map(|s| s.start).min(), spans.iter().map(|s| s.end).max()) {
        (Some(first), Some(last)) => (first.max(today.start), last),
        _ => (local::instant(zone, date, EMPTY_DAY.0), local::instant(zone, date, EMPTY_DAY.1)),
    };
    let whole = local::whole_hours(zone, date, Span::new(first, last));
    Span::new(whole.start, Minute(whole.end.0.clamp(whole.start.0 + 60, whole.start.0 + DAY_MINUTES_MAX)))
}

/// Where a span stands on the axis: minutes from the top, and how many.
fn on(axis: Span, span: Span) -> (i64, i64) {
    let whole = axis.minutes();
    let top = (span.start.0 - axis.start.0).clamp(0, whole - 1);
    let bottom = (span.end.0 - axis.start.0).clamp(top + 1, whole);
    (top, bottom - top)
}

fn column<'d>(resource: Option<&'d Resource>, mut items: Vec<Item<'d>>, shades: Vec<Shade>, load: Load) -> Column<'d> {
    items.sort_by_key(|item| (item.booking.span, item.booking.id.clone()));
    // Each goes into the first lane that is free again.
    let mut free_from: Vec<Minute> = Vec::new();
    for item in &mut items {
        let lane = free_from.iter().position(|until| *until <= item.booking.span.start).unwrap_or(free_from.len());
        item.lane = lane.min(LANES_MAX - 1);
        match free_from.get_mut(lane) {
            Some(until) => *until = item.booking.span.end,
            None => free_from.push(item.booking.span.end),
        }
    }
    Column { resource, items, lanes: free_from.len().clamp(1, LANES_MAX), shades, load }
}

/// When somebody is not there: outside of their shifts, and away on them.
fn shades(resource: &Resource, axis: Span) -> Vec<Shade> {
    let mut shifts = resource.shifts.clone();
    shifts.sort_unstable();
    let (mut off, mut from) = (Vec::new(), axis.start);
    for shift in shifts {
        if from < shift.start {
            off.push(Span::new(from, shift.start));
        }
        from = from.max(shift.end);
    }
    if from < axis.end {
        off.push(Span::new(from, axis.end));
    }
    let shade = |span: Span, away: Option<String>| {
        let (top, height) = on(axis, span);
        Shade { top, height, away }
    };
    let off = off.into_iter().filter(|span| span.overlaps(axis)).map(|span| shade(span, None));
    let blocks = resource.blocks.iter().filter(|block| block.span.overlaps(axis));
    off.chain(blocks.map(|block| shade(block.span, Some(block.reason.clone().unwrap_or_default())))).collect()
}

/// Who served a booking, or who is to.
fn doers(booking: &BookingRow) -> &[String] {
    if booking.served_by.is_empty() { &booking.resources } else { &booking.served_by }
}

/// Everybody's fair share of what is served as the day stands, in minutes, by id: as the fairness ledger will close it.
fn targets(day: &Day) -> BTreeMap<String, i64> {
    let served = day.bookings.iter().filter(|booking| !doers(booking).is_empty());
    let done = served.map(|booking| (booking.id.clone(), what_was_done(booking))).collect();
    entries(&day.sheet, &done)
        .into_iter()
        .map(|entry| (entry.resource_id, (entry.target_seconds as f64 / 60.0).round() as i64 + entry.requested_minutes))
        .collect()
}
