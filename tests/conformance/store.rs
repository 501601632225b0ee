//! What every store promises, in a real database.

use chrono::TimeDelta;

use super::house::{self, SPA, Spa, at, day, held_by, instant, sat, saturday, staff, stamp};
use zamu::domain::{AssignmentStatus, BookingState, Rule, Span, Weekdays, state};
use zamu::store::{
    AssignmentChange, BookingRow, Cas, Claim, CombinationRow, DayChange, DayView, Decision, Failure, HistoryKind, ImportBooking, LocationRow,
    NewAttention, NewBlock, NewBooking, NewMessage, OutboxClass, ResourceRow, RowResult, Store, StoreErrorKind, Upsert,
};

async fn take(spa: &Spa, id: &str, clock: &str, who: &[&str]) -> BookingRow {
    let new = NewBooking { id: Some(id.into()), ..NewBooking::new(SPA, "swedish", sat(clock)) };
    spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap()
}

fn change(spa_version: i64, assignments: Vec<AssignmentChange>) -> DayChange {
    DayChange {
        location_id: SPA.into(),
        date: saturday(),
        expected_version: spa_version,
        stamp: stamp(),
        assignments,
        eased: Vec::new(),
        attention: vec![],
        settled: vec![],
        messages: vec![],
        run: None,
    }
}

fn to(booking: &str, who: &[&str], status: AssignmentStatus) -> AssignmentChange {
    let resources = who.iter().map(|&w| w.to_owned()).collect();
    AssignmentChange { booking_id: booking.into(), resources, status, state: None, reason: "moved".into() }
}

#[tokio::test]
async fn the_database_itself_refuses_a_double_booking_to_anybody_with_a_shell() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    let b2 = take(&spa, "b2", "10:30", &["joy"]).await;
    let mut raw = spa.shell().await;
    let span = (b2.occupied().start.0 * 60_000_000, b2.occupied().end.0 * 60_000_000);
    for verb in house::INSERTS {
        let sql = format!(
            "{verb} INTO occupancy (booking_id, location_id, resource_id, start_us, end_us) VALUES ('b2', '{SPA}', 'grace', {}, {})",
            span.0, span.1
        );
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap_err();
        assert!(refused.to_string().contains(house::DOUBLE_BOOKING), "{verb}: {refused}");
    }
    for verb in house::UPDATES {
        let sql = format!("{verb} occupancy SET resource_id = 'grace' WHERE booking_id = 'b2'");
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap_err();
        assert!(refused.to_string().contains(house::DOUBLE_BOOKING), "{verb}: {refused}");
    }
    for (sql, word) in [
        ("UPDATE occupancy SET start_us = start_us + 86400000000, end_us = end_us + 86400000000 WHERE booking_id = 'b2'", "hold-mismatch"),
        ("UPDATE bookings SET start_us = start_us - 3600000000 WHERE id = 'b2'", "hold-mismatch"),
        ("UPDATE bookings SET buffer_before_minutes = 60 WHERE id = 'b2'", "hold-mismatch"),
    ] {
        let refused = sqlx::query(sql).execute(&mut raw).await.unwrap_err();
        assert!(refused.to_string().contains(word), "{sql}: {refused}");
    }
    assert_eq!((spa.holders("b1").await, spa.holders("b2").await), (vec!["grace".to_owned()], vec!["joy".to_owned()]));
}

#[tokio::test]
async fn a_booking_that_comes_back_to_life_by_raw_sql_brings_no_hold_along() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    let mut raw = spa.shell().await;
    sqlx::query("UPDATE bookings SET state = 'cancelled' WHERE id = 'b1'").execute(&mut raw).await.unwrap();
    take(&spa, "b2", "10:00", &["grace"]).await;
    sqlx::query("UPDATE bookings SET state = 'confirmed' WHERE id = 'b1'").execute(&mut raw).await.unwrap();
    assert!(spa.holders("b1").await.is_empty());
    let sql = "INSERT INTO occupancy SELECT 'b1', location_id, resource_id, start_us, end_us FROM occupancy WHERE booking_id = 'b2'";
    assert!(sqlx::query(sql).execute(&mut raw).await.unwrap_err().to_string().contains(house::DOUBLE_BOOKING));
}

