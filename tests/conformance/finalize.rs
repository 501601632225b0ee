//! What the cutoff and the delivery of messages promise.

use std::io::Write;
use std::sync::{Arc, Mutex};

use super::house::meddling::Meddling;
use super::house::{self, SPA, Spa, day, held_by, instant, sat, saturday, staff, stamp};
use zamu::booking::{Outcome, reschedule};
use zamu::clock::SetClock;
use zamu::domain::{AssignmentStatus, BookingState, Rule, Span, Weekdays};
use zamu::notify::{ConsoleSender, FileSender, SendError, Sender, Text, deliver};
use zamu::operations::{due_cutoffs, finalize, finalize_due, reassign};
use zamu::store::{Contact, CustomerRow, LocationRow, NewBlock, NewBooking, OutboxClass, OutboxRow, ResourceRow, Store, StoreErrorKind, TenantRow};

fn cutoff() -> SetClock {
    SetClock::at(instant("2026-11-20", "18:00"))
}

async fn take(spa: &Spa, id: &str, service: &str, clock: &str, who: &[&str], customer: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some(customer.into()), ..NewBooking::new(SPA, service, sat(clock)) };
    spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

async fn sent(spa: &Spa) -> Vec<OutboxRow> {
    spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap()
}

#[tokio::test]
async fn every_customer_is_told_the_name_once_however_often_the_cutoff_runs() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    take(&spa, "b2", "couples", "11:30", &["joy", "brian"], "ben").await;
    let first = finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    assert_eq!((first.finalized.len(), first.messages.len(), first.unserved.len()), (2, 2, 0));
    let texts: Vec<String> = sent(&spa).await.iter().map(|row| zamu::notify::render(row).unwrap().body).collect();
    assert!(texts[0].contains("Amina") && texts[0].contains("Grace will serve you") && texts[0].contains("10:00"), "{texts:?}");
    assert!(texts[1].contains("Brian and Joy will serve you"), "{texts:?}");
    assert!(spa.saturday().await.bookings.iter().all(|b| b.status == AssignmentStatus::Finalized));

    let version = spa.saturday().await.version;
    for _ in 0..3 {
        let again = finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
        assert_eq!((again.finalized.len(), again.messages.len()), (0, 0));
    }
    assert_eq!((sent(&spa).await.len(), spa.saturday().await.version), (2, version), "not a row was written");
    let last = spa.store.history("b1").await.unwrap().pop().unwrap();
    assert_eq!((last.from.as_str(), last.to.as_str(), last.actor.as_str()), ("provisional grace", "finalized grace", "cutoff"));
}

