//! N-1: what breaks if one person (or table) is out the whole day, and which hour of a temp would be worth most. A pure function of a sheet.
//!
//! For each of those on duty the day is dealt again without them, in the first tiers of the profile `repair`: as few unplaced as can be, then as few
//! customers told another name as can be. What a customer chose is held; who was told a name may be told another. So what is reported as broken is
//! broken however the others are moved, with the solver's proof; where a limit ended the search before there was one, it says so.
//!
//! *What it breaks* is counted against the day as it is: bookings that nobody can serve even with everybody there are not the fault of whoever is out.
//!
//! *The worth of a temp* is how many of the unplaced (by priority) would be placed with one: on the day as it is, and on average over the days on
//! which one is out, each as likely as the others. See `worth.rs` for which temps are thought of and what is proven about them.

mod out;
mod worth;

use rayon::prelude::*;
use serde::Serialize;

pub use worth::TempHours;

use super::prepare::prepare;
use super::solve::apart;
use crate::alloc::profile::Term;
use crate::alloc::{Limits, Profile};
use crate::clock::Clock;
use crate::domain::{Minute, ResourceKind};
use crate::sheet::Sheet;
use crate::store::{DayView, Result, Store};
use out::Dealt;

/// A booking that nobody can serve any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Which.
    pub booking: String,
    /// From when, in the location's zone.
    pub start: String,
    /// Until when.
    pub end: String,
    /// The customer was told a name, or chose one.
    pub promised: bool,
}

/// What breaks if one is out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Absence {
    /// Who.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// A person or a table.
    pub kind: ResourceKind,
    /// Bookings they hold as things stand.
    pub holds: usize,
    /// How many more bookings are left to nobody than with everybody there.
    pub breaks: usize,
    /// The same by priority.
    pub breaks_priority: f64,
    /// No dealing of the day breaks less than this, by priority.
    pub breaks_priority_at_least: f64,
    /// Bookings that are left to nobody, and are not with everybody there.
    pub unplaced: Vec<Lost>,
    /// Bookings whose customer was told a name and would have to be told another.
    pub told_again: Vec<String>,
    /// Whether all this is proven to be the least.
    pub certified: bool,
}

/// The report of a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resilience {
    /// Where.
    pub location: String,
    /// Which local day.
    pub date: chrono::NaiveDate,
    /// Bookings on it.
    pub bookings: usize,
    /// Bookings left to nobody even with everybody there.
    pub unplaced: Vec<Lost>,
    /// Whether that is proven to be the least.
    pub certified: bool,
    /// Everybody and every table on duty, the most harmful first.
    pub absences: Vec<Absence>,
    /// Hours of a temp that would help, the most valuable first.
    pub temps: Vec<TempHours>,
    /// Temps thought of that might help at all.
    pub temps_considered: usize,
    /// How many of them were looked at until it was known what they are worth; the others promised less.
    pub temps_examined: usize,
}

/// Makes the report for a valid sheet, on so many threads as `limits` says; it does not depend on how many.
pub fn resilience(sheet: &Sheet, limits: &Limits) -> Resilience {
    match rayon::ThreadPoolBuilder::new().num_threads(limits.threads.max(1)).build() {
        Ok(pool) => pool.install(|| report(sheet, limits)),
        // No threads to be had is no reason not to answer.
        Err(_) => report(sheet, limits),
    }
}

fn report(sheet: &Sheet, limits: &Limits) -> Resilience {
    let limits = Limits { threads: 1, ..limits.clone() };
    let (profile, unplaced_only) = (first_tiers(&[Term::Unplaced, Term::FinalizedMoved]), first_tiers(&[Term::Unplaced]));
    let base = out::as_it_is(sheet, &profile, &limits);
    let on_duty: Vec<usize> = (0..sheet.resources.len()).filter(|&r| out::is_on_duty(&sheet.resources[r])).collect();
    let without: Vec<Dealt> = on_duty.par_iter().map(|&r| out::without(sheet, r, &base, &profile, &limits)).collect();
    let mut absences: Vec<Absence> = on_duty.iter().zip(&without).map(|(&r, dealt)| out::absence(sheet, r, &base, dealt)).collect();
    absences.sort_by(|a, b| {
        let harm = |one: &Absence| (one.breaks_priority, one.told_again.len() as f64, one.holds as f64);
        let (x, y) = (harm(a), harm(b));
        y.0.total_cmp(&x.0).then(y.1.total_cmp(&x.1)).then(y.2.total_cmp(&x.2)).then_with(|| a.id.cmp(&b.id))
    });
    let worth = worth::of_temps(&base, &without, &unplaced_only, &limits);
    Resilience {
        location: sheet.location.id.clone(),
        date: sheet.date,
        bookings: sheet.bookings.len(),
        unplaced: out::lost(sheet, base.unplaced()),
        certified: base.is_proven(),
        absences,
        temps: worth.best,
        temps_considered: worth.considered,
        temps_examined: worth.examined,
    }
}

/// The report of a stored day. What has begun stays with those who serve it, and what waits for a person's decision keeps its time.
///
/// # Errors
/// Unknown location; no thread to be had.
pub async fn of_day(
    store: &dyn Store,
    clock: &dyn Clock,
    location: &str,
    date: chrono::NaiveDate,
    limits: &Limits,
    time_limit_s: f64,
) -> Result<Resilience> {
    let day = store.day(location, date, DayView::Live).await?;
    let sheet = prepare(day.sheet, clock.now_minute(), true).sheet;
    let limits_there = limits.clone();
    apart(&limits.stop, time_limit_s, move || resilience(&sheet, &limits_there)).await
}

/// The profile `repair` with these tiers alone.
fn first_tiers(terms: &[Term]) -> Profile {
    let mut profile = Profile::shipped("repair").unwrap_or_else(|| unreachable!("the profile repair is compiled in"));
    profile.tiers.retain(|tier| matches!(tier.terms.as_slice(), [(term, _)] if terms.contains(term)));
    profile
}

fn shown(sheet: &Sheet, at: Minute) -> String {
    at.to_rfc3339(sheet.location.timezone)
}
