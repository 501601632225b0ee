//! Tokens: who somebody is and what they may do, signed. A token names its key, and counts only with that key and that key's algorithm.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::keys::TokenKey;
use super::{Algorithm, Keyring, Role, pair};

/// Whom tokens are for: this service.
pub const AUDIENCE: &str = "zamu";

/// How far the clocks of issuer and service may be apart, in seconds.
pub const LEEWAY_SECONDS: i64 = 30;

/// Longer texts are not even looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;

/// What a token says. Instants are whole seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Who: a customer's, a resource's or an employee's id.
    pub sub: String,
    /// Whose data it opens.
    pub tenant: String,
    /// What they may do there.
    pub role: Role,
    /// Whom it is for: [`AUDIENCE`].
    pub aud: String,
    /// When it was made.
    pub iat: i64,
    /// When it ends; not included.
    pub exp: i64,
    /// The token's own name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// The only location it opens; none: all of the tenant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

impl Claims {
    /// Claims for this service that count from `now` for `ttl_seconds`.
    pub fn lasting(sub: &str, tenant: &str, role: Role, now: DateTime<Utc>, ttl_seconds: u32) -> Claims {
        let iat = now.timestamp();
        let aud = AUDIENCE.to_owned();
        let exp = iat + i64::from(ttl_seconds);
        Claims { sub: sub.to_owned(), tenant: tenant.to_owned(), role, aud, iat, exp, jti: None, location: None }
    }
}

/// Why a token does not count, or was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url JSON with the claims of a token in them.
    #[error("the token is malformed: {0}")]
    Malformed(String),
    /// It names no key, or one that is not in the ring.
    #[error("the token is signed with a key that this service does not know; get a new one")]
    UnknownKey,
    /// Its key was replaced, and the time in which it still counted is over.
    #[error("the token is signed with a key that was retired at {0}; get a new one")]
    RetiredKey(DateTime<Utc>),
    /// It names another algorithm than its key has; `none` among them.
    #[error("the token names another algorithm than its key has, which is {0}")]
    WrongAlgorithm(Algorithm),
    /// Changed, or signed with something else.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// Over.
    #[error("the token expired at {0}; get a new one")]
    Expired(DateTime<Utc>),
    /// Of the future.
    #[error("the token counts only from {0}; compare the clocks of issuer and service")]
    NotYetValid(DateTime<Utc>),
    /// Made for somebody else.
    #[error("the token is not for this service; expected the audience \"{AUDIENCE}\"")]
    WrongAudience,
    /// Says nothing of a role.
    #[error("the token has no role; expected one of {}", Role::ALL.map(Role::word).join(", "))]
    MissingRole,
    /// A role that there is not.
    #[error("the token has the role {role:?}; expected one of {}", Role::ALL.map(Role::word).join(", "))]
    UnknownRole {
        /// The word in the token.
        role: String,
    },
    /// An outside issuer signed for a tenant that is not theirs.
    #[error("the token's issuer may not sign for tenant {0:?}")]
    WrongTenant(String),
    /// No token could be made.
    #[error("the token could not be signed: {0}")]
    CannotSign(String),
}

/// The part of a token's header that decides anything.
#[derive(Deserialize)]
struct Said {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

impl Keyring {
    /// Signs `claims` with the current token key.
    ///
    /// # Errors
    /// They would not be accepted at `now`, by their own account; or the key cannot sign.
    pub fn mint(&self, claims: &Claims, now: DateTime<Utc>) -> Result<String, TokenError> {
        check_times(claims.iat, None, claims.exp, now)?;
        if claims.aud != AUDIENCE {
            return Err(TokenError::WrongAudience);
        }
        if claims.sub.is_empty() || claims.tenant.is_empty() {
            return Err(malformed("sub or tenant is empty; expected text"));
        }
        self.signed_by_us(claims)
    }

    /// Signs what is said with the current token key.
    pub(super) fn signed_by_us(&self, said: &impl Serialize) -> Result<String, TokenError> {
        let failed = |what: &dyn fmt::Display| TokenError::CannotSign(what.to_string());
        let key = self.keys.token.iter().find(|key| key.is_current()).ok_or_else(|| failed(&"no token key is current"))?;
        let secret = key.secret.as_ref().ok_or_else(|| failed(&"the current token key only verifies"))?;
        let signer = match key.alg {
            Algorithm::Hs256 => EncodingKey::from_secret(secret.bytes()),
            Algorithm::EdDsa => pair::signer(secret).map_err(|error| failed(&error))?,
        };
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(library_name(key.alg)) };
        jsonwebtoken::encode(&header, said, &signer).map_err(|error| failed(&error))
    }

    /// What a token says, if it counts at `now`: signed by a key of this ring with that key's algorithm, in its time and for this service.
    ///
    /// # Errors
    /// Why it does not count. Nothing a token says is told or used before its signature was found right.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenError> {
        self.verified(token, now).map(|(claims, _)| claims)
    }

    /// The same with the name of the key that signed it.
    pub(super) fn verified(&self, token: &str, now: DateTime<Utc>) -> Result<(Claims, &str), TokenError> {
        let (said, key) = self.opened(token, now)?;
        let claims = read_claims(&said, now)?;
        match &key.tenant {
            Some(tenant) if *tenant != claims.tenant => Err(TokenError::WrongTenant(claims.tenant)),
            _ => Ok((claims, &key.kid)),
        }
    }

    /// What stands in a token that a key of this ring signed which still counts, and that key. Time and audience were not looked at.
    pub(super) fn opened(&self, token: &str, now: DateTime<Utc>) -> Result<(Map<String, Value>, &TokenKey), TokenError> {
        let said = header(token)?;
        let key = self.counting_key(said.kid.as_deref(), now)?;
        if said.alg != key.alg.name() {
            return Err(TokenError::WrongAlgorithm(key.alg));
        }
        Ok((signed(token, key)?, key))
    }

    /// The token key of this name, if what it signs or signed counts at `now`.
    pub(super) fn counting_key(&self, kid: Option<&str>, now: DateTime<Utc>) -> Result<&TokenKey, TokenError> {
        let key = kid.and_then(|kid| self.keys.token_key(kid)).ok_or(TokenError::UnknownKey)?;
        match key.verify_until.filter(|until| now >= *until) {
            Some(until) => Err(TokenError::RetiredKey(until)),
            None => Ok(key),
        }
    }
}

