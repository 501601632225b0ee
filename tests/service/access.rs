//! Who may do what, and that nobody sees another tenant's data: the whole table, route by route.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::json;
use zamu::clock::Clock;
use zamu::http::access::{Access, ROUTES};
use zamu::http::limits::Rates;
use zamu::http::openapi;
use zamu::http::web::is_page;
use zamu::keyring::{Algorithm, Claims, Role};
use zamu::store::{LocationRow, Store, TenantRow};

use super::harness::{Service, read, thursday};
use super::house::{self, SPA, here};

/// A path of the table with these ids in it.
fn filled(path: &str, id: &str, location: &str) -> String {
    let path = path.replace("{id}", id).replace("{*rest}", "index.html");
    let asks_where = path.starts_with("/admin/") || path.starts_with("/v1/");
    let query = format!("location_id={location}&date=2026-11-21&from=2026-11-21&to=2026-11-21&service_id=swedish&gender=female");
    if asks_where { format!("{path}?{query}") } else { path }
}

#[test]
fn the_table_of_roles_and_the_document_know_the_same_routes() {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut documented = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            documented.insert((method.to_uppercase(), path.clone()));
        }
    }
    let mut listed: BTreeSet<(String, String)> = BTreeSet::new();
    for route in ROUTES {
        assert!(listed.insert((route.method.to_owned(), route.path.to_owned())), "{} {} stands twice", route.method, route.path);
    }
    let pages = ["/docs", "/docs/", "/docs/{*rest}", "/openapi.json"];
    listed.retain(|(_, path)| !pages.contains(&path.as_str()) && !is_page(path));
    assert_eq!(documented, listed);
}

#[tokio::test]
async fn every_route_lets_in_the_roles_of_the_table_and_nobody_else() {
    here!();
    let service = Service::start().await;
    for route in ROUTES.iter().filter(|route| !is_page(route.path)) {
        let path = filled(route.path, "none-such", SPA);
        let bare = service.http.request(route.method.parse().unwrap(), format!("{}{path}", service.url)).header("Idempotency-Key", "k");
        let without = read(bare).await;
        let Access::Roles(roles) = route.access else {
            assert!(without.status < 400, "{} {} is for everybody: {}", route.method, route.path, without.text);
            continue;
        };
        assert_eq!((without.status, without.code()), (401, "UNAUTHENTICATED"), "{} {}", route.method, route.path);
        for role in Role::ALL {
            let answer = service.send(&service.token(role, "somebody"), route.method, &path, json!({})).await;
            let refused = answer.status == 403;
            assert_eq!(refused, !roles.contains(&role), "{} {} as {}: {}", route.method, route.path, role.word(), answer.text);
            assert!(answer.status != 401 && answer.status < 500, "{} {}: {}", route.method, route.path, answer.text);
        }
    }
}

