//! What people were told, and what could not be delivered.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::app::{App, Caller};
use crate::http::ask::{Asked, Id};
use crate::http::once::Sent;
use crate::http::page::PageParams;
use crate::http::problem::{Faults, Problem};
use crate::keyring::mask;
use crate::store::{DeadLetter, MessageFilter, OutboxRow, OutboxState, Stamp};

/// Which messages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// From this location; from all of the tenant's where it is not given.
    pub location_id: Option<String>,
    /// About this booking.
    pub booking_id: Option<String>,
    /// Of which this became.
    #[param(format = "zamu-message")]
    pub state: Option<String>,
    /// Where the page before ended, as its `next` says.
    pub cursor: Option<String>,
    /// How many at most; 50 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// A message, without what it says and with its address masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Its number.
    pub id: String,
    /// What it tells: `assignment.finalized`.
    pub topic: String,
    /// Where it comes from.
    pub location_id: String,
    /// Which booking it is about.
    pub booking_id: Option<String>,
    /// How it goes out: `sms`.
    pub channel: String,
    /// To whom, masked.
    pub to: String,
    /// What became of it.
    #[schema(format = "zamu-message")]
    pub state: String,
    /// When it was written.
    #[schema(format = DateTime)]
    pub created_at: DateTime<Utc>,
    /// When it went out.
    #[schema(format = DateTime)]
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it is tried, or tried again, at the earliest.
    #[schema(format = DateTime)]
    pub next_attempt_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it did not go out.
    pub last_error: Option<String>,
    /// Who withdrew, retried or dismissed it last.
    pub settled_by: Option<String>,
    /// When they did.
    #[schema(format = DateTime)]
    pub settled_at: Option<DateTime<Utc>>,
}

impl From<OutboxRow> for MessageView {
    fn from(row: OutboxRow) -> MessageView {
        MessageView {
            id: row.id.to_string(),
            topic: row.topic,
            location_id: row.location_id,
            booking_id: row.booking_id,
            channel: row.channel,
            to: mask(&row.recipient),
            state: row.state.as_str().to_owned(),
            created_at: row.created_at,
            delivered_at: row.delivered_at,
            next_attempt_at: row.next_attempt_at,
            attempts: row.attempts,
            last_error: row.last_error,
            settled_by: row.settled_by,
            settled_at: row.settled_at,
        }
    }
}

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagesPage {
    /// Newest first.
    pub messages: Vec<MessageView>,
    /// `cursor` of the next page; none when this is the last.
    pub next: Option<String>,
}

/// What the caller may see of all messages.
pub(in crate::http) async fn seen(app: &App, caller: &Caller, location: Option<&String>) -> Result<MessageFilter, Problem> {
    let location = match location.or(caller.location.as_ref()) {
        Some(id) => Some(app.location(caller, id).await?.id),
        None => None,
    };
    Ok(MessageFilter { tenant: Some(caller.tenant.clone()), location, ..MessageFilter::default() })
}

/// The messages to customers and managers, newest first, page by page.
#[utoipa::path(get, path = "/admin/v1/messages", tag = "day", params(Filter), responses((status = 200, body = MessagesPage), Faults))]
pub async fn list(app: State<Arc<App>>, caller: Extension<Caller>, asked: Asked<Filter>) -> Result<Json<MessagesPage>, Problem> {
    page(&app, &caller, asked.0).await.map(Json)
}

/// A page of messages that the caller may see.
///
/// # Errors
/// Not the caller's location; a state or a cursor that is none.
pub(in crate::http) async fn page(app: &App, caller: &Caller, asked: Filter) -> Result<MessagesPage, Problem> {
    let limit = PageParams::read(None, asked.limit)?.limit;
    let before = asked.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(|cursor| {
        cursor.parse::<i64>().map_err(|_| Problem::invalid("cursor: no page ended there; send the `next` of the page before, as it is"))
    });
    let state = asked.state.as_deref().map(|word| {
        let known = OutboxState::ALL.map(OutboxState::as_str).join(", ");
        OutboxState::from_word(word).ok_or_else(|| Problem::invalid(format!("state: {word:?} is none; expected one of {known}")))
    });
    let seen = seen(app, caller, asked.location_id.as_ref()).await?;
    let filter = MessageFilter { booking: asked.booking_id, state: state.transpose()?, ..seen };
    let rows = app.store.messages(&filter, before.transpose()?, limit).await?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.id.to_string());
    Ok(MessagesPage { messages: rows.into_iter().map(MessageView::from).collect(), next })
}

/// A decision about a message that needs no more words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageDecision {}

/// Tries a message that could not be delivered again, from the start.
#[utoipa::path(post, path = "/admin/v1/messages/{id}/retry", tag = "day", request_body = MessageDecision, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = super::hours::Nothing), Faults))]
pub async fn retry(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Id,
    sent: Sent<MessageDecision>,
) -> Result<Json<super::hours::Nothing>, Problem> {
    settle(&app, &caller, &id.0, sent, DeadLetter::Retry).await.map(Json)
}

/// Settles a message that could not be delivered and need not be: somebody called, or it does not matter any more.
#[utoipa::path(post, path = "/admin/v1/messages/{id}/dismiss", tag = "day", request_body = MessageDecision, params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$")),
    responses((status = 200, body = super::hours::Nothing), Faults))]
pub async fn dismiss(
    app: State<Arc<App>>,
    caller: Extension<Caller>,
    id: Id,
    sent: Sent<MessageDecision>,
) -> Result<Json<super::hours::Nothing>, Problem> {
    settle(&app, &caller, &id.0, sent, DeadLetter::Dismiss).await.map(Json)
}

/// Decides about a message that could not be delivered.
///
/// # Errors
/// There is no such message, or it is somebody else's.
pub(in crate::http) async fn settle(
    app: &App,
    caller: &Caller,
    id: &str,
    sent: Sent<MessageDecision>,
    what: DeadLetter,
) -> Result<super::hours::Nothing, Problem> {
    let unknown = || Problem::not_found("undeliverable message", id);
    let number: i64 = id.parse().map_err(|_| unknown())?;
    let filter = seen(app, caller, None).await?;
    let dead = MessageFilter { state: Some(OutboxState::Dead), ..filter.clone() };
    let stamp = Stamp::new(&caller.actor(), app.clock.now(), "by hand");
    let done = super::hours::Nothing {};
    sent.once
        .run(app, Some(&done), |store| async move {
            // Nothing is written for a request about nothing.
            if !app.store.messages(&dead, number.checked_add(1), 1).await?.iter().any(|row| row.id == number) {
                return Err(unknown());
            }
            store.settle_dead(&filter, Some(number), what, &stamp).await?;
            Ok(super::hours::Nothing {})
        })
        .await
}
