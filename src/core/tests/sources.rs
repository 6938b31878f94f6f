use zeroize::Zeroizing;

use crate::credentials::KeyPair;
use crate::error::Error;
use crate::sources::{Explicit, Secret, Source, resolve, resolve_pair};

type Env = [(&'static str, &'static str)];

fn lookup(env: &Env) -> impl FnMut(&str) -> Result<Option<Secret>, Error> + use<'_> {
    move |name| {
        let found = env.iter().find(|(variable, _)| *variable == name);
        Ok(found.map(|(_, value)| Zeroizing::new((*value).to_owned())))
    }
}

/// Access key, secret key, API key.
fn given(keys: [Option<&str>; 3]) -> Explicit {
    let [access_key, secret_key, api_key] =
        keys.map(|key| key.map(|key| Zeroizing::new(key.to_owned())));
    Explicit {
        access_key,
        secret_key,
        api_key,
    }
}

/// Kind, access key and source of what is found.
fn found(explicit: Explicit, prefix: &str, env: &Env) -> (&'static str, Option<String>, String) {
    let (credential, source) = resolve(explicit, prefix, lookup(env)).unwrap();
    (
        credential.kind().as_str(),
        credential.access_key().map(str::to_owned),
        source.to_string(),
    )
}

fn refused(explicit: Explicit, prefix: &str, env: &Env) -> (&'static str, String) {
    let error = resolve(explicit, prefix, lookup(env)).unwrap_err();
    (error.code(), error.to_string())
}

const EVERYTHING: &Env = &[
    ("KLING_API_KEY", "api-key-kling-1"),
    ("KLING_ACCESS_KEY", "ak1"),
    ("KLING_SECRET_KEY", "sk1"),
    ("KLINGAI_API_KEY", "api-key-kling-2"),
    ("KLINGAI_ACCESS_KEY", "ak2"),
    ("KLINGAI_SECRET_KEY", "sk2"),
    ("KLING_ACCESS_KEY_ID", "ak3"),
    ("KLING_SECRET_ACCESS_KEY", "sk3"),
];

#[test]
fn takes_the_first_family_that_is_set() {
    let order = [
        (0, ("apiKey", None, "env:KLING_API_KEY")),
        (1, ("jwt", Some("ak1"), "env:KLING_ACCESS_KEY")),
        (3, ("apiKey", None, "env:KLINGAI_API_KEY")),
        (4, ("jwt", Some("ak2"), "env:KLINGAI_ACCESS_KEY")),
        (6, ("jwt", Some("ak3"), "env:KLING_ACCESS_KEY_ID")),
    ];
    for (first, (kind, access_key, source)) in order {
        let expected = (kind, access_key.map(str::to_owned), source.to_owned());
        assert_eq!(
            found(Explicit::default(), "", &EVERYTHING[first..]),
            expected
        );
    }
}

#[test]
fn never_mixes_families() {
    let env = [("KLING_ACCESS_KEY", "ak1"), ("KLINGAI_SECRET_KEY", "sk2")];
    let (code, message) = refused(Explicit::default(), "", &env);
    assert_eq!(code, "KLING_MISSING_CREDENTIALS");
    assert_eq!(
        message,
        "secret key not given: pass secretKey, or set KLING_SECRET_KEY in the environment"
    );
}

#[test]
fn names_the_missing_half_of_every_family() {
    let halves = [
        ("KLING_ACCESS_KEY", "secret key", "KLING_SECRET_KEY"),
        ("KLING_SECRET_KEY", "access key", "KLING_ACCESS_KEY"),
        ("KLINGAI_ACCESS_KEY", "secret key", "KLINGAI_SECRET_KEY"),
        ("KLINGAI_SECRET_KEY", "access key", "KLINGAI_ACCESS_KEY"),
        (
            "KLING_ACCESS_KEY_ID",
            "secret key",
            "KLING_SECRET_ACCESS_KEY",
        ),
        (
            "KLING_SECRET_ACCESS_KEY",
            "access key",
            "KLING_ACCESS_KEY_ID",
        ),
    ];
    for (set, what, missing) in halves {
        let (code, message) = refused(
            Explicit::default(),
            "",
            &[(set, "key"), ("KLING_SECRET_X", "")],
        );
        assert_eq!(code, "KLING_MISSING_CREDENTIALS");
        assert!(
            message.starts_with(&format!("{what} not given")),
            "{message}"
        );
        assert!(message.contains(&format!("set {missing} in")), "{message}");
    }
}

#[test]
fn says_what_would_supply_everything() {
    for env in [
        &[][..],
        &[("KLING_ACCESS_KEY", ""), ("KLING_SECRET_KEY", "")],
    ] {
        assert_eq!(
            refused(Explicit::default(), "", env),
            (
                "KLING_MISSING_CREDENTIALS",
                "access key and secret key not given: pass accessKey and secretKey, or set \
                 KLING_ACCESS_KEY and KLING_SECRET_KEY in the environment"
                    .to_owned()
            )
        );
    }
}

