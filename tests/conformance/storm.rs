//! What every store promises when several programs write to it at once: nobody sees another's locks, and nothing is held twice.

use std::sync::{Arc, Mutex};

use super::house::{self, SPA, Spa, TIMEZONE, TheStore, at, day, held_by, instant, sat, staff, stamp};
use tokio::task::JoinSet;
use zamu::booking::{Outcome, Request, book, cancel, reschedule};
use zamu::clock::SetClock;
use zamu::domain::random::Random;
use zamu::domain::{AssignmentStatus, BookingState, Minute, Rule, Span, Weekdays, local};
use zamu::store::{
    AssignmentChange, DayChange, DayView, ImportBooking, LocationRow, NewBlock, NewBooking, RequestKey, ResourceRow, Result, RowResult, Store,
    StoreError, StoreErrorKind,
};

const DAYS: [&str; 3] = ["2026-11-20", "2026-11-21", "2026-11-22"];

fn clock() -> SetClock {
    SetClock::at(instant("2026-11-19", "12:00"))
}

/// Runs these at once, each in a task of its own, and gives what each answered in the order of the tasks.
async fn at_once<T: Send + 'static>(tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let mut set = JoinSet::new();
    for (k, task) in tasks.into_iter().enumerate() {
        let gate = Arc::clone(&gate);
        set.spawn(async move {
            let _open = gate.acquire().await.unwrap();
            gate.add_permits(1);
            (k, task.await)
        });
    }
    gate.add_permits(set.len());
    let mut answers = set.join_all().await;
    answers.sort_by_key(|(k, _)| *k);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// One of many who do whatever comes to mind.
struct Somebody {
    store: TheStore,
    random: Random,
    ids: Arc<Mutex<Vec<String>>>,
}

impl Somebody {
    fn time(&mut self) -> Minute {
        at(DAYS[self.random.below(3)], "09:00").plus(15 * self.random.below(29) as i64)
    }

    fn booking(&mut self) -> Option<String> {
        let ids = self.ids.lock().unwrap();
        if ids.is_empty() { None } else { Some(ids[self.random.below(ids.len())].clone()) }
    }

    async fn act(&mut self) -> Result<()> {
        let time = self.time();
        match self.random.below(8) {
            0 | 1 => {
                let service = ["swedish", "deep", "couples"][self.random.below(3)];
                if let Outcome::Taken(taken) = book(&self.store, &clock(), &Request::new(NewBooking::new(SPA, service, time), "web")).await? {
                    self.ids.lock().unwrap().push(taken.id);
                }
            }
            2 | 3 => {
                if let Some(id) = self.booking() {
                    reschedule(&self.store, &clock(), &id, time, None, "web").await?;
                }
            }
            4 => {
                if let Some(id) = self.booking() {
                    cancel(&self.store, &clock(), &id, None, "web", "asked").await?;
                }
            }
            5 => self.swap().await?,
            6 => {
                let name = format!("Grace the {}th", self.random.below(1000));
                self.store.upsert_resource(&ResourceRow { name, ..staff("grace", "female", &["swedish", "deep-tissue"]) }).await?;
                let span = Span::new(time, time.plus(30));
                let block = NewBlock { location_id: SPA.into(), resource_id: "joy".into(), span, reason: "break".into() };
                let block = self.store.add_block(&block, &stamp()).await?;
                self.store.remove_block(&block.id).await?;
            }
            _ => {
                // The same few records, each time at other times.
                let mut records = Vec::new();
                for k in 0..4 {
                    let span = Span::new(self.time(), Minute(0));
                    let span = Span::new(span.start, span.start.plus(60));
                    records.push(ImportBooking::new(&format!("r{k}"), "swedish", span, BookingState::Confirmed, &["brian"]));
                }
                let outcomes = self.store.import_bookings(SPA, &records, &stamp()).await?;
                assert!(outcomes.iter().all(|outcome| !matches!(outcome.result, RowResult::Refused(_))), "{outcomes:?}");
            }
        }
        Ok(())
    }

    /// Two bookings of a day change hands.
    async fn swap(&mut self) -> Result<()> {
        let read = self.store.day(SPA, day(DAYS[self.random.below(3)]), DayView::Live).await?;
        let standing: Vec<_> = read.bookings.iter().filter(|b| b.state == BookingState::Confirmed && !b.resources.is_empty()).collect();
        if standing.len() < 2 {
            return Ok(());
        }
        let (one, other) = (standing[self.random.below(standing.len())], standing[self.random.below(standing.len())]);
        let to = |booking: &str, resources: &[String]| AssignmentChange {
            booking_id: booking.into(),
            resources: resources.to_vec(),
            status: AssignmentStatus::Provisional,
            state: None,
            reason: "swapped".into(),
        };
        let change = DayChange {
            location_id: SPA.into(),
            date: read.sheet.date,
            expected_version: read.version,
            stamp: stamp(),
            assignments: vec![to(&one.id, &other.resources), to(&other.id, &one.resources)],
            eased: Vec::new(),
            attention: vec![],
            settled: vec![],
            messages: vec![],
            run: None,
        };
        self.store.change_day(&change).await.map(|_| ())
    }
}

