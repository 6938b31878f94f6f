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
use super::raw::bytes::Text;
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
        #[napi(ts_arg_type = "string")] argument: Text,
        options: Unknown<'_>,
        #[napi(ts_arg_type = "Record<string, string>")] types: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let mut members = Vec::new();
            for (name, value) in entry::options(&argument.0, Js(options), Js(types))? {
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
        #[napi(ts_arg_type = "string")] argument: Text,
        #[napi(ts_arg_type = "string")] expected: Text,
        value: Unknown<'_>,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            Err(wrong_type(&argument.0, expected.0, Js(value).kind()?))
        })
    }

    /// Throws that `argument` must be `expected`, and what it was instead: where JavaScript knows
    /// better than by its type.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_received(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] argument: Text,
        #[napi(ts_arg_type = "string")] expected: Text,
        #[napi(ts_arg_type = "string")] received: Text,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            Err(entry::received(argument.0, expected.0, received.0).into())
        })
    }

    /// Throws that `argument` must be `expected`, and which number was given, or what is none.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_number(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] argument: Text,
        #[napi(ts_arg_type = "string")] expected: Text,
        value: Unknown<'_>,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            Err(entry::out_of_range(argument.0, expected.0, Js(value))?.into())
        })
    }

    /// Throws that the provider has delivered nothing yet.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_not_ready(&self, env: Env) -> napi::Result<()> {
        self.classes.run(env, || Err(Error::NOT_READY.into()))
    }

    /// Throws that two options exclude each other.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_both(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] first: Text,
        #[napi(ts_arg_type = "string")] second: Text,
    ) -> napi::Result<()> {
        self.classes
            .run(env, || Err(entry::conflict(first.0, second.0).into()))
    }
}
