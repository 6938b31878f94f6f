//! A token as it is handed out, and why it is new.

use ctutils::CtEq as _;

use crate::time::Timestamp;
use crate::token::Token;

/// Why a token is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshReason {
    /// It is the first.
    Initial,
    /// The one before was near its end.
    Expiring,
    /// The one before did not fit the clock, which was set back or corrected.
    ClockSetBack,
    /// The one before was dropped by `invalidate`.
    Invalidated,
    /// It was asked for by `refresh` or `forceRefresh`.
    Forced,
    /// The credential was replaced by `rotate`, or its provider had news.
    Rotated,
    /// Kling did not know the credential of the one before.
    Refused,
    /// The provider had failed before.
    Retry,
}

impl RefreshReason {
    /// The name that users see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Expiring => "expiring",
            Self::ClockSetBack => "clock-set-back",
            Self::Invalidated => "invalidated",
            Self::Forced => "forced",
            Self::Rotated => "rotated",
            Self::Refused => "refused",
            Self::Retry => "retry",
        }
    }
}

/// A token as it is handed out.
pub struct Issued {
    /// The token with its dates.
    pub token: Token,
    /// When the next read replaces it; `None` where it has no end.
    pub refreshes_at: Option<Timestamp>,
    /// Differs from that of every other token of the same [`Auth`].
    pub serial: u64,
    /// Why it was made.
    pub reason: RefreshReason,
}

impl Issued {
    /// A token dated ahead of the clock means that the clock was set back: it may not be valid
    /// yet, and it would outlive its lifetime.
    pub(super) fn is_dated_ahead(&self, now: Timestamp) -> bool {
        now < self.token.issued_at()
    }

    /// Compared in constant time.
    pub(super) fn is(&self, seen: &str) -> bool {
        self.token.as_str().as_bytes().ct_eq(seen.as_bytes()).into()
    }

    #[inline]
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        !self.is_dated_ahead(now) && self.refreshes_at.is_none_or(|end| now < end)
    }

    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        !self.is_dated_ahead(now) && self.token.expires_at().is_none_or(|end| now < end)
    }
}