/// What one may be told when others write too. Never that a lock was in the way.
fn is_an_answer(error: &StoreError) -> bool {
    matches!(error.kind(), StoreErrorKind::Conflict | StoreErrorKind::IllegalTransition | StoreErrorKind::DoubleBooking)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_bookings_moves_swaps_and_imports_through_two_programs_holds_nobody_twice() {
    house::here!();
    let spa = Spa::open().await;
    let (again, ids) = (spa.again().await, Arc::new(Mutex::new(Vec::new())));
    let everybody = (0..16_u64).map(|k| {
        let store = if k % 2 == 0 { spa.store.clone() } else { again.clone() };
        let mut somebody = Somebody { store, random: Random::new(k), ids: Arc::clone(&ids) };
        async move {
            for _ in 0..12 {
                if let Err(error) = somebody.act().await {
                    assert!(is_an_answer(&error), "{:?}: {error}: {:?}", error.kind(), std::error::Error::source(&error));
                }
            }
        }
    });
    at_once(everybody).await;
    let mut raw = spa.shell().await;
    for sql in [
        "SELECT COUNT(*) FROM occupancy AS a JOIN occupancy AS b ON a.location_id = b.location_id AND a.resource_id = b.resource_id
             AND a.booking_id < b.booking_id AND a.start_us < b.end_us AND b.start_us < a.end_us",
        "SELECT COUNT(*) FROM occupancy AS o JOIN bookings AS b ON b.id = o.booking_id WHERE b.state = 'cancelled'
             OR o.start_us <> b.start_us - b.buffer_before_minutes * 60000000 OR o.end_us <> b.end_us + b.buffer_after_minutes * 60000000",
        // Every step is on record, and none twice.
        "SELECT COUNT(*) FROM bookings AS b WHERE b.external_ref IS NULL
             AND b.state_version <> (SELECT MAX(h.state_version) FROM booking_history AS h WHERE h.booking_id = b.id)",
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM booking_history GROUP BY booking_id, kind, state_version HAVING COUNT(*) > 1) AS twice",
    ] {
        let wrong: i64 = sqlx::query_scalar(sql).fetch_one(&mut raw).await.unwrap();
        assert_eq!(wrong, 0, "{sql}");
    }
    assert!(ids.lock().unwrap().len() > 10, "a storm in which nothing was booked shows nothing");
    let audit = again.audit().await.unwrap();
    assert_eq!((audit.overlaps, audit.stray_holds, audit.unheld, audit.history_gaps, audit.lost_events), (0, 0, 0, 0, 0), "{audit:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_want_the_same_person_around_midnight_on_two_days_sheets_leave_one_winner() {
    house::here!();
    let spa = Spa::empty().await;
    let again = spa.again().await;
    spa.store.upsert_resource(&staff("grace", "female", &["swedish"])).await.unwrap();
    spa.store.upsert_rule(SPA, &Rule::weekly("late", Some("grace"), Weekdays::ALL, 1200, 1560)).await.unwrap();
    for round in 0..8 {
        let midnight = at("2026-11-22", "00:00").plus(round * 24 * 60);
        let tasks = [(spa.store.clone(), midnight.plus(-30)), (again.clone(), midnight.plus(15)), (spa.store.clone(), midnight.plus(30))]
            .map(|(store, start)| async move { book(&store, &clock(), &Request::new(NewBooking::new(SPA, "swedish", start), "web")).await });
        let outcomes: Vec<Outcome> = at_once(tasks).await.into_iter().map(|answer| answer.unwrap()).collect();
        let won = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Taken(_))).count();
        assert!(won == 1 && outcomes.iter().all(|o| matches!(o, Outcome::Taken(_) | Outcome::NoRoom(_))), "{outcomes:?}");
    }
    assert_eq!(spa.store.audit().await.unwrap().overlaps, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_time_zone_that_changes_while_the_first_booking_is_taken_leaves_no_booking_on_the_wrong_day() {
    house::here!();
    let spa = Spa::empty().await;
    let again = spa.again().await;
    for round in 0..8 {
        let id = format!("spa-{round}");
        let here = LocationRow { id: id.clone(), tenant_id: "serenity".into(), name: id.clone(), timezone: TIMEZONE };
        spa.store.upsert_location(&here).await.unwrap();
        spa.store.upsert_resource(&ResourceRow { location_id: id.clone(), ..staff("grace", "female", &["swedish"]) }).await.unwrap();
        let service = zamu::store::ServiceRow::new(&id, "swedish", "Swedish", 60, &["swedish"]);
        spa.store.upsert_service(&service).await.unwrap();
        let (store, another, moved) = (spa.store.clone(), again.clone(), LocationRow { timezone: chrono_tz::Pacific::Auckland, ..here });
        let new = NewBooking::new(&id, "swedish", sat("15:00"));
        let take = async move { store.take_booking(&new, &held_by(&["grace"]), &stamp()).await.map(|_| ()) };
        let change = async move { another.upsert_location(&moved).await.map(|_| ()) };
        let tasks: [std::pin::Pin<Box<dyn Future<Output = Result<()>> + Send>>; 2] = [Box::pin(take), Box::pin(change)];
        let answers = at_once(tasks).await;
        assert!(answers[0].is_ok(), "{answers:?}");
        assert!(answers[1].as_ref().map_or_else(|error| error.kind() == StoreErrorKind::Invalid, |()| true), "{answers:?}");
        let zone = again.location(&id).await.unwrap().timezone;
        let span = Span::new(sat("00:00"), sat("23:00"));
        for booking in again.bookings_between(&id, span).await.unwrap() {
            assert_eq!(booking.local_date, local::date_of(zone, booking.span.start), "in {zone}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_id_on_two_days_at_once_is_taken_once_and_a_request_is_made_once() {
    house::here!();
    let spa = Spa::open().await;
    let again = spa.again().await;
    for round in 0..4 {
        let tasks = DAYS.into_iter().enumerate().map(|(k, date)| {
            let store = if k % 2 == 0 { spa.store.clone() } else { again.clone() };
            let start = at(date, "09:00").plus(round * 75);
            let new = NewBooking { id: Some(format!("b{round}")), ..NewBooking::new(SPA, "swedish", start) };
            async move { store.take_booking(&new, &held_by(&["grace"]), &stamp()).await }
        });
        let answers = at_once(tasks).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        for error in answers.into_iter().filter_map(|answer| answer.err()) {
            assert_eq!(error.kind(), StoreErrorKind::Conflict, "{error}");
        }
        let key = RequestKey {
            tenant: "serenity".into(),
            actor: "web".into(),
            key: format!("key-{round}"),
            payload_sha256: "0".repeat(64),
            at: stamp().at,
            outcome: None,
        };
        let tasks = (0..6).map(|k| {
            let store = if k % 2 == 0 { spa.store.for_request(key.clone()) } else { again.for_request(key.clone()) };
            let new = NewBooking::new(SPA, "swedish", sat("09:00").plus(round * 75));
            async move { store.take_booking(&new, &held_by(&["joy"]), &stamp()).await }
        });
        let answers = at_once(tasks).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        for error in answers.into_iter().filter_map(|answer| answer.err()) {
            assert_eq!(error.kind(), StoreErrorKind::Repeated, "{error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn records_that_two_programs_import_at_once_go_in_once_and_who_served_is_one_answer() {
    house::here!();
    let spa = Spa::open().await;
    let again = spa.again().await;
    for round in 0..6 {
        let records: Vec<ImportBooking> = (0..6)
            .map(|k| {
                let start = at(DAYS[k % 3], "09:00").plus(round * 75);
                ImportBooking::new(&format!("r{round}-{k}"), "swedish", Span::new(start, start.plus(60)), BookingState::Completed, &["grace"])
            })
            .collect();
        let tasks = (0..4).map(|k| {
            let (store, mut records) = (if k % 2 == 0 { spa.store.clone() } else { again.clone() }, records.clone());
            // Another order, so that whoever locks day by day meets somebody who comes the other way.
            records.rotate_left(k);
            async move { store.import_bookings(SPA, &records, &stamp()).await.unwrap() }
        });
        let outcomes = at_once(tasks).await.concat();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.result == RowResult::Inserted).count(), 6, "{outcomes:?}");
        assert!(outcomes.iter().all(|o| matches!(o.result, RowResult::Inserted | RowResult::Unchanged)), "{outcomes:?}");
        let tasks = ["grace", "joy", "brian"].map(|who| {
            let (store, id) = (if who == "joy" { again.clone() } else { spa.store.clone() }, format!("r{round}-0"));
            async move { store.record_served_by(&id, &[who.to_owned()]).await.unwrap() }
        });
        at_once(tasks).await;
        assert_eq!(again.booking(&format!("r{round}-0")).await.unwrap().served_by.len(), 1);
    }
}
