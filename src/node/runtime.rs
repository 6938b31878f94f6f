//! The one thread on which timers run. It starts with the first provider and never before.

use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Builder, Handle};

/// The runtime's handle, starting its thread on the first call.
///
/// The thread is detached: it keeps no process alive, and ends with it.
///
/// # Errors
///
/// If the operating system refuses a thread.
pub fn handle() -> std::io::Result<Handle> {
    static HANDLE: Mutex<Option<Handle>> = Mutex::new(None);
    let mut started = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*started {
        return Ok(handle.clone());
    }
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let handle = runtime.handle().clone();
    let run = move || runtime.block_on(std::future::pending::<()>());
    std::thread::Builder::new()
        .name("kling-auth".to_owned())
        .spawn(run)?;
    Ok(started.insert(handle).clone())
}
