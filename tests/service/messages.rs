//! What people were told, at the desk: listed without an address, taken up again or dismissed, and the settings that belong to it.

use serde_json::json;
use zamu::keyring::Role;
use zamu::notify::{SendError, SendErrorKind, Sender, Text, deliver};
use zamu::store::{OutboxClass, OutboxRow, Store};

use super::harness::Service;
use super::house::{self, SPA, here};

/// Knows nobody.
struct KnowsNobody;

#[async_trait::async_trait]
impl Sender for KnowsNobody {
    async fn send(&self, row: &OutboxRow, _: &Text) -> Result<(), SendError> {
        Err(SendError::new(SendErrorKind::Hopeless, format!("{} is nobody's", row.recipient)))
    }
}

/// A service with a booking of Zawadi's, and the message that it stands.
async fn booked() -> (Service, String) {
    let service = Service::start().await;
    let user = service.token(Role::User, "zawadi-app");
    let held = service.hold(&user, &service.slot("swedish", "2026-11-21", "10:00").await, "+254712345001").await.with(201);
    let id = held.text_of("id");
    service.send(&user, "POST", &format!("/v1/bookings/{id}/confirm"), json!({})).await.with(200);
    (service, id)
}

#[tokio::test]
async fn messages_are_listed_by_what_became_of_them_and_dead_ones_are_settled_once() {
    here!();
    let (service, booking) = booked().await;
    let (desk, scheduler) = (service.token(Role::Frontdesk, "ruth"), service.token(Role::Scheduler, "sam"));
    let list = async |query: &str| service.get(&desk, &format!("/admin/v1/messages?{query}")).await.with(200);
    let pending = list("state=pending").await;
    let message = &pending.body["messages"][0];
    assert_eq!((message["topic"].as_str(), message["booking_id"].as_str()), (Some("booking.confirmed"), Some(booking.as_str())));
    assert!(message["to"].as_str().unwrap().contains('•') && !pending.text.contains("712345001"), "{}", pending.text);
    let id = message["id"].as_str().unwrap().to_owned();
    let path = |what: &str| format!("/admin/v1/messages/{id}/{what}");
    service.send(&desk, "POST", &path("retry"), json!({})).await.with(404);

    deliver(&service.spa.store, service.clock.as_ref(), OutboxClass::Message, &KnowsNobody).await.unwrap();
    let dead = list(&format!("state=dead&location_id={SPA}&booking_id={booking}")).await;
    assert_eq!(dead.body["messages"][0]["attempts"], 1);
    assert!(!dead.text.contains("712345001"), "{}", dead.text);
    service.send(&scheduler, "POST", &path("retry"), json!({})).await.with(403);
    service.send_as(&desk, "POST", &path("retry"), json!({}), "again").await.with(200);
    service.send_as(&desk, "POST", &path("retry"), json!({}), "again").await.with(200);
    assert_eq!(list("state=pending").await.body["messages"][0]["settled_by"], "frontdesk:ruth");
    deliver(&service.spa.store, service.clock.as_ref(), OutboxClass::Message, &KnowsNobody).await.unwrap();
    service.send(&desk, "POST", &path("dismiss"), json!({})).await.with(200);
    service.send(&desk, "POST", &path("dismiss"), json!({})).await.with(404);
    assert_eq!(list("state=dismissed").await.body["messages"].as_array().unwrap().len(), 1);
    assert_eq!(service.get(&desk, "/admin/v1/messages?state=lost").await.with(422).code(), "INVALID");
}

#[tokio::test]
async fn the_list_goes_on_page_by_page_and_shows_nobody_elses() {
    here!();
    let (service, booking) = booked().await;
    let desk = service.token(Role::Frontdesk, "ruth");
    for start in ["11:00", "12:00"] {
        service.send(&desk, "PATCH", &format!("/admin/v1/bookings/{booking}"), json!({"start": format!("2026-11-21T{start}")})).await.with(200);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = service.get(&desk, &format!("/admin/v1/messages?limit=1&cursor={cursor}")).await.with(200);
        seen.extend(page.body["messages"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        match page.body["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let all = service.spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap();
    let newest_first: Vec<String> = all.iter().rev().map(|row| row.id.to_string()).collect();
    assert_eq!(seen, newest_first);
    let rival = service.token_of("rival", Role::Manager, "rita");
    assert_eq!(service.get(&rival, "/admin/v1/messages").await.with(200).body["messages"], json!([]));
}

#[tokio::test]
async fn the_house_that_cancels_tells_and_the_customer_who_cancels_is_not_told() {
    here!();
    for (by_house, topics) in [(true, vec!["booking.confirmed", "booking.cancelled"]), (false, vec!["booking.confirmed"])] {
        let (service, booking) = booked().await;
        if by_house {
            let desk = service.token(Role::Frontdesk, "ruth");
            service.send(&desk, "PATCH", &format!("/admin/v1/bookings/{booking}"), json!({"state": "cancelled"})).await.with(200);
        } else {
            let user = service.token(Role::User, "zawadi-app");
            service.send(&user, "POST", &format!("/v1/bookings/{booking}/cancel"), json!({})).await.with(200);
        }
        let rows = service.spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.topic.as_str()).collect::<Vec<_>>(), topics);
    }
}

#[tokio::test]
async fn languages_quiet_hours_and_reminders_are_settings() {
    here!();
    let service = Service::start().await;
    let manager = service.token(Role::Manager, "ruth");
    let change = async |body: serde_json::Value| service.send(&manager, "PATCH", "/admin/v1/settings", body).await;
    let set = change(json!({"language": "sw", "quiet_from": "21:00", "quiet_to": "08:00", "reminder_minutes": 1440})).await.with(200);
    let read = |answer: &super::harness::Answer| ["language", "quiet_from", "quiet_to", "reminder_minutes"].map(|member| answer.body[member].clone());
    assert_eq!(read(&set), [json!("sw"), json!("21:00"), json!("08:00"), json!(1440)]);
    let kept = change(json!({"quiet_to": "07:30"})).await.with(200);
    assert_eq!(read(&kept), [json!("sw"), json!("21:00"), json!("07:30"), json!(1440)]);
    let none = change(json!({"quiet_from": null, "quiet_to": null, "reminder_minutes": null})).await.with(200);
    assert_eq!(read(&none), [json!("sw"), json!(null), json!(null), json!(null)]);
    for (wrong, said) in [
        (json!({"language": "de"}), "expected en or sw"),
        (json!({"quiet_from": "21:00"}), "expected both"),
        (json!({"quiet_from": "24:00", "quiet_to": "08:00"}), "23:59"),
        (json!({"reminder_minutes": 0}), "1 to 20160"),
    ] {
        let refused = change(wrong).await.with(422);
        assert!(refused.text.contains(said), "{}", refused.text);
    }
    // A customer's own language counts for them.
    let user = service.token(Role::User, "zawadi-app");
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let who = json!({"name": "Zawadi", "phone": "+254712345001", "language": "en"});
    let held = service.send(&user, "POST", "/v1/bookings", json!({"slot_id": slot, "customer": who})).await.with(201);
    service.send(&user, "POST", &format!("/v1/bookings/{}/confirm", held.text_of("id")), json!({})).await.with(200);
    let row = service.spa.store.outbox(OutboxClass::Message, 0, 1).await.unwrap().remove(0);
    assert!(zamu::notify::render(&row).unwrap().body.starts_with("Dear Zawadi"));
}
