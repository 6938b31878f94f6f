//! What the command `doctor` is told of variables and keys: names, shapes and positions, no values.

use kling_auth_binding::key;
use kling_auth_core::describe::Description;
use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::native::Native;
use super::raw::value::{Made, optional_text, text, texts};
use super::value::Js;

#[napi]
impl Native {
    /// Describes the value of the variable `name`; all members are absent for one that holds no key.
    ///
    /// `looksLike` is a kind of key with its article, `problem` why it is refused, `odd` what no key
    /// of Kling's has been seen with: both to be put behind the variable's name. `base` is the base
    /// URL, as the keys of a gateway may look like anything.
    #[napi(
        catch_unwind,
        ts_return_type = "{ looksLike?: string; problem?: string; odd?: string }"
    )]
    pub fn describe_key(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] name: Unknown<'_>,
        #[napi(ts_arg_type = "string")] value: Unknown<'_>,
        #[napi(ts_arg_type = "string")] base: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let found = key::describe(Js(name), Js(value), Js(base))?;
            let odd = found.as_ref().and_then(Description::odd);
            Ok(texts(
                env,
                &[
                    (
                        c"looksLike",
                        found.as_ref().map(|found| found.shape.as_str()),
                    ),
                    (
                        c"problem",
                        found.as_ref().and_then(|found| found.problem.as_deref()),
                    ),
                    (c"odd", odd.as_deref()),
                ],
            )?)
        })
    }

    /// What mends a variable that is set and read by nobody, after its name; `undefined` for others.
    #[napi(catch_unwind, ts_return_type = "string | undefined")]
    pub fn near_variable(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] name: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let advice = key::near_variable(Js(name))?;
            Ok(Made::new(optional_text(env, advice.as_deref())?))
        })
    }

    /// Whose host a URL leads to.
    #[napi(catch_unwind, ts_return_type = "'kling' | 'loopback' | 'other'")]
    pub fn host_of(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] url: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let host = key::host_of(Js(url))?;
            Ok(Made::new(text(env, host.as_bytes())?))
        })
    }

    /// The host of the region that a host of Kling's does not belong to; `undefined` for any other.
    #[napi(catch_unwind, ts_return_type = "string | undefined")]
    pub fn other_region_of(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] host: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let other = key::other_region_of(Js(host))?;
            Ok(Made::new(optional_text(env, other)?))
        })
    }
}
