//! Arguments of functions that are written in JavaScript, checked by the same rules and refused with
//! the same words as those of the core's.

use kling_auth_core::error::{Error, Number};

use crate::options::{Options, object, string};
use crate::value::{Kind, Outcome, Value};

/// Fails unless `options` is absent or an object whose members all are in `types`, which maps the
/// name of each to its type: `array`, `boolean`, `date`, `function`, `number`, `object` or `string`.
/// Returns all of these, in this order, with their names; `None` are those that are not given.
pub fn options<V: Value>(
    argument: &str,
    options: V,
    types: V,
) -> Outcome<Vec<(String, Option<V>)>, V> {
    let types = object("types", types)?.ok_or(Error::Internal)?;
    let names = types.members()?.names;
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let options = Options::new(argument, options, &known)?;
    names
        .iter()
        .map(|name| {
            let expected = string("types", types.read(name)?)?;
            Ok((name.clone(), options.checked(name, &expected)?))
        })
        .collect()
}

/// The error for what is of the wrong type, where JavaScript knows better what it is.
#[must_use]
pub fn received(argument: String, expected: String, received: String) -> Error {
    let (expected, received) = (expected.into(), received.into());
    Error::InvalidArgType {
        argument,
        expected,
        received,
    }
}

/// The error for a number that does not fit, or for what is none.
///
/// # Errors
///
/// Whatever looking at the value fails with.
pub fn out_of_range<V: Value>(argument: String, expected: String, value: V) -> Outcome<Error, V> {
    let received = match value.kind()? {
        Kind::Number => Number(value.number()?).into(),
        kind => kind.with_article().into(),
    };
    Ok(Error::OutOfRange {
        argument: argument.into(),
        expected,
        received,
    })
}

/// The error for two options that exclude each other.
#[must_use]
pub fn conflict(first: String, second: String) -> Error {
    let (first, second) = (first.into(), second.into());
    Error::ConflictingOptions { first, second }
}
