//! When people are taken to be on duty on a past day.

use serde::Serialize;

use crate::domain::rules::{self, Rule};
use crate::domain::{Span, local};
use crate::sheet::Sheet;

/// How far the hours of those on duty reach. Who is on duty is the same in all three: whoever has hours on file that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDuty {
    /// As on file for that day: for imported days from the first start to the last end of recorded work. The strictest: nobody is asked to
    /// come earlier or to stay later than they did.
    #[default]
    Worked,
    /// From the opening to the closing of the house that day, and whatever is on file beyond.
    Opening,
    /// All day and without blocks, for comparing with what others computed without hours.
    Ignored,
}

impl OnDuty {
    /// The word on the command line and in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            OnDuty::Worked => "worked",
            OnDuty::Opening => "opening",
            OnDuty::Ignored => "ignored",
        }
    }
}

/// Gives everybody who has shifts on the sheet the hours of `on_duty`.
pub(super) fn apply(sheet: &mut Sheet, all: &[Rule], on_duty: OnDuty) {
    let timezone = sheet.location.timezone;
    let of_the_house: Vec<Rule> = all.iter().filter(|rule| rule.resource.is_none()).cloned().collect();
    let open: Vec<Span> = match on_duty {
        OnDuty::Worked => return,
        // Somebody without rules of their own follows the house.
        OnDuty::Opening => rules::sheet_shifts(&of_the_house, "", sheet.date, timezone),
        OnDuty::Ignored => vec![local::day_span(timezone, sheet.date)],
    };
    for resource in sheet.resources.iter_mut().filter(|resource| !resource.shifts.is_empty()) {
        resource.shifts = rules::joined(resource.shifts.iter().chain(&open).copied().collect());
        if on_duty == OnDuty::Ignored {
            resource.blocks.clear();
        }
    }
}
