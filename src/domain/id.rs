//! New identifiers.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Counts within a millisecond, and within an instant at which a set clock stands.
static CONTEXT: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new UUID version 7 for something born at `at`. Ids that one process makes sort by birth, whatever the clock does: it may stand still.
pub fn new_id(at: DateTime<Utc>) -> String {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(&CONTEXT, seconds, at.timestamp_subsec_nanos())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_birth_even_when_the_clock_stands() {
        let at = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let ids: Vec<String> = (0..1000).map(|_| new_id(at)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
