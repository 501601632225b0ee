//! The daily job at 03:00 by each location's clock on the wall: temps whose dates are over leave the house.

use crate::clock::Clock;
use crate::domain::local;
use crate::operations::clockwork::calendar::SMALL_HOURS_MINUTE;
use crate::store::{LocationRow, ResourceRow, Result, Store};

/// Retires temps of every location whose last day is over, once it is 03:00 on a later day; days missed by downtime are caught up. Nothing of
/// theirs is deleted: what they still hold is shown on its sheet, with nobody on duty. Returns who was retired.
///
/// # Errors
/// The store cannot be read or written.
pub async fn retire_temps(store: &dyn Store, clock: &dyn Clock) -> Result<Vec<ResourceRow>> {
    let mut retired = Vec::new();
    for location in store.locations().await? {
        retired.extend(retire_temps_of(store, clock, &location).await?);
    }
    Ok(retired)
}

/// The same at one location.
///
/// # Errors
/// The store cannot be read or written.
pub async fn retire_temps_of(store: &dyn Store, clock: &dyn Clock, location: &LocationRow) -> Result<Vec<ResourceRow>> {
    let mut retired = Vec::new();
    let today = local::local_date(location.timezone, clock.now());
    let begun = clock.now_minute() >= local::instant(location.timezone, today, SMALL_HOURS_MINUTE);
    let over_before = if begun { Some(today) } else { today.pred_opt() };
    for person in store.resources(&location.id).await? {
        let over = person.active_to.zip(over_before).is_some_and(|(last, limit)| last < limit);
        if person.is_temporary && person.active && over {
            let gone = ResourceRow { active: false, ..person };
            store.upsert_resource(&gone).await?;
            retired.push(gone);
        }
    }
    Ok(retired)
}
