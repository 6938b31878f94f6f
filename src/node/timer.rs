//! Timers and a clock that nothing in JavaScript can replace.
//!
//! Test runners put clocks of their own in the place of `setTimeout` and `performance`. What waits
//! by those waits for ever once they stand still, or holds the process up after they are gone.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use napi::bindgen_prelude::Function;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::runtime;

/// Calls a function once, and keeps the process alive until then or until it is cancelled.
#[napi]
pub struct NativeTimer {
    task: AbortHandle,
}

#[napi]
impl NativeTimer {
    /// Calls `callback` in `ms` milliseconds.
    #[napi(constructor, catch_unwind)]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the type that napi converts to"
    )]
    pub fn new(
        ms: f64,
        #[napi(ts_arg_type = "() => void")] callback: Function<'_, (), ()>,
    ) -> napi::Result<Self> {
        let callback = callback
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .build()?;
        let runtime = runtime::handle()
            .map_err(|error| napi::Error::from_reason(format!("cannot start a thread: {error}")))?;
        let wait = Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::ZERO);
        let end = Instant::now() + wait.min(LONGEST);
        let task = runtime.spawn(async move {
            tokio::time::sleep_until(end.into()).await;
            callback.call((), ThreadsafeFunctionCallMode::NonBlocking);
        });
        Ok(Self {
            task: task.abort_handle(),
        })
    }

    /// Lets go of the process. The callback may be on its way already.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.task.abort();
    }
}

/// More than anybody waits for, and less than what overflows.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// Milliseconds since some moment, by the clock that the timers run by.
#[napi(catch_unwind)]
pub fn elapsed_ms() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64() * 1000.0
}
