//! What is a key of Kling's with something around it, or stands for a key that lies elsewhere. Certain
//! of Kling's keys; a gateway may have keys of any shape.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{API_KEY_LENGTH, API_KEY_PREFIX, Shape, begins_with, is_half, is_plain};

/// What is to be left out, or fetched first.
#[must_use]
pub fn around(text: &str) -> Option<&'static str> {
    Some(if holds_more(text) {
        "holds more than an API Key: leave out all but the 57 characters from api-key-kling- on"
    } else if is_plain(text) {
        return None;
    } else if is_wrapped(text) {
        "is wrapped in brackets: they do not belong to the key"
    } else if has_tail(text) {
        "ends with a mark that does not belong to the key: leave it out"
    } else if is_path(text) {
        "is the path of a file: read the file, or give its path in a variable that ends in _FILE"
    } else {
        return None;
    })
}

/// What is to be decoded first.
#[must_use]
pub fn encoded(text: &str) -> Option<&'static str> {
    encodes_a_key(text).then_some("is a key in base64: decode it first")
}

/// Whether an API Key stands anywhere in a text, whole.
pub(super) fn holds_api_key(text: &str) -> bool {
    text.match_indices(API_KEY_PREFIX)
        .any(|(at, _)| is_whole(&text[at..]))
}

/// Whether a text begins with an API Key, and with nothing that goes on like one.
fn is_whole(text: &str) -> bool {
    text.get(..API_KEY_LENGTH).is_some_and(is_plain)
}

/// An API Key with a name, a command, a comment or another key around it.
fn holds_more(text: &str) -> bool {
    if is_plain(text) {
        // Longer than those seen it may be, but not twice as long as two of them.
        return text.len() >= API_KEY_LENGTH + API_KEY_PREFIX.len()
            && holds_api_key(text)
            && (!begins_with(text, API_KEY_PREFIX) || text.matches(API_KEY_PREFIX).count() > 1);
    }
    holds_api_key(text)
}

fn is_key(text: &str) -> bool {
    is_half(text)
        || is_whole(text) && text.len() == API_KEY_LENGTH && begins_with(text, API_KEY_PREFIX)
        || is_plain(text)
            && text.len() >= 19
            && ["ak_", "sk_", "whsec_"]
                .iter()
                .any(|start| begins_with(text, start))
}

fn is_wrapped(text: &str) -> bool {
    [("<", ">"), ("[", "]"), ("(", ")"), ("{", "}"), ("**", "**")]
        .into_iter()
        .any(|(open, close)| {
            text.strip_prefix(open)
                .and_then(|rest| rest.strip_suffix(close))
                .is_some_and(is_key)
        })
}

/// What stands between elements of lists and at the end of sentences, and line ends that were written
/// out.
fn has_tail(text: &str) -> bool {
    [",", ";", ".", "\\n", "\\r\\n", "，", "；", "。"]
        .into_iter()
        .any(|tail| text.strip_suffix(tail).is_some_and(is_key))
}

fn is_path(text: &str) -> bool {
    const ROOTS: [&str; 13] = [
        "./",
        "../",
        "~/",
        "/run/",
        "/var/",
        "/etc/",
        "/mnt/",
        "/home/",
        "/root/",
        "/Users/",
        "/secrets/",
        "/tmp/",
        "/app/",
    ];
    let is_drive = |text: &str| matches!(text.as_bytes(), [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic());
    ROOTS.iter().any(|root| text.starts_with(root)) || is_drive(text)
}

/// As Kubernetes shows secrets, and as `Basic` has a pair.
fn encodes_a_key(text: &str) -> bool {
    const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let text = if begins_with(text, "basic ") {
        text[6..].trim()
    } else {
        text
    };
    if text.len() < 40 {
        return false;
    }
    let decoded = ANY_PADDING.decode(text).map(Zeroizing::new);
    decoded.is_ok_and(|bytes| {
        std::str::from_utf8(&bytes).is_ok_and(|text| {
            let text = text.trim();
            is_key(text) || Shape::of(text) == Shape::Pair
        })
    })
}
