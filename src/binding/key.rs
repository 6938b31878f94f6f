//! What the command `doctor` is told of variables and keys: names, shapes and positions, no values.

use kling_auth_core::describe::{self, Description};
use kling_auth_core::near::advice;
use kling_auth_core::request::endpoint::{Host, other_region};

use crate::options::string;
use crate::value::{Outcome, Value};

/// Describes the value of the variable `name`; `None` for one that holds no key. `base` is the base
/// URL, as the keys of a gateway may look like anything.
pub fn describe<V: Value>(name: V, value: V, base: V) -> Outcome<Option<Description>, V> {
    let host = Host::of_url(&string("base", base)?);
    Ok(describe::describe(
        &string("name", name)?,
        string("value", value)?,
        host,
    ))
}

/// What mends a variable that is set and read by nobody, after its name; `None` for others.
pub fn near_variable<V: Value>(name: V) -> Outcome<Option<String>, V> {
    Ok(advice(&string("name", name)?))
}

/// Whose host a URL leads to.
pub fn host_of<V: Value>(url: V) -> Outcome<&'static str, V> {
    Ok(Host::of_url(&string("url", url)?).as_str())
}

/// The host of the region that a host of Kling's does not belong to; `None` for any other.
pub fn other_region_of<V: Value>(host: V) -> Outcome<Option<&'static str>, V> {
    Ok(other_region(&string("host", host)?))
}
