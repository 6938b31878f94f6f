//! What changes under the lock.

use super::holding::Holding;
use super::{Issued, Policy, RefreshReason};
use crate::credentials::{Credential, CredentialKind};
use crate::error::Error;
use crate::fresh::Bounds;
use crate::past::Past;
use crate::request::skew::Skew;
use crate::sources::Source;
use crate::time::Timestamp;

pub(super) struct State {
    /// `None` until the provider's first answer, and once disposed.
    pub(super) holding: Option<Holding>,
    pub(super) source: Source,
    pub(super) disposed: bool,
    pub(super) issued: Option<Issued>,
    /// Of credentials that were replaced. Made with the first.
    pub(super) past: Option<Box<Past>>,
    pub(super) serial: u64,
    /// Why the next token will be made, if nothing else comes to pass.
    pub(super) next_reason: RefreshReason,
    /// Kling's clock against the local one.
    pub(super) skew: Skew,
}

impl State {
    /// By the local clock, which reads go by.
    pub(super) fn bounds(&self) -> Bounds {
        let Some(issued) = &self.issued else {
            return Bounds::NEVER;
        };
        Bounds {
            serial: issued.serial,
            from: self.skew.undo(issued.token.issued_at()),
            until: issued
                .refreshes_at
                .map_or(Timestamp::MAX, |end| self.skew.undo(end)),
        }
    }

    pub(super) fn check_usable(&self) -> Result<(), Error> {
        if self.disposed {
            Err(Error::Disposed)
        } else {
            Ok(())
        }
    }

    /// Why a provider's token is not at hand.
    pub(super) fn not_ready(&self) -> Error {
        match (&self.holding, &self.issued) {
            (None, _) => Error::NOT_READY,
            (Some(_), None) => Error::INVALIDATED,
            (Some(_), Some(_)) => Error::RAN_OUT,
        }
    }

    /// Before the credential is replaced by `next`, which may be the same.
    pub(super) fn remember_replaced(&mut self, next: &Credential) {
        if let Some(holding) = &self.holding
            && !holding.credential.is(next)
        {
            let past = self.past.get_or_insert_default();
            past.add(&holding.credential);
        }
    }

    pub(super) fn holds_api_key(&self) -> bool {
        let kind = self
            .holding
            .as_ref()
            .map(|holding| holding.credential.kind());
        kind == Some(CredentialKind::ApiKey)
    }

    pub(super) fn sign(
        &mut self,
        policy: Policy,
        now: Timestamp,
        reason: RefreshReason,
    ) -> Result<&Issued, Error> {
        self.check_usable()?;
        let holding = self
            .holding
            .as_ref()
            .filter(|holding| holding.expires_at.is_none_or(|end| end.secs() > now.secs()))
            .ok_or_else(|| self.not_ready())?;
        let token = holding.token(policy, now);
        let buffer = policy.buffer_sec * 1000;
        let refreshes_at = match token.expires_at() {
            Some(end) => Some(Timestamp::from_millis(end.millis() - buffer)),
            None => holding.old_at,
        };
        self.serial += 1;
        Ok(self.issued.insert(Issued {
            token,
            refreshes_at,
            serial: self.serial,
            reason,
        }))
    }
}
