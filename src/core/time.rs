//! The wall clock, and the one type that carries a reading of it.

use std::time::Duration;

use crate::error::Error;

/// The time that panics where the feature `test-panic` is on: 2001-09-09T01:46:40Z and a millisecond.
#[cfg(feature = "test-panic")]
const PANIC_AT: f64 = 1e12 + 1.0;

/// A moment in time: milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Before any other.
    pub const MIN: Self = Self(i64::MIN);

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
            argument,
            expected: "milliseconds since the epoch, as Date.now() gives".to_owned(),
            received: millis.to_string(),
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

/// The system's wall clock, to the nanosecond: for judging a token that another program has just
/// dated.
#[must_use]
pub fn precise() -> Timestamp {
    // A clock before 1970 reads as 1970: any token is then not yet valid.
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// The system's wall clock.
///
/// On Linux this is `CLOCK_REALTIME_COARSE`: the time of the last timer tick, at most 10 ms old,
/// read without asking the hardware. Tokens are dated in whole seconds, so a tick is nothing to
/// them, and a read of a cached token costs about as much as the precise clock alone would.
#[must_use]
#[inline]
pub fn now() -> Timestamp {
    #[cfg(target_os = "linux")]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
        Timestamp(time.tv_sec.saturating_mul(1000) + time.tv_nsec / 1_000_000)
    }
    #[cfg(not(target_os = "linux"))]
    precise()
}
