//! Sealed contact data: opens for its row, and for nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use zamu::keyring::{SealError, is_sealed, key_of};

use crate::{now, ring};

#[test]
fn what_was_sealed_opens_for_its_own_row_only() {
    let ring = ring();
    let sealed = ring.seal("ruth@example.org", "customer/ruth/email").unwrap();
    assert!(sealed.starts_with("zs1.") && !sealed.contains("ruth"), "{sealed}");
    assert_eq!(ring.unseal(&sealed, "customer/ruth/email").unwrap(), "ruth@example.org");
    for other in ["customer/ruth/phone", "customer/amina/email", ""] {
        assert_eq!(ring.unseal(&sealed, other), Err(SealError::DoesNotOpen), "{other}");
    }
}

#[test]
fn the_same_text_never_looks_the_same_twice() {
    let ring = ring();
    assert_ne!(ring.seal("x", "row").unwrap(), ring.seal("x", "row").unwrap());
}

#[test]
fn a_change_of_any_byte_is_noticed() {
    let ring = ring();
    let sealed = ring.seal("+254700123456", "row").unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(sealed.strip_prefix("zs1.").unwrap()).unwrap();
    assert_eq!(bytes.len(), 1 + 24 + 13 + 16, "key id, nonce, text, tag");
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x40;
        let expected = if at == 0 { SealError::UnknownKey(0x41) } else { SealError::DoesNotOpen };
        assert_eq!(ring.unseal(&format!("zs1.{}", URL_SAFE_NO_PAD.encode(changed)), "row"), Err(expected), "byte {at}");
    }
    for cut in [0, 1, 25, 40, bytes.len() - 1] {
        assert!(ring.unseal(&format!("zs1.{}", URL_SAFE_NO_PAD.encode(&bytes[..cut])), "row").is_err(), "cut to {cut}");
    }
}

#[test]
fn a_value_under_another_key_of_the_ring_does_not_open_when_it_claims_this_one() {
    let mut ring = ring();
    let sealed = ring.seal("x", "row").unwrap();
    ring.rotate_contact(now()).unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(sealed.strip_prefix("zs1.").unwrap()).unwrap();
    bytes[0] = 2;
    assert_eq!(ring.unseal(&format!("zs1.{}", URL_SAFE_NO_PAD.encode(bytes)), "row"), Err(SealError::DoesNotOpen));
}

#[test]
fn text_that_was_never_sealed_is_told_from_sealed_text() {
    let ring = ring();
    for plain in ["", "ruth@example.org", "zs1.", "zs1.AQ", "zs1.not base64!", "zs2.AAAA"] {
        assert!(!is_sealed(plain), "{plain}");
        assert_eq!(ring.unseal(plain, "row"), Err(SealError::NotSealed), "{plain}");
    }
    let sealed = ring.seal("", "row").unwrap();
    assert!(is_sealed(&sealed));
    assert_eq!((key_of(&sealed), ring.contact_key(), ring.unseal(&sealed, "row").unwrap().as_str()), (Some(1), Some(1), ""));
}

#[test]
fn another_ring_does_not_open_it() {
    let sealed = ring().seal("x", "row").unwrap();
    assert_eq!(ring().unseal(&sealed, "row"), Err(SealError::DoesNotOpen));
}

proptest! {
    #[test]
    fn any_text_comes_back_as_it_was(plain in ".{0,200}", row in ".{0,40}") {
        let ring = ring();
        prop_assert_eq!(ring.unseal(&ring.seal(&plain, &row).unwrap(), &row).unwrap(), plain);
    }

    #[test]
    fn any_text_given_for_sealed_is_answered_without_a_panic(text in "(zs1\\.)?[A-Za-z0-9_=-]{0,120}") {
        prop_assert!(ring().unseal(&text, "row").is_err());
    }
}
