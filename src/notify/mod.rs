//! Delivery of the outbox: at least once, by as many workers as there are, each booking's messages in order, every failure noted and tried again
//! later until a person has to look.

mod masking;
pub mod senders;
pub mod templates;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::stream;

pub use senders::{ConsoleSender, FileSender, Senders};
use templates::own::render_with;
pub use templates::{Text, render};

use crate::clock::Clock;
use crate::domain::id;
use crate::store::{Claim, Failure, OutboxClass, OutboxRow, Result, Store, TemplateRow};
use masking::without_address;

/// Carries one message. Sending the same `dedup_key` twice must be harmless: a crash between sending and noting it sends again.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Sends; the error is for the outbox row and the person who reads it.
    async fn send(&self, row: &OutboxRow, text: &Text) -> std::result::Result<(), SendError>;
}

/// Why a message did not go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError {
    /// For people.
    pub why: String,
    /// What to do about it.
    pub kind: SendErrorKind,
    /// How long whoever refused it wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// What to do about a message that did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendErrorKind {
    /// It was not taken this time: try again.
    Refused,
    /// Nobody said what became of it, so that it may have been taken: try again with the same key.
    Unanswered,
    /// It will never be taken, such as to an address that does not exist.
    Hopeless,
}

impl SendError {
    /// Of this kind.
    pub fn new(kind: SendErrorKind, why: impl Into<String>) -> SendError {
        SendError { why: why.into(), kind, retry_after: None }
    }
}

impl From<String> for SendError {
    fn from(why: String) -> SendError {
        SendError::new(SendErrorKind::Refused, why)
    }
}

/// What a delivery did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Rows that went out.
    pub delivered: usize,
    /// Rows that did not: position and why.
    pub failed: Vec<(i64, String)>,
    /// Those among them that nobody tries any more before a person says so.
    pub dead: Vec<i64>,
}

/// Rows that a worker takes at a time, and sends at once.
const AT_ONCE: usize = 16;
/// How long one message may take.
const SEND_LIMIT: Duration = Duration::from_secs(30);
/// How long nobody else sends what a worker has taken: longer than sending and noting it may take.
const CLAIM_SECONDS: i64 = 120;
/// The wait after the first failure; doubles with each, up to [`BACK_OFF_MAX_MINUTES`].
const BACK_OFF_MINUTES: i64 = 1;
const BACK_OFF_MAX_MINUTES: i64 = 60;
/// The longest that a provider's own wish to be left alone counts for.
const RETRY_AFTER_MAX: TimeDelta = TimeDelta::hours(6);
/// After so many tries a person has to look.
pub const ATTEMPTS_MAX: u32 = 8;

/// Delivers everything of a class that is due. A row that fails waits (1, 2, 4 … 60 minutes and a little more) and keeps only later ones of its
/// booking back. A message is given up after [`ATTEMPTS_MAX`] tries, or at once where it is hopeless; events are tried for ever. Several workers,
/// in one process or many, share the work.
///
/// # Errors
/// The store cannot be read or written; what was sent before stays noted.
pub async fn deliver(store: &dyn Store, clock: &dyn Clock, class: OutboxClass, sender: &dyn Sender) -> Result<DeliveryReport> {
    deliver_within(store, clock, class, sender, SEND_LIMIT).await
}

