//! What a text looks like that was given as a key: the one place that knows.
//!
//! Two kinds of knowledge meet here. A text may be damaged, or no key yet (a placeholder): that is
//! seen without knowing Kling. Or it has the shape of some kind of key, and then it is wrong in the
//! place of another. Shapes are observed, not documented, so only those count that nothing else has.

mod around;
mod damage;
mod label;
mod oddity;

pub(crate) use around::{around, encoded};
pub use damage::damage;
pub(crate) use oddity::odd_character;
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
        if begins_with(text, API_KEY_PREFIX) || around::holds_api_key(text) {
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
        } else if begins_with(text, "sk-") || is_id_with_secret(text) {
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

/// `{"` in base64url begins with `eyJ`, and so does the header of every JWT. Of one that was cut, the
/// claims begin so too, or the header is a usual one.
fn is_jwt(text: &str) -> bool {
    let mut parts = text.split('.');
    let header = parts.next().unwrap_or_default();
    if !header.starts_with("eyJ") {
        return false;
    }
    let usual = ["eyJhbGciOi", "eyJ0eXAiOi"];
    match (parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(_), None) => true,
        (Some(claims), None, None) => {
            claims.starts_with("eyJ") || usual.iter().any(|start| header.starts_with(start))
        }
        _ => false,
    }
}

/// `<UUID>:<hex>`, as fal's keys are.
fn is_id_with_secret(text: &str) -> bool {
    const UUID: usize = 36;
    text.split_once(':').is_some_and(|(id, secret)| {
        id.len() == UUID
            && id
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
            && secret.len() >= HALF_LENGTH
            && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Two halves with something between them that no key has. A secret key may hold any character, so
/// both sides must look like halves.
fn is_pair(text: &str) -> bool {
    if text.len() < 2 * HALF_LENGTH && is_plain(text) {
        return false; // nothing to look for, and quickly seen
    }
    is_named_pair(text) || halves(text) == 2
}

/// `ak_…` and `sk_…` of any length, or one of them beside a half.
fn is_named_pair(text: &str) -> bool {
    let is_separator = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '|' | ':' | ';' | ',' | '.' | '/' | '：' | '；' | '，' | '、'
            )
    };
    let Some((access_key, rest)) = text.split_once(is_separator) else {
        return false;
    };
    let secret_key = rest.trim_start_matches(is_separator);
    let is_named = |half: &str, name: &str| begins_with(half, name) && is_plain(half);
    // `AK: …` is a name with one key after it.
    let is_label = access_key.eq_ignore_ascii_case("ak") && !begins_with(secret_key, "sk");
    !is_label
        && (is_half(access_key) || is_named(access_key, "ak"))
        && (is_half(secret_key) || is_named(secret_key, "sk"))
}

/// How many halves a text holds, whatever stands around them: names, quotes, brackets, line breaks, and
/// those that were written out as `\n`.
fn halves(text: &str) -> usize {
    text.split("\\n")
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| is_half(word))
        .count()
}

fn is_padding(c: char) -> bool {
    // The byte order mark and the zero-width space come along from editors and web pages.
    c.is_whitespace() || is_invisible(c)
}

/// What takes no room, and turns the direction of writing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '`'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '„'
            | '‚'
            | '«'
            | '»'
            | '「'
            | '」'
            | '『'
            | '』'
            | '＂'
            | '＇'
    )
}
