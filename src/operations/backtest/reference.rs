//! Beside somebody else's numbers, day by day, and why the two differ where they do. A cause is named only when the numbers show it.

use chrono::NaiveDate;
use serde::Serialize;

use super::day::DayOutcome;
use super::hours::OnDuty;

/// Shares that differ by less are the same share, printed differently.
const SHARE_TOLERANCE: f64 = 1e-9;

/// What somebody else found for a day: the smallest spread after the fewest unplaced, without hours.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceDay {
    /// Which.
    pub date: NaiveDate,
    /// Bookings that stood on it.
    pub bookings: usize,
    /// Staff with a booking.
    pub staff: usize,
    /// Of all pairs of a booking and a person, the share in which the person is qualified.
    pub qualified_share: f64,
    /// Longest minus shortest minutes as recorded.
    pub recorded_spread: f64,
    /// Bookings nobody was allocated to.
    pub recorded_unplaced: usize,
    /// Fewest bookings left unplaced.
    pub unplaced: usize,
    /// Smallest spread, then.
    pub spread: f64,
    /// Whether they proved it.
    pub proven: bool,
}

/// Why two results differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// One of the two does not have the day.
    DayMissing,
    /// An input differs: what it is, here and there.
    Input {
        /// `bookings`, `staff on duty`, `unallocated`, `recorded spread`, `qualified share`.
        what: &'static str,
        /// Here.
        ours: f64,
        /// There.
        theirs: f64,
    },
    /// Hours are respected here and not there.
    Hours,
    /// They stopped before a proof, and what is found here is better.
    TheyStopped,
    /// The search here ended before a proof.
    WeStopped,
    /// The profile does not minimize unplaced, then spread.
    Objective,
    /// Nothing in the numbers shows why.
    Unexplained,
}

/// One day of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Which day.
    pub date: NaiveDate,
    /// Unplaced and spread here; `None` where the day is missing here.
    pub ours: Option<(usize, f64)>,
    /// Unplaced and spread there.
    pub theirs: (usize, f64),
    /// Do unplaced and spread agree?
    pub agrees: bool,
    /// Whether theirs and ours are proven.
    pub proven: (bool, bool),
    /// Inputs that differ, and, where the results do, everything that shows why.
    pub causes: Vec<Cause>,
}

/// Compares every day of the reference. `tiers` are the names of the profile's tiers.
pub fn compare(days: &[DayOutcome], reference: &[ReferenceDay], on_duty: OnDuty, tiers: &[&str]) -> Vec<Comparison> {
    reference
        .iter()
        .map(|theirs| match days.iter().find(|day| day.date == theirs.date) {
            Some(ours) => compare_day(ours, theirs, on_duty, tiers),
            None => Comparison {
                date: theirs.date,
                ours: None,
                theirs: (theirs.unplaced, theirs.spread),
                agrees: false,
                proven: (theirs.proven, false),
                causes: vec![Cause::DayMissing],
            },
        })
        .collect()
}

fn compare_day(ours: &DayOutcome, theirs: &ReferenceDay, on_duty: OnDuty, tiers: &[&str]) -> Comparison {
    let found = (ours.optimum.unplaced, ours.optimum.spread_minutes);
    let agrees = found == (theirs.unplaced, theirs.spread);
    let mut causes = input_causes(ours, theirs);
    if !agrees {
        if tiers != ["unplaced", "spread"] {
            causes.push(Cause::Objective);
        }
        if on_duty != OnDuty::Ignored {
            causes.push(Cause::Hours);
        }
        let better = found.0 < theirs.unplaced || (found.0 == theirs.unplaced && found.1 < theirs.spread);
        if !theirs.proven && better {
            causes.push(Cause::TheyStopped);
        }
        if !ours.proven && !better {
            causes.push(Cause::WeStopped);
        }
        if causes.is_empty() {
            causes.push(Cause::Unexplained);
        }
    }
    Comparison { date: ours.date, ours: Some(found), theirs: (theirs.unplaced, theirs.spread), agrees, proven: (theirs.proven, ours.proven), causes }
}

fn input_causes(ours: &DayOutcome, theirs: &ReferenceDay) -> Vec<Cause> {
    let inputs = [
        ("bookings", ours.bookings as f64, theirs.bookings as f64, 0.0),
        ("staff on duty", ours.on_duty as f64, theirs.staff as f64, 0.0),
        ("unallocated", ours.recorded.unplaced as f64, theirs.recorded_unplaced as f64, 0.0),
        ("recorded spread", ours.recorded.spread_minutes, theirs.recorded_spread, 0.0),
        ("qualified share", ours.qualified_share, theirs.qualified_share, SHARE_TOLERANCE),
    ];
    let differs = inputs.into_iter().filter(|(_, ours, theirs, tolerance)| (ours - theirs).abs() > *tolerance);
    differs.map(|(what, ours, theirs, _)| Cause::Input { what, ours, theirs }).collect()
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cause::DayMissing => f.write_str("nothing is booked here on that day"),
            Cause::Input { what, ours, theirs } => write!(f, "{what} is {ours} here and {theirs} there"),
            Cause::Hours => f.write_str("hours are respected here and not there"),
            Cause::TheyStopped => f.write_str("they stopped before a proof, and this is better"),
            Cause::WeStopped => f.write_str("the search here was stopped before a proof"),
            Cause::Objective => f.write_str("the profile here does not minimize unplaced, then spread"),
            Cause::Unexplained => f.write_str("nothing in the numbers shows why"),
        }
    }
}
