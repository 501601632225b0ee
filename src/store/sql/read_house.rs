//! Reading the house.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::Row;

use super::contacts::{self, customer_row, manager_row};
use super::{Conn, DbRow, codec};
use crate::domain::{Language, QuietHours, ResourceKind, Rule, RuleKind, Span, Weekdays};
use crate::store::houses::House;
use crate::store::{BlockRow, CombinationRow, CustomerRow, ExposurePolicy, LocationRow, ResourceRow, Result, ServiceRow, StoreError, TenantRow};

/// Reads from the youngest table: it is there when the schema is.
pub(super) async fn ping(conn: &mut Conn) -> Result<()> {
    sqlx::query("SELECT 1 FROM outbox LIMIT 1").fetch_optional(conn).await?;
    Ok(())
}

pub(super) async fn tenant(conn: &mut Conn, id: &str) -> Result<TenantRow> {
    tenant_if_known(conn, id).await?.ok_or_else(|| StoreError::not_found("tenant", id))
}

pub(super) async fn tenant_if_known(conn: &mut Conn, id: &str) -> Result<Option<TenantRow>> {
    let row = sqlx::query(
        "SELECT id, name, cutoff_minute, cutoff_days_before, staff_preference_enabled, profile, apply_threshold, manager_channel, manager_address,
             exposure_policy, hold_minutes, customer_change_minutes, phone_region, feature_flags, channels, language, quiet_from_minute,
             quiet_to_minute, reminder_minutes, night_minutes, shadow_profile
         FROM tenants WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    row.map(|row| {
        Ok(TenantRow {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            cutoff_minute: codec::count(&row, "cutoff_minute")?,
            cutoff_days_before: codec::count(&row, "cutoff_days_before")?,
            staff_preference_enabled: row.try_get("staff_preference_enabled")?,
            profile: row.try_get("profile")?,
            apply_threshold: row.try_get("apply_threshold")?,
            manager: contacts::opened(conn, &row, "manager_channel", "manager_address", &manager_row(id))?,
            exposure_policy: codec::word(&row, "exposure_policy", ExposurePolicy::from_word)?,
            hold_minutes: codec::count(&row, "hold_minutes")?,
            customer_change_minutes: codec::count(&row, "customer_change_minutes")?,
            phone_region: row.try_get("phone_region")?,
            feature_flags: codec::json(&row, "feature_flags")?,
            channels: codec::json(&row, "channels")?,
            language: codec::word(&row, "language", Language::from_word)?,
            quiet_hours: quiet_hours(&row)?,
            reminder_minutes: codec::count_if_set(&row, "reminder_minutes")?,
            night_minutes: codec::count(&row, "night_minutes")?,
            shadow_profile: row.try_get("shadow_profile")?,
        })
    })
    .transpose()
}

/// Out of the columns `quiet_from_minute` and `quiet_to_minute`.
pub(super) fn quiet_hours(row: &DbRow) -> Result<Option<QuietHours>> {
    let ends = codec::count_if_set(row, "quiet_from_minute")?.zip(codec::count_if_set(row, "quiet_to_minute")?);
    Ok(ends.map(|(from_minute, to_minute)| QuietHours { from_minute, to_minute }))
}

pub(super) async fn locations(conn: &mut Conn) -> Result<Vec<LocationRow>> {
    let rows = sqlx::query("SELECT id, tenant_id, name, timezone FROM locations ORDER BY id").fetch_all(conn).await?;
    rows.iter().map(location_row).collect()
}

pub(super) async fn location(conn: &mut Conn, id: &str) -> Result<LocationRow> {
    location_if_known(conn, id).await?.ok_or_else(|| StoreError::not_found("location", id))
}

/// The whole house of a location, from memory where nothing of it has changed. Not for functions that write to the house.
pub(super) async fn house(conn: &mut Conn, location: &str) -> Result<Arc<House>> {
    let row =
        sqlx::query("SELECT id, tenant_id, name, timezone, version FROM locations WHERE id = $1").bind(location).fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(|| StoreError::not_found("location", location))?;
    let (place, version): (LocationRow, i64) = (location_row(&row)?, row.try_get("version")?);
    if let Some(known) = conn.houses.known(&place, version) {
        return Ok(known);
    }
    let house = Arc::new(House {
        resources: resources(conn, location).await?,
        combinations: combinations(conn, location).await?,
        rules: rules(conn, location).await?,
        subjects: subjects(conn, location).await?,
        services: services(conn, location).await?,
        place,
    });
    conn.houses.keep(version, &house);
    Ok(house)
}

pub(super) async fn location_if_known(conn: &mut Conn, id: &str) -> Result<Option<LocationRow>> {
    let row = sqlx::query("SELECT id, tenant_id, name, timezone FROM locations WHERE id = $1").bind(id).fetch_optional(conn).await?;
    row.as_ref().map(location_row).transpose()
}

fn location_row(row: &DbRow) -> Result<LocationRow> {
    let timezone: String = row.try_get("timezone")?;
    let timezone = timezone.parse().map_err(|_| codec::damaged("timezone", &timezone))?;
    Ok(LocationRow { id: row.try_get("id")?, tenant_id: row.try_get("tenant_id")?, name: row.try_get("name")?, timezone })
}

/// Words that belong to something, by its id.
async fn grouped(conn: &mut Conn, sql: &'static str, location: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let pairs: Vec<(String, String)> = sqlx::query_as(sql).bind(location).fetch_all(conn).await?;
    let mut by_id: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, word) in pairs {
        by_id.entry(id).or_default().insert(word);
    }
    Ok(by_id)
}

