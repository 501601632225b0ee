//! Bytes to a tree of JSON values. A tree of our own, because duplicate keys must survive to be refused.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::sheet::Faults;

/// A JSON value as it stands in the document: keys in order, duplicates kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    /// Wide enough for every i64 and u64.
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// What it is, for a message: `a text`, `the number 3.5`.
    pub(super) fn describe(&self) -> String {
        match self {
            Node::Null => "null".into(),
            Node::Bool(b) => format!("{b}"),
            Node::Whole(n) => format!("the number {n}"),
            Node::Number(x) => format!("the number {x}"),
            Node::Text(text) => format!("the text {}", quoted(text)),
            Node::List(_) => "a list".into(),
            Node::Object(_) => "an object".into(),
        }
    }

    /// The value of the first entry with this key, if this is an object that has one.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Node::Object(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The same value for serde; of duplicate keys the last stands.
    pub(super) fn to_value(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Node::Null => Value::Null,
            Node::Bool(b) => Value::Bool(*b),
            Node::Whole(n) => i64::try_from(*n).map(Value::from).or_else(|_| u64::try_from(*n).map(Value::from)).unwrap_or(Value::Null),
            Node::Number(x) => Value::from(*x),
            Node::Text(text) => Value::String(text.clone()),
            Node::List(items) => Value::Array(items.iter().map(Node::to_value).collect()),
            Node::Object(entries) => Value::Object(entries.iter().map(|(k, v)| (k.clone(), v.to_value())).collect()),
        }
    }
}

/// A text between quotes, cut where it is long, so that a fault stays readable.
pub(super) fn quoted(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    if text.chars().count() <= CHARS_MAX {
        format!("{text:?}")
    } else {
        let head: String = text.chars().take(CHARS_MAX).collect();
        format!("{head:?}…")
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Whole(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Whole(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Object(entries))
    }
}

/// Reads one JSON document.
///
/// # Errors
/// One fault: `not-utf8` with the byte's offset, `truncated` or `invalid-json` with line and column.
pub(super) fn parse(bytes: &[u8]) -> Result<Node, Faults> {
    let mut faults = Faults::default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
            let message = format!(
                "byte {at} (line {line}) is 0x{:02x}, which is not UTF-8; expected a JSON document in UTF-8, so save it in that encoding",
                bytes[at]
            );
            faults.push("not-utf8", "", message);
            return Err(faults);
        }
    };
    if text.starts_with('\u{feff}') {
        faults.push("invalid-json", "", "starts with a byte order mark; expected JSON from the first byte, so save it as UTF-8 without one");
        return Err(faults);
    }
    serde_json::from_str(text).map_err(|error| {
        if error.is_eof() {
            let message = format!(
                "ends at line {}, column {} in the middle of the document: {error}; the file is cut short, write or copy it again",
                error.line(),
                error.column()
            );
            faults.push("truncated", "", message);
        } else {
            faults.push("invalid-json", "", format!("is not JSON: {error}; expected one JSON document"));
        }
        faults
    })
}
