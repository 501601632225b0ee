//! The sheet format's text turned into an enumeration of everything: slow, short, and apart from checker and model.

use std::collections::BTreeSet;

use zamu::alloc::profile::Term;
use zamu::domain::{AssignmentStatus, ResourceKind};
use zamu::sheet::{Booking, Demand, Resource, Sheet};

/// What serves each booking of a sheet, in its order: positions of resources, ascending; None is unplaced.
pub type Placement = Vec<Option<Vec<usize>>>;

/// Leaves and inner nodes after which [`brute_force`] gives up.
const NODES_MAX: usize = 400_000;
/// Relative to the value, absolute below 1.
const TOLERANCE: f64 = 1e-9;

/// Every set of resources that could serve the booking if nothing else were booked: positions in the sheet, ascending.
pub fn options(sheet: &Sheet, booking: &Booking, finalized_may_move: bool) -> Vec<Vec<usize>> {
    let mut found = BTreeSet::new();
    extend(sheet, booking, &booking.demands, &BTreeSet::new(), &mut found);
    let sets = found.into_iter().map(|set| set.into_iter().collect::<Vec<usize>>());
    sets.filter(|set| !is_held(booking, finalized_may_move) || is_current(sheet, booking, set)).collect()
}

/// Meets the first demand in every way with what is not taken, and goes on with the others.
fn extend(sheet: &Sheet, booking: &Booking, demands: &[Demand], taken: &BTreeSet<usize>, found: &mut BTreeSet<BTreeSet<usize>>) {
    let Some((demand, others)) = demands.split_first() else {
        found.insert(taken.clone());
        return;
    };
    let free: Vec<usize> =
        (0..sheet.resources.len()).filter(|k| !taken.contains(k) && may_serve(sheet, booking, demand, &sheet.resources[*k])).collect();
    let mut ways = subsets(&free, demand.count as usize);
    if demand.kind == ResourceKind::Table && demand.count == 1 {
        ways.extend(combined(sheet, booking, demand).into_iter().filter(|tables| tables.iter().all(|k| !taken.contains(k))));
    }
    for way in ways {
        let with: BTreeSet<usize> = taken.iter().copied().chain(way).collect();
        extend(sheet, booking, others, &with, found);
    }
}

/// All ways to choose `count` of `from`.
fn subsets(from: &[usize], count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![vec![]];
    }
    let mut found = Vec::new();
    for (k, first) in from.iter().enumerate() {
        for mut rest in subsets(&from[k + 1..], count - 1) {
            rest.insert(0, *first);
            found.push(rest);
        }
    }
    found
}

/// "by one combination, which takes all its members"
fn combined(sheet: &Sheet, booking: &Booking, demand: &Demand) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    for combination in &sheet.combinations {
        let tables: Vec<usize> = (0..sheet.resources.len()).filter(|k| combination.members.contains(&sheet.resources[*k].id)).collect();
        let fits = combination.min_party <= booking.party_size && booking.party_size <= combination.seats;
        let ready = |k: &usize| sheet.resources[*k].qualifications.is_superset(&demand.qualifications) && is_on_duty(booking, &sheet.resources[*k]);
        if fits && tables.iter().all(ready) {
            found.push(tables);
        }
    }
    found
}

fn may_serve(sheet: &Sheet, booking: &Booking, demand: &Demand, resource: &Resource) -> bool {
    let somebody_is = |wish: &str| sheet.resources.iter().any(|r| r.kind == ResourceKind::Staff && r.gender.as_deref() == Some(wish));
    let wish_holds = match &booking.gender {
        Some(wish) if somebody_is(wish) => resource.gender.as_ref() == Some(wish),
        _ => true,
    };
    resource.kind == demand.kind
        && resource.qualifications.is_superset(&demand.qualifications)
        && is_on_duty(booking, resource)
        && match demand.kind {
            ResourceKind::Staff => wish_holds,
            ResourceKind::Table => resource.min_party <= booking.party_size && booking.party_size <= resource.seats,
        }
}

