//! The three families of keys as they stand in the file, and what must hold among them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::KeyringError;
use super::pair;
use super::secret::{PublicKey, Secret, fill, hex};

/// The format this version reads and writes.
pub(super) const FORMAT: &str = "zamu.keys/1";

/// The longest name of a token key.
const MAX_KID: usize = 128;

/// Everything in the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) format: String,
    pub(super) contact: Vec<NumberedKey>,
    pub(super) lookup: Vec<NumberedKey>,
    pub(super) token: Vec<TokenKey>,
}

/// A key that goes by a number: those that seal contacts and those that make lookups.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberedKey {
    pub(super) id: u8,
    pub(super) key: Secret,
    pub(super) since: DateTime<Utc>,
    /// Since when another has been current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retired: Option<DateTime<Utc>>,
}

/// A key that signs or verifies tokens. Without a `secret` it is an outside issuer's and only verifies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenKey {
    pub(super) kid: String,
    pub(super) alg: Algorithm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) public: Option<PublicKey>,
    pub(super) since: DateTime<Utc>,
    /// Retired: verifies until then, and signs no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) verify_until: Option<DateTime<Utc>>,
    /// The only tenant whose tokens this issuer may sign; none: any tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tenant: Option<String>,
}

/// How tokens of a key are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// HMAC with SHA-256: who verifies could also sign.
    #[serde(rename = "HS256")]
    Hs256,
    /// Ed25519: the public half only verifies.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// As the header of a token names it.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HS256",
            Algorithm::EdDsa => "EdDSA",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = String;

    fn from_str(text: &str) -> Result<Algorithm, String> {
        match text.to_ascii_lowercase().as_str() {
            "hs256" => Ok(Algorithm::Hs256),
            "eddsa" => Ok(Algorithm::EdDsa),
            _ => Err("expected hs256 or eddsa".to_owned()),
        }
    }
}

impl NumberedKey {
    fn fresh(id: u8, now: DateTime<Utc>) -> Result<NumberedKey, KeyringError> {
        Ok(NumberedKey { id, key: Secret::random()?, since: now, retired: None })
    }
}

impl TokenKey {
    /// A key of our own that is current from now on.
    pub(super) fn fresh(alg: Algorithm, now: DateTime<Utc>) -> Result<TokenKey, KeyringError> {
        let mut name = [0; 8];
        fill(&mut name)?;
        let secret = Secret::random()?;
        let public = match alg {
            Algorithm::Hs256 => None,
            Algorithm::EdDsa => Some(pair::public_of(&secret)?),
        };
        Ok(TokenKey { kid: format!("k{}", hex(&name)), alg, secret: Some(secret), public, since: now, verify_until: None, tenant: None })
    }

    pub(super) fn is_current(&self) -> bool {
        self.secret.is_some() && self.verify_until.is_none()
    }

    fn check(&self) -> Result<(), String> {
        let fits = match (self.alg, &self.secret, self.public) {
            (Algorithm::Hs256, Some(_), None) => self.tenant.is_none(),
            (Algorithm::EdDsa, None, Some(_)) => true,
            (Algorithm::EdDsa, Some(secret), Some(public)) => self.tenant.is_none() && pair::public_of(secret).is_ok_and(|own| own == public),
            _ => false,
        };
        if fits { Ok(()) } else { Err(format!("token key {:?} is not what its algorithm asks for", self.kid)) }
    }
}

/// May a token key be called this?
pub(super) fn check_kid(kid: &str) -> Result<(), String> {
    let fits = !kid.is_empty() && kid.len() <= MAX_KID && kid.chars().all(|c| c.is_ascii_graphic());
    if fits { Ok(()) } else { Err(format!("{kid:?} is no name for a token key; expected 1 to {MAX_KID} letters, digits or signs without blanks")) }
}

impl Keys {
    /// A ring without keys, as long as there is no file.
    pub(super) fn none() -> Keys {
        Keys { format: FORMAT.to_owned(), contact: Vec::new(), lookup: Vec::new(), token: Vec::new() }
    }

    /// A ring of fresh keys, one of each family.
    pub(super) fn fresh(now: DateTime<Utc>) -> Result<Keys, KeyringError> {
        let numbered = || Ok::<_, KeyringError>(vec![NumberedKey::fresh(1, now)?]);
        Ok(Keys { format: FORMAT.to_owned(), contact: numbered()?, lookup: numbered()?, token: vec![TokenKey::fresh(Algorithm::Hs256, now)?] })
    }

    /// Does all hold that the rest relies on? If not, what does not.
    pub(super) fn check(&self) -> Result<(), String> {
        for (family, keys) in [("contact", &self.contact), ("lookup", &self.lookup)] {
            one_is_current(family, keys.iter().filter(|key| key.retired.is_none()).count())?;
            if keys.iter().enumerate().any(|(k, key)| keys[..k].iter().any(|other| other.id == key.id)) {
                return Err(format!("two {family} keys have the same id"));
            }
        }
        one_is_current("token", self.token.iter().filter(|key| key.is_current()).count())?;
        for (k, key) in self.token.iter().enumerate() {
            check_kid(&key.kid)?;
            key.check()?;
            if self.token[..k].iter().any(|other| other.kid == key.kid) {
                return Err(format!("two token keys are called {:?}", key.kid));
            }
        }
        Ok(())
    }

    pub(super) fn token_key(&self, kid: &str) -> Option<&TokenKey> {
        self.token.iter().find(|key| key.kid == kid)
    }
}

fn one_is_current(family: &str, current: usize) -> Result<(), String> {
    if current == 1 { Ok(()) } else { Err(format!("{current} {family} keys are current, expected one")) }
}

/// The key that is in use. [`Keys::check`] has seen that there is one.
pub(super) fn current(keys: &[NumberedKey]) -> Option<&NumberedKey> {
    keys.iter().find(|key| key.retired.is_none())
}

/// Makes a fresh key current and retires the one that was. The new id.
pub(super) fn rotate(keys: &mut Vec<NumberedKey>, now: DateTime<Utc>) -> Result<u8, KeyringError> {
    let last = keys.iter().find(|key| key.retired.is_none()).map_or(0, |key| key.id);
    // Ids are used again only after all others, so that an old value does not meet a new key under its number.
    let free = (1..=255_u8).map(|step| last.wrapping_add(step)).find(|id| *id != 0 && keys.iter().all(|key| key.id != *id));
    let Some(id) = free else {
        return Err(KeyringError::Refused("the keyring is full: 255 keys of one family; retire those that nothing uses any more".to_owned()));
    };
    let fresh = NumberedKey::fresh(id, now)?;
    for key in keys.iter_mut().filter(|key| key.retired.is_none()) {
        key.retired = Some(now);
    }
    keys.push(fresh);
    Ok(id)
}
