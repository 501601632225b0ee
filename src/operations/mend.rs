//! What would place those whom nobody serves.

use super::night::{RunOptions, RunReport, profile};
use super::solve::apart;
use crate::alloc::explain::repairs::{Repairs, repairs};
use crate::alloc::instance::Instance;
use crate::alloc::{Limits, Profile, served_by_plan};
use crate::sheet::plan::Certified;
use crate::sheet::{Plan, Sheet};
use crate::store::Result;

/// What would place those whom a run leaves with nobody, or `only` one of them, by the rules of the same run; as far as it is found in so many
/// seconds.
pub(super) async fn what_helps(run: &RunReport, only: Option<&str>, options: &RunOptions, seconds: f64) -> Result<Vec<Repairs>> {
    let profile = profile(&run.day, options)?;
    let (sheet, plan, limits, only) = (run.searched.clone(), run.plan.clone(), options.limits.clone(), only.map(str::to_owned));
    // Closed never: whoever holds it keeps it open.
    let _permit = match &options.searches {
        Some(searches) => searches.acquire().await.ok(),
        None => None,
    };
    apart(&options.limits.stop, seconds, move || repairs_of(&sheet, &plan, only.as_deref(), &profile, &limits)).await
}

fn repairs_of(sheet: &Sheet, plan: &Plan, only: Option<&str>, profile: &Profile, limits: &Limits) -> Vec<Repairs> {
    let instance = Instance::new(sheet, profile.prices_finalized());
    let Some(served) = served_by_plan(&instance, plan) else { return Vec::new() };
    let id = |b: usize| sheet.bookings[b].id.as_str();
    let unplaced = (0..served.len()).filter(|&b| served[b].is_none() && only.is_none_or(|only| only == id(b)));
    let asked: Vec<(usize, Option<Certified>)> = unplaced.map(|b| (b, plan.certified(id(b)).cloned())).collect();
    repairs(sheet, profile, &served, &asked, limits)
}
