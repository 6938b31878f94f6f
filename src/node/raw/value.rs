//! JavaScript values made by hand, for functions that `bound` binds, and times on their way across.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::ptr;

use napi::{Env, check_status, sys};

use crate::clock;
use crate::error::Failure;
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
