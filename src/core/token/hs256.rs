//! HS256 (HMAC with SHA-256, RFC 7518 section 3.2) and nothing else, which makes every other
//! algorithm impossible rather than forbidden.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kling_auth_hmac::HmacSha256;
use zeroize::Zeroizing;

/// Signs as `jws` does, without the crate `jsonwebtoken`: for targets on which that brings a
/// JavaScript binding of its own along.
#[derive(Clone)]
pub struct SigningKey(HmacSha256);

impl SigningKey {
    /// Takes a copy of the secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(HmacSha256::new(secret))
    }

    /// The signature of `message` in base64url.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.0.sign(&[message])))
    }
}

/// The other side of [`SigningKey`].
#[derive(Clone)]
pub struct VerifyingKey(HmacSha256);

impl VerifyingKey {
    /// Takes a copy of the secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(HmacSha256::new(secret))
    }

    /// Whether `signature`, in base64url, is that of `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        let signature = URL_SAFE_NO_PAD.decode(signature);
        signature.is_ok_and(|signature| self.0.verify(message, &signature))
    }
}
