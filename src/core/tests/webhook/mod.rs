//! The tests of signed callbacks.

mod headers;
mod secret;
mod seen;
mod verify;

use zeroize::Zeroizing;

use crate::credentials::Key;
use crate::time::Timestamp;
use crate::webhook::Webhook;
use crate::webhook::secret::Secret;

/// The example that the reference implementations of Standard Webhooks share.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
pub const TIMESTAMP: &str = "1614265330";
pub const BODY: &[u8] = br#"{"test": 2432232314}"#;
pub const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

pub const NOW: Timestamp = Timestamp::from_secs(1_614_265_330);
pub const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

pub fn key(value: &str) -> Key {
    Key::new("secret", Zeroizing::new(value.to_owned()))
}

pub fn webhook(secrets: &[&str]) -> Webhook {
    let secrets = secrets
        .iter()
        .map(|secret| Secret::new(&key(secret)).unwrap());
    Webhook::new(secrets.collect(), None).unwrap()
}
