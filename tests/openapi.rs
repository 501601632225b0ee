//! The service against its own OpenApi document: schemathesis sends what fits it and what does not, to every operation, and believes no answer
//! that the document does not know.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[expect(dead_code, reason = "the tests of processes use the rest")]
mod running;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use zamu::clock::{Clock, SystemClock};
use zamu::keyring::Role;

use running::{Running, UNLIMITED, zamu};

/// Examples of each operation and phase.
const EXAMPLES: u32 = 12;
const SEED: u32 = 1;
/// Operations of which no answer was good: none, but for those that need luck.
const ALWAYS_REFUSED: &[&str] = &[];

/// schemathesis, from `.tools/schemathesis` where `.ci/setup test` put it, else from wherever this Python finds it.
fn schemathesis() -> Result<Command, String> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/schemathesis");
    let python = || {
        let mut command = Command::new("python3");
        if tools.is_dir() {
            command.env("PYTHONPATH", &tools);
        }
        command
    };
    let found = python().args(["-c", "import schemathesis"]).output().map_err(|error| format!("python3 is missing: {error}"))?;
    if !found.status.success() {
        return Err("python3 has no schemathesis (.ci/setup test)".into());
    }
    let mut command = python();
    command.args(["-m", "schemathesis.cli"]);
    Ok(command)
}

fn in_days(days: u64) -> NaiveDate {
    SystemClock.now().date_naive().checked_add_days(Days::new(days)).unwrap()
}

/// Identifiers of things that are there, by the name of their dictionary.
type Words = BTreeMap<&'static str, Vec<String>>;

/// Makes what the operations are about: bookings in several states, blocks, rules, tables, runs; and tells their ids.
async fn furnish(service: &Running, admin: &str) -> Words {
    let mut words = Words::new();
    let mut add = |name, word: String| words.entry(name).or_insert_with(Vec::new).push(word);
    let put = |path: &'static str, body: Value| async move { service.send(admin, "POST", path, body).await.with(201).text_of("id") };
    for days in [3, 4, 5, 9] {
        add("date", in_days(days).to_string());
        for clock in ["T09:30", "T11:00:00+03:00", "T14:15", "T15:45"] {
            add("instant", format!("{}{clock}", in_days(days)));
        }
        let shown = format!("/admin/v1/slots?location_id=westlands&from={0}&to={0}", in_days(days));
        service
            .send(admin, "POST", "/admin/v1/slots/generate", json!({"location_id": "westlands", "from": in_days(days), "to": in_days(days)}))
            .await
            .with(200);
        let slots = service.get(admin, &shown).await.with(200);
        for slot in slots.body.as_array().unwrap().iter().filter(|slot| slot["service_id"] == "swedish").step_by(3) {
            add("slot", slot["id"].as_str().unwrap().to_owned());
        }
        for (k, slot) in slots.body.as_array().unwrap().iter().filter(|slot| slot["service_id"] == "swedish").step_by(4).take(6).enumerate() {
            let phone = format!("+2547123{days:02}{k:03}");
            let held =
                service.send(admin, "POST", "/v1/bookings", json!({"slot_id": slot["id"], "customer": {"name": "Zawadi", "phone": phone}})).await;
            if held.status == 201 {
                let id = held.text_of("id");
                if k % 2 == 0 {
                    service.send(admin, "POST", &format!("/v1/bookings/{id}/confirm"), json!({})).await.with(200);
                }
                add("booking", id);
            }
        }
        let (location, reason) = ("westlands", "holiday");
        let block = json!({"location_id": location, "person_id": "peter", "start": format!("{}T09:00", in_days(days)), "end": format!("{}T10:00", in_days(days)), "reason": reason});
        add("block", put("/admin/v1/blocks", block).await);
        add("table", put("/admin/v1/tables", json!({"location_id": location, "name": format!("T{days}"), "seats": 4})).await);
        let rule = json!({"location_id": location, "person_id": "joy", "rule_kind": "EXCEPTION", "valid_from": in_days(days), "valid_to": in_days(days), "start_time": "09:00", "end_time": "17:00"});
        add("rule", put("/admin/v1/availabilities", rule).await);
        add("run", put("/admin/v1/runs", json!({"location_id": location, "date": in_days(days), "dry_run": true, "time_limit_s": 2})).await);
        add("phone", format!("+2547129{days:02}001"));
        add("email", format!("zawadi.{days}@example.org"));
    }
    // On one more day everybody is away whom something was booked with: that needs attention.
    for clock in ["09:00", "10:30", "12:00", "13:30", "15:00"] {
        let booking = json!({"location_id": "westlands", "service_id": "swedish", "start": format!("{}T{clock}", in_days(12))});
        add("booking", put("/admin/v1/bookings", booking).await);
    }
    for person in ["daniel", "grace", "joy", "peter"] {
        let block = json!({"location_id": "westlands", "person_id": person, "start": format!("{}T00:00", in_days(12)), "end": format!("{}T23:00", in_days(12)), "reason": "sick"});
        add("block", put("/admin/v1/blocks", block).await);
    }
    add("run", put("/admin/v1/runs", json!({"location_id": "westlands", "date": in_days(12), "time_limit_s": 5})).await);
    add("location", "westlands".to_owned());
    for (service, person) in [("swedish", "grace"), ("deep-tissue", "joy"), ("facial", "wanjiku")] {
        add("service", service.to_owned());
        add("person", person.to_owned());
    }
    let open = service.get(admin, "/admin/v1/attention?location_id=westlands").await.with(200);
    for row in open.body.as_array().unwrap() {
        add("attention", row["id"].as_str().unwrap().to_owned());
    }
    words
}

