//! Absences over HTTP: looked at, asked back, confirmed, refused, undone.

use serde_json::{Value, json};
use zamu::keyring::Role;
use zamu::store::{OutboxClass, Store};

use super::harness::Service;
use super::house::{self, SPA, here, instant};

const PATH: &str = "/admin/v1/absences";

/// A spa on Thursday noon in which Grace has a swedish and a deep-tissue massage on Saturday.
async fn with_two_of_graces() -> (Service, String, Vec<String>) {
    let service = Service::start().await;
    let manager = service.token(Role::Manager, "ann");
    let mut ids = Vec::new();
    for (what, clock) in [("swedish", "10:00"), ("deep", "12:00")] {
        let body = json!({"location_id": SPA, "service_id": what, "start": format!("2026-11-21T{clock}")});
        let taken = service.send(&manager, "POST", "/admin/v1/bookings", body).await;
        let id = taken.with(201).text_of("id");
        ids.push(id);
    }
    zamu::operations::reassign(&service.spa.store, service.clock.as_ref(), &ids[0], &["grace"], "ann", "asked for").await.unwrap();
    (service, manager, ids)
}

fn words(text: &str) -> Value {
    json!({"location_id": SPA, "words": text})
}

#[tokio::test]
async fn a_sentence_is_looked_at_confirmed_and_undone() {
    here!();
    let (service, manager, ids) = with_two_of_graces().await;
    let look = service.send(&manager, "POST", PATH, words("Grace is out sick on Saturday")).await.with(201);
    assert_eq!((look.text_of("state"), look.text_of("reason"), look.text_of("person_id")), ("previewed".into(), "sick".into(), "grace".into()));
    assert_eq!((look.text_of("start").as_str(), look.text_of("end").as_str()), ("2026-11-21T00:00:00+03:00", "2026-11-22T00:00:00+03:00"));
    let day = &look.body["days"][0];
    assert_eq!((&day["moved_silently"], &day["unplaced"], &day["to_be_told"]), (&json!([ids[0]]), &json!([ids[1]]), &json!([])), "{}", look.text);
    assert_eq!(day["repairs"][0]["booking"], json!(ids[1]));
    assert!(day["repairs"][0]["repairs"][0]["sentence"].is_string() && day["repairs"][0]["repairs"][0]["tiers"].is_array(), "priced: {day}");
    assert_eq!(service.spa.holders(&ids[0]).await, ["grace"], "a look changes nothing");
    let id = look.text_of("id");
    assert_eq!(service.get(&manager, &format!("{PATH}/{id}")).await.with(200).body, look.body);

    let done = service.send(&manager, "POST", &format!("{PATH}/{id}/confirm"), json!({})).await.with(200);
    assert_eq!((done.text_of("state"), done.text_of("confirmed_by")), ("confirmed".into(), "manager:ann".into()));
    assert_ne!(service.spa.holders(&ids[0]).await, ["grace"]);
    assert!(service.spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap().iter().all(|row| row.topic == "booking.confirmed"));
    let blocks = service.get(&manager, &format!("/admin/v1/blocks?location_id={SPA}&from=2026-11-21&to=2026-11-21")).await.with(200);
    assert_eq!(blocks.body[0]["id"], done.body["block_id"]);
    let twice = service.send(&manager, "POST", &format!("{PATH}/{id}/confirm"), json!({})).await.with(200);
    assert_eq!(twice.body, done.body);

    let undone = service.send(&manager, "POST", &format!("{PATH}/{id}/undo"), json!({})).await.with(200);
    assert_eq!((undone.text_of("state"), &undone.body["undo"]["left"]), ("undone".into(), &json!([])));
    assert_eq!(service.spa.holders(&ids[0]).await, ["grace"]);
    let refused = service.send(&manager, "POST", &format!("{PATH}/{id}/confirm"), json!({})).await.with(409);
    assert_eq!(refused.code(), "ILLEGAL_TRANSITION");
    let list = service.get(&manager, &format!("{PATH}?location_id={SPA}")).await.with(200);
    assert_eq!(list.body.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_clear_is_asked_back_with_what_it_could_be() {
    here!();
    let service = Service::start().await;
    let manager = service.token(Role::Manager, "ann");
    for (text, about, choice) in [
        ("Gracie is out sick today", "who", "Grace is out sick today"),
        ("Grace is off on Thursday", "when", "Grace is off on 2026-11-26"),
        ("Grace is off 03/04", "when", "Grace is off 2027-03-04"),
        ("Grace can't work after 3pm", "when", "Grace can't work after 3pm tomorrow"),
        ("Grace was sick yesterday", "past", ""),
        ("Grace is back tomorrow", "not_an_absence", ""),
        ("Grace might be sick today", "word", ""),
    ] {
        let asked = service.send(&manager, "POST", PATH, words(text)).await.with(422);
        assert_eq!((asked.code(), asked.text_of("about").as_str()), ("ASKED_BACK", about), "{}", asked.text);
        let choices: Vec<&str> = asked.body["choices"].as_array().unwrap().iter().map(|one| one["words"].as_str().unwrap()).collect();
        assert!(choice.is_empty() && choices.is_empty() || choices.contains(&choice), "{text}: {choices:?}");
        if !choice.is_empty() {
            service.send(&manager, "POST", PATH, words(choice)).await.with(201);
        }
    }
}

#[tokio::test]
async fn a_day_that_changed_and_a_look_too_old_are_refused_with_a_new_look() {
    here!();
    let (service, manager, ids) = with_two_of_graces().await;
    let given = json!({"location_id": SPA, "person": "grace", "from": "2026-11-21", "reason": "sick"});
    let look = service.send(&manager, "POST", PATH, given).await.with(201);
    let body = json!({"location_id": SPA, "service_id": "swedish", "start": "2026-11-21T15:00"});
    service.send(&manager, "POST", "/admin/v1/bookings", body).await.with(201);
    let refused = service.send(&manager, "POST", &format!("{PATH}/{}/confirm", look.text_of("id")), json!({})).await.with(409);
    let fresh = &refused.body["preview"];
    assert_eq!((refused.code(), fresh["state"].as_str()), ("PREVIEW_OUTDATED", Some("previewed")), "{}", refused.text);
    let old = service.get(&manager, &format!("{PATH}/{}", look.text_of("id"))).await.with(200);
    assert_eq!((old.text_of("state"), &old.body["replaced_by"]), ("outdated".into(), &fresh["id"]));
    assert_eq!(service.spa.holders(&ids[0]).await, ["grace"]);

    service.clock.set(instant("2026-11-19", "12:30"));
    let late = service.send(&manager, "POST", &format!("{PATH}/{}/confirm", fresh["id"].as_str().unwrap()), json!({})).await.with(409);
    assert_eq!(late.code(), "PREVIEW_EXPIRED");
    let id = late.body["preview"]["id"].as_str().unwrap().to_owned();
    service.send(&manager, "POST", &format!("{PATH}/{id}/confirm"), json!({})).await.with(200);
    assert_ne!(service.spa.holders(&ids[0]).await, ["grace"]);
}

#[tokio::test]
async fn the_same_request_is_one_absence_and_another_with_its_key_is_refused() {
    here!();
    let (service, manager, _) = with_two_of_graces().await;
    let first = service.send_as(&manager, "POST", PATH, words("Grace is out sick on Saturday"), "once").await.with(201);
    let again = service.send_as(&manager, "POST", PATH, words("Grace is out sick on Saturday"), "once").await.with(201);
    assert_eq!(first.body, again.body);
    let other = service.send_as(&manager, "POST", PATH, words("Joy is out sick on Saturday"), "once").await.with(422);
    assert_eq!(other.code(), "IDEMPOTENCY_KEY_REUSED");
    let confirm = format!("{PATH}/{}/confirm", first.text_of("id"));
    let done = service.send_as(&manager, "POST", &confirm, json!({}), "confirm-once").await.with(200);
    assert_eq!(service.send_as(&manager, "POST", &confirm, json!({}), "confirm-once").await.with(200).body, done.body);
}

#[tokio::test]
async fn what_is_given_by_its_members_is_held_to_their_form() {
    here!();
    let service = Service::start().await;
    let manager = service.token(Role::Manager, "ann");
    let given = |more: Value| {
        let mut body = json!({"location_id": SPA});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (body, code) in [
        (json!({}), "INVALID"),
        (json!({"person": "grace"}), "INVALID"),
        (json!({"words": "Grace is sick today", "person": "grace"}), "INVALID"),
        (json!({"person": "grce", "from": "2026-11-21"}), "UNKNOWN_PERSON"),
        (json!({"person": "grace", "from": "2026-11-31"}), "INVALID"),
        (json!({"person": "grace", "from": "2026-11-23", "to": "2026-11-21"}), "INVALID"),
        (json!({"person": "grace", "from": "2026-11-18"}), "INVALID"),
        (json!({"person": "grace", "from": "2026-11-21", "to": "2028-11-21"}), "INVALID"),
        (json!({"person": "grace", "from": "2026-11-21T14:00"}), "INVALID"),
    ] {
        let answer = service.send(&manager, "POST", PATH, given(body.clone())).await.with(422);
        assert_eq!(answer.code(), code, "{body}: {}", answer.text);
    }
    let body = given(json!({"person": "Grace", "from": "2026-11-21T14:00", "to": "2026-11-21T17:00:00+03:00"}));
    let times = service.send(&manager, "POST", PATH, body).await.with(201);
    assert_eq!((times.text_of("start").as_str(), times.text_of("end").as_str()), ("2026-11-21T14:00:00+03:00", "2026-11-21T17:00:00+03:00"));
    assert_eq!(service.get(&manager, &format!("{PATH}/none-such")).await.with(404).code(), "NOT_FOUND");
    let desk = service.token(Role::Frontdesk, "dee");
    service.send(&desk, "POST", PATH, words("Grace is out sick today")).await.with(403);
}
