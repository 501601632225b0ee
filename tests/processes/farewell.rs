//! Asked to end while others are in the way of every request: what was begun is answered, nobody new is let in, the database is closed.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sqlx::Connection;
use zamu::keyring::Role;

use super::base::BEGIN;
use super::house::{self, here};
use super::stage::{Stage, assert_clean, hold_of, in_days, slots};

const WAITING: usize = 12;
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so.
async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_begun_is_answered_before_the_end_and_nobody_new_is_let_in() {
    here!();
    let stage = Stage::open().await;
    let mut service = stage.serve();
    let places = slots(&service, "swedish", &[in_days(3), in_days(4)]).await;
    // Somebody holds what every writer needs.
    let mut shell = stage.spa.shell().await;
    for sql in [BEGIN, "UPDATE locations SET version = version + 1"] {
        sqlx::raw_sql(sql).execute(&mut shell).await.unwrap();
    }
    let asked: Vec<_> = (0..WAITING)
        .map(|k| {
            let token = service.token("serenity", Role::User, &format!("user-{k}"));
            let (url, body) = (format!("{}/v1/bookings", service.url), hold_of(&places[k % 6 * 4 + k / 6 * places.len() / 2], k));
            let request = reqwest::Client::new().post(url).bearer_auth(token).header("Idempotency-Key", "hold").json(&body);
            tokio::spawn(crate::running::read(request))
        })
        .collect();
    until("all are under way", async || {
        let numbers = service.get("", "/metrics").await.text;
        numbers.lines().any(|line| line.strip_prefix("http_requests_under_way ").is_some_and(|n| n.parse::<usize>().unwrap() > WAITING))
    })
    .await;
    service.ask_to_end();
    until("nobody is let in", async || reqwest::Client::new().get(format!("{}/healthz", service.url)).send().await.is_err()).await;
    assert!(asked.iter().all(|one| !one.is_finished()), "they still wait");
    sqlx::raw_sql("ROLLBACK").execute(&mut shell).await.unwrap();
    shell.close().await.unwrap();
    for answer in join_all(asked).await {
        answer.unwrap().expect("an answer").with(201);
    }
    let status = service.ended();
    assert_eq!(status.code(), Some(0), "{}", service.log());
    service.assert_well();
    let lines = service.log_lines();
    assert_eq!(lines.last().unwrap()["message"], "ended");
    assert!(!stage.spa.folder.path().join("zamu.db-wal").exists(), "the write-ahead log was folded into the file");
    let again = stage.serve();
    let audit = assert_clean(&again).await;
    assert_eq!(audit.body["active"], WAITING);
    assert_eq!(stage.faults_by_hand().await, Vec::<String>::new());
}
