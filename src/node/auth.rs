//! The native half of the class `KlingAuth`.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Object, Unknown};
use napi_derive::napi;

use super::bound::BoundFunction;
use super::error::Failure;
use super::network;
use super::options::{Options, key_pair, optional_string};
use super::reader;
use crate::auth::{Auth, Policy};
use crate::clock::Timestamp;
use crate::credentials::mask;
use crate::endpoint::Base;
use crate::token::Lifetime;

/// Holds the secret where JavaScript cannot reach it.
#[napi]
pub struct NativeAuth {
    pub(super) auth: Arc<Auth>,
    pub(super) base: Base,
}

#[napi]
impl NativeAuth {
    /// `options` as `KlingAuth` takes them.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, options: Unknown<'_>, process_env: Object<'_>) -> napi::Result<Self> {
        let create = || {
            let options = Options::new(
                "options",
                options,
                &[
                    "accessKey",
                    "secretKey",
                    "bufferSec",
                    "ttlSec",
                    "clockToleranceSec",
                    "env",
                    "now",
                    "baseUrl",
                    "region",
                    "allowedOrigins",
                    "correctClock",
                    "fetch",
                ],
            )?;
            let lifetime = Lifetime::new(
                options.number("ttlSec")?,
                options.number("clockToleranceSec")?,
            )?;
            let policy = Policy::new(lifetime, options.number("bufferSec")?)?;
            options.check_function("now")?;
            let base = network::base(&options, process_env)?;
            let pair = key_pair(&options, process_env)?;
            let auth = Auth::new(pair, policy);
            auth.set_clock_correction(options.boolean("correctClock")?.unwrap_or(true));
            Ok(Self {
                auth: Arc::new(auth),
                base,
            })
        };
        create().map_err(|failure: Failure| failure.into_exception(env))
    }

    /// A function that returns the current token, signed anew if it is stale.
    #[napi(
        catch_unwind,
        ts_return_type = "(now?: number) => { token: string; expiresAt: number; refreshesAt: number }"
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
    pub fn invalidate(
        &self,
        env: Env,
        #[napi(ts_arg_type = "unknown")] seen: Unknown<'_>,
    ) -> napi::Result<()> {
        let invalidate = || {
            let seen = optional_string("token", seen)?;
            Ok(self
                .auth
                .invalidate(seen.as_ref().map(|seen| seen.as_str()))?)
        };
        invalidate().map_err(|failure: Failure| failure.into_exception(env))
    }

    /// The access key.
    #[napi(catch_unwind)]
    pub fn access_key(&self, env: Env) -> napi::Result<String> {
        self.auth
            .access_key()
            .map_err(|error| Failure::from(error).into_exception(env))
    }

    /// For `util.inspect`: shows no secret, signs nothing, never throws.
    #[napi(catch_unwind)]
    pub fn summary(&self) -> Summary {
        #[allow(
            clippy::cast_precision_loss,
            reason = "exact for every date that JavaScript can hold"
        )]
        let millis = |timestamp: Timestamp| timestamp.millis() as f64;
        Summary {
            access_key: self.auth.access_key().ok().map(|key| mask(&key)),
            expires_at: self.auth.cached_until().map(millis),
        }
    }

    /// Wipes the secret; every later call but `summary` and `dispose` throws.
    #[napi(catch_unwind)]
    pub fn dispose(&self) {
        self.auth.dispose();
    }
}

/// What may be shown of a `NativeAuth`.
#[napi(object, object_from_js = false)]
pub struct Summary {
    /// The access key with its middle left out; absent once disposed.
    pub access_key: Option<String>,
    /// The end of the cached token in milliseconds; absent where there is none.
    pub expires_at: Option<f64>,
}
