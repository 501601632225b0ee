//! What is counted, as Prometheus reads it.

use serde_json::json;
use zamu::keyring::Role;

use super::house::{self, SPA, here};
use super::stage::{Stage, hold_of, in_days, slots};

/// The value of a count, all its labels together.
fn value(numbers: &str, name: &str) -> Option<f64> {
    let of = |line: &str| {
        let rest = line.strip_prefix(name)?;
        let rest = if rest.starts_with('{') { rest.split_once('}')?.1 } else { rest };
        rest.strip_prefix(' ')?.parse::<f64>().ok()
    };
    let values: Vec<f64> = numbers.lines().filter_map(of).collect();
    (!values.is_empty()).then(|| values.iter().sum())
}

#[tokio::test]
async fn the_numbers_that_operators_look_at_are_there() {
    here!();
    let stage = Stage::open().await;
    let service = stage.serve();
    let before = service.get("", "/metrics").await.with(200).text;
    for name in ["assignment_success", "retry_count", "manual_review_count"] {
        assert_eq!(value(&before, name), Some(0.0), "{name} begins at zero: {before}");
    }
    let (admin, user) = (service.token("serenity", Role::Admin, "ann"), service.token("serenity", Role::User, "amina"));
    let places = slots(&service, "swedish", &[in_days(3)]).await;
    service.get(&user, &format!("/v1/slots?location_id={SPA}&service_id=swedish&date={}", in_days(3))).await.with(200);
    for (k, place) in [&places[0], &places[8]].into_iter().enumerate() {
        let id = service.send(&user, "POST", "/v1/bookings", hold_of(place, k)).await.with(201).text_of("id");
        service.send(&user, "POST", &format!("/v1/bookings/{id}/confirm"), json!({})).await.with(200);
    }
    let desk = json!({"location_id": SPA, "service_id": "swedish", "start": format!("{}T15:00", in_days(3))});
    service.send(&admin, "POST", "/admin/v1/bookings", desk).await.with(201);
    for person in ["grace", "joy", "brian"] {
        let away = json!({"location_id": SPA, "person_id": person, "reason": "sick",
            "start": format!("{}T00:00", in_days(3)), "end": format!("{}T23:00", in_days(3))});
        service.send(&admin, "POST", "/admin/v1/blocks", away).await.with(201);
    }
    let run = service.send(&admin, "POST", "/admin/v1/runs", json!({"location_id": SPA, "date": in_days(3)})).await.with(201);
    assert_eq!(run.text_of("status"), "applied", "{}", run.text);
    // Somebody made up a method; it gets no count of its own.
    let _ = service.http.request("BREW".parse().unwrap(), format!("{}/v1/slots", service.url)).send().await.unwrap();
    let numbers = service.get("", "/metrics").await.with(200).text;
    let at_least = |name: &str, least: f64| assert!(value(&numbers, name).is_some_and(|value| value >= least), "{name}: {numbers}");
    at_least("exposed_slots_count_count", 1.0);
    at_least("hold_to_confirm_ms_count", 2.0);
    at_least("http_request_seconds_count", 9.0);
    at_least("lock_wait_ms_count", 6.0);
    at_least("optimizer_score_delta_count", 1.0);
    at_least("retry_count", 0.0);
    assert_eq!(value(&numbers, "assignment_success"), Some(3.0), "two customers and the desk: {numbers}");
    assert_eq!(value(&numbers, "manual_review_count"), Some(3.0), "all three are with nobody now: {numbers}");
    assert_eq!(value(&numbers, "http_requests_under_way"), Some(1.0), "this one");
    assert!(!numbers.contains("BREW"), "{numbers}");
    service.assert_well();
}
