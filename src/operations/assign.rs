//! Changes by hand: the manager gives a booking to somebody else. The same rules, the same history, the same messages.

use super::apply;
use crate::alloc::eligibility::{House, Rule};
use crate::alloc::instance::Instance;
use crate::booking::cutoff_of;
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState};
use crate::sheet::{Booking, Demand, Resource};
use crate::store::{
    AssignmentChange, BookingRow, Cas, Day, DayChange, DayView, Eased, Result, Stamp, Store, StoreError, StoreErrorKind, UNPLACED, messages,
};

/// Gives a booking to exactly these people or tables. A customer who was told a name is told the new one in the same transaction; what a
/// customer chose stays chosen, with the new person.
///
/// # Errors
/// Unknown booking or people; people who may not serve it or are busy, with the rule that is in the way; the day was changed meanwhile.
pub async fn reassign(store: &dyn Store, clock: &dyn Clock, booking: &str, resources: &[&str], actor: &str, reason: &str) -> Result<BookingRow> {
    reassign_with(store, clock, booking, resources, None, actor, reason).await
}

/// A manager answers for it that people serve a booking who lack a qualification or are not of the wished gender. Whether they are there and free
/// nobody can answer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Override<'a> {
    /// Why, for the history.
    pub why: &'a str,
}

/// The same, and with `overriding` also to people who lack a qualification or are not of the wished gender: the booking asks for neither any more.
///
/// # Errors
/// As [`reassign`]; people who are not on duty then, or busy, whatever a manager says.
pub async fn reassign_with(
    store: &dyn Store,
    clock: &dyn Clock,
    booking: &str,
    resources: &[&str],
    overriding: Option<Override<'_>>,
    actor: &str,
    reason: &str,
) -> Result<BookingRow> {
    let booking = store.booking(booking).await?;
    let day = store.day(&booking.location_id, booking.local_date, DayView::Live).await?;
    let mut resources: Vec<String> = resources.iter().map(|&r| r.to_owned()).collect();
    resources.sort();
    let (mut eased, mut reason) = (Vec::new(), reason.to_owned());
    if let Some(why) = refusal(&day, &booking, &resources, None) {
        let Some(overriding) = overriding else { return Err(why) };
        let all = Eased { booking_id: booking.id.clone(), gender: true, qualifications: true };
        if let Some(why) = refusal(&day, &booking, &resources, Some(&all)) {
            return Err(why);
        }
        reason = format!("{reason}; overridden ({why}): {}", overriding.why);
        eased.push(all);
    }
    let (mut sent, mut attention) = (Vec::new(), Vec::new());
    // Whom a customer chose is confirmed to them at the cutoff.
    let is_told = match booking.status {
        AssignmentStatus::Provisional => false,
        AssignmentStatus::Bound => clock.now_minute() >= cutoff_of(&day),
        AssignmentStatus::Finalized => true,
    };
    if is_told && booking.resources != resources {
        apply::tell(&day, messages::CHANGED, &booking, &resources, &mut sent, &mut attention);
    }
    let state = (booking.state == BookingState::ManualReview).then_some(BookingState::Confirmed);
    let assignment = AssignmentChange { booking_id: booking.id.clone(), resources, status: booking.status, state, reason: reason.clone() };
    let settled = vec![(booking.id.clone(), UNPLACED.to_owned())];
    let stamp = Stamp::new(actor, clock.now(), &reason);
    let change = DayChange { assignments: vec![assignment], eased, attention, settled, messages: sent, ..DayChange::of(&day, stamp) };
    match store.change_day(&change).await? {
        Cas::Applied(_) => store.booking(&booking.id).await,
        Cas::LostRace => Err(StoreError::conflict(format!("{} at {} was changed meanwhile; look again", booking.local_date, day.location.name))),
    }
}

/// Why these may not serve the booking on that day, if they may not.
fn refusal(day: &Day, booking: &BookingRow, resources: &[String], eased: Option<&Eased>) -> Option<StoreError> {
    let mut sheet = day.sheet.clone();
    let Some(asked) = sheet.bookings.iter_mut().find(|b| b.id == booking.id) else {
        let message = format!("booking {} is {} and cannot be given to anybody", booking.id, booking.state.as_str());
        return Some(StoreError::new(StoreErrorKind::IllegalTransition, message));
    };
    // The manager may also overrule a chosen or a told name.
    asked.assignment = None;
    if let Some(eased) = eased {
        ease(asked, eased);
    }
    let instance = Instance::new(&sheet, false);
    let at = instance.house.booking(&booking.id)?;
    let mut by = Vec::new();
    for id in resources {
        let Some(r) = instance.house.resource(id) else { return Some(StoreError::not_found("person or table here that day", id)) };
        let other =
            sheet.bookings.iter().find(|b| b.id != booking.id && b.current().contains(&id.as_str()) && b.occupied().overlaps(booking.occupied()));
        if let Some(other) = other {
            let message = format!("{} is with booking {} at that time", day.resource_name(id), other.id);
            return Some(StoreError::new(StoreErrorKind::DoubleBooking, message));
        }
        by.push(r);
    }
    by.sort_unstable();
    if instance.bookings[at].can_be_served_by(&by) {
        return None;
    }
    let said: Vec<String> = by
        .iter()
        .filter_map(|&r| {
            let rules = booking.demands.iter().map(|demand| instance.house.ruled_out(&sheet.bookings[at], demand, &sheet.resources[r]));
            let rule = rules.collect::<Option<Vec<Rule>>>()?.into_iter().max()?;
            Some(format!("{}: {}", sheet.resources[r].name, rule.as_str()))
        })
        .collect();
    let why = if said.is_empty() { "these are not as many, or not of the kind, as it asks for".to_owned() } else { said.join("; ") };
    Some(StoreError::invalid(format!("booking {} cannot be served by {}: {why}", booking.id, resources.join(" and "))))
}

