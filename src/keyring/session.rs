//! Sessions: who is signed in at the pages, as a cookie says it. Signed with the token keys, but for another audience than tokens are: a cookie is
//! no token, and a token is no cookie. Beside each the proof that a form was made for it, which nobody else's page can know.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use super::keys::TokenKey;
use super::secret::{fill, hex};
use super::token::{check_times, malformed};
use super::{Keyring, Role, TokenError};

/// Whom sessions are for: the pages.
pub const SESSION_AUDIENCE: &str = "zamu-session";

/// How long a session lasts after the last time that it was renewed, in seconds: a long day's work.
pub const SESSION_SECONDS: i64 = 12 * 3600;

/// How long a session lasts in all, however often it is renewed, in seconds: a week.
pub const SESSION_SECONDS_MAX: i64 = 7 * 24 * 3600;

/// What keeps the key of form proofs apart from whatever else is made with a token key. No token begins like this.
const PROOF_LABEL: &[u8] = b"zamu: proof of a form, 1";

/// By what somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum SignedIn {
    /// By the password of an account.
    Account {
        /// The account's epoch then: it ends with it.
        epoch: i64,
    },
    /// By a token.
    Token {
        /// The name of the key that signed it: it ends with it.
        key: String,
    },
}

/// Who is signed in. Instants are whole seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The session's own name, which renewing keeps.
    #[serde(rename = "jti")]
    pub id: String,
    /// Who: the login of an account, or whoever the token named.
    pub sub: String,
    /// Whose data they see.
    pub tenant: String,
    /// What they may do; never [`Role::User`].
    pub role: Role,
    /// The only location they see; `None` for all of the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// By what they signed in.
    #[serde(flatten)]
    pub signed_in: SignedIn,
    /// When it was begun, or renewed last.
    pub iat: i64,
    /// When it ends, unless it is renewed; not included.
    pub exp: i64,
    /// When it ends in any case.
    pub until: i64,
}

/// A session as it stands in a cookie.
#[derive(Serialize)]
struct Said<'a> {
    aud: &'static str,
    #[serde(flatten)]
    session: &'a Session,
}

impl Session {
    /// The session of an account from `now` on. `location` is the only one they see.
    ///
    /// # Errors
    /// The machine gives no random bytes.
    pub fn of_account(login: &str, tenant: &str, role: Role, location: Option<&str>, epoch: i64, now: DateTime<Utc>) -> Result<Session, TokenError> {
        let session = Session {
            id: fresh_id()?,
            sub: login.to_owned(),
            tenant: tenant.to_owned(),
            role,
            location: location.map(str::to_owned),
            signed_in: SignedIn::Account { epoch },
            iat: now.timestamp(),
            exp: 0,
            until: now.timestamp() + SESSION_SECONDS_MAX,
        };
        Ok(session.lasting(now))
    }

    /// The same from `now` on, for as long as a session lasts, but not beyond its end.
    fn lasting(self, now: DateTime<Utc>) -> Session {
        let iat = now.timestamp();
        Session { iat, exp: (iat + SESSION_SECONDS).min(self.until), ..self }
    }

    /// The session as it goes on, where half of its time is over; `None` where it need not be renewed yet, or cannot be any more.
    pub fn renewed(&self, now: DateTime<Utc>) -> Option<Session> {
        let at = now.timestamp();
        let is_due = at >= self.iat + SESSION_SECONDS / 2 && at < self.exp && self.exp < self.until;
        is_due.then(|| self.clone().lasting(now))
    }

    /// As they stand in the history: `manager:ruth`.
    pub fn actor(&self) -> String {
        format!("{}:{}", self.role.word(), self.sub)
    }
}

fn fresh_id() -> Result<String, TokenError> {
    let mut name = [0; 16];
    fill(&mut name).map_err(|error| TokenError::CannotSign(error.to_string()))?;
    Ok(hex(&name))
}

impl Keyring {
    /// The session of whoever shows this token, from `now` on. It ends with the token, and with the key that signed that.
    ///
    /// # Errors
    /// Why the token does not count.
    pub fn session_by_token(&self, token: &str, now: DateTime<Utc>) -> Result<Session, TokenError> {
        let (claims, key) = self.verified(token, now)?;
        let session = Session {
            id: fresh_id()?,
            sub: claims.sub,
            tenant: claims.tenant,
            role: claims.role,
            location: claims.location,
            signed_in: SignedIn::Token { key: key.to_owned() },
            iat: now.timestamp(),
            exp: 0,
            until: claims.exp.min(now.timestamp() + SESSION_SECONDS_MAX),
        };
        Ok(session.lasting(now))
    }

