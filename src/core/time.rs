//! The one type that carries a reading of a clock: the time is always an argument.

use std::time::Duration;

use crate::error::{Error, Number};

/// The time that panics where the feature `test-panic` is on: 2001-09-09T01:46:40Z and a millisecond.
#[cfg(feature = "test-panic")]
const PANIC_AT: f64 = 1e12 + 1.0;

/// A moment in time: milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Before any other.
    pub const MIN: Self = Self(i64::MIN);
    /// After any other.
    pub const MAX: Self = Self(i64::MAX);

    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From a JavaScript time value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for what no `Date` can hold, and for anything before March 1973,
    /// which is how a time in seconds reads as milliseconds.
    pub fn checked(argument: &'static str, millis: f64) -> Result<Self, Error> {
        const RANGE: std::ops::RangeInclusive<f64> = 1e11..=8.64e15;
        #[cfg(feature = "test-panic")]
        assert!(
            millis.to_bits() != PANIC_AT.to_bits(),
            "planted for scripts/test-panic.mjs"
        );
        if RANGE.contains(&millis) {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "in range; the fraction is dropped"
            )]
            return Ok(Self(millis as i64));
        }
        Err(Error::OutOfRange {
            argument: argument.into(),
            expected: "milliseconds since the epoch, as Date.now() gives".to_owned(),
            received: Number(millis).into(),
        })
    }

    /// From whole seconds since the epoch, as JWT claims carry them.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// How long it is until `later`; nothing if that has passed.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(later.0.saturating_sub(self.0).max(0).unsigned_abs())
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }
}
