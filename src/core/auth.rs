//! A credential with a cached token: when the token is good, when it is replaced.

use std::ops::{Deref, DerefMut};
use std::sync::PoisonError;
use std::time::Duration;

use ctutils::CtEq as _;

use crate::credentials::{Credential, CredentialKind};
use crate::error::Error;
use crate::fresh::{Bounds, Fresh};
use crate::past::Past;
use crate::request::skew::{Dates, Exchange, Skew, Verdict};
use crate::sources::Source;
use crate::sync::{Mutex, MutexGuard};
use crate::time::Timestamp;
use crate::token::{Lifetime, Token, whole_seconds};

/// How tokens are made and when they are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    lifetime: Lifetime,
    buffer_sec: i64,
    /// Of an API Key that a provider has delivered without an end, in seconds; 0 is for ever.
    api_key_max_age_sec: i64,
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
            api_key_max_age_sec: 300,
        })
    }

    /// How long an API Key that a provider has delivered without an end is used before the
    /// provider is asked again. `None` stands for the default: 300 s; 0 for ever.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `apiKeyMaxAgeSec` is 0 to 2,592,000, which is 30 days.
    pub fn with_api_key_max_age(self, max_age_sec: Option<f64>) -> Result<Self, Error> {
        let given = whole_seconds("apiKeyMaxAgeSec", max_age_sec, 0..=2_592_000)?;
        Ok(Self {
            api_key_max_age_sec: given.unwrap_or(self.api_key_max_age_sec),
            ..self
        })
    }

    /// Seconds before its end at which a token is replaced.
    #[must_use]
    pub const fn buffer_sec(self) -> i64 {
        self.buffer_sec
    }
}

/// Why a token is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshReason {
    /// It is the first.
    Initial,
    /// The one before was near its end.
    Expiring,
    /// The one before did not fit the clock, which was set back or corrected.
    ClockSetBack,
    /// The one before was dropped by `invalidate`.
    Invalidated,
    /// It was asked for by `refresh` or `forceRefresh`.
    Forced,
    /// The credential was replaced by `rotate`, or its provider had news.
    Rotated,
    /// Kling did not know the credential of the one before.
    Refused,
    /// The provider had failed before.
    Retry,
}

impl RefreshReason {
    /// The name that users see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Expiring => "expiring",
            Self::ClockSetBack => "clock-set-back",
            Self::Invalidated => "invalidated",
            Self::Forced => "forced",
            Self::Rotated => "rotated",
            Self::Refused => "refused",
            Self::Retry => "retry",
        }
    }
}

/// A token as it is handed out.
pub struct Issued {
    /// The token with its dates.
    pub token: Token,
    /// When the next read replaces it; `None` where it has no end.
    pub refreshes_at: Option<Timestamp>,
    /// Differs from that of every other token of the same [`Auth`].
    pub serial: u64,
    /// Why it was made.
    pub reason: RefreshReason,
}

impl Issued {
    /// A token dated ahead of the clock means that the clock was set back: it may not be valid
    /// yet, and it would outlive its lifetime.
    fn is_dated_ahead(&self, now: Timestamp) -> bool {
        now < self.token.issued_at()
    }

    /// Compared in constant time.
    fn is(&self, seen: &str) -> bool {
        self.token.as_str().as_bytes().ct_eq(seen.as_bytes()).into()
    }

    #[inline]
    fn is_fresh(&self, now: Timestamp) -> bool {
        !self.is_dated_ahead(now) && self.refreshes_at.is_none_or(|end| now < end)
    }

    fn is_valid(&self, now: Timestamp) -> bool {
        !self.is_dated_ahead(now) && self.token.expires_at().is_none_or(|end| now < end)
    }
}

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

