//! HS256 through the crate `jsonwebtoken`.
//!
//! The crate's own `rust_crypto` provider brings RSA and elliptic curves along. This one carries
//! HS256 only, which halves the addon.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use kling_auth_hmac::HmacSha256;
use zeroize::Zeroizing;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key: &EncodingKey| {
        Ok(Box::new(provided(*algorithm, key.as_bytes())?))
    },
    verifier_factory: |algorithm, key: &DecodingKey| {
        Ok(Box::new(provided(*algorithm, key.try_get_as_bytes()?)?))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// A secret key that signs; wiped on drop.
#[derive(Clone)]
pub struct SigningKey(EncodingKey);

impl SigningKey {
    /// Takes a copy of the secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(EncodingKey::from_secret(secret))
    }

    /// The signature of `message` in base64url.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the expectation cannot fail")]
    pub fn sign(&self, message: &[u8]) -> Zeroizing<String> {
        install();
        let signature = jsonwebtoken::crypto::sign(message, &self.0, Algorithm::HS256);
        Zeroizing::new(signature.expect("HS256 takes any key"))
    }
}

/// A secret key that verifies; wiped on drop.
#[derive(Clone)]
pub struct VerifyingKey(DecodingKey);

impl VerifyingKey {
    /// Takes a copy of the secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(DecodingKey::from_secret(secret))
    }

    /// Whether `signature`, in base64url, is that of `message`, compared in constant time. One that
    /// is not even base64url is a wrong one too.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        install();
        jsonwebtoken::crypto::verify(signature, message, &self.0, Algorithm::HS256).unwrap_or(false)
    }
}

/// Idempotent. The default belongs to our own copy of `jsonwebtoken`, linked into this binary.
fn install() {
    let _ = PROVIDER.install_default();
}

/// HS256 and nothing else, which makes every other algorithm impossible rather than forbidden.
struct Hs256(HmacSha256);

fn provided(algorithm: Algorithm, key: &[u8]) -> Result<Hs256> {
    if algorithm == Algorithm::HS256 {
        Ok(Hs256(HmacSha256::new(key)))
    } else {
        Err(ErrorKind::InvalidAlgorithm.into())
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        Ok(self.0.sign(&[message]).to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), SignatureError> {
        if self.0.verify(message, signature) {
            Ok(())
        } else {
            Err(SignatureError::new())
        }
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}
