//! Addresses: one spelling each, lookups by it, and what may be shown.

use proptest::prelude::*;
use zamu::keyring::{lookup_key_of, mask, normalize};

use crate::{now, ring};

#[test]
fn a_phone_number_has_one_spelling_however_it_was_typed() {
    for (typed, region, expected) in [
        ("+254700123456", None, "+254700123456"),
        ("+254 700 123 456", None, "+254700123456"),
        (" 0700 123-456 ", Some("KE"), "+254700123456"),
        ("0700123456", Some("ke"), "+254700123456"),
        ("700123456", Some("KE"), "+254700123456"),
        ("254700123456", Some("KE"), "+254700123456"),
        ("+254 (0) 700 123456", None, "+254700123456"),
        ("00254700123456", None, "+254700123456"),
        ("00254700123456", Some("KE"), "+254700123456"),
        ("000254700123456", Some("KE"), "+254700123456"),
        ("tel:+254-700-123-456", None, "+254700123456"),
        ("whatsapp:+254700123456", None, "+254700123456"),
        ("\u{202a}+254\u{a0}700\u{2011}123456\u{202c}", None, "+254700123456"),
        ("0110 123456", Some("KE"), "+254110123456"),
        ("+254 20 2123456", None, "+254202123456"),
        ("(202) 555-0123", Some("US"), "+12025550123"),
        ("1 202 555 0123", Some("US"), "+12025550123"),
        ("011 254 700 123456", Some("US"), "+254700123456"),
        ("+1 555 123 4567", Some("KE"), "+15551234567"),
        ("+49 1512 3456789", Some("US"), "+4915123456789"),
        ("01512 3456789", Some("DE"), "+4915123456789"),
        ("030/901820", Some("DE"), "+4930901820"),
        ("+44 (0)20 7946 0958", Some("KE"), "+442079460958"),
        ("07911 123456", Some("GB"), "+447911123456"),
        ("+39 06 6982", None, "+39066982"),
        ("06 6982", Some("IT"), "+39066982"),
        ("8 800 555 35 35", Some("RU"), "+78005553535"),
        ("+7 800 555 35 35", None, "+78005553535"),
        ("+7 916 123-45-67", None, "+79161234567"),
        ("+255 712 345 678", Some("KE"), "+255712345678"),
        ("0772 123456", Some("UG"), "+256772123456"),
        ("098765 43210", Some("IN"), "+919876543210"),
        ("06 12 34 56 78", Some("FR"), "+33612345678"),
        ("011 15 2345-6789", Some("AR"), "+5491123456789"),
    ] {
        let channels = ["sms", "whatsapp", "voice", "phone"];
        let found: Vec<_> = channels.iter().map(|channel| normalize(channel, typed, region)).collect();
        assert!(found.iter().all(|one| one.as_deref() == Ok(expected)), "{typed} in {region:?}: {found:?}, expected {expected}");
    }
}

#[test]
fn what_is_no_phone_number_is_refused_with_what_was_expected() {
    for (typed, region, said) in [
        ("", Some("KE"), "KE"),
        ("ruth", Some("KE"), "+254 700 123 456"),
        ("ruth@example.org", Some("KE"), "digits"),
        ("0700123456", None, "country code"),
        ("+254 799 12", None, "its country has"),
        ("+254 700 123 4567", None, "its country has"),
        ("+254 000 000 000", None, "its country has"),
        ("+999 123 456 789", None, "its country has"),
        ("+0 700 123 456", None, "its country has"),
        ("+", None, "its country has"),
        ("12", Some("KE"), "KE"),
        ("0700123456 ext. 7", Some("KE"), "digits"),
        ("0700123456", Some("XX"), "\"XX\" is none"),
        ("0700123456", Some("Kenya"), "two letters"),
        ("+254700123456+1", None, "digits"),
    ] {
        let error = normalize("sms", typed, region).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("sms"), "{typed}: {error}");
        assert!(typed.len() < 4 || !error.contains(typed), "the address itself is not told: {error}");
    }
}

#[test]
fn an_e_mail_address_is_lower_case_and_the_rest_is_trimmed() {
    assert_eq!(normalize("email", " Ruth.K@Example.ORG ", None).unwrap(), "ruth.k@example.org");
    assert_eq!(normalize("email", "ruth+spa@mail.example.org", None).unwrap(), "ruth+spa@mail.example.org");
    for no in
        ["", "ruth", "ruth@", "@example.org", "ruth@example", "ruth@@example.org", "ru th@example.org", "a@b@c.org", "ruth@.org", "Ruth <r@e.org>"]
    {
        assert!(normalize("email", no, None).unwrap_err().to_string().contains("ruth@example.org"), "{no}");
    }
    assert_eq!(normalize("console", " Desk 4 ", None).unwrap(), "Desk 4");
    assert!(normalize("console", "  ", None).is_err());
}

#[test]
fn a_mask_tells_neither_the_address_nor_its_length() {
    for (address, shown) in [
        ("+254700123456", "+254•••••456"),
        ("+12025550123", "+1•••••123"),
        ("0700 123 456", "•••••456"),
        ("ruth@example.org", "r•••@example.org"),
        ("desk-token-93f", "d•••"),
        ("abc", "•••"),
        ("", "•••"),
        ("12345", "1•••"),
    ] {
        assert_eq!(mask(address), shown, "{address}");
    }
}

#[test]
fn a_lookup_is_one_for_an_address_and_another_for_every_tenant_and_ring() {
    let ring = ring();
    let found = ring.lookup("nairobi", "+254700123456");
    assert_eq!((found.len(), found.chars().all(|c| c.is_ascii_hexdigit()), lookup_key_of(&found)), (66, true, Some(1)));
    assert_eq!(found, ring.lookup("nairobi", "+254700123456"));
    assert_ne!(found, ring.lookup("mombasa", "+254700123456"));
    assert_ne!(found, ring.lookup("nairobi", "+254700123457"));
    assert_ne!(ring.lookup("ab", "c"), ring.lookup("a", "bc"));
    assert_ne!(found, crate::ring().lookup("nairobi", "+254700123456"));
}

#[test]
fn after_rotations_a_person_is_looked_for_under_the_current_key_first_and_then_under_the_old_ones() {
    let mut ring = ring();
    let mut under = vec![ring.lookup("nairobi", "ruth@example.org")];
    for _ in 0..2 {
        ring.rotate_lookup(now()).unwrap();
        under.insert(0, ring.lookup("nairobi", "ruth@example.org"));
    }
    assert_eq!(ring.lookups("nairobi", "ruth@example.org"), under);
    assert_eq!(under.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
}

proptest! {
    #[test]
    fn a_normalized_number_stays_as_it_is(typed in "\\+?[0-9 ()-]{3,20}", region in prop::sample::select(vec!["KE", "US", "DE", "IT", "RU", "AR", "AU", "BR", "AQ"])) {
        if let Ok(once) = normalize("sms", &typed, Some(region)) {
            prop_assert!(once.len() <= 16 && once[1..].chars().all(|c| c.is_ascii_digit()), "{}", once);
            prop_assert_eq!(normalize("sms", &once, Some(region)), Ok(once.clone()));
            prop_assert_eq!(normalize("sms", &once, None), Ok(once));
        }
    }

    #[test]
    fn no_text_makes_it_panic(channel in "sms|email|push", typed in "\\PC{0,30}", region in prop::option::of("[A-Z]{2}|\\PC{0,3}")) {
        let _ = normalize(&channel, &typed, region.as_deref());
        let _ = mask(&typed);
    }
}
