//! The same commands on either database say the same; and where the database is can be said in three ways.

use std::path::Path;

use serde_json::Value;
use zamu::store::Store;

use crate::{answer, house, on_server, zamu};

/// A day of commands. `{n}` is the n-th booking that was taken.
const DAY: [(&str, i32); 31] = [
    ("locations --json", 0),
    ("bookings free --location westlands --date 2090-01-14 --service swedish", 0),
    ("bookings add --location westlands --service swedish --at 2090-01-14T10:00 --customer ruth --name Ruth --contact email:r@example.org --json", 0),
    ("bookings add --location westlands --service swedish --at 2090-01-14T10:00 --customer amina --json", 0),
    ("bookings add --location westlands --service deep --at 2090-01-14T10:00 --customer ben --json", 0),
    ("bookings add --location westlands --service swedish --at 2090-01-14T10:00 --customer dan --json", 1),
    ("bookings add --location westlands --service couples --at 2090-01-14T14:00 --customer chloe --json", 0),
    ("bookings add --location westlands --service sweedish --at 2090-01-14T14:00", 2),
    ("bookings move {0} --to 2090-01-14T12:00 --json", 0),
    ("bookings list --location westlands --date 2090-01-14", 0),
    ("bookings list --location westlands --date 2090-01-14 --all --json", 0),
    ("bookings assign {0} --to joy --reason asked", 0),
    ("bookings cancel {1} --reason ill --json", 0),
    ("bookings cancel {1} --reason ill", 1),
    ("bookings show {1} --json", 0),
    ("temps add --location westlands --id faith --name Faith --from 2090-01-14 --hours 09:00-17:00 --can swedish", 0),
    ("temps list --location westlands --json", 0),
    ("sheet --location westlands --date 2090-01-14", 0),
    ("optimize --location westlands --date 2090-01-14 --dry-run --json", 0),
    ("optimize --location westlands --date 2090-01-14 --json", 0),
    ("runs list --location westlands --json", 0),
    ("absence --location westlands --who Grace --date 2090-01-14 --reason sick --json", 1),
    ("absence --location westlands --who Grace --date 2090-01-14 --reason sick --confirm --json", 1),
    ("attention --location westlands --date 2090-01-14 --json", 1),
    ("finalize --location westlands --date 2090-01-14 --json", 1),
    ("deliver --list --json", 0),
    ("messages list --state withdrawn --json", 0),
    ("deliver --console", 0),
    ("messages dead --json", 0),
    ("messages list --booking {0}", 0),
    ("bookings list --location karen --date 2090-01-14", 2),
];

/// What is another at every run: when, how long, and the digest over ids. And how often a day was written, which is each database's own.
const ITS_OWN: [&str; 11] = [
    "started_at",
    "finished_at",
    "solve_ms",
    "created_at",
    "updated_at",
    "delivered_at",
    "next_attempt_at",
    "settled_at",
    "at",
    "input_sha256",
    "day_version",
];

/// The same text with every id that was made up as `#n`, by when it was first named, and the minute in which it was made as `now`: the two days are
/// not run in the same one.
fn named(text: &str, known: &mut Vec<String>) -> String {
    let is_id = |word: &str| word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let mut out = text.to_owned();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(|word| is_id(word)) {
        let n = known.iter().position(|id| id == word).unwrap_or_else(|| {
            known.push(word.to_owned());
            known.len() - 1
        });
        out = out.replace(word, &format!("#{n}"));
    }
    without_minutes_of_today(&out)
}

/// `2026-11-22 01:41Z` as `now`, where it is not of the day that the commands are about.
fn without_minutes_of_today(text: &str) -> String {
    let is_instant = |at: &str| at.len() == 17 && chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%MZ").is_ok();
    let mut out = text.to_owned();
    for start in 0..text.len() {
        if let Some(at) = text.get(start..start + 17)
            && is_instant(at)
            && !at.starts_with("2090-")
        {
            out = out.replace(at, "now");
        }
    }
    out
}

#[test]
fn the_minute_in_which_a_day_of_commands_is_run_is_not_compared() {
    assert_eq!(without_minutes_of_today("told 2026-11-22 01:59Z for 2090-01-14 10:00Z"), "told now for 2090-01-14 10:00Z");
}

