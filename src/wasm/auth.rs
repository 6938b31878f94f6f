//! The WebAssembly half of the class `KlingAuth`.

use kling_auth_binding::auth::{self as entry, Supply};
use kling_auth_binding::network;
use kling_auth_binding::options::string;
use kling_auth_core::auth::{Auth, Issued};
use kling_auth_core::credentials::{CredentialKind, mask};
use kling_auth_core::provider::{Input, Moment};
use kling_auth_core::request::endpoint::{self, Base};
use kling_auth_core::time::Timestamp;

use crate::failure::Failure;
use crate::output;
use crate::provider::Fed;
use crate::raw::imports;
use crate::table::Table;
use crate::value::{Files, Js};

thread_local! {
    static HALVES: Table<Half> = const { Table::new() };
}

pub(crate) type Outcome = Result<i32, Failure>;

/// What one `KlingAuth` is here.
pub(crate) struct Half {
    pub auth: Auth,
    pub base: Base,
    /// Variables with further credentials, which the ones in use come before.
    passed_over: Vec<String>,
    pub fed: Option<Fed>,
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
            let (auth, fed) = Fed::new(setup.policy, timeout);
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

/// The serial number of the token that is fresh at `now`; 0 where there is none. Changes nothing.
pub fn fresh(half: u32, now: f64) -> f64 {
    let serial = Timestamp::checked("now()", now)
        .ok()
        .and_then(|now| with(half, |half| half.auth.fresh_serial(now)));
    #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53 tokens")]
    serial.map_or(0.0, |serial| serial as f64)
}

/// Leaves the current token in the output.
pub fn read(half: u32, now: f64) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    with(half, |half| {
        half.auth.read(now, show)?;
        Ok(0)
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

pub(crate) fn with<R>(half: u32, use_half: impl FnOnce(&Half) -> R) -> R {
    let half = HALVES.with(|halves| halves.get(half));
    use_half(&half)
}
