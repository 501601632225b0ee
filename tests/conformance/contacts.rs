//! What the store promises about contact data: sealed for its row, found however it is written, and under new keys without anybody noticing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::house::{self, SPA, Spa, held_by, instant, sat, saturday, stamp};
use sqlx::AssertSqlSafe;
use zamu::clock::SetClock;
use zamu::keyring::{InUse, Keyring, Ring};
use zamu::notify::{SendError, Sender, Text, deliver};
use zamu::operations::finalize;
use zamu::store::{
    Contact, CustomerRow, NewBooking, OutboxClass, OutboxRow, RequestKey, ResealAt, Resealed, SealedRows, Store, StoreErrorKind, TenantRow, Upsert,
    contact,
};

const NUMBER: &str = "+254712345678";
const EMAIL: &str = "ruth.secret@example.org";

/// Everybody who can be asked for their contact, with both addresses in them.
fn ruth() -> CustomerRow {
    let (contact, second) = (Some(Contact::new("sms", NUMBER)), Some(Contact::new("email", EMAIL)));
    CustomerRow { contact, second, ..CustomerRow::new("serenity", "ruth", "Ruth") }
}

/// A spa that takes Kenyan numbers, and whose manager has one.
async fn kenyan() -> Spa {
    let spa = Spa::open().await;
    let manager = Some(Contact::new("sms", "+254798765432"));
    let tenant = TenantRow { manager, phone_region: Some("KE".into()), ..spa.store.tenant("serenity").await.unwrap() };
    spa.store.upsert_tenant(&tenant).await.unwrap();
    spa
}

fn ring(spa: &Spa) -> Arc<Ring> {
    Arc::new(Ring::open(&spa.keys()).unwrap())
}

fn by_ruth(id: &str, clock: &str) -> NewBooking {
    let notes = Some(format!("please call {NUMBER} or write to {EMAIL}"));
    let customer = Some(ruth());
    NewBooking { id: Some(id.into()), customer_id: Some("ruth".into()), customer, notes, ..NewBooking::new(SPA, "swedish", sat(clock)) }
}

/// Takes a booking of Ruth's as a request that is made once.
async fn take(store: &dyn Store, id: &str, clock: &str, who: &str) {
    let (tenant, actor, key) = ("serenity".into(), "web".into(), format!("request/{id}"));
    let request = RequestKey { tenant, actor, key, payload_sha256: String::new(), at: stamp().at, outcome: None };
    store.for_request(request).take_booking(&by_ruth(id, clock), &held_by(&[who]), &stamp()).await.unwrap().unwrap();
}

/// Tells everybody who serves them.
async fn tell(spa: &Spa) -> SetClock {
    let clock = SetClock::at(instant("2026-11-20", "18:00"));
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    clock
}

async fn run(spa: &Spa, sql: &str) {
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut spa.shell().await).await.unwrap();
}

/// Every text that the database holds where people's words or addresses could be.
async fn texts(spa: &Spa) -> Vec<String> {
    let sql = "SELECT COALESCE(manager_address, '') || COALESCE(channels, '') FROM tenants
               UNION ALL SELECT id || name || COALESCE(contact_address, '') || COALESCE(second_address, '') || COALESCE(lookup, '')
                   || COALESCE(second_lookup, '') FROM customers
               UNION ALL SELECT id || COALESCE(notes, '') || COALESCE(booked_by, '') || COALESCE(user_id, '') FROM bookings
               UNION ALL SELECT from_value || to_value || actor || reason FROM booking_history
               UNION ALL SELECT recipient || payload || dedup_key || COALESCE(last_error, '') FROM outbox
               UNION ALL SELECT reason || COALESCE(resolution, '') FROM attention
               UNION ALL SELECT request_key || COALESCE(outcome, '') FROM requests";
    sqlx::query_scalar(sql).fetch_all(&mut spa.shell().await).await.unwrap()
}

/// Goes over everything, so many rows at a time.
async fn reseal_all(store: &dyn Store, limit: u32) -> Vec<Resealed> {
    let mut done: Vec<Resealed> = Vec::new();
    let mut after: Option<ResealAt> = None;
    loop {
        let batch = store.reseal(after.as_ref(), limit).await.unwrap();
        after = batch.next.clone();
        done.push(batch);
        if after.is_none() {
            return done;
        }
    }
}

