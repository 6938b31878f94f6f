//! Authentication for the Kling AI API: the core that the npm package `kling-auth` is built on.
//!
//! # Goals
//!
//! - A token that Kling accepts, byte for byte what Kling's own samples produce.
//! - A token that is never stale when it is handed out, whatever the clock has done.
//! - Secrets that no error, log line or debug output shows, wiped when they are dropped.
//!
//! # Non-goals
//!
//! - Other algorithms than HS256, other claims than `iss`, `exp` and `nbf`.
//! - Reading files or the process environment: callers pass in what they have read.
//!
//! The modules below know nothing of Node.js; `node` is the only one that names `napi`.

pub mod auth;
pub mod clock;
pub mod credentials;
pub mod error;
pub mod hs256;
pub mod jwt;
pub mod provider;
pub mod runtime;
pub mod sources;
pub mod sync;
pub mod token;
pub mod verify;
pub mod webhook;

// Talking to Kling.
pub mod endpoint;
pub mod envelope;
pub mod reply;
pub mod service_code;
pub mod skew;

// Tests and fuzz targets exercise the core alone: napi-derive registers nothing in them.
#[cfg(not(any(test, fuzzing)))]
mod node;
#[cfg(test)]
mod tests;
