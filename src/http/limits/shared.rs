//! Counting in a Redis that several processes share: one script, by Redis's own clock. When Redis does not answer, each counts for itself.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult, Script};
use sha2::{Digest, Sha256};

use super::{Class, InProcess, Limiter, Rates, Verdict};
use crate::clock::Stopwatch;

/// The longest a request waits for Redis, connecting included.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long nobody asks Redis after it did not answer, in milliseconds.
const REST_MS: u64 = 1_000;

/// The log says it at most this often, in milliseconds.
const SAY_EVERY_MS: u64 = 60_000;

/// What every key begins with.
const PREFIX: &str = "zamu:rate:";

/// Why a shared limiter could not be made. The address is not told: it may have a password in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no address of a Redis server; expected redis://[user:password@]host:port[/database] ({reason})")]
pub struct SharedError {
    reason: String,
}

/// Counts the requests of all processes that use the same Redis.
pub struct Shared {
    rates: Rates,
    client: Client,
    connection: Mutex<ConnectionManager>,
    script: Script,
    alone: InProcess,
    running: Stopwatch,
    /// Milliseconds of `running` until which Redis is not asked.
    rest_until: AtomicU64,
    /// Milliseconds of `running` from which the log may say again that Redis is gone.
    say_from: AtomicU64,
}

impl Shared {
    /// Counts by these rates in the Redis at `url`. It need not be there yet. Must be called on a Tokio runtime.
    ///
    /// # Errors
    /// The address is none.
    pub async fn connect(url: &str, rates: Rates) -> Result<Shared, SharedError> {
        let refused = |error: redis::RedisError| SharedError { reason: error.category().to_owned() };
        let client = Client::open(url).map_err(refused)?;
        let connection = Mutex::new(manager(&client).map_err(refused)?);
        let script = Script::new(include_str!("gcra.lua"));
        let (rest_until, say_from) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Shared { rates, client, connection, script, alone: InProcess::new(rates), running: Stopwatch::start(), rest_until, say_from })
    }

    async fn count(&self, class: Class, who: &str, limit: u32) -> Result<Verdict, String> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut call = self.script.key(key(class, who));
        call.arg((60_000_000 / u64::from(limit)).max(1)).arg(limit);
        let answer: RedisResult<(u8, u32, u64)> =
            tokio::time::timeout(PATIENCE, call.invoke_async(&mut connection)).await.map_err(|_| "no answer in time".to_owned())?;
        match answer {
            Ok((1, remaining, _)) => Ok(Verdict { allowed: true, limit, remaining, retry_after_s: 0 }),
            Ok((_, _, wait_us)) => Ok(Verdict { allowed: false, limit, remaining: 0, retry_after_s: wait_us.div_ceil(1_000_000).max(1) }),
            Err(error) => {
                // The manager itself connects again after a broken line, but keeps a connection that was refused for another reason.
                if !error.is_io_error()
                    && let Ok(fresh) = manager(&self.client)
                {
                    *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
                }
                Err(error.category().to_owned())
            }
        }
    }

    /// Leaves Redis alone for a while, and tells the log now and then.
    fn rest(&self, reason: &str) {
        let now = self.running.elapsed_ms();
        self.rest_until.store(now + REST_MS, Ordering::Relaxed);
        let from = self.say_from.load(Ordering::Relaxed);
        if now >= from && self.say_from.compare_exchange(from, now + SAY_EVERY_MS, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            tracing::warn!(reason, "Redis does not count requests; each process counts its own until it does");
        }
    }
}

#[async_trait]
impl Limiter for Shared {
    async fn ask(&self, class: Class, who: &str) -> Verdict {
        let limit = self.rates.per_minute(class);
        if limit == 0 {
            return Verdict::UNLIMITED;
        }
        if self.running.elapsed_ms() < self.rest_until.load(Ordering::Relaxed) {
            return self.alone.ask_now(class, who);
        }
        match self.count(class, who, limit).await {
            Ok(verdict) => verdict,
            Err(reason) => {
                self.rest(&reason);
                self.alone.ask_now(class, who)
            }
        }
    }
}

fn manager(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_number_of_retries(0)
        .set_min_delay(Duration::from_millis(10));
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

/// One person's key: of one length, and without a name or an address that could be read in Redis.
fn key(class: Class, who: &str) -> String {
    let digest = Sha256::digest(who.as_bytes());
    let short: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{PREFIX}{}:{short}", class.word())
}
