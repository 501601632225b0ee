//! What happens because it is time: done by any number of workers, once, on the right day, also after downtime, a change of the clocks or a death.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod postgres;
mod sqlite;
