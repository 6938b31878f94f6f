//! JavaScript functions bound to Rust data.
//!
//! `Env::create_function_from_closure` does the same in safe code, but allocates on every call,
//! and a `#[napi]` method checks its receiver for several times the price of what a token read
//! does. So these few lines talk to Node-API themselves.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::bindgen_prelude::ToNapiValue;
use napi::{Env, JsError, check_status, sys};

use super::error::Failure;
use crate::clock::{self, Timestamp};

/// Data with one operation that JavaScript may call, from the thread of its environment only.
pub trait Bound: 'static {
    /// Returns the JavaScript value of the call.
    fn call(&self, env: Env, now: Timestamp) -> Result<sys::napi_value, Failure>;
}

/// A function value on its way to JavaScript.
pub struct BoundFunction(sys::napi_value);

impl ToNapiValue for BoundFunction {
    unsafe fn to_napi_value(_: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        Ok(value.0)
    }
}

/// Creates `(now?: number) => …` for `data`, which lives as long as the function does.
pub fn bind<B: Bound>(env: Env, name: &CStr, data: B) -> napi::Result<BoundFunction> {
    let env = env.raw();
    let data: *mut B = Box::into_raw(Box::new(data));
    let mut function = ptr::null_mut();
    // SAFETY: `env` is that of the running call; `data` stays allocated until `finalize` frees it.
    let created = check_status!(unsafe {
        let name_len = name.count_bytes().cast_signed();
        sys::napi_create_function(
            env,
            name.as_ptr(),
            name_len,
            Some(invoke::<B>),
            data.cast(),
            &raw mut function,
        )
    })
    .and_then(|()| {
        // SAFETY: `function` was just created; the finalizer runs once, when it is collected or
        // the environment ends, and neither happens while `invoke` runs.
        check_status!(unsafe {
            let finalizer: sys::napi_finalize = Some(finalize::<B>);
            sys::napi_add_finalizer(
                env,
                function,
                data.cast(),
                finalizer,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        })
    });
    if let Err(error) = created {
        // SAFETY: without a finalizer nothing else frees `data`, and the function is not handed out.
        drop(unsafe { Box::from_raw(data) });
        return Err(error);
    }
    Ok(BoundFunction(function))
}

extern "C" fn finalize<B: Bound>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: `data` came from `Box::into_raw` in `bind`, and a finalizer runs once.
    let data = unsafe { Box::from_raw(data.cast::<B>()) };
    // A panic must not leave through C. None is expected in dropping plain data.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(data)));
}

extern "C" fn invoke<B: Bound>(
    raw_env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let env = Env::from_raw(raw_env);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let (mut argc, mut now, mut data) = (1, ptr::null_mut(), ptr::null_mut());
        // SAFETY: Node-API calls back with a live `info`; there is room for the one argument asked for.
        check_status!(unsafe {
            sys::napi_get_cb_info(
                raw_env,
                info,
                &raw mut argc,
                &raw mut now,
                ptr::null_mut(),
                &raw mut data,
            )
        })?;
        let now = if argc == 0 {
            clock::now()
        } else {
            timestamp(raw_env, now)?
        };
        // SAFETY: `data` is what `bind` attached, alive as long as the function that is running.
        // Functions stay on their environment's thread, so there is no other borrow elsewhere.
        unsafe { &*data.cast::<B>() }.call(env, now)
    }));
    let error = match outcome {
        Ok(Ok(value)) => return value,
        Ok(Err(failure)) => failure.into_exception(env),
        Err(_) => napi::Error::from_reason("internal error in kling-auth: please report it"),
    };
    // SAFETY: `raw_env` is that of the running call.
    unsafe { JsError::from(error).throw_into(raw_env) };
    ptr::null_mut()
}

fn timestamp(env: sys::napi_env, value: sys::napi_value) -> Result<Timestamp, Failure> {
    let mut millis = f64::NAN;
    // SAFETY: `value` is the argument of the running call. What is not a number stays NaN.
    unsafe { sys::napi_get_value_double(env, value, &raw mut millis) };
    Ok(Timestamp::checked("now()", millis)?)
}
