//! A customer's way: look, hold, confirm, move, cancel.

use chrono::TimeDelta;
use serde_json::{Value, json};
use zamu::domain::{AssignmentStatus, BookingState};
use zamu::keyring::Role;
use zamu::operations;
use zamu::store::{OutboxClass, Store, TenantRow};

use super::harness::{Service, thursday};
use super::house::{self, SPA, at, here, instant, saturday};

const AMINA: &str = "+254712345001";

#[tokio::test]
async fn a_customer_looks_holds_and_confirms_and_learns_no_name_before_the_cutoff() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let shown = service.get(&amina, &format!("/v1/slots?location_id={SPA}&service_id=swedish&date=2026-11-21")).await.with(200);
    let slots = shown.body["slots"].as_array().unwrap();
    assert!((3..=5).contains(&slots.len()) && shown.body["total"] == 28 && shown.body["has_more"] == true, "{}", shown.text);
    let held = service.hold(&amina, slots[0]["id"].as_str().unwrap(), AMINA).await.with(201);
    assert_eq!((held.text_of("state").as_str(), held.text_of("served_by").as_str()), ("held", "to_be_confirmed"));
    let until = held.text_of("hold_expires_at").parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(until, thursday() + TimeDelta::minutes(10), "a hold lasts ten minutes");
    let path = format!("/v1/bookings/{}/confirm", held.text_of("id"));
    let stands = service.send(&amina, "POST", &path, json!({"payment_ref": "mpesa-7"})).await.with(200);
    assert_eq!(stands.text_of("state"), "confirmed");
    assert!(stands.text_of("message").contains("before your visit"));
    let mine = service.get(&amina, "/v1/bookings").await.with(200);
    let headers = format!("{:?} {:?} {:?}", shown.headers, held.headers, stands.headers).to_lowercase();
    for name in ["grace", "joy", "brian"] {
        for said in [&shown.text, &held.text, &stands.text, &mine.text, &headers] {
            assert!(!said.to_lowercase().contains(name), "{name} is named in {said}");
        }
    }
    for message in service.spa.store.outbox(OutboxClass::Message, 0, 100).await.unwrap() {
        let text = zamu::notify::render(&message).unwrap().body.to_lowercase();
        assert!(!["grace", "joy", "brian"].iter().any(|name| text.contains(name)), "{text}");
    }
    operations::finalize(&service.spa.store, &zamu::clock::SetClock::at(instant("2026-11-20", "18:00")), SPA, saturday(), "cutoff").await.unwrap();
    let told = service.get(&amina, &format!("/v1/bookings/{}", held.text_of("id"))).await.with(200);
    assert_eq!(told.text_of("served_by"), "named");
    let name = told.body["names"][0].as_str().unwrap().to_owned();
    assert!(["Grace", "Joy", "Brian"].contains(&name.as_str()) && told.text_of("message").contains(&name));
}

#[tokio::test]
async fn a_hold_that_is_not_confirmed_gives_its_time_back_and_cannot_be_confirmed_any_more() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let slot = service.slot("deep", "2026-11-21", "10:00").await;
    let held = service.hold(&amina, &slot, AMINA).await.with(201);
    let other = service.token(Role::User, "other");
    assert_eq!(service.hold(&other, &slot, "+254712345002").await.with(409).code(), "SLOT_FULL", "only Grace does deep tissue");
    service.clock.set(thursday() + TimeDelta::minutes(10));
    let path = format!("/v1/bookings/{}/confirm", held.text_of("id"));
    let late = service.send(&amina, "POST", &path, json!({})).await.with(409);
    assert_eq!(late.code(), "HOLD_EXPIRED");
    assert_eq!(service.get(&amina, &format!("/v1/bookings/{}", held.text_of("id"))).await.text_of("state"), "expired");
    service.hold(&other, &slot, "+254712345002").await.with(201);
}

#[tokio::test]
async fn expired_holds_count_as_free_before_anything_is_shown_or_held() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let slot = service.slot("deep", "2026-11-21", "10:00").await;
    service.hold(&amina, &slot, AMINA).await.with(201);
    let path = format!("/v1/dates?location_id={SPA}&service_id=deep&from=2026-11-21&to=2026-11-21");
    let fewer = service.get(&amina, &path).await.body[0]["slots"].as_u64().unwrap();
    service.clock.set(thursday() + TimeDelta::minutes(11));
    let again = service.get(&amina, &path).await.body[0]["slots"].as_u64().unwrap();
    assert_eq!((fewer, again), (28 - 9, 28), "with its buffers the hold keeps nine starts from being had");
    assert_eq!(
        service.spa.store.expire_holds(None, &house::stamp()).await.unwrap(),
        Vec::<String>::new(),
        "it ran out when the dates were asked for"
    );
}