#[tokio::test]
async fn buffers_count_and_bookings_that_only_touch_are_fine() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    let close = NewBooking::new(SPA, "swedish", sat("11:10"));
    let refused = spa.store.take_booking(&close, &held_by(&["grace"]), &stamp()).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::DoubleBooking);
    take(&spa, "b2", "11:15", &["grace"]).await;
    assert_eq!(spa.saturday().await.bookings.len(), 2, "the refused one left nothing behind");
}

#[tokio::test]
async fn two_people_swap_their_bookings_in_one_change() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    take(&spa, "b2", "10:00", &["joy"]).await;
    let version = spa.saturday().await.version;
    let provisional = AssignmentStatus::Provisional;
    let swap = change(version, vec![to("b1", &["joy"], provisional), to("b2", &["grace"], provisional)]);
    assert!(matches!(spa.store.change_day(&swap).await.unwrap(), Cas::Applied(now) if now > version));
    assert_eq!((spa.holders("b1").await, spa.holders("b2").await), (vec!["joy".to_owned()], vec!["grace".to_owned()]));
    let told = spa.store.history("b1").await.unwrap();
    let last = told.last().unwrap();
    assert_eq!(
        (last.kind, last.from.as_str(), last.to.as_str(), last.actor.as_str()),
        (HistoryKind::Assignment, "provisional grace", "provisional joy", "frontdesk")
    );
}

#[tokio::test]
async fn a_change_to_a_day_that_moved_on_changes_nothing() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    let read = spa.saturday().await.version;
    take(&spa, "b2", "14:00", &["grace"]).await;
    let late = change(read, vec![to("b1", &["joy"], AssignmentStatus::Provisional)]);
    assert_eq!(spa.store.change_day(&late).await.unwrap(), Cas::LostRace);
    assert_eq!(spa.holders("b1").await, ["grace"]);
}

#[tokio::test]
async fn whatever_touches_a_day_makes_it_new_and_nothing_else_does() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    let mut version = spa.saturday().await.version;
    let mut newer = async |what: &str| {
        let now = spa.saturday().await.version;
        assert!(now > version, "{what} left the version at {now}");
        version = now;
    };
    spa.store.upsert_resource(&staff("ann", "female", &["swedish"]).temporary(saturday(), saturday())).await.unwrap();
    newer("a temp").await;
    let block = NewBlock { location_id: SPA.into(), resource_id: "joy".into(), span: Span::new(sat("09:00"), sat("12:00")), reason: "sick".into() };
    let block = spa.store.add_block(&block, &stamp()).await.unwrap();
    newer("a block").await;
    spa.store.remove_block(&block.id).await.unwrap();
    newer("a block taken away").await;
    spa.store.upsert_rule(SPA, &Rule::closed("holiday", None, saturday(), saturday())).await.unwrap();
    newer("a closed day").await;
    spa.store.remove_rule(SPA, "holiday").await.unwrap();
    newer("a rule taken away").await;
    spa.store.transition("b1", BookingState::Cancelled, None, &stamp()).await.unwrap();
    newer("a cancellation").await;
    let monday = NewBooking::new(SPA, "swedish", at("2026-11-23", "10:00"));
    spa.store.take_booking(&monday, &held_by(&["grace"]), &stamp()).await.unwrap();
    spa.store.upsert_resource(&staff("grace", "female", &["swedish", "deep-tissue"])).await.unwrap();
    assert_eq!(spa.saturday().await.version, version, "another day's booking, and a row written again just so");
}

