//! The Admin API: the house, its bookings, its days.

use serde_json::{Value, json};
use zamu::clock::Clock;
use zamu::domain::{AssignmentStatus, local};
use zamu::keyring::Role;
use zamu::operations::finalize;
use zamu::store::{NewBooking, OutboxClass, Store};

use super::harness::Service;
use super::house::{self, SPA, held_by, here, instant, sat, saturday, staff, stamp};

#[tokio::test]
async fn a_house_is_made_from_nothing_and_its_first_booking_taken() {
    here!();
    let service = Service::start().await;
    let admin = service.token_of("fresh", Role::Admin, "ann");
    let put = |path: &str, body: Value| {
        let (service, admin, path) = (&service, admin.clone(), path.to_owned());
        async move { service.send(&admin, "POST", &path, body).await.with(201).text_of("id") }
    };
    let place = put("/admin/v1/locations", json!({"name": "Karen", "timezone": "Africa/Nairobi"})).await;
    let what = put("/admin/v1/services", json!({"location_id": place, "name": "Facial", "duration_minutes": 45, "qualifications": ["facial"]})).await;
    let who = put("/admin/v1/people", json!({"location_id": place, "name": "Njeri", "gender": "female", "qualifications": ["facial"]})).await;
    put(
        "/admin/v1/availabilities",
        json!({"location_id": place, "rule_kind": "WEEKLY", "days_of_week": [1, 2, 3, 4, 5, 6], "start_time": "09:00", "end_time": "17:00"}),
    )
    .await;
    let days = json!({"location_id": place, "from": "2026-11-21", "to": "2026-11-22"});
    let made = service.send(&admin, "POST", "/admin/v1/slots/generate", days.clone()).await.with(200);
    assert_eq!((made.body["inserted"].as_u64(), made.body["unchanged"].as_u64()), (Some(30), Some(0)), "a Saturday; the Sunday is closed");
    let again = service.send(&admin, "POST", "/admin/v1/slots/generate", days).await.with(200);
    assert_eq!((again.body["inserted"].as_u64(), again.body["unchanged"].as_u64()), (Some(0), Some(30)), "twice changes nothing");
    for id in [&place, &what, &who] {
        assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 7);
    }
    let body =
        json!({"location_id": place, "service_id": what, "start": "2026-11-21T10:00", "customer": {"name": "Amina", "phone": "+254712345001"}});
    let taken = service.send(&admin, "POST", "/admin/v1/bookings", body).await.with(201);
    assert_eq!((taken.text_of("state").as_str(), taken.body["holders"][0]["name"].as_str()), ("confirmed", Some("Njeri")));
    assert_eq!(taken.body["customer"]["contact"].as_str(), Some("+254•••••001"), "even staff see no whole number in a list");
    let run = service.send(&admin, "POST", "/admin/v1/runs", json!({"location_id": place, "date": "2026-11-21"})).await.with(201);
    assert!(run.text_of("rationale").starts_with("kept"), "{}", run.text);
    let listed = service.get(&admin, &format!("/admin/v1/runs?location_id={place}")).await.with(200);
    assert_eq!(listed.body[0]["id"], run.body["id"]);
    assert_eq!(service.get(&admin, &format!("/admin/v1/runs/{}", run.text_of("id"))).await.with(200).body["status"], run.body["status"]);
}

#[tokio::test]
async fn overlapping_rules_are_refused_with_both_named() {
    here!();
    let service = Service::start().await;
    let admin = service.token(Role::Admin, "ann");
    let rule =
        |start: &str, end: &str| json!({"location_id": SPA, "person_id": "grace", "rule_kind": "WEEKLY", "start_time": start, "end_time": end});
    let first = service.send(&admin, "POST", "/admin/v1/availabilities", rule("09:00", "13:00")).await.with(201).text_of("id");
    let refused = service.send(&admin, "POST", "/admin/v1/availabilities", rule("12:00", "15:00")).await.with(422);
    assert!(refused.text_of("detail").contains(&first), "{}", refused.text);
    service.send(&admin, "DELETE", &format!("/admin/v1/availabilities/{first}?location_id={SPA}"), json!({})).await.with(204);
    service.send(&admin, "POST", "/admin/v1/availabilities", rule("12:00", "15:00")).await.with(201);
}