    /// A session as a cookie, signed with the current token key.
    ///
    /// # Errors
    /// It is over, or a customer's; or the key cannot sign.
    pub fn seal_session(&self, session: &Session, now: DateTime<Utc>) -> Result<String, TokenError> {
        check(session, now)?;
        self.signed_by_us(&Said { aud: SESSION_AUDIENCE, session })
    }

    /// Who is signed in, as a cookie says, if it counts at `now`: signed by a key of our own that still counts, for the pages, and not over. No
    /// outside issuer can make one.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn open_session(&self, cookie: &str, now: DateTime<Utc>) -> Result<Session, TokenError> {
        let (said, key) = self.opened(cookie, now)?;
        if key.secret.is_none() {
            return Err(TokenError::UnknownKey);
        }
        if said.get("aud").and_then(Value::as_str) != Some(SESSION_AUDIENCE) {
            return Err(TokenError::WrongAudience);
        }
        let session: Session = serde_json::from_value(Value::Object(said)).map_err(|_| malformed("it says no session that this version knows"))?;
        check(&session, now)?;
        if let SignedIn::Token { key } = &session.signed_in {
            self.counting_key(Some(key), now)?;
        }
        Ok(session)
    }

    /// The proof that stands in every form of a session.
    pub fn form_proof(&self, session: &Session) -> String {
        let current = self.keys.token.iter().find(|key| key.is_current());
        current.and_then(|key| proof(key, &session.id)).map_or_else(String::new, |mac| hex(&mac.finalize().into_bytes()))
    }

    /// A text that goes into a page of the session and is to come back as it is: with a code before it that nobody else can make.
    pub fn form_seal(&self, session: &Session, text: &str) -> String {
        let current = self.keys.token.iter().find(|key| key.is_current());
        let code = current.and_then(|key| sealing(key, &session.id, text)).map_or_else(String::new, |mac| hex(&mac.finalize().into_bytes()));
        format!("{code}.{text}")
    }

    /// The text, where it was sealed for the session by a key that still counts.
    pub fn form_opened<'t>(&self, session: &Session, given: &'t str, now: DateTime<Utc>) -> Option<&'t str> {
        let (code, text) = given.split_once('.')?;
        let code = bytes_of(code)?;
        let counting = self.keys.token.iter().filter(|key| key.verify_until.is_none_or(|until| now < until));
        counting.filter_map(|key| sealing(key, &session.id, text)).any(|mac| mac.verify_slice(&code).is_ok()).then_some(text)
    }

    /// Was this proof made for the session, by a key that still counts? Takes as long wherever they differ.
    pub fn proves_form(&self, session: &Session, given: &str, now: DateTime<Utc>) -> bool {
        let Some(given) = bytes_of(given) else { return false };
        let counting = self.keys.token.iter().filter(|key| key.verify_until.is_none_or(|until| now < until));
        counting.filter_map(|key| proof(key, &session.id)).any(|mac| mac.verify_slice(&given).is_ok())
    }
}

/// Is it somebody's who may see pages, and in its time?
fn check(session: &Session, now: DateTime<Utc>) -> Result<(), TokenError> {
    if session.role == Role::User {
        return Err(TokenError::UnknownRole { role: Role::User.word().to_owned() });
    }
    if session.sub.is_empty() || session.tenant.is_empty() || session.id.is_empty() {
        return Err(malformed("sub, tenant or jti is empty; expected text"));
    }
    check_times(session.iat, None, session.exp, now)
}

/// The code of a session's forms under one of our own keys; none under an outside issuer's.
fn proof(key: &TokenKey, session: &str) -> Option<Hmac<Sha256>> {
    let mut own = Hmac::<Sha256>::new_from_slice(key.secret.as_ref()?.bytes()).ok()?;
    own.update(PROOF_LABEL);
    let mut mac = Hmac::<Sha256>::new_from_slice(&own.finalize().into_bytes()).ok()?;
    mac.update(session.as_bytes());
    Some(mac)
}

/// The code of a text under one of our own keys. No session's name has a line's end in it.
fn sealing(key: &TokenKey, session: &str, text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = proof(key, session)?;
    mac.update(b"\n");
    mac.update(text.as_bytes());
    Some(mac)
}

/// The bytes of hexadecimal text of the length that a proof has.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    digits.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
