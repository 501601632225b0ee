//! What-ifs: asked together with the job that works them out, how far they are, and what came out.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row};

use super::{Conn, DbRow, codec, jobs, lock_tenant};
use crate::store::{JobKey, NewJob, NewWhatIf, Result, StoreError, WHATIF_JOB, WhatIfEnd, WhatIfRow, WhatIfState};

/// Everything but the study, which may be large.
const COLUMNS: &str =
    "id, tenant_id, location_id, from_date, to_date, scenario, state, days_done, days_total, cancel_asked, error, actor, created_us,
    started_us, finished_us";

fn whatif_row(row: &DbRow) -> Result<WhatIfRow> {
    Ok(WhatIfRow {
        id: row.try_get("id")?,
        tenant_id: row.try_get("tenant_id")?,
        location_id: row.try_get("location_id")?,
        from: codec::date(row, "from_date")?,
        to: codec::date(row, "to_date")?,
        scenario: codec::json(row, "scenario")?,
        state: codec::word(row, "state", WhatIfState::from_word)?,
        days_done: codec::count(row, "days_done")?,
        days_total: codec::count(row, "days_total")?,
        cancel_asked: row.try_get("cancel_asked")?,
        error: row.try_get("error")?,
        actor: row.try_get("actor")?,
        created_at: codec::instant(row, "created_us")?,
        started_at: codec::instant_if_set(row, "started_us")?,
        finished_at: codec::instant_if_set(row, "finished_us")?,
    })
}

/// A what-if by its id.
pub(super) async fn whatif(conn: &mut Conn, id: &str) -> Result<WhatIfRow> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM whatifs WHERE id = $1"));
    let row = sqlx::query(sql).bind(id).fetch_optional(conn).await?;
    row.as_ref().map(whatif_row).transpose()?.ok_or_else(|| StoreError::not_found("what-if", id))
}

/// What came out of it, once it is done.
pub(super) async fn study(conn: &mut Conn, id: &str) -> Result<Option<serde_json::Value>> {
    let row = sqlx::query("SELECT result FROM whatifs WHERE id = $1 AND result IS NOT NULL").bind(id).fetch_optional(conn).await?;
    row.as_ref().map(|row| codec::json(row, "result")).transpose()
}

/// Those of a tenant, of one location or of all, newest first, before the row `before`.
pub(super) async fn whatifs(conn: &mut Conn, tenant: &str, location: Option<&str>, before: Option<&str>, limit: u32) -> Result<Vec<WhatIfRow>> {
    let sql = AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM whatifs WHERE tenant_id = $1 AND ($2 IS NULL OR location_id = $2) AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4"
    ));
    let rows = sqlx::query(sql).bind(tenant).bind(location).bind(before).bind(i64::from(limit)).fetch_all(conn).await?;
    rows.iter().map(whatif_row).collect()
}

/// Writes a what-if and puts it on the list of jobs; `None` where the tenant has `open_max` of them open already.
pub(super) async fn ask(conn: &mut Conn, new: &NewWhatIf, open_max: u32) -> Result<Option<WhatIfRow>> {
    // Two that are asked at once are counted one after the other.
    lock_tenant(conn, &new.tenant_id).await?;
    let sql = "SELECT COUNT(*) AS open FROM whatifs WHERE tenant_id = $1 AND state IN ('queued', 'running')";
    let open = codec::count(&sqlx::query(sql).bind(&new.tenant_id).fetch_one(&mut *conn).await?, "open")?;
    if open >= open_max {
        return Ok(None);
    }
    sqlx::query(
        "INSERT INTO whatifs (id, tenant_id, location_id, from_date, to_date, scenario, state, actor, created_us)
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8)",
    )
    .bind(&new.id)
    .bind(&new.tenant_id)
    .bind(&new.location_id)
    .bind(new.from.to_string())
    .bind(new.to.to_string())
    .bind(new.scenario.to_string())
    .bind(&new.actor)
    .bind(codec::instant_us(new.at))
    .execute(&mut *conn)
    .await?;
    let job = NewJob { key: JobKey::new(WHATIF_JOB, &new.location_id, &new.id), due: new.at, deadline: None };
    jobs::plan(conn, &[job]).await?;
    Ok(Some(whatif(conn, &new.id).await?))
}

/// Begins with a what-if, or begins again where another worker left it; `None` where it has ended.
pub(super) async fn start(conn: &mut Conn, id: &str, at: DateTime<Utc>) -> Result<Option<WhatIfRow>> {
    let sql = "UPDATE whatifs SET state = 'running', started_us = $2, days_done = 0, days_total = 0 WHERE id = $1 AND state IN ('queued', 'running')";
    let done = sqlx::query(sql).bind(id).bind(codec::instant_us(at)).execute(&mut *conn).await?;
    if done.rows_affected() == 0 { Ok(None) } else { Ok(Some(whatif(conn, id).await?)) }
}

/// Notes how far a what-if is; whether it should go on.
pub(super) async fn progress(conn: &mut Conn, id: &str, done: u32, total: u32) -> Result<bool> {
    let sql = "UPDATE whatifs SET days_done = $2, days_total = $3 WHERE id = $1 AND state = 'running' RETURNING cancel_asked";
    let row = sqlx::query(sql).bind(id).bind(i64::from(done)).bind(i64::from(total)).fetch_optional(conn).await?;
    Ok(match row {
        Some(row) => !row.try_get::<bool, _>("cancel_asked")?,
        None => false,
    })
}

/// Ends a what-if; `false` where it has ended before.
pub(super) async fn finish(conn: &mut Conn, id: &str, end: &WhatIfEnd, at: DateTime<Utc>) -> Result<bool> {
    let (result, error) = match end {
        WhatIfEnd::Done(study) => (Some(study.to_string()), None),
        WhatIfEnd::Failed(why) => (None, Some(why.as_str())),
        WhatIfEnd::Cancelled => (None, None),
    };
    let sql = "UPDATE whatifs SET state = $2, result = $3, error = $4, finished_us = $5,
                   days_done = CASE WHEN $2 = 'done' THEN days_total ELSE days_done END
               WHERE id = $1 AND state IN ('queued', 'running')";
    let done = sqlx::query(sql).bind(id).bind(end.state().as_str()).bind(result).bind(error).bind(codec::instant_us(at)).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Calls a what-if off: at once where nobody works on it, else whoever does is asked to end. One that has ended stays as it is.
pub(super) async fn cancel(conn: &mut Conn, id: &str, at: DateTime<Utc>) -> Result<WhatIfRow> {
    let sql = "UPDATE whatifs SET cancel_asked = TRUE, finished_us = CASE WHEN state = 'queued' THEN $2 END,
                   state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END
               WHERE id = $1 AND state IN ('queued', 'running')";
    sqlx::query(sql).bind(id).bind(codec::instant_us(at)).execute(&mut *conn).await?;
    whatif(conn, id).await
}

/// Forgets what-ifs that ended before an instant; how many.
pub(super) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM whatifs WHERE finished_us < $1";
    Ok(sqlx::query(sql).bind(codec::instant_us(before)).execute(conn).await?.rows_affected())
}
