//! The provider's rules, on a clock that moves only when a test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use zeroize::Zeroizing;

use super::credentials::pair;
use crate::auth::{Auth, Issued, Policy, RefreshReason};
use crate::credentials::{ApiKey, Credential, Key};
use crate::error::Error;
use crate::provider::{Action, Delivery, Input, Moment, Provider, timeout};
use crate::request::endpoint::Host;
use crate::time::Timestamp;
use crate::token::Lifetime;

const START: i64 = 1_700_000_000_000;
const TIMEOUT: Duration = Duration::from_secs(10);

/// An `Auth` with its provider's rules, driven by a clock of its own.
pub(super) struct World {
    pub auth: Auth,
    provider: Provider,
    /// Since the start, on both clocks.
    pub at: Duration,
    /// By how many milliseconds the wall clock was set ahead since.
    pub skew: i64,
    random: f64,
    nudged: Arc<AtomicBool>,
    last_ticket: u32,
    /// What has happened, without the outcomes.
    happened: Vec<Action>,
    outcomes: Vec<(u32, Result<(), Error>)>,
}

impl World {
    pub fn new() -> Self {
        Self::with(0.0, 300.0)
    }

    pub fn with(random: f64, buffer_sec: f64) -> Self {
        let policy = Policy::new(Lifetime::default(), Some(buffer_sec)).unwrap();
        Self::of(policy, random)
    }

    pub fn of(policy: Policy, random: f64) -> Self {
        let nudged = Arc::new(AtomicBool::new(false));
        let nudge = Arc::clone(&nudged);
        Self {
            auth: Auth::with_provider(policy, move |_| nudge.store(true, Ordering::Relaxed)),
            provider: Provider::new(TIMEOUT),
            at: Duration::ZERO,
            skew: 0,
            random,
            nudged,
            last_ticket: 0,
            happened: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        let millis = i64::try_from(self.at.as_millis()).unwrap();
        Timestamp::from_millis(START + millis + self.skew)
    }

    pub fn deadline(&self) -> Option<Duration> {
        self.provider.deadline()
    }

    pub fn put(&mut self, input: Input) {
        let moment = Moment {
            at: self.at,
            random: self.random,
        };
        for action in self.provider.handle(&self.auth, moment, input) {
            match action {
                Action::Done { ticket, outcome } => self.outcomes.push((ticket, outcome)),
                other => self.happened.push(other),
            }
        }
    }

    /// What has happened since the last call.
    pub fn take(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.happened)
    }

    /// Lets time pass on both clocks, stopping wherever something is due.
    pub fn sleep(&mut self, time: Duration) {
        let end = self.at + time;
        while let Some(due) = self.deadline().filter(|due| *due <= end) {
            self.at = self.at.max(due);
            self.put(Input::Deadline);
        }
        self.at = end;
    }

    pub fn want(&mut self, force: bool) -> u32 {
        self.last_ticket += 1;
        let (ticket, now) = (self.last_ticket, self.now());
        self.put(Input::Want { ticket, force, now });
        ticket
    }

    /// Kling refuses the token `bearer`.
    pub fn refuse(&mut self, bearer: &str) -> u32 {
        self.last_ticket += 1;
        let (ticket, now) = (self.last_ticket, self.now());
        let bearer = Zeroizing::new(bearer.to_owned());
        self.put(Input::Refused {
            ticket,
            bearer,
            now,
        });
        ticket
    }

    /// How it ended for a ticket; `None` while it waits.
    pub fn outcome(&self, ticket: u32) -> Option<&Result<(), Error>> {
        let mut found = self.outcomes.iter().filter(|(done, _)| *done == ticket);
        let first = found.next();
        assert!(found.next().is_none(), "told twice");
        first.map(|(_, outcome)| outcome)
    }

    pub fn deliver(&mut self, id: u64, credential: Credential, expires_at: Option<Timestamp>) {
        let now = self.now();
        let delivery = Ok(Delivery {
            credential,
            expires_at,
        });
        self.put(Input::Settled { id, delivery, now });
    }

    pub fn deliver_pair(&mut self, id: u64) {
        self.deliver(id, Credential::Pair(pair("ak", "sk")), None);
    }

    pub fn fail(&mut self, id: u64) {
        let now = self.now();
        let delivery = Err(rejected());
        self.put(Input::Settled { id, delivery, now });
    }

