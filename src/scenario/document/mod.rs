//! A scenario as it is written: TOML (or the same in JSON) becomes a [`Scenario`]. Every fault is told, with its line.

mod known;
mod lines;
mod reader;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::known::Known;
use self::lines::{Lines, line_of};
use self::reader::Reader;
use super::change::{Change, DaySelector, Names};
use super::expect::{Expectation, Expected};
use super::grid::{self, Choice};
use super::{About, Day};
use crate::alloc::Profile;
use crate::domain::Minute;
use crate::sheet::{Fault, Faults};

/// The profile of a scenario that names none.
const USUAL_PROFILE: &str = "nightly";
/// How near to the best is near enough where nothing is said: far below what a change makes of a figure.
const USUAL_GAP: f64 = 1e-3;
/// Cases a scenario may have: more is a mistake in a list.
pub const CASES_MAX: usize = 20_000;
/// Seeds it may have.
const SEEDS_MAX: usize = 1_000;

/// A scenario's document.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "zamu scenario")]
struct Document {
    /// Its name; the file's where nothing is said.
    name: Option<String>,
    /// What it asks and teaches.
    #[serde(default)]
    description: String,
    /// What it starts from; a base given on the command line comes first.
    base: Option<Base>,
    /// The objective: a shipped profile, or a TOML file beside the scenario; `nightly` where nothing is said.
    profile: Option<String>,
    /// Only the first so many tiers of the profile: what they leave open falls as it falls. Quick, for large grids whose question they answer.
    first_tiers: Option<usize>,
    /// How near to the best is near enough for what is measured and not counted (balance, affinity), as a share of its value: 0.001 where nothing is
    /// said, 0 for the last digit. Who is unserved, moved or at work is always exact.
    gap: Option<f64>,
    /// Seeds of whatever is drawn; several give ranges.
    #[serde(default)]
    seeds: Vec<u64>,
    /// Lists of values. Every combination is a case; `"$name"` in a change stands for the value chosen.
    #[serde(default)]
    parameters: BTreeMap<String, Vec<Value>>,
    /// What services are, where the base does not say: a sheet's file knows only qualifications.
    #[serde(default)]
    service: Vec<Service>,
    /// The changes, applied in this order.
    #[serde(default)]
    #[schemars(with = "Vec<Change>")]
    change: Vec<Value>,
    /// What is expected of every case.
    #[serde(default)]
    expect: Vec<Expected>,
}

/// What a scenario starts from: exactly one of sheets, made days, or days of a database.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// Sheets (zamu.sheet/1), or folders of them, seen from the scenario's file.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// A spa that is made up, the same for the same numbers.
    pub made: Option<Made>,
    /// A location of the database; with `from` and `to`.
    pub location: Option<String>,
    /// The first local day.
    #[schemars(with = "Option<String>")]
    pub from: Option<NaiveDate>,
    /// The last local day.
    #[schemars(with = "Option<String>")]
    pub to: Option<NaiveDate>,
}

/// A spa that is made up: one day of a size, or weeks of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// One day: `S` (8 people), `M` (20), `L` (50), `XL` (200), `XXL` (500).
    pub size: Option<String>,
    /// Weeks of six days: people on the team.
    pub people: Option<usize>,
    /// How many weeks; 1 where nothing is said.
    pub weeks: Option<u64>,
    /// How full the days are, in percent of the minutes on duty; 85 where nothing is said.
    pub load_percent: Option<u32>,
    /// The same seed makes the same days.
    #[serde(default = "first_seed")]
    pub seed: u64,
}

/// What a service is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// What its bookings ask for, all of it and nothing else.
    pub qualifications: BTreeSet<String>,
    /// Only bookings that take so long, where one qualification has several services.
    pub minutes: Option<u32>,
    /// What it costs, in the currency's main unit.
    pub price: Option<f64>,
}

fn first_seed() -> u64 {
    1
}

/// A scenario whose every case can be read.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What it asks and teaches.
    pub description: String,
    /// What it starts from, where it says so.
    pub base: Option<Base>,
    /// The objective of the base.
    pub profile: Profile,
    /// Only the first so many tiers of every profile; all where nothing is said.
    pub first_tiers: Option<usize>,
    /// How near to the best is near enough for what is measured and not counted, as a share of its value.
    pub gap: f64,
    /// Seeds of whatever is drawn, one or more.
    pub seeds: Vec<u64>,
    /// Parameters with their values, in the document's order.
    pub parameters: Vec<(String, Vec<Value>)>,
    /// What is expected.
    pub expectations: Vec<Expectation>,
    services: Vec<Service>,
    changes: Vec<Value>,
    profiles: BTreeMap<String, Profile>,
}

