//! Who signs in at the pages: made, listed and changed at the command line.

use std::collections::BTreeMap;
use std::path::Path;

use zamu::clock::SystemClock;
use zamu::operations::accounts::sign_in;
use zamu::store::Store;

use super::house::Spa;
use crate::{Answer, contents, zamu, zamu_with};

fn spa() -> Spa {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let spa = Spa::open().await;
        spa.store.close().await;
        spa
    })
}

fn on(here: &Path, words: &str) -> Answer {
    zamu(here, &format!("accounts {words}"))
}

/// Every row of the database: its file is another after each process that has opened it.
fn rows(spa: &Spa) -> BTreeMap<String, String> {
    tokio::runtime::Runtime::new().unwrap().block_on(spa.every_row_but(""))
}

/// The files there are, but for those that a database has while it is open.
fn names(folder: &Path) -> Vec<String> {
    contents(folder).into_iter().map(|(name, _)| name).filter(|name| !name.contains(".db-")).collect()
}

/// Does this password let ruth in?
fn lets_in(spa: &Spa, password: &str) -> bool {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = spa.again().await;
        sign_in(&store, &SystemClock, "serenity", "ruth", password).await.is_ok()
    })
}

#[test]
fn an_account_without_a_password_gets_a_fresh_one_which_is_shown_once() {
    let spa = spa();
    let here = spa.folder.path();
    let made = on(here, "add --tenant serenity --login Ruth --name Ruth --role manager");
    assert_eq!(made.code, 0, "{made:?}");
    let password = made.out.lines().find_map(|line| line.strip_prefix("password: ")).unwrap().to_owned();
    assert!(lets_in(&spa, &password));
    let listed = on(here, "list --tenant serenity");
    assert!(listed.out.contains("ruth") && listed.out.contains("manager") && listed.out.contains("active"), "{listed:?}");
    let json = on(here, "list --tenant serenity --json");
    assert_eq!(json.json()[0]["login"], "ruth");
    for told in [&made.out, &listed.out, &json.out] {
        assert!(!told.contains("argon2"), "{told}");
    }
    assert!(!listed.out.contains(&password) && !json.out.contains(&password));
    let again = on(here, "change --tenant serenity --login ruth --new-password --json").json();
    let fresh = again["password"].as_str().unwrap();
    assert!(fresh != password && lets_in(&spa, fresh) && !lets_in(&spa, &password));
}

#[test]
fn a_password_comes_from_a_file_or_standard_input_and_is_not_told() {
    let spa = spa();
    let here = spa.folder.path();
    std::fs::write(here.join("ruth.txt"), "a rather long one\nand a note\n").unwrap();
    let made = on(here, "add --tenant serenity --login ruth --name Ruth --role admin --password-file ruth.txt --json");
    assert_eq!((made.code, made.json()["password"].is_null()), (0, true), "{made:?}");
    assert!(lets_in(&spa, "a rather long one"));
    let changed = zamu_with(here, "accounts change --tenant serenity --login ruth --password-stdin", "quite another one\r\n");
    assert!(changed.code == 0 && !changed.out.contains("quite another"), "{changed:?}");
    assert!(lets_in(&spa, "quite another one"));
}

#[test]
fn an_account_is_changed_disabled_and_enabled() {
    let spa = spa();
    let here = spa.folder.path();
    std::fs::write(here.join("ruth.txt"), "a rather long one").unwrap();
    let add = "add --tenant serenity --login ruth --name Ruth --role frontdesk --location westlands --language sw --password-file ruth.txt --json";
    let made = on(here, add).json();
    assert_eq!((&made["role"], &made["location"], &made["language"]), (&"frontdesk".into(), &"westlands".into(), &"sw".into()));
    let changed = on(here, "change --tenant serenity --login ruth --role stylist --all-locations --name Ruthie --language en --json").json();
    assert_eq!((&changed["role"], &changed["location"], &changed["name"]), (&"scheduler".into(), &serde_json::Value::Null, &"Ruthie".into()));
    assert_eq!(on(here, "change --tenant serenity --login ruth --disable --json").json()["active"], false);
    assert!(!lets_in(&spa, "a rather long one"));
    assert_eq!(on(here, "change --tenant serenity --login ruth --enable --json").json()["active"], true);
    assert!(lets_in(&spa, "a rather long one"));
}

#[test]
fn what_cannot_be_is_refused_with_what_was_expected_and_changes_nothing() {
    let spa = spa();
    let here = spa.folder.path();
    std::fs::write(here.join("short.txt"), "short").unwrap();
    std::fs::write(here.join("empty.txt"), "").unwrap();
    assert_eq!(on(here, "list --tenant serenity").out, "no accounts\n");
    let before = (names(here), rows(&spa));
    for (words, complaint) in [
        ("add --tenant serenity --login ruth --name Ruth --role user", "customers have no accounts"),
        ("add --tenant serenity --login ruth --name Ruth --role boss", "expected user, frontdesk"),
        ("add --tenant serenity --login ruth@example.org --name Ruth --role admin", "is no login; expected a letter"),
        ("add --tenant serenety --login ruth --name Ruth --role admin", "did you mean \"serenity\"?"),
        ("add --tenant serenity --login ruth --name Ruth --role admin --location karen", "has no location \"karen\""),
        ("add --tenant serenity --login ruth --name Ruth --role admin --language de", "expected en or sw"),
        ("add --tenant serenity --login ruth --name Ruth --role admin --password-file none.txt", "none.txt: cannot be read"),
        ("add --tenant serenity --login ruth --name Ruth --role admin --password-file empty.txt", "the password is empty"),
        ("add --tenant serenity --login ruth --name Ruth --role admin --password-file short.txt", "5 characters, expected at least 10"),
        ("change --tenant serenity --login ruth", "nothing to change; say what"),
        ("change --tenant serenity --login ruth --disable", "there is no account \"ruth\""),
        ("change --tenant serenity --login ruth --disable --enable", "cannot be used with"),
        ("list --tenant nowhere", "there is no tenant"),
    ] {
        let said = on(here, words).complaint();
        assert!(said.contains(complaint), "{words}: {said}");
    }
    assert_eq!((names(here), rows(&spa)), before);
    assert_eq!(on(here, "add --tenant serenity --login ruth --name Ruth --role admin").code, 0);
    let twice = on(here, "add --tenant serenity --login ruth --name Ruth --role admin");
    assert!(twice.code == 1 && twice.err.contains("already"), "the answer is no: {twice:?}");
}
