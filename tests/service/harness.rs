//! The service on a free port, with a clock that stands where it is set.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use zamu::booking::offer::Snapshots;
use zamu::clock::{Clock, SetClock};
use zamu::http::limits::{InProcess, Rates};
use zamu::http::{App, router, server};
use zamu::keyring::{Claims, Keyring, Ring, Role};
use zamu::store::Store;

use super::house::{Spa, instant};

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// The code of its problem, or the empty text.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A text of its body.
    pub fn text_of(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member} in {}", self.text)).to_owned()
    }

    /// Fails unless it has this status.
    #[track_caller]
    pub fn with(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

/// A running service over a spa.
pub struct Service {
    pub spa: Spa,
    pub app: Arc<App>,
    pub clock: Arc<SetClock>,
    pub url: String,
    pub http: reqwest::Client,
    keys_used: AtomicU64,
    stop: CancellationToken,
}

/// When the tests' day is: two days before the Saturday that most are about.
pub fn thursday() -> DateTime<Utc> {
    instant("2026-11-19", "12:00")
}

pub const UNLIMITED: Rates = Rates { read_per_minute: 0, book_per_minute: 0, manage_per_minute: 0, sign_in_per_minute: 0 };

impl Service {
    pub async fn start() -> Service {
        Service::with_rates(UNLIMITED).await
    }

    pub async fn with_rates(rates: Rates) -> Service {
        Service::with(rates, false, 0).await
    }

    /// One whose cookies are for https alone, or are where a request says so; behind so many proxies.
    pub async fn with(rates: Rates, secure_cookies: bool, proxies: usize) -> Service {
        let spa = Spa::open().await;
        let clock = Arc::new(SetClock::at(thursday()));
        let app = Arc::new(App {
            store: Arc::new(spa.store.clone()),
            clock: clock.clone(),
            keys: Arc::new(Ring::new(Keyring::in_memory(thursday()).unwrap())),
            limiter: Arc::new(InProcess::new(rates)),
            snapshots: Snapshots::default(),
            metrics: None,
            searches: Arc::new(Semaphore::new(1)),
            live: Default::default(),
            secure_cookies,
            proxies,
            under_way: Default::default(),
            turns: Default::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(server::serve(listener, router(app.clone()), stop.clone()));
        Service { spa, app, clock, url, http: reqwest::Client::new(), keys_used: AtomicU64::new(0), stop }
    }

    /// A token of the spa's own tenant.
    pub fn token(&self, role: Role, sub: &str) -> String {
        self.token_of("serenity", role, sub)
    }

    pub fn token_of(&self, tenant: &str, role: Role, sub: &str) -> String {
        let claims = Claims::lasting(sub, tenant, role, self.clock.now(), 3600 * 24 * 30);
        self.app.keys.keys().mint(&claims, self.clock.now()).unwrap()
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        read(self.http.get(format!("{}{path}", self.url)).bearer_auth(token)).await
    }

    /// A change with a key of its own.
    pub async fn send(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let key = format!("key-{}", self.keys_used.fetch_add(1, Ordering::SeqCst));
        self.send_as(token, method, path, body, &key).await
    }

    pub async fn send_as(&self, token: &str, method: &str, path: &str, body: Value, key: &str) -> Answer {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.url));
        read(request.bearer_auth(token).header("Idempotency-Key", key).json(&body)).await
    }

    /// Every slot of the Saturday that can be had, by its local start: `10:00`.
    pub async fn slot(&self, service: &str, date: &str, clock: &str) -> String {
        let day: chrono::NaiveDate = date.parse().unwrap();
        zamu::booking::slots::ensure(&self.spa.store, super::house::SPA, day, self.clock.now()).await.unwrap();
        let start = super::house::at(date, clock);
        let slots = self.spa.store.slots(super::house::SPA, day, day, Some(service)).await.unwrap();
        slots.into_iter().find(|slot| slot.span.start == start).unwrap_or_else(|| panic!("no slot at {clock}")).id
    }

    /// A hold of a slot for a customer of this number.
    pub async fn hold(&self, token: &str, slot: &str, phone: &str) -> Answer {
        self.send(token, "POST", "/v1/bookings", serde_json::json!({"slot_id": slot, "customer": {"name": "Zawadi", "phone": phone}})).await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text }
}
