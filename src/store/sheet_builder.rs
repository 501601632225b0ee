//! From rows to a day's sheet: plain functions that every store shares.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::booking_rows::BookingRow;
use super::day::{Day, DayView};
use super::houses::Carried;
use super::rows::{BlockRow, CombinationRow, CustomerRow, LocationRow, ResourceRow, TenantRow};
use crate::domain::{AssignmentStatus, BookingState, Minute, Rule, Span, local, rules};
use crate::sheet::{Block, Booking, Combination, Location, Resource, Sheet};

/// The usual grid; a sheet whose times do not fit gets a finer one.
const GRID_MINUTES: i64 = 5;

/// Everything a store reads of a day, unsorted and unfiltered.
#[derive(Debug)]
pub(super) struct DayFacts {
    pub tenant: TenantRow,
    pub location: LocationRow,
    pub resources: Vec<ResourceRow>,
    pub combinations: Vec<CombinationRow>,
    /// Rules that say anything about the day or the one before.
    pub rules: Vec<Rule>,
    /// Who has rules of their own at all.
    pub has_rules: BTreeSet<String>,
    /// Blocks in or near the day.
    pub blocks: Vec<BlockRow>,
    /// Bookings of the day that have not given their time back.
    pub bookings: Vec<BookingRow>,
    /// Holds in or near the day: booking, resource, occupied span.
    pub holds: Vec<(String, String, Span)>,
    pub customers: BTreeMap<String, CustomerRow>,
    pub services: BTreeMap<String, String>,
    /// Seconds above their fair share that people bring to the day.
    pub carried: Arc<Carried>,
    pub version: i64,
}

/// The span in which blocks and holds can matter to a day: its night shifts may reach into the whole next day.
pub(super) fn window(timezone: chrono_tz::Tz, date: NaiveDate) -> Span {
    Span::new(local::instant(timezone, date, 0), local::instant(timezone, date, 2 * local::DAY_MINUTES))
}

/// Makes the day out of what was read.
pub(super) fn build(facts: DayFacts, date: NaiveDate, view: DayView) -> Day {
    let mut bookings: Vec<BookingRow> = facts.bookings.iter().filter(|b| stands_on(b, view)).cloned().collect();
    bookings.sort_by(|a, b| (a.span.start, &a.id).cmp(&(b.span.start, &b.id)));
    let on_sheet: Vec<Booking> = sheet_bookings(&bookings, view);
    let holders: BTreeSet<&str> = on_sheet.iter().flat_map(Booking::current).collect();
    let mut resources: Vec<Resource> = facts
        .resources
        .iter()
        .map(|row| (row, holders.contains(row.id.as_str())))
        .map(|(row, holds)| (row, holds, is_here(row, date, view, holds)))
        .filter(|(_, holds, is_here)| *holds || *is_here)
        .map(|(row, _, is_here)| resource(row, is_here, &facts, date, view, &bookings))
        .collect();
    resources.sort_by(|a, b| a.id.cmp(&b.id));
    let known: BTreeSet<String> = resources.iter().map(|r| r.id.clone()).collect();
    let mut on_sheet = on_sheet;
    for booking in &mut on_sheet {
        booking.affinity.retain(|id, _| known.contains(id));
    }
    let grid_minutes = grid(&on_sheet, &resources, facts.location.timezone, date);
    widen_blocks(&mut resources, i64::from(grid_minutes));
    let combinations = facts.combinations.iter().filter(|c| c.members.iter().all(|m| known.contains(m)));
    let combinations =
        combinations.map(|c| Combination { id: c.id.clone(), members: c.members.iter().cloned().collect(), seats: c.seats, min_party: c.min_party });
    let sheet = Sheet {
        location: Location { id: facts.location.id.clone(), name: facts.location.name.clone(), timezone: facts.location.timezone },
        date,
        grid_minutes,
        combinations: combinations.collect(),
        resources,
        bookings: on_sheet,
    };
    let DayFacts { tenant, location, customers, services, version, .. } = facts;
    Day { sheet, version, bookings, customers, services, location, tenant }
}

/// Does a booking stand on the day's sheet in this view?
fn stands_on(booking: &BookingRow, view: DayView) -> bool {
    match view {
        DayView::Live => booking.state.is_active(),
        DayView::Recorded => !booking.state.is_released() && booking.state != BookingState::Created,
    }
}

