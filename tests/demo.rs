//! The demonstration tells the same story each time, and it is the one on file. `ZAMU_GOLDEN=write cargo test --test demo` writes it anew,
//! to be read before it is kept.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;

const COLUMNS: usize = 100;

fn on_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/demo.txt")
}

fn demo(folder: &Path, words: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_zamu")).current_dir(folder).env_remove("ZAMU_DB").arg("demo").args(words).output().unwrap()
}

#[test]
fn the_story_is_the_one_on_file_and_fits_into_a_hundred_columns() {
    let folder = tempfile::tempdir().unwrap();
    let told = demo(folder.path(), &[]);
    assert!(told.status.success(), "{told:?}");
    let text = String::from_utf8(told.stdout).unwrap();
    if std::env::var("ZAMU_GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::write(on_file(), &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(on_file()).unwrap(), "the story is not what {} says", on_file().display());
    for line in text.lines() {
        assert!(line.chars().count() <= COLUMNS && line == line.trim_end(), "{line:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a scratch database is left nowhere");
}

#[test]
fn an_upcoming_day_has_its_bookings_and_everything_else_is_still_to_be_done() {
    let folder = tempfile::tempdir().unwrap();
    let told = demo(folder.path(), &["--upcoming", "--db", "spa.db"]);
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success() && text.contains("one too many, and a temp") && !text.contains("the night's run"), "{text}");
    let line = text.lines().find(|line| line.contains("zamu optimize")).unwrap();
    let day = line.split_whitespace().skip_while(|word| *word != "--date").nth(1).unwrap();
    let zamu = |words: &[&str]| Command::new(env!("CARGO_BIN_EXE_zamu")).current_dir(folder.path()).args(words).output().unwrap();
    let listed = zamu(&["bookings", "list", "--location", "westlands", "--date", day, "--db", "spa.db", "--json"]);
    let bookings: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let bookings = bookings.as_array().unwrap();
    assert!(bookings.len() == 16 && bookings.iter().all(|b| b["assignment_status"] == "provisional"), "{bookings:?}");
    let run = zamu(&["optimize", "--location", "westlands", "--date", day, "--db", "spa.db"]);
    assert!(run.status.success(), "the day is ahead and can be allocated: {run:?}");
    assert_eq!(demo(folder.path(), &["--upcoming"]).status.code(), Some(2), "nothing is left of a scratch database to go on with");
}

#[test]
fn a_kept_database_goes_on_where_the_story_ends_and_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    assert!(demo(folder.path(), &["--db", "spa.db"]).status.success());
    let list = Command::new(env!("CARGO_BIN_EXE_zamu"))
        .current_dir(folder.path())
        .args(["bookings", "list", "--location", "westlands", "--date", "2026-11-21", "--db", "spa.db", "--json"])
        .output()
        .unwrap();
    let bookings: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    assert!(bookings.as_array().unwrap().iter().all(|b| b["assignment_status"] == "finalized"), "{bookings}");
    let before = std::fs::read(folder.path().join("spa.db")).unwrap();
    let again = demo(folder.path(), &["--db", "spa.db"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(std::fs::read(folder.path().join("spa.db")).unwrap(), before);
}
