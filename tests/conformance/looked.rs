//! What looking at a run before it is applied promises: it is applied as it was looked at or not at all; and who waits for a run sees how far it is.

use super::house::meddling::Meddling;
use super::house::{self, SPA, Spa, held_by, instant, sat, saturday, staff, stamp};
use zamu::alloc::{Limits, Watch};
use zamu::clock::SetClock;
use zamu::domain::BookingState;
use zamu::operations::{RunOptions, RunReport, Told, apply_looked, finalize, optimize};
use zamu::store::{NewBooking, OutboxClass, RunKind, RunStatus, Store, StoreErrorKind, TenantRow};

fn friday(clock: &str) -> SetClock {
    SetClock::at(instant("2026-11-20", clock))
}

async fn take(spa: &Spa, id: &str, service: &str, clock: &str, who: &[&str]) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, service, sat(clock)) };
    spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
}

async fn look(spa: &Spa, clock: &SetClock, options: RunOptions) -> RunReport {
    let report = optimize(&spa.store, clock, SPA, saturday(), &RunOptions { dry_run: true, ..options }).await.unwrap();
    assert_eq!(report.run.status, RunStatus::DryRun);
    report
}

async fn standing(spa: &Spa) -> Vec<(String, Vec<String>, BookingState)> {
    spa.saturday().await.bookings.into_iter().map(|b| (b.id, b.resources, b.state)).collect()
}

/// A deep-tissue booking with somebody who cannot do it, a second one at the same time for whom there is nobody, and one that waits for somebody.
async fn broken_day() -> Spa {
    let spa = Spa::open().await;
    take(&spa, "deep", "deep", "10:00", &["joy"]).await;
    take(&spa, "deeper", "deep", "10:30", &["brian"]).await;
    take(&spa, "waits", "swedish", "14:00", &[]).await;
    take(&spa, "fine", "swedish", "14:00", &["grace"]).await;
    spa
}

#[tokio::test]
async fn what_was_looked_at_is_what_happens() {
    house::here!();
    let spa = broken_day().await;
    let before = (standing(&spa).await, spa.saturday().await.version);
    let looked = look(&spa, &friday("10:00"), RunOptions::night("ann")).await;
    assert_eq!((standing(&spa).await, spa.saturday().await.version), before);
    let run = spa.store.run(&looked.run.id).await.unwrap();
    assert_eq!(run, looked.run);
    let waits = run.diff.as_array().unwrap().iter().find(|one| one["booking"] == "waits").unwrap();
    assert!(waits["from"].as_array().unwrap().is_empty() && !waits["to"].as_array().unwrap().is_empty(), "who is served at last is on record");

    let done = apply_looked(&spa.store, &friday("10:05"), &looked.run.id, "joan").await.unwrap();
    for placed in &looked.plan.assignments {
        assert_eq!(spa.holders(&placed.booking).await, placed.resources);
    }
    let left = &looked.plan.unplaced[0].booking;
    assert_eq!((looked.plan.unplaced.len(), spa.holders(left).await.len()), (1, 0));
    let open = spa.store.open_attention(SPA, None).await.unwrap();
    assert!(open.len() == 1 && open[0].booking_id == *left && open[0].witness.is_some(), "{open:?}");
    let recorded = spa.store.run(&done.run.id).await.unwrap();
    assert_eq!((recorded.status, recorded.kind, recorded.actor.as_str()), (RunStatus::Applied, RunKind::Night, "joan"));
    assert_eq!((&recorded.tiers, &recorded.unplaced, &recorded.diff), (&run.tiers, &run.unplaced, &run.diff));
    assert!(recorded.rationale.contains("looked at first") && recorded.rationale.contains("by ann"), "{}", recorded.rationale);
    assert_eq!(spa.store.run(&looked.run.id).await.unwrap().status, RunStatus::DryRun, "the look stays what it was");
    let again = apply_looked(&spa.store, &friday("10:06"), &looked.run.id, "joan").await.unwrap_err();
    assert_eq!(again.kind(), StoreErrorKind::Conflict, "the day is another by now: {again}");
    let applied = apply_looked(&spa.store, &friday("10:06"), &done.run.id, "joan").await.unwrap_err();
    assert_eq!(applied.kind(), StoreErrorKind::IllegalTransition);
    let unknown = apply_looked(&spa.store, &friday("10:06"), "no-such-run", "joan").await.unwrap_err();
    assert_eq!(unknown.kind(), StoreErrorKind::NotFound);
}

#[tokio::test]
async fn a_day_that_was_touched_since_is_not_changed() {
    house::here!();
    let spa = broken_day().await;
    let looked = look(&spa, &friday("10:00"), RunOptions::night("ann")).await;
    take(&spa, "late", "swedish", "15:30", &["brian"]).await;
    let before = standing(&spa).await;
    let refused = apply_looked(&spa.store, &friday("10:05"), &looked.run.id, "ann").await.unwrap_err();
    assert!(refused.kind() == StoreErrorKind::Conflict && refused.to_string().contains("was changed since it was looked at"), "{refused}");
    assert_eq!((standing(&spa).await, spa.store.runs(SPA, None, None, 100).await.unwrap().len()), (before, 1));

    // Somebody writes between the look at the version and the write itself.
    let looked = look(&spa, &friday("10:10"), RunOptions::night("ann")).await;
    let before = standing(&spa).await;
    let refused = apply_looked(&Meddling::new(&spa, 1), &friday("10:11"), &looked.run.id, "ann").await.unwrap_err();
    assert_eq!((refused.kind(), standing(&spa).await), (StoreErrorKind::Conflict, before));
}

