//! A study for people and for programs: one page with pictures, and rows for notebooks.

pub mod page;
pub mod rows;
