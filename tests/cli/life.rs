//! The commands that change a database: bookings, optimize, absence, attention, finalize, deliver. On a day far ahead, since the commands
//! go by the machine's clock.

use std::path::Path;

use chrono::Days;
use serde_json::{Value, json};
use zamu::clock::{Clock, SystemClock};
use zamu::domain::local::local_date;
use zamu::store::{LocationRow, Store, TenantRow};

use crate::house::{Spa, TIMEZONE};
use crate::{Answer, zamu};

const DAY: &str = "--location westlands --date 2090-01-14";

/// The spa of three people with nothing booked: Grace (swedish, deep tissue), Joy and Brian (swedish).
fn spa() -> Spa {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let spa = Spa::open().await;
        spa.store.close().await;
        spa
    })
}

fn add(here: &Path, rest: &str) -> Answer {
    zamu(here, &format!("bookings add --location westlands --json {rest}"))
}

/// Takes a booking that has to be taken, and says its id.
fn taken(here: &Path, service: &str, clock: &str, customer: &str) -> String {
    let answer = add(here, &format!("--service {service} --at 2090-01-14T{clock} --customer {customer}"));
    assert_eq!((answer.code, answer.json()["outcome"].as_str()), (0, Some("taken")), "{answer:?}");
    answer.json()["booking"]["id"].as_str().unwrap().to_owned()
}

fn bookings(here: &Path) -> Value {
    zamu(here, &format!("bookings list {DAY} --all --json")).json()
}

fn field<'a>(bookings: &'a Value, id: &str, name: &str) -> &'a Value {
    &bookings.as_array().unwrap().iter().find(|b| b["id"] == id).unwrap()[name]
}

#[test]
fn a_time_is_offered_taken_refused_when_nobody_is_left_moved_and_called_off() {
    let spa = spa();
    let here = spa.folder.path();
    assert!(zamu(here, &format!("bookings free {DAY} --service swedish")).out.contains("10:00"));
    let ids: Vec<String> = ["amina", "ben", "chloe"].iter().map(|who| taken(here, "swedish", "10:00", who)).collect();
    let refused = add(here, "--service swedish --at 2090-01-14T10:00 --customer dan");
    assert_eq!((refused.code, refused.json()["outcome"].as_str()), (1, Some("no-room")), "{refused:?}");
    assert!(refused.json()["nearby"][0].as_str().unwrap().starts_with("2090-01-14T"), "{refused:?}");

    let moved = zamu(here, &format!("bookings move {} --to 2090-01-14T12:15", ids[0]));
    assert!(moved.out.starts_with("moved: "), "{moved:?}");
    let moved = zamu(here, &format!("bookings move {} --to 2090-01-14T12:00 --json", ids[0]));
    assert_eq!((moved.code, moved.json()["booking"]["start"].as_str()), (0, Some("2090-01-14T12:00:00+03:00")), "{moved:?}");
    assert_eq!(zamu(here, &format!("bookings cancel {} --reason ill --json", ids[1])).json()["booking"]["state"], "cancelled");
    assert_eq!(zamu(here, &format!("bookings cancel {}", ids[1])).code, 1, "what is called off cannot be called off again");
    assert_eq!(add(here, "--service swedish --at 2090-01-14T10:00 --customer dan").code, 0, "its time is free");
    let busy = zamu(here, &format!("bookings assign {} --to nobody", ids[2]));
    assert!(busy.complaint().contains("nobody"));
}

#[test]
fn a_new_customer_is_written_with_the_booking_and_told_that_it_stands() {
    let spa = spa();
    let here = spa.folder.path();
    let answer = add(here, "--service swedish --at 2090-01-14T10:00 --customer ruth --name Ruth --contact email:ruth@example.org");
    assert_eq!((answer.code, answer.json()["booking"]["customer"].as_str()), (0, Some("Ruth")), "{answer:?}");
    let told = zamu(here, "deliver --console");
    assert!(told.code == 0 && told.out.contains("ruth@example.org") && told.out.contains("Ruth"), "{told:?}");
    for name in ["Grace", "Joy", "Brian"] {
        assert!(!told.out.contains(name), "no name is told while it is provisional: {told:?}");
    }
}

