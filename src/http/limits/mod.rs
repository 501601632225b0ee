//! How often somebody may ask: a rate for each class of request, counted in this process or, for several, in a Redis they share.
//!
//! Both count the same way (GCRA): a person may spend a minute's worth at once, and gets it back evenly over the minute after.

mod in_process;
mod shared;

use async_trait::async_trait;

pub use in_process::InProcess;
pub use shared::{Shared, SharedError};

/// What sort of request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Looks something up.
    Read,
    /// Takes, moves or cancels a booking.
    Book,
    /// Runs the day.
    Manage,
    /// Tries to sign in.
    SignIn,
}

impl Class {
    /// As it stands in keys and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Class::Read => "read",
            Class::Book => "book",
            Class::Manage => "manage",
            Class::SignIn => "sign-in",
        }
    }
}

/// Requests a minute that one person may make; 0: as many as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Of [`Class::Read`].
    pub read_per_minute: u32,
    /// Of [`Class::Book`].
    pub book_per_minute: u32,
    /// Of [`Class::Manage`].
    pub manage_per_minute: u32,
    /// Of [`Class::SignIn`]: from one address, and for one login.
    pub sign_in_per_minute: u32,
}

impl Default for Rates {
    fn default() -> Rates {
        Rates { read_per_minute: 60, book_per_minute: 10, manage_per_minute: 600, sign_in_per_minute: 5 }
    }
}

impl Rates {
    /// Requests a minute of this class; 0: as many as one likes.
    pub fn per_minute(&self, class: Class) -> u32 {
        match class {
            Class::Read => self.read_per_minute,
            Class::Book => self.book_per_minute,
            Class::Manage => self.manage_per_minute,
            Class::SignIn => self.sign_in_per_minute,
        }
    }
}

/// May this request go on?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Yes.
    pub allowed: bool,
    /// Requests a minute; 0: as many as one likes.
    pub limit: u32,
    /// Requests left right now, after this one.
    pub remaining: u32,
    /// Seconds until asking again makes sense, at least 1; 0 where it was allowed.
    pub retry_after_s: u64,
}

impl Verdict {
    /// Goes on, and nobody counts.
    pub(super) const UNLIMITED: Verdict = Verdict { allowed: true, limit: 0, remaining: u32::MAX, retry_after_s: 0 };
}

/// Counts requests and says which may go on.
#[async_trait]
pub trait Limiter: Send + Sync {
    /// Counts one request of `who` (an account, or an address of nobody known) and says whether it may go on. Refused ones do not count.
    async fn ask(&self, class: Class, who: &str) -> Verdict;
}
