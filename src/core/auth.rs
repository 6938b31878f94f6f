//! A credential with a cached token: when the token is good, when it is replaced.

use std::ops::{Deref, DerefMut};
use std::sync::PoisonError;

use crate::credentials::{Credential, CredentialKind};
use crate::error::Error;
use crate::fresh::Fresh;
use crate::request::skew::{Dates, Exchange, Skew, Verdict};
use crate::sources::Source;
use crate::sync::{Mutex, MutexGuard};
use crate::time::Timestamp;

mod delivery;
mod holding;
mod issued;
mod policy;
mod refused;
mod state;

pub use delivery::{Due, Installed, TimeLeft};
use holding::Holding;
pub use issued::{Issued, RefreshReason};
pub use policy::Policy;
pub use refused::Refused;
use state::State;

/// What happens to a token that is due.
enum Supply {
    /// It is signed anew on the spot.
    Local,
    /// The provider is told, and the token is used to its end meanwhile.
    Provider(Box<dyn Fn(Timestamp) + Send + Sync>),
}

/// Hands out the cached token of one credential.
pub struct Auth {
    policy: Policy,
    supply: Supply,
    state: Mutex<State>,
    fresh: Fresh,
}

/// The state while it is open to one thread. What reads without the lock go by is written at the end.
struct Open<'a> {
    state: MutexGuard<'a, State>,
    fresh: &'a Fresh,
}

impl Deref for Open<'_> {
    type Target = State;

    #[inline]
    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Open<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.fresh.set(self.state.bounds());
    }
}

impl Auth {
    /// With a credential at hand. Signs nothing yet.
    #[must_use]
    pub fn new(credential: Credential, source: Source, policy: Policy) -> Self {
        let holding = Holding::lasting(credential);
        Self::with_supply(Some(holding), source, policy, Supply::Local)
    }

    /// With credentials that a provider delivers through [`Auth::install`]. `nudge` is called when
    /// a read finds that the token is due; it must return at once and must not read.
    #[must_use]
    pub fn with_provider(
        policy: Policy,
        nudge: impl Fn(Timestamp) + Send + Sync + 'static,
    ) -> Self {
        Self::with_supply(
            None,
            Source::Provider,
            policy,
            Supply::Provider(Box::new(nudge)),
        )
    }

    fn with_supply(
        holding: Option<Holding>,
        source: Source,
        policy: Policy,
        supply: Supply,
    ) -> Self {
        let state = State {
            holding,
            source,
            disposed: false,
            issued: None,
            past: None,
            serial: 0,
            next_reason: RefreshReason::Initial,
            skew: Skew::new(true),
        };
        Self {
            policy,
            supply,
            state: Mutex::new(state),
            fresh: Fresh::new(),
        }
    }

