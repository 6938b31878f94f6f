//! The WebAssembly half of the class `KlingWebhook`.

use std::cell::RefCell;

use kling_auth_binding::options::string;
use kling_auth_binding::value::{Kind, Value as _};
use kling_auth_binding::webhook::{self as entry, SEEN_CAPACITY, sent_at};
use kling_auth_core::error::Error;
use kling_auth_core::time::Timestamp;
use kling_auth_core::webhook::Webhook;
use kling_auth_core::webhook::headers::{MAX_HEADER_BYTES, RawHeaders};
use kling_auth_core::webhook::seen::Seen;

use crate::failure::Failure;
use crate::output;
use crate::raw::imports::{self, Memory};
use crate::table::Table;
use crate::value::{Files, Js};

thread_local! {
    static HALVES: Table<Half> = const { Table::new() };
}

type Outcome = Result<i32, Failure>;

/// What one `KlingWebhook` is here.
struct Half {
    webhook: Webhook,
    seen: RefCell<Seen>,
}

/// Makes a half and returns its number.
pub fn create(secret: Js, options: Js, process_env: Js) -> Outcome {
    let half = Half {
        webhook: entry::create(secret, options, process_env, &Files)?,
        seen: RefCell::new(Seen::new(SEEN_CAPACITY)),
    };
    Ok(HALVES.with(|halves| halves.insert(half)).cast_signed())
}

/// Wipes and forgets a half that JavaScript has forgotten.
pub fn forget(half: u32) {
    HALVES.with(|halves| halves.remove(half));
}

/// Fails unless the delivery is genuine. Returns 0 if the body was bytes, 1 if it was text, 2 if it
/// was text in which U+FFFD was signed, possibly in place of lone surrogates.
pub fn verify(half: u32, body: Js, headers: [Js; 3], now: f64) -> Outcome {
    let (bytes, is_text) = raw_body(body)?;
    let [id, timestamp, signature] = headers;
    let (id, timestamp, signature) = (header(id)?, header(timestamp)?, header(signature)?);
    let headers = RawHeaders {
        id: &id,
        timestamp: &timestamp,
        signature: &signature,
    };
    let now = Timestamp::checked("now()", now)?;
    with(half, |half| half.webhook.verify(headers, &bytes, now)).map_err(Error::from)?;
    let replaced = is_text && bytes.windows(3).any(|it| it == "\u{fffd}".as_bytes());
    Ok(i32::from(is_text) + i32::from(replaced))
}

/// Signs as Kling does.
pub fn sign(half: u32, body: Js, id: Js, timestamp: f64) -> Outcome {
    let (bytes, _) = raw_body(body)?;
    let id = string("id", id)?;
    let sent_at = sent_at::<Js>(timestamp)?;
    let signature = with(half, |half| half.webhook.sign(&id, sent_at, &bytes));
    output::fields(&[Some(&signature.map_err(Error::from)?)]);
    Ok(0)
}

/// The last moment at which a delivery sent at `timestamp` is accepted, in the output.
pub fn expires_at(half: u32, timestamp: f64) -> Outcome {
    let sent_at = sent_at::<Js>(timestamp)?;
    let expires_at = with(half, |half| half.webhook.expires_at(sent_at));
    output::fields(&[output::date(Some(expires_at)).as_deref()]);
    Ok(0)
}

/// Returns 1 if the id of a genuine delivery was seen before; remembers it from now on.
pub fn seen_before(half: u32, id: Js, timestamp: f64, now: f64) -> Outcome {
    let id = string("id", id)?;
    let sent_at = sent_at::<Js>(timestamp)?;
    let now = Timestamp::checked("now()", now)?;
    let seen = with(half, |half| {
        let expires_at = half.webhook.expires_at(sent_at);
        half.seen.borrow_mut().check(&id, expires_at, now)
    });
    Ok(i32::from(seen))
}

/// The bytes that were signed, and whether they were given as text.
fn raw_body(body: Js) -> Result<(Vec<u8>, bool), Failure> {
    let kind = body.kind()?;
    if kind == Kind::String {
        let mut text = body.text()?;
        return Ok((std::mem::take(&mut *text).into_bytes(), true));
    }
    let received = match imports::memory(body.0) {
        Memory::Own => match imports::bytes(body.0)? {
            Some(bytes) => return Ok((bytes, false)),
            None => kind.with_article(),
        },
        Memory::Shared => {
            "memory that is shared with other threads, which could change it after the check"
        }
        Memory::None => kind.with_article(),
    };
    Err(Error::NotRawBody { received }.into())
}

/// A header that lib/webhook/headers.js has found; what is no string is absent. Of one that is too
/// long for any signed delivery, its beginning is enough to say so.
fn header(value: Js) -> Result<String, Failure> {
    if value.kind()? != Kind::String {
        return Ok(String::new());
    }
    let mut text = imports::beginning(value.0, MAX_HEADER_BYTES + 1)?;
    Ok(std::mem::take(&mut *text))
}

fn with<R>(half: u32, use_half: impl FnOnce(&Half) -> R) -> R {
    let half = HALVES.with(|halves| halves.get(half));
    use_half(&half)
}
