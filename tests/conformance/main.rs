//! What every store promises: the same tests, of the same text, on a SQLite file and in a PostgreSQL database; and what only one of them can.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod migrations;
mod postgres;
mod sqlite;