    pub fn read(&mut self) -> Result<u64, Error> {
        self.read_at(self.now())
    }

    /// A read, and what the binding does about it.
    pub fn read_at(&mut self, now: Timestamp) -> Result<u64, Error> {
        let serial = self.auth.read(now, |issued| issued.serial);
        if self.nudged.swap(false, Ordering::Relaxed) {
            self.put(Input::Nudge { now });
        }
        serial
    }

    pub fn token(&self) -> String {
        self.current().unwrap()
    }

    /// The token that can be used, without a look at whether it is due.
    pub fn current(&self) -> Option<String> {
        let read = |issued: &Issued| issued.token.as_str().to_owned();
        self.auth.read(self.now(), read).ok()
    }

    /// A world with its first token, and nothing recorded.
    pub fn ready(self) -> Self {
        self.ready_with(Credential::Pair(pair("ak", "sk")), None)
    }

    pub fn ready_with(mut self, credential: Credential, expires_at: Option<Timestamp>) -> Self {
        let ticket = self.want(false);
        self.deliver(1, credential, expires_at);
        assert_eq!(self.outcome(ticket), Some(&Ok(())));
        self.take();
        self
    }
}

pub(super) fn api_key(value: &str) -> Credential {
    let key = Key::new("apiKey", Zeroizing::new(value.to_owned()));
    Credential::ApiKey(ApiKey::new(key, Host::Kling).unwrap())
}

pub(super) fn rejected() -> Error {
    Error::ProviderFailed("it rejected".to_owned())
}

pub(super) fn end(secs: i64) -> Timestamp {
    Timestamp::from_millis(START + secs * 1000)
}

pub(super) fn request(id: u64, reason: RefreshReason) -> Action {
    Action::Request { id, reason }
}

pub(super) fn refreshed(reason: RefreshReason, secs: i64) -> Action {
    Action::Refreshed {
        reason,
        expires_at: Some(end(secs)),
    }
}

fn is_request(action: &Action) -> bool {
    matches!(action, Action::Request { .. })
}

#[test]
fn a_thousand_callers_cause_one_call() {
    let mut world = World::new();
    let callers: Vec<_> = (0..1000).map(|_| world.want(false)).collect();
    assert_eq!(world.take(), [request(1, RefreshReason::Initial)]);
    world.deliver_pair(1);
    for caller in callers {
        assert_eq!(world.outcome(caller), Some(&Ok(())));
    }
    assert_eq!(world.take(), [refreshed(RefreshReason::Initial, 1800)]);
    assert_eq!(world.read(), Ok(1));
}

#[test]
fn nothing_is_asked_before_somebody_wants_a_token() {
    let mut world = World::new();
    world.sleep(Duration::from_hours(1));
    assert_eq!(world.take(), []);
}

#[test]
fn a_read_before_the_first_answer_is_not_ready_and_asks() {
    let mut world = World::new();
    assert_eq!(world.read(), Err(Error::NOT_READY));
    assert_eq!(world.read(), Err(Error::NOT_READY));
    assert_eq!(world.take(), [request(1, RefreshReason::Initial)]);
    world.deliver_pair(1);
    assert_eq!(world.read(), Ok(1));
}

#[test]
fn every_caller_hears_of_a_failure() {
    let mut world = World::new();
    let callers = [world.want(false), world.want(true), world.want(false)];
    world.fail(1);
    for caller in callers {
        assert_eq!(world.outcome(caller), Some(&Err(rejected())));
    }
    let failed = Action::Failed {
        id: 1,
        error: rejected(),
    };
    assert_eq!(world.take(), [request(1, RefreshReason::Initial), failed]);
}

#[test]
fn a_provider_that_never_answers_times_out() {
    let mut world = World::new();
    let caller = world.want(false);
    world.sleep(Duration::from_millis(9_999));
    assert_eq!(world.outcome(caller), None);
    world.sleep(Duration::from_millis(1));
    let error = Error::ProviderTimeout(10_000);
    assert_eq!(world.outcome(caller), Some(&Err(error.clone())));
    let expected = [
        request(1, RefreshReason::Initial),
        Action::Abort { id: 1 },
        Action::Failed { id: 1, error },
    ];
    assert_eq!(world.take(), expected);
    // What arrives after that is too late.
    world.deliver_pair(1);
    assert_eq!(world.read(), Err(Error::NOT_READY));
}

