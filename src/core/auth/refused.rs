//! Credentials that Kling does not know: whether the provider is asked for others.

use super::Auth;
use crate::error::Error;
use crate::time::Timestamp;

/// What is known of a credential that Kling has refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Another one has taken its place already.
    Replaced,
    /// The provider is to be asked for another.
    First,
    /// The provider was asked for another, and has not delivered one.
    Again,
}

impl Auth {
    /// Takes note that Kling does not know the credential in `bearer`, and tells whether the
    /// provider can help.
    ///
    /// # Errors
    ///
    /// [`Error::Disposed`].
    pub fn refused(&self, now: Timestamp, bearer: &str) -> Result<Refused, Error> {
        let mut state = self.state();
        state.check_usable()?;
        let now = state.skew.correct(now);
        let is_replaced = state
            .issued
            .as_ref()
            .is_some_and(|issued| issued.is_valid(now) && !issued.is(bearer));
        if is_replaced {
            return Ok(Refused::Replaced);
        }
        let was_refused = state
            .holding
            .as_mut()
            .is_some_and(|holding| std::mem::replace(&mut holding.is_refused, true));
        Ok(if was_refused {
            Refused::Again
        } else {
            Refused::First
        })
    }

    /// Whether Kling did not know the credential at hand.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let state = self.state();
        state
            .holding
            .as_ref()
            .is_some_and(|holding| holding.is_refused)
    }
}
