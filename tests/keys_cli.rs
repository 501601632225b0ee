//! `zamu keys` and `zamu token` through the real binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use zamu::clock::{Clock, SystemClock};
use zamu::keyring::{Keyring, Role, TokenError};
use zamu::store::{Contact, CustomerRow, SqliteStore, Store, TenantRow};

/// What a command did: exit code, standard output, standard error on one line.
#[derive(Debug)]
struct Answer {
    code: i32,
    out: String,
    err: String,
}

/// Runs `zamu` with these words in `folder`.
fn zamu(folder: &Path, words: &str) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zamu"));
    let output = command
        .current_dir(folder)
        .env_remove("ZAMU_KEYS")
        .env_remove("ZAMU_DB")
        .env_remove("DATABASE_URL")
        .args(words.split_whitespace())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let err = text(output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    Answer { code: output.status.code().unwrap(), out: text(output.stdout), err }
}

/// A folder with a keyring.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = zamu(folder.path(), "keys create");
    assert_eq!(made.code, 0, "{made:?}");
    folder
}

fn open(folder: &Path) -> Keyring {
    Keyring::open(&folder.join("zamu.keys")).unwrap()
}

/// What is told of the keys, as JSON.
fn keys(folder: &Path) -> Vec<Value> {
    serde_json::from_str(&zamu(folder, "keys show --json").out).unwrap()
}

#[test]
fn a_token_from_the_command_line_counts_for_the_service() {
    let folder = folder();
    let here = folder.path();
    let answer = zamu(here, "token --tenant nairobi --role stylist --sub grace --location westlands --ttl 60");
    assert_eq!((answer.code, answer.out.lines().count()), (0, 1), "{answer:?}");
    let claims = open(here).verify(answer.out.trim(), SystemClock.now()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.tenant.as_str(), claims.role), ("grace", "nairobi", Role::Scheduler));
    assert_eq!((claims.location.as_deref(), claims.exp - claims.iat), (Some("westlands"), 60));
    let plain = zamu(here, "token --tenant nairobi --role admin").out;
    let claims = open(here).verify(plain.trim(), SystemClock.now()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.exp - claims.iat, claims.location), ("admin", 3600, None));
}

#[test]
fn show_tells_of_each_key_and_never_the_key() {
    let folder = folder();
    let here = folder.path();
    zamu(here, "keys rotate token --alg eddsa --keep 600");
    let table = zamu(here, "keys show").out;
    for word in ["contact", "XChaCha20-Poly1305", "lookup", "HMAC-SHA256", "HS256", "EdDSA", "current", "retired, verifies until"] {
        assert!(table.contains(word), "{word}: {table}");
    }
    let text = std::fs::read_to_string(here.join("zamu.keys")).unwrap();
    let secrets: Vec<&str> = text.split('"').filter(|word| word.len() == 43).collect();
    assert_eq!(secrets.len(), 5);
    let json = zamu(here, "keys show --json").out;
    assert!(!secrets.iter().any(|secret| table.contains(secret) || json.contains(secret)), "{table}{json}");
}

#[test]
fn rotation_makes_a_fresh_key_current_and_keeps_the_old_one_for_reading() {
    let folder = folder();
    let here = folder.path();
    let sealed = open(here).seal("ruth@example.org", "row").unwrap();
    let token = zamu(here, "token --tenant nairobi --role manager").out;
    for words in ["keys rotate contact", "keys rotate lookup", "keys rotate token"] {
        let answer = zamu(here, words);
        assert!(answer.code == 0 && answer.out.contains("is current"), "{answer:?}");
    }
    let ring = open(here);
    assert_eq!((ring.contact_key(), ring.lookup_key()), (Some(2), Some(2)));
    assert_eq!(ring.unseal(&sealed, "row").unwrap(), "ruth@example.org");
    assert!(ring.verify(token.trim(), SystemClock.now()).is_ok());
    let states: Vec<_> = keys(here).into_iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["retired", "current", "retired", "current", "retired", "current"]);
    let rotated: Value = serde_json::from_str(&zamu(here, "keys rotate token --keep 0 --json").out).unwrap();
    assert_eq!(rotated["family"], "token");
}

