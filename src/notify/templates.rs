//! The words of messages, in plain English. While nobody may be named, nobody is.

use serde::de::DeserializeOwned;

use crate::store::messages::{ALERT, AboutBooking, AboutDay, BOOKED, CHANGED, FINALIZED};
use crate::store::{OutboxClass, OutboxRow};

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// The whole.
    pub body: String,
}

/// The words of a row. Events are for programs: their text is the payload.
///
/// # Errors
/// A topic without a template, or a payload that is not the topic's.
pub fn render(row: &OutboxRow) -> Result<Text, String> {
    if row.class == OutboxClass::Event {
        return Ok(Text { subject: row.topic.clone(), body: row.payload.to_string() });
    }
    match row.topic.as_str() {
        BOOKED => Ok(booked(&payload(row)?)),
        FINALIZED => Ok(finalized(&payload(row)?)),
        CHANGED => Ok(changed(&payload(row)?)),
        ALERT => Ok(alert(&payload(row)?)),
        unknown => Err(format!("there is no template for messages of the topic {unknown:?}")),
    }
}

fn payload<T: DeserializeOwned>(row: &OutboxRow) -> Result<T, String> {
    serde_json::from_value(row.payload.clone()).map_err(|error| format!("the payload of {} is not what its template needs: {error}", row.topic))
}

fn what(about: &AboutBooking) -> String {
    let service = if about.service.is_empty() { "your visit" } else { &about.service };
    format!("{service} at {} on {} at {}", about.location, about.date, about.time)
}

fn joined(names: &[String]) -> String {
    match names {
        [] => "our team".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn gender_note(about: &AboutBooking) -> &'static str {
    if about.gender_waived { " We have nobody of the gender you asked for, so that wish could not be met." } else { "" }
}

fn booked(about: &AboutBooking) -> Text {
    let body = format!("Dear {}, {} is booked. We'll confirm who serves you before your visit.{}", about.customer, what(about), gender_note(about));
    Text { subject: format!("Booked for {} at {}", about.date, about.time), body }
}

fn finalized(about: &AboutBooking) -> Text {
    let (who, what) = (joined(&about.names), what(about));
    let body = format!("Dear {}, {who} will serve you: {what}.{} We look forward to your visit.", about.customer, gender_note(about));
    Text { subject: format!("{who} will serve you on {} at {}", about.date, about.time), body }
}

fn changed(about: &AboutBooking) -> Text {
    let (who, what) = (joined(&about.names), what(about));
    let body = format!("Dear {}, there is a change: {who} will serve you instead: {what}. The time stays the same.", about.customer);
    Text { subject: format!("Change: {who} will serve you on {} at {}", about.date, about.time), body }
}

fn alert(about: &AboutDay) -> Text {
    let lines: Vec<String> = about.bookings.iter().map(|line| format!("- {line}")).collect();
    let body = format!("Nobody serves these at {} on {}:\n{}", about.location, about.date, lines.join("\n"));
    Text { subject: format!("{} without anybody at {} on {}", about.bookings.len(), about.location, about.date), body }
}
