//! Shifts, longer or shorter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Clock, OneOrMany};
use super::{Day, is_meant};

/// Shifts become longer or shorter. Who has no shift that day stays off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Ids of the people or tables; `*` for everybody.
    pub who: OneOrMany,
    /// Minutes that the first shift begins earlier; negative for later.
    #[serde(default)]
    pub earlier_minutes: i64,
    /// Minutes that the last shift ends later; negative for earlier.
    #[serde(default)]
    pub later_minutes: i64,
    /// Begin at this time instead.
    pub from: Option<Clock>,
    /// End at this time instead.
    pub to: Option<Clock>,
}

impl Shift {
    pub(super) fn apply(&self, day: &mut Day) -> Result<(), String> {
        let (from, to) = (self.from.map(|from| from.on(&day.sheet)), self.to.map(|to| to.on(&day.sheet)));
        for resource in day.sheet.resources.iter_mut().filter(|r| is_meant(&self.who, &r.id)) {
            if let Some(first) = resource.shifts.iter_mut().min_by_key(|shift| shift.start) {
                first.start = from.unwrap_or_else(|| first.start.plus(-self.earlier_minutes));
            }
            if let Some(last) = resource.shifts.iter_mut().max_by_key(|shift| shift.end) {
                last.end = to.unwrap_or_else(|| last.end.plus(self.later_minutes));
            }
            if resource.shifts.iter().any(|shift| shift.minutes() <= 0) {
                return Err(format!("the shift of {} would end before it begins on {}; expected less", resource.id, day.sheet.date));
            }
        }
        Ok(())
    }
}