#[tokio::test]
async fn a_change_with_one_bad_part_leaves_nothing_behind() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    take(&spa, "b2", "10:00", &["joy"]).await;
    let version = spa.saturday().await.version;
    let message = NewMessage {
        topic: "t".into(),
        booking_id: Some("b1".into()),
        channel: "console".into(),
        recipient: "a".into(),
        payload: serde_json::json!({}),
        dedup_key: "k".into(),
        says: None,
        known: false,
    };
    let mut half = change(version, vec![to("b1", &["brian"], AssignmentStatus::Finalized), to("b2", &["brian"], AssignmentStatus::Finalized)]);
    half.messages.push(message);
    half.attention.push(NewAttention::new("b1", "unplaced", "x"));
    assert_eq!(spa.store.change_day(&half).await.unwrap_err().kind(), StoreErrorKind::DoubleBooking);
    let after = spa.saturday().await;
    assert_eq!(after.version, version);
    assert!(after.bookings.iter().all(|b| b.status == AssignmentStatus::Provisional));
    assert!(spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().is_empty());
    assert!(spa.store.open_attention(SPA, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_words_of_the_command_line_open_the_same_database() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    let ring = std::sync::Arc::new(zamu::keyring::Ring::open(&spa.keys()).unwrap());
    let again = zamu::store::open_with(spa.place(), ring).await.unwrap();
    again.ping().await.unwrap();
    assert_eq!(again.booking("b1").await.unwrap().resources, ["grace"]);
    assert_eq!(again.locations().await.unwrap()[0].id, SPA);
}

#[tokio::test]
async fn a_newer_programs_schema_is_left_alone_and_said_to_be_one() {
    house::here!();
    let spa = Spa::open().await;
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
               SELECT 9999, 'later', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
    sqlx::query(sql).execute(&mut spa.shell().await).await.unwrap();
    let Err(error) = zamu::store::open(spa.place()).await else { panic!("it was opened") };
    assert_eq!(error.kind(), StoreErrorKind::Database);
    assert!(error.to_string().contains("newer version"), "{error}");
    assert_eq!(spa.store.locations().await.unwrap().len(), 1, "who has it open goes on");
}

#[tokio::test]
async fn a_process_that_dies_within_a_transaction_leaves_nothing_half() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    let mut raw = spa.shell().await;
    for sql in [house::BEGIN, "DELETE FROM occupancy", "UPDATE bookings SET state_version = 99"] {
        sqlx::query(sql).execute(&mut raw).await.unwrap();
    }
    drop(raw); // the connection is gone, as with the process
    assert_eq!(spa.holders("b1").await, ["grace"]);
    spa.store.close().await;
    let again = spa.again().await;
    let booking = again.booking("b1").await.unwrap();
    assert_eq!((booking.state_version, booking.resources), (3, vec!["grace".to_owned()]));
}

#[tokio::test]
async fn the_legal_steps_are_the_tables_and_no_others() {
    house::here!();
    let spa = Spa::open().await;
    let mut raw = spa.shell().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    for from in BookingState::ALL {
        for goal in BookingState::ALL {
            let sql = format!("UPDATE bookings SET state = '{}', assignment_status = 'provisional' WHERE id = 'b1'", from.as_str());
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
            let before = spa.store.history("b1").await.unwrap().len();
            let answer = spa.store.transition("b1", goal, None, &stamp()).await;
            if state::TRANSITIONS.contains(&(from, goal)) {
                assert_eq!(answer.unwrap().state, goal);
                let told = spa.store.history("b1").await.unwrap();
                let line = told.iter().skip(before).find(|h| h.kind == HistoryKind::State).unwrap();
                assert_eq!((line.from.as_str(), line.to.as_str()), (from.as_str(), goal.as_str()));
            } else {
                assert_eq!(answer.unwrap_err().kind(), StoreErrorKind::IllegalTransition, "{from:?} → {goal:?}");
                assert_eq!(spa.store.history("b1").await.unwrap().len(), before);
            }
        }
    }
}

#[tokio::test]
async fn the_database_and_the_program_agree_on_which_states_go_together() {
    house::here!();
    let spa = Spa::open().await;
    let mut raw = spa.shell().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    for state in BookingState::ALL {
        for status in [AssignmentStatus::Provisional, AssignmentStatus::Bound, AssignmentStatus::Finalized] {
            let sql = format!("UPDATE bookings SET state = '{}', assignment_status = '{}' WHERE id = 'b1'", state.as_str(), status.as_str());
            let accepted = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.is_ok();
            assert_eq!(accepted, state.allows(status), "{state:?} with {status:?}");
        }
    }
}

