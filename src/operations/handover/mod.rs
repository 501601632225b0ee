//! A person gives a booking to somebody, takes it away from somebody, or from everybody: first what that takes, also where whoever is to get it is busy;
//! then exactly that, as one change of the day; and afterwards back again.
//!
//! Nobody who is served now loses everybody over it. As few others as possible are moved, and customers who were told a name only where there is no
//! other way. The rules, the history and the messages are those of every other change.

mod act;
mod rearrange;
mod target;
mod undo;
mod way_back;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::absence::Holding;
use super::night::RunOptions;
use crate::booking::cutoff_of;
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState};
use crate::store::{BookingRow, Day, DayView, Result, Store, StoreError, messages};

pub use act::{CarriedOut, Done, carry_out};
pub use undo::{may_undo, undo};
pub(super) use way_back::part;
pub use way_back::{WayBack, way_back};

/// A booking that is to be held by others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Which booking, by id.
    pub booking: String,
    /// Whose place is taken, by id: of several people who serve it the others stay. `None` replaces all of the kind of those who get it. Of no matter
    /// where nobody gets it: it is taken away from everybody.
    pub from: Option<String>,
    /// Who gets it, by id; nobody where it is taken away. Where it needs more than these, others who are free come with them.
    pub to: Vec<String>,
    /// Why a manager answers for it that they serve it although they lack a qualification or are not of the wished gender, or that it is taken away
    /// although its customer was told or chose who serves them.
    pub overriding: Option<String>,
    /// Why, for the history; may be empty.
    #[serde(default)]
    pub why: String,
}

impl Handover {
    /// A booking for this person.
    pub fn to(booking: &str, who: &str) -> Handover {
        Handover { booking: booking.to_owned(), to: vec![who.to_owned()], ..Handover::default() }
    }

    /// A booking for nobody: it waits.
    pub fn to_nobody(booking: &str) -> Handover {
        Handover { booking: booking.to_owned(), ..Handover::default() }
    }
}

/// What a handover takes, on a day as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// What was asked for.
    pub asked: Handover,
    /// Where.
    pub location_id: String,
    /// On which local day.
    pub date: NaiveDate,
    /// The day's version that this holds for.
    pub version: i64,
    /// What it takes.
    pub takes: Takes,
    /// What a manager answers for: it would be refused otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

/// What a handover takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "takes", rename_all = "kebab-case")]
pub enum Takes {
    /// Nothing: they hold it already.
    Nothing,
    /// Only this booking changes: they are free, or it is taken away.
    Free {
        /// The booking.
        moved: Moved,
    },
    /// Others are moved as well.
    Others(Rearranged),
    /// A rule is in the way.
    Refused(Refused),
    /// Somebody who is served now would be left with nobody.
    Impossible {
        /// Who, and why.
        left: Vec<Left>,
    },
}

/// A booking that is held by others afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Which.
    pub booking_id: String,
    /// As it is held before.
    pub before: Holding,
    /// As it is held afterwards.
    pub after: Holding,
    /// Its customer was told a name and is told the new one.
    pub is_told: bool,
}

/// A day with a booking where it is wanted, and as little else changed as possible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rearranged {
    /// Everything that moves: the booking itself first, the others by start.
    pub moves: Vec<Moved>,
    /// What it is worth, tier by tier.
    pub tiers: Vec<Worth>,
    /// Customers who were told a name and are moved although their bookings are not the one that was asked for: without them there is no way.
    pub told_again: Vec<String>,
    /// Proven: with less change there is no way.
    pub is_proven: bool,
}

/// A tier's value before and after; lower is better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// Name of the tier.
    pub tier: String,
    /// As the day stands.
    pub before: f64,
    /// As it would stand.
    pub after: f64,
}

/// What is in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Per person or table: the words of the rules, as [`crate::alloc::eligibility::Rule::as_str`] has them. None where they are too many, too few
    /// or not of the kind, or where somebody was promised to a customer.
    pub rules: Vec<InTheWay>,
    /// A manager may do it all the same, and answer for it.
    pub may_be_overridden: bool,
    /// The same in words.
    pub said: String,
}

/// A rule that is broken all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// What was in the way.
    pub refused: Refused,
    /// Why all the same, as whoever answers for it said.
    pub why: String,
}

impl Overridden {
    /// What is overridden by a handover on a day as it stands; nothing where no rule is in its way.
    fn of(day: &Day, asked: &Handover) -> Result<Option<Overridden>> {
        let Some(why) = asked.overriding.as_deref().map(str::trim) else { return Ok(None) };
        let (booking, plain) = (target::standing(day, asked)?, Handover { overriding: None, ..asked.clone() });
        let refused = if asked.to.is_empty() { promised(day, booking) } else { target::of(day, booking, &plain)?.err() };
        Ok(refused.filter(|refused| refused.may_be_overridden).map(|refused| Overridden { refused, why: why.to_owned() }))
    }

    /// The same for the history: `Brian: lacks the qualification`.
    fn said(&self, day: &Day) -> String {
        let meant = |rule: &String| match rule.as_str() {
            "qualification" => "lacks the qualification".to_owned(),
            "gender" => "not of the gender that was wished".to_owned(),
            other => other.to_owned(),
        };
        let one = |one: &InTheWay| format!("{}: {}", day.resource_name(&one.resource_id), one.rules.iter().map(meant).collect::<Vec<_>>().join(", "));
        let all: Vec<String> = self.refused.rules.iter().map(one).collect();
        if all.is_empty() { self.refused.said.clone() } else { all.join("; ") }
    }
}

