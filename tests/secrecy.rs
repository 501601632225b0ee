//! What somebody finds who gets hold of the database's files, or of everything the program logs: no address, and nothing that people wrote.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[path = "house/on_sqlite.rs"]
mod base;
#[expect(dead_code, unused_imports, unused_macros, reason = "every test takes what it needs")]
mod house;

use std::io::Write;
use std::sync::{Arc, Mutex};

use house::{SPA, Spa, held_by, instant, sat, saturday, stamp};
use sqlx::AssertSqlSafe;
use zamu::clock::SetClock;
use zamu::keyring::Ring;
use zamu::notify::{FileSender, deliver};
use zamu::operations::finalize;
use zamu::store::{Contact, CustomerRow, NewBooking, OutboxClass, Store, TenantRow};

/// What must not be found: numbers, an address, what somebody wrote.
const SECRETS: [&str; 4] = ["712345678", "ruth.secret", "798765432", "allergic to walnuts"];

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The bytes of the database's files, the write-ahead log too.
fn files(spa: &Spa) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(spa.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("zamu.db") {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

async fn a_day(spa: &Spa) {
    let manager = Some(Contact::new("sms", "+254798765432"));
    let tenant = TenantRow { manager, phone_region: Some("KE".into()), ..spa.store.tenant("serenity").await.unwrap() };
    spa.store.upsert_tenant(&tenant).await.unwrap();
    let second = Some(Contact::new("email", "ruth.secret@example.org"));
    let ruth = CustomerRow { second, ..CustomerRow::new("serenity", "ruth", "Ruth").told_at(Contact::new("sms", "+254712345678")) };
    let notes = Some("I am allergic to walnuts, call 0712345678".to_owned());
    let new = NewBooking {
        id: Some("b1".into()),
        customer_id: Some("ruth".into()),
        customer: Some(ruth),
        notes,
        ..NewBooking::new(SPA, "swedish", sat("10:00"))
    };
    spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    spa.store.customer_by_contact("serenity", &Contact::new("sms", "0712345678")).await.unwrap().unwrap();
    let clock = SetClock::at(instant("2026-11-20", "18:00"));
    finalize(&spa.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    let paper = spa.folder.path().join("messages.jsonl");
    deliver(&spa.store, &clock, OutboxClass::Message, &FileSender::new(&paper)).await.unwrap();
    deliver(&spa.store, &clock, OutboxClass::Event, &FileSender::new(&paper)).await.unwrap();
    assert!(std::fs::read_to_string(&paper).unwrap().contains("+254712345678"), "what is delivered says to whom");
    spa.store.history("b1").await.unwrap();
    tracing::info!(booking = ?spa.store.booking("b1").await.unwrap(), day = ?spa.saturday().await, "as some line may");
}

#[tokio::test]
async fn neither_the_files_nor_the_log_hold_an_address_or_what_people_wrote() {
    let log = Log::default();
    let writer = log.clone();
    let everything = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(everything).unwrap();
    let spa = Spa::open().await;
    a_day(&spa).await;
    let (open, logged) = (files(&spa), log.0.lock().unwrap().clone());
    assert!(holds(&open, "Ruth") && holds(&open, "zs1."), "the files are where they are looked for");
    assert!(holds(&logged, "INSERT INTO customers") && holds(&logged, "as some line may"), "the log is where it is looked for");
    for secret in SECRETS {
        assert!(!holds(&open, secret) && !holds(&logged, secret), "{secret}");
    }

    // Written before there were keys, sealed by a rotation: it is nowhere in the files any more.
    let mut raw = spa.shell().await;
    sqlx::raw_sql(AssertSqlSafe("PRAGMA secure_delete = ON".to_owned())).execute(&mut raw).await.unwrap();
    let long = format!("I am allergic to walnuts. {}", "And to much else. ".repeat(600));
    for sql in [
        "UPDATE customers SET contact_address = '+254712345678', second_address = 'ruth.secret@example.org'".to_owned(),
        "UPDATE tenants SET manager_address = '+254798765432'".to_owned(),
        format!("UPDATE bookings SET notes = '{long}'"),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    }
    sqlx::Connection::close(raw).await.unwrap();
    assert!(SECRETS.iter().all(|secret| holds(&files(&spa), secret)));
    let ring = Ring::open(&spa.keys()).unwrap();
    ring.change(|keys| keys.rotate_contact(stamp().at)).unwrap();
    let mut after = None;
    loop {
        after = spa.store.reseal(after.as_ref(), 500).await.unwrap().next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(spa.store.booking("b1").await.unwrap().notes, Some(long));
    for secret in SECRETS {
        assert!(!holds(&files(&spa), secret), "{secret} is still in the files");
    }
}
