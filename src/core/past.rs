//! Credentials that have been replaced: a client may have read its key long ago.

use std::collections::VecDeque;

use ctutils::CtEq as _;
use kling_auth_hmac::HmacSha256;
use zeroize::Zeroizing;

use crate::credentials::{Credential, CredentialKind};
use crate::token::jwt::Jwt;

/// A program that rotates its credentials every hour has a day to let go of a token.
const MOST: usize = 24;

/// Recognises what was made with them, without keeping them: a pair by its access key, which every one
/// of its tokens names, an API Key by itself. Digests tell nobody what they were.
#[derive(Default)]
pub struct Past(VecDeque<Digest>);

impl Past {
    /// Takes down a credential that is no longer in use, in the place of the oldest.
    pub fn add(&mut self, credential: &Credential) {
        let digest = digest(credential.kind(), credential.name());
        if self.holds(&digest) {
            return;
        }
        self.0.truncate(MOST - 1);
        self.0.push_front(digest);
    }

    /// Whether a bearer is one of theirs. Nobody can check a signature any more: the secret keys are
    /// wiped. So a token that names a replaced access key is one of its pair's, whoever has signed it:
    /// Kling would refuse it anyway, or the program has told that it is not to be used.
    #[must_use]
    pub fn has(&self, bearer: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let access_key = Jwt::parse(bearer).ok().and_then(|jwt| {
            let issuer = jwt.claims.get("iss")?.as_str()?;
            Some(digest(CredentialKind::Jwt, issuer))
        });
        access_key.is_some_and(|digest| self.holds(&digest))
            || self.holds(&digest(CredentialKind::ApiKey, bearer))
    }

    fn holds(&self, digest: &Digest) -> bool {
        self.0.iter().any(|past| past.ct_eq(&**digest).into())
    }
}

type Digest = Zeroizing<[u8; 32]>;

/// Secrets are long enough that one cannot be found by trying.
fn digest(kind: CredentialKind, name: &str) -> Digest {
    HmacSha256::new(kind.as_str().as_bytes()).sign(&[name.as_bytes()])
}