#[tokio::test]
async fn the_same_request_again_changes_nothing_and_is_answered_the_same() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let body = json!({"slot_id": slot, "customer": {"name": "Amina", "phone": AMINA}});
    let first = service.send_as(&amina, "POST", "/v1/bookings", body.clone(), "k1").await.with(201);
    let second = service.send_as(&amina, "POST", "/v1/bookings", body.clone(), "k1").await.with(201);
    assert_eq!(first.body, second.body);
    let other = json!({"slot_id": slot, "customer": {"name": "Somebody else", "phone": AMINA}});
    assert_eq!(service.send_as(&amina, "POST", "/v1/bookings", other, "k1").await.with(422).code(), "IDEMPOTENCY_KEY_REUSED");
    let ben = service.token(Role::User, "ben-app");
    let ours = json!({"slot_id": slot, "customer": {"name": "Ben", "phone": "+254712345003"}});
    let bens = service.send_as(&ben, "POST", "/v1/bookings", ours, "k1").await.with(201);
    assert_ne!(bens.text_of("id"), first.text_of("id"), "keys are each caller's own");
    let confirm = format!("/v1/bookings/{}/confirm", first.text_of("id"));
    let answers = futures_util::future::join_all((0..8).map(|_| service.send_as(&amina, "POST", &confirm, json!({}), "k2"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == answers[0].body), "{answers:?}");
    let steps = service.spa.store.history(&first.text_of("id")).await.unwrap();
    assert_eq!(steps.iter().filter(|step| step.to == "confirmed").count(), 1);
    let missing = service.http.post(format!("{}/v1/bookings", service.url)).bearer_auth(&amina).json(&body).send().await.unwrap();
    assert_eq!((missing.status().as_u16(), missing.json::<Value>().await.unwrap()["code"].as_str().unwrap()), (400, "IDEMPOTENCY_KEY_MISSING"));
}

#[tokio::test]
async fn a_request_is_remembered_for_a_day() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let body = json!({"slot_id": slot, "customer": {"name": "Amina", "phone": AMINA}});
    let first = service.send_as(&amina, "POST", "/v1/bookings", body.clone(), "k1").await.with(201);
    service.clock.set(thursday() + TimeDelta::hours(23));
    operations::housekeeping::forget(&service.spa.store, service.clock.as_ref()).await.unwrap();
    assert_eq!(service.send_as(&amina, "POST", "/v1/bookings", body.clone(), "k1").await.with(201).body, first.body);
    service.clock.set(thursday() + TimeDelta::hours(25));
    operations::housekeeping::forget(&service.spa.store, service.clock.as_ref()).await.unwrap();
    let fresh = service.send_as(&amina, "POST", "/v1/bookings", body, "k1").await.with(201);
    assert_ne!(fresh.text_of("id"), first.text_of("id"), "the first hold ran out long ago");
}

#[tokio::test]
async fn one_person_books_a_slot_once() {
    here!();
    let service = Service::start().await;
    let (amina, desk) = (service.token(Role::User, "amina-app"), service.token(Role::User, "amina-phone"));
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let held = service.hold(&amina, &slot, "+254 712 345 001").await.with(201);
    assert_eq!(service.hold(&desk, &slot, AMINA).await.with(409).code(), "ALREADY_BOOKED", "the same number, written in another way");
    let path = format!("/v1/bookings/{}/cancel", held.text_of("id"));
    service.send(&amina, "POST", &path, json!({})).await.with(200);
    service.hold(&desk, &slot, AMINA).await.with(201);
}

#[tokio::test]
async fn a_booking_is_moved_and_cancelled_within_the_houses_rules() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let held = service.hold(&amina, &service.slot("swedish", "2026-11-21", "10:00").await, AMINA).await.with(201);
    let id = held.text_of("id");
    service.send(&amina, "POST", &format!("/v1/bookings/{id}/confirm"), json!({})).await.with(200);
    let to = service.slot("swedish", "2026-11-21", "14:00").await;
    let moved = service.send(&amina, "POST", &format!("/v1/bookings/{id}/reschedule"), json!({"slot_id": to})).await.with(200);
    assert_eq!(moved.text_of("start"), "2026-11-21T14:00:00+03:00");
    let stale = service.send(&amina, "POST", &format!("/v1/bookings/{id}/cancel"), json!({"expected_version": 1})).await.with(409);
    assert_eq!(stale.code(), "VERSION_CONFLICT");
    service.clock.set(instant("2026-11-21", "12:01"));
    let late = service.send(&amina, "POST", &format!("/v1/bookings/{id}/cancel"), json!({})).await.with(409);
    assert_eq!(late.code(), "TOO_LATE", "two hours before is the last moment");
    let desk = service.token(Role::Frontdesk, "ruth");
    let change = json!({"state": "cancelled", "reason": "called"});
    let gone = service.send(&desk, "PATCH", &format!("/admin/v1/bookings/{id}"), change).await.with(200);
    assert_eq!(gone.text_of("state"), "cancelled", "the desk may");
    let counters = service.spa.store.slots(SPA, saturday(), saturday(), Some("swedish")).await.unwrap();
    assert!(counters.iter().all(|slot| slot.booked == 0 && slot.hold == 0));
}

