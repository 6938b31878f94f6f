//! A JavaScript provider function behind the core's `Provider`: calls go out as events, answers
//! come in through `NativeAuth`.

use std::sync::Arc;

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use super::error::Failure;
use super::raw::value::millis;
use crate::runtime;
use kling_auth_core::auth::{Auth, Policy, Reason};
use kling_auth_core::error::Error;
use kling_auth_core::provider::{self, Config, Delivery, Provider};
use kling_auth_core::time::Timestamp;

/// What JavaScript is told, in the order in which it happens.
#[napi(object, object_from_js = false)]
pub struct ProviderEvent {
    /// `request`: call the provider. `abort`: its answer is no longer wanted. `refreshed`: a new
    /// token is in place. `failed`: a request came to nothing. `done`: the outcome for a ticket.
    #[napi(ts_type = "'request' | 'abort' | 'refreshed' | 'failed' | 'done'")]
    pub event: &'static str,
    /// The request's number, or the ticket of `done`.
    pub id: f64,
    /// Why the token is wanted or new.
    pub reason: Option<&'static str>,
    /// The token's end in milliseconds.
    pub expires_at: Option<f64>,
    /// The error's code.
    pub code: Option<&'static str>,
    /// The error's message.
    pub message: Option<String>,
}

impl ProviderEvent {
    fn new(event: &'static str, id: f64) -> Self {
        Self {
            event,
            id,
            reason: None,
            expires_at: None,
            code: None,
            message: None,
        }
    }

    fn with_error(self, error: &Error) -> Self {
        Self {
            code: Some(error.code()),
            message: Some(error.to_string()),
            ..self
        }
    }
}

/// Weak: it keeps no process alive.
type Notify = ThreadsafeFunction<ProviderEvent, (), ProviderEvent, Status, false, true>;

/// Cheap to clone: the `done` of every ticket carries one.
#[derive(Clone)]
struct Events(Arc<Notify>);

impl Events {
    fn send(&self, event: ProviderEvent) {
        // Refused only by an environment that is closing, and then nobody waits any more.
        self.0.call(event, ThreadsafeFunctionCallMode::NonBlocking);
    }
}

impl Provider for Events {
    fn request(&self, id: u64, reason: Reason) {
        self.send(ProviderEvent {
            reason: Some(reason.as_str()),
            ..ProviderEvent::new("request", number(id))
        });
    }

    fn abort(&self, id: u64) {
        self.send(ProviderEvent::new("abort", number(id)));
    }

    fn refreshed(&self, reason: Reason, expires_at: Option<Timestamp>) {
        self.send(ProviderEvent {
            reason: Some(reason.as_str()),
            expires_at: expires_at.map(millis),
            ..ProviderEvent::new("refreshed", 0.0)
        });
    }

    fn failed(&self, id: u64, error: &Error) {
        self.send(ProviderEvent::new("failed", number(id)).with_error(error));
    }
}

/// The core's handle, speaking in JavaScript's numbers.
pub struct Handle {
    inner: provider::Handle,
    events: Events,
}

impl Handle {
    pub fn want(&self, ticket: u32, force: bool, now: Timestamp) {
        let events = self.events.clone();
        let done = move |outcome: Result<(), Error>| {
            let event = ProviderEvent::new("done", ticket.into());
            events.send(match outcome {
                Ok(()) => event,
                Err(error) => event.with_error(&error),
            });
        };
        self.inner.want(now, force, Box::new(done));
    }

    pub fn settle(&self, id: f64, now: Timestamp, delivery: Result<Delivery, Error>) {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "came from `number`"
        )]
        self.inner.settle(id as u64, now, delivery);
    }

    pub fn close(&self) {
        self.inner.close();
    }
}

/// Starts the task that keeps an [`Auth`] fed.
pub fn connect(
    policy: Policy,
    config: Config,
    notify: &Function<'_, ProviderEvent, ()>,
) -> Result<(Arc<Auth>, Handle), Failure> {
    let notify = notify
        .build_threadsafe_function::<ProviderEvent>()
        .callee_handled::<false>()
        .weak::<true>()
        .build()?;
    let events = Events(Arc::new(notify));
    let (auth, inner, task) = provider::connect(policy, config, events.clone());
    let runtime = runtime::handle()
        .map_err(|error| napi::Error::from_reason(format!("cannot start a thread: {error}")))?;
    runtime.spawn(task);
    Ok((auth, Handle { inner, events }))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "one request a second reaches 2^53 in 285 million years"
)]
fn number(id: u64) -> f64 {
    id as f64
}