fn written(done: &[Resealed], rows: SealedRows) -> u32 {
    done.iter().filter(|batch| batch.rows == rows).map(|batch| batch.written).sum()
}

/// Refuses everything, and repeats the address as providers do.
struct Loud;

#[async_trait::async_trait]
impl Sender for Loud {
    async fn send(&self, row: &OutboxRow, _: &Text) -> Result<(), SendError> {
        Err(format!("550 {} is not served here", row.recipient).into())
    }
}

#[tokio::test]
async fn no_address_and_no_word_of_a_note_stands_in_the_database_or_in_a_debug_line() {
    house::here!();
    let spa = kenyan().await;
    take(&spa.store, "b1", "10:00", "grace").await;
    let clock = tell(&spa).await;
    let report = deliver(&spa.store, &clock, OutboxClass::Message, &Loud).await.unwrap();
    assert!(!report.failed.is_empty() && report.failed.iter().all(|(_, why)| why.contains("+254•••••678")), "{report:?}");

    let sent = spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap();
    let booking = spa.store.booking("b1").await.unwrap();
    let (customer, tenant) = (spa.store.customer("serenity", "ruth").await.unwrap(), spa.store.tenant("serenity").await.unwrap());
    assert_eq!((customer.as_ref(), sent[0].recipient.as_str(), booking.notes.as_ref()), (Some(&ruth()), NUMBER, by_ruth("", "10:00").notes.as_ref()));
    let outcome = spa.store.answered("serenity", "web", "request/b1").await.unwrap().unwrap();
    assert!(outcome.outcome["notes"].as_str().unwrap().contains(NUMBER), "who repeats the request gets their own words again");
    let mut shown = texts(&spa).await;
    shown.push(format!("{sent:?} {booking:?} {customer:?} {tenant:?} {outcome:?} {:?} {:?}", by_ruth("b2", "11:00"), spa.saturday().await));
    for secret in [NUMBER, "712345678", EMAIL, "ruth.secret", "798765432", "please call"] {
        assert!(!shown.iter().any(|text| text.contains(secret)), "{secret}: {shown:?}");
    }
    assert!(shown.iter().any(|text| text.contains("•••@example.org")), "who reads a log still sees whom it is about");
}

#[tokio::test]
async fn a_person_is_found_however_their_contact_is_written() {
    house::here!();
    let spa = kenyan().await;
    let store = &spa.store;
    assert_eq!(store.upsert_customer(&ruth()).await.unwrap(), Upsert::Inserted);
    assert_eq!(store.upsert_customer(&ruth()).await.unwrap(), Upsert::Unchanged);
    for (channel, address) in [
        ("sms", "0712 345 678"),
        ("sms", NUMBER),
        ("whatsapp", "+254 (0) 712-345-678"),
        ("phone", "254712345678"),
        ("email", " Ruth.Secret@Example.ORG "),
    ] {
        let found = store.customer_by_contact("serenity", &Contact::new(channel, address)).await.unwrap();
        assert_eq!(found, Some(ruth()), "{channel} {address}");
    }
    for (tenant, channel, address) in [
        ("serenity", "sms", "0712 345 679"),
        ("serenity", "console", NUMBER),
        ("serenity", "email", "ruth@example.org"),
        ("mombasa", "sms", NUMBER),
        ("serenity", "sms", ""),
    ] {
        assert_eq!(store.customer_by_contact(tenant, &Contact::new(channel, address)).await.unwrap(), None, "{tenant} {channel} {address}");
    }
    // Of two who share a number, whoever is told there; then the first.
    let shared = Contact::new("whatsapp", "0712345678");
    let aba = CustomerRow { second: Some(shared.clone()), ..CustomerRow::new("serenity", "aba", "Aba") };
    store.upsert_customer(&aba).await.unwrap();
    assert_eq!(store.customer_by_contact("serenity", &shared).await.unwrap().unwrap().id, "ruth");
    store.upsert_customer(&CustomerRow { contact: Some(shared.clone()), ..aba }).await.unwrap();
    assert_eq!(store.customer_by_contact("serenity", &shared).await.unwrap().unwrap().id, "aba");
}

