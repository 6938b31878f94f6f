//! The core as WebAssembly, for every JavaScript that loads no addon.
//!
//! `lib/loader/wasm/` is its other half. JavaScript puts the values of a call into a list and calls
//! an export with their places; the code here asks for what it needs of them by place. What comes
//! back stands in one buffer, which JavaScript reads and wipes. No exception and no panic crosses
//! this edge: an import that would throw says so and keeps the exception, and a panic is a trap,
//! after which JavaScript never calls this memory again.

mod auth;
mod failure;
mod output;
mod provider;
mod raw;
mod stateless;
mod table;
mod value;
mod webhook;
