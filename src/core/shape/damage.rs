//! What is no key whatever it was to be: damaged on the way, a placeholder, not filled in.

use super::label::{is_bearer, is_labelled};
use super::{
    API_KEY_PREFIX, WEBHOOK_PREFIX, begins_with, is_invisible, is_padding, is_plain, is_quote,
};

/// What is wrong with a text whatever it was to be, with what mends it.
#[must_use]
pub fn damage(text: &str) -> Option<&'static str> {
    // Nearly every key is, and then most of the rules have nothing to find.
    if is_plain(text) {
        return if is_bearer(text) {
            Some(BEARER)
        } else if is_placeholder(text) {
            Some(PLACEHOLDER)
        } else if is_word_for_nothing(text) || is_own_name(text) {
            Some(UNFILLED)
        } else {
            None
        };
    }
    Some(if text.trim_matches(is_padding).is_empty() {
        "is blank: copy it from the Kling developer console"
    } else if is_bearer(text) {
        BEARER
    } else if is_labelled(text) {
        "begins with the name of what it is: leave that out, and what stands up to the key"
    } else if let Some(problem) = line_break(text) {
        problem
    } else if text.contains('\0') {
        "has a NUL character inside: it was read from the wrong file or buffer"
    } else if text.starts_with(is_padding) || text.ends_with(is_padding) {
        "is padded with white space: trim it"
    } else if text.starts_with(is_quote) || text.ends_with(is_quote) {
        "is wrapped in quotes: they belong to the file it came from, not to the key"
    } else if text.chars().any(char::is_control) {
        "has a control character inside: it was damaged on the way"
    } else if text.chars().any(is_invisible) {
        "has an invisible character inside, as web pages and chats put it there: copy it from the Kling developer console"
    } else if text.contains(char::REPLACEMENT_CHARACTER) {
        "is not well-formed Unicode: it was decoded with the wrong character encoding"
    } else if is_masked(text) {
        MASKED
    } else if is_unfilled(text) {
        UNFILLED
    } else if is_placeholder(text) {
        PLACEHOLDER
    } else if is_address(text) {
        "is an address, not the key that stands there: read the key first, and give a base URL as baseUrl"
    } else if is_json(text) {
        "is JSON: take the key out of it"
    } else if MASKS.iter().any(|mask| text.contains(mask)) {
        MASKED
    } else {
        return None;
    })
}

const BEARER: &str = "begins with \"Bearer \": leave it out, it is added";
const PLACEHOLDER: &str = "is the placeholder of a sample file: put your own key in its place";
const MASKED: &str =
    "is a masked copy: the console shows the whole key only once, when it is created";
const UNFILLED: &str =
    "is a variable that was not filled in: set it, or look at what should have put its value here";

/// How consoles and log filters hide the middle of a key.
const MASKS: [&str; 6] = ["***", "…", "...", "•", "●", "＊"];

/// What log filters put in the place of a whole key: `[REDACTED]`, `(hidden)`.
fn is_masked(text: &str) -> bool {
    const WORDS: [&str; 5] = ["redacted", "hidden", "masked", "filtered", "removed"];
    let word = text.trim_matches(|c: char| !c.is_alphanumeric());
    word.len() < text.len() && WORDS.iter().any(|mask| word.eq_ignore_ascii_case(mask))
}

fn line_break(text: &str) -> Option<&'static str> {
    const BREAKS: [char; 2] = ['\n', '\r'];
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.contains(BREAKS) {
        Some("has a line break inside: it was copied with its line end")
    } else if line.len() < text.len() {
        Some("ends with a line break, which is the file's and not the key's: trim it")
    } else {
        None
    }
}

/// What stands where a value was to be put in by a shell, a template or JavaScript.
fn is_unfilled(text: &str) -> bool {
    const CODE: [&str; 19] = [
        "process.env.",
        "process.env[",
        "import.meta.env",
        "Deno.env.get(",
        "Bun.env.",
        "os.environ",
        "os.getenv(",
        "os.Getenv(",
        "System.getenv(",
        "getenv(",
        "ENV[",
        "$ENV{",
        "$env:",
        "secrets.",
        "!secret ",
        "!vault ",
        "@Microsoft.KeyVault(",
        "ENC[",
        "[object ",
    ];
    is_word_for_nothing(text)
        || CODE.iter().any(|start| text.starts_with(start))
        || between(text, "{{", "}}")
            .is_some_and(|name| is_name(name.trim()) || name.starts_with("resolve:"))
        || between(text, "<%=", "%>").is_some_and(|name| !name.is_empty())
        || between(text, "#{", "}").is_some_and(|name| is_name(name.trim()))
        || between(text, "${", "}").is_some_and(|name| {
            // With a shell's default after it, as in ${NAME:-default}.
            let end = name.find([':', '-']).unwrap_or(name.len());
            name.len() > 1 && is_name(&name[..end])
        })
        || text
            .strip_prefix('%')
            .and_then(|rest| rest.strip_suffix('%'))
            .is_some_and(is_constant)
        || text
            .strip_prefix("$(")
            .and_then(|rest| rest.strip_suffix(')'))
            .is_some_and(|command| is_name(command) || command.contains(' '))
        || text.strip_prefix('$').is_some_and(is_constant)
        || is_own_name(text)
}