pub(super) async fn resources(conn: &mut Conn, location: &str) -> Result<Vec<ResourceRow>> {
    let sql = "SELECT resource_id, qualification FROM resource_qualifications WHERE location_id = $1";
    let mut qualifications = grouped(conn, sql, location).await?;
    let rows = sqlx::query(
        "SELECT location_id, id, kind, name, gender, seats, min_party, zone, is_temporary, active_from, active_to, active
         FROM resources WHERE location_id = $1 ORDER BY id",
    )
    .bind(location)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("id")?;
            Ok(ResourceRow {
                location_id: row.try_get("location_id")?,
                kind: codec::word(row, "kind", |word| [ResourceKind::Staff, ResourceKind::Table].into_iter().find(|k| k.as_str() == word))?,
                name: row.try_get("name")?,
                gender: row.try_get("gender")?,
                qualifications: qualifications.remove(&id).unwrap_or_default(),
                seats: codec::count(row, "seats")?,
                min_party: codec::count(row, "min_party")?,
                zone: row.try_get("zone")?,
                is_temporary: row.try_get("is_temporary")?,
                active_from: codec::date_if_set(row, "active_from")?,
                active_to: codec::date_if_set(row, "active_to")?,
                active: row.try_get("active")?,
                id,
            })
        })
        .collect()
}

pub(super) async fn combinations(conn: &mut Conn, location: &str) -> Result<Vec<CombinationRow>> {
    let mut members = grouped(conn, "SELECT combination_id, resource_id FROM combination_members WHERE location_id = $1", location).await?;
    let rows = sqlx::query("SELECT location_id, id, seats, min_party FROM combinations WHERE location_id = $1 ORDER BY id")
        .bind(location)
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("id")?;
            Ok(CombinationRow {
                location_id: row.try_get("location_id")?,
                members: members.remove(&id).unwrap_or_default(),
                seats: codec::count(row, "seats")?,
                min_party: codec::count(row, "min_party")?,
                id,
            })
        })
        .collect()
}

pub(super) async fn services(conn: &mut Conn, location: &str) -> Result<Vec<ServiceRow>> {
    let mut qualifications = grouped(conn, "SELECT service_id, qualification FROM service_qualifications WHERE location_id = $1", location).await?;
    let rows = sqlx::query(
        "SELECT location_id, id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes, staff_count, needs_table, price_cents, active
         FROM services WHERE location_id = $1 ORDER BY id",
    )
    .bind(location)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("id")?;
            Ok(ServiceRow {
                location_id: row.try_get("location_id")?,
                name: row.try_get("name")?,
                duration_minutes: codec::count(row, "duration_minutes")?,
                buffer_before_minutes: codec::count(row, "buffer_before_minutes")?,
                buffer_after_minutes: codec::count(row, "buffer_after_minutes")?,
                qualifications: qualifications.remove(&id).unwrap_or_default(),
                staff_count: codec::count(row, "staff_count")?,
                needs_table: row.try_get("needs_table")?,
                price_cents: row.try_get("price_cents")?,
                active: row.try_get("active")?,
                id,
            })
        })
        .collect()
}

pub(super) async fn rules(conn: &mut Conn, location: &str) -> Result<Vec<Rule>> {
    let sql = "SELECT * FROM availability_rules WHERE location_id = $1 ORDER BY id";
    sqlx::query(sql).bind(location).fetch_all(conn).await?.iter().map(rule_row).collect()
}

/// Rules that say anything about a date or the one before.
/// Who has rules of their own at all.
pub(super) async fn subjects(conn: &mut Conn, location: &str) -> Result<BTreeSet<String>> {
    let sql = "SELECT DISTINCT resource_id FROM availability_rules WHERE location_id = $1 AND resource_id IS NOT NULL";
    Ok(sqlx::query_scalar(sql).bind(location).fetch_all(conn).await?.into_iter().collect())
}

