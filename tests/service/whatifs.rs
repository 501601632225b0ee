//! What-ifs over HTTP: asked and worked out in the background, followed, called off, and one of their days made real.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use zamu::alloc::Stop;
use zamu::clock::Clock;
use zamu::keyring::{Claims, Role};
use zamu::operations::clockwork::Clockwork;
use zamu::operations::whatif::{days, read as read_scenario};
use zamu::scenario::run::InMemory;
use zamu::scenario::{Running, run};
use zamu::store::{BookingRow, Decision, LocationRow, NewBooking, RunKind, Store};

use super::harness::{Answer, Service, thursday};
use super::house::{self, SPA, day, here, sat, saturday, stamp};

const WHATIFS: &str = "/admin/v1/whatifs";

/// A service with a Saturday on which Grace has everything.
async fn uneven() -> (Service, String) {
    let service = Service::start().await;
    for (id, clock) in [("b1", "09:00"), ("b2", "10:30"), ("b3", "12:00"), ("b4", "14:00")] {
        take(&service, id, sat(clock), "grace").await;
    }
    let token = service.token(Role::Manager, "ruth");
    (service, token)
}

async fn take(service: &Service, id: &str, start: zamu::domain::Minute, who: &str) {
    let new = NewBooking { id: Some(id.into()), customer_id: Some("amina".into()), ..NewBooking::new(SPA, "swedish", start) };
    let decide = |_: &zamu::store::Day, _: &BookingRow| Decision::Hold {
        resources: vec![who.to_owned()],
        status: zamu::domain::AssignmentStatus::Provisional,
        gender_waived: false,
        moves: vec![],
        messages: vec![],
    };
    service.spa.store.take_booking(&new, &decide, &stamp()).await.unwrap().unwrap();
}

fn worker(service: &Service) -> Clockwork {
    Clockwork::new(service.app.store.clone(), service.clock.clone(), "worker", 1)
}

async fn ask(service: &Service, token: &str, scenario: Value) -> Answer {
    let body = json!({"location_id": SPA, "from": "2026-11-20", "to": "2026-11-22", "scenario": scenario});
    service.send(token, "POST", WHATIFS, body).await
}

async fn asked(service: &Service, token: &str, scenario: Value) -> String {
    ask(service, token, scenario).await.with(202).text_of("id")
}

fn temps() -> Value {
    json!({
        "name": "temps",
        "parameters": {"temps": [1, 2]},
        "change": [{"kind": "temp", "count": "$temps", "qualifications": ["swedish"], "from": "10:00", "to": "16:00"}],
        "expect": ["unplaced = 0"]
    })
}

/// The same question on the same days, asked directly.
async fn directly(service: &Service, scenario: &Value) -> Value {
    let base = days(&service.spa.store, service.clock.as_ref(), SPA, day("2026-11-20"), day("2026-11-22")).await.unwrap();
    let running = Running {
        threads: 1,
        stop: &Stop::new(),
        memory: &InMemory::default(),
        limited: &|_: &Stop, _: f64, work: &mut (dyn FnMut() + Send)| work(),
        progress: &|_| {},
    };
    serde_json::to_value(run(&read_scenario(scenario).unwrap(), &base, &running).unwrap()).unwrap()
}

#[tokio::test]
async fn a_what_if_is_taken_at_once_and_its_study_is_what_asking_directly_gives() {
    here!();
    let (service, token) = uneven().await;
    let version = service.spa.saturday().await.version;
    let taken = ask(&service, &token, temps()).await.with(202);
    let id = taken.text_of("id");
    let place = format!("{WHATIFS}/{id}");
    assert_eq!(taken.headers["location"], place.as_str());
    let queued = service.get(&token, &place).await.with(200);
    assert_eq!((queued.text_of("state").as_str(), &queued.body["study"]), ("queued", &Value::Null));

    let turn = worker(&service).turn().await.unwrap();
    assert!(turn.done.iter().any(|(key, outcome)| key.kind == "whatif" && key.subject == id && outcome == "done"), "{turn:?}");
    let done = service.get(&token, &place).await.with(200);
    assert_eq!((done.text_of("state").as_str(), done.text_of("actor").as_str()), ("done", "manager:ruth"));
    assert_eq!((&done.body["days_done"], &done.body["days_total"]), (&json!(3), &json!(3)), "the base and two cases of one day");
    assert_eq!(done.body["study"], directly(&service, &temps()).await);
    assert_eq!(done.body["study"]["cases"][1]["label"], "temps=2");
    assert_eq!(service.spa.saturday().await.version, version, "nothing that lives was touched");

    let listed = service.get(&token, WHATIFS).await.with(200);
    assert_eq!((listed.body["whatifs"][0]["id"].as_str(), &listed.body["next"]), (Some(id.as_str()), &Value::Null));
}

