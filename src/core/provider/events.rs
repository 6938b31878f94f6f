//! What goes into a provider's rules, and what comes out.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::auth::RefreshReason;
use crate::credentials::Credential;
use crate::error::Error;
use crate::time::Timestamp;

/// What the provider delivered.
pub struct Delivery {
    /// The credential itself.
    pub credential: Credential,
    /// Its end, where it has one.
    pub expires_at: Option<Timestamp>,
}

/// What has happened. `now` is the wall clock's time of it.
pub enum Input {
    /// Somebody waits for a valid token; with `force`, for a new one. Answered by
    /// [`Action::Done`] with the same ticket.
    Want {
        /// Names the one who waits.
        ticket: u32,
        /// Whether a valid token is not enough.
        force: bool,
        /// The local time.
        now: Timestamp,
    },
    /// A read has found that the token is due.
    Nudge {
        /// The local time.
        now: Timestamp,
    },
    /// Kling does not know the credential in `bearer`. Answered by [`Action::Done`] once there is
    /// another, or the provider was asked and has none.
    Refused {
        /// Names the one who waits.
        ticket: u32,
        /// The token that was refused.
        bearer: Zeroizing<String>,
        /// The local time.
        now: Timestamp,
    },
    /// The provider says that it has something new.
    News,
    /// The provider's answer to a request.
    Settled {
        /// The request's number.
        id: u64,
        /// The answer.
        delivery: Result<Delivery, Error>,
        /// The local time.
        now: Timestamp,
    },
    /// The time of [`Provider::deadline`](super::Provider::deadline) has come.
    Deadline,
    /// Everything ends: whoever waits is told that all is disposed.
    Close,
}

/// What is to be done, in this order.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask the provider. Its answer is [`Input::Settled`] under the same number.
    Request {
        /// The request's number, which is never used again.
        id: u64,
        /// Why credentials are wanted.
        reason: RefreshReason,
    },
    /// The answer to a request is no longer wanted.
    Abort {
        /// The request's number.
        id: u64,
    },
    /// A new token is in place.
    Refreshed {
        /// Why it was made.
        reason: RefreshReason,
        /// Its end.
        expires_at: Option<Timestamp>,
    },
    /// A request came to nothing.
    Failed {
        /// The request's number.
        id: u64,
        /// Why.
        error: Error,
    },
    /// The one with this ticket waits no longer.
    Done {
        /// As it was given.
        ticket: u32,
        /// Whether there is what was wanted.
        outcome: Result<(), Error>,
    },
}

/// When an input comes in, and the chance that it brings along.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time since some start, by a clock that nobody can set.
    pub at: Duration,
    /// A random number from 0 to 1, for jitter.
    pub random: f64,
}
