//! How often one may ask: in one process, in several that share a Redis, and when that Redis is gone.
//!
//! Nothing here relies on how fast the machine is: what a person gets back while a test runs is counted in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::net::TcpListener;
use std::time::Duration;

use zamu::clock::{Clock, Stopwatch, SystemClock};
use zamu::http::limits::{Class, InProcess, Limiter, Rates, Shared, Verdict};

/// Somebody that no other test and no earlier run knows.
fn somebody() -> String {
    zamu::domain::id::new_id(SystemClock.now())
}

/// Asks until it is refused: how many were allowed, the refusal, and how many more than the burst the time it took may have given back.
async fn ask_until_refused(limiters: &[&dyn Limiter], class: Class, who: &str, per_minute: u32) -> (u32, Verdict, u32) {
    let running = Stopwatch::start();
    for (allowed, limiter) in (0..100_000).zip(limiters.iter().cycle()) {
        let verdict = limiter.ask(class, who).await;
        if !verdict.allowed {
            let back = running.elapsed_s() * f64::from(per_minute) / 60.0;
            return (allowed, verdict, back as u32 + 1);
        }
        assert_eq!((verdict.limit, verdict.retry_after_s), (per_minute, 0));
    }
    panic!("{who} was never refused");
}

fn assert_a_minutes_worth((allowed, refused, back): (u32, Verdict, u32), per_minute: u32) {
    assert!((per_minute..=per_minute + back).contains(&allowed), "{allowed} allowed, {back} given back");
    assert_eq!((refused.allowed, refused.limit, refused.remaining), (false, per_minute, 0));
    assert!((1..=60).contains(&refused.retry_after_s), "{refused:?}");
}

#[tokio::test]
async fn the_61st_read_and_the_11th_booking_of_a_moment_are_refused_with_when_to_come_back() {
    let limiter = InProcess::new(Rates::default());
    assert_a_minutes_worth(ask_until_refused(&[&limiter], Class::Read, "ruth", 60).await, 60);
    assert_a_minutes_worth(ask_until_refused(&[&limiter], Class::Book, "ruth", 10).await, 10);
    assert_a_minutes_worth(ask_until_refused(&[&limiter], Class::Manage, "ruth", 600).await, 600);
    assert_a_minutes_worth(ask_until_refused(&[&limiter], Class::SignIn, "ruth", 5).await, 5);
}

#[tokio::test]
async fn nobody_pays_for_somebody_else() {
    let limiter = InProcess::new(Rates::default());
    ask_until_refused(&[&limiter], Class::Book, "ruth", 10).await;
    let amina = limiter.ask(Class::Book, "amina").await;
    assert_eq!(amina, Verdict { allowed: true, limit: 10, remaining: 9, retry_after_s: 0 });
    assert!(limiter.ask(Class::Read, "ruth").await.allowed, "each class counts for itself");
}

#[tokio::test]
async fn a_rate_of_nothing_is_no_limit() {
    let limiter = InProcess::new(Rates { read_per_minute: 0, ..Rates::default() });
    for _ in 0..1000 {
        let verdict = limiter.ask(Class::Read, "ruth").await;
        assert_eq!((verdict.allowed, verdict.limit), (true, 0));
    }
    assert_eq!(limiter.remembered(), 0);
}

#[tokio::test]
async fn who_has_the_whole_minute_back_is_forgotten() {
    // A thousand a second: what one request cost is back after a millisecond.
    let limiter = InProcess::new(Rates { read_per_minute: 60_000, ..Rates::default() });
    for k in 0..20_000 {
        limiter.ask(Class::Read, &format!("passer-by {k}")).await;
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    for _ in 0..60_000 {
        limiter.ask(Class::Read, "ruth").await;
    }
    assert_eq!(limiter.remembered(), 1);
}

/// Where the tests' Redis is.
fn url() -> String {
    std::env::var("ZAMU_TEST_REDIS").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned())
}

/// A connection of the tests' own; none, loudly, where there is no Redis. With `CI=true` there must be one.
async fn redis() -> Option<redis::aio::MultiplexedConnection> {
    let client = redis::Client::open(url()).unwrap();
    match client.get_multiplexed_async_connection().await {
        Ok(connection) => Some(connection),
        Err(error) if std::env::var("CI").is_ok_and(|ci| ci == "true") => panic!("no Redis at {}: {error}; start one or set ZAMU_TEST_REDIS", url()),
        Err(error) => {
            eprintln!("SKIPPED: no Redis at {} ({error}); start one or set ZAMU_TEST_REDIS", url());
            None
        }
    }
}

