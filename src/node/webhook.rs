//! The native half of the class `KlingWebhook`.

use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use kling_auth_binding::options::string;
use kling_auth_binding::webhook::{self as entry, SEEN_CAPACITY};
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};
use napi_derive::napi;

use super::error::Failure;
use super::native::Native;
use super::raw::bound::{Bound, Call, bind};
use super::raw::bytes::{Body, utf8};
use super::raw::classes::Classes;
use super::raw::value::{Made, ascii, millis, moment_of, number_in, text, undefined};
use super::value::Js;
use kling_auth_core::error::Error;
use kling_auth_core::time::Timestamp;
use kling_auth_core::webhook::Webhook;
use kling_auth_core::webhook::headers::{MAX_HEADER_BYTES, RawHeaders};
use kling_auth_core::webhook::seen::Seen;

/// Holds the webhook secrets where JavaScript cannot reach them.
#[napi]
pub struct NativeWebhook {
    classes: Rc<Classes>,
    webhook: Arc<Webhook>,
    seen: Mutex<Seen>,
}

#[napi]
impl NativeWebhook {
    /// `secret` and `options` as `KlingWebhook` takes them.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        env: Env,
        native: &Native,
        secret: Unknown<'_>,
        options: Unknown<'_>,
        #[napi(ts_arg_type = "object")] process_env: Unknown<'_>,
    ) -> napi::Result<Self> {
        native.classes.run(env, || {
            let webhook = entry::create(Js(secret), Js(options), Js(process_env), &native.files)?;
            Ok(Self {
                classes: Rc::clone(&native.classes),
                webhook: Arc::new(webhook),
                seen: Mutex::new(Seen::new(SEEN_CAPACITY)),
            })
        })
    }

    /// A function that throws unless the delivery is genuine, and returns the body as text: `null`
    /// if it is not UTF-8, `undefined` if it was given as a string that is well-formed.
    #[napi(
        catch_unwind,
        ts_return_type = "(rawBody: unknown, id?: string, timestamp?: string, signature?: string, now?: number) => string | null | undefined"
    )]
    pub fn verifier(&self, env: Env) -> napi::Result<Made> {
        let webhook = Arc::clone(&self.webhook);
        bind(env, &self.classes, c"verify", Verifier { webhook })
    }

    /// A function that throws unless the delivery is genuine.
    #[napi(
        catch_unwind,
        ts_return_type = "(rawBody: unknown, id?: string, timestamp?: string, signature?: string, now?: number) => void"
    )]
    pub fn raw_verifier(&self, env: Env) -> napi::Result<Made> {
        let webhook = Arc::clone(&self.webhook);
        bind(env, &self.classes, c"verifyRaw", RawVerifier { webhook })
    }

    /// A function that signs as Kling does; the timestamp is in milliseconds.
    #[napi(
        catch_unwind,
        ts_return_type = "(rawBody: unknown, id: string, timestamp: number) => string"
    )]
    pub fn signer(&self, env: Env) -> napi::Result<Made> {
        let webhook = Arc::clone(&self.webhook);
        bind(env, &self.classes, c"sign", Signer { webhook })
    }

    /// The last moment at which a delivery sent at `timestamp` is accepted, both in milliseconds.
    #[napi(catch_unwind)]
    pub fn expires_at(
        &self,
        env: Env,
        #[napi(ts_arg_type = "number")] timestamp: Unknown<'_>,
    ) -> napi::Result<f64> {
        self.classes.run(env, || {
            Ok(millis(self.webhook.expires_at(sent_at(&timestamp)?)))
        })
    }

    /// Whether the id of a genuine delivery was seen before; remembers it from now on.
    #[napi(catch_unwind)]
    pub fn seen_before(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] id: Unknown<'_>,
        #[napi(ts_arg_type = "number")] timestamp: Unknown<'_>,
        #[napi(ts_arg_type = "number")] now: Option<Unknown<'_>>,
    ) -> napi::Result<bool> {
        self.classes.run(env, || {
            let id = string("id", Js(id))?;
            let expires_at = self.webhook.expires_at(sent_at(&timestamp)?);
            let now = moment_of(now)?;
            // A poisoned lock is taken all the same: at worst an id is refused or forgotten early.
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(seen.check(&id, expires_at, now))
        })
    }
}

struct Verifier {
    webhook: Arc<Webhook>,
}

impl Bound for Verifier {
    const ARGUMENTS: usize = 5;

    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure> {
        let body = verify(&self.webhook, call)?;
        match body {
            Body::Bytes(bytes) => Ok(text(call.env(), bytes)?),
            // Lone surrogates were signed as U+FFFD, so that is what is to be parsed.
            Body::Text(utf8) if utf8.windows(3).any(|it| it == "\u{fffd}".as_bytes()) => {
                Ok(text(call.env(), &utf8)?)
            }
            Body::Text(_) => Ok(undefined(call.env())?),
        }
    }
}

struct RawVerifier {
    webhook: Arc<Webhook>,
}

impl Bound for RawVerifier {
    const ARGUMENTS: usize = 5;

    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure> {
        verify(&self.webhook, call)?;
        Ok(undefined(call.env())?)
    }
}

struct Signer {
    webhook: Arc<Webhook>,
}

impl Bound for Signer {
    const ARGUMENTS: usize = 3;

    fn call(&self, call: &Call<'_>) -> Result<sys::napi_value, Failure> {
        let body = Body::read(call, 0)?;
        let id = string("id", Js(call.unknown(1)?))?;
        let signature = self
            .webhook
            .sign(&id, call.time(2, "timestamp")?, body.as_bytes())
            .map_err(Error::from)?;
        Ok(ascii(call.env(), signature.as_bytes())?)
    }
}

fn verify<'call>(webhook: &Webhook, call: &'call Call<'_>) -> Result<Body<'call>, Failure> {
    let body = Body::read(call, 0)?;
    let (id, timestamp, signature) = (header(call, 1)?, header(call, 2)?, header(call, 3)?);
    let headers = RawHeaders {
        id: &id,
        timestamp: &timestamp,
        signature: &signature,
    };
    webhook
        .verify(headers, body.as_bytes(), call.time(4, "now()")?)
        .map_err(Error::from)?;
    Ok(body)
}

/// A header that lib/webhook/headers.js has found; what is no string is absent.
fn header(call: &Call<'_>, index: usize) -> Result<String, Failure> {
    let text = match call.argument(index) {
        Some(value) => utf8(call.env(), value, MAX_HEADER_BYTES)?,
        None => None,
    };
    // Node-API writes well-formed UTF-8, with U+FFFD for lone surrogates.
    Ok(String::from_utf8(text.unwrap_or_default()).unwrap_or_default())
}

fn sent_at(timestamp: &Unknown<'_>) -> Result<Timestamp, Failure> {
    Ok(Timestamp::checked("timestamp", number_in(timestamp))?)
}
