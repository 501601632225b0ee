//! From a plan to a decision and a change: is it worth applying, who moves, who is told, what needs a person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::prepare::Prepared;
use crate::alloc::Profile;
use crate::domain::{AssignmentStatus, BookingState};
use crate::sheet::plan::{Certified, Plan, Reason};
use crate::store::{AssignmentChange, BookingRow, Day, NewAttention, NewMessage, UNPLACED, messages};

/// Code of attention rows for customers who should be told something and have no contact.
pub const NO_CONTACT: &str = "no-contact";

/// Whether a plan replaces the current assignment, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// It does.
    pub apply: bool,
    /// Why or why not, in words.
    pub rationale: String,
}

/// Decides by the threshold, unless the sheet is broken.
pub fn verdict(prepared: &Prepared, plan: &Plan, profile: &Profile, threshold: Option<f64>) -> Verdict {
    let threshold = threshold.unwrap_or(profile.apply.threshold);
    let outcome = format!("{} of {} placed, {} moved", plan.assignments.len(), prepared.sheet.bookings.len(), plan.changes.len());
    if prepared.is_broken() {
        let mut why = Vec::new();
        if !prepared.unserved.is_empty() {
            why.push(format!("{} without anybody ({})", prepared.unserved.len(), listed(prepared.unserved.iter())));
        }
        if !prepared.infeasible.is_empty() {
            why.push(format!("{} with people who cannot serve them ({})", prepared.infeasible.len(), listed(prepared.infeasible.iter())));
        }
        return Verdict { apply: true, rationale: format!("applied because the sheet was broken: {}; {outcome}", why.join(", ")) };
    }
    let better = plan.tiers.iter().zip(&plan.baseline.tiers).find(|(tier, base)| (tier.value - base.value).abs() > 1e-9 * base.value.abs().max(1.0));
    let Some((tier, base)) = better else {
        return Verdict { apply: false, rationale: "kept: the day stands as well as the plan would".to_owned() };
    };
    let gain = (base.value - tier.value) / base.value.abs().max(1e-9);
    let said = format!(
        "{} from {} to {} ({:.1} %), the threshold is {:.1} %",
        tier.name,
        number(base.value),
        number(tier.value),
        100.0 * gain,
        100.0 * threshold
    );
    if gain > 0.0 && gain >= threshold {
        Verdict { apply: true, rationale: format!("applied: {said}; {outcome}") }
    } else {
        Verdict { apply: false, rationale: format!("kept: {said}") }
    }
}

fn listed<'a>(ids: impl ExactSizeIterator<Item = &'a String>) -> String {
    let (count, shown) = (ids.len(), 8);
    let mut words: Vec<&str> = ids.take(shown).map(String::as_str).collect();
    if count > shown {
        words.push("…");
    }
    words.join(", ")
}

fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What applying a plan does to a day.
#[derive(Debug, Clone, Default)]
pub struct Effect {
    /// Rows that change.
    pub assignments: Vec<AssignmentChange>,
    /// Rows for the needs-attention queue.
    pub attention: Vec<NewAttention>,
    /// Attention that is settled.
    pub settled: Vec<(String, String)>,
    /// Messages to customers who were told another name.
    pub messages: Vec<NewMessage>,
    /// The bookings in four groups.
    pub groups: Groups,
}

/// What a plan means for a day's bookings, as a manager wants to see it before it happens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Served by the same as before.
    pub kept: Vec<String>,
    /// Served by others, and nobody was told a name.
    pub moved_silently: Vec<String>,
    /// Served by others than the customer was told.
    pub to_be_told: Vec<String>,
    /// Served by nobody.
    pub unplaced: Vec<String>,
}

/// The difference between the day as it stands and the plan.
pub fn effect(day: &Day, prepared: &Prepared, plan: &Plan, profile: &Profile) -> Effect {
    let placed: BTreeMap<&str, &Vec<String>> = plan.assignments.iter().map(|p| (p.booking.as_str(), &p.resources)).collect();
    let reasons: BTreeMap<&str, &Reason> = plan.unplaced.iter().map(|u| (u.booking.as_str(), &u.reason)).collect();
    let mut effect = Effect::default();
    for booking in &day.bookings {
        match placed.get(booking.id.as_str()) {
            Some(resources) => place(&mut effect, day, booking, resources),
            None => {
                let held = is_held(prepared, booking, profile.prices_finalized());
                let reason = reasons.get(booking.id.as_str());
                let why = reason.map_or_else(|| "nobody is free".to_owned(), |reason| in_words(day, reason));
                let witness = reason.map(|reason| serde_json::json!(reason));
                leave(&mut effect, booking, held, why, witness);
            }
        }
    }
    effect
}

