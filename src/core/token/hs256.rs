//! HS256 (HMAC with SHA-256, RFC 7518 section 3.2) and nothing else, which makes every other
//! algorithm impossible rather than forbidden.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A secret key, kept as the hash state that it leads to. The state wipes itself on drop.
#[derive(Clone)]
pub struct Hs256(Hmac<Sha256>);

impl Hs256 {
    /// HMAC takes a key of any length: RFC 2104 section 2.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the expectation cannot fail")]
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"))
    }

    /// The signature of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Zeroizing<Vec<u8>> {
        let mac = self.0.clone().chain_update(message).finalize();
        Zeroizing::new(mac.into_bytes().to_vec())
    }

    /// Whether `signature` is that of `message`, compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(signature).is_ok()
    }
}

/// Signs as `jws` does, without the crate `jsonwebtoken`: for targets on which that brings a
/// JavaScript binding of its own along.
#[derive(Clone)]
pub struct SigningKey(Hs256);

impl SigningKey {
    /// Takes a copy of the secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(Hs256::new(secret))
    }

    /// The signature of `message` in base64url.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.sign(message)))
    }
}

/// The other side of [`SigningKey`].
#[derive(Clone)]
pub struct VerifyingKey(Hs256);

impl VerifyingKey {
    /// Takes a copy of the secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(Hs256::new(secret))
    }

    /// Whether `signature`, in base64url, is that of `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        let signature = URL_SAFE_NO_PAD.decode(signature);
        signature.is_ok_and(|signature| self.0.verify(message, &signature))
    }
}
