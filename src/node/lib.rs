//! The Node-API binding: options in, errors out, values across. It decides nothing.
//!
//! Every export is `catch_unwind`: a panic becomes a JavaScript error, as one across the C
//! boundary would abort the process.

mod auth;
mod bound;
mod bytes;
mod check;
mod error;
mod network;
mod options;
mod provider;
mod reader;
mod reply;
mod token;
mod value;
mod webhook;
