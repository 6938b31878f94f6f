//! The native half of the class `KlingAuth`.

use std::sync::Arc;

use napi::bindgen_prelude::{Function, Object, Unknown};
use napi::{Env, JsString};
use napi_derive::napi;
use zeroize::Zeroizing;

use super::error::Failure;
use super::options::{Options, base_url, environment, explicit, optional_string};
use super::provider::{self, Handle, ProviderEvent};
use super::raw::bound::BoundFunction;
use super::raw::reader;
use super::raw::value::{millis, moment};
use crate::clock;
use kling_auth_core::auth::{Auth, Policy};
use kling_auth_core::credentials::{CredentialKind, mask};
use kling_auth_core::error::Error;
use kling_auth_core::provider::{Config, Delivery};
use kling_auth_core::request::endpoint::Base;
use kling_auth_core::sources::{self, Source, check_prefix, resolve};
use kling_auth_core::time::Timestamp;
use kling_auth_core::token::Lifetime;

const OPTIONS: [&str; 18] = [
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
    "onRefresh",
    "onError",
    "now",
    "baseUrl",
    "region",
    "allowedOrigins",
    "correctClock",
    "fetch",
];

/// Holds the secret where JavaScript cannot reach it.
#[napi]
pub struct NativeAuth {
    pub(super) auth: Arc<Auth>,
    pub(super) base: Base,
    provider: Option<Handle>,
    /// Variables with further credentials, which the ones in use come before.
    passed_over: Vec<String>,
}