/// First and last minute a booking occupies, with buffers.
fn occupied(booking: &Booking) -> (i64, i64) {
    (booking.span.start.0 - i64::from(booking.buffer_before_minutes), booking.span.end.0 + i64::from(booking.buffer_after_minutes) - 1)
}

/// Minute by minute, as a clock would.
fn is_on_duty(booking: &Booking, resource: &Resource) -> bool {
    let (first, last) = occupied(booking);
    let one_shift = resource.shifts.iter().any(|s| s.start.0 <= first && last < s.end.0);
    one_shift && (first..=last).all(|minute| !resource.blocks.iter().any(|b| b.span.start.0 <= minute && minute < b.span.end.0))
}

fn is_held(booking: &Booking, finalized_may_move: bool) -> bool {
    match &booking.assignment {
        Some(a) if a.resources.is_empty() || a.status == AssignmentStatus::Provisional => false,
        Some(a) => a.status == AssignmentStatus::Bound || !finalized_may_move,
        None => false,
    }
}

fn is_current(sheet: &Sheet, booking: &Booking, set: &[usize]) -> bool {
    let now: BTreeSet<&String> = set.iter().map(|k| &sheet.resources[*k].id).collect();
    booking.assignment.as_ref().is_some_and(|a| a.resources.iter().collect::<BTreeSet<_>>() == now)
}

/// May the two bookings be served like this together?
pub fn compatible(one: &Booking, by: &[usize], other: &Booking, by_others: &[usize]) -> bool {
    let twins = one.same_resource_as.as_ref() == Some(&other.id) || other.same_resource_as.as_ref() == Some(&one.id);
    let ((a, b), (c, d)) = (occupied(one), occupied(other));
    let at_once = a <= d && c <= b;
    (!twins || by == by_others) && (!at_once || by.iter().all(|k| !by_others.contains(k)))
}

/// The value of a term, by the format's table.
pub fn worth(sheet: &Sheet, placement: &Placement, term: Term) -> f64 {
    let placed: Vec<(&Booking, &Vec<usize>)> = sheet.bookings.iter().zip(placement).filter_map(|(b, p)| Some((b, p.as_ref()?))).collect();
    let served = |k: usize| placed.iter().filter(|(_, by)| by.contains(&k)).map(|(b, _)| b.span.end.0 - b.span.start.0).sum::<i64>() as f64;
    let moved = |b: &Booking, by: &[usize]| b.assignment.as_ref().is_some_and(|a| !a.resources.is_empty()) && !is_current(sheet, b, by);
    let finalized = |b: &Booking| b.assignment.as_ref().is_some_and(|a| a.status == AssignmentStatus::Finalized);
    let busy = |k: &usize| placed.iter().any(|(_, by)| by.contains(k));
    let all = 0..sheet.resources.len();
    let value = match term {
        Term::Unplaced => sheet.bookings.iter().zip(placement).filter(|(_, p)| p.is_none()).map(|(b, _)| f64::from(b.priority)).sum(),
        Term::FinalizedMoved => placed.iter().filter(|(b, by)| finalized(b) && moved(b, by)).count() as f64,
        Term::Balance => all
            .filter(|k| capacity(&sheet.resources[*k]) > 0.0)
            .map(|k| {
                (sheet.resources[k].carried_minutes + served(k)) * (sheet.resources[k].carried_minutes + served(k)) / capacity(&sheet.resources[k])
            })
            .sum(),
        Term::Moved => placed.iter().filter(|(b, by)| moved(b, by)).count() as f64,
        Term::ResourcesUsed => all.filter(busy).count() as f64,
        Term::TemporaryUsed => all.filter(|k| sheet.resources[*k].temporary).filter(busy).count() as f64,
        Term::SeatsWasted => placed
            .iter()
            .filter(|(b, _)| b.demands.iter().any(|d| d.kind == ResourceKind::Table))
            .map(|(b, by)| by.iter().map(|k| f64::from(sheet.resources[*k].seats)).sum::<f64>() - f64::from(b.party_size))
            .sum(),
        Term::ZoneMissed => placed.iter().filter(|(b, by)| b.zone.is_some() && by.iter().any(|k| sheet.resources[*k].zone != b.zone)).count() as f64,
        Term::Affinity => placed.iter().flat_map(|(b, by)| by.iter().map(|k| -b.affinity.get(&sheet.resources[*k].id).unwrap_or(&0.0))).sum(),
        Term::Spread => {
            let loads: Vec<f64> =
                all.filter(|k| sheet.resources[*k].kind == ResourceKind::Staff && capacity(&sheet.resources[*k]) > 0.0).map(served).collect();
            if loads.is_empty() { 0.0 } else { loads.iter().copied().fold(f64::MIN, f64::max) - loads.iter().copied().fold(f64::MAX, f64::min) }
        }
    };
    // The sum of nothing is -0.
    value + 0.0
}

