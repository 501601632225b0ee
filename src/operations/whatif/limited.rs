//! One day's search under its time limit.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::alloc::{Stop, StopCause};

/// Does the work and raises `stop` where it takes longer than so many seconds.
pub(super) fn limited(stop: &Stop, seconds: f64, work: &mut (dyn FnMut() + Send)) {
    let Ok(limit) = Duration::try_from_secs_f64(seconds.max(0.0)) else { return work() };
    let (over, ended) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                stop.raise(StopCause::Deadline);
            }
        });
        work();
        drop(over);
    });
}
