//! Key material: 32 bytes that are wiped when dropped and never printed, and where random bytes come from.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::KeyringError;

/// Bytes of every key in the ring.
pub(super) const KEY_BYTES: usize = 32;

/// One key's material.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct Secret([u8; KEY_BYTES]);

impl Secret {
    /// A fresh one from the machine's random source.
    pub(super) fn random() -> Result<Secret, KeyringError> {
        let mut secret = Secret([0; KEY_BYTES]);
        fill(&mut secret.0)?;
        Ok(secret)
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0)))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        deserializer.deserialize_str(Bytes).map(Secret)
    }
}

/// The public half of an Ed25519 pair. No secret, but as base64 text in the file like one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct PublicKey(pub(super) [u8; KEY_BYTES]);

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(not shown)")
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
        deserializer.deserialize_str(Bytes).map(PublicKey)
    }
}

/// Reads 32 bytes from base64url text, without a word of the text in its complaints.
struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = [u8; KEY_BYTES];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("32 bytes as base64url text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<[u8; KEY_BYTES], E> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| E::custom("expected 32 bytes as base64url text"))?);
        <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| E::custom("expected 32 bytes as base64url text"))
    }
}

/// Fills `bytes` from the machine's random source.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), KeyringError> {
    getrandom::fill(bytes).map_err(|_| KeyringError::NoRandomness)
}

/// Bytes as lower-case hexadecimal text.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).map(char::from).collect()
}
