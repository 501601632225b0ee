//! The drivers' errors by kind, the same for every database: nobody outside needs to know which one it is.

use sqlx::error::ErrorKind;

use super::{StoreError, StoreErrorKind};

/// SQLSTATE of an exclusion constraint that says no (PostgreSQL, appendix A).
const EXCLUSION_VIOLATION: &str = "23P01";
/// SQLSTATEs of a transaction that lost to another: serialization failure, deadlock, lock not available.
const LOST_TO_ANOTHER: [&str; 3] = ["40001", "40P01", "55P03"];
/// Unique keys of PostgreSQL that are looked at before they are written: who breaks one came at the same moment as somebody else.
const TAKEN_MEANWHILE: [&str; 3] = ["bookings_pkey", "bookings_location_id_external_ref_key", "attention_open"];
/// SQLite's codes of a database that another writer holds: SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED.
const HELD_BY_ANOTHER: [&str; 3] = ["5", "517", "6"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        let (kind, message) = match error.as_database_error() {
            Some(said) => by_kind(said),
            None => (StoreErrorKind::Database, format!("the database failed: {error}")),
        };
        StoreError::new(kind, message).caused_by(error)
    }
}

fn by_kind(error: &dyn sqlx::error::DatabaseError) -> (StoreErrorKind, String) {
    let (said, code) = (error.message(), error.code().unwrap_or_default());
    if let Some(rest) = said.strip_prefix("double-booking: ") {
        return (StoreErrorKind::DoubleBooking, rest.to_owned());
    }
    if code == EXCLUSION_VIOLATION {
        return (StoreErrorKind::DoubleBooking, "this person or table is already held by another booking at that time".to_owned());
    }
    if let Some(rest) = said.strip_prefix("hold-mismatch: ") {
        return (StoreErrorKind::Invalid, rest.to_owned());
    }
    let came_second = error.constraint().is_some_and(|broken| TAKEN_MEANWHILE.contains(&broken));
    if came_second || LOST_TO_ANOTHER.contains(&&*code) || HELD_BY_ANOTHER.contains(&&*code) {
        return (StoreErrorKind::Busy, "other writers were in the way each time; try again".to_owned());
    }
    match error.kind() {
        ErrorKind::ForeignKeyViolation => (
            StoreErrorKind::Invalid,
            "it names something that is not in the store: a location, person, table, service, customer or booking".to_owned(),
        ),
        ErrorKind::UniqueViolation if said.contains("bookings_once") || said.contains("bookings.booked_by") => {
            (StoreErrorKind::Twice, "this customer has an active booking of the same service at the same time already".to_owned())
        }
        ErrorKind::UniqueViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
            (StoreErrorKind::Invalid, format!("the store does not accept it ({said})"))
        }
        _ if said.contains("history-is-kept") => (StoreErrorKind::Invalid, format!("the store does not accept it ({said})")),
        _ => (StoreErrorKind::Database, format!("the database failed: {error}")),
    }
}
