//! The two functions that hand tokens to JavaScript.
//!
//! There is one of each for all instances, which they are told by a number: V8 calls a function that it
//! always sees in one place in half the time of one of many.
//!
//! The string of a cached token is kept behind a weak reference: reads between two garbage
//! collections share one string, which costs half of what making a new one does, and a heap
//! snapshot, which collects first, finds no token that the program itself does not hold.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::cell::{Cell, RefCell};
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

use napi::{Env, check_status, sys};
use slab::Slab;
use zeroize::Zeroizing;

use super::bound::{Bound, Call, bind};
use super::classes::Classes;
use super::value::{Made, ascii, millis, null, number, object, token};
use crate::error::Failure;
use kling_auth_core::auth::{Auth, Issued};
use kling_auth_core::error::Error;
use kling_auth_core::time::Timestamp;

/// The instances that tokens are read of, by number.
#[derive(Default)]
pub struct Readers(RefCell<Slab<Rc<Reader>>>);

impl Readers {
    /// `(handle, now?) => { token, expiresAt, refreshesAt, serial, reason }`, dates in milliseconds or
    /// null.
    pub fn reader(self: &Rc<Self>, env: Env, classes: &Rc<Classes>) -> napi::Result<Made> {
        bind(env, classes, c"read", Read(Rc::clone(self)))
    }

    /// `(handle, now?) => token`, always signed anew.
    pub fn refresher(self: &Rc<Self>, env: Env, classes: &Rc<Classes>) -> napi::Result<Made> {
        bind(env, classes, c"refresh", Refresh(Rc::clone(self)))
    }

    /// What `look` makes of the instance that the first argument names. It makes nothing in JavaScript,
    /// which might collect another instance, whose number then goes.
    #[inline]
    fn with<R>(&self, call: &Call<'_>, look: impl FnOnce(&Rc<Reader>) -> R) -> Result<R, Failure> {
        let readers = self.0.borrow();
        match call.index(0).and_then(|number| readers.get(number)) {
            Some(reader) => Ok(look(reader)),
            None => Err(Error::Internal.into()),
        }
    }
}

/// An instance's number, which goes with it.
pub struct Handle {
    readers: Rc<Readers>,
    number: usize,
}

impl Handle {
    /// A number for an instance.
    pub fn new(env: Env, readers: &Rc<Readers>, auth: Arc<Auth>) -> Self {
        let shown = Cell::new(None);
        let reader = Rc::new(Reader { env, auth, shown });
        Self {
            readers: Rc::clone(readers),
            number: readers.0.borrow_mut().insert(reader),
        }
    }

    /// For JavaScript.
    pub fn number(&self) -> u32 {
        // So many instances have no room.
        u32::try_from(self.number).unwrap_or(u32::MAX)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // Dropped after the borrow, which it might want again.
        let removed = self.readers.0.borrow_mut().try_remove(self.number);
        drop(removed);
    }
}

struct Read(Rc<Readers>);

impl Bound for Read {
    const ARGUMENTS: usize = 2;

    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure> {
        let now = call.time(1, "now()")?;
        let look = |reader: &Rc<Reader>| {
            let serial = reader.auth.fresh_serial(now);
            let object = serial.and_then(|serial| reader.shown(serial));
            object.ok_or_else(|| Rc::clone(reader))
        };
        let reader = match self.0.with(call, look)? {
            Ok(object) => return Ok(object),
            Err(reader) => reader,
        };
        let found = reader.auth.read(now, |issued| {
            reader
                .shown(issued.serial)
                .ok_or_else(|| Copied::of(issued))
        })?;
        match found {
            Ok(object) => Ok(object),
            Err(copied) => reader.show(call.env(), &copied),
        }
    }
}

struct Refresh(Rc<Readers>);

impl Bound for Refresh {
    const ARGUMENTS: usize = 2;

    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure> {
        let reader = self.0.with(call, Rc::clone)?;
        // Making a string calls no JavaScript, so that the lock may be held.
        reader.auth.refresh(call.time(1, "now()")?, |issued| {
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
    /// Runs in a finalizer: on the environment's thread, before the environment ends.
    fn drop(&mut self) {
        self.forget();
    }
}