/// Writes what schemathesis is told into a folder: the files of `tests/schemathesis` and these words.
fn tell(words: &Words, folder: &Path) {
    let told = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemathesis");
    std::fs::copy(told.join("hooks.py"), folder.join("hooks.py")).unwrap();
    std::fs::write(folder.join("words.json"), json!(words).to_string()).unwrap();
    let values = ["date", "instant", "phone", "email"].map(|name| format!("{name}.values = {}\n", json!(words[name])));
    let text = std::fs::read_to_string(told.join("config.toml")).unwrap();
    std::fs::write(folder.join("config.toml"), text.replace("# {words}\n", &values.concat())).unwrap();
}

/// How often each operation of the document was answered with which status, as the log tells.
fn answered(service: &Running) -> BTreeMap<String, BTreeMap<u64, usize>> {
    let mut answered: BTreeMap<String, BTreeMap<u64, usize>> = BTreeMap::new();
    for line in service.log_lines().iter().filter(|line| line["message"] == "answered") {
        let operation = format!("{} {}", line["span"]["method"].as_str().unwrap(), line["span"]["route"].as_str().unwrap());
        *answered.entry(operation).or_default().entry(line["status"].as_u64().unwrap()).or_default() += 1;
    }
    answered
}

#[tokio::test]
async fn the_service_does_what_its_document_says_and_nothing_else() {
    let mut schemathesis = match schemathesis() {
        Ok(command) => command,
        Err(why) => {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{why}");
            eprintln!("SKIPPED: {why}, so nobody held the service against its document");
            return;
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    assert!(zamu(here).args(["demo", "--db", "zamu.db"]).output().unwrap().status.success());
    let service = Running::start(here, &UNLIMITED);
    let admin = service.token("serenity", Role::Admin, "ann");
    let words = furnish(&service, &admin).await;
    tell(&words, here);
    schemathesis.current_dir(here).args(["--config-file", "config.toml", "run"]).arg(format!("{}/openapi.json", service.url));
    schemathesis.args(["--header", &format!("Authorization: Bearer {admin}"), "--checks", "all", "--no-color", "--workers", "2"]);
    let number = |name: &str, usual: u32| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual).to_string();
    schemathesis.args(["--max-examples", &number("ZAMU_TEST_EXAMPLES", EXAMPLES), "--seed", &number("ZAMU_TEST_SEED", SEED)]);
    let output = tokio::task::spawn_blocking(move || schemathesis.output().unwrap()).await.unwrap();
    let report = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{report}");
    service.assert_well();
    let answered = answered(&service);
    let document = service.get("", "/openapi.json").await.with(200).body;
    let mut refused = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let operation = format!("{} {path}", method.to_uppercase());
            let statuses = answered.get(&operation).cloned().unwrap_or_default();
            println!("{operation}: {statuses:?}");
            if !statuses.keys().any(|status| (200..300).contains(status)) && !ALWAYS_REFUSED.contains(&operation.as_str()) {
                refused.push(format!("{operation}: {statuses:?}"));
            }
        }
    }
    assert!(refused.is_empty(), "nothing good came of\n{}\n{report}", refused.join("\n"));
    let audit = service.get(&admin, "/internal/v1/audit").await.with(200);
    assert_eq!(audit.body["clean"], true, "{}", audit.text);
}
