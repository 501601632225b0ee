//! One past day, dealt three ways.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{BrokenPlan, PastDay, Running};
use crate::alloc::check::{Against, check_against, check_with_profile, value};
use crate::alloc::eligibility::capacity_minutes;
use crate::alloc::instance::Instance;
use crate::alloc::{Limits, Stop, allocate, greedy};
use crate::domain::{Minute, ResourceKind};
use crate::sheet::plan::{Baseline, Certified, PLAN_FORMAT, Placed, PlanStatus, Reason, Solve, TierOutcome, Unplaced};
use crate::sheet::{Booking, Plan, Resource, Sheet};

/// What a way of dealing a day is worth. Minutes are booking minutes without buffers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Figures {
    /// Bookings nobody serves.
    pub unplaced: usize,
    /// Longest minus shortest served minutes over the staff on duty.
    pub spread_minutes: f64,
    /// Σ (served minutes)² / capacity over those on duty; lower is more even.
    pub balance: f64,
    /// Bookings served by others than those who really served them.
    pub moved: usize,
}

/// One past day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayOutcome {
    /// Which.
    pub date: NaiveDate,
    /// Bookings that stood on it: all that were not called off, no-shows too.
    pub bookings: usize,
    /// Staff on duty.
    pub on_duty: usize,
    /// Of all pairs of a booking and a person on duty, the share in which the person has the qualifications.
    pub qualified_share: f64,
    /// Recorded bookings of somebody who is recorded as busy with an earlier one: no plan may have any.
    pub recorded_overlaps: usize,
    /// As people dealt it.
    pub recorded: Figures,
    /// As the greedy hand deals it from nothing.
    pub greedy: Figures,
    /// As the allocator deals it.
    pub optimum: Figures,
    /// Whether every tier of the optimum is proven, within the slack that the profile gives it.
    pub proven: bool,
    /// The optimum's tiers with their bounds.
    pub tiers: Vec<TierOutcome>,
    /// What ended the search.
    pub stopped: String,
    /// Milliseconds of the search.
    pub solve_ms: u64,
}

type Served<'s> = BTreeMap<&'s str, Vec<&'s str>>;

/// Deals the day and checks both plans.
pub(super) fn outcome(past: &PastDay, running: &Running<'_>) -> Result<DayOutcome, BrokenPlan> {
    let sheet = &past.sheet;
    let greedy = greedy_plan(sheet);
    let broken = |plan, faults: Vec<String>| if faults.is_empty() { Ok(()) } else { Err(BrokenPlan { date: sheet.date, plan, faults }) };
    let only_the_rules = Against { has_status: false, has_waived: false, has_changes: false, ..Against::default() };
    broken("greedy", check_against(sheet, &greedy, only_the_rules).faults.iter().map(ToString::to_string).collect())?;
    let stop = Stop::new();
    let limits = Limits { seed: running.seed, threads: 1, stop: stop.clone(), watch: None };
    let mut found = None;
    let began = running.clock.now();
    (running.limited)(&stop, &mut || found = Some(allocate(sheet, running.profile, limits.clone())));
    let plan = found.unwrap_or_else(|| allocate(sheet, running.profile, limits));
    let solve_ms = u64::try_from((running.clock.now() - began).num_milliseconds()).unwrap_or(0);
    broken("optimum", check_with_profile(sheet, &plan, running.profile).faults.iter().map(ToString::to_string).collect())?;
    Ok(DayOutcome {
        date: sheet.date,
        bookings: sheet.bookings.len(),
        on_duty: on_duty(sheet).count(),
        qualified_share: qualified_share(sheet),
        recorded_overlaps: overlaps(sheet),
        recorded: figures(sheet, &recorded(sheet)),
        greedy: figures(sheet, &served(&greedy)),
        optimum: figures(sheet, &served(&plan)),
        proven: plan.solve.stopped == "proof",
        stopped: plan.solve.stopped,
        tiers: plan.tiers,
        solve_ms,
    })
}

fn on_duty(sheet: &Sheet) -> impl Iterator<Item = &Resource> {
    sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff && capacity_minutes(r) > 0)
}

/// Hours are left out on purpose: they are told apart from qualifications when two backtests are compared.
fn qualified_share(sheet: &Sheet) -> f64 {
    let can = |b: &Booking, r: &Resource| b.demands.iter().any(|d| d.kind == ResourceKind::Staff && d.qualifications.is_subset(&r.qualifications));
    let pairs = sheet.bookings.len() * on_duty(sheet).count();
    let qualified = sheet.bookings.iter().map(|b| on_duty(sheet).filter(|r| can(b, r)).count()).sum::<usize>();
    if pairs == 0 { 1.0 } else { qualified as f64 / pairs as f64 }
}

/// Who really served, where somebody did.
fn recorded(sheet: &Sheet) -> Served<'_> {
    sheet.bookings.iter().filter(|b| !b.current().is_empty()).map(|b| (b.id.as_str(), b.current())).collect()
}

/// How many of the recorded bookings their people could not hold beside the earlier ones that they do.
fn overlaps(sheet: &Sheet) -> usize {
    let mut bookings: Vec<&Booking> = sheet.bookings.iter().collect();
    bookings.sort_by_key(|b| (b.occupied(), &b.id));
    let mut busy_until: BTreeMap<&str, Minute> = BTreeMap::new();
    let mut count = 0;
    for booking in bookings {
        let occupied = booking.occupied();
        if booking.current().iter().any(|who| busy_until.get(who).is_some_and(|until| *until > occupied.start)) {
            count += 1;
        } else {
            busy_until.extend(booking.current().into_iter().map(|who| (who, occupied.end)));
        }
    }
    count
}

fn served(plan: &Plan) -> Served<'_> {
    plan.assignments.iter().map(|a| (a.booking.as_str(), a.resources.iter().map(String::as_str).collect())).collect()
}

fn figures(sheet: &Sheet, served: &Served<'_>) -> Figures {
    let values = value(sheet, served);
    let of = |word: &str| values.get(word).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bookings")]
    let moved = of("moved") as usize;
    Figures { unplaced: sheet.bookings.len() - served.len(), spread_minutes: of("spread"), balance: of("balance"), moved }
}

/// The greedy hand's plan, as far as the rules speak of one: it claims no values.
fn greedy_plan(sheet: &Sheet) -> Plan {
    let mut from_nothing = sheet.clone();
    for booking in &mut from_nothing.bookings {
        booking.assignment = None;
    }
    let dealt = greedy::from_nothing(&Instance::new(&from_nothing, false));
    let mut plan = Plan {
        format: PLAN_FORMAT.to_owned(),
        sheet_sha256: String::new(),
        profile: String::new(),
        status: PlanStatus::Feasible,
        tiers: Vec::new(),
        baseline: Baseline::default(),
        assignments: Vec::new(),
        unplaced: Vec::new(),
        waived: Vec::new(),
        changes: Vec::new(),
        solve: Solve::default(),
    };
    for (booking, by) in sheet.bookings.iter().zip(dealt) {
        match by {
            Some(by) => {
                let mut resources: Vec<String> = by.iter().map(|&r| sheet.resources[r].id.clone()).collect();
                resources.sort_unstable();
                plan.assignments.push(Placed { booking: booking.id.clone(), resources });
            }
            None => plan.unplaced.push(Unplaced { booking: booking.id.clone(), reason: Reason::Certified(Certified::Undecided) }),
        }
    }
    plan
}
