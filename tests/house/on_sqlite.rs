//! The house in a SQLite file.

use std::path::Path;
use std::sync::Arc;

use sqlx::ConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use zamu::keyring::Ring;
use zamu::store::SqliteStore;

pub type TheStore = SqliteStore;
pub type Shell = sqlx::SqliteConnection;

/// The steps from an empty database to the newest schema.
pub static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
/// What a refused double booking is called.
pub const DOUBLE_BOOKING: &str = "double-booking";
/// Every way to insert a row, or to try.
pub const INSERTS: &[&str] = &["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"];
/// Every way to change one.
pub const UPDATES: &[&str] = &["UPDATE", "UPDATE OR REPLACE"];
/// Begins a transaction that writes.
pub const BEGIN: &str = "BEGIN IMMEDIATE";

/// A file is always within reach.
pub fn reached() -> bool {
    true
}

/// A database in a file of its own.
pub struct Base {
    place: String,
}

impl Base {
    /// One in this folder, which nobody has opened yet.
    pub fn new(folder: &Path) -> Base {
        Base { place: folder.join("zamu.db").to_str().unwrap().to_owned() }
    }

    /// Where it is, in the words of `--db`.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Opens it with the schema in place.
    pub async fn open(&self) -> TheStore {
        SqliteStore::open(Path::new(&self.place)).await.unwrap()
    }

    /// Opens it with this keyring, or says why not.
    pub async fn open_with(&self, ring: Arc<Ring>) -> zamu::store::Result<TheStore> {
        SqliteStore::open_with(Path::new(&self.place), ring).await
    }

    /// A shell on it.
    pub async fn shell(&self) -> Shell {
        SqliteConnectOptions::new().filename(&self.place).create_if_missing(true).foreign_keys(true).connect().await.unwrap()
    }
}
