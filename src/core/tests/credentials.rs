use zeroize::Zeroizing;

use crate::credentials::{ApiKey, Key, KeyPair, mask};
use crate::error::Error;
use crate::request::endpoint::Host;

pub(super) fn key(name: &str, value: &str) -> Key {
    Key::new(name, Zeroizing::new(value.to_owned()))
}

pub(super) fn try_pair(access_key: &str, secret_key: &str) -> Result<KeyPair, Error> {
    KeyPair::new(&key("accessKey", access_key), &key("secretKey", secret_key))
}

pub(super) fn pair(access_key: &str, secret_key: &str) -> KeyPair {
    try_pair(access_key, secret_key).unwrap()
}

#[test]
fn refuses_what_cannot_be_a_key_without_repeating_it() {
    let bad = [
        ("", "is blank"),
        (" \t ", "is blank"),
        ("\u{feff}", "is blank"),
        ("recognisable ", "padded with white space"),
        ("\u{200b}recognisable", "padded with white space"),
        ("recog\nnisable", "line break"),
        ("recognisable\r\n", "line break"),
        ("recog\0nisable", "NUL"),
        ("\"recognisable\"", "wrapped in quotes"),
        ("'recognisable", "wrapped in quotes"),
        ("recog\u{1b}nisable", "control character"),
        ("recog\u{fffd}nisable", "not well-formed Unicode"),
        ("sk-****", "masked copy"),
        ("sk-recog…able", "masked copy"),
        ("sk-recog...able", "masked copy"),
        ("ak_your_access_key_here", "placeholder"),
        ("sk_your_secret_key_here", "placeholder"),
        ("<YOUR-API-KEY>", "placeholder"),
    ];
    for (value, problem) in bad {
        for error in [try_pair(value, "sk"), try_pair("ak", value)].map(Result::unwrap_err) {
            assert_eq!(error.code(), "KLING_INVALID_CREDENTIALS", "{value:?}");
            let message = error.to_string();
            assert!(message.contains(problem), "{value:?}: {message}");
            assert!(!message.contains("recog"), "{message}");
        }
    }
}

#[test]
fn refuses_the_same_value_for_both_halves() {
    let error = try_pair("same", "same").unwrap_err();
    assert_eq!(
        error.to_string(),
        "secretKey is the same as the access key: each has its own value"
    );
}

#[test]
fn takes_keys_that_are_only_unusual() {
    for value in ["k", "a\"b\\c", "a b", "ключ-🔑", "a.b", &"x".repeat(4096)] {
        assert!(try_pair(value, "sk").is_ok(), "{value:?}");
        assert!(try_pair("ak", value).is_ok(), "{value:?}");
    }
}

#[test]
fn masks_the_middle_of_an_access_key() {
    assert_eq!(mask("AKabcdefgh0123"), "AKab…0123");
    assert_eq!(mask("elevenchars"), "…");
    assert_eq!(mask("ключ-ключ-ключ"), "ключ…ключ");
}

#[test]
fn refuses_api_keys_that_are_something_else() {
    let bad = [
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhayJ9.c2ln",
            "looks like a JWT",
        ),
        (
            "recognisable|secret",
            "looks like an access key and a secret key in one",
        ),
        (
            "recognisable:secret",
            "looks like an access key and a secret key in one",
        ),
        ("ak_recognisable", "looks like an access key"),
        ("AK-recognisable", "looks like an access key"),
        (
            "Recognisable0123456789abcdefABCD",
            "looks like an access key",
        ),
        (
            "api-key-kling-recognisäble",
            "has a character that no HTTP header can carry",
        ),
        (
            "api-key-kling recognisable",
            "has a character that no HTTP header can carry",
        ),
        ("your_api_key_here", "placeholder"),
        (" api-key-kling-recognisable", "padded"),
    ];
    for (value, problem) in bad {
        let error = ApiKey::new(key("apiKey", value), Host::Kling).unwrap_err();
        assert_eq!(error.code(), "KLING_INVALID_CREDENTIALS", "{value}");
        let message = error.to_string();
        assert!(
            message.starts_with("apiKey ") && message.contains(problem),
            "{value}: {message}"
        );
        assert!(
            !message.contains("recog") && !message.contains("Recog"),
            "{message}"
        );
    }
    for value in [
        "api-key-kling-0123456789abcdef",
        "k",
        "sk-0123456789abcdef0123456789abcdef",
    ] {
        assert!(
            ApiKey::new(key("apiKey", value), Host::Kling).is_ok(),
            "{value}"
        );
    }
}