#[tokio::test]
async fn every_step_is_in_the_history_and_an_event_in_the_outbox() {
    house::here!();
    let spa = Spa::open().await;
    let booking = take(&spa, "b1", "10:00", &["grace"]).await;
    assert_eq!((booking.state, booking.state_version), (BookingState::Confirmed, 3));
    let stale = spa.store.transition("b1", BookingState::Cancelled, Some(2), &stamp()).await.unwrap_err();
    assert_eq!(stale.kind(), StoreErrorKind::Conflict);
    spa.store.transition("b1", BookingState::Cancelled, Some(3), &stamp()).await.unwrap();
    let told = spa.store.history("b1").await.unwrap();
    let states: Vec<&str> = told.iter().filter(|h| h.kind == HistoryKind::State).map(|h| h.to.as_str()).collect();
    assert_eq!(states, ["created", "held", "confirmed", "cancelled"]);
    let topics: Vec<String> = spa.store.outbox(OutboxClass::Event, 0, 100).await.unwrap().into_iter().map(|row| row.topic).collect();
    assert_eq!(topics, ["booking.created", "booking.held", "booking.confirmed", "booking.cancelled"]);
    let mut raw = spa.shell().await;
    assert!(sqlx::query("UPDATE booking_history SET actor = 'nobody'").execute(&mut raw).await.is_err(), "history is written once");
    assert!(sqlx::query("DELETE FROM booking_history").execute(&mut raw).await.is_err());
}

#[tokio::test]
async fn overlapping_rules_of_one_person_are_refused_and_both_named() {
    house::here!();
    let spa = Spa::open().await;
    let mornings = Rule::weekly("grace-mornings", Some("grace"), Weekdays::WORKDAYS, 540, 780);
    assert_eq!(spa.store.upsert_rule(SPA, &mornings).await.unwrap(), Upsert::Inserted);
    assert_eq!(spa.store.upsert_rule(SPA, &mornings).await.unwrap(), Upsert::Unchanged);
    let fridays = Rule::weekly("grace-fridays", Some("grace"), Weekdays::of(&[chrono::Weekday::Fri]), 720, 900);
    let refused = spa.store.upsert_rule(SPA, &fridays).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Invalid);
    assert!(refused.to_string().contains("grace-mornings") && refused.to_string().contains("grace-fridays"), "{refused}");
    assert_eq!(spa.store.upsert_rule(SPA, &Rule { resource: Some("joy".into()), ..fridays }).await.unwrap(), Upsert::Inserted);
}

#[tokio::test]
async fn the_sheet_shows_who_is_here_and_who_still_holds_something() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["joy"]).await;
    spa.store.upsert_resource(&ResourceRow { active: false, ..staff("joy", "female", &["swedish"]) }).await.unwrap();
    spa.store.upsert_resource(&ResourceRow { active: false, ..staff("brian", "male", &["swedish"]) }).await.unwrap();
    spa.store.upsert_resource(&staff("temp", "female", &["swedish"]).temporary(saturday(), saturday())).await.unwrap();
    let block = NewBlock {
        location_id: SPA.into(),
        resource_id: "grace".into(),
        span: Span::new(sat("12:03"), at("2026-11-23", "09:00")),
        reason: "sick".into(),
    };
    spa.store.add_block(&block, &stamp()).await.unwrap();
    let sheet = spa.saturday().await.sheet;
    let people: Vec<(&str, usize)> = sheet.resources.iter().map(|r| (r.id.as_str(), r.shifts.len())).collect();
    assert_eq!(people, [("grace", 1), ("joy", 0), ("temp", 1)], "joy left but holds b1; brian left and holds nothing");
    assert_eq!(sheet.resources[0].blocks[0].span, Span::new(sat("12:00"), at("2026-11-22", "00:00")), "whole steps of the grid, within the day");
    assert_eq!(sheet.grid_minutes, 5);
    let sunday = spa.store.day(SPA, day("2026-11-22"), DayView::Live).await.unwrap().sheet;
    assert_eq!(sunday.resources.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["grace"], "the temp was for Saturday");
}

