//! The WebAssembly half of the class `KlingAuth`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kling_auth_binding::auth::{self as entry, Supply};
use kling_auth_binding::network;
use kling_auth_binding::options::string;
use kling_auth_core::auth::{Auth, Issued};
use kling_auth_core::credentials::{CredentialKind, mask};
use kling_auth_core::error::Error;
use kling_auth_core::provider::{Action, Input, Moment, Provider};
use kling_auth_core::request::endpoint::{self, Base};
use kling_auth_core::time::Timestamp;

use crate::failure::Failure;
use crate::output;
use crate::raw::imports;
use crate::table::Table;
use crate::value::{Files, Js};

thread_local! {
    static HALVES: Table<Half> = const { Table::new() };
}

type Outcome = Result<i32, Failure>;

/// What one `KlingAuth` is here.
struct Half {
    auth: Auth,
    base: Base,
    /// Variables with further credentials, which the ones in use come before.
    passed_over: Vec<String>,
    fed: Option<Fed>,
}

/// The half of a `KlingAuth` that a provider feeds.
struct Fed {
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

/// Makes a half and returns its number.
pub fn create(options: Js, process_env: Js, has_provider: bool) -> Outcome {
    let setup = entry::setup(options, process_env, &Files, has_provider)?;
    let (auth, passed_over, fed) = match setup.supply {
        Supply::Held(found) => {
            let auth = Auth::new(found.credential, found.source, setup.policy);
            (auth, found.passed_over, None)
        }
        Supply::Provider(timeout) => {
            let nudge = Arc::new(Nudge(AtomicI64::new(Nudge::NONE)));
            let noted = Arc::clone(&nudge);
            let auth = Auth::with_provider(setup.policy, move |now| {
                noted.0.store(now.millis(), Ordering::Relaxed);
            });
            let fed = Fed {
                provider: RefCell::new(Provider::new(timeout)),
                actions: RefCell::default(),
                nudge,
            };
            (auth, Vec::new(), Some(fed))
        }
    };
    auth.set_clock_correction(setup.corrects_clock);
    let half = Half {
        auth,
        base: setup.base,
        passed_over,
        fed,
    };
    Ok(HALVES.with(|halves| halves.insert(half)).cast_signed())
}

/// Wipes and forgets a half that JavaScript has forgotten.
pub fn forget(half: u32) {
    HALVES.with(|halves| halves.remove(half));
}

/// Wipes the secret.
pub fn dispose(half: u32, moment: Moment) {
    with(half, |half| {
        half.auth.dispose();
        half.step(moment, || Some(Input::Close));
    });
}

/// Returns 1 if the token with the serial number `shown` is still the current one, else 0 with the
/// current one in the output.
pub fn read(half: u32, now: f64, shown: f64) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    with(half, |half| {
        Ok(half.auth.read(now, |issued| {
            #[allow(
                clippy::cast_precision_loss,
                clippy::float_cmp,
                reason = "whole numbers, exact up to 2^53 tokens"
            )]
            if issued.serial as f64 == shown {
                return 1;
            }
            show(issued);
            0
        })?)
    })
}

fn show(issued: &Issued) {
    output::fields(&[
        Some(issued.token.as_str()),
        output::date(issued.token.expires_at()).as_deref(),
        output::date(issued.refreshes_at).as_deref(),
        Some(&issued.serial.to_string()),
        Some(issued.reason.as_str()),
    ]);
}

fn show_token(issued: &Issued) -> i32 {
    output::fields(&[Some(issued.token.as_str())]);
    0
}

/// Signs anew.
pub fn refresh(half: u32, now: f64) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    with(half, |half| Ok(half.auth.refresh(now, show_token)?))
}

/// The cached token, or a new one from the credential at hand if `seen` is still the cached one.
pub fn renew(half: u32, seen: Js, now: f64) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    let seen = imports::text(seen.0)?;
    with(half, |half| Ok(half.auth.renew(now, &seen, show_token)?))
}

/// Drops the cached token.
pub fn invalidate(half: u32, seen: Js) -> Outcome {
    with(half, |half| entry::invalidate(&half.auth, seen))?;
    Ok(0)
}

/// Replaces the credential.
pub fn rotate(half: u32, credentials: Js) -> Outcome {
    with(half, |half| {
        entry::rotate(&half.auth, &half.base, credentials)
    })?;
    Ok(0)
}

/// What may be shown of it.
pub fn summary(half: u32) -> Outcome {
    with(half, |half| {
        let summary = half.auth.summary();
        output::fields(&[
            summary.disposed.then_some("disposed"),
            summary.kind.map(CredentialKind::as_str),
            summary.access_key.as_deref(),
            summary.access_key.as_deref().map(mask).as_deref(),
            Some(&summary.source.to_string()),
            output::date(summary.cached_until).as_deref(),
        ]);
        Ok(0)
    })
}

/// Variables with further credentials, which those in use come before.
pub fn passed_over(half: u32) -> Outcome {
    with(half, |half| {
        let variables = entry::passed_over(&half.auth, &half.passed_over).iter();
        let fields: Vec<_> = variables.map(|name| Some(name.as_str())).collect();
        output::fields(&fields);
        Ok(0)
    })
}

/// The base URL as it was found, with the name of the place.
pub fn base(half: u32) -> Outcome {
    with(half, |half| {
        output::fields(&[
            Some(half.base.name),
            Some(&half.base.url),
            half.base.overridden_region.as_deref(),
        ]);
        Ok(0)
    })
}

/// The paths of the two requests that only check the credentials.
pub fn probes(half: u32, now: f64) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    with(half, |half| {
        let [costs, tasks] = endpoint::probes(half.auth.skew().correct(now));
        output::fields(&[Some(&costs), Some(&tasks)]);
        Ok(0)
    })
}

/// Learns Kling's clock from a reply.
pub fn learn_clock(half: u32, bearer: Js, seen: Js) -> Outcome {
    with(half, |half| network::learn_clock(&half.auth, bearer, seen))?;
    Ok(0)
}

/// Returns 1 if `bearer` was made here, perhaps long ago.
pub fn has_issued(half: u32, bearer: Js) -> Outcome {
    let bearer = string("bearer", bearer)?;
    with(half, |half| Ok(half.auth.has_issued(&bearer).into()))
}

/// Kling's clock minus the local one, as measured.
pub fn clock_skew_sec(half: u32) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "seconds within a lifetime")]
    with(half, |half| half.auth.skew().measured_sec() as f64)
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
    fn step(&self, moment: Moment, input: impl FnOnce() -> Option<Input>) {
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

fn with<R>(half: u32, use_half: impl FnOnce(&Half) -> R) -> R {
    let half = HALVES.with(|halves| halves.get(half));
    use_half(&half)
}
