//! HS256 (HMAC with SHA-256, RFC 7518 section 3.2) as the `jsonwebtoken` crate wants it.
//!
//! The crate's own `rust_crypto` provider brings RSA and elliptic curves along. This one carries
//! HS256 only, which halves the addon and makes every other algorithm impossible rather than
//! forbidden.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use sha2::Sha256;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key: &EncodingKey| {
        Ok(Box::new(Hs256::new(*algorithm, key.as_bytes())?))
    },
    verifier_factory: |algorithm, key: &DecodingKey| {
        Ok(Box::new(Hs256::new(*algorithm, key.try_get_as_bytes()?)?))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Signs `message` and returns the signature in base64url.
///
/// # Errors
///
/// Only if the crate `jsonwebtoken` refuses the key, which HS256 never does.
pub fn sign(message: &[u8], key: &EncodingKey) -> Result<String> {
    install();
    jsonwebtoken::crypto::sign(message, key, Algorithm::HS256)
}

/// Whether `signature` (base64url) is the signature of `message`, compared in constant time.
///
/// # Errors
///
/// If `signature` is not base64url.
pub fn verify(signature: &str, message: &[u8], key: &DecodingKey) -> Result<bool> {
    install();
    jsonwebtoken::crypto::verify(signature, message, key, Algorithm::HS256)
}

/// Idempotent. The default belongs to our own copy of `jsonwebtoken`, linked into this addon.
fn install() {
    let _ = PROVIDER.install_default();
}

struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        Hmac::new_from_slice(key)
            .map(Self)
            .map_err(|_| ErrorKind::InvalidKeyFormat.into())
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        Ok(self
            .0
            .clone()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), SignatureError> {
        self.0
            .clone()
            .chain_update(message)
            .verify_slice(signature)
            .map_err(|_| SignatureError::new())
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
