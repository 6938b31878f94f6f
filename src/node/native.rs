//! The addon as one loaded copy of the package sees it.

use std::rc::Rc;

use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::raw::classes::Classes;
use super::raw::files::Files;

/// What needs no instance of a public class. Errors are of the classes that it was made with.
#[napi]
pub struct Native {
    pub(super) classes: Rc<Classes>,
    pub(super) files: Files,
}

#[napi]
impl Native {
    /// With the classes of the errors that this copy of the package hands out, and the function that
    /// reads a file for a variable.
    #[napi(
        constructor,
        catch_unwind,
        ts_args_type = "typeError: Function, rangeError: Function, authError: Function, webhookError: Function, readFile: (variable: string, path: string) => string"
    )]
    pub fn new(
        env: Env,
        type_error: Unknown<'_>,
        range_error: Unknown<'_>,
        auth_error: Unknown<'_>,
        webhook_error: Unknown<'_>,
        read_file: Unknown<'_>,
    ) -> napi::Result<Self> {
        let classes = [type_error, range_error, auth_error, webhook_error];
        Ok(Self {
            classes: Rc::new(Classes::new(env, classes)?),
            files: Files::new(env, read_file)?,
        })
    }
}
