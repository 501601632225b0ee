//! How many people a day needs: the fewest of those who are there, and the fewest temps beside them, at a service level; hour by hour and by
//! qualification.
//!
//! One mixed-integer program for each day, in strict tiers: at most the allowed number unplaced, then fewest temps, then as little work for them as can
//! be, then fewest people. The temps that it may choose from are there all the hours of the house, with the qualifications of somebody on the team or
//! that a booking asks for; what they are needed for says their hours. So no team of the same kinds of people with fewer temps serves as many, whatever
//! their hours, with the solver's proof.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::Serialize;

use super::Day;
use crate::alloc::check::check_with_profile;
use crate::alloc::eligibility::{House, capacity_minutes};
use crate::alloc::profile::{Term, Tier};
use crate::alloc::{Limits, Profile, allocate};
use crate::domain::{Minute, ResourceKind, Span, local};
use crate::sheet::{Booking, Plan, Resource, Sheet};

/// Temps of one kind that a day may take, at most.
const TEMPS_MAX: usize = 8;
/// Ids of the temps begin so: nobody's do.
const TEMP: &str = "\u{1}temp";

/// What a day needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Staffing {
    /// Where.
    pub location: String,
    /// Which local day.
    pub date: NaiveDate,
    /// Bookings on it.
    pub bookings: usize,
    /// How many of them may be left to nobody at the service level asked for.
    pub allowed: usize,
    /// How many are, with the team below: more than allowed only where nobody could serve them whoever came.
    pub unplaced: Vec<String>,
    /// Staff on duty as things stand.
    pub on_duty: usize,
    /// Of these, those who serve somebody as things stand.
    pub busy_now: usize,
    /// Fewest people, temps among them.
    pub people: Least,
    /// Fewest temps.
    pub temps: Least,
    /// Who they are.
    pub team: Vec<Member>,
    /// What each hour needs, by what customers ask for.
    pub hours: Vec<Hour>,
}

/// A smallest number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Least {
    /// So many are enough.
    pub enough: usize,
    /// So many are needed, whoever they are.
    pub needed: usize,
}

/// One of the team that a day needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// Who; nothing for a temp.
    pub id: Option<String>,
    /// What a temp must be able to do for what they serve; what somebody of the team can.
    pub qualifications: BTreeSet<String>,
    /// Of which gender a temp must be, where that matters.
    pub gender: Option<String>,
    /// From when they are needed, by the location's clock.
    pub from: String,
    /// Until when.
    pub to: String,
    /// Minutes they serve, without buffers.
    pub worked_minutes: i64,
}

/// What an hour needs of people with certain qualifications.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hour {
    /// The hour by the location's clock: `14:00`.
    pub hour: String,
    /// What customers ask for; several joined by `+`.
    pub qualification: String,
    /// Most people asked for at one moment of the hour.
    pub asked: usize,
    /// People on duty at some moment of the hour who can do it; each stands in every row that they could serve.
    pub on_duty: usize,
    /// Most people who serve it at one moment of the hour, in the plan with the fewest.
    pub used: usize,
}

/// How it went wrong: a plan that the checker found a fault in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{date}: the plan breaks a rule, so nothing is shown: {said}")]
pub struct BrokenPlan {
    /// The day.
    pub date: NaiveDate,
    /// What the checker said.
    pub said: String,
}

/// What every day needs to serve a share of its bookings (`service_level` from 0 to 1), on so many threads as `limits` says; no answer depends on how
/// many. `done` hears of each day.
///
/// # Errors
/// A plan that did not pass the checker.
pub fn staffing(days: &[Day], service_level: f64, limits: &Limits, done: &(dyn Fn() + Sync)) -> Result<Vec<Staffing>, BrokenPlan> {
    let one = Limits { threads: 1, ..limits.clone() };
    let of = |day: &Day| {
        let needs = of_day(day, service_level, &one);
        done();
        needs
    };
    match rayon::ThreadPoolBuilder::new().num_threads(limits.threads.max(1)).build() {
        Ok(pool) => pool.install(|| days.par_iter().map(of).collect()),
        // No threads to be had is no reason not to answer.
        Err(_) => days.iter().map(of).collect(),
    }
}

