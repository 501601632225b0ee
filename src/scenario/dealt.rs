//! One changed day, dealt as the house would deal it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Day;
use super::study::Lost;
use crate::alloc::instance::Instance;
use crate::alloc::{Limits, Profile, allocate, greedy, served_by_plan, value};
use crate::domain::AssignmentStatus;
use crate::sheet::plan::{Certified, Change as Moved, PlanStatus, Reason, TierOutcome};
use crate::sheet::{Assignment, Plan, Sheet, write};

/// The plan of a day: in two steps where some book only after the cutoff. Whoever was promised somebody and can be served is served, as in a
/// nightly run: a customer who was only drawn takes nobody's place.
pub fn plan(sheet: &Sheet, late: &BTreeSet<String>, profile: &Profile, limits: &Limits) -> Plan {
    if late.is_empty() { keeping_promises(sheet, profile, limits) } else { in_two_steps(sheet, late, profile, limits) }
}

/// Searches, and where the plan leaves a promised customer to nobody once more with the promised ones worth more than all others together.
fn keeping_promises(sheet: &Sheet, profile: &Profile, limits: &Limits) -> Plan {
    let first = allocate(sheet, profile, limits.clone());
    let promised = promised(sheet, profile);
    if !first.unplaced.iter().any(|unplaced| promised.contains(&unplaced.booking)) {
        return first;
    }
    let mut raised = sheet.clone();
    let all = raised.bookings.iter().fold(0u32, |sum, b| sum.saturating_add(b.priority));
    for booking in raised.bookings.iter_mut().filter(|b| promised.contains(&b.id)) {
        booking.priority = booking.priority.saturating_add(all);
    }
    as_answer_to(sheet, allocate(&raised, profile, limits.clone()), profile)
}

/// Ids of the bookings whose customers chose or were told somebody who can serve them.
fn promised(sheet: &Sheet, profile: &Profile) -> BTreeSet<String> {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let kept = greedy::repair_current(&instance);
    let stands = |b: usize| !instance.bookings[b].current.is_empty() && kept[b].as_ref() == Some(&instance.bookings[b].current);
    let firm = |b: usize| sheet.bookings[b].assignment.as_ref().is_some_and(|a| a.status != AssignmentStatus::Provisional);
    (0..sheet.bookings.len()).filter(|&b| firm(b) && stands(b)).map(|b| sheet.bookings[b].id.clone()).collect()
}

/// The day as it is reallocated at the cutoff, and then, without moving anybody, with those who come in later.
fn in_two_steps(sheet: &Sheet, late: &BTreeSet<String>, profile: &Profile, limits: &Limits) -> Plan {
    let mut early = sheet.clone();
    early.bookings.retain(|b| !late.contains(&b.id));
    for booking in &mut early.bookings {
        if booking.same_resource_as.as_ref().is_some_and(|other| late.contains(other)) {
            booking.same_resource_as = None;
        }
    }
    let first = keeping_promises(&early, profile, limits);
    let told: HashMap<&str, &Vec<String>> = first.assignments.iter().map(|a| (a.booking.as_str(), &a.resources)).collect();
    let mut then = sheet.clone();
    for booking in &mut then.bookings {
        if let Some(resources) = told.get(booking.id.as_str()) {
            booking.assignment = Some(Assignment { status: AssignmentStatus::Bound, resources: (*resources).clone() });
        }
    }
    let second = keeping_promises(&then, profile, limits);
    as_answer_to(sheet, second, profile)
}

/// A plan of the same bookings as an answer to `sheet`: worth what it is worth there, and nothing proven.
fn as_answer_to(sheet: &Sheet, plan: Plan, profile: &Profile) -> Plan {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let values = served_by_plan(&instance, &plan).map(|served| value::tiers(&instance, &served, profile)).unwrap_or_default();
    let tiers = profile
        .tiers
        .iter()
        .zip(values)
        .map(|(tier, value)| TierOutcome { name: tier.name.clone(), value: value + 0.0, bound: None, optimal: false, slack: None })
        .collect();
    let moved = plan.assignments.iter().filter_map(|placed| {
        let booking = sheet.bookings.iter().find(|b| b.id == placed.booking)?;
        let from: Vec<String> = booking.current().into_iter().map(str::to_owned).collect();
        (!from.is_empty() && from != placed.resources).then(|| Moved { booking: placed.booking.clone(), from, to: placed.resources.clone() })
    });
    Plan { sheet_sha256: write::sha256(sheet), status: PlanStatus::Feasible, tiers, changes: moved.collect(), ..plan.clone() }
}

/// What a plan leaves to nobody, and why.
pub fn lost(day: &Day, plan: &Plan) -> Vec<Lost> {
    let one = |unplaced: &crate::sheet::plan::Unplaced| {
        let booking = day.sheet.bookings.iter().find(|b| b.id == unplaced.booking)?;
        let (code, why) = in_short(&unplaced.reason);
        Some(Lost {
            booking: booking.id.clone(),
            service: day.service_of(booking),
            start: booking.span.start.to_rfc3339(day.sheet.location.timezone),
            code: code.to_owned(),
            why,
        })
    };
    plan.unplaced.iter().filter_map(one).collect()
}

/// A reason's word, and the reason in a sentence.
fn in_short(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::Certified(Certified::ImpossibleAlone { ruled_out }) => {
            let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
            for out in ruled_out {
                *rules.entry(&out.rule).or_default() += 1;
            }
            let said: Vec<String> = rules.iter().map(|(rule, count)| format!("{count} by {rule}")).collect();
            let said = if said.is_empty() { "there is nobody".to_owned() } else { said.join(", ") };
            ("impossible-alone", format!("nobody could serve it on an empty day: {said}"))
        }
        Reason::Certified(Certified::CrowdedOut { bookings, resources }) => {
            ("crowded-out", format!("{} bookings compete for {}: {}", bookings.len(), resources.join(", "), bookings.join(", ")))
        }
        Reason::Certified(Certified::Undecided) => ("undecided", "the search ended before it was known whether there is room".to_owned()),
        Reason::Foreign(value) => ("foreign", value.to_string()),
    }
}
