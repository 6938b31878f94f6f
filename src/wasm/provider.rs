//! The WebAssembly half of a `KlingAuth` that a provider feeds. JavaScript asks the provider and keeps
//! the timers; what it has to do next it asks for.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kling_auth_binding::auth as entry;
use kling_auth_binding::options::string;
use kling_auth_core::auth::{Auth, Policy};
use kling_auth_core::error::Error;
use kling_auth_core::provider::{Action, Input, Moment, Provider};
use kling_auth_core::time::Timestamp;

use crate::auth::{Half, Outcome, with};
use crate::failure::Failure;
use crate::output;
use crate::raw::imports;
use crate::value::Js;

/// The half of a `KlingAuth` that a provider feeds.
pub(crate) struct Fed {
    provider: RefCell<Provider>,
    /// What JavaScript has yet to do.
    actions: RefCell<VecDeque<Action>>,
    nudge: Arc<Nudge>,
}

/// When a read last found that the token is due.
struct Nudge(AtomicI64);

impl Nudge {
    const NONE: i64 = i64::MIN;

    fn take(&self) -> Option<Timestamp> {
        let millis = self.0.swap(Self::NONE, Ordering::Relaxed);
        (millis != Self::NONE).then(|| Timestamp::from_millis(millis))
    }
}

/// Asks for a valid token, or with `force` for a new one.
pub fn want(half: u32, ticket: u32, force: bool, now: f64, moment: Moment) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    with(half, |half| {
        half.check_open()?;
        half.step(moment, || Some(Input::Want { ticket, force, now }));
        Ok(0)
    })
}

/// Asks for another credential than the one in `bearer`.
pub fn refused(half: u32, ticket: u32, bearer: Js, now: f64, moment: Moment) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    let bearer = string("token", bearer)?;
    with(half, |half| {
        half.check_open()?;
        half.step(moment, || {
            Some(Input::Refused {
                ticket,
                bearer,
                now,
            })
        });
        Ok(0)
    })
}

/// The provider has something new.
pub fn news(half: u32, moment: Moment) {
    with(half, |half| half.step(moment, || Some(Input::News)));
}

/// Takes the provider's answer to the request `id`.
pub fn settle(half: u32, id: f64, answer: Js, now: f64, moment: Moment) -> Outcome {
    with(half, |half| {
        let id = request(id);
        let read = || {
            let now = Timestamp::checked("now()", now)?;
            Ok((now, entry::delivery(&half.base, answer)?))
        };
        read()
            .map(|(now, delivery)| {
                let delivery = Ok(delivery);
                half.step(moment, || Some(Input::Settled { id, delivery, now }));
                0
            })
            .inspect_err(|failure: &Failure| {
                let delivery = Err(Error::ProviderFailed(entry::unusable(failure.error())));
                let now = Timestamp::MIN;
                half.step(moment, || Some(Input::Settled { id, delivery, now }));
            })
    })
}

/// Takes note that the request `id` came to nothing.
pub fn fail(half: u32, id: f64, problem: Js, now: f64, moment: Moment) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    let problem = imports::text(problem.0)?.to_string();
    with(half, |half| {
        let delivery = Err(Error::ProviderFailed(problem));
        let id = request(id);
        half.step(moment, || Some(Input::Settled { id, delivery, now }));
    });
    Ok(0)
}

/// Does what has become due, by the clock or by a read.
pub fn tick(half: u32, moment: Moment) {
    with(half, |half| half.step(moment, || None));
}

/// When `tick` is due, in milliseconds of the moments' clock; -1 where it is not.
pub fn deadline(half: u32) -> f64 {
    with(half, |half| {
        let fed = half.fed.as_ref();
        fed.and_then(|fed| fed.provider.borrow().deadline())
            .map_or(-1.0, |at| at.as_secs_f64() * 1000.0)
    })
}

/// The next thing that JavaScript has to do, in the output; 0 where there is none.
pub fn action(half: u32) -> i32 {
    with(half, |half| {
        let next = half.fed.as_ref();
        let next = next.and_then(|fed| fed.actions.borrow_mut().pop_front());
        let Some(action) = next else { return 0 };
        put(action);
        1
    })
}

/// As `ProviderEvent` has it: event, id, reason, expiresAt, code, message.
fn put(action: Action) {
    let (event, id, reason, expires_at, error) = match action {
        Action::Request { id, reason } => ("request", id, Some(reason), None, None),
        Action::Abort { id } => ("abort", id, None, None, None),
        Action::Refreshed { reason, expires_at } => {
            ("refreshed", 0, Some(reason), expires_at, None)
        }
        Action::Failed { id, error } => ("failed", id, None, None, Some(error)),
        Action::Done { ticket, outcome } => ("done", ticket.into(), None, None, outcome.err()),
    };
    output::fields(&[
        Some(event),
        Some(&id.to_string()),
        reason.map(kling_auth_core::auth::RefreshReason::as_str),
        output::date(expires_at).as_deref(),
        error.as_ref().map(Error::code),
        error.as_ref().map(ToString::to_string).as_deref(),
    ]);
}

impl Fed {
    /// With the [`Auth`] that it feeds.
    pub fn new(policy: Policy, timeout: Duration) -> (Auth, Self) {
        let nudge = Arc::new(Nudge(AtomicI64::new(Nudge::NONE)));
        let noted = Arc::clone(&nudge);
        let auth = Auth::with_provider(policy, move |now| {
            noted.0.store(now.millis(), Ordering::Relaxed);
        });
        let fed = Self {
            provider: RefCell::new(Provider::new(timeout)),
            actions: RefCell::default(),
            nudge,
        };
        (auth, fed)
    }
}

impl Half {
    /// For an input that an event answers. After the end none would come.
    fn check_open(&self) -> Result<(), Failure> {
        if self.auth.summary().disposed {
            Err(Error::Disposed.into())
        } else {
            Ok(())
        }
    }

    /// Takes an input in, after what has become due meanwhile: timers may be late, or belong to a
    /// request that is gone.
    pub fn step(&self, moment: Moment, input: impl FnOnce() -> Option<Input>) {
        let Some(fed) = &self.fed else { return };
        let mut provider = fed.provider.borrow_mut();
        let mut actions = fed.actions.borrow_mut();
        let due = provider.deadline().filter(|at| *at <= moment.at);
        let due = due.map(|_| Input::Deadline);
        let nudge = fed.nudge.take().map(|now| Input::Nudge { now });
        for input in [due, nudge, input()].into_iter().flatten() {
            actions.extend(provider.handle(&self.auth, moment, input));
        }
    }
}

/// The moment at `at` milliseconds.
pub fn moment(at: f64, random: f64) -> Moment {
    Moment {
        at: Duration::try_from_secs_f64(at / 1000.0).unwrap_or_default(),
        random,
    }
}

fn request(id: f64) -> u64 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "came from a u64, one request a second"
    )]
    let id = id as u64;
    id
}
