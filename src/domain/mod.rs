//! Words everything else is written in: instants, half-open spans, kinds, states and rules. No I/O, no clock, no solver.

pub mod assignment;
pub mod id;
pub mod kind;
pub mod language;
pub mod local;
pub mod near;
pub mod quiet;
pub mod random;
pub mod rules;
pub mod state;
pub mod time;

pub use assignment::AssignmentStatus;
pub use kind::ResourceKind;
pub use language::Language;
pub use quiet::QuietHours;
pub use rules::{Rule, RuleKind, RuleWrong, Weekdays};
pub use state::BookingState;
pub use time::{Minute, Span};
