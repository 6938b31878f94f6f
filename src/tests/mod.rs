//! The core's tests, one file for each module under test.

mod auth;
mod corpus;
mod credentials;
mod hs256;
mod provider;
mod sources;
mod token;
mod verify;

mod endpoint;
mod reply;
mod skew;
