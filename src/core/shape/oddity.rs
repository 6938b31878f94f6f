//! What no key of Kling's has been seen with.

use super::{API_KEY_LENGTH, HALF_LENGTH, Shape};

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
            Self::Length { actual, seen } => {
                write!(f, "has {actual} characters, those of Kling's have {seen}")
            }
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

fn odd_character(c: char) -> Option<&'static str> {
    match c {
        _ if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') => None,
        _ if c.is_whitespace() => Some("a blank"),
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{ad}' => Some("invisible"),
        _ if c.is_control() => Some("a control character"),
        _ if c.is_alphabetic() => Some("a letter of another alphabet"),
        _ if c.is_ascii() => Some("a punctuation mark"),
        _ => Some("a symbol"),
    }
}