#[test]
fn explicit_keys_win_over_the_environment() {
    let pair = ("jwt", Some("ak".to_owned()), "options".to_owned());
    assert_eq!(
        found(given([Some("ak"), Some("sk"), None]), "", EVERYTHING),
        pair
    );
    // An API key in the environment does not turn half a pair into something else.
    assert_eq!(found(given([Some("ak"), None, None]), "", EVERYTHING), pair);
    let api_key = ("apiKey", None, "options".to_owned());
    assert_eq!(
        found(given([None, None, Some("api-key-kling-3")]), "", EVERYTHING),
        api_key
    );
    let untouched = |_: &str| -> Result<Option<Secret>, Error> { panic!("not asked for") };
    assert!(resolve(given([Some("ak"), Some("sk"), None]), "", untouched).is_ok());
}

#[test]
fn an_explicit_half_that_stays_alone_is_an_error() {
    let (code, message) = refused(
        given([None, Some("sk"), None]),
        "",
        &[("KLING_API_KEY", "k")],
    );
    assert_eq!(code, "KLING_MISSING_CREDENTIALS");
    assert_eq!(
        message,
        "access key not given: pass accessKey, or set KLING_ACCESS_KEY in the environment"
    );
}

#[test]
fn an_api_key_and_a_pair_exclude_each_other() {
    for (keys, option) in [
        ([Some("ak"), None, Some("k")], "accessKey"),
        ([None, Some("sk"), Some("k")], "secretKey"),
    ] {
        assert_eq!(
            refused(given(keys), "", &[]),
            (
                "KLING_CONFLICTING_OPTIONS",
                format!("apiKey and {option} exclude each other: pass one of them")
            )
        );
    }
}

#[test]
fn a_prefix_goes_before_every_name() {
    let env = [
        ("KLING_API_KEY", "api-key-kling-1"),
        ("STAGING_KLINGAI_ACCESS_KEY", "ak-staging"),
        ("STAGING_KLINGAI_SECRET_KEY", "sk-staging"),
    ];
    assert_eq!(
        found(Explicit::default(), "STAGING_", &env),
        (
            "jwt",
            Some("ak-staging".to_owned()),
            "env:STAGING_KLINGAI_ACCESS_KEY".to_owned()
        )
    );
    let (_, message) = refused(Explicit::default(), "PROD_", &env);
    assert!(
        message.contains("PROD_KLING_ACCESS_KEY and PROD_KLING_SECRET_KEY"),
        "{message}"
    );
}

#[test]
fn refuses_secrets_that_are_published_to_browsers() {
    for name in [
        "NEXT_PUBLIC_KLING_SECRET_KEY",
        "VITE_KLINGAI_API_KEY",
        "REACT_APP_KLING_SECRET_ACCESS_KEY",
    ] {
        let prefix = &name[..name.find("KLING").unwrap()];
        for (keys, env) in [
            ([None, None, None], vec![(name, "sk-secret")]),
            (
                [None, None, None],
                vec![("KLING_ACCESS_KEY", "ak"), (name, "sk-secret")],
            ),
            ([Some("ak"), None, None], vec![(name, "sk-secret")]),
        ] {
            for prefix_option in ["", prefix] {
                let (code, message) = refused(given(keys), prefix_option, &env);
                assert_eq!(code, "KLING_EXPOSED_SECRET");
                assert!(
                    message.starts_with(name) && message.contains(prefix),
                    "{message}"
                );
                assert!(!message.contains("sk-secret"));
            }
        }
    }
    let harmless = [
        ("NEXT_PUBLIC_KLING_ACCESS_KEY", "ak"),
        ("KLING_API_KEY", "k"),
    ];
    assert_eq!(found(Explicit::default(), "", &harmless).0, "apiKey");
}

#[test]
fn tokens_are_made_of_pairs_only() {
    let pair = |env: &Env| resolve_pair(Explicit::default(), lookup(env));
    assert_eq!(pair(EVERYTHING).unwrap().access_key(), "ak1");
    let error = pair(&EVERYTHING[..1])
        .map(|pair: KeyPair| pair.access_key().to_owned())
        .unwrap_err();
    assert_eq!(error.code(), "KLING_TOKEN_FROM_API_KEY");
    assert_eq!(
        error.to_string(),
        "an API key is sent as it is and signs no token: use new KlingAuth() for its headers, or set \
         KLING_ACCESS_KEY and KLING_SECRET_KEY"
    );
}

#[test]
fn names_the_variable_that_holds_a_bad_key() {
    let env = [("KLING_ACCESS_KEY", "ak"), ("KLING_SECRET_KEY", "sk ")];
    let (_, message) = refused(Explicit::default(), "", &env);
    assert_eq!(
        message,
        "KLING_SECRET_KEY is padded with white space: trim it"
    );
    assert_eq!(Source::Provider.to_string(), "provider");
}
