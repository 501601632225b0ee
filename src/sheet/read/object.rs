//! Taking typed values out of a JSON object. Every getter reports what it does not like and goes on, so that one reading finds every fault.

use crate::domain::near::nearest;
use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::json::{Node, quoted};
use crate::sheet::Faults;

/// A JSON object at a path of the document.
#[derive(Debug)]
pub(super) struct Object<'n> {
    /// Where it stands: `bookings[3]`.
    pub(super) path: String,
    entries: &'n [(String, Node)],
}

/// `bookings[3]` and `start` make `bookings[3].start`; an unusual key is quoted.
pub(super) fn join(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    match (path.is_empty(), plain) {
        (true, true) => key.to_owned(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{}]", quoted(key)),
    }
}

/// `; did you mean "grace"?` where one of `known` is close to `word`, else nothing.
pub(super) fn near_match<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(word, known, 0.85).map_or_else(String::new, |near| format!("; did you mean {}?", quoted(near)))
}

impl<'n> Object<'n> {
    /// Opens an object whose keys are all among `known`; reports a value that is no object, unknown keys and duplicate keys.
    pub(super) fn open(node: &'n Node, path: impl Into<String>, known: &[&str], faults: &mut Faults) -> Option<Object<'n>> {
        let object = Object::open_free(node, path, faults)?;
        for (key, _) in object.entries {
            if !known.contains(&key.as_str()) {
                let near = near_match(key, known.iter().copied());
                faults.push("unknown-key", join(&object.path, key), format!("is no key of the format, expected one of {}{near}", known.join(", ")));
            }
        }
        Some(object)
    }

    /// Opens an object with keys of the writer's choice.
    pub(super) fn open_free(node: &'n Node, path: impl Into<String>, faults: &mut Faults) -> Option<Object<'n>> {
        let path = path.into();
        let Node::Object(entries) = node else {
            faults.push("wrong-type", path, format!("is {}, expected an object {{…}}", node.describe()));
            return None;
        };
        let mut seen = HashSet::new();
        for (key, _) in entries {
            if !seen.insert(key.as_str()) {
                faults.push("duplicate-key", join(&path, key), "stands more than once in this object; keep one");
            }
        }
        Some(Object { path, entries })
    }

    /// Its entries in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'n str, &'n Node)> + use<'n> {
        self.entries.iter().map(|(key, node)| (key.as_str(), node))
    }

    /// The path of a key in it.
    pub(super) fn at(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// The value of a key; null is the same as absent.
    pub(super) fn optional(&self, key: &str) -> Option<&'n Node> {
        self.entries().find(|(k, _)| *k == key).map(|(_, node)| node).filter(|node| **node != Node::Null)
    }

    /// The value of a key that must be there; reports it missing.
    pub(super) fn required(&self, key: &str, expected: &str, faults: &mut Faults) -> Option<&'n Node> {
        let found = self.optional(key);
        if found.is_none() {
            faults.push("missing-key", self.at(key), format!("is missing, expected {expected}"));
        }
        found
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(&self, key: &str, expected: &str, faults: &mut Faults) -> Option<&'n str> {
        let node = self.required(key, expected, faults)?;
        text_of(node, &self.at(key), expected, faults)
    }

