//! What a text looks like that was given as a key: the one place that knows.
//!
//! Two kinds of knowledge meet here. A text may be damaged, or no key yet (a placeholder): that is
//! seen without knowing Kling. Or it has the shape of some kind of key, and then it is wrong in the
//! place of another. Shapes are observed, not documented, so only those count that nothing else has.

mod damage;
mod oddity;

pub use damage::damage;
pub use oddity::{Oddity, oddities};

/// What API Keys of Kling's begin with. Observed: Kling itself tells them by it.
pub const API_KEY_PREFIX: &str = "api-key-kling-";
/// What webhook secrets begin with, in consoles and samples (Standard Webhooks).
pub const WEBHOOK_PREFIX: &str = "whsec_";
/// Letters and digits in an access key or a secret key. Observed.
pub const HALF_LENGTH: usize = 32;
/// Characters in an API Key, its prefix included. Observed.
pub const API_KEY_LENGTH: usize = 57;

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// An API Key of Kling's.
    ApiKey,
    /// An access key, by its `ak` in front.
    AccessKey,
    /// A secret key, by its `sk_` in front.
    SecretKey,
    /// One half of a pair: which one cannot be told.
    Half,
    /// An access key and a secret key in one.
    Pair,
    /// A token that was signed with a pair.
    Jwt,
    /// A webhook secret.
    WebhookSecret,
    /// The key of a gateway that speaks Kling's paths.
    GatewayKey,
    /// Nothing that is known.
    Unknown,
}

impl Shape {
    /// The shape of a text that is not damaged.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if begins_with(text, API_KEY_PREFIX) {
            Self::ApiKey
        } else if is_webhook_secret(text) {
            Self::WebhookSecret
        } else if is_jwt(text) {
            Self::Jwt
        } else if is_pair(text) {
            Self::Pair
        } else if begins_with(text, "ak_") || begins_with(text, "ak-") {
            Self::AccessKey
        } else if begins_with(text, "sk_") {
            Self::SecretKey
        } else if begins_with(text, "sk-") {
            Self::GatewayKey
        } else if is_half(text) {
            Self::Half
        } else {
            Self::Unknown
        }
    }

    /// The name that users see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "an API Key",
            Self::AccessKey => "an access key",
            Self::SecretKey => "a secret key",
            Self::Half => "an access key or a secret key",
            Self::Pair => "an access key and a secret key in one",
            Self::Jwt => "a JWT",
            Self::WebhookSecret => "a webhook secret",
            Self::GatewayKey => "a gateway's key",
            Self::Unknown => "no kind of key that is known",
        }
    }
}

fn begins_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Characters that stand in keys and in names: no white space, no quote, no bracket among them.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_half(text: &str) -> bool {
    text.len() == HALF_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Copied with the version of the signature that it makes, too.
fn is_webhook_secret(text: &str) -> bool {
    begins_with(text.strip_prefix("v1,").unwrap_or(text), WEBHOOK_PREFIX)
}

/// `{"` in base64url begins with `eyJ`, and so does the header of every JWT.
fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

/// Two halves with something between them that no key has. A secret key may hold any character, so
/// both sides must look like halves.
fn is_pair(text: &str) -> bool {
    let is_separator = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '|' | ':' | ';' | ',' | '.' | '/' | '：' | '；' | '，' | '、'
            )
    };
    if is_plain(text) {
        return false; // nothing to look for, and quickly seen
    }
    let Some((access_key, rest)) = text.split_once(is_separator) else {
        return false;
    };
    let secret_key = rest.trim_start_matches(is_separator);
    let is_named = |half: &str, name: &str| begins_with(half, name) && is_plain(half);
    (is_half(access_key) || is_named(access_key, "ak"))
        && (is_half(secret_key) || is_named(secret_key, "sk"))
}
