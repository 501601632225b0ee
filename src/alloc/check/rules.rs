//! The rules of the sheet: is everybody served by those who may, and nobody by somebody who is busy?

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{PlanFault, fault};
use crate::domain::{AssignmentStatus, ResourceKind};
use crate::sheet::{Booking, Combination, Demand, Plan, Resource, Sheet};

/// Booking id to sorted resource ids.
pub(super) type Assignments<'p> = BTreeMap<&'p str, Vec<&'p str>>;

/// The plan's assignments by booking, and what is wrong with the lists: every booking of the sheet stands in exactly one of them, once.
pub(super) fn placed<'p>(sheet: &Sheet, plan: &'p Plan) -> (Assignments<'p>, Vec<PlanFault>) {
    let known: HashSet<&str> = sheet.bookings.iter().map(|b| b.id.as_str()).collect();
    let (mut placed, mut faults) = (Assignments::new(), Vec::new());
    for assignment in &plan.assignments {
        let id = assignment.booking.as_str();
        if !known.contains(id) {
            faults.push(fault("unknown-booking", id, "is assigned, but the sheet has no booking with this id".into()));
        } else if placed.contains_key(id) {
            faults.push(fault("assigned-twice", id, "stands in assignments more than once".into()));
        } else {
            let mut ids: Vec<&str> = assignment.resources.iter().map(String::as_str).collect();
            ids.sort_unstable();
            placed.insert(id, ids);
        }
    }
    let mut unplaced = HashSet::new();
    for entry in &plan.unplaced {
        let id = entry.booking.as_str();
        if !known.contains(id) {
            faults.push(fault("unknown-booking", id, "is called unplaced, but the sheet has no booking with this id".into()));
        } else if !unplaced.insert(id) {
            faults.push(fault("unplaced-twice", id, "stands in unplaced more than once".into()));
        } else if placed.contains_key(id) {
            faults.push(fault("placed-and-unplaced", id, "stands both in assignments and in unplaced".into()));
        }
    }
    for booking in &sheet.bookings {
        if !placed.contains_key(booking.id.as_str()) && !unplaced.contains(booking.id.as_str()) {
            faults.push(fault("missing", &booking.id, "stands neither in assignments nor in unplaced".into()));
        }
    }
    (placed, faults)
}

/// Every rule of the sheet that these assignments break.
pub(super) fn broken(sheet: &Sheet, placed: &Assignments<'_>, finalized_may_move: bool) -> Vec<PlanFault> {
    let book = Book::of(sheet, finalized_may_move);
    let (mut faults, mut busy) = (Vec::new(), BTreeMap::<&str, Vec<&Booking>>::new());
    for booking in &sheet.bookings {
        let Some(ids) = placed.get(booking.id.as_str()) else { continue };
        let mut by = Vec::new();
        for id in ids {
            match book.resources.get(id) {
                Some(resource) => by.push(*resource),
                None => {
                    faults.push(fault("unknown-resource", &booking.id, format!("is given to {id:?}, but the sheet has no resource with this id")))
                }
            }
        }
        if by.len() < ids.len() {
            continue;
        }
        if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            faults.push(fault("resource-twice", &booking.id, format!("is given to {:?} more than once", twice[0])));
        }
        faults.extend(book.unmet(booking, &by));
        if book.held(booking) && *ids != booking.current() {
            faults.push(fault("held", &booking.id, format!("is held by {:?} and may not be given to {ids:?}", booking.current())));
        }
        if let Some(twin) = &booking.same_resource_as
            && placed.get(twin.as_str()).is_some_and(|theirs| theirs != ids)
        {
            faults.push(fault(
                "same-resource",
                &booking.id,
                format!("must have exactly the resources of {twin}, {:?}, but has {ids:?}", placed[twin.as_str()]),
            ));
        }
        by.dedup_by_key(|r| &r.id);
        for resource in by {
            busy.entry(&resource.id).or_default().push(booking);
        }
    }
    faults.extend(busy.into_iter().flat_map(|(id, bookings)| overlaps(id, bookings)));
    faults
}