pub(super) async fn rule_if_known(conn: &mut Conn, location: &str, id: &str) -> Result<Option<Rule>> {
    let sql = "SELECT * FROM availability_rules WHERE location_id = $1 AND id = $2";
    sqlx::query(sql).bind(location).bind(id).fetch_optional(conn).await?.as_ref().map(rule_row).transpose()
}

/// Rules that could overlap this one: of the same subject and kind, with dates that meet or touch (a night shift reaches into the next date).
pub(super) async fn rules_near(conn: &mut Conn, location: &str, rule: &Rule) -> Result<Vec<Rule>> {
    sqlx::query(
        "SELECT * FROM availability_rules WHERE location_id = $1 AND resource_id IS NOT DISTINCT FROM $2 AND kind = $3 AND service_id IS NOT DISTINCT FROM $6
             AND (valid_from IS NULL OR valid_from <= COALESCE($4, '9999-12-31')) AND (valid_to IS NULL OR valid_to >= COALESCE($5, '0000-01-01'))
         ORDER BY id",
    )
    .bind(location)
    .bind(&rule.resource)
    .bind(rule.kind.as_str())
    .bind(rule.valid_to.map(|d| d.succ_opt().unwrap_or(d).to_string()))
    .bind(rule.valid_from.map(|d| d.pred_opt().unwrap_or(d).to_string()))
    .bind(&rule.service)
    .fetch_all(conn)
    .await?
    .iter()
    .map(rule_row)
    .collect()
}

fn rule_row(row: &DbRow) -> Result<Rule> {
    let weekdays: i64 = row.try_get("weekdays")?;
    Ok(Rule {
        id: row.try_get("id")?,
        resource: row.try_get("resource_id")?,
        service: row.try_get("service_id")?,
        kind: codec::word(row, "kind", RuleKind::from_word)?,
        weekdays: Weekdays(u8::try_from(weekdays).map_err(|_| codec::damaged("weekdays", &weekdays.to_string()))?),
        start_minute: codec::count(row, "start_minute")?,
        end_minute: codec::count(row, "end_minute")?,
        valid_from: codec::date_if_set(row, "valid_from")?,
        valid_to: codec::date_if_set(row, "valid_to")?,
        closed: row.try_get("is_closed")?,
        capacity: codec::count_if_set(row, "capacity")?,
        granularity_minutes: codec::count_if_set(row, "granularity_minutes")?,
    })
}

pub(super) async fn blocks(conn: &mut Conn, location: &str, span: Span) -> Result<Vec<BlockRow>> {
    let rows = sqlx::query(
        "SELECT id, location_id, resource_id, start_us, end_us, reason, created_by, created_us
         FROM blocks WHERE location_id = $1 AND start_us < $2 AND end_us > $3 ORDER BY start_us, id",
    )
    .bind(location)
    .bind(codec::minute_us(span.end))
    .bind(codec::minute_us(span.start))
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(BlockRow {
                id: row.try_get("id")?,
                location_id: row.try_get("location_id")?,
                resource_id: row.try_get("resource_id")?,
                span: codec::span(row)?,
                reason: row.try_get("reason")?,
                created_by: row.try_get("created_by")?,
                created_at: codec::instant(row, "created_us")?,
            })
        })
        .collect()
}

pub(super) async fn customer(conn: &mut Conn, tenant: &str, id: &str) -> Result<Option<CustomerRow>> {
    let row = sqlx::query("SELECT tenant_id, id, name, contact_channel, contact_address, second_channel, second_address, language FROM customers WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    row.as_ref().map(|row| customer_row(conn, row)).transpose()
}

/// Whoever booked anything on a local day that was not called off, by id.
pub(super) async fn customers_of_day(conn: &mut Conn, location: &str, date: NaiveDate) -> Result<BTreeMap<String, CustomerRow>> {
    let sql = "SELECT DISTINCT c.tenant_id, c.id, c.name, c.contact_channel, c.contact_address, c.second_channel, c.second_address, c.language
               FROM bookings AS b JOIN customers AS c ON c.tenant_id = b.tenant_id AND c.id = b.customer_id
               WHERE b.location_id = $1 AND b.local_date = $2 AND b.state NOT IN ('cancelled', 'expired', 'failed')";
    let rows = sqlx::query(sql).bind(location).bind(date.to_string()).fetch_all(&mut *conn).await?;
    rows.iter().map(|row| customer_row(conn, row).map(|customer| (customer.id.clone(), customer))).collect()
}
