//! A provider with an HTTP interface.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;
use zamu::clock::{Clock, SetClock};
use zamu::keyring::Signer;
use zamu::notify::senders::HttpSender;
use zamu::notify::{DeliveryReport, Sender, deliver_within};
use zamu::store::{OutboxClass, OutboxState, Store};

use super::house::{Spa, instant};
use super::{row, to_tell};

const SECRET: &str = "a secret that both know";
const NUMBER: &str = "+254712345678";

/// What it does with a request.
#[derive(Debug, Clone)]
enum Mood {
    Takes,
    Answers(StatusCode, &'static [(&'static str, &'static str)], String),
    /// It never answers.
    Stalls,
    /// It takes the message and never answers.
    TakesAndStalls,
}

/// A provider that checks signatures and drops what it has seen before.
#[derive(Default)]
struct Fake {
    moods: Mutex<VecDeque<Mood>>,
    requests: Mutex<Vec<(HeaderMap, Value)>>,
    keys: Mutex<BTreeSet<String>>,
    delivered: Mutex<Vec<Value>>,
}

impl Fake {
    fn is_signed(headers: &HeaderMap, body: &[u8]) -> bool {
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(text("x-zamu-timestamp").as_bytes());
        mac.update(b".");
        mac.update(body);
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        text("x-zamu-signature") == format!("v1={hex}")
    }

    fn take(&self, body: &Value) {
        if self.keys.lock().unwrap().insert(body["id"].as_str().unwrap().to_owned()) {
            self.delivered.lock().unwrap().push(body.clone());
        }
    }
}

async fn receive(State(fake): State<Arc<Fake>>, headers: HeaderMap, bytes: Bytes) -> Response {
    if !Fake::is_signed(&headers, &bytes) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    fake.requests.lock().unwrap().push((headers, body.clone()));
    let mood = fake.moods.lock().unwrap().pop_front().unwrap_or(Mood::Takes);
    match mood {
        Mood::Takes => {
            fake.take(&body);
            StatusCode::ACCEPTED.into_response()
        }
        Mood::Answers(status, headers, text) => {
            let mut response = (status, text).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(*name, value.parse().unwrap());
            }
            response
        }
        Mood::TakesAndStalls => {
            fake.take(&body);
            std::future::pending().await
        }
        Mood::Stalls => std::future::pending().await,
    }
}

