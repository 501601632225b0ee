//! Writing the house. Everything that is written is compared first: the same row twice writes nothing and makes no day new.

use std::collections::BTreeSet;

use super::contacts::{self, manager_row};
use super::{Conn, codec, lock_house, read_house};
use crate::domain::{ResourceKind, Rule, id};
use crate::store::{
    BlockRow, CombinationRow, CustomerRow, LocationRow, NewBlock, ResourceRow, Result, ServiceRow, Stamp, StoreError, TenantRow, Upsert,
};

/// What there was, against what shall be.
fn step<T: PartialEq>(there: Option<&T>, wanted: &T) -> Upsert {
    match there {
        None => Upsert::Inserted,
        Some(there) if there == wanted => Upsert::Unchanged,
        Some(_) => Upsert::Updated,
    }
}

fn named(what: &str, id: &str, name: &str) -> Result<()> {
    if id.trim().is_empty() || name.trim().is_empty() {
        return Err(StoreError::invalid(format!("a {what} needs an id and a name; got id {id:?}, name {name:?}")));
    }
    Ok(())
}

pub(super) async fn upsert_tenant(conn: &mut Conn, tenant: &TenantRow) -> Result<Upsert> {
    named("tenant", &tenant.id, &tenant.name)?;
    if tenant.cutoff_minute >= 1440 || tenant.cutoff_days_before > 14 {
        return Err(StoreError::invalid(format!(
            "tenant {}: the cutoff is minute {} of the day, {} days before; expected a minute below 1440 and at most 14 days",
            tenant.id, tenant.cutoff_minute, tenant.cutoff_days_before
        )));
    }
    if !(1..=120).contains(&tenant.hold_minutes) || tenant.customer_change_minutes > 43_200 {
        return Err(StoreError::invalid(format!(
            "tenant {}: a hold of {} minutes, changes until {} minutes before; expected 1 to 120, and at most 43200 (30 days)",
            tenant.id, tenant.hold_minutes, tenant.customer_change_minutes
        )));
    }
    if tenant.night_minutes > 1440 {
        let message = format!("tenant {}: the night begins {} minutes before the cutoff; expected at most 1440", tenant.id, tenant.night_minutes);
        return Err(StoreError::invalid(message));
    }
    if tenant.reminder_minutes.is_some_and(|minutes| !(1..=20_160).contains(&minutes)) {
        return Err(StoreError::invalid(format!("tenant {}: reminders 1 to 20160 minutes (two weeks) before the visit, or none", tenant.id)));
    }
    if tenant.quiet_hours.is_some_and(|quiet| quiet.from_minute >= 1440 || quiet.to_minute >= 1440) {
        return Err(StoreError::invalid(format!("tenant {}: quiet hours are from one minute of the day to another, each below 1440", tenant.id)));
    }
    let there = read_house::tenant_if_known(conn, &tenant.id).await?;
    let done = step(there.as_ref(), tenant);
    if done != Upsert::Unchanged {
        let manager = conn.seal_if_set(tenant.manager.as_ref().map(|m| m.address.as_str()), &manager_row(&tenant.id)).await?;
        sqlx::query(
            "INSERT INTO tenants (id, name, cutoff_minute, cutoff_days_before, staff_preference_enabled, profile, apply_threshold, manager_channel, manager_address,
                 exposure_policy, hold_minutes, customer_change_minutes, phone_region, feature_flags, channels, language, quiet_from_minute,
                 quiet_to_minute, reminder_minutes, night_minutes, shadow_profile)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, cutoff_minute = excluded.cutoff_minute, cutoff_days_before = excluded.cutoff_days_before,
                 staff_preference_enabled = excluded.staff_preference_enabled, profile = excluded.profile, apply_threshold = excluded.apply_threshold,
                 manager_channel = excluded.manager_channel, manager_address = excluded.manager_address, exposure_policy = excluded.exposure_policy,
                 hold_minutes = excluded.hold_minutes, customer_change_minutes = excluded.customer_change_minutes, phone_region = excluded.phone_region,
                 feature_flags = excluded.feature_flags, channels = excluded.channels, language = excluded.language,
                 quiet_from_minute = excluded.quiet_from_minute, quiet_to_minute = excluded.quiet_to_minute,
                 reminder_minutes = excluded.reminder_minutes, night_minutes = excluded.night_minutes, shadow_profile = excluded.shadow_profile",
        )
        .bind(&tenant.id)
        .bind(&tenant.name)
        .bind(i64::from(tenant.cutoff_minute))
        .bind(i64::from(tenant.cutoff_days_before))
        .bind(tenant.staff_preference_enabled)
        .bind(&tenant.profile)
        .bind(tenant.apply_threshold)
        .bind(tenant.manager.as_ref().map(|m| &m.channel))
        .bind(manager)
        .bind(tenant.exposure_policy.as_str())
        .bind(i64::from(tenant.hold_minutes))
        .bind(i64::from(tenant.customer_change_minutes))
        .bind(&tenant.phone_region)
        .bind(codec::json_text(&tenant.feature_flags)?)
        .bind(codec::json_text(&tenant.channels)?)
        .bind(tenant.language.as_str())
        .bind(tenant.quiet_hours.map(|quiet| i64::from(quiet.from_minute)))
        .bind(tenant.quiet_hours.map(|quiet| i64::from(quiet.to_minute)))
        .bind(tenant.reminder_minutes.map(i64::from))
        .bind(i64::from(tenant.night_minutes))
        .bind(&tenant.shadow_profile)
        .execute(&mut *conn)
        .await?;
    }
    if there.is_some_and(|there| there.phone_region != tenant.phone_region) {
        contacts::find_anew(conn, &tenant.id).await?;
    }
    Ok(done)
}

