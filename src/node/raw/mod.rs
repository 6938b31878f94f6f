//! The only room with `unsafe`: what talks to Node-API itself.

pub mod bound;
pub mod bytes;
pub mod classes;
#[cfg(target_os = "linux")]
pub mod clock;
pub mod files;
pub mod object;
pub mod reader;
pub mod value;
