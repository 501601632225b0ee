//! The list of jobs: planned, leased, done.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, QueryBuilder, Row};

use super::{Base, Conn, DbRow, SKIP_LOCKED, codec};
use crate::store::{Ahead, JobKey, JobRow, LeasedJob, NewJob, Result};

/// Rows of one statement.
const ROWS_PER_STATEMENT: usize = 500;
/// A job that was begun so often no longer keeps later ones of the same day waiting.
const ATTEMPTS_IN_THE_WAY: i64 = 3;

/// Puts jobs on the list. Who stands there waiting gets the new times, unless it is done again and again; who is done stays so.
pub(super) async fn plan(conn: &mut Conn, jobs: &[NewJob]) -> Result<()> {
    for rows in jobs.chunks(ROWS_PER_STATEMENT) {
        let mut sql = QueryBuilder::<Base>::new("INSERT INTO jobs (kind, location_id, subject, due_us, deadline_us, next_attempt_us) ");
        sql.push_values(rows, |mut row, job| {
            let due = codec::instant_us(job.due);
            row.push_bind(&job.key.kind)
                .push_bind(&job.key.location_id)
                .push_bind(&job.key.subject)
                .push_bind(due)
                .push_bind(job.deadline.map(codec::instant_us))
                .push_bind(due);
        });
        sql.push(
            " ON CONFLICT (kind, location_id, subject) DO UPDATE SET due_us = excluded.due_us, deadline_us = excluded.deadline_us,
                 next_attempt_us = excluded.next_attempt_us
             WHERE jobs.state = 'waiting' AND jobs.subject <> '' AND (jobs.due_us <> excluded.due_us OR jobs.deadline_us IS DISTINCT FROM excluded.deadline_us)",
        );
        sql.build().execute(&mut *conn).await?;
    }
    Ok(())
}

fn key(row: &DbRow) -> Result<JobKey> {
    Ok(JobKey { kind: row.try_get("kind")?, location_id: row.try_get("location_id")?, subject: row.try_get("subject")? })
}

/// Leases the jobs that are longest due to a worker. One of a local day waits for the earlier ones of that day.
pub(super) async fn lease(conn: &mut Conn, worker: &str, now: DateTime<Utc>, until: DateTime<Utc>, limit: u32) -> Result<Vec<LeasedJob>> {
    let sql = format!(
        "UPDATE jobs SET worker = $1, lease_until_us = $3, lease = lease + 1, attempts = attempts + 1
         WHERE (kind, location_id, subject) IN (
             SELECT j.kind, j.location_id, j.subject FROM jobs AS j
             WHERE j.state = 'waiting' AND j.due_us <= $2 AND j.next_attempt_us <= $2 AND (j.lease_until_us IS NULL OR j.lease_until_us <= $2)
                 AND (j.subject = '' OR NOT EXISTS (SELECT 1 FROM jobs AS e WHERE e.location_id = j.location_id
                     AND substr(e.subject, 1, 10) = substr(j.subject, 1, 10) AND e.state = 'waiting' AND e.due_us < j.due_us AND e.attempts < $4))
             ORDER BY j.due_us, j.deadline_us, j.location_id LIMIT $5 {SKIP_LOCKED})
         RETURNING kind, location_id, subject, due_us, deadline_us, attempts, lease"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(worker)
        .bind(codec::instant_us(now))
        .bind(codec::instant_us(until))
        .bind(ATTEMPTS_IN_THE_WAY)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    let leased = rows.iter().map(|row| {
        Ok(LeasedJob {
            key: key(row)?,
            due: codec::instant(row, "due_us")?,
            deadline: codec::instant_if_set(row, "deadline_us")?,
            attempts: codec::count(row, "attempts")?,
            lease: row.try_get("lease")?,
        })
    });
    let mut leased: Vec<LeasedJob> = leased.collect::<Result<_>>()?;
    leased.sort_by(|a, b| (a.due, &a.key).cmp(&(b.due, &b.key)));
    Ok(leased)
}

/// Keeps a lease; `false` when somebody else has the job by now.
pub(super) async fn extend(conn: &mut Conn, job: &LeasedJob, until: DateTime<Utc>) -> Result<bool> {
    let sql =
        "UPDATE jobs SET lease_until_us = $5 WHERE kind = $1 AND location_id = $2 AND subject = $3 AND lease = $4 AND lease_until_us IS NOT NULL";
    let done = sqlx::query(sql)
        .bind(&job.key.kind)
        .bind(&job.key.location_id)
        .bind(&job.key.subject)
        .bind(job.lease)
        .bind(codec::instant_us(until))
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that a job was done: for good, or until `again`. `false` when somebody else has the job by now.
pub(super) async fn finish(conn: &mut Conn, job: &LeasedJob, at: DateTime<Utc>, outcome: &str, again: Option<DateTime<Utc>>) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE jobs SET state = $5, finished_us = $6, outcome = $7, last_error = NULL, attempts = 0, lease_until_us = NULL,
             due_us = COALESCE($8, due_us), next_attempt_us = COALESCE($8, next_attempt_us)
         WHERE kind = $1 AND location_id = $2 AND subject = $3 AND lease = $4 AND lease_until_us IS NOT NULL",
    )
    .bind(&job.key.kind)
    .bind(&job.key.location_id)
    .bind(&job.key.subject)
    .bind(job.lease)
    .bind(if again.is_some() { "waiting" } else { "done" })
    .bind(codec::instant_us(at))
    .bind(outcome)
    .bind(again.map(codec::instant_us))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that a job failed, and when it is tried again.
pub(super) async fn fail(conn: &mut Conn, job: &LeasedJob, error: &str, next_attempt: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE jobs SET last_error = $5, next_attempt_us = $6, lease_until_us = NULL
         WHERE kind = $1 AND location_id = $2 AND subject = $3 AND lease = $4 AND lease_until_us IS NOT NULL",
    )
    .bind(&job.key.kind)
    .bind(&job.key.location_id)
    .bind(&job.key.subject)
    .bind(job.lease)
    .bind(error)
    .bind(codec::instant_us(next_attempt))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What is left of a kind of job that should be done by `deadline`.
pub(super) async fn ahead(conn: &mut Conn, kind: &str, deadline: DateTime<Utc>, now: DateTime<Utc>) -> Result<Ahead> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS jobs, COUNT(DISTINCT CASE WHEN lease_until_us > $3 THEN worker END) AS workers FROM jobs
         WHERE kind = $1 AND state = 'waiting' AND due_us <= $3 AND deadline_us <= $2",
    )
    .bind(kind)
    .bind(codec::instant_us(deadline))
    .bind(codec::instant_us(now))
    .fetch_one(conn)
    .await?;
    Ok(Ahead { jobs: codec::count(&row, "jobs")?, workers: codec::count(&row, "workers")? })
}

