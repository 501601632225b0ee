//! The log: JSON lines, each with the request it was written for, and never what somebody can be reached at.

use serde_json::{Value, json};
use zamu::keyring::Role;

use super::house::{self, SPA, here};
use super::stage::{Stage, hold_of, in_days, slots};
use crate::running::{UNLIMITED, read};

/// What a customer gave, in every form that it might turn up in.
const PLANTED: [&str; 7] =
    ["+254700123987", "254700123987", "0700123987", "700123987", "%2B254700123987", "planted.person@example.org", "planted.person"];

#[tokio::test]
async fn nobodys_address_is_in_the_log_however_much_is_written() {
    here!();
    let stage = Stage::open().await;
    let service = stage.serve_at(&UNLIMITED, "trace");
    let slot = slots(&service, "swedish", &[in_days(3)]).await.swap_remove(5);
    let admin = service.token("serenity", Role::Admin, "ann");
    let user = service.token("serenity", Role::User, "amina");
    let who = json!({"name": "Zawadi", "phone": "+254 700 123 987", "email": "Planted.Person@example.org"});
    let held = service.send(&user, "POST", "/v1/bookings", json!({"slot_id": slot, "customer": who})).await.with(201);
    let id = held.text_of("id");
    service.send(&user, "POST", &format!("/v1/bookings/{id}/confirm"), json!({})).await.with(200);
    for path in ["/admin/v1/bookings?phone=%2B254700123987", "/admin/v1/bookings?email=planted.person@example.org"] {
        assert_eq!(service.get(&admin, path).await.with(200).body["bookings"][0]["id"], id.as_str());
    }
    // Also where it is not accepted.
    let bad = json!({"slot_id": slot, "customer": {"name": "Zawadi", "phone": "+254700123987000000", "email": "planted.person@"}});
    service.send(&user, "POST", "/v1/bookings", bad).await.with(422);
    let odd = json!({"slot_id": slot, "customer": "+254700123987 planted.person@example.org"});
    service.send(&user, "POST", "/v1/bookings", odd).await.with(422);
    service.send(&admin, "PATCH", "/admin/v1/settings", json!({"manager_contact": "email:planted.person@example.org"})).await.with(200);
    service.send(&admin, "PATCH", &format!("/admin/v1/bookings/{id}"), json!({"people": ["joy"]})).await;
    service.send(&admin, "POST", "/admin/v1/runs", json!({"location_id": SPA, "date": in_days(3)})).await.with(201);
    let log = service.log().to_lowercase();
    assert!(log.lines().count() > 100, "there is something to look at");
    for planted in PLANTED {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(planted)).collect();
        assert!(lines.is_empty(), "{planted} is in {}", lines.join("\n"));
    }
    for token in [&admin, &user] {
        assert!(!service.log().contains(token.rsplit('.').next().unwrap()), "a token's signature is in the log");
    }
    service.assert_well();
}

#[tokio::test]
async fn every_line_is_json_and_says_for_which_request_it_was_written() {
    here!();
    let stage = Stage::open().await;
    let service = stage.serve_at(&UNLIMITED, "info,zamu=trace,sqlx=debug");
    let slot = slots(&service, "swedish", &[in_days(3)]).await.swap_remove(5);
    let (admin, user) = (service.token("serenity", Role::Admin, "ann"), service.token("serenity", Role::User, "amina"));
    let post = |path: &str, token: &str, name: &str, body: &Value| {
        let request = service.http.post(format!("{}{path}", service.url)).bearer_auth(token).json(body);
        read(request.header("Idempotency-Key", name).header("X-Request-Id", name))
    };
    let held = post("/v1/bookings", &user, "the-hold", &hold_of(&slot, 1)).await.unwrap().with(201);
    assert_eq!(held.headers["x-request-id"], "the-hold");
    post("/admin/v1/runs", &admin, "the-run", &json!({"location_id": SPA, "date": in_days(3)})).await.unwrap().with(201);
    post("/v1/bookings", &user, "the-refusal", &json!({})).await.unwrap().with(422);
    let unnamed = service.get(&user, "/v1/locations").await.with(200).headers["x-request-id"].to_str().unwrap().to_owned();
    let lines = service.log_lines();
    let of = |name: &str| lines.iter().filter(|line| line["span"]["request_id"] == name).collect::<Vec<_>>();
    for (name, status) in [("the-hold", 201), ("the-run", 201), ("the-refusal", 422), (unnamed.as_str(), 200)] {
        let answered: Vec<_> = of(name).into_iter().filter(|line| line["message"] == "answered").collect();
        assert_eq!((answered.len(), answered[0]["status"].as_u64()), (1, Some(status)), "{name}: {answered:?}");
    }
    let statements = |name: &str| of(name).iter().filter(|line| line["target"] == "sqlx::query").count();
    assert!(statements("the-hold") > 3 && statements("the-run") > 3, "what was asked of the database on behalf of each");
    // Nothing that the service does is done on nobody's behalf: a request, or a job of its own.
    let listening = lines.iter().position(|line| line["message"] == "listening").unwrap();
    for line in &lines[listening + 1..] {
        let on_behalf = line["span"]["request_id"].is_string() || line["span"]["name"] == "job";
        assert!(on_behalf || line["message"] == "asked to end: finishing what is under way", "{line}");
    }
}
