//! Arguments of functions that are written in JavaScript, checked by the same rules and refused with
//! the same words as those of the core's.

use std::ffi::CString;

use napi::Env;
use napi::JsValue as _;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::native::Native;
use super::options::{Options, kind, object, string, wrong_type};
use super::raw::object::{own_names, read};
use super::raw::value::{Made, number_in, record, undefined};
use kling_auth_core::error::{Error, Number};

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
            let types = object("types", types)?.ok_or(Error::Internal)?;
            let names = own_names(&types)?;
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            let options = Options::new(&argument, options, &known)?;
            let mut members = Vec::with_capacity(known.len());
            for name in known {
                let expected = string("types", read(&types, name)?)?;
                let value = match options.checked(name, &expected)? {
                    Some(value) => value.raw(),
                    None => undefined(env)?,
                };
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
        self.classes
            .run(env, || Err(wrong_type(&argument, expected, &value)))
    }

    /// Throws that `argument` must be `expected`, and which number was given.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_number(
        &self,
        env: Env,
        argument: String,
        expected: String,
        #[napi(ts_arg_type = "number")] value: Unknown<'_>,
    ) -> napi::Result<()> {
        let received = Number(number_in(&value));
        let argument = argument.into();
        self.classes.run(env, || {
            Err(Error::OutOfRange {
                argument,
                expected,
                received,
            }
            .into())
        })
    }

    /// What error messages call a value.
    #[allow(clippy::unused_self, reason = "a method as all others")]
    #[napi(catch_unwind)]
    pub fn kind_of(&self, value: Unknown<'_>) -> &'static str {
        kind(&value)
    }

    /// Throws that two options exclude each other.
    #[napi(catch_unwind, ts_return_type = "never")]
    pub fn refuse_both(&self, env: Env, first: String, second: String) -> napi::Result<()> {
        let (first, second) = (first.into(), second.into());
        self.classes.run(env, || {
            Err(Error::ConflictingOptions { first, second }.into())
        })
    }
}
