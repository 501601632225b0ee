//! Parameters become cases.

use serde_json::{Map, Value};

/// One choice of every parameter, by name, in the scenario's order.
pub type Choice = Map<String, Value>;

/// Every combination, the last parameter changing fastest; one empty choice where there are no parameters.
pub fn choices(parameters: &[(String, Vec<Value>)]) -> Vec<Choice> {
    let mut all = vec![Choice::new()];
    for (name, values) in parameters {
        all = all
            .iter()
            .flat_map(|chosen| {
                values.iter().map(move |value| {
                    let mut more = chosen.clone();
                    more.insert(name.clone(), value.clone());
                    more
                })
            })
            .collect();
    }
    all
}

/// A choice in words: `growth=0.1 temps=2`.
pub fn label(choice: &Choice) -> String {
    let said = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    choice.iter().map(|(name, value)| format!("{name}={}", said(value))).collect::<Vec<_>>().join(" ")
}

/// A change with `"$name"` replaced by the value chosen for `name`, wherever it stands for a value.
///
/// # Errors
/// The name of a parameter that there is not.
pub fn substitute(value: &Value, choice: &Choice) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => choice.get(name).cloned().ok_or_else(|| name.to_owned())?,
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| substitute(item, choice)).collect::<Result<_, _>>()?),
        Value::Object(entries) => {
            Value::Object(entries.iter().map(|(key, item)| Ok((key.clone(), substitute(item, choice)?))).collect::<Result<_, String>>()?)
        }
        other => other.clone(),
    })
}

/// Names of the parameters that a change uses.
pub fn uses(value: &Value, names: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::String(text) => names.extend(text.strip_prefix('$').map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| uses(item, names)),
        Value::Object(entries) => entries.values().for_each(|item| uses(item, names)),
        _ => {}
    }
}