pub(super) async fn upsert_location(conn: &mut Conn, location: &LocationRow) -> Result<Upsert> {
    named("location", &location.id, &location.name)?;
    lock_house(conn, &location.id).await?;
    read_house::tenant(conn, &location.tenant_id).await?;
    let there = read_house::location_if_known(conn, &location.id).await?;
    if let Some(there) = there.as_ref().filter(|there| there.timezone != location.timezone || there.tenant_id != location.tenant_id) {
        let booked: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM bookings WHERE location_id = $1)").bind(&location.id).fetch_one(&mut *conn).await?;
        if booked {
            return Err(StoreError::invalid(format!(
                "location {}: its tenant ({}) and time zone ({}) cannot change, because something is booked there; make a new location",
                location.id, there.tenant_id, there.timezone
            )));
        }
    }
    let done = step(there.as_ref(), location);
    if done != Upsert::Unchanged {
        sqlx::query(
            "INSERT INTO locations (id, tenant_id, name, timezone) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET tenant_id = excluded.tenant_id, name = excluded.name, timezone = excluded.timezone",
        )
        .bind(&location.id)
        .bind(&location.tenant_id)
        .bind(&location.name)
        .bind(location.timezone.name())
        .execute(conn)
        .await?;
    }
    Ok(done)
}

fn resource_fault(row: &ResourceRow) -> Option<String> {
    let said = match row.kind {
        ResourceKind::Staff if row.seats > 0 => "is staff and has seats; only tables have seats",
        ResourceKind::Table if row.seats == 0 => "is a table without seats; give seats of 1 or more",
        ResourceKind::Table if row.min_party > row.seats => "has a smallest party larger than its seats",
        _ if row.is_temporary && (row.active_from.is_none() || row.active_to.is_none()) => "is temporary; give both its first and its last date",
        _ if row.active_from.zip(row.active_to).is_some_and(|(from, to)| from > to) => "is here until a date before the first",
        _ => return None,
    };
    Some(format!("{} {said}", row.id))
}

pub(super) async fn upsert_resource(conn: &mut Conn, row: &ResourceRow) -> Result<Upsert> {
    named("person or table", &row.id, &row.name)?;
    if let Some(fault) = resource_fault(row) {
        return Err(StoreError::invalid(fault));
    }
    lock_house(conn, &row.location_id).await?;
    read_house::location(conn, &row.location_id).await?;
    let known = read_house::resources(conn, &row.location_id).await?;
    let there = known.iter().find(|r| r.id == row.id);
    if there.is_some_and(|there| there.kind != row.kind) {
        return Err(StoreError::invalid(format!("{} is on file as another kind; a person does not become a table", row.id)));
    }
    let done = step(there, row);
    if done == Upsert::Unchanged {
        return Ok(done);
    }
    sqlx::query(
        "INSERT INTO resources (location_id, id, kind, name, gender, seats, min_party, zone, is_temporary, active_from, active_to, active)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (location_id, id) DO UPDATE SET name = excluded.name, gender = excluded.gender, seats = excluded.seats, min_party = excluded.min_party,
             zone = excluded.zone, is_temporary = excluded.is_temporary, active_from = excluded.active_from, active_to = excluded.active_to, active = excluded.active",
    )
    .bind(&row.location_id)
    .bind(&row.id)
    .bind(row.kind.as_str())
    .bind(&row.name)
    .bind(&row.gender)
    .bind(i64::from(row.seats))
    .bind(i64::from(row.min_party))
    .bind(&row.zone)
    .bind(row.is_temporary)
    .bind(row.active_from.map(|d| d.to_string()))
    .bind(row.active_to.map(|d| d.to_string()))
    .bind(row.active)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM resource_qualifications WHERE location_id = $1 AND resource_id = $2")
        .bind(&row.location_id)
        .bind(&row.id)
        .execute(&mut *conn)
        .await?;
    let sql = "INSERT INTO resource_qualifications (location_id, resource_id, qualification) VALUES ($1, $2, $3)";
    add_words(conn, sql, &row.location_id, &row.id, &row.qualifications).await?;
    Ok(done)
}