    /// The policy it was made with.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        self.policy
    }

    /// The serial number of the token that [`Auth::read`] would pass on at `now`, if that is fresh: for
    /// callers that have kept what they made of it. Takes no lock.
    #[must_use]
    #[inline]
    pub fn fresh_serial(&self, now: Timestamp) -> Option<u64> {
        self.fresh.serial_at(now)
    }

    /// Passes `use_token` the current token, replaced if it is stale at `now`, the local time.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`]; with a provider [`Error::NotReady`] where no valid token is at hand.
    #[inline]
    pub fn read<R>(
        &self,
        now: Timestamp,
        use_token: impl FnOnce(&Issued) -> R,
    ) -> Result<R, Error> {
        let mut state = self.state();
        match &state.issued {
            Some(issued) if issued.is_fresh(state.skew.correct(now)) => Ok(use_token(issued)),
            _ => self.replace(&mut state, now).map(use_token),
        }
    }

    fn replace<'a>(&self, state: &'a mut State, local: Timestamp) -> Result<&'a Issued, Error> {
        let now = state.skew.correct(local);
        let due = match &state.issued {
            Some(issued) if issued.is_dated_ahead(now) => Some(RefreshReason::ClockSetBack),
            Some(_) => Some(RefreshReason::Expiring),
            None => None,
        };
        let Supply::Provider(nudge) = &self.supply else {
            let reason = due.unwrap_or(state.next_reason);
            return state.sign(self.policy, now, reason);
        };
        state.check_usable()?;
        if due == Some(RefreshReason::ClockSetBack) {
            // Nothing is wrong with the credential: only the date on its token is.
            return state.sign(self.policy, now, RefreshReason::ClockSetBack);
        }
        nudge(local);
        state
            .issued
            .as_ref()
            .filter(|issued| issued.is_valid(now))
            .ok_or_else(|| state.not_ready())
    }

    /// Like [`Auth::read`], but signs in any case. An API key is what it is.
    ///
    /// # Errors
    ///
    /// As [`Auth::read`].
    pub fn refresh<R>(
        &self,
        now: Timestamp,
        use_token: impl FnOnce(&Issued) -> R,
    ) -> Result<R, Error> {
        let mut state = self.state();
        if state.holds_api_key() {
            drop(state);
            return self.read(now, use_token);
        }
        let now = state.skew.correct(now);
        state
            .sign(self.policy, now, RefreshReason::Forced)
            .map(use_token)
    }

    /// The cached token, or a new one from the credential at hand if `seen` is still the cached
    /// one: for a token that was refused for its dates, of which nothing else is wrong.
    ///
    /// # Errors
    ///
    /// As [`Auth::read`].
    pub fn renew<R>(
        &self,
        now: Timestamp,
        seen: &str,
        use_token: impl FnOnce(&Issued) -> R,
    ) -> Result<R, Error> {
        let mut state = self.state();
        let now = state.skew.correct(now);
        match &state.issued {
            Some(issued) if !issued.is(seen) || state.holds_api_key() => Ok(use_token(issued)),
            _ => state
                .sign(self.policy, now, RefreshReason::ClockSetBack)
                .map(use_token),
        }
    }

    /// Replaces the credential: the next token is made with the new one, and the old is wiped.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`]; [`Error::RotateWithProvider`].
    pub fn rotate(&self, credential: Credential) -> Result<(), Error> {
        let mut state = self.state();
        state.check_usable()?;
        if matches!(self.supply, Supply::Provider(_)) {
            return Err(Error::RotateWithProvider);
        }
        state.remember_replaced(&credential);
        state.holding = Some(Holding::lasting(credential));
        state.source = Source::Options;
        state.issued = None;
        state.next_reason = RefreshReason::Rotated;
        Ok(())
    }

    /// Whether `bearer` was made here: with the credential at hand, whenever that was, or with one
    /// that it has replaced.
    #[must_use]
    pub fn has_issued(&self, bearer: &str) -> bool {
        let state = self.state();
        if state.disposed {
            return false;
        }
        let is_own = state
            .holding
            .as_ref()
            .is_some_and(|holding| holding.credential.has_made(bearer));
        is_own || state.past.as_ref().is_some_and(|past| past.has(bearer))
    }

    /// Drops the cached token; with `seen`, only if that is the cached one, so that many callers
    /// who saw the same refusal cause one new token.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`].
    pub fn invalidate(&self, seen: Option<&str>) -> Result<(), Error> {
        let mut state = self.state();
        state.check_usable()?;
        let is_cached = |issued: &Issued| seen.is_none_or(|seen| issued.is(seen));
        if state.issued.as_ref().is_some_and(is_cached) {
            state.issued = None;
            state.next_reason = RefreshReason::Invalidated;
        }
        Ok(())
    }

    /// Whether the difference between the local clock and Kling's is corrected once it is known.
    pub fn set_clock_correction(&self, corrects: bool) {
        self.state().skew = Skew::new(corrects);
    }

    /// Learns the clock's difference from the reply to a request that carried `bearer`.
    pub fn learn_clock(&self, exchange: &Exchange<'_>, verdict: Verdict, bearer: &str) {
        let dates = Dates::of(bearer);
        self.state().skew.learn(exchange, verdict, dates);
    }

    /// What is known of the clock's difference.
    #[must_use]
    pub fn skew(&self) -> Skew {
        self.state().skew
    }

    /// Whether a token is cached, valid or not.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.state().issued.is_some()
    }

    /// What may be shown of it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let state = self.state();
        let credential = state.holding.as_ref().map(|holding| &holding.credential);
        Summary {
            disposed: state.disposed,
            kind: credential.map(Credential::kind),
            access_key: credential
                .and_then(Credential::access_key)
                .map(str::to_owned),
            source: state.source.clone(),
            cached_until: state
                .issued
                .as_ref()
                .and_then(|issued| issued.token.expires_at()),
        }
    }

    /// Wipes the credential and the cached token. A second call does nothing.
    pub fn dispose(&self) {
        let mut state = self.state();
        state.disposed = true;
        state.holding = None;
        state.issued = None;
        state.past = None;
    }

    /// A poisoned lock is taken all the same: no state in here is ever half changed.
    #[inline]
    fn state(&self) -> Open<'_> {
        Open {
            state: self.state.lock().unwrap_or_else(PoisonError::into_inner),
            fresh: &self.fresh,
        }
    }
}

/// What may be shown of an [`Auth`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Whether it has been disposed.
    pub disposed: bool,
    /// Of the credential; `None` while a provider has not answered.
    pub kind: Option<CredentialKind>,
    /// The public half of a pair.
    pub access_key: Option<String>,
    /// Where the credential comes from.
    pub source: Source,
    /// The end of the cached token.
    pub cached_until: Option<Timestamp>,
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
