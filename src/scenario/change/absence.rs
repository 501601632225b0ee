//! Away: the whole day, or for some hours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Clock, OneOrMany};
use super::{Day, is_meant};
use crate::domain::{Span, local};
use crate::sheet::Block;

/// Somebody is out, the whole day or for some hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// Ids of the people; `*` for everybody.
    pub who: OneOrMany,
    /// From when; without it from the beginning of the day.
    pub from: Option<Clock>,
    /// Until when; without it until the end of the day.
    pub to: Option<Clock>,
    /// Why, for people; `sick` where nothing is said.
    pub reason: Option<String>,
}

/// Somebody is away for a while although on shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Away {
    /// Ids of the people or tables; `*` for everybody.
    pub who: OneOrMany,
    /// From when.
    pub from: Clock,
    /// Until when.
    pub to: Clock,
    /// Why, for people.
    pub reason: Option<String>,
}

impl Absence {
    pub(super) fn apply(&self, day: &mut Day) {
        let whole = local::day_span(day.sheet.location.timezone, day.sheet.date);
        let span = Span::new(self.from.map_or(whole.start, |from| from.on(&day.sheet)), self.to.map_or(whole.end, |to| to.on(&day.sheet)));
        block(day, &self.who, span, self.reason.as_deref().unwrap_or("sick"));
    }
}

impl Away {
    pub(super) fn apply(&self, day: &mut Day, reason: &str) {
        let span = Span::new(self.from.on(&day.sheet), self.to.on(&day.sheet));
        block(day, &self.who, span, self.reason.as_deref().unwrap_or(reason));
    }
}

fn block(day: &mut Day, who: &OneOrMany, span: Span, reason: &str) {
    for resource in day.sheet.resources.iter_mut().filter(|r| is_meant(who, &r.id)) {
        resource.blocks.push(Block { span, reason: Some(reason.to_owned()) });
    }
}
