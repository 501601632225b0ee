//! Bodies, and requests that are made once: the same Idempotency-Key with the same request gets the same answer and changes nothing.
//!
//! The key is noted in the transaction that makes the change, so there is no moment at which a crash could make it twice or lose it.
//! Source: document "General Scheduler", identifiers and idempotency.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::app::{App, Caller};
use super::problem::{Problem, REPEATED};
use crate::store::{RequestKey, Store, StoreErrorKind};

/// Bytes a body may have.
pub const BODY_MAX: usize = 256 * 1024;
/// How long a body may take to arrive.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// Characters a key may have.
const KEY_MAX: usize = 200;

/// The body of a change, with the key that makes it happen once.
pub struct Sent<T> {
    /// What was sent.
    pub body: T,
    /// Its key.
    pub once: Once,
}

/// House, person and key of a change.
type Whose = (String, String, String);

/// Changes that are under way here.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<Whose, Weak<tokio::sync::Mutex<()>>>>);

/// A change that happens once.
pub struct Once(RequestKey);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Sent<T>, Problem> {
        let (parts, body) = request.into_parts();
        let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(|| Problem::new("UNAUTHENTICATED", "this needs a token"))?;
        let key = idempotency_key(&parts.headers)?;
        let bytes = match tokio::time::timeout(BODY_PATIENCE, to_bytes(body, BODY_MAX)).await {
            Err(_) => return Err(Problem::new("TIMEOUT", format!("the body did not arrive within {} s", BODY_PATIENCE.as_secs()))),
            Ok(Err(_)) => return Err(Problem::new("PAYLOAD_TOO_LARGE", format!("the body could not be read, or is larger than {BODY_MAX} bytes"))),
            Ok(Ok(bytes)) => bytes,
        };
        let payload_sha256 = hashed(&[parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), &bytes]);
        let body = if bytes.is_empty() {
            from_value(Value::Object(Default::default()))?
        } else {
            if !is_json(&parts.headers) {
                return Err(Problem::new("UNSUPPORTED_MEDIA_TYPE", "expected Content-Type: application/json"));
            }
            let value: Value =
                serde_json::from_slice(&bytes).map_err(|error| Problem::new("BAD_REQUEST", format!("the body is not JSON: {error}")))?;
            from_value(whole(value))?
        };
        let at = app.clock.now();
        Ok(Sent { body, once: Once(RequestKey { tenant: caller.tenant.clone(), actor: caller.actor(), key, payload_sha256, at, outcome: None }) })
    }
}

/// The hash of some parts, of which none can be taken for the end of the one before.
fn hashed(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_key(key: &str) -> bool {
    (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let Some(key) = headers.get("idempotency-key") else {
        let detail = "send an Idempotency-Key header, a new one for each new change, and the same one when you repeat it";
        return Err(Problem::new("IDEMPOTENCY_KEY_MISSING", detail));
    };
    match key.to_str() {
        Ok(key) if is_key(key) => Ok(key.to_owned()),
        _ => Err(Problem::new("BAD_REQUEST", format!("Idempotency-Key: expected 1 to {KEY_MAX} visible ASCII characters"))),
    }
}

/// A JSON object, which serde alone would also read from an array of its members in order.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// The value as what is expected, or where it is not.
pub(super) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    if let Some(path) = control_character(&value, "$") {
        return Err(Problem::invalid(format!("{path}: has a control character; expected text")));
    }
    serde_path_to_error::deserialize(value).map(|Object(body)| body).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "the body".to_owned() } else { path };
        Problem::invalid(format!("{place}: {}", error.inner()))
    })
}

/// The same with `54.0` written as `54`: JSON Schema knows one sort of integer.
fn whole(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if !number.is_i64() && !number.is_u64() && float.fract() == 0.0 && float.abs() < 9e15 => Value::from(float as i64),
            _ => Value::Number(number),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(whole).collect()),
        Value::Object(members) => Value::Object(members.into_iter().map(|(name, item)| (name, whole(item))).collect()),
        other => other,
    }
}

/// Has it a character that no text of ours has? Tabs and new lines are welcome.
pub(super) fn is_broken(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}

/// Where a text has a character no text of ours has, if one does.
fn control_character(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::String(text) => is_broken(text).then(|| path.to_owned()),
        Value::Array(items) => items.iter().enumerate().find_map(|(k, item)| control_character(item, &format!("{path}[{k}]"))),
        Value::Object(members) => members
            .iter()
            .find_map(|(name, item)| if is_broken(name) { Some(path.to_owned()) } else { control_character(item, &format!("{path}.{name}")) }),
        _ => None,
    }
}

