//! Tokens: what counts, what does not and why, and the ways in which people forge them.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header, encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use zamu::keyring::{Algorithm, Claims, Keyring, Role, TokenError};

use crate::{after, now, ring};

/// An hour from [`now`] for somebody at `nairobi`.
pub fn claims(role: Role) -> Claims {
    Claims::lasting("grace", "nairobi", role, now(), 3600)
}

/// A ring whose current key has this algorithm.
fn ring_of(alg: Algorithm) -> Keyring {
    let mut ring = ring();
    ring.rotate_token(alg, now(), 0).unwrap();
    ring
}

/// Somebody else who signs tokens.
struct Issuer(Ed25519KeyPair);

impl Issuer {
    fn new() -> Issuer {
        Issuer(Ed25519KeyPair::generate().unwrap())
    }

    fn public(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn pem(&self) -> String {
        // SubjectPublicKeyInfo of RFC 8410: a fixed head, then the key.
        let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00], self.public()].concat();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
    }

    fn jwk(&self) -> String {
        json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(self.public()), "use": "sig"}).to_string()
    }

    fn sign(&self, kid: Option<&str>, claims: &Value) -> String {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(jsonwebtoken::Algorithm::EdDSA) };
        encode(&header, claims, &EncodingKey::from_ed_der(self.0.to_pkcs8v1().unwrap().as_ref())).unwrap()
    }
}

/// A ring that accepts `issuer` under the name `sso`.
fn ring_with(issuer: &Issuer) -> Keyring {
    let mut ring = ring();
    ring.add_issuer("sso", &issuer.pem(), None, now()).unwrap();
    ring
}

/// What an issuer says of a manager, with these claims changed or (null) left out.
fn said(changes: &Value) -> Value {
    let mut said =
        json!({"sub": "joy", "tenant": "nairobi", "role": "manager", "aud": "zamu", "iat": now().timestamp(), "exp": after(60).timestamp()});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => said.as_object_mut().unwrap().remove(name),
            value => said.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    said
}

/// What `verify` says of an otherwise good token with these claims changed.
fn verdict(changes: &Value) -> Result<Claims, TokenError> {
    let issuer = Issuer::new();
    ring_with(&issuer).verify(&issuer.sign(Some("sso"), &said(changes)), now())
}

#[test]
fn a_token_says_what_was_put_into_it() {
    for alg in [Algorithm::Hs256, Algorithm::EdDsa] {
        let ring = ring_of(alg);
        for role in Role::ALL {
            let given = Claims { jti: Some("t1".into()), location: Some("westlands".into()), ..claims(role) };
            let token = ring.mint(&given, now()).unwrap();
            assert_eq!(ring.verify(&token, after(60)), Ok(given));
            let plain = claims(role);
            assert_eq!(ring.verify(&ring.mint(&plain, now()).unwrap(), now()), Ok(plain));
        }
    }
}

#[test]
fn a_token_counts_in_its_time_with_half_a_minute_of_leeway() {
    let ring = ring();
    let token = ring.mint(&claims(Role::User), now()).unwrap();
    for seconds in [-30, 0, 3599, 3629] {
        assert!(ring.verify(&token, after(seconds)).is_ok(), "{seconds}");
    }
    assert_eq!(ring.verify(&token, after(-31)), Err(TokenError::NotYetValid(now())));
    assert_eq!(ring.verify(&token, after(3630)), Err(TokenError::Expired(after(3600))));
}

#[test]
fn a_token_that_nobody_would_accept_is_not_made() {
    assert_eq!(ring().mint(&claims(Role::User), after(4000)), Err(TokenError::Expired(after(3600))));
    assert_eq!(ring().mint(&claims(Role::User), after(-60)), Err(TokenError::NotYetValid(now())));
    assert!(matches!(ring().mint(&Claims { tenant: String::new(), ..claims(Role::User) }, now()), Err(TokenError::Malformed(_))));
    assert_eq!(ring().mint(&Claims { aud: "shop".into(), ..claims(Role::User) }, now()), Err(TokenError::WrongAudience));
}

#[test]
fn a_changed_token_is_refused_wherever_it_was_changed() {
    for alg in [Algorithm::Hs256, Algorithm::EdDsa] {
        let ring = ring_of(alg);
        let token = ring.mint(&claims(Role::User), now()).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let admin = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims(Role::Admin)).unwrap());
        assert_eq!(ring.verify(&[parts[0], &admin, parts[2]].join("."), now()), Err(TokenError::BadSignature), "{alg}");
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert!(ring.verify(&String::from_utf8(bytes).unwrap(), now()).is_err(), "{alg}, byte {at}");
        }
        assert_eq!(ring.verify(&[parts[0], parts[1], ""].join("."), now()), Err(TokenError::BadSignature), "{alg}");
    }
}