    /// A text, if it is there.
    pub(super) fn text_or_none(&self, key: &str, expected: &str, faults: &mut Faults) -> Option<&'n str> {
        let node = self.optional(key)?;
        text_of(node, &self.at(key), expected, faults)
    }

    /// A text for people, which may be empty, if it is there.
    pub(super) fn words(&self, key: &str, faults: &mut Faults) -> Option<&'n str> {
        match self.optional(key)? {
            Node::Text(text) => Some(text),
            node => {
                faults.push("wrong-type", self.at(key), format!("is {}, expected a text", node.describe()));
                None
            }
        }
    }

    /// A whole number within `range`, or `default` where it is absent; None when it is there and wrong.
    pub(super) fn whole_or(&self, key: &str, default: u32, range: RangeInclusive<u32>, unit: &str, faults: &mut Faults) -> Option<u32> {
        match self.optional(key) {
            None => Some(default),
            Some(node) => whole_of(node, &self.at(key), range, unit, faults),
        }
    }

    /// A whole number within `range` that must be there.
    pub(super) fn whole(&self, key: &str, range: RangeInclusive<u32>, unit: &str, faults: &mut Faults) -> Option<u32> {
        let expected = format!("a whole number of {unit} from {} to {}", range.start(), range.end());
        let node = self.required(key, &expected, faults)?;
        whole_of(node, &self.at(key), range, unit, faults)
    }

    /// A truth value, false where it is absent.
    pub(super) fn flag(&self, key: &str, faults: &mut Faults) -> Option<bool> {
        match self.optional(key) {
            None => Some(false),
            Some(Node::Bool(value)) => Some(*value),
            Some(node) => {
                faults.push("wrong-type", self.at(key), format!("is {}, expected true or false", node.describe()));
                None
            }
        }
    }

    /// A list that must be there.
    pub(super) fn list(&self, key: &str, expected: &str, faults: &mut Faults) -> Option<&'n [Node]> {
        let node = self.required(key, expected, faults)?;
        list_of(node, &self.at(key), expected, faults)
    }

    /// A list, empty where it is absent.
    pub(super) fn list_or_empty(&self, key: &str, expected: &str, faults: &mut Faults) -> &'n [Node] {
        match self.optional(key) {
            None => &[],
            Some(node) => list_of(node, &self.at(key), expected, faults).unwrap_or(&[]),
        }
    }

    /// A list of texts, empty where it is absent; items that are no texts are reported and left out.
    pub(super) fn texts(&self, key: &str, expected: &str, faults: &mut Faults) -> Vec<&'n str> {
        let items = self.list_or_empty(key, expected, faults);
        let path = self.at(key);
        items.iter().enumerate().filter_map(|(k, item)| text_of(item, &format!("{path}[{k}]"), "a text", faults)).collect()
    }
}

/// The text in a node; reports another type and an empty text.
pub(super) fn text_of<'n>(node: &'n Node, path: &str, expected: &str, faults: &mut Faults) -> Option<&'n str> {
    match node {
        Node::Text(text) if text.is_empty() => faults.push("empty-text", path, format!("is empty, expected {expected}")),
        Node::Text(text) => return Some(text),
        _ => faults.push("wrong-type", path, format!("is {}, expected {expected}", node.describe())),
    }
    None
}

/// The finite number in a node, no further from 0 than `most`.
pub(super) fn number_of(node: &Node, path: &str, most: f64, unit: &str, faults: &mut Faults) -> Option<f64> {
    let number = match node {
        Node::Whole(n) => *n as f64,
        Node::Number(x) => *x,
        _ => {
            faults.push("wrong-type", path, format!("is {}, expected a number of {unit}", node.describe()));
            return None;
        }
    };
    if number.is_nan() || number.abs() > most {
        faults.push("out-of-range", path, format!("is {number}, expected a number of {unit} from -{most} to {most}"));
        return None;
    }
    Some(number)
}

fn whole_of(node: &Node, path: &str, range: RangeInclusive<u32>, unit: &str, faults: &mut Faults) -> Option<u32> {
    let expected = format!("expected a whole number of {unit} from {} to {}", range.start(), range.end());
    let number = match node {
        Node::Whole(n) => *n,
        // Other programs write 15.0 for 15; the bound keeps the conversion exact.
        Node::Number(x) if x.fract() == 0.0 && x.abs() < 1e15 => *x as i128,
        Node::Number(x) => {
            faults.push("out-of-range", path, format!("is {x}, {expected}"));
            return None;
        }
        _ => {
            faults.push("wrong-type", path, format!("is {}, {expected}", node.describe()));
            return None;
        }
    };
    let found = u32::try_from(number).ok().filter(|n| range.contains(n));
    if found.is_none() {
        faults.push("out-of-range", path, format!("is {number}, {expected}"));
    }
    found
}

fn list_of<'n>(node: &'n Node, path: &str, expected: &str, faults: &mut Faults) -> Option<&'n [Node]> {
    match node {
        Node::List(items) => Some(items),
        _ => {
            faults.push("wrong-type", path, format!("is {}, expected {expected}", node.describe()));
            None
        }
    }
}