#[tokio::test]
async fn a_chosen_person_is_confirmed_once_and_stays_chosen() {
    house::here!();
    let spa = Spa::open().await;
    let new = NewBooking { id: Some("b1".into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", sat("10:00")) };
    let bound = |_: &zamu::store::Day, _: &zamu::store::BookingRow| zamu::store::Decision::Hold {
        resources: vec!["joy".into()],
        status: AssignmentStatus::Bound,
        gender_waived: false,
        moves: vec![],
        messages: vec![],
    };
    spa.store.take_booking(&new, &bound, &stamp()).await.unwrap().unwrap();
    for _ in 0..2 {
        finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    }
    assert_eq!(sent(&spa).await.len(), 1);
    assert_eq!(spa.store.booking("b1").await.unwrap().status, AssignmentStatus::Bound);
}

#[tokio::test]
async fn who_has_nobody_gets_the_least_busy_and_where_nobody_is_free_the_manager_hears_of_it_once() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    take(&spa, "b2", "deep", "14:00", &["grace"], "ben").await;
    let block = NewBlock { location_id: SPA.into(), resource_id: "grace".into(), span: Span::new(sat("09:00"), sat("17:00")), reason: "sick".into() };
    spa.store.add_block(&block, &stamp()).await.unwrap();
    let report = finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    assert_eq!((report.fallback.as_slice(), report.unserved.len()), (["b1".to_owned()].as_slice(), 1));
    assert_eq!(spa.holders("b1").await, ["brian"]);
    let left = spa.store.booking("b2").await.unwrap();
    assert_eq!((left.status, left.state, left.resources.len()), (AssignmentStatus::Provisional, BookingState::ManualReview, 0));
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    let rows = sent(&spa).await;
    let alerts: Vec<&OutboxRow> = rows.iter().filter(|row| row.topic == "attention.alert").collect();
    assert_eq!((rows.len(), alerts.len(), alerts[0].recipient.as_str()), (3, 1, "manager"));
    let put_in: Vec<&OutboxRow> = rows.iter().filter(|row| row.topic == "attention.resolved").collect();
    let said = zamu::notify::render(put_in[0]).unwrap().body;
    assert!(put_in.len() == 1 && said.contains("10:00 Swedish massage, Amina: Brian, the least-busy free"), "{said}");
    let text = zamu::notify::render(alerts[0]).unwrap();
    assert!(text.body.contains("14:00 Deep tissue, Ben"), "{}", text.body);
    assert_eq!(spa.store.open_attention(SPA, Some(saturday())).await.unwrap().len(), 1);

    spa.store.upsert_resource(&staff("temp", "female", &["deep-tissue"]).temporary(saturday(), saturday())).await.unwrap();
    let solved = finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    assert_eq!((solved.finalized.len(), solved.unserved.len()), (1, 0));
    assert_eq!(spa.store.booking("b2").await.unwrap().state, BookingState::Confirmed);
    assert!(spa.store.open_attention(SPA, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_customer_without_a_contact_is_put_on_the_managers_list() {
    house::here!();
    let spa = Spa::open().await;
    spa.store.upsert_customer(&CustomerRow::new("serenity", "eve", "Eve")).await.unwrap();
    take(&spa, "b1", "swedish", "10:00", &["grace"], "eve").await;
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    let open = spa.store.open_attention(SPA, None).await.unwrap();
    assert_eq!((open.len(), open[0].code.as_str()), (1, "no-contact"));
    assert!(open[0].reason.contains("Eve"));
}

#[tokio::test]
async fn a_booking_that_comes_in_during_the_cutoff_is_told_too() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    let racing = Meddling::new(&spa, 2);
    let report = finalize(&racing, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    assert_eq!((report.finalized.len(), sent(&spa).await.len()), (1, 1), "two lost races left nothing behind");
    let always = Meddling::new(&spa, 100);
    take(&spa, "b2", "swedish", "14:00", &["grace"], "ben").await;
    assert_eq!(finalize(&always, &cutoff(), SPA, saturday(), "cutoff").await.unwrap_err().kind(), StoreErrorKind::Conflict);
    assert_eq!(sent(&spa).await.len(), 1);
}

#[tokio::test]
async fn a_change_after_the_cutoff_is_told_with_the_change_and_only_to_whom_it_concerns() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    take(&spa, "b2", "swedish", "10:00", &["joy"], "ben").await;
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    for who in ["brian", "grace", "brian"] {
        deliver(&spa.store, &cutoff(), OutboxClass::Message, &ConsoleSender::to(Box::new(Paper::default()))).await.unwrap();
        reassign(&spa.store, &cutoff(), "b1", &[who], "manager", "asked").await.unwrap();
    }
    let rows = sent(&spa).await;
    let changed: Vec<String> = rows.iter().filter(|r| r.topic == "assignment.changed").map(|r| zamu::notify::render(r).unwrap().body).collect();
    assert_eq!((rows.len(), changed.len()), (5, 3), "back and forth is told each time");
    assert!(changed[0].contains("Amina") && changed[0].contains("Brian") && changed[1].contains("Grace") && changed[2].contains("Brian"));
}

#[tokio::test]
async fn a_booking_moved_after_it_was_told_is_told_again() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    let Outcome::Taken(moved) = reschedule(&spa.store, &cutoff(), "b1", sat("14:00"), None, "frontdesk").await.unwrap() else {
        panic!("there is room")
    };
    assert_eq!(moved.status, AssignmentStatus::Finalized, "the cutoff has passed");
    let rows = sent(&spa).await;
    assert_eq!(rows.len(), 2);
    assert!(zamu::notify::render(&rows[1]).unwrap().body.contains("14:00"));
}

#[tokio::test]
async fn the_cutoff_is_due_by_the_clock_on_each_locations_wall_and_after_downtime() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    // A salon in Auckland, ten hours ahead: its Saturday is due on its own Friday evening.
    let auckland = chrono_tz::Pacific::Auckland;
    spa.store
        .upsert_location(&LocationRow { id: "ponsonby".into(), tenant_id: "serenity".into(), name: "Ponsonby".into(), timezone: auckland })
        .await
        .unwrap();
    spa.store.upsert_resource(&ResourceRow::staff("ponsonby", "kiri", "Kiri", &["swedish"])).await.unwrap();
    spa.store.upsert_rule("ponsonby", &Rule::weekly("hours", None, Weekdays::ALL, 540, 1020)).await.unwrap();
    spa.store.upsert_service(&zamu::store::ServiceRow::new("ponsonby", "swedish", "Swedish", 60, &["swedish"])).await.unwrap();
    let ten = zamu::domain::local::instant(auckland, saturday(), 600);
    spa.store.take_booking(&NewBooking::new("ponsonby", "swedish", ten), &held_by(&["kiri"]), &stamp()).await.unwrap().unwrap();

    let due = async |date: &str, clock: &str| -> Vec<String> {
        let clock = SetClock::at(instant(date, clock));
        due_cutoffs(&spa.store, &clock).await.unwrap().into_iter().map(|due| format!("{} {}", due.location_id, due.date)).collect()
    };
    assert!(due("2026-11-20", "07:59").await.is_empty());
    assert_eq!(due("2026-11-20", "08:00").await, ["ponsonby 2026-11-21"], "18:00 in Auckland is 08:00 in Nairobi");
    assert_eq!(due("2026-11-20", "17:59").await, ["ponsonby 2026-11-21"]);
    assert_eq!(due("2026-11-20", "18:00").await, ["ponsonby 2026-11-21", "westlands 2026-11-21"]);
    assert_eq!(due("2026-11-21", "09:30").await, ["ponsonby 2026-11-21", "westlands 2026-11-21"], "the machine was off all night");
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    assert_eq!(due("2026-11-21", "09:30").await, ["ponsonby 2026-11-21"]);
    let caught_up = finalize_due(&spa.store, &SetClock::at(instant("2026-11-21", "09:30")), "cutoff").await.unwrap();
    assert_eq!((caught_up.len(), caught_up[0].1.finalized[0].1.as_slice()), (1, ["kiri".to_owned()].as_slice()));
    assert!(due("2026-11-21", "09:30").await.is_empty());
    assert!(due("2026-11-22", "09:30").await.is_empty(), "after the day there is nothing to tell");
}

#[tokio::test]
async fn the_cutoff_before_a_day_on_which_the_clocks_change_is_at_six_in_the_evening() {
    house::here!();
    let spa = Spa::open().await;
    let berlin = chrono_tz::Europe::Berlin;
    spa.store
        .upsert_location(&LocationRow { id: "mitte".into(), tenant_id: "serenity".into(), name: "Mitte".into(), timezone: berlin })
        .await
        .unwrap();
    for (date, utc) in [("2026-03-29", "2026-03-28T17:00:00Z"), ("2026-10-25", "2026-10-24T16:00:00Z"), ("2026-10-26", "2026-10-25T17:00:00Z")] {
        let read = spa.store.day("mitte", day(date), zamu::store::DayView::Live).await.unwrap();
        let expected: chrono::DateTime<chrono::Utc> = utc.parse().unwrap();
        assert_eq!(zamu::booking::cutoff_of(&read).to_utc(), expected, "{date}");
    }
    let early = TenantRow { cutoff_minute: 720, cutoff_days_before: 0, ..spa.store.tenant("serenity").await.unwrap() };
    spa.store.upsert_tenant(&early).await.unwrap();
    let read = spa.store.day("mitte", day("2026-03-29"), zamu::store::DayView::Live).await.unwrap();
    assert_eq!(zamu::booking::cutoff_of(&read).to_rfc3339(berlin), "2026-03-29T12:00:00+02:00");
}

/// Somewhere to print that a test can read.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn messages_are_delivered_in_order_and_a_delivered_one_is_not_sent_again() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    take(&spa, "b2", "swedish", "14:00", &["joy"], "ben").await;
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    let paper = Paper::default();
    let console = ConsoleSender::to(Box::new(paper.clone()));
    let done = deliver(&spa.store, &cutoff(), OutboxClass::Message, &console).await.unwrap();
    assert_eq!((done.delivered, done.failed.len()), (2, 0));
    assert_eq!(deliver(&spa.store, &cutoff(), OutboxClass::Message, &console).await.unwrap().delivered, 0);
    let printed = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("to amina@example.org (console): Dear Amina, Grace will serve you"), "{printed}");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_tried_again_later_and_then_gets_every_message_once() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    let folder = spa.folder.path().join("out");
    let file = FileSender::new(folder.join("messages.jsonl"));
    let clock = cutoff();
    let failed = deliver(&spa.store, &clock, OutboxClass::Message, &file).await.unwrap();
    assert!(failed.delivered == 0 && failed.failed[0].1.contains("messages.jsonl"), "{failed:?}");
    let row = &sent(&spa).await[0];
    assert_eq!((row.attempts, row.last_error.is_some(), row.delivered_at), (1, true, None));
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(deliver(&spa.store, &clock, OutboxClass::Message, &file).await.unwrap().delivered, 0, "not before the wait is over");
    clock.set(instant("2026-11-20", "18:02"));
    assert_eq!(deliver(&spa.store, &clock, OutboxClass::Message, &file).await.unwrap().delivered, 1);
    deliver(&spa.store, &clock, OutboxClass::Event, &file).await.unwrap();
    let lines: Vec<serde_json::Value> =
        std::fs::read_to_string(folder.join("messages.jsonl")).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines[0]["to"].as_str(), lines[0]["topic"].as_str()), (Some("amina@example.org"), Some("assignment.finalized")));
    assert!(lines[1..].iter().any(|line| line["topic"] == "booking.confirmed"), "events go the same way");
    let mut keys: Vec<&str> = lines.iter().map(|line| line["dedup_key"].as_str().unwrap()).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all);
}