#[test]
fn the_next_refresh_starts_when_the_buffer_begins() {
    let mut world = World::new().ready();
    world.sleep(Duration::from_millis(1_499_999));
    assert_eq!(world.take(), []);
    world.sleep(Duration::from_millis(1));
    assert_eq!(world.take(), [request(2, RefreshReason::Expiring)]);
    assert_eq!(world.read(), Ok(1), "the current token is used meanwhile");
    world.deliver_pair(2);
    assert_eq!(world.read(), Ok(2));
}

#[test]
fn jitter_starts_it_up_to_a_tenth_of_the_buffer_earlier() {
    let mut world = World::with(1.0, 300.0).ready();
    world.sleep(Duration::from_millis(1_469_999));
    assert_eq!(world.take(), []);
    world.sleep(Duration::from_millis(1));
    assert_eq!(world.take(), [request(2, RefreshReason::Expiring)]);
}

#[test]
fn a_failure_takes_no_valid_token_away() {
    let mut world = World::new().ready();
    world.sleep(Duration::from_secs(1501));
    world.fail(2);
    let caller = world.want(false);
    assert_eq!(world.outcome(caller), Some(&Ok(())));
    assert_eq!(world.read(), Ok(1));
    // Every second, as the jitter is zero here; each is answered with a failure.
    let mut id = 2;
    while world.now() < end(1799) {
        for action in world.take() {
            if let Action::Request { id: requested, .. } = action {
                id = requested;
                world.fail(id);
            }
        }
        assert_eq!(world.read(), Ok(1));
        world.sleep(Duration::from_millis(500));
    }
    assert!(id > 100, "{id}");
    world.sleep(Duration::from_secs(2));
    assert_eq!(world.read(), Err(Error::RAN_OUT));
}

#[test]
fn retries_back_off_exponentially_with_full_jitter() {
    let mut world = World::with(0.5, 300.0).ready();
    let mut last = None;
    let mut gaps = Vec::new();
    while gaps.len() < 9 {
        world.sleep(Duration::from_millis(100));
        for action in world.take() {
            if let Action::Request { id, reason } = action {
                let now = world.now().millis();
                if let Some(last) = last.replace(now) {
                    assert_eq!(reason, RefreshReason::Retry);
                    gaps.push((now - last) / 1000);
                }
                world.fail(id);
            }
        }
    }
    // Half of 2, 4, 8, 16, 32, 60, 60 … seconds.
    assert_eq!(gaps, [1, 2, 4, 8, 16, 30, 30, 30, 30]);
}

#[test]
fn never_more_than_one_call_a_second() {
    let mut world = World::new();
    for id in 1..=5 {
        let caller = world.want(true);
        if id > 1 {
            assert_eq!(world.take().iter().filter(|a| is_request(a)).count(), 0);
            world.sleep(Duration::from_millis(999));
            assert_eq!(world.take(), [], "call {id}");
            world.sleep(Duration::from_millis(1));
        }
        assert!(world.take().iter().any(is_request), "call {id}");
        if id % 2 == 0 {
            world.fail(id);
        } else {
            world.deliver_pair(id);
        }
        world.take();
        assert_eq!(world.outcome(caller).unwrap().is_ok(), id % 2 == 1);
    }
}

#[test]
fn after_a_freeze_the_first_read_decides_by_the_clock() {
    let mut world = World::new().ready();
    // The timer has not fired: the process was frozen, and only the wall clock has moved on.
    assert_eq!(world.read_at(end(3600)), Err(Error::RAN_OUT));
    assert_eq!(world.take(), [], "not within a second of the last call");
    world.sleep(Duration::from_secs(1));
    assert_eq!(world.take(), [request(2, RefreshReason::Expiring)]);
}

#[test]
fn a_clock_that_was_set_back_needs_no_provider() {
    let mut world = World::new().ready();
    let issued = world
        .auth
        .read(end(-86_400), |issued| {
            (issued.token.expires_at(), issued.reason)
        })
        .unwrap();
    assert_eq!(
        issued,
        (Some(end(-86_400 + 1800)), RefreshReason::ClockSetBack)
    );
    world.read_at(end(-86_400)).unwrap();
    assert_eq!(world.take(), []);
}