#[tokio::test]
async fn a_block_lowers_what_is_offered_at_once_and_a_temp_raises_it() {
    here!();
    let service = Service::start().await;
    let admin = service.token(Role::Manager, "ann");
    let slot = |answer: &super::harness::Answer, clock: &str| {
        let slots = answer.body.as_array().unwrap().clone();
        slots.into_iter().find(|slot| slot["start"].as_str().unwrap().contains(clock)).unwrap_or(Value::Null)
    };
    let ask = format!("/admin/v1/slots?location_id={SPA}&from=2026-11-21&to=2026-11-21&service_id=deep");
    service.slot("deep", "2026-11-21", "10:00").await;
    assert_eq!(slot(&service.get(&admin, &ask).await, "T10:00")["status"], "open");
    let block = json!({"location_id": SPA, "person_id": "grace", "start": "2026-11-21T09:00", "end": "2026-11-21T12:00", "reason": "sick"});
    let block = service.send(&admin, "POST", "/admin/v1/blocks", block).await.with(201).text_of("id");
    let dates = format!("/v1/dates?location_id={SPA}&service_id=deep&from=2026-11-21&to=2026-11-21");
    assert_eq!(service.get(&admin, &dates).await.body[0]["slots"], 16, "from 12:00 to 15:45");
    let blocked = slot(&service.get(&admin, &ask).await, "T10:00");
    assert_eq!((blocked["status"].as_str(), blocked["capacity"].as_u64()), (Some("blocked"), Some(0)));
    let temp = json!({"location_id": SPA, "name": "Wanjiru", "qualifications": ["deep-tissue"], "from": "2026-11-21", "to": "2026-11-21", "start": "09:00", "end": "12:00"});
    let temp = service.send(&admin, "POST", "/admin/v1/temps", temp).await.with(201);
    assert_eq!(temp.body["is_temporary"], true);
    assert_eq!(service.get(&admin, &dates).await.body[0]["slots"], 16 + 8, "and 09:00 to 10:45 with the temp");
    service.send(&admin, "DELETE", &format!("/admin/v1/blocks/{block}?location_id={SPA}"), json!({})).await.with(204);
    assert_eq!(service.get(&admin, &dates).await.body[0]["slots"], 28);
    let listed = service.get(&admin, &format!("/admin/v1/blocks?location_id={SPA}&from=2026-11-21&to=2026-11-21")).await.with(200);
    assert_eq!(listed.body, json!([]));
}

#[tokio::test]
async fn the_list_of_bookings_is_filtered_and_paged_by_key_while_others_are_written() {
    here!();
    let service = Service::start().await;
    let desk = service.token(Role::Frontdesk, "ruth");
    let book = |clock: &str, k: usize| json!({"location_id": SPA, "service_id": "swedish", "start": format!("2026-11-21T{clock}"), "customer": {"name": format!("C{k}"), "phone": format!("+25471234500{k}")}});
    let mut ids = Vec::new();
    for (k, clock) in ["09:00", "09:00", "10:30", "12:00", "13:30"].into_iter().enumerate() {
        ids.push(service.send(&desk, "POST", "/admin/v1/bookings", book(clock, k)).await.with(201).text_of("id"));
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = service.get(&desk, &format!("/admin/v1/bookings?location_id={SPA}&limit=2{cursor}")).await.with(200);
        seen.extend(page.body["bookings"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap().to_owned()));
        // Somebody books at the beginning of the day between two pages: nothing is shown twice or left out.
        service.send(&desk, "POST", "/admin/v1/bookings", book("09:00", 8)).await;
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), seen.len(), "nothing is shown twice");
    seen.retain(|id| ids.contains(id));
    assert_eq!(seen, ids, "in order, and nothing is left out");
    let one = service.get(&desk, "/admin/v1/bookings?phone=%2B254%20712%20345%20003").await.with(200);
    assert_eq!((one.body["bookings"].as_array().unwrap().len(), one.body["bookings"][0]["id"].as_str()), (1, Some(ids[3].as_str())));
    let nobody = service.get(&desk, "/admin/v1/bookings?phone=%2B254712999999").await.with(200);
    assert_eq!(nobody.body["bookings"], json!([]));
    let noon = service
        .get(&desk, "/admin/v1/bookings?from=2026-11-21T12:00:00%2B03:00&to=2026-11-21T13:00:00%2B03:00&state=confirmed&service_id=swedish")
        .await
        .with(200);
    assert_eq!(noon.body["bookings"].as_array().unwrap().len(), 1);
    service.get(&desk, "/admin/v1/bookings?cursor=nonsense").await.with(422);
    service.get(&desk, "/admin/v1/bookings?state=sleeping").await.with(422);
}

