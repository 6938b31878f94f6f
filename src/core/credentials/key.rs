//! A key as it was found, and what it is instead where it cannot be one.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::request::endpoint::Host;
use crate::shape::{self, Shape, WEBHOOK_PREFIX, around, encoded};

/// What a key is given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The access key of a pair.
    AccessKey,
    /// The secret key of a pair.
    SecretKey,
    /// An API Key, for this host.
    ApiKey(Host),
    /// What callbacks are signed with.
    WebhookSecret,
}

/// A key as it was found, with the name of the place for error messages.
pub struct Key {
    pub(super) name: String,
    /// The file that it was read from, if `name` is a variable that names one.
    path: Option<String>,
    /// What stands before the names of all variables, if it was found in one.
    prefix: Option<String>,
    pub(super) value: Zeroizing<String>,
}

impl Key {
    /// `name` is the option that held `value`.
    #[must_use]
    pub fn new(name: impl Into<String>, value: Zeroizing<String>) -> Self {
        Self {
            name: name.into(),
            path: None,
            prefix: None,
            value,
        }
    }

    /// `name` is the variable that held `value`, without the `prefix` of all variables.
    #[must_use]
    pub fn of_variable(prefix: &str, name: &str, value: Zeroizing<String>) -> Self {
        Self {
            name: format!("{prefix}{name}"),
            path: None,
            prefix: Some(prefix.to_owned()),
            value,
        }
    }

    /// `name` is the whole name of the variable whose value was the `path`.
    #[must_use]
    pub fn of_file(prefix: &str, name: &str, path: &str, value: Zeroizing<String>) -> Self {
        Self {
            name: name.to_owned(),
            path: Some(path.to_owned()),
            prefix: Some(prefix.to_owned()),
            value,
        }
    }

    /// A part of this one, by the name that it has in it: `secret 2 of KLING_WEBHOOK_SECRET`.
    pub(crate) fn part(&self, name: Option<String>, value: &str) -> Self {
        Self {
            name: name.unwrap_or_else(|| self.name.clone()),
            path: self.path.clone(),
            prefix: self.prefix.clone(),
            value: Zeroizing::new(value.to_owned()),
        }
    }

    /// Refuses what people paste by mistake. Each rule costs a 401 at Kling otherwise, where the
    /// reply does not tell which.
    pub(crate) fn check(&self, slot: Slot) -> Result<(), Error> {
        let value = self.value.as_str();
        let found = Shape::of(value);
        let damage = || {
            let more = || match slot {
                // A gateway may have keys of any shape.
                Slot::ApiKey(Host::Loopback | Host::Other) => None,
                // The one is base64 itself, the other may be any letters and digits.
                Slot::WebhookSecret => around(value),
                Slot::SecretKey if value.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                    around(value)
                }
                _ => around(value).or_else(|| encoded(value)),
            };
            shape::damage(value).or_else(more).map(Cow::Borrowed)
        };
        let problem = if found == Shape::Pair {
            // Before what is damaged: a line break or a blank may be what stands between the two.
            self.misplaced(slot, found).or_else(damage)
        } else {
            damage().or_else(|| self.misplaced(slot, found))
        };
        problem.map_or(Ok(()), |problem| Err(self.invalid(problem)))
    }

    /// What a text of this shape has to do with this place: `None` where it may be right.
    pub(super) fn misplaced(&self, slot: Slot, found: Shape) -> Option<Cow<'static, str>> {
        use Shape::{
            AccessKey, ApiKey, GatewayKey, Half, Jwt, Pair, SecretKey, Unknown, WebhookSecret,
        };
        let what = found.as_str();
        Some(match (slot, found) {
            // A gateway may have keys of any shape.
            (Slot::ApiKey(Host::Loopback | Host::Other), _)
            | (_, Unknown)
            | (Slot::AccessKey | Slot::SecretKey, AccessKey | SecretKey | Half | GatewayKey)
            | (Slot::ApiKey(_), ApiKey | GatewayKey)
            | (Slot::WebhookSecret, WebhookSecret | Half) => return None,
            (Slot::WebhookSecret, _) => format!(
                "looks like {what}: the secret that callbacks are signed with begins with {WEBHOOK_PREFIX}"
            )
            .into(),
            (_, WebhookSecret) => format!(
                "looks like {what}, which callbacks are verified with: pass it to KlingWebhook, or set {}",
                self.variable("KLING_WEBHOOK_SECRET")
            )
            .into(),
            (_, ApiKey) => format!(
                "looks like {what}: set {}, or pass apiKey",
                self.variable("KLING_API_KEY")
            )
            .into(),
            (_, Pair) => format!("looks like {what}: {}", self.as_pair("them ")).into(),
            (Slot::ApiKey(_), Jwt) => format!(
                "looks like {what}: {}",
                self.signed_with()
            )
            .into(),
            (_, Jwt) => format!(
                "looks like {what}, which is a token and not a key: {}",
                self.signed_with()
            )
            .into(),
            (_, SecretKey) => format!("looks like {what}: {}", self.as_half("secretKey", "KLING_SECRET_KEY", "accessKey", "KLING_ACCESS_KEY")).into(),
            (_, AccessKey | Half) => format!("looks like an access key: {}", self.as_half("accessKey", "KLING_ACCESS_KEY", "secretKey", "KLING_SECRET_KEY")).into(),
        })
    }

    /// The name of a variable beside the one that held it.
    fn variable(&self, name: &str) -> String {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        format!("{prefix}{name}")
    }

    fn as_pair(&self, them: &str) -> String {
        match self.prefix {
            None => format!("pass {them}as accessKey and secretKey"),
            Some(_) => format!(
                "set {them}as {} and {}",
                self.variable("KLING_ACCESS_KEY"),
                self.variable("KLING_SECRET_KEY")
            ),
        }
    }

    fn as_half(&self, option: &str, variable: &str, other_option: &str, other: &str) -> String {
        match self.prefix {
            None => format!("pass it as {option}, with its {other_option}"),
            Some(_) => format!(
                "set it as {}, with its {}",
                self.variable(variable),
                self.variable(other)
            ),
        }
    }

    fn signed_with(&self) -> String {
        match self.prefix {
            None => "pass the access key and the secret key it was signed with".to_owned(),
            Some(_) => format!(
                "set {} and {}, which it was signed with",
                self.variable("KLING_ACCESS_KEY"),
                self.variable("KLING_SECRET_KEY")
            ),
        }
    }

    /// The option or variable that held it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    pub(crate) fn invalid(&self, problem: impl Into<Cow<'static, str>>) -> Error {
        Error::InvalidCredentials {
            name: match &self.path {
                Some(path) => format!("{} ({path})", self.name),
                None => self.name.clone(),
            },
            problem: problem.into(),
        }
    }
}
