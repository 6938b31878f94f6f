//! A key pair with a cached token: when the token is good, when it is signed anew.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ctutils::CtEq as _;

use crate::clock::Timestamp;
use crate::credentials::KeyPair;
use crate::error::Error;
use crate::skew::{Dates, Exchange, Skew, Verdict};
use crate::token::{Lifetime, Token, whole_seconds};

/// How tokens are made and when they are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    lifetime: Lifetime,
    buffer_sec: i64,
}

impl Policy {
    /// `None` stands for the default: a sixth of the lifetime, 300 s of 1800 s.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `bufferSec` is 0 to the lifetime less one second.
    pub fn new(lifetime: Lifetime, buffer_sec: Option<f64>) -> Result<Self, Error> {
        let buffer_sec = whole_seconds("bufferSec", buffer_sec, 0..=lifetime.ttl_sec() - 1)?
            .unwrap_or(lifetime.ttl_sec() / 6);
        Ok(Self {
            lifetime,
            buffer_sec,
        })
    }

    fn refreshes_at(self, token: &Token) -> Timestamp {
        Timestamp::from_secs(token.expires_at().secs() - self.buffer_sec)
    }

    /// A token dated ahead of the clock means that the clock was set back: it may not be valid
    /// yet, and it would outlive its lifetime.
    fn is_fresh(self, token: &Token, now: Timestamp) -> bool {
        token.issued_at() <= now && now < self.refreshes_at(token)
    }
}

/// Hands out the cached token of one key pair, signed anew whenever it is stale.
pub struct Auth {
    policy: Policy,
    state: Mutex<State>,
}

struct State {
    /// `None` once disposed.
    pair: Option<KeyPair>,
    issued: Option<Issued>,
    serial: u64,
    skew: Skew,
}

/// A token as it is handed out.
pub struct Issued {
    /// The token with its dates.
    pub token: Token,
    /// When the next read signs anew.
    pub refreshes_at: Timestamp,
    /// Differs from that of every other token of the same [`Auth`].
    pub serial: u64,
}

impl Auth {
    /// Signs nothing yet.
    #[must_use]
    pub fn new(pair: KeyPair, policy: Policy) -> Self {
        Self {
            policy,
            state: Mutex::new(State {
                pair: Some(pair),
                issued: None,
                serial: 0,
                skew: Skew::new(true),
            }),
        }
    }

    /// Passes `use_token` the current token, signed anew if it is stale at `now`, the local time.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`].
    pub fn read<R>(
        &self,
        now: Timestamp,
        use_token: impl FnOnce(&Issued) -> R,
    ) -> Result<R, Error> {
        let mut state = self.state();
        let now = state.skew.correct(now);
        match &state.issued {
            Some(issued) if self.policy.is_fresh(&issued.token, now) => Ok(use_token(issued)),
            _ => state.sign(self.policy, now).map(use_token),
        }
    }

    /// Like [`Auth::read`], but signs in any case.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`].
    pub fn refresh<R>(
        &self,
        now: Timestamp,
        use_token: impl FnOnce(&Issued) -> R,
    ) -> Result<R, Error> {
        let mut state = self.state();
        let now = state.skew.correct(now);
        state.sign(self.policy, now).map(use_token)
    }

    /// The end of the cached token, without signing one.
    #[must_use]
    pub fn cached_until(&self) -> Option<Timestamp> {
        self.state()
            .issued
            .as_ref()
            .map(|issued| issued.token.expires_at())
    }

    /// Drops the cached token; with `seen`, only if that is the cached one, so that many callers
    /// who saw the same refusal cause one new signature.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`].
    pub fn invalidate(&self, seen: Option<&str>) -> Result<(), Error> {
        let mut state = self.state();
        state.pair()?;
        let is_cached = |issued: &Issued| {
            seen.is_none_or(|seen| {
                issued
                    .token
                    .as_str()
                    .as_bytes()
                    .ct_eq(seen.as_bytes())
                    .into()
            })
        };
        if state.issued.as_ref().is_some_and(is_cached) {
            state.issued = None;
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

    /// The access key.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`].
    pub fn access_key(&self) -> Result<String, Error> {
        Ok(self.state().pair()?.access_key().to_owned())
    }

    /// Wipes the secret and the cached token. A second call does nothing.
    pub fn dispose(&self) {
        let mut state = self.state();
        state.pair = None;
        state.issued = None;
    }

    /// A poisoned lock is taken all the same: no state in here is ever half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pair(&self) -> Result<&KeyPair, Error> {
        self.pair.as_ref().ok_or(Error::Disposed)
    }

    fn sign(&mut self, policy: Policy, now: Timestamp) -> Result<&Issued, Error> {
        let token = Token::sign(self.pair()?, policy.lifetime, now);
        let refreshes_at = policy.refreshes_at(&token);
        self.serial += 1;
        Ok(self.issued.insert(Issued {
            token,
            refreshes_at,
            serial: self.serial,
        }))
    }
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
