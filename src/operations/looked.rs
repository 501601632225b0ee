//! A dry run that somebody looked at is made real, as it was looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::handover::part;
use super::known::{Saying, make_real, on_the_day};
use super::night::{RunReport, keeping_told};
use super::prepare::{Prepared, prepare};
use crate::alloc::eligibility::House;
use crate::alloc::instance::Instance;
use crate::alloc::profile::Term;
use crate::alloc::{Profile, value};
use crate::clock::Clock;
use crate::domain::local;
use crate::sheet::plan::{Baseline, Change, PLAN_FORMAT, Placed, PlanStatus, Solve, TierOutcome, TierValue, Unplaced, Waived};
use crate::sheet::{Plan, Sheet};
use crate::store::{Day, DayView, Result, RunRow, RunStatus, Store, StoreError, StoreErrorKind};

/// Makes a dry run real: what it recorded is checked on the day and written like a nightly run, on record as one that was looked at first. A person
/// who looked decides also for a gain below the threshold.
///
/// # Errors
/// No such run; one that is no dry run, or was made with a profile that is not shipped; a day that is over; a conflict where the day was changed
/// since the run read it, or a visit has begun that it would move. Nothing is written then.
pub async fn apply_looked(store: &dyn Store, clock: &dyn Clock, run: &str, actor: &str) -> Result<RunReport> {
    let started_at = clock.now();
    let looked = store.run(run).await?;
    if looked.status != RunStatus::DryRun {
        let message = format!("run {run} is {}: only a dry run can be made real; look at the day anew", looked.status.as_str());
        return Err(StoreError::new(StoreErrorKind::IllegalTransition, message));
    }
    let day = store.day(&looked.location_id, looked.date, DayView::Live).await?;
    if looked.date < local::local_date(day.location.timezone, started_at) {
        return Err(StoreError::invalid(format!("{} is over at {}: nothing of it can be changed", looked.date, day.location.name)));
    }
    let diff: Vec<Change> = part(&looked, "moves", &looked.diff)?;
    let now = clock.now_minute();
    let has_begun = |one: &Change| day.booking(&one.booking).is_none_or(|row| row.span.start <= now);
    if day.version != looked.day_version || diff.iter().any(has_begun) {
        return Err(touched(&day));
    }
    let profile = profile(&looked)?;
    let prepared = prepare(day.sheet.clone(), now, profile.prices_finalized());
    let plan = on_the_day(&prepared, &recorded(&looked, &prepared, diff, &profile)?, &profile).await?;
    let why = format!("looked at first (run {}, by {})", looked.id, looked.actor);
    let saying = Saying {
        kind: looked.kind,
        actor: actor.to_owned(),
        started_at,
        applied: format!("applied: {why}"),
        kept: format!("kept: the day stands so already: {why}"),
    };
    let lost = touched(&day);
    Box::pin(make_real(store, clock, (day, prepared), (plan, &profile), saying)).await?.ok_or(lost)
}

/// What a day is worth on the goals of a run as it stands, nothing repaired; `None` where the run's profile is not known here.
pub fn as_it_stands(clock: &dyn Clock, day: &Day, run: &RunRow) -> Option<Vec<TierValue>> {
    let profile = profile(run).ok()?;
    let prepared = prepare(day.sheet.clone(), clock.now_minute(), false);
    let instance = Instance::new(&day.sheet, true);
    let stands = |id: &String| !prepared.unserved.contains(id) && !prepared.infeasible.contains(id);
    let served = day.sheet.bookings.iter().zip(&instance.bookings).map(|(row, job)| stands(&row.id).then(|| job.current.clone())).collect();
    let values = value::tiers(&instance, &served, &profile);
    Some(profile.tiers.iter().zip(values).map(|(tier, value)| TierValue { name: tier.name.clone(), value }).collect())
}

fn touched(day: &Day) -> StoreError {
    let (date, name) = (day.sheet.date, &day.location.name);
    StoreError::conflict(format!("{date} at {name} was changed since it was looked at, and nothing was written; look at it again"))
}

/// What the run was made with. A repair that may not move told customers is one without a price for it.
fn profile(looked: &RunRow) -> Result<Profile> {
    let Some(shipped) = Profile::shipped(&looked.profile) else {
        let known: Vec<&str> = Profile::shipped_texts().iter().map(|(name, _)| *name).collect();
        let message = format!(
            "run {} was made with the profile {:?}, which is not one of {}: apply it from where the profile is",
            looked.id,
            looked.profile,
            known.join(", ")
        );
        return Err(StoreError::invalid(message));
    };
    let tiers: Vec<TierOutcome> = part(looked, "tiers", &looked.tiers)?;
    let is_told_priced = tiers.iter().any(|tier| tier.name == Term::FinalizedMoved.as_str());
    let profile = if is_told_priced { shipped } else { keeping_told(shipped) };
    if profile.tiers.iter().map(|tier| &tier.name).eq(tiers.iter().map(|tier| &tier.name)) {
        return Ok(profile);
    }
    Err(StoreError::invalid(format!("run {} was made with another version of the profile {:?}; look at the day anew", looked.id, looked.profile)))
}

/// The plan that the run recorded: who moved, who is left, and everybody else where they are.
fn recorded(looked: &RunRow, prepared: &Prepared, diff: Vec<Change>, profile: &Profile) -> Result<Plan> {
    let sheet = &prepared.sheet;
    let unplaced: Vec<Unplaced> = part(looked, "unplaced bookings", &looked.unplaced)?;
    let baseline: Vec<TierValue> = part(looked, "baseline", &looked.baseline)?;
    let left: BTreeSet<&str> = unplaced.iter().map(|one| one.booking.as_str()).collect();
    let to: BTreeMap<&str, &Vec<String>> = diff.iter().map(|one| (one.booking.as_str(), &one.to)).collect();
    let placed = sheet.bookings.iter().filter(|one| !left.contains(one.id.as_str())).map(|one| {
        let stays = || one.current().into_iter().map(str::to_owned).collect();
        Placed { booking: one.id.clone(), resources: to.get(one.id.as_str()).map_or_else(stays, |to| (*to).clone()) }
    });
    let status = if looked.plan_status == "optimal" { PlanStatus::Optimal } else { PlanStatus::Feasible };
    Ok(Plan {
        format: PLAN_FORMAT.to_owned(),
        sheet_sha256: looked.input_sha256.clone(),
        profile: looked.profile.clone(),
        status,
        tiers: part(looked, "tiers", &looked.tiers)?,
        baseline: Baseline { tiers: baseline },
        assignments: placed.collect(),
        waived: waived(sheet, profile),
        changes: diff.iter().filter(|one| !one.from.is_empty()).cloned().collect(),
        solve: Solve { wall_ms: None, stopped: looked.stopped.clone(), solver: looked.solver.clone(), seed: 1 },
        unplaced,
    })
}

fn waived(sheet: &Sheet, profile: &Profile) -> Vec<Waived> {
    let house = House::new(sheet, profile.prices_finalized());
    let waived = sheet.bookings.iter().filter(|one| house.gender_waived(one));
    waived.map(|one| Waived { booking: one.id.clone(), rule: "gender".to_owned() }).collect()
}
