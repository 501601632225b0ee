//! The service over HTTP.

pub mod limits;