#[tokio::test]
async fn two_processes_on_one_redis_count_together() {
    if redis().await.is_none() {
        return;
    }
    let (one, two) = (Shared::connect(&url(), Rates::default()).await.unwrap(), Shared::connect(&url(), Rates::default()).await.unwrap());
    for (class, per_minute) in [(Class::Read, 60), (Class::Book, 10), (Class::Manage, 600), (Class::SignIn, 5)] {
        let who = somebody();
        let first = one.ask(class, &who).await;
        assert_eq!(first, Verdict { allowed: true, limit: per_minute, remaining: per_minute - 1, retry_after_s: 0 });
        let (allowed, refused, back) = ask_until_refused(&[&two, &one], class, &who, per_minute).await;
        assert_a_minutes_worth((allowed + 1, refused, back), per_minute);
        assert!(two.ask(class, &somebody()).await.allowed, "another person is not affected");
    }
}

#[tokio::test]
async fn what_redis_remembers_goes_by_itself_and_names_nobody() {
    let Some(mut connection) = redis().await else { return };
    let limiter = Shared::connect(&url(), Rates::default()).await.unwrap();
    let who = format!("ruth-{}", somebody());
    for class in [Class::Read, Class::Book, Class::Manage, Class::SignIn] {
        limiter.ask(class, &who).await;
    }
    let keys: Vec<String> = redis::cmd("KEYS").arg("zamu:rate:*").query_async(&mut connection).await.unwrap();
    assert!(!keys.iter().any(|key| key.contains("ruth")), "{keys:?}");
    for key in keys {
        let left_ms: i64 = redis::cmd("PTTL").arg(&key).query_async(&mut connection).await.unwrap();
        assert!(left_ms == -2 || (0..=61_000).contains(&left_ms), "{key} goes in {left_ms} ms");
    }
}

#[tokio::test]
async fn without_a_redis_each_process_counts_for_itself() {
    // A port that was free a moment ago.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let limiter = Shared::connect(&format!("redis://{nobody}"), Rates::default()).await.unwrap();
    assert_a_minutes_worth(ask_until_refused(&[&limiter], Class::Book, "ruth", 10).await, 10);
    assert!(limiter.ask(Class::Book, "amina").await.allowed);
}

#[tokio::test]
async fn a_redis_that_takes_the_call_and_says_nothing_is_not_waited_for() {
    // Takes connections by itself (they wait to be accepted) and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let limiter = Shared::connect(&format!("redis://{}", silent.local_addr().unwrap()), Rates::default()).await.unwrap();
    assert_a_minutes_worth(ask_until_refused(&[&limiter], Class::Book, "ruth", 10).await, 10);
}

#[tokio::test]
async fn a_redis_that_comes_back_is_used_again() {
    let Some(_) = redis().await else { return };
    // Between the two: first nobody listens on the port, then everything is handed on to the real one.
    let door = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let limiter = Shared::connect(&format!("redis://{door}"), Rates::default()).await.unwrap();
    let who = somebody();
    assert!(limiter.ask(Class::Book, &who).await.allowed);
    let real = url().trim_start_matches("redis://").trim_end_matches('/').to_owned();
    let Ok(listener) = tokio::net::TcpListener::bind(door).await else {
        eprintln!("SKIPPED: somebody else took the port {door} meanwhile");
        return;
    };
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            let Ok(mut to) = tokio::net::TcpStream::connect(&real).await else { break };
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut from, &mut to).await });
        }
    });
    // Another process sees in the real Redis whether this one counts there again.
    let witness = Shared::connect(&url(), Rates::default()).await.unwrap();
    for _ in 0..600 {
        let fresh = somebody();
        limiter.ask(Class::Book, &fresh).await;
        if witness.ask(Class::Book, &fresh).await.remaining == 8 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never asked the Redis that came back");
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_being_told() {
    for url in ["", "127.0.0.1", "http://x:secret@h", "redis://:secret@"] {
        if let Err(error) = Shared::connect(url, Rates::default()).await {
            assert!(error.to_string().contains("redis://[user") && !error.to_string().contains("secret"), "{error}");
        } else {
            assert!(url.starts_with("redis://"), "{url}");
        }
    }
}