#[tokio::test]
async fn another_tenants_ids_are_not_to_be_found_on_any_route() {
    here!();
    let service = Service::start().await;
    // Somebody else's house, with one of everything.
    let store = &service.spa.store;
    store.upsert_tenant(&TenantRow::new("rival", "Rival Spas")).await.unwrap();
    let place = LocationRow { id: "karen".into(), tenant_id: "rival".into(), name: "Karen".into(), timezone: house::TIMEZONE };
    store.upsert_location(&place).await.unwrap();
    let rival = service.token_of("rival", Role::Admin, "rita");
    let theirs = |path: &str, body: serde_json::Value| {
        let (service, rival, path) = (&service, rival.clone(), path.to_owned());
        async move { service.send(&rival, "POST", &path, body).await.with(201).text_of("id") }
    };
    let person = theirs("/admin/v1/people", json!({"location_id": "karen", "name": "Rose", "qualifications": ["massage"]})).await;
    let what =
        theirs("/admin/v1/services", json!({"location_id": "karen", "name": "Massage", "duration_minutes": 60, "qualifications": ["massage"]})).await;
    let table = theirs("/admin/v1/tables", json!({"location_id": "karen", "name": "Window", "seats": 4})).await;
    let rule =
        theirs("/admin/v1/availabilities", json!({"location_id": "karen", "rule_kind": "WEEKLY", "start_time": "09:00", "end_time": "17:00"})).await;
    let block = theirs(
        "/admin/v1/blocks",
        json!({"location_id": "karen", "person_id": person, "start": "2026-11-22T09:00", "end": "2026-11-22T10:00", "reason": "sick"}),
    )
    .await;
    let absence = theirs("/admin/v1/absences", json!({"location_id": "karen", "person": person, "from": "2026-11-22"})).await;
    let run = theirs("/admin/v1/runs", json!({"location_id": "karen", "date": "2026-11-21", "dry_run": false})).await;
    let booking = theirs("/admin/v1/bookings", json!({"location_id": "karen", "service_id": what, "start": "2026-11-21T10:00", "customer": {"name": "Secret Customer", "phone": "+254712345009"}})).await;
    let slots = service.get(&rival, "/v1/slots?location_id=karen&service_id=x&date=2026-11-21").await;
    assert_eq!(slots.status, 404, "an unknown service");
    let shown = service.get(&rival, &format!("/v1/slots?location_id=karen&service_id={what}&date=2026-11-21")).await.with(200);
    let slot = shown.body["slots"][0]["id"].as_str().unwrap().to_owned();

    let asked = json!({"location_id": "karen", "from": "2026-11-21", "to": "2026-11-21", "scenario": {"name": "Rival plans", "change": [{"kind": "waive-gender"}]}});
    let whatif = service.send(&rival, "POST", "/admin/v1/whatifs", asked).await.with(202).text_of("id");

    let before = fingerprint(&service).await;
    for role in Role::ALL {
        let ours = service.token(role, "somebody");
        for route in ROUTES.iter().filter(|route| !is_page(route.path) && matches!(route.access, Access::Roles(roles) if roles.contains(&role))) {
            for id in [&person, &what, &table, &rule, &block, &absence, &run, &booking, &whatif, &"karen".to_owned()] {
                for location in ["karen", SPA] {
                    let path = filled(route.path, id, location);
                    let body = json!({"location_id": location, "slot_id": slot, "service_id": what, "person_id": person, "name": "x", "to": "cancelled", "reason": "x"});
                    let answer = service.send(&ours, route.method, &path, if route.method == "GET" { json!(null) } else { body }).await;
                    let ours_only = route.path.contains("{id}") || location == "karen";
                    // A list of our own may be empty; whatever names theirs is not found, or not acceptable.
                    if ours_only && !(route.method == "GET" && !route.path.contains("{id}") && answer.status == 200) {
                        assert!(matches!(answer.status, 404 | 422), "{} {path} as {}: {}", route.method, role.word(), answer.text);
                    }
                    for secret in ["Rose", "Secret Customer", "Window", "Rival", "Karen"] {
                        assert!(!answer.text.contains(secret), "{} {path} tells {secret}: {}", route.method, answer.text);
                    }
                }
            }
        }
        let hold = json!({"slot_id": slot, "customer": {"name": "Thief", "phone": "+254712345011"}});
        service.send(&ours, "POST", "/v1/bookings", hold).await.with(404);
        let unbooked = service.get(&ours, "/v1/bookings").await.with(200);
        assert_eq!(unbooked.body["bookings"], json!([]));
    }
    assert_eq!(fingerprint(&service).await, before, "nothing of theirs was changed");
}

/// Everything of the rival's house, as text.
async fn fingerprint(service: &Service) -> String {
    let store = &service.spa.store;
    let all = chrono_span();
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        store.resources("karen").await.unwrap(),
        store.services("karen").await.unwrap(),
        store.rules("karen").await.unwrap(),
        store.blocks("karen", all).await.unwrap(),
        store.bookings_between("karen", all).await.unwrap()
    )
}

