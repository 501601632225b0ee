//! Who exactly is to hold a booking, and what is in the way of that.

use std::collections::BTreeSet;

use super::{Handover, InTheWay, Refused};
use crate::alloc::eligibility::Rule;
use crate::alloc::instance::{Instance, Job};
use crate::domain::ResourceKind;
use crate::operations::assign::{self, Candidate, candidates};
use crate::sheet::Sheet;
use crate::store::{BookingRow, Day, Eased, Result, StoreError, StoreErrorKind, messages};

/// People and tables that come along with those who were named, at most.
const ALONG_MAX: usize = 3;

/// Exactly these are to hold a booking.
pub(super) struct Target {
    /// By id, sorted.
    pub(super) resources: Vec<String>,
    /// Bookings that they are with at that time.
    pub(super) in_the_way: BTreeSet<String>,
    /// What the booking no longer asks for then.
    pub(super) eased: Option<Eased>,
}

impl Target {
    /// Are the bookings that it shares its people with held by the same?
    pub(super) fn twins_agree(&self, day: &Day, booking: &BookingRow) -> bool {
        let is_twin =
            |other: &&BookingRow| other.same_resource_as.as_ref() == Some(&booking.id) || booking.same_resource_as.as_ref() == Some(&other.id);
        day.bookings.iter().filter(is_twin).all(|twin| twin.resources.is_empty() || twin.resources == self.resources)
    }
}

/// The booking that is asked about, while it is still to be served, and held by whom it is to be taken from.
pub(super) fn standing<'d>(day: &'d Day, asked: &Handover) -> Result<&'d BookingRow> {
    let Some(booking) = day.booking(&asked.booking) else {
        let message = format!("booking {} is over or was called off, and cannot be given to anybody", asked.booking);
        return Err(StoreError::new(StoreErrorKind::IllegalTransition, message));
    };
    match &asked.from {
        Some(from) if !booking.resources.contains(from) => {
            Err(StoreError::conflict(format!("{} is not with {} any more; look again", messages::line(day, booking), day.resource_name(from))))
        }
        _ => Ok(booking),
    }
}

/// The sheet of the day with nobody holding the booking, and with as much asked of them as a manager leaves.
pub(super) fn opened(day: &Day, booking: &str, eased: Option<&Eased>) -> Sheet {
    let mut sheet = day.sheet.clone();
    if let Some(asked) = sheet.bookings.iter_mut().find(|b| b.id == booking) {
        asked.assignment = None;
        if let Some(eased) = eased {
            assign::ease(asked, eased);
        }
    }
    sheet
}

/// Who is to hold the booking, or the rules against it.
pub(super) fn of(day: &Day, booking: &BookingRow, asked: &Handover) -> Result<std::result::Result<Target, Refused>> {
    let wanted = wanted(day, booking, asked)?;
    let all = candidates(day, booking);
    if let Some(target) = completed(day, booking, &wanted, None, &all) {
        return Ok(Ok(target));
    }
    let found: Vec<(&String, Vec<Rule>)> = wanted.iter().map(|id| (id, rules(&all, id))).filter(|(_, rules)| !rules.is_empty()).collect();
    let is_duty = |rules: &[Rule]| rules.iter().all(|rule| matches!(rule, Rule::Qualification | Rule::Gender));
    let all_eased = Eased { booking_id: booking.id.clone(), gender: true, qualifications: true };
    let overridden = found.iter().all(|(_, rules)| is_duty(rules)).then(|| completed(day, booking, &wanted, Some(all_eased), &all)).flatten();
    let may_be_overridden = overridden.is_some();
    if let Some(target) = overridden.filter(|_| asked.overriding.is_some()) {
        return Ok(Ok(target));
    }
    let line = messages::line(day, booking);
    let said = if found.is_empty() {
        let names: Vec<&str> = wanted.iter().map(|id| day.resource_name(id)).collect();
        format!("{line} cannot be served by {}: these are not as many, or not of the kind, as it asks for", names.join(" and "))
    } else {
        let whys: Vec<String> = found.iter().map(|(id, rules)| format!("{}: {}", day.resource_name(id), words(rules).join(", "))).collect();
        format!("{line} cannot be served so: {}", whys.join("; "))
    };
    let rules = found.iter().map(|(id, rules)| InTheWay { resource_id: (*id).clone(), rules: words(rules) }).collect();
    Ok(Err(Refused { rules, may_be_overridden, said }))
}

/// Those who are wanted, with as many of the free as it takes besides; `None` where these cannot serve it.
fn completed(day: &Day, booking: &BookingRow, wanted: &[String], eased: Option<Eased>, all: &[Candidate]) -> Option<Target> {
    let sheet = opened(day, &booking.id, eased.as_ref());
    let instance = Instance::new(&sheet, false);
    let job = &instance.bookings[instance.house.booking(&booking.id)?];
    let free: Vec<&str> = all.iter().filter(|one| one.is_free() && !wanted.contains(&one.resource_id)).map(|one| one.resource_id.as_str()).collect();
    let mut resources = wanted.to_vec();
    if !(0..=ALONG_MAX).any(|more| complete(&instance, job, &mut resources, &free, more)) {
        return None;
    }
    resources.sort();
    let with = |one: &&Candidate| resources.contains(&one.resource_id);
    let in_the_way = all.iter().filter(with).flat_map(|one| one.busy_with.iter().cloned()).collect();
    Some(Target { resources, in_the_way, eased })
}

/// Those who are named, and those who stay.
fn wanted(day: &Day, booking: &BookingRow, asked: &Handover) -> Result<Vec<String>> {
    let kind = |id: &String| day.sheet.resources.iter().find(|r| r.id == *id).map(|r| r.kind);
    let mut kinds: Vec<ResourceKind> = Vec::new();
    for id in &asked.to {
        kinds.push(kind(id).ok_or_else(|| StoreError::not_found("person or table here that day", id))?);
    }
    let is_replaced = |id: &&String| match &asked.from {
        Some(from) => *id == from,
        None => kind(id).is_none_or(|kind| kinds.contains(&kind)),
    };
    let stay = booking.resources.iter().filter(|id| !is_replaced(id));
    let mut wanted: Vec<String> = asked.to.iter().chain(stay).cloned().collect();
    wanted.sort();
    wanted.dedup();
    Ok(wanted)
}

/// The rules that keep somebody from it.
fn rules(all: &[Candidate], id: &str) -> Vec<Rule> {
    all.iter().find(|one| one.resource_id == id).map_or_else(|| vec![Rule::Kind], |one| one.rules.clone())
}

fn words(rules: &[Rule]) -> Vec<String> {
    rules.iter().map(|rule| rule.as_str().to_owned()).collect()
}

/// Takes so many more of the free along that together they can serve it, the first who will do; says whether that works.
fn complete(instance: &Instance, job: &Job, wanted: &mut Vec<String>, free: &[&str], more: usize) -> bool {
    if more == 0 {
        let by: Option<Vec<usize>> = wanted.iter().map(|id| instance.house.resource(id)).collect();
        return by.is_some_and(|mut by| {
            by.sort_unstable();
            job.can_be_served_by(&by)
        });
    }
    for (k, who) in free.iter().enumerate() {
        wanted.push((*who).to_owned());
        if complete(instance, job, wanted, &free[k + 1..], more - 1) {
            return true;
        }
        wanted.pop();
    }
    false
}