#[test]
fn a_token_key_that_got_out_is_refused_at_once() {
    let folder = folder();
    let here = folder.path();
    let token = zamu(here, "token --tenant nairobi --role admin").out;
    zamu(here, "keys rotate token --keep 0");
    assert!(matches!(open(here).verify(token.trim(), SystemClock.now()), Err(TokenError::RetiredKey(_))));
}

#[test]
fn an_outside_issuer_is_added_listed_and_removed() {
    let folder = folder();
    let here = folder.path();
    // The public key of RFC 8037, appendix A.2.
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    std::fs::write(here.join("sso.json"), jwk).unwrap();
    let added = zamu(here, "keys add-issuer --kid sso --public-key sso.json --tenant nairobi");
    assert!(added.code == 0 && added.out.contains("tenant nairobi"), "{added:?}");
    assert_eq!((keys(here)[3]["state"].as_str(), keys(here)[3]["tenant"].as_str()), (Some("issuer"), Some("nairobi")));
    assert!(zamu(here, "keys show").out.contains("outside issuer, tenant nairobi"));
    let again = zamu(here, "keys add-issuer --kid sso --public-key sso.json");
    assert!(again.code == 2 && again.err.contains("already"), "{again:?}");
    assert_eq!(zamu(here, "keys remove-issuer --kid sso").code, 0);
    assert_eq!(keys(here).len(), 3);
    assert_eq!(zamu(here, "keys remove-issuer --kid sso").code, 2);
}

#[test]
fn bad_input_is_refused_with_what_to_do_and_changes_nothing() {
    let folder = folder();
    let here = folder.path();
    std::fs::write(here.join("odd.pem"), "no key").unwrap();
    let before = std::fs::read(here.join("zamu.keys")).unwrap();
    for (words, said) in [
        ("token --tenant nairobi --role owner", vec!["owner", "frontdesk", "stylist"]),
        ("token --role admin", vec!["--tenant"]),
        ("token --tenant nairobi --role admin --ttl 0", vec!["--ttl", "1"]),
        ("token --tenant nairobi --role admin --ttl 99999999", vec!["--ttl"]),
        ("token --tenant nairobi --role admin --keys other.keys", vec!["other.keys", "zamu keys create"]),
        ("keys show --keys other.keys", vec!["other.keys", "no such keyring"]),
        ("keys rotate contact --keys other.keys", vec!["other.keys", "no such keyring"]),
        ("keys rotate everything", vec!["everything"]),
        ("keys rotate token --alg rs256", vec!["rs256", "hs256 or eddsa"]),
        ("keys create", vec!["zamu.keys", "already"]),
        ("keys create --keys nowhere/zamu.keys", vec!["nowhere/zamu.keys", "folder that exists"]),
        ("keys add-issuer --kid sso --public-key nothing.pem", vec!["nothing.pem", "PEM or JWK"]),
        ("keys add-issuer --kid sso --public-key odd.pem", vec!["odd.pem", "Ed25519", "BEGIN PUBLIC KEY"]),
    ] {
        let answer = zamu(here, words);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{words}: {answer:?}");
        for word in said {
            assert!(answer.err.contains(word), "{words}: {word:?} is not in {}", answer.err);
        }
        assert_eq!(std::fs::read(here.join("zamu.keys")).unwrap(), before, "{words}");
        assert!(!here.join("other.keys").exists(), "{words}");
    }
}

#[test]
fn of_several_processes_that_make_a_keyring_at_once_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        std::process::Command::new(env!("CARGO_BIN_EXE_zamu"))
            .current_dir(folder.path())
            .env_remove("ZAMU_KEYS")
            .args(["keys", "create"])
            .output()
            .unwrap()
    };
    let codes = std::thread::scope(|scope| {
        let started: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
        let mut codes: Vec<_> = started.into_iter().map(|one| one.join().unwrap().status.code()).collect();
        codes.sort_unstable();
        codes
    });
    assert_eq!(codes, [Some(0), Some(2), Some(2), Some(2)]);
    assert_eq!(keys(folder.path()).len(), 3);
}

#[test]
fn the_keyring_is_named_by_the_environment_too() {
    let folder = folder();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_zamu"));
    command.current_dir(elsewhere.path()).env("ZAMU_KEYS", folder.path().join("zamu.keys")).args(["keys", "show"]);
    command.assert().success();
}