impl Once {
    /// A change that a form asks for: the same key with the same parts is the same change.
    ///
    /// # Errors
    /// No key, or none that can be noted.
    pub(super) fn of(caller: &Caller, key: String, parts: &[&[u8]], at: DateTime<Utc>) -> Result<Once, Problem> {
        if !is_key(&key) {
            return Err(Problem::new("BAD_REQUEST", "the form lacks its key: load the page again and repeat it"));
        }
        Ok(Once(RequestKey { tenant: caller.tenant.clone(), actor: caller.actor(), key, payload_sha256: hashed(parts), at, outcome: None }))
    }

    /// Makes the change, or answers with what it led to when it was made before. `outcome` is what is noted as its outcome, where that is known
    /// before; otherwise what the store's one write answers.
    ///
    /// # Errors
    /// Those of the change; the key was used for something else.
    pub async fn run<T, F>(&self, app: &App, outcome: Option<&T>, change: impl FnOnce(Arc<dyn Store>) -> F) -> Result<T, Problem>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, Problem>>,
    {
        if let Some(known) = self.known(app).await? {
            return Ok(known);
        }
        let outcome = outcome.and_then(|value| serde_json::to_value(value).ok());
        match change(app.store.for_request(RequestKey { outcome, ..self.0.clone() })).await {
            Err(problem) if problem.is_repeated() => self.known(app).await?.ok_or_else(|| Problem::new("BUSY", "the same request is under way")),
            // Done meanwhile by the same request, there is nothing left to do: what came of it then is the answer.
            Err(problem) => self.known(app).await.ok().flatten().ok_or(problem),
            answer => answer,
        }
    }

    /// The same for a change of several writes, which is harmless when it is made twice: what it led to is noted when it is done.
    ///
    /// # Errors
    /// Those of the change; the key was used for something else.
    pub async fn noted<T, F>(&self, app: &App, change: F) -> Result<T, Problem>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, Problem>>,
    {
        // Pressed twice in one moment: the second waits for what comes of the first.
        let turn = self.turn(&app.turns);
        let _mine = turn.lock().await;
        if let Some(known) = self.known(app).await? {
            return Ok(known);
        }
        let done = match change.await {
            Ok(done) => done,
            // Another service may have been quicker, and there is nothing left to do: what came of it there is the answer.
            Err(problem) => return self.known(app).await.ok().flatten().ok_or(problem),
        };
        let outcome = serde_json::to_value(&done).ok();
        match app.store.for_request(RequestKey { outcome, ..self.0.clone() }).note().await {
            Err(error) if error.kind() == StoreErrorKind::Repeated => Ok(self.known(app).await?.unwrap_or(done)),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(done),
        }
    }

    /// Was it made before?
    ///
    /// # Errors
    /// The key was used for something else; those of the store.
    pub(super) async fn was_made(&self, app: &App) -> Result<bool, Problem> {
        Ok(self.known::<Value>(app).await?.is_some())
    }

    /// Whoever holds this is the only one here who makes this change.
    fn turn(&self, turns: &Turns) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let key = (self.0.tenant.clone(), self.0.actor.clone(), self.0.key.clone());
        turns.get(&key).and_then(Weak::upgrade).unwrap_or_else(|| {
            let turn = Arc::default();
            turns.insert(key, Arc::downgrade(&turn));
            turn
        })
    }

    /// What it led to, if it was made before.
    async fn known<T: DeserializeOwned>(&self, app: &App) -> Result<Option<T>, Problem> {
        let Some(answered) = app.store.answered(&self.0.tenant, &self.0.actor, &self.0.key).await? else { return Ok(None) };
        if answered.payload_sha256 != self.0.payload_sha256 {
            let detail = "the same Idempotency-Key came with another request before; use a new key for a new change";
            return Err(Problem::new("IDEMPOTENCY_KEY_REUSED", detail));
        }
        let read = serde_json::from_value(answered.outcome);
        read.map(Some).map_err(|error| Problem::new("INTERNAL", format!("the outcome on file cannot be read: {error}")))
    }
}

impl Problem {
    fn is_repeated(&self) -> bool {
        self.detail() == REPEATED
    }
}
