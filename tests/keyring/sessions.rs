//! Sessions: how long they last, that a cookie is no token and a token no cookie, and the proof that stands in forms.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};
use zamu::keyring::session::{SESSION_SECONDS, SESSION_SECONDS_MAX};
use zamu::keyring::{Algorithm, Claims, Keyring, Role, Session, SignedIn, TokenError};

use crate::tokens::claims;
use crate::{after, now, ring};

fn ruth() -> Session {
    Session::of_account("ruth", "nairobi", Role::Manager, Some("westlands"), 3, now()).unwrap()
}

/// A ring that accepts an outside issuer under the name `sso`, and that issuer.
fn with_issuer() -> (Keyring, Ed25519KeyPair) {
    let issuer = Ed25519KeyPair::generate().unwrap();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(issuer.public_key().as_ref())}).to_string();
    let mut ring = ring();
    ring.add_issuer("sso", &jwk, None, now()).unwrap();
    (ring, issuer)
}

fn signed(issuer: &Ed25519KeyPair, said: &Value) -> String {
    let header = Header { kid: Some("sso".to_owned()), ..Header::new(jsonwebtoken::Algorithm::EdDSA) };
    encode(&header, said, &EncodingKey::from_ed_der(issuer.to_pkcs8v1().unwrap().as_ref())).unwrap()
}

#[test]
fn a_session_says_what_was_put_into_it() {
    for alg in [Algorithm::Hs256, Algorithm::EdDsa] {
        let mut ring = ring();
        ring.rotate_token(alg, now(), 0).unwrap();
        let session = ruth();
        assert_eq!(session.signed_in, SignedIn::Account { epoch: 3 });
        assert_eq!(ring.open_session(&ring.seal_session(&session, now()).unwrap(), after(60)).unwrap(), session);
    }
    assert_eq!(ruth().actor(), "manager:ruth");
    assert_ne!(ruth().id, ruth().id);
}

#[test]
fn a_cookie_is_no_token_and_a_token_is_no_cookie() {
    let ring = ring();
    let cookie = ring.seal_session(&ruth(), now()).unwrap();
    assert_eq!(ring.verify(&cookie, now()), Err(TokenError::WrongAudience));
    let token = ring.mint(&claims(Role::Admin), now()).unwrap();
    assert_eq!(ring.open_session(&token, now()), Err(TokenError::WrongAudience));
    assert_eq!(ring.session_by_token(&cookie, now()), Err(TokenError::WrongAudience), "a session does not beget another");
}

#[test]
fn nobody_else_makes_a_session() {
    let (ring, issuer) = with_issuer();
    let mut said = serde_json::to_value(ruth()).unwrap();
    said["aud"] = json!("zamu-session");
    assert_eq!(ring.open_session(&signed(&issuer, &said), now()), Err(TokenError::UnknownKey));
    let cookie = ring.seal_session(&ruth(), now()).unwrap();
    assert_eq!(crate::ring().open_session(&cookie, now()), Err(TokenError::UnknownKey), "another installation's");
    let parts: Vec<&str> = cookie.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!((&claims["aud"], &claims["role"]), (&json!("zamu-session"), &json!("manager")));
    claims["role"] = json!("admin");
    let forged = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2]);
    assert_eq!(ring.open_session(&forged, now()), Err(TokenError::BadSignature));
    for nonsense in ["", "a.b.c", &cookie[..cookie.len() - 4], &"x".repeat(20_000)] {
        assert!(ring.open_session(nonsense, now()).is_err(), "{nonsense:.40}");
    }
}

#[test]
fn a_customer_has_no_session() {
    let ring = ring();
    let session = Session { role: Role::User, ..ruth() };
    assert!(matches!(ring.seal_session(&session, now()), Err(TokenError::UnknownRole { .. })));
}

