//! What is known about the request that a reply answers.

use crate::credentials::CredentialKind;
use crate::request::endpoint;

/// All of it may be absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    /// What stood in the `Authorization` header.
    pub credential: Option<CredentialKind>,
    /// The host of the URL, with its port.
    pub host: Option<&'a str>,
    /// The path of the URL, below the base URL.
    pub path: Option<&'a str>,
    /// The HTTP method.
    pub method: Option<&'a str>,
    /// The variable that the credentials come from, and those that come after it.
    pub passed_over: Option<(&'a str, &'a [String])>,
}

/// Whether a request whose fate is unknown can be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It only reads, or does the same however often it is done.
    Safe,
    /// It makes something, which may be paid for twice.
    Creates,
    /// The method is not known.
    Unknown,
}

impl Caller<'_> {
    /// By method and path.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        match self.method {
            None => Repeat::Unknown,
            Some(method) if endpoint::creates(method, self.path) => Repeat::Creates,
            Some(_) => Repeat::Safe,
        }
    }
}
