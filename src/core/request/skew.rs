//! How far Kling's clock is from the local one, and when that is corrected.

use crate::reply::service_code::{EXPIRED, NOT_YET_VALID};
use crate::time::Timestamp;
use crate::token::jwt::Jwt;

/// Corrected only beyond this: below, tokens are dated back far enough.
const TOLERATED_MS: i64 = 5_000;
/// A reply that took longer says too little about the moment in between.
const LONGEST_ROUND_TRIP_MS: i64 = 15_000;
/// `Date` has whole seconds, cut off; on average this much is missing.
const CUT_OFF_MS: i64 = 500;
/// What a measurement may be off by besides half of the round trip: the second that `Date` cuts off.
const SLACK_MS: i64 = 1_000;
/// No reply is older than this program or from beyond its time.
const PLAUSIBLE: std::ops::Range<Timestamp> =
    Timestamp::from_secs(1_735_689_600)..Timestamp::from_secs(4_102_444_800); // 2025 to 2100

/// When a request left and its reply came, by the local clock, and what the reply says of time.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The local time at which the request was sent.
    pub sent: Timestamp,
    /// The local time at which the reply arrived.
    pub received: Timestamp,
    /// The reply's `Date` header.
    pub date: Option<&'a str>,
    /// The reply came out of a cache: it has an `Age` header.
    pub cached: bool,
}

/// What a reply says about the token that asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted: Kling's clock stands between the token's `nbf` and `exp`.
    Accepted,
    /// Refused with 1003: Kling's clock stands before `nbf`.
    NotYetValid,
    /// Refused with 1004: Kling's clock has reached `exp`.
    Expired,
    /// Nothing about its dates.
    Silent,
}

impl Verdict {
    /// From a reply's success and service code.
    #[must_use]
    pub const fn of(ok: bool, code: Option<i64>) -> Self {
        match (ok, code) {
            (true, _) => Self::Accepted,
            (false, Some(NOT_YET_VALID)) => Self::NotYetValid,
            (false, Some(EXPIRED)) => Self::Expired,
            _ => Self::Silent,
        }
    }
}

/// The dates of the token that was sent.
#[derive(Debug, Clone, Copy)]
pub struct Dates {
    /// `nbf`
    pub not_before: Timestamp,
    /// `exp`
    pub expires_at: Timestamp,
}

impl Dates {
    /// Those of a JWT; `None` for an API Key, which has none.
    #[must_use]
    pub fn of(bearer: &str) -> Option<Self> {
        let claims = Jwt::parse(bearer).ok()?.claims;
        let date = |name| claims.get(name)?.as_i64().map(Timestamp::from_secs);
        Some(Self {
            not_before: date("nbf")?,
            expires_at: date("exp")?,
        })
    }

    /// Whether `verdict` is what Kling says of the token when its clock stands at `kling`, give or
    /// take `slack_ms`.
    fn agrees(self, verdict: Verdict, kling: Timestamp, slack_ms: i64) -> bool {
        let kling = kling.millis();
        let has_begun = kling >= self.not_before.millis().saturating_sub(slack_ms);
        let has_surely_begun = kling >= self.not_before.millis().saturating_add(slack_ms);
        let has_ended = kling >= self.expires_at.millis().saturating_sub(slack_ms);
        let has_surely_ended = kling >= self.expires_at.millis().saturating_add(slack_ms);
        match verdict {
            Verdict::Accepted => has_begun && !has_surely_ended,
            Verdict::NotYetValid => !has_surely_begun,
            Verdict::Expired => has_ended,
            Verdict::Silent => true,
        }
    }
}

/// The measured difference and the correction that follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew {
    measured_ms: i64,
    correction_ms: i64,
    corrects: bool,
}

impl Skew {
    /// Nothing measured yet. With `corrects` false, it will be measured but nothing corrected.
    #[must_use]
    pub const fn new(corrects: bool) -> Self {
        Self {
            measured_ms: 0,
            correction_ms: 0,
            corrects,
        }
    }

    /// Kling's clock minus the local one, to the nearest second. 0 until measured.
    #[must_use]
    pub const fn measured_sec(self) -> i64 {
        (self.measured_ms + 500).div_euclid(1000)
    }

    /// A local time as Kling's clock shows it, as far as known.
    #[must_use]
    pub const fn correct(self, local: Timestamp) -> Timestamp {
        Timestamp::from_millis(local.millis().saturating_add(self.correction_ms))
    }

    /// A time by Kling's clock as the local one shows it.
    #[must_use]
    pub const fn undo(self, corrected: Timestamp) -> Timestamp {
        Timestamp::from_millis(corrected.millis().saturating_sub(self.correction_ms))
    }

    /// Learns from a reply.
    ///
    /// A `Date` that contradicts what the reply says of the token is a lie, and nothing is learnt
    /// from it. If a token was refused that is good by the corrected clock, the correction is
    /// wrong and given up: the next token is dated by the local clock again.
    pub fn learn(&mut self, exchange: &Exchange<'_>, verdict: Verdict, token: Option<Dates>) {
        let round_trip = exchange
            .received
            .millis()
            .saturating_sub(exchange.sent.millis());
        let slack_ms = SLACK_MS + round_trip.clamp(0, LONGEST_ROUND_TRIP_MS) / 2;
        let agrees =
            |verdict, kling| token.is_none_or(|token| token.agrees(verdict, kling, slack_ms));
        let measured = measure(exchange).filter(|(_, kling)| agrees(verdict, *kling));
        if let Some((measured_ms, _)) = measured {
            self.measured_ms = measured_ms;
            self.correction_ms = if self.corrects && measured_ms.abs() > TOLERATED_MS {
                measured_ms
            } else {
                0
            };
        } else if matches!(verdict, Verdict::NotYetValid | Verdict::Expired)
            && agrees(Verdict::Accepted, self.correct(exchange.sent))
        {
            *self = Self::new(self.corrects);
        }
    }
}

/// The difference, and Kling's clock at the middle of the exchange.
fn measure(exchange: &Exchange<'_>) -> Option<(i64, Timestamp)> {
    let round_trip = exchange
        .received
        .millis()
        .checked_sub(exchange.sent.millis())?;
    if exchange.cached || !(0..=LONGEST_ROUND_TRIP_MS).contains(&round_trip) {
        return None;
    }
    let kling = http_date(exchange.date?).filter(|date| PLAUSIBLE.contains(date))?;
    let kling = Timestamp::from_millis(kling.millis() + CUT_OFF_MS);
    let local = exchange.sent.millis().saturating_add(round_trip / 2);
    Some((kling.millis().checked_sub(local)?, kling))
}

/// A date as HTTP headers carry it (RFC 9110 section 5.6.7).
#[must_use]
pub fn http_date(text: &str) -> Option<Timestamp> {
    let date = httpdate::parse_http_date(text.trim()).ok()?;
    let since_epoch = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_millis())
        .ok()
        .map(Timestamp::from_millis)
}