/// Runs something that has to do with a database.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn customer(k: u32) -> CustomerRow {
    CustomerRow::new("nairobi", &format!("c{k:04}"), "Somebody").told_at(Contact::new("sms", &format!("+2547{k:08}")))
}

/// A folder with a database of so many customers, and the keyring that it made beside it.
fn with_customers(count: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let store = SqliteStore::open(&folder.path().join("zamu.db")).await.unwrap();
        store.upsert_tenant(&TenantRow::new("nairobi", "Nairobi")).await.unwrap();
        for k in 0..count {
            store.upsert_customer(&customer(k)).await.unwrap();
        }
        store.close().await;
    });
    folder
}

fn all_read_back(folder: &Path, count: u32) {
    block_on(async {
        let store = SqliteStore::open(&folder.join("zamu.db")).await.unwrap();
        for k in 0..count {
            let wanted = customer(k);
            assert_eq!(store.customer("nairobi", &wanted.id).await.unwrap(), Some(wanted.clone()));
            assert_eq!(store.customer_by_contact("nairobi", wanted.contact.as_ref().unwrap()).await.unwrap(), Some(wanted));
        }
        store.close().await;
    });
}

#[test]
fn a_rotation_writes_every_row_anew_and_drops_the_key_that_nothing_uses() {
    let folder = with_customers(3);
    let here = folder.path();
    for (words, family) in [("keys rotate contact --json", "contact"), ("keys rotate lookup --json", "lookup")] {
        let answer = zamu(here, words);
        assert_eq!(answer.code, 0, "{answer:?}");
        let done: Value = serde_json::from_str(&answer.out).unwrap();
        assert_eq!((done["family"].as_str(), done["current"].as_str()), (Some(family), Some("2")));
        assert_eq!((done["looked_at"].as_u64(), done["written"].as_u64(), done["retired"].as_u64()), (Some(3), Some(3), Some(1)), "{done}");
    }
    let states: Vec<_> = keys(here).into_iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["current"; 3]);
    all_read_back(here, 3);
    let said = zamu(here, "keys rotate contact").out;
    assert!(said.contains("contact key 3 is current; 3 of 3 rows were written anew, 1 keys that nothing uses any more are gone"), "{said}");
}

#[test]
fn a_rotation_that_is_killed_is_finished_by_the_next_one() {
    let folder = with_customers(1200);
    let here = folder.path();
    let mut running = std::process::Command::new(env!("CARGO_BIN_EXE_zamu"))
        .current_dir(here)
        .env_remove("ZAMU_KEYS")
        .env_remove("ZAMU_DB")
        .env_remove("DATABASE_URL")
        .args(["keys", "rotate", "contact"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // As soon as the new key is on disk, in the middle of the rows most likely.
    while open(here).contact_key() == Some(1) && running.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(open(here).contact_key(), Some(2));
    all_read_back(here, 1200);
    let unfinished = keys(here).len() > 3;
    let answer = zamu(here, "keys rotate contact");
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!((answer.out.contains("earlier rotation"), open(here).contact_key()), (unfinished, Some(if unfinished { 2 } else { 3 })));
    assert_eq!(keys(here).len(), 3, "one of each family");
    all_read_back(here, 1200);
}

#[test]
fn a_database_belongs_to_its_keyring() {
    let folder = with_customers(1);
    let here = folder.path();
    assert_eq!(zamu(here, "keys create --keys other.keys").code, 0);
    let before = (std::fs::read(here.join("other.keys")).unwrap(), std::fs::read(here.join("zamu.keys")).unwrap());
    for words in ["keys rotate contact --keys other.keys", "keys rotate lookup --keys other.keys", "locations --keys other.keys"] {
        let answer = zamu(here, words);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{words}: {answer:?}");
        assert!(answer.err.contains("other.keys") && answer.err.contains("keyring that it was written with"), "{words}: {answer:?}");
    }
    assert_eq!((std::fs::read(here.join("other.keys")).unwrap(), std::fs::read(here.join("zamu.keys")).unwrap()), before);
    std::fs::rename(here.join("zamu.keys"), here.join("kept.keys")).unwrap();
    let lost = zamu(here, "locations");
    assert!(lost.code == 2 && lost.err.contains("zamu.keys") && !here.join("zamu.keys").exists(), "{lost:?}");
    assert_eq!(zamu(here, "locations --keys kept.keys").code, 0);
}
