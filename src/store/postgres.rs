//! The store for many servers and workers: one PostgreSQL database.

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
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Postgres};

use super::houses::Houses;
use super::{KEYS_FILE, RequestKey, Result, StoreError, StoreErrorKind, waited, without_password};
use crate::clock::Stopwatch;
use crate::keyring::Ring;
use conn::Conn;

type Base = Postgres;
type Arguments = sqlx::postgres::PgArguments;
type DbRow = sqlx::postgres::PgRow;
type Done = sqlx::postgres::PgQueryResult;
type Statement = sqlx::postgres::PgStatement;
type TypeInfo = sqlx::postgres::PgTypeInfo;
/// Said of rows that are taken by one writer each: who comes second takes the next ones.
const SKIP_LOCKED: &str = "FOR UPDATE SKIP LOCKED";
type Backend = PostgresStore;

/// How long a transaction waits for a row that another one holds, before it is begun again.
const LOCK_TIMEOUT: &str = "10s";
/// The advisory lock of the keyring: whoever seals shares it, and whoever drops keys waits for them.
const KEYS_LOCK: i64 = 0x7a61_6d75_6b65_7973;

/// A store in a PostgreSQL database (version 13 or newer, with the extension `btree_gist`). Cheap to clone: clones share the connections.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    request: Option<RequestKey>,
    ring: Arc<Ring>,
    houses: Arc<Houses>,
    pool: PgPool,
}

impl PostgresStore {
    /// Connections of one process at a time, unless said otherwise.
    pub const CONNECTIONS: u32 = 16;

    /// Connects with the keyring [`KEYS_FILE`] in the working directory, which is made when something is to be sealed for the first time.
    ///
    /// # Errors
    /// As [`PostgresStore::connect_with`].
    pub async fn connect(url: &str, connections: u32) -> Result<PostgresStore> {
        let ring = Ring::at(Path::new(KEYS_FILE)).map_err(|error| StoreError::new(StoreErrorKind::Database, error.to_string()).caused_by(error))?;
        PostgresStore::connect_with(url, connections, Arc::new(ring)).await
    }

    /// Connects to `postgres://user:password@host:port/database`, with at most `connections` at a time, and brings the schema up to date. Several
    /// processes may do so at once: one migrates, the others wait. What the address says after `?` holds for every connection. What is sealed in it
    /// opens with `ring`.
    ///
    /// # Errors
    /// No such server or database, no right to use it, or a schema of a newer version of this program; or the keyring is not the one that it was
    /// written with.
    pub async fn connect_with(url: &str, connections: u32, ring: Arc<Ring>) -> Result<PostgresStore> {
        let failed = |what: &str, error: sqlx::Error| {
            let message =
                format!("{}: {what}; expected a PostgreSQL that answers at postgres://user:password@host:5432/database", without_password(url));
            StoreError::new(StoreErrorKind::Database, message).caused_by(error)
        };
        let options = PgConnectOptions::from_str(url).map_err(|error| failed("is no address of a database", error))?;
        let named = options.get_application_name().is_some();
        let options = if named { options } else { options.application_name("zamu") };
        // A pool would go on asking where nothing answers; this says at once why.
        let knock = options.connect().await.map_err(|error| failed("cannot be connected to", error))?;
        knock.close().await.map_err(|error| failed("hangs up", error))?;
        // Migrated on a connection of its own: whoever waits for another's migration may wait long, and one that fails takes its lock with it.
        let first = PgPoolOptions::new().max_connections(1).connect_lazy_with(options.clone());
        sqlx::migrate!("migrations/postgres").run(&first).await.map_err(|error| {
            let message = format!(
                "{}: its schema cannot be brought up to date; was it written by a newer version, or is it another program's?",
                without_password(url)
            );
            StoreError::new(StoreErrorKind::Database, message).caused_by(error)
        })?;
        first.close().await;
        let patient = options.get_options().is_some_and(|said| said.contains("lock_timeout"));
        let options = if patient { options } else { options.options([("lock_timeout", LOCK_TIMEOUT)]) };
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options)
            .await
            .map_err(|error| failed("cannot be connected to", error))?;
        let store = PostgresStore { pool, ring, houses: Arc::default(), request: None };
        contacts::try_keys(&mut store.read().await?).await?;
        Ok(store)
    }

    /// Closes the connections after what is under way.
    async fn close_all(&self) {
        self.pool.close().await;
    }

    /// What was written over goes when the server next vacuums.
    async fn sweep(&self) -> Result<()> {
        Ok(())
    }

    /// A transaction that may write. READ COMMITTED, whatever the server's default: what must not change under it is locked by [`lock_days`] and by compare-and-set.
    async fn write(&self) -> Result<Conn> {
        Ok(Conn::new(self.pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await?, &self.ring, &self.houses))
    }

    /// A transaction that reads one state of the database.
    async fn read(&self) -> Result<Conn> {
        Ok(Conn::new(self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?, &self.ring, &self.houses))
    }
}

/// What a statement that takes rows `o` to work on ends with: rows that another worker is taking are left to it.
const TAKEN_ALONE: &str = " FOR UPDATE OF o SKIP LOCKED";

/// Makes every other writer of these local days of a location wait until this transaction ends, and every change of the house (people, rules,
/// blocks) too. Days are locked in one order, so that two transactions cannot wait for each other.
async fn lock_days(conn: &mut Conn, location: &str, days: &[NaiveDate]) -> Result<()> {
    let watch = Stopwatch::start();
    let locked = lock_rows(conn, location, days).await;
    waited(watch);
    locked
}

async fn lock_rows(conn: &mut Conn, location: &str, days: &[NaiveDate]) -> Result<()> {
    let known = sqlx::query("SELECT 1 FROM locations WHERE id = $1 FOR SHARE").bind(location).fetch_optional(&mut *conn).await?;
    if known.is_none() {
        return Err(StoreError::not_found("location", location));
    }
    let mut days: Vec<String> = days.iter().map(ToString::to_string).collect();
    days.sort();
    days.dedup();
    for day in days {
        // An upsert that changes nothing: it makes the row where there is none, and locks it either way.
        let sql = "INSERT INTO day_versions (location_id, local_date, version) VALUES ($1, $2, 0)
                   ON CONFLICT (location_id, local_date) DO UPDATE SET version = day_versions.version";
        sqlx::query(sql).bind(location).bind(day).execute(&mut *conn).await?;
    }
    Ok(())
}

/// The same for what is counted per tenant.
async fn lock_tenant(conn: &mut Conn, tenant: &str) -> Result<()> {
    sqlx::query("SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE").bind(tenant).fetch_optional(conn).await?;
    Ok(())
}

/// The same for the house itself: people, services, rules.
async fn lock_house(conn: &mut Conn, location: &str) -> Result<()> {
    let watch = Stopwatch::start();
    let locked = sqlx::query("SELECT 1 FROM locations WHERE id = $1 FOR NO KEY UPDATE").bind(location).fetch_optional(conn).await;
    waited(watch);
    locked?;
    Ok(())
}

/// Keeps the keys that this transaction writes with in the ring until it ends.
async fn hold_keys(conn: &mut Conn) -> Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock_shared($1)").bind(KEYS_LOCK).execute(conn).await?;
    Ok(())
}

/// Waits until nobody holds keys any more: what they wrote is there to see then.
async fn await_keys(conn: &mut Conn) -> Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(KEYS_LOCK).execute(conn).await?;
    Ok(())
}