/// A token by hand: this header, these claims, and whatever `sign` makes of the two.
fn forged(header: &Value, claims: &Value, sign: impl FnOnce(&str) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(&message));
    format!("{message}.{signature}")
}

fn hs256(key: &[u8], message: &str) -> Vec<u8> {
    let text = jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(key), jsonwebtoken::Algorithm::HS256).unwrap();
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

#[test]
fn a_public_key_used_as_a_secret_signs_nothing() {
    let issuer = Issuer::new();
    let ring = ring_with(&issuer);
    assert!(ring.verify(&issuer.sign(Some("sso"), &said(&json!({}))), now()).is_ok());
    for secret in [issuer.public(), issuer.pem().as_bytes(), issuer.jwk().as_bytes()] {
        let honest = forged(&json!({"alg": "HS256", "kid": "sso"}), &said(&json!({})), |message| hs256(secret, message));
        assert_eq!(ring.verify(&honest, now()), Err(TokenError::WrongAlgorithm(Algorithm::EdDsa)));
        let lying = forged(&json!({"alg": "EdDSA", "kid": "sso"}), &said(&json!({})), |message| hs256(secret, message));
        assert_eq!(ring.verify(&lying, now()), Err(TokenError::BadSignature));
    }
}

#[test]
fn a_token_without_a_signature_does_not_count_however_it_spells_that() {
    let ring = ring();
    let kid = ring.list().last().unwrap().id.clone();
    for none in ["none", "None", "NONE", "nOnE", "", "HS384", "HS512", "hs256", "RS256", "EdDSA"] {
        let token = forged(&json!({"alg": none, "kid": kid}), &said(&json!({})), |_| Vec::new());
        assert_eq!(ring.verify(&token, now()), Err(TokenError::WrongAlgorithm(Algorithm::Hs256)), "{none}");
    }
    let unsigned = forged(&json!({"alg": "HS256", "kid": kid}), &said(&json!({})), |_| Vec::new());
    assert_eq!(ring.verify(&unsigned, now()), Err(TokenError::BadSignature));
}

#[test]
fn a_token_counts_only_with_the_key_that_it_names() {
    let issuer = Issuer::new();
    let mut ring = ring_with(&issuer);
    let other = Issuer::new();
    ring.add_issuer("other", &other.jwk(), None, now()).unwrap();
    assert_eq!(ring.verify(&other.sign(Some("sso"), &said(&json!({}))), now()), Err(TokenError::BadSignature));
    for kid in [None, Some(""), Some("nobody"), Some("SSO")] {
        assert_eq!(ring.verify(&issuer.sign(kid, &said(&json!({}))), now()), Err(TokenError::UnknownKey), "{kid:?}");
    }
    assert_eq!(crate::ring().verify(&issuer.sign(Some("sso"), &said(&json!({}))), now()), Err(TokenError::UnknownKey));
    // A key that a token brings along counts for nothing.
    let header = json!({"alg": "EdDSA", "jwk": serde_json::from_str::<Value>(&other.jwk()).unwrap()});
    assert_eq!(
        ring.verify(&forged(&header, &said(&json!({})), |message| other.0.sign(message.as_bytes()).as_ref().to_vec()), now()),
        Err(TokenError::UnknownKey)
    );
}

#[test]
fn a_token_for_somebody_else_is_refused() {
    for aud in [json!("shop"), json!(["shop", "bank"]), json!([]), json!(7), Value::Null, json!("ZAMU")] {
        assert_eq!(verdict(&json!({"aud": aud})), Err(TokenError::WrongAudience), "{aud}");
    }
    assert_eq!(verdict(&json!({"aud": ["shop", "zamu"]})).unwrap().aud, "zamu");
}

#[test]
fn the_role_must_be_one_that_there_is() {
    assert_eq!(verdict(&json!({"role": "stylist"})).unwrap().role, Role::Scheduler);
    assert_eq!(verdict(&json!({"role": null})), Err(TokenError::MissingRole));
    for role in [json!("owner"), json!("Admin"), json!(""), json!(["admin"]), json!(1)] {
        assert!(matches!(verdict(&json!({"role": role})), Err(TokenError::UnknownRole { .. })), "{role}");
    }
    assert_eq!("stylist".parse::<Role>(), Ok(Role::Scheduler));
    assert!("owner".parse::<Role>().unwrap_err().contains("frontdesk"));
}

