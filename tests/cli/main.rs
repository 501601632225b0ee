//! The command line through the real binary: what each command answers, its exit code (0 done, 1 the answer is no, 2 bad input), that JSON
//! is JSON, and that bad input changes nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[path = "../house/on_sqlite.rs"]
mod base;
#[expect(dead_code, unused_imports, unused_macros, reason = "every test takes what it needs")]
#[path = "../house/mod.rs"]
mod house;

mod absence;
mod accounts;
mod databases;
mod documents;
mod fairness;
mod life;
mod messages;
mod on_server;
mod readme;
mod records;

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

/// What a command did: exit code, standard output, standard error.
#[derive(Debug)]
struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// Standard error as one line, since the terminal's width decides where it breaks.
    fn complaint(&self) -> String {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{self:?}");
        self.err.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn answer(output: Output) -> Answer {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs `zamu` with these words in `folder`.
fn zamu(folder: &Path, words: &str) -> Answer {
    zamu_with(folder, words, "")
}

/// The same with something on standard input.
fn zamu_with(folder: &Path, words: &str, stdin: &str) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zamu"));
    command
        .current_dir(folder)
        .env_remove("ZAMU_DB")
        .env_remove("DATABASE_URL")
        .env_remove("ZAMU_SENDERS")
        .args(words.split_whitespace())
        .write_stdin(stdin);
    answer(command.output().unwrap())
}

/// Every file of a folder with its bytes, to see that nothing changed.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn help_names_every_command_and_every_command_helps() {
    let folder = tempfile::tempdir().unwrap();
    let help = zamu(folder.path(), "--help");
    assert_eq!(help.code, 0);
    let listed = help.out.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> =
        listed.filter(|line| line.starts_with("  ") && !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"solve") && commands.contains(&"bookings"), "{commands:?}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        let one = zamu(folder.path(), &format!("{command} --help"));
        assert_eq!(one.code, 0, "{one:?}");
        assert!(one.out.contains("Usage: zamu"), "{one:?}");
    }
    assert_eq!(zamu(folder.path(), "frobnicate").code, 2);
}