#[test]
fn a_booking_that_cannot_be_meant_is_refused_and_changes_nothing() {
    let spa = spa();
    let here = spa.folder.path();
    taken(here, "swedish", "10:00", "amina");
    let before = (bookings(here), zamu(here, "deliver --list --json").out);
    for (rest, said) in [
        ("--service sweedish --at 2090-01-14T10:00", vec!["sweedish", "did you mean \"swedish\"?"]),
        ("--service swedish --at 2020-01-14T10:00", vec!["2020-01-14", "past"]),
        ("--service swedish --at teatime", vec!["teatime", "2026-11-21T10:00"]),
        ("--service swedish --at 2090-01-14T10:00 --customer zoe", vec!["zoe", "--name"]),
        ("--service swedish --at 2090-01-14T10:00 --customer zoe --name Zoe --contact nowhere", vec!["nowhere", "email:"]),
        ("--service swedish --at 2090-01-14T10:00 --party 0", vec!["party"]),
    ] {
        let complaint = add(here, rest).complaint();
        for word in said {
            assert!(complaint.contains(word), "{rest}: {word:?} is not in {complaint}");
        }
    }
    assert_eq!((bookings(here), zamu(here, "deliver --list --json").out), before);
}

#[test]
fn a_dry_run_leaves_the_day_and_a_run_is_recorded_with_its_tiers() {
    let spa = spa();
    let here = spa.folder.path();
    for (clock, who) in [("09:00", "amina"), ("11:00", "ben"), ("13:00", "chloe")] {
        taken(here, "swedish", clock, who);
    }
    let before = bookings(here);
    let dry = zamu(here, &format!("optimize {DAY} --profile strict --dry-run --json"));
    assert_eq!((dry.code, dry.json()["run"]["status"].as_str()), (0, Some("dry-run")), "{dry:?}");
    assert_eq!(bookings(here), before);
    assert_eq!(zamu(here, &format!("optimize {DAY}")).code, 0);
    let runs = zamu(here, "runs list --location westlands --json").json();
    assert_eq!(runs.as_array().unwrap().len(), 2);
    let id = runs[0]["id"].as_str().unwrap();
    let shown = zamu(here, &format!("runs show {id}"));
    assert!(shown.code == 0 && shown.out.contains("balance") && shown.out.contains("baseline"), "{shown:?}");
    assert_eq!(zamu(here, &format!("runs show {id} --json")).json()["tiers"][0]["name"], "unplaced");
    assert_eq!(zamu(here, "optimize --all --date 2090-01-14 --json").json().as_array().unwrap().len(), 1);
}

#[test]
fn a_location_that_fails_is_named_at_the_end_and_stops_no_other() {
    let spa = spa();
    let here = spa.folder.path();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = spa.again().await;
        store.upsert_tenant(&TenantRow { profile: "fairest".into(), ..TenantRow::new("odd", "Odd") }).await.unwrap();
        store.upsert_location(&LocationRow { id: "karen".into(), tenant_id: "odd".into(), name: "Karen".into(), timezone: TIMEZONE }).await.unwrap();
        store.close().await;
    });
    let all = zamu(here, "optimize --all --date 2090-01-14 --json");
    let answers = all.json();
    assert_eq!((all.code, answers.as_array().unwrap().len(), answers[0]["location"].as_str()), (1, 2, Some("karen")), "{all:?}");
    assert!(all.err.contains("karen") && all.err.contains("fairest"), "{all:?}");
    assert_eq!(answers[1]["run"]["location_id"], "westlands");
    let all = zamu(here, "optimize --all --date 2090-01-14");
    assert!(all.code == 1 && all.out.contains("Westlands on 2090-01-14") && all.err.contains("karen"), "{all:?}");
}