/// Asks for no gender, or no qualifications, any more.
pub(super) fn ease(asked: &mut Booking, eased: &Eased) {
    if eased.gender {
        asked.gender = None;
    }
    if eased.qualifications {
        asked.demands.iter_mut().for_each(|demand| demand.qualifications.clear());
    }
}

/// Somebody who might serve a booking, and what keeps them from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who, by id.
    pub resource_id: String,
    /// Their name.
    pub name: String,
    /// Rules that are in the way, strongest last; none where they may serve it.
    pub rules: Vec<Rule>,
    /// Bookings they are with at that time.
    pub busy_with: Vec<String>,
    /// Minutes they serve on that day as it stands, without buffers.
    pub load_minutes: i64,
}

impl Candidate {
    /// May they, and are they free?
    pub fn is_free(&self) -> bool {
        self.rules.is_empty() && self.busy_with.is_empty()
    }

    /// The bookings they are with at that time, each as it reads: `10:00 Swedish massage, Amina`.
    pub fn busy_lines(&self, day: &Day) -> Vec<String> {
        self.busy_with.iter().filter_map(|id| day.booking(id)).map(|booking| messages::line(day, booking)).collect()
    }

    /// Could a manager give it to them all the same? They are there and free, and what is in the way is a qualification or a wish.
    pub fn can_be_overridden(&self) -> bool {
        self.busy_with.is_empty() && self.rules.iter().all(|rule| matches!(rule, Rule::Qualification | Rule::Gender))
    }
}

/// Everybody of a kind that a booking asks for, in the order in which a manager would think of them: who may and is free (the least busy first), who
/// may and is busy, who could be given it all the same, and the others.
pub fn candidates(day: &Day, booking: &BookingRow) -> Vec<Candidate> {
    let mut asked = booking.on_sheet(AssignmentStatus::Provisional, Vec::new());
    asked.assignment = None;
    let house = House::new(&day.sheet, false);
    let others = || day.sheet.bookings.iter().filter(|other| other.id != booking.id);
    let mut all: Vec<Candidate> = Vec::new();
    for resource in &day.sheet.resources {
        let demands: Vec<_> = booking.demands.iter().filter(|demand| demand.kind == resource.kind).collect();
        if demands.is_empty() {
            continue;
        }
        let held = |other: &&Booking| other.current().contains(&resource.id.as_str());
        let whys: Option<Vec<Vec<Rule>>> =
            demands.iter().map(|demand| Some(in_the_way(&house, &asked, demand, resource)).filter(|all| !all.is_empty())).collect();
        all.push(Candidate {
            resource_id: resource.id.clone(),
            name: resource.name.clone(),
            rules: whys.map(|whys| whys.into_iter().min_by_key(Vec::len).unwrap_or_default()).unwrap_or_default(),
            busy_with: others().filter(held).filter(|other| other.occupied().overlaps(asked.occupied())).map(|other| other.id.clone()).collect(),
            load_minutes: others().filter(held).map(|other| other.span.minutes()).sum(),
        });
    }
    all.sort_by_key(|one| {
        let rank = match one {
            one if one.is_free() => 0,
            one if one.rules.is_empty() => 1,
            one if one.can_be_overridden() => 2,
            _ => 3,
        };
        (rank, one.rules.len(), one.load_minutes, one.name.clone())
    });
    all
}

/// Every rule that keeps somebody from meeting a demand: each found, then eased, and asked again.
fn in_the_way(house: &House<'_>, asked: &Booking, demand: &Demand, resource: &Resource) -> Vec<Rule> {
    let (mut asked, mut demand, mut found) = (asked.clone(), demand.clone(), Vec::new());
    while let Some(rule) = house.ruled_out(&asked, &demand, resource) {
        found.push(rule);
        match rule {
            Rule::Qualification => demand.qualifications.clear(),
            Rule::Gender => asked.gender = None,
            _ => break,
        }
    }
    found
}
