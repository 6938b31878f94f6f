//! The only room with `unsafe`: what talks to Node-API itself.

pub mod bound;
pub mod bytes;
pub mod reader;
pub mod value;
