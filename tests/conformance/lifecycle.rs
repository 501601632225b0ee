//! The nightly run over a stored day: what it applies, what it leaves, what it records.

use super::house::meddling::Meddling;
use super::house::{self, SPA, Spa, held_by, instant, sat, saturday, staff, stamp};
use chrono::TimeDelta;
use zamu::alloc::Profile;
use zamu::clock::{Clock, SetClock};
use zamu::domain::{AssignmentStatus, BookingState, Span};
use zamu::operations::{RunOptions, RunReport, optimize, optimize_each, reassign, retire_temps};
use zamu::store::{
    AssignmentChange, Cas, DayChange, HistoryKind, LocationRow, NewBlock, NewBooking, OutboxClass, ResourceRow, RunStatus, Store, StoreErrorKind,
    TenantRow,
};

fn night() -> SetClock {
    SetClock::at(instant("2026-11-20", "02:00"))
}

async fn run(spa: &Spa) -> RunReport {
    optimize(&spa.store, &night(), SPA, saturday(), &RunOptions::night("night-run")).await.unwrap()
}

async fn take(spa: &Spa, id: &str, service: &str, clock: &str, who: &[&str]) {
    let new = NewBooking { id: Some(id.into()), ..NewBooking::new(SPA, service, sat(clock)) };
    spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

/// Makes an assignment as firm as given, by hand.
async fn firm(spa: &Spa, id: &str, status: AssignmentStatus) {
    let (booking, day) = (spa.store.booking(id).await.unwrap(), spa.saturday().await);
    let assignment = AssignmentChange { booking_id: id.into(), resources: booking.resources, status, state: None, reason: "by hand".into() };
    let change = DayChange {
        location_id: SPA.into(),
        date: saturday(),
        expected_version: day.version,
        stamp: stamp(),
        assignments: vec![assignment],
        eased: Vec::new(),
        attention: vec![],
        settled: vec![],
        messages: vec![],
        run: None,
    };
    assert!(matches!(spa.store.change_day(&change).await.unwrap(), Cas::Applied(_)));
}

#[tokio::test]
async fn the_night_makes_room_by_swapping_and_records_how() {
    house::here!();
    let spa = Spa::open().await;
    // Greedy put a swedish massage on grace, the only one for deep tissue; then a deep tissue booking lost its person.
    take(&spa, "b1", "swedish", "10:00", &["grace"]).await;
    take(&spa, "b2", "deep", "10:00", &["joy"]).await;
    let report = run(&spa).await;
    assert_eq!(report.run.status, RunStatus::Applied);
    assert_eq!(spa.holders("b2").await, ["grace"]);
    assert_ne!(spa.holders("b1").await, ["grace"]);
    let recorded = spa.store.runs(SPA, Some(saturday()), None, 100).await.unwrap();
    let row = &recorded[0];
    assert_eq!((recorded.len(), row.profile.as_str(), row.plan_status.is_empty(), row.input_sha256.len()), (1, "nightly", false, 64));
    assert!(row.rationale.contains("b2") && row.rationale.contains("broken"), "{}", row.rationale);
    assert_eq!(row.tiers[0]["name"], "unplaced");
    assert!(row.tiers[0]["bound"].is_number() && row.baseline[0]["value"].is_number());
    assert!(row.diff.as_array().unwrap().iter().any(|c| c["booking"] == "b2" && c["to"][0] == "grace"));
    let told = spa.store.history("b2").await.unwrap();
    assert!(told.iter().any(|h| h.kind == HistoryKind::Assignment && h.to == "provisional grace" && h.actor == "night-run"));
    assert!(spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().is_empty(), "nobody was told a name, so nobody hears of it");
    assert_eq!(run(&spa).await.run.status, RunStatus::Kept, "a second run finds nothing better");
}

#[tokio::test]
async fn a_small_gain_is_not_worth_a_change_and_a_large_one_is() {
    house::here!();
    let spa = Spa::open().await;
    for (id, clock) in [("b1", "09:00"), ("b2", "10:15"), ("b3", "11:30")] {
        take(&spa, id, "swedish", clock, &["grace"]).await;
    }
    let tenant = TenantRow { apply_threshold: Some(0.9), ..spa.store.tenant("serenity").await.unwrap() };
    spa.store.upsert_tenant(&tenant).await.unwrap();
    let kept = run(&spa).await;
    assert_eq!(kept.run.status, RunStatus::Kept);
    assert!(kept.run.rationale.contains("balance") && kept.run.rationale.contains("90.0 %"), "{}", kept.run.rationale);
    assert_eq!(spa.holders("b3").await, ["grace"]);
    spa.store.upsert_tenant(&TenantRow { apply_threshold: Some(0.1), ..tenant }).await.unwrap();
    let applied = run(&spa).await;
    assert_eq!(applied.run.status, RunStatus::Applied);
    let mut holders = [spa.holders("b1").await, spa.holders("b2").await, spa.holders("b3").await].concat();
    holders.sort();
    assert_eq!(holders, ["brian", "grace", "joy"], "everyone has one");
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b2", "deep", "10:00", &["joy"]).await;
    let before = spa.saturday().await.version;
    let report = optimize(&spa.store, &night(), SPA, saturday(), &RunOptions { dry_run: true, ..RunOptions::night("me") }).await.unwrap();
    assert_eq!((report.run.status, report.groups.moved_silently.as_slice()), (RunStatus::DryRun, ["b2".to_owned()].as_slice()));
    assert_eq!((spa.saturday().await.version, spa.holders("b2").await), (before, vec!["joy".to_owned()]));
    assert_eq!(spa.store.runs(SPA, None, None, 100).await.unwrap()[0].status, RunStatus::DryRun);
}

#[tokio::test]
async fn runs_are_read_newest_first_page_by_page() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["joy"]).await;
    let clock = night();
    let mut made = Vec::new();
    for k in 0..5 {
        // The second and third begin in the same moment.
        clock.set(night().now() + TimeDelta::seconds((k + 1) / 2));
        let options = RunOptions { dry_run: true, ..RunOptions::night("me") };
        made.push(optimize(&spa.store, &clock, SPA, saturday(), &options).await.unwrap().run);
    }
    made.sort_by(|a, b| (b.started_at, &b.id).cmp(&(a.started_at, &a.id)));
    let ids = |runs: Vec<zamu::store::RunRow>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
    let all: Vec<String> = made.iter().map(|run| run.id.clone()).collect();
    for date in [None, Some(saturday())] {
        let (mut paged, mut before) = (Vec::new(), None::<String>);
        loop {
            let page = ids(spa.store.runs(SPA, date, before.as_deref(), 2).await.unwrap());
            let Some(last) = page.last() else { break };
            before = Some(last.clone());
            paged.extend(page);
        }
        assert_eq!(paged, all);
    }
    assert!(spa.store.runs(SPA, saturday().succ_opt(), None, 2).await.unwrap().is_empty());
    assert!(spa.store.runs(SPA, None, Some("nothing"), 2).await.unwrap().is_empty(), "nothing is older than what there is not");
}

