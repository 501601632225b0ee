//! The edge: names of requests, sizes, broken input, problem documents, being ready, ending well.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;
use zamu::http::problem::CODES;
use zamu::keyring::Role;
use zamu::store::Store;

use super::harness::{Service, read};
use super::house::{self, here};

#[tokio::test]
async fn a_request_keeps_its_name_and_one_without_gets_one() {
    here!();
    let service = Service::start().await;
    let named = read(service.http.get(format!("{}/healthz", service.url)).header("X-Request-Id", "trace-42")).await;
    assert_eq!(named.headers["x-request-id"], "trace-42");
    let unnamed = read(service.http.get(format!("{}/nowhere", service.url))).await.with(404);
    assert_eq!(uuid::Uuid::parse_str(unnamed.headers["x-request-id"].to_str().unwrap()).unwrap().get_version_num(), 7);
    assert_eq!(unnamed.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn every_problem_has_a_code_of_the_list_and_its_status() {
    here!();
    let service = Service::start().await;
    let ann = service.token(Role::Admin, "ann");
    let url = &service.url;
    let post = || service.http.post(format!("{url}/v1/bookings")).bearer_auth(&ann).header("Idempotency-Key", "k");
    let answers = [
        read(service.http.get(format!("{url}/nowhere"))).await,
        read(service.http.delete(format!("{url}/v1/slots")).bearer_auth(&ann)).await,
        read(service.http.get(format!("{url}/v1/slots")).bearer_auth(&ann)).await,
        read(service.http.get(format!("{url}/v1/locations"))).await,
        read(post().body("{")).await,
        read(post().header("Content-Type", "application/json").body("{")).await,
        read(post().json(&json!({"slot_id": 7}))).await,
        read(post().json(&json!({"slot_id": "x\u{0}y", "customer": {"name": "A", "phone": "1"}}))).await,
        read(post().header("Content-Type", "application/json").body("x".repeat(300 * 1024))).await,
        read(service.http.get(format!("{url}/v1/bookings/%00")).bearer_auth(&ann)).await,
        read(service.http.post(format!("{url}/v1/bookings")).bearer_auth(&ann).header("Idempotency-Key", "ä").json(&json!({}))).await,
    ];
    let seen: Vec<(u16, &str)> = answers.iter().map(|answer| (answer.status, answer.code())).collect();
    assert_eq!(
        seen,
        [
            (404, "NOT_FOUND"),
            (405, "METHOD_NOT_ALLOWED"),
            (422, "INVALID"),
            (401, "UNAUTHENTICATED"),
            (415, "UNSUPPORTED_MEDIA_TYPE"),
            (400, "BAD_REQUEST"),
            (422, "INVALID"),
            (422, "INVALID"),
            (413, "PAYLOAD_TOO_LARGE"),
            (400, "BAD_REQUEST"),
            (400, "BAD_REQUEST"),
        ]
    );
    for answer in &answers {
        assert!(CODES.iter().any(|(code, status, _)| (*code, *status) == (answer.code(), answer.status)), "{}", answer.text);
        assert_eq!(
            (answer.body["status"].as_u64(), answer.headers["content-type"].to_str().unwrap()),
            (Some(u64::from(answer.status)), "application/problem+json")
        );
        assert!(!answer.text_of("detail").is_empty() && answer.text_of("type").starts_with("urn:zamu:problem:"));
    }
    assert_eq!(answers[1].headers["allow"], "GET,HEAD");
}

#[tokio::test]
async fn a_phone_number_or_a_time_that_cannot_be_read_is_refused_with_what_was_expected() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina");
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let bad = service.hold(&amina, &slot, "call me").await.with(422);
    assert!(bad.text_of("detail").starts_with("customer.phone: "), "{}", bad.text);
    let nobody = service.send(&amina, "POST", "/v1/bookings", json!({"slot_id": slot, "customer": {"name": "A"}})).await.with(422);
    assert!(nobody.text_of("detail").contains("phone number or an e-mail"), "{}", nobody.text);
    let extra = service
        .send(&amina, "POST", "/v1/bookings", json!({"slot_id": slot, "customer": {"name": "A", "phone": "+254712345001", "age": 4}}))
        .await
        .with(422);
    assert!(extra.text_of("detail").contains("customer.age") || extra.text_of("detail").contains("unknown field `age`"), "{}", extra.text);
    let when = service.get(&amina, "/v1/slots?location_id=westlands&service_id=swedish&date=tomorrow").await.with(422);
    assert!(when.text_of("detail").contains("YYYY-MM-DD"));
    assert!(
        service.spa.store.bookings_page("serenity", &Default::default(), None, 10).await.unwrap().bookings.is_empty(),
        "bad input changes nothing"
    );
}

#[tokio::test]
async fn it_is_ready_while_the_store_answers_and_says_so_when_it_does_not() {
    here!();
    let service = Service::start().await;
    let ask = |path: &'static str| read(service.http.get(format!("{}{path}", service.url)));
    ask("/healthz").await.with(200);
    ask("/readyz").await.with(200);
    service.spa.store.close().await;
    let away = ask("/readyz").await.with(503);
    assert_eq!((away.code(), away.headers["retry-after"].to_str().unwrap()), ("STORE_UNAVAILABLE", "5"));
    ask("/healthz").await.with(200);
}

#[tokio::test]
async fn whoever_sends_too_slowly_is_let_go_and_keeps_nobody_else_waiting() {
    here!();
    let service = Service::start().await;
    let address = service.url.trim_start_matches("http://").to_owned();
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
    read(service.http.get(format!("{}/healthz", service.url))).await.with(200);
    let ended = tokio::task::spawn_blocking(move || {
        let mut rest = Vec::new();
        slow.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        slow.read_to_end(&mut rest).map(|_| rest)
    });
    let rest = ended.await.unwrap().expect("the connection is closed by the service, before we give up");
    assert!(rest.is_empty() || String::from_utf8_lossy(&rest).contains("408"), "{}", String::from_utf8_lossy(&rest));
}
