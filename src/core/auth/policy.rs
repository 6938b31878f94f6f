//! How tokens are made and when they are replaced.

use crate::error::Error;
use crate::token::{Lifetime, whole_seconds};

/// How tokens are made and when they are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    pub(super) lifetime: Lifetime,
    pub(super) buffer_sec: i64,
    /// Of an API Key that a provider has delivered without an end, in seconds; 0 is for ever.
    pub(super) api_key_max_age_sec: i64,
}

impl Policy {
    /// `None` stands for the default: a sixth of the lifetime, 300 s of 1800 s.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `bufferSec` is 0 to the lifetime less one second.
    pub fn new(lifetime: Lifetime, buffer_sec: Option<f64>) -> Result<Self, Error> {
        let buffer_sec = whole_seconds("bufferSec", buffer_sec, 0..=lifetime.ttl_sec() - 1)?
            .unwrap_or(lifetime.ttl_sec() / 6);
        Ok(Self {
            lifetime,
            buffer_sec,
            api_key_max_age_sec: 300,
        })
    }

    /// How long an API Key that a provider has delivered without an end is used before the
    /// provider is asked again. `None` stands for the default: 300 s; 0 for ever.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `apiKeyMaxAgeSec` is 0 to 2,592,000, which is 30 days.
    pub fn with_api_key_max_age(self, max_age_sec: Option<f64>) -> Result<Self, Error> {
        let given = whole_seconds("apiKeyMaxAgeSec", max_age_sec, 0..=2_592_000)?;
        Ok(Self {
            api_key_max_age_sec: given.unwrap_or(self.api_key_max_age_sec),
            ..self
        })
    }

    /// Seconds before its end at which a token is replaced.
    #[must_use]
    pub const fn buffer_sec(self) -> i64 {
        self.buffer_sec
    }
}
