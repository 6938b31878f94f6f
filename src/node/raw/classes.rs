//! The one way out of native code for an error.
//!
//! An exception that is pending stays as it is: nothing of it is read, as reading runs getters and
//! following `cause` has no end. An error of the core's is made by calling a class that was handed
//! over when the package was loaded, and its members are defined, not set: no accessor that a
//! program has put on a shared prototype is called on the way.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{ptr, thread};

use napi::bindgen_prelude::Unknown;
use napi::{Env, JsValue as _, Status, check_status, sys};

use super::value::{define, text};
use crate::error::Failure;
use kling_auth_core::error::{Class, Error};

/// The classes of the errors that one loaded copy of the package hands out. A test runner loads
/// several, which share the addon.
pub struct Classes {
    env: Env,
    type_error: sys::napi_ref,
    range_error: sys::napi_ref,
    auth_error: sys::napi_ref,
    webhook_error: sys::napi_ref,
}

impl Classes {
    /// From `[TypeError, RangeError, KlingAuthError, KlingWebhookError]`.
    pub fn new(env: Env, classes: [Unknown<'_>; 4]) -> napi::Result<Self> {
        let mut references = [ptr::null_mut(); 4];
        for (class, reference) in classes.iter().zip(&mut references) {
            // SAFETY: the class is an argument of the running call, which is one of `env`.
            check_status!(unsafe {
                sys::napi_create_reference(env.raw(), class.raw(), 1, reference)
            })?;
        }
        let [type_error, range_error, auth_error, webhook_error] = references;
        Ok(Self {
            env,
            type_error,
            range_error,
            auth_error,
            webhook_error,
        })
    }

    /// Does `work`. What it fails with is thrown, and so is an error in place of a panic.
    ///
    /// # Errors
    ///
    /// Only ever that an exception is pending, which napi leaves as it is.
    pub fn run<R>(&self, env: Env, work: impl FnOnce() -> Result<R, Failure>) -> napi::Result<R> {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(failure)) => Err(self.thrown(env, Ok(failure))),
            Err(panic) => Err(self.thrown(env, Err(panic))),
        }
    }

    /// On its own, as every export would hold a copy of it.
    #[cold]
    #[inline(never)]
    fn thrown(&self, env: Env, cause: thread::Result<Failure>) -> napi::Error {
        let failure = cause.unwrap_or_else(|_| Error::Internal.into());
        self.throw(env, &failure);
        napi::Error::new(Status::PendingException, String::new())
    }

    /// Leaves an exception pending, whatever happens.
    pub fn throw(&self, env: Env, failure: &Failure) {
        if is_pending(env) {
            return;
        }
        let internal = Error::Internal;
        let error = failure.error().unwrap_or(&internal);
        if self.throw_error(env, error).is_ok() || is_pending(env) {
            return; // the latter near the end of the stack: it is V8's own RangeError
        }
        // SAFETY: `env` is that of the running call, the text ends in NUL. An environment that is
        // closing refuses this, and nobody would see it.
        unsafe { sys::napi_throw_error(env.raw(), ptr::null(), INTERNAL.as_ptr()) };
    }

    fn throw_error(&self, env: Env, error: &Error) -> napi::Result<()> {
        let code = text(env, error.code().as_bytes())?;
        let message = text(env, error.to_string().as_bytes())?;
        // Ours take the code before the message; JavaScript's own have none, it is added.
        let (class, arguments, is_ours) = match error.class() {
            Class::TypeError => (self.type_error, &[message][..], false),
            Class::RangeError => (self.range_error, &[message][..], false),
            Class::KlingAuthError => (self.auth_error, &[code, message][..], true),
            Class::KlingWebhookError => (self.webhook_error, &[code, message][..], true),
        };
        let (mut constructor, mut thrown) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the reference is strong and belongs to this environment; the arguments were just
        // made in it.
        unsafe {
            check_status!(sys::napi_get_reference_value(
                env.raw(),
                class,
                &raw mut constructor
            ))?;
            check_status!(sys::napi_new_instance(
                env.raw(),
                constructor,
                arguments.len(),
                arguments.as_ptr(),
                &raw mut thrown
            ))?;
        }
        if !is_ours {
            define(env, thrown, &[(c"code", code)])?;
        }
        // SAFETY: `thrown` was just made in this environment.
        check_status!(unsafe { sys::napi_throw(env.raw(), thrown) })
    }
}

const INTERNAL: &std::ffi::CStr = c"internal error in kling-auth: please report it";

fn is_pending(env: Env) -> bool {
    let mut pending = false;
    // SAFETY: `env` is that of the running call.
    unsafe { sys::napi_is_exception_pending(env.raw(), &raw mut pending) };
    pending
}

impl Drop for Classes {
    /// Runs in a finalizer, on the environment's thread, before the environment ends.
    fn drop(&mut self) {
        for reference in [
            self.type_error,
            self.range_error,
            self.auth_error,
            self.webhook_error,
        ] {
            // SAFETY: created by `new` in this environment, and deleted once.
            unsafe { sys::napi_delete_reference(self.env.raw(), reference) };
        }
    }
}
