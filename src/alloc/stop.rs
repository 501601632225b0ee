//! How a search is told to end early. The allocator has no clock: whoever has one raises the flag.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Why a search was told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopCause {
    /// The deadline passed.
    Deadline,
    /// A person asked for it.
    Interrupt,
}

impl StopCause {
    /// The word in a plan's `solve.stopped`.
    pub fn as_str(self) -> &'static str {
        match self {
            StopCause::Deadline => "deadline",
            StopCause::Interrupt => "interrupt",
        }
    }
}

/// A flag shared between a search and whoever may end it. Clones are the same flag; the first cause stands.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicU8>);

impl Stop {
    /// A flag nobody has raised.
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Asks the search to end. A cause raised before stands.
    pub fn raise(&self, cause: StopCause) {
        let code = match cause {
            StopCause::Deadline => 1,
            StopCause::Interrupt => 2,
        };
        let _ = self.0.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The cause, once raised.
    pub fn cause(&self) -> Option<StopCause> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(StopCause::Deadline),
            _ => Some(StopCause::Interrupt),
        }
    }
}
