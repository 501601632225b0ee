//! The clockwork over PostgreSQL databases.

#[path = "../../house/on_postgres.rs"]
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

use std::sync::Arc;

use zamu::keyring::Ring;
use zamu::store::PostgresStore;

/// The evening is killed at every fifth step: a schema takes a while to make.
pub const KILL_EVERY: usize = 5;

/// Opens the database at this place, with this keyring.
pub async fn reopen(place: &str, ring: Arc<Ring>) -> PostgresStore {
    PostgresStore::connect_with(place, 5, ring).await.unwrap()
}
#[path = "../whatifs.rs"]
mod whatifs;
