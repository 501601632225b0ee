//! Sealed text: XChaCha20-Poly1305 with a random nonce, bound to the row it belongs to. `zs1.` and base64url of key id ‖ nonce ‖ ciphertext.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::keys::{NumberedKey, current};
use super::secret::fill;
use super::{Keyring, KeyringError};

/// What sealed text begins with.
const PREFIX: &str = "zs1.";

/// Bytes of the nonce, which is new for every seal.
const NONCE_BYTES: usize = 24;

/// Bytes that tell an unchanged ciphertext from any other.
const TAG_BYTES: usize = 16;

/// Why a value could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not something that was ever sealed.
    #[error("the value is not sealed text (expected zs1. and base64url)")]
    NotSealed,
    /// Sealed under a key that is not in this ring.
    #[error(
        "the value is sealed under contact key {0}, which is not in this keyring; read the keyring again, or restore it from a copy that has the key"
    )]
    UnknownKey(u8),
    /// Changed, cut, or taken from another row.
    #[error("the sealed value does not open: it was changed, or it belongs to another row")]
    DoesNotOpen,
    /// No random bytes, or no current key.
    #[error("the value could not be sealed: the machine's random source gives nothing")]
    CannotSeal,
}

/// Does this text look sealed?
pub fn is_sealed(text: &str) -> bool {
    key_of(text).is_some()
}

/// The id of the contact key that a value is sealed under; none where it is not sealed text.
pub fn key_of(text: &str) -> Option<u8> {
    parts(text).map(|bytes| bytes[0])
}

/// The same from the first six characters of sealed text, for whoever does not want to read all of it.
pub fn key_of_start(start: &str) -> Option<u8> {
    let id = start.strip_prefix(PREFIX)?.get(..2)?;
    URL_SAFE_NO_PAD.decode(format!("{id}AA")).ok()?.first().copied()
}

/// Key id, nonce and ciphertext, when there is enough of them.
fn parts(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
    (bytes.len() >= 1 + NONCE_BYTES + TAG_BYTES).then_some(bytes)
}

fn cipher(key: &NumberedKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.key.bytes().into())
}

impl Keyring {
    /// Seals `plain` under the current contact key, so that it opens only together with the same `bound_to`: the name of the row it is for.
    ///
    /// # Errors
    /// [`SealError::CannotSeal`] when the machine gives no random bytes.
    pub fn seal(&self, plain: &str, bound_to: &str) -> Result<String, SealError> {
        let key = current(&self.keys.contact).ok_or(SealError::CannotSeal)?;
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce).map_err(|_: KeyringError| SealError::CannotSeal)?;
        let payload = Payload { msg: plain.as_bytes(), aad: bound_to.as_bytes() };
        let sealed = cipher(key).encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::CannotSeal)?;
        let bytes = [&[key.id], nonce.as_slice(), &sealed].concat();
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what [`Keyring::seal`] sealed for the same row, under whatever key of this ring.
    ///
    /// # Errors
    /// What stands there was not sealed, under no key of this ring, changed, or for another row.
    pub fn unseal(&self, sealed: &str, bound_to: &str) -> Result<String, SealError> {
        let bytes = parts(sealed).ok_or(SealError::NotSealed)?;
        let (id, rest) = bytes.split_first().ok_or(SealError::NotSealed)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::NotSealed)?;
        let key = self.keys.contact.iter().find(|key| key.id == *id).ok_or(SealError::UnknownKey(*id))?;
        let payload = Payload { msg: text, aad: bound_to.as_bytes() };
        let plain = cipher(key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::DoesNotOpen)?;
        String::from_utf8(plain).map_err(|_| SealError::DoesNotOpen)
    }

    /// The same value under the current key; none where it is already.
    ///
    /// # Errors
    /// As [`Keyring::unseal`] and [`Keyring::seal`].
    pub fn reseal(&self, sealed: &str, bound_to: &str) -> Result<Option<String>, SealError> {
        if key_of(sealed) == self.contact_key() {
            return Ok(None);
        }
        let plain = zeroize::Zeroizing::new(self.unseal(sealed, bound_to)?);
        self.seal(&plain, bound_to).map(Some)
    }

    /// The id of the contact key that new values are sealed under.
    pub fn contact_key(&self) -> Option<u8> {
        current(&self.keys.contact).map(|key| key.id)
    }
}
