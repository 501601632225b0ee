//! Counting in this process. Whoever has their whole minute back is forgotten, so that memory does not grow with everybody who ever asked.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::{Class, Limiter, Rates, Verdict};

/// Requests between two looks at whom to forget, at least.
const SWEEP_EVERY: i64 = 1024;

/// Counts the requests that this process gets.
pub struct InProcess {
    read: Option<Gate>,
    book: Option<Gate>,
    manage: Option<Gate>,
    sign_in: Option<Gate>,
}

/// One class with a limit.
struct Gate {
    limit: u32,
    counts: RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>,
    until_sweep: AtomicI64,
}

impl InProcess {
    /// Counts by these rates.
    pub fn new(rates: Rates) -> InProcess {
        let gate = |class| Gate::new(rates.per_minute(class));
        InProcess { read: gate(Class::Read), book: gate(Class::Book), manage: gate(Class::Manage), sign_in: gate(Class::SignIn) }
    }

    /// [`Limiter::ask`] without waiting for anything.
    pub fn ask_now(&self, class: Class, who: &str) -> Verdict {
        let gate = match class {
            Class::Read => &self.read,
            Class::Book => &self.book,
            Class::Manage => &self.manage,
            Class::SignIn => &self.sign_in,
        };
        gate.as_ref().map_or(Verdict::UNLIMITED, |gate| gate.ask(who))
    }

    /// How many people it remembers, over all classes.
    pub fn remembered(&self) -> usize {
        [&self.read, &self.book, &self.manage, &self.sign_in].into_iter().flatten().map(|gate| gate.counts.len()).sum()
    }
}

#[async_trait]
impl Limiter for InProcess {
    async fn ask(&self, class: Class, who: &str) -> Verdict {
        self.ask_now(class, who)
    }
}

impl Gate {
    fn new(limit: u32) -> Option<Gate> {
        let quota = Quota::per_minute(NonZeroU32::new(limit)?);
        let counts = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Some(Gate { limit, counts, until_sweep: AtomicI64::new(SWEEP_EVERY) })
    }

    fn ask(&self, who: &str) -> Verdict {
        self.sweep_now_and_then();
        match self.counts.check_key(&who.to_owned()) {
            Ok(state) => Verdict { allowed: true, limit: self.limit, remaining: state.remaining_burst_capacity(), retry_after_s: 0 },
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now());
                let retry_after_s = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Verdict { allowed: false, limit: self.limit, remaining: 0, retry_after_s: retry_after_s.max(1) }
            }
        }
    }

    /// Forgets whoever has their whole minute back. The more it remembers, the rarer it looks: each request pays for a little of it.
    fn sweep_now_and_then(&self) {
        if self.until_sweep.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.counts.retain_recent();
            self.counts.shrink_to_fit();
            self.until_sweep.store(i64::try_from(self.counts.len()).unwrap_or(i64::MAX).max(SWEEP_EVERY), Ordering::Relaxed);
        }
    }
}
