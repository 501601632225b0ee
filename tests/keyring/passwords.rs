//! Passwords: what may be one, that only the right one fits, and that neither a password nor its hash shows itself.

use std::collections::BTreeSet;

use zamu::keyring::{PASSWORD_MAX, PasswordFault, PasswordHash, check_password, fresh_password};

#[test]
fn a_password_fits_its_own_hash_and_no_other_does() {
    let hash = PasswordHash::of("correct horse battery").unwrap();
    assert!(hash.fits("correct horse battery"));
    for other in ["correct horse batterz", "Correct horse battery", "correct horse battery ", "", &"x".repeat(100_000)] {
        assert!(!hash.fits(other), "{other:.30}");
    }
    let read_back = PasswordHash::stored(hash.as_str().to_owned());
    assert!(read_back.fits("correct horse battery"));
    assert!(!PasswordHash::stored("no hash".to_owned()).fits("no hash"));
}

#[test]
fn a_hash_is_argon2id_of_the_recommended_cost_with_its_own_salt_and_does_not_show_itself() {
    let (one, other) = (PasswordHash::of("correct horse battery").unwrap(), PasswordHash::of("correct horse battery").unwrap());
    assert_ne!(one, other, "two people with one password are not seen to have it");
    assert!(one.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.as_str());
    assert_eq!(format!("{one:?}"), "PasswordHash(not shown)");
}

#[test]
fn what_is_guessed_first_will_not_do() {
    let long = "ä".repeat(PASSWORD_MAX);
    for (password, verdict) in [
        ("nine char", Err(PasswordFault::Short(9))),
        ("ten chars!", Ok(())),
        ("äöüäöüäöü", Err(PasswordFault::Short(9))),
        ("Ruth.Wanjiku", Err(PasswordFault::Login)),
        (" ruth.wanjiku ", Err(PasswordFault::Login)),
        ("Password123", Err(PasswordFault::Common)),
        ("qwertyuiop", Err(PasswordFault::Common)),
        ("aaaaaaaaaaaa", Err(PasswordFault::Common)),
        (&format!("{}b", &long[2..]), Ok(())),
        (&format!("{long}b"), Err(PasswordFault::Long(PASSWORD_MAX + 1))),
    ] {
        assert_eq!(check_password(password, "ruth.wanjiku"), verdict, "{password:.30}");
    }
    assert!(PasswordFault::Short(9).to_string().contains("9 characters, expected at least 10"));
}

#[test]
fn fresh_passwords_are_readable_and_never_the_same() {
    let fresh: BTreeSet<String> = (0..1000).map(|_| fresh_password().unwrap()).collect();
    assert_eq!(fresh.len(), 1000);
    for password in &fresh {
        assert_eq!(check_password(password, "ruth"), Ok(()));
        let groups: Vec<&str> = password.split('-').collect();
        assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 5), "{password}");
        assert!(!password.contains(['0', 'o', '1', 'l', 'i']), "{password}");
    }
    let used: BTreeSet<char> = fresh.iter().flat_map(|password| password.chars()).filter(|c| *c != '-').collect();
    assert_eq!(used.len(), 31, "31 characters in 15 places: 74 bits");
}
