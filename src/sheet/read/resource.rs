//! Reading resources and combinations.

use std::collections::HashMap;

use super::json::{Node, quoted};
use super::object::{Object, near_match, number_of};
use super::{Known, distinct, own_id, time};
use crate::domain::{ResourceKind, Span};
use crate::sheet::{Block, Combination, Faults, Resource};

/// Most seats a table or combination may have; also the largest party.
pub(super) const SEATS_MAX: u32 = 100_000;
/// Furthest a carry-over may be from 0: over nineteen years.
const CARRIED_MINUTES_MAX: f64 = 1e7;

const KEYS: [&str; 12] =
    ["id", "name", "kind", "gender", "qualifications", "shifts", "blocks", "temporary", "carried_minutes", "seats", "min_party", "zone"];

pub(super) fn resources(items: &[Node], known: &Known<'_>, faults: &mut Faults) -> Vec<Resource> {
    items.iter().enumerate().filter_map(|(k, item)| resource(item, k, known, faults)).collect()
}

fn resource(node: &Node, k: usize, known: &Known<'_>, faults: &mut Faults) -> Option<Resource> {
    let object = Object::open(node, format!("resources[{k}]"), &KEYS, faults)?;
    let first = node_id(node).and_then(|id| known.resources.get(id)).map(|(first, _)| *first);
    let id = own_id(&object, "resource", first, k, "resources", faults);
    let name = object.words("name", faults);
    let kind = kind(&object, faults);
    let gender = object.text_or_none("gender", "a gender such as \"female\"", faults);
    let qualifications = object.texts("qualifications", "a list of texts", faults);
    let shifts = shifts(&object, known.grid, faults);
    let blocks = blocks(&object, known.grid, faults);
    let temporary = object.flag("temporary", faults);
    let carried = match object.optional("carried_minutes") {
        None => Some(0.0),
        Some(node) => number_of(node, &object.at("carried_minutes"), CARRIED_MINUTES_MAX, "minutes", faults),
    };
    let (seats, min_party) = seats(&object, kind, faults);
    let zone = object.text_or_none("zone", "a part of the house", faults);
    let id = id?;
    Some(Resource {
        id: id.to_owned(),
        name: name.unwrap_or(id).to_owned(),
        kind: kind?,
        gender: gender.map(str::to_owned),
        qualifications: qualifications.into_iter().map(str::to_owned).collect(),
        shifts,
        blocks,
        temporary: temporary?,
        carried_minutes: carried?,
        seats: seats?,
        min_party: min_party?,
        zone: zone.map(str::to_owned),
    })
}

fn node_id(node: &Node) -> Option<&str> {
    match node.get("id") {
        Some(Node::Text(id)) => Some(id),
        _ => None,
    }
}

/// A table must say its seats. On a person both keys are read, so that their type is right, and then mean nothing.
fn seats(object: &Object<'_>, kind: Option<ResourceKind>, faults: &mut Faults) -> (Option<u32>, Option<u32>) {
    if kind == Some(ResourceKind::Table) {
        let seats = object.whole("seats", 1..=SEATS_MAX, "seats", faults);
        (seats, object.whole_or("min_party", 1, 0..=SEATS_MAX, "people", faults))
    } else {
        let seats = object.whole_or("seats", 0, 0..=SEATS_MAX, "seats", faults);
        let min_party = object.whole_or("min_party", 1, 0..=SEATS_MAX, "people", faults);
        (seats.map(|_| 0), min_party.map(|_| 1))
    }
}

/// The kind of a resource or a demand, staff where it is absent.
pub(super) fn kind(object: &Object<'_>, faults: &mut Faults) -> Option<ResourceKind> {
    let kinds = [ResourceKind::Staff, ResourceKind::Table];
    if object.optional("kind").is_none() {
        return Some(ResourceKind::Staff);
    }
    let word = object.text_or_none("kind", "\"staff\" or \"table\"", faults)?;
    let found = kinds.into_iter().find(|kind| kind.as_str() == word);
    if found.is_none() {
        let near = near_match(word, kinds.iter().map(|kind| kind.as_str()));
        faults.push("unknown-word", object.at("kind"), format!("is {}, expected \"staff\" or \"table\"{near}", quoted(word)));
    }
    found
}