#[tokio::test]
async fn a_scenario_that_names_no_profile_is_asked_with_the_houses_own() {
    here!();
    let (service, token) = uneven().await;
    service.send(&service.token(Role::Admin, "ann"), "PATCH", "/admin/v1/settings", json!({"profile": "strict"})).await.with(200);
    let (named, unnamed) = (json!({"profile": "spread"}), json!({"profile": null}));
    for (scenario, expected) in [(json!({}), "strict"), (unnamed, "strict"), (named, "spread")] {
        let id = asked(&service, &token, scenario).await;
        worker(&service).turn().await.unwrap();
        let done = service.get(&token, &format!("{WHATIFS}/{id}")).await.with(200);
        assert_eq!(done.body["study"]["profile"], expected, "{}", done.text);
    }
}

#[tokio::test]
async fn whoever_follows_a_what_if_hears_how_far_it_is_until_its_end() {
    here!();
    let (service, token) = uneven().await;
    for k in 0..3 {
        take(&service, &format!("sunday-{k}"), house::at("2026-11-22", &format!("1{k}:00")), ["grace", "joy", "brian"][k]).await;
    }
    let id = asked(&service, &token, temps()).await;
    let follow = service.http.get(format!("{}{WHATIFS}/{id}/events", service.url)).bearer_auth(&token).send();
    let (response, _) = tokio::join!(follow, async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        worker(&service).turn().await.unwrap()
    });
    let response = response.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
    let text = tokio::time::timeout(Duration::from_secs(20), response.text()).await.unwrap().unwrap();
    let events: Vec<(String, Value)> = text
        .split("\n\n")
        .filter_map(|block| {
            let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned());
            Some((line("event:")?, serde_json::from_str(&line("data:")?).unwrap()))
        })
        .collect();
    assert_eq!((events[0].0.as_str(), events[0].1["state"].as_str()), ("progress", Some("queued")));
    let (last, how) = events.last().unwrap();
    assert_eq!((last.as_str(), how["state"].as_str(), &how["days_done"]), ("done", Some("done"), &json!(6)));
    assert!(events[..events.len() - 1].iter().all(|(name, _)| name == "progress"), "{text}");
}

#[tokio::test]
async fn a_service_that_ends_lets_go_whoever_follows() {
    here!();
    let (service, token) = uneven().await;
    let id = asked(&service, &token, temps()).await;
    let response = service.http.get(format!("{}{WHATIFS}/{id}/events", service.url)).bearer_auth(&token).send().await.unwrap();
    drop(service);
    let heard = tokio::time::timeout(Duration::from_secs(5), response.text()).await.unwrap().unwrap();
    assert!(heard.contains("event: progress") && !heard.contains("event: done"), "{heard}");
}

