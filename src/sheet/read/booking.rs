//! Reading bookings.

use std::collections::BTreeMap;

use super::json::{Node, quoted};
use super::object::{Object, join, near_match, number_of};
use super::resource::{SEATS_MAX, kind};
use super::{Known, distinct, near_id, own_id, time};
use crate::domain::AssignmentStatus;
use crate::sheet::{Assignment, Booking, Demand, Faults};

/// A week; a longer buffer is a mistake.
const BUFFER_MINUTES_MAX: u32 = 7 * 24 * 60;
/// More at once for one booking is a mistake.
const COUNT_MAX: u32 = 1000;
/// Keeps every sum of priorities exact.
const PRIORITY_MAX: u32 = 1_000_000;
/// Furthest an affinity may be from 0.
const AFFINITY_MAX: f64 = 1e6;

const KEYS: [&str; 13] = [
    "id",
    "start",
    "end",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "demands",
    "gender",
    "zone",
    "party_size",
    "priority",
    "same_resource_as",
    "affinity",
    "assignment",
];

pub(super) fn bookings(items: &[Node], known: &Known<'_>, faults: &mut Faults) -> Vec<Booking> {
    items.iter().enumerate().filter_map(|(k, item)| booking(item, k, known, faults)).collect()
}

fn booking(node: &Node, k: usize, known: &Known<'_>, faults: &mut Faults) -> Option<Booking> {
    let object = Object::open(node, format!("bookings[{k}]"), &KEYS, faults)?;
    let first = match node.get("id") {
        Some(Node::Text(id)) => known.bookings.get(id.as_str()).copied(),
        _ => None,
    };
    let id = own_id(&object, "booking", first, k, "bookings", faults);
    let span = time::span(&object, "booking", known.grid, faults);
    let before = buffer(&object, "buffer_before_minutes", known.grid, faults);
    let after = buffer(&object, "buffer_after_minutes", known.grid, faults);
    let demands = object.list("demands", "a list of demands, empty when nobody is needed", faults);
    let demands = demands.map(|items| demands_of(items, &object.at("demands"), faults));
    let gender = object.text_or_none("gender", "a gender such as \"female\"", faults);
    let zone = object.text_or_none("zone", "a part of the house", faults);
    let party_size = object.whole_or("party_size", 1, 1..=SEATS_MAX, "people", faults);
    let priority = object.whole_or("priority", 1, 1..=PRIORITY_MAX, "points", faults);
    let twin = twin(&object, id, known, faults);
    let affinity = affinity(&object, known, faults);
    let assignment = object.optional("assignment").and_then(|node| assignment(node, &object.at("assignment"), known, faults));
    Some(Booking {
        id: id?.to_owned(),
        span: span?,
        buffer_before_minutes: before?,
        buffer_after_minutes: after?,
        demands: demands?,
        gender: gender.map(str::to_owned),
        zone: zone.map(str::to_owned),
        party_size: party_size?,
        priority: priority?,
        same_resource_as: twin.map(str::to_owned),
        affinity,
        assignment,
    })
}

fn buffer(object: &Object<'_>, key: &str, grid: Option<u32>, faults: &mut Faults) -> Option<u32> {
    let minutes = object.whole_or(key, 0, 0..=BUFFER_MINUTES_MAX, "minutes", faults)?;
    time::on_grid(i64::from(minutes), object.at(key), "is", grid, faults);
    Some(minutes)
}

fn demands_of(items: &[Node], path: &str, faults: &mut Faults) -> Vec<Demand> {
    let mut found = Vec::new();
    for (k, item) in items.iter().enumerate() {
        let Some(object) = Object::open(item, format!("{path}[{k}]"), &["kind", "qualifications", "count"], faults) else { continue };
        let kind = kind(&object, faults);
        let qualifications = object.texts("qualifications", "a list of texts", faults).into_iter().map(str::to_owned).collect();
        let count = object.whole_or("count", 1, 1..=COUNT_MAX, "resources", faults);
        if let (Some(kind), Some(count)) = (kind, count) {
            found.push(Demand { kind, qualifications, count });
        }
    }
    found
}

fn twin<'n>(object: &Object<'n>, own: Option<&str>, known: &Known<'_>, faults: &mut Faults) -> Option<&'n str> {
    let id = object.text_or_none("same_resource_as", "a booking's id", faults)?;
    if own == Some(id) {
        faults.push("own-id", object.at("same_resource_as"), "names the booking itself, expected another booking; remove it");
    } else if !known.bookings.contains_key(id) {
        let near = near_id(id, &known.bookings, faults);
        faults.push("unknown-id", object.at("same_resource_as"), format!("no booking has the id {}{near}", quoted(id)));
    }
    Some(id)
}

fn affinity(object: &Object<'_>, known: &Known<'_>, faults: &mut Faults) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    let Some(node) = object.optional("affinity") else { return found };
    let Some(entries) = Object::open_free(node, object.at("affinity"), faults) else { return found };
    for (id, node) in entries.entries() {
        let path = join(&entries.path, id);
        known.resource(id, &path, faults);
        if let Some(value) = number_of(node, &path, AFFINITY_MAX, "points", faults) {
            found.insert(id.to_owned(), value);
        }
    }
    found
}

fn assignment(node: &Node, path: &str, known: &Known<'_>, faults: &mut Faults) -> Option<Assignment> {
    const EXPECTED: &str = "\"provisional\", \"bound\" or \"finalized\"";
    let object = Object::open(node, path, &["status", "resources"], faults)?;
    // No default: to guess "provisional" would silently move a person whom the customer chose.
    let word = object.text("status", EXPECTED, faults);
    let status = word.and_then(|word| {
        let found = AssignmentStatus::from_word(word);
        if found.is_none() {
            let near = near_match(word, ["provisional", "bound", "finalized"]);
            faults.push("unknown-word", object.at("status"), format!("is {}, expected {EXPECTED}{near}", quoted(word)));
        }
        found
    });
    let at = object.at("resources");
    let resources = distinct(object.list_or_empty("resources", "a list of resources' ids", faults), &at, faults);
    for (k, id) in &resources {
        known.resource(id, &format!("{at}[{k}]"), faults);
    }
    Some(Assignment { status: status?, resources: resources.into_iter().map(|(_, id)| id.to_owned()).collect() })
}
