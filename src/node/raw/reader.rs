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
use std::rc::Rc;
use std::sync::Arc;

use napi::{Env, check_status, sys};
use zeroize::Zeroizing;

use super::bound::{Bound, Call, bind};
use super::classes::Classes;
use super::value::{Made, ascii, millis, null, number, object, token};
use crate::error::Failure;
use kling_auth_core::auth::{Auth, Issued};
use kling_auth_core::time::Timestamp;

/// `(now?) => { token, expiresAt, refreshesAt, serial, reason }`, dates in milliseconds or null.
pub fn reader(env: Env, classes: &Rc<Classes>, auth: Arc<Auth>) -> napi::Result<Made> {
    bind(
        env,
        classes,
        c"read",
        Reader {
            env,
            auth,
            shown: Cell::new(None),
        },
    )
}

/// `(now?) => token`, always signed anew.
pub fn refresher(env: Env, classes: &Rc<Classes>, auth: Arc<Auth>) -> napi::Result<Made> {
    bind(env, classes, c"refresh", Refresher { auth })
}

struct Refresher {
    auth: Arc<Auth>,
}

impl Bound for Refresher {
    const ARGUMENTS: usize = 1;

    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure> {
        // Making a string calls no JavaScript, so that the lock may be held.
        self.auth.refresh(call.time(0, "now()")?, |issued| {
            token(call.env(), issued.token.as_str())
        })?
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
        let now = call.time(0, "now()")?;
        if let Some(serial) = self.auth.fresh_serial(now)
            && let Some(object) = self.shown(serial)
        {
            return Ok(object);
        }
        let found = self.auth.read(now, |issued| {
            self.shown(issued.serial).ok_or_else(|| Copied::of(issued))
        })?;
        match found {
            Ok(object) => Ok(object),
            Err(copied) => self.show(call.env(), &copied),
        }
    }
}

/// What is shown of a token, copied so that the lock is not held while an object is made of it.
struct Copied {
    token: Zeroizing<String>,
    expires_at: Option<Timestamp>,
    refreshes_at: Option<Timestamp>,
    serial: u64,
    reason: &'static str,
}

impl Copied {
    fn of(issued: &Issued) -> Self {
        Self {
            token: Zeroizing::new(issued.token.as_str().to_owned()),
            expires_at: issued.token.expires_at(),
            refreshes_at: issued.refreshes_at,
            serial: issued.serial,
            reason: issued.reason.as_str(),
        }
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

    fn show(&self, env: Env, issued: &Copied) -> Result<sys::napi_value, Failure> {
        self.forget();
        let date = |timestamp: Option<Timestamp>| match timestamp {
            Some(timestamp) => number(env, millis(timestamp)),
            None => null(env),
        };
        #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53 tokens")]
        let members = [
            (c"token", token(env, &issued.token)?),
            (c"expiresAt", date(issued.expires_at)?),
            (c"refreshesAt", date(issued.refreshes_at)?),
            (c"serial", number(env, issued.serial as f64)?),
            (c"reason", ascii(env, issued.reason.as_bytes())?),
        ];
        let object = object(env, &members)?;
        let mut reference = ptr::null_mut();
        // SAFETY: `env` is that of the running call, in which the object was created, and a count
        // of 0 makes the reference weak.
        check_status!(unsafe {
            sys::napi_create_reference(env.raw(), object, 0, &raw mut reference)
        })?;
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
