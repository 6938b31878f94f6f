//! What variables hold, told without their values: for whoever looks for what is wrong.

use crate::credentials::{ApiKey, Key, Slot};
use crate::error::Error;
use crate::families::slot_of;
use crate::request::endpoint::Host;
use crate::shape::{API_KEY_PREFIX, Oddity, Shape, oddities};
use crate::sources::Secret;
use crate::webhook;

/// What the value of a variable looks like, without the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The kind of key.
    pub shape: Shape,
    /// Why it is refused, after the variable's name.
    pub problem: Option<String>,
    /// What no key of Kling's has been seen with. None for a gateway's key or a webhook secret.
    pub oddities: Vec<Oddity>,
}

impl Description {
    /// The oddities in one text, after the variable's name.
    #[must_use]
    pub fn odd(&self) -> Option<String> {
        let texts: Vec<_> = self.oddities.iter().map(ToString::to_string).collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

/// Describes what a variable holds, as a key for this `host`; `None` for one that holds no key.
#[must_use]
pub fn describe(variable: &str, value: Secret, host: Host) -> Option<Description> {
    let slot = slot_of(variable, host)?;
    let is_klings = host != Host::Other && slot != Slot::WebhookSecret;
    let mut oddities = if is_klings {
        oddities(&value)
    } else {
        Vec::new()
    };
    let shape = Shape::of(&value);
    match (slot, shape) {
        (Slot::ApiKey(Host::Kling), _) if !value.starts_with(API_KEY_PREFIX) => {
            oddities.retain(|oddity| !matches!(oddity, Oddity::Length { .. }));
            oddities.push(Oddity::Beginning);
        }
        (Slot::AccessKey, Shape::SecretKey | Shape::GatewayKey)
        | (Slot::SecretKey, Shape::AccessKey) => oddities.push(Oddity::Looks(shape)),
        _ => {}
    }
    let key = Key::of_variable("", variable, value);
    let outcome = match slot {
        Slot::ApiKey(host) => ApiKey::new(key, host).map(drop),
        Slot::WebhookSecret => webhook::secret::split(&key)
            .iter()
            .try_for_each(|part| webhook::secret::Secret::new(part).map(drop)),
        Slot::AccessKey | Slot::SecretKey => key.check(slot),
    };
    let problem = match outcome {
        Err(Error::InvalidCredentials { problem, .. }) => Some(problem.into_owned()),
        _ => None,
    };
    if problem.is_some() {
        // Said already, and better.
        oddities.retain(|oddity| matches!(oddity, Oddity::Character { .. }));
    }
    Some(Description {
        shape,
        problem,
        oddities,
    })
}