/// Bookings of one resource that share an instant, each with the one that reaches furthest among those before it.
fn overlaps(resource: &str, mut bookings: Vec<&Booking>) -> Vec<PlanFault> {
    bookings.sort_by_key(|b| b.occupied());
    let (mut faults, mut furthest): (_, Option<&Booking>) = (Vec::new(), None);
    for booking in bookings {
        if let Some(before) = furthest
            && booking.occupied().start < before.occupied().end
        {
            faults.push(fault("overlap", resource, format!("serves {} and {} at the same time (buffers included)", before.id, booking.id)));
        }
        if furthest.is_none_or(|before| booking.occupied().end > before.occupied().end) {
            furthest = Some(booking);
        }
    }
    faults
}

/// The sheet with its ids resolved.
struct Book<'s> {
    resources: HashMap<&'s str, &'s Resource>,
    combinations: &'s [Combination],
    /// Genders of the staff on file.
    genders: HashSet<&'s str>,
    finalized_may_move: bool,
}

impl<'s> Book<'s> {
    fn of(sheet: &'s Sheet, finalized_may_move: bool) -> Book<'s> {
        Book {
            resources: sheet.resources.iter().map(|r| (r.id.as_str(), r)).collect(),
            combinations: &sheet.combinations,
            genders: sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff).filter_map(|r| r.gender.as_deref()).collect(),
            finalized_may_move,
        }
    }

    fn held(&self, booking: &Booking) -> bool {
        let Some(assignment) = &booking.assignment else { return false };
        let firm = match assignment.status {
            AssignmentStatus::Bound => true,
            AssignmentStatus::Finalized => !self.finalized_may_move,
            AssignmentStatus::Provisional => false,
        };
        firm && !assignment.resources.is_empty()
    }

    /// Why these resources together do not serve the booking; empty when they do.
    fn unmet(&self, booking: &Booking, by: &[&Resource]) -> Vec<PlanFault> {
        if self.dealt(booking, &booking.demands.iter().collect::<Vec<_>>(), by, &[]) {
            return Vec::new();
        }
        let mut faults: Vec<PlanFault> = by.iter().filter_map(|r| self.unfit(booking, r, by)).collect();
        // A party that does not fit a combination does not fit it once, however many tables it has.
        faults.dedup();
        let asked: u64 = booking.demands.iter().map(|d| u64::from(d.count)).sum();
        if faults.is_empty() && asked != by.len() as u64 {
            faults.push(fault("wrong-count", &booking.id, format!("needs {asked} resources, has {}", by.len())));
        } else if faults.is_empty() {
            let names: Vec<&str> = by.iter().map(|r| r.id.as_str()).collect();
            faults.push(fault("demands-unmet", &booking.id, format!("{names:?} cannot be dealt out to its demands, one to each")));
        }
        faults
    }

    /// Can the resources be dealt out to the demands, with `slots` ordinary ones already set aside? A table demand of one is met by one
    /// table or by all members of one combination, whatever else the booking asks for.
    ///
    /// `check_plan.py` sees a combination only where the booking asks for nothing else, and does not ask its members for the demand's
    /// qualifications; the format's text allows the first and asks for the second.
    fn dealt(&self, booking: &Booking, demands: &[&Demand], by: &[&Resource], slots: &[&Demand]) -> bool {
        let Some((demand, others)) = demands.split_first() else { return self.matched(booking, slots, by) };
        let asked: u64 = demands.iter().map(|d| u64::from(d.count)).sum();
        if asked + slots.len() as u64 > by.len() as u64 {
            return false;
        }
        let mut ordinary = slots.to_vec();
        ordinary.extend(std::iter::repeat_n(*demand, demand.count as usize));
        if self.dealt(booking, others, by, &ordinary) {
            return true;
        }
        demand.kind == ResourceKind::Table
            && demand.count == 1
            && self.combinations.iter().any(|combination| {
                let (members, rest): (Vec<&Resource>, Vec<&Resource>) = by.iter().partition(|r| combination.members.contains(&r.id));
                members.len() == combination.members.len()
                    && (combination.min_party..=combination.seats).contains(&booking.party_size)
                    && members.iter().all(|r| demand.qualifications.is_subset(&r.qualifications) && away(booking, r).is_none())
                    && self.dealt(booking, others, &rest, slots)
            })
    }

