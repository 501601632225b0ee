//! Does a change help? Everybody the plan serves must still be served, and the unplaced booking as well: an assignment is found that does it, or it
//! is proven that there is none.

use std::collections::BTreeSet;

use super::super::super::Limits;
use super::super::super::instance::{Instance, Served};
use super::super::super::profile::{Profile, Term, Tier};
use super::super::super::solve::feasible::all_at_once;
use super::super::super::solve::{self, Stopped};
use super::super::super::{greedy, value};
use super::super::chain;
use crate::domain::{ResourceKind, Span};
use crate::sheet::Sheet;

/// Nodes after which a single question is given up as undecided: work, not time.
const NODES_MAX: u64 = 2_000;
/// Nodes spent on disturbing fewer bookings.
const CALM_NODES_MAX: u64 = 1;
/// Most people whose bookings are dealt anew to better the later tiers of a repair.
const PEOPLE_MAX: usize = 6;
/// Nodes spent on that per tier.
const POLISH_NODES_MAX: u64 = 100;

/// The answer to whether a change helps.
#[derive(Debug)]
pub enum Verdict {
    /// Like this.
    Helps(Served),
    /// Proven: not everybody can be served.
    Useless,
    /// A limit came first.
    Unknown,
}

/// Whether `booking` can be served on the changed sheet beside everybody in `served`. `crowds` are sets of bookings that could not all be served in
/// other changes: where one of them still cannot, the answer is no without asking further. A new no adds what it was proven with.
pub fn verdict(sheet: &Sheet, profile: &Profile, served: &Served, booking: usize, crowds: &mut Vec<Vec<usize>>, limits: &Limits) -> Verdict {
    let instance = Instance::new(sheet, profile.prices_finalized());
    if instance.alone(booking).is_none() {
        return Verdict::Useless;
    }
    if let Some(found) = chain::place(&instance, &kept(&instance, served), booking).filter(|found| is_sound(&instance, served, found, booking)) {
        return Verdict::Helps(found);
    }
    for k in (0..crowds.len()).rev() {
        if all_at_once(&instance, &crowds[k], &limits.stop) == Some(false) {
            let proof = crowds.remove(k);
            crowds.push(proof);
            return Verdict::Useless;
        }
    }
    let near = neighbours(&instance, served, booking);
    if all_at_once(&instance, &near, &limits.stop) == Some(false) {
        crowds.push(near);
        return Verdict::Useless;
    }
    everybody(instance, profile, served, booking, limits)
}

/// The bookings that are in the way of this one directly, and itself; ascending.
fn neighbours(instance: &Instance, served: &Served, booking: usize) -> Vec<usize> {
    let span = instance.bookings[booking].occupied;
    let mine = instance.bookings[booking].everyone();
    let is_near = |b: usize| {
        b == booking
            || (served[b].is_some()
                && instance.bookings[b].occupied.overlaps(span)
                && instance.bookings[b].everyone().iter().any(|r| mine.binary_search(r).is_ok()))
    };
    (0..served.len()).filter(|&b| is_near(b)).collect()
}

/// The last word: the whole sheet without the other unplaced bookings, searched for a plan that serves all the rest.
fn everybody(instance: Instance, profile: &Profile, served: &Served, booking: usize, limits: &Limits) -> Verdict {
    let others: Vec<usize> = (0..served.len()).filter(|&b| served[b].is_none() && b != booking).collect();
    let left: f64 = others.iter().map(|&b| instance.bookings[b].priority).sum();
    let instance = instance.without(&others);
    let mut only = profile.clone();
    only.tiers.truncate(1);
    only.limits.nodes_max = only.limits.nodes_max.min(NODES_MAX);
    let start = greedy::repair(&instance, served);
    let found = solve::run(&instance, &only, start, &Limits { threads: 1, ..limits.clone() });
    if is_sound(&instance, served, &found.served, booking) {
        Verdict::Helps(calmed(instance, &only, served, booking, found.served, limits))
    } else if found.stopped == Stopped::Proof || found.bounds[0] > left + 1e-6 {
        Verdict::Useless
    } else {
        Verdict::Unknown
    }
}

/// The same with fewer bookings given to somebody else than in the plan, as far as a few nodes go.
fn calmed(instance: Instance, only: &Profile, served: &Served, booking: usize, found: Served, limits: &Limits) -> Served {
    let mut calm = only.clone();
    calm.tiers.push(Tier::of(Term::Moved));
    calm.limits.nodes_max = calm.limits.nodes_max.min(CALM_NODES_MAX);
    let standing = instance.standing(served);
    let calmer = solve::run(&standing, &calm, found.clone(), &Limits { threads: 1, ..limits.clone() }).served;
    if is_sound(&standing, served, &calmer, booking) { calmer } else { found }
}

