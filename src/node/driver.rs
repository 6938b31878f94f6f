//! A provider's rules on tokio: the core decides, this waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kling_auth_core::auth::{Auth, Policy};
use kling_auth_core::provider::{Action, Input, Moment, Provider};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};

/// Talks to the task that drives a provider. The task ends with it.
pub struct Driver(UnboundedSender<Input>);

impl Driver {
    /// Passes on what has happened. Refused after the end.
    pub fn put(&self, input: Input) -> bool {
        self.0.send(input).is_ok()
    }
}

/// Prepares an [`Auth`] that `provider` keeps fed, and the task in which it does, which the caller
/// spawns. `act` must return at once.
pub fn connect(
    policy: Policy,
    provider: Provider,
    act: impl Fn(Action) + Send + Sync + 'static,
) -> (Arc<Auth>, Driver, impl Future<Output = ()> + Send) {
    let (sender, inbox) = unbounded_channel();
    let weak = sender.downgrade();
    // One nudge at a time is enough, however often a token that is due is read.
    let nudged = Arc::new(AtomicBool::new(false));
    let is_nudged = Arc::clone(&nudged);
    let auth = Arc::new(Auth::with_provider(policy, move |now| {
        if !is_nudged.swap(true, Ordering::AcqRel)
            && let Some(sender) = weak.upgrade()
        {
            let _ = sender.send(Input::Nudge { now });
        }
    }));
    let task = run(Arc::clone(&auth), provider, nudged, act, inbox);
    (auth, Driver(sender), task)
}

async fn run(
    auth: Arc<Auth>,
    mut provider: Provider,
    nudged: Arc<AtomicBool>,
    act: impl Fn(Action) + Sync,
    mut inbox: UnboundedReceiver<Input>,
) {
    let start = Instant::now();
    let mut take = |input| {
        let moment = Moment {
            at: start.elapsed(),
            random: fastrand::f64(),
        };
        for action in provider.handle(&auth, moment, input) {
            act(action);
        }
        // Too far ahead for the clock is never.
        provider.deadline().and_then(|at| start.checked_add(at))
    };
    let mut deadline = None;
    loop {
        let input = tokio::select! {
            biased;
            input = inbox.recv() => input.unwrap_or(Input::Close),
            () = at(deadline), if deadline.is_some() => Input::Deadline,
        };
        if let Input::Nudge { .. } = input {
            nudged.store(false, Ordering::Release);
        }
        let is_end = matches!(input, Input::Close);
        deadline = take(input);
        if is_end {
            break;
        }
    }
    inbox.close();
    while let Some(input) = inbox.recv().await {
        take(input);
    }
}

/// For a branch of `select!`, which is built even where it is disabled.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
