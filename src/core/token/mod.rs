//! What a token contains and how long it lives.

pub mod hs256;
pub mod json;
#[cfg(feature = "jsonwebtoken")]
pub mod jws;
pub mod jwt;
pub mod verify;

#[cfg(not(feature = "jsonwebtoken"))]
pub(crate) use hs256::{SigningKey, VerifyingKey};
#[cfg(feature = "jsonwebtoken")]
pub(crate) use jws::{SigningKey, VerifyingKey};

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::credentials::{ApiKey, KeyPair};
use crate::error::{Error, Number};
use crate::time::Timestamp;

/// The lifetime in Kling's samples, which one document calls a ceiling. Whether longer-lived tokens
/// are refused is not known, so none are made.
pub const MAX_TTL_SEC: i64 = 1800;
/// How far Kling's samples date `nbf` back: the clock difference that is no fault.
pub const SAMPLE_TOLERANCE_SEC: i64 = 5;
/// Sensible bounds for dating `nbf` back.
const CLOCK_TOLERANCE_SEC: RangeInclusive<i64> = 0..=300;

/// `{"alg":"HS256","typ":"JWT"}` in base64url. The order of the two members is that of PyJWT;
/// `jsonwebtoken::Header` writes `typ` first.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// The claims, in the order in which they are written.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    exp: i64,
    nbf: i64,
}

/// How long a token lives and how far it is dated back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    ttl_sec: i64,
    clock_tolerance_sec: i64,
}

impl Default for Lifetime {
    /// 1800 s, dated back by 5 s: the values of Kling's samples.
    fn default() -> Self {
        Self {
            ttl_sec: MAX_TTL_SEC,
            clock_tolerance_sec: SAMPLE_TOLERANCE_SEC,
        }
    }
}

impl Lifetime {
    /// `None` stands for the default.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `ttlSec` is 1 to 1800 and `clockToleranceSec` 0 to 300.
    pub fn new(ttl_sec: Option<f64>, clock_tolerance_sec: Option<f64>) -> Result<Self, Error> {
        let default = Self::default();
        Ok(Self {
            ttl_sec: whole_seconds("ttlSec", ttl_sec, 1..=MAX_TTL_SEC)?.unwrap_or(default.ttl_sec),
            clock_tolerance_sec: whole_seconds(
                "clockToleranceSec",
                clock_tolerance_sec,
                CLOCK_TOLERANCE_SEC,
            )?
            .unwrap_or(default.clock_tolerance_sec),
        })
    }

    /// Seconds from signing to `exp`.
    #[must_use]
    pub const fn ttl_sec(self) -> i64 {
        self.ttl_sec
    }
}

/// A number option that must be a whole number of seconds within `range`.
pub(crate) fn whole_seconds(
    argument: &'static str,
    value: Option<f64>,
    range: RangeInclusive<i64>,
) -> Result<Option<i64>, Error> {
    whole_number(argument, value, range, "seconds")
}

/// A number option that must be a whole number of `unit` within `range`.
///
/// # Errors
///
/// [`Error::OutOfRange`]
pub fn whole_number(
    argument: &'static str,
    value: Option<f64>,
    range: RangeInclusive<i64>,
    unit: &str,
) -> Result<Option<i64>, Error> {
    let Some(value) = value else { return Ok(None) };
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the comparison below refuses what was cut off"
    )]
    let whole = value as i64;
    #[allow(
        clippy::cast_precision_loss,
        clippy::float_cmp,
        reason = "exact for every value in range"
    )]
    if whole as f64 == value && range.contains(&whole) {
        return Ok(Some(whole));
    }
    Err(Error::OutOfRange {
        argument: argument.into(),
        expected: format!(
            "a whole number of {unit} from {} to {}",
            range.start(),
            range.end()
        ),
        received: Number(value).into(),
    })
}

/// What follows `Bearer `, with its dates. Wiped on drop, absent from debug output.
pub struct Token {
    bearer: Zeroizing<String>,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl Token {
    /// Signs a token for `pair`, dated `now`. It ends with its lifetime, or with the pair's own end
    /// where that comes first.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the expectation cannot fail")]
    pub fn sign(
        pair: &KeyPair,
        lifetime: Lifetime,
        now: Timestamp,
        pair_expires_at: Option<Timestamp>,
    ) -> Self {
        let issued_at = now.secs();
        let exp = issued_at + lifetime.ttl_sec;
        let exp = pair_expires_at.map_or(exp, |end| end.secs().min(exp));
        let claims = Claims {
            iss: pair.access_key(),
            exp,
            nbf: issued_at - lifetime.clock_tolerance_sec,
        };
        let claims =
            serde_json::to_vec(&claims).expect("a string and two integers always serialize");

        let mut jwt = Zeroizing::new(String::with_capacity(
            HEADER.len() + claims.len() * 4 / 3 + 50,
        ));
        jwt.push_str(HEADER);
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(&claims, &mut jwt);
        let signature = pair.secret_key().sign(jwt.as_bytes());
        jwt.push('.');
        jwt.push_str(&signature);
        Self {
            bearer: jwt,
            issued_at: Timestamp::from_secs(issued_at),
            expires_at: Some(Timestamp::from_secs(exp)),
        }
    }

    /// An API key is its own token: it is good from the beginning of time to its end, if any.
    #[must_use]
    pub fn from_api_key(api_key: &ApiKey, expires_at: Option<Timestamp>) -> Self {
        Self {
            bearer: api_key.expose().clone(),
            issued_at: Timestamp::MIN,
            expires_at,
        }
    }

    /// The token itself, ready to follow `Bearer `. ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.bearer
    }

    /// When it was signed, to the second.
    #[must_use]
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// When Kling stops accepting it (`exp`); `None` for an API key without an end.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