#[tokio::test]
async fn what_is_no_address_is_kept_as_it_is_and_refused_only_where_it_is_asked_for() {
    house::here!();
    let spa = Spa::open().await;
    let odd = Contact::new("sms", "Extension 12, ask for Ruth");
    let customer = CustomerRow::new("serenity", "ruth", "Ruth").told_at(odd.clone());
    spa.store.upsert_customer(&customer).await.unwrap();
    assert_eq!(spa.store.customer("serenity", "ruth").await.unwrap(), Some(customer.clone()));
    let typed = Contact::new("sms", " extension 12, ASK for ruth");
    assert_eq!(spa.store.customer_by_contact("serenity", &typed).await.unwrap(), Some(customer));
    let error = contact::normalized(&odd, Some("KE")).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Invalid);
    assert!(error.to_string().contains("expected a phone number") && !error.to_string().contains("Extension"), "{error}");
    assert_eq!(contact::normalized(&Contact::new("sms", "0712 345 678"), Some("KE")).unwrap(), Contact::new("sms", NUMBER));
}

#[tokio::test]
async fn a_tenants_country_changes_what_their_customers_are_found_by() {
    house::here!();
    let spa = Spa::open().await;
    let local = CustomerRow::new("serenity", "ruth", "Ruth").told_at(Contact::new("sms", "0712 345 678"));
    spa.store.upsert_customer(&local).await.unwrap();
    let international = Contact::new("sms", NUMBER);
    assert_eq!(spa.store.customer_by_contact("serenity", &international).await.unwrap(), None, "nobody said which country");
    let tenant = TenantRow { phone_region: Some("KE".into()), ..spa.store.tenant("serenity").await.unwrap() };
    spa.store.upsert_tenant(&tenant).await.unwrap();
    assert_eq!(spa.store.customer_by_contact("serenity", &international).await.unwrap(), Some(local));
}

#[tokio::test]
async fn an_address_opens_in_its_own_row_only() {
    house::here!();
    let spa = Spa::open().await;
    spa.store.upsert_customer(&ruth()).await.unwrap();
    run(&spa, "UPDATE customers SET contact_address = (SELECT c.contact_address FROM customers AS c WHERE c.id = 'ruth') WHERE id = 'amina'").await;
    let error = spa.store.customer("serenity", "amina").await.unwrap_err();
    assert!(error.to_string().contains("amina") && error.to_string().contains("belongs to another row"), "{error}");
    assert!(spa.store.customer("serenity", "ruth").await.is_ok());
}

#[tokio::test]
async fn the_wrong_keyring_is_said_to_be_wrong_and_nothing_is_written_with_it() {
    house::here!();
    let spa = kenyan().await;
    let other = spa.folder.path().join("other.keys");
    Keyring::create(&other, stamp().at).unwrap();
    let error = spa.again_with(Arc::new(Ring::open(&other).unwrap())).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Database);
    for word in ["other.keys", "keyring that it was written with", "--keys"] {
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
    let missing = spa.folder.path().join("nothing.keys");
    let error = spa.again_with(Arc::new(Ring::at(&missing).unwrap())).await.unwrap_err();
    assert!(error.to_string().contains("nothing.keys") && !missing.exists(), "no fresh keyring is put in the place of a lost one: {error}");
    // The same under a program that is running: somebody put another ring in the place of its own.
    std::fs::rename(&other, spa.keys()).unwrap();
    spa.store.upsert_customer(&ruth()).await.unwrap();
    let old = spa.store.customer("serenity", "amina").await;
    assert!(old.is_err_and(|error| error.to_string().contains("zamu.keys")));
}