#[tokio::test]
async fn a_working_day_is_nine_to_five_on_both_days_on_which_the_clocks_change() {
    house::here!();
    let spa = Spa::empty().await;
    let berlin = chrono_tz::Europe::Berlin;
    spa.store
        .upsert_location(&LocationRow { id: "mitte".into(), tenant_id: "serenity".into(), name: "Mitte".into(), timezone: berlin })
        .await
        .unwrap();
    spa.store.upsert_resource(&ResourceRow::staff("mitte", "kim", "Kim", &["swedish"])).await.unwrap();
    spa.store.upsert_resource(&ResourceRow::staff("mitte", "lee", "Lee", &["swedish"])).await.unwrap();
    spa.store.upsert_rule("mitte", &Rule::weekly("hours", None, Weekdays::ALL, 540, 1020)).await.unwrap();
    spa.store.upsert_rule("mitte", &Rule::weekly("night", Some("lee"), Weekdays::ALL, 60, 300)).await.unwrap();
    for (date, night_minutes) in [("2026-03-28", 240), ("2026-03-29", 180), ("2026-10-25", 300)] {
        let sheet = spa.store.day("mitte", day(date), DayView::Live).await.unwrap().sheet;
        let clocks: Vec<String> =
            sheet.resources.iter().map(|r| format!("{} {}", r.shifts[0].start.to_clock(berlin), r.shifts[0].end.to_clock(berlin))).collect();
        assert_eq!(clocks, ["09:00 17:00", "01:00 05:00"], "{date}");
        assert_eq!((sheet.resources[0].shifts[0].minutes(), sheet.resources[1].shifts[0].minutes()), (480, night_minutes), "{date}");
    }
}

#[tokio::test]
async fn a_booking_over_midnight_takes_its_person_off_the_next_days_sheet() {
    house::here!();
    let spa = Spa::open().await;
    spa.store.upsert_rule(SPA, &Rule::weekly("late", Some("grace"), Weekdays::ALL, 1200, 1560)).await.unwrap();
    take(&spa, "b1", "23:30", &["grace"]).await;
    let sunday = spa.store.day(SPA, day("2026-11-22"), DayView::Live).await.unwrap().sheet;
    let grace = sunday.resources.iter().find(|r| r.id == "grace").unwrap();
    assert_eq!(grace.shifts[0], Span::new(at("2026-11-22", "00:00"), at("2026-11-22", "02:00")));
    assert_eq!(grace.blocks[0].span, Span::new(at("2026-11-22", "00:00"), at("2026-11-22", "00:45")));
    assert!(sunday.bookings.is_empty(), "it stands on Saturday's sheet");
}

fn record(name: &str, clock: &str, who: &str) -> ImportBooking {
    ImportBooking::new(name, "swedish", Span::new(sat(clock), sat(clock).plus(60)), BookingState::Completed, &[who])
}

#[tokio::test]
async fn an_import_twice_changes_nothing_and_dirty_rows_do_not_keep_good_ones_out() {
    house::here!();
    let spa = Spa::open().await;
    let batch = [
        record("r1", "10:00", "grace"),
        record("r2", "10:30", "grace"),
        record("r3", "12:00", "nobody"),
        ImportBooking { service_id: "haircut".into(), ..record("r4", "12:00", "joy") },
        ImportBooking { span: Span::new(sat("12:00"), sat("11:00")), ..record("r5", "12:00", "joy") },
        ImportBooking { state: BookingState::Cancelled, ..record("r6", "10:00", "grace") },
    ];
    let first = spa.store.import_bookings(SPA, &batch, &stamp()).await.unwrap();
    assert_eq!((&first[0].result, &first[1].result, &first[5].result), (&RowResult::Inserted, &RowResult::Inserted, &RowResult::Inserted));
    assert!(first[0].hold_refused.is_none());
    assert!(first[1].hold_refused.as_ref().unwrap().contains("r1"), "r2 overlaps r1: recorded, but not held");
    for (outcome, word) in first[2..5].iter().zip(["nobody", "haircut", "-60 minutes"]) {
        assert!(matches!(&outcome.result, RowResult::Refused(why) if why.contains(word)), "{outcome:?}");
    }
    let version = spa.saturday().await.version;
    let again = spa.store.import_bookings(SPA, &batch, &stamp()).await.unwrap();
    assert!([0, 1, 5].iter().all(|&k| again[k].result == RowResult::Unchanged));
    assert_eq!(spa.saturday().await.version, version, "not a row was written");

    let r2 = spa.store.booking("r2").await.unwrap();
    assert_eq!((r2.resources.len(), r2.served_by.as_slice()), (0, ["grace".to_owned()].as_slice()), "who really served is kept");
    let moved = spa.store.import_bookings(SPA, &[record("r2", "11:30", "grace")], &stamp()).await.unwrap();
    assert_eq!((&moved[0].result, moved[0].hold_refused.is_none()), (&RowResult::Updated, true));
    assert_eq!(spa.holders("r2").await, ["grace"]);
}

