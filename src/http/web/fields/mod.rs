//! Forms of many fields: what each takes, how it is shown, what was typed kept where it will not do, and the fault told at its field.
//!
//! What comes of a form is the body that the Admin API takes, so that the two check the same things in the same place.

mod draw;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use fluent_bundle::FluentValue;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::admin::hours::minutes;
use super::super::once::from_value;
use super::super::problem::Problem;
use super::words::Words;

pub(super) use draw::{Form, press};

/// What a form was filled with, in its order.
pub(super) type Typed = Vec<(String, String)>;

/// What a field takes.
pub(super) enum Takes {
    /// A line of text.
    Text,
    /// So many lines of text, and more if need be.
    Lines(u32),
    /// A password, for this purpose in the words of browsers; what was typed is never shown again.
    Secret(&'static str),
    /// A whole number within these bounds.
    Whole(u32, u32),
    /// A share from 0 to 1.
    Share,
    /// An amount of money, of which the body has hundredths.
    Money,
    /// A time of the day.
    Clock,
    /// A time of the day or of the night after it: `26:00`.
    LateClock,
    /// A local day.
    Date,
    /// A local day with a time.
    Moment,
    /// Yes, or nothing for no.
    Yes,
    /// One of these: the word, and what it is called.
    One(Vec<(String, String)>),
    /// Any of these.
    Any(Vec<(String, String)>),
    /// Any days of the week, as numbers from 1, Monday.
    Days,
    /// Words: any of those that are known, and others with commas between them.
    Words(BTreeSet<String>),
    /// Switches, each on or off: these, and no others.
    Switches(BTreeSet<String>),
}

/// A field of a form.
pub(super) struct Field {
    pub(super) name: &'static str,
    takes: Takes,
    /// What an empty field says.
    empty: Empty,
    /// What stands below it says something of this form, too.
    has_hint: bool,
}

/// What an empty field says.
#[derive(PartialEq)]
enum Empty {
    /// It has to be filled.
    Refused,
    /// Nothing is there.
    Nothing,
    /// It stays as it is.
    Stays,
}

/// A field that has to be filled.
pub(super) fn needed(name: &'static str, takes: Takes) -> Field {
    Field { name, takes, empty: Empty::Refused, has_hint: true }
}

/// The same field without the hint that other forms have for one of its name.
pub(super) fn without_hint(field: Field) -> Field {
    Field { has_hint: false, ..field }
}

/// A field that may be empty.
pub(super) fn optional(name: &'static str, takes: Takes) -> Field {
    Field { name, takes, empty: Empty::Nothing, has_hint: true }
}

/// A field that changes something only when it is filled.
pub(super) fn untouched(name: &'static str, takes: Takes) -> Field {
    Field { name, takes, empty: Empty::Stays, has_hint: true }
}

/// What will not do, and where.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) field: Option<String>,
    pub(super) said: String,
}

/// Why a form leads nowhere: it is shown again, or something else is shown.
pub(super) enum Stop {
    /// What was typed will not do.
    Fault(Fault),
    /// Something else.
    Problem(Problem),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

impl From<Problem> for Stop {
    /// What is said of a field begins with its name.
    fn from(problem: Problem) -> Stop {
        if !problem.is_of_the_form() {
            return Stop::Problem(problem);
        }
        let detail = problem.detail();
        let detail = detail.strip_prefix("$.").unwrap_or(detail);
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        Stop::Fault(match detail.split_once(": ").map(|(name, said)| (name.split(',').next().unwrap_or(name), said)) {
            Some((name, said)) if is_name(name) => Fault { field: Some(name.to_owned()), said: said.to_owned() },
            _ => Fault { field: None, said: detail.to_owned() },
        })
    }
}

/// What stands in the fields, by name.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    /// What is on file, as the Admin API shows it.
    pub(super) fn of(view: &impl Serialize) -> Values {
        let Ok(Value::Object(members)) = serde_json::to_value(view) else { return Values::default() };
        let text = |value: Value| match value {
            Value::Null => Vec::new(),
            Value::Bool(yes) => {
                if yes {
                    vec!["yes".to_owned()]
                } else {
                    Vec::new()
                }
            }
            Value::String(text) => vec![text],
            Value::Array(items) => items.into_iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect(),
            Value::Object(switches) => switches.into_iter().filter(|(_, on)| *on == json!(true)).map(|(name, _)| name).collect(),
            number => vec![number.to_string()],
        };
        Values(members.into_iter().map(|(name, value)| (name, text(value))).collect())
    }

    /// What was typed.
    pub(super) fn typed(typed: &Typed) -> Values {
        typed.iter().fold(Values::default(), |mut all, (name, value)| {
            // Browsers end the lines of a text with carriage return and new line.
            all.0.entry(name.clone()).or_default().push(value.replace("\r\n", "\n"));
            all
        })
    }

