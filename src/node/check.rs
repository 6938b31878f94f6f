//! Options of functions that are written in JavaScript, checked by the same rules and with the
//! same words as those of the core's.

use std::collections::HashMap;

use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::error::Failure;
use super::options::Options;

/// Throws unless `options` is absent or an object whose members all are in `types`, which maps the
/// name of each to its type: `array`, `boolean`, `date`, `function`, `number`, `object` or `string`.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the types that napi converts to"
)]
#[napi(catch_unwind)]
pub fn check_options(
    env: Env,
    argument: String,
    options: Unknown<'_>,
    types: HashMap<String, String>,
) -> napi::Result<()> {
    let check = || {
        let mut known: Vec<&str> = types.keys().map(String::as_str).collect();
        known.sort_unstable(); // which of two faults is reported must not depend on a hash
        let options = Options::new(&argument, options, &known)?;
        for name in known {
            match types[name].as_str() {
                "array" => options.check_array(name)?,
                "boolean" => drop(options.boolean(name)?),
                "date" => drop(options.date(name)?),
                "function" => options.check_function(name)?,
                "number" => drop(options.number(name)?),
                "object" => drop(options.object(name)?),
                "string" => drop(options.string(name)?),
                other => unreachable!("no check for {other}"),
            }
        }
        Ok(())
    };
    check().map_err(|failure: Failure| failure.into_exception(env))
}