#[tokio::test]
async fn a_chosen_person_is_bound_where_the_house_offers_the_choice() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let wish = |who: &str| json!({"slot_id": slot, "customer": {"name": "Amina", "phone": AMINA}, "person": who});
    assert_eq!(service.send(&amina, "POST", "/v1/bookings", wish("Grace")).await.with(409).code(), "CHOICE_NOT_OFFERED");
    assert_eq!(service.get(&amina, &format!("/v1/people?location_id={SPA}")).await.body, json!({"offered": false, "people": []}));
    let tenant = TenantRow { staff_preference_enabled: true, ..service.spa.store.tenant("serenity").await.unwrap() };
    service.spa.store.upsert_tenant(&tenant).await.unwrap();
    let unknown = service.send(&amina, "POST", "/v1/bookings", wish("Grcae")).await.with(422);
    assert_eq!((unknown.code(), unknown.body["near"][0].as_str()), ("UNKNOWN_PERSON", Some("Grace")));
    let held = service.send(&amina, "POST", "/v1/bookings", wish("grace")).await.with(201);
    assert_eq!((held.text_of("served_by").as_str(), held.body["names"][0].as_str()), ("chosen", Some("Grace")));
    let row = service.spa.store.booking(&held.text_of("id")).await.unwrap();
    assert_eq!((row.status, row.resources), (AssignmentStatus::Bound, vec!["grace".to_owned()]));
    let only = service.get(&amina, &format!("/v1/slots?location_id={SPA}&service_id=swedish&date=2026-11-21&person=Grace")).await.with(200);
    assert!((1..=3).contains(&only.body["slots"].as_array().unwrap().len()), "one to three for a person");
}

#[tokio::test]
async fn a_wish_for_a_gender_is_kept_or_waived_and_said_so() {
    here!();
    let service = Service::start().await;
    let amina = service.token(Role::User, "amina-app");
    let ask = |gender: &str| format!("/v1/genders?location_id={SPA}&date=2026-11-21&gender={gender}");
    assert_eq!(service.get(&amina, &ask("female")).await.text_of("answer"), "on_duty");
    assert_eq!(service.get(&amina, &ask("other")).await.text_of("answer"), "nobody");
    let slot = service.slot("swedish", "2026-11-21", "10:00").await;
    let wish = |phone: &str, gender: &str| json!({"slot_id": slot, "customer": {"name": "A", "phone": phone}, "gender": gender});
    let first = service.send(&amina, "POST", "/v1/bookings", wish(AMINA, "male")).await.with(201);
    assert_eq!(service.spa.holders(&first.text_of("id")).await, ["brian"]);
    let full = service.send(&amina, "POST", "/v1/bookings", wish("+254712345002", "male")).await.with(409);
    assert_eq!(full.code(), "SLOT_FULL", "the only man is taken");
    assert!(!full.body["nearby"].as_array().unwrap().is_empty(), "and is told what is free nearby");
    let waived = service.send(&amina, "POST", "/v1/bookings", wish("+254712345003", "other")).await.with(201);
    assert_eq!((waived.body["gender_waived"].as_bool(), waived.text_of("message").contains("could not be met")), (Some(true), true));
}

#[tokio::test]
async fn a_booking_is_admitted_by_moving_others_whom_nobody_was_told_about() {
    here!();
    let service = Service::start().await;
    let desk = service.token(Role::User, "app");
    // Joy and Brian do Swedish only; Grace does both. With one Swedish booking on Grace, deep tissue fits if that one moves.
    let swedish = service.slot("swedish", "2026-11-21", "10:00").await;
    let ids: Vec<String> = {
        let mut ids = Vec::new();
        for k in 0..2 {
            ids.push(service.hold(&desk, &swedish, &format!("+25471234510{k}")).await.with(201).text_of("id"));
        }
        ids
    };
    let row = service.spa.store.booking(&ids[0]).await.unwrap();
    operations::reassign(&service.spa.store, service.clock.as_ref(), &row.id, &["grace"], "ruth", "a test").await.ok();
    let deep = service.slot("deep", "2026-11-21", "10:00").await;
    let taken = service.hold(&desk, &deep, "+254712345200").await.with(201);
    assert_eq!(service.spa.holders(&taken.text_of("id")).await, ["grace"]);
    let mut held: Vec<String> = Vec::new();
    for id in &ids {
        held.extend(service.spa.holders(id).await);
    }
    held.sort();
    assert_eq!(held, ["brian", "joy"]);
    assert!(service.spa.store.audit().await.unwrap().is_clean());
}

