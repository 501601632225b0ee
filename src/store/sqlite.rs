//! The embedded store: one SQLite file, one writer, many readers.

// One SQL text for both databases, compiled here for this one's connection and rows.
#[path = "sql/bookings.rs"]
mod bookings;
#[path = "sql/codec.rs"]
mod codec;
#[path = "sql/day.rs"]
mod day;
#[path = "sql/desk.rs"]
mod desk;
#[path = "sql/house.rs"]
mod house;
#[path = "sql/import.rs"]
mod import;
#[path = "sql/journal.rs"]
mod journal;
#[path = "sql/pages.rs"]
mod pages;
#[path = "sql/read_house.rs"]
mod read_house;
#[path = "sql/store.rs"]
mod store;
#[path = "sql/take.rs"]
mod take;

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};

use chrono::NaiveDate;

use super::{RequestKey, Result, StoreError, StoreErrorKind, waited};
use crate::clock::Stopwatch;

type Conn = sqlx::SqliteConnection;
type DbRow = sqlx::sqlite::SqliteRow;
type Backend = SqliteStore;

/// How long a writer of another process is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Readers at a time; SQLite's readers never wait for the writer.
const READERS_MAX: u32 = 8;

/// A store in one SQLite file. Cheap to clone: clones share the file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    request: Option<RequestKey>,
    writer: SqlitePool,
    reader: SqlitePool,
}

impl SqliteStore {
    /// Opens the file, creates it where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// The path is a directory or not a database, cannot be written, or belongs to a newer version of this program.
    pub async fn open(path: &Path) -> Result<SqliteStore> {
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
        Ok(SqliteStore { request: None, writer, reader })
    }

    /// Closes the file after what is under way; the write-ahead log is folded into it.
    async fn close_all(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// A transaction that may write. IMMEDIATE, because a deferred one fails at once when it turns from reading to writing.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>> {
        let watch = Stopwatch::start();
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await;
        waited(watch);
        Ok(begun?)
    }

    /// A transaction that reads one state of the database.
    async fn read(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.reader.begin().await?)
    }
}

/// Makes every other writer of a location's days wait until this transaction ends. Here there is but one writer at a time anyway.
async fn lock_days(_conn: &mut Conn, _location: &str, _days: &[NaiveDate]) -> Result<()> {
    Ok(())
}

/// The same for the house itself: people, services, rules.
async fn lock_house(_conn: &mut Conn, _location: &str) -> Result<()> {
    Ok(())
}
