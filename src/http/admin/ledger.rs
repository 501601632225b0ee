//! The fairness ledger: who did more than their share, and corrections by hand.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AtDay;
use crate::domain::local;
use crate::http::app::{App, Caller};
use crate::http::ask::{self, Asked};
use crate::http::once::Sent;
use crate::http::problem::{Faults, Problem};
use crate::operations::ledger;
use crate::store::{CorrectionRow, NewCorrection, Stamp};

/// A location's ledger as a day's sheet carries it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerView {
    /// Where.
    pub location_id: String,
    /// First local day of the window.
    #[schema(format = Date)]
    pub from: String,
    /// Last local day of the window.
    #[schema(format = Date)]
    pub to: String,
    /// Days of it that are closed.
    pub closed_days: usize,
    /// Everybody with an account.
    pub people: Vec<AccountView>,
    /// Corrections, oldest first.
    pub corrections: Vec<CorrectionView>,
}

/// One person's account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Who.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Days with an entry.
    pub days: usize,
    /// Minutes on shift and not blocked.
    pub available_minutes: i64,
    /// Their fair share of the work.
    pub target_minutes: f64,
    /// Minutes served of it.
    pub actual_minutes: i64,
    /// Minutes served because the customer chose them: neither earned nor owed.
    pub requested_minutes: i64,
    /// Corrections by hand.
    pub corrected_minutes: i64,
    /// Minutes above the share, with corrections: what the sheet carries.
    pub balance_minutes: f64,
}

/// A correction by hand.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionView {
    /// Identifier.
    pub id: String,
    /// Whose account.
    pub person_id: String,
    /// The local day on which it was made.
    #[schema(format = Date)]
    pub date: String,
    /// Added to what the person is above the share.
    pub minutes: i64,
    /// Why.
    pub reason: String,
    /// Who made it.
    pub actor: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

impl From<CorrectionRow> for CorrectionView {
    fn from(row: CorrectionRow) -> CorrectionView {
        CorrectionView {
            id: row.id,
            person_id: row.resource_id,
            date: row.date.to_string(),
            minutes: row.minutes,
            reason: row.reason,
            actor: row.actor,
            at: row.at.to_rfc3339(),
        }
    }
}

impl From<ledger::Account> for AccountView {
    fn from(one: ledger::Account) -> AccountView {
        AccountView {
            person_id: one.id,
            name: one.name,
            days: one.days,
            available_minutes: one.available_minutes,
            target_minutes: one.target_minutes,
            actual_minutes: one.actual_minutes,
            requested_minutes: one.requested_minutes,
            corrected_minutes: one.corrected_minutes,
            balance_minutes: one.balance_minutes,
        }
    }
}

/// A local day as answers write it: there is none before 1970, and nothing that happened on one.
fn since_1970(date: chrono::NaiveDate) -> String {
    date.max(chrono::DateTime::UNIX_EPOCH.date_naive()).to_string()
}

/// The fairness ledger over the 91 days before a day: today where none is given.
#[utoipa::path(get, path = "/admin/v1/ledger", tag = "day", params(AtDay), responses((status = 200, body = LedgerView), Faults))]
pub async fn show(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<AtDay>) -> Result<Json<LedgerView>, Problem> {
    let location = app.location(&caller, &asked.0.location_id).await?;
    let date = match asked.0.date.as_deref() {
        Some(text) => ask::date("date", text)?,
        None => local::local_date(location.timezone, app.clock.now()),
    };
    let ledger = ledger::show(app.store.as_ref(), &location.id, date).await?;
    Ok(Json(LedgerView {
        location_id: ledger.location,
        from: since_1970(ledger.from),
        to: since_1970(ledger.to),
        closed_days: ledger.closed.len(),
        people: ledger.people.into_iter().map(AccountView::from).collect(),
        corrections: ledger.corrections.into_iter().map(CorrectionView::from).collect(),
    }))
}

/// A correction that is to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionGiven {
    /// Where.
    pub location_id: String,
    /// Whose account; one of the staff, not a temp.
    pub person_id: String,
    /// Counted as served above the share; negative owes them work. Not 0.
    #[schema(minimum = -10080, maximum = 10080)]
    pub minutes: i64,
    /// Why.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// Corrects somebody's account from the next sheet on. It is kept, and never changed: a wrong one is put right by another.
#[utoipa::path(post, path = "/admin/v1/ledger/corrections", tag = "day", request_body = CorrectionGiven, params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")), responses((status = 201, body = CorrectionView), Faults))]
pub async fn correct(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    sent: Sent<CorrectionGiven>,
) -> Result<(StatusCode, Json<CorrectionView>), Problem> {
    Ok((StatusCode::CREATED, Json(corrected(&app, &caller, sent).await?.into())))
}

/// Writes a correction.
///
/// # Errors
/// Not the caller's location, no reason, or what the store refuses: nobody of the staff, no minutes or more than a week's.
pub(in crate::http) async fn corrected(app: &App, caller: &Caller, sent: Sent<CorrectionGiven>) -> Result<CorrectionRow, Problem> {
    let Sent { body, once } = sent;
    let location = app.location(caller, &body.location_id).await?;
    let date = local::local_date(location.timezone, app.clock.now());
    let stamp = Stamp::new(&caller.actor(), app.clock.now(), &super::name("reason", &body.reason)?);
    let new = NewCorrection { location_id: location.id, resource_id: body.person_id, date, minutes: body.minutes };
    once.run(app, None, |store| async move { Ok(store.correct_ledger(&new, &stamp).await?) }).await
}
