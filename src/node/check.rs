//! Arguments of functions that are written in JavaScript, checked by the same rules and refused with
//! the same words as those of the core's.

use std::ffi::CString;

use kling_auth_binding::check as entry;
use kling_auth_binding::options::wrong_type;
use kling_auth_binding::value::Value as _;
use kling_auth_core::error::Error;
use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::native::Native;
use super::raw::value::{Made, record, undefined};
use super::value::Js;

#[napi]
impl Native {
    /// Throws unless `options` is absent or an object whose members all are in `types`, which maps
    /// the name of each to its type: `array`, `boolean`, `date`, `function`, `number`, `object` or
    /// `string`. Returns an object with all of these members, whatever stands on prototypes;
    /// `undefined` are those that are not given.
    #[napi(catch_unwind, ts_return_type = "any")]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the types that napi converts to"
    )]
    pub fn check_options(
        &self,
        env: Env,
        argument: String,
        options: Unknown<'_>,
        #[napi(ts_arg_type = "Record<string, string>")] types: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let mut members = Vec::new();
            for (name, value) in entry::options(&argument, Js(options), Js(types))? {
                let value = value.map_or_else(|| undefined(env), |value| Ok(value.raw()))?;
                let name = CString::new(name).map_err(|_| Error::Internal)?;
                members.push((name, value));
            }
            let members: Vec<_> = members.iter().map(|(n, v)| (n.as_c_str(), *v)).collect();
            Ok(record(env, &members)?)
        })
    }

    /// Throws that `argument` must be `expected`, and what `value` is, never its content.
    #[napi(catch_unwind, ts_return_type = "never")]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the types that napi converts to"
    )]
    pub fn refuse_type(
        &self,
        env: Env,
        argument: String,
        expected: String,
        value: Unknown<'_>,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            Err(wrong_type(&argument, expected, Js(value).kind()?))
        })
    }

    /// Throws that `argument` must be `expected`, and what it was instead: where JavaScript knows
    /// better than by its type.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_received(
        &self,
        env: Env,
        argument: String,
        expected: String,
        received: String,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            Err(entry::received(argument, expected, received).into())
        })
    }

    /// Throws that `argument` must be `expected`, and which number was given, or what is none.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_number(
        &self,
        env: Env,
        argument: String,
        expected: String,
        value: Unknown<'_>,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            Err(entry::out_of_range(argument, expected, Js(value))?.into())
        })
    }

    /// Throws that the provider has delivered nothing yet.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_not_ready(&self, env: Env) -> napi::Result<()> {
        self.classes.run(env, || Err(Error::NOT_READY.into()))
    }

    /// Throws that two options exclude each other.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_both(&self, env: Env, first: String, second: String) -> napi::Result<()> {
        self.classes
            .run(env, || Err(entry::conflict(first, second).into()))
    }
}