#[tokio::test]
async fn what_was_written_in_plain_text_is_read_and_sealed_by_the_next_pass() {
    house::here!();
    let spa = kenyan().await;
    take(&spa.store, "b1", "10:00", "grace").await;
    tell(&spa).await;
    for sql in [
        "UPDATE customers SET contact_address = '+254712345678', second_address = 'ruth.secret@example.org', lookup = NULL, second_lookup = NULL
         WHERE id = 'ruth'",
        "UPDATE tenants SET manager_address = '+254798765432'",
        "UPDATE bookings SET notes = 'please call +254712345678'",
        "UPDATE outbox SET recipient = '+254712345678' WHERE class = 'message'",
        "UPDATE requests SET outcome = '{\"notes\":\"please call\"}'",
    ] {
        run(&spa, sql).await;
    }
    let plain = texts(&spa).await;
    assert_eq!(spa.store.customer("serenity", "ruth").await.unwrap(), Some(ruth()));
    assert_eq!(spa.store.booking("b1").await.unwrap().notes.unwrap(), "please call +254712345678");
    assert_eq!(spa.store.upsert_customer(&ruth()).await.unwrap(), Upsert::Unchanged);
    assert_eq!(texts(&spa).await, plain, "the same again writes nothing");

    let done = reseal_all(&spa.store, 500).await;
    let counts: Vec<u32> = SealedRows::ALL.iter().map(|rows| written(&done, *rows)).collect();
    assert_eq!(counts, [1, 1, 1, 1, 1], "only what was plain: {done:?}");
    let sealed = texts(&spa).await;
    for secret in [NUMBER, EMAIL, "+254798765432", "please call"] {
        assert!(plain.iter().any(|text| text.contains(secret)) && !sealed.iter().any(|text| text.contains(secret)), "{secret}");
    }
    assert_eq!(spa.store.customer_by_contact("serenity", &Contact::new("sms", "0712345678")).await.unwrap(), Some(ruth()));
    assert_eq!(spa.store.answered("serenity", "web", "request/b1").await.unwrap().unwrap().outcome["notes"], "please call");
    assert!(reseal_all(&spa.store, 500).await.iter().all(|batch| batch.written == 0));
}

#[tokio::test]
async fn a_pass_that_is_stopped_is_finished_by_the_next_and_then_nothing_needs_the_old_keys() {
    house::here!();
    let spa = kenyan().await;
    for (k, who) in ["grace", "joy", "brian"].into_iter().enumerate() {
        take(&spa.store, &format!("b{k}"), "10:00", who).await;
    }
    tell(&spa).await;
    let before = texts(&spa).await;
    let ring = ring(&spa);
    ring.change(|keys| keys.rotate_contact(stamp().at)).unwrap();
    ring.change(|keys| keys.rotate_lookup(stamp().at)).unwrap();
    // The first batches of one row each, and then the machine stops.
    let program = spa.again().await;
    let first = program.reseal(None, 1).await.unwrap();
    let second = program.reseal(first.next.as_ref(), 1).await.unwrap();
    let third = program.reseal(second.next.as_ref(), 1).await.unwrap();
    assert_eq!((first.rows, second.rows, third.rows, third.written), (SealedRows::Tenants, SealedRows::Tenants, SealedRows::Customers, 1));
    drop(program);
    let both = InUse { contact: [1, 2].into(), lookup: [1, 2].into() };
    assert_eq!(spa.store.keys_in_use().await.unwrap(), both);
    for id in ["amina", "ruth"] {
        let customer = spa.store.customer("serenity", id).await.unwrap().unwrap();
        let found = spa.store.customer_by_contact("serenity", customer.contact.as_ref().unwrap()).await.unwrap();
        assert_eq!(found.unwrap().id, id, "found under the new key and under the old one");
    }

    let program = spa.again().await;
    reseal_all(&program, 2).await;
    let in_use = program.keys_in_use().await.unwrap();
    assert_eq!(in_use, InUse { contact: [2].into(), lookup: [2].into() });
    assert_eq!(ring.change(|keys| keys.retire(&in_use, stamp().at)).unwrap(), 2);
    assert_eq!(spa.store.customer("serenity", "ruth").await.unwrap(), Some(ruth()));
    assert_eq!(spa.store.booking("b2").await.unwrap().notes, by_ruth("", "10:00").notes);
    assert_eq!(spa.store.customer_by_contact("serenity", &Contact::new("sms", "0712345678")).await.unwrap(), Some(ruth()));
    assert!(spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().iter().all(|row| row.recipient == NUMBER));
    let after = texts(&spa).await;
    let same = before.iter().filter(|text| text.contains("zs1.") && after.contains(text)).count();
    assert_eq!((same, before.len()), (0, after.len()), "every sealed text is another one now");
}

