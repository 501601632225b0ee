//! Accounts: who signs in with a password. A change is made on the row as it stands when it is written, so that of two at once neither is lost.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row};

use super::{Conn, DbRow, codec, lock_tenant, read_house};
use crate::domain::Language;
use crate::keyring::{PasswordHash, Role};
use crate::store::{AccountChange, AccountRow, Result, StoreError};

const COLUMNS: &str = "tenant_id, login, name, role, location_id, password, language, active, epoch, created_us, changed_us";

fn account_row(row: &DbRow) -> Result<AccountRow> {
    let language: Option<String> = row.try_get("language")?;
    let language = language.map(|word| Language::from_word(&word).ok_or_else(|| codec::damaged("language", &word))).transpose()?;
    Ok(AccountRow {
        tenant_id: row.try_get("tenant_id")?,
        login: row.try_get("login")?,
        name: row.try_get("name")?,
        role: codec::word(row, "role", |word| word.parse::<Role>().ok())?,
        location_id: row.try_get("location_id")?,
        password: PasswordHash::stored(row.try_get("password")?),
        language,
        active: row.try_get("active")?,
        epoch: row.try_get("epoch")?,
        created_at: codec::instant(row, "created_us")?,
        changed_at: codec::instant(row, "changed_us")?,
    })
}

/// An account, if there is one of this login.
pub(super) async fn account(conn: &mut Conn, tenant: &str, login: &str) -> Result<Option<AccountRow>> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM accounts WHERE tenant_id = $1 AND login = $2"));
    let row = sqlx::query(sql).bind(tenant).bind(login).fetch_optional(conn).await?;
    row.as_ref().map(account_row).transpose()
}

/// The accounts of a tenant, by login.
pub(super) async fn accounts(conn: &mut Conn, tenant: &str) -> Result<Vec<AccountRow>> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM accounts WHERE tenant_id = $1 ORDER BY login"));
    let rows = sqlx::query(sql).bind(tenant).fetch_all(conn).await?;
    rows.iter().map(account_row).collect()
}

/// What no account may be, and whether its location is the tenant's own.
async fn check(conn: &mut Conn, row: &AccountRow) -> Result<()> {
    if row.name.trim().is_empty() {
        return Err(StoreError::invalid(format!("account {}: its name is empty; expected a name for people", row.login)));
    }
    if row.role == Role::User {
        let message = format!("account {}: user is the role of customers; expected frontdesk, scheduler, manager or admin", row.login);
        return Err(StoreError::invalid(message));
    }
    let Some(location) = &row.location_id else { return Ok(()) };
    let there = read_house::location_if_known(conn, location).await?;
    match there.filter(|there| there.tenant_id == row.tenant_id) {
        Some(_) => Ok(()),
        None => Err(StoreError::invalid(format!("account {}: tenant {} has no location {location:?}", row.login, row.tenant_id))),
    }
}

/// Writes a new account, of the first epoch.
pub(super) async fn add(conn: &mut Conn, row: &AccountRow) -> Result<AccountRow> {
    lock_tenant(conn, &row.tenant_id).await?;
    read_house::tenant(conn, &row.tenant_id).await?;
    check(conn, row).await?;
    if account(conn, &row.tenant_id, &row.login).await?.is_some() {
        let message = format!("tenant {} has an account {:?} already; change that one, or choose another login", row.tenant_id, row.login);
        return Err(StoreError::conflict(message));
    }
    sqlx::query(
        "INSERT INTO accounts (tenant_id, login, name, role, location_id, password, language, active, epoch, created_us, changed_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
    )
    .bind(&row.tenant_id)
    .bind(&row.login)
    .bind(&row.name)
    .bind(row.role.word())
    .bind(&row.location_id)
    .bind(row.password.as_str())
    .bind(row.language.map(Language::as_str))
    .bind(row.active)
    .bind(codec::instant_us(row.created_at))
    .execute(&mut *conn)
    .await?;
    there(conn, &row.tenant_id, &row.login).await
}

async fn there(conn: &mut Conn, tenant: &str, login: &str) -> Result<AccountRow> {
    account(conn, tenant, login).await?.ok_or_else(|| StoreError::not_found("account", login))
}

/// Changes an account. A change that ends sessions raises its epoch; one that changes nothing writes nothing.
pub(super) async fn change(conn: &mut Conn, tenant: &str, login: &str, change: &AccountChange, at: DateTime<Utc>) -> Result<AccountRow> {
    lock_tenant(conn, tenant).await?;
    let before = there(conn, tenant, login).await?;
    if change.expected_epoch.is_some_and(|epoch| epoch != before.epoch) {
        return Err(StoreError::conflict(format!("account {login}: somebody else changed it meanwhile; look again")));
    }
    let after = change.on(&before);
    if after == before {
        return Ok(before);
    }
    check(conn, &after).await?;
    let counts = |row: &AccountRow| (row.password.clone(), row.role, row.location_id.clone(), row.active);
    let epoch = before.epoch + i64::from(counts(&after) != counts(&before));
    sqlx::query(
        "UPDATE accounts SET name = $3, role = $4, location_id = $5, password = $6, language = $7, active = $8, epoch = $9, changed_us = $10
         WHERE tenant_id = $1 AND login = $2",
    )
    .bind(tenant)
    .bind(login)
    .bind(&after.name)
    .bind(after.role.word())
    .bind(&after.location_id)
    .bind(after.password.as_str())
    .bind(after.language.map(Language::as_str))
    .bind(after.active)
    .bind(epoch)
    .bind(codec::instant_us(at))
    .execute(&mut *conn)
    .await?;
    there(conn, tenant, login).await
}
