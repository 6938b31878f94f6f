//! Tokens of credentials that have been replaced: a client may have read its key long ago.

use std::collections::VecDeque;

use ctutils::CtEq as _;
use zeroize::Zeroizing;

use crate::token::hs256::Hs256;

/// A program that rotates its credentials every hour has a day to let go of a token.
const MOST: usize = 24;

/// Recognises tokens without keeping them: their digests tell nobody what they were.
#[derive(Default)]
pub struct Past(VecDeque<Zeroizing<Vec<u8>>>);

impl Past {
    /// Takes down a token that is no longer in use, in the place of the oldest.
    pub fn add(&mut self, token: &str) {
        if self.has(token) {
            return;
        }
        self.0.truncate(MOST - 1);
        self.0.push_front(digest(token));
    }

    /// Whether it was taken down.
    #[must_use]
    pub fn has(&self, token: &str) -> bool {
        let digest = digest(token);
        self.0.iter().any(|past| past.ct_eq(&*digest).into())
    }
}

/// Secrets are long enough that one cannot be found by trying.
fn digest(token: &str) -> Zeroizing<Vec<u8>> {
    Hs256::new(b"kling-auth past token").sign(token.as_bytes())
}
