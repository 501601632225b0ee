//! Two services on one PostgreSQL: it makes no difference whom somebody asks.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use serde_json::json;
use sqlx::Row;
use zamu::keyring::Role;

use super::house::{self, SPA, here};
use super::stage::{Stage, assert_clean, hold_of, in_days, slots};
use crate::running::Running;

/// Both are started at once, on a database and a keyring that are not there yet.
async fn pair(stage: &Stage) -> [Running; 2] {
    std::thread::scope(|scope| {
        let started = [scope.spawn(|| stage.serve()), scope.spawn(|| stage.serve())];
        started.map(|one| one.join().unwrap())
    })
}

async fn assert_both_well(stage: &Stage, both: &[Running; 2]) {
    assert_clean(&both[0]).await;
    both.iter().for_each(Running::assert_well);
    assert_eq!(stage.faults_by_hand().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_at_two_services_who_want_the_last_place_one_gets_it() {
    here!();
    let stage = Stage::open().await;
    let both = pair(&stage).await;
    let slot = slots(&both[0], "deep", &[in_days(3)]).await.swap_remove(8);
    let holds = join_all((0..50).map(|k| {
        let (service, slot) = (&both[k % 2], slot.clone());
        async move {
            let token = service.token("serenity", Role::User, &format!("user-{k}"));
            let held = service.send(&token, "POST", "/v1/bookings", hold_of(&slot, k)).await;
            (held.status, held.code().to_owned())
        }
    }));
    let answers = holds.await;
    let count = |status: u16, code: &str| answers.iter().filter(|(s, c)| *s == status && c == code).count();
    assert_eq!((count(201, ""), count(409, "SLOT_FULL")), (1, 49), "{answers:?}");
    assert_both_well(&stage, &both).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_request_at_both_services_at_once_is_one_booking() {
    here!();
    let stage = Stage::open().await;
    let both = pair(&stage).await;
    let free = slots(&both[0], "swedish", &[3, 4, 5, 6].map(in_days)).await;
    let mut made = BTreeSet::new();
    for (k, slot) in free.iter().step_by(5).take(20).enumerate() {
        let (token, key, body) = (both[0].token("serenity", Role::User, &format!("user-{k}")), format!("same-{k}"), hold_of(slot, k));
        let twice =
            join(both[0].try_send(&token, "POST", "/v1/bookings", &body, &key), both[1].try_send(&token, "POST", "/v1/bookings", &body, &key));
        let (first, second) = twice.await;
        let (first, second) = (first.unwrap().with(201), second.unwrap().with(201));
        assert_eq!(first.body, second.body);
        made.insert(first.text_of("id"));
    }
    let mut shell = stage.spa.shell().await;
    let rows = sqlx::query("SELECT id FROM bookings").fetch_all(&mut shell).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get::<String, _>("id")).collect::<BTreeSet<_>>(), made);
    assert_eq!(made.len(), 20);
    assert_both_well(&stage, &both).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_was_shown_times_by_one_is_shown_the_same_by_the_other() {
    here!();
    let stage = Stage::open().await;
    let both = pair(&stage).await;
    let ask = format!("/v1/slots?location_id={SPA}&service_id=swedish&date={}", in_days(4));
    let mut seen = BTreeSet::new();
    for k in 0..12 {
        let token = both[0].token("serenity", Role::User, &format!("user-{k}"));
        // The first time at both at once, then again at each.
        let (first, second) = join(both[0].get(&token, &ask), both[1].get(&token, &ask)).await;
        let (first, second) = (first.with(200), second.with(200));
        assert_eq!(first.body["slots"], second.body["slots"], "user-{k}");
        for service in &both {
            assert_eq!(service.get(&token, &ask).await.with(200).body["slots"], first.body["slots"], "user-{k}");
        }
        seen.insert(first.body["slots"].to_string());
    }
    assert!(seen.len() > 1, "everybody is shown the same, so that this says nothing");
    assert_both_well(&stage, &both).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slots_that_both_make_at_once_are_there_once() {
    here!();
    let stage = Stage::open().await;
    let both = pair(&stage).await;
    let admin = both[0].token("serenity", Role::Admin, "ann");
    let body = json!({"location_id": SPA, "from": in_days(30), "to": in_days(35)});
    // Far ahead, where no job of the services makes any by itself.
    let made = join_all((0..6).map(|k| both[k % 2].send(&admin, "POST", "/admin/v1/slots/generate", body.clone()))).await;
    let inserted: i64 = made.into_iter().map(|answer| answer.with(200).body["inserted"].as_i64().unwrap()).sum();
    let mut shell = stage.spa.shell().await;
    let rows = sqlx::query("SELECT service_id, start_us FROM slots WHERE local_date >= $1")
        .bind(in_days(30).to_string())
        .fetch_all(&mut shell)
        .await
        .unwrap();
    let different: BTreeSet<(String, i64)> = rows.iter().map(|row| (row.get("service_id"), row.get("start_us"))).collect();
    assert_eq!((different.len(), rows.len() as i64), (rows.len(), inserted));
    assert!(rows.len() > 300, "{}", rows.len());
    both.iter().for_each(Running::assert_well);
}
