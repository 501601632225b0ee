//! Sealing rows anew after a key was replaced, and what keys they still need.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sqlx::Row;

use super::bookings::notes_row;
use super::contacts::{self, manager_row};
use super::desk::outcome_row;
use super::outbox::recipient_row;
use super::{Conn, DbRow, await_keys, codec, lock_days};
use crate::keyring::{InUse, key_of, key_of_start, lookup_key_of};
use crate::store::{ResealAt, Resealed, Result, SealedRows};

/// A column of sealed values, and how its rows are gone over.
struct Column {
    /// What a row is called, from its key.
    name: fn(&[String]) -> String,
    /// Key columns `key_1`… and the value as `sealed`, at most `$1` rows after the key `$2`….
    select: &'static str,
    /// Puts `$1` in the place of `$2` in the row with the key `$3`….
    update: &'static str,
    keys: usize,
}

const MANAGERS: Column = Column {
    name: |key| manager_row(&key[0]),
    select: "SELECT id AS key_1, manager_address AS sealed FROM tenants WHERE manager_address IS NOT NULL AND id > $2 ORDER BY id LIMIT $1",
    update: "UPDATE tenants SET manager_address = $1 WHERE manager_address = $2 AND id = $3",
    keys: 1,
};

const NOTES: Column = Column {
    name: |key| notes_row(&key[0]),
    select: "SELECT id AS key_1, notes AS sealed, location_id, local_date FROM bookings WHERE notes IS NOT NULL AND id > $2 ORDER BY id LIMIT $1",
    update: "UPDATE bookings SET notes = $1 WHERE notes = $2 AND id = $3",
    keys: 1,
};

const RECIPIENTS: Column = Column {
    name: |key| recipient_row(&key[0]),
    select: "SELECT dedup_key AS key_1, recipient AS sealed FROM outbox WHERE recipient <> '' AND dedup_key > $2 ORDER BY dedup_key LIMIT $1",
    update: "UPDATE outbox SET recipient = $1 WHERE recipient = $2 AND dedup_key = $3",
    keys: 1,
};

const OUTCOMES: Column = Column {
    name: |key| outcome_row(&key[0], &key[1], &key[2]),
    select: "SELECT tenant_id AS key_1, actor AS key_2, request_key AS key_3, outcome AS sealed FROM requests
             WHERE outcome IS NOT NULL AND (tenant_id, actor, request_key) > ($2, $3, $4) ORDER BY tenant_id, actor, request_key LIMIT $1",
    update: "UPDATE requests SET outcome = $1 WHERE outcome = $2 AND tenant_id = $3 AND actor = $4 AND request_key = $5",
    keys: 3,
};

/// The key columns of a row, by their names in a `select`.
const KEYS: [&str; 3] = ["key_1", "key_2", "key_3"];

/// What a batch did: rows looked at, rows written, and the key of the last one.
type Step = (u32, u32, Option<Vec<String>>);

/// One batch of a pass over everything sealed.
pub(super) async fn batch(conn: &mut Conn, after: Option<&ResealAt>, limit: u32) -> Result<Resealed> {
    let (rows, after) = after.map_or((SealedRows::Tenants, &[][..]), |at| (at.rows, &at.after));
    let limit = limit.max(1);
    let (looked_at, written, last) = match rows {
        SealedRows::Tenants => column(conn, &MANAGERS, after, limit).await?,
        SealedRows::Customers => customers(conn, after, limit).await?,
        SealedRows::Bookings => column(conn, &NOTES, after, limit).await?,
        SealedRows::Outbox => column(conn, &RECIPIENTS, after, limit).await?,
        SealedRows::Requests => column(conn, &OUTCOMES, after, limit).await?,
    };
    let next = match last {
        Some(after) if looked_at == limit => Some(ResealAt { rows, after }),
        _ => rows.next().map(|rows| ResealAt { rows, after: Vec::new() }),
    };
    Ok(Resealed { rows, looked_at, written, next })
}

