//! Which temp, at which hours, would be worth most.
//!
//! Thought of are temps with the qualifications of somebody on the team, or those that one booking asks for, of a gender that is wished where any is;
//! at the whole hours by the location's clock that some booking needs. What can matter at all: who serves something that is not
//! in the way of an unplaced booking, at whatever remove, makes no room for it. Said exactly: let a day be dealt as well as can be, and reach from
//! each unplaced booking to everything that stands where it, or something reached before, might be served. A temp who serves nothing of what is
//! reached gains nothing: what a better dealing with the temp changes within the reach could else be done without the temp as well.
//!
//! What a temp gains on a day is at least the most that they could serve of the unplaced themselves, and at most what they could serve of what is
//! reached, and at most all that is unplaced. Where the two differ the day is dealt again with the temp; the most promising first, until the work that
//! is allowed for it is used up. Only temps for whom every day is settled in one of these ways are reported.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use super::out::{Dealt, SAME};
use super::shown;
use crate::alloc::eligibility::House;
use crate::alloc::instance::Instance;
use crate::alloc::{Limits, Profile, intervals};
use crate::domain::{ResourceKind, Span, local};
use crate::sheet::{Resource, Sheet};

/// Temps that are reported, at most.
const BEST_MAX: usize = 10;
/// Days dealt again, at most; work, not time, so that the report is the same everywhere.
const DEALT_AGAIN_MAX: usize = 400;
/// Temps that are looked at together: enough for all cores.
const TOGETHER: usize = 8;
/// The id of the temp on a day dealt again: nobody is called that.
const TEMP: &str = "\u{1}temp";

/// Hours of a temp, and what they are worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TempHours {
    /// What the temp can do.
    pub qualifications: BTreeSet<String>,
    /// Of which gender, where any is wished.
    pub gender: Option<String>,
    /// From when, in the location's zone.
    pub start: String,
    /// Until when.
    pub end: String,
    /// How many hours.
    pub hours: i64,
    /// Unplaced bookings, by priority, that would be placed on the day as it is.
    pub gains: f64,
    /// The same on average over the days on which one of those on duty is out, each as likely as the others.
    pub gains_if_one_is_out: f64,
    /// The sum of the two for each hour: by this they are sorted.
    pub worth_per_hour: f64,
    /// Whether every figure is proven.
    pub certified: bool,
}

/// The best, and how they were found.
pub struct Worth {
    pub best: Vec<TempHours>,
    pub considered: usize,
    pub examined: usize,
}

/// A temp at some hours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Offer {
    qualifications: BTreeSet<String>,
    gender: Option<String>,
    span: Span,
}

/// A day on which something is unplaced.
struct Short<'d> {
    dealt: &'d Dealt,
    house: House<'d>,
    /// What one more booking on it counts: 1 for the day as it is, its chance for one without somebody.
    weight: f64,
    is_base: bool,
    unplaced: Vec<usize>,
    reached: Vec<usize>,
}

/// What a temp gains on a day, as far as is known.
#[derive(Debug, Clone, Copy)]
struct Gain {
    at_least: f64,
    at_most: f64,
}

/// Looks for the best.
pub fn of_temps(base: &Dealt, without: &[Dealt], profile: &Profile, limits: &Limits) -> Worth {
    let chance = 1.0 / without.len().max(1) as f64;
    let all = std::iter::once((base, 1.0, true)).chain(without.iter().map(|dealt| (dealt, chance, false)));
    let short: Vec<Short> = all.filter(|(dealt, ..)| dealt.value > 0.0).map(|(dealt, weight, is_base)| Short::new(dealt, weight, is_base)).collect();
    let mut offers: Vec<(Offer, Vec<Gain>)> = offers(&base.sheet, &short)
        .into_par_iter()
        .map(|offer| {
            let gains = short.iter().map(|day| day.gain(&offer)).collect();
            (offer, gains)
        })
        .collect();
    offers.retain(|(_, gains): &(Offer, Vec<Gain>)| gains.iter().any(|gain| gain.at_most > 0.0));
    let promise = |offer: &Offer, gains: &[Gain], of: &dyn Fn(&Gain) -> f64| {
        per_hour(offer, short.iter().zip(gains).map(|(day, gain)| day.weight * of(gain)).sum())
    };
    offers.sort_by(|(a, x), (b, y)| {
        let least = promise(b, y, &|g| g.at_least).total_cmp(&promise(a, x, &|g| g.at_least));
        let most = promise(b, y, &|g| g.at_most).total_cmp(&promise(a, x, &|g| g.at_most));
        least.then(most).then_with(|| (a.qualifications.len(), a).cmp(&(b.qualifications.len(), b)))
    });
    let considered = offers.len();
    let (mut examined, mut again, mut best) = (0, 0, Vec::new());
    for together in offers.chunks(TOGETHER) {
        let open = together.iter().flat_map(|(_, gains)| gains).filter(|gain| gain.is_open()).count();
        if examined > 0 && again + open > DEALT_AGAIN_MAX {
            break;
        }
        again += open;
        examined += together.len();
        best.extend(together.par_iter().map(|(offer, gains)| settle(&base.sheet, offer, gains, &short, profile, limits)).collect::<Vec<_>>());
    }
    best.retain(|temp| temp.worth_per_hour > SAME);
    best.sort_by(|a, b| {
        let worth = b.worth_per_hour.total_cmp(&a.worth_per_hour);
        worth.then_with(|| {
            (a.qualifications.len(), &a.start, &a.qualifications, &a.gender).cmp(&(b.qualifications.len(), &b.start, &b.qualifications, &b.gender))
        })
    });
    Worth { best: without_needless(best), considered, examined }
}

