//! What requests to Kling need of the native side: where they may go, and Kling's clock.

use kling_auth_binding::options::string;
use kling_auth_binding::{auth, network as entry};
use kling_auth_core::credentials::CredentialKind;
use kling_auth_core::request::endpoint;
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};
use napi_derive::napi;

use super::auth::NativeAuth;
use super::native::Native;
use super::raw::bytes::Text;
use super::raw::value::{Made, boolean, moment, number, number_in, record, texts, undefined};
use super::value::Js;

#[napi]
impl NativeAuth {
    /// The base URL as it was found, with the name of the option or variable.
    #[napi(
        catch_unwind,
        ts_return_type = "{ name: string, url: string, overriddenRegion: string | undefined }"
    )]
    pub fn base(&self, env: Env) -> napi::Result<Made> {
        self.classes.run(env, || {
            let region = self.base.overridden_region.as_deref();
            Ok(texts(
                env,
                &[
                    (c"name", Some(self.base.name)),
                    (c"url", Some(&*self.base.url)),
                    (c"overriddenRegion", region),
                ],
            )?)
        })
    }

    /// The paths of the two requests that only check the credentials, at the local time `now`.
    #[napi(catch_unwind, ts_return_type = "{ costs: string, tasks: string }")]
    pub fn probes(
        &self,
        env: Env,
        #[napi(ts_arg_type = "number")] now: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let now = moment(Some(number_in(&now)))?;
            let [costs, tasks] = endpoint::probes(self.auth.skew().correct(now));
            let members = [(c"costs", Some(&*costs)), (c"tasks", Some(&*tasks))];
            Ok(texts(env, &members)?)
        })
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
        self.classes
            .run(env, || entry::learn_clock(&self.auth, Js(bearer), Js(seen)))
    }

    /// Whether `bearer` was made here, perhaps long ago.
    #[napi(catch_unwind)]
    pub fn has_issued(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] bearer: Unknown<'_>,
    ) -> napi::Result<bool> {
        self.classes.run(env, || {
            Ok(self.auth.has_issued(&string("bearer", Js(bearer))?))
        })
    }

    /// Kling's clock minus the local one, as measured.
    #[napi(catch_unwind)]
    pub fn clock_skew_sec(&self) -> i64 {
        self.auth.skew().measured_sec()
    }
}

#[napi]
impl Native {
    /// Refuses a URL that credentials cannot be sent to; with `bare`, one that has a path.
    ///
    /// `url` has those of its parts that decide it: `protocol` with its colon, `hostname` with an
    /// IPv6 address in its brackets, `pathname`, and whether there are any others. `undefined`
    /// stands for text that is no URL.
    #[napi(catch_unwind)]
    pub fn check_url(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] argument: Text,
        #[napi(
            ts_arg_type = "{ protocol: string, hostname: string, pathname: string, hasExtras: boolean } | undefined"
        )]
        url: Unknown<'_>,
        bare: bool,
    ) -> napi::Result<()> {
        self.classes
            .run(env, || entry::check_url(argument.0, Js(url), bare))
    }

    /// Refuses a request to an origin that is neither that of the base URL nor an allowed one.
    #[napi(catch_unwind)]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the types that napi converts to"
    )]
    pub fn check_destination(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] origin: Text,
        #[napi(ts_arg_type = "string")] base: Text,
        #[napi(ts_arg_type = "string[]")] allowed: Vec<Text>,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            let allowed: Vec<_> = allowed.into_iter().map(|origin| origin.0).collect();
            Ok(endpoint::check_destination(&origin.0, &base.0, &allowed)?)
        })
    }

    /// The name of a bearer token's kind.
    #[napi(catch_unwind, ts_return_type = "'jwt' | 'apiKey'")]
    pub fn credential_of(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] bearer: Unknown<'_>,
    ) -> napi::Result<&'static str> {
        self.classes.run(env, || {
            Ok(CredentialKind::of(&string("token", Js(bearer))?).as_str())
        })
    }

    /// Checks the options of `verify` and returns them.
    #[napi(
        catch_unwind,
        ts_return_type = "{ timeoutMs: number, signal: AbortSignal | undefined }"
    )]
    pub fn verify_options(&self, env: Env, options: Unknown<'_>) -> napi::Result<Made> {
        self.classes.run(env, || {
            let (timeout, signal) = entry::verify_options(Js(options))?;
            #[allow(clippy::cast_precision_loss, reason = "at most 600,000")]
            let timeout = number(env, timeout as f64)?;
            let signal = optional(env, signal)?;
            Ok(record(
                env,
                &[(c"timeoutMs", timeout), (c"signal", signal)],
            )?)
        })
    }

    /// Checks the options of `getToken` and returns them.
    #[napi(
        catch_unwind,
        ts_return_type = "{ forceRefresh: boolean, signal: AbortSignal | undefined }"
    )]
    pub fn get_token_options(&self, env: Env, options: Unknown<'_>) -> napi::Result<Made> {
        self.classes.run(env, || {
            let (force, signal) = auth::get_token_options(Js(options))?;
            let (force, signal) = (boolean(env, force)?, optional(env, signal)?);
            Ok(record(
                env,
                &[(c"forceRefresh", force), (c"signal", signal)],
            )?)
        })
    }
}

fn optional(env: Env, value: Option<Js<'_>>) -> napi::Result<sys::napi_value> {
    value.map_or_else(|| undefined(env), |value| Ok(value.raw()))
}
