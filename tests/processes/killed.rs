//! Killed in the middle, again and again: whoever got no answer asks again with the same key, and in the end everything stands as it was told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::Row;
use zamu::keyring::Role;

use super::house::{self, here};
use super::stage::{Stage, assert_clean, hold_of, in_days, slots};
use crate::rng::Rng;
use crate::running::{Answer, read};

const CUSTOMERS: usize = 24;
const KILLS: usize = 4;
/// A net for the case that a service never comes back.
const PATIENCE: Duration = Duration::from_secs(240);

/// What all customers know.
struct Town {
    http: reqwest::Client,
    /// Where the service listens now.
    url: RwLock<String>,
    slots: Vec<String>,
    answers: AtomicUsize,
    /// Requests that had to be sent again because nobody answered.
    again: AtomicUsize,
    over: AtomicBool,
    begun: Instant,
}

impl Town {
    /// A change, sent again with the same key until it is answered.
    async fn change(&self, token: &str, path: &str, body: &Value, key: &str) -> Answer {
        loop {
            let url = self.url.read().unwrap().clone();
            let request = self.http.post(format!("{url}{path}")).bearer_auth(token).header("Idempotency-Key", key).json(body);
            match read(request).await {
                // Busy says: nothing was changed, come again.
                Ok(answer) if answer.status != 503 => {
                    self.answers.fetch_add(1, Ordering::SeqCst);
                    return answer;
                }
                _ => {
                    assert!(self.begun.elapsed() < PATIENCE, "no answer to {path} {key}");
                    self.again.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(15)).await;
                }
            }
        }
    }
}

/// What a customer was told last of a booking: its state and when it starts.
type Told = BTreeMap<String, (String, i64)>;

fn note(told: &mut Told, answer: &Answer) {
    let start = chrono::DateTime::parse_from_rfc3339(&answer.text_of("start")).unwrap();
    told.insert(answer.text_of("id"), (answer.text_of("state"), start.timestamp_micros()));
}

/// Holds, confirms, moves and cancels until it is over.
async fn customer(town: Arc<Town>, k: usize, token: String) -> Told {
    let mut rng = Rng::new(0xdead ^ k as u64);
    let mut told = Told::new();
    let mut number = 0;
    while !town.over.load(Ordering::SeqCst) {
        let mut key = || {
            number += 1;
            format!("customer-{k}-{number}")
        };
        let (first, body) = (key(), hold_of(&rng.pick(&town.slots), k));
        let held = town.change(&token, "/v1/bookings", &body, &first).await;
        assert!(matches!(held.status, 201 | 409), "{}", held.text);
        if held.status != 201 {
            continue;
        }
        note(&mut told, &held);
        let id = held.text_of("id");
        let steps: &[&str] =
            rng.pick(&[&["confirm", "reschedule", "cancel"][..], &["confirm", "cancel"], &["cancel"], &["confirm"], &["confirm", "reschedule"], &[]]);
        for step in steps {
            let body = if *step == "reschedule" { json!({"slot_id": rng.pick(&town.slots)}) } else { json!({}) };
            let (path, key) = (format!("/v1/bookings/{id}/{step}"), key());
            let done = town.change(&token, &path, &body, &key).await;
            assert!(done.status == 200 || (done.status == 409 && *step == "reschedule"), "{step}: {}", done.text);
            if done.status == 200 {
                note(&mut told, &done);
                if rng.chance(20) {
                    let again = town.change(&token, &path, &body, &key).await;
                    assert_eq!((again.status, &again.body), (200, &done.body), "the same request is answered the same");
                }
            }
        }
        if rng.chance(20) {
            let again = town.change(&token, "/v1/bookings", &body, &first).await;
            assert_eq!((again.status, again.text_of("id")), (201, id), "the same hold is the same booking");
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_again_and_again_it_loses_nothing_and_does_nothing_twice() {
    here!();
    let stage = Stage::open().await;
    let mut service = stage.serve();
    let town = Arc::new(Town {
        http: reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap(),
        url: RwLock::new(service.url.clone()),
        slots: slots(&service, "swedish", &[3, 4, 5, 6].map(in_days)).await,
        answers: AtomicUsize::new(0),
        again: AtomicUsize::new(0),
        over: AtomicBool::new(false),
        begun: Instant::now(),
    });
    let customers: Vec<_> = (0..CUSTOMERS)
        .map(|k| {
            let token = service.token("serenity", Role::User, &format!("user-{k}"));
            tokio::spawn(customer(town.clone(), k, token))
        })
        .collect();
    let mut rng = Rng::new(9);
    let answered = |more: usize| {
        let (town, wanted) = (town.clone(), town.answers.load(Ordering::SeqCst) + more);
        async move {
            while town.answers.load(Ordering::SeqCst) < wanted {
                assert!(town.begun.elapsed() < PATIENCE, "the customers stand still");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    };
    for _ in 0..KILLS {
        answered(30 + rng.below(60)).await;
        tokio::time::sleep(Duration::from_micros(rng.below(20_000) as u64)).await;
        service.kill();
        service.assert_well();
        service = stage.serve();
        town.url.write().unwrap().clone_from(&service.url);
    }
    answered(60).await;
    town.over.store(true, Ordering::SeqCst);
    let mut told = Told::new();
    for customer in customers {
        told.extend(customer.await.unwrap());
    }
    assert!(town.again.load(Ordering::SeqCst) > 0, "nobody was in the middle of something");
    assert_clean(&service).await;
    service.assert_well();
    service.kill();
    let mut shell = stage.spa.shell().await;
    let rows = sqlx::query("SELECT id, state, start_us FROM bookings").fetch_all(&mut shell).await.unwrap();
    let stands: Told = rows.iter().map(|row| (row.get("id"), (row.get("state"), row.get("start_us")))).collect();
    assert_eq!(stands, told, "every booking is one that its customer was told of, as it was told");
    assert!(told.len() > CUSTOMERS, "{} bookings", told.len());
    assert_eq!(stage.faults_by_hand().await, Vec::<String>::new());
}