/// The rules that keep one person or table from a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InTheWay {
    /// Who, by id.
    pub resource_id: String,
    /// Their words.
    pub rules: Vec<String>,
}

/// A booking that would be left with nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Which.
    pub booking_id: String,
    /// How it reads: `10:00 Swedish massage, Amina`.
    pub line: String,
    /// Why, in words; certified, or that the search was stopped before it was known.
    pub why: String,
}

impl Offer {
    /// What moves if it is carried out: the booking first; nothing where it cannot be, or nothing has to.
    pub fn moves(&self) -> &[Moved] {
        match &self.takes {
            Takes::Free { moved } => std::slice::from_ref(moved),
            Takes::Others(found) => &found.moves,
            _ => &[],
        }
    }
}

/// What it takes that a booking is held by others: nothing is written. With `seen` only on the day's version that somebody has before their eyes.
/// The search takes at most the time limit of the options, twice.
///
/// # Errors
/// Unknown booking or people; a booking that is over; one that `from` does not hold; the day has another version than `seen`.
pub async fn offer(store: &dyn Store, clock: &dyn Clock, asked: &Handover, seen: Option<i64>, options: &RunOptions) -> Result<Offer> {
    let booking = store.booking(&asked.booking).await?;
    let day = store.day(&booking.location_id, booking.local_date, DayView::Live).await?;
    if seen.is_some_and(|seen| seen != day.version) {
        return Err(StoreError::conflict(format!("{} at {} was changed meanwhile; look again", booking.local_date, day.location.name)));
    }
    let takes = Box::pin(takes(clock, &day, asked, options)).await?;
    let overridden = Overridden::of(&day, asked)?;
    Ok(Offer { asked: asked.clone(), location_id: booking.location_id, date: booking.local_date, version: day.version, takes, overridden })
}

/// Who would hold a booking of that day if it were given so; `None` where these cannot serve it.
pub fn held_by(day: &Day, asked: &Handover) -> Option<Vec<String>> {
    let booking = target::standing(day, asked).ok()?;
    Some(target::of(day, booking, asked).ok()?.ok()?.resources)
}

async fn takes(clock: &dyn Clock, day: &Day, asked: &Handover, options: &RunOptions) -> Result<Takes> {
    let booking = target::standing(day, asked)?;
    if asked.to.is_empty() {
        return Ok(taken_away(day, booking, asked));
    }
    let target = match target::of(day, booking, asked)? {
        Ok(target) => target,
        Err(refused) => return Ok(Takes::Refused(refused)),
    };
    if target.resources == booking.resources && booking.state != BookingState::ManualReview {
        return Ok(Takes::Nothing);
    }
    if target.in_the_way.is_empty() && target.twins_agree(day, booking) {
        return Ok(Takes::Free { moved: moved(clock, day, booking, &target.resources) });
    }
    rearrange::rearrange(clock, day, booking, &target, options).await
}

/// A booking is to be held by nobody.
fn taken_away(day: &Day, booking: &BookingRow, asked: &Handover) -> Takes {
    if booking.resources.is_empty() {
        return Takes::Nothing;
    }
    if let Some(refused) = promised(day, booking).filter(|_| asked.overriding.is_none()) {
        return Takes::Refused(refused);
    }
    let state = if booking.state.may_become(BookingState::ManualReview) { BookingState::ManualReview } else { booking.state };
    let after = Holding { resources: Vec::new(), status: booking.status, state };
    Takes::Free { moved: Moved { booking_id: booking.id.clone(), before: holding(booking), after, is_told: false } }
}

/// Why a booking is not taken away from whom its customer counts on.
fn promised(day: &Day, booking: &BookingRow) -> Option<Refused> {
    let promised = match booking.status {
        AssignmentStatus::Provisional => return None,
        AssignmentStatus::Bound => "was asked for by the customer",
        AssignmentStatus::Finalized => "was named to the customer",
    };
    let names: Vec<&str> = booking.resources.iter().map(|id| day.resource_name(id)).collect();
    let said = format!("{}: {} {promised}", messages::line(day, booking), names.join(" and "));
    Some(Refused { rules: Vec::new(), may_be_overridden: true, said })
}

/// A booking as it is held.
fn holding(booking: &BookingRow) -> Holding {
    Holding { resources: booking.resources.clone(), status: booking.status, state: booking.state }
}

/// A booking held by these from now on.
fn moved(clock: &dyn Clock, day: &Day, booking: &BookingRow, resources: &[String]) -> Moved {
    let state = if booking.state == BookingState::ManualReview { BookingState::Confirmed } else { booking.state };
    let after = Holding { resources: resources.to_vec(), status: booking.status, state };
    Moved { booking_id: booking.id.clone(), before: holding(booking), after, is_told: booking.resources != resources && is_told(clock, day, booking) }
}

/// Was the customer told who serves them? Whom they chose is confirmed to them at the cutoff.
fn is_told(clock: &dyn Clock, day: &Day, booking: &BookingRow) -> bool {
    match booking.status {
        AssignmentStatus::Provisional => false,
        AssignmentStatus::Bound => clock.now_minute() >= cutoff_of(day),
        AssignmentStatus::Finalized => true,
    }
}
