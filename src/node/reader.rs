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

use super::bound::{Bound, BoundFunction, bind};
use super::error::Failure;
use crate::auth::{Auth, Issued};
use crate::clock::Timestamp;

/// `(now?) => { token, expiresAt, refreshesAt }`, dates in milliseconds.
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
    fn call(&self, env: Env, now: Timestamp) -> Result<sys::napi_value, Failure> {
        Ok(self.auth.refresh(now, |issued| string(env, issued))??)
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
    fn call(&self, env: Env, now: Timestamp) -> Result<sys::napi_value, Failure> {
        Ok(self
            .auth
            .read(now, |issued| match self.shown(issued.serial) {
                Some(object) => Ok(object),
                None => self.show(env, issued),
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
        let token = string(env, issued)?;
        let env = env.raw();
        let (mut object, mut expires_at, mut refreshes_at) =
            (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        let mut reference = ptr::null_mut();
        #[allow(
            clippy::cast_precision_loss,
            reason = "exact for every date that JavaScript can hold"
        )]
        let millis = |timestamp: Timestamp| timestamp.millis() as f64;
        // SAFETY: `env` is that of the running call, every value was created in it, and a count
        // of 0 makes the reference weak.
        unsafe {
            check_status!(sys::napi_create_object(env, &raw mut object))?;
            check_status!(sys::napi_create_double(
                env,
                millis(issued.token.expires_at()),
                &raw mut expires_at
            ))?;
            check_status!(sys::napi_create_double(
                env,
                millis(issued.refreshes_at),
                &raw mut refreshes_at
            ))?;
            for (name, value) in [
                (c"token", token),
                (c"expiresAt", expires_at),
                (c"refreshesAt", refreshes_at),
            ] {
                check_status!(sys::napi_set_named_property(
                    env,
                    object,
                    name.as_ptr(),
                    value
                ))?;
            }
            check_status!(sys::napi_create_reference(
                env,
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

fn string(env: Env, issued: &Issued) -> napi::Result<sys::napi_value> {
    let token = issued.token.as_str();
    let mut value = ptr::null_mut();
    // SAFETY: `env` is that of the running call; a JWT is ASCII, which is Latin-1, and is copied.
    check_status!(unsafe {
        sys::napi_create_string_latin1(
            env.raw(),
            token.as_ptr().cast(),
            token.len().cast_signed(),
            &raw mut value,
        )
    })?;
    Ok(value)
}
