//! The commands that work on files alone: solve, check, explain, model, profiles.

use std::path::Path;

use serde_json::{Value, json};

use crate::{contents, zamu, zamu_with};

/// Grace can do everything, Joy only swedish; both bookings are Grace's now, at the same time as a third that only she can serve.
fn sheet() -> Value {
    let shift = json!([{"start": "2026-11-21T09:00:00+03:00", "end": "2026-11-21T17:00:00+03:00"}]);
    let booking = |id: &str, what: &str, from: &str, to: &str| {
        json!({"id": id, "start": format!("2026-11-21T{from}:00+03:00"), "end": format!("2026-11-21T{to}:00+03:00"),
            "demands": [{"kind": "staff", "qualifications": [what], "count": 1}]})
    };
    json!({"format": "zamu.sheet/1", "location": {"id": "westlands", "name": "Westlands", "timezone": "Africa/Nairobi"}, "date": "2026-11-21",
        "grid_minutes": 5, "combinations": [],
        "resources": [
            {"id": "grace", "name": "Grace", "kind": "staff", "gender": "female", "qualifications": ["swedish", "deep-tissue"], "shifts": shift},
            {"id": "joy", "name": "Joy", "kind": "staff", "gender": "female", "qualifications": ["swedish"], "shifts": shift}],
        "bookings": [booking("b1", "swedish", "10:00", "11:00"), booking("b2", "deep-tissue", "10:00", "11:00"), booking("b3", "deep-tissue", "10:30", "11:30")]})
}

fn write(folder: &Path, name: &str, value: &Value) {
    std::fs::write(folder.join(name), serde_json::to_string_pretty(value).unwrap()).unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "day.json", &sheet());
    folder
}

#[test]
fn solve_writes_a_plan_that_check_accepts_and_explain_explains() {
    let folder = folder();
    let here = folder.path();
    assert_eq!(zamu(here, "solve day.json --profile strict --out plan.json").code, 0);
    let checked = zamu(here, "check day.json plan.json");
    assert_eq!(checked.code, 0, "{checked:?}");
    let plan: Value = serde_json::from_slice(&std::fs::read(here.join("plan.json")).unwrap()).unwrap();
    assert_eq!((plan["status"].as_str(), plan["tiers"][0]["value"].as_f64()), (Some("optimal"), Some(1.0)));
    let unplaced = plan["unplaced"][0]["booking"].as_str().unwrap();
    let why = zamu(here, &format!("explain day.json plan.json {unplaced}"));
    assert_eq!(why.code, 0, "{why:?}");
    assert!(why.out.contains("crowded out"), "{why:?}");
}

#[test]
fn solve_reads_standard_input_and_writes_standard_output() {
    let folder = folder();
    let answer = zamu_with(folder.path(), "solve - --out -", &sheet().to_string());
    assert_eq!((answer.code, answer.json()["format"].as_str().map(str::to_owned)), (0, Some("zamu.plan/1".to_owned())), "{answer:?}");
}

#[test]
fn the_same_sheet_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = folder();
    let one = zamu(folder.path(), "solve day.json --reproducible --threads 1 --json");
    let two = zamu(folder.path(), "solve day.json --reproducible --threads 2 --json");
    assert_eq!((one.code, one.out), (two.code, two.out));
}

#[test]
fn check_answers_no_to_a_plan_that_books_somebody_twice() {
    let folder = folder();
    let plan = json!({"format": "zamu.plan/1", "tiers": [{"name": "unplaced", "value": 1, "bound": 1, "optimal": true}], "unplaced": [{"booking": "b3", "reason": {"code": "undecided"}}],
        "assignments": [{"booking": "b1", "resources": ["grace"]}, {"booking": "b2", "resources": ["grace"]}]});
    write(folder.path(), "plan.json", &plan);
    let answer = zamu(folder.path(), "check day.json plan.json");
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.out.contains("grace"), "{answer:?}");
}

