//! The core's errors as JavaScript exceptions of the right class.

use napi::Env;
use napi::bindgen_prelude::{FnArgs, Function, FunctionRef};
use napi_derive::napi;

use kling_auth_core::error::{Class, Error};

/// Throws: `(class, code, message) => never`.
type Thrower = FunctionRef<ThrowerArgs, ()>;
type ThrowerArgs = FnArgs<(&'static str, &'static str, String)>;

/// Takes the function that throws on the addon's behalf, so that errors raised here are instances
/// of the classes that users import. Called once for each environment.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the type that napi converts to"
)]
#[napi(
    catch_unwind,
    ts_args_type = "thrower: (className: string, code: string, message: string) => never"
)]
pub fn set_thrower(env: Env, thrower: Function<'_, ThrowerArgs, ()>) -> napi::Result<()> {
    let thrower: Thrower = thrower.create_ref()?;
    // Kept with the environment, not the thread: two loaded copies each have their own classes.
    env.set_instance_data(thrower, (), drop)
}

/// What happens inside the binding: an error of the core's, or an exception from JavaScript code
/// that was called on the way (a getter of `env`, a clock).
///
/// In a box, as it is passed up through every function here: a pointer takes less code to move and
/// to drop than an error does.
pub struct Failure(Box<Cause>);

enum Cause {
    Core(Error),
    JavaScript(napi::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Box::new(Cause::Core(error)))
    }
}

impl From<napi::Error> for Failure {
    fn from(error: napi::Error) -> Self {
        Self(Box::new(Cause::JavaScript(error)))
    }
}

impl Failure {
    /// The exception to leave the binding with.
    pub fn into_exception(self, env: Env) -> napi::Error {
        let error = match *self.0 {
            Cause::JavaScript(exception) => return exception,
            Cause::Core(error) => error,
        };
        let class = match error.class() {
            Class::KlingAuthError => "KlingAuthError",
            Class::TypeError => "TypeError",
            Class::RangeError => "RangeError",
            Class::KlingWebhookError => "KlingWebhookError",
        };
        let thrown = env
            .get_instance_data::<Thrower>()
            .and_then(|thrower| {
                thrower.ok_or_else(|| napi::Error::from_reason("index.js was bypassed"))
            })
            .and_then(|thrower| thrower.borrow_back(&env))
            .and_then(|thrower| thrower.call((class, error.code(), error.to_string()).into()));
        match thrown {
            Err(exception) => exception,
            Ok(()) => napi::Error::from_reason(error.to_string()),
        }
    }
}