#[test]
fn optimize_refuses_what_it_does_not_know_and_records_no_run() {
    let spa = spa();
    let here = spa.folder.path();
    std::fs::write(here.join("odd.toml"), "description = \"odd\"\n[[tier]]\nterm = \"happiness\"\n").unwrap();
    for (words, said) in [
        (format!("optimize {DAY} --profile nigthly"), "nightly"),
        (format!("optimize {DAY} --profile odd.toml"), "happiness"),
        ("optimize --location karen --date 2090-01-14".to_owned(), "westlands"),
        ("optimize --location westlands --date soon".to_owned(), "YYYY-MM-DD"),
        ("optimize --date 2090-01-14".to_owned(), "--location"),
        (format!("optimize {DAY} --time-limit 0"), "time-limit"),
    ] {
        let complaint = zamu(here, &words).complaint();
        assert!(complaint.contains(said), "{words}: {said:?} is not in {complaint}");
    }
    assert_eq!(zamu(here, "runs list --location westlands --json").json(), json!([]));
}

#[test]
fn an_absence_is_looked_at_first_then_written_repaired_and_can_be_taken_back() {
    let spa = spa();
    let here = spa.folder.path();
    let deep = taken(here, "deep", "10:00", "amina");
    let swedish = taken(here, "swedish", "14:00", "ben");
    let before = bookings(here);
    let words = "absence --location westlands --who Grace --date 2090-01-14 --reason sick --json";
    let look = zamu(here, words);
    assert_eq!((look.code, &look.json()["block"]), (1, &Value::Null), "nobody else can do deep tissue: {look:?}");
    assert_eq!(look.json()["days"][0]["repair"]["groups"]["unplaced"], json!([deep]));
    assert_eq!(bookings(here), before, "a look writes nothing");

    let done = zamu(here, &format!("{words} --confirm"));
    assert_eq!(done.code, 1, "{done:?}");
    assert_eq!(field(&bookings(here), &deep, "resources"), &json!([]));
    assert_ne!(field(&bookings(here), &swedish, "resources"), &json!(["grace"]));
    let waits = zamu(here, &format!("attention {DAY} --json"));
    assert_eq!((waits.code, waits.json()[0]["booking_id"].as_str()), (1, Some(deep.as_str())), "{waits:?}");

    let block = done.json()["block"].as_str().unwrap().to_owned();
    assert_eq!(zamu(here, &format!("absence --undo {block}")).code, 0);
    assert_eq!(zamu(here, &format!("optimize {DAY}")).code, 0);
    assert_eq!(field(&bookings(here), &deep, "resources"), &json!(["grace"]), "back with the only one who can");
    assert_eq!(zamu(here, &format!("attention {DAY}")).code, 0, "nothing waits any more");
    assert!(zamu(here, "absence --location westlands --who Grac --date tomorrow").complaint().contains("Grace"));
}

#[test]
fn a_temp_can_be_booked_at_once_and_mistakes_are_refused() {
    let spa = spa();
    let here = spa.folder.path();
    taken(here, "deep", "10:00", "amina");
    assert_eq!(add(here, "--service deep --at 2090-01-14T10:00 --customer ben").code, 1, "Grace is the only one");
    let words = "temps add --location westlands --name Faith --from 2090-01-14 --hours 09:00-17:00";
    for (rest, said) in [
        ("--id grace --can deep-tissue", "grace"),
        ("--id faith --can deep-tisue", "did you mean \"deep-tissue\"?"),
        ("--id faith --can deep-tissue --to 2090-01-13", "2090-01-13"),
    ] {
        let complaint = zamu(here, &format!("{words} {rest}")).complaint();
        assert!(complaint.contains(said), "{rest}: {complaint}");
    }
    assert_eq!(zamu(here, "temps list --location westlands --json").json(), json!([]));
    assert_eq!(zamu(here, &format!("{words} --id faith --can deep-tissue")).code, 0);
    assert_eq!(add(here, "--service deep --at 2090-01-14T10:00 --customer ben").code, 0);
    assert_eq!(zamu(here, "temps retire --json").json(), json!([]), "her days are still to come");
}

