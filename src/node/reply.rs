//! What a reply means.

use kling_auth_binding::reply as entry;
use kling_auth_core::reply::envelope::BODY_LIMIT;
use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::native::Native;
use super::raw::value::{Made, boolean, number, optional_number, optional_text, record, text};
use super::value::Js;
use crate::clock;

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
        ts_return_type = "{ ok: boolean, status: number, code?: number, kind: import('./index').KlingReplyKind, retryable: boolean, retryAfterSec?: number, requestId?: string, message?: string, hint?: string, takesApiKeysOnly: boolean }"
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
            let (reply, body, context) = (Js(reply), Js(body), Js(context));
            let (status, explanation) = entry::explain(reply, body, context, clock::now())?;
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
            let hint = entry::hint_without_reply(Js(method), Js(pathname))?;
            Ok(Made::new(text(env, hint.as_bytes())?))
        })
    }
}