#[tokio::test]
async fn who_books_on_the_day_itself_is_told_the_name_when_they_confirm_and_not_before() {
    here!();
    let service = Service::start().await;
    service.clock.set(instant("2026-11-21", "08:00"));
    let amina = service.token(Role::User, "amina-app");
    let held = service.hold(&amina, &service.slot("swedish", "2026-11-21", "10:00").await, AMINA).await.with(201);
    assert_eq!(held.body["names"], json!([]));
    assert!(service.spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().is_empty(), "a hold is nothing to be told of");
    let stands = service.send(&amina, "POST", &format!("/v1/bookings/{}/confirm", held.text_of("id")), json!({})).await.with(200);
    assert_eq!((stands.text_of("served_by").as_str(), stands.body["names"].as_array().unwrap().len()), ("named", 1));
    let topics: Vec<String> = service.spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().into_iter().map(|row| row.topic).collect();
    assert_eq!(topics, ["booking.confirmed", "assignment.finalized"]);
}

#[tokio::test]
async fn a_hold_is_left_alone_by_the_cutoff_and_by_a_night_that_takes_its_person() {
    here!();
    let service = Service::start().await;
    service.clock.set(instant("2026-11-20", "17:55"));
    let amina = service.token(Role::User, "amina-app");
    let held = service.hold(&amina, &service.slot("swedish", "2026-11-21", "10:00").await, AMINA).await.with(201);
    service.clock.set(instant("2026-11-20", "18:00"));
    operations::finalize(&service.spa.store, service.clock.as_ref(), SPA, saturday(), "cutoff").await.unwrap();
    let row = service.spa.store.booking(&held.text_of("id")).await.unwrap();
    assert_eq!((row.state, row.status), (BookingState::Held, AssignmentStatus::Provisional));
    assert!(service.spa.store.outbox(OutboxClass::Message, 0, 10).await.unwrap().is_empty());
    service.send(&amina, "POST", &format!("/v1/bookings/{}/confirm", held.text_of("id")), json!({})).await.with(200);
    assert_eq!(service.spa.store.booking(&held.text_of("id")).await.unwrap().status, AssignmentStatus::Finalized, "confirmed after the cutoff");
}

#[tokio::test]
async fn times_are_told_in_the_zone_asked_for_and_on_both_odd_days() {
    here!();
    let service = Service::start().await;
    let admin = service.token(Role::Admin, "ann");
    let place =
        service.send(&admin, "POST", "/admin/v1/locations", json!({"name": "Mitte", "timezone": "Europe/Berlin"})).await.with(201).text_of("id");
    let body = json!({"location_id": place, "name": "Cut", "duration_minutes": 60});
    let cut = service.send(&admin, "POST", "/admin/v1/services", body).await.with(201).text_of("id");
    service.send(&admin, "POST", "/admin/v1/people", json!({"location_id": place, "name": "Kim"})).await.with(201);
    let hours = json!({"location_id": place, "rule_kind": "WEEKLY", "start_time": "00:00", "end_time": "06:00", "slot_granularity_minutes": 60});
    service.send(&admin, "POST", "/admin/v1/availabilities", hours).await.with(201);
    for (date, starts) in [("2027-03-27", 6), ("2027-03-28", 5), ("2027-10-31", 7)] {
        let path = format!("/v1/dates?location_id={place}&service_id={cut}&from={date}&to={date}");
        assert_eq!(service.get(&admin, &path).await.with(200).body[0]["slots"], starts, "{date}");
    }
    let path = format!("/v1/slots?location_id={place}&service_id={cut}&date=2027-03-28&timezone=Asia/Tokyo");
    let shown = service.get(&admin, &path).await.with(200);
    assert!(shown.body["slots"][0]["start"].as_str().unwrap().ends_with("+09:00"), "{}", shown.text);
    let gap = json!({"location_id": place, "service_id": cut, "start": "2027-03-28T02:30"});
    let refused = service.send(&admin, "POST", "/admin/v1/bookings", gap).await.with(422);
    assert!(refused.text_of("detail").contains("does not exist"), "{}", refused.text);
    assert_eq!(at("2026-11-21", "10:00").to_utc(), instant("2026-11-21", "10:00"));
}
