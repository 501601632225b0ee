//! The keyring: the keys that seal contact data, find people by their address and sign tokens. One file, kept by its owner.
//!
//! Three families: `contact` keys seal what is stored ([`seal`]), `lookup` keys turn an address into something to search by ([`lookup`]),
//! `token` keys sign and verify who may do what ([`token`]) and who is signed in ([`session`]). One key of each is current; retired ones still read what they wrote. A running
//! program holds them as a [`Ring`], which sees what another process changes. Nothing in here but a ring that makes its own file asks what time
//! it is, and nothing prints a key.

mod address;
mod error;
mod file;
mod keys;
pub mod lookup;
mod pair;
mod password;
mod ring;
mod role;
mod rotate;
pub mod seal;
mod secret;
pub mod session;
mod signer;
pub mod token;

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Serialize;

pub use address::{AddressError, mask, normalize};
pub use error::KeyringError;
pub use keys::Algorithm;
pub use lookup::lookup_key_of;
pub use password::{PASSWORD_MAX, PASSWORD_MIN, PasswordFault, PasswordHash, check_password, fresh_password};
pub use ring::Ring;
pub use role::Role;
pub use rotate::InUse;
pub use seal::{SealError, is_sealed, key_of, key_of_start};
pub use session::{Session, SignedIn};
pub use signer::Signer;
pub use token::{Claims, LEEWAY_SECONDS, TokenError};

use keys::Keys;

/// The keys of one installation. Cheap to read from many threads; a change goes to the file first.
pub struct Keyring {
    keys: Keys,
    path: Option<PathBuf>,
}

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Seals contact data.
    Contact,
    /// Makes lookups from addresses.
    Lookup,
    /// Signs and verifies tokens.
    Token,
}

/// What may be told of a key: everything but the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// What it is for.
    pub family: Family,
    /// Its number or name.
    pub id: String,
    /// `XChaCha20-Poly1305`, `HMAC-SHA256`, `HS256` or `EdDSA`.
    pub algorithm: &'static str,
    /// When it came into the ring.
    pub since: DateTime<Utc>,
    /// What it still does.
    #[serde(flatten)]
    pub state: KeyState,
}

/// What a key still does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum KeyState {
    /// In use for everything new.
    Current,
    /// Reads or verifies what it made.
    Retired {
        /// The last instant, which is no longer included; none: as long as it is in the ring.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<DateTime<Utc>>,
    },
    /// Verifies an outside issuer's tokens.
    Issuer {
        /// For this tenant only; none: for any.
        #[serde(skip_serializing_if = "Option::is_none")]
        tenant: Option<String>,
    },
}

impl Keyring {
    /// Opens the ring at `path`, which must be there.
    ///
    /// # Errors
    /// No file, one that others may read, a damaged one, or one that a newer version wrote.
    pub fn open(path: &Path) -> Result<Keyring, KeyringError> {
        Ok(Keyring { keys: file::read(path)?, path: Some(path.to_owned()) })
    }

    /// Makes a ring of fresh keys at `path`, readable for its owner only.
    ///
    /// # Errors
    /// [`KeyringError::Exists`] where there is a file already; it is never overwritten.
    pub fn create(path: &Path, now: DateTime<Utc>) -> Result<Keyring, KeyringError> {
        let keys = Keys::fresh(now)?;
        file::create(path, &keys)?;
        Ok(Keyring { keys, path: Some(path.to_owned()) })
    }

    /// Opens the ring at `path`, and makes one where there is none. Of several processes that start at once, one makes it and all read it.
    ///
    /// # Errors
    /// As [`Keyring::open`]; a damaged ring is not replaced.
    pub fn open_or_create(path: &Path, now: DateTime<Utc>) -> Result<Keyring, KeyringError> {
        match Keyring::open(path) {
            Err(KeyringError::Missing(_)) => {}
            opened => return opened,
        }
        match Keyring::create(path, now) {
            Err(KeyringError::Exists(_)) => Keyring::open(path),
            created => created,
        }
    }

    /// A ring of fresh keys without a file, for tests and demonstrations.
    ///
    /// # Errors
    /// The machine gives no random bytes.
    pub fn in_memory(now: DateTime<Utc>) -> Result<Keyring, KeyringError> {
        Ok(Keyring { keys: Keys::fresh(now)?, path: None })
    }

    /// No key at all, and a file that is not there yet.
    fn nothing_at(path: &Path) -> Keyring {
        Keyring { keys: Keys::none(), path: Some(path.to_owned()) }
    }

    fn is_empty(&self) -> bool {
        self.keys.contact.is_empty()
    }

    fn copy(&self) -> Keyring {
        Keyring { keys: self.keys.clone(), path: self.path.clone() }
    }

    /// The file it came from.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Reads the file again, after another process changed it. A ring without a file stays as it is.
    ///
    /// # Errors
    /// As [`Keyring::open`]; the keys stay as they were then.
    pub fn reload(&mut self) -> Result<(), KeyringError> {
        if let Some(path) = &self.path {
            self.keys = file::read(path)?;
        }
        Ok(())
    }

    /// Every key, without the key: contact, lookup, token, each in the order in which they came.
    pub fn list(&self) -> Vec<KeyInfo> {
        let numbered = |family, algorithm, keys: &[keys::NumberedKey]| -> Vec<KeyInfo> {
            let state = |retired: bool| if retired { KeyState::Retired { until: None } } else { KeyState::Current };
            keys.iter()
                .map(|key| KeyInfo { family, id: key.id.to_string(), algorithm, since: key.since, state: state(key.retired.is_some()) })
                .collect()
        };
        let mut all = numbered(Family::Contact, "XChaCha20-Poly1305", &self.keys.contact);
        all.extend(numbered(Family::Lookup, "HMAC-SHA256", &self.keys.lookup));
        all.extend(self.keys.token.iter().map(|key| {
            let state = match (&key.secret, key.verify_until) {
                (None, _) => KeyState::Issuer { tenant: key.tenant.clone() },
                (Some(_), None) => KeyState::Current,
                (Some(_), until) => KeyState::Retired { until },
            };
            KeyInfo { family: Family::Token, id: key.kid.clone(), algorithm: key.alg.name(), since: key.since, state }
        }));
        all
    }
}

impl fmt::Debug for Keyring {
    /// The names of its keys; never a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<String> = self.list().into_iter().map(|key| format!("{:?} {}", key.family, key.id)).collect();
        f.debug_struct("Keyring").field("path", &self.path).field("keys", &ids).finish()
    }
}
