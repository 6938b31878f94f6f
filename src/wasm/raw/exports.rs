//! What JavaScript calls, by name. `lib/loader/wasm/core.js` is the caller.
//!
//! Values are given by their places in its list. A result of -1 stands for an error, which the
//! output holds, and -2 for an exception, which JavaScript keeps.

use std::mem;

use zeroize::Zeroize as _;

use super::stack;
use crate::failure::status;
use crate::value::Js;
use crate::{auth, output, provider, stateless, webhook};

/// Functions by these names. SAFETY of them all: nothing else in the module has such a name, so none
/// takes the place of another.
macro_rules! exports {
    ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? $body:block)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name($($argument: $type),*) $(-> $result)? $body
    )*};
}

exports! {
    fn take_stack(frames: u32) -> f64 { stack::take(frames) }

    fn output_place() -> *const u8 { output::place().0 }
    fn output_length() -> usize { output::place().1 }

    fn generate_token(options: u32, env: u32, now: f64) -> i32 {
        scrubbed(|| status(stateless::generate_token(Js(options), Js(env), now)))
    }
    fn decode_token(token: u32) -> i32 { status(stateless::decode_token(Js(token))) }
    fn verify_token(token: u32, secret_key: u32, options: u32, now: f64) -> i32 {
        scrubbed(|| status(stateless::verify_token(Js(token), Js(secret_key), Js(options), now)))
    }
    fn explain_reply(reply: u32, body: u32, context: u32, now: f64) -> i32 {
        status(stateless::explain_reply(Js(reply), Js(body), Js(context), now))
    }
    fn hint_without_reply(method: u32, pathname: u32) -> i32 {
        status(stateless::hint_without_reply(Js(method), Js(pathname)))
    }
    fn check_options(argument: u32, options: u32, types: u32) -> i32 {
        status(stateless::check_options(Js(argument), Js(options), Js(types)))
    }
    fn refuse_type(argument: u32, expected: u32, value: u32) -> i32 {
        status(stateless::refuse_type(Js(argument), Js(expected), Js(value)))
    }
    fn refuse_received(argument: u32, expected: u32, received: u32) -> i32 {
        status(stateless::refuse_received(Js(argument), Js(expected), Js(received)))
    }
    fn refuse_number(argument: u32, expected: u32, value: u32) -> i32 {
        status(stateless::refuse_number(Js(argument), Js(expected), Js(value)))
    }
    fn refuse_not_ready() -> i32 { status(stateless::refuse_not_ready()) }
    fn refuse_both(first: u32, second: u32) -> i32 {
        status(stateless::refuse_both(Js(first), Js(second)))
    }
    fn get_token_options(options: u32) -> i32 { status(stateless::get_token_options(Js(options))) }
    fn verify_options(options: u32) -> i32 { status(stateless::verify_options(Js(options))) }
    fn check_url(argument: u32, url: u32, bare: u32) -> i32 {
        status(stateless::check_url(Js(argument), Js(url), bare != 0))
    }
    fn check_destination(origin: u32, base: u32, allowed: u32) -> i32 {
        status(stateless::check_destination(Js(origin), Js(base), Js(allowed)))
    }
    fn describe_key(name: u32, value: u32, base: u32) -> i32 {
        scrubbed(|| status(stateless::describe_key(Js(name), Js(value), Js(base))))
    }
    fn near_variable(name: u32) -> i32 { status(stateless::near_variable(Js(name))) }
    fn host_of(url: u32) -> i32 { status(stateless::host_of(Js(url))) }
    fn other_region_of(host: u32) -> i32 { status(stateless::other_region_of(Js(host))) }
    fn credential_of(bearer: u32) -> i32 { status(stateless::credential_of(Js(bearer))) }

    fn auth_create(options: u32, env: u32, has_provider: u32) -> i32 {
        scrubbed(|| status(auth::create(Js(options), Js(env), has_provider != 0)))
    }
    fn auth_forget(half: u32) { auth::forget(half); }
    fn auth_dispose(half: u32, at: f64, random: f64) {
        scrubbed(|| auth::dispose(half, provider::moment(at, random)));
    }
    fn auth_fresh(half: u32, now: f64) -> f64 { auth::fresh(half, now) }
    fn auth_read(half: u32, now: f64) -> i32 { status(auth::read(half, now)) }
    fn auth_refresh(half: u32, now: f64) -> i32 { status(auth::refresh(half, now)) }
    fn auth_renew(half: u32, seen: u32, now: f64) -> i32 { status(auth::renew(half, Js(seen), now)) }
    fn auth_invalidate(half: u32, seen: u32) -> i32 { status(auth::invalidate(half, Js(seen))) }
    fn auth_rotate(half: u32, credentials: u32) -> i32 {
        scrubbed(|| status(auth::rotate(half, Js(credentials))))
    }
    fn auth_summary(half: u32) -> i32 { status(auth::summary(half)) }
    fn auth_passed_over(half: u32) -> i32 { status(auth::passed_over(half)) }
    fn auth_base(half: u32) -> i32 { status(auth::base(half)) }
    fn auth_probes(half: u32, now: f64) -> i32 { status(auth::probes(half, now)) }
    fn auth_learn_clock(half: u32, bearer: u32, seen: u32) -> i32 {
        status(auth::learn_clock(half, Js(bearer), Js(seen)))
    }
    fn auth_has_issued(half: u32, bearer: u32) -> i32 {
        status(auth::has_issued(half, Js(bearer)))
    }
    fn auth_clock_skew_sec(half: u32) -> f64 { auth::clock_skew_sec(half) }
    fn auth_want(half: u32, ticket: u32, force: u32, now: f64, at: f64, random: f64) -> i32 {
        status(provider::want(half, ticket, force != 0, now, provider::moment(at, random)))
    }
    fn auth_refused(half: u32, ticket: u32, bearer: u32, now: f64, at: f64, random: f64) -> i32 {
        status(provider::refused(half, ticket, Js(bearer), now, provider::moment(at, random)))
    }
    fn auth_news(half: u32, at: f64, random: f64) { provider::news(half, provider::moment(at, random)); }
    fn auth_settle(half: u32, id: f64, answer: u32, now: f64, at: f64, random: f64) -> i32 {
        scrubbed(|| status(provider::settle(half, id, Js(answer), now, provider::moment(at, random))))
    }
    fn auth_fail(half: u32, id: f64, problem: u32, now: f64, at: f64, random: f64) -> i32 {
        status(provider::fail(half, id, Js(problem), now, provider::moment(at, random)))
    }
    fn auth_tick(half: u32, at: f64, random: f64) { provider::tick(half, provider::moment(at, random)); }
    fn auth_deadline(half: u32) -> f64 { provider::deadline(half) }
    fn auth_action(half: u32) -> i32 { provider::action(half) }

    fn webhook_create(secret: u32, options: u32, env: u32) -> i32 {
        scrubbed(|| status(webhook::create(Js(secret), Js(options), Js(env))))
    }
    fn webhook_forget(half: u32) { webhook::forget(half); }
    fn webhook_verify(half: u32, body: u32, id: u32, timestamp: u32, signature: u32, now: f64) -> i32 {
        let headers = [Js(id), Js(timestamp), Js(signature)];
        status(webhook::verify(half, Js(body), headers, now))
    }
    fn webhook_sign(half: u32, body: u32, id: u32, timestamp: f64) -> i32 {
        status(webhook::sign(half, Js(body), Js(id), timestamp))
    }
    fn webhook_expires_at(half: u32, timestamp: f64) -> i32 {
        status(webhook::expires_at(half, timestamp))
    }
    fn webhook_seen_before(half: u32, id: u32, timestamp: f64, now: f64) -> i32 {
        status(webhook::seen_before(half, Js(id), timestamp, now))
    }
}

/// Does what handles a secret key, and wipes what that has left on the stack.
fn scrubbed<R>(work: impl FnOnce() -> R) -> R {
    let result = work();
    scrub();
    result
}

/// Wipes more of the stack than any of these calls uses of it.
#[inline(never)]
fn scrub() {
    const BYTES: usize = 16 * 1024;
    let mut stack = [0_u64; BYTES / mem::size_of::<u64>()];
    stack.zeroize();
}
