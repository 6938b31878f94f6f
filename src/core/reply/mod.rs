//! What a reply of Kling's means, and what to do next.

pub mod caller;
pub mod envelope;
pub mod hint;
pub mod service_code;
pub mod text;

use crate::error::{Error, Number};
use crate::reply::caller::{Caller, Repeat};
use crate::reply::envelope::Envelope;
use crate::reply::hint::hint;
use crate::reply::service_code::{Kind, SUCCESS};
use crate::reply::text::Said;
use crate::request::skew::http_date;
use crate::time::Timestamp;

/// The longest wait that is passed on from a `Retry-After`: timers of JavaScript take 24 days.
const LONGEST_RETRY_AFTER_SEC: i64 = 86_400;

/// A reply as it came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The body, or its beginning.
    pub body: &'a [u8],
    /// The header `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// The header `Date`.
    pub date: Option<&'a str>,
}

/// An HTTP status as JavaScript holds it.
///
/// # Errors
///
/// [`Error::InvalidArgType`] where it is missing, [`Error::OutOfRange`] for what is no status.
pub fn status(value: Option<f64>) -> Result<u16, Error> {
    let value = value.ok_or_else(|| Error::InvalidArgType {
        argument: "status".to_owned(),
        expected: "a number".into(),
        received: "undefined".into(),
    })?;
    #[allow(clippy::float_cmp, reason = "whole numbers of this size are exact")]
    (100..=999)
        .find(|status| f64::from(*status) == value)
        .ok_or_else(|| Error::OutOfRange {
            argument: "status".into(),
            expected: "an HTTP status from 100 to 999".to_owned(),
            received: Number(value).into(),
        })
}

/// What a reply means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Success, by status and code.
    pub ok: bool,
    /// The service code.
    pub code: Option<i64>,
    /// What the reply is about.
    pub kind: Kind,
    /// Whether the same request, unchanged, may succeed later and does no harm before that.
    pub retryable: bool,
    /// How long to wait for that, where the reply says so.
    pub retry_after_sec: Option<i64>,
    /// For questions to Kling's support.
    pub request_id: Option<String>,
    /// Kling's own text.
    pub message: Option<String>,
    /// What to do next. `None` on success.
    pub hint: Option<String>,
    /// Kling says that the endpoint takes no tokens: others of the same kind are no help.
    pub takes_api_keys_only: bool,
}

/// Explains `reply`. `now` is what a date in `Retry-After` is counted from where the reply has no
/// `Date` of its own.
#[must_use]
pub fn explain(reply: &Reply<'_>, caller: &Caller<'_>, now: Timestamp) -> Explanation {
    let envelope = Envelope::parse(reply.body);
    let ok =
        (200..=299).contains(&reply.status) && envelope.code == Some(SUCCESS) && envelope.complete;
    let kind = if ok {
        Kind::Ok
    } else {
        let (status, code) = envelope.meant(reply.status);
        code.and_then(service_code::meaning_of_code)
            .unwrap_or_else(|| service_code::meaning_of_status(status, code))
            .kind
    };
    let said = Said::in_reply(&envelope);
    Explanation {
        ok,
        code: envelope.code,
        kind,
        retryable: match kind {
            Kind::Server => caller.repeat() == Repeat::Safe,
            kind => kind.passes(),
        },
        retry_after_sec: retry_after(reply, now).filter(|_| kind.passes()),
        hint: (!ok).then(|| hint(reply.status, &envelope, kind, said, caller)),
        takes_api_keys_only: kind == Kind::Auth && said == Some(Said::ApiKeysOnly),
        request_id: envelope.request_id,
        message: envelope.message,
    }
}

impl Explanation {
    /// Of a request that only checks the credentials: complaints about its parameters come after
    /// that check, so they are success. The documents that show this check read 400 that way. A
    /// 400 without a code of Kling's is somebody else's.
    #[must_use]
    pub fn of_probe(self, status: u16) -> Self {
        let is_klings = self.code.is_some_and(|code| code != 0);
        if status != 400 || self.kind != Kind::Request || !is_klings {
            return self;
        }
        Self {
            ok: true,
            kind: Kind::Ok,
            hint: None,
            ..self
        }
    }
}

/// Seconds, or a date (RFC 9110 section 10.2.3).
fn retry_after(reply: &Reply<'_>, now: Timestamp) -> Option<i64> {
    let value = reply.retry_after?.trim();
    let seconds = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        value.parse().unwrap_or(i64::MAX)
    } else {
        // Both by the server's clock, if it shows: the local one may be wrong.
        let now = reply.date.and_then(http_date).unwrap_or(now);
        (http_date(value)?.millis() - now.millis() + 999).div_euclid(1000)
    };
    Some(seconds.clamp(0, LONGEST_RETRY_AFTER_SEC))
}
