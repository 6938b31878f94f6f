//! The two functions that hand tokens to JavaScript.
//!
//! The string of a cached token is kept behind a weak reference: reads between two garbage
//! collections share one string, which costs half of what making a new one does, and a heap
//! snapshot, which collects first, finds no token that the program itself does not hold.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::cell::Cell;
use std::ptr;
use std::sync::Arc;

use napi::{Env, check_status, sys};

use super::bound::{Bound, BoundFunction, Call, bind};
use super::value::{ascii, millis, null, number};
use crate::error::Failure;
use kling_auth_core::auth::{Auth, Issued};
use kling_auth_core::time::Timestamp;

/// `(now?) => { token, expiresAt, refreshesAt, serial, reason }`, dates in milliseconds or null.
pub fn reader(env: Env, auth: Arc<Auth>) -> napi::Result<BoundFunction> {
    bind(
        env,
        c"read",
        Reader {
            env,
            auth,
            shown: Cell::new(None),
        },
    )
}

/// `(now?) => token`, always signed anew.
pub fn refresher(env: Env, auth: Arc<Auth>) -> napi::Result<BoundFunction> {
    bind(env, c"refresh", Refresher { auth })
}

struct Refresher {
    auth: Arc<Auth>,
}

impl Bound for Refresher {
    const ARGUMENTS: usize = 1;

    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure> {
        Ok(self.auth.refresh(call.time(0, "now()")?, |issued| {
            ascii(call.env(), issued.token.as_str().as_bytes())
        })??)
    }
}

struct Reader {
    env: Env,
    auth: Arc<Auth>,
    shown: Cell<Option<Shown>>,
}

/// The object made for the token with this serial number, as long as it is not collected.
#[derive(Clone, Copy)]
struct Shown {
    serial: u64,
    object: sys::napi_ref,
}

impl Bound for Reader {
    const ARGUMENTS: usize = 1;

    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure> {
        Ok(self.auth.read(call.time(0, "now()")?, |issued| {
            match self.shown(issued.serial) {
                Some(object) => Ok(object),
                None => self.show(call.env(), issued),
            }
        })??)
    }
}

impl Reader {
    #[inline]
    fn shown(&self, serial: u64) -> Option<sys::napi_value> {
        let shown = self.shown.get().filter(|shown| shown.serial == serial)?;
        let mut object = ptr::null_mut();
        // SAFETY: the reference belongs to this environment and lives until `forget` deletes it.
        // A collected object leaves `object` null.
        unsafe { sys::napi_get_reference_value(self.env.raw(), shown.object, &raw mut object) };
        (!object.is_null()).then_some(object)
    }

    fn show(&self, env: Env, issued: &Issued) -> napi::Result<sys::napi_value> {
        self.forget();
        let date = |timestamp: Option<Timestamp>| match timestamp {
            Some(timestamp) => number(env, millis(timestamp)),
            None => null(env),
        };
        #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53 tokens")]
        let members = [
            (c"token", ascii(env, issued.token.as_str().as_bytes())?),
            (c"expiresAt", date(issued.token.expires_at())?),
            (c"refreshesAt", date(issued.refreshes_at)?),
            (c"serial", number(env, issued.serial as f64)?),
            (c"reason", ascii(env, issued.reason.as_str().as_bytes())?),
        ];
        let (mut object, mut reference) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: `env` is that of the running call, every value was created in it, and a count
        // of 0 makes the reference weak.
        unsafe {
            check_status!(sys::napi_create_object(env.raw(), &raw mut object))?;
            for (name, value) in members {
                let name = name.as_ptr();
                check_status!(sys::napi_set_named_property(env.raw(), object, name, value))?;
            }
            check_status!(sys::napi_create_reference(
                env.raw(),
                object,
                0,
                &raw mut reference
            ))?;
        }
        self.shown.set(Some(Shown {
            serial: issued.serial,
            object: reference,
        }));
        Ok(object)
    }

    fn forget(&self) {
        if let Some(shown) = self.shown.take() {
            // SAFETY: created by `show` in this environment, and taken out so that it is deleted once.
            unsafe { sys::napi_delete_reference(self.env.raw(), shown.object) };
        }
    }
}

impl Drop for Reader {
    /// Runs in the function's finalizer: on the environment's thread, before the environment ends.
    fn drop(&mut self) {
        self.forget();
    }
}
