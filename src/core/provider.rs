//! Credentials from a provider function: when it is asked, what happens while it has not answered.
//!
//! A state machine for each `KlingAuth` with a provider: an input and the time go in, actions come
//! out. It waits for nothing, so a binding can drive it by whatever timers it has. The provider is
//! asked at most once at a time and at most once a second, and a failure of the provider takes no
//! token away that is still valid.

use std::time::Duration;

use crate::auth::{Auth, Due, Installed, RefreshReason, Refused, TimeLeft};
use crate::error::Error;
use crate::time::Timestamp;
use crate::token::whole_number;

mod events;

pub use events::{Action, Delivery, Input, Moment};

/// The least time between two calls of the provider.
const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// The longest time between two attempts while the provider fails.
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// How long the provider may take. `None` stands for the default: 10 s.
///
/// # Errors
///
/// [`Error::OutOfRange`] unless `providerTimeoutMs` is 1 to 600,000.
pub fn timeout(timeout_ms: Option<f64>) -> Result<Duration, Error> {
    let timeout_ms = whole_number("providerTimeoutMs", timeout_ms, 1..=600_000, "milliseconds")?
        .unwrap_or(10_000);
    Ok(Duration::from_millis(timeout_ms.unsigned_abs()))
}

/// The state of one provider.
#[derive(Debug)]
pub struct Provider {
    timeout: Duration,
    /// The tickets of those who want a token.
    waiting: Vec<u32>,
    /// The tickets of those who were refused with the token that they had.
    refused: Vec<u32>,
    flight: Option<Flight>,
    /// The next call, while none is in flight.
    next: Option<(Duration, RefreshReason)>,
    /// No call before this.
    earliest: Duration,
    /// In a row.
    failures: u32,
    last_id: u64,
    /// News came during a call, which may not have seen it.
    has_news: bool,
    is_closed: bool,
}

/// A call that has not been answered.
#[derive(Debug)]
struct Flight {
    id: u64,
    reason: RefreshReason,
    deadline: Duration,
    /// It began after those in `refused` had been refused.
    answers_refusal: bool,
}

impl Provider {
    /// Asks nothing yet. The provider may take `timeout` for each answer.
    #[must_use]
    pub const fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            waiting: Vec::new(),
            refused: Vec::new(),
            flight: None,
            next: None,
            earliest: Duration::ZERO,
            failures: 0,
            last_id: 0,
            has_news: false,
            is_closed: false,
        }
    }

    /// When [`Input::Deadline`] is due, if nothing else happens before.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        match &self.flight {
            Some(flight) => Some(flight.deadline),
            None => self.next.map(|(at, _)| at),
        }
    }

    /// Takes an input in. `auth` is always the same one, which this keeps fed.
    #[must_use]
    pub fn handle(&mut self, auth: &Auth, moment: Moment, input: Input) -> Vec<Action> {
        let mut step = Step {
            provider: self,
            auth,
            moment,
            actions: Vec::new(),
        };
        step.take(input);
        step.actions
    }
}

/// One input on its way through.
struct Step<'a> {
    provider: &'a mut Provider,
    auth: &'a Auth,
    moment: Moment,
    actions: Vec<Action>,
}

