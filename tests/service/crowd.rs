//! Many at once: one winner, nobody twice, and an audit that finds nothing.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;
use sqlx::Row;
use zamu::keyring::Role;
use zamu::operations::{self, RunOptions};
use zamu::store::Store;

use super::harness::{Service, thursday};
use super::house::{self, SPA, here, saturday};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_who_want_the_last_place_leave_one_winner_and_forty_nine_who_are_told_so() {
    here!();
    let service = Service::start().await;
    let slot = service.slot("deep", "2026-11-21", "10:00").await;
    let holds = (0..50).map(|k| {
        let (service, slot) = (&service, slot.clone());
        async move {
            let token = service.token(Role::User, &format!("user-{k}"));
            service.hold(&token, &slot, &format!("+2547123{k:05}")).await
        }
    });
    let answers = futures_util::future::join_all(holds).await;
    let won = answers.iter().filter(|answer| answer.status == 201).count();
    let full = answers.iter().filter(|answer| answer.status == 409 && answer.code() == "SLOT_FULL").count();
    assert_eq!((won, full), (1, 49), "{:?}", answers.iter().map(|a| (a.status, a.code().to_owned())).collect::<Vec<_>>());
    assert!(service.spa.store.audit().await.unwrap().is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slot_takes_as_many_as_its_rule_says_and_not_one_more() {
    here!();
    let service = Service::start().await;
    let admin = service.token(Role::Admin, "ann");
    let rule =
        json!({"location_id": SPA, "service_id": "swedish", "rule_kind": "WEEKLY", "start_time": "09:00", "end_time": "17:00", "slot_capacity": 2});
    service.send(&admin, "POST", "/admin/v1/availabilities", rule).await.with(201);
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let holds = (0..20).map(|k| {
        let (service, slot) = (&service, slot.clone());
        async move { service.hold(&service.token(Role::User, &format!("user-{k}")), &slot, &format!("+2547123{k:05}")).await.status }
    });
    let answers = futures_util::future::join_all(holds).await;
    assert_eq!(answers.iter().filter(|status| **status == 201).count(), 2, "three are on duty, the rule says two: {answers:?}");
}

/// One of many customers: holds, confirms, moves and cancels by a draw.
async fn customer(service: &Service, k: usize, slots: &[String]) -> Vec<(String, String)> {
    let token = service.token(Role::User, &format!("user-{k}"));
    let phone = format!("+2547123{k:05}");
    let mut told = BTreeMap::new();
    for round in 0..3 {
        let draw = k * 7 + round * 13;
        let held = service.hold(&token, &slots[draw % slots.len()], &phone).await;
        assert!(matches!(held.status, 201 | 409), "{}", held.text);
        if held.status != 201 {
            continue;
        }
        let id = held.text_of("id");
        told.insert(id.clone(), "held".to_owned());
        let steps: &[&str] = [&["confirm"][..], &["confirm", "reschedule"], &["confirm", "cancel"], &["cancel"], &[]][draw % 5];
        for step in steps {
            let body = if *step == "reschedule" { json!({"slot_id": slots[(draw + 5) % slots.len()]}) } else { json!({}) };
            // Every change is sent twice with the same key, as over a bad line.
            let (path, key) = (format!("/v1/bookings/{id}/{step}"), format!("{id}-{step}"));
            let twice = futures_util::future::join(
                service.send_as(&token, "POST", &path, body.clone(), &key),
                service.send_as(&token, "POST", &path, body, &key),
            );
            let (first, second) = twice.await;
            assert!(matches!(first.status, 200 | 409) && matches!(second.status, 200 | 409), "{} {}", first.text, second.text);
            if let Some(done) = [&first, &second].into_iter().find(|answer| answer.status == 200) {
                told.insert(id.clone(), done.text_of("state"));
                if first.status == 200 && second.status == 200 {
                    assert_eq!(first.body, second.body);
                }
            }
        }
    }
    told.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn customers_and_a_manager_at_once_leave_nothing_doubled_lost_or_miscounted() {
    here!();
    let service = Service::start().await;
    let mut slots = Vec::new();
    for clock in ["09:00", "09:30", "10:00", "11:15", "12:00", "13:30", "14:00", "15:00", "15:45"] {
        slots.push(service.slot("swedish", "2026-11-21", clock).await);
    }
    let customers = futures_util::future::join_all((0..60).map(|k| customer(&service, k, &slots)));
    let manager = async {
        for _ in 0..6 {
            let options = RunOptions { time_limit_s: Some(1.0), ..RunOptions::night("night-run") };
            operations::optimize(&service.spa.store, service.clock.as_ref(), SPA, saturday(), &options).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    };
    let (ledgers, ()) = futures_util::future::join(customers, manager).await;
    let mut known = 0;
    for (id, state) in ledgers.into_iter().flatten() {
        known += 1;
        assert_eq!(service.spa.store.booking(&id).await.unwrap().state.as_str(), state, "{id} stands as its customer was told");
    }
    assert!(known > 10, "{known}");
    let audit = service.spa.store.audit().await.unwrap();
    assert!(audit.is_clean(), "{audit:?}");
    assert_eq!(overlaps_by_hand(&service).await, 0);
    // And when every hold has run out, only confirmed ones are left.
    service.clock.set(thursday() + TimeDelta::minutes(11));
    operations::housekeeping::expire_holds(&service.spa.store, service.clock.as_ref()).await.unwrap();
    let audit = service.spa.store.audit().await.unwrap();
    assert!(audit.is_clean(), "{audit:?}");
}

/// A second opinion that asks nothing of the program: the rows, read by plain SQL, laid side by side here.
async fn overlaps_by_hand(service: &Service) -> usize {
    let mut shell = service.spa.shell().await;
    let rows = sqlx::query("SELECT resource_id, start_us, end_us FROM occupancy").fetch_all(&mut shell).await.unwrap();
    let mut spans: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for row in rows {
        spans.entry(row.get("resource_id")).or_default().push((row.get("start_us"), row.get("end_us")));
    }
    spans.values_mut().for_each(|spans| spans.sort_unstable());
    spans.values().map(|spans| spans.windows(2).filter(|pair| pair[1].0 < pair[0].1).count()).sum()
}

#[tokio::test]
async fn the_audit_sees_what_is_wrong() {
    here!();
    let service = Service::start().await;
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let held = service.hold(&service.token(Role::User, "amina"), &slot, "+254712345001").await.with(201);
    let mut shell = service.spa.shell().await;
    assert!(service.spa.store.audit().await.unwrap().is_clean());
    sqlx::query("UPDATE slots SET booked = 7 WHERE id = $1").bind(&slot).execute(&mut shell).await.unwrap();
    sqlx::query("DELETE FROM outbox WHERE topic = 'booking.held'").execute(&mut shell).await.unwrap();
    sqlx::query("DELETE FROM occupancy WHERE booking_id = $1").bind(held.text_of("id")).execute(&mut shell).await.unwrap();
    sqlx::query("UPDATE bookings SET state = 'confirmed'").execute(&mut shell).await.unwrap();
    sqlx::query("UPDATE slots SET hold = 3 WHERE id = $1").bind(&slot).execute(&mut shell).await.unwrap();
    let audit = service.spa.store.audit().await.unwrap();
    assert_eq!((audit.wrong_counters, audit.lost_events, audit.unheld, audit.history_gaps), (1, 1, 1, 1), "{audit:?}");
}