#[test]
fn a_session_lasts_half_a_day_is_renewed_in_its_second_half_and_ends_after_a_week() {
    let ring = ring();
    let session = ruth();
    let cookie = ring.seal_session(&session, now()).unwrap();
    assert!(ring.open_session(&cookie, after(SESSION_SECONDS - 1)).is_ok());
    assert!(matches!(ring.open_session(&cookie, after(SESSION_SECONDS + 30)), Err(TokenError::Expired(_))));
    assert_eq!(session.renewed(after(SESSION_SECONDS / 2 - 1)), None, "not yet");
    assert_eq!(session.renewed(after(SESSION_SECONDS)), None, "too late");
    let renewed = session.renewed(after(SESSION_SECONDS / 2)).unwrap();
    assert_eq!((&renewed.id, renewed.exp), (&session.id, after(SESSION_SECONDS / 2 + SESSION_SECONDS).timestamp()));
    let (mut one, mut at) = (session, 0);
    while let Some(next) = one.renewed(after(at)).or_else(|| (at < 2 * SESSION_SECONDS_MAX).then(|| one.clone())) {
        one = next;
        at += SESSION_SECONDS / 4;
    }
    assert_eq!(one.exp, after(SESSION_SECONDS_MAX).timestamp(), "however often it is renewed");
}

#[test]
fn a_session_by_a_token_ends_with_the_token_and_with_its_key() {
    let (mut ring, issuer) = with_issuer();
    let said = json!({"sub": "joy", "tenant": "nairobi", "role": "manager", "aud": "zamu", "iat": now().timestamp(), "exp": after(600).timestamp()});
    let session = ring.session_by_token(&signed(&issuer, &said), now()).unwrap();
    assert_eq!((session.sub.as_str(), session.exp, session.until), ("joy", after(600).timestamp(), after(600).timestamp()));
    assert_eq!(session.renewed(after(500)), None, "the token is not longer for it");
    let cookie = ring.seal_session(&session, now()).unwrap();
    assert!(ring.open_session(&cookie, after(599)).is_ok());
    ring.remove_issuer("sso").unwrap();
    assert_eq!(ring.open_session(&cookie, after(1)), Err(TokenError::UnknownKey));
    // A token of a month opens a session of a day.
    let long = ring.mint(&Claims::lasting("grace", "nairobi", Role::Scheduler, now(), 30 * 86_400), now()).unwrap();
    let session = ring.session_by_token(&long, now()).unwrap();
    assert_eq!(session.exp, after(SESSION_SECONDS).timestamp());
    assert_eq!(ring.session_by_token("a.b.c", now()).unwrap_err().to_string().split(':').next(), Some("the token is malformed"));
}

#[test]
fn a_session_outlives_a_rotation_as_tokens_do() {
    let mut ring = ring();
    let session = ruth();
    let (cookie, proof) = (ring.seal_session(&session, now()).unwrap(), ring.form_proof(&session));
    ring.rotate_token(Algorithm::EdDsa, now(), 600).unwrap();
    assert_eq!(ring.open_session(&cookie, after(599)).unwrap(), session);
    assert!(ring.proves_form(&session, &proof, after(599)));
    assert_ne!(ring.form_proof(&session), proof, "new forms have the new key's");
    assert!(ring.proves_form(&session, &ring.form_proof(&session), after(601)));
    assert_eq!(ring.open_session(&cookie, after(600)), Err(TokenError::RetiredKey(after(600))));
    assert!(!ring.proves_form(&session, &proof, after(600)));
}

#[test]
fn a_forms_proof_is_that_of_its_own_session() {
    let ring = ring();
    let (session, other) = (ruth(), ruth());
    let proof = ring.form_proof(&session);
    assert!(ring.proves_form(&session, &proof, now()));
    let renewed = session.renewed(after(SESSION_SECONDS / 2)).unwrap();
    assert!(ring.proves_form(&renewed, &proof, now()), "a page that stood open through a renewal can still be sent");
    let changed = format!("{}{}", if proof.starts_with('0') { "1" } else { "0" }, &proof[1..]);
    for wrong in [ring.form_proof(&other), changed, String::new(), proof[..62].to_owned(), format!("{proof}00"), "zz".repeat(32), "ä".repeat(32)] {
        assert!(!ring.proves_form(&session, &wrong, now()), "{wrong}");
    }
    assert!(!crate::ring().proves_form(&session, &proof, now()), "another installation's");
}
