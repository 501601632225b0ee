//! The ring as a running program holds it: what another process changes is seen, and what somebody works with stays.

use zamu::keyring::{Algorithm, InUse, Keyring, KeyringError, Ring, Role, SealError, TokenError};

use crate::tokens::claims;
use crate::{after, now};

#[test]
fn a_rotation_by_another_process_is_seen_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zamu.keys");
    let mut other = Keyring::create(&path, now()).unwrap();
    let ring = Ring::open(&path).unwrap();
    let working = ring.fresh().unwrap();
    let old = ring.for_sealing().unwrap().seal("x", "row").unwrap();
    for id in 2..=9 {
        other.rotate_contact(now()).unwrap();
        assert_eq!(ring.for_sealing().unwrap().contact_key(), Some(id), "nothing is sealed under a key that was replaced");
    }
    let new = other.seal("y", "row").unwrap();
    assert_eq!(working.unseal(&new, "row"), Err(SealError::UnknownKey(9)), "a snapshot stays as it was");
    assert_eq!(ring.fresh().unwrap().unseal(&new, "row").unwrap(), "y");
    other.retire(&InUse::default(), now()).unwrap();
    assert_eq!(ring.fresh().unwrap().unseal(&old, "row"), Err(SealError::UnknownKey(1)));
    assert_eq!(working.unseal(&old, "row").unwrap(), "x", "whoever began before can go on");
}

#[test]
fn a_token_key_that_another_process_retires_counts_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zamu.keys");
    let mut other = Keyring::create(&path, now()).unwrap();
    let ring = Ring::open(&path).unwrap();
    let token = other.mint(&claims(Role::Manager), now()).unwrap();
    assert!(ring.verify(&token, now()).is_ok());
    other.rotate_token(Algorithm::EdDsa, now(), 0).unwrap();
    assert!(matches!(ring.verify(&token, after(1)), Err(TokenError::RetiredKey(_))));
    let fresh = other.mint(&claims(Role::Manager), now()).unwrap();
    assert!(ring.verify(&fresh, now()).is_ok());
    std::fs::remove_file(&path).unwrap();
    assert!(ring.verify(&fresh, now()).is_ok(), "while the file is away, what was read last decides");
    assert!(matches!(ring.for_sealing(), Err(KeyringError::Missing(_))), "and nothing is sealed with keys that nobody has on disk");
    assert!(!path.exists());
}

#[test]
fn a_ring_makes_its_file_when_something_is_to_be_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zamu.keys");
    assert!(matches!(Ring::open(&path), Err(KeyringError::Missing(_))));
    let (ring, twin) = (Ring::at(&path).unwrap(), Ring::at(&path).unwrap());
    assert!(ring.fresh().unwrap().lookups("nairobi", "x").is_empty() && ring.verify("a.b.c", now()).is_err());
    assert!(!path.exists(), "reading makes nothing");
    let sealed = ring.for_sealing().unwrap().seal("x", "row").unwrap();
    assert_eq!(twin.fresh().unwrap().unseal(&sealed, "row").unwrap(), "x");
    let shown = format!("{ring:?}");
    assert!(shown.contains("Contact 1") && shown.len() < 300, "{shown}");
    std::fs::write(&path, "{}").unwrap();
    assert!(matches!(Ring::at(&path), Err(KeyringError::Damaged { .. })));
    assert!(ring.for_sealing().is_err());
    assert_eq!(ring.keys().unseal(&sealed, "row").unwrap(), "x");
}

#[test]
fn a_ring_without_a_file_is_shared_and_changed_too() {
    let ring = Ring::new(crate::ring());
    let sealed = ring.for_sealing().unwrap().seal("x", "row").unwrap();
    ring.change(|keys| keys.rotate_contact(now())).unwrap();
    assert_eq!((ring.keys().contact_key(), ring.keys().unseal(&sealed, "row").unwrap()), (Some(2), "x".to_owned()));
    assert!(ring.change(|keys| keys.remove_issuer("nobody")).is_err());
}
