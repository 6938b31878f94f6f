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
        let text = words(text);
        let has = |word: &str| text.contains(word);
        let has_any = |words: &[&str]| words.iter().any(|word| has(word));
        let is_missing = || {
            has_any(&[
                " not found ",
                " not exist ",
                " doesn t exist ",
                " unknown ",
                "不存在",
                "未找到",
                "找不到",
            ])
        };
        match code {
            1000 | 1002 => {
                let names_pairs = || has_any(&[" ak sk ", " aksk "]);
                let refuses = || {
                    has_any(&[
                        " not support",
                        " unsupported",
                        " no longer support",
                        "不支持",
                    ])
                };
                let names_api_key = || has_any(&[" api key ", " apikey "]);
                let is_useless = || {
                    has_any(&[
                        " invalid ",
                        " disabled ",
                        " deleted ",
                        " revoked ",
                        "无效",
                        "禁用",
                    ])
                };
                if names_pairs() && refuses() {
                    Some(Self::ApiKeysOnly)
                } else if has_any(&[" token ", " jwt "])
                    && has_any(&[" parts ", " period characters"])
                {
                    Some(Self::NeitherKeyNorToken)
                } else if names_api_key() && (is_missing() || is_useless()) {
                    Some(Self::UnknownApiKey)
                } else {
                    None
                }
            }
            1200..=1203 => {
                if has_any(&[" already exist", "已存在"]) {
                    Some(Self::IdTaken)
                } else if has_any(&[" task ", "任务"]) && is_missing() {
                    Some(Self::UnknownTask)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

/// In small letters, with one blank for whatever stands between words, and at both ends.
fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 2);
    words.push(' ');
    for c in text.chars() {
        if c.is_alphanumeric() {
            words.push(c.to_ascii_lowercase());
        } else if !words.ends_with(' ') {
            words.push(' ');
        }
    }
    if !words.ends_with(' ') {
        words.push(' ');
    }
    words
}
