//! Ed25519 pairs: the public half of a seed, the form in which a signer takes it, and public keys of others as they come in files.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};

use super::KeyringError;
use super::secret::{KEY_BYTES, PublicKey, Secret};

/// What is said of a file that holds no Ed25519 public key.
const EXPECTED: &str = "this is no Ed25519 public key; expected a PEM file (-----BEGIN PUBLIC KEY-----, as `openssl pkey -pubout` writes it) \
    or a JWK ({\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":…})";

fn pair(seed: &Secret) -> Result<Ed25519KeyPair, KeyringError> {
    Ed25519KeyPair::from_seed_unchecked(seed.bytes()).map_err(|_| KeyringError::Refused("an Ed25519 key cannot be made from its seed".to_owned()))
}

/// The public half that belongs to a seed.
pub(super) fn public_of(seed: &Secret) -> Result<PublicKey, KeyringError> {
    let pair = pair(seed)?;
    <[u8; KEY_BYTES]>::try_from(pair.public_key().as_ref()).map(PublicKey).map_err(|_| KeyringError::Refused(EXPECTED.to_owned()))
}

/// What signs with a seed.
pub(super) fn signer(seed: &Secret) -> Result<EncodingKey, KeyringError> {
    let document = pair(seed)?.to_pkcs8v1().map_err(|_| KeyringError::Refused("an Ed25519 key cannot be made ready for signing".to_owned()))?;
    Ok(EncodingKey::from_ed_der(document.as_ref()))
}

/// Reads a public key as others hand it out: PEM or JWK.
pub(super) fn read_public(text: &str) -> Result<PublicKey, KeyringError> {
    let bytes = if text.trim_start().starts_with('{') { from_jwk(text) } else { from_pem(text) };
    let key = bytes.and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).ok());
    key.map(PublicKey).ok_or_else(|| KeyringError::Refused(EXPECTED.to_owned()))
}

fn from_pem(text: &str) -> Option<Vec<u8>> {
    // The reader below would take a certificate for its first bit string, whatever that is.
    if !text.trim_start().starts_with("-----BEGIN PUBLIC KEY-----") {
        return None;
    }
    let key = DecodingKey::from_ed_pem(text.trim().as_bytes()).ok()?;
    key.try_get_as_bytes().ok().map(<[u8]>::to_vec)
}

fn from_jwk(text: &str) -> Option<Vec<u8>> {
    let jwk: serde_json::Value = serde_json::from_str(text).ok()?;
    if jwk["kty"] != "OKP" || jwk["crv"] != "Ed25519" || jwk.get("d").is_some() {
        return None;
    }
    URL_SAFE_NO_PAD.decode(jwk["x"].as_str()?).ok()
}