fn of_day(day: &Day, service_level: f64, limits: &Limits) -> Result<Staffing, BrokenPlan> {
    let count = day.sheet.bookings.len();
    let allowed = ((1.0 - service_level) * count as f64 + 1e-9).floor().max(0.0) as usize;
    let mut sheet = day.sheet.clone();
    for booking in &mut sheet.bookings {
        // Every customer counts once, whatever their weight: a service level is a share of customers.
        booking.priority = 1;
    }
    let first = deal(&sheet, &[Term::Unplaced], None, limits)?;
    let missing = first.unplaced.len();
    let mut terms = vec![Term::Unplaced, Term::TemporaryUsed, Term::ResourcesUsed];
    if missing > allowed {
        let more = temps(&sheet, &first, missing.min(TEMPS_MAX));
        prefer_the_team(&mut sheet, &more);
        sheet.resources.extend(more);
        terms.insert(2, Term::Affinity);
    }
    let plan = deal(&sheet, &terms, Some(allowed as f64), limits)?;
    let least = |name: &str| {
        let tier = plan.tiers.iter().find(|t| t.name == name);
        let whole = |value: f64| (value - 1e-6).ceil().max(0.0) as usize;
        Least { enough: tier.map_or(0, |t| whole(t.value)), needed: tier.and_then(|t| t.bound).map_or(0, whole) }
    };
    let staff = || day.sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff);
    let team = team(&sheet, &plan);
    // The tier counts tables too: so many of what is needed may be tables.
    let tables = sheet.resources.iter().filter(|r| r.kind == ResourceKind::Table).count();
    let people = Least { enough: team.len(), needed: least(Term::ResourcesUsed.as_str()).needed.saturating_sub(tables).min(team.len()) };
    let busy: BTreeSet<&str> = day.sheet.bookings.iter().flat_map(Booking::current).collect();
    Ok(Staffing {
        location: day.sheet.location.id.clone(),
        date: day.sheet.date,
        bookings: count,
        allowed,
        unplaced: plan.unplaced.iter().map(|u| u.booking.clone()).collect(),
        on_duty: staff().filter(|r| capacity_minutes(r) > 0).count(),
        busy_now: staff().filter(|r| busy.contains(r.id.as_str())).count(),
        people,
        temps: least(Term::TemporaryUsed.as_str()),
        team,
        hours: hours(&sheet, &plan),
    })
}

/// Deals a day in these tiers, the first of them pushed up to what is allowed.
fn deal(sheet: &Sheet, terms: &[Term], allowed: Option<f64>, limits: &Limits) -> Result<Plan, BrokenPlan> {
    let mut profile = Profile::shipped("min-staff").unwrap_or_else(|| unreachable!("the profile min-staff is compiled in"));
    profile.tiers = terms.iter().map(|term| Tier::of(*term)).collect();
    profile.tiers[0].up_to = allowed.filter(|allowed| *allowed > 0.0);
    let plan = allocate(sheet, &profile, limits.clone());
    let faults = check_with_profile(sheet, &plan, &profile).faults;
    if faults.is_empty() {
        return Ok(plan);
    }
    Err(BrokenPlan { date: sheet.date, said: faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ") })
}

/// A minute of a temp is what a customer likes least, and nothing else is liked or disliked.
fn prefer_the_team(sheet: &mut Sheet, temps: &[Resource]) {
    for booking in &mut sheet.bookings {
        let minutes = booking.span.minutes() as f64;
        booking.affinity = temps.iter().map(|temp| (temp.id.clone(), -minutes)).collect();
    }
}

/// Temps to choose from: so many of each kind that may help.
fn temps(sheet: &Sheet, plan: &Plan, of_each: usize) -> Vec<Resource> {
    let shifts = || sheet.resources.iter().flat_map(|r| &r.shifts);
    let booked = || sheet.bookings.iter().map(Booking::occupied);
    let Some(first) = shifts().map(|s| s.start).chain(booked().map(|s| s.start)).min() else { return Vec::new() };
    let Some(last) = shifts().map(|s| s.end).chain(booked().map(|s| s.end)).max() else { return Vec::new() };
    let team = sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff).map(|r| r.qualifications.clone());
    let asked = sheet.bookings.iter().flat_map(|b| &b.demands).filter(|d| d.kind == ResourceKind::Staff).map(|d| d.qualifications.clone());
    let kinds: BTreeSet<BTreeSet<String>> = team.chain(asked).collect();
    // Of two kinds the one that can do all the other can is enough: a temp is a temp.
    let most = kinds.iter().filter(|kind| !kinds.iter().any(|other| other != *kind && kind.is_subset(other)));
    let house = House::new(sheet, true);
    let left: BTreeSet<&str> = plan.unplaced.iter().map(|u| u.booking.as_str()).collect();
    let wished = sheet.bookings.iter().filter(|b| left.contains(b.id.as_str()) && !house.gender_waived(b)).filter_map(|b| b.gender.clone());
    let mut genders: BTreeSet<Option<String>> = wished.map(Some).collect();
    if genders.is_empty() {
        genders.insert(None);
    }
    let mut all = Vec::new();
    for kind in most {
        for gender in &genders {
            for _ in 0..of_each {
                all.push(Resource {
                    name: "Temp".to_owned(),
                    gender: gender.clone(),
                    temporary: true,
                    ..Resource::staff(format!("{TEMP}{:04}", all.len()), kind.clone(), vec![Span::new(first, last)])
                });
            }
        }
    }
    all
}

/// Who serves, and from when until when.
fn team(sheet: &Sheet, plan: &Plan) -> Vec<Member> {
    let booking = |id: &str| sheet.bookings.iter().find(|b| b.id == id);
    let mut served: BTreeMap<&str, Vec<&Booking>> = BTreeMap::new();
    for placed in &plan.assignments {
        for who in &placed.resources {
            served.entry(who).or_default().extend(booking(&placed.booking));
        }
    }
    let zone = sheet.location.timezone;
    let member = |who: &Resource| {
        let theirs = served.get(who.id.as_str())?;
        let is_temp = who.id.starts_with(TEMP);
        let asked = || theirs.iter().flat_map(|b| &b.demands).filter(|d| d.kind == who.kind && d.qualifications.is_subset(&who.qualifications));
        Some(Member {
            id: (!is_temp).then(|| who.id.clone()),
            qualifications: if is_temp { asked().flat_map(|d| d.qualifications.iter().cloned()).collect() } else { who.qualifications.clone() },
            gender: theirs.iter().find_map(|b| b.gender.clone()).filter(|_| is_temp),
            from: theirs.iter().map(|b| b.occupied().start).min()?.to_clock(zone),
            to: theirs.iter().map(|b| b.occupied().end).max()?.to_clock(zone),
            worked_minutes: theirs.iter().map(|b| b.span.minutes()).sum(),
        })
    };
    sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff).filter_map(member).collect()
}

