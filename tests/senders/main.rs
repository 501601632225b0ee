//! What carries messages, over real sockets: a provider of text messages and a mail server that take, refuse, stall, hang up and lose their answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[path = "../house/on_sqlite.rs"]
mod base;
#[expect(dead_code, unused_imports, unused_macros, reason = "every test takes what it needs")]
#[path = "../house/mod.rs"]
mod house;
mod mail;
mod provider;
mod settings;

use zamu::clock::SetClock;
use zamu::operations::finalize;
use zamu::store::{Contact, CustomerRow, NewBooking, OutboxClass, OutboxRow, Store};

use house::{SPA, Spa, held_by, instant, sat, saturday, stamp};

/// When the tests' messages are written.
fn cutoff() -> SetClock {
    SetClock::at(instant("2026-11-20", "18:00"))
}

/// A spa in which a customer of this contact is to be told that Grace will serve them.
async fn to_tell(channel: &str, address: &str) -> (Spa, SetClock) {
    let spa = Spa::open().await;
    let ruth = CustomerRow::new("serenity", "ruth", "Ruth").told_at(Contact::new(channel, address));
    spa.store.upsert_customer(&ruth).await.unwrap();
    let new = NewBooking { id: Some("b1".into()), customer_id: Some("ruth".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
    spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    let clock = cutoff();
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    (spa, clock)
}

/// The only message.
async fn row(spa: &Spa) -> OutboxRow {
    spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().remove(0)
}
