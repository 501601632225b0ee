//! Taking a booking: the customer picks a time, somebody who could serve it holds it, and no name is said yet.
//!
//! Who may serve is asked of the one function that knows ([`crate::alloc::eligibility`]); who of them does is the least busy. Where nobody is
//! free, provisional bookings are moved if that makes room for everybody ([`crate::alloc::admission`]); their customers were told no name and hear
//! nothing. All of it happens in the transaction that writes the booking, so that forty people who want the last slot leave one winner.

pub mod exposure;
pub mod free;
pub mod hours;
pub mod offer;
pub mod person;
pub mod pick;
pub mod slots;

use crate::clock::Clock;
use crate::domain::{AssignmentStatus, BookingState, Minute, local};
use crate::store::{
    AssignmentChange, BookingRow, CustomerRow, Day, DayView, Decision, LocationRow, NewBooking, NewMessage, Result, ServiceRow, Stamp, Store,
    StoreError, TenantRow, messages,
};

/// Whom the customer wants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Person {
    /// Whoever is free: the default.
    #[default]
    Any,
    /// These people, by name or id: one, or as many as the service takes. The tenant has to allow it.
    Named(Vec<String>),
}

impl Person {
    /// This person.
    pub fn named(who: &str) -> Person {
        Person::Named(vec![who.to_owned()])
    }
}

/// A booking that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What, where and when.
    pub new: NewBooking,
    /// Whom.
    pub person: Person,
    /// Who asks: `web`, `frontdesk`.
    pub actor: String,
}

impl Request {
    /// A booking with whoever is free.
    pub fn new(new: NewBooking, actor: &str) -> Request {
        Request { new, person: Person::Any, actor: actor.to_owned() }
    }
}

/// What became of a request. Only [`Outcome::Taken`] changed anything.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It stands. While it is provisional, who holds it is not for the customer's eyes.
    Taken(Box<BookingRow>),
    /// Nobody who could serve it is free then, however provisional bookings are moved.
    NoRoom(NoRoom),
    /// Nobody of that name works there.
    UnknownPerson {
        /// The name that was asked for.
        asked: String,
        /// Names that are like it, nearest first.
        near: Vec<String>,
    },
    /// This tenant does not let customers choose a person: ask for whoever is free.
    ChoiceNotOffered,
}

/// Nobody is free, and when somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRoom {
    /// The time that was asked for.
    pub asked: Minute,
    /// Free times on the same day, nearest first.
    pub nearby: Vec<Minute>,
}

/// Free times that a refusal names.
const NEARBY_MAX: usize = 5;

/// Whose rules apply to a booking.
struct Setting {
    location: LocationRow,
    tenant: TenantRow,
    customer: Option<CustomerRow>,
}

async fn setting(store: &dyn Store, location: &str, customer: Option<&str>, new: Option<&CustomerRow>) -> Result<Setting> {
    let location = store.location(location).await?;
    let tenant = store.tenant(&location.tenant_id).await?;
    let customer = match (new, customer) {
        (Some(new), _) => Some(new.clone()),
        (None, Some(id)) => store.customer(&tenant.id, id).await?,
        (None, None) => None,
    };
    Ok(Setting { location, tenant, customer })
}

/// Takes a booking, or says why not and what would do.
///
/// # Errors
/// Unknown location, service or customer; a start that is already past.
pub async fn book(store: &dyn Store, clock: &dyn Clock, request: &Request) -> Result<Outcome> {
    let new = &request.new;
    let setting = setting(store, &new.location_id, new.customer_id.as_deref(), new.customer.as_ref()).await?;
    not_past(clock, &setting, new.start)?;
    let chosen = match &request.person {
        Person::Any => Vec::new(),
        Person::Named(_) if !setting.tenant.staff_preference_enabled => return Ok(Outcome::ChoiceNotOffered),
        Person::Named(names) => {
            let people = store.resources(&new.location_id).await?;
            let mut ids = Vec::with_capacity(names.len());
            for asked in names {
                match person::find(&people, asked) {
                    Ok(id) => ids.push(id),
                    Err(near) => return Ok(Outcome::UnknownPerson { asked: asked.clone(), near }),
                }
            }
            ids
        }
    };
    let stamp = Stamp::new(&request.actor, clock.now(), "booked");
    let decide = |day: &Day, asked: &BookingRow| decision(day, asked, &chosen, &setting, clock, Told::Confirmed);
    match store.take_booking(new, &decide, &stamp).await? {
        Some(booking) => Ok(Outcome::Taken(Box::new(booking))),
        None => {
            let service = service(store, &new.location_id, &new.service_id).await?;
            let wish = free::Wish {
                gender: new.gender.clone(),
                party_size: new.party_size,
                chosen,
                same_resource_as: new.same_resource_as.clone(),
                ..free::Wish::of(&service)
            };
            Ok(Outcome::NoRoom(no_room(store, clock, &setting, new.start, &wish, None).await?))
        }
    }
}

