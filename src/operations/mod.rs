//! The manager's day: the nightly run, the repair after an absence, the cutoff, changes by hand, the fairness ledger, what breaks without whom, what-ifs; and who signs in to do it.
//!
//! Every change goes through [`crate::store::Store::change_day`]: it is applied whole, with its history and its messages, if nobody touched
//! the day since it was read; otherwise it starts again from a fresh sheet.

pub mod absence;
pub mod accounts;
mod apply;
pub mod assign;
pub mod attention;
pub mod backtest;
pub mod clockwork;
pub mod cutoff;
pub mod daypart;
pub mod handover;
pub mod housekeeping;
mod known;
pub mod ledger;
mod looked;
mod mend;
pub mod night;
mod prepare;
pub mod reaper;
pub mod reminders;
pub mod resilience;
mod solve;
pub mod whatif;

pub use absence::{Absence, AbsenceReport, absence};
pub use apply::Groups;
pub use assign::reassign;
pub use clockwork::Clockwork;
pub use cutoff::{FinalizeReport, due_cutoffs, finalize, finalize_due};
pub use looked::{apply_looked, as_it_stands};
pub use night::{RunOptions, RunReport, Told, optimize, optimize_each};
pub use reaper::retire_temps;
pub use reminders::remind_due;

/// How often a lost race is run again before it is given up.
pub(crate) const TRIES_MAX: u32 = 5;
