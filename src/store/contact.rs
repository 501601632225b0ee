//! Where somebody is reached: how it is written, what may be shown of it, and what it is found by.

use std::fmt;

use super::rows::Contact;
use super::{Result, StoreError};
use crate::keyring;

/// The contact in its one spelling: a phone number with its country code (those without one are of `phone_region`, the tenant's), an e-mail
/// address in lower case, anything else trimmed.
///
/// # Errors
/// The address is none of its channel: [`StoreErrorKind::Invalid`](super::StoreErrorKind::Invalid), saying what was expected and not what was
/// given.
pub fn normalized(contact: &Contact, phone_region: Option<&str>) -> Result<Contact> {
    let address = keyring::normalize(&contact.channel, &contact.address, phone_region);
    address.map(|address| Contact::new(&contact.channel, &address)).map_err(|error| StoreError::invalid(error.to_string()))
}

/// What may be shown of an address: `+254•••••123`, `a•••@example.org`.
pub fn masked(address: &str) -> String {
    keyring::mask(address)
}

/// What somebody's contact is found by, however it was typed. All channels that take phone numbers share them. What is no address of its channel
/// counts as it was typed, in lower case.
pub(super) fn found_by(contact: &Contact, phone_region: Option<&str>) -> String {
    let as_typed = contact.address.trim().to_lowercase();
    match contact.channel.as_str() {
        "sms" | "whatsapp" | "voice" | "phone" | "email" => keyring::normalize(&contact.channel, &contact.address, phone_region).unwrap_or(as_typed),
        // The same name on two channels may be two people.
        other => format!("{other}:{as_typed}"),
    }
}

impl fmt::Debug for Contact {
    /// Without the address: this may end in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact").field("channel", &self.channel).field("address", &masked(&self.address)).finish()
    }
}

impl fmt::Display for Contact {
    /// Without the address: `sms +254•••••123`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.channel, masked(&self.address))
    }
}
