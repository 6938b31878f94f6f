//! The edge of the module: the only room with `unsafe`.

#![allow(
    unsafe_code,
    reason = "memory that JavaScript writes to, and names that it calls by; each states why it is sound"
)]

mod allocator;
mod exports;
pub mod imports;
mod stack;
