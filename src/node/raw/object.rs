//! Which members of an object count.
//!
//! Its own do, and those of its class, which may have accessors; what stands on the root of all
//! objects does not: anything in the process can have put it there.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::ptr;

use napi::bindgen_prelude::{Array, FromNapiValue as _, JsObjectValue as _, Object, Unknown};
use napi::{Env, JsValue as _, ValueType, check_status, sys};

use super::bytes::Text;
use super::value::{cast, text};

/// Nobody derives options that often. A prototype that a `Proxy` makes up may have no end.
const MOST_PROTOTYPES: usize = 100;

/// The object and its prototypes without the last, which is the root; at least the object.
pub fn layers<'env>(object: &Object<'env>) -> napi::Result<Vec<Object<'env>>> {
    let mut layers = vec![*object];
    while layers.len() < MOST_PROTOTYPES {
        match prototype(&layers[layers.len() - 1])? {
            Some(next) => layers.push(next),
            None => break,
        }
    }
    if layers.len() > 1 {
        layers.pop();
    }
    Ok(layers)
}

fn prototype<'env>(object: &Object<'env>) -> napi::Result<Option<Object<'env>>> {
    let object = object.value();
    let mut prototype = ptr::null_mut();
    // SAFETY: environment and object come from one live handle of the running call.
    unsafe {
        check_status!(sys::napi_get_prototype(
            object.env,
            object.value,
            &raw mut prototype
        ))?;
        let prototype = Unknown::from_napi_value(object.env, prototype)?;
        // A class's static side may be an object of options, and its prototype is a function.
        Ok(match prototype.get_type()? {
            ValueType::Object | ValueType::Function => {
                Some(Object::from_raw(object.env, prototype.value().value))
            }
            _ => None,
        })
    }
}

/// The names of the object's own enumerable members.
pub fn own_names(object: &Object<'_>) -> napi::Result<Vec<String>> {
    let object = object.value();
    let mut list = ptr::null_mut();
    // SAFETY: environment and object come from one live handle of the running call, and so do the
    // list of names, which is an array.
    let list = unsafe {
        check_status!(sys::napi_get_all_property_names(
            object.env,
            object.value,
            sys::KeyCollectionMode::own_only,
            sys::KeyFilter::enumerable | sys::KeyFilter::skip_symbols,
            sys::KeyConversion::numbers_to_strings,
            &raw mut list
        ))?;
        Array::from_napi_value(object.env, list)?
    };
    let mut all = Vec::with_capacity(list.len() as usize);
    for index in 0..list.len() {
        all.push(short_text(list.get_element(index)?)?);
    }
    Ok(all)
}

/// A string that is most likely short: read in one step, where others ask for its length first.
fn short_text(value: Unknown<'_>) -> napi::Result<String> {
    /// Node-API writes whole characters only: with so much room left there was no further one.
    const LONGEST_CHARACTER: usize = 4;
    let raw = value.value();
    let mut buffer = [0_u8; 64];
    let mut written = 0;
    // SAFETY: environment and value come from one live handle of the running call; no more is
    // written than the buffer has room for.
    check_status!(unsafe {
        let room = buffer.len();
        let start = buffer.as_mut_ptr().cast();
        sys::napi_get_value_string_utf8(raw.env, raw.value, start, room, &raw mut written)
    })?;
    if written + LONGEST_CHARACTER < buffer.len()
        && let Ok(text) = std::str::from_utf8(&buffer[..written])
    {
        return Ok(text.to_owned());
    }
    Ok(cast::<Text>(value)?.0)
}

/// Whether the object has a member of its own by this name.
pub fn has_own(object: &Object<'_>, name: &str) -> napi::Result<bool> {
    let object = object.value();
    let key = text(Env::from_raw(object.env), name.as_bytes())?;
    let mut has = false;
    // SAFETY: environment and object come from one live handle of the running call, in which the
    // key was made.
    check_status!(unsafe {
        sys::napi_has_own_property(object.env, object.value, key, &raw mut has)
    })?;
    Ok(has)
}

/// A member that counts, whatever its value; `None` where there is none.
pub fn member<'env>(object: &Object<'env>, name: &str) -> napi::Result<Option<Unknown<'env>>> {
    // Most variables are not set, which one look at the object with all its prototypes tells.
    if !has(object, name)? {
        return Ok(None);
    }
    for layer in layers(object)? {
        if has_own(&layer, name)? {
            return read(object, name).map(Some);
        }
    }
    Ok(None)
}

/// Whether the object or one of its prototypes has a member by this name, the root included.
fn has(object: &Object<'_>, name: &str) -> napi::Result<bool> {
    let object = object.value();
    let key = text(Env::from_raw(object.env), name.as_bytes())?;
    let mut has = false;
    // SAFETY: as in `has_own`.
    check_status!(unsafe { sys::napi_has_property(object.env, object.value, key, &raw mut has) })?;
    Ok(has)
}

/// Reads a member, of which it is known that it counts.
pub fn read<'env>(object: &Object<'env>, name: &str) -> napi::Result<Unknown<'env>> {
    let object = object.value();
    let key = text(Env::from_raw(object.env), name.as_bytes())?;
    let mut value = ptr::null_mut();
    // SAFETY: as in `has_own`.
    unsafe {
        check_status!(sys::napi_get_property(
            object.env,
            object.value,
            key,
            &raw mut value
        ))?;
        Unknown::from_napi_value(object.env, value)
    }
}