#[tokio::test]
async fn what_nobody_can_serve_goes_to_the_queue_with_its_reason_and_leaves_it_when_somebody_can() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "deep", "10:00", &["joy"]).await;
    take(&spa, "b2", "deep", "10:30", &["brian"]).await;
    let report = run(&spa).await;
    assert_eq!(report.groups.unplaced.len(), 1);
    let left = report.groups.unplaced[0].clone();
    let open = spa.store.open_attention(SPA, Some(saturday())).await.unwrap();
    assert_eq!((open.len(), open[0].booking_id.as_str(), open[0].code.as_str()), (1, left.as_str(), "unplaced"));
    assert!(open[0].reason.contains("Grace"), "{}", open[0].reason);
    let row = spa.store.booking(&left).await.unwrap();
    assert_eq!((row.state, row.resources.len()), (BookingState::ManualReview, 0));
    run(&spa).await;
    assert_eq!(spa.store.open_attention(SPA, None).await.unwrap().len(), 1, "asked once, not every night");
    spa.store.upsert_resource(&staff("temp", "male", &["deep-tissue"]).temporary(saturday(), saturday())).await.unwrap();
    run(&spa).await;
    assert_eq!(spa.store.booking(&left).await.unwrap().state, BookingState::Confirmed);
    assert!(spa.store.open_attention(SPA, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_chosen_or_told_is_never_moved_by_the_night() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "bound", "swedish", "10:00", &["grace"]).await;
    take(&spa, "told", "swedish", "11:15", &["grace"]).await;
    take(&spa, "free", "swedish", "12:30", &["grace"]).await;
    take(&spa, "deep", "deep", "10:00", &["joy"]).await;
    firm(&spa, "bound", AssignmentStatus::Bound).await;
    firm(&spa, "told", AssignmentStatus::Finalized).await;
    let report = run(&spa).await;
    assert_eq!((spa.holders("bound").await, spa.holders("told").await), (vec!["grace".to_owned()], vec!["grace".to_owned()]));
    assert_eq!(report.groups.unplaced, ["deep"], "grace is promised to somebody else");
}