#[tokio::test]
async fn staff_step_move_and_reassign_a_booking_and_its_history_tells_who_and_why() {
    here!();
    let service = Service::start().await;
    let desk = service.token(Role::Frontdesk, "ruth");
    let body = json!({"location_id": SPA, "service_id": "swedish", "start": "2026-11-21T10:00:00+03:00"});
    let taken = service.send(&desk, "POST", "/admin/v1/bookings", body).await.with(201);
    let path = format!("/admin/v1/bookings/{}", taken.text_of("id"));
    let other = if taken.body["holders"][0]["id"] == "joy" { "brian" } else { "joy" };
    let given = service.send(&desk, "PATCH", &path, json!({"people": [other], "reason": "asked for"})).await.with(200);
    assert_eq!(given.body["holders"][0]["id"], other);
    let blocked = json!({"location_id": SPA, "person_id": "grace", "start": "2026-11-21T09:00", "end": "2026-11-21T12:00", "reason": "sick"});
    service.send(&desk, "POST", "/admin/v1/blocks", blocked).await.with(201);
    let refused = service.send(&desk, "PATCH", &path, json!({"people": ["grace"]})).await;
    assert!(matches!(refused.status, 409 | 422) && refused.text_of("detail").to_lowercase().contains("grace"), "{}", refused.text);
    let moved = service.send(&desk, "PATCH", &path, json!({"start": "2026-11-21T13:00"})).await.with(200);
    assert_eq!(moved.text_of("start"), "2026-11-21T13:00:00+03:00");
    service.send(&desk, "PATCH", &path, json!({"start": "2026-11-21T13:00", "state": "cancelled"})).await.with(422);
    service.send(&desk, "PATCH", &path, json!({"state": "no_show"})).await.with(200);
    let dead = service.send(&desk, "PATCH", &path, json!({"state": "confirmed"})).await.with(409);
    assert_eq!(dead.code(), "ILLEGAL_TRANSITION");
    let history = service.get(&desk, &format!("{path}/history")).await.with(200);
    let lines: Vec<(&str, &str)> =
        history.body.as_array().unwrap().iter().map(|h| (h["kind"].as_str().unwrap(), h["actor"].as_str().unwrap())).collect();
    assert!(lines.iter().all(|(_, actor)| *actor == "frontdesk:ruth"), "{lines:?}");
    assert!(history.text.contains("asked for") && lines.iter().any(|(kind, _)| *kind == "time"));
    let attempts = service.get(&desk, &format!("/internal/v1/bookings/{}/attempts", taken.text_of("id"))).await.with(200);
    assert_eq!(attempts.body[0]["outcome"], "confirmed");
}

