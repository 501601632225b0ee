//! What a plan needs that the day has not: each fact with what makes it real.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Promotion;
use crate::alloc::check::{PlanFault, check_with_profile};
use crate::domain::{AssignmentStatus, Minute};
use crate::operations::prepare::Prepared;
use crate::operations::solve::CLAIMS;
use crate::sheet::{Booking, Resource};
use crate::store::{Day, Result, Store, StoreErrorKind};

/// Something that a plan needs and that is not so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Missing {
    /// A booking's, person's or table's id.
    pub about: String,
    /// What is not so.
    pub what: String,
    /// What makes it so: a command, or a request to the service.
    pub command: String,
}

/// Why a plan cannot be made real: everything that is only so in the what-if.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unreal {
    /// Each of them.
    pub missing: Vec<Missing>,
}

impl fmt::Display for Unreal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "nothing was written: the plan needs what is so only in the what-if; make it so, then run the what-if again on the day as it is then"
        )?;
        self.missing.iter().try_for_each(|one| write!(f, "\n- {}: {}", one.what, one.command))
    }
}

impl std::error::Error for Unreal {}

/// Everything that the plan needs and that the day has not.
pub(super) async fn missing(store: &dyn Store, day: &Day, prepared: &Prepared, promotion: &Promotion) -> Result<Unreal> {
    let facts = Facts { day, prepared, promotion };
    let mut missing: BTreeSet<Missing> = facts.strangers().collect();
    missing.extend(facts.bookings_unlike());
    missing.extend(facts.promises());
    let faults = check_with_profile(&prepared.sheet, &promotion.plan, &promotion.profile).faults;
    let told = ["unknown-booking", "missing", "unknown-resource", "held"];
    for fault in faults.iter().filter(|fault| !CLAIMS.contains(&fault.code) && !told.contains(&fault.code)) {
        missing.insert(facts.broken(store, fault).await?);
    }
    Ok(Unreal { missing: missing.into_iter().collect() })
}

struct Facts<'a> {
    day: &'a Day,
    prepared: &'a Prepared,
    promotion: &'a Promotion,
}