pub(super) fn malformed(what: &str) -> TokenError {
    TokenError::Malformed(what.to_owned())
}

fn header(token: &str) -> Result<Said, TokenError> {
    if token.len() > MAX_TOKEN {
        return Err(malformed("it is too long"));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [first, _, _] = parts.as_slice() else {
        return Err(malformed("expected three parts with dots between them"));
    };
    let bytes = URL_SAFE_NO_PAD.decode(first).map_err(|_| malformed("its header is no base64url text"))?;
    let said: Said = serde_json::from_slice(&bytes).map_err(|_| malformed("its header is no JSON that names an algorithm"))?;
    if said.crit.is_some() { Err(malformed("its header asks for extensions that this service does not have")) } else { Ok(said) }
}

fn library_name(alg: Algorithm) -> jsonwebtoken::Algorithm {
    match alg {
        Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
    }
}

/// The claims as they stand in the token, once its signature was found right. Time and audience are looked at elsewhere: the library would
/// ask the machine's clock.
fn signed(token: &str, key: &TokenKey) -> Result<Map<String, Value>, TokenError> {
    let verifier = match (key.alg, &key.secret, &key.public) {
        (Algorithm::Hs256, Some(secret), _) => DecodingKey::from_secret(secret.bytes()),
        (Algorithm::EdDsa, _, Some(public)) => DecodingKey::from_ed_der(&public.0),
        _ => return Err(TokenError::UnknownKey),
    };
    let mut only_signature = Validation::new(library_name(key.alg));
    only_signature.required_spec_claims.clear();
    only_signature.validate_exp = false;
    only_signature.validate_aud = false;
    match jsonwebtoken::decode::<Map<String, Value>>(token, &verifier, &only_signature) {
        Ok(data) => Ok(data.claims),
        Err(error) => Err(match error.kind() {
            ErrorKind::InvalidSignature => TokenError::BadSignature,
            ErrorKind::InvalidAlgorithm => TokenError::WrongAlgorithm(key.alg),
            ErrorKind::Base64(_) => malformed("its signature or its claims are no base64url text"),
            _ => malformed("its claims are no JSON"),
        }),
    }
}

fn read_claims(said: &Map<String, Value>, now: DateTime<Utc>) -> Result<Claims, TokenError> {
    let (iat, exp) = (seconds(said, "iat")?, seconds(said, "exp")?);
    let (Some(iat), Some(exp)) = (iat, exp) else {
        return Err(malformed("iat and exp are missing; expected seconds since 1970"));
    };
    check_times(iat, seconds(said, "nbf")?, exp, now)?;
    let for_us = match said.get("aud") {
        Some(Value::String(one)) => one == AUDIENCE,
        Some(Value::Array(several)) => several.iter().any(|one| one == AUDIENCE),
        _ => false,
    };
    if !for_us {
        return Err(TokenError::WrongAudience);
    }
    let role = match said.get("role") {
        None | Some(Value::Null) => return Err(TokenError::MissingRole),
        Some(Value::String(word)) => word.parse().map_err(|_| TokenError::UnknownRole { role: word.clone() })?,
        Some(other) => return Err(TokenError::UnknownRole { role: other.to_string() }),
    };
    let needed = |name: &str| text(said, name)?.ok_or_else(|| malformed(&format!("{name} is missing or empty; expected text")));
    let (sub, tenant) = (needed("sub")?, needed("tenant")?);
    Ok(Claims { sub, tenant, role, aud: AUDIENCE.to_owned(), iat, exp, jti: text(said, "jti")?, location: text(said, "location")? })
}

fn text(said: &Map<String, Value>, name: &str) -> Result<Option<String>, TokenError> {
    match said.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(malformed(&format!("{name} is not what was expected: text that is not empty"))),
    }
}

/// A claim that is an instant, in seconds since 1970; parts of a second are cut off.
fn seconds(said: &Map<String, Value>, name: &str) -> Result<Option<i64>, TokenError> {
    let Some(value) = said.get(name) else {
        return Ok(None);
    };
    let whole = value.as_i64().or_else(|| value.as_f64().filter(|seconds| seconds.abs() < 1e12).map(|seconds| seconds as i64));
    whole.filter(|seconds| instant(*seconds).is_some()).map(Some).ok_or_else(|| malformed(&format!("{name} is no number of seconds since 1970")))
}

fn instant(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

/// `iat`, `nbf` and `exp` against `now`, with [`LEEWAY_SECONDS`] on each side.
pub(super) fn check_times(iat: i64, nbf: Option<i64>, exp: i64, now: DateTime<Utc>) -> Result<(), TokenError> {
    let at = now.timestamp();
    let named = |seconds: i64| instant(seconds).ok_or_else(|| malformed("it names an instant that no calendar has"));
    if at >= exp.saturating_add(LEEWAY_SECONDS) {
        return Err(TokenError::Expired(named(exp)?));
    }
    let from = nbf.map_or(iat, |nbf| nbf.max(iat));
    if at < from.saturating_sub(LEEWAY_SECONDS) { Err(TokenError::NotYetValid(named(from)?)) } else { Ok(()) }
}
