//! What the program says to bad input: the file, the path within it, what was expected; exit code 2, and nothing is changed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[expect(dead_code, reason = "shared by several tests, each takes what it needs")]
mod support;

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::{Value, json};
use support::plans::valid_plan;
use support::rng::Rng;
use support::sheets::{Knobs, random_sheet};
use tempfile::TempDir;
use zamu::alloc::profile::Term;
use zamu::sheet::write;

/// A folder with a valid `sheet.json` and a sound `plan.json`.
struct Desk {
    folder: TempDir,
}

/// What the program answered.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Desk {
        let desk = Desk { folder: tempfile::tempdir().unwrap() };
        let sheet = random_sheet(4, Knobs::SMALL);
        let plan = valid_plan(&sheet, &[Term::Unplaced, Term::Balance], &mut Rng::new(4));
        fs::write(desk.at("sheet.json"), write::to_json(&sheet)).unwrap();
        fs::write(desk.at("plan.json"), write::plan_to_json(&plan)).unwrap();
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn document(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.at(name)).unwrap()).unwrap()
    }

    /// Changes a document in place.
    fn change(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut document = self.document(name);
        change(&mut document);
        fs::write(self.at(name), serde_json::to_string_pretty(&document).unwrap()).unwrap();
    }

    fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, Vec::new())
    }

    fn run_with(&self, args: &[&str], input: Vec<u8>) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_zamu")).current_dir(self.folder.path()).args(args).write_stdin(input).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// `zamu check sheet.json plan.json` refuses, and says all of these; no file is changed or made.
    #[track_caller]
    fn refuses(&self, words: &[&str]) {
        self.refuses_args(&["check", "sheet.json", "plan.json"], words);
    }

    #[track_caller]
    fn refuses_args(&self, args: &[&str], words: &[&str]) {
        let before = self.files();
        let said = self.run(args);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{}", said.err);
        for word in words {
            assert!(said.err.contains(word), "no {word:?} in {}", said.err);
        }
        assert_eq!(self.files(), before, "bad input changes nothing");
    }

    fn files(&self) -> Vec<(PathBuf, u64, std::time::SystemTime)> {
        let mut found: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| {
                let about = entry.as_ref().unwrap().metadata().unwrap();
                (entry.unwrap().path(), about.len(), about.modified().unwrap())
            })
            .collect();
        found.sort();
        found
    }
}

#[test]
fn a_sound_plan_passes_and_a_faulty_one_does_not() {
    let desk = Desk::new();
    let said = desk.run(&["check", "sheet.json", "plan.json"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains("No fault") && said.out.contains("balance"), "{}", said.out);
    desk.change("plan.json", |plan| plan["tiers"][0]["value"] = json!(99));
    desk.change("plan.json", |plan| drop(plan["assignments"].as_array_mut().unwrap().remove(0)));
    let said = desk.run(&["check", "sheet.json", "plan.json"]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.out.contains("says 99") && said.out.contains("[missing]"), "{}", said.out);
    let said = desk.run(&["check", "sheet.json", "plan.json", "--json"]);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &answer["passed"]), (Some(1), &json!(false)));
    assert!(answer["faults"].as_array().unwrap().iter().any(|f| f["code"] == "tier-value" && f["about"] == "unplaced"), "{answer}");
}

#[test]
fn either_document_may_come_from_standard_input() {
    let desk = Desk::new();
    let sheet = fs::read(desk.at("sheet.json")).unwrap();
    assert_eq!(desk.run_with(&["check", "-", "plan.json"], sheet).code, Some(0));
    let plan = fs::read(desk.at("plan.json")).unwrap();
    assert_eq!(desk.run_with(&["check", "sheet.json", "-"], plan).code, Some(0));
    desk.refuses_args(&["check", "-", "-"], &["cannot both come from standard input"]);
    desk.refuses_args(&["check", "-", "plan.json"], &["standard input", "truncated"]);
}

#[test]
fn a_profile_values_its_own_tiers() {
    let desk = Desk::new();
    desk.refuses_args(&["check", "sheet.json", "plan.json", "--profile", "nightyl"], &["nightyl", "nightly"]);
    fs::write(desk.at("odd.toml"), "[[tier]]\nterm = \"unplaced\"\n[[tier]]\nterm = \"balanse\"\n").unwrap();
    desk.refuses_args(&["check", "sheet.json", "plan.json", "--profile", "odd.toml"], &["odd.toml", "tier[1]", "balanse", "balance"]);
    fs::write(desk.at("even.toml"), "[[tier]]\nterm = \"unplaced\"\n[[tier]]\nterm = \"balance\"\n").unwrap();
    assert_eq!(desk.run(&["check", "sheet.json", "plan.json", "--profile", "even.toml"]).code, Some(0));
}

#[test]
fn a_file_that_is_not_there_or_no_file_is_refused() {
    let desk = Desk::new();
    desk.refuses_args(&["check", "shet.json", "plan.json"], &["shet.json", "no such file"]);
    fs::create_dir(desk.at("folder")).unwrap();
    desk.refuses_args(&["check", "folder", "plan.json"], &["folder", "directory", "expected a file"]);
    desk.refuses_args(&["check", "sheet.json", "folder"], &["folder", "directory", "expected a file"]);
}