/// Everything stays as it is.
pub fn kept(day: &Day) -> Effect {
    let kept = day.bookings.iter().map(|booking| booking.id.clone()).collect();
    Effect { groups: Groups { kept, ..Groups::default() }, ..Effect::default() }
}

/// Was the booking held on the searched sheet? Begun ones are, whatever their stored status.
fn is_held(prepared: &Prepared, booking: &BookingRow, finalized_may_move: bool) -> bool {
    let status = prepared.sheet.bookings.iter().find(|b| b.id == booking.id).and_then(|b| b.assignment.as_ref()).map(|a| a.status);
    !booking.resources.is_empty()
        && match status {
            Some(AssignmentStatus::Bound) => true,
            Some(AssignmentStatus::Finalized) => !finalized_may_move,
            _ => false,
        }
}

fn place(effect: &mut Effect, day: &Day, booking: &BookingRow, resources: &[String]) {
    let state = (booking.state == BookingState::ManualReview).then_some(BookingState::Confirmed);
    effect.settled.push((booking.id.clone(), UNPLACED.to_owned()));
    let moved = booking.resources != resources;
    if moved || state.is_some() {
        let reason = if moved { "allocated anew" } else { "served after all" };
        let (resources, reason) = (resources.to_vec(), reason.to_owned());
        effect.assignments.push(AssignmentChange { booking_id: booking.id.clone(), resources, status: booking.status, state, reason });
    }
    if !moved {
        effect.groups.kept.push(booking.id.clone());
    } else if booking.status == AssignmentStatus::Finalized {
        effect.groups.to_be_told.push(booking.id.clone());
        tell(day, messages::CHANGED, booking, resources, &mut effect.messages, &mut effect.attention);
    } else {
        effect.groups.moved_silently.push(booking.id.clone());
    }
}

/// Nobody serves it: who was promised keeps the hold until a person decides, anybody else gives it up for those who can be served.
fn leave(effect: &mut Effect, booking: &BookingRow, held: bool, reason: String, witness: Option<serde_json::Value>) {
    effect.groups.unplaced.push(booking.id.clone());
    effect.attention.push(NewAttention { witness, ..NewAttention::new(&booking.id, UNPLACED, &reason) });
    if held {
        return;
    }
    let state = booking.state.may_become(BookingState::ManualReview).then_some(BookingState::ManualReview);
    if state.is_some() || !booking.resources.is_empty() {
        effect.assignments.push(AssignmentChange { booking_id: booking.id.clone(), resources: Vec::new(), status: booking.status, state, reason });
    }
}

/// A customer's message, or the note that there is nowhere to send it. A booking without a customer has nobody to tell.
pub fn tell(day: &Day, topic: &str, booking: &BookingRow, resources: &[String], sent: &mut Vec<NewMessage>, attention: &mut Vec<NewAttention>) {
    let Some(customer) = booking.customer_id.as_ref().and_then(|id| day.customers.get(id)) else { return };
    match messages::named(day, topic, booking, customer, resources) {
        Some(message) => sent.push(message),
        None => {
            let reason = format!("{} has no contact on file and has to be told by a person", customer.name);
            attention.push(NewAttention::new(&booking.id, NO_CONTACT, &reason));
        }
    }
}

/// Why nobody serves a booking, with the people's names.
pub fn in_words(day: &Day, reason: &Reason) -> String {
    let name = |id: &String| day.resource_name(id).to_owned();
    match reason {
        Reason::Certified(Certified::ImpossibleAlone { ruled_out }) if ruled_out.is_empty() => {
            "nobody of the kind it needs is here that day".to_owned()
        }
        Reason::Certified(Certified::ImpossibleAlone { ruled_out }) => {
            let mut whys: Vec<(&str, Vec<String>)> = Vec::new();
            for out in ruled_out {
                match whys.iter_mut().find(|(why, _)| *why == out.detail) {
                    Some((_, who)) => who.push(name(&out.resource)),
                    None => whys.push((&out.detail, vec![name(&out.resource)])),
                }
            }
            let said: Vec<String> = whys.iter().map(|(why, who)| format!("{}: {why}", who.join(", "))).collect();
            format!("nobody could serve it even on an empty day ({})", said.join("; "))
        }
        Reason::Certified(Certified::CrowdedOut { bookings, resources }) => {
            let who: Vec<String> = resources.iter().map(name).collect();
            format!("{} bookings ({}) cannot all be served by {}", bookings.len(), bookings.join(", "), who.join(", "))
        }
        Reason::Certified(Certified::Undecided) => "the search was stopped before it was known whether there is room".to_owned(),
        Reason::Foreign(value) => value.to_string(),
    }
}
