//! Files that variables name, which JavaScript reads: the core and this binding open none.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::ptr;

use napi::bindgen_prelude::{FromNapiValue as _, Unknown};
use napi::{Env, JsValue as _, check_status, sys};
use zeroize::Zeroizing;

use super::value::{text, undefined};
use crate::error::Failure;
use crate::value::Js;
use kling_auth_binding::options::string;

/// The function that reads a file, which one loaded copy of the package has handed over.
pub struct Files {
    env: Env,
    read: sys::napi_ref,
}

impl Files {
    /// From `(variable, path) => text`.
    pub fn new(env: Env, read: Unknown<'_>) -> napi::Result<Self> {
        let mut reference = ptr::null_mut();
        // SAFETY: the function is an argument of the running call, which is one of `env`.
        check_status!(unsafe {
            sys::napi_create_reference(env.raw(), read.raw(), 1, &raw mut reference)
        })?;
        Ok(Self {
            env,
            read: reference,
        })
    }
}

impl kling_auth_binding::options::Files<Js<'_>> for Files {
    /// What the function throws stays pending.
    fn read(&self, variable: &str, path: &str) -> Result<Zeroizing<String>, Failure> {
        let env = self.env;
        let arguments = [text(env, variable.as_bytes())?, text(env, path.as_bytes())?];
        let this = undefined(env)?;
        let (mut read, mut result) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: called from a constructor, on the environment's thread. The reference is strong
        // and belongs to this environment, the arguments were just made in it, and so is the result.
        let result = unsafe {
            check_status!(sys::napi_get_reference_value(
                env.raw(),
                self.read,
                &raw mut read
            ))?;
            check_status!(sys::napi_call_function(
                env.raw(),
                this,
                read,
                arguments.len(),
                arguments.as_ptr(),
                &raw mut result
            ))?;
            Unknown::from_napi_value(env.raw(), result)?
        };
        string(variable, Js(result))
    }
}

impl Drop for Files {
    /// Runs in a finalizer, on the environment's thread, before the environment ends.
    fn drop(&mut self) {
        // SAFETY: created by `new` in this environment, and deleted once.
        unsafe { sys::napi_delete_reference(self.env.raw(), self.read) };
    }
}