#[tokio::test]
async fn settings_are_changed_one_by_one_and_bad_ones_change_nothing() {
    here!();
    let service = Service::start().await;
    let ann = service.token(Role::Manager, "ann");
    let changed = service
        .send(&ann, "PATCH", "/admin/v1/settings", json!({"cutoff_time": "17:30", "hold_minutes": 5, "feature_flags": {"pipeline": true}}))
        .await
        .with(200);
    assert_eq!((changed.text_of("cutoff_time").as_str(), changed.body["hold_minutes"].as_u64()), ("17:30", Some(5)));
    for bad in [
        json!({"cutoff_time": "25:00"}),
        json!({"profile": "none-such"}),
        json!({"hold_minutes": 0}),
        json!({"apply_threshold": 2}),
        json!({"phone_region": "kenya"}),
        json!({"colour": "red"}),
        json!({"hold_minutes": "five"}),
    ] {
        let refused = service.send(&ann, "PATCH", "/admin/v1/settings", bad.clone()).await;
        assert_eq!((refused.status, refused.code()), (422, "INVALID"), "{bad}: {}", refused.text);
    }
    let mut now = service.get(&ann, "/admin/v1/settings").await.with(200).body;
    let mut then = changed.body;
    for view in [&mut now, &mut then] {
        view.as_object_mut().unwrap().remove("id");
    }
    assert_eq!(now, then);
    let amina = service.token(Role::User, "amina");
    let held = service.hold(&amina, &service.slot("swedish", "2026-11-21", "10:00").await, "+254712345001").await.with(201);
    let until = held.text_of("hold_expires_at").parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((until - service.clock.now()).num_minutes(), 5);
}

#[tokio::test]
async fn a_run_over_http_repairs_a_day_and_its_sheet_is_a_document_for_others() {
    here!();
    let service = Service::start().await;
    let ann = service.token(Role::Manager, "ann");
    let body = json!({"location_id": SPA, "service_id": "swedish", "start": "2026-11-21T10:00"});
    let taken = service.send(&ann, "POST", "/admin/v1/bookings", body).await.with(201);
    let who = taken.body["holders"][0]["id"].as_str().unwrap().to_owned();
    let block = json!({"location_id": SPA, "person_id": who, "start": "2026-11-21T00:00", "end": "2026-11-22T00:00", "reason": "sick"});
    service.send(&ann, "POST", "/admin/v1/blocks", block).await.with(201);
    let run = json!({"location_id": SPA, "date": "2026-11-21", "kind": "repair"});
    let dry = service
        .send(&ann, "POST", "/admin/v1/runs", json!({"location_id": SPA, "date": "2026-11-21", "kind": "repair", "dry_run": true}))
        .await
        .with(201);
    assert_eq!(dry.text_of("status"), "dry-run");
    let done = service.send(&ann, "POST", "/admin/v1/runs", run).await.with(201);
    assert_eq!(done.text_of("status"), "applied");
    assert_ne!(service.spa.holders(&taken.text_of("id")).await, [who]);
    let sheet = service.get(&ann, &format!("/admin/v1/sheet?location_id={SPA}&date=2026-11-21")).await.with(200);
    assert_eq!((sheet.body["format"].as_str(), sheet.body["bookings"].as_array().unwrap().len()), (Some("zamu.sheet/1"), 1));
    assert_eq!(local::date_of(house::TIMEZONE, house::sat("10:00")), saturday());
    let queue = service.get(&ann, &format!("/admin/v1/attention?location_id={SPA}")).await.with(200);
    assert_eq!(queue.body, json!([]));
}

