//! Options of functions that are written in JavaScript, checked by the same rules and with the
//! same words as those of the core's.

use napi::Env;
use napi::bindgen_prelude::{JsObjectValue as _, Object, Unknown};
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
    #[napi(ts_arg_type = "Record<string, string>")] types: Object<'_>,
) -> napi::Result<()> {
    let check = || {
        let names = Object::keys(&types)?;
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let options = Options::new(&argument, options, &known)?;
        for name in known {
            let expected: String = types.get_named_property(name)?;
            match expected.as_str() {
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
