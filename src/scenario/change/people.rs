//! Who is on the team, and what they can do.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Clock, OneOrMany};
use super::{Day, Names, is_meant};
use crate::domain::{ResourceKind, Span};
use crate::sheet::{Block, Resource};

/// Temporary staff for the day: somebody of whom the plan says that they are a temp.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Temp {
    /// How many; 1 where nothing is said.
    #[serde(default = "one")]
    pub count: u32,
    /// Their ids begin with this; `temp` where nothing is said.
    pub id: Option<String>,
    /// What they can do.
    pub qualifications: Vec<String>,
    /// As on file.
    pub gender: Option<String>,
    /// From when they are on duty.
    pub from: Clock,
    /// Until when.
    pub to: Clock,
}

/// Somebody new on the team: like somebody who is there, or described in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hire {
    /// How many; 1 where nothing is said.
    #[serde(default = "one")]
    pub count: u32,
    /// Their ids begin with this; `hire` where nothing is said.
    pub id: Option<String>,
    /// Id of somebody whose qualifications, gender, hours and breaks they have, as far as nothing else is said.
    pub like: Option<String>,
    /// What they can do.
    #[serde(default)]
    pub qualifications: Vec<String>,
    /// As on file.
    pub gender: Option<String>,
    /// From when they are on duty.
    pub from: Option<Clock>,
    /// Until when.
    pub to: Option<Clock>,
}

/// Somebody leaves the team. They have no shifts any more; a customer who chose them is not served unless the scenario unbinds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaver {
    /// Ids of the people.
    pub who: OneOrMany,
}

/// People learn something, or no longer do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Ids of the people; `*` for everybody.
    pub who: OneOrMany,
    /// What they learn.
    #[serde(default)]
    pub learn: Vec<String>,
    /// What they no longer do.
    #[serde(default)]
    pub unlearn: Vec<String>,
}

fn one() -> u32 {
    1
}

impl Temp {
    pub(super) fn apply(&self, day: &mut Day) -> Result<(), String> {
        let shift = Span::new(self.from.on(&day.sheet), self.to.on(&day.sheet));
        let qualifications: BTreeSet<String> = self.qualifications.iter().cloned().collect();
        let person = Resource { temporary: true, gender: self.gender.clone(), qualifications, shifts: vec![shift], ..nobody() };
        join(day, person, self.count, self.id.as_deref().unwrap_or("temp"), "Temp")
    }

    pub(super) fn names(&self) -> Names {
        Names { brings: brought(self.count, self.id.as_deref().unwrap_or("temp")), qualifications: self.qualifications.clone(), ..Names::default() }
    }
}

impl Hire {
    pub(super) fn apply(&self, day: &mut Day) -> Result<(), String> {
        let model = self.like.as_ref().and_then(|id| day.sheet.resources.iter().find(|r| r.id == *id)).cloned();
        if self.like.is_some() && model.is_none() {
            // Whoever they are like is not there that day, so neither are they.
            return Ok(());
        }
        if self.like.is_none() && (self.from.is_none() || self.to.is_none()) {
            return Err("expected `from` and `to`, the hours on duty, or `like`, somebody who has them".to_owned());
        }
        let mut person = Resource { temporary: false, carried_minutes: 0.0, ..model.unwrap_or_else(nobody) };
        // Holidays and illness are the other's own; breaks come with the hours.
        person.blocks.retain(|b: &Block| b.reason.as_deref() == Some("break"));
        if !self.qualifications.is_empty() {
            person.qualifications = self.qualifications.iter().cloned().collect();
        }
        if self.gender.is_some() {
            person.gender.clone_from(&self.gender);
        }
        if self.from.is_some() || self.to.is_some() {
            let first = self.from.map(|from| from.on(&day.sheet)).or_else(|| person.shifts.iter().map(|s| s.start).min());
            let last = self.to.map(|to| to.on(&day.sheet)).or_else(|| person.shifts.iter().map(|s| s.end).max());
            person.shifts = first.zip(last).map(|(first, last)| Span::new(first, last)).into_iter().collect();
        }
        join(day, person, self.count, self.id.as_deref().unwrap_or("hire"), "New")
    }

    pub(super) fn names(&self) -> Names {
        let brings = brought(self.count, self.id.as_deref().unwrap_or("hire"));
        Names { people: self.like.clone().into_iter().collect(), brings, qualifications: self.qualifications.clone(), ..Names::default() }
    }
}

impl Leaver {
    pub(super) fn apply(&self, day: &mut Day) {
        for resource in day.sheet.resources.iter_mut().filter(|r| is_meant(&self.who, &r.id)) {
            resource.shifts.clear();
            resource.blocks.clear();
        }
    }
}

impl Training {
    pub(super) fn apply(&self, day: &mut Day) {
        for resource in day.sheet.resources.iter_mut().filter(|r| r.kind == ResourceKind::Staff && is_meant(&self.who, &r.id)) {
            resource.qualifications.extend(self.learn.iter().cloned());
            resource.qualifications.retain(|known| !self.unlearn.contains(known));
        }
    }
}

impl Training {
    pub(super) fn names(&self) -> Names {
        let qualifications = self.learn.iter().chain(&self.unlearn).cloned().collect();
        Names { people: self.who.list(), qualifications, ..Names::default() }
    }
}

/// `temp`, `temp-2`, `temp-3`.
fn brought(count: u32, id: &str) -> Vec<String> {
    (1..=count).map(|k| if k == 1 { id.to_owned() } else { format!("{id}-{k}") }).collect()
}

fn join(day: &mut Day, person: Resource, count: u32, id: &str, title: &str) -> Result<(), String> {
    for (k, id) in brought(count, id).into_iter().enumerate() {
        if day.sheet.resources.iter().any(|r| r.id == id) {
            return Err(format!("`{id}` is there already; expected another `id` for whoever joins"));
        }
        day.sheet.resources.push(Resource { name: format!("{title} {}", k + 1), id, ..person.clone() });
    }
    Ok(())
}

fn nobody() -> Resource {
    Resource::staff("", BTreeSet::new(), Vec::new())
}