#[tokio::test]
async fn the_ledger_is_shown_and_corrected_once_with_who_did_it() {
    here!();
    let service = Service::start().await;
    let manager = service.token(Role::Manager, "ann");
    let path = format!("/admin/v1/ledger?location_id={SPA}&date=2026-11-21");
    let empty = service.get(&manager, &path).await.with(200);
    assert_eq!((empty.body["from"].as_str(), empty.body["to"].as_str()), (Some("2026-08-22"), Some("2026-11-20")));
    assert_eq!((empty.body["people"].as_array().unwrap().len(), empty.body["closed_days"].as_u64()), (3, Some(0)));
    let body = json!({"location_id": SPA, "person_id": "grace", "minutes": -60, "reason": "counted the stock"});
    let made = service.send(&manager, "POST", "/admin/v1/ledger/corrections", body.clone()).await.with(201);
    assert_eq!((made.text_of("person_id").as_str(), made.body["minutes"].as_i64()), ("grace", Some(-60)));
    let shown = service.get(&manager, &path).await.with(200);
    assert_eq!(
        (shown.body["corrections"][0]["actor"].as_str(), shown.body["corrections"].as_array().unwrap().len()),
        (made.body["actor"].as_str(), 1)
    );
    let grace = shown.body["people"].as_array().unwrap().iter().find(|one| one["person_id"] == "grace").unwrap();
    assert_eq!(grace["balance_minutes"], -60.0);
    let sheet = service.get(&manager, &format!("/admin/v1/sheet?location_id={SPA}&date=2026-11-21")).await.with(200);
    let carried = sheet.body["resources"].as_array().unwrap().iter().find(|one| one["id"] == "grace").unwrap();
    assert_eq!(carried["carried_minutes"].as_f64(), Some(-60.0), "the next sheet knows");
    for (member, wrong) in [("minutes", json!(0)), ("minutes", json!(i64::MIN)), ("person_id", json!("nobody")), ("reason", json!(" "))] {
        let mut body = body.clone();
        body[member] = wrong;
        let refused = service.send(&manager, "POST", "/admin/v1/ledger/corrections", body).await;
        assert!(matches!(refused.status, 404 | 422), "{member}: {}", refused.text);
    }
    let desk = service.token(Role::Frontdesk, "fay");
    service.send(&desk, "POST", "/admin/v1/ledger/corrections", body).await.with(403);
}

#[tokio::test]
async fn a_day_says_what_breaks_if_somebody_is_out() {
    here!();
    let service = Service::start().await;
    let manager = service.token(Role::Manager, "ann");
    let body =
        json!({"location_id": SPA, "service_id": "deep", "start": "2026-11-21T10:00", "customer": {"name": "Amina", "phone": "+254712345001"}});
    let taken = service.send(&manager, "POST", "/admin/v1/bookings", body).await.with(201).text_of("id");
    let report = service.get(&manager, &format!("/admin/v1/resilience?location_id={SPA}&date=2026-11-21")).await.with(200);
    let worst = &report.body["absences"][0];
    assert_eq!((worst["person_id"].as_str(), worst["breaks"].as_u64(), worst["certified"].as_bool()), (Some("grace"), Some(1), Some(true)));
    assert_eq!(worst["unplaced"][0]["booking_id"].as_str(), Some(taken.as_str()), "only she can do deep tissue");
    assert_eq!(report.body["absences"][1]["breaks"], 0);
    assert_eq!(report.body["temps"][0]["qualifications"], json!(["deep-tissue"]));
}

#[tokio::test]
async fn who_is_given_somebody_by_a_run_after_the_cutoff_is_told_at_once() {
    here!();
    let service = Service::start().await;
    for (id, who) in [("deep", &["grace"][..]), ("deeper", &[])] {
        let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, "deep", sat("10:00")) };
        service.spa.store.take_booking(&new, &held_by(who), &stamp()).await.unwrap().unwrap();
    }
    service.clock.set(instant("2026-11-20", "18:00"));
    finalize(&service.spa.store, service.clock.as_ref(), SPA, saturday(), "cutoff").await.unwrap();
    let temp = staff("faith", "female", &["deep-tissue"]).temporary(saturday(), saturday());
    service.spa.store.upsert_resource(&temp).await.unwrap();
    let ann = service.token(Role::Manager, "ann");
    let run = json!({"location_id": SPA, "date": "2026-11-21", "kind": "repair"});
    assert_eq!(service.send(&ann, "POST", "/admin/v1/runs", run).await.with(201).text_of("status"), "applied");
    let row = service.spa.store.booking("deeper").await.unwrap();
    assert_eq!((row.resources.as_slice(), row.status), (&["faith".to_owned()][..], AssignmentStatus::Finalized));
    let told = service.spa.store.outbox(OutboxClass::Message, 0, 50).await.unwrap();
    assert!(told.iter().any(|row| row.booking_id.as_deref() == Some("deeper") && row.topic == "assignment.finalized"), "{told:?}");
}