fn without_its_own(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(without_its_own),
        Value::Object(all) => {
            all.retain(|key, _| !ITS_OWN.contains(&key.as_str()));
            all.values_mut().for_each(without_its_own);
        }
        _ => {}
    }
}

/// What the day's commands answer on the database at `place`.
fn told(here: &Path, place: &str) -> Vec<String> {
    let (mut taken, mut known, mut told) = (Vec::<String>::new(), Vec::new(), Vec::new());
    for (words, code) in DAY {
        let words = taken.iter().enumerate().fold(words.to_owned(), |words, (n, id)| words.replace(&format!("{{{n}}}"), id));
        let said = zamu(here, &format!("{words} --db {place}"));
        assert_eq!(said.code, code, "{words}: {said:?}");
        let mut out = said.out.clone();
        if let Ok(mut json) = serde_json::from_str::<Value>(&out) {
            if words.starts_with("bookings add") && code == 0 {
                taken.push(json["booking"]["id"].as_str().unwrap().to_owned());
            }
            without_its_own(&mut json);
            out = serde_json::to_string_pretty(&json).unwrap();
        }
        told.push(named(&format!("{words}\n{out}{}", said.err), &mut known));
    }
    told
}

#[test]
fn a_day_of_commands_answers_the_same_on_either_database() {
    if !on_server::base::reached() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (file, server) = runtime.block_on(async {
        let (file, server) = (house::Spa::open().await, on_server::house::Spa::open().await);
        file.store.close().await;
        server.store.close().await;
        (file, server)
    });
    let (one, other) = (told(file.folder.path(), file.place()), told(server.folder.path(), server.place()));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), DAY.len());
}

/// Runs `zamu locations --json` where the environment says these.
fn locations(here: &Path, said: &[(&str, &str)], words: &[&str]) -> crate::Answer {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_zamu"));
    command.current_dir(here).env_remove("ZAMU_DB").env_remove("DATABASE_URL").envs(said.iter().copied()).args(["locations", "--json"]).args(words);
    answer(command.output().unwrap())
}

#[test]
fn the_option_counts_before_zamu_db_and_that_before_database_url() {
    let spa = tokio::runtime::Runtime::new().unwrap().block_on(house::Spa::open());
    let elsewhere = tempfile::tempdir().unwrap();
    let here = elsewhere.path();
    let place = spa.place();
    let with_scheme = format!("sqlite://{place}");
    for (said, words) in [
        (vec![("DATABASE_URL", place)], vec![]),
        (vec![("ZAMU_DB", place), ("DATABASE_URL", "none.db")], vec![]),
        (vec![("ZAMU_DB", "none.db"), ("DATABASE_URL", "none.db")], vec!["--db", place]),
        (vec![("DATABASE_URL", with_scheme.as_str())], vec![]),
    ] {
        assert_eq!(locations(here, &said, &words).json()[0]["id"], house::SPA, "{said:?} {words:?}");
    }
    for (said, words, complaint) in [
        (vec![("DATABASE_URL", "none.db")], vec![], "none.db: there is no such database"),
        (vec![("ZAMU_DB", "none.db"), ("DATABASE_URL", place)], vec![], "none.db: there is no such database"),
        (vec![("DATABASE_URL", "")], vec![], "zamu.db: there is no such database"),
        (vec![("DATABASE_URL", "mysql://ruth:secret@localhost/zamu")], vec![], "mysql://…@localhost/zamu: there is no store"),
    ] {
        let answer = locations(here, &said, &words).complaint();
        assert!(answer.contains(complaint) && !answer.contains("secret"), "{answer}");
    }
    assert_eq!(std::fs::read_dir(here).unwrap().count(), 0, "a mistyped name makes no empty database");
}

#[test]
fn the_demonstration_says_that_it_goes_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let complaint = zamu(folder.path(), "demo --db postgres://ruth:secret@localhost/zamu").complaint();
    assert!(complaint.contains("file") && !complaint.contains("secret"), "{complaint}");
}
