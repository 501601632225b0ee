//! The look over everything, for operators.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::problem::{Faults, Problem};

/// What an audit of the tables found; everything below `active` must be zero.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    /// Nothing is wrong.
    pub clean: bool,
    /// Bookings looked at.
    pub bookings: u64,
    /// Active ones.
    pub active: u64,
    /// Pairs of holds of one person or table that share an instant.
    pub overlaps: u64,
    /// Holds of bookings that are called off, or over another time than the booking's.
    pub stray_holds: u64,
    /// Bookings that stand with nobody, and nobody was asked to look.
    pub unheld: u64,
    /// Customers with two active bookings of one slot.
    pub doubled: u64,
    /// Slots whose counters differ from what stands in them.
    pub wrong_counters: u64,
    /// Bookings whose history does not end where they stand.
    pub history_gaps: u64,
    /// Steps of bookings without their event.
    pub lost_events: u64,
    /// Requests without an outcome.
    pub open_requests: u64,
}

/// Counts everything that must not be, over all tenants' tables; nobody's data is shown.
#[utoipa::path(get, path = "/internal/v1/audit", tag = "operators", responses((status = 200, body = AuditView), Faults))]
pub async fn audit(app: State<Arc<App>>) -> Result<Json<AuditView>, Problem> {
    let audit = app.store.audit().await?;
    Ok(Json(AuditView {
        clean: audit.is_clean(),
        bookings: audit.bookings,
        active: audit.active,
        overlaps: audit.overlaps,
        stray_holds: audit.stray_holds,
        unheld: audit.unheld,
        doubled: audit.doubled,
        wrong_counters: audit.wrong_counters,
        history_gaps: audit.history_gaps,
        lost_events: audit.lost_events,
        open_requests: audit.open_requests,
    }))
}
