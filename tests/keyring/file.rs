//! The ring's file: made once, for its owner only, read by everybody who starts, refused when something is wrong with it.

use std::path::{Path, PathBuf};
use std::sync::Barrier;

use zamu::keyring::{Algorithm, Keyring, KeyringError};

use crate::{after, now};

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zamu.keys");
    (folder, path)
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn what_one_start_sealed_the_next_one_opens() {
    let (_folder, path) = place();
    let sealed = Keyring::open_or_create(&path, now()).unwrap().seal("+254700123456", "customer/ruth").unwrap();
    assert_eq!(Keyring::open_or_create(&path, after(9)).unwrap().unseal(&sealed, "customer/ruth").unwrap(), "+254700123456");
}

#[test]
fn many_that_start_at_once_end_with_one_file_and_the_same_keys() {
    for _ in 0..20 {
        let (folder, path) = place();
        let gate = Barrier::new(8);
        let rings: Vec<Keyring> = std::thread::scope(|scope| {
            let start = || {
                gate.wait();
                Keyring::open_or_create(&path, now()).unwrap()
            };
            let started: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            started.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let sealed = rings[0].seal("x", "row").unwrap();
        assert!(rings.iter().all(|ring| ring.unseal(&sealed, "row").is_ok() && ring.list() == rings[0].list()));
        assert_eq!(names(folder.path()), ["zamu.keys"], "nothing is left beside it");
    }
}

#[test]
fn a_ring_is_never_overwritten_by_a_new_one() {
    let (_folder, path) = place();
    Keyring::create(&path, now()).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Keyring::create(&path, now()), Err(KeyringError::Exists(_))));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn rotations_by_several_at_once_all_take_place() {
    let (folder, path) = place();
    Keyring::create(&path, now()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| Keyring::open(&path).unwrap().rotate_contact(now()).unwrap());
        }
    });
    let ids: Vec<String> = Keyring::open(&path).unwrap().list().into_iter().take(7).map(|key| key.id).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(names(folder.path()), ["zamu.keys"]);
}

#[test]
fn a_ring_read_before_somebody_elses_rotation_learns_the_new_key_by_reading_again() {
    let (_folder, path) = place();
    let mut old = Keyring::create(&path, now()).unwrap();
    let mut other = Keyring::open(&path).unwrap();
    other.rotate_contact(now()).unwrap();
    let sealed = other.seal("x", "row").unwrap();
    assert!(old.unseal(&sealed, "row").unwrap_err().to_string().contains("contact key 2"));
    old.reload().unwrap();
    assert_eq!(old.unseal(&sealed, "row").unwrap(), "x");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it_and_a_ring_open_to_others_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    let mut ring = Keyring::create(&path, now()).unwrap();
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    ring.rotate_lookup(now()).unwrap();
    assert_eq!(mode(), 0o600, "after a rotation too");
    for wide in [0o640, 0o604, 0o660, 0o644] {
        std::fs::set_permissions(&path, PermissionsExt::from_mode(wide)).unwrap();
        let said = Keyring::open_or_create(&path, now()).unwrap_err().to_string();
        assert!(said.contains("zamu.keys") && said.contains("chmod 600") && said.contains(&format!("{wide:04o}")), "{said}");
    }
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o400)).unwrap();
    assert!(Keyring::open(&path).is_ok(), "a read-only ring is as good");
}

#[cfg(unix)]
#[test]
fn a_rotation_through_a_link_changes_the_file_that_it_leads_to() {
    let (folder, path) = place();
    Keyring::create(&path, now()).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    Keyring::open(&link).unwrap().rotate_contact(now()).unwrap();
    assert_eq!(Keyring::open(&path).unwrap().contact_key(), Some(2));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
}

/// The ring's file after `change`, and what opening it says.
fn changed(change: impl FnOnce(String) -> String) -> String {
    let (_folder, path) = place();
    Keyring::create(&path, now()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let keys: Vec<String> = text.split('"').filter(|word| word.len() == 43).map(str::to_owned).collect();
    assert_eq!(keys.len(), 3);
    let text = change(text);
    std::fs::write(&path, &text).unwrap();
    let said = Keyring::open_or_create(&path, now()).unwrap_err().to_string();
    assert!(said.contains("zamu.keys"), "{said}");
    assert!(!keys.iter().any(|key| said.contains(key.as_str())), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "a damaged ring is not replaced");
    said
}

#[test]
fn a_damaged_ring_is_refused_with_what_is_wrong_and_without_a_word_of_a_key() {
    for said in [
        changed(|text| text[..text.len() / 2].to_owned()),
        changed(|_| String::new()),
        changed(|_| "keys".to_owned()),
        changed(|text| text.replace("zamu.keys/1", "something")),
        changed(|text| text.replace("\"id\": 1", "\"id\": 999")),
        changed(|text| text.replace("\"key\": \"", "\"key\": \"A")),
        changed(|text| text.replace("\"since\"", "\"sinse\"")),
        changed(|text| text.replace("HS256", "EdDSA")),
        changed(|text| text.replace("\"since\": \"2026", "\"retired\": \"2026-11-22T07:00:00Z\", \"since\": \"2026")),
        // A key where a number belongs must not come back in the message.
        changed(|text| {
            let key = text.split('"').find(|word| word.len() == 43).unwrap().to_owned();
            text.replacen("\"id\": 1", &format!("\"id\": \"{key}\""), 1)
        }),
    ] {
        assert!(said.contains("damaged") && said.contains("restore"), "{said}");
    }
}

#[test]
fn a_ring_of_a_newer_version_is_refused_as_such() {
    let said = changed(|text| text.replace("zamu.keys/1", "zamu.keys/2").replace("\"contact\"", "\"contacts\""));
    assert!(said.contains("newer") && said.contains("zamu.keys/2"), "{said}");
}

#[test]
fn a_missing_file_a_missing_folder_and_a_folder_are_told_apart() {
    let (folder, path) = place();
    assert!(Keyring::open(&path).unwrap_err().to_string().contains("there is no such keyring"));
    let nowhere = folder.path().join("nowhere/zamu.keys");
    let said = Keyring::open_or_create(&nowhere, now()).unwrap_err().to_string();
    assert!(said.contains("nowhere/zamu.keys") && said.contains("folder that exists"), "{said}");
    let said = Keyring::open_or_create(folder.path(), now()).unwrap_err().to_string();
    assert!(said.contains("cannot be read"), "{said}");
}

#[test]
fn printing_a_ring_for_debugging_shows_no_key() {
    let (_folder, path) = place();
    let mut ring = Keyring::create(&path, now()).unwrap();
    ring.rotate_token(Algorithm::EdDsa, now(), 60).unwrap();
    let printed = format!("{ring:?} {ring:#?} {:?}", ring.list());
    let text = std::fs::read_to_string(&path).unwrap();
    let keys: Vec<&str> = text.split('"').filter(|word| word.len() == 43).collect();
    assert_eq!(keys.len(), 5, "contact, lookup, HS256, and both halves of the pair");
    assert!(!keys.iter().any(|key| printed.contains(*key)), "{printed}");
    assert!(printed.contains("Contact 1"), "{printed}");
}