fn is_word_for_nothing(text: &str) -> bool {
    const NOTHING: [&str; 6] = ["undefined", "null", "none", "nil", "nan", "[object object]"];
    NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// `KLING_API_KEY`: the variable's name in place of its value.
fn is_own_name(text: &str) -> bool {
    is_constant(text) && text.contains("KLING")
}

/// `https://…`, and what names a secret in a secret manager: `op://…`, `vault://…`, `arn:aws:…`.
fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
    let is_scheme = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'+' | b'-');
    !scheme.is_empty() && scheme.bytes().all(is_scheme)
        || text.starts_with("arn:aws")
        || text.starts_with("projects/") && text.contains("/secrets/")
        || is_host(text)
}

/// `api.klingai.com`, `kling.ai/dev/api-key`: a host of Kling's, without what goes before it.
fn is_host(text: &str) -> bool {
    let end = text.find(['/', ':', '?']).unwrap_or(text.len());
    let host = text[..end].to_ascii_lowercase();
    let domains = ["klingai.com", "kling.ai", "klingapi.com", "kuaishou.com"];
    domains.iter().any(|domain| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// An object or an array of texts, as secret managers keep pairs.
fn is_json(text: &str) -> bool {
    let inside = |open, close| text.starts_with(open) && text.ends_with(close);
    text.contains(['"', '\'']) && (inside('{', '}') || inside('[', ']') || inside('(', ')'))
}

/// What the first `open` and the next `close` enclose.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close).map(|(inside, _)| inside)
}

/// A name of a variable, dots included: `secrets.KLING_API_KEY`.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// `KLING_API_KEY` and the like: words in capitals, at least two.
fn is_constant(text: &str) -> bool {
    text.contains('_') && is_name(text) && !text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// `ak_your_access_key_here`, `<KLING_ACCESS_KEY>`, `api-key-kling-xxxxx` and their relatives.
fn is_placeholder(text: &str) -> bool {
    /// Words of Kling's Chinese pages: "your", "your" (polite), "fill in", "enter", "replace".
    const CHINESE: [&str; 5] = ["你的", "您的", "填写", "请输入", "替换"];
    const WHOLE: [&str; 12] = [
        // Of options and variables: `apiKey`, `secret_key`.
        "apikey",
        "accesskey",
        "accesskeyid",
        "secretkey",
        "secretaccesskey",
        "webhooksecret",
        "changeme",
        "replaceme",
        "fixme",
        "todo",
        "tbd",
        "placeholder",
    ];
    const STARTS: [&str; 3] = ["replacewith", "insertyour", "pasteyour"];
    const ENDS: [&str; 3] = ["keyhere", "tokenhere", "secrethere"];
    // Folded into words, so that spelling does not count. With room for all of it: a string that
    // grows leaves its smaller selves behind, unwiped.
    let mut folded = zeroize::Zeroizing::new(Vec::with_capacity(text.len()));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            folded.push(byte.to_ascii_lowercase());
        }
    }
    is_bracketed(text) && !text.eq_ignore_ascii_case("[object object]")
        || is_crossed_out(text)
        || text.strip_suffix('-').unwrap_or(text) == API_KEY_PREFIX.trim_end_matches('-')
        || !text.is_ascii() && CHINESE.iter().any(|word| text.contains(word))
        || WHOLE.iter().any(|word| *folded == word.as_bytes())
        || STARTS
            .iter()
            .any(|start| folded.starts_with(start.as_bytes()))
        || ENDS.iter().any(|end| folded.ends_with(end.as_bytes()))
        || (folded.iter().enumerate()).any(|(at, byte)| {
            // Before the whole word, which is hardly ever there.
            *byte == b'y' && folded[at..].strip_prefix(b"your").is_some_and(names_a_key)
        })
}

/// `<your key>`, `[SECRET]`, `{access-key}`: words within brackets.
fn is_bracketed(text: &str) -> bool {
    [('<', '>'), ('[', ']'), ('{', '}')]
        .into_iter()
        .any(|(open, close)| {
            text.strip_prefix(open)
                .and_then(|rest| rest.strip_suffix(close))
                .is_some_and(|words| {
                    words.contains(|c: char| c.is_alphabetic())
                        && words
                            .chars()
                            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '_' | '-' | '.'))
                })
        })
}

/// `api-key-kling-xxxxx`, `ak_xxxx`, `xxxxxxxx`: nothing but a prefix and the letter x.
fn is_crossed_out(text: &str) -> bool {
    const PREFIXES: [&str; 6] = [API_KEY_PREFIX, WEBHOOK_PREFIX, "ak_", "ak-", "sk_", "sk-"];
    /// A longer row of them, without a prefix, is taken for somebody's test key.
    const LONGEST: usize = 19;
    let prefix = PREFIXES.iter().find(|prefix| begins_with(text, prefix));
    let rest = prefix.map_or(text, |prefix| &text[prefix.len()..]);
    let crosses = rest.trim_end_matches(['.', '…', '*']);
    crosses.len() >= 3
        && (prefix.is_some() || text.len() <= LONGEST)
        && crosses
            .bytes()
            .all(|byte| matches!(byte, b'x' | b'X' | b'-' | b'_'))
        && crosses.contains(['x', 'X'])
}

/// Whether what follows "your" goes on to name a key, in folded words.
fn names_a_key(mut rest: &[u8]) -> bool {
    const NAMES: [&str; 3] = ["key", "secret", "token"];
    const BETWEEN: [&str; 14] = [
        "klingai", "kling", "api", "ai", "access", "webhook", "jwt", "bearer", "own", "real",
        "actual", "auth", "app", "account",
    ];
    loop {
        if NAMES.iter().any(|name| rest.starts_with(name.as_bytes())) {
            return true;
        }
        let Some(word) = BETWEEN
            .iter()
            .find(|word| rest.starts_with(word.as_bytes()))
        else {
            return false;
        };
        rest = &rest[word.len()..];
    }
}
