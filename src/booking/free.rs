//! When something can be had: free times of a day, and who is there.

use chrono::NaiveDate;

use super::pick;
use crate::clock::Clock;
use crate::domain::{AssignmentStatus, Minute, ResourceKind, Span};
use crate::sheet::{Assignment, Booking, Demand};
use crate::store::{BookingRow, Day, DayView, Result, ServiceRow, Store};

/// Minutes between two times that are offered.
const STEP_MINUTES: i64 = 15;

/// What a time is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// Length without buffers.
    pub minutes: i64,
    /// Minutes needed before.
    pub buffer_before_minutes: u32,
    /// Minutes needed after.
    pub buffer_after_minutes: u32,
    /// What it needs.
    pub demands: Vec<Demand>,
    /// Wish for staff of this gender.
    pub gender: Option<String>,
    /// How many people come.
    pub party_size: u32,
    /// Only with exactly these people, by id; empty for whoever is free.
    pub chosen: Vec<String>,
    /// Id of the booking whose resources it shares.
    pub same_resource_as: Option<String>,
}

impl Wish {
    /// A service without further wishes.
    pub fn of(service: &ServiceRow) -> Wish {
        Wish {
            minutes: i64::from(service.duration_minutes),
            buffer_before_minutes: service.buffer_before_minutes,
            buffer_after_minutes: service.buffer_after_minutes,
            demands: service.demands(),
            gender: None,
            party_size: 1,
            chosen: Vec::new(),
            same_resource_as: None,
        }
    }

    /// What a booking asks for, with exactly these people.
    pub fn of_booking(booking: &BookingRow, chosen: Vec<String>) -> Wish {
        Wish {
            minutes: booking.span.minutes(),
            buffer_before_minutes: booking.buffer_before_minutes,
            buffer_after_minutes: booking.buffer_after_minutes,
            demands: booking.demands.clone(),
            gender: booking.gender.clone(),
            party_size: booking.party_size,
            chosen,
            same_resource_as: booking.same_resource_as.clone(),
        }
    }

    fn at(&self, start: Minute) -> Booking {
        let assignment = Assignment { status: AssignmentStatus::Bound, resources: self.chosen.clone() };
        Booking {
            // No booking of ours is called so: ids are UUIDs or an import's names.
            id: format!("\u{0}free at {}", start.0),
            span: Span::new(start, start.plus(self.minutes)),
            buffer_before_minutes: self.buffer_before_minutes,
            buffer_after_minutes: self.buffer_after_minutes,
            demands: self.demands.clone(),
            gender: self.gender.clone(),
            zone: None,
            party_size: self.party_size,
            priority: 1,
            same_resource_as: self.same_resource_as.clone(),
            affinity: Default::default(),
            assignment: Some(assignment),
        }
    }
}

/// The times of a day, every quarter of an hour by the clock on the wall, from `now` on, at which the wish can be had: somebody is free for it,
/// or will be once provisional bookings have moved. Exactly those that [`super::book`] would take now.
pub fn on_day(day: &Day, wish: &Wish, now: Minute) -> Vec<Minute> {
    let shifts = day.sheet.resources.iter().flat_map(|r| &r.shifts);
    let (Some(open), Some(close)) = (shifts.clone().map(|s| s.start).min(), shifts.map(|s| s.end).max()) else { return Vec::new() };
    let first = open.max(now).0;
    let first = first + (STEP_MINUTES - first.rem_euclid(STEP_MINUTES)) % STEP_MINUTES;
    let starts: Vec<Minute> = (first..close.0).step_by(STEP_MINUTES as usize).map(Minute).collect();
    let can = among(day, wish, &starts, now);
    starts.into_iter().zip(can).filter_map(|(start, can)| can.then_some(start)).collect()
}

/// Whether the wish can be had at each of these starts, each as if the others were not asked for.
pub fn among(day: &Day, wish: &Wish, starts: &[Minute], now: Minute) -> Vec<bool> {
    let candidates: Vec<Booking> = starts.iter().map(|&start| wish.at(start)).collect();
    pick::pick_each(day, &candidates, now).iter().map(Option::is_some).collect()
}

/// The free times of a service on a local day, in order.
///
/// # Errors
/// Unknown location or service.
pub async fn times(
    store: &dyn Store,
    clock: &dyn Clock,
    location: &str,
    service: &str,
    date: NaiveDate,
    gender: Option<&str>,
) -> Result<Vec<Minute>> {
    let service = super::service(store, location, service).await?;
    let day = store.day(location, date, DayView::Live).await?;
    let wish = Wish { gender: gender.map(str::to_owned), ..Wish::of(&service) };
    Ok(on_day(&day, &wish, clock.now_minute()))
}

/// The times of a day to which a booking can be moved: it gives up its present time, and who was chosen stays.
///
/// # Errors
/// Unknown location.
pub async fn to_move(store: &dyn Store, clock: &dyn Clock, booking: &BookingRow, date: NaiveDate) -> Result<Vec<Minute>> {
    let mut day = store.day(&booking.location_id, date, DayView::Live).await?;
    day.sheet.bookings.retain(|other| other.id != booking.id);
    let times = on_day(&day, &Wish::of_booking(booking, super::chosen(booking)), clock.now_minute());
    Ok(times.into_iter().filter(|start| *start != booking.span.start).collect())
}

/// Whether somebody of a gender is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenderAnswer {
    /// Somebody of it is on duty that day.
    OnDuty,
    /// Somebody of it works here, but not that day.
    OnFile,
    /// Nobody of it works here: a wish for it would be waived.
    Nobody,
}

/// "Do you have a female therapist on Friday?"
///
/// # Errors
/// Unknown location.
pub async fn has_gender(store: &dyn Store, location: &str, date: NaiveDate, gender: &str) -> Result<GenderAnswer> {
    let day = store.day(location, date, DayView::Live).await?;
    let mut of_gender = day.sheet.resources.iter().filter(|r| r.kind == ResourceKind::Staff && r.gender.as_deref() == Some(gender)).peekable();
    Ok(if of_gender.peek().is_none() {
        GenderAnswer::Nobody
    } else if of_gender.any(|r| crate::alloc::eligibility::capacity_minutes(r) > 0) {
        GenderAnswer::OnDuty
    } else {
        GenderAnswer::OnFile
    })
}
