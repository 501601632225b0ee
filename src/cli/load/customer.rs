//! One customer: looks, holds, confirms, moves, cancels, and repeats a request now and then as a bad line would.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::Desk;
use super::report::Seen;
use super::{Args, Ground};
use crate::domain::random::Random;
use crate::keyring::Role;

/// Requests in a hundred that are sent a second time with the same key.
const REPEATED_IN_100: usize = 5;

/// A customer's own view of a booking: its id and the last state the service told them.
#[derive(Debug, Clone)]
pub struct Known {
    /// Identifier.
    pub id: String,
    /// What the customer was told last.
    pub state: String,
}

/// One of many.
pub struct Customer {
    ground: Arc<Ground>,
    desk: Arc<Desk>,
    token: String,
    phone: String,
    name: String,
    random: Random,
    think_ms: u32,
    requests: u64,
    seen: Seen,
    known: Vec<Known>,
}

impl Customer {
    /// The `k`th customer.
    pub fn new(ground: Arc<Ground>, desk: Arc<Desk>, k: u32, args: &Args) -> anyhow::Result<Customer> {
        let name = format!("customer-{k}");
        Ok(Customer {
            token: ground.token(&name, Role::User)?,
            // Numbers of Kenya's mobile range, one for each.
            phone: format!("+2547{:08}", 10_000_000 + k),
            random: Random::new(args.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(k))),
            think_ms: args.think_ms,
            requests: 0,
            seen: Seen::default(),
            known: Vec::new(),
            ground,
            desk,
            name,
        })
    }

    /// Goes on until the end, and tells what happened.
    pub async fn live(mut self, until: Instant) -> (Seen, Vec<Known>) {
        // Nobody comes at the same moment as everybody else.
        let first = self.random.below(self.think_ms.max(1) as usize);
        tokio::time::sleep(Duration::from_millis(first as u64)).await;
        while Instant::now() < until {
            self.visit(until).await;
        }
        (self.seen, self.known)
    }

    async fn visit(&mut self, until: Instant) {
        let location = self.desk.location(self.random.below(self.desk.locations())).to_owned();
        let Some(slot) = self.look(&location).await else { return };
        if self.think(until).await {
            return;
        }
        let body = json!({"slot_id": slot, "customer": {"name": self.name, "phone": self.phone}});
        let Some(held) = self.change("hold", Method::POST, "/v1/bookings", &body, &[409]).await else { return };
        self.note(&held);
        let Some(id) = held["id"].as_str().map(str::to_owned) else { return };
        if self.think(until).await {
            return;
        }
        let fate = self.random.below(100);
        if fate < 5 {
            // Walks away: the hold runs out by itself.
            return;
        }
        if fate < 15 {
            self.cancel(&id).await;
            return;
        }
        let path = format!("/v1/bookings/{id}/confirm");
        if let Some(confirmed) = self.change("confirm", Method::POST, &path, &json!({}), &[]).await {
            self.note(&confirmed);
        }
        if fate < 35 && !self.think(until).await {
            if let Some(slot) = self.look(&location).await {
                let path = format!("/v1/bookings/{id}/reschedule");
                if let Some(moved) = self.change("reschedule", Method::POST, &path, &json!({"slot_id": slot}), &[409]).await {
                    self.note(&moved);
                }
            }
        }
        // A full house stays bookable: most visits are called off in the end.
        if self.random.below(100) < 70 && !self.think(until).await {
            self.cancel(&id).await;
        }
        self.think(until).await;
    }

    async fn cancel(&mut self, id: &str) {
        let path = format!("/v1/bookings/{id}/cancel");
        if let Some(cancelled) = self.change("cancel", Method::POST, &path, &json!({}), &[]).await {
            self.note(&cancelled);
        }
    }

    fn note(&mut self, booking: &Value) {
        let (Some(id), Some(state)) = (booking["id"].as_str(), booking["state"].as_str()) else { return };
        if booking["names"].as_array().is_some_and(|names| !names.is_empty()) {
            self.seen.fault("a customer was told a name of a provisional booking");
        }
        match self.known.iter_mut().find(|known| known.id == id) {
            Some(known) => state.clone_into(&mut known.state),
            None => self.known.push(Known { id: id.to_owned(), state: state.to_owned() }),
        }
    }

    /// Thinks for a while; true when the time is over.
    async fn think(&mut self, until: Instant) -> bool {
        let pause = Duration::from_millis((f64::from(self.think_ms) * (0.5 + self.random.unit())) as u64);
        tokio::time::sleep(pause).await;
        Instant::now() >= until
    }

    /// One of the times shown on some day, if there is one.
    async fn look(&mut self, location: &str) -> Option<String> {
        let date = self.desk.date(self.random.below(self.desk.days()));
        let path = format!("/v1/slots?location_id={location}&service_id={}&date={date}", self.desk.service(location));
        let begun = Instant::now();
        let answer = self.ground.http.get(format!("{}{path}", self.ground.url)).bearer_auth(&self.token).send().await;
        let shown = self.read("slots", begun, answer, &[]).await?;
        let slots = shown["slots"].as_array()?;
        if slots.is_empty() {
            return None;
        }
        slots[self.random.below(slots.len())]["id"].as_str().map(str::to_owned)
    }

    /// A change, now and then sent twice with the same key: both answers must be the same.
    async fn change(&mut self, name: &'static str, method: Method, path: &str, body: &Value, may_be_refused: &[u16]) -> Option<Value> {
        self.requests += 1;
        let key = format!("{}-{}", self.name, self.requests);
        let send = || {
            let request = self.ground.http.request(method.clone(), format!("{}{path}", self.ground.url));
            request.bearer_auth(&self.token).header("Idempotency-Key", &key).json(body).send()
        };
        let repeated = self.random.clone().below(100) < REPEATED_IN_100;
        let begun = Instant::now();
        if !repeated {
            let answer = send().await;
            self.random.bits();
            return self.read(name, begun, answer, may_be_refused).await;
        }
        let (first, second) = futures_util::future::join(send(), send()).await;
        self.random.bits();
        let first = self.read(name, begun, first, may_be_refused).await;
        let second = self.read("repeat", begun, second, may_be_refused).await;
        if let (Some(first), Some(second)) = (&first, &second)
            && first != second
        {
            self.seen.fault("the same request was answered in two ways");
        }
        first.or(second)
    }

    async fn read(
        &mut self,
        name: &'static str,
        begun: Instant,
        answer: reqwest::Result<reqwest::Response>,
        may_be_refused: &[u16],
    ) -> Option<Value> {
        let Ok(response) = answer else {
            self.seen.broken(name);
            return None;
        };
        let status = response.status().as_u16();
        let body = response.json::<Value>().await.unwrap_or(Value::Null);
        self.seen.answered(name, status, begun.elapsed());
        match status {
            200..=299 => Some(body),
            _ if may_be_refused.contains(&status) => None,
            _ => {
                self.seen.unexpected(name, status, body["code"].as_str().unwrap_or("no code"), body["detail"].as_str().unwrap_or_default());
                None
            }
        }
    }
}
