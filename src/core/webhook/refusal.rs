//! Why a delivery is not accepted.

use super::headers::{MAX_HEADER_BYTES, TIMESTAMP};

/// What is wrong with a delivery; the first that applies. No message holds a header's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A header that every signed delivery has is absent or empty.
    #[error(
        "{header} is missing: the request is not from Kling, or no webhook secret has been created in its console"
    )]
    MissingHeader {
        /// Its name.
        header: &'static str,
    },
    /// A header that is to be there once has several values.
    #[error("{header} has more than one value")]
    DuplicateHeader {
        /// Its name.
        header: &'static str,
    },
    /// A header with characters that have no place in it.
    #[error("{header} {problem}")]
    MalformedHeader {
        /// Its name.
        header: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// More text than a signed delivery ever has.
    #[error("the webhook headers are larger than {MAX_HEADER_BYTES} bytes")]
    HeadersTooLarge,
    /// A timestamp that is no time.
    #[error("{TIMESTAMP} is not a whole number of seconds since the epoch")]
    MalformedTimestamp,
    /// A timestamp of the past.
    #[error(
        "{TIMESTAMP} is {age_sec} s old, of which {tolerance_sec} are tolerated: an old delivery sent again, or this machine's clock is ahead"
    )]
    TooOld {
        /// How old, rounded up.
        age_sec: i64,
        /// How old it may be.
        tolerance_sec: i64,
    },
    /// A timestamp of the future.
    #[error(
        "{TIMESTAMP} lies {ahead_sec} s ahead, of which {tolerance_sec} are tolerated: this machine's clock is behind, or the sender's is ahead"
    )]
    TooFarAhead {
        /// How far, rounded up.
        ahead_sec: i64,
        /// How far it may be.
        tolerance_sec: i64,
    },
    /// None of the signatures is right.
    #[error(
        "no signature matches: it was made with another secret, or id, timestamp or body are not as they were signed"
    )]
    NoMatchingSignature,
}

impl Refusal {
    /// The stable code that programs test for.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MissingHeader { .. } => "KLING_WEBHOOK_MISSING_HEADER",
            Self::DuplicateHeader { .. } => "KLING_WEBHOOK_DUPLICATE_HEADER",
            Self::MalformedHeader { .. } | Self::HeadersTooLarge => {
                "KLING_WEBHOOK_MALFORMED_HEADER"
            }
            Self::MalformedTimestamp => "KLING_WEBHOOK_MALFORMED_TIMESTAMP",
            Self::TooOld { .. } => "KLING_WEBHOOK_TOO_OLD",
            Self::TooFarAhead { .. } => "KLING_WEBHOOK_TOO_FAR_AHEAD",
            Self::NoMatchingSignature => "KLING_WEBHOOK_NO_MATCHING_SIGNATURE",
        }
    }
}
