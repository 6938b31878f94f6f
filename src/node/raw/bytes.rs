//! Bytes and strings of the running call, read where they lie.

#![allow(
    unsafe_code,
    reason = "the Node-API calls; each block states why it is sound"
)]

use std::ptr;

use napi::bindgen_prelude::FromNapiValue;
use napi::{Env, Status, check_status, sys};

use super::bound::Call;
use crate::error::Failure;
use crate::value::Js;
use kling_auth_binding::value::Value as _;
use kling_auth_core::error::Error;

/// A webhook's body: bytes in place, or a string's UTF-8, which is a copy.
pub enum Body<'call> {
    /// Borrowed from JavaScript, which does not run while the call does.
    Bytes(&'call [u8]),
    /// The UTF-8 of a string.
    Text(Vec<u8>),
}

impl<'call> Body<'call> {
    /// The argument at `index`: a typed array, a `DataView`, an `ArrayBuffer` or a string.
    pub fn read(call: &'call Call<'_>, index: usize) -> Result<Self, Failure> {
        let Some(value) = call.argument(index) else {
            return Err(not_raw("undefined"));
        };
        let env = call.env();
        if let Some(bytes) = typed_array(env, value)? {
            return Ok(Self::Bytes(bytes));
        }
        if let Some(bytes) = data_view(env, value)? {
            return Ok(Self::Bytes(bytes));
        }
        if let Some(bytes) = array_buffer(env, value) {
            return Ok(Self::Bytes(bytes));
        }
        if let Some(text) = utf8(env, value, usize::MAX)? {
            return Ok(Self::Text(text));
        }
        Err(not_raw(Js(call.unknown(index)?).kind()?.with_article()))
    }

    /// The bytes that were signed.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text,
        }
    }
}

fn not_raw(received: &'static str) -> Failure {
    Error::NotRawBody { received }.into()
}

fn typed_array<'call>(env: Env, value: sys::napi_value) -> Result<Option<&'call [u8]>, Failure> {
    let (mut kind, mut length, mut data) = (-1, 0, ptr::null_mut());
    let mut buffer = ptr::null_mut();
    // SAFETY: `value` belongs to the running call. For anything but a typed array the status says
    // so, and nothing is written.
    let status = unsafe {
        sys::napi_get_typedarray_info(
            env.raw(),
            value,
            &raw mut kind,
            &raw mut length,
            &raw mut data,
            &raw mut buffer,
            ptr::null_mut(),
        )
    };
    if status != sys::Status::napi_ok {
        return Ok(None);
    }
    check_exclusive(env, buffer)?;
    let Some(element_bytes) = element_bytes(kind) else {
        return Err(not_raw("a typed array of a kind that is not known here"));
    };
    // SAFETY: `data` is the view's memory, `length` elements long.
    Ok(Some(unsafe { borrow(data.cast(), length * element_bytes) }))
}

fn data_view<'call>(env: Env, value: sys::napi_value) -> Result<Option<&'call [u8]>, Failure> {
    let (mut bytes, mut data, mut buffer) = (0, ptr::null_mut(), ptr::null_mut());
    // SAFETY: `value` belongs to the running call. For anything but a `DataView` the status says
    // so, and nothing is written.
    let status = unsafe {
        sys::napi_get_dataview_info(
            env.raw(),
            value,
            &raw mut bytes,
            &raw mut data,
            &raw mut buffer,
            ptr::null_mut(),
        )
    };
    if status != sys::Status::napi_ok {
        return Ok(None);
    }
    check_exclusive(env, buffer)?;
    // SAFETY: `data` is the view's memory, `bytes` long.
    Ok(Some(unsafe { borrow(data.cast(), bytes) }))
}

/// Refuses views of memory that other threads may change after it was checked.
fn check_exclusive(env: Env, buffer: sys::napi_value) -> Result<(), Failure> {
    let mut exclusive = false;
    // SAFETY: `buffer` was returned for the running call. What is shared is no `ArrayBuffer`.
    check_status!(unsafe { sys::napi_is_arraybuffer(env.raw(), buffer, &raw mut exclusive) })?;
    if exclusive {
        return Ok(());
    }
    Err(not_raw(
        "memory that is shared with other threads, which could change it after the check",
    ))
}

