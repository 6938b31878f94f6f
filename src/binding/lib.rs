//! The entry points of the public face, over whatever stands for JavaScript's values: what is read
//! from arguments and options, in which order, and what becomes of it in the core.
//!
//! A binding implements [`Value`] and passes results back in its own form. Clocks are its own too.

#![forbid(unsafe_code)]
#![allow(
    clippy::missing_errors_doc,
    reason = "all fail alike: with an error of the core's table, or with an exception of JavaScript's"
)]

pub mod auth;
pub mod check;
pub mod key;
pub mod network;
pub mod options;
pub mod reply;
pub mod token;
pub mod value;
pub mod webhook;