#[test]
fn a_file_of_200_megabytes_is_refused_unread() {
    let desk = Desk::new();
    for name in ["sheet.json", "plan.json"] {
        let desk = Desk::new();
        // Sparse: it has the size, but takes no room.
        fs::File::create(desk.at(name)).unwrap().set_len(200 * 1024 * 1024).unwrap();
        desk.refuses(&[name, "200 MiB", "at most 64 MiB"]);
    }
    let said = desk.run_with(&["check", "-", "plan.json"], vec![b' '; 64 * 1024 * 1024 + 1]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("standard input") && said.err.contains("64 MiB"), "{}", said.err);
}

#[test]
fn what_is_not_utf_8_is_refused_with_the_byte() {
    for name in ["sheet.json", "plan.json"] {
        let desk = Desk::new();
        let mut bytes = fs::read(desk.at(name)).unwrap();
        bytes[20] = 0xff;
        fs::write(desk.at(name), bytes).unwrap();
        desk.refuses(&[name, "byte 20", "0xff", "UTF-8"]);
    }
}

#[test]
fn a_truncated_file_is_refused_with_line_and_column() {
    for name in ["sheet.json", "plan.json"] {
        let desk = Desk::new();
        let bytes = fs::read(desk.at(name)).unwrap();
        fs::write(desk.at(name), &bytes[..bytes.len() / 2]).unwrap();
        desk.refuses(&[name, "line", "column", "cut short"]);
    }
}

#[test]
fn the_wrong_document_is_refused_by_its_name() {
    let desk = Desk::new();
    desk.refuses_args(
        &["check", "plan.json", "sheet.json"],
        &["plan.json: format", "zamu.plan/1", "expected \"zamu.sheet/1\"", "sheet.json: format"],
    );
}

#[test]
fn unknown_ids_are_refused_with_their_path() {
    let desk = Desk::new();
    desk.change("sheet.json", |sheet| sheet["bookings"][0]["assignment"] = json!({"status": "bound", "resources": ["nobody"]}));
    desk.refuses(&["sheet.json: bookings[0].assignment.resources[0]: no resource has the id \"nobody\""]);
}

#[test]
fn overlapping_shifts_are_refused_and_both_named() {
    let desk = Desk::new();
    desk.change("sheet.json", |sheet| {
        let shift = json!({"start": "2026-11-21T09:00:00Z", "end": "2026-11-21T12:00:00Z"});
        sheet["resources"][0]["shifts"] = json!([shift, shift]);
    });
    desk.refuses(&["sheet.json: resources[0].shifts[1]: overlaps resources[0].shifts[0]"]);
}

#[test]
fn a_booking_that_ends_before_it_starts_is_refused() {
    let desk = Desk::new();
    desk.change("sheet.json", |sheet| sheet["bookings"][0]["end"] = json!("2020-01-01T00:00:00Z"));
    desk.refuses(&["sheet.json: bookings[0].end: ", "before it starts", "expected an end after the start"]);
}

#[test]
fn times_without_an_offset_are_refused() {
    let desk = Desk::new();
    desk.change("sheet.json", |sheet| sheet["bookings"][0]["start"] = json!("2026-11-21T10:00:00"));
    desk.refuses(&["sheet.json: bookings[0].start: ", "no offset", "expected"]);
}

#[test]
fn a_duplicated_id_is_refused_and_the_first_named() {
    let desk = Desk::new();
    desk.change("sheet.json", |sheet| {
        let first = sheet["resources"][0].clone();
        sheet["resources"].as_array_mut().unwrap().push(first);
    });
    desk.refuses(&["].id: the id ", "belongs to resources[0] already"]);
}

#[test]
fn a_plan_with_a_wrong_form_is_refused_with_its_path() {
    let desk = Desk::new();
    desk.change("plan.json", |plan| {
        plan["assignments"] = json!([{"booking": "b0"}]);
        plan["tiers"][0]["valu"] = json!(1);
    });
    desk.refuses(&[
        "plan.json: assignments[0].resources: is missing, expected a list",
        "plan.json: tiers[0].valu: ",
        "did you mean \"value\"?",
        "2 faults",
    ]);
}

#[test]
fn all_faults_of_both_files_are_reported_at_once() {
    let desk = Desk::new();
    desk.change("sheet.json", |sheet| {
        sheet["date"] = json!("today");
        sheet["grid_minutes"] = json!(0);
        sheet["bookings"][0]["priority"] = json!(-1);
        sheet["resources"][0]["shift"] = json!([]);
        sheet["location"]["timezone"] = json!("Africa/Nirobi");
    });
    desk.change("plan.json", |plan| plan["status"] = json!("best"));
    let words = [
        "5 faults",
        "date: ",
        "grid_minutes: ",
        "bookings[0].priority: ",
        "resources[0].shift: ",
        "location.timezone: ",
        "Africa/Nairobi",
        "plan.json: status: ",
    ];
    desk.refuses(&words);
    let said = desk.run(&["check", "sheet.json", "plan.json", "--json"]);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(said.code, Some(2));
    let codes: Vec<&str> = answer["refused"][0]["faults"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["unknown-timezone", "bad-date", "out-of-range", "unknown-key", "out-of-range"]);
    assert_eq!(answer["refused"][1]["file"], "plan.json");
}
