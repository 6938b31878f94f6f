//! What a provider delivers: when it is asked, and what comes of its answer.

use std::time::Duration;

use super::holding::Holding;
use super::{Auth, RefreshReason};
use crate::credentials::Credential;
use crate::error::Error;
use crate::time::Timestamp;

/// What came of a provider's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installed {
    /// Whether it made another token: what Kling has refused is not signed once more.
    pub is_new: bool,
    /// How long the token will last; `None` stands for ever.
    pub left: Option<TimeLeft>,
}

/// How long a token will last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLeft {
    /// Until its buffer begins.
    pub fresh: Duration,
    /// Until its end.
    pub valid: Duration,
}

/// A token that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Why.
    pub reason: RefreshReason,
    /// Whether it can be used while the next one is on its way.
    pub has_valid_token: bool,
}

impl Auth {
    /// Why the provider would be asked now; `None` if the token is fresh.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`].
    pub fn due(&self, now: Timestamp) -> Result<Option<Due>, Error> {
        let state = self.state();
        state.check_usable()?;
        let now = state.skew.correct(now);
        Ok(match &state.issued {
            None => Some(Due {
                reason: state.next_reason,
                has_valid_token: false,
            }),
            Some(issued) if issued.is_fresh(now) => None,
            Some(issued) => Some(Due {
                reason: RefreshReason::Expiring,
                has_valid_token: issued.is_valid(now),
            }),
        })
    }

    /// Takes over what the provider delivered, and makes a token of it.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`]; [`Error::ProviderFailed`] if it has expired already.
    pub fn install(
        &self,
        credential: Credential,
        expires_at: Option<Timestamp>,
        now: Timestamp,
        reason: RefreshReason,
    ) -> Result<Installed, Error> {
        let mut state = self.state();
        state.check_usable()?;
        let now = state.skew.correct(now);
        if expires_at.is_some_and(|end| end.secs() <= now.secs()) {
            return Err(Error::ProviderFailed(
                "what it returned has expired already".to_owned(),
            ));
        }
        let max_age = self.policy.api_key_max_age_sec;
        let gets_old = max_age > 0 && expires_at.is_none();
        let mut new = Holding {
            old_at: match credential {
                Credential::ApiKey(_) if gets_old => {
                    Some(Timestamp::from_millis(now.millis() + max_age * 1000))
                }
                _ => None,
            },
            credential,
            expires_at,
            is_refused: false,
        };
        // Signed anew it would be refused again.
        let is_same = state
            .holding
            .as_ref()
            .is_some_and(|old| old.is_refused && new.makes_same_token_as(old, self.policy, now));
        new.is_refused = is_same;
        state.remember_replaced(&new.credential);
        state.holding = Some(new);
        let kept = state
            .issued
            .take_if(|issued| is_same && reason == RefreshReason::Refused && issued.is_fresh(now));
        let is_new = kept.is_none();
        let issued = match kept {
            Some(issued) => state.issued.insert(issued),
            None => state.sign(self.policy, now, reason)?,
        };
        let left = issued.refreshes_at.map(|refreshes_at| TimeLeft {
            fresh: now.until(refreshes_at),
            valid: issued
                .token
                .expires_at()
                .map_or(Duration::MAX, |end| now.until(end)),
        });
        Ok(Installed { is_new, left })
    }
}
