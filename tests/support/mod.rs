//! Random sheets, an oracle that enumerates, and plans to spoil. A test takes what it needs:
//! `#[expect(dead_code, reason = "…")] mod support;`

pub mod oracle;
pub mod plans;
pub mod rng;
pub mod sheets;