#[test]
fn the_model_comes_out_as_lp_and_as_mps_and_the_profiles_are_listed() {
    let folder = folder();
    assert!(zamu(folder.path(), "model day.json --format lp").out.to_lowercase().contains("minimize"));
    assert!(zamu(folder.path(), "model day.json --format mps").out.contains("ROWS"));
    let profiles = zamu(folder.path(), "profiles");
    for name in ["nightly", "repair", "min-staff", "tables", "strict"] {
        assert!(profiles.out.contains(name), "{name}: {profiles:?}");
    }
}

/// A faulty sheet, made from the good one, and what must be said about it.
fn faulty() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    let changed = |change: fn(&mut Value)| {
        let mut value = sheet();
        change(&mut value);
        value.to_string().into_bytes()
    };
    vec![
        ("unknown id", changed(|s| s["bookings"][0]["assignment"] = json!({"status": "bound", "resources": ["nobody"]})), &["bookings[0]", "nobody"]),
        ("ends before it starts", changed(|s| s["bookings"][1]["end"] = "2026-11-21T09:00:00+03:00".into()), &["bookings[1]"]),
        ("time without an offset", changed(|s| s["bookings"][0]["start"] = "2026-11-21T10:00:00".into()), &["bookings[0].start", "offset"]),
        ("duplicated id", changed(|s| s["bookings"][2]["id"] = "b1".into()), &["bookings[2].id", "b1"]),
        (
            "overlapping shifts",
            changed(|s| {
                s["resources"][0]["shifts"] = json!([{"start": "2026-11-21T09:00:00+03:00", "end": "2026-11-21T12:00:00+03:00"},
            {"start": "2026-11-21T11:00:00+03:00", "end": "2026-11-21T17:00:00+03:00"}])
            }),
            &["resources[0].shifts"],
        ),
        (
            "two faults at once",
            changed(|s| {
                s["bookings"][2]["id"] = "b1".into();
                s["location"]["timezone"] = "Mars/Base".into();
            }),
            &["bookings[2].id", "location.timezone"],
        ),
        ("truncated", sheet().to_string().as_bytes()[..200].to_vec(), &["day.json"]),
        ("not UTF-8", b"{\"format\": \"\xff\"}".to_vec(), &["UTF-8"]),
        ("empty", Vec::new(), &["day.json"]),
    ]
}

#[test]
fn a_faulty_sheet_is_refused_with_file_and_path_and_writes_nothing() {
    for (what, bytes, said) in faulty() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("day.json"), bytes).unwrap();
        let before = contents(folder.path());
        let complaint = zamu(folder.path(), "solve day.json --out plan.json").complaint();
        for word in said.iter().chain(&["day.json"]) {
            assert!(complaint.contains(word), "{what}: {word:?} is not in {complaint}");
        }
        assert_eq!(contents(folder.path()), before, "{what}");
    }
}

#[test]
fn a_missing_file_a_directory_and_a_bad_profile_are_named() {
    let folder = folder();
    let here = folder.path();
    std::fs::create_dir(here.join("somewhere")).unwrap();
    std::fs::write(here.join("odd.toml"), "description = \"odd\"\n[[tier]]\nterm = \"happiness\"\n").unwrap();
    for (words, said) in [
        ("solve nothing.json --out plan.json", vec!["nothing.json"]),
        ("solve somewhere --out plan.json", vec!["somewhere", "directory"]),
        ("solve day.json --profile odd.toml --out plan.json", vec!["odd.toml", "happiness", "unplaced"]),
        ("solve day.json --profile nigthly --out plan.json", vec!["nigthly", "nightly"]),
        ("solve day.json --time-limit 0 --out plan.json", vec!["time-limit", "above 0"]),
        ("solve day.json --out nowhere/plan.json", vec!["nowhere/plan.json"]),
        ("check day.json nothing.json", vec!["nothing.json"]),
    ] {
        let complaint = zamu(here, words).complaint();
        for word in said {
            assert!(complaint.contains(word), "{words}: {word:?} is not in {complaint}");
        }
        assert!(!here.join("plan.json").exists(), "{words}");
    }
}
