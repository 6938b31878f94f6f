//! What Kling's texts say beyond its codes.
//!
//! Source: replies that others have recorded. Texts change, so they are matched by a few words, and
//! refine the advice for a code; they never say what a code means.

use crate::reply::envelope::Envelope;

/// A text that tells causes apart which share a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// "api key not found"
    UnknownApiKey,
    /// "The token was expected to have 3 parts, but got 0"
    NeitherKeyNorToken,
    /// "The current API does not support AK/SK; please go to the console (…) to create API key."
    ApiKeysOnly,
    /// "Task not found by id/external id: …"
    UnknownTask,
    /// "… already exists", of an `external_task_id`
    IdTaken,
}

impl Said {
    /// What a reply says, beside its code.
    #[must_use]
    pub fn in_reply(envelope: &Envelope) -> Option<Self> {
        Self::of(envelope.code?, envelope.message.as_deref()?)
    }

    /// What `text` says under `code`.
    #[must_use]
    pub fn of(code: i64, text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let has = |word| text.contains(word);
        match code {
            1000 | 1002 => {
                if has("support") && ["ak/sk", "aksk", "ak sk"].iter().any(|name| has(name)) {
                    Some(Self::ApiKeysOnly)
                } else if has("parts") && (has("token") || has("jwt")) {
                    Some(Self::NeitherKeyNorToken)
                } else if ["api key", "apikey", "api-key"]
                    .iter()
                    .any(|name| has(name))
                    && ["not found", "not exist", "unknown"]
                        .iter()
                        .any(|what| has(what))
                {
                    Some(Self::UnknownApiKey)
                } else {
                    None
                }
            }
            1200..=1203 => {
                if has("already exist") {
                    Some(Self::IdTaken)
                } else if has("task") && ["not found", "not exist"].iter().any(|what| has(what)) {
                    Some(Self::UnknownTask)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}
