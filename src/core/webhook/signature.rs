//! An HMAC-SHA256 output, comparable in constant time only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ctutils::{Choice, CtEq};

/// The length of an HMAC-SHA256.
pub const SIGNATURE_BYTES: usize = 32;

/// A signature, decoded.
#[derive(Debug, Clone, Copy)]
pub struct Signature([u8; SIGNATURE_BYTES]);

impl Signature {
    /// `None` unless there are exactly as many bytes as a signature has.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// As it stands in the header: `v1,<base64>`.
    #[must_use]
    pub fn to_header(self) -> String {
        format!("v1,{}", STANDARD.encode(self.0))
    }
}

impl From<[u8; SIGNATURE_BYTES]> for Signature {
    fn from(bytes: [u8; SIGNATURE_BYTES]) -> Self {
        Self(bytes)
    }
}

impl CtEq for Signature {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}
