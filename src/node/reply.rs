//! What a reply means.

use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::error::Failure;
use super::options::{Options, text_or_bytes};
use crate::clock;
use kling_auth_core::credentials::CredentialKind;
use kling_auth_core::reply::caller::Caller;
use kling_auth_core::reply::envelope::BODY_LIMIT;
use kling_auth_core::reply::hint::without_reply;
use kling_auth_core::reply::{Reply, explain, status};

/// How much of a body is read, in bytes.
#[allow(clippy::cast_possible_truncation, reason = "a constant that fits")]
#[napi]
pub const REPLY_BODY_LIMIT: u32 = BODY_LIMIT as u32;

/// An explanation as JavaScript sees it.
#[napi(object, object_from_js = false)]
pub struct ReplyExplanation {
    /// Success.
    pub ok: bool,
    /// The HTTP status.
    pub status: u16,
    /// The service code.
    pub code: Option<i64>,
    /// What it is about.
    pub kind: &'static str,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// After how long.
    pub retry_after_sec: Option<i64>,
    /// For questions to Kling's support.
    pub request_id: Option<String>,
    /// Kling's text.
    pub message: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// Kling says that the endpoint takes no tokens.
    pub takes_api_keys_only: bool,
}

/// `explainKlingReply` of the public face. `body` is the reply's body or its beginning as a text
/// or as bytes; `context` is what JavaScript has taken out of the reply's other members: two
/// headers, the URL's host with its port, its path, and whether the request served only to check
/// the credentials.
#[napi(catch_unwind)]
pub fn explain_reply(
    env: Env,
    reply: Unknown<'_>,
    body: Unknown<'_>,
    #[napi(
        ts_arg_type = "{ retryAfter: string | undefined, date: string | undefined, host: string | undefined, pathname: string | undefined, probe: boolean, source: string | undefined, passedOver: string[] | undefined }"
    )]
    context: Unknown<'_>,
) -> napi::Result<ReplyExplanation> {
    let explain = || {
        let context = Options::new(
            "context",
            context,
            &[
                "retryAfter",
                "date",
                "host",
                "pathname",
                "probe",
                "source",
                "passedOver",
            ],
        )?;
        let options = Options::new(
            "reply",
            reply,
            &["status", "body", "headers", "credential", "url", "method"],
        )?;
        let status = status(options.number("status")?)?;
        options.object("headers")?;
        options.check_string_or_object("url", "a string or a URL")?;
        let credential = match options.string("credential")? {
            Some(name) => Some(CredentialKind::from_name(&name)?),
            None => None,
        };
        let body = text_or_bytes(
            "body",
            "a reply's text, bytes or parsed JSON (no stream: await response.text() first)",
            body,
        )?;
        let retry_after = context.plain_string("retryAfter")?;
        let date = context.plain_string("date")?;
        let host = context.plain_string("host")?;
        let pathname = context.plain_string("pathname")?;
        let method = options.plain_string("method")?;
        let source = context.plain_string("source")?;
        let passed_over = context.strings("passedOver")?;
        let explanation = explain(
            &Reply {
                status,
                body: &body,
                retry_after: retry_after.as_deref(),
                date: date.as_deref(),
            },
            &Caller {
                credential,
                host: host.as_deref(),
                path: pathname.as_deref(),
                method: method.as_deref(),
                passed_over: source
                    .as_deref()
                    .and_then(|source| source.strip_prefix("env:"))
                    .map(|used| (used, passed_over.as_slice())),
            },
            clock::now(),
        );
        let explanation = if context.boolean("probe")?.unwrap_or(false) {
            explanation.of_probe(status)
        } else {
            explanation
        };
        Ok(ReplyExplanation {
            ok: explanation.ok,
            status,
            code: explanation.code,
            kind: explanation.kind.as_str(),
            retryable: explanation.retryable,
            retry_after_sec: explanation.retry_after_sec,
            request_id: explanation.request_id,
            message: explanation.message,
            hint: explanation.hint,
            takes_api_keys_only: explanation.takes_api_keys_only,
        })
    };
    explain().map_err(|failure: Failure| failure.into_exception(env))
}

/// What is to be done where no reply has come, by the request's method and path.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the types that napi converts to"
)]
#[napi(catch_unwind)]
pub fn hint_without_reply(method: Option<String>, pathname: Option<String>) -> String {
    without_reply(&Caller {
        method: method.as_deref(),
        path: pathname.as_deref(),
        ..Caller::default()
    })
}