async fn service(store: &dyn Store, location: &str, id: &str) -> Result<ServiceRow> {
    store.services(location).await?.into_iter().find(|s| s.id == id).ok_or_else(|| StoreError::not_found("service", id))
}

fn not_past(clock: &dyn Clock, setting: &Setting, start: Minute) -> Result<()> {
    let now = clock.now_minute();
    if start < now {
        let zone = setting.location.timezone;
        return Err(StoreError::invalid(format!("{} is past: it is {} now; choose a later time", start.to_rfc3339(zone), now.to_rfc3339(zone))));
    }
    Ok(())
}

/// When else there is room on the day that was asked for; `moving` is the booking that is to be moved and would give up its present time.
async fn no_room(store: &dyn Store, clock: &dyn Clock, setting: &Setting, asked: Minute, wish: &free::Wish, moving: Option<&str>) -> Result<NoRoom> {
    let date = local::date_of(setting.location.timezone, asked);
    let mut day = store.day(&setting.location.id, date, DayView::Live).await?;
    day.sheet.bookings.retain(|booking| Some(booking.id.as_str()) != moving);
    let mut nearby = free::on_day(&day, wish, clock.now_minute());
    nearby.sort_by_key(|start| ((start.0 - asked.0).abs(), start.0));
    nearby.truncate(NEARBY_MAX);
    Ok(NoRoom { asked, nearby })
}

/// What the customer hears besides a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// That the booking stands.
    Confirmed,
    /// That the house has moved it.
    Moved,
    /// Nothing of the new time: it was they who moved it.
    MovedByThem,
}

/// Who holds a booking, how firmly, and what the customer is told.
fn decision(day: &Day, asked: &BookingRow, chosen: &[String], setting: &Setting, clock: &dyn Clock, say: Told) -> Decision {
    let wanted = if chosen.is_empty() { AssignmentStatus::Provisional } else { AssignmentStatus::Bound };
    let candidate = asked.on_sheet(wanted, chosen.to_vec());
    let now = clock.now_minute();
    let Some(picked) = pick::pick(day, &candidate, now) else { return Decision::Refuse };
    let late = now >= cutoff_of(day);
    // A hold is not told anything yet, and stays provisional until it is confirmed.
    let is_hold = asked.hold_expires_at.is_some() && asked.state == BookingState::Created;
    let status = if wanted == AssignmentStatus::Provisional && late && !is_hold { AssignmentStatus::Finalized } else { wanted };
    let row = BookingRow { gender_waived: picked.gender_waived, ..asked.clone() };
    let sent = if is_hold { Vec::new() } else { told(day, &row, &picked.resources, setting, say, late) };
    let moves = picked.moves.into_iter().map(|(booking_id, resources)| {
        let reason = format!("made room for booking {}", asked.id);
        AssignmentChange { booking_id, resources, status: AssignmentStatus::Provisional, state: None, reason }
    });
    Decision::Hold { resources: picked.resources, status, gender_waived: picked.gender_waived, moves: moves.collect(), messages: sent }
}

/// When the day's names are told.
pub fn cutoff_of(day: &Day) -> Minute {
    local::cutoff(day.location.timezone, day.sheet.date, day.tenant.cutoff_days_before, day.tenant.cutoff_minute)
}

/// Moves a booking for the house, keeping a chosen person where they are free then. The customer is told the new time, with the name after the
/// cutoff; before it the name is told with everybody's.
///
/// # Errors
/// Unknown booking, one that is over, a start that is already past, or `expected` is not its `state_version` any more.
pub async fn reschedule(store: &dyn Store, clock: &dyn Clock, id: &str, start: Minute, expected: Option<i64>, actor: &str) -> Result<Outcome> {
    move_to(store, clock, id, start, expected, actor, Told::Moved).await
}

/// The same for the customer themselves, who need not be told of it: only, after the cutoff, who serves them then.
///
/// # Errors
/// As [`reschedule`].
pub async fn reschedule_own(store: &dyn Store, clock: &dyn Clock, id: &str, start: Minute, expected: Option<i64>, actor: &str) -> Result<Outcome> {
    move_to(store, clock, id, start, expected, actor, Told::MovedByThem).await
}

/// Whom its customer chose; nobody where they did not.
fn chosen(booking: &BookingRow) -> Vec<String> {
    if booking.status == AssignmentStatus::Bound { booking.resources.clone() } else { Vec::new() }
}