/// Sends, and then the machine stops before the delivery is noted.
struct Crashing;

#[async_trait::async_trait]
impl Sender for Crashing {
    async fn send(&self, _: &OutboxRow, _: &Text) -> Result<(), SendError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_crash_between_sending_and_noting_it_sends_again_with_the_same_key() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    let stopped = tokio::time::timeout(std::time::Duration::from_millis(50), deliver(&spa.store, &cutoff(), OutboxClass::Message, &Crashing)).await;
    assert!(stopped.is_err());
    spa.store.close().await;
    let again = spa.again().await;
    let paper = Paper::default();
    let console = ConsoleSender::to(Box::new(paper.clone()));
    assert_eq!(deliver(&again, &cutoff(), OutboxClass::Message, &console).await.unwrap().delivered, 0, "somebody may be sending it still");
    let later = SetClock::at(instant("2026-11-20", "18:05"));
    let done = deliver(&again, &later, OutboxClass::Message, &console).await.unwrap();
    assert_eq!((done.delivered, paper.0.lock().unwrap().is_empty()), (1, false));
}

#[tokio::test]
async fn a_customer_is_told_at_the_address_they_have_now() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"], "amina").await;
    let moved = CustomerRow::new("serenity", "amina", "Amina").told_at(Contact::new("email", "new@example.org"));
    spa.store.upsert_customer(&moved).await.unwrap();
    finalize(&spa.store, &cutoff(), SPA, saturday(), "cutoff").await.unwrap();
    assert_eq!((sent(&spa).await[0].channel.as_str(), sent(&spa).await[0].recipient.as_str()), ("email", "new@example.org"));
}