impl<'a> Facts<'a> {
    fn location(&self) -> &'a str {
        &self.day.location.id
    }

    fn person(&self, id: &str) -> Option<&'a Resource> {
        self.prepared.sheet.resources.iter().find(|r| r.id == id)
    }

    fn supposed_person(&self, id: &str) -> Option<&'a Resource> {
        self.promotion.sheet.as_ref()?.resources.iter().find(|r| r.id == id)
    }

    fn booking(&self, id: &str) -> Option<&'a Booking> {
        self.prepared.sheet.bookings.iter().find(|b| b.id == id)
    }

    /// Who serves a booking by the plan; `None` where nobody does.
    fn planned(&self, booking: &str) -> Option<&'a Vec<String>> {
        self.promotion.plan.assignments.iter().find(|placed| placed.booking == booking).map(|placed| &placed.resources)
    }

    /// `14:00` on the location's wall.
    fn clock(&self, at: Minute) -> String {
        at.to_clock(self.day.location.timezone)
    }

    /// People whom the plan gives work to and who are not there.
    fn strangers(&self) -> impl Iterator<Item = Missing> {
        let named: BTreeSet<&str> = self.promotion.plan.assignments.iter().flat_map(|placed| placed.resources.iter().map(String::as_str)).collect();
        named.into_iter().filter(|id| self.person(id).is_none()).map(|id| {
            let (location, date) = (self.location(), self.day.sheet.date);
            let (name, can, hours, gender) = match self.supposed_person(id) {
                Some(person) => {
                    let can: Vec<&str> = person.qualifications.iter().map(String::as_str).collect();
                    let hours = person.shifts.iter().map(|s| s.start).min().zip(person.shifts.iter().map(|s| s.end).max());
                    let hours = hours.map_or_else(String::new, |(from, to)| format!("{}-{}", self.clock(from), self.clock(to)));
                    let gender = person.gender.as_ref().map(|gender| format!(" --gender {gender}")).unwrap_or_default();
                    (format!("'{}'", person.name), can.join(","), hours, gender)
                }
                None => ("NAME".to_owned(), "QUALIFICATION,…".to_owned(), "HH:MM-HH:MM".to_owned(), String::new()),
            };
            Missing {
                about: id.to_owned(),
                what: format!("{id} is not on file for {date}"),
                command: format!("zamu temps add --location {location} --id {id} --name {name} --can {can}{gender} --from {date} --hours {hours}"),
            }
        })
    }

    /// Bookings that the plan knows and the day has not, and the other way round.
    fn bookings_unlike(&self) -> impl Iterator<Item = Missing> {
        let plan = &self.promotion.plan;
        let planned: BTreeSet<&str> =
            plan.assignments.iter().map(|one| one.booking.as_str()).chain(plan.unplaced.iter().map(|one| one.booking.as_str())).collect();
        let supposed = planned.clone().into_iter().filter(|id| self.booking(id).is_none()).map(|id| {
            let there = self.promotion.sheet.as_ref().and_then(|sheet| sheet.bookings.iter().find(|b| b.id == id));
            let at = there.map_or_else(|| "TIME".to_owned(), |b| format!("{}T{}", self.day.sheet.date, self.clock(b.span.start)));
            Missing {
                about: id.to_owned(),
                what: format!("{id} is not booked: it was drawn or added by the what-if"),
                command: format!("zamu bookings add --location {} --service SERVICE --at {at}", self.location()),
            }
        });
        let left_out = self.prepared.sheet.bookings.iter().filter(move |b| !planned.contains(b.id.as_str())).map(|b| Missing {
            about: b.id.clone(),
            what: format!("{} is booked: the what-if had taken it away", b.id),
            command: format!("zamu bookings cancel {}", b.id),
        });
        supposed.chain(left_out)
    }

    /// Bookings that were promised to somebody and that the plan gives to others, or to nobody although they could be kept.
    fn promises(&self) -> impl Iterator<Item = Missing> {
        self.prepared.sheet.bookings.iter().filter_map(|booking| {
            let held = booking.assignment.as_ref().filter(|a| !a.resources.is_empty() && a.status != AssignmentStatus::Provisional)?;
            let names: Vec<&str> = booking.current().into_iter().map(|id| self.day.resource_name(id)).collect();
            let names = names.join(" and ");
            let (what, command) = match self.planned(&booking.id) {
                Some(planned) if booking.current() != planned.iter().map(String::as_str).collect::<Vec<_>>() => {
                    let promise = match held.status {
                        AssignmentStatus::Finalized => format!("its customer was told {names}"),
                        _ => format!("its customer chose {names}, or it has begun"),
                    };
                    let to = planned.join(",");
                    (promise, format!("zamu bookings assign {} --to {to} --reason 'agreed with the customer'", booking.id))
                }
                None if self.prepared.promised.contains(&booking.id) && self.plan_knows(&booking.id) => {
                    let who = booking.current().into_iter().next().unwrap_or_default();
                    let promise = format!(
                        "it was promised to {names}, who can serve it, and the plan leaves it to nobody; where they are away, write that first"
                    );
                    let (location, date) = (self.location(), self.day.sheet.date);
                    (promise, format!("zamu absence --location {location} --who {who} --date {date} --reason REASON --confirm"))
                }
                _ => return None,
            };
            Some(Missing { about: booking.id.clone(), what: format!("{}: {what}", booking.id), command })
        })
    }

    fn plan_knows(&self, booking: &str) -> bool {
        self.promotion.plan.unplaced.iter().any(|one| one.booking == booking)
    }

    /// A rule of the day that the plan breaks.
    async fn broken(&self, store: &dyn Store, fault: &PlanFault) -> Result<Missing> {
        let (location, date) = (self.location(), self.day.sheet.date);
        let by = self.planned(&fault.about).into_iter().flatten().filter_map(|id| self.person(id));
        let person = by.filter(|person| fault.message.starts_with(&format!("{} ", person.id))).max_by_key(|person| person.id.len());
        let id = person.map_or("ID", |person| person.id.as_str());
        let command = match fault.code {
            "qualification" => {
                let can = self.supposed_person(id).map(|supposed| serde_json::json!(supposed.qualifications).to_string());
                format!("PATCH /admin/v1/people/{id} with {{\"qualifications\": {}}}", can.as_deref().unwrap_or("[…]"))
            }
            "shift" => {
                let hours = self.supposed_person(id).and_then(|supposed| supposed.shifts.first().copied());
                let (from, to) = hours.map_or(("HH:MM".to_owned(), "HH:MM".to_owned()), |span| (self.clock(span.start), self.clock(span.end)));
                let rule = BTreeMap::from([
                    ("location_id", location.to_owned()),
                    ("person_id", id.to_owned()),
                    ("rule_kind", "EXCEPTION".to_owned()),
                    ("valid_from", date.to_string()),
                    ("valid_to", date.to_string()),
                    ("start_time", from),
                    ("end_time", to),
                ]);
                format!("POST /admin/v1/availabilities with {}", serde_json::json!(rule))
            }
            "block" => self.unblocked(store, id, &fault.about).await?,
            "gender" => format!("zamu bookings cancel {}, and book it anew without the wish once the customer agrees", fault.about),
            _ => "there is no command for it: change the scenario so that it does without".to_owned(),
        };
        Ok(Missing { about: fault.about.clone(), what: format!("{}: {}", fault.about, fault.message), command })
    }

    /// What takes the block away that is in the way of a booking.
    async fn unblocked(&self, store: &dyn Store, who: &str, booking: &str) -> Result<String> {
        let Some(booking) = self.booking(booking) else { return Ok("zamu attention".to_owned()) };
        let blocks = store.blocks(self.location(), booking.occupied()).await?;
        let Some(block) = blocks.into_iter().find(|block| block.resource_id == who) else {
            return Ok(format!("zamu attention --location {}: another booking of theirs is in the way", self.location()));
        };
        match store.absence(&block.id).await {
            Ok(absence) => Ok(format!("zamu absence --undo {}", absence.id)),
            Err(error) if error.kind() == StoreErrorKind::NotFound => {
                Ok(format!("DELETE /admin/v1/blocks/{}?location_id={}", block.id, self.location()))
            }
            Err(error) => Err(error),
        }
    }
}
