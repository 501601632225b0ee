//! The house rules, kept by reading the source: who may import whom, where time and files come in, how long a file may be.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod rules;
mod scan;

use std::path::{Path, PathBuf};

use rules::{MAX_LINES, breaches_of_imports, crates_without_place};

/// A rule broken somewhere.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Breach {
    file: String,
    line: usize,
    what: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `.rs` file under `folder`, as a path from the project's root with `/`.
fn files(folder: &str) -> Vec<String> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    let mut names: Vec<String> = found.iter().map(|p| p.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")).collect();
    names.sort();
    names
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// Words that may stand nowhere, and what to do instead.
const BANNED: [(&str, &str); 4] = [
    ("#[allow(", "use #[expect(.., reason = \"..\")]"),
    ("#![allow(", "use #![expect(.., reason = \"..\")]"),
    ("todo!", "finish it or leave it out"),
    ("unimplemented!", "finish it or leave it out"),
];

/// Breaches that concern one file's text alone, whatever it imports.
fn breaches_of_text(file: &str, text: &str) -> Vec<Breach> {
    let breach = |line, what| Breach { file: file.to_owned(), line, what };
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push(breach(1, "does not begin with //! and what the file is for".to_owned()));
    }
    let lines = text.lines().count();
    if lines > MAX_LINES && !rules::LONG_FILES.iter().any(|(long, _)| *long == file) {
        found.push(breach(
            lines,
            format!("is {lines} lines long, {MAX_LINES} is the most: split it, or list it with its reason in tests/tidy/rules.rs"),
        ));
    }
    for (k, row) in scan::masked(text).lines().enumerate() {
        let dense: String = row.split_whitespace().collect();
        for (word, instead) in BANNED {
            if dense.contains(word) {
                found.push(breach(k + 1, format!("has {word}: {instead}")));
            }
        }
    }
    found
}

fn assert_none(mut found: Vec<Breach>) {
    found.sort();
    let report: Vec<String> = found.iter().map(|b| format!("{}:{}: {}", b.file, b.line, b.what)).collect();
    assert!(report.is_empty(), "{} broken house rules:\n{}", report.len(), report.join("\n"));
}

#[test]
fn every_room_imports_only_what_it_may() {
    let found = files("src").iter().flat_map(|file| breaches_of_imports(file, &read(file))).collect();
    assert_none(found);
}

#[test]
fn every_file_says_what_it_is_and_is_short_and_finished() {
    let found = ["src", "tests", "benches"].iter().flat_map(|folder| files(folder)).flat_map(|file| breaches_of_text(&file, &read(&file))).collect();
    assert_none(found);
}

#[test]
fn every_dependency_has_its_place() {
    assert_eq!(crates_without_place(&read("Cargo.toml")), Vec::<String>::new(), "say in tests/tidy/rules.rs where these may be imported");
}

#[test]
fn a_listed_exception_is_still_needed() {
    for (file, reason) in rules::LONG_FILES {
        assert!(read(file).lines().count() > MAX_LINES, "{file} is short again, strike it from the list ({reason})");
    }
}

#[cfg(test)]
mod the_scanner {
    use super::*;

    fn whats(file: &str, text: &str) -> Vec<(usize, String)> {
        breaches_of_imports(file, text).into_iter().map(|b| (b.line, b.what)).collect()
    }

    #[test]
    fn sees_imports_in_groups_inline_and_through_super() {
        let text = "//! x\nuse crate::{domain::Span, store::{self, Store}};\nfn f() -> super::super::cli::Exit { sqlx::query(\"crate::http\"); std::fs::read(\"x\") }\n";
        let lines: Vec<usize> = whats("src/alloc/greedy.rs", text).iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 2, 3, 3, 3], "{:?}", whats("src/alloc/greedy.rs", text));
        assert!(whats("src/alloc/greedy.rs", text)[0].1.contains("crate::store"));
    }

    #[test]
    fn leaves_comments_strings_and_tests_alone() {
        let text = concat!(
            "//! sqlx::query\n/* crate::cli /* std::fs */ */\nconst A: &str = r#\"use crate::cli::Exit; \"\"#;\nconst B: char = '\"';\nconst C: &[u8] = b\"std::fs::read\";\n",
            "fn f<'a>(x: &'a str) -> &'a str { x }\n#[cfg(test)]\nmod tests {\n    use crate::cli::Exit;\n    fn g() { std::fs::read(\"x\") }\n}\n",
        );
        assert_eq!(whats("src/alloc/greedy.rs", text), []);
        let after = format!("{text}use crate::cli::Exit;\n");
        assert_eq!(whats("src/alloc/greedy.rs", &after).len(), 1, "what follows the tests is judged again");
    }

    #[test]
    fn keeps_the_checker_apart_from_the_model_whichever_way_it_is_named() {
        for text in [
            "use super::eligibility::House;",
            "use crate::alloc::solve;",
            "use super::House;",
            "fn f() { crate::alloc::model::build() }",
            "use crate::alloc::*;",
        ] {
            assert_eq!(whats("src/alloc/check.rs", text).len(), 1, "{text}");
        }
        for text in ["use super::profile::Term;", "use crate::alloc::Profile;", "use crate::sheet::{Plan, Sheet};"] {
            assert_eq!(whats("src/alloc/check.rs", text), [], "{text}");
        }
    }

    #[test]
    fn keeps_time_the_solver_and_the_database_in_their_rooms() {
        assert_eq!(whats("src/store/mod.rs", "fn f() { chrono::Utc::now() }").len(), 1);
        assert_eq!(whats("src/store/mod.rs", "use chrono::Utc; fn f() { Utc::now() }").len(), 1);
        assert_eq!(whats("src/clock.rs", "use chrono::Utc; fn f() { Utc::now() }"), []);
        assert_eq!(whats("src/alloc/solve/lp.rs", "use highs::RowProblem;"), []);
        assert_eq!(whats("src/alloc/model/mod.rs", "use highs::RowProblem;").len(), 1);
        assert_eq!(whats("src/booking/mod.rs", "#[derive(sqlx::FromRow)] struct S;").len(), 1);
        assert_eq!(whats("src/alloc/greedy.rs", "use std::time::Instant;").len(), 1);
    }

    #[test]
    fn reports_a_room_nobody_described() {
        assert!(whats("src/attic/mod.rs", "use crate::domain::Span;")[0].1.contains("no row"));
    }

    #[test]
    fn sees_what_stands_in_a_file_whatever_it_imports() {
        let lines: Vec<usize> =
            breaches_of_text("src/x.rs", "fn f() {}\n#[allow(dead_code)]\nfn g() { todo!() } // todo!()\n").iter().map(|b| b.line).collect();
        assert_eq!(lines, [1, 2, 3]);
        let long = format!("//! x\n{}", "\n".repeat(MAX_LINES));
        assert_eq!(breaches_of_text("src/x.rs", &long).len(), 1);
    }

    #[test]
    fn finds_a_dependency_without_a_place() {
        let toml = "[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\nleft-pad = { version = \"1\" }\n\n[dev-dependencies]\nother = \"1\"\n";
        assert_eq!(crates_without_place(toml), ["left_pad"]);
    }
}
