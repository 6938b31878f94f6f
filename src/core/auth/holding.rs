//! The credential at hand.

use ctutils::CtEq as _;

use super::Policy;
use crate::credentials::Credential;
use crate::time::Timestamp;
use crate::token::Token;

/// A credential with the end that its provider has stated.
pub(super) struct Holding {
    pub(super) credential: Credential,
    pub(super) expires_at: Option<Timestamp>,
    /// When its provider is asked again, where it has no end.
    pub(super) old_at: Option<Timestamp>,
    /// Kling did not know it, and the provider was asked for another.
    pub(super) is_refused: bool,
}

impl Holding {
    /// Of a credential that stays until it is replaced by hand.
    pub(super) const fn lasting(credential: Credential) -> Self {
        Self {
            credential,
            expires_at: None,
            old_at: None,
            is_refused: false,
        }
    }

    pub(super) fn token(&self, policy: Policy, now: Timestamp) -> Token {
        match &self.credential {
            Credential::Pair(pair) => Token::sign(pair, policy.lifetime, now, self.expires_at),
            Credential::ApiKey(api_key) => Token::from_api_key(api_key, self.expires_at),
        }
    }

    /// Two credentials that make the same token at the same moment are the same.
    pub(super) fn makes_same_token_as(&self, other: &Self, policy: Policy, now: Timestamp) -> bool {
        let [one, two] = [self, other].map(|holding| holding.token(policy, now));
        one.as_str()
            .as_bytes()
            .ct_eq(two.as_str().as_bytes())
            .into()
            && one.expires_at() == two.expires_at()
    }
}
