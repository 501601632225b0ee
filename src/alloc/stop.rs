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
pub struct Stop {
    own: Arc<AtomicU8>,
    /// The flags of those who may end this search and others with it.
    outer: Vec<Arc<AtomicU8>>,
}

impl Stop {
    /// A flag nobody has raised.
    pub fn new() -> Stop {
        Stop::default()
    }

    /// A flag for one search of several: it is up when it was raised itself, and when this one is. Raising it leaves this one alone.
    pub fn one_of_several(&self) -> Stop {
        let outer = self.outer.iter().chain([&self.own]).cloned().collect();
        Stop { own: Arc::default(), outer }
    }

    /// Asks the search to end. A cause raised before stands.
    pub fn raise(&self, cause: StopCause) {
        let code = match cause {
            StopCause::Deadline => 1,
            StopCause::Interrupt => 2,
        };
        let _ = self.own.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The cause, once raised.
    pub fn cause(&self) -> Option<StopCause> {
        let raised = std::iter::once(&self.own).chain(&self.outer).map(|flag| flag.load(Ordering::Relaxed)).find(|code| *code != 0)?;
        Some(if raised == 1 { StopCause::Deadline } else { StopCause::Interrupt })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_ends_alone_or_with_all() {
        let night = Stop::new();
        let (one, other) = (night.one_of_several(), night.one_of_several());
        one.raise(StopCause::Deadline);
        assert_eq!((one.cause(), other.cause(), night.cause()), (Some(StopCause::Deadline), None, None));
        night.raise(StopCause::Interrupt);
        assert_eq!((one.cause(), other.clone().cause()), (Some(StopCause::Deadline), Some(StopCause::Interrupt)));
    }
}