#[tokio::test]
async fn the_past_can_be_asked_for_as_recorded() {
    house::here!();
    let spa = Spa::open().await;
    let batch = [
        record("r1", "10:00", "grace"),
        record("r2", "10:30", "grace"),
        ImportBooking { state: BookingState::Cancelled, ..record("r6", "13:00", "joy") },
    ];
    spa.store.import_bookings(SPA, &batch, &stamp()).await.unwrap();
    let recorded = spa.store.day(SPA, saturday(), DayView::Recorded).await.unwrap().sheet;
    let who: Vec<(&str, Vec<&str>)> = recorded.bookings.iter().map(|b| (b.id.as_str(), b.current())).collect();
    assert_eq!(who, [("r1", vec!["grace"]), ("r2", vec!["grace"])], "as it was, overlaps and all; what was called off is not there");
    assert!(recorded.resources.iter().all(|r| r.blocks.is_empty()));
    assert!(spa.saturday().await.sheet.bookings.is_empty(), "nothing of it is still to be served");
    assert_eq!(spa.store.days_with_bookings(SPA, day("2026-11-01"), day("2026-11-30")).await.unwrap(), [(saturday(), 2)]);
    let span = Span::new(sat("00:00"), sat("12:00"));
    let ids: Vec<String> = spa.store.bookings_between(SPA, span).await.unwrap().into_iter().map(|b| b.id).collect();
    assert_eq!(ids, ["r1", "r2"]);
}

#[tokio::test]
async fn a_temp_who_was_retired_was_there_on_their_days_as_recorded_and_is_not_any_more() {
    house::here!();
    let spa = Spa::open().await;
    let temp = staff("temp", "female", &["swedish"]).temporary(saturday(), saturday());
    spa.store.upsert_resource(&temp).await.unwrap();
    let called_off = staff("other", "female", &["swedish"]).temporary(saturday(), saturday());
    spa.store.upsert_resource(&ResourceRow { active: false, ..called_off }).await.unwrap();
    take(&spa, "b1", "10:00", &["temp"]).await;
    spa.store.upsert_resource(&ResourceRow { active: false, ..temp }).await.unwrap();
    let shifts = |sheet: &zamu::sheet::Sheet| sheet.resources.iter().find(|r| r.id == "temp").map(|r| r.shifts.len());
    assert_eq!(shifts(&spa.saturday().await.sheet), Some(0), "still to be served, and nobody is there");
    assert_eq!(shifts(&spa.store.day(SPA, saturday(), DayView::Recorded).await.unwrap().sheet), Some(1));
    assert_eq!(shifts(&spa.store.day(SPA, day("2026-11-22"), DayView::Recorded).await.unwrap().sheet), None, "it was for Saturday");
    spa.store.upsert_resource(&ResourceRow { active: false, ..staff("joy", "female", &["swedish"]) }).await.unwrap();
    let recorded = spa.store.day(SPA, saturday(), DayView::Recorded).await.unwrap().sheet;
    assert!(recorded.resources.iter().all(|r| r.id != "joy"), "since when one of the staff is gone is not on file");
    assert!(recorded.resources.iter().all(|r| r.id != "other"), "a temp who was called off served nothing");
}

#[tokio::test]
async fn tables_and_their_combinations_stand_on_the_sheet() {
    house::here!();
    let spa = Spa::open().await;
    for (id, seats) in [("t4", 4), ("t5", 4)] {
        spa.store.upsert_resource(&ResourceRow::table(SPA, id, id, seats, 1)).await.unwrap();
    }
    let both =
        CombinationRow { location_id: SPA.into(), id: "t4+t5".into(), members: ["t4".to_owned(), "t5".to_owned()].into(), seats: 8, min_party: 5 };
    assert_eq!(spa.store.upsert_combination(&both).await.unwrap(), Upsert::Inserted);
    assert_eq!(spa.store.upsert_combination(&both).await.unwrap(), Upsert::Unchanged);
    assert!(spa.store.upsert_combination(&CombinationRow { id: "twin".into(), ..both.clone() }).await.is_err());
    assert_eq!(spa.saturday().await.sheet.combinations[0].members, ["t4", "t5"]);
    spa.store.upsert_resource(&ResourceRow { active: false, ..ResourceRow::table(SPA, "t5", "t5", 4, 1) }).await.unwrap();
    assert!(spa.saturday().await.sheet.combinations.is_empty(), "one of its tables is gone");
}

