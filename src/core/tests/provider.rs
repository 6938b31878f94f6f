//! The provider's rules, on tokio's paused time: the clock moves only when everything waits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, advance, sleep};
use zeroize::Zeroizing;

use super::credentials::pair;
use crate::auth::{Auth, Policy, Reason};
use crate::credentials::{ApiKey, Credential, Key};
use crate::error::Error;
use crate::provider::{Config, Delivery, Handle, Provider, connect};
use crate::request::endpoint::Host;
use crate::time::Timestamp;
use crate::token::Lifetime;

const START: i64 = 1_700_000_000_000;
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    Request(u64, Reason),
    Abort(u64),
    Refreshed(Reason, Option<Timestamp>),
    Failed(u64, &'static str),
}

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Event>>>);

impl Recorder {
    fn push(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }

    /// What has happened since the last call.
    fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Provider for Recorder {
    fn request(&self, id: u64, reason: Reason) {
        self.push(Event::Request(id, reason));
    }

    fn abort(&self, id: u64) {
        self.push(Event::Abort(id));
    }

    fn refreshed(&self, reason: Reason, expires_at: Option<Timestamp>) {
        self.push(Event::Refreshed(reason, expires_at));
    }

    fn failed(&self, id: u64, error: &Error) {
        self.push(Event::Failed(id, error.code()));
    }
}

/// A connected `Auth` whose wall clock follows tokio's.
struct World {
    auth: Arc<Auth>,
    handle: Handle,
    events: Recorder,
    born: Instant,
}

impl World {
    fn new() -> Self {
        Self::with(|| 0.0, 300.0)
    }

    fn with(random: fn() -> f64, buffer_sec: f64) -> Self {
        let events = Recorder::default();
        let policy = Policy::new(Lifetime::default(), Some(buffer_sec)).unwrap();
        let config = Config {
            timeout: TIMEOUT,
            random,
        };
        let (auth, handle, task) = connect(policy, config, events.clone());
        tokio::spawn(task);
        Self {
            auth,
            handle,
            events,
            born: Instant::now(),
        }
    }

    fn now(&self) -> Timestamp {
        let millis = i64::try_from(self.born.elapsed().as_millis()).unwrap();
        Timestamp::from_millis(START + millis)
    }

    fn want(&self, force: bool) -> oneshot::Receiver<Result<(), Error>> {
        let (sender, receiver) = oneshot::channel();
        self.handle.want(
            self.now(),
            force,
            Box::new(|outcome| {
                let _ = sender.send(outcome);
            }),
        );
        receiver
    }

    fn deliver(&self, id: u64, credential: Credential, expires_at: Option<Timestamp>) {
        self.handle.settle(
            id,
            self.now(),
            Ok(Delivery {
                credential,
                expires_at,
            }),
        );
    }

    fn deliver_pair(&self, id: u64) {
        self.deliver(id, Credential::Pair(pair("ak", "sk")), None);
    }

    fn fail(&self, id: u64) {
        self.handle.settle(
            id,
            self.now(),
            Err(Error::ProviderFailed("it rejected".to_owned())),
        );
    }

    fn read(&self) -> Result<u64, Error> {
        self.auth.read(self.now(), |issued| issued.serial)
    }

    /// A world with its first token, and nothing recorded.
    async fn ready(self) -> Self {
        self.ready_with(Credential::Pair(pair("ak", "sk")), None)
            .await
    }

