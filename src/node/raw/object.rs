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

use super::value::text;

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
    let mut names = ptr::null_mut();
    // SAFETY: environment and object come from one live handle of the running call, and so do the
    // names, which are an array.
    let names = unsafe {
        check_status!(sys::napi_get_all_property_names(
            object.env,
            object.value,
            sys::KeyCollectionMode::own_only,
            sys::KeyFilter::enumerable | sys::KeyFilter::skip_symbols,
            sys::KeyConversion::numbers_to_strings,
            &raw mut names
        ))?;
        Array::from_napi_value(object.env, names)?
    };
    (0..names.len())
        .map(|index| names.get_element::<String>(index))
        .collect()
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
    for layer in layers(object)? {
        if has_own(&layer, name)? {
            return read(object, name).map(Some);
        }
    }
    Ok(None)
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
