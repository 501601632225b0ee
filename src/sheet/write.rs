//! Writing the two documents. The same sheet gives the same bytes, so that its hash says what a plan answers.

use chrono::{Offset, TimeZone};
use chrono_tz::Tz;
use serde_json::{Map, Number, Value, json};
use sha2::{Digest, Sha256};

use super::read::SHEET_FORMAT;
use super::{Block, Booking, Combination, Demand, Plan, Resource, Sheet};
use crate::domain::{Minute, ResourceKind, Span};

/// The sheet as `zamu.sheet/1`: pretty, keys in the format's order, times in the location's zone, optional keys left out where they have
/// their default, a newline at the end. Reads back to an equal sheet.
pub fn to_json(sheet: &Sheet) -> String {
    let zone = sheet.location.timezone;
    let mut location = Map::new();
    location.insert("id".into(), json!(sheet.location.id));
    unless(&mut location, "name", &sheet.location.name, &sheet.location.id);
    location.insert("timezone".into(), json!(zone.name()));
    let mut root = Map::new();
    root.insert("format".into(), json!(SHEET_FORMAT));
    root.insert("location".into(), Value::Object(location));
    root.insert("date".into(), json!(sheet.date.format("%Y-%m-%d").to_string()));
    root.insert("grid_minutes".into(), json!(sheet.grid_minutes));
    root.insert("resources".into(), sheet.resources.iter().map(|r| resource(r, zone)).collect());
    if !sheet.combinations.is_empty() {
        root.insert("combinations".into(), sheet.combinations.iter().map(combination).collect());
    }
    root.insert("bookings".into(), sheet.bookings.iter().map(|b| booking(b, zone)).collect());
    pretty(&Value::Object(root))
}

/// SHA-256 of [`to_json`]'s bytes, in hexadecimal: the hash a plan of ours carries.
pub fn sha256(sheet: &Sheet) -> String {
    sha256_bytes(to_json(sheet).as_bytes())
}

/// SHA-256 of some bytes, in hexadecimal.
pub fn sha256_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The plan as `zamu.plan/1`: pretty, keys in the format's order, whole numbers without a point, a newline at the end.
pub fn plan_to_json(plan: &Plan) -> String {
    let mut value = json!(plan);
    whole_numbers(&mut value);
    pretty(&value)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Writes `1.0` as `1` everywhere, so that the documents look as the format shows them.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(x) = number.as_f64().filter(|_| number.is_f64()) {
                *value = number_of(x);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(entries) => entries.iter_mut().for_each(|(_, item)| whole_numbers(item)),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// A JSON number: without a point where it is whole and small enough to be exact.
fn number_of(x: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.fract() == 0.0 && x.abs() < EXACT { json!(x as i64) } else { Number::from_f64(x).map_or(Value::Null, Value::Number) }
}

/// Sets a key unless it has its default.
fn unless<T: PartialEq + serde::Serialize>(entries: &mut Map<String, Value>, key: &str, value: &T, default: &T) {
    if value != default {
        entries.insert(key.into(), json!(value));
    }
}

/// RFC 3339 with the zone's offset at that instant. Local mean times of the past have offsets with seconds, which RFC 3339 cannot say:
/// those are written in UTC.
fn instant(at: Minute, zone: Tz) -> Value {
    let offset_seconds = zone.offset_from_utc_datetime(&at.to_utc().naive_utc()).fix().local_minus_utc();
    json!(at.to_rfc3339(if offset_seconds % 60 == 0 { zone } else { Tz::UTC }))
}

fn span(span: Span, zone: Tz) -> Map<String, Value> {
    Map::from_iter([("start".to_owned(), instant(span.start, zone)), ("end".to_owned(), instant(span.end, zone))])
}

fn block(block: &Block, zone: Tz) -> Value {
    let mut entries = span(block.span, zone);
    unless(&mut entries, "reason", &block.reason, &None);
    Value::Object(entries)
}

fn resource(resource: &Resource, zone: Tz) -> Value {
    let mut entries = Map::new();
    entries.insert("id".into(), json!(resource.id));
    unless(&mut entries, "name", &resource.name, &resource.id);
    entries.insert("kind".into(), json!(resource.kind.as_str()));
    unless(&mut entries, "gender", &resource.gender, &None);
    unless(&mut entries, "qualifications", &resource.qualifications, &Default::default());
    entries.insert("shifts".into(), resource.shifts.iter().map(|s| Value::Object(span(*s, zone))).collect());
    if !resource.blocks.is_empty() {
        entries.insert("blocks".into(), resource.blocks.iter().map(|b| block(b, zone)).collect());
    }
    unless(&mut entries, "temporary", &resource.temporary, &false);
    if resource.carried_minutes != 0.0 {
        entries.insert("carried_minutes".into(), number_of(resource.carried_minutes));
    }
    if resource.kind == ResourceKind::Table {
        entries.insert("seats".into(), json!(resource.seats));
        unless(&mut entries, "min_party", &resource.min_party, &1);
    }
    unless(&mut entries, "zone", &resource.zone, &None);
    Value::Object(entries)
}

fn combination(combination: &Combination) -> Value {
    let mut entries = Map::new();
    entries.insert("id".into(), json!(combination.id));
    entries.insert("members".into(), json!(combination.members));
    entries.insert("seats".into(), json!(combination.seats));
    unless(&mut entries, "min_party", &combination.min_party, &1);
    Value::Object(entries)
}

fn demand(demand: &Demand) -> Value {
    let mut entries = Map::new();
    entries.insert("kind".into(), json!(demand.kind.as_str()));
    unless(&mut entries, "qualifications", &demand.qualifications, &Default::default());
    unless(&mut entries, "count", &demand.count, &1);
    Value::Object(entries)
}

fn booking(booking: &Booking, zone: Tz) -> Value {
    let mut entries = Map::new();
    entries.insert("id".into(), json!(booking.id));
    entries.extend(span(booking.span, zone));
    unless(&mut entries, "buffer_before_minutes", &booking.buffer_before_minutes, &0);
    unless(&mut entries, "buffer_after_minutes", &booking.buffer_after_minutes, &0);
    entries.insert("demands".into(), booking.demands.iter().map(demand).collect());
    unless(&mut entries, "gender", &booking.gender, &None);
    unless(&mut entries, "zone", &booking.zone, &None);
    unless(&mut entries, "party_size", &booking.party_size, &1);
    unless(&mut entries, "priority", &booking.priority, &1);
    unless(&mut entries, "same_resource_as", &booking.same_resource_as, &None);
    if !booking.affinity.is_empty() {
        let affinity = booking.affinity.iter().map(|(id, x)| (id.clone(), number_of(*x))).collect();
        entries.insert("affinity".into(), Value::Object(affinity));
    }
    if let Some(assignment) = &booking.assignment {
        entries.insert("assignment".into(), json!({"status": assignment.status.as_str(), "resources": assignment.resources}));
    }
    Value::Object(entries)
}
