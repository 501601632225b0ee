//! The evening is killed at every step in turn and started again: nobody is told twice, nobody is forgotten.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use chrono::{DateTime, TimeDelta, Utc};
use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, Span};
use zamu::notify::{FileSender, deliver};
use zamu::operations::Clockwork;
use zamu::store::{BookingRow, NewBlock, NewBooking, OutboxClass, Store};

use super::house::meddling::{Death, Meddling};
use super::house::{self, SPA, Spa, held_by, instant, sat, saturday, stamp};
use super::{KILL_EVERY, reopen};

/// The evening of one process, killed after so many steps. Run by the test below as a process of its own.
#[tokio::test]
#[ignore = "a process that is killed"]
async fn one_evening() {
    let said = |name: &str| std::env::var(name).unwrap();
    let Ok(place) = std::env::var("ZAMU_TEST_PLACE") else { return };
    let ring = Arc::new(zamu::keyring::Ring::at(Path::new(&said("ZAMU_TEST_KEYS"))).unwrap());
    let store = reopen(&place, ring).await;
    let now: DateTime<Utc> = said("ZAMU_TEST_NOW").parse().unwrap();
    let clock = Arc::new(SetClock::at(now));
    let steps = Some((AtomicUsize::new(said("ZAMU_TEST_STEPS").parse().unwrap()), Death::Process));
    let mortal = Arc::new(Meddling { store, left: AtomicUsize::new(0), done: AtomicUsize::new(0), steps });
    let turn = Clockwork::new(mortal.clone(), clock.clone(), "mortal", 1).turn().await.unwrap();
    assert!(turn.failed.is_empty(), "{turn:?}");
    let file = FileSender::new(said("ZAMU_TEST_OUT"));
    deliver(mortal.as_ref(), clock.as_ref(), OutboxClass::Message, &file).await.unwrap();
}

fn evening(spa: &Spa, now: DateTime<Utc>, steps: usize) -> ExitStatus {
    let module = module_path!().split_once("::").unwrap().1;
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::one_evening"), "--ignored", "--nocapture", "--test-threads=1"])
        .env("ZAMU_TEST_PLACE", spa.place())
        .env("ZAMU_TEST_KEYS", spa.keys())
        .env("ZAMU_TEST_NOW", now.to_rfc3339())
        .env("ZAMU_TEST_STEPS", steps.to_string())
        .env("ZAMU_TEST_OUT", spa.folder.path().join("told.jsonl"))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap()
}

async fn opened() -> Spa {
    let spa = Spa::open().await;
    for (id, clock, who, customer) in [("b1", "10:00", "grace", "amina"), ("b2", "12:00", "grace", "ben"), ("b3", "14:00", "joy", "chloe")] {
        let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, "swedish", sat(clock)) };
        spa.store.take_booking(&new, &held_by(&[who]), &stamp()).await.unwrap().unwrap();
    }
    // One whom nobody can serve: the manager hears of it.
    let new = NewBooking { id: Some("b4".into()), customer_id: Some("dan".into()), ..NewBooking::new(SPA, "deep", sat("15:30")) };
    spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    let span = Span::new(sat("15:00"), sat("17:00"));
    spa.store.add_block(&NewBlock { location_id: SPA.into(), resource_id: "grace".into(), span, reason: "dentist".into() }, &stamp()).await.unwrap();
    spa
}

/// What each receiver heard: texts by address, a repeated message counted once by its key, as receivers do.
fn heard(spa: &Spa) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut heard: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for line in std::fs::read_to_string(spa.folder.path().join("told.jsonl")).unwrap_or_default().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        heard.entry(text("to")).or_default().insert(text("dedup_key"), text("body"));
    }
    heard
}

async fn assert_told_once(spa: &Spa, steps: usize) {
    let heard = heard(spa);
    let told: Vec<(&str, usize)> = heard.iter().map(|(to, texts)| (to.as_str(), texts.len())).collect();
    assert_eq!(
        told,
        [("amina@example.org", 1), ("ben@example.org", 1), ("chloe@example.org", 1), ("manager", 1)],
        "killed after {steps} steps: {heard:?}"
    );
    let day = spa.saturday().await;
    for (id, to) in [("b1", "amina@example.org"), ("b2", "ben@example.org"), ("b3", "chloe@example.org")] {
        let booking: &BookingRow = day.booking(id).unwrap();
        assert_eq!((booking.status, booking.resources.len()), (AssignmentStatus::Finalized, 1), "killed after {steps} steps");
        let name = day.resource_name(&booking.resources[0]);
        let (_, text) = heard[to].first_key_value().unwrap();
        assert!(text.contains(&format!("{name} will serve you")), "killed after {steps} steps: {text:?}, and {name} serves {id}");
    }
    assert_eq!(spa.store.open_attention(SPA, Some(saturday())).await.unwrap().len(), 1);
    let undelivered = spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap().into_iter().filter(|row| row.delivered_at.is_none()).count();
    assert_eq!((undelivered, spa.store.audit().await.unwrap().is_clean()), (0, true), "killed after {steps} steps");
}

#[tokio::test]
async fn killed_at_every_step_and_started_again_nobody_is_told_twice_and_nobody_is_forgotten() {
    house::here!();
    let (mut steps, mut deaths) = (0, 0);
    loop {
        let spa = opened().await;
        let mut now = instant("2026-11-20", "18:00");
        let whole = evening(&spa, now, steps).success();
        // And killed once more on the way, before it is left alone; by then every lease has run out.
        now += TimeDelta::minutes(3);
        if !whole {
            deaths += 1;
            evening(&spa, now, steps / 2);
            now += TimeDelta::minutes(3);
            assert!(evening(&spa, now, usize::MAX).success());
        }
        assert_told_once(&spa, steps).await;
        if whole {
            break;
        }
        steps += KILL_EVERY;
    }
    assert!(deaths * KILL_EVERY > 30, "the evening has more steps than that: {deaths} deaths");
    eprintln!("killed {deaths} times, every {} steps", KILL_EVERY);
}
