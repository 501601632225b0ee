//! The service against its own OpenApi document: schemathesis sends what fits it and what does not, to every operation, and believes no answer
//! that the document does not know.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[path = "../house/on_postgres.rs"]
mod base;
mod furnish;
#[expect(dead_code, unused_imports, reason = "the tests of the store use the rest")]
#[path = "../house/mod.rs"]
mod house;
#[expect(dead_code, reason = "the tests of processes use the rest")]
#[path = "../running/mod.rs"]
mod running;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use zamu::alloc::Stop;
use zamu::clock::{Clock, SystemClock};
use zamu::keyring::{Ring, Role};
use zamu::operations::whatif::work_out;
use zamu::store::{Claim, Failure, OutboxClass, Store};

use furnish::{Words, furnish};
use house::{Spa, here};
use running::{Running, UNLIMITED, zamu};

/// Examples of each operation and phase, unless `ZAMU_TEST_EXAMPLES` says otherwise.
const EXAMPLES: u32 = 10;
/// Where the draws begin, unless `ZAMU_TEST_SEED` says otherwise.
const SEED: u32 = 1;

/// schemathesis, from `.tools/schemathesis` where `.ci/setup test` put it, else from wherever this Python finds it. Where it has to be (`CI=true`)
/// and is not, the test fails; elsewhere it is skipped, and says so.
fn schemathesis() -> Option<Command> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/schemathesis");
    let python = || {
        let mut command = Command::new("python3");
        if tools.is_dir() {
            command.env("PYTHONPATH", &tools);
        }
        command
    };
    let found = python().args(["-c", "import schemathesis"]).output().is_ok_and(|found| found.status.success());
    if found {
        let mut command = python();
        command.args(["-m", "schemathesis.cli"]);
        return Some(command);
    }
    let why = "python3 is missing or has no schemathesis (.ci/setup test)";
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{why}");
    eprintln!("SKIPPED: {why}, so nobody held the service against its document");
    None
}

/// Writes what schemathesis is told into a folder: the files of `tests/schemathesis` and these words.
fn tell(words: &Words, folder: &Path) {
    let told = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemathesis");
    for script in ["hooks.py", "quiet.py"] {
        std::fs::copy(told.join(script), folder.join(script)).unwrap();
    }
    std::fs::write(folder.join("words.json"), json!(words).to_string()).unwrap();
    let values = ["date", "first", "last", "instant", "phone", "email"].map(|name| format!("{name}.values = {}\n", json!(words[name])));
    let text = std::fs::read_to_string(told.join("config.toml")).unwrap();
    std::fs::write(folder.join("config.toml"), text.replace("# {words}\n", &values.concat())).unwrap();
}

/// How often each operation was answered with which status since so many lines of the log.
fn answered(service: &Running, since: usize) -> BTreeMap<String, BTreeMap<u64, usize>> {
    let mut answered: BTreeMap<String, BTreeMap<u64, usize>> = BTreeMap::new();
    for line in service.log_lines()[since..].iter().filter(|line| line["message"] == "answered") {
        let operation = format!("{} {}", line["span"]["method"].as_str().unwrap(), line["span"]["route"].as_str().unwrap());
        *answered.entry(operation).or_default().entry(line["status"].as_u64().unwrap()).or_default() += 1;
    }
    answered
}

