//! Which token is fresh, and when, for reads that take no lock.
//!
//! A lock that nobody else wants still costs a quarter of a read. So what decides about freshness
//! stands beside the state that it was taken from, and is written whenever that state was open: a read
//! that finds its moment within bounds has nothing to ask the state.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering, fence};

use crate::time::Timestamp;

/// The serial number of a token with the local time in which it is fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Differs from that of every other token of the same credential.
    pub serial: u64,
    /// It is fresh from here on,
    pub from: Timestamp,
    /// and up to here, this moment excluded.
    pub until: Timestamp,
}

impl Bounds {
    /// No moment lies within.
    pub const NEVER: Self = Self {
        serial: 0,
        from: Timestamp::MIN,
        until: Timestamp::MIN,
    };
}

/// [`Bounds`] that one thread at a time writes, and any number read whole: a sequence lock. Its
/// version is odd while it is written.
#[derive(Debug)]
pub struct Fresh {
    version: AtomicU64,
    serial: AtomicU64,
    from: AtomicI64,
    until: AtomicI64,
}

impl Fresh {
    /// Nothing is fresh yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            version: AtomicU64::new(0),
            serial: AtomicU64::new(Bounds::NEVER.serial),
            from: AtomicI64::new(Bounds::NEVER.from.millis()),
            until: AtomicI64::new(Bounds::NEVER.until.millis()),
        }
    }

    /// The token that is fresh at `now`, the local time. `None` also where it is being replaced.
    #[must_use]
    #[inline]
    pub fn serial_at(&self, now: Timestamp) -> Option<u64> {
        let version = self.version.load(Ordering::Acquire);
        let serial = self.serial.load(Ordering::Relaxed);
        let from = self.from.load(Ordering::Relaxed);
        let until = self.until.load(Ordering::Relaxed);
        // What was loaded above is from before the second look at the version.
        fence(Ordering::Acquire);
        let is_whole = version & 1 == 0 && self.version.load(Ordering::Relaxed) == version;
        (is_whole && (from..until).contains(&now.millis())).then_some(serial)
    }

    /// Only by who holds the lock of the state that the bounds are taken from.
    pub fn set(&self, bounds: Bounds) {
        if self.get() == bounds {
            return;
        }
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version | 1, Ordering::Relaxed);
        // Nobody sees the stores below without the odd version.
        fence(Ordering::Release);
        self.serial.store(bounds.serial, Ordering::Relaxed);
        self.from.store(bounds.from.millis(), Ordering::Relaxed);
        self.until.store(bounds.until.millis(), Ordering::Relaxed);
        self.version.store((version | 1) + 1, Ordering::Release);
    }

    /// For who alone writes.
    fn get(&self) -> Bounds {
        Bounds {
            serial: self.serial.load(Ordering::Relaxed),
            from: Timestamp::from_millis(self.from.load(Ordering::Relaxed)),
            until: Timestamp::from_millis(self.until.load(Ordering::Relaxed)),
        }
    }
}

impl Default for Fresh {
    fn default() -> Self {
        Self::new()
    }
}