/// When the next job is due, if any waits.
pub(super) async fn next_due(conn: &mut Conn, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let sql =
        "SELECT MIN(CASE WHEN lease_until_us > $1 THEN lease_until_us WHEN next_attempt_us > due_us THEN next_attempt_us ELSE due_us END) AS at_us
               FROM jobs WHERE state = 'waiting'";
    let row = sqlx::query(sql).bind(codec::instant_us(now)).fetch_one(conn).await?;
    codec::instant_if_set(&row, "at_us")
}

/// The list: of one location or of all, those that wait first, by when they are due.
pub(super) async fn list(conn: &mut Conn, location: Option<&str>, limit: u32) -> Result<Vec<JobRow>> {
    let rows = sqlx::query(
        "SELECT kind, location_id, subject, state, due_us, deadline_us, next_attempt_us, attempts, worker, lease_until_us, finished_us, outcome, last_error
         FROM jobs WHERE $1 IS NULL OR location_id = $1 ORDER BY state DESC, due_us, kind, location_id, subject LIMIT $2",
    )
    .bind(location)
    .bind(i64::from(limit))
    .fetch_all(conn)
    .await?;
    rows.iter().map(job_row).collect()
}

/// A job, if it stands on the list.
pub(super) async fn job(conn: &mut Conn, key: &JobKey) -> Result<Option<JobRow>> {
    let row = sqlx::query(
        "SELECT kind, location_id, subject, state, due_us, deadline_us, next_attempt_us, attempts, worker, lease_until_us, finished_us, outcome, last_error
         FROM jobs WHERE kind = $1 AND location_id = $2 AND subject = $3",
    )
    .bind(&key.kind)
    .bind(&key.location_id)
    .bind(&key.subject)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(job_row).transpose()
}

fn job_row(row: &DbRow) -> Result<JobRow> {
    let state: String = row.try_get("state")?;
    Ok(JobRow {
        key: key(row)?,
        done: state == "done",
        due: codec::instant(row, "due_us")?,
        deadline: codec::instant_if_set(row, "deadline_us")?,
        next_attempt: codec::instant(row, "next_attempt_us")?,
        attempts: codec::count(row, "attempts")?,
        worker: row.try_get("worker")?,
        leased_until: codec::instant_if_set(row, "lease_until_us")?,
        finished_at: codec::instant_if_set(row, "finished_us")?,
        outcome: row.try_get("outcome")?,
        last_error: row.try_get("last_error")?,
    })
}

/// Forgets jobs that were done and are about days that were over before an instant; how many.
pub(super) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM jobs WHERE state = 'done' AND subject < $1";
    Ok(sqlx::query(sql).bind(before.date_naive().to_string()).execute(conn).await?.rows_affected())
}
