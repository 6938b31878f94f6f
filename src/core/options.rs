//! What is said of options that do not exist.

use crate::error::Error;

/// Names that share a long beginning score high: `bufferSeconds`, `access_key`, `ttl`.
const NEAR: f64 = 0.8;
/// A part of a name, such as `limit` of `bodyLimit`, and how long it is at least.
const PART: f64 = 0.85;
const SHORTEST_PART: usize = 4;
/// What a name that was meant may be longer than the right one: `bufferSeconds`.
const MOST_EXTRA: usize = 5;

/// The error for an option that is none of `known`. Its name is quoted only if it is nearly one of
/// them: it may be a secret that was put in the place of a name.
#[must_use]
pub fn unknown_option(name: &str, known: &[&str]) -> Error {
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    let meant = known
        .iter()
        .filter(|known| is_name && name.len() <= known.len() + MOST_EXTRA)
        .map(|known| {
            let (name, known_) = (name.to_ascii_lowercase(), known.to_ascii_lowercase());
            let is_part = name.len() >= SHORTEST_PART && known_.contains(&name);
            let likeness = strsim::jaro_winkler(&name, &known_);
            (
                if is_part {
                    likeness.max(PART)
                } else {
                    likeness
                },
                known,
            )
        })
        .filter(|(score, _)| *score > NEAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    Error::UnknownOption {
        explanation: match meant {
            Some((_, meant)) => format!(" \"{name}\": did you mean {meant}?"),
            None if known.is_empty() => ": there are none here".to_owned(),
            None => format!(", whose name is like none of {}", known.join(", ")),
        },
    }
}