fn shifts(object: &Object<'_>, grid: Option<u32>, faults: &mut Faults) -> Vec<Span> {
    let items = object.list_or_empty("shifts", "a list of shifts", faults);
    let mut found: Vec<(Span, usize)> = Vec::new();
    for (k, item) in items.iter().enumerate() {
        let Some(shift) = Object::open(item, format!("{}[{k}]", object.at("shifts")), &["start", "end"], faults) else { continue };
        let Some(span) = time::span(&shift, "shift", grid, faults) else { continue };
        if let Some((_, other)) = found.iter().find(|(other, _)| other.overlaps(span)) {
            let message =
                format!("overlaps {}[{other}]; expected shifts of one resource apart from one another, so join or shorten them", object.at("shifts"));
            faults.push("overlapping-shifts", shift.path, message);
        }
        found.push((span, k));
    }
    found.into_iter().map(|(span, _)| span).collect()
}

fn blocks(object: &Object<'_>, grid: Option<u32>, faults: &mut Faults) -> Vec<Block> {
    let items = object.list_or_empty("blocks", "a list of blocks", faults);
    let path = object.at("blocks");
    let mut found = Vec::new();
    for (k, item) in items.iter().enumerate() {
        let Some(block) = Object::open(item, format!("{path}[{k}]"), &["start", "end", "reason"], faults) else { continue };
        let reason = block.words("reason", faults).map(str::to_owned);
        if let Some(span) = time::span(&block, "block", grid, faults) {
            found.push(Block { span, reason });
        }
    }
    found
}

pub(super) fn combinations(items: &[Node], known: &Known<'_>, faults: &mut Faults) -> Vec<Combination> {
    let (mut by_id, mut by_members) = (HashMap::new(), HashMap::new());
    let mut found = Vec::new();
    for (k, item) in items.iter().enumerate() {
        let path = format!("combinations[{k}]");
        let Some(object) = Object::open(item, path, &["id", "members", "seats", "min_party"], faults) else { continue };
        let first = node_id(item).map(|id| *by_id.entry(id).or_insert(k));
        let id = own_id(&object, "combination", first, k, "combinations", faults);
        let members = members(&object, known, faults);
        let seats = object.whole("seats", 1..=SEATS_MAX, "seats", faults);
        let min_party = object.whole_or("min_party", 1, 0..=SEATS_MAX, "people", faults);
        let mut set = members.clone();
        set.sort_unstable();
        if set.len() > 1
            && let Some(first) = by_members.insert(set, k)
        {
            faults.push("duplicate-members", object.at("members"), format!("are the tables of combinations[{first}] already; keep one of the two"));
        }
        if let (Some(id), Some(seats), Some(min_party)) = (id, seats, min_party) {
            found.push(Combination { id: id.to_owned(), members: members.into_iter().map(str::to_owned).collect(), seats, min_party });
        }
    }
    found
}

fn members<'n>(object: &Object<'n>, known: &Known<'_>, faults: &mut Faults) -> Vec<&'n str> {
    let path = object.at("members");
    let Some(items) = object.list("members", "a list of two or more tables' ids", faults) else { return Vec::new() };
    let members = distinct(items, &path, faults);
    if items.len() < 2 {
        faults.push("too-few-members", &path, format!("has {}, expected two or more tables", items.len()));
    }
    for (k, id) in &members {
        let at = format!("{path}[{k}]");
        if known.resource(id, &at, faults) && !known.resources[id].1 {
            faults.push("not-a-table", at, format!("{} is a person, expected a table; only tables can be put together", quoted(id)));
        }
    }
    members.into_iter().map(|(_, id)| id).collect()
}
