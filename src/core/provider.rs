//! Credentials from a provider function: when it is asked, what happens while it has not answered.
//!
//! One task for each `KlingAuth` with a provider takes messages and keeps the timers. It asks the
//! provider at most once at a time and at most once a second, and a failure of the provider takes
//! no token away that is still valid.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};

use crate::auth::{Auth, Due, Policy, Reason, TimeLeft};
use crate::credentials::Credential;
use crate::error::Error;
use crate::time::Timestamp;
use crate::token::whole_number;

/// The least time between two calls of the provider.
const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// The longest time between two attempts while the provider fails.
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// The caller's side of it. Every method returns at once; answers come as messages.
pub trait Provider: Send + Sync + 'static {
    /// Asks for credentials. [`Handle::settle`] takes the answer, under the same `id`.
    fn request(&self, id: u64, reason: Reason);
    /// The answer to `id` is no longer wanted.
    fn abort(&self, id: u64);
    /// A new token is in place, made for `reason`.
    fn refreshed(&self, reason: Reason, expires_at: Option<Timestamp>);
    /// The request `id` came to nothing.
    fn failed(&self, id: u64, error: &Error);
}

/// What the provider delivered.
pub struct Delivery {
    /// The credential itself.
    pub credential: Credential,
    /// Its end, where it has one.
    pub expires_at: Option<Timestamp>,
}

/// How the provider is treated.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// How long it may take.
    pub timeout: Duration,
    /// A random number from 0 to 1, for jitter.
    pub random: fn() -> f64,
}

impl Config {
    /// `None` stands for the default: 10 s.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `providerTimeoutMs` is 1 to 600,000.
    pub fn new(timeout_ms: Option<f64>) -> Result<Self, Error> {
        let timeout_ms =
            whole_number("providerTimeoutMs", timeout_ms, 1..=600_000, "milliseconds")?
                .unwrap_or(10_000);
        Ok(Self {
            timeout: Duration::from_millis(timeout_ms.unsigned_abs()),
            random: fastrand::f64,
        })
    }
}

/// Called once with the outcome of [`Handle::want`].
pub type Done = Box<dyn FnOnce(Result<(), Error>) + Send>;

enum Message {
    Want {
        now: Timestamp,
        force: bool,
        done: Done,
    },
    Nudge {
        now: Timestamp,
    },
    Settled {
        id: u64,
        now: Timestamp,
        delivery: Result<Delivery, Error>,
    },
    Close,
}

impl Message {
    /// Tells who waits that nobody will answer.
    fn refuse(self) {
        if let Self::Want { done, .. } = self {
            done(Err(Error::Disposed));
        }
    }
}

/// Talks to the task. The task ends when the last one is dropped.
#[derive(Clone)]
pub struct Handle(UnboundedSender<Message>);

impl Handle {
    /// Calls `done` as soon as there is a valid token; with `force`, a new one.
    pub fn want(&self, now: Timestamp, force: bool, done: Done) {
        if let Err(refused) = self.0.send(Message::Want { now, force, done }) {
            refused.0.refuse();
        }
    }

    /// Passes on the provider's answer.
    pub fn settle(&self, id: u64, now: Timestamp, delivery: Result<Delivery, Error>) {
        let _ = self.0.send(Message::Settled { id, now, delivery });
    }

    /// Ends the task: whoever waits is told that all is disposed.
    pub fn close(&self) {
        let _ = self.0.send(Message::Close);
    }
}

/// Prepares an [`Auth`] that is fed by `provider`, and the task that does it. The caller spawns it.
pub fn connect<P: Provider>(
    policy: Policy,
    config: Config,
    provider: P,
) -> (Arc<Auth>, Handle, impl Future<Output = ()> + Send + use<P>) {
    let (sender, inbox) = unbounded_channel();
    let weak = sender.downgrade();
    // One nudge at a time is enough, however often a token that is due is read.
    let nudged = Arc::new(AtomicBool::new(false));
    let is_nudged = Arc::clone(&nudged);
    let auth = Arc::new(Auth::with_provider(policy, move |now| {
        if !is_nudged.swap(true, Ordering::AcqRel)
            && let Some(sender) = weak.upgrade()
        {
            let _ = sender.send(Message::Nudge { now });
        }
    }));
    let task = Task {
        auth: Arc::clone(&auth),
        nudged,
        config,
        provider,
        waiting: Vec::new(),
        flight: None,
        next: None,
        earliest: None,
        failures: 0,
        last_id: 0,
    };
    (auth, Handle(sender), task.run(inbox))
}

struct Task<P> {
    auth: Arc<Auth>,
    /// A nudge is under way.
    nudged: Arc<AtomicBool>,
    config: Config,
    provider: P,
    waiting: Vec<Done>,
    flight: Option<Flight>,
    /// The next call, while none is in flight.
    next: Option<(Instant, Reason)>,
    /// No call before this.
    earliest: Option<Instant>,
    /// In a row.
    failures: u32,
    last_id: u64,
}

/// A call that has not been answered.
struct Flight {
    id: u64,
    reason: Reason,
    deadline: Instant,
}

