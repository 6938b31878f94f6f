//! Callbacks that Kling signs by the Standard Webhooks scheme: is a delivery genuine?

pub mod headers;
pub mod refusal;
pub mod secret;
pub mod seen;
pub mod signature;

use ctutils::{Choice, CtEq as _};

use crate::error::Error;
use crate::time::Timestamp;
use crate::token::whole_seconds;
use headers::{Headers, RawHeaders, check_id};
use refusal::Refusal;
use secret::Secret;

/// The secrets of one endpoint and how old a delivery may be.
#[derive(Debug)]
pub struct Webhook {
    secrets: Vec<Secret>,
    tolerance_sec: i64,
}

impl Webhook {
    /// `None` stands for the default of 300 s, which Kling recommends.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `toleranceSec` is 1 to 86,400 whole seconds.
    pub fn new(secrets: Vec<Secret>, tolerance_sec: Option<f64>) -> Result<Self, Error> {
        const DAY_SEC: i64 = 86_400;
        let tolerance_sec =
            whole_seconds("toleranceSec", tolerance_sec, 1..=DAY_SEC)?.unwrap_or(300);
        Ok(Self {
            secrets,
            tolerance_sec,
        })
    }

    /// Whether a delivery was signed with one of the secrets, over these very bytes, not long ago.
    ///
    /// # Errors
    ///
    /// The first [`Refusal`] that applies.
    pub fn verify(&self, raw: RawHeaders<'_>, body: &[u8], now: Timestamp) -> Result<(), Refusal> {
        let headers = Headers::parse(raw)?;
        self.check_age(headers.sent_at(), now)?;
        // Every signature is compared with what every secret makes, however many have matched, so
        // that the time taken does not tell which one did.
        let mut matched = Choice::FALSE;
        for secret in &self.secrets {
            let expected = secret.sign(&signed_parts(headers.id(), headers.timestamp(), body));
            for signature in headers.signatures() {
                matched |= signature.ct_eq(&expected);
            }
        }
        if matched.to_bool() {
            Ok(())
        } else {
            Err(Refusal::NoMatchingSignature)
        }
    }

    /// The header `webhook-signature` for a delivery: one signature for each secret.
    ///
    /// # Errors
    ///
    /// [`Refusal::MalformedHeader`] for an id that would be refused.
    pub fn sign(&self, id: &str, sent_at: Timestamp, body: &[u8]) -> Result<String, Refusal> {
        check_id(id)?;
        let timestamp = sent_at.secs().to_string();
        let signatures: Vec<String> = self
            .secrets
            .iter()
            .map(|secret| secret.sign(&signed_parts(id, &timestamp, body)).to_header())
            .collect();
        Ok(signatures.join(" "))
    }

    /// The last moment at which a delivery of `sent_at` is accepted.
    #[must_use]
    pub const fn expires_at(&self, sent_at: Timestamp) -> Timestamp {
        Timestamp::from_secs(sent_at.secs() + self.tolerance_sec)
    }

    fn check_age(&self, sent_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
        let age_ms = now.millis() - sent_at.millis();
        let tolerance_sec = self.tolerance_sec;
        let distance_sec = seconds_up(age_ms.abs());
        if distance_sec <= tolerance_sec {
            Ok(())
        } else if age_ms > 0 {
            Err(Refusal::TooOld {
                age_sec: distance_sec,
                tolerance_sec,
            })
        } else {
            Err(Refusal::TooFarAhead {
                ahead_sec: distance_sec,
                tolerance_sec,
            })
        }
    }
}

fn signed_parts<'a>(id: &'a str, timestamp: &'a str, body: &'a [u8]) -> [&'a [u8]; 5] {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body]
}

fn seconds_up(millis: i64) -> i64 {
    millis.div_euclid(1000) + i64::from(millis.rem_euclid(1000) != 0)
}
