//! What the HTTP service promises, over real sockets: the same tests, of the same text, on a SQLite file and in a PostgreSQL database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod postgres;
mod sqlite;
