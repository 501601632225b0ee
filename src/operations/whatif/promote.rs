//! One day of a what-if made real.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::real::{self, Unreal};
use crate::alloc::Profile;
use crate::clock::Clock;
use crate::domain::local;
use crate::operations::known::{Saying, make_real, on_the_day};
use crate::operations::night::{self, RunOptions, RunReport};
use crate::operations::prepare::{Prepared, prepare};
use crate::sheet::plan::{Change as Moved, Unplaced};
use crate::sheet::{Plan, Sheet};
use crate::store::{Day, DayView, Result, RunKind, Store, StoreError};

/// A solved day of a what-if that is to be made real.
#[derive(Debug, Clone)]
pub struct Promotion {
    /// Where.
    pub location: String,
    /// Which local day.
    pub date: NaiveDate,
    /// The day's version when the what-if read it.
    pub version: i64,
    /// The plan.
    pub plan: Plan,
    /// What it was made with.
    pub profile: Profile,
    /// The changed day that it was made for, where that is known: what is not real yet is told with its facts.
    pub sheet: Option<Sheet>,
    /// Who does it.
    pub actor: String,
    /// Why, for the history.
    pub why: String,
}

/// What making a solved day real would do to the day as it is.
#[derive(Debug, Clone)]
pub struct Look {
    /// The day.
    pub day: Day,
    /// Who would move.
    pub moved: Vec<Moved>,
    /// What the plan leaves to nobody, and why.
    pub unplaced: Vec<Unplaced>,
    /// What is so only in the what-if: as long as there is any, nothing can be made real.
    pub unreal: Unreal,
}

/// What making a solved day of a what-if real would do. Nothing is written.
///
/// # Errors
/// Those of [`promote`] but for the check of the plan.
pub async fn look(store: &dyn Store, clock: &dyn Clock, promotion: &Promotion) -> Result<Look> {
    let (day, _, unreal) = compared(store, clock, promotion).await?;
    let sorted = |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<String>>();
    let moved = promotion.plan.assignments.iter().filter_map(|placed| {
        let there = &day.booking(&placed.booking)?.resources;
        (sorted(there) != sorted(&placed.resources)).then(|| Moved {
            booking: placed.booking.clone(),
            from: there.clone(),
            to: placed.resources.clone(),
        })
    });
    let moved = moved.collect();
    Ok(Look { moved, unplaced: promotion.plan.unplaced.clone(), day, unreal })
}

/// The day as it is, and everything that the plan needs and that it has not.
async fn compared(store: &dyn Store, clock: &dyn Clock, promotion: &Promotion) -> Result<(Day, Prepared, Unreal)> {
    let Promotion { location, date, profile, .. } = promotion;
    let day = store.day(location, *date, DayView::Live).await?;
    if *date < local::local_date(day.location.timezone, clock.now()) {
        return Err(StoreError::invalid(format!("{date} is over at {}: only a day that is still to come can be made real", day.location.name)));
    }
    if day.version != promotion.version {
        return Err(touched(&day));
    }
    if promotion.plan.profile != profile.name {
        let message =
            format!("the plan was made with the profile {:?}, not with {:?}; promote it with its own", promotion.plan.profile, profile.name);
        return Err(StoreError::invalid(message));
    }
    let prepared = prepare(day.sheet.clone(), clock.now_minute(), false);
    let unreal = real::missing(store, &day, &prepared, promotion).await?;
    Ok((day, prepared, unreal))
}

/// Makes a solved day of a what-if real, as a nightly run would: its moves, its messages and its history are one change of the day. What the plan
/// needs and is not there is answered whole, each with what makes it real; nothing is written then.
///
/// # Errors
/// Unknown location; a day that is over; a plan of another profile, or one that does not pass the check; a conflict where the day was changed since
/// the what-if read it.
pub async fn promote(store: &dyn Store, clock: &dyn Clock, promotion: &Promotion) -> Result<std::result::Result<RunReport, Unreal>> {
    let started_at = clock.now();
    let profile = &promotion.profile;
    let (day, prepared, unreal) = compared(store, clock, promotion).await?;
    if !unreal.missing.is_empty() {
        return Ok(Err(unreal));
    }
    let plan = on_the_day(&prepared, &promotion.plan, profile).await?;
    // Who was told a name keeps it, whatever the profile prices.
    let told = night::profile(&day, &RunOptions { profile: Some(profile.clone()), ..RunOptions::night(&promotion.actor) })?;
    let saying = Saying {
        kind: RunKind::Promoted,
        actor: promotion.actor.clone(),
        started_at,
        applied: format!("applied: promoted from a what-if: {}", promotion.why),
        kept: format!("kept: the day stands as the what-if would have it: {}", promotion.why),
    };
    let lost = touched(&day);
    Box::pin(make_real(store, clock, (day, prepared), (plan, &told), saying)).await?.ok_or(lost).map(Ok)
}

fn touched(day: &Day) -> StoreError {
    let (date, name) = (day.sheet.date, &day.location.name);
    StoreError::conflict(format!("{date} at {name} was changed since the what-if read it, and nothing was written; run the what-if again"))
}
