//! Changes of the ring: fresh keys, outside issuers, and the end of keys that nothing uses. Each is read, changed and written under one hold.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::keys::{self, Keys, TokenKey};
use super::{Algorithm, Keyring, KeyringError, file, pair};

/// What stored rows still need, as their keeper found it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct InUse {
    /// Ids of contact keys that some value is sealed under ([`key_of`](super::key_of)).
    pub contact: BTreeSet<u8>,
    /// Ids of lookup keys that some row is found by.
    pub lookup: BTreeSet<u8>,
}

impl Keyring {
    /// Makes a fresh contact key current. Values under the old one still open; [`Keyring::reseal`] moves them over. The new id.
    ///
    /// # Errors
    /// The file cannot be read or written; nothing is changed then.
    pub fn rotate_contact(&mut self, now: DateTime<Utc>) -> Result<u8, KeyringError> {
        self.change(|ring| keys::rotate(&mut ring.contact, now))
    }

    /// Makes a fresh lookup key current. Rows under the old one are found by [`Keyring::lookups`] until they have new ones. The new id.
    ///
    /// # Errors
    /// The file cannot be read or written; nothing is changed then.
    pub fn rotate_lookup(&mut self, now: DateTime<Utc>) -> Result<u8, KeyringError> {
        self.change(|ring| keys::rotate(&mut ring.lookup, now))
    }

    /// Makes a fresh token key of this algorithm current. Tokens under the old one are accepted for `keep_seconds` more. The new key's name.
    ///
    /// # Errors
    /// The file cannot be read or written; nothing is changed then.
    pub fn rotate_token(&mut self, alg: Algorithm, now: DateTime<Utc>, keep_seconds: u32) -> Result<String, KeyringError> {
        self.change(|ring| {
            let fresh = TokenKey::fresh(alg, now)?;
            let kid = fresh.kid.clone();
            for key in ring.token.iter_mut().filter(|key| key.is_current()) {
                key.verify_until = Some(now + Duration::seconds(i64::from(keep_seconds)));
            }
            ring.token.push(fresh);
            Ok(kid)
        })
    }

    /// Accepts the tokens that an outside issuer signs with the other half of this Ed25519 key and names `kid` in their header: of any
    /// tenant, or of `tenant` alone. `public_key` is PEM or JWK text.
    ///
    /// # Errors
    /// The name is taken or none, or the text is no Ed25519 public key; nothing is changed then.
    pub fn add_issuer(&mut self, kid: &str, public_key: &str, tenant: Option<&str>, now: DateTime<Utc>) -> Result<(), KeyringError> {
        keys::check_kid(kid).map_err(KeyringError::Refused)?;
        let public = pair::read_public(public_key)?;
        self.change(|ring| {
            if ring.token_key(kid).is_some() {
                return Err(KeyringError::Refused(format!("there is a token key {kid:?} already; choose another name, or remove that issuer first")));
            }
            let tenant = tenant.map(str::to_owned);
            ring.token.push(TokenKey {
                kid: kid.to_owned(),
                alg: Algorithm::EdDsa,
                secret: None,
                public: Some(public),
                since: now,
                verify_until: None,
                tenant,
            });
            Ok(())
        })
    }

    /// Accepts no more tokens of this outside issuer, from now on.
    ///
    /// # Errors
    /// There is no such issuer, or the key is our own.
    pub fn remove_issuer(&mut self, kid: &str) -> Result<(), KeyringError> {
        self.change(|ring| match ring.token.iter().position(|key| key.kid == kid && key.secret.is_none()) {
            Some(at) => {
                ring.token.remove(at);
                Ok(())
            }
            None => Err(KeyringError::Refused(format!("there is no outside issuer {kid:?}; `zamu keys show` lists them"))),
        })
    }

    /// Drops retired keys: contact and lookup keys that `in_use` does not name, and token keys whose time is over. How many went.
    ///
    /// # Errors
    /// The file cannot be read or written; nothing is changed then.
    pub fn retire(&mut self, in_use: &InUse, now: DateTime<Utc>) -> Result<usize, KeyringError> {
        self.change(|ring| {
            let count = |ring: &Keys| ring.contact.len() + ring.lookup.len() + ring.token.len();
            let before = count(ring);
            ring.contact.retain(|key| key.retired.is_none() || in_use.contact.contains(&key.id));
            ring.lookup.retain(|key| key.retired.is_none() || in_use.lookup.contains(&key.id));
            ring.token.retain(|key| key.verify_until.is_none_or(|until| now < until));
            Ok(before - count(ring))
        })
    }

    /// Reads the ring as it stands in the file, changes it and puts it back, while nobody else does.
    fn change<T>(&mut self, edit: impl FnOnce(&mut Keys) -> Result<T, KeyringError>) -> Result<T, KeyringError> {
        let held = self.path.as_deref().map(file::hold).transpose()?;
        let mut next = match &held {
            Some(held) => file::read(&held.path)?,
            None => self.keys.clone(),
        };
        let answer = edit(&mut next)?;
        if let Some(held) = &held {
            file::replace(&held.path, &next)?;
        }
        self.keys = next;
        Ok(answer)
    }
}
