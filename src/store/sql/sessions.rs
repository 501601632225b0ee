//! Sessions that were ended before their time.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Conn, codec};
use crate::keyring::LEEWAY_SECONDS;
use crate::store::Result;

/// Ends a session that would be over at `until` in any case, and forgets those that are over by `now`, with the time that clocks may differ by.
pub(super) async fn end(conn: &mut Conn, id: &str, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query("DELETE FROM ended_sessions WHERE until_us <= $1")
        .bind(codec::instant_us(now - TimeDelta::seconds(LEEWAY_SECONDS)))
        .execute(&mut *conn)
        .await?;
    let sql = "INSERT INTO ended_sessions (id, until_us) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    sqlx::query(sql).bind(id).bind(codec::instant_us(until)).execute(conn).await?;
    Ok(())
}

/// Was it ended?
pub(super) async fn has_ended(conn: &mut Conn, id: &str) -> Result<bool> {
    let found = sqlx::query("SELECT 1 FROM ended_sessions WHERE id = $1").bind(id).fetch_optional(conn).await?;
    Ok(found.is_some())
}
