//! What a call ends with instead of a result.

use kling_auth_core::error::{Class, Error};

use crate::output;

/// An error of the core's, or an exception that JavaScript keeps.
///
/// In a box, as it is passed up through every function here: a pointer takes less code to move and
/// to drop than an error does.
pub struct Failure(Option<Box<Error>>);

impl Failure {
    /// JavaScript has thrown, and keeps what it threw.
    pub const EXCEPTION: Self = Self(None);

    /// What to throw where JavaScript keeps nothing.
    pub fn error(&self) -> Option<&Error> {
        self.0.as_deref()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Some(Box::new(error)))
    }
}

/// In place of a result: the error stands in the output.
const ERROR: i32 = -1;
/// In place of a result: JavaScript keeps the exception.
const EXCEPTION: i32 = -2;

/// What an export returns: a result that is not negative, or how the call failed.
pub fn status(outcome: Result<i32, Failure>) -> i32 {
    match outcome {
        Ok(result) => result,
        Err(Failure(None)) => EXCEPTION,
        Err(Failure(Some(error))) => {
            let class = match error.class() {
                Class::KlingAuthError => "KlingAuthError",
                Class::TypeError => "TypeError",
                Class::RangeError => "RangeError",
                Class::KlingWebhookError => "KlingWebhookError",
            };
            let message = error.to_string();
            output::fields(&[Some(class), Some(error.code()), Some(&message)]);
            ERROR
        }
    }
}
