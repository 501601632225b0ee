//! Words of messages that a house has put in the place of the shipped ones.

use sqlx::Row;

use super::{Conn, DbRow, codec, read_house};
use crate::domain::Language;
use crate::store::{Result, TemplateRow};

fn template_row(row: &DbRow) -> Result<TemplateRow> {
    Ok(TemplateRow {
        tenant_id: row.try_get("tenant_id")?,
        language: codec::word(row, "language", Language::from_word)?,
        topic: row.try_get("topic")?,
        subject: row.try_get("subject")?,
        body: row.try_get("body")?,
        changed_by: row.try_get("changed_by")?,
        changed_at: codec::instant(row, "changed_us")?,
    })
}

/// Those of a tenant, by topic and language.
pub(super) async fn of_tenant(conn: &mut Conn, tenant: &str) -> Result<Vec<TemplateRow>> {
    let rows = sqlx::query("SELECT * FROM templates WHERE tenant_id = $1 ORDER BY topic, language").bind(tenant).fetch_all(conn).await?;
    rows.iter().map(template_row).collect()
}

/// Those of the tenant of a location.
pub(super) async fn at(conn: &mut Conn, location: &str) -> Result<Vec<TemplateRow>> {
    let sql = "SELECT t.* FROM templates AS t JOIN locations AS l ON l.tenant_id = t.tenant_id WHERE l.id = $1 ORDER BY t.topic, t.language";
    let rows = sqlx::query(sql).bind(location).fetch_all(conn).await?;
    rows.iter().map(template_row).collect()
}

/// Puts a house's own words in the place of what there was.
pub(super) async fn write(conn: &mut Conn, row: &TemplateRow) -> Result<()> {
    read_house::tenant(conn, &row.tenant_id).await?;
    sqlx::query(
        "INSERT INTO templates (tenant_id, language, topic, subject, body, changed_by, changed_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, language, topic) DO UPDATE SET subject = excluded.subject, body = excluded.body, changed_by = excluded.changed_by,
             changed_us = excluded.changed_us",
    )
    .bind(&row.tenant_id)
    .bind(row.language.as_str())
    .bind(&row.topic)
    .bind(&row.subject)
    .bind(&row.body)
    .bind(&row.changed_by)
    .bind(codec::instant_us(row.changed_at))
    .execute(conn)
    .await?;
    Ok(())
}

/// Goes back to the shipped words.
pub(super) async fn remove(conn: &mut Conn, tenant: &str, language: Language, topic: &str) -> Result<()> {
    let sql = "DELETE FROM templates WHERE tenant_id = $1 AND language = $2 AND topic = $3";
    sqlx::query(sql).bind(tenant).bind(language.as_str()).bind(topic).execute(conn).await?;
    Ok(())
}
