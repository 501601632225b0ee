//! What somebody wrote with an earlier version is there after a later one has opened the database, and work goes on.

use super::house::{self, Base, MIGRATIONS, SPA, TheStore, day, held_by, sat, saturday, stamp};
use sqlx::AssertSqlSafe;
use zamu::booking::{Outcome, Request, book};
use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, BookingState, ResourceKind, RuleKind, Span};
use zamu::store::{DayView, HistoryKind, NewBooking, OutboxClass, RunStatus, Store, StoreErrorKind};

/// What is written by plain SQL once the schema is of at least this version. `@10:00` is that time of the Saturday, in the columns' microseconds.
const DATA: [(i64, &str); 19] = [
    (1, "INSERT INTO tenants (id, name, cutoff_minute, staff_preference_enabled, apply_threshold) VALUES ('serenity', 'Serenity', 1020, TRUE, 0.25)"),
    (1, "INSERT INTO locations (id, tenant_id, name, timezone) VALUES ('westlands', 'serenity', 'Westlands', 'Africa/Nairobi')"),
    (1, "INSERT INTO resources (location_id, id, kind, name, gender) VALUES ('westlands', 'grace', 'staff', 'Grace', 'female')"),
    (1, "INSERT INTO resources (location_id, id, kind, name, active) VALUES ('westlands', 'joy', 'staff', 'Joy', TRUE)"),
    (1, "INSERT INTO resources (location_id, id, kind, name, seats, active) VALUES ('westlands', 't4', 'table', 'Table', 4, FALSE)"),
    (1, "INSERT INTO resource_qualifications VALUES ('westlands', 'grace', 'swedish'), ('westlands', 'joy', 'swedish')"),
    (1, "INSERT INTO services (location_id, id, name, duration_minutes, buffer_after_minutes) VALUES ('westlands', 'swedish', 'Swedish', 60, 15)"),
    (1, "INSERT INTO service_qualifications VALUES ('westlands', 'swedish', 'swedish')"),
    (
        1,
        "INSERT INTO availability_rules (location_id, id, kind, weekdays, start_minute, end_minute) VALUES ('westlands', 'hours', 'WEEKLY', 127, 540, 1020)",
    ),
    (1, "INSERT INTO blocks VALUES ('break', 'westlands', 'grace', @12:00, @13:00, 'lunch', 'manager', @09:00)"),
    (1, "INSERT INTO customers (tenant_id, id, name, contact_channel, contact_address) VALUES ('serenity', 'amina', 'Amina', 'console', 'a@example.org')"),
    (
        2,
        "INSERT INTO bookings (id, tenant_id, location_id, service_id, customer_id, local_date, start_us, end_us, buffer_after_minutes, demands, state,
             assignment_status, state_version, created_us, updated_us)
         VALUES ('b1', 'serenity', 'westlands', 'swedish', 'amina', '2026-11-21', @10:00, @11:00, 15,
             '[{\"kind\":\"staff\",\"qualifications\":[\"swedish\"],\"count\":1}]', 'confirmed', 'finalized', 3, @09:00, @09:00)",
    ),
    (
        2,
        "INSERT INTO bookings (id, tenant_id, location_id, external_ref, service_id, local_date, start_us, end_us, demands, state, created_us, updated_us)
         VALUES ('b2', 'serenity', 'westlands', 'row-2', 'swedish', '2026-11-21', @10:00, @11:00, '[]', 'cancelled', @09:00, @09:00)",
    ),
    (2, "INSERT INTO occupancy VALUES ('b1', 'westlands', 'grace', @10:00, @11:15)"),
    (2, "INSERT INTO served_by VALUES ('b1', 'westlands', 'joy')"),
    (
        2,
        "INSERT INTO booking_history (booking_id, kind, from_value, to_value, actor, reason, at_us, state_version)
         VALUES ('b1', 'state', '', 'created', 'web', 'asked for', @09:00, 1), ('b1', 'state', 'created', 'confirmed', 'web', 'asked for', @09:00, 3)",
    ),
    (
        4,
        "INSERT INTO runs VALUES ('run', 'westlands', '2026-11-21', 'night', 'nightly', 'applied', 'night', 7, 'digest', 'optimal', '[]', '[]', '[]', '[]',
             'because', 'solver', 'proof', @09:00, @09:00, 12)",
    ),
    (
        4,
        "INSERT INTO attention (id, location_id, local_date, booking_id, code, reason, created_us)
         VALUES ('a1', 'westlands', '2026-11-21', 'b1', 'unplaced', 'nobody', @09:00)",
    ),
    (
        4,
        "INSERT INTO outbox (class, topic, location_id, booking_id, channel, recipient, payload, dedup_key, created_us, next_attempt_us)
         VALUES ('message', 'booking.confirmed', 'westlands', 'b1', 'console', 'a@example.org', '{}', 'key', @09:00, @09:00)",
    ),
];

/// With every `@10:00` as a number.
fn with_times(sql: &str) -> String {
    let mut parts = sql.split('@');
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        match part.split_at_checked(5) {
            Some((clock, rest)) if clock.as_bytes()[2] == b':' => out.push_str(&format!("{}{rest}", sat(clock).0 * 60_000_000)),
            _ => out.push_str(&format!("@{part}")),
        }
    }
    out
}

