//! What rows show of themselves in logs: everything but where somebody is reached, and what people wrote.

use std::fmt;

use super::booking_rows::{BookingRow, NewBooking};
use super::contact::masked;
use super::desk_rows::{Answered, RequestKey};
use super::outbox_rows::{NewMessage, OutboxRow};

/// Stands for a text of which nothing is shown.
const HIDDEN: &str = "•••";

/// Writes `Debug` for a struct: the first fields as they are, the others as `hide` shows them. Every field has to be in one of the lists.
macro_rules! shown {
    ($row:ident { $($plain:ident),* } hiding { $($hidden:ident: $hide:expr),* }) => {
        impl fmt::Debug for $row {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $row { $($plain,)* $($hidden),* } = self;
                let mut shown = f.debug_struct(stringify!($row));
                $(shown.field(stringify!($plain), $plain);)*
                $(shown.field(stringify!($hidden), &($hide)($hidden));)*
                shown.finish()
            }
        }
    };
}

fn if_set<T>(value: &Option<T>) -> Option<&'static str> {
    value.as_ref().map(|_| HIDDEN)
}

shown! {
    BookingRow {
        id, location_id, external_ref, service_id, customer_id, user_id, booked_by, payment_ref, hold_expires_at, local_date, span,
        buffer_before_minutes, buffer_after_minutes, demands, gender, gender_waived, zone, party_size, priority, same_resource_as, affinity, state,
        status, resources, served_by, state_version, created_at, updated_at
    } hiding { notes: if_set }
}

shown! {
    NewBooking {
        location_id, service_id, customer_id, start, gender, zone, party_size, priority, same_resource_as, affinity, id, hold_until, user_id, customer,
        once, in_slot
    } hiding { notes: if_set }
}

shown! {
    NewMessage { topic, booking_id, channel, payload, dedup_key, says, known } hiding { recipient: |address: &String| masked(address) }
}

shown! {
    OutboxRow {
        id, class, topic, location_id, booking_id, channel, payload, dedup_key, state, created_at, delivered_at, next_attempt_at, attempts,
        last_error, settled_by, settled_at
    } hiding { recipient: |address: &String| masked(address) }
}

shown! {
    RequestKey { tenant, actor, key, payload_sha256, at } hiding { outcome: if_set }
}

shown! {
    Answered { payload_sha256 } hiding { outcome: |_| HIDDEN }
}
