use zeroize::Zeroizing;

use crate::credentials::{Explicit, Key, KeyPair, mask, resolve};
use crate::error::Error;

fn key(name: &str, value: &str) -> Key {
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

fn lookup<'a>(
    env: &'a [(&str, &str)],
) -> impl FnMut(&'static str) -> Result<Option<Zeroizing<String>>, Error> + use<'a> {
    move |name| {
        Ok(env
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| Zeroizing::new((*value).to_owned())))
    }
}

fn given(access_key: Option<&str>, secret_key: Option<&str>) -> Explicit {
    let own = |value: &str| Zeroizing::new(value.to_owned());
    Explicit {
        access_key: access_key.map(own),
        secret_key: secret_key.map(own),
    }
}

#[test]
fn prefers_explicit_values_to_the_environment() {
    let env = [
        ("KLING_ACCESS_KEY", "env-ak"),
        ("KLING_SECRET_KEY", "env-sk"),
    ];
    for (explicit, expected) in [(Some("ak"), "ak"), (None, "env-ak")] {
        assert_eq!(
            resolve(given(explicit, None), lookup(&env))
                .unwrap()
                .access_key(),
            expected
        );
    }
    let untouched =
        |_: &'static str| -> Result<Option<Zeroizing<String>>, Error> { panic!("not asked for") };
    assert_eq!(
        resolve(given(Some("ak"), Some("sk")), untouched)
            .unwrap()
            .access_key(),
        "ak"
    );
}

#[test]
fn names_what_would_supply_a_missing_half() {
    let table: [(&[(&str, &str)], &str); 4] = [
        (
            &[],
            "access key and secret key not given: pass accessKey and secretKey, or set KLING_ACCESS_KEY and KLING_SECRET_KEY in the environment",
        ),
        (
            &[("KLING_ACCESS_KEY", "ak")],
            "secret key not given: pass secretKey, or set KLING_SECRET_KEY in the environment",
        ),
        (
            &[("KLING_SECRET_KEY", "sk")],
            "access key not given: pass accessKey, or set KLING_ACCESS_KEY in the environment",
        ),
        (
            &[("KLING_ACCESS_KEY", "ak"), ("KLING_SECRET_KEY", "")],
            "secret key not given: pass secretKey, or set KLING_SECRET_KEY in the environment",
        ),
    ];
    for (env, message) in table {
        let error = resolve(Explicit::default(), lookup(env)).unwrap_err();
        assert_eq!(error.code(), "KLING_MISSING_CREDENTIALS");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn names_the_variable_that_holds_a_bad_key() {
    let env = [("KLING_ACCESS_KEY", "ak"), ("KLING_SECRET_KEY", "sk ")];
    let error = resolve(Explicit::default(), lookup(&env)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "KLING_SECRET_KEY is padded with white space: trim it"
    );
}

#[test]
fn masks_the_middle_of_an_access_key() {
    assert_eq!(mask("AKabcdefgh0123"), "AKab…0123");
    assert_eq!(mask("elevenchars"), "…");
    assert_eq!(mask("ключ-ключ-ключ"), "ключ…ключ");
}
