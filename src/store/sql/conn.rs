//! A connection within a transaction, with the keys that open what it reads and seal what it writes.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::{Describe, Either, Execute, Executor, SqlStr, Transaction};

use super::{Base, DbRow, Done, Statement, TypeInfo, hold_keys};
use crate::keyring::{Keyring, KeyringError, Ring, is_sealed};
use crate::store::houses::Houses;
use crate::store::{Result, StoreError, StoreErrorKind};

/// Runs statements like the connection it has, and knows the keys.
#[derive(Debug)]
pub struct Conn {
    tx: Transaction<'static, Base>,
    ring: Arc<Ring>,
    pub(super) houses: Arc<Houses>,
    /// As they were when the transaction began: what it sees was sealed with these, or with newer ones.
    keys: Arc<Keyring>,
    /// What it seals with, as long as it lasts.
    sealing: Option<Arc<Keyring>>,
}

impl Conn {
    pub(super) fn new(tx: Transaction<'static, Base>, ring: &Arc<Ring>, houses: &Arc<Houses>) -> Conn {
        Conn { tx, houses: Arc::clone(houses), ring: Arc::clone(ring), keys: ring.keys(), sealing: None }
    }

    pub(super) async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }

    pub(super) async fn rollback(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }

    /// The keys to look for something with, as they stand now.
    pub(super) fn fresh_keys(&self) -> Result<Arc<Keyring>> {
        self.ring.fresh().map_err(unusable)
    }

    /// The keys to write with. Nobody drops a key from the ring before every transaction that writes with it has ended.
    pub(super) async fn keys(&mut self) -> Result<Arc<Keyring>> {
        if let Some(keys) = &self.sealing {
            return Ok(Arc::clone(keys));
        }
        hold_keys(self).await?;
        let keys = self.ring.for_sealing().map_err(unusable)?;
        self.sealing = Some(Arc::clone(&keys));
        Ok(keys)
    }

    /// Seals a value for the row of this name.
    pub(super) async fn seal(&mut self, plain: &str, row: &str) -> Result<String> {
        let sealed = self.keys().await?.seal(plain, row);
        sealed.map_err(|error| StoreError::new(StoreErrorKind::Database, format!("{row}: {error}")).caused_by(error))
    }

    /// The same for a value that may be missing.
    pub(super) async fn seal_if_set(&mut self, plain: Option<&str>, row: &str) -> Result<Option<String>> {
        match plain {
            Some(plain) => self.seal(plain, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Opens what stands in the row of this name. What was written there before there were keys is read as it is.
    pub(super) fn unseal(&self, stored: String, row: &str) -> Result<String> {
        if !is_sealed(&stored) {
            return Ok(stored);
        }
        if let Ok(plain) = self.keys.unseal(&stored, row) {
            return Ok(plain);
        }
        let keys = self.fresh_keys()?;
        keys.unseal(&stored, row).map_err(|error| {
            let ring = keys.path().map_or("in memory".to_owned(), |path| path.display().to_string());
            let message = format!(
                "{row} does not open with the keyring {ring}: {error}. The database needs the keyring that it was written with: name it with --keys or ZAMU_KEYS"
            );
            StoreError::new(StoreErrorKind::Database, message).caused_by(error)
        })
    }
}

fn unusable(error: KeyringError) -> StoreError {
    StoreError::new(StoreErrorKind::Database, error.to_string()).caused_by(error)
}

/// The name of a row, for what is sealed in it: no two rows have the same, whatever their ids are made of.
pub(super) fn row_name(kind: &str, parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("/{}:{part}", part.len())).collect();
    format!("{kind}{parts}")
}

impl<'c> Executor<'c> for &'c mut Conn {
    type Database = Base;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, std::result::Result<Either<Done, DbRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Base>,
    {
        (*self.tx).fetch_many(query)
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, std::result::Result<Option<DbRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Base>,
    {
        (*self.tx).fetch_optional(query)
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [TypeInfo]) -> BoxFuture<'e, std::result::Result<Statement, sqlx::Error>>
    where
        'c: 'e,
    {
        (*self.tx).prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, std::result::Result<Describe<Base>, sqlx::Error>>
    where
        'c: 'e,
    {
        (*self.tx).describe(sql)
    }
}