/// What each hour in which somebody is booked needs.
fn hours(sheet: &Sheet, plan: &Plan) -> Vec<Hour> {
    let placed: BTreeSet<&str> = plan.assignments.iter().map(|a| a.booking.as_str()).collect();
    let kinds: BTreeSet<&BTreeSet<String>> =
        sheet.bookings.iter().flat_map(|b| &b.demands).filter(|d| d.kind == ResourceKind::Staff).map(|d| &d.qualifications).collect();
    let of_kind = |booking: &Booking, kind: &BTreeSet<String>| -> usize {
        let demands = booking.demands.iter().filter(|d| d.kind == ResourceKind::Staff && d.qualifications == *kind);
        demands.map(|d| d.count as usize).sum()
    };
    let mut rows = Vec::new();
    for hour in whole_hours(sheet) {
        for kind in &kinds {
            let asking: Vec<(Span, usize, bool)> = sheet
                .bookings
                .iter()
                .filter(|b| b.occupied().overlaps(hour))
                .map(|b| (b.occupied(), of_kind(b, kind), placed.contains(b.id.as_str())))
                .filter(|(_, count, _)| *count > 0)
                .collect();
            if asking.is_empty() {
                continue;
            }
            let there = |r: &&Resource| {
                let can = r.kind == ResourceKind::Staff && !r.id.starts_with(TEMP) && kind.is_subset(&r.qualifications);
                can && r.shifts.iter().any(|s| s.overlaps(hour)) && !r.blocks.iter().any(|b| b.span.covers(hour))
            };
            rows.push(Hour {
                hour: hour.start.to_clock(sheet.location.timezone),
                qualification: if kind.is_empty() { "anybody".to_owned() } else { kind.iter().cloned().collect::<Vec<_>>().join("+") },
                asked: most_at_once(asking.iter().map(|(span, count, _)| (*span, *count)), hour),
                on_duty: sheet.resources.iter().filter(there).count(),
                used: most_at_once(asking.iter().filter(|(.., placed)| *placed).map(|(span, count, _)| (*span, *count)), hour),
            });
        }
    }
    rows
}

/// The hours by the clock in which something is booked.
fn whole_hours(sheet: &Sheet) -> Vec<Span> {
    let first = sheet.bookings.iter().map(|b| b.occupied().start).min();
    let last = sheet.bookings.iter().map(|b| b.occupied().end).max();
    let Some((first, last)) = first.zip(last) else { return Vec::new() };
    let booked = local::whole_hours(sheet.location.timezone, sheet.date, Span::new(first, last));
    (booked.start.0..booked.end.0).step_by(60).map(|at| Span::new(Minute(at), Minute(at + 60))).collect()
}

/// The most at one moment within an hour: it is reached where one of them begins, or at its beginning.
fn most_at_once(asking: impl Iterator<Item = (Span, usize)>, hour: Span) -> usize {
    let all: Vec<(Span, usize)> = asking.collect();
    let moments = all.iter().map(|(span, _)| span.start.max(hour.start));
    let at = |moment: Minute| all.iter().filter(|(span, _)| span.start <= moment && moment < span.end).map(|(_, count)| count).sum();
    moments.filter(|moment| *moment < hour.end).map(at).max().unwrap_or(0)
}
