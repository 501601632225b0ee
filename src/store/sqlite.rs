//! The embedded store: one SQLite file, one writer, many readers.

// One SQL text for both databases, compiled here for this one's connection and rows.
#[path = "sql/absences.rs"]
mod absences;
#[path = "sql/accounts.rs"]
mod accounts;
#[path = "sql/attention.rs"]
mod attention;
#[path = "sql/bookings.rs"]
mod bookings;
#[path = "sql/codec.rs"]
mod codec;
#[path = "sql/conn.rs"]
mod conn;
#[path = "sql/contacts.rs"]
mod contacts;
#[path = "sql/day.rs"]
mod day;
#[path = "sql/desk.rs"]
mod desk;
#[path = "sql/house.rs"]
mod house;
#[path = "sql/import.rs"]
mod import;
#[path = "sql/jobs.rs"]
mod jobs;
#[path = "sql/journal.rs"]
mod journal;
#[path = "sql/ledger.rs"]
mod ledger;
#[path = "sql/outbox.rs"]
mod outbox;
#[path = "sql/pages.rs"]
mod pages;
#[path = "sql/read_house.rs"]
mod read_house;
#[path = "sql/reseal.rs"]
mod reseal;
#[path = "sql/sessions.rs"]
mod sessions;
#[path = "sql/store.rs"]
mod store;
#[path = "sql/take.rs"]
mod take;
#[path = "sql/telling.rs"]
mod telling;
#[path = "sql/templates.rs"]
mod templates;
#[path = "sql/whatifs.rs"]
mod whatifs;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use chrono::NaiveDate;

use super::houses::Houses;
use super::{RequestKey, Result, StoreError, StoreErrorKind, keys_beside, waited};
use crate::clock::Stopwatch;
use crate::keyring::Ring;
use conn::Conn;

type Base = Sqlite;
type Arguments = sqlx::sqlite::SqliteArguments;
type DbRow = sqlx::sqlite::SqliteRow;
type Done = sqlx::sqlite::SqliteQueryResult;
type Statement = sqlx::sqlite::SqliteStatement;
type TypeInfo = sqlx::sqlite::SqliteTypeInfo;
/// Said of rows that are taken by one writer each: here there is but one writer at a time.
const SKIP_LOCKED: &str = "";
type Backend = SqliteStore;

/// How long a writer of another process is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Rows that are handed over at once: each hand-over wakes a thread.
const ROWS_AT_ONCE: usize = 500;
/// Readers at a time; SQLite's readers never wait for the writer.
const READERS_MAX: u32 = 8;

/// A store in one SQLite file. Cheap to clone: clones share the file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    request: Option<RequestKey>,
    ring: Arc<Ring>,
    houses: Arc<Houses>,
    writer: SqlitePool,
    reader: SqlitePool,
}

impl SqliteStore {
    /// Opens the file with the keyring beside it ([`keys_beside`]), which is made when something is to be sealed for the first time.
    ///
    /// # Errors
    /// As [`SqliteStore::open_with`].
    pub async fn open(path: &Path) -> Result<SqliteStore> {
        let beside = keys_beside(path);
        let ring = Ring::at(&beside).map_err(|error| StoreError::new(StoreErrorKind::Database, error.to_string()).caused_by(error))?;
        SqliteStore::open_with(path, Arc::new(ring)).await
    }

    /// Opens the file, creates it where there is none, and brings its schema up to date. What is sealed in it opens with `ring`.
    ///
    /// # Errors
    /// The path is a directory or not a database, cannot be written, or belongs to a newer version of this program; or the keyring is not the
    /// one that it was written with.
    pub async fn open_with(path: &Path, ring: Arc<Ring>) -> Result<SqliteStore> {
        let failed = |error: sqlx::Error| {
            let message =
                format!("{}: cannot be opened as a database; expected a zamu database file or a path where one can be made", path.display());
            StoreError::new(StoreErrorKind::Database, message).caused_by(error)
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT)
            // What is no longer there leaves no trace in the file.
            .pragma("secure_delete", "ON")
            .row_buffer_size(ROWS_AT_ONCE)
            .foreign_keys(true);
        // One writer: who wants to write waits here, in order, and not on SQLite's lock.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(options.clone())
            .await
            .map_err(failed)?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await.map_err(|error| {
            let message = format!(
                "{}: its schema cannot be brought up to date; was it written by a newer version, or is it another program's?",
                path.display()
            );
            StoreError::new(StoreErrorKind::Database, message).caused_by(error)
        })?;
        let reader = SqlitePoolOptions::new().max_connections(READERS_MAX).connect_with(options.pragma("query_only", "ON")).await.map_err(failed)?;
        let store = SqliteStore { request: None, ring, houses: Arc::default(), writer, reader };
        contacts::try_keys(&mut store.read().await?).await?;
        Ok(store)
    }

    /// Closes the file after what is under way; the write-ahead log is folded into it.
    async fn close_all(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Folds the write-ahead log into the file, so that it holds nothing that was written over. Where somebody is reading, they go first.
    async fn sweep(&self) -> Result<()> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await?;
        Ok(())
    }

    /// A transaction that may write. IMMEDIATE, because a deferred one fails at once when it turns from reading to writing.
    async fn write(&self) -> Result<Conn> {
        let watch = Stopwatch::start();
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await;
        waited(watch);
        Ok(Conn::new(begun?, &self.ring, &self.houses))
    }

    /// A transaction that reads one state of the database.
    async fn read(&self) -> Result<Conn> {
        Ok(Conn::new(self.reader.begin().await?, &self.ring, &self.houses))
    }
}

/// What a statement that takes rows to work on ends with. Here there is but one writer at a time anyway.
const TAKEN_ALONE: &str = "";

/// Makes every other writer of a location's days wait until this transaction ends. Here there is but one writer at a time anyway.
async fn lock_days(_conn: &mut Conn, _location: &str, _days: &[NaiveDate]) -> Result<()> {
    Ok(())
}

/// The same for what is counted per tenant.
async fn lock_tenant(_conn: &mut Conn, _tenant: &str) -> Result<()> {
    Ok(())
}

/// The same for the house itself: people, services, rules.
async fn lock_house(_conn: &mut Conn, _location: &str) -> Result<()> {
    Ok(())
}

/// Keeps the keys that this transaction writes with in the ring until it ends. Here nobody else writes meanwhile.
async fn hold_keys(_conn: &mut Conn) -> Result<()> {
    Ok(())
}

/// Waits until nobody holds keys any more.
async fn await_keys(_conn: &mut Conn) -> Result<()> {
    Ok(())
}
