//! What no key of Kling's has been seen with.

use super::{API_KEY_LENGTH, API_KEY_PREFIX, HALF_LENGTH, Shape, is_invisible};

/// Something that no key of Kling's has been seen with. Never a reason to refuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// A character other than ASCII letters, digits, `-` and `_`.
    Character {
        /// Counted from 1.
        position: usize,
        /// What it is, without showing it.
        what: &'static str,
    },
    /// More or fewer characters than those seen.
    Length {
        /// What it has.
        actual: usize,
        /// What those seen have.
        seen: usize,
    },
    /// Not the beginning by which Kling tells API Keys.
    Beginning,
    /// It looks like the other half of a pair, or like a key of another kind.
    Looks(Shape),
}

impl std::fmt::Display for Oddity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Character { position, what } => {
                write!(
                    f,
                    "character {position} is {what}, which no key of Kling's has"
                )
            }
            Self::Length { actual, seen } if *actual == 2 * seen => {
                write!(
                    f,
                    "has {actual} characters, twice as many as those of Kling's: two keys in one, perhaps"
                )
            }
            Self::Length { actual, seen } => {
                write!(f, "has {actual} characters, those of Kling's have {seen}")
            }
            Self::Beginning => write!(
                f,
                "does not begin with {API_KEY_PREFIX}, by which Kling tells API Keys: it is not whole, or another service's, whose URL goes into baseUrl"
            ),
            Self::Looks(shape) => write!(f, "looks like {}", shape.as_str()),
        }
    }
}

/// What is odd about a text that was given as one of Kling's keys, webhook secrets aside.
#[must_use]
pub fn oddities(text: &str) -> Vec<Oddity> {
    let mut oddities = Vec::new();
    let odd = text
        .chars()
        .enumerate()
        .find_map(|(index, c)| Some((index, odd_character(c)?)));
    if let Some((index, what)) = odd {
        oddities.push(Oddity::Character {
            position: index + 1,
            what,
        });
    }
    let actual = text.chars().count();
    let seen = match Shape::of(text) {
        Shape::ApiKey => Some(API_KEY_LENGTH),
        Shape::Unknown if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Some(HALF_LENGTH)
        }
        _ => None,
    };
    if let Some(seen) = seen.filter(|seen| *seen != actual) {
        oddities.push(Oddity::Length { actual, seen });
    }
    oddities
}

/// What is odd about a character, without showing it.
pub(crate) fn odd_character(c: char) -> Option<&'static str> {
    match c {
        _ if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') => None,
        _ if c.is_whitespace() => Some("a blank"),
        _ if is_invisible(c) => Some("invisible"),
        _ if c.is_control() => Some("a control character"),
        '\u{ff01}'..='\u{ff5e}' => Some("a full-width character"),
        '‐'..='―' | '−' => Some("a dash that is not the keyboard's"),
        _ if c.is_alphabetic() => Some("a letter of another alphabet"),
        _ if c.is_ascii() => Some("a punctuation mark"),
        _ => Some("a symbol"),
    }
}
