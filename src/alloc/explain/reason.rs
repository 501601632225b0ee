//! Why a booking is unplaced, with a witness. Nothing is said that was not solved on its own first.
//!
//! A crowd is an irreducible infeasible subset of bookings (Chinneck, "Feasibility and Infeasibility in Optimization", 2008): grown outwards from the
//! booking until there is no room, then shrunk by divide and conquer (Junker, "QuickXplain", AAAI 2004).

use super::super::Limits;
use super::super::eligibility::Rule;
use super::super::instance::{Instance, Job, Served};
use super::super::model::Model;
use super::super::solve::feasible::{all_at_once, all_at_once_from, priced};
use super::super::solve::highs::pressure;
use crate::domain::ResourceKind;
use crate::sheet::plan::{Certified, RuledOut};

/// The reason of an unplaced booking, given who serves the others.
pub fn reason(instance: &Instance, served: &Served, booking: usize, limits: &Limits) -> Certified {
    if instance.alone(booking).is_none() {
        return match all_at_once(instance, &[booking], &limits.stop) {
            Some(true) => Certified::Undecided,
            _ => Certified::ImpossibleAlone { ruled_out: ruled_out(instance, booking) },
        };
    }
    // A linear program of a large day takes minutes; who gave a time limit does not wait for it.
    if limits.stop.cause().is_some() {
        return Certified::Undecided;
    }
    let near = Near::of(instance);
    let Some(crowd) = crowd_by_prices(&near, served, booking, limits).or_else(|| grow(&near, served, booking, limits)) else {
        return Certified::Undecided;
    };
    let mut crowd = priced(instance, crowd, booking, &limits.stop);
    let mut keep = vec![booking];
    crowd.retain(|&b| b != booking);
    shrink(instance, served, &mut keep, crowd, limits);
    keep.sort_unstable();
    if all_at_once(instance, &keep, &limits.stop) != Some(false) {
        return Certified::Undecided;
    }
    let sheet = instance.house.sheet;
    Certified::CrowdedOut {
        bookings: keep.iter().map(|&b| sheet.bookings[b].id.clone()).collect(),
        resources: super::super::value::resources_of(instance, &keep).into_iter().map(|r| sheet.resources[r].id.clone()).collect(),
    }
}

/// Bookings in one linear program: more take longer than growing a crowd does.
const AROUND_MAX: usize = 400;

/// The crowd that the dual prices of the linear relaxation point at (Farkas' lemma: the priced rows alone already contradict each other). One small
/// linear program instead of many integer ones; `None` where the contradiction is not visible in the relaxation.
fn crowd_by_prices(near: &Near, served: &Served, booking: usize, limits: &Limits) -> Option<Vec<usize>> {
    let instance = near.instance;
    let mut seen: Vec<bool> = served.iter().map(Option::is_none).collect();
    seen[booking] = true;
    let mut around = vec![booking];
    let mut at = 0;
    while let Some(&b) = around.get(at) {
        at += 1;
        let next: Vec<usize> = (0..served.len()).filter(|&c| !seen[c] && near.compete(b, c)).collect();
        for &c in &next {
            seen[c] = true;
        }
        around.extend(next);
        if around.len() > AROUND_MAX {
            return None;
        }
    }
    around.sort_unstable();
    let pressure = pressure(&Model::feasibility(instance, &around), booking)?;
    let mut crowd = pressure.priced;
    if pressure.unplaced < 1e-6 || crowd.is_empty() {
        return None;
    }
    if let Err(at) = crowd.binary_search(&booking) {
        crowd.insert(at, booking);
    }
    (all_at_once_from(instance, &crowd, served, &limits.stop) == Some(false)).then_some(crowd)
}

/// The booking with those around it, layer by layer, until it is known that they cannot all be served. `None` when they can, or it could not be
/// found out.
fn grow(near: &Near, served: &Served, booking: usize, limits: &Limits) -> Option<Vec<usize>> {
    let mut crowd = vec![booking];
    let mut edge = crowd.clone();
    loop {
        let mut layer: Vec<usize> = (0..served.len())
            .filter(|b| served[*b].is_some() && crowd.binary_search(b).is_err())
            .filter(|&b| edge.iter().any(|&c| near.compete(b, c)))
            .collect();
        if layer.is_empty() {
            return None;
        }
        edge.clone_from(&layer);
        crowd.append(&mut layer);
        crowd.sort_unstable();
        if all_at_once_from(near.instance, &crowd, served, &limits.stop) == Some(false) {
            return Some(crowd);
        }
    }
}

/// Who could be in whose way.
struct Near<'n, 'i> {
    instance: &'n Instance<'i>,
    /// Everyone who could serve each booking, sorted.
    everyone: Vec<Vec<usize>>,
}

impl<'n, 'i> Near<'n, 'i> {
    fn of(instance: &'n Instance<'i>) -> Near<'n, 'i> {
        Near { instance, everyone: instance.bookings.iter().map(Job::everyone).collect() }
    }

    /// Could the two be in each other's way, or are they linked?
    fn compete(&self, a: usize, b: usize) -> bool {
        let (one, other) = (&self.instance.bookings[a], &self.instance.bookings[b]);
        let share = || self.everyone[a].iter().any(|r| self.everyone[b].binary_search(r).is_ok());
        one.twins.contains(&b) || (one.occupied.overlaps(other.occupied) && share())
    }
}

