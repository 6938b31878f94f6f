//! The core's tests, one file for each module under test.

mod auth;
mod credentials;
mod hs256;
mod provider;
mod sources;
mod token;
mod verify;
