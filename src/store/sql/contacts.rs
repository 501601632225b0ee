//! Where people are reached, in the database: sealed, and found by a keyed hash of the address.

use std::sync::Arc;

use sqlx::Row;

use super::conn::row_name;
use super::{Conn, DbRow};
use crate::domain::Language;
use crate::keyring::{Keyring, key_of};
use crate::store::contact::found_by;
use crate::store::{Contact, CustomerRow, Result};

/// Rows of a batch where all of a tenant's customers are written.
const BATCH: i64 = 500;

/// What a manager's address is sealed for.
pub(super) fn manager_row(tenant: &str) -> String {
    row_name("tenant", &[tenant, "manager"])
}

/// What the first or second address of a customer is sealed for.
fn address_row(tenant: &str, id: &str, which: &str) -> String {
    row_name("customer", &[tenant, id, which])
}

/// A contact out of two columns, its address opened.
pub(super) fn opened(conn: &Conn, row: &DbRow, channel: &str, address: &str, name: &str) -> Result<Option<Contact>> {
    let (channel, address): (Option<String>, Option<String>) = (row.try_get(channel)?, row.try_get(address)?);
    channel.zip(address).map(|(channel, address)| Ok(Contact { channel, address: conn.unseal(address, name)? })).transpose()
}

/// A customer out of the columns `tenant_id`, `id`, `name`, `language` and both contacts.
pub(super) fn customer_row(conn: &Conn, row: &DbRow) -> Result<CustomerRow> {
    let (tenant, id, name): (String, String, String) = (row.try_get("tenant_id")?, row.try_get("id")?, row.try_get("name")?);
    Ok(CustomerRow {
        contact: opened(conn, row, "contact_channel", "contact_address", &address_row(&tenant, &id, "1"))?,
        second: opened(conn, row, "second_channel", "second_address", &address_row(&tenant, &id, "2"))?,
        language: row.try_get::<Option<String>, _>("language")?.as_deref().and_then(Language::from_word),
        ..CustomerRow::new(&tenant, &id, &name)
    })
}

/// The country of a tenant's numbers without a country code.
async fn phone_region(conn: &mut Conn, tenant: &str) -> Result<Option<String>> {
    let region: Option<Option<String>> =
        sqlx::query_scalar("SELECT phone_region FROM tenants WHERE id = $1").bind(tenant).fetch_optional(conn).await?;
    Ok(region.flatten())
}

fn lookup(keys: &Keyring, tenant: &str, contact: Option<&Contact>, region: Option<&str>) -> Option<String> {
    contact.map(|contact| keys.lookup(tenant, &found_by(contact, region)))
}

/// Writes a customer, sealed, with what they are found by.
pub(super) async fn write_customer(conn: &mut Conn, row: &CustomerRow) -> Result<()> {
    let (first, second) = (row.contact.as_ref(), row.second.as_ref());
    let region = phone_region(conn, &row.tenant_id).await?;
    let (mut lookup_1, mut lookup_2) = (None, None);
    if first.or(second).is_some() {
        let keys = conn.keys().await?;
        lookup_1 = lookup(&keys, &row.tenant_id, first, region.as_deref());
        lookup_2 = lookup(&keys, &row.tenant_id, second, region.as_deref());
    }
    let address_1 = conn.seal_if_set(first.map(|c| c.address.as_str()), &address_row(&row.tenant_id, &row.id, "1")).await?;
    let address_2 = conn.seal_if_set(second.map(|c| c.address.as_str()), &address_row(&row.tenant_id, &row.id, "2")).await?;
    sqlx::query(
        "INSERT INTO customers (tenant_id, id, name, contact_channel, contact_address, second_channel, second_address, lookup, second_lookup, language)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, contact_channel = excluded.contact_channel, contact_address = excluded.contact_address,
             second_channel = excluded.second_channel, second_address = excluded.second_address, lookup = excluded.lookup, second_lookup = excluded.second_lookup,
             language = excluded.language",
    )
    .bind(&row.tenant_id)
    .bind(&row.id)
    .bind(&row.name)
    .bind(first.map(|c| &c.channel))
    .bind(address_1)
    .bind(second.map(|c| &c.channel))
    .bind(address_2)
    .bind(lookup_1)
    .bind(lookup_2)
    .bind(row.language.map(Language::as_str))
    .execute(conn)
    .await?;
    Ok(())
}