/// Those for whom no less would do at the same hours: fewer qualifications, or whichever gender. `sorted` is by worth, then the least first.
fn without_needless(sorted: Vec<TempHours>) -> Vec<TempHours> {
    let mut kept: Vec<TempHours> = Vec::new();
    for temp in sorted {
        let does_as_well = |other: &TempHours| {
            (&other.start, &other.end) == (&temp.start, &temp.end)
                && other.qualifications.is_subset(&temp.qualifications)
                && (other.gender.is_none() || other.gender == temp.gender)
        };
        if kept.len() < BEST_MAX && !kept.iter().any(does_as_well) {
            kept.push(temp);
        }
    }
    kept
}

fn per_hour(offer: &Offer, worth: f64) -> f64 {
    worth / (offer.span.minutes() as f64 / 60.0)
}

/// What a temp gains on every day, dealt again where it is not known yet.
fn settle(sheet: &Sheet, offer: &Offer, gains: &[Gain], short: &[Short], profile: &Profile, limits: &Limits) -> TempHours {
    let (mut on_base, mut if_out, mut certified) = (0.0, 0.0, true);
    for (day, gain) in short.iter().zip(gains) {
        let (gained, proven) = if gain.is_open() { day.dealt_with(offer, profile, limits) } else { (gain.at_least, true) };
        certified &= proven && day.dealt.value <= day.dealt.bound + SAME;
        *(if day.is_base { &mut on_base } else { &mut if_out }) += day.weight * gained;
    }
    TempHours {
        qualifications: offer.qualifications.clone(),
        gender: offer.gender.clone(),
        start: shown(sheet, offer.span.start),
        end: shown(sheet, offer.span.end),
        hours: offer.span.minutes() / 60,
        gains: on_base,
        gains_if_one_is_out: if_out,
        worth_per_hour: per_hour(offer, on_base + if_out),
        certified,
    }
}

impl Gain {
    fn is_open(self) -> bool {
        self.at_most - self.at_least > SAME
    }
}

impl Offer {
    fn person(&self) -> Resource {
        Resource { gender: self.gender.clone(), temporary: true, ..Resource::staff(TEMP, self.qualifications.clone(), vec![self.span]) }
    }
}

