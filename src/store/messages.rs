//! What people are told, as rows for the outbox. Composed with the change that they tell of, rendered into words when they are delivered.

use serde::{Deserialize, Serialize};

use super::booking_rows::BookingRow;
use super::day::Day;
use super::outbox_rows::{NewMessage, Says};
use super::rows::{Contact, CustomerRow};
use crate::domain::{Language, Minute, local};

/// The booking stands; a name follows before the visit.
pub const BOOKED: &str = "booking.confirmed";
/// It stands at another time than was told; a name follows.
pub const MOVED: &str = "booking.moved";
/// The house has called it off.
pub const CANCELLED: &str = "booking.cancelled";
/// The visit is near.
pub const REMINDER: &str = "booking.reminder";
/// The name, told for the first time.
pub const FINALIZED: &str = "assignment.finalized";
/// Another name than was told before, or the name at another time.
pub const CHANGED: &str = "assignment.changed";
/// To a customer who cannot be served as booked: what they would agree to.
pub const ASKED: &str = "attention.asked";
/// To the manager: bookings that nobody serves.
pub const ALERT: &str = "attention.alert";
/// To the manager: somebody serves it after all.
pub const RESOLVED: &str = "attention.resolved";

/// Every topic that a message can have.
pub const TOPICS: [&str; 9] = [BOOKED, MOVED, CANCELLED, REMINDER, FINALIZED, CHANGED, ASKED, ALERT, RESOLVED];

/// What a template about one booking needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutBooking {
    /// Whom it speaks to.
    pub customer: String,
    /// Name of the service; empty when unknown.
    pub service: String,
    /// Name of the location.
    pub location: String,
    /// Local day.
    pub date: String,
    /// Local start, `10:00`.
    pub time: String,
    /// Names of those who serve; empty while nobody may be named.
    pub names: Vec<String>,
    /// The wish for a gender could not be met, because nobody of it is on file.
    pub gender_waived: bool,
    /// In which language.
    #[serde(default)]
    pub language: Language,
    /// Another time was told before.
    #[serde(default)]
    pub time_changed: bool,
    /// What the customer is asked.
    #[serde(default, skip_serializing_if = "Offer::is_empty")]
    pub offer: Offer,
}

/// What a customer who cannot be served as booked is offered instead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Other times: local day and local start.
    pub times: Vec<(String, String)>,
    /// Names of other people.
    pub people: Vec<String>,
}

impl Offer {
    /// Is nothing offered?
    pub fn is_empty(&self) -> bool {
        self.times.is_empty() && self.people.is_empty()
    }

    /// These times, and these people by id.
    pub fn of(day: &Day, times: &[Minute], people: &[String]) -> Offer {
        let zone = day.location.timezone;
        Offer {
            times: times.iter().map(|&at| (local::date_of(zone, at).to_string(), at.to_clock(zone))).collect(),
            people: people.iter().map(|id| day.resource_name(id).to_owned()).collect(),
        }
    }
}

/// What a note to the manager needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutDay {
    /// Name of the location.
    pub location: String,
    /// Local day.
    pub date: String,
    /// Per booking: local start, service, customer and why nobody serves it, or what has made room for it.
    pub bookings: Vec<String>,
    /// In which language.
    #[serde(default)]
    pub language: Language,
}

/// How a booking reads in a line for the manager: `10:00 Swedish massage, Amina`.
pub fn line(day: &Day, booking: &BookingRow) -> String {
    let customer = booking.customer_id.as_ref().and_then(|id| day.customers.get(id)).map_or("walk-in", |c| c.name.as_str());
    format!("{} {}, {customer}", booking.span.start.to_clock(day.location.timezone), service(day, booking))
}

fn service<'a>(day: &'a Day, booking: &BookingRow) -> &'a str {
    booking.service_id.as_ref().and_then(|id| day.services.get(id)).map_or("", String::as_str)
}

fn about(day: &Day, booking: &BookingRow, customer: &CustomerRow, names: Vec<String>) -> AboutBooking {
    AboutBooking {
        customer: customer.name.clone(),
        service: service(day, booking).to_owned(),
        location: day.location.name.clone(),
        date: booking.local_date.to_string(),
        time: booking.span.start.to_clock(day.location.timezone),
        names,
        gender_waived: booking.gender_waived,
        language: customer.language.unwrap_or(day.tenant.language),
        time_changed: false,
        offer: Offer::default(),
    }
}

/// A message to a customer, over the first of their contacts that the house tells customers on; `None` where there is none. The key holds the booking's version, so that the same change is told
/// once and a later one again; `key` is the rest of it.
fn to_customer(day: &Day, topic: &str, key: &str, booking: &BookingRow, customer: &CustomerRow, about: &AboutBooking) -> Option<NewMessage> {
    let may_be_told_there = |contact: &&Contact| day.tenant.channels.is_empty() || day.tenant.channels.contains(&contact.channel);
    let contact = [&customer.contact, &customer.second].into_iter().flatten().find(may_be_told_there)?;
    Some(NewMessage {
        topic: topic.to_owned(),
        booking_id: Some(booking.id.clone()),
        channel: contact.channel.clone(),
        recipient: contact.address.clone(),
        payload: serde_json::to_value(about).ok()?,
        dedup_key: format!("{topic}/{}/v{}/{key}", booking.id, booking.state_version),
        says: None,
        known: false,
    })
}

