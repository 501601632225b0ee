//! A plan that is known already is made real: stated as it is on the day that is there, checked, and written like that of a nightly run.

use chrono::{DateTime, Utc};

use super::apply;
use super::cutoff;
use super::night::{self, Decided, RunReport, conclude};
use super::prepare::Prepared;
use super::solve::{apart, passed};
use crate::alloc::check::check_with_profile;
use crate::alloc::{Limits, Profile, Stop, restated};
use crate::clock::Clock;
use crate::sheet::{Plan, write};
use crate::store::{Day, Result, RunKind, RunStatus, Store, StoreError, StoreErrorKind};

/// Seconds that finding the reasons of a plan on the day as it really is may take.
const REASONS_S: f64 = 20.0;

/// The plan as it is on the day that is there: the same where it was made for that very sheet, else with the values and reasons that hold on this
/// one. It has passed the check.
pub(super) async fn on_the_day(prepared: &Prepared, plan: &Plan, profile: &Profile) -> Result<Plan> {
    let plan = if plan.sheet_sha256 == write::sha256(&prepared.sheet) {
        plan.clone()
    } else {
        let (sheet, profile, plan, stop) = (prepared.sheet.clone(), profile.clone(), plan.clone(), Stop::new());
        let limits = Limits { seed: plan.solve.seed, stop: stop.clone(), ..Limits::default() };
        let restated = apart(&stop, REASONS_S, move || restated(&sheet, &profile, &plan, &limits)).await?;
        restated.ok_or_else(|| StoreError::new(StoreErrorKind::PlanRefused, "the plan names bookings or people that the day has not"))?
    };
    passed(check_with_profile(&prepared.sheet, &plan, profile).faults)?;
    Ok(plan)
}

/// Who makes a plan real, and in what words.
pub(super) struct Saying {
    /// What the run is recorded as.
    pub(super) kind: RunKind,
    /// Who.
    pub(super) actor: String,
    /// Since when.
    pub(super) started_at: DateTime<Utc>,
    /// Why, where it changes something; what it comes to is added.
    pub(super) applied: String,
    /// Why, where the day stands so already.
    pub(super) kept: String,
}

/// Writes a plan that has passed the check: moves, messages, history and the record of the run are one change of the day. Who is given somebody after
/// the cutoff is told at once. `None` where the day was changed meanwhile: that is recorded, and nothing else is written.
pub(super) async fn make_real(
    store: &dyn Store,
    clock: &dyn Clock,
    (day, prepared): (Day, Prepared),
    (plan, profile): (Plan, &Profile),
    saying: Saying,
) -> Result<Option<RunReport>> {
    let (location, date, actor) = (day.location.id.clone(), day.sheet.date, saying.actor.clone());
    let effect = apply::effect(&day, &prepared, &plan, profile);
    let outcome = format!("{} of {} placed, {} moved", plan.assignments.len(), prepared.sheet.bookings.len(), plan.changes.len());
    let (status, effect, rationale) = if effect.assignments.is_empty() {
        (RunStatus::Kept, apply::kept(&day), saying.kept)
    } else {
        (RunStatus::Applied, effect, format!("{}; {outcome}", saying.applied))
    };
    let decided = Decided { kind: saying.kind, status, rationale, actor: saying.actor, started_at: saying.started_at, solve_ms: 0 };
    let mut done = night::report(clock, day, (prepared.sheet, plan), effect, decided);
    conclude(store, &mut done).await?;
    if done.run.status == RunStatus::LostRace {
        return Ok(None);
    }
    cutoff::finalize_if_past(store, clock, &location, date, &actor).await?;
    Ok(Some(done))
}