/// A change of a case: which days it is for, and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Which days; none means all.
    pub on: Vec<DaySelector>,
    /// What it does.
    pub change: Change,
}

/// Everything wrong with a scenario; the path of each fault begins with its line where the scenario is a file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioFaults {
    /// The scenario's name or file.
    pub name: String,
    /// What is wrong, in the document's order.
    pub faults: Faults,
}

impl fmt::Display for ScenarioFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.faults.0.len();
        write!(f, "{} is no valid scenario: {count} fault{}", self.name, if count == 1 { "" } else { "s" })?;
        for Fault { path, message, .. } in &self.faults.0 {
            write!(f, "\n  {}: {}{message}", self.name, if path.is_empty() { String::new() } else { format!("{path}: ") })?;
        }
        Ok(())
    }
}

impl std::error::Error for ScenarioFaults {}

/// Finds a profile by its name, or says what is wrong with it.
pub type FindProfile<'a> = &'a dyn Fn(&str) -> Result<Profile, String>;

/// The shipped profiles, for those who may not name files.
///
/// # Errors
/// There is none of that name.
pub fn shipped_profile(name: &str) -> Result<Profile, String> {
    let known: Vec<&str> = Profile::shipped_texts().iter().map(|(name, _)| *name).collect();
    Profile::shipped(name).ok_or_else(|| format!("there is no profile {name:?}; expected one of {}", known.join(", ")))
}

impl Scenario {
    /// Reads a scenario from TOML. `name` is its file, for what is said of it.
    ///
    /// # Errors
    /// Everything that is wrong with it, with lines.
    pub fn from_toml(name: &str, text: &str, profiles: FindProfile<'_>) -> Result<Scenario, ScenarioFaults> {
        let value = from_toml_to_json(name, text)?;
        Scenario::from_json(name, &value, profiles).map_err(|mut faults| {
            let lines = Lines::of(text);
            for fault in &mut faults.faults.0 {
                fault.path = lines.located(&fault.path);
            }
            faults
        })
    }