fn array_buffer<'call>(env: Env, value: sys::napi_value) -> Option<&'call [u8]> {
    let mut exclusive = false;
    // SAFETY: `value` belongs to the running call. Newer versions of Node-API give the memory of a
    // `SharedArrayBuffer` as well, but do not call it an `ArrayBuffer`.
    let status = unsafe { sys::napi_is_arraybuffer(env.raw(), value, &raw mut exclusive) };
    if status != sys::Status::napi_ok || !exclusive {
        return None;
    }
    let (mut data, mut bytes) = (ptr::null_mut(), 0);
    // SAFETY: as above.
    let status =
        unsafe { sys::napi_get_arraybuffer_info(env.raw(), value, &raw mut data, &raw mut bytes) };
    // SAFETY: `data` is the buffer's memory, `bytes` long.
    (status == sys::Status::napi_ok).then(|| unsafe { borrow(data.cast(), bytes) })
}

/// # Safety
///
/// `data` must be what Node-API gave as the memory of an unshared buffer of `length` bytes, and the
/// borrow must end before the running call returns to JavaScript, which is what keeps the memory
/// from being changed, moved or freed.
unsafe fn borrow<'call>(data: *const u8, length: usize) -> &'call [u8] {
    if length == 0 || data.is_null() {
        return &[]; // an empty or detached buffer may have no memory
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(data, length) }
}

const fn element_bytes(kind: sys::napi_typedarray_type) -> Option<usize> {
    /// Newer than the binding's own list.
    const FLOAT16_ARRAY: sys::napi_typedarray_type = 11;
    Some(match kind {
        sys::TypedarrayType::int8_array
        | sys::TypedarrayType::uint8_array
        | sys::TypedarrayType::uint8_clamped_array => 1,
        sys::TypedarrayType::int16_array | sys::TypedarrayType::uint16_array | FLOAT16_ARRAY => 2,
        sys::TypedarrayType::int32_array
        | sys::TypedarrayType::uint32_array
        | sys::TypedarrayType::float32_array => 4,
        sys::TypedarrayType::float64_array
        | sys::TypedarrayType::bigint64_array
        | sys::TypedarrayType::biguint64_array => 8,
        _ => return None,
    })
}

/// A string's UTF-8; `None` for what is no string. A string of more than `limit` bytes is cut, but
/// not to `limit` or less.
pub fn utf8(env: Env, value: sys::napi_value, limit: usize) -> napi::Result<Option<Vec<u8>>> {
    /// Node-API writes whole characters only.
    const LONGEST_CHARACTER: usize = 4;
    let mut length = 0;
    // SAFETY: `value` belongs to the running call; without a buffer only the length is written.
    let status = unsafe {
        sys::napi_get_value_string_utf8(env.raw(), value, ptr::null_mut(), 0, &raw mut length)
    };
    if status == sys::Status::napi_string_expected {
        return Ok(None);
    }
    check_status!(status)?;
    // One byte for the terminator, which Node-API writes in any case.
    let room = length.min(limit.saturating_add(LONGEST_CHARACTER)) + 1;
    let mut text: Vec<u8> = Vec::with_capacity(room);
    // SAFETY: the buffer has `room` bytes; as many are initialized as `written` tells.
    unsafe {
        let mut written = 0;
        check_status!(sys::napi_get_value_string_utf8(
            env.raw(),
            value,
            text.as_mut_ptr().cast(),
            room,
            &raw mut written,
        ))?;
        text.set_len(written);
    }
    Ok(Some(text))
}

/// A string that a function takes. napi's own conversion puts what is none into its message, for which
/// it calls `JSON.stringify`: a stranger's code, and 12 kB of ours.
pub struct Text(pub String);

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let bytes = utf8(Env::from_raw(env), value, usize::MAX)?;
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(Self)
            .ok_or_else(|| napi::Error::new(Status::StringExpected, "expected a string"))
    }
}
