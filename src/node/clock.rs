//! The wall clock.

use kling_auth_core::time::Timestamp;

/// The system's wall clock, to the nanosecond: for judging a token that another program has just
/// dated.
#[must_use]
pub fn precise() -> Timestamp {
    // A clock before 1970 reads as 1970: any token is then not yet valid.
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
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
        Timestamp::from_millis(crate::raw::clock::coarse_millis())
    }
    #[cfg(not(target_os = "linux"))]
    precise()
}