    /// The same with one field otherwise.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: Option<String>) -> Values {
        self.0.insert(name.to_owned(), value.into_iter().collect());
        self
    }

    /// Puts this into a field.
    pub(super) fn put(&mut self, name: &str, values: Vec<String>) {
        self.0.insert(name.to_owned(), values);
    }

    /// Only what stands in these fields.
    pub(super) fn of_fields(&self, fields: &[Field]) -> Values {
        Values(fields.iter().filter_map(|field| Some((field.name.to_owned(), self.0.get(field.name)?.clone()))).collect())
    }

    /// All that stands in a field.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first value of a name; empty where there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }
}

/// The amount of money that so many hundredths are, as it is typed.
pub(super) fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Commas stand before each three digits, or nowhere: who writes one in the place of the point is asked what they mean.
fn cents(text: &str) -> Option<i64> {
    let text = text.replace(' ', "");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let groups: Vec<&str> = whole.split(',').collect();
    if groups.len() > 1 && (!(1..=3).contains(&groups[0].len()) || groups[1..].iter().any(|group| group.len() != 3)) {
        return None;
    }
    let whole = groups.concat();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(&whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(format!("{part:0<2}").parse().ok()?)
}

/// The body that a form asks for.
///
/// # Errors
/// The first field that will not do.
pub(super) fn body<T: DeserializeOwned>(fields: &[Field], typed: &Typed, w: &Words) -> Result<T, Stop> {
    read(fields, typed, w, Map::new())
}

/// The same with members that no field has.
///
/// # Errors
/// The first field that will not do.
pub(super) fn read<T: DeserializeOwned>(fields: &[Field], typed: &Typed, w: &Words, mut members: Map<String, Value>) -> Result<T, Stop> {
    let values = Values::typed(typed);
    for field in fields {
        match field.value(&values, w) {
            Ok(Some(value)) => {
                members.insert(field.name.to_owned(), value);
            }
            Ok(None) => {}
            Err(said) => return Err(Fault { field: Some(field.name.to_owned()), said }.into()),
        }
    }
    Ok(from_value(Value::Object(members))?)
}

impl Field {
    /// What the body says of it, or why it will not do.
    fn value(&self, values: &Values, w: &Words) -> Result<Option<Value>, String> {
        let given = values.all(self.name);
        match &self.takes {
            Takes::Yes => return Ok(Some(json!(!given.is_empty()))),
            Takes::Any(known) => {
                let unknown = given.iter().any(|one| !known.iter().any(|(word, _)| word == one));
                return if unknown { Err(w.say("fault-choice")) } else { Ok(Some(json!(given))) };
            }
            Takes::Days => {
                let days: Option<Vec<u8>> = given.iter().map(|day| day.parse().ok().filter(|day| (1..=7).contains(day))).collect();
                return days.map(|days| Some(json!(days))).ok_or_else(|| w.say("fault-choice"));
            }
            Takes::Words(_) => {
                let words: BTreeSet<&str> = given.iter().flat_map(|one| one.split(',')).map(str::trim).filter(|word| !word.is_empty()).collect();
                return Ok(Some(json!(words)));
            }
            Takes::Switches(known) => return switches(known, given, w).map(Some),
            _ => {}
        }
        let text = given.first().map_or("", |text| if matches!(self.takes, Takes::Secret(_)) { text } else { text.trim() });
        if text.is_empty() {
            return match self.empty {
                Empty::Refused => Err(w.say("fault-needed")),
                Empty::Nothing => Ok(Some(Value::Null)),
                Empty::Stays => Ok(None),
            };
        }
        self.takes.read(text, w).map(Some)
    }
}

impl Field {
    /// Does it show what is on file? Passwords are never shown, and what an empty field leaves as it is is not, either.
    pub(super) fn is_shown(&self) -> bool {
        !matches!(self.takes, Takes::Secret(_)) && self.empty != Empty::Stays
    }

    /// Did somebody change it in a form that was made from `seen`?
    pub(super) fn is_touched(&self, seen: &Values, typed: &Values, w: &Words) -> bool {
        if self.is_shown() { !self.same(seen, typed, w) } else { !typed.one(self.name).trim().is_empty() }
    }

    /// Do both say the same of it?
    pub(super) fn same(&self, one: &Values, other: &Values, w: &Words) -> bool {
        match (self.value(one, w), self.value(other, w)) {
            (Ok(one), Ok(other)) => one == other,
            _ => one.all(self.name) == other.all(self.name),
        }
    }
}

impl Takes {
    fn read(&self, text: &str, w: &Words) -> Result<Value, String> {
        let bounds = |least: u32, most: u32| w.say_with("fault-whole", &[("least", FluentValue::from(least)), ("most", FluentValue::from(most))]);
        match self {
            Takes::Whole(least, most) => {
                let number = text.parse::<u32>().ok().filter(|number| (least..=most).contains(&number));
                number.map(|number| json!(number)).ok_or_else(|| bounds(*least, *most))
            }
            Takes::Share => {
                let share = text.replace(',', ".").parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
                share.map(|share| json!(share)).ok_or_else(|| w.say("fault-share"))
            }
            Takes::Money => cents(text).map(|cents| json!(cents)).ok_or_else(|| w.say("fault-money")),
            Takes::Clock | Takes::LateClock => {
                let (minutes_max, fault) = if matches!(self, Takes::Clock) { (24 * 60 - 1, "fault-clock") } else { (48 * 60, "fault-late-clock") };
                let read = minutes("", text).ok().filter(|minutes| *minutes <= minutes_max);
                read.map(|_| json!(text)).ok_or_else(|| w.say(fault))
            }
            Takes::Date => text.parse::<NaiveDate>().map(|_| json!(text)).map_err(|_| w.say("fault-date")),
            Takes::One(known) => known.iter().find(|(word, _)| word == text).map(|(word, _)| json!(word)).ok_or_else(|| w.say("fault-choice")),
            _ => Ok(json!(text)),
        }
    }

    /// The kind of `input` it is.
    fn kind(&self) -> &'static str {
        match self {
            Takes::Whole(..) => "number",
            Takes::Clock => "time",
            Takes::Date => "date",
            Takes::Moment => "datetime-local",
            _ => "text",
        }
    }
}

