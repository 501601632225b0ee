//! What people are told, as rows for the outbox. Composed with the change that they tell of, rendered into words when they are delivered.

use serde::{Deserialize, Serialize};

use super::booking_rows::BookingRow;
use super::day::{Day, NewMessage};
use super::rows::CustomerRow;

/// The booking stands; a name follows before the visit.
pub const BOOKED: &str = "booking.confirmed";
/// The name, told for the first time.
pub const FINALIZED: &str = "assignment.finalized";
/// Another name than was told before.
pub const CHANGED: &str = "assignment.changed";
/// To the manager: bookings that nobody serves.
pub const ALERT: &str = "attention.alert";

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
}

/// What the alert to the manager needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutDay {
    /// Name of the location.
    pub location: String,
    /// Local day.
    pub date: String,
    /// Per booking: local start, service, customer and why nobody serves it.
    pub bookings: Vec<String>,
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
    }
}

/// A message to a customer; `None` where there is nowhere to send it. The key holds the booking's version, so that the same change is told
/// once and a later one again.
fn to_customer(topic: &str, booking: &BookingRow, customer: &CustomerRow, about: &AboutBooking, who: &[String]) -> Option<NewMessage> {
    let contact = customer.contact.as_ref()?;
    Some(NewMessage {
        topic: topic.to_owned(),
        booking_id: Some(booking.id.clone()),
        channel: contact.channel.clone(),
        recipient: contact.address.clone(),
        payload: serde_json::to_value(about).ok()?,
        dedup_key: format!("{topic}/{}/v{}/{}", booking.id, booking.state_version, who.join("+")),
    })
}

/// "It stands; we tell you who before your visit."
pub fn booked(day: &Day, booking: &BookingRow, customer: &CustomerRow) -> Option<NewMessage> {
    to_customer(BOOKED, booking, customer, &about(day, booking, customer, Vec::new()), &[])
}

/// "Grace will serve you", for the first time or ([`CHANGED`]) after another name was told. `booking` is as it was before.
pub fn named(day: &Day, topic: &str, booking: &BookingRow, customer: &CustomerRow, resources: &[String]) -> Option<NewMessage> {
    let mut who = resources.to_vec();
    who.sort();
    let names = who.iter().map(|id| day.resource_name(id).to_owned()).collect();
    to_customer(topic, booking, customer, &about(day, booking, customer, names), &who)
}

/// "Nobody serves these"; the same bookings of a day are told of once. `None` where the tenant named no manager.
pub fn alert(day: &Day, unserved: &[(&BookingRow, &str)]) -> Option<NewMessage> {
    let manager = day.tenant.manager.as_ref()?;
    let bookings = unserved.iter().map(|(booking, why)| format!("{}: {why}", line(day, booking))).collect();
    let about = AboutDay { location: day.location.name.clone(), date: day.sheet.date.to_string(), bookings };
    let ids: Vec<&str> = unserved.iter().map(|(booking, _)| booking.id.as_str()).collect();
    Some(NewMessage {
        topic: ALERT.to_owned(),
        booking_id: None,
        channel: manager.channel.clone(),
        recipient: manager.address.clone(),
        payload: serde_json::to_value(about).ok()?,
        dedup_key: format!("{ALERT}/{}/{}/{}", day.location.id, day.sheet.date, ids.join("+")),
    })
}
