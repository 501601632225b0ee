//! The house in a PostgreSQL database: each in a schema of its own, at the server that `ZAMU_TEST_POSTGRES` names.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use zamu::clock::{Clock, SystemClock};
use zamu::keyring::Ring;
use zamu::store::PostgresStore;

pub type TheStore = PostgresStore;
pub type Shell = PgConnection;

/// The steps from an empty database to the newest schema.
pub static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");
/// What a refused double booking is called.
pub const DOUBLE_BOOKING: &str = "occupancy_no_overlap";
/// Every way to insert a row.
pub const INSERTS: &[&str] = &["INSERT"];
/// Every way to change one.
pub const UPDATES: &[&str] = &["UPDATE"];
/// Begins a transaction.
pub const BEGIN: &str = "BEGIN";

/// Few, since many tests run at once, and fewer than the tests' takers, so that these wait for each other here too.
const CONNECTIONS: u32 = 5;
/// What the schemas are called; the time they were made at follows.
const PREFIX: &str = "zamu_test_";
/// Schemas that a test left behind are dropped by a later run after so many seconds.
const STALE_SECONDS: i64 = 3600;

/// Is the server there? Where it has to be (`CI=true`) and is not, the test fails; elsewhere it is skipped, and says so.
pub fn reached() -> bool {
    static REACHED: OnceLock<Result<(), String>> = OnceLock::new();
    let Err(error) = REACHED.get_or_init(|| apart(async { sweep().await.map_err(|error| error.to_string()) })) else {
        return true;
    };
    let (server, thread) = (server(), std::thread::current());
    let (test, server) = (thread.name().unwrap_or("a test"), server.rsplit('@').next().unwrap_or_default());
    let why = format!("no PostgreSQL answers at {server} ({error}); start one, or say with ZAMU_TEST_POSTGRES where one is");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}: the build machine has to have it");
    eprintln!("SKIPPED {test}: {why}");
    false
}

/// Where the server is; on this machine without TLS, since the tests connect often.
pub fn server() -> String {
    std::env::var("ZAMU_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test?sslmode=disable".to_owned())
}

/// A shell at the server, outside every house.
pub async fn outside() -> Result<PgConnection, sqlx::Error> {
    PgConnectOptions::from_str(&server())?.connect().await
}

/// Runs something to its end on a thread of its own, also where a runtime is busy or a test is failing.
pub fn apart<T: Send>(work: impl Future<Output = T> + Send) -> T {
    let work = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

fn now() -> i64 {
    SystemClock.now().timestamp()
}

/// Drops what stopped tests left behind long ago.
async fn sweep() -> Result<(), sqlx::Error> {
    let mut raw = outside().await?;
    let names: Vec<String> = sqlx::query_scalar("SELECT nspname::text FROM pg_namespace").fetch_all(&mut raw).await?;
    for name in names {
        let made = name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next()?.parse::<i64>().ok());
        if made.is_some_and(|made| made + STALE_SECONDS < now()) {
            // Another run may be sweeping too.
            let _ = sqlx::raw_sql(AssertSqlSafe(format!("DROP SCHEMA IF EXISTS {name} CASCADE"))).execute(&mut raw).await;
        }
    }
    Ok(())
}

/// A schema of its own, dropped at the end, also when the test fails.
pub struct Base {
    schema: String,
    place: String,
    keys: PathBuf,
}

impl Base {
    /// An empty one, which nobody has migrated yet. Its keyring is in the folder.
    pub fn new(folder: &Path) -> Base {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let schema = format!("{PREFIX}{}_{}_{}", now(), std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        apart(async {
            let sql = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
            sqlx::raw_sql(sql).execute(&mut outside().await.unwrap()).await.unwrap();
        });
        let server = server();
        let separator = if server.contains('?') { '&' } else { '?' };
        let place = format!("{server}{separator}options=-c%20search_path%3D{schema}%2Cpublic");
        Base { schema, place, keys: folder.join("zamu.keys") }
    }

    /// Where it is, in the words of `--db`.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Opens it with the schema in place.
    pub async fn open(&self) -> TheStore {
        self.open_with(Arc::new(Ring::at(&self.keys).unwrap())).await.unwrap()
    }

    /// Opens it with this keyring, or says why not.
    pub async fn open_with(&self, ring: Arc<Ring>) -> zamu::store::Result<TheStore> {
        PostgresStore::connect_with(&self.place, CONNECTIONS, ring).await
    }

    /// A shell on it.
    pub async fn shell(&self) -> Shell {
        PgConnectOptions::from_str(&self.place).unwrap().connect().await.unwrap()
    }
}

impl Drop for Base {
    fn drop(&mut self) {
        let schema = &self.schema;
        apart(async {
            let Ok(mut raw) = outside().await else { return };
            // Whoever still has a transaction open there would be waited for.
            let sql = format!(
                "SET lock_timeout = '5s';
                 SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
                 WHERE l.pid <> pg_backend_pid() AND c.relnamespace = '{schema}'::regnamespace;
                 DROP SCHEMA {schema} CASCADE"
            );
            if let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut raw).await {
                eprintln!("the schema {schema} is still there ({error}); a later run drops it");
            }
        });
    }
}