impl Step<'_> {
    fn take(&mut self, input: Input) {
        if self.provider.is_closed {
            if let Input::Want { ticket, .. } | Input::Refused { ticket, .. } = input {
                self.done(ticket, Err(Error::Disposed));
            }
            return;
        }
        match input {
            Input::Want { ticket, force, now } => self.want(ticket, force, now),
            Input::Nudge { now } => self.nudge(now),
            Input::Refused {
                ticket,
                bearer,
                now,
            } => self.refused(ticket, &bearer, now),
            Input::News => self.news(),
            Input::Settled { id, delivery, now } => self.settled(id, delivery, now),
            Input::Deadline => self.deadline(),
            Input::Close => self.close(),
        }
    }

    fn want(&mut self, ticket: u32, force: bool, now: Timestamp) {
        let due = match self.auth.due(now) {
            Ok(due) => due,
            Err(error) => return self.done(ticket, Err(error)),
        };
        let (reason, must_wait) = match due {
            _ if force => (RefreshReason::Forced, true),
            None => return self.done(ticket, Ok(())),
            Some(Due {
                reason,
                has_valid_token,
            }) => (reason, !has_valid_token),
        };
        if must_wait {
            self.provider.waiting.push(ticket);
        } else {
            self.done(ticket, Ok(()));
        }
        self.call_soon(reason, must_wait);
    }

    fn nudge(&mut self, now: Timestamp) {
        if let Ok(Some(Due {
            reason,
            has_valid_token,
        })) = self.auth.due(now)
        {
            self.call_soon(reason, !has_valid_token);
        }
    }

    /// Asked once for each credential: one that is refused again is as good as it gets.
    fn refused(&mut self, ticket: u32, bearer: &str, now: Timestamp) {
        match self.auth.refused(now, bearer) {
            Err(error) => return self.done(ticket, Err(error)),
            Ok(Refused::Replaced) => return self.done(ticket, Ok(())),
            Ok(Refused::Again) if self.provider.refused.is_empty() => {
                return self.done(ticket, Ok(()));
            }
            Ok(Refused::Again | Refused::First) => {}
        }
        self.provider.refused.push(ticket);
        self.call_soon(RefreshReason::Refused, true);
    }

    fn news(&mut self) {
        if self.provider.flight.is_some() {
            self.provider.has_news = true;
        } else {
            self.call_soon(RefreshReason::Rotated, true);
        }
    }

    /// Urgent calls do not wait for the backoff of earlier failures, only for the least interval.
    fn call_soon(&mut self, reason: RefreshReason, urgent: bool) {
        let provider = &mut *self.provider;
        if provider.flight.is_some() {
            return;
        }
        let is_backing_off = provider.failures > 0 && provider.next.is_some();
        if is_backing_off && !urgent {
            return;
        }
        if provider.earliest > self.moment.at {
            provider.next = Some((provider.earliest, reason));
        } else {
            self.call(reason);
        }
    }

    fn call(&mut self, reason: RefreshReason) {
        let at = self.moment.at;
        let provider = &mut *self.provider;
        let reason = if provider.failures > 0 {
            RefreshReason::Retry
        } else {
            reason
        };
        let id = provider.last_id + 1;
        provider.last_id = id;
        provider.next = None;
        provider.earliest = at + MIN_INTERVAL;
        provider.flight = Some(Flight {
            id,
            reason,
            deadline: at + provider.timeout,
            answers_refusal: !provider.refused.is_empty(),
        });
        self.actions.push(Action::Request { id, reason });
    }

    fn settled(&mut self, id: u64, delivery: Result<Delivery, Error>, now: Timestamp) {
        // An answer that comes after its time-out is too late: another call may be on its way.
        let Some(flight) = self.provider.flight.take_if(|flight| flight.id == id) else {
            return;
        };
        let installed = delivery.and_then(|delivery| {
            self.auth
                .install(delivery.credential, delivery.expires_at, now, flight.reason)
        });
        match installed {
            Ok(installed) => self.succeeded(&flight, installed),
            Err(error) => self.failed(flight.id, &error),
        }
        self.make_up_for_news();
    }

    fn succeeded(&mut self, flight: &Flight, Installed { is_new, left }: Installed) {
        self.provider.failures = 0;
        self.provider.next = left.map(|left| (self.scheduled(left), RefreshReason::Expiring));
        if is_new {
            self.actions.push(Action::Refreshed {
                reason: flight.reason,
                expires_at: self.auth.summary().cached_until,
            });
        }
        for ticket in std::mem::take(&mut self.provider.waiting) {
            self.done(ticket, Ok(()));
        }
        if flight.answers_refusal || !self.auth.is_refused() {
            for ticket in std::mem::take(&mut self.provider.refused) {
                self.done(ticket, Ok(()));
            }
        } else if !self.provider.refused.is_empty() {
            // What the call has brought may have been read before the credential was replaced.
            self.call_soon(RefreshReason::Refused, true);
        }
    }

    /// Up to a tenth of the buffer early, so that a fleet that started together drifts apart. What
    /// arrives within its buffer already is used for a part of its time, instead of being fetched
    /// again every second.
    fn scheduled(&self, left: TimeLeft) -> Duration {
        let wait = if left.fresh.is_zero() {
            left.valid.mul_f64(0.5 - 0.25 * self.moment.random)
        } else {
            let buffer = Duration::from_secs(self.auth.policy().buffer_sec().unsigned_abs());
            left.fresh
                .saturating_sub(buffer.mul_f64(0.1 * self.moment.random))
        };
        self.moment.at.saturating_add(wait.max(MIN_INTERVAL))
    }

    fn deadline(&mut self) {
        let at = self.moment.at;
        if let Some(flight) = &self.provider.flight {
            if flight.deadline <= at {
                self.timed_out(flight.id);
            }
        } else if let Some((_, reason)) = self.provider.next.take_if(|(next, _)| *next <= at) {
            self.call(reason);
        }
    }

    fn timed_out(&mut self, id: u64) {
        self.provider.flight = None;
        self.actions.push(Action::Abort { id });
        let millis = u64::try_from(self.provider.timeout.as_millis()).unwrap_or(u64::MAX);
        self.failed(id, &Error::ProviderTimeout(millis));
        self.make_up_for_news();
    }

    fn failed(&mut self, id: u64, error: &Error) {
        self.provider.failures = self.provider.failures.saturating_add(1);
        // With nothing to lose, the next caller decides when to try again.
        self.provider.next = self
            .auth
            .has_token()
            .then(|| (self.moment.at + self.backoff(), RefreshReason::Retry));
        self.actions.push(Action::Failed {
            id,
            error: error.clone(),
        });
        self.release(error);
    }

    /// Exponential with full jitter: anything up to a ceiling that doubles with every failure.
    fn backoff(&self) -> Duration {
        let ceiling = MIN_INTERVAL
            .saturating_mul(2_u32.saturating_pow(self.provider.failures))
            .min(MAX_BACKOFF);
        ceiling.mul_f64(self.moment.random).max(MIN_INTERVAL)
    }

    fn make_up_for_news(&mut self) {
        if std::mem::take(&mut self.provider.has_news) {
            self.call_soon(RefreshReason::Rotated, true);
        }
    }

    fn close(&mut self) {
        self.provider.is_closed = true;
        self.provider.next = None;
        if let Some(Flight { id, .. }) = self.provider.flight.take() {
            self.actions.push(Action::Abort { id });
        }
        self.release(&Error::Disposed);
    }

    /// Nobody is left waiting.
    fn release(&mut self, error: &Error) {
        let waiting = std::mem::take(&mut self.provider.waiting);
        let refused = std::mem::take(&mut self.provider.refused);
        for ticket in waiting.into_iter().chain(refused) {
            self.done(ticket, Err(error.clone()));
        }
    }

    fn done(&mut self, ticket: u32, outcome: Result<(), Error>) {
        self.actions.push(Action::Done { ticket, outcome });
    }
}
