//! The User API: what customers and those who book for them ask for.

pub mod bookings;
pub mod house;
pub mod times;