#[tokio::test]
async fn a_visit_that_has_begun_since_is_not_moved() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "deep", "deep", "10:00", &["joy"]).await;
    let morning = |clock: &str| SetClock::at(instant("2026-11-21", clock));
    let looked = look(&spa, &morning("09:55"), RunOptions::night("ann")).await;
    let refused = apply_looked(&spa.store, &morning("10:01"), &looked.run.id, "ann").await.unwrap_err();
    assert_eq!((refused.kind(), spa.holders("deep").await), (StoreErrorKind::Conflict, vec!["joy".to_owned()]));
    let over = SetClock::at(instant("2026-11-22", "00:01"));
    let refused = apply_looked(&spa.store, &over, &looked.run.id, "ann").await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Invalid, "{refused}");
}

#[tokio::test]
async fn who_looked_decides_also_for_a_small_gain() {
    house::here!();
    let spa = Spa::open().await;
    for (id, clock) in [("b1", "09:00"), ("b2", "10:15"), ("b3", "11:30")] {
        take(&spa, id, "swedish", clock, &["grace"]).await;
    }
    let tenant = TenantRow { apply_threshold: Some(0.9), ..spa.store.tenant("serenity").await.unwrap() };
    spa.store.upsert_tenant(&tenant).await.unwrap();
    let looked = look(&spa, &friday("10:00"), RunOptions::night("ann")).await;
    assert!(looked.run.rationale.starts_with("kept"), "{}", looked.run.rationale);
    let done = apply_looked(&spa.store, &friday("10:01"), &looked.run.id, "ann").await.unwrap();
    assert_eq!(done.run.status, RunStatus::Applied);
    let mut holders = [spa.holders("b1").await, spa.holders("b2").await, spa.holders("b3").await].concat();
    holders.sort();
    assert_eq!(holders, ["brian", "grace", "joy"]);
}

#[tokio::test]
async fn a_repair_keeps_or_moves_told_customers_as_it_was_looked_at() {
    house::here!();
    let spa = Spa::open().await;
    take(&spa, "told", "swedish", "10:00", &["grace"]).await;
    finalize(&spa.store, &friday("18:00"), SPA, saturday(), "cutoff").await.unwrap();
    take(&spa, "deep", "deep", "10:00", &[]).await;
    let clock = friday("18:00");
    let keeps = look(&spa, &clock, RunOptions::repair("ann", Told::Keep)).await;
    let moves = look(&spa, &clock, RunOptions::repair("ann", Told::MayMove)).await;
    assert_eq!((keeps.plan.unplaced.len(), moves.plan.unplaced.len(), moves.groups.to_be_told.as_slice()), (1, 0, ["told".to_owned()].as_slice()));
    apply_looked(&spa.store, &clock, &moves.run.id, "ann").await.unwrap();
    assert_eq!((spa.holders("deep").await, spa.holders("told").await != ["grace"]), (vec!["grace".to_owned()], true));
    let said = spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap();
    assert!(said.iter().any(|row| row.booking_id.as_deref() == Some("told") && row.topic.starts_with("assignment.")), "{said:?}");

    let other = Spa::open().await;
    take(&other, "told", "swedish", "10:00", &["grace"]).await;
    finalize(&other.store, &clock, SPA, saturday(), "cutoff").await.unwrap();
    take(&other, "deep", "deep", "10:00", &[]).await;
    let keeps = look(&other, &clock, RunOptions::repair("ann", Told::Keep)).await;
    let done = apply_looked(&other.store, &clock, &keeps.run.id, "ann").await.unwrap();
    assert_eq!((done.run.status, other.holders("told").await), (RunStatus::Applied, vec!["grace".to_owned()]));
}

#[tokio::test]
async fn whoever_waits_sees_how_far_it_is_and_the_plan_is_the_same() {
    house::here!();
    let spa = broken_day().await;
    for (k, who) in ["hanna", "ines", "judy"].iter().enumerate() {
        spa.store.upsert_resource(&staff(who, "female", &["swedish"])).await.unwrap();
        take(&spa, &format!("more-{k}"), "swedish", "15:30", &[who]).await;
    }
    let watch = Watch::new();
    assert_eq!(watch.standing(), None, "nothing has begun");
    let plain = look(&spa, &friday("10:00"), RunOptions::night("ann")).await;
    let limits = Limits { watch: Some(watch.clone()), ..Limits::default() };
    let watched = look(&spa, &friday("10:00"), RunOptions { limits, ..RunOptions::night("ann") }).await;
    assert_eq!(plain.plan, watched.plan);
    let end = watch.standing().unwrap();
    let last = watched.plan.tiers.last().unwrap();
    assert_eq!((end.is_over(), end.tier + 1, end.tiers, &end.name), (true, watched.plan.tiers.len(), watched.plan.tiers.len(), &last.name));
    assert!((end.value - last.value).abs() < 1e-6, "{end:?} {last:?}");
}