/// Adds to `keep` a smallest needed part of `rest`: `keep` and `rest` together cannot be served, and dropping any one added can.
fn shrink(instance: &Instance, served: &Served, keep: &mut Vec<usize>, rest: Vec<usize>, limits: &Limits) {
    if rest.is_empty() || no_room(instance, served, keep, &[], limits) {
        return;
    }
    if rest.len() == 1 {
        keep.extend(rest);
        return;
    }
    let (left, right) = rest.split_at(rest.len() / 2);
    if no_room(instance, served, keep, left, limits) {
        return shrink(instance, served, keep, left.to_vec(), limits);
    }
    if no_room(instance, served, keep, right, limits) {
        return shrink(instance, served, keep, right.to_vec(), limits);
    }
    let before = keep.clone();
    keep.extend_from_slice(left);
    let mut of_right = keep.clone();
    shrink(instance, served, &mut of_right, right.to_vec(), limits);
    let needed_right: Vec<usize> = of_right[keep.len()..].to_vec();
    *keep = before;
    keep.extend(needed_right);
    shrink(instance, served, keep, left.to_vec(), limits);
}

fn no_room(instance: &Instance, served: &Served, keep: &[usize], more: &[usize], limits: &Limits) -> bool {
    let mut all: Vec<usize> = keep.iter().chain(more).copied().collect();
    all.sort_unstable();
    all_at_once_from(instance, &all, served, &limits.stop) == Some(false)
}

/// For each resource of a kind the booking asks for, the rule that rules it out, and for each combination of tables likewise.
fn ruled_out(instance: &Instance, booking: usize) -> Vec<RuledOut> {
    let sheet = instance.house.sheet;
    let wanted = &sheet.bookings[booking];
    let job = &instance.bookings[booking];
    let mut out = Vec::new();
    for (r, resource) in sheet.resources.iter().enumerate() {
        let Some(demand) = wanted.demands.iter().find(|d| d.kind == resource.kind) else { continue };
        let willing = job.demands.iter().any(|ways| ways.resources.contains(&r));
        let (rule, detail) = match instance.house.ruled_out(wanted, demand, resource) {
            Some(rule) if !willing => (rule.as_str(), detail(instance, booking, r, rule)),
            _ => ("too-few", format!("could serve, but {} are needed at once", wanted.demands.iter().map(|d| d.count).sum::<u32>())),
        };
        out.push(RuledOut { resource: resource.id.clone(), rule: rule.to_owned(), detail });
    }
    if wanted.demands.iter().any(|d| d.kind == ResourceKind::Table) {
        for combination in &sheet.combinations {
            let seats = format!("{} to {} guests", combination.min_party, combination.seats);
            let (rule, detail) = if (combination.min_party..=combination.seats).contains(&wanted.party_size) {
                ("members", "a table of it is away, held otherwise or not what is asked for".to_owned())
            } else {
                ("party", format!("takes {seats}, the party is {}", wanted.party_size))
            };
            out.push(RuledOut { resource: combination.id.clone(), rule: rule.to_owned(), detail });
        }
    }
    out
}

/// A rule in words for this booking and resource.
pub(super) fn detail(instance: &Instance, booking: usize, resource: usize, rule: Rule) -> String {
    let sheet = instance.house.sheet;
    let (wanted, found) = (&sheet.bookings[booking], &sheet.resources[resource]);
    let zone = sheet.location.timezone;
    let occupied = wanted.occupied();
    match rule {
        Rule::Kind => format!("is a {}", found.kind.as_str()),
        Rule::Held => held(instance, booking),
        Rule::Qualification => {
            let lacking: Vec<&str> = wanted
                .demands
                .iter()
                .filter(|d| d.kind == found.kind)
                .flat_map(|d| d.qualifications.difference(&found.qualifications))
                .map(String::as_str)
                .collect();
            format!("lacks {}", lacking.join(", "))
        }
        Rule::Gender => {
            format!("{} is wished, on file is {}", wanted.gender.as_deref().unwrap_or("nothing"), found.gender.as_deref().unwrap_or("nothing"))
        }
        Rule::Party => format!("takes {} to {} guests, the party is {}", found.min_party, found.seats, wanted.party_size),
        Rule::Shift => format!("no shift covers {} to {}", occupied.start.to_clock(zone), occupied.end.to_clock(zone)),
        Rule::Block => {
            let block = found.blocks.iter().find(|b| b.span.overlaps(occupied));
            let why = block.and_then(|b| b.reason.as_deref()).unwrap_or("away");
            let (from, to) = block.map_or((occupied.start, occupied.end), |b| (b.span.start, b.span.end));
            if found.shifts.iter().all(|shift| from <= shift.start && shift.end <= to) {
                return format!("{why} all day");
            }
            format!("{why} {} to {}", from.to_clock(zone), to.to_clock(zone))
        }
    }
}

/// Who holds a booking so firmly that nobody else may serve it.
fn held(instance: &Instance, booking: usize) -> String {
    let sheet = instance.house.sheet;
    let Some(assignment) = &sheet.bookings[booking].assignment else { return "somebody else holds the booking".to_owned() };
    let name = |id: &String| sheet.resources.iter().find(|r| r.id == *id).map_or_else(|| id.clone(), |r| r.name.clone());
    let names: Vec<String> = assignment.resources.iter().map(name).collect();
    format!("the booking is {} with {}", assignment.status.as_str(), names.join(" and "))
}
