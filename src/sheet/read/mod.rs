//! Reading `zamu.sheet/1` and `zamu.plan/1`. A sheet is either valid, or every fault in it is reported with its path.

mod booking;
mod json;
mod object;
mod plan;
mod resource;
mod time;

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::{Faults, Location, Sheet};
use json::{Node, quoted};
use object::{Object, near_match, text_of};
pub use plan::{PlanDocument, plan_document_from_slice, plan_from_slice};

/// The format word of a sheet.
pub const SHEET_FORMAT: &str = "zamu.sheet/1";

/// Reads a sheet from the bytes of a JSON document in UTF-8.
///
/// # Errors
/// Every fault of the document at once, each with a stable code, its path, what was found and what was expected. A document that is
/// not UTF-8 or not JSON has that one fault, with the byte or the line and column.
pub fn from_slice(bytes: &[u8]) -> Result<Sheet, Faults> {
    let root = json::parse(bytes)?;
    let mut faults = Faults::default();
    match sheet(&root, &mut faults) {
        Some(sheet) if faults.0.is_empty() => Ok(sheet),
        _ => Err(faults),
    }
}

/// Reads a sheet from a JSON document.
///
/// # Errors
/// As [`from_slice`].
pub fn from_str(text: &str) -> Result<Sheet, Faults> {
    from_slice(text.as_bytes())
}

/// What the parts of a document need to know of the whole: its ids, taken before anything else is read, and its grid.
#[derive(Debug, Default)]
struct Known<'n> {
    /// Resource id to its first position and whether it is a table.
    resources: HashMap<&'n str, (usize, bool)>,
    /// Booking id to its first position.
    bookings: HashMap<&'n str, usize>,
    /// None where the grid itself is wrong, so that it is reported once.
    grid: Option<u32>,
}

impl<'n> Known<'n> {
    fn of(root: &'n Node) -> Known<'n> {
        let mut known = Known::default();
        for (k, (id, node)) in ids(root, "resources") {
            let table = matches!(node.get("kind"), Some(Node::Text(kind)) if kind == "table");
            known.resources.entry(id).or_insert((k, table));
        }
        for (k, (id, _)) in ids(root, "bookings") {
            known.bookings.entry(id).or_insert(k);
        }
        known
    }

    /// Reports an id that no resource has.
    fn resource(&self, id: &str, path: &str, faults: &mut Faults) -> bool {
        let known = self.resources.contains_key(id);
        if !known {
            let near = near_id(id, &self.resources, faults);
            faults.push("unknown-id", path, format!("no resource has the id {}{near}", quoted(id)));
        }
        known
    }
}

/// [`near_match`] among ids. Not beyond the first faults: in a large document of another house nearly every id is unknown.
fn near_id<V>(id: &str, known: &HashMap<&str, V>, faults: &Faults) -> String {
    const FAULTS_MAX: usize = 200;
    if faults.0.len() < FAULTS_MAX { near_match(id, known.keys().copied()) } else { String::new() }
}

/// The ids in a list of the document, with their positions.
fn ids<'n>(root: &'n Node, key: &str) -> Vec<(usize, (&'n str, &'n Node))> {
    let Some(Node::List(items)) = root.get(key) else { return Vec::new() };
    let id_of = |item: &'n Node| match item.get("id") {
        Some(Node::Text(id)) => Some((id.as_str(), item)),
        _ => None,
    };
    items.iter().enumerate().filter_map(|(k, item)| Some((k, id_of(item)?))).collect()
}