async fn add_words(conn: &mut Conn, sql: &'static str, location: &str, id: &str, words: &BTreeSet<String>) -> Result<()> {
    for word in words {
        sqlx::query(sql).bind(location).bind(id).bind(word).execute(&mut *conn).await?;
    }
    Ok(())
}

pub(super) async fn upsert_combination(conn: &mut Conn, row: &CombinationRow) -> Result<Upsert> {
    if row.members.len() < 2 || row.min_party > row.seats {
        return Err(StoreError::invalid(format!("combination {}: it needs two or more tables and a smallest party of at most its seats", row.id)));
    }
    lock_house(conn, &row.location_id).await?;
    let known = read_house::combinations(conn, &row.location_id).await?;
    if let Some(twin) = known.iter().find(|c| c.id != row.id && c.members == row.members) {
        return Err(StoreError::invalid(format!("combination {} has the same tables as {}; keep one of the two", row.id, twin.id)));
    }
    let done = step(known.iter().find(|c| c.id == row.id), row);
    if done == Upsert::Unchanged {
        return Ok(done);
    }
    sqlx::query(
        "INSERT INTO combinations (location_id, id, seats, min_party) VALUES ($1, $2, $3, $4)
         ON CONFLICT (location_id, id) DO UPDATE SET seats = excluded.seats, min_party = excluded.min_party",
    )
    .bind(&row.location_id)
    .bind(&row.id)
    .bind(i64::from(row.seats))
    .bind(i64::from(row.min_party))
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM combination_members WHERE location_id = $1 AND combination_id = $2")
        .bind(&row.location_id)
        .bind(&row.id)
        .execute(&mut *conn)
        .await?;
    let sql = "INSERT INTO combination_members (location_id, combination_id, resource_id) VALUES ($1, $2, $3)";
    add_words(conn, sql, &row.location_id, &row.id, &row.members).await?;
    Ok(done)
}

pub(super) async fn upsert_service(conn: &mut Conn, row: &ServiceRow) -> Result<Upsert> {
    named("service", &row.id, &row.name)?;
    if !(1..=1440).contains(&row.duration_minutes) || row.buffer_before_minutes > 720 || row.buffer_after_minutes > 720 {
        return Err(StoreError::invalid(format!(
            "service {}: {} minutes with buffers of {} and {}; expected 1 to 1440 minutes and buffers of at most 720",
            row.id, row.duration_minutes, row.buffer_before_minutes, row.buffer_after_minutes
        )));
    }
    lock_house(conn, &row.location_id).await?;
    let known = read_house::services(conn, &row.location_id).await?;
    let done = step(known.iter().find(|s| s.id == row.id), row);
    if done == Upsert::Unchanged {
        return Ok(done);
    }
    sqlx::query(
        "INSERT INTO services (location_id, id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes, staff_count, needs_table, price_cents, active)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (location_id, id) DO UPDATE SET name = excluded.name, duration_minutes = excluded.duration_minutes,
             buffer_before_minutes = excluded.buffer_before_minutes, buffer_after_minutes = excluded.buffer_after_minutes,
             staff_count = excluded.staff_count, needs_table = excluded.needs_table, price_cents = excluded.price_cents,
             active = excluded.active",
    )
    .bind(&row.location_id)
    .bind(&row.id)
    .bind(&row.name)
    .bind(i64::from(row.duration_minutes))
    .bind(i64::from(row.buffer_before_minutes))
    .bind(i64::from(row.buffer_after_minutes))
    .bind(i64::from(row.staff_count))
    .bind(row.needs_table)
    .bind(row.price_cents)
    .bind(row.active)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM service_qualifications WHERE location_id = $1 AND service_id = $2")
        .bind(&row.location_id)
        .bind(&row.id)
        .execute(&mut *conn)
        .await?;
    let sql = "INSERT INTO service_qualifications (location_id, service_id, qualification) VALUES ($1, $2, $3)";
    add_words(conn, sql, &row.location_id, &row.id, &row.qualifications).await?;
    Ok(done)
}

pub(super) async fn upsert_customer(conn: &mut Conn, row: &CustomerRow) -> Result<Upsert> {
    named("customer", &row.id, &row.name)?;
    let done = step(read_house::customer(conn, &row.tenant_id, &row.id).await?.as_ref(), row);
    if done != Upsert::Unchanged {
        contacts::write_customer(conn, row).await?;
    }
    Ok(done)
}