#[tokio::test]
async fn a_promise_is_kept_even_where_breaking_it_would_serve_two_others() {
    house::here!();
    let spa = Spa::open().await;
    let long = zamu::store::ServiceRow::new(SPA, "long", "Long", 120, &["deep-tissue"]);
    let short = zamu::store::ServiceRow { id: "short".into(), duration_minutes: 60, ..long.clone() };
    spa.store.upsert_service(&long).await.unwrap();
    spa.store.upsert_service(&short).await.unwrap();
    take(&spa, "promised", "long", "10:00", &["grace"]).await;
    firm(&spa, "promised", AssignmentStatus::Bound).await;
    take(&spa, "x", "short", "10:00", &["joy"]).await;
    take(&spa, "y", "short", "11:00", &["joy"]).await;
    let report = run(&spa).await;
    assert_eq!((report.run.status, report.groups.unplaced.as_slice()), (RunStatus::Applied, ["x".to_owned(), "y".to_owned()].as_slice()));
    assert_eq!(spa.holders("promised").await, ["grace"]);
    assert!(report.run.rationale.contains("promised"), "{}", report.run.rationale);
    assert_eq!(zamu::sheet::write::sha256(&report.searched), report.run.input_sha256, "the record is of the sheet that was searched");
}

#[tokio::test]
async fn a_promise_that_cannot_be_kept_waits_for_a_person_and_keeps_its_time() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "bound", "swedish", "10:00", &["grace"]).await;
    firm(&spa, "bound", AssignmentStatus::Bound).await;
    let block =
        NewBlock { location_id: SPA.into(), resource_id: "grace".into(), span: Span::new(sat("10:30"), sat("11:00")), reason: "break".into() };
    spa.store.add_block(&block, &stamp()).await.unwrap();
    let quick = zamu::store::ServiceRow::new(SPA, "quick", "Quick", 30, &["deep-tissue"]);
    spa.store.upsert_service(&quick).await.unwrap();
    take(&spa, "quick", "quick", "10:00", &["joy"]).await;
    let report = run(&spa).await;
    assert_eq!(report.groups.unplaced, ["bound", "quick"], "grace has half an hour, but until somebody decides it is the bound customer's");
    let row = spa.store.booking("bound").await.unwrap();
    assert_eq!(
        (row.resources.as_slice(), row.status, row.state),
        (["grace".to_owned()].as_slice(), AssignmentStatus::Bound, BookingState::Confirmed)
    );
    assert_eq!(spa.store.open_attention(SPA, None).await.unwrap()[0].booking_id, "bound");
}

#[tokio::test]
async fn a_booking_that_has_begun_stays_where_it_is() {
    house::here!();
    let spa = Spa::open().await;
    for (id, clock) in [("now", "10:00"), ("later", "14:00")] {
        take(&spa, id, "swedish", clock, &["grace"]).await;
    }
    let noon = SetClock::at(instant("2026-11-21", "10:20"));
    optimize(&spa.store, &noon, SPA, saturday(), &RunOptions { profile: Profile::shipped("strict"), ..RunOptions::night("me") }).await.unwrap();
    assert_eq!(spa.holders("now").await, ["grace"]);
    assert_ne!(spa.holders("later").await, ["grace"]);
}

