//! Which changes can help at all. A crowd that cannot be served stays one until a change touches it, so only changes to its bookings, or to who may
//! serve them, are thought of.

use std::collections::BTreeSet;

use super::super::super::eligibility::Rule;
use super::super::super::instance::{Instance, Served};
use super::change::{Change, Side, Window};
use crate::domain::{Minute, ResourceKind, Span, local};

/// The longest extension and the furthest move.
pub const MINUTES_MAX: i64 = 60;

/// Changes of one kind, smallest first: the first that helps is the repair.
pub type Ladder = Vec<Change>;

/// Every ladder for an unplaced booking, given a set of bookings around it (itself included) that cannot all be served.
pub fn ladders(instance: &Instance, served: &Served, booking: usize, crowd: &[usize]) -> Vec<Ladder> {
    let mut all = vec![temps(instance, served, crowd)];
    all.extend(extensions(instance, crowd));
    let sheet = instance.house.sheet;
    for &b in crowd {
        let wished = &sheet.bookings[b];
        if wished.gender.is_some() && !instance.house.gender_waived(wished) && wished.demands.iter().any(|d| d.kind == ResourceKind::Staff) {
            all.push(vec![Change::WaiveGender { booking: wished.id.clone() }]);
        }
        if instance.bookings[b].held {
            all.push(vec![Change::Unbind { booking: wished.id.clone() }]);
        }
    }
    all.extend([1, -1].map(|sign| moves(instance, booking, sign)));
    all.retain(|ladder| !ladder.is_empty());
    all
}

/// Temps for the time and needs of one booking of the crowd, fewest minutes first. Any temp that helps serves one of the crowd, so none shorter can.
fn temps(instance: &Instance, served: &Served, crowd: &[usize]) -> Ladder {
    let sheet = instance.house.sheet;
    let mut found: Vec<(i64, Change)> = Vec::new();
    for &b in crowd.iter().filter(|&&b| !instance.bookings[b].held) {
        for demand in sheet.bookings[b].demands.iter().filter(|d| d.kind == ResourceKind::Staff) {
            let visit = visit(instance, served, b);
            let mut span = instance.bookings[b].occupied;
            let mut qualifications: BTreeSet<String> = demand.qualifications.clone();
            for &twin in &visit {
                let theirs = instance.bookings[twin].occupied;
                span = Span::new(span.start.min(theirs.start), span.end.max(theirs.end));
                let asked = sheet.bookings[twin].demands.iter().filter(|d| d.kind == ResourceKind::Staff);
                qualifications.extend(asked.flat_map(|d| d.qualifications.iter().cloned()));
            }
            let wished = visit.iter().chain([&b]).map(|&v| &sheet.bookings[v]).find(|v| v.gender.is_some() && !instance.house.gender_waived(v));
            let gender = wished.and_then(|v| v.gender.clone());
            for count in 1..=demand.count {
                let shift = Window::of(sheet, span);
                let change = Change::Temp { count, qualifications: qualifications.clone(), gender: gender.clone(), shift };
                found.push((change.size_minutes(), change));
            }
        }
    }
    // The sort is stable and the crowd starts with the booking itself: between equals its own time comes first.
    found.sort_by_key(|(minutes, _)| *minutes);
    let mut ladder: Ladder = Vec::new();
    for (_, change) in found {
        if !ladder.contains(&change) {
            ladder.push(change);
        }
    }
    ladder
}

/// The placed bookings that must share their resources with this one.
fn visit(instance: &Instance, served: &Served, booking: usize) -> Vec<usize> {
    instance.bookings[booking].twins.iter().copied().filter(|&twin| served[twin].is_some()).collect()
}

/// One ladder per person and end of a shift: the extensions after which somebody could serve one of the crowd whom only the shift keeps from it.
fn extensions(instance: &Instance, crowd: &[usize]) -> Vec<Ladder> {
    let sheet = instance.house.sheet;
    let mut all = Vec::new();
    for (r, resource) in sheet.resources.iter().enumerate().filter(|(_, r)| r.kind == ResourceKind::Staff) {
        let spans: Vec<Span> = crowd.iter().filter(|&&b| only_shift(instance, b, r)).map(|&b| instance.bookings[b].occupied).collect();
        for (k, shift) in resource.shifts.iter().enumerate() {
            for side in [Side::Before, Side::After] {
                let mut steps: Vec<i64> = spans.iter().filter_map(|span| minutes_needed(*shift, *span, side)).collect();
                let grid = i64::from(sheet.grid_minutes.max(1));
                steps.iter_mut().for_each(|minutes| *minutes = (*minutes + grid - 1).div_euclid(grid) * grid);
                steps.sort_unstable();
                steps.dedup();
                let ladder: Ladder = steps
                    .into_iter()
                    .filter(|minutes| *minutes <= MINUTES_MAX)
                    .filter_map(|minutes| {
                        let (longer, added) = extended(*shift, side, minutes);
                        let meets_other = resource.shifts.iter().enumerate().any(|(j, other)| j != k && other.overlaps(longer));
                        let blocked = resource.blocks.iter().any(|block| block.span.overlaps(added));
                        let shift = Window::of(sheet, longer);
                        (!meets_other && !blocked).then(|| Change::ExtendShift { resource: resource.id.clone(), side, minutes, shift })
                    })
                    .collect();
                all.push(ladder);
            }
        }
    }
    all
}

/// Is the shift the first rule that keeps the resource from one of the booking's demands?
fn only_shift(instance: &Instance, booking: usize, resource: usize) -> bool {
    let sheet = instance.house.sheet;
    let wanted = &sheet.bookings[booking];
    wanted.demands.iter().any(|d| instance.house.ruled_out(wanted, d, &sheet.resources[resource]) == Some(Rule::Shift))
}

/// By how much this end of the shift must move to cover the span; `None` when the other end must, too, or none.
fn minutes_needed(shift: Span, span: Span, side: Side) -> Option<i64> {
    let needed = match side {
        Side::Before if span.end <= shift.end => shift.start.0 - span.start.0,
        Side::After if shift.start <= span.start => span.end.0 - shift.end.0,
        _ => return None,
    };
    (needed > 0).then_some(needed)
}

/// The longer shift, and what was added to it.
fn extended(shift: Span, side: Side, minutes: i64) -> (Span, Span) {
    match side {
        Side::Before => (Span::new(shift.start.plus(-minutes), shift.end), Span::new(shift.start.plus(-minutes), shift.start)),
        Side::After => (Span::new(shift.start, shift.end.plus(minutes)), Span::new(shift.end, shift.end.plus(minutes))),
    }
}

/// The booking earlier or later, nearest first, on the grid and on the sheet's own day.
fn moves(instance: &Instance, booking: usize, sign: i64) -> Ladder {
    let sheet = instance.house.sheet;
    let grid = i64::from(sheet.grid_minutes.max(1));
    let start = sheet.bookings[booking].span.start;
    let same_day = |at: Minute| local::date_of(sheet.location.timezone, at) == local::date_of(sheet.location.timezone, start);
    let steps = (1..=MINUTES_MAX / grid).map(|k| sign * k * grid);
    steps.filter(|minutes| same_day(start.plus(*minutes))).map(|minutes| Change::moving(sheet, booking, minutes)).collect()
}