#[test]
fn no_token_outlives_the_credentials() {
    let credential = Credential::Pair(pair("ak", "sk"));
    let mut world = World::new().ready_with(credential, Some(end(600)));
    let expires_at = world
        .auth
        .read(world.now(), |issued| issued.token.expires_at());
    assert_eq!(expires_at, Ok(Some(end(600))));
    world.sleep(Duration::from_secs(301));
    assert_eq!(world.take(), [request(2, RefreshReason::Expiring)]);
}

#[test]
fn credentials_that_have_expired_are_a_failure() {
    let mut world = World::new();
    let caller = world.want(false);
    world.deliver(1, Credential::Pair(pair("ak", "sk")), Some(end(0)));
    let problem = "what it returned has expired already".to_owned();
    assert_eq!(
        world.outcome(caller),
        Some(&Err(Error::ProviderFailed(problem)))
    );
}

#[test]
fn invalidation_asks_the_provider_again() {
    let mut world = World::new().ready();
    world.auth.invalidate(None).unwrap();
    assert_eq!(world.read(), Err(Error::INVALIDATED));
    world.sleep(Duration::from_secs(1));
    assert_eq!(world.take(), [request(2, RefreshReason::Invalidated)]);
}

#[test]
fn a_forced_refresh_waits_for_new_credentials() {
    let mut world = World::new().ready();
    world.sleep(Duration::from_secs(5));
    let caller = world.want(true);
    assert_eq!(world.outcome(caller), None);
    assert_eq!(world.take(), [request(2, RefreshReason::Forced)]);
    world.deliver_pair(2);
    assert_eq!(world.outcome(caller), Some(&Ok(())));
    assert_eq!(world.read(), Ok(2));
}

#[test]
fn disposal_ends_everything() {
    let mut world = World::new();
    let caller = world.want(false);
    world.auth.dispose();
    world.put(Input::Close);
    assert_eq!(world.outcome(caller), Some(&Err(Error::Disposed)));
    let expected = [request(1, RefreshReason::Initial), Action::Abort { id: 1 }];
    assert_eq!(world.take(), expected);
    assert_eq!(world.read(), Err(Error::Disposed));
    let late = world.want(true);
    assert_eq!(
        world.outcome(late),
        Some(&Err(Error::Disposed)),
        "nobody is left to answer"
    );
    let refused = world.refuse("anything");
    assert_eq!(world.outcome(refused), Some(&Err(Error::Disposed)));
    assert_eq!(world.deadline(), None);
}

#[test]
fn rotation_by_hand_is_refused() {
    let world = World::new();
    let refused = world.auth.rotate(Credential::Pair(pair("ak", "sk")));
    assert_eq!(refused, Err(Error::RotateWithProvider));
}

#[test]
fn the_timeout_is_in_range() {
    for bad in [0.0, -1.0, 600_001.0, 0.5, f64::NAN] {
        let error = timeout(Some(bad)).unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            (
                "KLING_OUT_OF_RANGE",
                format!(
                    "providerTimeoutMs must be a whole number of milliseconds from 1 to 600000, received {bad}"
                )
            )
        );
    }
    assert_eq!(timeout(None), Ok(Duration::from_secs(10)));
}

#[test]
fn a_read_right_after_an_invalidation_asks_again() {
    let mut world = World::new();
    assert_eq!(world.read(), Err(Error::NOT_READY));
    world.deliver_pair(1);
    world.take();
    world.auth.invalidate(None).unwrap();
    // In the same second as the read before.
    assert_eq!(world.read(), Err(Error::INVALIDATED));
    world.sleep(Duration::from_secs(1));
    assert_eq!(world.take(), [request(2, RefreshReason::Invalidated)]);
}

#[test]
fn credentials_that_end_within_the_buffer_are_not_fetched_every_second() {
    let credential = Credential::Pair(pair("ak", "sk"));
    let mut world = World::new().ready_with(credential, Some(end(200)));
    world.sleep(Duration::from_secs(99));
    assert_eq!(world.take(), []);
    world.sleep(Duration::from_secs(2));
    assert_eq!(world.take(), [request(2, RefreshReason::Expiring)]);
}

#[test]
fn a_deadline_that_has_not_come_changes_nothing() {
    let mut world = World::new();
    let caller = world.want(false);
    world.put(Input::Deadline);
    assert_eq!(world.outcome(caller), None);
    assert_eq!(world.take(), [request(1, RefreshReason::Initial)]);
}