struct State {
    /// `None` until the provider's first answer, and once disposed.
    holding: Option<Holding>,
    source: Source,
    disposed: bool,
    issued: Option<Issued>,
    /// Of credentials that were replaced. Made with the first.
    past: Option<Box<Past>>,
    serial: u64,
    /// Why the next token will be made, if nothing else comes to pass.
    next_reason: RefreshReason,
    /// Kling's clock against the local one.
    skew: Skew,
}

/// A credential with the end that its provider has stated.
struct Holding {
    credential: Credential,
    expires_at: Option<Timestamp>,
    /// When its provider is asked again, where it has no end.
    old_at: Option<Timestamp>,
    /// Kling did not know it, and the provider was asked for another.
    is_refused: bool,
}

impl Holding {
    /// Of a credential that stays until it is replaced by hand.
    const fn lasting(credential: Credential) -> Self {
        Self {
            credential,
            expires_at: None,
            old_at: None,
            is_refused: false,
        }
    }

    fn token(&self, policy: Policy, now: Timestamp) -> Token {
        match &self.credential {
            Credential::Pair(pair) => Token::sign(pair, policy.lifetime, now, self.expires_at),
            Credential::ApiKey(api_key) => Token::from_api_key(api_key, self.expires_at),
        }
    }

    /// Two credentials that make the same token at the same moment are the same.
    fn makes_same_token_as(&self, other: &Self, policy: Policy, now: Timestamp) -> bool {
        let [one, two] = [self, other].map(|holding| holding.token(policy, now));
        one.as_str()
            .as_bytes()
            .ct_eq(two.as_str().as_bytes())
            .into()
            && one.expires_at() == two.expires_at()
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
        state.remember_issued();
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

    /// Takes note that Kling does not know the credential in `bearer`, and tells whether the
    /// provider can help.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`].
    pub fn refused(&self, now: Timestamp, bearer: &str) -> Result<Refused, Error> {
        let mut state = self.state();
        state.check_usable()?;
        let now = state.skew.correct(now);
        let is_replaced = state
            .issued
            .as_ref()
            .is_some_and(|issued| issued.is_valid(now) && !issued.is(bearer));
        if is_replaced {
            return Ok(Refused::Replaced);
        }
        let was_refused = state
            .holding
            .as_mut()
            .is_some_and(|holding| std::mem::replace(&mut holding.is_refused, true));
        Ok(if was_refused {
            Refused::Again
        } else {
            Refused::First
        })
    }

    /// Whether Kling did not know the credential at hand.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let state = self.state();
        state
            .holding
            .as_ref()
            .is_some_and(|holding| holding.is_refused)
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
        state.remember_issued();
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

/// What is known of a credential that Kling has refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Another one has taken its place already.
    Replaced,
    /// The provider is to be asked for another.
    First,
    /// The provider was asked for another, and has not delivered one.
    Again,
}

/// A token that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Why.
    pub reason: RefreshReason,
    /// Whether it can be used while the next one is on its way.
    pub has_valid_token: bool,
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

impl State {
    /// By the local clock, which reads go by.
    fn bounds(&self) -> Bounds {
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

    fn check_usable(&self) -> Result<(), Error> {
        if self.disposed {
            Err(Error::Disposed)
        } else {
            Ok(())
        }
    }

    /// Why a provider's token is not at hand.
    fn not_ready(&self) -> Error {
        match (&self.holding, &self.issued) {
            (None, _) => Error::NOT_READY,
            (Some(_), None) => Error::INVALIDATED,
            (Some(_), Some(_)) => Error::RAN_OUT,
        }
    }

    /// Before the credential is replaced.
    fn remember_issued(&mut self) {
        if let Some(issued) = &self.issued {
            let past = self.past.get_or_insert_default();
            past.add(issued.token.as_str());
        }
    }

    fn holds_api_key(&self) -> bool {
        let kind = self
            .holding
            .as_ref()
            .map(|holding| holding.credential.kind());
        kind == Some(CredentialKind::ApiKey)
    }

    fn sign(
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

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