/// The provider on a free port, and what sends to it.
async fn provider(moods: &[Mood], clock: &SetClock) -> (Arc<Fake>, HttpSender) {
    let fake = Arc::new(Fake { moods: Mutex::new(moods.iter().cloned().collect()), ..Fake::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/messages", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(axum::serve(listener, Router::new().route("/messages", post(receive)).with_state(fake.clone())).into_future());
    let clock: Arc<dyn Clock> = Arc::new(SetClock::at(clock.now()));
    let sender = HttpSender::new(url, Signer::new(SECRET).unwrap(), clock).unwrap().from(Some("SERENITY".into())).with_token(Some("t0ken".into()));
    (fake, sender)
}

/// Delivers, giving a request up after a moment.
async fn send(spa: &Spa, clock: &SetClock, sender: &dyn Sender) -> DeliveryReport {
    deliver_within(&spa.store, clock, OutboxClass::Message, sender, Duration::from_millis(500)).await.unwrap()
}

/// Delivers again when the wait is over.
async fn send_again(spa: &Spa, clock: &SetClock, sender: &dyn Sender) -> DeliveryReport {
    clock.set(row(spa).await.next_attempt_at);
    send(spa, clock, sender).await
}

#[tokio::test]
async fn a_message_is_one_signed_request_with_its_key() {
    let (spa, clock) = to_tell("sms", NUMBER).await;
    let (fake, sender) = provider(&[], &clock).await;
    assert_eq!(send(&spa, &clock, &sender).await.delivered, 1);
    let (headers, body) = fake.requests.lock().unwrap().remove(0);
    let key = row(&spa).await.dedup_key;
    assert_eq!((headers["idempotency-key"].to_str().unwrap(), body["id"].as_str().unwrap()), (key.as_str(), key.as_str()));
    assert_eq!(headers["x-zamu-timestamp"].to_str().unwrap(), clock.now().timestamp().to_string());
    assert_eq!(headers["authorization"], "Bearer t0ken");
    assert_eq!((body["to"].as_str(), body["from"].as_str(), body["channel"].as_str()), (Some(NUMBER), Some("SERENITY"), Some("sms")));
    assert!(body["text"].as_str().unwrap().contains("Grace will serve you"), "{body}");
}

#[tokio::test]
async fn a_provider_in_trouble_is_tried_again_until_it_takes_the_message_once() {
    let (spa, clock) = to_tell("whatsapp", NUMBER).await;
    let broken = |status| Mood::Answers(status, &[], "trouble".to_owned());
    let moods = [
        broken(StatusCode::INTERNAL_SERVER_ERROR),
        broken(StatusCode::BAD_GATEWAY),
        Mood::Stalls,
        Mood::Answers(StatusCode::FOUND, &[("location", "/elsewhere")], String::new()),
        broken(StatusCode::UNAUTHORIZED),
    ];
    let (fake, sender) = provider(&moods, &clock).await;
    for told in ["500", "502", "no answer", "302", "401"] {
        let report = if told == "500" { send(&spa, &clock, &sender).await } else { send_again(&spa, &clock, &sender).await };
        assert!(report.dead.is_empty() && report.failed[0].1.contains(told), "{told}: {report:?}");
    }
    assert_eq!(send_again(&spa, &clock, &sender).await.delivered, 1);
    let attempts = row(&spa).await.attempts;
    assert_eq!((fake.delivered.lock().unwrap().len(), fake.requests.lock().unwrap().len(), attempts), (1, 6, 6));
}

#[tokio::test]
async fn an_answer_that_is_lost_brings_the_same_key_again_and_nobody_gets_two() {
    let (spa, clock) = to_tell("sms", NUMBER).await;
    let (fake, sender) = provider(&[Mood::TakesAndStalls], &clock).await;
    assert_eq!(send(&spa, &clock, &sender).await.delivered, 0);
    assert_eq!(send_again(&spa, &clock, &sender).await.delivered, 1);
    let keys: Vec<String> =
        fake.requests.lock().unwrap().iter().map(|(headers, _)| headers["idempotency-key"].to_str().unwrap().to_owned()).collect();
    assert_eq!((keys.len(), keys[0] == keys[1], fake.delivered.lock().unwrap().len()), (2, true, 1));
}

#[tokio::test]
async fn a_provider_is_left_alone_for_as_long_as_it_asks() {
    for (wait, header) in [(900, "900"), (1200, "Fri, 20 Nov 2026 15:20:00 GMT")] {
        let headers: &'static [(&str, &str)] =
            if header == "900" { &[("retry-after", "900")] } else { &[("retry-after", "Fri, 20 Nov 2026 15:20:00 GMT")] };
        let (spa, clock) = to_tell("sms", NUMBER).await;
        let (_, sender) = provider(&[Mood::Answers(StatusCode::TOO_MANY_REQUESTS, headers, String::new())], &clock).await;
        send(&spa, &clock, &sender).await;
        assert_eq!(row(&spa).await.next_attempt_at, instant("2026-11-20", "18:00") + TimeDelta::seconds(wait));
        assert_eq!(send_again(&spa, &clock, &sender).await.delivered, 1);
    }
}

#[tokio::test]
async fn a_number_that_is_none_is_given_up_at_once_and_what_is_kept_does_not_repeat_it() {
    for status in [StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::GONE] {
        let (spa, clock) = to_tell("sms", NUMBER).await;
        let said = format!("{{\"error\": \"{NUMBER} and 254712345678 are no numbers\"}}");
        let (fake, sender) = provider(&[Mood::Answers(status, &[], said)], &clock).await;
        let report = send(&spa, &clock, &sender).await;
        assert_eq!(report.dead.len(), 1, "{status}");
        let kept = row(&spa).await;
        let why = kept.last_error.unwrap();
        assert!(kept.state == OutboxState::Dead && why.contains("are no numbers") && !why.contains("712345"), "{why}");
        assert!(!format!("{report:?}").contains("712345"), "{report:?}");
        clock.set(clock.now() + TimeDelta::days(1));
        send(&spa, &clock, &sender).await;
        assert_eq!(fake.requests.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_taken_and_it_is_tried_again() {
    let (spa, clock) = to_tell("sms", NUMBER).await;
    let url = {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/", closed.local_addr().unwrap())
    };
    let sender = HttpSender::new(url.parse().unwrap(), Signer::new(SECRET).unwrap(), Arc::new(SetClock::at(clock.now()))).unwrap();
    let report = send(&spa, &clock, &sender).await;
    assert!(report.dead.is_empty() && report.failed[0].1.contains("refused"), "{report:?}");
    assert_eq!(spa.store.outbox(OutboxClass::Message, 0, 1).await.unwrap()[0].state, OutboxState::Pending);
}
