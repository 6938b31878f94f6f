//! What requests to Kling need: where they may go, and Kling's clock.

use kling_auth_core::auth::Auth;
use kling_auth_core::request::endpoint::{self, Address, Base};
use kling_auth_core::request::skew::{Exchange, Verdict};
use kling_auth_core::time::Timestamp;
use kling_auth_core::token::whole_number;
use kling_auth_core::variables::Variables;

use crate::options::{Options, string};
use crate::value::{Outcome, Value};

/// Reads the options that JavaScript acts on, and returns the base URL they add up to.
pub fn base<V: Value>(
    options: &Options<V>,
    environment: &mut impl Variables<Error = V::Failure>,
) -> Outcome<Base, V> {
    options.strings("allowedOrigins")?;
    options.check_function("fetch")?;
    let base_url = options.plain_string("baseUrl")?;
    let region = options.plain_string("region")?;
    Base::resolve(base_url, region.as_deref(), |name| {
        Ok(environment.value(name)?.map(|url| url.to_string()))
    })
}

/// Learns Kling's clock from a reply to a request that carried `bearer`.
pub fn learn_clock<V: Value>(auth: &Auth, bearer: V, seen: V) -> Outcome<(), V> {
    let bearer = string("bearer", bearer)?;
    let seen = Options::new(
        "seen",
        seen,
        &["sent", "received", "date", "cached", "ok", "code"],
    )?;
    let time = |name| -> Outcome<Timestamp, V> {
        Ok(Timestamp::checked(
            "now()",
            seen.number(name)?.unwrap_or(f64::NAN),
        )?)
    };
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
    auth.learn_clock(&exchange, Verdict::of(ok, code), &bearer);
    Ok(())
}

/// Refuses a URL that credentials cannot be sent to; with `bare`, one that has a path.
///
/// `url` has those of its parts that decide it: `protocol` with its colon, `hostname` with an IPv6
/// address in its brackets, `pathname`, and whether there are any others. `undefined` stands for
/// text that is no URL.
pub fn check_url<V: Value>(argument: String, url: V, bare: bool) -> Outcome<(), V> {
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
}

/// Reads the options of `verify`: its time-out in milliseconds, and the signal.
pub fn verify_options<V: Value>(options: V) -> Outcome<(i64, Option<V>), V> {
    /// Long enough for a slow network, short enough for somebody who waits.
    const DEFAULT_MS: i64 = 10_000;
    let options = Options::new("options", options, &["timeoutMs", "signal"])?;
    let signal = options.object("signal")?;
    let timeout = options.number("timeoutMs")?;
    let timeout = whole_number("timeoutMs", timeout, 1..=600_000, "milliseconds")?;
    Ok((timeout.unwrap_or(DEFAULT_MS), signal))
}