#[tokio::test]
async fn keys_change_while_people_write_and_read() {
    house::here!();
    let spa = kenyan().await;
    let contact = |k: usize, n: usize| Contact::new("sms", &format!("+2547{k:02}{n:06}"));
    let writers: Vec<_> = (0..3)
        .map(|k| {
            let store = spa.store.clone();
            tokio::spawn(async move {
                for n in 0..20 {
                    let id = format!("c{n}-{k}");
                    let customer = CustomerRow::new("serenity", &id, "Somebody").told_at(contact(k, n));
                    store.upsert_customer(&customer).await.unwrap();
                    assert_eq!(store.customer("serenity", &id).await.unwrap(), Some(customer.clone()));
                    assert_eq!(store.customer_by_contact("serenity", &contact(k, n)).await.unwrap(), Some(customer));
                }
            })
        })
        .collect();
    let (ring, program) = (ring(&spa), spa.again().await);
    for _ in 0..3 {
        ring.change(|keys| keys.rotate_contact(stamp().at)).unwrap();
        ring.change(|keys| keys.rotate_lookup(stamp().at)).unwrap();
        reseal_all(&program, 10).await;
        let in_use = program.keys_in_use().await.unwrap();
        ring.change(|keys| keys.retire(&in_use, stamp().at)).unwrap();
    }
    for writer in writers {
        writer.await.unwrap();
    }
    reseal_all(&program, 10).await;
    let in_use = program.keys_in_use().await.unwrap();
    ring.change(|keys| keys.retire(&in_use, stamp().at)).unwrap();
    assert_eq!(in_use, InUse { contact: [4].into(), lookup: [4].into() });
    for (k, n) in (0..3).flat_map(|k| (0..20).map(move |n| (k, n))) {
        let found = spa.store.customer_by_contact("serenity", &contact(k, n)).await.unwrap();
        assert_eq!(found.map(|customer| customer.id), Some(format!("c{n}-{k}")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_key_is_not_dropped_under_somebody_who_is_writing_with_it() {
    house::here!();
    let spa = kenyan().await;
    let (ring, program) = (ring(&spa), spa.again().await);
    let [in_hand, rotated, resealed] = [(); 3].map(|()| Arc::new(AtomicBool::new(false)));
    let (store, begun, seen) = (spa.store.clone(), Arc::clone(&in_hand), (Arc::clone(&rotated), Arc::clone(&resealed)));
    // Ruth is sealed under the old key when this decides. Whoever cannot wait for her any longer would pass her by in the meantime.
    let writing = tokio::spawn(async move {
        let slow = move |day: &zamu::store::Day, booking: &zamu::store::BookingRow| {
            let wait = |until: &AtomicBool, most: usize| {
                (0..most).take_while(|_| !until.load(Ordering::SeqCst)).for_each(|_| std::thread::sleep(Duration::from_millis(2)))
            };
            tokio::task::block_in_place(|| {
                begun.store(true, Ordering::SeqCst);
                wait(&seen.0, usize::MAX);
                // Where the other has to wait for this booking, it does not get there.
                wait(&seen.1, 100);
                std::thread::sleep(Duration::from_millis(50));
            });
            held_by(&["grace"])(day, booking)
        };
        store.take_booking(&by_ruth("b1", "10:00"), &slow, &stamp()).await.unwrap().unwrap();
    });
    while !in_hand.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    ring.change(|keys| keys.rotate_contact(stamp().at)).unwrap();
    rotated.store(true, Ordering::SeqCst);
    reseal_all(&program, 500).await;
    resealed.store(true, Ordering::SeqCst);
    let in_use = program.keys_in_use().await.unwrap();
    ring.change(|keys| keys.retire(&in_use, stamp().at)).unwrap();
    writing.await.unwrap();
    assert_eq!(program.customer("serenity", "ruth").await.unwrap(), Some(ruth()));
    assert_eq!(spa.again().await.booking("b1").await.unwrap().notes, by_ruth("", "10:00").notes);
}