/// Which of the switches are on.
fn switches(known: &BTreeSet<String>, on: &[String], w: &Words) -> Result<Value, String> {
    if on.iter().all(|name| known.contains(name)) {
        return Ok(known.iter().map(|name| (name.clone(), json!(on.contains(name)))).collect::<Map<_, _>>().into());
    }
    if known.is_empty() {
        return Err(w.say("no-switches"));
    }
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    Err(w.say_with("fault-switches", &[("known", FluentValue::from(names.join(", ")))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn money_is_typed_as_people_write_it() {
        for (text, read) in [
            ("1500", Some(150_000)),
            ("1,500.50", Some(150_050)),
            ("0.5", Some(50)),
            ("1,234,567", Some(123_456_700)),
            ("1500,50", None),
            ("1,50", None),
            (",500", None),
            ("12.345", None),
            ("", None),
            ("-5", None),
            ("1e3", None),
            ("99999999999999999999", None),
            (".5", None),
        ] {
            assert_eq!(cents(text), read, "{text}");
        }
        assert_eq!(amount(150_050), "1500.50");
    }

    #[test]
    fn a_form_says_what_the_admin_api_takes_or_which_field_will_not_do() {
        let fields = [
            needed("name", Takes::Text),
            optional("gender", Takes::Text),
            untouched("contact", Takes::Text),
            needed("minutes", Takes::Whole(1, 10)),
            needed("active", Takes::Yes),
            needed("can", Takes::Words(BTreeSet::new())),
            needed("flags", Takes::Switches(["one", "two"].map(str::to_owned).into())),
        ];
        let typed = |pairs: &[(&str, &str)]| -> Typed { pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() };
        let w = Words::of(Language::English);
        let good = typed(&[("name", " Ruth "), ("minutes", "5"), ("can", "swedish"), ("can", "deep, hot stone"), ("flags", "one")]);
        let Ok(read) = body::<Value>(&fields, &good, w) else { panic!("it will do") };
        let expected = json!({"name": "Ruth", "gender": null, "minutes": 5, "active": false, "can": ["deep", "hot stone", "swedish"], "flags": {"one": true, "two": false}});
        assert_eq!(read, expected);
        for (name, value) in [("name", " "), ("minutes", "11"), ("minutes", "x"), ("flags", "three")] {
            let mut bad = good.clone();
            bad.retain(|(other, _)| other != name);
            bad.push((name.to_owned(), value.to_owned()));
            let Err(Stop::Fault(fault)) = body::<Value>(&fields, &bad, w) else { panic!("{name} {value:?} will not do") };
            assert!(fault.field.as_deref() == Some(name) && fault.said.len() > 5, "{fault:?}");
        }
    }

    #[test]
    fn what_the_api_says_of_a_field_is_told_at_the_field() {
        let at = |detail: &str| match Stop::from(Problem::invalid(detail)) {
            Stop::Fault(fault) => (fault.field, fault.said),
            Stop::Problem(_) => panic!("{detail} is about what was typed"),
        };
        assert_eq!(at("gender: expected 1 to 50 characters"), (Some("gender".into()), "expected 1 to 50 characters".into()));
        assert_eq!(at("quiet_from, quiet_to: expected both"), (Some("quiet_from".into()), "expected both".into()));
        assert_eq!(at("rule r1 overlaps r2: change one"), (None, "rule r1 overlaps r2: change one".into()));
        assert!(matches!(Stop::from(Problem::not_found("person", "x")), Stop::Problem(_)));
    }
}