#[tokio::test]
async fn a_long_what_if_is_called_off_and_ends_within_moments() {
    here!();
    let (service, token) = uneven().await;
    let seeds: Vec<u64> = (1..=950).collect();
    let long = json!({"seeds": seeds, "parameters": {"by": [3.0, 3.5]}, "change": [{"kind": "demand", "grow": "$by"}]});
    let id = asked(&service, &token, long).await;
    let place = format!("{WHATIFS}/{id}");
    let worker = worker(&service);
    let calling_off = async {
        loop {
            let now = service.get(&token, &place).await.with(200);
            if now.body["state"] == "running" && now.body["days_done"].as_u64() > Some(0) {
                break;
            }
            assert!(matches!(now.body["state"].as_str(), Some("queued" | "running")), "{}", now.text);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        service.send(&token, "POST", &format!("{place}/cancel"), json!({})).await.with(200)
    };
    let working = tokio::time::timeout(Duration::from_secs(60), worker.turn());
    let (turn, told) = tokio::join!(working, calling_off);
    assert_eq!(told.body["cancel_asked"], true);
    assert!(turn.unwrap().unwrap().done.iter().any(|(_, outcome)| outcome == "cancelled"));
    let ended = service.get(&token, &place).await.with(200);
    assert_eq!((ended.text_of("state").as_str(), &ended.body["study"]), ("cancelled", &Value::Null));
    assert!(ended.body["days_done"].as_u64() < ended.body["days_total"].as_u64(), "{}", ended.text);
    let again = service.send(&token, "POST", &format!("{place}/cancel"), json!({})).await.with(200);
    assert_eq!(again.text_of("state"), "cancelled");

    // One that nobody works on ends at once, and nobody begins with it.
    let id = asked(&service, &token, temps()).await;
    let ended = service.send(&token, "POST", &format!("{WHATIFS}/{id}/cancel"), json!({})).await.with(200);
    assert_eq!(ended.text_of("state"), "cancelled");
    let turn = worker.turn().await.unwrap();
    assert!(turn.done.iter().any(|(key, outcome)| key.subject == id && outcome == "ended"), "{turn:?}");
}

#[tokio::test]
async fn what_another_tenant_asks_is_not_to_be_found() {
    here!();
    let (service, token) = uneven().await;
    let id = asked(&service, &token, temps()).await;
    worker(&service).turn().await.unwrap();
    let place = format!("{WHATIFS}/{id}");
    let rival = service.token_of("rival", Role::Admin, "rita");
    let other = LocationRow { id: "lavington".into(), tenant_id: "serenity".into(), name: "Lavington".into(), timezone: house::TIMEZONE };
    service.spa.store.upsert_location(&other).await.unwrap();
    let claims = Claims { location: Some("lavington".into()), ..Claims::lasting("ann", "serenity", Role::Manager, thursday(), 3600) };
    let elsewhere = service.app.keys.keys().mint(&claims, thursday()).unwrap();
    for token in [&rival, &elsewhere] {
        service.get(token, &place).await.with(404);
        service.get(token, &format!("{place}/events")).await.with(404);
        service.send(token, "POST", &format!("{place}/cancel"), json!({})).await.with(404);
        service.send(token, "POST", &format!("{place}/promote"), json!({"date": "2026-11-21"})).await.with(404);
        ask(&service, token, temps()).await.with(404);
        assert_eq!(service.get(token, WHATIFS).await.with(200).body["whatifs"], json!([]));
    }
    for role in [Role::Frontdesk, Role::Scheduler, Role::User] {
        ask(&service, &service.token(role, "somebody"), temps()).await.with(403);
    }
}

#[tokio::test]
async fn a_faulty_scenario_is_refused_whole_with_every_fault_and_nothing_is_put_on_the_list() {
    here!();
    let (service, token) = uneven().await;
    let faulty = json!({
        "profile": "nightlly",
        "parameters": {"unused": [1]},
        "change": [{"kind": "temp", "qualifications": ["swedish"], "from": "10:00"}, {"kind": "tempp"}]
    });
    let refused = ask(&service, &token, faulty).await.with(422);
    let faults = refused.body["faults"].as_array().unwrap();
    assert!(faults.len() >= 4, "{}", refused.text);
    for path in ["profile", "parameters.unused", "change[0]", "change[1]"] {
        assert!(faults.iter().any(|fault| fault["path"].as_str().unwrap().starts_with(path)), "{path}: {}", refused.text);
    }
    let mut with_base = temps();
    with_base["base"] = json!({"location": SPA, "from": "2026-11-21", "to": "2026-11-21"});
    ask(&service, &token, with_base).await.with(422);
    for (from, to) in [("2026-11-22", "2026-11-21"), ("2026-01-01", "2027-01-02"), ("2026-12-01", "2026-12-02")] {
        let body = json!({"location_id": SPA, "from": from, "to": to, "scenario": temps()});
        service.send(&token, "POST", WHATIFS, body).await.with(422);
    }
    let threads = json!({"location_id": SPA, "from": "2026-11-21", "to": "2026-11-21", "scenario": temps(), "threads": 64});
    service.send(&token, "POST", WHATIFS, threads).await.with(422);
    assert_eq!(service.get(&token, WHATIFS).await.with(200).body["whatifs"], json!([]));
    assert!(service.spa.store.jobs(None, 100).await.unwrap().is_empty());

    // What only the days can say is said by the answer.
    let id = asked(&service, &token, json!({"change": [{"kind": "absence", "who": "nobody-here"}]})).await;
    worker(&service).turn().await.unwrap();
    let failed = service.get(&token, &format!("{WHATIFS}/{id}")).await.with(200);
    assert_eq!(failed.text_of("state"), "failed");
    assert!(failed.text_of("error").contains("nobody-here"), "{}", failed.text);
}

#[tokio::test]
async fn no_more_than_five_are_open_and_none_is_larger_than_two_thousand_days() {
    here!();
    let (service, token) = uneven().await;
    let seeds: Vec<u64> = (1..=1000).collect();
    let large = json!({"seeds": seeds, "parameters": {"by": [0.1, 0.2]}, "change": [{"kind": "demand", "grow": "$by"}]});
    let refused = ask(&service, &token, large).await.with(422);
    assert_eq!((refused.code(), &refused.body["limit"]), ("WHATIF_TOO_LARGE", &json!(2000)));
    assert!(refused.text.contains("2001 days"), "{}", refused.text);

    let body = json!({"location_id": SPA, "from": "2026-11-21", "to": "2026-11-21", "scenario": temps()});
    let first = service.send_as(&token, "POST", WHATIFS, body.clone(), "once").await.with(202).text_of("id");
    assert_eq!(service.send_as(&token, "POST", WHATIFS, body, "once").await.with(202).text_of("id"), first);
    for _ in 0..4 {
        ask(&service, &token, temps()).await.with(202);
    }
    let refused = ask(&service, &token, temps()).await.with(409);
    assert_eq!((refused.code(), &refused.body["limit"]), ("WHATIFS_OPEN", &json!(5)));
    let page = service.get(&token, &format!("{WHATIFS}?limit=3")).await.with(200);
    let next = service.get(&token, &format!("{WHATIFS}?limit=3&cursor={}", page.text_of("next"))).await.with(200);
    assert_eq!((page.body["whatifs"].as_array().unwrap().len(), next.body["whatifs"].as_array().unwrap().len()), (3, 2));
    assert_eq!(next.body["whatifs"][1]["id"], first.as_str());
    service.send(&token, "POST", &format!("{WHATIFS}/{first}/cancel"), json!({})).await.with(200);
    ask(&service, &token, temps()).await.with(202);
}

#[tokio::test]
async fn a_day_of_a_what_if_is_made_real_once_and_not_when_it_needs_what_is_not_there() {
    here!();
    let (service, token) = uneven().await;
    let scenario = json!({"name": "fair", "change": [{"kind": "waive-gender"}]});
    let id = asked(&service, &token, scenario.clone()).await;
    let place = format!("{WHATIFS}/{id}/promote");
    let early = service.send(&token, "POST", &place, json!({"date": "2026-11-21"})).await.with(409);
    assert_eq!(early.code(), "WHATIF_NOT_DONE");
    let other = asked(&service, &token, temps()).await;
    let worker = worker(&service);
    worker.turn().await.unwrap();
    // The second waited for the first.
    service.clock.set(thursday() + TimeDelta::seconds(1));
    worker.turn().await.unwrap();

    for (body, said) in [
        (json!({"date": "2026-11-19"}), "is no day of the what-if"),
        (json!({"date": "2026-11-21", "case": "other"}), "expected one of the what-if's 1"),
        (json!({"date": "2026-11-21", "seed": 7}), "seed: expected"),
    ] {
        let refused = service.send(&token, "POST", &place, body).await.with(422);
        assert!(refused.text.contains(said), "{}", refused.text);
    }
    let several = format!("{WHATIFS}/{other}/promote");
    service.send(&token, "POST", &several, json!({"date": "2026-11-21"})).await.with(422);

    // Three people serve four massages one after the other: the temps take some of it, and are not there.
    let unreal = service.send(&token, "POST", &several, json!({"date": "2026-11-21", "case": "temps=1"})).await.with(409);
    assert_eq!(unreal.code(), "NOT_REAL", "{}", unreal.text);
    let missing = &unreal.body["missing"][0];
    assert_eq!(missing["about"], "temp");
    assert!(missing["command"].as_str().unwrap().starts_with("zamu temps add --location westlands --id temp "), "{missing}");
    assert!(service.spa.store.runs(SPA, None, None, 100).await.unwrap().is_empty());

    let body = json!({"date": "2026-11-21", "reason": "everybody gets some of it"});
    let run = service.send_as(&token, "POST", &place, body.clone(), "promote").await.with(200);
    assert_eq!(
        (run.text_of("kind").as_str(), run.text_of("status").as_str(), run.text_of("actor").as_str()),
        ("promoted", "applied", "manager:ruth")
    );
    assert!(run.text_of("rationale").contains("everybody gets some of it"), "{}", run.text);
    let runs = service.spa.store.runs(SPA, Some(saturday()), None, 100).await.unwrap();
    assert_eq!((runs.len(), runs[0].kind), (1, RunKind::Promoted));
    assert_eq!(service.get(&token, &format!("/admin/v1/runs/{}", runs[0].id)).await.with(200).text_of("kind"), "promoted");
    assert!(service.spa.saturday().await.bookings.iter().any(|booking| booking.resources != ["grace"]));
    // The same request again is the same answer; another is refused, since the day is another by now.
    assert_eq!(service.send_as(&token, "POST", &place, body.clone(), "promote").await.with(200).text_of("id"), run.text_of("id"));
    let again = service.send(&token, "POST", &place, body).await.with(409);
    assert_eq!(again.code(), "VERSION_CONFLICT");
    assert!(again.text.contains("run the what-if again"), "{}", again.text);
    assert!(service.spa.store.audit().await.unwrap().is_clean());
    assert_eq!(service.clock.now(), thursday() + TimeDelta::seconds(1));
}
