//! What a caller is told when something does not work: RFC 9457 problem documents with stable codes.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoResponses, ToSchema};

use crate::store::{StoreError, StoreErrorKind};

/// Why a request was not met. `code` is stable; `detail` says what, where, what was expected and what to do.
#[derive(Debug, Clone)]
pub struct Problem(Box<Said>);

#[derive(Debug, Clone, Serialize)]
struct Said {
    /// The code, lower-cased, as a name.
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    #[serde(flatten)]
    more: Map<String, Value>,
    #[serde(skip)]
    retry_after_s: Option<u64>,
}

/// The codes, each with its status and what it means. A caller may rely on them.
pub const CODES: &[(&str, u16, &str)] = &[
    ("BAD_REQUEST", 400, "The request cannot be read"),
    ("IDEMPOTENCY_KEY_MISSING", 400, "A change needs an Idempotency-Key"),
    ("UNAUTHENTICATED", 401, "No valid token"),
    ("FORBIDDEN", 403, "This role may not do that"),
    ("NOT_FOUND", 404, "There is no such thing"),
    ("METHOD_NOT_ALLOWED", 405, "This cannot be done there"),
    ("TIMEOUT", 408, "The request took too long to arrive"),
    ("SLOT_FULL", 409, "Nobody who could serve it is free then"),
    ("ALREADY_BOOKED", 409, "This customer has that booking already"),
    ("HOLD_EXPIRED", 409, "The hold ran out before it was confirmed"),
    ("VERSION_CONFLICT", 409, "Somebody else changed it in the meantime"),
    ("ILLEGAL_TRANSITION", 409, "A booking in this state cannot do that"),
    ("TOO_LATE", 409, "Customers cannot change it any more"),
    ("CHOICE_NOT_OFFERED", 409, "Customers do not choose a person here"),
    ("PREVIEW_EXPIRED", 409, "It was looked at too long ago"),
    ("PREVIEW_OUTDATED", 409, "A day was changed after it was looked at"),
    ("WHATIFS_OPEN", 409, "As many what-ifs are open as may be"),
    ("WHATIF_NOT_DONE", 409, "The what-if has no study"),
    ("NOT_REAL", 409, "It is so only in the what-if"),
    ("PAYLOAD_TOO_LARGE", 413, "The body is too large"),
    ("UNSUPPORTED_MEDIA_TYPE", 415, "The body is not JSON"),
    ("INVALID", 422, "What was given is not acceptable"),
    ("WHATIF_TOO_LARGE", 422, "The what-if asks for too many days"),
    ("ASKED_BACK", 422, "The words are not clear"),
    ("UNKNOWN_PERSON", 422, "Nobody of that name works there"),
    ("IDEMPOTENCY_KEY_REUSED", 422, "This Idempotency-Key was used for something else"),
    ("RATE_LIMITED", 429, "Too many requests"),
    ("INTERNAL", 500, "Something broke here"),
    ("BUSY", 503, "The store is busy"),
    ("STORE_UNAVAILABLE", 503, "The store does not answer"),
];

impl Problem {
    /// A problem of one of the [`CODES`].
    pub fn new(code: &'static str, detail: impl Into<String>) -> Problem {
        let (code, number, title) = CODES.iter().find(|(known, ..)| *known == code).copied().unwrap_or(("INTERNAL", 500, "Something broke here"));
        Problem(Box::new(Said {
            r#type: format!("urn:zamu:problem:{}", code.to_lowercase().replace('_', "-")),
            title,
            status: number,
            detail: detail.into(),
            code,
            more: Map::new(),
            retry_after_s: None,
        }))
    }

    /// There is no such thing, or it is somebody else's, which is the same to the caller.
    pub fn not_found(what: &str, id: &str) -> Problem {
        Problem::new("NOT_FOUND", format!("there is no {what} {id:?}"))
    }

    /// What was given is not acceptable.
    pub fn invalid(detail: impl Into<String>) -> Problem {
        Problem::new("INVALID", detail)
    }

    /// The same with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Problem {
        self.0.more.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    /// The same, to be tried again after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Problem {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// What happened, in words.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Its HTTP status.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The same as a status of HTTP.
    pub fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Is it about what was asked for, or about how things stand by now, so that whoever asked can mend it? A key that was used for something else is
    /// not: what came of that is not known here.
    pub fn is_of_the_form(&self) -> bool {
        matches!(self.0.status, 409 | 422) && self.0.code != "IDEMPOTENCY_KEY_REUSED"
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }
}

/// A request that was made before is not an error of the caller's; see [`super::once`].
pub(super) const REPEATED: &str = "request made before";

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        let said = error.to_string();
        match error.kind() {
            StoreErrorKind::NotFound => Problem::new("NOT_FOUND", said),
            StoreErrorKind::Invalid => Problem::new("INVALID", said),
            StoreErrorKind::Conflict => Problem::new("VERSION_CONFLICT", said),
            StoreErrorKind::DoubleBooking => Problem::new("SLOT_FULL", "the time was taken by another booking; choose another"),
            StoreErrorKind::IllegalTransition => Problem::new("ILLEGAL_TRANSITION", said),
            StoreErrorKind::Twice => Problem::new("ALREADY_BOOKED", said),
            StoreErrorKind::Busy => Problem::new("BUSY", said).retry_after(1),
            StoreErrorKind::Repeated => Problem::new("VERSION_CONFLICT", REPEATED),
            StoreErrorKind::PlanRefused => {
                tracing::error!(error = %said, "a plan did not pass the check");
                Problem::new("INTERNAL", "the plan that was found did not pass the check and was not used; the day is as it was")
            }
            StoreErrorKind::Database => {
                let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                tracing::error!(error = %said, source, "the store failed");
                Problem::new("STORE_UNAVAILABLE", "the store did not do what it was asked; nothing was changed, try again").retry_after(5)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status_code();
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], body).into_response();
        if let Some(seconds) = self.0.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // For whoever shows it another way.
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem document (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// A name for this sort of problem.
    #[schema(example = "urn:zamu:problem:slot-full")]
    pub r#type: String,
    /// What sort of problem it is, in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What, where, what was expected and what to do.
    pub detail: String,
    /// A stable code.
    #[schema(example = "SLOT_FULL")]
    pub code: String,
}

macro_rules! faults {
    ($($name:ident = $status:literal $said:literal),*) => {
        /// The problems any route may answer with.
        #[derive(IntoResponses)]
        pub enum Faults {
            $(
                #[doc = $said]
                #[response(status = $status, content_type = "application/problem+json")]
                $name(#[to_schema] ProblemDocument),
            )*
        }
    };
}

faults!(
    BadRequest = 400 "The request cannot be read.",
    Unauthenticated = 401 "No valid token.",
    Forbidden = 403 "This role may not do that.",
    NotFound = 404 "There is no such thing.",
    Timeout = 408 "The request took too long to arrive.",
    Conflict = 409 "The state of things does not allow it; the code says why.",
    TooLarge = 413 "The body is too large.",
    NotJson = 415 "The body is not JSON.",
    Invalid = 422 "What was given is not acceptable.",
    RateLimited = 429 "Too many requests; Retry-After says when to come back.",
    Internal = 500 "Something broke here.",
    Unavailable = 503 "The store is busy or away; Retry-After says when to come back."
);
