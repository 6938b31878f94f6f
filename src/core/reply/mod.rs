//! What a reply of Kling's means, and what to do next.

pub mod envelope;
pub mod service_code;

use crate::credentials::CredentialKind;
use crate::error::Error;
use crate::reply::envelope::Envelope;
use crate::reply::service_code::{Kind, NO_AUTHORIZATION, SUCCESS};
use crate::request::endpoint;
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
        expected: "a number",
        received: "undefined",
    })?;
    #[allow(clippy::float_cmp, reason = "whole numbers of this size are exact")]
    (100..=999)
        .find(|status| f64::from(*status) == value)
        .ok_or_else(|| Error::OutOfRange {
            argument: "status",
            expected: "an HTTP status from 100 to 999".to_owned(),
            received: value.to_string(),
        })
}

/// What is known about the request that was answered. All of it may be absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    /// What stood in the `Authorization` header.
    pub credential: Option<CredentialKind>,
    /// Host and path of the URL.
    pub endpoint: Option<(&'a str, &'a str)>,
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
    /// Whether the same request, unchanged, may succeed later.
    pub retryable: bool,
    /// How long to wait for that, where the reply says so.
    pub retry_after_sec: Option<i64>,
    /// For questions to Kling's support.
    pub request_id: Option<String>,
    /// Kling's own text.
    pub message: Option<String>,
    /// What to do next. `None` on success.
    pub hint: Option<String>,
}

/// Explains `reply`. `now` is what a date in `Retry-After` is counted from where the reply has no
/// `Date` of its own.
#[must_use]
pub fn explain(reply: &Reply<'_>, caller: &Caller<'_>, now: Timestamp) -> Explanation {
    let envelope = Envelope::parse(reply.body);
    let ok =
        (200..=299).contains(&reply.status) && envelope.code == Some(SUCCESS) && envelope.complete;
    let (kind, hint) = if ok {
        (Kind::Ok, None)
    } else {
        let meaning = envelope
            .code
            .and_then(service_code::meaning_of_code)
            .unwrap_or_else(|| service_code::meaning_of_status(reply.status, envelope.code));
        let hint = match meaning.hint {
            Some(hint) => hint.to_owned(),
            None => auth_hint(envelope.code, caller),
        };
        (meaning.kind, Some(hint))
    };
    Explanation {
        ok,
        code: envelope.code,
        kind,
        retryable: kind.is_retryable(),
        retry_after_sec: retry_after(reply, now).filter(|_| kind.is_retryable()),
        request_id: envelope.request_id,
        message: envelope.message,
        hint,
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

/// Kling's texts do not tell the causes apart; what is known about the caller may.
fn auth_hint(code: Option<i64>, caller: &Caller<'_>) -> String {
    if code == Some(NO_AUTHORIZATION) {
        return "no Authorization header arrived: send one (auth.fetch and auth.headers do), and look for a proxy or redirect that drops it".to_owned();
    }
    let check = match caller.credential {
        Some(CredentialKind::Jwt)
            if caller
                .endpoint
                .is_some_and(|(_, path)| endpoint::takes_api_keys_only(path)) =>
        {
            return "this endpoint takes API Keys only, not tokens signed with access key and secret key: use an API Key, or the endpoint's legacy form under /v1/".to_owned();
        }
        Some(CredentialKind::Jwt) => {
            "check that the secret key belongs to the access key and that the key is enabled in the Kling developer console"
        }
        Some(CredentialKind::ApiKey) => {
            "check that the API Key is whole and enabled in the Kling developer console"
        }
        None => {
            "check that the keys belong together and are enabled in the Kling developer console, and that the endpoint takes this kind (endpoints outside /v1/ take API Keys only)"
        }
    };
    let others = caller
        .endpoint
        .and_then(|(host, _)| Some((host, endpoint::other_hosts(host)?)));
    match others {
        Some((host, others)) => format!(
            "{check}; a key works on the host of its own region only: {host} refused this one, the others are {others}"
        ),
        None => {
            format!("{check}; a key works on the host of its own region only, so check that too")
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