/// What a message says of the booking's time, and of nobody's name.
fn says_time(booking: &BookingRow) -> Option<Says> {
    Some(Says { start: booking.span.start, who: None })
}

/// "It stands; we tell you who before your visit."
pub fn booked(day: &Day, booking: &BookingRow, customer: &CustomerRow) -> Option<NewMessage> {
    let message = to_customer(day, BOOKED, "", booking, customer, &about(day, booking, customer, Vec::new()))?;
    Some(NewMessage { says: says_time(booking), ..message })
}

/// "Your visit is at another time now; we tell you who before it." `booking` has the new time already.
pub fn moved(day: &Day, booking: &BookingRow, customer: &CustomerRow) -> Option<NewMessage> {
    let message = to_customer(day, MOVED, &booking.span.start.0.to_string(), booking, customer, &about(day, booking, customer, Vec::new()))?;
    Some(NewMessage { says: says_time(booking), ..message })
}

/// "Grace will serve you", for the first time or ([`CHANGED`]) after another name was told: which of the two, the store finds out. `booking` is
/// as it was before.
pub fn named(day: &Day, topic: &str, booking: &BookingRow, customer: &CustomerRow, resources: &[String]) -> Option<NewMessage> {
    let mut who = resources.to_vec();
    who.sort();
    let names = who.iter().map(|id| day.resource_name(id).to_owned()).collect();
    let key = format!("{}/{}", booking.span.start.0, who.join("+"));
    let message = to_customer(day, topic, &key, booking, customer, &about(day, booking, customer, names))?;
    Some(NewMessage { says: Some(Says { start: booking.span.start, who: Some(who) }), ..message })
}

/// "We have to call it off." `booking` is called off already.
pub fn cancelled(day: &Day, booking: &BookingRow, customer: &CustomerRow) -> Option<NewMessage> {
    to_customer(day, CANCELLED, "", booking, customer, &about(day, booking, customer, Vec::new()))
}

/// "Your visit is near"; with names where they are certain. Once for each start.
pub fn reminder(day: &Day, booking: &BookingRow, customer: &CustomerRow, who: Option<&[String]>) -> Option<NewMessage> {
    let names = who.unwrap_or_default().iter().map(|id| day.resource_name(id).to_owned()).collect();
    let message = to_customer(day, REMINDER, "", booking, customer, &about(day, booking, customer, names))?;
    let says = Some(Says { start: booking.span.start, who: who.map(<[String]>::to_vec) });
    Some(NewMessage { dedup_key: reminder_key(&booking.id, booking.span.start), says, ..message })
}

/// By what a reminder of this start is known.
fn reminder_key(booking: &str, start: Minute) -> String {
    format!("{REMINDER}/{booking}/{}", start.0)
}

/// "We cannot serve you as booked; would this do?" The same offer is made once for each version of the booking.
pub fn asked(day: &Day, booking: &BookingRow, customer: &CustomerRow, offer: &Offer) -> Option<NewMessage> {
    let times: Vec<String> = offer.times.iter().map(|(date, time)| format!("{date}T{time}")).collect();
    let key = format!("{}/{}", times.join("+"), offer.people.join("+"));
    let about = AboutBooking { offer: offer.clone(), ..about(day, booking, customer, Vec::new()) };
    to_customer(day, ASKED, &key, booking, customer, &about)
}

fn to_manager(day: &Day, topic: &str, bookings: Vec<String>, key: &str) -> Option<NewMessage> {
    let manager = day.tenant.manager.as_ref()?;
    let (location, date) = (day.location.name.clone(), day.sheet.date.to_string());
    Some(NewMessage {
        topic: topic.to_owned(),
        booking_id: None,
        channel: manager.channel.clone(),
        recipient: manager.address.clone(),
        payload: serde_json::to_value(AboutDay { location, date, bookings, language: day.tenant.language }).ok()?,
        dedup_key: format!("{topic}/{}/{}/{key}", day.location.id, day.sheet.date),
        says: None,
        known: false,
    })
}

/// "Nobody serves these"; the same bookings of a day are told of once. `None` where the tenant named no manager.
pub fn alert(day: &Day, unserved: &[(&BookingRow, &str)]) -> Option<NewMessage> {
    let bookings = unserved.iter().map(|(booking, why)| format!("{}: {why}", line(day, booking))).collect();
    let ids: Vec<&str> = unserved.iter().map(|(booking, _)| booking.id.as_str()).collect();
    to_manager(day, ALERT, bookings, &ids.join("+"))
}

/// "Room was made for it", and by what; once for each version of the booking. `None` where the tenant named no manager.
pub fn resolved(day: &Day, booking: &BookingRow, how: &str) -> Option<NewMessage> {
    let bookings = vec![format!("{}: {how}", line(day, booking))];
    to_manager(day, RESOLVED, bookings, &format!("{}/v{}", booking.id, booking.state_version))
}
