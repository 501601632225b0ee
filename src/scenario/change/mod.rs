//! What a scenario changes, one file per kind. A change is applied to a copy of a day; what a day does not have (somebody who is not on it) it leaves
//! alone, and what no day of the base has is refused when the scenario is read against its base.

mod absence;
mod bookings;
mod cutoff;
mod demand;
mod hours;
mod objective;
mod people;
mod promises;
mod read;
mod services;
mod words;

pub use absence::{Absence, Away};
pub use bookings::{AddBookings, NewBooking, RemoveBookings};
pub use cutoff::Cutoff;
pub use demand::Demand;
pub use hours::Shift;
pub use objective::Objective;
pub use people::{Hire, Leaver, Temp, Training};
pub use promises::{FreeFinalized, Unbind, WaiveGender};
pub use read::{allow_parameters, read};
pub use services::ServiceChange;
pub use words::{Clock, DayPart, DaySelector, OneOrMany};

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Day;
use crate::alloc::Profile;
use crate::domain::random::Random;
use crate::sheet::write::sha256_bytes;

/// A change, by its `kind`. Every kind takes `on` too, which days it is for: dates and weekdays (`["sat", "2026-11-21"]`); without it all days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// Somebody is out, the whole day or for some hours.
    Absence(Absence),
    /// Somebody is away for a while although on shift: a meeting, stocktaking.
    Block(Away),
    /// Temporary staff for the day.
    Temp(Temp),
    /// Somebody new on the team.
    Hire(Hire),
    /// Somebody leaves the team.
    Leaver(Leaver),
    /// Shifts become longer or shorter.
    Shift(Shift),
    /// People learn something, or no longer do it.
    Training(Training),
    /// A service takes longer or shorter, or needs other buffers.
    Service(ServiceChange),
    /// More or fewer customers, drawn from the base's own pattern.
    Demand(Demand),
    /// Certain bookings more.
    AddBookings(AddBookings),
    /// Certain bookings fewer.
    RemoveBookings(RemoveBookings),
    /// Wishes for a gender are given up.
    WaiveGender(WaiveGender),
    /// Customers who chose a person take anybody.
    Unbind(Unbind),
    /// Customers who were told a name may be told another.
    FreeFinalized(FreeFinalized),
    /// The day is reallocated at another time; who books later takes whoever is free then.
    Cutoff(Cutoff),
    /// Another objective, or other weights in it.
    Profile(Objective),
}

/// A copy of a day while changes are applied to it, and how it will be allocated.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The day.
    pub day: Day,
    /// The objective.
    pub profile: Profile,
    /// Ids of the bookings that come in after the day was reallocated.
    pub late: BTreeSet<String>,
    /// Ids of the bookings that were drawn: the base has not got them.
    pub drawn: BTreeSet<String>,
}

/// What a change names; each must be on some day of the base, or have been made by a change before.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Names {
    /// People and tables.
    pub people: Vec<String>,
    /// Services or qualifications.
    pub services: Vec<String>,
    /// Bookings.
    pub bookings: Vec<String>,
    /// Qualifications; one that the base has not got is no mistake unless it is nearly one that it has.
    pub qualifications: Vec<String>,
    /// People whom the change itself brings.
    pub brings: Vec<String>,
}

/// The seed of a case, for whatever a change draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// The seed.
    pub seed: u64,
    /// The change's position in the scenario: two changes draw apart.
    pub change: usize,
}

impl Draws {
    /// Random numbers for a day: the same for the same seed, change, place and date, whatever else is on the sheet.
    pub fn of_day(self, day: &Day) -> Random {
        let said = format!("{}/{}/{}/{}", self.seed, self.change, day.sheet.location.id, day.sheet.date);
        let hash = sha256_bytes(said.as_bytes());
        Random::new(u64::from_str_radix(&hash[..16], 16).unwrap_or(self.seed))
    }
}

impl Change {
    /// The word of its kind.
    pub fn word(&self) -> &'static str {
        match self {
            Change::Absence(_) => "absence",
            Change::Block(_) => "block",
            Change::Temp(_) => "temp",
            Change::Hire(_) => "hire",
            Change::Leaver(_) => "leaver",
            Change::Shift(_) => "shift",
            Change::Training(_) => "training",
            Change::Service(_) => "service",
            Change::Demand(_) => "demand",
            Change::AddBookings(_) => "add-bookings",
            Change::RemoveBookings(_) => "remove-bookings",
            Change::WaiveGender(_) => "waive-gender",
            Change::Unbind(_) => "unbind",
            Change::FreeFinalized(_) => "free-finalized",
            Change::Cutoff(_) => "cutoff",
            Change::Profile(_) => "profile",
        }
    }

    /// Applies it to a day. The result may break a rule of the sheet format (hours that end before they begin); whoever applied all changes
    /// checks the sheet.
    ///
    /// # Errors
    /// What the change asks for cannot be done on this day, in words.
    pub fn apply(&self, to: &mut Changed, draws: Draws) -> Result<(), String> {
        match self {
            Change::Absence(change) => change.apply(&mut to.day),
            Change::Block(change) => change.apply(&mut to.day, "blocked"),
            Change::Temp(change) => return change.apply(&mut to.day),
            Change::Hire(change) => return change.apply(&mut to.day),
            Change::Leaver(change) => change.apply(&mut to.day),
            Change::Shift(change) => return change.apply(&mut to.day),
            Change::Training(change) => change.apply(&mut to.day),
            Change::Service(change) => return change.apply(&mut to.day),
            Change::Demand(change) => change.apply(to, draws),
            Change::AddBookings(change) => return change.apply(&mut to.day),
            Change::RemoveBookings(change) => change.apply(&mut to.day),
            Change::WaiveGender(change) => change.apply(&mut to.day),
            Change::Unbind(change) => change.apply(&mut to.day),
            Change::FreeFinalized(change) => change.apply(&mut to.day),
            Change::Cutoff(change) => change.apply(to, draws),
            Change::Profile(change) => return change.apply(&mut to.profile),
        }
        Ok(())
    }

    /// What it names.
    pub fn names(&self) -> Names {
        match self {
            Change::Absence(change) => Names { people: change.who.list(), ..Names::default() },
            Change::Block(change) => Names { people: change.who.list(), ..Names::default() },
            Change::Temp(change) => change.names(),
            Change::Hire(change) => change.names(),
            Change::Leaver(change) => Names { people: change.who.list(), ..Names::default() },
            Change::Shift(change) => Names { people: change.who.list(), ..Names::default() },
            Change::Training(change) => change.names(),
            Change::Service(change) => Names { services: vec![change.service.clone()], ..Names::default() },
            Change::Demand(change) => Names { services: change.service.clone().into_iter().collect(), ..Names::default() },
            Change::AddBookings(change) => change.names(),
            Change::RemoveBookings(change) => change.names(),
            Change::WaiveGender(change) => Names { bookings: change.bookings.clone(), ..Names::default() },
            Change::Unbind(change) => Names { bookings: change.bookings.clone(), ..Names::default() },
            Change::FreeFinalized(change) => Names { bookings: change.bookings.clone(), ..Names::default() },
            Change::Cutoff(_) | Change::Profile(_) => Names::default(),
        }
    }

    /// Whether it draws something, so that the seed matters.
    pub fn draws(&self) -> bool {
        matches!(self, Change::Demand(_) | Change::Cutoff(_))
    }
}

/// Everybody.
const EVERYBODY: &str = "*";

/// Is this one of those meant? `*` means everybody.
fn is_meant(who: &OneOrMany, id: &str) -> bool {
    who.list().iter().any(|one| one == EVERYBODY || one == id)
}
