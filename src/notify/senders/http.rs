//! A provider with an HTTP interface, for text messages and WhatsApp: one signed POST for each message.
//!
//! The body is JSON: `id` (the message's key), `channel`, `to`, `from` where it is set, and `text`. `Idempotency-Key` has the key too: a provider that sees
//! it again has taken the message before, and only says so. `X-Zamu-Timestamp` has the time in seconds since 1970, and `X-Zamu-Signature` is
//! `v1=` and the HMAC-SHA256, in hexadecimal, of the timestamp, a full stop and the body.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use super::{SendError, SendErrorKind, Sender, Text};
use crate::clock::Clock;
use crate::keyring::Signer;
use crate::store::OutboxRow;

/// How long a connection may take to come about.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Bytes of a provider's answer that are read, to say why it refused.
const ANSWER_MAX: usize = 2048;
/// Refusals that are not about the message: who asks is not known, asks too much, or asks at a bad moment.
const NOT_THE_MESSAGE: [StatusCode; 7] = [
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::CONFLICT,
    StatusCode::TOO_EARLY,
    StatusCode::TOO_MANY_REQUESTS,
];

/// Sends over a provider's HTTP interface.
pub struct HttpSender {
    client: Client,
    url: Url,
    from: Option<String>,
    signer: Signer,
    token: Option<String>,
    clock: Arc<dyn Clock>,
}

impl HttpSender {
    /// To this URL, each message signed.
    ///
    /// # Errors
    /// The machine has no TLS.
    pub fn new(url: Url, signer: Signer, clock: Arc<dyn Clock>) -> Result<HttpSender, String> {
        // A POST that is sent elsewhere would become a GET on the way.
        let client = Client::builder().connect_timeout(CONNECT_LIMIT).redirect(Policy::none()).build().map_err(|error| chain(&error))?;
        Ok(HttpSender { client, url, from: None, signer, token: None, clock })
    }

    /// The same in this name: a number, or a word that is registered.
    #[must_use]
    pub fn from(self, from: Option<String>) -> HttpSender {
        HttpSender { from, ..self }
    }

    /// The same with a token that the provider wants to see in `Authorization`.
    #[must_use]
    pub fn with_token(self, token: Option<String>) -> HttpSender {
        HttpSender { token, ..self }
    }
}

#[async_trait]
impl Sender for HttpSender {
    async fn send(&self, row: &OutboxRow, text: &Text) -> Result<(), SendError> {
        let mut body = serde_json::json!({"id": row.dedup_key, "channel": row.channel, "to": row.recipient, "text": text.body});
        if let Some(from) = &self.from {
            body["from"] = from.as_str().into();
        }
        let (body, timestamp) = (body.to_string(), self.clock.now().timestamp().to_string());
        let signature = self.signer.sign(&[timestamp.as_bytes(), b".", body.as_bytes()]);
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", in_header(&row.dedup_key))
            .header("X-Zamu-Timestamp", timestamp)
            .header("X-Zamu-Signature", format!("v1={signature}"))
            .body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await.map_err(|error| {
            // Where there was no connection nothing was taken.
            let kind = if error.is_connect() || error.is_builder() { SendErrorKind::Refused } else { SendErrorKind::Unanswered };
            SendError::new(kind, chain(&error.without_url()))
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let retry_after = retry_after(response.headers(), self.clock.as_ref());
        let mut said = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            said.extend_from_slice(&chunk[..chunk.len().min(ANSWER_MAX - said.len())]);
            if said.len() >= ANSWER_MAX {
                break;
            }
        }
        Err(SendError { why: format!("{status}: {}", String::from_utf8_lossy(&said).trim()), kind: kind_of(status), retry_after })
    }
}

/// What a refusal means for the message.
fn kind_of(status: StatusCode) -> SendErrorKind {
    match status {
        // Whoever stands in front of the provider did not hear from it.
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => SendErrorKind::Unanswered,
        status if status.is_client_error() && !NOT_THE_MESSAGE.contains(&status) => SendErrorKind::Hopeless,
        _ => SendErrorKind::Refused,
    }
}

/// How long the provider wants to be left alone: in seconds, or until a time.
fn retry_after(headers: &HeaderMap, clock: &dyn Clock) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    (until.to_utc() - clock.now()).to_std().ok()
}

/// A key as a header may have it: what is not visible ASCII as in an URL.
fn in_header(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'%' => out.push_str("%25"),
            byte if byte.is_ascii_graphic() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let word = error.to_string();
        if !said.contains(&word) {
            said.push_str(": ");
            said.push_str(&word);
        }
        cause = error.source();
    }
    said
}
