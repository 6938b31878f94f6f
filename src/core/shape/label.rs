//! What stands in front of a key where more than the key was copied: a name, a command, a header.

use super::{API_KEY_PREFIX, begins_with, is_half, is_padding, is_quote};

/// What commands and files put before an assignment.
const BEFORE: [&str; 10] = [
    "export ",
    "set ",
    "setx ",
    "env ",
    "declare -x ",
    "--env ",
    "-e ",
    "-h ",
    "$env:",
    "- ",
];

/// Names that nothing but a key follows. Letters only: case and what stands between words do not count.
const NAMES: [&str; 12] = [
    "apikey",
    "xapikey",
    "accesskey",
    "accesskeyid",
    "secretkey",
    "secretaccesskey",
    "accesskeysecret",
    "webhooksecret",
    "signingsecret",
    "authorization",
    "密钥",
    "api密钥",
];

/// Names that may stand in a secret too, by chance: only what is certainly a key may follow them.
const SHORT_NAMES: [&str; 6] = ["ak", "sk", "key", "token", "secret", "access"];

/// Whether a text is a name with its value: `KLING_API_KEY=…`, `"accessKey": "…"`, `Access Key: …`.
pub(super) fn is_labelled(text: &str) -> bool {
    let mut text = text.trim_start_matches(is_padding);
    let mut is_command = false;
    while let Some(before) = BEFORE.iter().find(|before| begins_with(text, before)) {
        is_command |= begins_with(before, "setx");
        text = text[before.len()..].trim_start();
    }
    let is_separator =
        |c: char| matches!(c, '=' | ':' | '：' | '＝') || is_command && c.is_whitespace();
    let Some((name, value)) = text.split_once(is_separator) else {
        return false;
    };
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let name = name.trim_matches(|c: char| c.is_whitespace() || is_quote(c));
    if !name.chars().all(is_word) || begins_with(name, API_KEY_PREFIX) || name.len() > 64 {
        return false;
    }
    let letters: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let of_kling = letters.strip_prefix("kling").is_some_and(|rest| {
        ["key", "keyid", "secret", "token", "ak", "sk", "base"]
            .iter()
            .any(|end| rest.ends_with(end))
    });
    of_kling
        || name.contains("KLING") && name.contains('_')
        || NAMES.contains(&letters.as_str())
        || letters.ends_with("密钥")
        || SHORT_NAMES.contains(&letters.as_str()) && begins_with_a_key(value)
}

fn begins_with_a_key(value: &str) -> bool {
    let value = value.trim_start_matches(|c: char| c.is_whitespace() || is_quote(c));
    let end = value
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
        .unwrap_or(value.len());
    let word = &value[..end];
    is_half(word) || begins_with(word, API_KEY_PREFIX) || word.starts_with("eyJ")
}

/// As a header has it, with or without the header's name, whatever has become of the blank.
pub(super) fn is_bearer(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| is_padding(c) || is_quote(c));
    let Some(rest) = text.get(6..).filter(|_| begins_with(text, "bearer")) else {
        return names_a_bearer(text);
    };
    rest.starts_with(|c: char| c.is_whitespace() || matches!(c, ':' | '='))
        || rest.starts_with("%20")
        || {
            let rest = rest.trim_start_matches(['_', '-', '+', '.']);
            begins_with(rest, API_KEY_PREFIX) || rest.starts_with("eyJ") && rest.contains('.')
        }
}

/// `Authorization: Bearer …`, in a command or in an object too.
fn names_a_bearer(text: &str) -> bool {
    let text = text.as_bytes();
    let find = |from: usize, word: &[u8]| {
        (from..=text.len().saturating_sub(word.len())).find(|at| {
            text[*at..]
                .get(..word.len())
                .is_some_and(|part| part.eq_ignore_ascii_case(word))
        })
    };
    find(0, b"authorization").is_some_and(|at| find(at, b"bearer").is_some())
}
