//! JavaScript values made by hand, for functions that `bound` binds, and times on their way across.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::ffi::{CStr, CString};
use std::ptr;

use napi::bindgen_prelude::{FromNapiValue, ToNapiValue, Unknown};
use napi::{Env, JsValue as _, ValueType, check_status, sys};

use crate::clock;
use crate::error::Failure;
use kling_auth_core::error::Error;
use kling_auth_core::time::Timestamp;

/// A date as JavaScript counts it.
#[allow(
    clippy::cast_precision_loss,
    reason = "exact for every date that JavaScript can hold"
)]
pub fn millis(timestamp: Timestamp) -> f64 {
    timestamp.millis() as f64
}

/// What the option `now` has returned; the clock's time where there is no such option.
pub fn moment(now: Option<f64>) -> Result<Timestamp, Failure> {
    Ok(match now {
        Some(millis) => Timestamp::checked("now()", millis)?,
        None => clock::now(),
    })
}

/// As [`moment`], from an argument that is left out where there is no such option.
pub fn moment_of(now: Option<Unknown<'_>>) -> Result<Timestamp, Failure> {
    moment(now.map(|now| number_in(&now)))
}

/// A number; NaN for what is none.
pub fn number_in(value: &Unknown<'_>) -> f64 {
    let mut number = f64::NAN;
    if matches!(value.get_type(), Ok(ValueType::Number)) {
        let value = value.value();
        // SAFETY: environment and value come from one live handle of the running call.
        unsafe { sys::napi_get_value_double(value.env, value.value, &raw mut number) };
    }
    number
}

/// For a value whose type has just been checked: the safe conversions check it a second time.
pub fn cast<T: FromNapiValue>(value: Unknown<'_>) -> napi::Result<T> {
    let raw = value.value();
    // SAFETY: environment and value come from one live handle of the running call.
    unsafe { T::from_napi_value(raw.env, raw.value) }
}

/// A value on its way to JavaScript, made in the running call.
pub struct Made(sys::napi_value);

impl Made {
    /// `value` must have been made in the running call.
    pub const fn new(value: sys::napi_value) -> Self {
        Self(value)
    }
}

impl ToNapiValue for Made {
    unsafe fn to_napi_value(_: sys::napi_env, made: Self) -> napi::Result<sys::napi_value> {
        Ok(made.0)
    }
}

/// As [`object`], on its way to JavaScript.
pub fn record(env: Env, members: &[(&CStr, sys::napi_value)]) -> napi::Result<Made> {
    object(env, members).map(Made)
}

/// An object with these members. Each is its own, so that no other object's is read in its place.
pub(super) fn object(
    env: Env,
    members: &[(&CStr, sys::napi_value)],
) -> napi::Result<sys::napi_value> {
    let mut object = ptr::null_mut();
    // SAFETY: `env` is that of the running call.
    check_status!(unsafe { sys::napi_create_object(env.raw(), &raw mut object) })?;
    define(env, object, members)?;
    Ok(object)
}

/// Defines members, which unlike setting them calls no accessor of a prototype.
pub(super) fn define(
    env: Env,
    object: sys::napi_value,
    members: &[(&CStr, sys::napi_value)],
) -> napi::Result<()> {
    let properties: Vec<_> = members
        .iter()
        .map(|(name, value)| sys::napi_property_descriptor {
            utf8name: name.as_ptr(),
            name: ptr::null_mut(),
            method: None,
            getter: None,
            setter: None,
            value: *value,
            attributes: sys::PropertyAttributes::writable
                | sys::PropertyAttributes::enumerable
                | sys::PropertyAttributes::configurable,
            data: ptr::null_mut(),
        })
        .collect();
    // SAFETY: object and values were made in the running call, which is one of `env`; the names
    // end in NUL and outlive it.
    check_status!(unsafe {
        sys::napi_define_properties(env.raw(), object, properties.len(), properties.as_ptr())
    })
}

