//! Instances: what they are made from, and what is done to them by hand.

use std::time::Duration;

use kling_auth_core::auth::{Auth, Policy};
use kling_auth_core::error::Error;
use kling_auth_core::provider::{self, Delivery};
use kling_auth_core::request::endpoint::Base;
use kling_auth_core::sources::{self, Found, Source, check_prefix, resolve};
use kling_auth_core::time::Timestamp;
use kling_auth_core::token::Lifetime;

use crate::network;
use crate::options::{Environment, Files, Options, given_keys, optional_string};
use crate::value::{Outcome, Value};

const OPTIONS: [&str; 19] = [
    "accessKey",
    "secretKey",
    "apiKey",
    "credentials",
    "bufferSec",
    "ttlSec",
    "clockToleranceSec",
    "env",
    "prefix",
    "providerTimeoutMs",
    "apiKeyMaxAgeSec",
    "onRefresh",
    "onError",
    "now",
    "baseUrl",
    "region",
    "allowedOrigins",
    "correctClock",
    "fetch",
];

/// What the options of `KlingAuth` come to.
pub struct Setup {
    /// How tokens are made.
    pub policy: Policy,
    /// Where requests go.
    pub base: Base,
    /// Whether Kling's clock is followed.
    pub corrects_clock: bool,
    /// Where tokens come from.
    pub supply: Supply,
}

/// Where tokens come from.
pub enum Supply {
    /// A credential at hand, and variables with further ones, which it comes before.
    Held(Found),
    /// A provider, which may take as long as this.
    Provider(Duration),
}

/// Reads the options of `KlingAuth`.
pub fn setup<V: Value>(
    options: V,
    process_env: V,
    files: &impl Files<V>,
    has_provider: bool,
) -> Outcome<Setup, V> {
    let options = Options::new("options", options, &OPTIONS)?;
    let lifetime = Lifetime::new(
        options.number("ttlSec")?,
        options.number("clockToleranceSec")?,
    )?;
    let policy = Policy::new(lifetime, options.number("bufferSec")?)?
        .with_api_key_max_age(options.number("apiKeyMaxAgeSec")?)?;
    let timeout = provider::timeout(options.number("providerTimeoutMs")?)?;
    for function in ["onRefresh", "onError", "now"] {
        options.check_function(function)?;
    }
    let prefix = options.string("prefix")?.unwrap_or_default();
    check_prefix(&prefix)?;
    let mut environment = Environment::new(&options, process_env, files)?;
    let base = network::base(&options, &mut environment)?;
    let supply = if has_provider {
        for second in ["accessKey", "secretKey", "apiKey", "prefix"] {
            if options.has(second)? {
                let (first, second) = ("credentials".into(), second.into());
                return Err(Error::ConflictingOptions { first, second }.into());
            }
        }
        Supply::Provider(timeout)
    } else {
        Supply::Held(resolve(
            given_keys(&options)?,
            &prefix,
            base.host(),
            environment,
        )?)
    };
    Ok(Setup {
        policy,
        base,
        corrects_clock: options.boolean("correctClock")?.unwrap_or(true),
        supply,
    })
}

/// Drops the cached token, or only `seen` if that is the cached one.
pub fn invalidate<V: Value>(auth: &Auth, seen: V) -> Outcome<(), V> {
    let seen = optional_string("token", seen)?;
    Ok(auth.invalidate(seen.as_ref().map(|seen| seen.as_str()))?)
}

/// Replaces the credential.
pub fn rotate<V: Value>(auth: &Auth, base: &Base, credentials: V) -> Outcome<(), V> {
    let options = Options::required(
        "credentials",
        credentials,
        &["accessKey", "secretKey", "apiKey"],
    )?;
    let credential = sources::credential_of(given_keys(&options)?, base.host())?;
    Ok(auth.rotate(credential)?)
}

/// Of the variables with further credentials those that still count: none once the credential was
/// replaced.
#[must_use]
pub fn passed_over<'a>(auth: &Auth, variables: &'a [String]) -> &'a [String] {
    match auth.summary().source {
        Source::Environment(_) => variables,
        Source::Options | Source::Provider => &[],
    }
}

/// What a provider has answered.
pub fn delivery<V: Value>(base: &Base, answer: V) -> Outcome<Delivery, V> {
    let options = Options::required(
        "the provider's answer",
        answer,
        &["accessKey", "secretKey", "apiKey", "expiresAt"],
    )?;
    let credential = sources::credential_of(given_keys(&options)?, base.host())?;
    let expires_at = match options.date("expiresAt")? {
        Some(millis) => Some(Timestamp::checked("expiresAt", millis)?),
        None => None,
    };
    Ok(Delivery {
        credential,
        expires_at,
    })
}

/// Why an answer that [`delivery`] fails with is none; `error` unless reading it has thrown.
#[must_use]
pub fn unusable(error: Option<&Error>) -> String {
    match error {
        Some(error) => format!("what it returned cannot be used: {error}"),
        None => "reading what it returned has thrown".to_owned(),
    }
}

/// Reads the options of `getToken`: whether a new token is wanted in any case, and the signal.
pub fn get_token_options<V: Value>(options: V) -> Outcome<(bool, Option<V>), V> {
    let options = Options::new("options", options, &["signal", "forceRefresh"])?;
    let signal = options.object("signal")?;
    Ok((options.boolean("forceRefresh")?.unwrap_or(false), signal))
}
