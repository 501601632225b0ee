//! Rotation: fresh keys for everything new, while what there is stays readable; and the end of keys that nothing uses.

use zamu::keyring::{Algorithm, InUse, KeyState, Keyring, Role, SealError, TokenError, key_of};

use crate::tokens::claims;
use crate::{after, now, ring};

#[test]
fn values_under_a_retired_key_open_and_are_sealed_anew_under_the_current_one() {
    let mut ring = ring();
    let old = ring.seal("ruth@example.org", "row").unwrap();
    assert_eq!(ring.reseal(&old, "row"), Ok(None), "it is under the current key");
    assert_eq!(ring.rotate_contact(after(5)).unwrap(), 2);
    assert_eq!(ring.unseal(&old, "row").unwrap(), "ruth@example.org");
    let new = ring.reseal(&old, "row").unwrap().unwrap();
    assert_eq!((key_of(&old), key_of(&new)), (Some(1), Some(2)));
    assert_eq!(ring.unseal(&new, "row").unwrap(), "ruth@example.org");
    assert_eq!(ring.reseal(&old, "another row"), Err(SealError::DoesNotOpen));
}

#[test]
fn only_keys_that_nothing_uses_are_dropped_and_never_the_current_ones() {
    let mut ring = ring();
    let old = ring.seal("x", "row").unwrap();
    ring.rotate_contact(now()).unwrap();
    ring.rotate_lookup(now()).unwrap();
    ring.rotate_token(Algorithm::Hs256, now(), 60).unwrap();
    let in_use = InUse { contact: [1].into(), lookup: [1].into() };
    assert_eq!(ring.retire(&in_use, now()).unwrap(), 0);
    assert_eq!(ring.retire(&InUse { lookup: [1].into(), ..InUse::default() }, now()).unwrap(), 1);
    assert_eq!(ring.unseal(&old, "row"), Err(SealError::UnknownKey(1)));
    assert_eq!(ring.lookups("nairobi", "x").len(), 2);
    assert_eq!(ring.retire(&InUse::default(), after(60)).unwrap(), 2, "the lookup key, and the token key whose minute is over");
    assert!(ring.list().iter().all(|key| key.state == KeyState::Current));
    assert_eq!(ring.retire(&InUse::default(), after(60)).unwrap(), 0);
}

#[test]
fn a_dropped_keys_number_is_not_given_to_the_next_key() {
    let mut ring = ring();
    let old = ring.seal("x", "row").unwrap();
    for id in 2..=255 {
        assert_eq!(ring.rotate_contact(now()).unwrap(), id);
        ring.retire(&InUse::default(), now()).unwrap();
    }
    assert_eq!(ring.unseal(&old, "row"), Err(SealError::UnknownKey(1)));
    assert_eq!(ring.rotate_contact(now()).unwrap(), 1, "after all others");
}

#[test]
fn a_full_ring_says_what_to_do() {
    let mut ring = ring();
    for _ in 2..=255 {
        ring.rotate_lookup(now()).unwrap();
    }
    assert!(ring.rotate_lookup(now()).unwrap_err().to_string().contains("retire"));
    assert_eq!(ring.lookup_key(), Some(255));
}

#[test]
fn tokens_under_a_retired_key_count_until_the_stated_instant_and_no_longer() {
    for alg in [Algorithm::Hs256, Algorithm::EdDsa] {
        let mut ring = ring();
        let token = ring.mint(&claims(Role::Manager), now()).unwrap();
        ring.rotate_token(alg, now(), 600).unwrap();
        assert!(ring.verify(&token, after(599)).is_ok());
        assert_eq!(ring.verify(&token, after(600)), Err(TokenError::RetiredKey(after(600))));
        let fresh = ring.mint(&claims(Role::Manager), now()).unwrap();
        assert!(ring.verify(&fresh, after(601)).is_ok());
    }
}

#[test]
fn a_key_that_got_out_is_refused_at_once() {
    let mut ring = ring();
    let token = ring.mint(&claims(Role::Admin), now()).unwrap();
    ring.rotate_token(Algorithm::Hs256, now(), 0).unwrap();
    assert_eq!(ring.verify(&token, now()), Err(TokenError::RetiredKey(now())));
}

#[test]
fn a_rotation_that_cannot_be_written_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zamu.keys");
    let mut ring = Keyring::create(&path, now()).unwrap();
    let before = ring.list();
    std::fs::remove_file(&path).unwrap();
    assert!(ring.rotate_contact(now()).unwrap_err().to_string().contains("there is no such keyring"));
    assert_eq!(ring.list(), before);
    assert!(!path.exists());
}