/// A customer who is reached there. Of several, those first who are told there, and then the smallest id.
pub(super) async fn find(conn: &mut Conn, tenant: &str, contact: &Contact) -> Result<Option<CustomerRow>> {
    let region = phone_region(conn, tenant).await?;
    let wanted = found_by(contact, region.as_deref());
    let is_it = |one: &Option<Contact>| one.as_ref().is_some_and(|one| found_by(one, region.as_deref()) == wanted);
    let mut found: Vec<(bool, CustomerRow)> = Vec::new();
    for lookup in conn.fresh_keys()?.lookups(tenant, &wanted) {
        let sql = "SELECT * FROM customers WHERE tenant_id = $1 AND (lookup = $2 OR second_lookup = $2)";
        for row in sqlx::query(sql).bind(tenant).bind(lookup).fetch_all(&mut *conn).await? {
            let customer = customer_row(conn, &row)?;
            if is_it(&customer.contact) || is_it(&customer.second) {
                found.push((!is_it(&customer.contact), customer));
            }
        }
    }
    found.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    Ok(found.into_iter().next().map(|(_, customer)| customer))
}

/// Seals a customer's addresses with the current key where they are not, and writes what they are found by under the current key. Was anything to
/// be written? The row has every column of `customers`.
pub(super) async fn renew(conn: &mut Conn, row: &DbRow) -> Result<bool> {
    let customer = customer_row(conn, row)?;
    let (tenant, id) = (&customer.tenant_id, &customer.id);
    let region = phone_region(conn, tenant).await?;
    let keys = conn.keys().await?;
    let before: [Option<String>; 4] =
        [row.try_get("contact_address")?, row.try_get("second_address")?, row.try_get("lookup")?, row.try_get("second_lookup")?];
    let address_1 = renewed(&keys, conn, before[0].clone(), &address_row(tenant, id, "1")).await?;
    let address_2 = renewed(&keys, conn, before[1].clone(), &address_row(tenant, id, "2")).await?;
    let lookup_1 = lookup(&keys, tenant, customer.contact.as_ref(), region.as_deref());
    let lookup_2 = lookup(&keys, tenant, customer.second.as_ref(), region.as_deref());
    let after = [address_1, address_2, lookup_1, lookup_2];
    if after == before {
        return Ok(false);
    }
    let [before_1, before_2, ..] = before;
    let [address_1, address_2, lookup_1, lookup_2] = after;
    // Only where nobody else has written meanwhile: they did so with the current keys.
    let done = sqlx::query(
        "UPDATE customers SET contact_address = $3, second_address = $4, lookup = $5, second_lookup = $6 WHERE tenant_id = $1 AND id = $2
             AND contact_address IS NOT DISTINCT FROM $7 AND second_address IS NOT DISTINCT FROM $8",
    )
    .bind(tenant)
    .bind(id)
    .bind(address_1)
    .bind(address_2)
    .bind(lookup_1)
    .bind(lookup_2)
    .bind(before_1)
    .bind(before_2)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A value under the current key: itself where it is already.
async fn renewed(keys: &Arc<Keyring>, conn: &mut Conn, stored: Option<String>, name: &str) -> Result<Option<String>> {
    match stored {
        Some(stored) if key_of(&stored) != keys.contact_key() => {
            let plain = conn.unseal(stored, name)?;
            conn.seal(&plain, name).await.map(Some)
        }
        stored => Ok(stored),
    }
}

/// Writes anew what all customers of a tenant are found by.
pub(super) async fn find_anew(conn: &mut Conn, tenant: &str) -> Result<()> {
    let mut after = String::new();
    loop {
        let sql = "SELECT * FROM customers WHERE tenant_id = $1 AND id > $2 AND (contact_address IS NOT NULL OR second_address IS NOT NULL) ORDER BY id LIMIT $3";
        let rows = sqlx::query(sql).bind(tenant).bind(&after).bind(BATCH).fetch_all(&mut *conn).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get("id")?;
        for row in &rows {
            renew(conn, row).await?;
        }
    }
}

/// Opens one sealed value of each sort, so that the wrong keyring is found out before anything is written with it.
pub(super) async fn try_keys(conn: &mut Conn) -> Result<()> {
    let sql = "SELECT tenant_id, id, contact_address FROM customers WHERE substr(contact_address, 1, 4) = 'zs1.' LIMIT 1";
    if let Some(row) = sqlx::query(sql).fetch_optional(&mut *conn).await? {
        conn.unseal(row.try_get("contact_address")?, &address_row(row.try_get("tenant_id")?, row.try_get("id")?, "1"))?;
    }
    let sql = "SELECT id, manager_address FROM tenants WHERE substr(manager_address, 1, 4) = 'zs1.' LIMIT 1";
    if let Some(row) = sqlx::query(sql).fetch_optional(&mut *conn).await? {
        conn.unseal(row.try_get("manager_address")?, &manager_row(row.try_get("id")?))?;
    }
    Ok(())
}
