//! One day of a what-if made real.

use chrono::NaiveDate;

use super::real::{self, Unreal};
use crate::alloc::check::check_with_profile;
use crate::alloc::{Limits, Profile, Stop, restated};
use crate::clock::Clock;
use crate::domain::local;
use crate::operations::apply;
use crate::operations::night::{self, Decided, RunOptions, RunReport, conclude};
use crate::operations::prepare::{Prepared, prepare};
use crate::operations::solve::apart;
use crate::sheet::{Plan, Sheet, write};
use crate::store::{Day, DayView, Result, RunKind, RunStatus, Store, StoreError, StoreErrorKind};

/// Seconds that finding the reasons of a plan on the day as it really is may take.
const REASONS_S: f64 = 20.0;

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

/// Makes a solved day of a what-if real, as a nightly run would: its moves, its messages and its history are one change of the day. What the plan
/// needs and is not there is answered whole, each with what makes it real; nothing is written then.
///
/// # Errors
/// Unknown location; a day that is over; a plan of another profile, or one that does not pass the check; a conflict where the day was changed since
/// the what-if read it.
pub async fn promote(store: &dyn Store, clock: &dyn Clock, promotion: &Promotion) -> Result<std::result::Result<RunReport, Unreal>> {
    let started_at = clock.now();
    let Promotion { location, date, profile, .. } = promotion;
    let day = store.day(location, *date, DayView::Live).await?;
    if *date < local::local_date(day.location.timezone, started_at) {
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
    if !unreal.missing.is_empty() {
        return Ok(Err(unreal));
    }
    let plan = on_the_real_day(&prepared, promotion).await?;
    let faults = check_with_profile(&prepared.sheet, &plan, profile).faults;
    if !faults.is_empty() {
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(StoreError::new(StoreErrorKind::PlanRefused, format!("the plan did not pass the check and was not used: {}", said.join("; "))));
    }
    // Who was told a name keeps it, whatever the profile prices.
    let told = RunOptions { profile: Some(profile.clone()), ..RunOptions::night(&promotion.actor) };
    let effect = apply::effect(&day, &prepared, &plan, &night::profile(&day, &told)?);
    let changes = !effect.assignments.is_empty();
    let outcome = format!("{} of {} placed, {} moved", plan.assignments.len(), prepared.sheet.bookings.len(), plan.changes.len());
    let (status, effect, rationale) = if changes {
        (RunStatus::Applied, effect, format!("applied: promoted from a what-if: {}; {outcome}", promotion.why))
    } else {
        (RunStatus::Kept, apply::kept(&day), format!("kept: the day stands as the what-if would have it: {}", promotion.why))
    };
    let decided = Decided { kind: RunKind::Promoted, status, rationale, actor: promotion.actor.clone(), started_at, solve_ms: 0 };
    let mut done = night::report(clock, day, (prepared.sheet, plan), effect, decided);
    conclude(store, &mut done).await?;
    if done.run.status == RunStatus::LostRace {
        return Err(touched(&done.day));
    }
    Ok(Ok(done))
}

fn touched(day: &Day) -> StoreError {
    let (date, name) = (day.sheet.date, &day.location.name);
    StoreError::conflict(format!("{date} at {name} was changed since the what-if read it, and nothing was written; run the what-if again"))
}

/// The plan as it is on the day that is there: the same where the what-if changed nothing of the day, else with the values and reasons that hold
/// without what was only supposed.
async fn on_the_real_day(prepared: &Prepared, promotion: &Promotion) -> Result<Plan> {
    if promotion.plan.sheet_sha256 == write::sha256(&prepared.sheet) {
        return Ok(promotion.plan.clone());
    }
    let (sheet, profile, plan, stop) = (prepared.sheet.clone(), promotion.profile.clone(), promotion.plan.clone(), Stop::new());
    let limits = Limits { seed: plan.solve.seed, stop: stop.clone(), ..Limits::default() };
    let restated = apart(&stop, REASONS_S, move || restated(&sheet, &profile, &plan, &limits)).await?;
    restated.ok_or_else(|| StoreError::new(StoreErrorKind::PlanRefused, "the plan names bookings or people that the day has not"))
}