#[tokio::test]
async fn a_day_that_is_changed_while_it_is_searched_is_read_again() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b2", "deep", "10:00", &["joy"]).await;
    let racing = Meddling::new(&spa, 2);
    let report = optimize(&racing, &night(), SPA, saturday(), &RunOptions::night("night-run")).await.unwrap();
    assert_eq!((report.run.status, report.attempts), (RunStatus::Applied, 3));
    assert_eq!(spa.holders("b2").await, ["grace"]);
    let statuses: Vec<RunStatus> = spa.store.runs(SPA, None, None, 100).await.unwrap().into_iter().map(|run| run.status).collect();
    assert_eq!(statuses.iter().filter(|s| **s == RunStatus::LostRace).count(), 2, "the lost ones are on record too");
    let always = Meddling::new(&spa, 100);
    take(&spa, "b3", "deep", "14:00", &["joy"]).await;
    let report = optimize(&always, &night(), SPA, saturday(), &RunOptions::night("night-run")).await.unwrap();
    assert_eq!((report.run.status, report.attempts), (RunStatus::LostRace, 5), "and it is not tried for ever");
    assert_eq!(spa.holders("b3").await, ["joy"]);
}

#[tokio::test]
async fn a_change_by_hand_follows_the_same_rules_and_stands_in_the_same_history() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "deep", "10:00", &["grace"]).await;
    take(&spa, "b2", "swedish", "10:00", &["joy"]).await;
    let clock = night();
    let unqualified = reassign(&spa.store, &clock, "b1", &["brian"], "manager", "balance").await.unwrap_err();
    assert_eq!(unqualified.kind(), StoreErrorKind::Invalid);
    assert!(unqualified.to_string().contains("Brian: qualification"), "{unqualified}");
    let busy = reassign(&spa.store, &clock, "b2", &["grace"], "manager", "balance").await.unwrap_err();
    assert_eq!(busy.kind(), StoreErrorKind::DoubleBooking);
    assert!(busy.to_string().contains("b1"), "{busy}");
    reassign(&spa.store, &clock, "b2", &["brian"], "manager", "joy leaves early").await.unwrap();
    assert_eq!(spa.holders("b2").await, ["brian"]);
    let last = spa.store.history("b2").await.unwrap().pop().unwrap();
    assert_eq!((last.actor.as_str(), last.reason.as_str(), last.to.as_str()), ("manager", "joy leaves early", "provisional brian"));
}

#[tokio::test]
async fn a_temp_is_retired_at_three_in_the_morning_after_the_last_day() {
    house::here!();
    let spa = Spa::open().await;
    spa.store.upsert_resource(&staff("temp", "female", &["swedish"]).temporary(saturday(), saturday())).await.unwrap();
    for (date, clock, retired) in [("2026-11-21", "23:59", 0), ("2026-11-22", "02:59", 0), ("2026-11-22", "03:00", 1), ("2026-11-25", "10:00", 0)] {
        let gone = retire_temps(&spa.store, &SetClock::at(instant(date, clock))).await.unwrap();
        assert_eq!(gone.len(), retired, "{date} {clock}");
    }
    let temp = spa.store.resources(SPA).await.unwrap().into_iter().find(|r| r.id == "temp").unwrap();
    assert!(!temp.active && temp.is_temporary);
}