#[test]
fn the_cutoff_tells_each_customer_the_name_once() {
    let spa = spa();
    let here = spa.folder.path();
    taken(here, "swedish", "10:00", "amina");
    taken(here, "couples", "12:00", "ben");
    let first = zamu(here, &format!("finalize {DAY} --json")).json();
    assert_eq!((first[0]["finalized"].as_array().map(Vec::len), first[0]["messages"].as_u64()), (Some(2), Some(2)), "{first}");
    let again = zamu(here, &format!("finalize {DAY} --json")).json();
    assert_eq!((again[0]["finalized"].as_array().map(Vec::len), again[0]["messages"].as_u64()), (Some(0), Some(0)), "{again}");

    let sent = zamu(here, "deliver --file messages.jsonl --json").json();
    assert_eq!(sent, json!({"delivered": 4, "failed": [], "dead": []}), "two that it stands, two with the name");
    assert_eq!(zamu(here, "deliver --file messages.jsonl --json").json()["delivered"], 0);
    let lines = std::fs::read_to_string(here.join("messages.jsonl")).unwrap();
    assert_eq!(lines.lines().filter(|line| line.contains("will serve you")).count(), 2, "{lines}");
}

#[test]
fn every_day_whose_cutoff_has_come_is_finalized() {
    let spa = spa();
    let here = spa.folder.path();
    taken(here, "swedish", "10:00", "amina");
    let soon = local_date(TIMEZONE, SystemClock.now()) + Days::new(3);
    assert_eq!(add(here, &format!("--service swedish --at {soon}T10:00 --customer ben")).code, 0);
    assert!(zamu(here, "finalize --due").out.contains("no cutoff is due"), "three days ahead is too early");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = spa.again().await;
        let tenant = TenantRow { cutoff_days_before: 7, ..store.tenant("serenity").await.unwrap() };
        store.upsert_tenant(&tenant).await.unwrap();
        store.close().await;
    });
    let done = zamu(here, "finalize --due --json").json();
    assert_eq!((done.as_array().map(Vec::len), done[0]["date"].as_str()), (Some(1), Some(soon.to_string().as_str())), "{done}");
    assert!(zamu(here, "finalize --due").out.contains("no cutoff is due"), "only once");
}

#[test]
fn a_delivery_that_fails_says_so_and_is_not_lost() {
    let spa = spa();
    let here = spa.folder.path();
    taken(here, "swedish", "10:00", "amina");
    let failed = zamu(here, "deliver --file nowhere/messages.jsonl --json");
    assert_eq!((failed.code, failed.json()["failed"].as_array().map(Vec::len)), (1, Some(1)), "{failed:?}");
    assert!(zamu(here, "deliver --list").out.contains("failed 1 times"));
    assert_eq!(zamu(here, "deliver").code, 2, "where to has to be said");
}

#[test]
fn the_database_can_be_named_in_the_environment() {
    let spa = spa();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_zamu"));
    let output = command.current_dir(elsewhere.path()).env("ZAMU_DB", spa.place()).args(["locations", "--json"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("westlands"));

    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_zamu"));
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/spa");
    let import = ["import", "csv", &format!("{data}.csv"), "--mapping", &format!("{data}.toml")];
    assert!(command.current_dir(elsewhere.path()).env("ZAMU_DB", spa.place()).args(import).output().unwrap().status.success());
    assert!(zamu(spa.folder.path(), "locations").out.contains("riverside"), "an import goes to the same database");
}

#[test]
fn what_is_no_database_is_refused_in_one_sentence_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "hello\n").unwrap();
    let complaint = zamu(folder.path(), "locations --db notes.txt").complaint();
    assert!(complaint.contains("notes.txt: cannot be opened as a database"), "{complaint}");
    assert_eq!(complaint.matches("file is not a database").count(), 1, "{complaint}");
    assert_eq!(std::fs::read_to_string(folder.path().join("notes.txt")).unwrap(), "hello\n");
}