    /// Reads a scenario from JSON: the same keys as in TOML.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_json(name: &str, value: &Value, profiles: FindProfile<'_>) -> Result<Scenario, ScenarioFaults> {
        let mut faults = Faults::default();
        let refused = |faults| ScenarioFaults { name: name.to_owned(), faults };
        let document: Document = match serde_path_to_error::deserialize(value) {
            Ok(document) => document,
            Err(error) => {
                let path = error.path().to_string();
                faults.push("form", if path == "." { String::new() } else { path }, error.inner().to_string());
                return Err(refused(faults));
            }
        };
        let in_order = value.get("parameters").and_then(Value::as_object);
        let mut reader = Reader { document: &document, in_order, profiles, found: BTreeMap::new(), faults };
        let scenario = reader.scenario(name);
        match (scenario, reader.faults) {
            (Some(scenario), faults) if faults.0.is_empty() => Ok(scenario),
            (_, faults) => Err(refused(faults)),
        }
    }

    /// The cases, in the order of the grid.
    pub fn choices(&self) -> Vec<Choice> {
        grid::choices(&self.parameters)
    }

    /// The changes of a case, in order.
    ///
    /// # Errors
    /// A change that this choice makes unreadable, in words; not for choices of the scenario's own grid.
    pub fn steps(&self, choice: &Choice) -> Result<Vec<Step>, String> {
        self.changes.iter().map(|raw| read_step(raw, choice, &self.profiles)).collect()
    }

    /// Parameters of changes in what customers ask for: demand, certain bookings, services. The others are somebody's choice.
    pub fn circumstances(&self) -> Vec<String> {
        let of_customers = |raw: &&Value| {
            raw.get("kind").and_then(Value::as_str).is_some_and(|kind| matches!(kind, "demand" | "add-bookings" | "remove-bookings" | "service"))
        };
        let mut used = BTreeSet::new();
        self.changes.iter().filter(of_customers).for_each(|raw| grid::uses(raw, &mut used));
        self.parameters.iter().map(|(name, _)| name.clone()).filter(|name| used.contains(name)).collect()
    }

    /// Whether anything is drawn, so that the seeds matter.
    pub fn draws(&self) -> bool {
        let first = self.choices().into_iter().next().unwrap_or_default();
        self.steps(&first).is_ok_and(|steps| steps.iter().any(|step| step.change.draws()))
    }

    /// Tells a day's bookings which of the scenario's services they are, where the day does not know.
    pub fn name_services(&self, day: &mut Day) {
        for booking in &day.sheet.bookings {
            let wanted: BTreeSet<String> = booking.demands.iter().flat_map(|d| d.qualifications.iter().cloned()).collect();
            let lasts = booking.span.minutes();
            let is = |service: &&Service| service.qualifications == wanted && service.minutes.is_none_or(|minutes| i64::from(minutes) == lasts);
            if let Some(service) = self.services.iter().find(is)
                && !day.about.contains_key(&booking.id)
            {
                #[expect(clippy::cast_possible_truncation, reason = "read as a price that fits")]
                let price_cents = service.price.map(|price| (price * 100.0).round() as i64);
                day.about.insert(booking.id.clone(), About { service: service.name.clone(), price_cents, booked_at: None::<Minute> });
            }
        }
    }

    /// What is named and stands on no day of the base.
    ///
    /// # Errors
    /// Everything that is named and is not there, with the near matches.
    pub fn suits(&self, base: &[Day]) -> Result<(), ScenarioFaults> {
        let mut faults = Faults::default();
        let mut known = Known::of(base);
        for (k, raw) in self.changes.iter().enumerate() {
            let names: Vec<Names> =
                self.choices().iter().filter_map(|choice| Some(read_step(raw, choice, &self.profiles).ok()?.change.names())).collect();
            for names in &names {
                known.miss(names, &format!("change[{k}]"), &mut faults);
            }
            known.people.extend(names.into_iter().flat_map(|names| names.brings));
        }
        faults.0.dedup();
        if faults.0.is_empty() { Ok(()) } else { Err(ScenarioFaults { name: self.name.clone(), faults }) }
    }
}

/// Reads a change with the values of a choice.
fn read_step(raw: &Value, choice: &Choice, profiles: &BTreeMap<String, Profile>) -> Result<Step, String> {
    let mut value = grid::substitute(raw, choice).map_err(|name| format!("there is no parameter `{name}`"))?;
    let on = match value.as_object_mut().and_then(|entries| entries.remove("on")) {
        None => Vec::new(),
        Some(one @ Value::String(_)) => serde_json::from_value(json!([one])).map_err(|error| format!("on: {error}"))?,
        Some(many) => serde_json::from_value(many).map_err(|error| format!("on: {error}"))?,
    };
    let mut change = super::change::read(&value)?;
    if let Change::Profile(objective) = &mut change
        && let Some(name) = &objective.name
    {
        objective.found = Some(Box::new(profiles.get(name).cloned().ok_or_else(|| format!("name: there is no profile {name:?}"))?));
    }
    Ok(Step { on, change })
}

/// The JSON Schema of a scenario. A string that begins with `$` may stand for any value of a change.
pub fn schema() -> Schema {
    let mut schema = schemars::schema_for!(Document);
    schema.insert("$id".to_owned(), json!("zamu-scenario.schema.json"));
    super::change::allow_parameters(&mut schema);
    schema
}

/// A scenario's TOML as JSON, with the same keys; what they say is not read yet.
///
/// # Errors
/// It is no TOML, with the line.
pub fn from_toml_to_json(name: &str, text: &str) -> Result<Value, ScenarioFaults> {
    let broken = |error: &toml::de::Error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let mut faults = Faults::default();
        faults.push("syntax", format!("line {line}"), error.message().to_owned());
        ScenarioFaults { name: name.to_owned(), faults }
    };
    let table: toml::Table = text.parse().map_err(|error| broken(&error))?;
    Ok(as_json(&toml::Value::Table(table)))
}

/// TOML's own dates become text, as JSON has them.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(at) => Value::String(at.to_string()),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Table(entries) => Value::Object(entries.iter().map(|(key, item)| (key.clone(), as_json(item))).collect()),
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(yes) => json!(yes),
    }
}
