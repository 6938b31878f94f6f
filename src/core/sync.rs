//! The lock around an [`Auth`](crate::auth::Auth)'s state: the standard library's, or under the
//! feature `shuttle` one that tries out the orders in which threads can take it.

#[cfg(feature = "shuttle")]
pub use shuttle::sync::{Mutex, MutexGuard};
#[cfg(not(feature = "shuttle"))]
pub use std::sync::{Mutex, MutexGuard};
