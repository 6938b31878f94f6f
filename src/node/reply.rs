//! What a reply means.

use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::native::Native;
use super::options::{Options, optional_string, text_or_bytes};
use super::raw::value::{Made, boolean, number, optional_number, optional_text, record, text};
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

#[napi]
impl Native {
    /// `explainKlingReply` of the public face. `body` is the reply's body or its beginning as a text
    /// or as bytes; `context` is what JavaScript has taken out of the reply's other members: two
    /// headers, the URL's host with its port, its path, and whether the request served only to check
    /// the credentials.
    #[napi(
        catch_unwind,
        ts_return_type = "{ ok: boolean, status: number, code?: number, kind: string, retryable: boolean, retryAfterSec?: number, requestId?: string, message?: string, hint?: string, takesApiKeysOnly: boolean }"
    )]
    pub fn explain_reply(
        &self,
        env: Env,
        reply: Unknown<'_>,
        body: Unknown<'_>,
        #[napi(
            ts_arg_type = "{ retryAfter: string | undefined, date: string | undefined, host: string | undefined, pathname: string | undefined, probe: boolean, source: string | undefined, passedOver: string[] | undefined }"
        )]
        context: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
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
            #[allow(clippy::cast_precision_loss, reason = "codes and seconds are small")]
            let optional =
                |value: Option<i64>| optional_number(env, value.map(|value| value as f64));
            Ok(record(
                env,
                &[
                    (c"ok", boolean(env, explanation.ok)?),
                    (c"status", number(env, status.into())?),
                    (c"code", optional(explanation.code)?),
                    (c"kind", text(env, explanation.kind.as_str().as_bytes())?),
                    (c"retryable", boolean(env, explanation.retryable)?),
                    (c"retryAfterSec", optional(explanation.retry_after_sec)?),
                    (
                        c"requestId",
                        optional_text(env, explanation.request_id.as_deref())?,
                    ),
                    (
                        c"message",
                        optional_text(env, explanation.message.as_deref())?,
                    ),
                    (c"hint", optional_text(env, explanation.hint.as_deref())?),
                    (
                        c"takesApiKeysOnly",
                        boolean(env, explanation.takes_api_keys_only)?,
                    ),
                ],
            )?)
        })
    }

    /// What is to be done where no reply has come, by the request's method and path.
    #[napi(catch_unwind, ts_return_type = "string")]
    pub fn hint_without_reply(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string | undefined")] method: Unknown<'_>,
        #[napi(ts_arg_type = "string | undefined")] pathname: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let method = optional_string("method", method)?;
            let pathname = optional_string("pathname", pathname)?;
            let hint = without_reply(&Caller {
                method: method.as_ref().map(|method| method.as_str()),
                path: pathname.as_ref().map(|path| path.as_str()),
                ..Caller::default()
            });
            Ok(Made::new(text(env, hint.as_bytes())?))
        })
    }
}