fn chrono_span() -> zamu::domain::Span {
    zamu::domain::Span::new(house::at("2026-01-01", "00:00"), house::at("2027-12-31", "00:00"))
}

#[tokio::test]
async fn a_customer_sees_and_changes_their_own_bookings_only() {
    here!();
    let service = Service::start().await;
    let (amina, ben) = (service.token(Role::User, "amina-app"), service.token(Role::User, "ben-app"));
    let held = service.hold(&amina, &service.slot("swedish", "2026-11-21", "10:00").await, "+254712345001").await.with(201);
    let path = format!("/v1/bookings/{}", held.text_of("id"));
    service.get(&ben, &path).await.with(404);
    for step in ["confirm", "cancel"] {
        service.send(&ben, "POST", &format!("{path}/{step}"), json!({})).await.with(404);
    }
    service.send(&amina, "POST", &format!("{path}/confirm"), json!({})).await.with(200);
    service.get(&service.token(Role::Frontdesk, "ruth"), &path).await.with(200);
}

#[tokio::test]
async fn a_token_for_one_location_opens_that_one_only() {
    here!();
    let service = Service::start().await;
    let other = LocationRow { id: "lavington".into(), tenant_id: "serenity".into(), name: "Lavington".into(), timezone: house::TIMEZONE };
    service.spa.store.upsert_location(&other).await.unwrap();
    let claims = Claims { location: Some(SPA.into()), ..Claims::lasting("ruth", "serenity", Role::Manager, service.clock.now(), 3600) };
    let ruth = service.app.keys.keys().mint(&claims, service.clock.now()).unwrap();
    let seen = service.get(&ruth, "/admin/v1/locations").await.with(200);
    assert_eq!((seen.body.as_array().unwrap().len(), seen.body[0]["id"].as_str()), (1, Some(SPA)));
    service.get(&ruth, "/admin/v1/people?location_id=lavington").await.with(404);
    service.send(&ruth, "PATCH", "/admin/v1/settings", json!({"hold_minutes": 5})).await.with(403);
}

#[tokio::test]
async fn tokens_of_both_algorithms_count_until_they_end_and_rotated_keys_for_as_long_as_said() {
    here!();
    let service = Service::start().await;
    let old = service.token(Role::Manager, "ruth");
    service.get(&old, "/admin/v1/locations").await.with(200);
    service.app.keys.change(|keys| keys.rotate_token(Algorithm::EdDsa, service.clock.now(), 600)).unwrap();
    let new = service.token(Role::Manager, "ruth");
    for token in [&old, &new] {
        service.get(token, "/admin/v1/locations").await.with(200);
    }
    service.clock.set(thursday() + TimeDelta::seconds(700));
    let retired = service.get(&old, "/admin/v1/locations").await.with(401);
    assert_eq!(retired.headers["www-authenticate"], "Bearer");
    service.get(&new, "/admin/v1/locations").await.with(200);
    service.clock.set(thursday() + TimeDelta::days(31));
    service.get(&new, "/admin/v1/locations").await.with(401);
    let forged = format!("{}x", service.token(Role::Admin, "eve"));
    service.get(&forged, "/admin/v1/locations").await.with(401);
}

#[tokio::test]
async fn the_eleventh_booking_of_a_minute_waits_and_another_customers_first_does_not() {
    here!();
    let service = Service::with_rates(Rates::default()).await;
    let (amina, ben) = (service.token(Role::User, "amina-app"), service.token(Role::User, "ben-app"));
    let mut answers = Vec::new();
    for _ in 0..11 {
        answers.push(service.hold(&amina, "none-such", "+254712345001").await);
    }
    assert!(answers[..10].iter().all(|answer| answer.status == 404), "{answers:?}");
    assert_eq!((answers[10].status, answers[10].code()), (429, "RATE_LIMITED"));
    assert!(answers[10].headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(answers[0].headers["x-ratelimit-limit"], "10");
    service.hold(&ben, "none-such", "+254712345001").await.with(404);
    service.get(&amina, "/v1/locations").await.with(200);
}
