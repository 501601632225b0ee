//! What an hour of one more person would be worth, by qualification and hour of the day.
//!
//! The prices of the linear relaxation over person-days (`crate::alloc::solve::days`) say for each booking what serving it elsewhere would save. By
//! linear duality one more person lowers the relaxation's bound by at most what they could earn at these prices in a day of their own: the reduced
//! cost of the columns they bring (Dantzig & Wolfe 1960). That is read off for everybody who could be thought of in milliseconds; the most promising
//! are checked by dealing the day again with them there, which is what an hour really places.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Day;
use crate::alloc::eligibility::House;
use crate::alloc::instance::{Instance, Served};
use crate::alloc::profile::{Term, Tier};
use crate::alloc::solve::days::Days;
use crate::alloc::solve::{Stopped, run};
use crate::alloc::{Limits, Profile, greedy, intervals, value};
use crate::domain::{Minute, ResourceKind, Span, local};
use crate::sheet::{Resource, Sheet};

/// Hours that are checked by dealing the day again.
const CHECKED_MAX: usize = 3;
/// Hours worth less are worth nothing: what the climb to the best prices leaves open.
const WORTHLESS: f64 = 0.02;
/// The longest that such a person is thought to be there.
const HOURS_MAX: u32 = 4;
/// Nobody is called that.
const ONE_MORE: &str = "\u{1}one-more";

/// What one more person with a qualification, there from some hour on, would gain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HourValue {
    /// What they can do; several joined by `+`.
    pub qualification: String,
    /// From when, by the location's clock: `14:00`.
    pub from: String,
    /// For how many hours: as many as the longest booking that asks for it takes, with its buffers; at most 4.
    pub hours: u32,
    /// By the prices of the linear relaxation, how many of the unplaced (by priority) each of these hours would place.
    pub price_per_hour: f64,
    /// By dealing the day again with that person: how many each of these hours really places. `None` where it was not tried.
    pub gain_per_hour: Option<f64>,
}

/// Somebody who could be there.
struct Offer {
    person: Resource,
    from: Minute,
    hours: u32,
    price: f64,
}

/// Prices every whole hour for every qualification that bookings ask for; only hours that are worth anything, the most valuable first. A day on which
/// everybody is served has none.
pub fn of_day(day: &Day, served: &Served, profile: &Profile, limits: &Limits) -> Vec<HourValue> {
    let sheet = &day.sheet;
    let instance = Instance::new(sheet, profile.prices_finalized());
    let unplaced: Vec<usize> = (0..served.len()).filter(|&b| served[b].is_none()).collect();
    let Some(open) = hours_of(sheet).filter(|_| !unplaced.is_empty()) else { return Vec::new() };
    let prices = prices(&instance, limits);
    let mut offers: Vec<Offer> = wanted(sheet).into_iter().flat_map(|wanted| offers(sheet, &wanted, &unplaced, open, &prices)).collect();
    offers.retain(|offer| offer.price / f64::from(offer.hours) > WORTHLESS);
    offers.sort_by(|a, b| {
        let per_hour = |offer: &Offer| offer.price / f64::from(offer.hours);
        per_hour(b).total_cmp(&per_hour(a)).then(a.from.cmp(&b.from)).then_with(|| a.person.qualifications.cmp(&b.person.qualifications))
    });
    let said = |(k, offer): (usize, Offer)| HourValue {
        qualification: offer.person.qualifications.iter().cloned().collect::<Vec<_>>().join("+"),
        from: offer.from.to_clock(sheet.location.timezone),
        hours: offer.hours,
        price_per_hour: offer.price / f64::from(offer.hours),
        gain_per_hour: (k < CHECKED_MAX).then(|| gain(sheet, &offer, served, &unplaced, profile, limits) / f64::from(offer.hours)),
    };
    offers.into_iter().enumerate().map(said).collect()
}

/// What serving each booking elsewhere would save; its priority where the relaxation over person-days does not apply.
fn prices(instance: &Instance, limits: &Limits) -> Vec<f64> {
    let all: Vec<usize> = (0..instance.bookings.len()).collect();
    match Days::of(instance, &all, &[Tier::of(Term::Unplaced)]) {
        Some(days) => {
            let climbed = days.scarcity(limits);
            all.iter().map(|&b| days.price_of(b, &climbed).clamp(0.0, instance.bookings[b].priority)).collect()
        }
        None => instance.bookings.iter().map(|job| job.priority).collect(),
    }
}

