//! What requests to Kling need of the native side: where they may go, and Kling's clock.

use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;
use zeroize::Zeroizing;

use super::auth::NativeAuth;
use super::error::Failure;
use super::options::{Options, string};
use super::raw::value::moment;
use kling_auth_core::credentials::CredentialKind;
use kling_auth_core::request::endpoint::{self, Address};
use kling_auth_core::request::skew::{Exchange, Verdict};
use kling_auth_core::time::Timestamp;
use kling_auth_core::token::whole_number;

#[napi]
impl NativeAuth {
    /// The base URL as it was found, with the name of the place.
    #[napi(catch_unwind)]
    pub fn base(&self) -> FoundBase {
        FoundBase {
            name: self.base.name,
            url: self.base.url.clone(),
            overridden_region: self.base.overridden_region.clone(),
        }
    }

    /// The paths of the two requests that only check the credentials, at the local time `now`.
    #[napi(catch_unwind, ts_return_type = "[string, string]")]
    pub fn probes(&self, env: Env, now: f64) -> napi::Result<Vec<String>> {
        let now = Timestamp::checked("now()", now)
            .map_err(|error| Failure::from(error).into_exception(env))?;
        Ok(endpoint::probes(self.auth.skew().correct(now)).into())
    }

    /// Learns Kling's clock from a reply to a request that carried `bearer`, both at local times in
    /// milliseconds. `date` is a header, `cached` whether there is a header `Age`, `code` Kling's.
    #[napi(catch_unwind)]
    pub fn learn_clock(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] bearer: Unknown<'_>,
        #[napi(
            ts_arg_type = "{ sent: number, received: number, date: string | undefined, cached: boolean, ok: boolean, code: number | undefined }"
        )]
        seen: Unknown<'_>,
    ) -> napi::Result<()> {
        let learn = || {
            let bearer = string("bearer", bearer)?;
            let seen = Options::new(
                "seen",
                seen,
                &["sent", "received", "date", "cached", "ok", "code"],
            )?;
            let time = |name| moment(seen.number(name)?);
            let date = seen.plain_string("date")?;
            let exchange = Exchange {
                sent: time("sent")?,
                received: time("received")?,
                date: date.as_deref(),
                cached: seen.boolean("cached")?.unwrap_or(false),
            };
            let ok = seen.boolean("ok")?.unwrap_or(false);
            #[allow(clippy::cast_possible_truncation, reason = "came from an i64")]
            let code = seen.number("code")?.map(|code| code as i64);
            self.auth
                .learn_clock(&exchange, Verdict::of(ok, code), &bearer);
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
    /// The option `region`, where it was set and something else goes before it.
    pub overridden_region: Option<String>,
}

/// Refuses a URL that credentials cannot be sent to; with `bare`, one that has a path.
///
/// `url` has those of its parts that decide it: `protocol` with its colon, `hostname` with an IPv6
/// address in its brackets, `pathname`, and whether there are any others. `undefined` stands for
/// text that is no URL.
#[napi(catch_unwind)]
pub fn check_url(
    env: Env,
    argument: String,
    #[napi(
        ts_arg_type = "{ protocol: string, hostname: string, pathname: string, hasExtras: boolean } | undefined"
    )]
    url: Unknown<'_>,
    bare: bool,
) -> napi::Result<()> {
    let check = || {
        let url = Options::new(
            "url",
            url,
            &["protocol", "hostname", "pathname", "hasExtras"],
        )?;
        let (Some(protocol), Some(hostname), Some(pathname)) = (
            url.plain_string("protocol")?,
            url.plain_string("hostname")?,
            url.plain_string("pathname")?,
        ) else {
            return Err(endpoint::not_a_url(argument).into());
        };
        let address = Address {
            protocol,
            hostname,
            pathname,
            has_extras: url.boolean("hasExtras")?.unwrap_or(false),
        };
        Ok(endpoint::check(&argument, &address, bare)?)
    };
    check().map_err(|failure: Failure| failure.into_exception(env))
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
