//! Reminders: some time before a visit, as long as the tenant says, its customer hears of it again.

use crate::clock::Clock;
use crate::store::{Result, Store, StoreErrorKind};

/// Bookings that are looked for at a time.
const BATCH: u32 = 200;

/// Writes the reminders that are due, one for each booking and start, to be delivered like every other message; how many. Several processes may
/// do so at once: what one has written the others find written.
///
/// # Errors
/// The store cannot be read or written; what was written before stays.
pub async fn remind_due(store: &dyn Store, clock: &dyn Clock) -> Result<usize> {
    let (mut written, mut after) = (0, String::new());
    loop {
        let due = store.reminders_due(clock.now(), &after, BATCH).await?;
        for booking in &due {
            match store.remind(booking, clock.now()).await {
                Ok(true) => written += 1,
                Ok(false) => {}
                // Called off and gone, or changed at this moment: looked at again next time.
                Err(error) if matches!(error.kind(), StoreErrorKind::NotFound | StoreErrorKind::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        match due.into_iter().last() {
            Some(last) => after = last,
            None => return Ok(written),
        }
    }
}