#[test]
fn claims_that_are_missing_or_odd_are_named() {
    for (changes, name) in [
        (json!({"sub": null}), "sub"),
        (json!({"sub": ""}), "sub"),
        (json!({"tenant": null}), "tenant"),
        (json!({"tenant": 7}), "tenant"),
        (json!({"iat": null}), "iat"),
        (json!({"exp": null}), "exp"),
        (json!({"exp": "tomorrow"}), "exp"),
        (json!({"exp": 1e300}), "exp"),
        (json!({"exp": i64::MAX}), "exp"),
        (json!({"exp": u64::MAX}), "exp"),
        (json!({"nbf": "now"}), "nbf"),
        (json!({"location": ["westlands"]}), "location"),
        (json!({"jti": 9}), "jti"),
    ] {
        let Err(TokenError::Malformed(what)) = verdict(&changes) else { panic!("{changes}") };
        assert!(what.contains(name), "{changes}: {what}");
    }
    assert_eq!(verdict(&json!({"exp": after(-31).timestamp()})), Err(TokenError::Expired(after(-31))));
    assert_eq!(verdict(&json!({"nbf": after(40).timestamp()})), Err(TokenError::NotYetValid(after(40))));
    assert!(verdict(&json!({"nbf": after(30).timestamp()})).is_ok());
    assert_eq!(verdict(&json!({"exp": 1_900_000_000.9})).unwrap().exp, 1_900_000_000);
}

#[test]
fn an_issuer_bound_to_a_tenant_signs_for_no_other() {
    let issuer = Issuer::new();
    let mut ring = ring();
    ring.add_issuer("sso", &issuer.pem(), Some("nairobi"), now()).unwrap();
    assert!(ring.verify(&issuer.sign(Some("sso"), &said(&json!({}))), now()).is_ok());
    let elsewhere = issuer.sign(Some("sso"), &said(&json!({"tenant": "mombasa"})));
    assert_eq!(ring.verify(&elsewhere, now()), Err(TokenError::WrongTenant("mombasa".into())));
    ring.remove_issuer("sso").unwrap();
    assert_eq!(ring.verify(&elsewhere, now()), Err(TokenError::UnknownKey));
}

#[test]
fn an_issuer_is_taken_with_a_free_name_and_an_ed25519_public_key_only() {
    let issuer = Issuer::new();
    let mut ring = ring_with(&issuer);
    let own = ring.list()[2].id.clone();
    for taken in ["sso", own.as_str()] {
        assert!(ring.add_issuer(taken, &issuer.pem(), None, now()).unwrap_err().to_string().contains("already"));
    }
    for name in ["", "two words", "a\nb", &"x".repeat(129)] {
        assert!(ring.add_issuer(name, &issuer.pem(), None, now()).unwrap_err().to_string().contains("name"), "{name:?}");
    }
    let private = issuer.pem().replace("PUBLIC", "PRIVATE");
    let certificate = issuer.pem().replace("PUBLIC KEY", "CERTIFICATE");
    let short = json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}).to_string();
    let other_curve = issuer.jwk().replace("Ed25519", "X25519");
    for text in ["", "key", "{}", &private, &certificate, &short, &other_curve, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
        assert!(ring.add_issuer("new", text, None, now()).unwrap_err().to_string().contains("BEGIN PUBLIC KEY"), "{text}");
    }
    assert!(ring.remove_issuer(&own).is_err(), "our own keys go by rotation");
    assert_eq!(ring.list().len(), 4);
}

#[test]
fn nonsense_is_malformed() {
    let long = "A".repeat(9000);
    for text in ["", "a", "a.b", "a.b.c", "a.b.c.d", "..", "e30.e30.", "eyJhbGciOiJub25lIn0.e30", &format!("{long}.{long}.x")] {
        assert!(matches!(ring().verify(text, now()), Err(TokenError::Malformed(_))), "{text:.20}");
    }
    let kid = ring().list()[2].id.clone();
    let crit = forged(&json!({"alg": "HS256", "kid": kid, "crit": ["exp"]}), &said(&json!({})), |_| Vec::new());
    assert!(matches!(ring().verify(&crit, now()), Err(TokenError::Malformed(_))));
}

proptest! {
    #[test]
    fn no_text_counts_as_a_token_or_makes_it_panic(text in "\\PC{0,60}|[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
        prop_assert!(ring().verify(&text, now()).is_err());
    }
}
