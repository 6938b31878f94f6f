//! What the module asks JavaScript, as safe functions. `lib/loader/wasm/imports.js` answers.

use zeroize::Zeroizing;

use crate::failure::Failure;

/// In place of an answer: JavaScript has thrown, and keeps the exception.
const THREW: u32 = u32::MAX;
/// In place of a value or of its place: there is none.
const NONE: u32 = u32::MAX - 1;

mod js {
    #[link(wasm_import_module = "js")]
    unsafe extern "C" {
        pub safe fn kind(value: u32) -> u32;
        pub safe fn number(value: u32) -> f64;
        pub safe fn date(value: u32) -> f64;
        pub safe fn length(value: u32) -> u32;
        pub safe fn element(value: u32, index: u32) -> u32;
        pub safe fn names(value: u32) -> u32;
        pub safe fn has_class(value: u32) -> u32;
        pub unsafe fn member(value: u32, name: *const u8, length: usize) -> u32;
        pub unsafe fn read(value: u32, name: *const u8, length: usize) -> u32;
        pub safe fn give(value: u32);
        pub unsafe fn read_file(
            variable: *const u8,
            variable_length: usize,
            path: *const u8,
            path_length: usize,
        ) -> u32;
        pub safe fn text_room(value: u32) -> u32;
        pub safe fn memory(value: u32) -> u32;
        pub unsafe fn text(value: u32, to: *mut u8, room: usize) -> usize;
        pub safe fn bytes_length(value: u32) -> u32;
        pub unsafe fn bytes(value: u32, to: *mut u8);
        pub safe fn out_of_memory();
    }
}

fn answer(answer: u32) -> Result<u32, Failure> {
    if answer == THREW {
        Err(Failure::EXCEPTION)
    } else {
        Ok(answer)
    }
}

/// A value's kind, as a number.
pub fn kind(value: u32) -> Result<u32, Failure> {
    answer(js::kind(value))
}

/// Of a number; of a boolean, 0 or 1.
pub fn number(value: u32) -> f64 {
    js::number(value)
}

/// A date's time value; infinite where the value is no date.
pub fn date(value: u32) -> f64 {
    js::date(value)
}

/// An array's length.
pub fn length(value: u32) -> Result<u32, Failure> {
    answer(js::length(value))
}

/// An array's element.
pub fn element(value: u32, index: u32) -> Result<u32, Failure> {
    answer(js::element(value, index))
}

/// An array of the names of an object's members that count.
pub fn names(value: u32) -> Result<u32, Failure> {
    answer(js::names(value))
}

/// Whether an object has a class.
pub fn has_class(value: u32) -> Result<bool, Failure> {
    Ok(answer(js::has_class(value))? != 0)
}

/// An object's member that counts, if there is one.
pub fn member(value: u32, name: &str) -> Result<Option<u32>, Failure> {
    // SAFETY: JavaScript reads the name and keeps nothing of it.
    let place = answer(unsafe { js::member(value, name.as_ptr(), name.len()) })?;
    Ok((place != NONE).then_some(place))
}

/// An object's member, `undefined` where it has none.
pub fn read(value: u32, name: &str) -> Result<u32, Failure> {
    // SAFETY: JavaScript reads the name and keeps nothing of it.
    answer(unsafe { js::read(value, name.as_ptr(), name.len()) })
}

/// The text of the file at `path`, which `variable` names.
pub fn read_file(variable: &str, path: &str) -> Result<u32, Failure> {
    // SAFETY: JavaScript reads both names.
    answer(unsafe { js::read_file(variable.as_ptr(), variable.len(), path.as_ptr(), path.len()) })
}

/// Hands a value back to the caller, or `undefined`.
pub fn give(value: Option<u32>) {
    js::give(value.unwrap_or(NONE));
}

/// A string's UTF-8.
pub fn text(value: u32) -> Result<Zeroizing<String>, Failure> {
    beginning(value, usize::MAX)
}

/// A string's UTF-8, cut to whole characters within `limit` bytes.
pub fn beginning(value: u32, limit: usize) -> Result<Zeroizing<String>, Failure> {
    let mut text = room(js::text_room(value).min(u32::try_from(limit).unwrap_or(u32::MAX)))?;
    // SAFETY: JavaScript writes at most as many bytes as there are.
    let written = unsafe { js::text(value, text.as_mut_ptr(), text.len()) };
    text.truncate(written);
    // What TextEncoder writes is well-formed.
    Ok(Zeroizing::new(String::from_utf8(text).unwrap_or_default()))
}

/// Whose memory a value is a view of.
pub enum Memory {
    /// It is no view of any.
    None,
    /// Its own.
    Own,
    /// Other threads' too.
    Shared,
}

/// Whose memory a typed array, a `DataView` or an `ArrayBuffer` is a view of.
pub fn memory(value: u32) -> Memory {
    match js::memory(value) {
        1 => Memory::Own,
        2 => Memory::Shared,
        _ => Memory::None,
    }
}

/// A copy of the bytes of a typed array, a `DataView` or an `ArrayBuffer`; `None` for anything else.
pub fn bytes(value: u32) -> Result<Option<Vec<u8>>, Failure> {
    let length = js::bytes_length(value);
    if length == NONE {
        return Ok(None);
    }
    let mut bytes = room(length)?;
    // SAFETY: JavaScript writes as many bytes as it has just said.
    unsafe { js::bytes(value, bytes.as_mut_ptr()) };
    Ok(Some(bytes))
}

/// Zeroed memory. What JavaScript can hold may be more than there is room for here, and running out
/// of memory would be a trap.
fn room(length: u32) -> Result<Vec<u8>, Failure> {
    let mut room = Vec::new();
    if room.try_reserve_exact(length as usize).is_err() {
        js::out_of_memory();
        return Err(Failure::EXCEPTION);
    }
    room.resize(length as usize, 0);
    Ok(room)
}
