//! A study as a page anybody can open, and as rows a notebook can read.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod colours;
mod made;
mod page;
mod rows;
