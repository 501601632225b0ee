//! One search, off the async threads, ended by its deadline, checked before anybody sees its plan.

use super::prepare::Prepared;
use crate::alloc::check::{PlanFault, check_with_profile};
use crate::alloc::{Limits, Profile, Stop, StopCause, allocate};
use crate::clock::Stopwatch;
use crate::sheet::Plan;
use crate::store::{Result, StoreError, StoreErrorKind};

/// A plan that passed the check, the sheet it answers, and how long it took.
#[derive(Debug, Clone)]
pub struct Solved {
    /// What was searched.
    pub prepared: Prepared,
    /// The answer.
    pub plan: Plan,
    /// Milliseconds of the search.
    pub solve_ms: u64,
    /// Promised bookings had to be made worth more than the others.
    pub raised: bool,
}

/// Searches within `time_limit_s`. A promised booking that the objective would give up for others is worth more than they are, in a second
/// search: what was promised and can be kept is kept.
pub async fn solve(prepared: Prepared, profile: &Profile, limits: &Limits, time_limit_s: f64) -> Result<Solved> {
    let first = search(prepared, profile, limits, time_limit_s).await?;
    let dropped: std::collections::BTreeSet<&str> =
        first.plan.unplaced.iter().map(|u| u.booking.as_str()).filter(|id| first.prepared.promised.contains(*id)).collect();
    if dropped.is_empty() {
        return Ok(first);
    }
    let promised = first.prepared.promised.iter().map(String::as_str).collect();
    let again = search(first.prepared.with_priority_for(&promised), profile, limits, time_limit_s).await?;
    Ok(Solved { solve_ms: first.solve_ms + again.solve_ms, raised: true, ..again })
}

async fn search(prepared: Prepared, profile: &Profile, limits: &Limits, time_limit_s: f64) -> Result<Solved> {
    let (profile_there, limits_there) = (profile.clone(), limits.clone());
    let searched = apart(&limits.stop, time_limit_s, move || {
        let watch = Stopwatch::start();
        let plan = allocate(&prepared.sheet, &profile_there, limits_there);
        let solve_ms = watch.elapsed_ms();
        let faults = check_with_profile(&prepared.sheet, &plan, &profile_there).faults;
        (Solved { prepared, plan, solve_ms, raised: false }, faults)
    });
    let (solved, faults) = searched.await?;
    passed(faults).map(|()| solved)
}

/// What a plan may claim wrongly because it was made for another day than the one it is used on, or that one that was made by hand does not claim.
/// None of it is a fact of the day.
pub(super) const CLAIMS: [&str; 9] =
    ["tier-value", "tier-order", "bound-above-value", "optimal-with-gap", "status", "waived", "changes", "reason", "no-reason"];

/// A plan with a fault is not used.
pub(super) fn passed(faults: Vec<PlanFault>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Err(StoreError::new(StoreErrorKind::PlanRefused, format!("the plan did not pass the check and was not used: {}", said.join("; "))))
}

/// Does what takes long on a thread of its own: the solver wants one per search, and a search is hours of work to an async thread. After
/// `time_limit_s` it is told to end by `stop` and its answer awaited; when nobody waits for it any more it is told to end as well.
pub(super) async fn apart<T: Send + 'static>(stop: &Stop, time_limit_s: f64, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (sender, mut receiver) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("allocate".to_owned())
        .spawn(move || {
            // Nobody listens any more when the caller gave up: then nobody needs the answer.
            let _ = sender.send(work());
        })
        .map_err(|error| StoreError::new(StoreErrorKind::Database, "the machine gives no thread for the search").caused_by(error))?;
    let mut waiting = Waiting { stop, answered: false };
    // A number of seconds beyond all time is no limit.
    let limit = tokio::time::Duration::try_from_secs_f64(time_limit_s.max(0.0)).unwrap_or(tokio::time::Duration::MAX);
    let answer = tokio::select! {
        answer = &mut receiver => answer,
        () = tokio::time::sleep(limit) => {
            stop.raise(StopCause::Deadline);
            receiver.await
        }
    };
    waiting.answered = true;
    answer.map_err(|error| StoreError::new(StoreErrorKind::PlanRefused, "the search ended without an answer").caused_by(error))
}

/// Whoever asked is still there; when they go away unanswered the search ends.
struct Waiting<'a> {
    stop: &'a Stop,
    answered: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.stop.raise(StopCause::Deadline);
        }
    }
}