impl<'d> Short<'d> {
    fn new(dealt: &'d Dealt, weight: f64, is_base: bool) -> Short<'d> {
        let unplaced = dealt.unplaced();
        let reached = reach(&Instance::new(&dealt.sheet, true), dealt, &unplaced);
        Short { dealt, house: House::new(&dealt.sheet, true), weight, is_base, unplaced, reached }
    }

    /// What is known without dealing the day again.
    fn gain(&self, offer: &Offer) -> Gain {
        let temp = offer.person();
        let can = |&b: &usize| offer.span.covers(self.dealt.sheet.bookings[b].occupied()) && !parts(&self.house, b, &temp).is_empty();
        // Of what asks for one person alone the temp needs nobody else.
        let alone = |&b: &usize| {
            let booking = &self.dealt.sheet.bookings[b];
            booking.demands.len() == 1 && booking.demands[0].count == 1 && booking.same_resource_as.is_none() && !self.is_linked(b)
        };
        let reached: Vec<usize> = self.reached.iter().copied().filter(can).collect();
        let theirs: Vec<usize> = self.unplaced.iter().copied().filter(can).filter(alone).collect();
        let all: f64 = self.priority(&self.unplaced);
        Gain { at_least: self.most_served(&theirs), at_most: self.most_served(&reached).min(all) }
    }

    fn is_linked(&self, booking: usize) -> bool {
        let id = Some(self.dealt.sheet.bookings[booking].id.as_str());
        self.dealt.sheet.bookings.iter().any(|other| other.same_resource_as.as_deref() == id)
    }

    fn priority(&self, bookings: &[usize]) -> f64 {
        bookings.iter().map(|&b| f64::from(self.dealt.sheet.bookings[b].priority)).sum()
    }

    /// The most, by priority, that one person could serve of these.
    fn most_served(&self, bookings: &[usize]) -> f64 {
        let of = |&b: &usize| &self.dealt.sheet.bookings[b];
        intervals::heaviest_apart(bookings.iter().map(of).map(|booking| (booking.occupied(), f64::from(booking.priority))))
    }

    /// What the temp gains, by dealing the day again; and whether that is proven.
    fn dealt_with(&self, offer: &Offer, profile: &Profile, limits: &Limits) -> (f64, bool) {
        let mut sheet = self.dealt.sheet.clone();
        sheet.resources.push(offer.person());
        let with = Dealt::new(sheet, &self.dealt.served, profile, limits);
        ((self.dealt.value - with.value).max(0.0), with.is_proven())
    }
}

/// The unplaced bookings and everything in their way at whatever remove, ascending.
fn reach(instance: &Instance, dealt: &Dealt, unplaced: &[usize]) -> Vec<usize> {
    let mut with: Vec<Vec<usize>> = vec![Vec::new(); instance.resource_count()];
    for (b, by) in dealt.served.iter().enumerate() {
        for &r in by.iter().flatten() {
            with[r].push(b);
        }
    }
    let (mut seen, mut open) = (vec![false; dealt.served.len()], unplaced.to_vec());
    while let Some(b) = open.pop() {
        if std::mem::replace(&mut seen[b], true) {
            continue;
        }
        let job = &instance.bookings[b];
        let in_the_way = job.everyone().into_iter().flat_map(|r| &with[r]).copied();
        open.extend(in_the_way.filter(|&other| instance.bookings[other].occupied.overlaps(job.occupied)));
        open.extend(&job.twins);
    }
    (0..seen.len()).filter(|&b| seen[b]).collect()
}

/// Temps to think of. Of those who could serve the same of what is reached only one: for the fewest hours, then with the fewest qualifications, and of
/// a certain gender only where it matters.
fn offers(sheet: &Sheet, short: &[Short]) -> Vec<Offer> {
    let of_team = sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff).map(|r| r.qualifications.clone());
    let asked = sheet.bookings.iter().flat_map(|b| &b.demands).filter(|d| d.kind == ResourceKind::Staff).map(|d| d.qualifications.clone());
    let kinds: BTreeSet<BTreeSet<String>> = of_team.chain(asked).collect();
    let house = House::new(sheet, true);
    let wished = sheet.bookings.iter().filter(|b| b.gender.is_some() && !house.gender_waived(b)).map(|b| b.gender.clone());
    let genders: BTreeSet<Option<String>> = wished.chain([None]).collect();
    let reached: BTreeSet<usize> = short.iter().flat_map(|day| &day.reached).copied().collect();
    let spans: BTreeSet<Span> = reached.iter().map(|&b| whole_hours(sheet, sheet.bookings[b].occupied())).collect();
    let mut all = Vec::new();
    for qualifications in kinds {
        for gender in &genders {
            all.extend(spans.iter().map(|&span| Offer { qualifications: qualifications.clone(), gender: gender.clone(), span }));
        }
    }
    all.sort_by(|a, b| (a.span.minutes(), a.qualifications.len(), a).cmp(&(b.span.minutes(), b.qualifications.len(), b)));
    let can = |offer: &Offer| -> Vec<(usize, usize)> {
        let temp = offer.person();
        let inside = reached.iter().copied().filter(|&b| offer.span.covers(sheet.bookings[b].occupied()));
        inside.flat_map(|b| parts(&house, b, &temp).into_iter().map(move |demand| (b, demand))).collect()
    };
    let serves: Vec<Vec<(usize, usize)>> = all.par_iter().map(can).collect();
    let mut known: BTreeSet<Vec<(usize, usize)>> = BTreeSet::new();
    all.into_iter().zip(serves).filter(|(_, serves)| !serves.is_empty() && known.insert(serves.clone())).map(|(offer, _)| offer).collect()
}

/// The demands of a booking that a temp may take part in.
fn parts(house: &House, booking: usize, temp: &Resource) -> Vec<usize> {
    let booking = &house.sheet.bookings[booking];
    (0..booking.demands.len()).filter(|&d| house.eligible(booking, &booking.demands[d], temp)).collect()
}

/// The whole hours by the location's clock that a span needs.
fn whole_hours(sheet: &Sheet, span: Span) -> Span {
    local::whole_hours(sheet.location.timezone, sheet.date, span)
}