#[tokio::test]
async fn bad_input_says_what_is_wrong_and_changes_nothing() {
    house::here!();
    let spa = Spa::open().await;
    let refuse = |_: &zamu::store::Day, _: &zamu::store::BookingRow| Decision::Refuse;
    let new = NewBooking::new(SPA, "swedish", sat("10:00"));
    assert!(spa.store.take_booking(&new, &refuse, &stamp()).await.unwrap().is_none());
    for (new, word) in [
        (NewBooking { service_id: "haircut".into(), ..new.clone() }, "haircut"),
        (NewBooking { location_id: "moon".into(), ..new.clone() }, "moon"),
        (NewBooking { customer_id: Some("zed".into()), ..new.clone() }, "zed"),
    ] {
        let error = spa.store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::NotFound);
        assert!(error.to_string().contains(word), "{error}");
    }
    let error = spa.store.take_booking(&new, &held_by(&["nobody"]), &stamp()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Invalid);
    let table = ResourceRow { seats: 2, ..staff("grace", "female", &[]) };
    assert!(spa.store.upsert_resource(&table).await.unwrap_err().to_string().contains("grace"));
    assert!(spa.saturday().await.bookings.is_empty());
    assert_eq!(spa.saturday().await.sheet.resources.len(), 3);
}

#[tokio::test]
async fn a_time_zone_cannot_change_under_what_is_booked() {
    house::here!();
    let spa = Spa::open().await;
    let moved = LocationRow { id: SPA.into(), tenant_id: "serenity".into(), name: "Westlands".into(), timezone: chrono_tz::Europe::Berlin };
    take(&spa, "b1", "10:00", &["grace"]).await;
    assert!(spa.store.upsert_location(&moved).await.unwrap_err().to_string().contains("Africa/Nairobi"));
}

#[tokio::test]
async fn a_delivery_is_noted_once_and_a_failed_one_waits() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "10:00", &["grace"]).await;
    let now = instant("2026-11-20", "18:00");
    take(&spa, "b2", "12:00", &["grace"]).await;
    let at = |clock: &str| Claim {
        worker: format!("at {clock}"),
        at: instant("2026-11-20", clock),
        until: instant("2026-11-20", clock) + TimeDelta::minutes(2),
    };
    let first = spa.store.outbox_claim(OutboxClass::Event, &at("18:00"), 10).await.unwrap();
    assert_eq!(first.iter().map(|row| row.topic.as_str()).collect::<Vec<_>>(), ["booking.created"; 2], "one of each booking, in order");
    assert!(spa.store.outbox_claim(OutboxClass::Event, &at("18:01"), 10).await.unwrap().is_empty(), "somebody has them");
    spa.store.outbox_delivered(first[0].id, now).await.unwrap();
    let failure = Failure { why: "no route".into(), next_attempt: Some(instant("2026-11-20", "18:05")), in_doubt: false };
    spa.store.outbox_failed(first[1].id, "somebody else", &failure).await.unwrap();
    assert_eq!(spa.store.outbox(OutboxClass::Event, 0, 10).await.unwrap().iter().map(|row| row.attempts).max(), Some(1), "it is not theirs to fail");
    spa.store.outbox_failed(first[1].id, "at 18:00", &failure).await.unwrap();
    let next = spa.store.outbox_claim(OutboxClass::Event, &at("18:04"), 10).await.unwrap();
    assert_eq!(next.iter().map(|row| row.topic.as_str()).collect::<Vec<_>>(), ["booking.held"], "the other booking waits for what failed");
    let later = spa.store.outbox_claim(OutboxClass::Event, &at("18:05"), 10).await.unwrap();
    assert_eq!((later.len(), later[0].id, later[0].attempts, later[0].last_error.as_deref()), (1, first[1].id, 1, Some("no route")));
    // Who took it and says no more of it has it no longer when the claim is over.
    let again = spa.store.outbox_claim(OutboxClass::Event, &at("18:07"), 10).await.unwrap();
    assert_eq!(again.iter().map(|row| row.id).collect::<Vec<_>>(), [next[0].id, first[1].id]);
}