/// Minutes on shift and not blocked, counted.
fn capacity(resource: &Resource) -> f64 {
    let blocked = |minute: i64| resource.blocks.iter().any(|b| b.span.start.0 <= minute && minute < b.span.end.0);
    resource.shifts.iter().map(|s| (s.start.0..s.end.0).filter(|minute| !blocked(*minute)).count()).sum::<usize>() as f64
}

/// The best values of the tiers in strict order, by trying everything. None where that would take too long.
pub fn brute_force(sheet: &Sheet, tiers: &[Term], finalized_may_move: bool) -> Option<Vec<f64>> {
    let options = sheet.bookings.iter().map(|b| options(sheet, b, finalized_may_move)).collect();
    let mut search = Search { sheet, tiers, options, best: None, nodes: 0 };
    search.go(&mut Vec::new(), 0).then_some(search.best).flatten()
}

struct Search<'s> {
    sheet: &'s Sheet,
    tiers: &'s [Term],
    options: Vec<Vec<Vec<usize>>>,
    best: Option<Vec<f64>>,
    nodes: usize,
}

impl Search<'_> {
    /// Tries everything for the bookings from here on; false when there was too much of it. `left` is the priority left unplaced so far.
    fn go(&mut self, placement: &mut Placement, left: u32) -> bool {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return false;
        }
        // What is left unplaced only grows, so nothing better can come of more than the best has.
        if self.tiers.first() == Some(&Term::Unplaced) && self.best.as_ref().is_some_and(|best| f64::from(left) > best[0]) {
            return true;
        }
        let k = placement.len();
        if k == self.sheet.bookings.len() {
            self.compare(placement);
            return true;
        }
        for choice in 0..self.options[k].len() {
            let by = self.options[k][choice].clone();
            let fits = |(j, other): (usize, &Option<Vec<usize>>)| {
                other.as_ref().is_none_or(|theirs| compatible(&self.sheet.bookings[k], &by, &self.sheet.bookings[j], theirs))
            };
            if placement.iter().enumerate().all(fits) {
                placement.push(Some(by));
                let done = self.go(placement, left);
                placement.pop();
                if !done {
                    return false;
                }
            }
        }
        placement.push(None);
        let done = self.go(placement, left + self.sheet.bookings[k].priority);
        placement.pop();
        done
    }

    fn compare(&mut self, placement: &Placement) {
        let mut better = self.best.is_none();
        let mut values = Vec::with_capacity(self.tiers.len());
        for (k, term) in self.tiers.iter().enumerate() {
            let value = worth(self.sheet, placement, *term);
            if !better && let Some(best) = &self.best {
                let tolerance = TOLERANCE * best[k].abs().max(1.0);
                if value > best[k] + tolerance {
                    return;
                }
                better = value < best[k] - tolerance;
            }
            values.push(value);
        }
        if better {
            self.best = Some(values);
        }
    }
}