fn sheet_bookings(rows: &[BookingRow], view: DayView) -> Vec<Booking> {
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    rows.iter()
        .map(|row| {
            let mut booking = match view {
                DayView::Live => row.on_sheet(row.status, row.resources.clone()),
                DayView::Recorded => {
                    row.on_sheet(AssignmentStatus::Provisional, if row.served_by.is_empty() { row.resources.clone() } else { row.served_by.clone() })
                }
            };
            // A partner that was called off asks nothing any more.
            booking.same_resource_as = booking.same_resource_as.filter(|twin| ids.contains(twin.as_str()));
            booking
        })
        .collect()
}

/// Is somebody with the house on the day, or were they when it took place? A temp is retired when their dates are over; that they were there on them is
/// shown by what they served, since one who was called off before is retired, too.
fn is_here(row: &ResourceRow, date: NaiveDate, view: DayView, holds: bool) -> bool {
    row.is_here_on(date) || (view == DayView::Recorded && holds && row.is_temporary && row.has_date(date))
}

/// A person or table on the day: away from the house means no shifts, but whoever still holds a booking is shown.
fn resource(row: &ResourceRow, is_here: bool, facts: &DayFacts, date: NaiveDate, view: DayView, bookings: &[BookingRow]) -> Resource {
    let timezone = facts.location.timezone;
    let shifts =
        if is_here { rules::sheet_shifts_among(&facts.rules, &row.id, facts.has_rules.contains(&row.id), date, timezone) } else { Vec::new() };
    let day = local::day_span(timezone, date);
    let end = shifts.last().map_or(day.end, |last| last.end.max(day.end));
    let clip = |span: Span| Span::new(span.start.max(day.start), span.end.min(end));
    let mut blocks: Vec<Block> = facts
        .blocks
        .iter()
        .filter(|block| block.resource_id == row.id)
        .map(|block| Block { span: clip(block.span), reason: Some(block.reason.clone()) })
        .collect();
    if view == DayView::Live {
        // Held by something that is not on this sheet: a neighbouring day's booking over midnight, or one that is already over.
        let elsewhere = facts.holds.iter().filter(|(booking, who, _)| *who == row.id && !bookings.iter().any(|b| b.id == *booking));
        blocks.extend(elsewhere.map(|(_, _, span)| Block { span: clip(*span), reason: Some("booked".to_owned()) }));
    }
    blocks.retain(|block| block.span.minutes() > 0);
    blocks.sort_by(|a, b| (a.span, &a.reason).cmp(&(b.span, &b.reason)));
    Resource {
        id: row.id.clone(),
        name: row.name.clone(),
        kind: row.kind,
        gender: row.gender.clone(),
        qualifications: row.qualifications.clone(),
        shifts,
        blocks,
        temporary: row.is_temporary,
        carried_minutes: if row.is_temporary { 0.0 } else { facts.carried.get(&row.id).map_or(0.0, |seconds| whole_minutes(*seconds)) },
        seats: row.seats,
        min_party: row.min_party,
        zone: row.zone.clone(),
    }
}

/// Nobody's fairness turns on seconds, and a sheet is read by people.
fn whole_minutes(seconds: i64) -> f64 {
    // Without the sign that a rounded -20 s would keep.
    (seconds as f64 / 60.0).round() + 0.0
}

/// Five minutes where every duration, start and shift fits, else the largest grid that does.
fn grid(bookings: &[Booking], resources: &[Resource], timezone: chrono_tz::Tz, date: NaiveDate) -> u32 {
    let midnight = local::instant(timezone, date, 0);
    let since = |at: Minute| (at.0 - midnight.0).abs();
    let of_bookings =
        bookings.iter().flat_map(|b| [b.span.minutes(), i64::from(b.buffer_before_minutes), i64::from(b.buffer_after_minutes), since(b.span.start)]);
    let of_shifts = resources.iter().flat_map(|r| &r.shifts).flat_map(|s| [since(s.start), since(s.end)]);
    let divisor = of_bookings.chain(of_shifts).fold(0, gcd);
    if divisor % GRID_MINUTES == 0 { GRID_MINUTES as u32 } else { u32::try_from(divisor).unwrap_or(1).max(1) }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Blocks take whole steps of the grid: somebody who leaves at 12:03 is away from 12:00.
fn widen_blocks(resources: &mut [Resource], grid: i64) {
    for block in resources.iter_mut().flat_map(|r| &mut r.blocks) {
        let up = block.span.end.0 + grid - 1;
        block.span = Span::new(Minute(block.span.start.0.div_euclid(grid) * grid), Minute(up.div_euclid(grid) * grid));
    }
}
