//! Instances of `KlingWebhook`.

use kling_auth_core::time::Timestamp;
use kling_auth_core::webhook::{Webhook, secret};

use crate::options::{Environment, Files, Options, optional_keys};
use crate::value::{Outcome, Value};

/// Ids that one instance remembers: a hundred deliveries a second over the whole time in which a
/// delivery is accepted, in at most 12 MB.
pub const SEEN_CAPACITY: usize = 65_536;

/// Reads the arguments of `KlingWebhook`.
pub fn create<V: Value>(
    secret: V,
    options: V,
    process_env: V,
    files: &impl Files<V>,
) -> Outcome<Webhook, V> {
    let options = Options::new(
        "options",
        options,
        &["toleranceSec", "replayProtection", "isReplay", "env", "now"],
    )?;
    options.boolean("replayProtection")?;
    options.check_function("isReplay")?;
    options.check_function("now")?;
    let environment = Environment::new(&options, process_env, files)?;
    let secrets = secret::resolve(optional_keys("secret", secret)?, environment)?;
    Ok(Webhook::new(secrets, options.number("toleranceSec")?)?)
}

/// When a delivery was sent.
pub fn sent_at<V: Value>(timestamp: f64) -> Outcome<Timestamp, V> {
    Ok(Timestamp::checked("timestamp", timestamp)?)
}