    /// Is there a perfect matching of slots and resources? By augmenting paths (Kuhn 1955).
    fn matched(&self, booking: &Booking, slots: &[&Demand], by: &[&Resource]) -> bool {
        if slots.len() != by.len() {
            return false;
        }
        let fits: Vec<Vec<usize>> = slots.iter().map(|d| (0..by.len()).filter(|k| self.unfit_for(booking, d, by[*k]).is_none()).collect()).collect();
        let mut holder = vec![None; by.len()];
        (0..slots.len()).all(|slot| augment(slot, &fits, &mut holder, &mut vec![false; by.len()]))
    }

    /// Why this resource meets none of the booking's demands: of the rules that keep it from each, the last to be asked.
    fn unfit(&self, booking: &Booking, resource: &Resource, by: &[&Resource]) -> Option<PlanFault> {
        let among = |id: &String| by.iter().any(|r| r.id == *id);
        let combination = self.combinations.iter().find(|c| c.members.contains(&resource.id) && c.members.iter().all(among));
        let single_table = booking.demands.iter().find(|d| d.kind == ResourceKind::Table && d.count == 1);
        if let (Some(combination), Some(demand)) = (combination, single_table) {
            return unfit_combined(booking, demand, resource, combination).map(|(code, message)| fault(code, &booking.id, message));
        }
        let reasons: Option<Vec<_>> = booking.demands.iter().map(|d| self.unfit_for(booking, d, resource)).collect();
        let (_, code, message) = reasons?.into_iter().max_by_key(|(order, ..)| *order)?;
        Some(fault(code, &booking.id, message))
    }

    /// The first rule that keeps a resource from a demand: its place in the order of asking, its word, and a sentence.
    fn unfit_for(&self, booking: &Booking, demand: &Demand, resource: &Resource) -> Option<(u8, &'static str, String)> {
        let id = &resource.id;
        if resource.kind != demand.kind {
            return Some((0, "kind", format!("{id} is {}, asked for is {}", resource.kind.as_str(), demand.kind.as_str())));
        }
        if let Some(lacking) = demand.qualifications.iter().find(|q| !resource.qualifications.contains(*q)) {
            return Some((1, "qualification", format!("{id} lacks {lacking:?}")));
        }
        match (&booking.gender, demand.kind) {
            (Some(wish), ResourceKind::Staff) if self.genders.contains(wish.as_str()) && resource.gender.as_deref() != Some(wish) => {
                return Some((2, "gender", format!("{id} is not {wish}, as the customer wishes")));
            }
            (_, ResourceKind::Table) if booking.party_size < resource.min_party || booking.party_size > resource.seats => {
                let message = format!("a party of {} at {id}, which is for {} to {}", booking.party_size, resource.min_party, resource.seats);
                return Some((3, "party", message));
            }
            _ => {}
        }
        away(booking, resource)
    }
}

/// Why a table cannot serve as part of a combination: its word and a sentence.
fn unfit_combined(booking: &Booking, demand: &Demand, table: &Resource, combination: &Combination) -> Option<(&'static str, String)> {
    let Combination { id, min_party, seats, .. } = combination;
    if !(*min_party..=*seats).contains(&booking.party_size) {
        return Some(("party", format!("a party of {} at {id}, which is for {min_party} to {seats}", booking.party_size)));
    }
    if let Some(lacking) = demand.qualifications.iter().find(|q| !table.qualifications.contains(*q)) {
        return Some(("qualification", format!("{} lacks {lacking:?}", table.id)));
    }
    away(booking, table).map(|(_, code, message)| (code, message))
}

/// Why a resource is not on duty for all the time the booking occupies.
fn away(booking: &Booking, resource: &Resource) -> Option<(u8, &'static str, String)> {
    let (from, to) = (booking.occupied().start, booking.occupied().end);
    if !resource.shifts.iter().any(|shift| shift.start <= from && to <= shift.end) {
        return Some((4, "shift", format!("{} has no shift that covers it with its buffers", resource.id)));
    }
    let block = resource.blocks.iter().find(|block| block.span.start < to && from < block.span.end)?;
    let why = block.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    Some((5, "block", format!("{} is blocked{why} during it or its buffers", resource.id)))
}

fn augment(slot: usize, fits: &[Vec<usize>], holder: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for &k in &fits[slot] {
        if !seen[k] {
            seen[k] = true;
            let free = match holder[k] {
                None => true,
                Some(other) => augment(other, fits, holder, seen),
            };
            if free {
                holder[k] = Some(slot);
                return true;
            }
        }
    }
    false
}
