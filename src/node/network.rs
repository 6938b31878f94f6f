//! What requests to Kling need of the native side: where they may go, and Kling's clock.

use napi::Env;
use napi::bindgen_prelude::{Object, Unknown};
use napi_derive::napi;
use zeroize::Zeroizing;

use super::auth::NativeAuth;
use super::error::Failure;
use super::options::{Options, environment};
use crate::clock::Timestamp;
use crate::credentials::CredentialKind;
use crate::endpoint::{self, Address, Base};
use crate::skew::{Exchange, Verdict};
use crate::token::whole_number;

/// Reads the options that JavaScript acts on, and returns the base URL they add up to.
pub fn base(options: &Options<'_>, process_env: Object<'_>) -> Result<Base, Failure> {
    options.check_strings("allowedOrigins")?;
    options.check_function("fetch")?;
    let variable = environment(options, process_env)?;
    let string = |value: Option<Zeroizing<String>>| value.map(|value| value.to_string());
    let base_url = string(options.string("baseUrl")?);
    let region = string(options.string("region")?);
    Base::resolve(base_url, region.as_deref(), |name| {
        Ok(string(variable(name)?))
    })
}

/// A reply, and the request it answers.
#[napi(object, object_to_js = false)]
pub struct Observation {
    /// The bearer token that was sent.
    pub bearer: String,
    /// Local time in milliseconds.
    pub sent: f64,
    /// Local time in milliseconds.
    pub received: f64,
    /// The header `Date`.
    #[napi(ts_type = "string | undefined")]
    pub date: Option<String>,
    /// There is a header `Age`.
    pub cached: bool,
    /// Success.
    pub ok: bool,
    /// The service code.
    #[napi(ts_type = "number | undefined")]
    pub code: Option<i64>,
}

#[napi]
impl NativeAuth {
    /// The base URL as it was found, with the name of the place.
    #[napi(catch_unwind)]
    pub fn base(&self) -> FoundBase {
        FoundBase {
            name: self.base.name,
            url: self.base.url.clone(),
        }
    }

    /// The paths of the two requests that only check the credentials, at the local time `now`.
    #[napi(catch_unwind, ts_return_type = "[string, string]")]
    pub fn probes(&self, env: Env, now: f64) -> napi::Result<Vec<String>> {
        let now = Timestamp::checked("now()", now)
            .map_err(|error| Failure::from(error).into_exception(env))?;
        Ok(endpoint::probes(self.auth.skew().correct(now)).into())
    }

    /// Learns Kling's clock from a reply.
    #[napi(catch_unwind)]
    pub fn learn_clock(&self, env: Env, seen: Observation) -> napi::Result<()> {
        let learn = || {
            let Observation {
                bearer, date, code, ..
            } = seen;
            let bearer = Zeroizing::new(bearer);
            let exchange = Exchange {
                sent: Timestamp::checked("now()", seen.sent)?,
                received: Timestamp::checked("now()", seen.received)?,
                date: date.as_deref(),
                cached: seen.cached,
            };
            self.auth
                .learn_clock(&exchange, Verdict::of(seen.ok, code), &bearer);
            Ok(())
        };
        learn().map_err(|failure: Failure| failure.into_exception(env))
    }

    /// Kling's clock minus the local one, as measured.
    #[napi(catch_unwind)]
    pub fn clock_skew_sec(&self) -> i64 {
        self.auth.skew().measured_sec()
    }
}

/// A base URL, not yet looked at.
#[napi(object, object_from_js = false)]
pub struct FoundBase {
    /// The option or variable.
    pub name: &'static str,
    /// Its value.
    pub url: String,
}

/// The parts of a URL that decide whether credentials may go there.
#[napi(object, object_to_js = false)]
pub struct UrlParts {
    /// With its colon.
    pub protocol: String,
    /// An IPv6 address in its brackets.
    pub hostname: String,
    /// At least `/`.
    pub pathname: String,
    /// User name or password, query or fragment.
    pub has_extras: bool,
}

/// Refuses a URL that credentials cannot be sent to; with `bare`, one that has a path.
/// `undefined` stands for text that is no URL.
#[napi(catch_unwind)]
pub fn check_url(
    env: Env,
    argument: String,
    url: Option<UrlParts>,
    bare: bool,
) -> napi::Result<()> {
    let checked = match url {
        Some(url) => endpoint::check(
            &argument,
            &Address {
                protocol: url.protocol,
                hostname: url.hostname,
                pathname: url.pathname,
                has_extras: url.has_extras,
            },
            bare,
        ),
        None => Err(endpoint::not_a_url(argument)),
    };
    checked.map_err(|error| Failure::from(error).into_exception(env))
}

/// Refuses a request to an origin that is neither that of the base URL nor an allowed one.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the types that napi converts to"
)]
#[napi(catch_unwind)]
pub fn check_destination(
    env: Env,
    origin: String,
    base: String,
    allowed: Vec<String>,
) -> napi::Result<()> {
    endpoint::check_destination(&origin, &base, &allowed)
        .map_err(|error| Failure::from(error).into_exception(env))
}

/// The name of a bearer token's kind.
#[napi(catch_unwind, ts_return_type = "'jwt' | 'apiKey'")]
pub fn credential_of(bearer: String) -> &'static str {
    CredentialKind::of(&Zeroizing::new(bearer)).as_str()
}

/// Checks the options of `verify` and returns its time-out in milliseconds.
#[napi(catch_unwind)]
pub fn verify_timeout_ms(env: Env, options: Unknown<'_>) -> napi::Result<i64> {
    /// Long enough for a slow network, short enough for somebody who waits.
    const DEFAULT_MS: i64 = 10_000;
    let read = || {
        let options = Options::new("options", options, &["timeoutMs", "signal"])?;
        options.object("signal")?;
        let timeout = options.number("timeoutMs")?;
        Ok(whole_number("timeoutMs", timeout, 1..=600_000, "milliseconds")?.unwrap_or(DEFAULT_MS))
    };
    read().map_err(|failure: Failure| failure.into_exception(env))
}