fn sheet(root: &Node, faults: &mut Faults) -> Option<Sheet> {
    let keys = ["format", "location", "date", "grid_minutes", "resources", "combinations", "bookings"];
    if matches!(root, Node::Object(_)) && !format_is(root, SHEET_FORMAT, faults) {
        // Another document's keys would all be reported as unknown and bury what is wrong.
        return None;
    }
    let object = Object::open(root, "", &keys, faults)?;
    let mut known = Known::of(root);
    let location = object.required("location", "an object with id and timezone", faults).and_then(|node| location(node, faults));
    let date = date(&object, faults);
    let grid_minutes = object.whole_or("grid_minutes", 5, 1..=24 * 60, "minutes", faults);
    known.grid = grid_minutes;
    let resources = object.list("resources", "a list of resources", faults).map(|items| resource::resources(items, &known, faults));
    let combinations = resource::combinations(object.list_or_empty("combinations", "a list of combinations", faults), &known, faults);
    let bookings = object.list("bookings", "a list of bookings", faults).map(|items| booking::bookings(items, &known, faults));
    Some(Sheet { location: location?, date: date?, grid_minutes: grid_minutes?, resources: resources?, combinations, bookings: bookings? })
}

/// Is the document of this format? Reports it when not.
fn format_is(root: &Node, word: &str, faults: &mut Faults) -> bool {
    match root.get("format") {
        Some(Node::Text(found)) if found == word => return true,
        Some(node) => {
            faults.push("wrong-format", "format", format!("is {}, expected {}; give a document of that format", node.describe(), quoted(word)))
        }
        None => faults.push("wrong-format", "format", format!("is missing, expected {}; is this the right file?", quoted(word))),
    }
    false
}

fn location(node: &Node, faults: &mut Faults) -> Option<Location> {
    let object = Object::open(node, "location", &["id", "name", "timezone"], faults)?;
    let id = object.text("id", "the location's id", faults);
    let name = object.words("name", faults);
    let zone = object.text("timezone", "an IANA time zone such as \"Africa/Nairobi\"", faults);
    let timezone = zone.and_then(|word| {
        let found = word.parse::<Tz>().ok();
        if found.is_none() {
            let near = near_match(word, chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name()));
            faults.push(
                "unknown-timezone",
                object.at("timezone"),
                format!("{} is no IANA time zone, expected one such as \"Africa/Nairobi\"{near}", quoted(word)),
            );
        }
        found
    });
    let id = id?;
    Some(Location { id: id.to_owned(), name: name.unwrap_or(id).to_owned(), timezone: timezone? })
}

fn date(object: &Object<'_>, faults: &mut Faults) -> Option<NaiveDate> {
    let text = object.text("date", "the local day such as \"2026-11-21\"", faults)?;
    // chrono also reads 2026-1-2, which the format does not know.
    let found = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| text.len() == 10 && (1900..=2200).contains(&day.year()));
    if found.is_none() {
        faults.push(
            "bad-date",
            object.at("date"),
            format!("{} is no day, expected year-month-day from 1900 to 2200 such as \"2026-11-21\"", quoted(text)),
        );
    }
    found
}

/// The id of an element of a list; reports it where an earlier element has it.
fn own_id<'n>(object: &Object<'n>, what: &str, first: Option<usize>, k: usize, list: &str, faults: &mut Faults) -> Option<&'n str> {
    let id = object.text("id", "an id", faults)?;
    if let Some(first) = first
        && first != k
    {
        faults.push("duplicate-id", object.at("id"), format!("the id {} belongs to {list}[{first}] already; give this {what} another", quoted(id)));
    }
    Some(id)
}

/// Ids in a list of texts, each once; reports ids that stand there twice.
fn distinct<'n>(items: &'n [Node], path: &str, faults: &mut Faults) -> Vec<(usize, &'n str)> {
    let mut first = HashMap::new();
    let mut found = Vec::new();
    for (k, item) in items.iter().enumerate() {
        let Some(id) = text_of(item, &format!("{path}[{k}]"), "a resource's id", faults) else { continue };
        if let Some(earlier) = first.insert(id, k) {
            faults.push("duplicate-id", format!("{path}[{k}]"), format!("{} stands at {path}[{earlier}] already; keep one", quoted(id)));
        } else {
            found.push((k, id));
        }
    }
    found
}
