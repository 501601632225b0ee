//! The one place that asks the machine what time it is.

use chrono::{DateTime, Utc};

use crate::domain::Minute;

/// Tells the time. Everything that needs "now" takes one, so that tests and the demo can set it.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> DateTime<Utc>;

    /// The current instant in whole minutes.
    fn now_minute(&self) -> Minute {
        Minute::of(self.now())
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands where it was set, for tests, demonstrations and replays.
#[derive(Debug)]
pub struct SetClock(std::sync::Mutex<DateTime<Utc>>);

impl SetClock {
    /// A clock standing at `at`.
    pub fn at(at: DateTime<Utc>) -> SetClock {
        SetClock(std::sync::Mutex::new(at))
    }

    /// Moves it.
    pub fn set(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
