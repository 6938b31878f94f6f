//! HMAC with SHA-256. A crate of its own, because Cargo optimizes by crate: this one for speed, all
//! others for size.

#![forbid(unsafe_code)]

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// A key, kept as the hash state that it leads to. The state wipes itself on drop.
#[derive(Clone)]
pub struct HmacSha256(Hmac<Sha256>);

impl HmacSha256 {
    /// HMAC takes a key of any length: RFC 2104 section 2.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the expectation cannot fail")]
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// The code of what the parts are together.
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    /// Whether `code` is that of `message`, compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], code: &[u8]) -> bool {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(code).is_ok()
    }
}

/// The digest of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
