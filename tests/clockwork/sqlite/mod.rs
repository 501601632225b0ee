//! The clockwork over SQLite files.

#[path = "../../house/on_sqlite.rs"]
pub mod base;
#[path = "../crowd.rs"]
mod crowd;
#[expect(dead_code, unused_imports, reason = "the tests of the store use the rest")]
#[path = "../../house/mod.rs"]
mod house;
#[path = "../killed.rs"]
mod killed;
#[path = "../nights.rs"]
mod nights;
#[path = "../queue.rs"]
mod queue;
#[path = "../turns.rs"]
mod turns;

use std::path::Path;
use std::sync::Arc;

use zamu::keyring::Ring;
use zamu::store::SqliteStore;

/// The evening is killed before every call of the store: what is after one is before the next.
pub const KILL_EVERY: usize = 2;

/// Opens the database at this place, with this keyring.
pub async fn reopen(place: &str, ring: Arc<Ring>) -> SqliteStore {
    SqliteStore::open_with(Path::new(place), ring).await.unwrap()
}
#[path = "../whatifs.rs"]
mod whatifs;