/// A string, or `undefined` for none.
pub fn optional_text(env: Env, value: Option<&str>) -> napi::Result<sys::napi_value> {
    value.map_or_else(|| undefined(env), |value| text(env, value.as_bytes()))
}

/// A number, or `undefined` for none.
pub fn optional_number(env: Env, value: Option<f64>) -> napi::Result<sys::napi_value> {
    value.map_or_else(|| undefined(env), |value| number(env, value))
}

/// `true` or `false`
pub fn boolean(env: Env, boolean: bool) -> napi::Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    // SAFETY: `env` is that of the running call.
    check_status!(unsafe { sys::napi_get_boolean(env.raw(), boolean, &raw mut value) })?;
    Ok(value)
}

/// A string of ASCII, such as a token.
pub fn ascii(env: Env, text: &[u8]) -> napi::Result<sys::napi_value> {
    let (data, length) = (text.as_ptr().cast(), text.len().cast_signed());
    let mut value = ptr::null_mut();
    // SAFETY: `env` is that of the running call, and `length` bytes are copied. ASCII is Latin-1,
    // which takes half the time of UTF-8; any other byte would come out as another character.
    check_status!(unsafe {
        sys::napi_create_string_latin1(env.raw(), data, length, &raw mut value)
    })?;
    Ok(value)
}

/// The string of a token.
pub fn token(env: Env, token: &str) -> Result<sys::napi_value, Failure> {
    // Nothing else can be wrong with ASCII.
    ascii(env, token.as_bytes()).map_err(|_| {
        Error::InvalidCredentials {
            name: "the credential".to_owned(),
            problem: "makes a token that is longer than a string of JavaScript's can be: it was \
                      read from the wrong file or buffer"
                .into(),
        }
        .into()
    })
}

/// The texts of a record.
pub fn texts(env: Env, members: &[(&CStr, Option<&str>)]) -> napi::Result<Made> {
    let members = members
        .iter()
        .map(|(name, value)| Ok((*name, optional_text(env, *value)?)))
        .collect::<napi::Result<Vec<_>>>()?;
    record(env, &members)
}

/// An array of texts.
pub fn list(env: Env, items: &[String]) -> napi::Result<Made> {
    let mut array = ptr::null_mut();
    // SAFETY: `env` is that of the running call.
    check_status!(unsafe { sys::napi_create_array(env.raw(), &raw mut array) })?;
    for (index, item) in items.iter().enumerate() {
        let name = CString::new(index.to_string())?;
        define(env, array, &[(&name, text(env, item.as_bytes())?)])?;
    }
    Ok(Made(array))
}

/// A string of `bytes`, or `null` if they are not UTF-8.
pub fn text(env: Env, bytes: &[u8]) -> napi::Result<sys::napi_value> {
    if bytes.is_ascii() {
        return ascii(env, bytes);
    }
    if std::str::from_utf8(bytes).is_err() {
        return null(env);
    }
    let (data, length) = (bytes.as_ptr().cast(), bytes.len().cast_signed());
    let mut value = ptr::null_mut();
    // SAFETY: `env` is that of the running call, and `length` bytes are copied.
    check_status!(unsafe {
        sys::napi_create_string_utf8(env.raw(), data, length, &raw mut value)
    })?;
    Ok(value)
}

/// A number.
pub fn number(env: Env, number: f64) -> napi::Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    // SAFETY: `env` is that of the running call.
    check_status!(unsafe { sys::napi_create_double(env.raw(), number, &raw mut value) })?;
    Ok(value)
}

/// `null`
pub fn null(env: Env) -> napi::Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    // SAFETY: `env` is that of the running call.
    check_status!(unsafe { sys::napi_get_null(env.raw(), &raw mut value) })?;
    Ok(value)
}

/// `undefined`
pub fn undefined(env: Env) -> napi::Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    // SAFETY: `env` is that of the running call.
    check_status!(unsafe { sys::napi_get_undefined(env.raw(), &raw mut value) })?;
    Ok(value)
}
