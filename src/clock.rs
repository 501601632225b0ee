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

/// Measures how long something took, on whatever day it happens: the machine's own clock, even where the story's is set.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    /// Milliseconds since the start.
    pub fn elapsed_ms(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Seconds since the start.
    pub fn elapsed_s(self) -> f64 {
        self.0.elapsed().as_secs_f64()
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
