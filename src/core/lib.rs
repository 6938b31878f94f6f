//! Authentication for the Kling AI API: the rules that every binding of the npm package `kling-auth`
//! shares.
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
//! - Reading the clock, files or the process environment: callers pass in what they have read.

#![forbid(unsafe_code)]

pub mod auth;
pub mod credentials;
pub mod describe;
pub mod error;
pub mod families;
pub mod fresh;
pub mod near;
pub mod options;
pub mod past;
pub mod provider;
pub mod reply;
pub mod request;
pub mod shape;
pub mod sources;
pub mod sync;
pub mod time;
pub mod token;
pub mod variables;
pub mod webhook;

#[cfg(test)]
mod tests;
