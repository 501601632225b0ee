//! Whoever is to get a booking is busy: the day is solved again with the booking in their hands.

use std::collections::{BTreeMap, BTreeSet};

use super::target::{Target, opened};
use super::{Left, Moved, Rearranged, Takes, Worth, moved};
use crate::alloc::check::check_with_profile;
use crate::alloc::instance::{Instance, Served};
use crate::alloc::{Profile, value};
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, Minute};
use crate::operations::apply;
use crate::operations::night::{self, RunOptions, Told};
use crate::operations::prepare::prepare;
use crate::operations::solve::{CLAIMS, Solved, passed, solve};
use crate::sheet::plan::{Baseline, Certified, PLAN_FORMAT, Placed, PlanStatus, Reason, Solve};
use crate::sheet::{Assignment, Block, Plan, Sheet, write};
use crate::store::{BookingRow, Day, Result, messages};

/// Seconds of one search, unless the options say otherwise: somebody holds the mouse.
const SEARCH_S: f64 = 10.0;

/// The day with one booking in the hands of those who are to get it: what is searched, and what an offer is checked against.
pub(super) struct Laid {
    /// Everybody who is served now, and the booking.
    pub(super) sheet: Sheet,
    /// Who waits already, whom this is not about.
    pub(super) waiting: BTreeSet<String>,
}

/// Lays the day out. Whoever waits already goes on waiting, and keeps what they hold.
pub(super) fn laid_out(day: &Day, booking: &BookingRow, target: &Target, now: Minute) -> Laid {
    let mut sheet = opened(day, &booking.id, target.eased.as_ref());
    let as_it_is = prepare(day.sheet.clone(), now, false);
    let mut waiting: BTreeSet<String> = as_it_is.unserved.union(&as_it_is.infeasible).cloned().collect();
    waiting.remove(&booking.id);
    for held in day.bookings.iter().filter(|row| waiting.contains(&row.id)) {
        for resource in sheet.resources.iter_mut().filter(|r| held.resources.contains(&r.id)) {
            resource.blocks.push(Block { span: held.occupied(), reason: Some("held by a booking that needs attention".to_owned()) });
        }
    }
    sheet.bookings.retain(|one| !waiting.contains(&one.id));
    for one in &mut sheet.bookings {
        one.same_resource_as = one.same_resource_as.take().filter(|twin| !waiting.contains(twin));
        if one.id == booking.id {
            one.assignment = Some(Assignment { status: AssignmentStatus::Bound, resources: target.resources.clone() });
        }
    }
    Laid { sheet, waiting }
}

/// What it takes to give a booking to people who are busy, or whose other bookings must go along.
pub(super) async fn rearrange(clock: &dyn Clock, day: &Day, booking: &BookingRow, target: &Target, options: &RunOptions) -> Result<Takes> {
    let now = clock.now_minute();
    let firm = firm(day, booking, target, now);
    if !firm.is_empty() {
        return Ok(Takes::Impossible { left: firm });
    }
    let laid = laid_out(day, booking, target, now);
    let told_in_the_way = target.in_the_way.iter().filter_map(|id| day.booking(id)).any(|other| other.status == AssignmentStatus::Finalized);
    if !told_in_the_way {
        let solved = search(clock, day, &laid, options, Told::Keep).await?;
        if solved.plan.unplaced.is_empty() {
            return found(clock, day, booking, target, &laid, &solved);
        }
    }
    let solved = search(clock, day, &laid, options, Told::MayMove).await?;
    if solved.plan.unplaced.is_empty() {
        return found(clock, day, booking, target, &laid, &solved);
    }
    let left = solved.plan.unplaced.iter().filter_map(|one| {
        let row = day.booking(&one.booking)?;
        Some(Left { booking_id: row.id.clone(), line: messages::line(day, row), why: in_words(day, &one.reason) })
    });
    Ok(Takes::Impossible { left: left.collect() })
}

/// Bookings that stay where they are whatever is decided: their customers chose whom they are with, or they have begun.
fn firm(day: &Day, booking: &BookingRow, target: &Target, now: Minute) -> Vec<Left> {
    let why = |other: &BookingRow| {
        let who: Vec<&str> = other.resources.iter().filter(|id| target.resources.contains(*id)).map(|id| day.resource_name(id)).collect();
        let who = who.join(" and ");
        match other.status {
            _ if other.span.start <= now => Some(format!("it has begun with {who}")),
            AssignmentStatus::Bound => Some(format!("its customer chose {who}")),
            _ => None,
        }
    };
    let others = target.in_the_way.iter().filter_map(|id| day.booking(id)).filter(|other| other.id != booking.id);
    others.filter_map(|other| Some(Left { booking_id: other.id.clone(), line: messages::line(day, other), why: why(other)? })).collect()
}

/// The objective by which others are moved: that of repairs.
pub(super) fn profile(day: &Day, told: Told) -> Result<Profile> {
    night::profile(day, &RunOptions::repair("", told))
}

