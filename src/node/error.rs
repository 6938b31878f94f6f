//! What happens inside the binding.

use kling_auth_core::error::Error;

/// An error of the core's to throw, or nothing: then an exception is pending, from JavaScript code
/// that was called on the way (a getter of `env`, a clock) or from V8, and it stays as it is.
///
/// In a box, as it is passed up through every function here: a pointer takes less code to move and
/// to drop than an error does.
pub struct Failure(Option<Box<Error>>);

impl Failure {
    /// What to throw where nothing is pending.
    pub fn error(&self) -> Option<&Error> {
        self.0.as_deref()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Some(Box::new(error)))
    }
}

impl From<napi::Error> for Failure {
    /// Not a word of it is kept. Calls that take an exception apart are not used in here.
    fn from(_: napi::Error) -> Self {
        Self(None)
    }
}