/// A database as the version that knew the migrations up to `version` left it.
async fn left_by(base: &Base, version: i64) {
    let mut raw = base.shell().await;
    MIGRATIONS.run_to(version, &mut raw).await.unwrap();
    for (since, sql) in DATA {
        if since <= version {
            let sql = with_times(sql);
            sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut raw).await.unwrap_or_else(|error| panic!("version {version}: {error}: {sql}"));
        }
    }
    sqlx::Connection::close(raw).await.unwrap();
}

async fn the_house_reads_back(store: &TheStore) {
    let tenant = store.tenant("serenity").await.unwrap();
    assert_eq!((tenant.cutoff_minute, tenant.staff_preference_enabled, tenant.apply_threshold), (1020, true, Some(0.25)));
    let resources = store.resources(SPA).await.unwrap();
    let read: Vec<_> = resources.iter().map(|r| (r.id.as_str(), r.kind, r.active)).collect();
    assert_eq!(read, [("grace", ResourceKind::Staff, true), ("joy", ResourceKind::Staff, true), ("t4", ResourceKind::Table, false)]);
    let services = store.services(SPA).await.unwrap();
    assert_eq!((services[0].duration_minutes, services[0].buffer_after_minutes, services[0].qualifications.len()), (60, 15, 1));
    assert_eq!(store.rules(SPA).await.unwrap().iter().map(|r| (r.kind, r.end_minute)).collect::<Vec<_>>(), [(RuleKind::Weekly, 1020)]);
    let blocks = store.blocks(SPA, Span::new(sat("00:00"), sat("23:00"))).await.unwrap();
    assert_eq!((blocks[0].resource_id.as_str(), blocks[0].span), ("grace", Span::new(sat("12:00"), sat("13:00"))));
    assert_eq!(store.customer("serenity", "amina").await.unwrap().unwrap().contact.unwrap().address, "a@example.org");
}

async fn the_bookings_read_back(store: &TheStore) {
    let booking = store.booking("b1").await.unwrap();
    assert_eq!((booking.state, booking.status, booking.state_version), (BookingState::Confirmed, AssignmentStatus::Finalized, 3));
    assert_eq!((booking.resources.concat(), booking.served_by.concat()), ("grace".to_owned(), "joy".to_owned()));
    assert_eq!((booking.span, booking.demands[0].count), (Span::new(sat("10:00"), sat("11:00")), 1));
    let called_off = store.booking("b2").await.unwrap();
    assert_eq!((called_off.state, called_off.external_ref.as_deref()), (BookingState::Cancelled, Some("row-2")));
    let history = store.history("b1").await.unwrap();
    assert_eq!(
        history.iter().map(|h| (h.kind, h.to.as_str())).collect::<Vec<_>>(),
        [(HistoryKind::State, "created"), (HistoryKind::State, "confirmed")]
    );
    let twice = store.take_booking(&NewBooking::new(SPA, "swedish", sat("10:00")), &held_by(&["grace"]), &stamp()).await.unwrap_err();
    assert_eq!(twice.kind(), StoreErrorKind::DoubleBooking, "{twice}");
}

async fn the_runs_read_back(store: &TheStore) {
    let runs = store.runs(SPA, Some(saturday()), None, 100).await.unwrap();
    assert_eq!((runs[0].status, runs[0].day_version, runs[0].rationale.as_str()), (RunStatus::Applied, 7, "because"));
    assert_eq!(store.open_attention(SPA, None).await.unwrap()[0].id, "a1");
    let messages = store.outbox(OutboxClass::Message, 0, 10).await.unwrap();
    assert_eq!((messages[0].dedup_key.as_str(), messages[0].delivered_at), ("key", None));
}

#[tokio::test]
async fn what_an_earlier_version_wrote_is_there_and_bookings_go_on() {
    house::here!();
    let last = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap();
    for version in 1..=last {
        let folder = tempfile::tempdir().unwrap();
        let base = Base::new(folder.path());
        left_by(&base, version).await;
        let store = base.open().await;
        store.ping().await.unwrap();
        the_house_reads_back(&store).await;
        if version >= 2 {
            the_bookings_read_back(&store).await;
        }
        if version >= 4 {
            the_runs_read_back(&store).await;
        }
        let clock = SetClock::at(stamp().at);
        let before = store.day(SPA, saturday(), DayView::Live).await.unwrap();
        let asked = Request::new(NewBooking::new(SPA, "swedish", sat("10:00")), "web");
        let Outcome::Taken(taken) = book(&store, &clock, &asked).await.unwrap() else { panic!("version {version}: somebody is free") };
        assert_eq!(taken.resources, [if version >= 2 { "joy" } else { "grace" }], "version {version}");
        let after = store.day(SPA, saturday(), DayView::Live).await.unwrap();
        assert!(after.version > before.version && after.bookings.len() == before.bookings.len() + 1, "version {version}");
        assert_eq!(store.days_with_bookings(SPA, day("2026-11-01"), day("2026-11-30")).await.unwrap(), [(saturday(), after.bookings.len())]);
        store.close().await;
        let again = base.open().await;
        assert_eq!(again.booking(&taken.id).await.unwrap(), *taken, "a second start changes nothing");
    }
}
