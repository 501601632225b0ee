//! Words everything else is written in: instants, half-open spans, kinds and states. No I/O, no clock, no solver.

pub mod assignment;
pub mod kind;
pub mod time;

pub use assignment::AssignmentStatus;
pub use kind::ResourceKind;
pub use time::{Minute, Span};