impl<P: Provider> Task<P> {
    async fn run(mut self, mut inbox: UnboundedReceiver<Message>) {
        loop {
            let deadline = self.flight.as_ref().map(|flight| flight.deadline);
            let next = self.next.filter(|_| self.flight.is_none());
            tokio::select! {
                biased;
                message = inbox.recv() => match message {
                    Some(Message::Want { now, force, done }) => self.want(now, force, done),
                    Some(Message::Nudge { now }) => self.nudge(now),
                    Some(Message::Settled { id, now, delivery }) => self.settled(id, now, delivery),
                    Some(Message::Close) | None => break,
                },
                () = at(deadline), if deadline.is_some() => self.timed_out(),
                () = at(next.map(|(instant, _)| instant)), if next.is_some() => {
                    if let Some((_, reason)) = self.next.take() {
                        self.call(reason);
                    }
                }
            }
        }
        if let Some(flight) = self.flight.take() {
            self.provider.abort(flight.id);
        }
        for done in self.waiting.drain(..) {
            done(Err(Error::Disposed));
        }
        inbox.close();
        while let Some(message) = inbox.recv().await {
            message.refuse();
        }
    }

    fn want(&mut self, now: Timestamp, force: bool, done: Done) {
        let due = match self.auth.due(now) {
            Ok(due) => due,
            Err(error) => return done(Err(error)),
        };
        let (reason, must_wait) = match due {
            _ if force => (Reason::Forced, true),
            None => return done(Ok(())),
            Some(Due {
                reason,
                has_valid_token,
            }) => (reason, !has_valid_token),
        };
        if must_wait {
            self.waiting.push(done);
        } else {
            done(Ok(()));
        }
        self.call_soon(reason, must_wait);
    }

    fn nudge(&mut self, now: Timestamp) {
        self.nudged.store(false, Ordering::Release);
        if let Ok(Some(Due {
            reason,
            has_valid_token,
        })) = self.auth.due(now)
        {
            self.call_soon(reason, !has_valid_token);
        }
    }

    /// Urgent calls do not wait for the backoff of earlier failures, only for the least interval.
    fn call_soon(&mut self, reason: Reason, urgent: bool) {
        if self.flight.is_some() {
            return;
        }
        let now = Instant::now();
        let is_backing_off = self.failures > 0 && self.next.is_some();
        match self.earliest {
            _ if is_backing_off && !urgent => {}
            Some(earliest) if earliest > now => self.next = Some((earliest, reason)),
            _ => self.call(reason),
        }
    }

    fn call(&mut self, reason: Reason) {
        let reason = if self.failures > 0 {
            Reason::Retry
        } else {
            reason
        };
        let now = Instant::now();
        self.last_id += 1;
        self.next = None;
        self.earliest = Some(now + MIN_INTERVAL);
        self.flight = Some(Flight {
            id: self.last_id,
            reason,
            deadline: now + self.config.timeout,
        });
        self.provider.request(self.last_id, reason);
    }

    fn settled(&mut self, id: u64, now: Timestamp, delivery: Result<Delivery, Error>) {
        // An answer that comes after its time-out is too late: another call may be on its way.
        let Some(flight) = self.flight.take_if(|flight| flight.id == id) else {
            return;
        };
        let installed = delivery.and_then(
            |Delivery {
                 credential,
                 expires_at,
             }| {
                self.auth
                    .install(credential, expires_at, now, flight.reason)
            },
        );
        match installed {
            Ok(left) => self.succeeded(flight.reason, left),
            Err(error) => self.failed(flight.id, &error),
        }
    }

    fn succeeded(&mut self, reason: Reason, left: Option<TimeLeft>) {
        self.failures = 0;
        self.next = left.map(|left| (self.scheduled(left), Reason::Expiring));
        self.provider
            .refreshed(reason, self.auth.summary().cached_until);
        for done in self.waiting.drain(..) {
            done(Ok(()));
        }
    }

    /// Up to a tenth of the buffer early, so that a fleet that started together drifts apart. What
    /// arrives within its buffer already is used for a part of its time, instead of being fetched
    /// again every second.
    fn scheduled(&self, left: TimeLeft) -> Instant {
        let random = (self.config.random)();
        let wait = if left.fresh.is_zero() {
            left.valid.mul_f64(0.5 - 0.25 * random)
        } else {
            let buffer = Duration::from_secs(self.auth.policy().buffer_sec().unsigned_abs());
            left.fresh.saturating_sub(buffer.mul_f64(0.1 * random))
        };
        Instant::now() + wait.max(MIN_INTERVAL)
    }

    fn timed_out(&mut self) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        self.provider.abort(flight.id);
        let millis = u64::try_from(self.config.timeout.as_millis()).unwrap_or(u64::MAX);
        self.failed(flight.id, &Error::ProviderTimeout(millis));
    }

    fn failed(&mut self, id: u64, error: &Error) {
        self.failures = self.failures.saturating_add(1);
        // With nothing to lose, the next caller decides when to try again.
        self.next = self
            .auth
            .has_token()
            .then(|| (Instant::now() + self.backoff(), Reason::Retry));
        self.provider.failed(id, error);
        for done in self.waiting.drain(..) {
            done(Err(error.clone()));
        }
    }

    /// Exponential with full jitter: anything up to a ceiling that doubles with every failure.
    fn backoff(&self) -> Duration {
        let ceiling = MIN_INTERVAL
            .saturating_mul(2_u32.saturating_pow(self.failures))
            .min(MAX_BACKOFF);
        ceiling.mul_f64((self.config.random)()).max(MIN_INTERVAL)
    }
}

/// For branches of `select!`, which are built even where they are disabled.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