async fn move_to(store: &dyn Store, clock: &dyn Clock, id: &str, start: Minute, expected: Option<i64>, actor: &str, say: Told) -> Result<Outcome> {
    let before = store.booking(id).await?;
    let setting = setting(store, &before.location_id, before.customer_id.as_deref(), None).await?;
    not_past(clock, &setting, start)?;
    let chosen = chosen(&before);
    let stamp = Stamp::new(actor, clock.now(), "rescheduled");
    let decide = |day: &Day, asked: &BookingRow| {
        let decided = decision(day, asked, &chosen, &setting, clock, say);
        // A hold that is moved is still only a hold: nobody hears anything, and no name is told.
        match (before.state, decided) {
            (BookingState::Held, Decision::Hold { resources, status, gender_waived, moves, .. }) => {
                let status = if status == AssignmentStatus::Finalized { AssignmentStatus::Provisional } else { status };
                Decision::Hold { resources, status, gender_waived, moves, messages: Vec::new() }
            }
            (_, decided) => decided,
        }
    };
    match store.move_booking(id, start, expected.or(Some(before.state_version)), &decide, &stamp).await? {
        Some(booking) => Ok(Outcome::Taken(Box::new(booking))),
        None => {
            let wish = free::Wish::of_booking(&before, chosen);
            Ok(Outcome::NoRoom(no_room(store, clock, &setting, start, &wish, Some(id)).await?))
        }
    }
}

/// What became of a confirmation. Only [`Confirmed::Stands`] leaves the booking standing.
#[derive(Debug, Clone, PartialEq)]
pub enum Confirmed {
    /// It stands.
    Stands(Box<BookingRow>),
    /// Its hold had run out; the time was given back.
    TooLate(Box<BookingRow>),
    /// Whoever held it was taken away, and nobody else who could serve it is free.
    NoRoom,
}

/// Confirms a held booking; the customer is told that it stands, and after the cutoff who serves them.
///
/// # Errors
/// Unknown booking, one that is over, or `expected` is not its `state_version` any more.
pub async fn confirm(
    store: &dyn Store,
    clock: &dyn Clock,
    id: &str,
    expected: Option<i64>,
    payment_ref: Option<&str>,
    actor: &str,
) -> Result<Confirmed> {
    let held = store.booking(id).await?;
    let setting = setting(store, &held.location_id, held.customer_id.as_deref(), None).await?;
    let stamp = Stamp::new(actor, clock.now(), "confirmed");
    let decide = |day: &Day, asked: &BookingRow| {
        if asked.resources.is_empty() && !asked.demands.is_empty() {
            return decision(day, asked, &[], &setting, clock, Told::Confirmed);
        }
        standing(day, asked, &setting, clock)
    };
    match store.confirm_booking(id, expected, payment_ref, &decide, &stamp).await? {
        Some(booking) if booking.state == BookingState::Expired => Ok(Confirmed::TooLate(Box::new(booking))),
        Some(booking) => Ok(Confirmed::Stands(Box::new(booking))),
        None => Ok(Confirmed::NoRoom),
    }
}

/// Who holds it goes on holding it; how firmly, and what is told, depends on the cutoff.
fn standing(day: &Day, asked: &BookingRow, setting: &Setting, clock: &dyn Clock) -> Decision {
    let late = clock.now_minute() >= cutoff_of(day);
    let status = if asked.status == AssignmentStatus::Provisional && late { AssignmentStatus::Finalized } else { asked.status };
    let (resources, gender_waived) = (asked.resources.clone(), asked.gender_waived);
    Decision::Hold { messages: told(day, asked, &resources, setting, Told::Confirmed, late), resources, status, gender_waived, moves: Vec::new() }
}

/// What the customer hears: that it stands or has moved, and after the cutoff who serves them.
fn told(day: &Day, row: &BookingRow, resources: &[String], setting: &Setting, told: Told, late: bool) -> Vec<NewMessage> {
    let Some(customer) = &setting.customer else { return Vec::new() };
    let time = match told {
        Told::Confirmed => messages::booked(day, row, customer),
        // The name is told with the time.
        Told::Moved | Told::MovedByThem if late => None,
        Told::Moved => messages::moved(day, row, customer),
        Told::MovedByThem => messages::moved(day, row, customer).map(|message| NewMessage { known: true, ..message }),
    };
    let named = late.then(|| messages::named(day, messages::FINALIZED, row, customer, resources)).flatten();
    time.into_iter().chain(named).collect()
}

/// Calls a booking off for the house; its time is free at once, and the customer to whom it stood is told.
///
/// # Errors
/// Unknown booking, one that is over, or `expected` is not its `state_version` any more.
pub async fn cancel(store: &dyn Store, clock: &dyn Clock, id: &str, expected: Option<i64>, actor: &str, reason: &str) -> Result<BookingRow> {
    store.cancel_booking(id, expected, true, &Stamp::new(actor, clock.now(), reason)).await
}

/// The same for the customer themselves, who need not be told of it.
///
/// # Errors
/// As [`cancel`].
pub async fn cancel_own(store: &dyn Store, clock: &dyn Clock, id: &str, expected: Option<i64>, actor: &str, reason: &str) -> Result<BookingRow> {
    store.cancel_booking(id, expected, false, &Stamp::new(actor, clock.now(), reason)).await
}
