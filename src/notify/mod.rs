//! Delivery of the outbox: at least once, in order, every failure noted and tried again later.

pub mod senders;
pub mod templates;

use async_trait::async_trait;
use chrono::TimeDelta;

pub use senders::{ConsoleSender, FileSender};
pub use templates::{Text, render};

use crate::clock::Clock;
use crate::store::{OutboxClass, OutboxRow, Result, Store, contact};

/// Carries one message. Sending the same `dedup_key` twice must be harmless: a crash between sending and noting it sends again.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Sends; the error is for the outbox row and the person who reads it.
    async fn send(&self, row: &OutboxRow, text: &Text) -> std::result::Result<(), String>;
}

/// What a delivery did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Rows that went out.
    pub delivered: usize,
    /// Rows that did not: position and why.
    pub failed: Vec<(i64, String)>,
}

/// Rows of one batch.
const BATCH: u32 = 100;
/// The wait after the first failure; doubles with each, up to [`BACK_OFF_MAX_MINUTES`].
const BACK_OFF_MINUTES: i64 = 1;
const BACK_OFF_MAX_MINUTES: i64 = 60;

/// Delivers everything of a class that is due. A row that fails waits (1, 2, 4 … 60 minutes) and does not keep the others back.
///
/// # Errors
/// The store cannot be read or written; what was sent before stays noted.
pub async fn deliver(store: &dyn Store, clock: &dyn Clock, class: OutboxClass, sender: &dyn Sender) -> Result<DeliveryReport> {
    let mut report = DeliveryReport::default();
    loop {
        // Delivered rows and failed ones are no longer due: every round sees new ones.
        let due = store.outbox_due(class, clock.now(), BATCH).await?;
        if due.is_empty() {
            return Ok(report);
        }
        for row in due {
            let sent = match render(&row) {
                Ok(text) => sender.send(&row, &text).await,
                Err(why) => Err(why),
            };
            match sent {
                Ok(()) => {
                    store.outbox_delivered(row.id, clock.now()).await?;
                    report.delivered += 1;
                }
                Err(why) => {
                    let why = without_address(&why, &row.recipient);
                    let wait = (BACK_OFF_MINUTES << row.attempts.min(6)).min(BACK_OFF_MAX_MINUTES);
                    store.outbox_failed(row.id, &why, clock.now() + TimeDelta::minutes(wait)).await?;
                    report.failed.push((row.id, why));
                }
            }
        }
    }
}

/// What a sender says, as it may be kept: providers like to repeat the address.
fn without_address(why: &str, address: &str) -> String {
    if address.trim().is_empty() { why.to_owned() } else { why.replace(address, &contact::masked(address)) }
}
