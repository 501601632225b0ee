//! Passwords: what may be one, their hashes (Argon2id as PHC text), and fresh ones for people.
//!
//! Comparing takes a while and some memory on purpose; whoever compares in a running service does so aside from its other work.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use zeroize::Zeroizing;

use super::KeyringError;
use super::secret::fill;

/// Characters that a password has at least.
pub const PASSWORD_MIN: usize = 10;

/// Characters that a password has at most: more would only be work for us.
pub const PASSWORD_MAX: usize = 200;

/// What everybody tries first, of those that are long enough; in small letters.
const COMMONEST: [&str; 36] = [
    "0123456789",
    "0987654321",
    "1111111111",
    "1234567890",
    "12345678910",
    "123456789a",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "abcdefghij",
    "abcd123456",
    "administrator",
    "asdfghjkl;",
    "baseball123",
    "changeme123",
    "football123",
    "iloveyou123",
    "letmein123",
    "letmeinnow",
    "manager123",
    "monkey1234",
    "passw0rd123",
    "password12",
    "password123",
    "password1234",
    "password12345",
    "passwordpassword",
    "princess123",
    "qwerty1234",
    "qwerty12345",
    "qwerty123456",
    "qwertyuiop",
    "sunshine123",
    "superman123",
    "welcome123",
    "zaq12wsxcde3",
];

/// What fresh passwords are made of: letters and digits that nobody takes for another.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Why a password will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Guessed too soon.
    #[error("the password is too short: {0} characters, expected at least {PASSWORD_MIN}")]
    Short(usize),
    /// Longer than anybody types.
    #[error("the password is too long: {0} characters, expected at most {PASSWORD_MAX}")]
    Long(usize),
    /// The first thing to try.
    #[error("the password is the login; choose another")]
    Login,
    /// The next.
    #[error("the password is one of the commonest, or one character again and again; choose another")]
    Common,
}

/// A password's hash. Neither shows itself nor is ever sent anywhere but to the store.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash of a password, with fresh salt: Argon2id with 19 MiB and two passes, as OWASP recommends.
    ///
    /// # Errors
    /// The machine gives no random bytes.
    pub fn of(password: &str) -> Result<PasswordHash, KeyringError> {
        let mut salt = [0; 16];
        fill(&mut salt)?;
        let hash: phc::PasswordHash = Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|error| KeyringError::Refused(format!("the password cannot be hashed: {error}")))?;
        Ok(PasswordHash(hash.to_string()))
    }

    /// As it stands in the store.
    pub fn stored(text: String) -> PasswordHash {
        PasswordHash(text)
    }

    /// For the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is this the password? Takes as long where it is not. A hash that cannot be read fits none.
    pub fn fits(&self, password: &str) -> bool {
        Argon2::default().verify_password(password.as_bytes(), self.0.as_str()).is_ok()
    }

    /// Takes as long as [`PasswordHash::fits`], where there is nobody to compare with.
    pub fn fits_nobody(password: &str) {
        let mut out = [0; 32];
        // What comes of it is nobody's business.
        let _ = Argon2::default().hash_password_into(password.as_bytes(), b"nobody of that name", &mut out);
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(not shown)")
    }
}

/// May this be the password of whoever signs in as `login`?
///
/// # Errors
/// Why not.
pub fn check_password(password: &str, login: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(PasswordFault::Short(length));
    }
    if length > PASSWORD_MAX {
        return Err(PasswordFault::Long(length));
    }
    let small = Zeroizing::new(password.trim().to_lowercase());
    if *small == login.trim().to_lowercase() {
        return Err(PasswordFault::Login);
    }
    let one_again_and_again = small.chars().all(|c| small.starts_with(c));
    if one_again_and_again || COMMONEST.contains(&small.as_str()) { Err(PasswordFault::Common) } else { Ok(()) }
}

/// A fresh password that can be read out: `k7m2p-xq9ra-bd4tn`, of more than 70 random bits.
///
/// # Errors
/// The machine gives no random bytes.
pub fn fresh_password() -> Result<String, KeyringError> {
    let mut password = String::with_capacity(17);
    while password.len() < 17 {
        let mut byte = [0];
        fill(&mut byte)?;
        // One of 32 is thrown away, so that no character is likelier than another.
        let Some(character) = ALPHABET.get(usize::from(byte[0] & 31)) else { continue };
        if password.len() % 6 == 5 {
            password.push('-');
        }
        password.push(char::from(*character));
    }
    Ok(password)
}
