//! The Node-API binding: options in, errors out, values across. It decides nothing.
//!
//! Every export is `catch_unwind`: a panic becomes a JavaScript error, as one across the C
//! boundary would abort the process.

// Under `cfg(test)` napi-derive registers no exports, so that a test build would be all dead code.
#![cfg(not(test))]
// Unsafe code has one room, whose files say why they need it. Denied rather than forbidden for them
// and for what the attribute `#[napi]` writes.
#![deny(unsafe_code)]

mod auth;
mod check;
mod clock;
mod driver;
mod error;
mod key;
mod native;
mod network;
mod provider;
mod raw;
mod reply;
mod runtime;
mod timer;
mod token;
mod value;
mod webhook;