async fn customers(conn: &mut Conn, after: &[String], limit: u32) -> Result<Step> {
    let sql = "SELECT * FROM customers WHERE (contact_address IS NOT NULL OR second_address IS NOT NULL) AND (tenant_id, id) > ($2, $3) ORDER BY tenant_id, id LIMIT $1";
    let found = keyed(sql, 2, after, limit).fetch_all(&mut *conn).await?;
    let mut written = 0;
    for row in &found {
        written += u32::from(contacts::renew(conn, row).await?);
    }
    let last = found.last().map(|row| Ok::<_, sqlx::Error>(vec![row.try_get("tenant_id")?, row.try_get("id")?])).transpose()?;
    Ok((seen(&found), written, last))
}

async fn column(conn: &mut Conn, column: &Column, after: &[String], limit: u32) -> Result<Step> {
    let found = keyed(column.select, column.keys, after, limit).fetch_all(&mut *conn).await?;
    let current = conn.keys().await?.contact_key();
    let mut old: Vec<(Vec<String>, String)> = Vec::new();
    let mut days: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
    let mut last = None;
    for row in &found {
        let key: Vec<String> = KEYS[..column.keys].iter().map(|name| row.try_get(*name)).collect::<std::result::Result<_, _>>()?;
        last = Some(key.clone());
        let sealed: String = row.try_get("sealed")?;
        if key_of(&sealed) != current {
            old.push((key, sealed));
            if column.update == NOTES.update {
                days.entry(row.try_get("location_id")?).or_default().insert(codec::date(row, "local_date")?);
            }
        }
    }
    // Whoever writes a booking locks its day first.
    for (location, days) in days {
        lock_days(conn, &location, &days.into_iter().collect::<Vec<_>>()).await?;
    }
    let mut written = 0;
    for (key, sealed) in old {
        let name = (column.name)(&key);
        let plain = conn.unseal(sealed.clone(), &name)?;
        let mut update = sqlx::query(column.update).bind(conn.seal(&plain, &name).await?).bind(sealed);
        for part in key {
            update = update.bind(part);
        }
        written += u32::from(update.execute(&mut *conn).await?.rows_affected() > 0);
    }
    Ok((seen(&found), written, last))
}

fn seen(rows: &[DbRow]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

/// A statement with the limit and the key after which it begins: before every key, where none is given.
fn keyed<'q>(sql: &'static str, keys: usize, after: &[String], limit: u32) -> sqlx::query::Query<'q, super::Base, super::Arguments> {
    let mut query = sqlx::query(sql).bind(i64::from(limit));
    for k in 0..keys {
        query = query.bind(after.get(k).cloned().unwrap_or_default());
    }
    query
}

/// Ends when everybody who writes with keys that they had before has written.
pub(super) async fn settled(conn: &mut Conn) -> Result<()> {
    await_keys(conn).await
}

/// The keys that some row still needs.
pub(super) async fn keys_in_use(conn: &mut Conn) -> Result<InUse> {
    let mut in_use = InUse::default();
    for sql in SEALED {
        let starts: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *conn).await?;
        in_use.contact.extend(starts.iter().filter_map(|start| key_of_start(start)));
    }
    for sql in FOUND_BY {
        let starts: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *conn).await?;
        in_use.lookup.extend(starts.iter().filter_map(|start| lookup_key_of(start)));
    }
    Ok(in_use)
}

/// The beginnings of everything sealed, which name the keys.
const SEALED: [&str; 6] = [
    "SELECT DISTINCT substr(manager_address, 1, 6) FROM tenants WHERE manager_address IS NOT NULL",
    "SELECT DISTINCT substr(contact_address, 1, 6) FROM customers WHERE contact_address IS NOT NULL",
    "SELECT DISTINCT substr(second_address, 1, 6) FROM customers WHERE second_address IS NOT NULL",
    "SELECT DISTINCT substr(notes, 1, 6) FROM bookings WHERE notes IS NOT NULL",
    "SELECT DISTINCT substr(recipient, 1, 6) FROM outbox WHERE recipient <> ''",
    "SELECT DISTINCT substr(outcome, 1, 6) FROM requests WHERE outcome IS NOT NULL",
];

/// The same of what customers are found by.
const FOUND_BY: [&str; 2] = [
    "SELECT DISTINCT substr(lookup, 1, 2) FROM customers WHERE lookup IS NOT NULL",
    "SELECT DISTINCT substr(second_lookup, 1, 2) FROM customers WHERE second_lookup IS NOT NULL",
];