/// Holds a service over this house against its document.
async fn hold_against_its_document(mut schemathesis: Command, folder: &Path, place: &str, people: &[&str], services: &[&str]) {
    // What waits for a person is to wait: nothing happens here because it is time.
    let words: Vec<&str> = ["--db", place, "--without-clockwork"].into_iter().chain(UNLIMITED).collect();
    let service = Running::start(folder, &words);
    let admin = service.token("serenity", Role::Admin, "ann");
    let mut words = furnish(&service, &admin, people, services).await;
    give_up(folder, place).await;
    let working = tokio::spawn(work_out_what_is_asked(store_of(folder, place).await));
    words.insert("url", vec![service.url.clone()]);
    words.insert("token", vec![admin.clone()]);
    // What is tried again cannot be dismissed any more.
    let dead = service.get(&admin, "/admin/v1/messages?state=dead").await.with(200);
    for (k, row) in dead.body["messages"].as_array().unwrap().iter().enumerate() {
        words.entry(if k % 2 == 0 { "message" } else { "dismissed" }).or_default().push(row["id"].as_str().unwrap().to_owned());
    }
    tell(&words, folder);
    let since = service.log_lines().len();
    schemathesis.current_dir(folder).args(["--config-file", "config.toml", "run"]).arg(format!("{}/openapi.json", service.url));
    schemathesis.args(["--header", &format!("Authorization: Bearer {admin}"), "--checks", "all", "--no-color", "--workers", "1"]);
    let number = |name: &str, usual: u32| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual).to_string();
    schemathesis.args(["--max-examples", &number("ZAMU_TEST_EXAMPLES", EXAMPLES), "--seed", &number("ZAMU_TEST_SEED", SEED)]);
    let output = tokio::task::spawn_blocking(move || schemathesis.output().unwrap()).await.unwrap();
    working.abort();
    let report = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{report}");
    service.assert_well();
    let answered = answered(&service, since);
    let document = service.get("", "/openapi.json").await.with(200).body;
    let mut refused = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let operation = format!("{} {path}", method.to_uppercase());
            let statuses = answered.get(&operation).cloned().unwrap_or_default();
            println!("{operation}: {statuses:?}");
            if !statuses.keys().any(|status| (200..300).contains(status)) {
                refused.push(format!("{operation}: {statuses:?}"));
            }
        }
    }
    assert!(refused.is_empty(), "nothing good came of\n{}\n{report}", refused.join("\n"));
    let audit = service.get(&admin, "/internal/v1/audit").await.with(200);
    assert_eq!(audit.body["clean"], true, "{}", audit.text);
}

/// The store of the service, from outside.
async fn store_of(folder: &Path, place: &str) -> Arc<dyn Store> {
    let place = if place.contains("://") { place.to_owned() } else { folder.join(place).to_str().unwrap().to_owned() };
    let ring = Arc::new(Ring::at(&folder.join("zamu.keys")).unwrap());
    zamu::store::open_with(&place, ring).await.unwrap()
}

/// Works what-ifs out as a worker does, and nothing else that is due.
async fn work_out_what_is_asked(store: Arc<dyn Store>) {
    loop {
        for row in store.whatifs("serenity", None, None, 20).await.unwrap_or_default().into_iter().filter(|row| !row.state.is_ended()) {
            // Where the database is busy it is tried again.
            let _ = work_out(store.as_ref(), &SystemClock, &row.id, &Stop::new(), 1).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Every message that waits is one that nobody could deliver: there is something to try again, and to dismiss.
async fn give_up(folder: &Path, place: &str) {
    let store = store_of(folder, place).await;
    let now = SystemClock.now();
    let claim = Claim { worker: "nobody".to_owned(), at: now, until: now + TimeDelta::minutes(1) };
    loop {
        let rows = store.outbox_claim(OutboxClass::Message, &claim, 100).await.unwrap();
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let failure = Failure { why: "no such address".to_owned(), next_attempt: None, in_doubt: false };
            store.outbox_failed(row.id, "nobody", &failure).await.unwrap();
        }
    }
    store.close().await;
}

#[tokio::test]
async fn on_a_file_the_service_does_what_its_document_says_and_nothing_else() {
    let Some(schemathesis) = schemathesis() else { return };
    let folder = tempfile::tempdir().unwrap();
    assert!(zamu(folder.path()).args(["demo", "--db", "zamu.db"]).output().unwrap().status.success());
    let people = ["joy", "grace", "wanjiku", "daniel", "peter"];
    hold_against_its_document(schemathesis, folder.path(), "zamu.db", &people, &["swedish", "deep-tissue", "facial"]).await;
}

#[tokio::test]
async fn on_a_server_the_service_does_what_its_document_says_and_nothing_else() {
    here!();
    let Some(schemathesis) = schemathesis() else { return };
    let spa = Spa::open().await;
    hold_against_its_document(schemathesis, spa.folder.path(), spa.place(), &["joy", "brian", "grace"], &["swedish", "deep", "couples"]).await;
}