    async fn ready_with(self, credential: Credential, expires_at: Option<Timestamp>) -> Self {
        let outcome = self.want(false);
        settle().await;
        self.deliver(1, credential, expires_at);
        outcome.await.unwrap().unwrap();
        self.events.take();
        self
    }
}

/// Lets the task work off its messages, while the clock stands still.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

fn end(secs: i64) -> Timestamp {
    Timestamp::from_millis(START + secs * 1000)
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_cause_one_call() {
    let world = World::new();
    let callers: Vec<_> = (0..1000).map(|_| world.want(false)).collect();
    settle().await;
    assert_eq!(world.events.take(), [Event::Request(1, Reason::Initial)]);
    world.deliver_pair(1);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(()));
    }
    assert_eq!(
        world.events.take(),
        [Event::Refreshed(Reason::Initial, Some(end(1800)))]
    );
    assert_eq!(world.read(), Ok(1));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_before_somebody_wants_a_token() {
    let world = World::new();
    sleep(Duration::from_hours(1)).await;
    assert_eq!(world.events.take(), []);
}

#[tokio::test(start_paused = true)]
async fn a_read_before_the_first_answer_is_not_ready_and_asks() {
    let world = World::new();
    assert_eq!(world.read(), Err(Error::NotReady));
    assert_eq!(world.read(), Err(Error::NotReady));
    settle().await;
    assert_eq!(world.events.take(), [Event::Request(1, Reason::Initial)]);
    world.deliver_pair(1);
    settle().await;
    assert_eq!(world.read(), Ok(1));
}

#[tokio::test(start_paused = true)]
async fn every_caller_hears_of_a_failure() {
    let world = World::new();
    let callers = [world.want(false), world.want(true), world.want(false)];
    settle().await;
    world.fail(1);
    for caller in callers {
        assert_eq!(
            caller.await.unwrap(),
            Err(Error::ProviderFailed("it rejected".to_owned()))
        );
    }
    let expected = [
        Event::Request(1, Reason::Initial),
        Event::Failed(1, "KLING_PROVIDER_FAILED"),
    ];
    assert_eq!(world.events.take(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_answers_times_out() {
    let world = World::new();
    let caller = world.want(false);
    assert_eq!(caller.await.unwrap(), Err(Error::ProviderTimeout(10_000)));
    assert_eq!(world.born.elapsed(), TIMEOUT);
    let expected = [
        Event::Request(1, Reason::Initial),
        Event::Abort(1),
        Event::Failed(1, "KLING_PROVIDER_TIMEOUT"),
    ];
    assert_eq!(world.events.take(), expected);
    // What arrives after that is too late.
    world.deliver_pair(1);
    settle().await;
    assert_eq!(world.read(), Err(Error::NotReady));
}

#[tokio::test(start_paused = true)]
async fn the_next_refresh_starts_when_the_buffer_begins() {
    let world = World::new().ready().await;
    sleep(Duration::from_millis(1_499_990)).await;
    assert_eq!(world.events.take(), []);
    sleep(Duration::from_millis(20)).await;
    assert_eq!(world.events.take(), [Event::Request(2, Reason::Expiring)]);
    assert_eq!(world.read(), Ok(1), "the current token is used meanwhile");
    world.deliver_pair(2);
    settle().await;
    assert_eq!(world.read(), Ok(2));
}

#[tokio::test(start_paused = true)]
async fn jitter_starts_it_up_to_a_tenth_of_the_buffer_earlier() {
    let world = World::with(|| 1.0, 300.0).ready().await;
    sleep(Duration::from_millis(1_469_990)).await;
    assert_eq!(world.events.take(), []);
    sleep(Duration::from_millis(20)).await;
    assert_eq!(world.events.take(), [Event::Request(2, Reason::Expiring)]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_takes_no_valid_token_away() {
    let world = World::new().ready().await;
    sleep(Duration::from_secs(1501)).await;
    world.fail(2);
    settle().await;
    assert_eq!(world.want(false).await.unwrap(), Ok(()));
    assert_eq!(world.read(), Ok(1));
    // Every second, as the jitter is zero here; each is answered with a failure.
    let mut id = 2;
    while world.now() < end(1799) {
        for event in world.events.take() {
            if let Event::Request(requested, _) = event {
                id = requested;
                world.fail(id);
            }
        }
        assert_eq!(world.read(), Ok(1));
        sleep(Duration::from_millis(500)).await;
    }
    assert!(id > 100, "{id}");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(world.read(), Err(Error::NotReady), "it has run out");
}

#[tokio::test(start_paused = true)]
async fn retries_back_off_exponentially_with_full_jitter() {
    let world = World::with(|| 0.5, 300.0).ready().await;
    let mut last = None;
    let mut gaps = Vec::new();
    while gaps.len() < 9 {
        sleep(Duration::from_millis(100)).await;
        for event in world.events.take() {
            if let Event::Request(id, reason) = event {
                let now = world.now().millis();
                if let Some(last) = last.replace(now) {
                    assert_eq!(reason, Reason::Retry);
                    gaps.push((now - last) / 1000);
                }
                world.fail(id);
            }
        }
    }
    // Half of 2, 4, 8, 16, 32, 60, 60 … seconds.
    assert_eq!(gaps, [1, 2, 4, 8, 16, 30, 30, 30, 30]);
}

#[tokio::test(start_paused = true)]
async fn never_more_than_one_call_a_second() {
    let world = World::new();
    for id in 1..=5 {
        let caller = world.want(true);
        let before = world.born.elapsed();
        while world
            .events
            .take()
            .iter()
            .all(|event| !matches!(event, Event::Request(..)))
        {
            sleep(Duration::from_millis(10)).await;
        }
        if id > 1 {
            assert!(
                world.born.elapsed() >= before + Duration::from_millis(980),
                "call {id}"
            );
        }
        if id % 2 == 0 {
            world.fail(id);
        } else {
            world.deliver_pair(id);
        }
        assert_eq!(caller.await.unwrap().is_ok(), id % 2 == 1);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_freeze_the_first_read_decides_by_the_clock() {
    let world = World::new().ready().await;
    // The timer has not fired: the process was frozen, and only the wall clock has moved on.
    let thawed = end(3600);
    assert_eq!(world.auth.read(thawed, |_| ()), Err(Error::NotReady));
    settle().await;
    assert_eq!(
        world.events.take(),
        [] as [Event; 0],
        "not within a second of the last call"
    );
    advance(Duration::from_secs(1)).await;
    settle().await;
    assert_eq!(world.events.take(), [Event::Request(2, Reason::Expiring)]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_needs_no_provider() {
    let world = World::new().ready().await;
    let yesterday = end(-86_400);
    let (exp, reason) = world
        .auth
        .read(yesterday, |issued| {
            (issued.token.expires_at(), issued.reason)
        })
        .unwrap();
    assert_eq!(
        (exp, reason),
        (Some(end(-86_400 + 1800)), Reason::ClockSetBack)
    );
    settle().await;
    assert_eq!(world.events.take(), []);
}

#[tokio::test(start_paused = true)]
async fn no_token_outlives_the_credentials() {
    let credential = Credential::Pair(pair("ak", "sk"));
    let world = World::new().ready_with(credential, Some(end(600))).await;
    world
        .auth
        .read(world.now(), |issued| {
            assert_eq!(issued.token.expires_at(), Some(end(600)));
        })
        .unwrap();
    world.events.take();
    sleep(Duration::from_secs(301)).await;
    assert_eq!(world.events.take(), [Event::Request(2, Reason::Expiring)]);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_have_expired_are_a_failure() {
    let world = World::new();
    let caller = world.want(false);
    settle().await;
    world.deliver(1, Credential::Pair(pair("ak", "sk")), Some(end(0)));
    let problem = "what it returned has expired already".to_owned();
    assert_eq!(caller.await.unwrap(), Err(Error::ProviderFailed(problem)));
}

#[tokio::test(start_paused = true)]
async fn an_api_key_without_an_end_is_fetched_once() {
    let api_key = Key::new("apiKey", Zeroizing::new("api-key-kling-1".to_owned()));
    let credential = Credential::ApiKey(ApiKey::new(api_key, Host::Kling).unwrap());
    let world = World::new().ready_with(credential, None).await;
    sleep(Duration::from_hours(24)).await;
    assert_eq!(world.events.take(), []);
    let token = world
        .auth
        .read(world.now(), |issued| issued.token.as_str().to_owned());
    assert_eq!(token.as_deref(), Ok("api-key-kling-1"));
}

#[tokio::test(start_paused = true)]
async fn invalidation_asks_the_provider_again() {
    let world = World::new().ready().await;
    world.auth.invalidate(None).unwrap();
    assert_eq!(world.read(), Err(Error::NotReady));
    advance(Duration::from_secs(1)).await;
    settle().await;
    assert_eq!(
        world.events.take(),
        [Event::Request(2, Reason::Invalidated)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_forced_refresh_waits_for_new_credentials() {
    let world = World::new().ready().await;
    advance(Duration::from_secs(5)).await;
    let mut caller = world.want(true);
    settle().await;
    assert!(caller.try_recv().is_err());
    assert_eq!(world.events.take(), [Event::Request(2, Reason::Forced)]);
    world.deliver_pair(2);
    assert_eq!(caller.await.unwrap(), Ok(()));
    assert_eq!(world.read(), Ok(2));
}

#[tokio::test(start_paused = true)]
async fn disposal_ends_everything() {
    let world = World::new();
    let caller = world.want(false);
    settle().await;
    world.auth.dispose();
    world.handle.close();
    assert_eq!(caller.await.unwrap(), Err(Error::Disposed));
    assert_eq!(
        world.events.take(),
        [Event::Request(1, Reason::Initial), Event::Abort(1)]
    );
    assert_eq!(world.read(), Err(Error::Disposed));
    assert_eq!(
        world.want(true).await.unwrap(),
        Err(Error::Disposed),
        "nobody is left to answer"
    );
}

#[tokio::test(start_paused = true)]
async fn who_comes_while_the_task_ends_hears_of_it() {
    let world = World::new();
    world.handle.close();
    assert_eq!(world.want(true).await.unwrap(), Err(Error::Disposed));
}

#[tokio::test(start_paused = true)]
async fn the_task_ends_with_its_last_handle() {
    let events = Recorder::default();
    let policy = Policy::new(Lifetime::default(), None).unwrap();
    let (auth, handle, task) = connect(policy, Config::new(None).unwrap(), events);
    let task = tokio::spawn(task);
    drop(handle);
    task.await.unwrap();
    assert_eq!(auth.read(end(0), |_| ()), Err(Error::NotReady));
}

#[tokio::test(start_paused = true)]
async fn rotation_by_hand_is_refused() {
    let world = World::new();
    let refused = world.auth.rotate(Credential::Pair(pair("ak", "sk")));
    assert_eq!(refused, Err(Error::RotateWithProvider));
}

#[test]
fn the_timeout_is_in_range() {
    for bad in [0.0, -1.0, 600_001.0, 0.5, f64::NAN] {
        let error = Config::new(Some(bad)).unwrap_err();
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
    assert_eq!(Config::new(None).unwrap().timeout, Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_read_right_after_an_invalidation_asks_again() {
    let world = World::new();
    assert_eq!(world.read(), Err(Error::NotReady));
    settle().await;
    world.deliver_pair(1);
    settle().await;
    world.events.take();
    world.auth.invalidate(None).unwrap();
    // In the same second as the read before.
    assert_eq!(world.read(), Err(Error::NotReady));
    advance(Duration::from_secs(1)).await;
    settle().await;
    assert_eq!(
        world.events.take(),
        [Event::Request(2, Reason::Invalidated)]
    );
}

#[tokio::test(start_paused = true)]
async fn credentials_that_end_within_the_buffer_are_not_fetched_every_second() {
    let credential = Credential::Pair(pair("ak", "sk"));
    let world = World::new().ready_with(credential, Some(end(200))).await;
    sleep(Duration::from_secs(99)).await;
    assert_eq!(world.events.take(), []);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(world.events.take(), [Event::Request(2, Reason::Expiring)]);
}
