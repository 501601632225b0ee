//! Ends a search from outside, since the allocator has no clock: after a time, or when a person presses Ctrl-C.

use std::sync::{Arc, Condvar, Mutex, Once, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::alloc::{Stop, StopCause};

/// Exit code of a program ended by Ctrl-C, as shells expect it.
const INTERRUPTED: i32 = 130;

/// The search that Ctrl-C ends, while there is one.
static RUNNING: Mutex<Option<Stop>> = Mutex::new(None);
static HANDLER: Once = Once::new();

/// Watches over one search; dropping it ends the watch.
#[derive(Debug)]
pub struct Watch {
    _timer: Option<Timer>,
}

/// Raises `stop` when `seconds` have passed (never when none are given), or at the first Ctrl-C: the search then answers with the best plan
/// it has. A second Ctrl-C, or one while nothing is searched, ends the program.
pub fn watch(stop: &Stop, seconds: Option<f64>) -> Watch {
    HANDLER.call_once(|| {
        // Without a handler Ctrl-C ends the program at once, which is what it does for most programs.
        let _ = ctrlc::set_handler(on_interrupt);
    });
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop.clone());
    Watch { _timer: seconds.and_then(|seconds| timer(stop, seconds)) }
}

impl Drop for Watch {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Counts down for one search among several; dropping it ends the count.
#[derive(Debug)]
pub struct Timer {
    ended: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

/// Raises `stop` when `seconds` have passed; `None` for a time beyond all clocks. Ctrl-C is left alone.
pub fn timer(stop: &Stop, seconds: f64) -> Option<Timer> {
    let limit = Duration::try_from_secs_f64(seconds.max(0.0)).ok()?;
    let ended = Arc::new((Mutex::new(false), Condvar::new()));
    let (thread_ended, stop) = (Arc::clone(&ended), stop.clone());
    let thread = std::thread::spawn(move || {
        let (flag, bell) = &*thread_ended;
        let guard = flag.lock().unwrap_or_else(PoisonError::into_inner);
        let (guard, _) = bell.wait_timeout_while(guard, limit, |ended| !*ended).unwrap_or_else(PoisonError::into_inner);
        if !*guard {
            stop.raise(StopCause::Deadline);
        }
    });
    Some(Timer { ended, thread: Some(thread) })
}

impl Drop for Timer {
    fn drop(&mut self) {
        *self.ended.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ended.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn on_interrupt() {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    match &*running {
        Some(stop) if stop.cause() != Some(StopCause::Interrupt) => stop.raise(StopCause::Interrupt),
        _ => std::process::exit(INTERRUPTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_passes_raises_the_flag_and_says_so() {
        let stop = Stop::new();
        let watch = watch(&stop, Some(0.0));
        while stop.cause().is_none() {
            std::thread::yield_now();
        }
        assert_eq!(stop.cause(), Some(StopCause::Deadline));
        drop(watch);
    }

    #[test]
    fn a_search_that_ends_first_leaves_the_flag_down_and_does_not_wait() {
        let stop = Stop::new();
        drop(watch(&stop, Some(3_600.0)));
        assert_eq!(stop.cause(), None);
    }

    #[test]
    fn seconds_that_are_no_time_at_all_or_beyond_all_time_do_no_harm() {
        drop(watch(&Stop::new(), Some(-1.0)));
        drop(watch(&Stop::new(), Some(f64::MAX)));
        drop(watch(&Stop::new(), Some(f64::NAN)));
    }
}
