//! The C library's clock.

#![allow(
    unsafe_code,
    reason = "the call of the C library; its block states why it is sound"
)]

/// `CLOCK_REALTIME_COARSE` in milliseconds since the epoch.
///
/// Through the C library and not past it: valgrind and the like stand between the two, and take from
/// a process what it takes to ask the kernel without it.
#[inline]
pub fn coarse_millis() -> i64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is there to be written to. The call fails for clocks that are unknown, and
    // this one is as old as Linux 2.6.32; the time would then read as 1970.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME_COARSE, &raw mut time) };
    time.tv_sec.saturating_mul(1000) + time.tv_nsec / 1_000_000
}
