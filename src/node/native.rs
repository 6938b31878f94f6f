//! The addon as one loaded copy of the package sees it.

use std::rc::Rc;

use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::raw::classes::Classes;
use super::raw::files::Files;
use super::raw::reader::Readers;
use super::raw::value::Made;

/// What needs no instance of a public class. Errors are of the classes that it was made with.
#[napi]
pub struct Native {
    pub(super) classes: Rc<Classes>,
    pub(super) files: Files,
    pub(super) readers: Rc<Readers>,
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
            readers: Rc::default(),
        })
    }

    /// A function that returns the current token of an instance, replaced if it is stale.
    #[napi(
        catch_unwind,
        ts_return_type = "(handle: unknown, now?: number) => { token: string; expiresAt: number | null; refreshesAt: number | null; serial: number; reason: import('./index').KlingRefreshReason }"
    )]
    pub fn reader(&self, env: Env) -> napi::Result<Made> {
        self.readers.reader(env, &self.classes)
    }

    /// A function that signs anew for an instance and returns the token.
    #[napi(
        catch_unwind,
        ts_return_type = "(handle: unknown, now?: number) => string"
    )]
    pub fn refresher(&self, env: Env) -> napi::Result<Made> {
        self.readers.refresher(env, &self.classes)
    }
}
