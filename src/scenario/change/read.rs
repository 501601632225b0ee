//! A change from its document, and what the published schema says of it.

use crate::domain::near;
use schemars::Schema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Change;

/// Reads a change.
///
/// # Errors
/// The key that is wrong, what is wrong with it and what is expected.
pub fn read(value: &Value) -> Result<Change, String> {
    let Some(entries) = value.as_object() else { return Err("expected a table with a `kind`".to_owned()) };
    let mut rest = entries.clone();
    let kind = match rest.remove("kind") {
        Some(Value::String(kind)) => kind,
        _ => return Err(format!("has no `kind`; expected one of {}", KINDS.join(", "))),
    };
    Ok(match kind.as_str() {
        "absence" => Change::Absence(of(rest)?),
        "block" => Change::Block(of(rest)?),
        "temp" => Change::Temp(of(rest)?),
        "hire" => Change::Hire(of(rest)?),
        "leaver" => Change::Leaver(of(rest)?),
        "shift" => Change::Shift(of(rest)?),
        "training" => Change::Training(of(rest)?),
        "service" => Change::Service(of(rest)?),
        "demand" => Change::Demand(of(rest)?),
        "add-bookings" => Change::AddBookings(of(rest)?),
        "remove-bookings" => Change::RemoveBookings(of(rest)?),
        "waive-gender" => Change::WaiveGender(of(rest)?),
        "unbind" => Change::Unbind(of(rest)?),
        "free-finalized" => Change::FreeFinalized(of(rest)?),
        "cutoff" => Change::Cutoff(of(rest)?),
        "profile" => Change::Profile(of(rest)?),
        _ => return Err(unknown(&kind)),
    })
}

/// The words of all kinds.
const KINDS: [&str; 16] = [
    "absence",
    "block",
    "temp",
    "hire",
    "leaver",
    "shift",
    "training",
    "service",
    "demand",
    "add-bookings",
    "remove-bookings",
    "waive-gender",
    "unbind",
    "free-finalized",
    "cutoff",
    "profile",
];

fn unknown(kind: &str) -> String {
    let hint = near::nearest(kind, KINDS, near::ALIKE).map(|n| format!(" (did you mean {n:?}?)")).unwrap_or_default();
    format!("unknown kind {kind:?}{hint}; expected one of {}", KINDS.join(", "))
}

fn of<T: DeserializeOwned>(entries: Map<String, Value>) -> Result<T, String> {
    serde_path_to_error::deserialize(Value::Object(entries)).map_err(|error| {
        let path = error.path().to_string();
        let said = error.inner().to_string();
        if path == "." { said } else { format!("{path}: {said}") }
    })
}

/// Says in a schema that in a change every value may be a parameter's name, and that every kind takes `on`.
pub fn allow_parameters(schema: &mut Schema) {
    let defs = schema.ensure_object().get_mut("$defs").and_then(Value::as_object_mut);
    let Some(defs) = defs else { return };
    if let Some(kinds) = defs.get_mut("Change").and_then(|change| change.get_mut("oneOf")).and_then(Value::as_array_mut) {
        let on = json!({"description": "Which days it is for: dates and weekdays; all days where nothing is said", "anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/$defs/Day"}}]});
        for kind in kinds {
            if let Some(properties) = kind.get_mut("properties").and_then(Value::as_object_mut) {
                properties.insert("on".to_owned(), on.clone());
            }
        }
    }
    for (name, definition) in defs.iter_mut() {
        if !matches!(name.as_str(), "Base" | "Made" | "Service" | "Expected" | "ExpectedWhen") {
            widen(definition);
        }
    }
}

/// Lets `"$name"` stand for every property but `kind`.
fn widen(definition: &mut Value) {
    match definition {
        Value::Object(entries) => {
            if let Some(properties) = entries.get_mut("properties").and_then(Value::as_object_mut) {
                for (key, property) in properties.iter_mut().filter(|(key, _)| *key != "kind") {
                    let described = property.as_object_mut().and_then(|p| p.remove("description"));
                    let mut wide = json!({"anyOf": [property.clone(), {"type": "string", "pattern": "^\\$", "description": format!("A parameter's name in the place of `{key}`")}]});
                    if let (Some(said), Some(wide)) = (described, wide.as_object_mut()) {
                        wide.insert("description".to_owned(), said);
                    }
                    *property = wide;
                }
            }
            if let Some(kinds) = entries.get_mut("oneOf").and_then(Value::as_array_mut) {
                kinds.iter_mut().for_each(widen);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(widen),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_key_is_refused_with_its_place_and_a_wrong_kind_with_the_nearest() {
        let said = |value| read(&value).unwrap_err();
        assert!(said(json!({"kind": "tmp", "qualifications": []})).contains("did you mean \"temp\""));
        assert!(said(json!({"who": "ann"})).contains("expected one of absence"));
        assert!(said(json!({"kind": "absence", "who": "ann", "form": "09:00"})).contains("form"));
        assert!(said(json!({"kind": "block", "who": "ann", "from": "9 o'clock", "to": "10:00"})).contains("from: \"9 o'clock\" is no time of day"));
    }
}
