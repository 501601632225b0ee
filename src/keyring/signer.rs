//! Signatures on what is sent to others, so that they know whose it is and that nobody changed it on the way.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::KeyringError;
use super::secret::hex;

/// Signs with a secret that is shared with whoever receives.
#[derive(Clone)]
pub struct Signer(Zeroizing<Vec<u8>>);

impl Signer {
    /// Bytes that a secret has at least.
    pub const SECRET_MIN: usize = 16;

    /// With this secret.
    ///
    /// # Errors
    /// It is shorter than [`Signer::SECRET_MIN`] bytes, and could be guessed.
    pub fn new(secret: &str) -> Result<Signer, KeyringError> {
        if secret.len() < Signer::SECRET_MIN {
            return Err(KeyringError::Refused(format!("a secret to sign with has at least {} bytes", Signer::SECRET_MIN)));
        }
        Ok(Signer(Zeroizing::new(secret.as_bytes().to_vec())))
    }

    /// The HMAC-SHA256 of the parts, one after the other, in hexadecimal.
    pub fn sign(&self, parts: &[&[u8]]) -> String {
        // A key of any length will do.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        for part in parts {
            mac.update(part);
        }
        hex(&mac.finalize().into_bytes())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_rfc_4231() {
        let signer = Signer(Zeroizing::new(b"Jefe".to_vec()));
        let signature = signer.sign(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(signature, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(Signer::new("short").is_err());
        assert_eq!(format!("{signer:?}"), "Signer(not shown)");
    }
}
