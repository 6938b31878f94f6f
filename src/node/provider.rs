//! JavaScript provider functions behind the core's rules: calls go out as events, answers come in
//! through `NativeAuth`.

use std::sync::Arc;

use kling_auth_core::auth::{Auth, Policy};
use kling_auth_core::error::Error;
use kling_auth_core::provider::{Action, Provider};
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;

use crate::driver::{self, Driver};
use crate::error::Failure;
use crate::raw::value::millis;
use crate::runtime;

/// What one provider's JavaScript half is told.
struct Event {
    /// Its number in the JavaScript half's list.
    provider: u32,
    what: What,
}

enum What {
    Happened(Action),
    /// Nothing else will come.
    Ended,
}

/// `(provider, event, id, reason, expiresAt, code, message)`: arguments, since members that are set
/// on an object can run a stranger's setter.
type Arguments = FnArgs<(
    u32,
    &'static str,
    f64,
    Option<&'static str>,
    Option<f64>,
    Option<&'static str>,
    Option<String>,
)>;

impl Event {
    fn into_arguments(self) -> Arguments {
        let told = |event, id, error: Option<Error>| {
            let code = error.as_ref().map(Error::code);
            let message = error.map(|error| error.to_string());
            (self.provider, event, id, None, None, code, message)
        };
        match self.what {
            What::Happened(Action::Request { id, reason }) => {
                let mut arguments = told("request", number(id), None);
                arguments.3 = Some(reason.as_str());
                arguments
            }
            What::Happened(Action::Abort { id }) => told("abort", number(id), None),
            What::Happened(Action::Refreshed { reason, expires_at }) => {
                let mut arguments = told("refreshed", 0.0, None);
                arguments.3 = Some(reason.as_str());
                arguments.4 = expires_at.map(millis);
                arguments
            }
            What::Happened(Action::Failed { id, error }) => told("failed", number(id), Some(error)),
            What::Happened(Action::Done { ticket, outcome }) => {
                told("done", ticket.into(), outcome.err())
            }
            What::Ended => told("ended", 0.0, None),
        }
        .into()
    }
}

/// Weak: it keeps no process alive.
type Notify = ThreadsafeFunction<Event, (), Arguments, Status, false, true>;

/// The way from the thread of timers to JavaScript, one for all providers of an environment: Node.js
/// looks at all such ways whenever one of them is used.
#[napi]
pub struct ProviderEvents {
    notify: Arc<Notify>,
    /// Never called: holds the event loop.
    awake: ThreadsafeFunction<(), (), (), Status, false, true>,
}

#[napi]
impl ProviderEvents {
    /// `notify` hears of what happens, in the order in which it happens.
    ///
    /// `request`: call the provider. `abort`: its answer is no longer wanted. `refreshed`: a new
    /// token is in place. `failed`: a request came to nothing. `done`: the outcome for the ticket
    /// `id`. `ended`: there is nothing more to hear.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the type that napi converts to"
    )]
    #[napi(constructor, catch_unwind)]
    pub fn new(
        #[napi(
            ts_arg_type = "(provider: number, event: 'request' | 'abort' | 'refreshed' | 'failed' | 'done' | 'ended', id: number, reason: import('./index').KlingRefreshReason | null, expiresAt: number | null, code: string | null, message: string | null) => void"
        )]
        notify: Function<'_, Arguments, ()>,
    ) -> napi::Result<Self> {
        let notify_all = notify
            .build_threadsafe_function::<Event>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|context| Ok(context.value.into_arguments()))?;
        let awake = notify
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|_| Ok(()))?;
        Ok(Self {
            notify: Arc::new(notify_all),
            awake,
        })
    }

    /// Whether somebody waits, which keeps the process alive. Not by a timer: those can be replaced.
    #[allow(
        deprecated,
        reason = "advised against for counting owners; this is about the event loop"
    )]
    #[napi(catch_unwind)]
    pub fn stay_awake(&mut self, env: Env, awake: bool) -> napi::Result<()> {
        if awake {
            self.awake.refer(&env)
        } else {
            self.awake.unref(&env)
        }
    }
}

/// Starts the task that keeps an [`Auth`] fed. `number` is that of the JavaScript half.
pub fn connect(
    policy: Policy,
    provider: Provider,
    events: &ProviderEvents,
    number: u32,
) -> Result<(Arc<Auth>, Driver), Failure> {
    let notify = Arc::clone(&events.notify);
    let send = move |what| {
        let event = Event {
            provider: number,
            what,
        };
        // Refused only by an environment that is closing, and then nobody waits any more.
        notify.call(event, ThreadsafeFunctionCallMode::NonBlocking);
    };
    let runtime = runtime::handle()
        .map_err(|error| napi::Error::from_reason(format!("cannot start a thread: {error}")))?;
    let told = send.clone();
    let (auth, driver, task) =
        driver::connect(policy, provider, move |action| told(What::Happened(action)));
    runtime.spawn(async move {
        task.await;
        send(What::Ended);
    });
    Ok((auth, driver))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "one request a second reaches 2^53 in 285 million years"
)]
fn number(id: u64) -> f64 {
    id as f64
}

/// A request's number, as it comes back.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "came from `number`"
)]
pub fn request_id(id: f64) -> u64 {
    id as u64
}
