//! The ring as a running program holds it: shared by everybody, and read again as soon as another process has changed its file.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, Utc};

use super::file::{self, Version};
use super::{Claims, Keyring, KeyringError, Session, TokenError};
use crate::clock::{Clock, SystemClock};

/// A keyring that many share. What they get are snapshots: a ring that is changed meanwhile stays as it was for whoever works with it.
pub struct Ring {
    held: RwLock<Held>,
}

struct Held {
    keys: Arc<Keyring>,
    /// The file as it was when it was read; none: it was not, or there is none.
    version: Option<Version>,
}

impl Ring {
    /// Shares a ring, with or without a file.
    pub fn new(keyring: Keyring) -> Ring {
        Ring { held: RwLock::new(Held { keys: Arc::new(keyring), version: None }) }
    }

    /// The ring at `path`, which must be there.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn open(path: &Path) -> Result<Ring, KeyringError> {
        let ring = Ring::new(Keyring::nothing_at(path));
        ring.fresh()?;
        if ring.keys().is_empty() { Err(KeyringError::Missing(path.to_owned())) } else { Ok(ring) }
    }

    /// The ring at `path`, which is made when something is to be sealed for the first time. Until then it opens nothing.
    ///
    /// # Errors
    /// As [`Keyring::open`], but for a file that is not there.
    pub fn at(path: &Path) -> Result<Ring, KeyringError> {
        let ring = Ring::new(Keyring::nothing_at(path));
        ring.fresh()?;
        Ok(ring)
    }

    /// The keys as they were read last.
    pub fn keys(&self) -> Arc<Keyring> {
        Arc::clone(&self.read().keys)
    }

    /// The keys as they stand in the file now. Costs a look at the file's date; it is read only when it was changed.
    ///
    /// # Errors
    /// The file is gone or cannot be read; [`Ring::keys`] still has what was read before.
    pub fn fresh(&self) -> Result<Arc<Keyring>, KeyringError> {
        let held = self.read();
        let Some(path) = held.keys.path() else { return Ok(Arc::clone(&held.keys)) };
        let there = match file::version(path) {
            Err(KeyringError::Missing(_)) if held.keys.is_empty() => return Ok(Arc::clone(&held.keys)),
            there => there?,
        };
        if held.version.as_ref() == Some(&there) {
            return Ok(Arc::clone(&held.keys));
        }
        let path = path.to_owned();
        drop(held);
        let mut held = self.write();
        // Asked for before it is read: a change between the two is seen the next time.
        let there = file::version(&path)?;
        if held.version.as_ref() != Some(&there) {
            *held = Held { keys: Arc::new(Keyring::open(&path)?), version: Some(there) };
        }
        Ok(Arc::clone(&held.keys))
    }

    /// The same for whoever is about to seal something: a ring that has no file yet is made now.
    ///
    /// # Errors
    /// As [`Ring::fresh`], or the file cannot be made.
    pub fn for_sealing(&self) -> Result<Arc<Keyring>, KeyringError> {
        let keys = self.fresh()?;
        match keys.path() {
            Some(path) if keys.is_empty() => {
                Keyring::open_or_create(path, SystemClock.now())?;
                self.fresh()
            }
            _ => Ok(keys),
        }
    }

    /// What a token says, if it counts at `now` by the keys as they stand in the file: a key that was retired there counts here no more. While
    /// the file cannot be read, those that were read last decide.
    ///
    /// # Errors
    /// As [`Keyring::verify`].
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenError> {
        self.newest().verify(token, now)
    }

    /// Who is signed in, as a cookie says, by the keys as they stand in the file, as with [`Ring::verify`].
    ///
    /// # Errors
    /// As [`Keyring::open_session`].
    pub fn open_session(&self, cookie: &str, now: DateTime<Utc>) -> Result<Session, TokenError> {
        self.newest().open_session(cookie, now)
    }

    /// The keys as they stand in the file; those that were read last while it cannot be read.
    pub fn newest(&self) -> Arc<Keyring> {
        self.fresh().unwrap_or_else(|_| self.keys())
    }

    /// Changes the ring, in its file first.
    ///
    /// # Errors
    /// What `edit` says; everything stays as it was then.
    pub fn change<T>(&self, edit: impl FnOnce(&mut Keyring) -> Result<T, KeyringError>) -> Result<T, KeyringError> {
        let mut held = self.write();
        let mut next = held.keys.copy();
        let answer = edit(&mut next)?;
        *held = Held { keys: Arc::new(next), version: None };
        Ok(answer)
    }

    fn read(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Ring {
    /// The names of its keys; never a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ring").field(&self.read().keys).finish()
    }
}