#[tokio::test]
async fn the_sheet_of_a_stored_day_is_a_valid_document_and_reads_back_the_same() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "b1", "swedish", "10:00", &["grace"]).await;
    take(&spa, "b2", "couples", "11:30", &["grace", "joy"]).await;
    let twin = NewBooking {
        same_resource_as: Some("b1".into()),
        affinity: [("joy".to_owned(), 0.5)].into(),
        ..NewBooking::new(SPA, "swedish", sat("14:00"))
    };
    spa.store.take_booking(&twin, &held_by(&["grace"]), &stamp()).await.unwrap().unwrap();
    let block =
        NewBlock { location_id: SPA.into(), resource_id: "brian".into(), span: Span::new(sat("12:07"), sat("13:01")), reason: "break".into() };
    spa.store.add_block(&block, &stamp()).await.unwrap();
    spa.store.upsert_resource(&ResourceRow { active: false, ..staff("joy", "female", &["swedish"]) }).await.unwrap();
    spa.store.upsert_resource(&ResourceRow::table(SPA, "t4", "Table 4", 4, 2)).await.unwrap();
    let day = spa.saturday().await;
    assert_eq!(zamu::sheet::read::from_str(&zamu::sheet::write::to_json(&day.sheet)).unwrap(), day.sheet);
    spa.store.transition("b1", BookingState::Cancelled, None, &stamp()).await.unwrap();
    let day = spa.saturday().await;
    assert!(day.sheet.bookings.iter().all(|b| b.same_resource_as.is_none()), "its partner was called off");
    assert_eq!(zamu::sheet::read::from_str(&zamu::sheet::write::to_json(&day.sheet)).unwrap(), day.sheet);
}

#[tokio::test]
async fn an_unknown_profile_is_refused_with_the_known_ones() {
    house::here!();
    let spa = Spa::open().await;
    spa.store.upsert_tenant(&TenantRow { profile: "fairest".into(), ..spa.store.tenant("serenity").await.unwrap() }).await.unwrap();
    let error = optimize(&spa.store, &night(), SPA, saturday(), &RunOptions::night("me")).await.unwrap_err();
    assert!(error.to_string().contains("fairest") && error.to_string().contains("nightly"), "{error}");
}

/// More locations of the same tenant, and one of a tenant whose profile nobody knows.
async fn chain_of_spas(spa: &Spa) -> Vec<String> {
    let here = spa.store.location(SPA).await.unwrap();
    let odd = TenantRow { profile: "fairest".into(), ..TenantRow::new("odd", "Odd Spas") };
    spa.store.upsert_tenant(&odd).await.unwrap();
    let mut ids = Vec::new();
    for k in 0..8 {
        let tenant_id = if k == 3 { "odd".to_owned() } else { here.tenant_id.clone() };
        let id = format!("spa-{k}");
        spa.store.upsert_location(&LocationRow { id: id.clone(), tenant_id, name: id.clone(), timezone: here.timezone }).await.unwrap();
        spa.store.upsert_resource(&ResourceRow { location_id: id.clone(), ..staff("grace", "female", &["swedish"]) }).await.unwrap();
        ids.push(id);
    }
    ids
}

#[tokio::test]
async fn a_night_of_many_locations_is_told_in_their_order_and_one_that_fails_stops_no_other() {
    house::here!();
    let spa = Spa::open().await;
    let ids = chain_of_spas(&spa).await;
    for searches in [1, 3] {
        let days = ids.iter().map(|id| (id.clone(), id.clone(), saturday()));
        let mut told = Vec::new();
        optimize_each(&spa.store, &night(), days, &RunOptions::night("night"), searches, |id, answer| told.push((id, answer))).await;
        assert_eq!(told.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), ids);
        for (id, answer) in &told {
            match answer {
                Ok(report) => assert_eq!((&report.run.location_id, report.plan.solve.stopped.as_str()), (id, "proof")),
                Err(error) => assert!(id == "spa-3" && error.to_string().contains("fairest"), "{id}: {error}"),
            }
        }
        assert!(told[3].1.is_err());
    }
    assert_eq!(spa.store.runs("spa-7", None, None, 100).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_night_that_is_ended_begins_no_further_location() {
    house::here!();
    let spa = Spa::open().await;
    let ids = chain_of_spas(&spa).await;
    let options = RunOptions::night("night");
    let days = ids.iter().map(|id| (id.clone(), id.clone(), saturday()));
    let mut ran = 0;
    optimize_each(&spa.store, &night(), days, &options, 1, |_, answer| {
        ran += usize::from(answer.is_ok());
        options.limits.stop.raise(zamu::alloc::StopCause::Interrupt);
    })
    .await;
    assert!((1..ids.len() - 1).contains(&ran), "{ran}");
}