/// From the first to the last minute that anybody is on duty, in whole hours by the clock.
fn hours_of(sheet: &Sheet) -> Option<Span> {
    let shifts = || sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff).flat_map(|r| &r.shifts);
    let (first, last) = (shifts().map(|s| s.start).min()?, shifts().map(|s| s.end).max()?);
    Some(local::whole_hours(sheet.location.timezone, sheet.date, Span::new(first, last)))
}

/// What bookings ask of one person.
fn wanted(sheet: &Sheet) -> BTreeSet<BTreeSet<String>> {
    let staff = sheet.bookings.iter().flat_map(|b| &b.demands).filter(|d| d.kind == ResourceKind::Staff);
    staff.map(|d| d.qualifications.clone()).collect()
}

/// Somebody with these qualifications from every whole hour on, and what they could earn at the prices.
fn offers(sheet: &Sheet, wanted: &BTreeSet<String>, unplaced: &[usize], open: Span, prices: &[f64]) -> Vec<Offer> {
    let asks = |b: usize| sheet.bookings[b].demands.iter().any(|d| d.kind == ResourceKind::Staff && d.qualifications.is_subset(wanted));
    let theirs: Vec<usize> = (0..sheet.bookings.len()).filter(|&b| asks(b)).collect();
    let longest = theirs.iter().map(|&b| sheet.bookings[b].occupied().minutes()).max().unwrap_or(60);
    let hours = u32::try_from((longest + 59) / 60).unwrap_or(1).clamp(1, HOURS_MAX);
    let gender = most_wished(sheet, unplaced.iter().copied().filter(|&b| asks(b)));
    let mut all = Vec::new();
    let mut from = open.start;
    while from < open.end {
        let span = Span::new(from, from.plus(i64::from(hours) * 60));
        let person = one_more(wanted, gender.clone(), span);
        let house = House::new(sheet, true);
        let can = |&b: &usize| {
            let booking = &sheet.bookings[b];
            span.covers(booking.occupied()) && booking.demands.iter().any(|demand| house.eligible(booking, demand, &person))
        };
        let price = best_day(sheet, theirs.iter().copied().filter(can), prices);
        all.push(Offer { person, from, hours, price });
        from = from.plus(60);
    }
    all
}

/// The gender that most of these customers wish, if any does.
fn most_wished(sheet: &Sheet, bookings: impl Iterator<Item = usize>) -> Option<String> {
    let mut wishes: BTreeMap<&String, usize> = BTreeMap::new();
    for wish in bookings.filter_map(|b| sheet.bookings[b].gender.as_ref()) {
        *wishes.entry(wish).or_default() += 1;
    }
    wishes.into_iter().max_by_key(|(wish, count)| (*count, std::cmp::Reverse(*wish))).map(|(wish, _)| wish.clone())
}

fn one_more(wanted: &BTreeSet<String>, gender: Option<String>, span: Span) -> Resource {
    Resource { gender, temporary: true, ..Resource::staff(ONE_MORE, wanted.clone(), vec![span]) }
}

/// The most that one person could earn of these.
fn best_day(sheet: &Sheet, bookings: impl Iterator<Item = usize>, prices: &[f64]) -> f64 {
    intervals::heaviest_apart(bookings.map(|b| (sheet.bookings[b].occupied(), prices[b])))
}

/// How many of the unplaced, by priority, are placed with one more person, dealing the day again. Nothing where a limit ended the search before.
fn gain(sheet: &Sheet, offer: &Offer, served: &Served, unplaced: &[usize], profile: &Profile, limits: &Limits) -> f64 {
    let mut with = sheet.clone();
    with.resources.push(offer.person.clone());
    let instance = Instance::new(&with, profile.prices_finalized());
    let only = Profile { tiers: vec![Tier::of(Term::Unplaced)], ..profile.clone() };
    let found = run(&instance, &only, greedy::repair(&instance, served), limits);
    let before: f64 = unplaced.iter().map(|&b| f64::from(sheet.bookings[b].priority)).sum();
    let after = value::tiers(&instance, &found.served, &only).first().copied().unwrap_or(before);
    if found.stopped > Stopped::Work { 0.0 } else { (before - after).max(0.0) }
}