async fn search(clock: &dyn Clock, day: &Day, laid: &Laid, options: &RunOptions, told: Told) -> Result<Solved> {
    let profile = profile(day, told)?;
    let prepared = prepare(laid.sheet.clone(), clock.now_minute(), profile.prices_finalized());
    let seconds = options.time_limit_s.unwrap_or(SEARCH_S);
    // Closed never: whoever holds it keeps it open.
    let _permit = match &options.searches {
        Some(searches) => searches.acquire().await.ok(),
        None => None,
    };
    solve(prepared, &profile, &options.apart().limits, seconds).await
}

fn found(clock: &dyn Clock, day: &Day, booking: &BookingRow, target: &Target, laid: &Laid, solved: &Solved) -> Result<Takes> {
    let placed: BTreeMap<&str, &Vec<String>> = solved.plan.assignments.iter().map(|one| (one.booking.as_str(), &one.resources)).collect();
    let mut moves = vec![moved(clock, day, booking, &target.resources)];
    let others = day.bookings.iter().filter(|row| row.id != booking.id);
    let mut others: Vec<(Minute, Moved)> = others
        .filter_map(|row| {
            let resources = placed.get(row.id.as_str()).filter(|resources| ***resources != row.resources)?;
            Some((row.span.start, moved(clock, day, row, resources)))
        })
        .collect();
    others.sort_by(|(at, one), (then, other)| (at, &one.booking_id).cmp(&(then, &other.booking_id)));
    moves.extend(others.into_iter().map(|(_, one)| one));
    let told_again = moves[1..].iter().filter(|one| one.before.status == AssignmentStatus::Finalized).map(|one| one.booking_id.clone()).collect();
    let tiers = worth(day, laid, &moves, &profile(day, Told::MayMove)?);
    Ok(Takes::Others(Rearranged { moves, tiers, told_again, is_proven: solved.plan.status == PlanStatus::Optimal }))
}

/// The day's value as it stands and as it would, over everybody: who waits already waits in both.
fn worth(day: &Day, laid: &Laid, moves: &[Moved], profile: &Profile) -> Vec<Worth> {
    let instance = Instance::new(&day.sheet, true);
    let served = |of: &dyn Fn(&BookingRow) -> Vec<String>| -> Served {
        let by = |row: &BookingRow| {
            let mut by: Vec<usize> = of(row).iter().filter_map(|id| instance.house.resource(id)).collect();
            by.sort_unstable();
            (!by.is_empty() && !laid.waiting.contains(&row.id)).then_some(by)
        };
        day.bookings.iter().map(by).collect()
    };
    let now = served(&|row| row.resources.clone());
    let then = served(&|row| moves.iter().find(|one| one.booking_id == row.id).map_or(&row.resources, |one| &one.after.resources).clone());
    let values = |served: &Served| value::tiers(&instance, served, profile);
    let both = values(&now).into_iter().zip(values(&then));
    profile.tiers.iter().zip(both).map(|(tier, (before, after))| Worth { tier: tier.name.clone(), before, after }).collect()
}

/// Why somebody would be left with nobody, for whoever is at the desk: bookings by their times and customers.
fn in_words(day: &Day, reason: &Reason) -> String {
    match reason {
        Reason::Certified(Certified::CrowdedOut { bookings, resources }) => {
            let lines: Vec<String> = bookings.iter().filter_map(|id| day.booking(id)).map(|row| messages::line(day, row)).collect();
            let who: Vec<&str> = resources.iter().map(|id| day.resource_name(id)).collect();
            format!("{} cannot all be served by {}", lines.join("; "), who.join(", "))
        }
        reason => apply::in_words(day, reason),
    }
}

/// Is a day with these moves one that keeps every rule? Found out by the checker, which shares nothing with what made the moves.
pub(super) fn sound(day: &Day, laid: Laid, moves: &[Moved], now: Minute) -> Result<()> {
    let profile = profile(day, Told::MayMove)?;
    let sheet = prepare(laid.sheet, now, true).sheet;
    let after = |id: &str| moves.iter().find(|moved| moved.booking_id == id).map(|moved| moved.after.resources.clone());
    let placed = sheet.bookings.iter().map(|one| Placed {
        booking: one.id.clone(),
        resources: after(&one.id).unwrap_or_else(|| one.current().into_iter().map(str::to_owned).collect()),
    });
    let plan = Plan {
        format: PLAN_FORMAT.to_owned(),
        sheet_sha256: write::sha256(&sheet),
        profile: profile.name.clone(),
        status: PlanStatus::Feasible,
        tiers: Vec::new(),
        baseline: Baseline::default(),
        assignments: placed.collect(),
        unplaced: Vec::new(),
        waived: Vec::new(),
        changes: Vec::new(),
        solve: Solve::default(),
    };
    let faults = check_with_profile(&sheet, &plan, &profile).faults;
    passed(faults.into_iter().filter(|fault| !CLAIMS.contains(&fault.code)).collect())
}
