//! `zamu bench` through the real binary: what it measures is sound, days it wrote are days it reads, and what it cannot do it says.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// Exit code, standard output, standard error as one line.
fn bench(folder: &Path, words: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zamu"));
    let output = command.current_dir(folder).arg("bench").args(words.split_whitespace()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr).split_whitespace().collect::<Vec<_>>().join(" "))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no JSON ({error}): {text}"))
}

#[test]
fn a_small_day_is_proven_and_the_machine_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = bench(folder.path(), "--sizes S --seeds 1,2 --json --out table.json");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let report = json(&out);
    assert_eq!(report["rows"].as_array().unwrap().len(), 2);
    for row in report["rows"].as_array().unwrap() {
        assert_eq!((&row["size"], &row["task"], &row["ours"]["proven"]), (&Value::from("S"), &Value::from("day"), &Value::from(true)), "{row}");
        assert_eq!(row["ours"]["tiers"][0]["value"], row["ours"]["tiers"][0]["bound"], "{row}");
    }
    assert_eq!(report["summary"][0]["proven"], 2);
    assert!(report["machine"]["cores"].as_u64().unwrap() >= 1);
    assert_eq!(json(&std::fs::read_to_string(folder.path().join("table.json")).unwrap()), report);
}

#[test]
fn days_it_wrote_are_days_it_reads_and_they_are_worth_the_same() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(bench(folder.path(), "--sizes S --seeds 3 --write days").0, 0);
    let given = json(&bench(folder.path(), "--sheets days --json").1);
    let made_up = json(&bench(folder.path(), "--sizes S --seeds 3 --json").1);
    let tiers = |report: &Value| report["rows"][0]["ours"]["tiers"].clone();
    assert_eq!(given["rows"][0]["sheet"], "S-3");
    assert_eq!(tiers(&given), tiers(&made_up));
}

#[test]
fn people_get_a_table_with_every_tier() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = bench(folder.path(), "--sizes s --seeds 1 --repeat 2");
    assert_eq!(code, 0, "{out}");
    for word in ["S-1", "unplaced ", "balance ", "moved ", "first plan", "core", "medians of 2"] {
        assert!(out.contains(word), "no {word:?} in\n{out}");
    }
}

#[test]
fn a_peer_that_is_there_stands_beside_us_with_its_ratio() {
    let folder = tempfile::tempdir().unwrap();
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/peers");
    let mut command = Command::new(env!("CARGO_BIN_EXE_zamu"));
    // Where `.ci/setup test` put it; elsewhere only what this Python has of its own.
    if tools.is_dir() {
        command.env("PYTHONPATH", tools);
    }
    let output = command.current_dir(folder.path()).args(["bench", "--sizes", "S", "--seeds", "1", "--peers", "--json"]).output().unwrap();
    let report = json(&String::from_utf8(output.stdout).unwrap());
    let peers = report["rows"][0]["peers"].as_array().unwrap();
    let is_missing = |name: &str| report["notes"].as_array().unwrap().iter().any(|note| note.as_str().unwrap().starts_with(&format!("no {name}:")));
    for name in ["HiGHS", "CP-SAT"] {
        let answer = peers.iter().find(|peer| peer["peer"] == name);
        assert_eq!(answer.is_none(), is_missing(name), "{report}");
        if let Some(peer) = answer {
            assert_eq!((&peer["proven"], &peer["faults"]), (&Value::from(true), &Value::Array(Vec::new())), "{peer}");
            assert!(peer["ratio"].as_f64().unwrap() > 0.0, "{peer}");
        }
    }
    assert_eq!(output.status.code(), Some(0), "{report}");
}

#[test]
fn peers_that_do_not_know_the_tiers_are_left_out_with_a_note() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = bench(folder.path(), "--sizes S --seeds 1 --profile repair --peers --json");
    assert_eq!(code, 0, "{out}");
    let report = json(&out);
    assert_eq!(report["rows"][0]["peers"], Value::Array(Vec::new()));
    assert!(report["notes"][0].as_str().unwrap().starts_with("no peers:"), "{report}");
}

#[test]
fn every_answer_about_admission_is_followed_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = bench(folder.path(), "admission --sizes S --seeds 1,2 --json");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for row in json(&out)["rows"].as_array().unwrap() {
        let count = |name: &str| row[name].as_u64().unwrap();
        assert_eq!(count("questions"), count("free") + count("reshuffled") + count("full"), "{row}");
        assert!(count("reshuffled") > 0 && count("checked") > 0 && row["p99_us"].as_f64().unwrap() > 0.0, "{row}");
    }
    let (_, table, _) = bench(folder.path(), "admission --sizes S --seeds 1");
    assert!(table.contains("S 100 %") && table.contains("answers checked"), "{table}");
}

#[test]
fn a_night_of_a_few_locations_is_proven_applied_and_audited() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = bench(folder.path(), "night --locations 3 --absent 1 --keep night.db --json");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let report = json(&out);
    assert_eq!((&report["locations"], &report["proven"], &report["applied"]), (&Value::from(3), &Value::from(3), &Value::from(3)), "{report}");
    assert!(folder.path().join("night.db").is_file());
    let (code, _, err) = bench(folder.path(), "night --locations 3 --keep night.db");
    assert!(code == 2 && err.contains("is there already"), "{err}");
    let (_, words, _) = bench(folder.path(), "night --locations 1");
    assert!(words.contains("every day stands as its plan says"), "{words}");
}

#[test]
fn what_it_cannot_do_it_says() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.json"), "{}").unwrap();
    for (words, complaint) in [
        ("--sizes XS", "expected one of S, M, L, XL, XXL"),
        ("--sheets missing.json", "there is no such file"),
        ("--sheets broken.json", "not a valid day sheet"),
        ("--sheets .", "not a valid day sheet"),
        ("--sizes S --peers --python ./no-python", "name a Python with --python"),
        ("--sizes S --out no/folder/table.json", "cannot be written"),
        ("--sizes S --time-limit 0", "seconds above 0"),
        ("--sizes S --peer-seconds 5", "--peers"),
    ] {
        let (code, out, err) = bench(folder.path(), words);
        assert_eq!((code, out.as_str()), (2, ""), "{words}: {err}");
        assert!(err.contains(complaint), "{words}: {err}");
    }
}

#[test]
fn weeks_dealt_with_the_ledger_end_evener_than_those_dealt_greedily_or_day_by_day() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = bench(folder.path(), "quarter --seed 1 --weeks 4 --staff 6 --temps 1 --json");
    assert_eq!(code, 0, "{out}{err}");
    let report = json(&out);
    let spread = |way: &str| {
        let looks = report["looks"].as_array().unwrap();
        let last = looks.iter().rfind(|look| look["way"] == way).unwrap();
        assert_eq!((last["weeks"].as_u64(), last["unplaced"].as_u64()), (Some(4), Some(0)), "{last}");
        last["spread"].as_f64().unwrap()
    };
    assert!(spread("ledger") < spread("greedy") && spread("ledger") < spread("day-by-day"), "{out}");
    assert_eq!(bench(folder.path(), "quarter --seed 1 --weeks 4 --staff 6 --temps 1 --json").1, out, "the same seed, the same figures");
}