/// The same, giving a send up after `limit`, at most as long as a claim lasts.
///
/// # Errors
/// As [`deliver`].
pub async fn deliver_within(
    store: &dyn Store,
    clock: &dyn Clock,
    class: OutboxClass,
    sender: &dyn Sender,
    limit: Duration,
) -> Result<DeliveryReport> {
    let mut report = DeliveryReport::default();
    let worker = id::new_id(clock.now());
    loop {
        let now = clock.now();
        let claim = Claim { worker: worker.clone(), at: now, until: now + TimeDelta::seconds(CLAIM_SECONDS) };
        let rows = store.outbox_claim(class, &claim, u32::try_from(AT_ONCE).unwrap_or(1)).await?;
        if rows.is_empty() {
            return Ok(report);
        }
        let own = own_words(store, &rows).await?;
        let (worker, own) = (worker.as_str(), own.as_slice());
        let sends: Vec<_> = rows.iter().map(|row| async move { (row, one(store, clock, row, own, worker, sender, limit).await) }).collect();
        let mut done = stream::iter(sends).buffered(AT_ONCE);
        let mut broken = None;
        // All of them are noted, also where noting one of them failed.
        while let Some((row, noted)) = done.next().await {
            match noted {
                Ok(None) => report.delivered += 1,
                Ok(Some(failure)) => {
                    if failure.next_attempt.is_none() {
                        tracing::warn!(message = row.id, topic = row.topic, booking = row.booking_id, "a message was given up");
                        report.dead.push(row.id);
                    }
                    report.failed.push((row.id, failure.why));
                }
                Err(error) => broken = broken.or(Some(error)),
            }
        }
        if let Some(error) = broken {
            return Err(error);
        }
    }
}

/// The own words of the houses whose messages these are, by location.
async fn own_words(store: &dyn Store, rows: &[OutboxRow]) -> Result<Vec<(String, Vec<TemplateRow>)>> {
    let mut all: Vec<(String, Vec<TemplateRow>)> = Vec::new();
    for row in rows.iter().filter(|row| row.class == OutboxClass::Message) {
        if all.iter().all(|(location, _)| *location != row.location_id) {
            all.push((row.location_id.clone(), store.templates_at(&row.location_id).await?));
        }
    }
    Ok(all)
}

/// Sends one row and notes what came of it; the failure, if it failed.
async fn one(
    store: &dyn Store,
    clock: &dyn Clock,
    row: &OutboxRow,
    own: &[(String, Vec<TemplateRow>)],
    worker: &str,
    sender: &dyn Sender,
    limit: Duration,
) -> Result<Option<Failure>> {
    let own = own.iter().find(|(location, _)| *location == row.location_id).map_or(&[][..], |(_, own)| own);
    let sent = match render_with(row, own) {
        Ok(text) => match tokio::time::timeout(limit, sender.send(row, &text)).await {
            Ok(sent) => sent,
            Err(_) => Err(SendError::new(SendErrorKind::Unanswered, format!("no answer within {} s", limit.as_secs_f64()))),
        },
        // Whoever repairs the words or the payload can have it tried again.
        Err(why) => Err(SendError::new(SendErrorKind::Hopeless, why)),
    };
    match sent {
        Ok(()) => {
            store.outbox_delivered(row.id, clock.now()).await?;
            Ok(None)
        }
        Err(error) => {
            let failure = failure(row, &error, clock.now());
            store.outbox_failed(row.id, worker, &failure).await?;
            Ok(Some(failure))
        }
    }
}

fn failure(row: &OutboxRow, error: &SendError, now: DateTime<Utc>) -> Failure {
    let gives_up = error.kind == SendErrorKind::Hopeless || row.attempts + 1 >= ATTEMPTS_MAX;
    let next_attempt = (!gives_up || row.class == OutboxClass::Event).then(|| {
        let asked = error.retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or_default();
        now + back_off(row).max(asked.min(RETRY_AFTER_MAX))
    });
    Failure { why: without_address(&error.why, &row.recipient), next_attempt, in_doubt: error.kind == SendErrorKind::Unanswered }
}

/// The wait after another failure: twice as long as the one before, and up to a quarter more, so that what failed together does not come
/// back together. How much more hangs on the row alone.
fn back_off(row: &OutboxRow) -> TimeDelta {
    let minutes = (BACK_OFF_MINUTES << row.attempts.min(6)).min(BACK_OFF_MAX_MINUTES);
    let mut hash = DefaultHasher::new();
    (&row.dedup_key, row.attempts).hash(&mut hash);
    let more = i64::try_from(hash.finish() % 1000).unwrap_or(0);
    TimeDelta::minutes(minutes) + TimeDelta::milliseconds(minutes * 15 * more)
}
