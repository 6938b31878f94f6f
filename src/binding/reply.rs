//! What a reply means.

use kling_auth_core::credentials::CredentialKind;
use kling_auth_core::reply::caller::Caller;
use kling_auth_core::reply::hint::without_reply;
use kling_auth_core::reply::{Explanation, Reply, status};
use kling_auth_core::time::Timestamp;

use crate::options::{Options, optional_string, text_or_bytes};
use crate::value::{Outcome, Value};

/// `explainKlingReply` of the public face, and the HTTP status. `body` is the reply's body or its
/// beginning as a text or as bytes; `context` is what JavaScript has taken out of the reply's other
/// members: two headers, the URL's host with its port, its path, and whether the request served
/// only to check the credentials.
pub fn explain<V: Value>(
    reply: V,
    body: V,
    context: V,
    now: Timestamp,
) -> Outcome<(u16, Explanation), V> {
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
    let explanation = kling_auth_core::reply::explain(
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
        now,
    );
    let explanation = if context.boolean("probe")?.unwrap_or(false) {
        explanation.of_probe(status)
    } else {
        explanation
    };
    Ok((status, explanation))
}

/// What is to be done where no reply has come, by the request's method and path.
pub fn hint_without_reply<V: Value>(method: V, pathname: V) -> Outcome<String, V> {
    let method = optional_string("method", method)?;
    let pathname = optional_string("pathname", pathname)?;
    Ok(without_reply(&Caller {
        method: method.as_ref().map(|method| method.as_str()),
        path: pathname.as_ref().map(|path| path.as_str()),
        ..Caller::default()
    }))
}
