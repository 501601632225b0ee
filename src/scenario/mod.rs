//! What if: scenarios over days, for the analyst. Pure like the heart it asks; files, databases and clocks stand around it.
//!
//! A [`Scenario`] is a document: a base, ordered changes, parameters whose lists make a grid, expectations. Its changes are applied to copies of
//! the base's days, each copy is allocated as the nightly run would, and what comes out is measured beside the base. The way of a question:
//!
//! | file | what happens there |
//! | --- | --- |
//! | [`document`] | TOML or JSON becomes a [`Scenario`]; every fault is told with its line |
//! | [`grid`] | parameters become cases |
//! | [`change`] | a case's changes are applied to a [`Day`], one file per kind; demand is drawn from the base's own pattern |
//! | [`dealt`] | one changed day, dealt as the house would deal it |
//! | [`mod@run`] | days are solved in parallel, each distinct one once, and remembered by the hash of what was asked |
//! | [`hours`] | what an hour of one more person would be worth: prices, checked by solving again |
//! | [`figures`], [`study`] | what a plan is worth to an analyst; cases beside the base, with ranges over seeds and a Pareto front |
//! | [`expect`] | expectations, which make a scenario a regression test |
//! | [`staffing`] | how many people a day needs |
//! | [`report`] | the study as rows for notebooks and as one page with pictures |
//!
//! Nothing here can reach a database: a what-if cannot change anything that lives.

pub mod change;
pub mod day;
pub mod dealt;
pub mod document;
pub mod expect;
pub mod figures;
pub mod grid;
pub mod hours;
pub mod report;
pub mod run;
pub mod staffing;
pub mod study;

pub use day::{About, Day, Origin};
pub use document::Scenario;
pub use figures::{Figures, Metric};
pub use run::{Detail, Ended, Memory, Progress, Running, run};
pub use study::{Case, DayResult, Draw, Study};
