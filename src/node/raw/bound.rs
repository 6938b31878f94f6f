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
use std::rc::Rc;

use napi::bindgen_prelude::{FromNapiValue as _, ToNapiValue as _, Unknown};
use napi::{Env, check_status, sys};

use super::classes::Classes;
use super::value::Made;
use crate::clock;
use crate::error::Failure;
use kling_auth_core::time::Timestamp;

/// Data with one operation that JavaScript may call, from the thread of its environment only.
pub trait Bound: 'static {
    /// How many arguments the operation looks at, at most [`MAX_ARGUMENTS`].
    const ARGUMENTS: usize;

    /// Returns the JavaScript value of the call.
    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure>;
}

/// The room for arguments.
const MAX_ARGUMENTS: usize = 5;

/// A running call.
pub struct Call<'a> {
    env: Env,
    arguments: &'a [sys::napi_value],
}

impl Call<'_> {
    /// The environment that calls.
    pub fn env(&self) -> Env {
        self.env
    }

    /// The argument at `index`; `None` if fewer were given.
    pub fn argument(&self, index: usize) -> Option<sys::napi_value> {
        self.arguments.get(index).copied()
    }

    /// The argument at `index`; `undefined` if fewer were given.
    pub fn unknown(&self, index: usize) -> napi::Result<Unknown<'_>> {
        let env = self.env.raw();
        match self.argument(index) {
            // SAFETY: an argument of the running call, which the result cannot outlive.
            Some(value) => unsafe { Unknown::from_napi_value(env, value) },
            None => ().into_unknown(&self.env),
        }
    }

    /// The argument at `index` as a place in a table; `None` for what is none.
    pub fn index(&self, index: usize) -> Option<usize> {
        let mut number = 0;
        let value = self.argument(index)?;
        // SAFETY: an argument of the running call. What is not a number is told by the status.
        let status = unsafe { sys::napi_get_value_uint32(self.env.raw(), value, &raw mut number) };
        (status == sys::Status::napi_ok).then_some(number as usize)
    }

    /// The moment that the argument at `index` gives in milliseconds; the clock's, if fewer were
    /// given.
    pub fn time(&self, index: usize, name: &'static str) -> Result<Timestamp, Failure> {
        let Some(value) = self.argument(index) else {
            return Ok(clock::now());
        };
        let mut millis = f64::NAN;
        // SAFETY: an argument of the running call. What is not a number stays NaN.
        unsafe { sys::napi_get_value_double(self.env.raw(), value, &raw mut millis) };
        Ok(Timestamp::checked(name, millis)?)
    }
}

/// Creates a function for `data`, which lives as long as the function does.
pub fn bind<B: Bound>(env: Env, classes: &Rc<Classes>, name: &CStr, data: B) -> napi::Result<Made> {
    let env = env.raw();
    let data: *mut Data<B> = Box::into_raw(Box::new(Data {
        classes: Rc::clone(classes),
        operation: data,
    }));
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
    Ok(Made::new(function))
}

/// What a function holds on to.
struct Data<B> {
    classes: Rc<Classes>,
    operation: B,
}

extern "C" fn finalize<B: Bound>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: `data` came from `Box::into_raw` in `bind`, and a finalizer runs once.
    let data = unsafe { Box::from_raw(data.cast::<Data<B>>()) };
    // A panic must not leave through C. None is expected in dropping plain data.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(data)));
}

extern "C" fn invoke<B: Bound>(
    raw_env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    const {
        assert!(B::ARGUMENTS <= MAX_ARGUMENTS);
    }
    let env = Env::from_raw(raw_env);
    let mut arguments = [ptr::null_mut(); MAX_ARGUMENTS];
    let (mut argc, mut data) = (B::ARGUMENTS, ptr::null_mut());
    // SAFETY: Node-API calls back with a live `info`; there is room for the arguments asked for.
    let status = unsafe {
        sys::napi_get_cb_info(
            raw_env,
            info,
            &raw mut argc,
            arguments.as_mut_ptr(),
            ptr::null_mut(),
            &raw mut data,
        )
    };
    if status != sys::Status::napi_ok {
        return ptr::null_mut(); // not for a live `info`
    }
    // SAFETY: `data` is what `bind` attached, alive as long as the function that is running.
    // Functions stay on their environment's thread, so there is no other borrow elsewhere.
    let data = unsafe { &*data.cast::<Data<B>>() };
    let call = Call {
        env,
        arguments: &arguments[..argc.min(B::ARGUMENTS)],
    };
    // Without a value Node-API returns to the exception that is pending.
    data.classes
        .run(env, || data.operation.call(&call))
        .unwrap_or(ptr::null_mut())
}