#[napi]
impl NativeAuth {
    /// `options` as `KlingAuth` takes them. With the option `credentials`, what happens to the
    /// provider is told to `notify`.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        env: Env,
        options: Unknown<'_>,
        process_env: Object<'_>,
        #[napi(ts_arg_type = "(event: ProviderEvent) => void")] notify: Option<
            Function<'_, ProviderEvent, ()>,
        >,
    ) -> napi::Result<Self> {
        let create = || {
            let options = Options::new("options", options, &OPTIONS)?;
            let lifetime = Lifetime::new(
                options.number("ttlSec")?,
                options.number("clockToleranceSec")?,
            )?;
            let policy = Policy::new(lifetime, options.number("bufferSec")?)?;
            let config = Config::new(options.number("providerTimeoutMs")?)?;
            for function in ["credentials", "onRefresh", "onError", "now"] {
                options.check_function(function)?;
            }
            let prefix = options.string("prefix")?.unwrap_or_default();
            check_prefix(&prefix)?;
            let base = base_url(&options, process_env)?;
            let (auth, provider, passed_over) = if let Some(notify) = notify {
                for second in ["accessKey", "secretKey", "apiKey", "prefix"] {
                    if options.has(second)? {
                        let first = "credentials";
                        return Err(Error::ConflictingOptions { first, second }.into());
                    }
                }
                let (auth, handle) = provider::connect(policy, config, &notify)?;
                (auth, Some(handle), Vec::new())
            } else {
                let variables = environment(&options, process_env)?;
                let found = resolve(explicit(&options)?, &prefix, base.host(), variables)?;
                let auth = Auth::new(found.credential, found.source, policy);
                (Arc::new(auth), None, found.passed_over)
            };
            auth.set_clock_correction(options.boolean("correctClock")?.unwrap_or(true));
            Ok(Self {
                auth,
                base,
                provider,
                passed_over,
            })
        };
        create().map_err(|failure: Failure| failure.into_exception(env))
    }

    /// A function that returns the current token, replaced if it is stale.
    #[napi(
        catch_unwind,
        ts_return_type = "(now?: number) => { token: string; expiresAt: number | null; refreshesAt: number | null; serial: number; reason: string }"
    )]
    pub fn reader(&self, env: Env) -> napi::Result<BoundFunction> {
        reader::reader(env, Arc::clone(&self.auth))
    }

    /// A function that signs anew and returns the token.
    #[napi(catch_unwind, ts_return_type = "(now?: number) => string")]
    pub fn refresher(&self, env: Env) -> napi::Result<BoundFunction> {
        reader::refresher(env, Arc::clone(&self.auth))
    }

    /// Drops the cached token, or only `seen` if that is the cached one.
    #[napi(catch_unwind)]
    pub fn invalidate(&self, env: Env, seen: Unknown<'_>) -> napi::Result<()> {
        let invalidate = || {
            let seen = optional_string("token", seen)?;
            Ok(self
                .auth
                .invalidate(seen.as_ref().map(|seen| seen.as_str()))?)
        };
        invalidate().map_err(|failure: Failure| failure.into_exception(env))
    }

    /// The cached token, or a new one from the credential at hand if `seen` is still the cached one.
    #[napi(catch_unwind)]
    pub fn renew<'env>(
        &self,
        env: &'env Env,
        seen: String,
        now: Option<f64>,
    ) -> napi::Result<JsString<'env>> {
        let renew = || {
            let (seen, now) = (Zeroizing::new(seen), moment(now)?);
            Ok(self.auth.renew(now, &seen, |issued| {
                env.create_string(issued.token.as_str())
            })??)
        };
        renew().map_err(|failure: Failure| failure.into_exception(*env))
    }

    /// Replaces the credential.
    #[napi(catch_unwind)]
    pub fn rotate(&self, env: Env, credentials: Unknown<'_>) -> napi::Result<()> {
        let rotate = || {
            let options = Options::required(
                "credentials",
                credentials,
                &["accessKey", "secretKey", "apiKey"],
            )?;
            Ok(self
                .auth
                .rotate(sources::explicit(explicit(&options)?, self.base.host())?)?)
        };
        rotate().map_err(|failure: Failure| failure.into_exception(env))
    }

    /// Asks for a valid token, or with `force` for a new one. The event `done` carries `ticket`.
    #[napi(catch_unwind)]
    pub fn want(&self, env: Env, ticket: u32, force: bool, now: Option<f64>) -> napi::Result<()> {
        let want = || {
            let now = moment(now)?;
            if let Some(handle) = &self.provider {
                handle.want(ticket, force, now);
            }
            Ok(())
        };
        want().map_err(|failure: Failure| failure.into_exception(env))
    }

    /// Takes the provider's answer to the request `id`. Throws if it is no credential, which
    /// leaves the request open for `fail`.
    #[napi(catch_unwind)]
    pub fn settle(
        &self,
        env: Env,
        id: f64,
        answer: Unknown<'_>,
        now: Option<f64>,
    ) -> napi::Result<()> {
        let settle = || {
            let now = moment(now)?;
            let options = Options::required(
                "the provider's answer",
                answer,
                &["accessKey", "secretKey", "apiKey", "expiresAt"],
            )?;
            let credential = sources::explicit(explicit(&options)?, self.base.host())?;
            let expires_at = match options.date("expiresAt")? {
                Some(millis) => Some(Timestamp::checked("expiresAt", millis)?),
                None => None,
            };
            if let Some(handle) = &self.provider {
                handle.settle(
                    id,
                    now,
                    Ok(Delivery {
                        credential,
                        expires_at,
                    }),
                );
            }
            Ok(())
        };
        settle().map_err(|failure: Failure| failure.into_exception(env))
    }

    /// Tells that the request `id` came to nothing, for a reason known to JavaScript.
    #[napi(catch_unwind)]
    pub fn fail(&self, id: f64, problem: String) {
        if let Some(handle) = &self.provider {
            handle.settle(id, clock::now(), Err(Error::ProviderFailed(problem)));
        }
    }

    /// Variables with further credentials, which those in use come before. None once they were
    /// replaced.
    #[napi(catch_unwind)]
    pub fn passed_over(&self) -> Vec<String> {
        match self.auth.summary().source {
            Source::Environment(_) => self.passed_over.clone(),
            Source::Options | Source::Provider => Vec::new(),
        }
    }

    /// For `util.inspect`: shows no secret, signs nothing, never throws.
    #[napi(catch_unwind)]
    pub fn summary(&self) -> Summary {
        let summary = self.auth.summary();
        Summary {
            disposed: summary.disposed,
            kind: summary.kind.map(CredentialKind::as_str),
            masked_access_key: summary.access_key.as_deref().map(mask),
            access_key: summary.access_key,
            source: summary.source.to_string(),
            expires_at: summary.cached_until.map(millis),
        }
    }

    /// Wipes the secret; every later call but `summary` and `dispose` throws.
    #[napi(catch_unwind)]
    pub fn dispose(&self) {
        self.auth.dispose();
        if let Some(handle) = &self.provider {
            handle.close();
        }
    }
}

/// Checks the options of `getToken` and returns whether a new token is wanted in any case.
#[napi(catch_unwind)]
pub fn check_get_token_options(env: Env, options: Unknown<'_>) -> napi::Result<bool> {
    let check = || {
        let options = Options::new("options", options, &["signal", "forceRefresh"])?;
        options.object("signal")?;
        Ok(options.boolean("forceRefresh")?.unwrap_or(false))
    };
    check().map_err(|failure: Failure| failure.into_exception(env))
}

/// What may be shown of a `NativeAuth`.
#[napi(object, object_from_js = false)]
pub struct Summary {
    /// Whether it has been disposed.
    pub disposed: bool,
    /// `jwt` or `apiKey`; absent where there is no credential.
    #[napi(ts_type = "'jwt' | 'apiKey'")]
    pub kind: Option<&'static str>,
    /// The access key of a pair.
    pub access_key: Option<String>,
    /// The access key with its middle left out.
    pub masked_access_key: Option<String>,
    /// `options`, `env:<name>` or `provider`.
    pub source: String,
    /// The end of the cached token in milliseconds; absent where there is none.
    pub expires_at: Option<f64>,
}
