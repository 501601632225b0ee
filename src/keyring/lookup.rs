//! Lookups: an address as a keyed hash, so that a person is found by an address that nobody can read from the database.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Keyring;
use super::keys::{NumberedKey, current};
use super::secret::hex;

impl Keyring {
    /// What a row is found by: two hexadecimal digits that name the current lookup key, and 64 made with it. The same address of two tenants gives two lookups, so that
    /// nobody sees in the database that they share a customer. `normalized` is what [`normalize`](super::normalize) answered.
    pub fn lookup(&self, tenant: &str, normalized: &str) -> String {
        current(&self.keys.lookup).map(|key| under(key, tenant, normalized)).unwrap_or_default()
    }

    /// Everything a row may be found by: under the current key, then under retired ones, the latest first.
    pub fn lookups(&self, tenant: &str, normalized: &str) -> Vec<String> {
        let mut keys: Vec<&NumberedKey> = self.keys.lookup.iter().rev().collect();
        keys.sort_by_key(|key| key.retired.is_some());
        keys.into_iter().map(|key| under(key, tenant, normalized)).collect()
    }

    /// The id of the lookup key that new rows are found by.
    pub fn lookup_key(&self) -> Option<u8> {
        current(&self.keys.lookup).map(|key| key.id)
    }
}

fn under(key: &NumberedKey, tenant: &str, normalized: &str) -> String {
    // Any length of key is fine, so there is no error to tell of.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.key.bytes()) else {
        return String::new();
    };
    // The length keeps ("ab", "c") apart from ("a", "bc").
    mac.update(&(tenant.len() as u64).to_be_bytes());
    mac.update(tenant.as_bytes());
    mac.update(normalized.as_bytes());
    format!("{:02x}{}", key.id, hex(&mac.finalize().into_bytes()))
}

/// The id of the lookup key that a lookup, or the first two characters of one, was made with.
pub fn lookup_key_of(lookup: &str) -> Option<u8> {
    u8::from_str_radix(lookup.get(..2)?, 16).ok()
}