pub(super) async fn upsert_rule(conn: &mut Conn, location: &str, rule: &Rule) -> Result<Upsert> {
    if let Some(fault) = rule.fault() {
        return Err(StoreError::invalid(fault));
    }
    lock_house(conn, location).await?;
    if let Some(service) = &rule.service
        && !read_house::services(conn, location).await?.iter().any(|s| s.id == *service)
    {
        return Err(StoreError::not_found("service", service));
    }
    if let Some(other) = read_house::rules_near(conn, location, rule).await?.iter().find(|other| other.id != rule.id && other.overlaps(rule)) {
        let whose = rule.resource.as_deref().or(rule.service.as_deref()).unwrap_or("the location");
        return Err(StoreError::invalid(format!(
            "{} rules {} and {} of {whose} overlap; change the times, the weekdays or the dates of one of them",
            rule.kind.as_str(),
            rule.id,
            other.id
        )));
    }
    let done = step(read_house::rule_if_known(conn, location, &rule.id).await?.as_ref(), rule);
    if done != Upsert::Unchanged {
        sqlx::query(
            "INSERT INTO availability_rules (location_id, id, resource_id, kind, weekdays, start_minute, end_minute, valid_from, valid_to, is_closed,
                 service_id, capacity, granularity_minutes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (location_id, id) DO UPDATE SET resource_id = excluded.resource_id, kind = excluded.kind, weekdays = excluded.weekdays,
                 start_minute = excluded.start_minute, end_minute = excluded.end_minute, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
                 is_closed = excluded.is_closed, service_id = excluded.service_id, capacity = excluded.capacity,
                 granularity_minutes = excluded.granularity_minutes",
        )
        .bind(location)
        .bind(&rule.id)
        .bind(&rule.resource)
        .bind(rule.kind.as_str())
        .bind(i64::from(rule.weekdays.0))
        .bind(i64::from(rule.start_minute))
        .bind(i64::from(rule.end_minute))
        .bind(rule.valid_from.map(|d| d.to_string()))
        .bind(rule.valid_to.map(|d| d.to_string()))
        .bind(rule.closed)
        .bind(&rule.service)
        .bind(rule.capacity.map(i64::from))
        .bind(rule.granularity_minutes.map(i64::from))
        .execute(conn)
        .await?;
    }
    Ok(done)
}

pub(super) async fn remove_rule(conn: &mut Conn, location: &str, rule: &str) -> Result<()> {
    let gone = sqlx::query("DELETE FROM availability_rules WHERE location_id = $1 AND id = $2").bind(location).bind(rule).execute(conn).await?;
    if gone.rows_affected() == 0 { Err(StoreError::not_found("availability rule", rule)) } else { Ok(()) }
}

pub(super) async fn add_block(conn: &mut Conn, block: &NewBlock, stamp: &Stamp) -> Result<BlockRow> {
    if block.span.minutes() <= 0 {
        return Err(StoreError::invalid(format!("the block of {} ends before it starts", block.resource_id)));
    }
    if !read_house::resources(conn, &block.location_id).await?.iter().any(|r| r.id == block.resource_id) {
        return Err(StoreError::not_found("person or table", &block.resource_id));
    }
    let id = id::new_id(stamp.at);
    sqlx::query(
        "INSERT INTO blocks (id, location_id, resource_id, start_us, end_us, reason, created_by, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&id)
    .bind(&block.location_id)
    .bind(&block.resource_id)
    .bind(codec::minute_us(block.span.start))
    .bind(codec::minute_us(block.span.end))
    .bind(&block.reason)
    .bind(&stamp.actor)
    .bind(codec::instant_us(stamp.at))
    .execute(conn)
    .await?;
    let NewBlock { location_id, resource_id, span, reason } = block.clone();
    Ok(BlockRow { id, location_id, resource_id, span, reason, created_by: stamp.actor.clone(), created_at: stamp.at })
}

pub(super) async fn hire(conn: &mut Conn, resource: &ResourceRow, rules: &[Rule]) -> Result<Upsert> {
    let done = upsert_resource(conn, resource).await?;
    for rule in rules {
        upsert_rule(conn, &resource.location_id, rule).await?;
    }
    Ok(done)
}

pub(super) async fn remove_block_at(conn: &mut Conn, location: &str, block: &str) -> Result<()> {
    let gone = sqlx::query("DELETE FROM blocks WHERE id = $1 AND location_id = $2").bind(block).bind(location).execute(conn).await?;
    if gone.rows_affected() == 0 { Err(StoreError::not_found("block", block)) } else { Ok(()) }
}

pub(super) async fn remove_block(conn: &mut Conn, block: &str) -> Result<()> {
    let gone = sqlx::query("DELETE FROM blocks WHERE id = $1").bind(block).execute(conn).await?;
    if gone.rows_affected() == 0 { Err(StoreError::not_found("block", block)) } else { Ok(()) }
}
