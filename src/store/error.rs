//! One error type of the store, told apart by kind.

use std::fmt;

/// What sort of thing went wrong: enough for a caller to decide what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreErrorKind {
    /// There is no such thing; the message names it.
    NotFound,
    /// What was given is not acceptable; nothing was changed.
    Invalid,
    /// Somebody else changed it in the meantime; read again.
    Conflict,
    /// The person or table is already held by another booking at that time.
    DoubleBooking,
    /// The same customer has this already.
    Twice,
    /// This request was made before; its outcome is on file.
    Repeated,
    /// Other writers were in the way; the same again may go through.
    Busy,
    /// The table of legal steps has no such step.
    IllegalTransition,
    /// A plan did not pass the check and was not used.
    PlanRefused,
    /// The database could not be opened, read or written.
    Database,
}

/// Why the store did not do what it was asked. Nothing was changed.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What every call of the store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// An error of this kind, saying what, where and what to do.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> StoreError {
        StoreError { kind, message: message.into(), source: None }
    }

    /// No such thing.
    pub fn not_found(what: &str, id: &str) -> StoreError {
        StoreError::new(StoreErrorKind::NotFound, format!("there is no {what} {id:?}"))
    }

    /// Not acceptable.
    pub fn invalid(message: impl Into<String>) -> StoreError {
        StoreError::new(StoreErrorKind::Invalid, message)
    }

    /// Changed in the meantime.
    pub fn conflict(message: impl Into<String>) -> StoreError {
        StoreError::new(StoreErrorKind::Conflict, message)
    }

    /// The same error with the driver's own behind it.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> StoreError {
        self.source = Some(Box::new(source));
        self
    }

    /// What sort of thing went wrong.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn std::error::Error + 'static))
    }
}