/// Those of `served` who may still be served like that: a moved or extended booking can collide only if it was not placed.
fn kept(instance: &Instance, served: &Served) -> Served {
    let fits = |b: usize, by: &Vec<usize>| instance.bookings[b].can_be_served_by(by);
    served.iter().enumerate().map(|(b, by)| by.clone().filter(|by| fits(b, by))).collect()
}

/// Is everybody of `served` and the booking served in `found`, by those who may, nobody twice at a time, linked bookings by the same?
fn is_sound(instance: &Instance, served: &Served, found: &Served, booking: usize) -> bool {
    let all_there = (0..served.len()).all(|b| found[b].is_some() || (served[b].is_none() && b != booking));
    all_there && is_feasible(instance, found)
}

/// Does an assignment keep every rule?
pub fn is_feasible(instance: &Instance, found: &Served) -> bool {
    let mut busy: Vec<Vec<Span>> = vec![Vec::new(); instance.resource_count()];
    for (job, by) in instance.bookings.iter().zip(found) {
        let Some(by) = by else { continue };
        let linked = job.twins.iter().all(|&twin| found[twin].as_ref().is_none_or(|theirs| theirs == by));
        if !linked || !job.can_be_served_by(by) {
            return false;
        }
        for &r in by {
            busy[r].push(job.occupied);
        }
    }
    busy.iter_mut().all(|day| {
        day.sort_unstable();
        day.windows(2).all(|pair| !pair[0].overlaps(pair[1]))
    })
}

/// Other unplaced bookings of the original plan that fit in beside a repair without further ado are served too; then the people it touched are
/// dealt their bookings anew, exactly, so that the later tiers suffer little. Never worse than `found`.
pub fn polished(sheet: &Sheet, profile: &Profile, served: &Served, found: Served, limits: &Limits) -> Served {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let mut best = found;
    for b in (0..best.len()).filter(|&b| served[b].is_none()) {
        if best[b].is_none()
            && instance.alone(b).is_some()
            && let Some(more) = chain::place(&instance, &best, b)
            && is_feasible(&instance, &more)
        {
            best = more;
        }
    }
    let mut people: BTreeSet<usize> = BTreeSet::new();
    for b in (0..best.len()).filter(|&b| best[b] != served[b]) {
        people.extend(best[b].iter().chain(&served[b]).flatten());
    }
    let Some(mine) = days_of(&best, &mut people) else { return best };
    let part = part_of(sheet, &people, &mine);
    let small = Instance::new(&part, profile.prices_finalized());
    let start: Served = mine.iter().map(|&b| best[b].clone()).collect();
    if !is_feasible(&small, &start) {
        return best;
    }
    let mut short = profile.clone();
    short.limits.nodes_max = short.limits.nodes_max.min(POLISH_NODES_MAX);
    let dealt = solve::run(&small, &short, start, &Limits { threads: 1, ..limits.clone() });
    let mut candidate = best.clone();
    for (&b, by) in mine.iter().zip(dealt.served) {
        candidate[b] = by;
    }
    let values = |served: &Served| value::tiers(&instance, served, profile);
    let better = is_feasible(&instance, &candidate) && value::is_better(&values(&candidate), &values(&best));
    if better { candidate } else { best }
}

/// The bookings of these people and of everybody who serves one of them together with them; `None` when that is more than a few.
fn days_of(served: &Served, people: &mut BTreeSet<usize>) -> Option<Vec<usize>> {
    loop {
        if people.len() > PEOPLE_MAX {
            return None;
        }
        let mine: Vec<usize> = (0..served.len()).filter(|&b| served[b].iter().flatten().any(|r| people.contains(r))).collect();
        let before = people.len();
        people.extend(mine.iter().flat_map(|&b| served[b].iter().flatten()));
        if people.len() == before {
            return Some(mine);
        }
    }
}

/// Only these bookings, and nobody else on duty. The others stay on file, since a wish is waived only where nobody on file can meet it.
fn part_of(sheet: &Sheet, people: &BTreeSet<usize>, bookings: &[usize]) -> Sheet {
    let mut part = sheet.clone();
    for (r, resource) in part.resources.iter_mut().enumerate() {
        if !people.contains(&r) {
            resource.shifts.clear();
            if resource.kind == ResourceKind::Staff {
                resource.carried_minutes = 0.0;
            }
        }
    }
    part.bookings = bookings.iter().map(|&b| sheet.bookings[b].clone()).collect();
    let ids: BTreeSet<String> = part.bookings.iter().map(|b| b.id.clone()).collect();
    for booking in &mut part.bookings {
        booking.same_resource_as = booking.same_resource_as.take().filter(|id| ids.contains(id));
    }
    part
}
