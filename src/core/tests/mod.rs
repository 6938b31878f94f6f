//! The core's tests, one file for each module under test.

mod auth;
mod credentials;
mod endpoint;
mod fresh;
mod hint;
mod hs256;
mod near;
mod options;
mod provider;
mod provider_causes;
mod provider_properties;
mod reply;
mod shape;
mod skew;
mod sources;
#[cfg(feature = "shuttle")]
mod sync;
mod token;
mod variables;
mod verify;
mod webhook;
