//! Two services that share a Redis count together.

use futures_util::future::join_all;
use serde_json::json;
use std::time::{Duration, Instant};
use zamu::keyring::Role;

use super::house::{self, here};
use super::stage::Stage;

fn redis() -> String {
    std::env::var("ZAMU_TEST_REDIS").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned())
}

/// Is there a Redis? Where it has to be (`CI=true`) and is not, the test fails; elsewhere it is skipped, and says so.
async fn is_there() -> bool {
    let asked = async { redis::Client::open(redis())?.get_multiplexed_async_connection().await };
    let Err(error) = asked.await else { return true };
    let why = format!("no Redis at {} ({error}); start one or set ZAMU_TEST_REDIS", redis());
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}: the build machine has to have it");
    eprintln!("SKIPPED: {why}");
    false
}

/// After so long somebody gets the first of ten bookings a minute back.
const BACK: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_eleventh_booking_of_a_minute_is_refused_whichever_service_it_reaches() {
    here!();
    if !is_there().await {
        return;
    }
    let stage = Stage::open().await;
    let both = [0, 1].map(|_| stage.serve_at(&["--redis", &redis()], "info"));
    // On a machine that is busy with something else the ten may take too long to be ten of a minute; somebody else tries again then.
    for _ in 0..10 {
        let token = both[0].token("serenity", Role::User, &uuid::Uuid::now_v7().to_string());
        let body = json!({"slot_id": "none", "customer": {"name": "Amina", "phone": "+254712345001"}});
        let book = |k: usize| both[k % 2].send(&token, "POST", "/v1/bookings", body.clone());
        let begun = Instant::now();
        let let_in = join_all((0..10).map(book)).await;
        let refused = join_all((0..4).map(book)).await;
        if begun.elapsed() >= BACK {
            continue;
        }
        assert!(let_in.iter().all(|answer| answer.status == 404), "{:?}", let_in.iter().map(|answer| answer.status).collect::<Vec<_>>());
        for answer in refused {
            let retry: u64 = answer.headers.get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap()).unwrap_or_default();
            assert_eq!((answer.status, answer.code()), (429, "RATE_LIMITED"), "{}", answer.text);
            assert!((1..=6).contains(&retry), "{retry}");
        }
        // Questions are counted apart.
        both[1].get(&token, "/v1/locations").await.with(200);
        both.iter().for_each(crate::running::Running::assert_well);
        return;
    }
    panic!("ten requests took more than six seconds, ten times");
}
