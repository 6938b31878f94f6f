//! Requests to Kling: where they may go, and what their replies tell of Kling's clock.

pub mod endpoint;
pub mod skew;
